"""The user guide: in the window's language, with its pictures and headings, and without the source tree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from studio_driver import wait_until

from app.dialogs import guide
from sscore import paths

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("lang", "title"), [("zh", "十分钟学会标注程序"), ("en", "The studio in ten minutes")])
def test_it_opens_in_the_language_of_the_window(make_studio, lang, title):
    studio = make_studio(lang)
    studio.window.actions_.by_key["guide"].trigger()
    shown = studio.window.flow.show_guide()
    assert shown.isVisible() and shown.page.toPlainText().startswith(title)
    written = guide.guide_file(lang).read_text(encoding="utf-8")
    listed = [shown.contents.item(row).text() for row in range(shown.contents.count())]
    assert listed == re.findall(r"^## (.+)$", written, re.MULTILINE)
    shown.close()


def test_pictures_fit_and_headings_lead_to_their_place(make_studio):
    shown = make_studio().window.flow.show_guide()
    wait_until(lambda: len(shown.page._pictures) == 6 and not shown.page._late.isActive(), what="the pictures")
    shown.read("en")
    before = shown.page.document().size()
    assert not shown.page._pictures
    wait_until(lambda: len(shown.page._pictures) == 6, what="the pictures")
    assert shown.page.document().size() == before, "their places were kept for them"
    assert not [name for name, picture in shown.page._pictures.items() if picture.isNull()]
    for width in (1000, 700):
        shown.resize(width, 600)
        wait_until(lambda: not shown.page._late.isActive())
        assert shown.page.horizontalScrollBar().maximum() == 0
    for row in (5, 2):
        shown.contents.setCurrentRow(row)
        shown.contents.itemClicked.emit(shown.contents.currentItem())
        assert shown.page.reading(shown._headings) == row
    shown.page.verticalScrollBar().setValue(0)
    assert shown.contents.currentRow() == 0, "the mark follows what is read"
    shown.close()


def test_the_other_language_is_a_click_away_and_the_windows_is_followed(make_studio):
    studio = make_studio("en")
    shown = studio.window.flow.show_guide()
    shown.page.anchorClicked.emit(QUrl("guide.zh.md"))
    assert shown.page.toPlainText().startswith("十分钟")
    studio.window.settings.set("language", "zh")
    assert shown.windowTitle() == "用户指南"
    studio.window.settings.set("language", "en")
    assert shown.windowTitle() == "User guide" and shown.page.toPlainText().startswith("The studio")
    shown.close()


def test_another_language_or_theme_keeps_the_place(make_studio):
    studio = make_studio("en")
    shown = studio.window.flow.show_guide()
    wait_until(lambda: not shown.page._late.isActive(), what="the pictures' width")
    shown.contents.setCurrentRow(4)
    shown.contents.itemClicked.emit(shown.contents.currentItem())
    bar = shown.page.verticalScrollBar()
    bar.setValue(bar.value() + 90)
    place, at = shown.page.place(shown._headings), bar.value()
    assert shown.page.reading(shown._headings) == 4
    for lang in ("zh", "en"):
        studio.window.settings.set("language", lang)
        assert shown.page.reading(shown._headings) == shown.contents.currentRow() == 4
        assert abs(shown.page.place(shown._headings) - place) < 0.05
    shown.page.anchorClicked.emit(QUrl("guide.zh.md"))
    studio.window.settings.set("theme", "light")
    assert shown.page.toPlainText().startswith("十分钟") and abs(shown.page.place(shown._headings) - place) < 0.05
    shown.page.anchorClicked.emit(QUrl("guide.en.md"))
    assert abs(bar.value() - at) < 10
    shown.close()


def test_a_wheel_brings_it_along(monkeypatch, tmp_path):
    """Where pyproject puts the guides is where they are looked for first."""
    put = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    put = put["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    shipped = tmp_path / put["resources"]
    shipped.mkdir(parents=True)
    for lang in ("zh", "en"):
        (tmp_path / put[f"packaging/guide.{lang}.md"]).write_text("# x", encoding="utf-8")
    monkeypatch.setattr(paths, "resources", lambda: shipped)
    assert [guide.guide_file(lang) for lang in ("zh", "en")] == [shipped / "guide.zh.md", shipped / "guide.en.md"]


def test_closed_it_waits_with_another_language_until_it_is_wanted(make_studio):
    studio = make_studio("en")
    shown = studio.window.flow.show_guide()
    shown.close()
    studio.window.settings.set("language", "zh")
    assert shown.page.toPlainText().startswith("The studio")
    assert studio.window.flow.show_guide() is shown
    assert shown.page.toPlainText().startswith("十分钟") and shown.windowTitle() == "用户指南"
    shown.close()
