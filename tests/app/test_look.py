"""Two languages and two themes, switched while the window is open; translations complete."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from app import actions, theme
from app.dialogs.help import AboutDialog, ShortcutsDialog
from app.look import resolve

ROOT = Path(__file__).parents[2]
TS = ROOT / "resources" / "translations" / "studio_zh_CN.ts"


def test_the_language_switches_live(studio):
    window = studio.window
    window.settings.set("language", "zh")
    assert window.chrome.menus["file"].title().startswith("文件")
    assert window.labels._title.text() == "类别"
    assert window.actions_.by_key["accept"].text() == "接受掩膜"
    assert "角钢" in window.chrome.label_actions[1].text()
    window.settings.set("language", "en")
    assert window.chrome.menus["file"].title() == "&File"
    assert window.labels._title.text() == "Class"


def test_the_theme_switches_live(studio):
    window = studio.window
    assert window.canvas.backgroundBrush().color() == QColor(theme.DARK.canvas)
    window.settings.set("theme", "light")
    assert window.canvas.backgroundBrush().color() == QColor(theme.LIGHT.canvas)
    assert window.look.colours is theme.LIGHT


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chosen_language_wins_over_the_system(lang):
    assert resolve(lang) == lang


def test_no_text_is_missing_or_unfinished(tmp_path):
    """Extracts all texts anew and finds each of them in the committed file, translated."""
    tool = shutil.which("pyside6-lupdate")
    assert tool, "pyside6-lupdate comes with PySide6-Essentials"
    fresh = tmp_path / "fresh.ts"
    sources = sorted(str(path) for path in (ROOT / "app").rglob("*.py"))
    subprocess.run(
        [tool, "-extensions", "py", "-locations", "none", *sources, "-ts", str(fresh)], check=True, capture_output=True
    )
    done, wanted = _messages(TS), _messages(fresh)
    assert len(wanted) > 100
    assert sorted(wanted.keys() - done.keys()) == []
    assert sorted(done.keys() - wanted.keys()) == []
    assert [key for key, (text, finished) in done.items() if not text or not finished] == []


def test_placeholders_survive_translation():
    import re

    for (_context, source), (text, _finished) in _messages(TS).items():
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", text)), source


def test_the_compiled_file_is_as_new_as_the_texts(app):
    from PySide6.QtCore import QTranslator

    translator = QTranslator()
    assert translator.load(str(TS.with_suffix(".qm")))
    for (context, source), (text, _finished) in _messages(TS).items():
        assert translator.translate(context, source) == text


def _messages(file: Path) -> dict[tuple[str, str], tuple[str, bool]]:
    found = {}
    for context in ElementTree.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            key = (context.findtext("name", ""), message.findtext("source", ""))
            found[key] = (translation.text or "", translation.get("type") is None)
    return found


def test_dialogs_open_in_both_languages(studio):
    for lang in ("en", "zh"):
        studio.window.settings.set("language", lang)
        window = studio.window
        for dialog in (ShortcutsDialog(window.look, window), AboutDialog(window.look, window)):
            dialog.show()
            assert dialog.windowTitle()
            dialog.close()
            dialog.deleteLater()


def test_every_icon_of_the_table_is_drawn(app):
    for row in actions.TABLE:
        if row.icon:
            image = theme.pixmap(row.icon, "#ff0000", 24).toImage()
            assert any(image.pixelColor(x, y).alpha() > 128 for x in range(24) for y in range(24)), row.icon


def test_text_is_readable_on_its_ground():
    """Contrast of at least 4.5 (WCAG) wherever words are written, 3 for what is switched off."""
    for colours in (theme.DARK, theme.LIGHT):
        for ground in (colours.window, colours.surface, colours.raised, colours.hover, colours.accent_soft):
            assert _contrast(colours.text, ground) >= 7
            for words in (colours.muted, colours.faint, colours.link, colours.ok, colours.warn, colours.danger):
                assert _contrast(words, ground) >= 4.5, (words, ground)
        for ground in (colours.window, colours.surface, colours.raised, colours.hover):
            assert _contrast(colours.off, ground) >= 3
        for ground in (colours.accent, colours.accent_hover):
            assert _contrast(colours.on_accent, ground) >= 4.5


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    a, b = sorted((light(one), light(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)
