"""In the smallest window everything still has room, and dialogs line up."""

from __future__ import annotations

import pytest
from labelled import label
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QFormLayout, QLabel
from studio_driver import wait_until
from test_accessible import PLACES

from app import rows, theme
from app.dialogs.evaluate import EvaluateDialog
from app.dialogs.export import ExportDialog
from app.dialogs.name_again import _change


@pytest.fixture
def labelled_studio(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None)
    return studio


def test_in_a_low_window_the_list_of_objects_keeps_some_rows(labelled_studio):
    window = labelled_studio.window
    window.resize(960, 640)
    wait_until(lambda: window.labels.list.height() == 8 * 25, what="lower rows")
    wait_until(lambda: window.objects.list.height() >= 2.5 * 32, what="room for objects")
    last = window.labels.list
    assert last.below.geometry().bottom() < last.height() and last.below.y() >= 7 * 25
    window.resize(960, 760)
    wait_until(lambda: window.labels.list.height() == 8 * 30, what="the usual rows")


def test_rather_a_short_bar_than_a_name_cut_short(app):
    """At 250 px, the least the right side has, every class is read in full."""
    row = rows.ClassRow("U-channel", "#cc79a7", 0.05, "7", mark=0.3)
    cut = []

    class Metrics(QFontMetrics):
        def elidedText(self, text, mode, width, flags=0):  # noqa: N802
            cut.append(self.horizontalAdvance(text) > width)
            return text

    font, metrics = rows.font_like(app.font())
    rows._fonts[app.font().key(), 0, False] = font, Metrics(metrics)
    picture = QImage(242, 30, QImage.Format.Format_ARGB32)
    painter = QPainter(picture)
    painter.setFont(app.font())
    rows.draw(painter, picture.rect(), row, theme.LIGHT, keycaps=True)
    painter.end()
    rows._fonts.clear()
    assert cut == [False]


@pytest.mark.parametrize("kind", ["export", "evaluate"])
def test_the_name_of_a_field_stands_beside_its_first_line(labelled_studio, kind):
    window = labelled_studio.window
    if kind == "export":
        dialog = ExportDialog(window.session, window.disk_lane, window.look, window)
        name, first = "Also", dialog.include_unknown
    else:
        dialog = window.flow.show_evaluate()
        assert isinstance(dialog, EvaluateDialog)
        name, first = "Prompts", dialog.strategies["S2"]
    dialog.show()
    assert dialog.findChild(QFormLayout) is not None
    found = next(one for one in dialog.findChildren(QLabel) if one.text() == name)
    middle = found.mapTo(dialog, found.contentsRect().center()).y()
    assert abs(middle - first.mapTo(dialog, QPoint(0, first.height() // 2)).y()) <= 2
    dialog.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_keys_need_no_scrolling_sideways(make_studio, lang):
    studio = make_studio(lang)
    sheet = studio.window.flow.show_shortcuts()
    assert sheet.width() <= studio.window.screen().availableGeometry().width()
    assert sheet._scroll.horizontalScrollBar().maximum() == 0
    sheet.close()


def test_gamma_is_neutral_in_the_middle_of_its_slider(labelled_studio):
    settings, panel = labelled_studio.window.settings, labelled_studio.window.editing.display
    slider = panel.sliders["gamma"]
    slider.setValue(100)
    assert settings.get("gamma") == 3.0
    slider.setValue(-100)
    assert settings.get("gamma") == 0.33
    settings.set("gamma", 1.8)
    assert slider.value() == 54 and panel._values["gamma"].text() == "1.80"
    panel.plain()
    assert slider.value() == 0 and (slider.minimum(), slider.maximum()) == (-100, 100)


def test_what_comes_next_stands_out(labelled_studio):
    """Before anything was found there is nothing to apply, and no empty list beside the other."""
    dialog = labelled_studio.window.flow.show_naming()
    again, sure = dialog.again, dialog.sure
    assert [one.property("primary") for one in (again.look_up, again.apply)] == ["true", "false"]
    assert [one.property("primary") for one in (sure.measure, sure.use)] == ["true", "false"]
    assert again.pairs.isHidden() and not dialog.sees.note.isHidden()
    change = {"image": "b.jpg", "id": 1, "before": "Bar", "after": "Pipe", "scores": {"Bar": 0.2, "Pipe": 0.8}}
    try:
        again._changes = [_change(change)]
        again._show_apply()
        assert [one.property("primary") for one in (again.look_up, again.apply)] == ["false", "true"]
        assert not again.pairs.isHidden()
    finally:
        again._changes = []
    dialog.close()


def test_without_photos_there_is_nothing_to_export_or_to_go_to(make_studio, folder, tmp_path):
    studio = make_studio()
    keys, act = ("export", "next", "previous", "next_open"), studio.window.actions_.by_key
    (tmp_path / "空").mkdir()
    studio.window.session.open(tmp_path / "空")
    wait_until(lambda: studio.session.project is not None, what="the empty folder")
    studio.settle()
    assert not any(act[key].isEnabled() for key in keys)
    said = []
    studio.session.whisper.connect(said.append)
    studio.key("d")
    assert said == ["There is no photo to work on."]
    studio.open(folder)
    wait_until(lambda: all(act[key].isEnabled() for key in keys), what="photos")


def test_the_wizard_leaves_no_hole_below_the_names_of_the_classes(make_studio):
    dialog = make_studio().window.flow.show_wizard()
    wait_until(lambda: 0 < dialog.names.height() == dialog.names.heightForWidth(dialog.names.width()), what="no hole")
    dialog.close()


def test_on_a_low_screen_all_tools_and_lists_can_be_reached(labelled_studio):
    """1366 x 768 at 125 %, less the task bar and the frame."""
    window = labelled_studio.window
    window.resize(1024, 536)
    wait_until(lambda: window.height() == 536, what="the low window")
    tools = [window.chrome.rail.widgetForAction(action) for action in window.chrome.rail.actions()]
    wait_until(lambda: all(tool.isVisible() for tool in tools), what="every tool")
    assert window.objects.list.height() >= 2.5 * 32
    lists, masks = window.splitter.widget(2), window.models.combos["segmenter"]
    for _ in range(6):
        if not masks.hasFocus():
            window.next_pane()
    assert masks.hasFocus() and masks.visibleRegion().boundingRect() == masks.rect(), "F6 brings it into sight"
    lists.verticalScrollBar().setValue(lists.verticalScrollBar().maximum())
    wait_until(lambda: not window.models.combos["classifier"].visibleRegion().isEmpty(), what="the models, scrolled to")
    window.resize(1280, 760)
    wait_until(lambda: lists.verticalScrollBar().maximum() == 0, what="no need to scroll")


def test_no_window_opens_larger_than_the_screen(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    flow, room = studio.window.flow, studio.window.screen().availableSize()
    opened = (flow.show_gallery, flow.show_statistics, flow.show_compare, flow.show_naming, flow.show_keys)
    for show in (*opened, studio.window.show_models, flow.show_capture):
        dialog = show()
        least = dialog.minimumSizeHint()
        assert dialog.width() <= max(room.width(), least.width()) and dialog.height() <= room.height()
        dialog.close()


def test_on_a_low_screen_what_was_learnt_is_seen_with_its_buttons(labelled_studio, monkeypatch):
    for module in ("says", "learn_names"):
        monkeypatch.setattr(f"app.dialogs.{module}.room", lambda _window: 536)
    dialog = PLACES["learnt names"](labelled_studio)
    wait_until(lambda: dialog.height() <= 536, what="fewer classes at once")
    assert dialog.later.isVisible() and dialog.later.geometry().bottom() < dialog.height()
    assert dialog.classes.height() > 3 * 20
    dialog.close()
