"""The class panel: who named a piece, by which words, and from which probability on a name counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import QToolTip
from studio_driver import wait_until

from app import rows
from sscore import edits
from sscore.types import ModelCard


@pytest.fixture
def panel(studio):
    studio.box(20, 20, 120, 120)
    return studio.window.labels


def shown(panel):
    """{label: its row}"""
    QCoreApplication.processEvents()  # rows are made anew once all has been said
    return dict(panel.list._rows)


def test_bars_for_all_classes_the_margin_and_the_models_name(panel):
    listed = shown(panel)
    assert all(listed[key].value is not None for key in ("Angle", "Bar", "Billet", "H", "Pipe", "Plate", "U"))
    assert listed["Pipe"].strong and "0.50" in panel._fact.text()
    assert panel._source.text().endswith("nano-cls") and not listed["Pipe"].words


def test_a_threshold_set_in_the_panel_makes_it_unknown_and_is_kept(studio, panel):
    assert panel.list.below.value() == 30 and shown(panel)["Pipe"].mark == 0.30
    panel.list.below.setValue(75)
    assert studio.window.settings.get("unknown_below") == 0.75
    assert shown(panel)["unknown"].strong and not shown(panel)["Pipe"].strong
    studio.key("f")
    studio.settle()
    (made,) = studio.on_disk().annotations
    assert made.label == "unknown" and made.scores.best == "Pipe"


def test_panel_and_settings_show_one_threshold(studio, panel):
    dialog = studio.window.flow.show_settings()
    dialog.controls["unknown_below"].setValue(55)
    assert panel.list.below.value() == 55 and shown(panel)["Pipe"].mark == 0.55


def test_words_are_named_where_a_model_compares_them(studio, panel):
    studio.assistant.classifier.card = ModelCard("cn-clip-vit-b-16", "classifier", "cn_clip")
    panel.refresh()
    assert "钢管、圆管、管材" in panel._source.text() and "cn-clip-vit-b-16" in panel._source.text()
    assert "一件圆管" in panel._source.toolTip().splitlines()
    at = QPoint(40, 15)
    QCoreApplication.sendEvent(panel.list, QHelpEvent(QEvent.Type.ToolTip, at, panel.list.mapToGlobal(at)))
    wait_until(lambda: "L型钢" in QToolTip.text(), what="the words of the first class")


def test_a_piece_named_by_older_words_says_so(studio, panel):
    """The page keeps the version of the words; pages from before, which have none, are shown as ever."""
    card = ModelCard("cn-clip-vit-b-16", "classifier", "cn_clip")
    studio.assistant.classifier.card = card
    studio.key("f")
    studio.settle()
    (made,) = studio.on_disk().annotations
    version = studio.session.labels.words_version
    assert made.made_by["words"] == version
    studio.session.select((made.id,))
    wait_until(lambda: "钢管、圆管、管材" in panel._source.text(), what="the words")
    assert version in panel._source.toolTip()
    words = replace(studio.session.labels, templates=("{}",))
    studio.window.flow.names.set_words(words, lambda: None, lambda error: pytest.fail(str(error)))
    wait_until(lambda: "other words than now" in panel._source.text(), what="the older words")
    assert version in panel._source.toolTip()
    old = replace(made, made_by={key: value for key, value in made.made_by.items() if key != "words"})
    studio.session.edit("x", edits.replace(studio.session.page, old), select=(old.id,))
    wait_until(lambda: "钢管、圆管、管材" in panel._source.text(), what="a page from before")


def test_an_accepted_piece_remembers_who_named_it(studio, panel):
    studio.key("f")
    studio.settle()
    studio.assistant.classifier.card = ModelCard("another", "classifier", "fake")
    studio.session.select({studio.session.page.annotations[0].id})
    wait_until(lambda: panel._source.text().endswith("nano-cls"), what="the name of the model")


@pytest.mark.parametrize("ratio", [1.25, 1.5, 1.75])
def test_no_seam_shows_between_two_rows_on_a_screen_of_fractions(app, ratio):
    pictures, drawn = rows.Pictures(), QPixmap(round(100 * ratio), round(200 * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor("#ff0000"))
    painter = QPainter(drawn)
    for row in range(8):
        pictures.draw(painter, QRect(0, 25 * row, 100, 25), "#101010", row, lambda *_: None)
    painter.end()
    seen = drawn.toImage()
    assert [y for y in range(seen.height()) if seen.pixelColor(50, y) == QColor("#ff0000")] == []
