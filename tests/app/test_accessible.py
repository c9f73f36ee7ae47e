"""Screen readers and the keyboard: every control of every window has a name, and Tab comes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from labelled import label
from PySide6 import QtGui
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)
from studio_driver import Studio, wait_until

from app.dialogs.help import AboutDialog, ShortcutsDialog
from app.dialogs.settings import SettingsDialog
from app.dialogs.versions import VersionsDialog
from app.notices import Notice
from app.panels.charts import Chart, Matrix
from sscore import edits
from sscore.project import Project

CONTROLS = (
    *(QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QTextEdit),
    Chart,
)
WHOLE = (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar)


def _shown(studio: Studio, dialog: Callable[..., QWidget]) -> QWidget:
    studio.window._show_dialog(made := dialog())
    return made


def _export(studio: Studio) -> QWidget:
    before = set(QApplication.topLevelWidgets())
    studio.window.show_export()
    (made,) = [w for w in QApplication.topLevelWidgets() if w not in before and w.isVisible()]
    return made


def _display(studio: Studio) -> QWidget:
    studio.window.actions_.by_key["display"].trigger()
    made = QApplication.activePopupWidget()
    assert made is not None
    return made


def _with_panels(studio: Studio) -> QWidget:
    """The window with all that can be opened in it."""
    studio.window.flow.show_checks()
    studio.window.flow.show_review()
    studio.session.select((1,))
    studio.window.actions_.by_key["tidy"].trigger()
    return studio.window


def _versions(studio: Studio) -> QWidget:
    """Two changed the photo at the same time, and both changed one object."""
    session = studio.session
    theirs = Project.open(session.project.folder)
    studio.window.flow.company.close()  # nobody is told in time
    studio.settle()
    page = theirs.load(session.image)
    theirs.save(edits.relabel(page, [1], "Billet"), edit="theirs", author="li")
    session.edit("fake", edits.relabel(session.page, [1], "Angle"))
    studio.settle()
    offered = next(one for one in studio.window.messages.notices if one.key == "conflict")
    offered.run()
    (made,) = studio.window.findChildren(VersionsDialog)
    wait_until(lambda: made.cards[0].button.isEnabled(), what="both versions")
    made.resize(made.minimumSizeHint())
    return made


def _evaluated(studio: Studio) -> QWidget:
    """The dialog with results in it."""
    made = studio.window.flow.show_evaluate()
    made.says.say("", "ok")
    made.open_report.show()
    made._show_weak(({"nano": {"S2": 0.5}}, [(0.25, "nano", "S2", ("a.jpg", 1), "Pipe")]))
    return made


def _learnt(studio: Studio) -> QWidget:
    """The dialog with a result and doubts in it."""
    made = studio.window.flow.learning.show()
    wait_until(lambda: made._index.ready, what="the count of objects")
    made._on_head, made._doubts = True, ["doubt"] * 5
    summary = {"accuracy": 0.8, "macro_f1": 0.8}
    gain = {"accuracy": -0.02, "interval": [-0.3, 0.02]}
    made._result = {"name": "a-rather-long-name-of-a-yard-head", "pieces": 45, "photos": 3, "gain": gain}
    made._result |= {"cross_validated": summary, "compared": {made.base: summary}}
    made._on_ended(0, "")
    return made


def _naming(studio: Studio, page: int) -> QWidget:
    """One of its pages, with a result in it."""
    made = studio.window.flow.show_naming()
    made.tabs.setCurrentIndex(page)
    if page == 0:
        change = {"image": "a.jpg", "id": 1, "before": "Pipe", "after": "U", "scores": {"U": 0.7, "Pipe": 0.3}}
        found = {"instances": 40, "changes": [change] * 30, "made_by": {"unknown_below": 0.3}, "problems": []}
        made.again.show_found(found)
    elif page == 1:
        bins = [{"low": 0.5, "high": 0.75, "count": 30, "confidence": 0.6, "accuracy": 0.5}]
        found = {"count": 30, "accuracy": 0.5, "error": 0.1, "error_after": 0.05, "temperature": 1.5, "wanted": 0.9}
        made.sure.show_found({**found, "bins": bins, "after": bins, "threshold": 0.8, "named": 0.25})
    return made


PLACES: dict[str, Callable[[Studio], QWidget]] = {
    "window": lambda studio: studio.window,
    "panels": _with_panels,
    "display": _display,
    "review": lambda studio: studio.window.flow.show_review(),
    "checks": lambda studio: studio.window.flow.show_checks(),
    "gallery": lambda studio: studio.window.flow.show_gallery(),
    "figures": lambda studio: studio.window.flow.show_statistics(),
    "compare": lambda studio: studio.window.flow.show_compare(),
    "evaluate": lambda studio: studio.window.flow.show_evaluate(),
    "evaluated": _evaluated,
    "train": lambda studio: studio.window.flow.show_train(),
    "learn names": lambda studio: studio.window.flow.learning.show(),
    "learnt names": _learnt,
    "name again": lambda studio: _naming(studio, 0),
    "how sure": lambda studio: _naming(studio, 1),
    "name words": lambda studio: _naming(studio, 2),
    "settings": lambda studio: studio.window.flow.show_settings(),
    "keys": lambda studio: studio.window.flow.show_keys(),
    "wizard": lambda studio: studio.window.flow.show_wizard(),
    "guide": lambda studio: studio.window.flow.show_guide(),
    "capture": lambda studio: studio.window.flow.show_capture(),
    "models": lambda studio: studio.window.show_models(),
    "export": _export,
    "shortcuts": lambda studio: _shown(studio, lambda: ShortcutsDialog(studio.window.look, studio.window)),
    "about": lambda studio: _shown(studio, lambda: AboutDialog(studio.window.look, studio.window)),
    "versions": _versions,
}


def controls(place: QWidget) -> Iterator[QWidget]:
    """What one can work with there, without the parts that controls are made of."""
    for widget in place.findChildren(QWidget):
        inside = isinstance(widget.parentWidget(), WHOLE) or widget.objectName().startswith("qt_")
        part = inside or isinstance(widget, (QScrollBar, QHeaderView))
        if isinstance(widget, CONTROLS) and not part and _there(widget, place):
            yield widget


def _there(widget: QWidget, place: QWidget) -> bool:
    return widget.isVisibleTo(place) and widget.window() is place.window()


def described(widget: QWidget) -> str:
    text = getattr(widget, "text", str)()
    return f"{type(widget).__name__} {widget.objectName()} {text!r} in {type(widget.parentWidget()).__name__}"


def nameless(place: QWidget) -> list[str]:
    name = QAccessible.Text.Name
    read = QAccessible.queryAccessibleInterface
    return [described(widget) for widget in controls(place) if not read(widget).text(name).strip()]


def unreached(place: QWidget) -> list[str]:
    """Controls that Tab leaves out; of the drawings those that answer to the mouse."""
    tab = Qt.FocusPolicy.TabFocus
    drawn = [w for w in controls(place) if isinstance(w, Chart) and not isinstance(w, Matrix)]
    return [described(w) for w in controls(place) if w not in drawn and not w.focusPolicy() & tab]


def scrolled(widget: QWidget | None) -> bool:
    """Whether one can scroll to it."""
    while widget is not None and not isinstance(widget, QScrollArea):
        widget = widget.parentWidget()
    return widget is not None


def _outside(widget: QWidget, place: QWidget) -> bool:
    """Whether a part of it lies beyond the edge of what it lies in."""
    around = widget.parentWidget()
    while around is not None and around is not place:
        if not around.rect().contains(QRect(widget.mapTo(around, QPoint()), widget.size())):
            return True
        around = around.parentWidget()
    return False


def cut(place: QWidget) -> list[str]:
    """Words for which there is too little room."""
    found = []
    for widget in place.findChildren(QWidget):
        if not isinstance(widget, (QLabel, QAbstractButton)) or not widget.text() or not _there(widget, place):
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            fits = widget.height() >= widget.heightForWidth(widget.width())
        else:
            fits = widget.width() >= widget.minimumSizeHint().width()
        if not fits or (_outside(widget, place) and not scrolled(widget)):
            found.append(f"{described(widget)} {widget.size().toTuple()}")
    return found


def meeting(place: QWidget) -> list[str]:
    """Labels and buttons of one parent that lie over each other."""
    shown = [w for w in place.findChildren(QWidget) if isinstance(w, (QLabel, QAbstractButton)) and _there(w, place)]
    pairs = [(a, b) for at, a in enumerate(shown) for b in shown[at + 1 :] if a.parentWidget() is b.parentWidget()]
    return [f"{described(a)} and {described(b)}" for a, b in pairs if a.geometry().intersects(b.geometry())]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_control_has_a_name_and_room_and_is_reached_by_tab(make_studio, folder, lang):
    label(folder)
    studio = make_studio(lang)
    studio.window.resize(studio.window.minimumSize())
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None)
    wrong = {}
    for name, opened in PLACES.items():
        place = opened(studio)
        studio.settle()
        QApplication.processEvents()
        assert list(controls(place)), name
        for check in (nameless, unreached, cut, meeting):
            if found := check(place):
                wrong[name, check.__name__] = found
        limit = 720 if place is studio.window else 640  # what title and task bar leave of 720
        # Settings and keys scroll where the screen is low.
        size = place.minimumSizeHint() if isinstance(place, (SettingsDialog, ShortcutsDialog)) else place.size()
        if size.width() > 1280 or size.height() > limit:
            wrong[name, "too large for a small screen"] = [str(size.toTuple())]
        if place.isWindow() and place is not studio.window:
            place.close()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    studio.window.settings.set("language", "en")  # what it installed in the application would stay for other tests
    assert wrong == {}


@pytest.fixture
def heard(monkeypatch) -> list[str]:
    """What a screen reader is given to read out."""
    said: list[str] = []
    reader = SimpleNamespace(isActive=lambda: True, updateAccessibility=lambda event: said.append(event.message()))
    monkeypatch.setattr("app.announce.QAccessible", reader)
    return said


@pytest.mark.skipif(not hasattr(QtGui, "QAccessibleAnnouncementEvent"), reason="Qt before 6.8")
def test_a_screen_reader_hears_where_the_pointer_of_the_keyboard_is(studio, heard):
    studio.add(100, 60, 220, 180)
    studio.session.select(())
    studio.window.settings.set("language", "zh")
    heard.clear()
    studio.key("e")  # in the middle: 200, 150
    for _ in range(10):
        studio.key(Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: heard, what="the words")
    assert heard == ["钢管  70 %, 190, 150 px"], "once, where it rests"
    studio.key(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
    for _ in range(20):
        studio.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    wait_until(lambda: len(heard) == 2, what="the next")
    assert heard[1].startswith("无目标, 180, ")
    studio.key(Qt.Key.Key_Tab)
    assert heard[2] == "钢管  70 %, #1"


@pytest.mark.skipif(not hasattr(QtGui, "QAccessibleAnnouncementEvent"), reason="Qt before 6.8")
def test_a_screen_reader_hears_messages_and_words_beside_the_mouse(studio, heard):
    studio.window.messages.show_notice(Notice("warning", "A heading", "and more"))
    studio.session.whisper.emit("That did nothing.")
    assert heard == ["A heading\nand more", "That did nothing."]


def test_without_a_screen_reader_nothing_is_computed_for_one(studio, monkeypatch):
    monkeypatch.setattr("app.announce.QAccessible", SimpleNamespace(isActive=lambda: False))
    studio.key("e")
    studio.key(Qt.Key.Key_Left)
    assert not studio.canvas.spoken._rest.isActive()
