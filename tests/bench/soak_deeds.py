"""What is done in a soak (see soak.py): by the user, by another process in the same folder, by models and disk."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)
from studio_driver import FakeSegmenter, FakeShelf

from app.settings import TABLE as SETTINGS
from app.shelf import Catalogue
from app.window import Window
from sscore.errors import ModelCrashed, ModelMissing, SscError, WrongWeights
from sscore.images import write_image
from sscore.project import Project

_LEFT = Qt.MouseButton.LeftButton
_NO_KEY = Qt.KeyboardModifier.NoModifier
_WORDS = ("class:U", "margin<0.2", "类别：槽钢", "-status:reviewed", "a", "(", "照片", "12", "", "\\", "%s {n}")
_NUMBERS = {
    "segmenter": ("nano", "other", "missing", "mobile-sam"),
    "classifier": ("nano-cls",),
    "opacity": (0.0, 0.5, 1.0),
    "brush_px": (1.0, 40.0),
    "unknown_below": (0.0, 0.9),
    "finds_from": (0.1, 0.9),
    "gamma": (0.4, 2.5),
}


# --- the other process, which works in the same folder ----------------------------------------------------------------


def vandal() -> None:
    """The other process. Reads a JSON line per deed: what, folder, seed."""
    for line in sys.stdin:
        what, folder, seed = json.loads(line)
        chance = random.Random(seed)
        photos = [p for p in Path(folder).rglob("*.*") if p.suffix in (".jpg", ".png") and "cache" not in p.parts]
        pages = list((Path(folder) / "pages").rglob("*.json"))
        with contextlib.suppress(OSError, SscError):
            deed(what, Path(folder), chance, photos, pages)
        print("done", flush=True)


def deed(what: str, folder: Path, chance: random.Random, photos: list[Path], pages: list[Path]) -> None:
    if what == "edit page" and photos:
        project = Project.open(folder)
        page = project.load(chance.choice(project.images()))
        project.save(page.__class__(**{**_fields(page), "annotations": page.annotations[1:]}), edit="vandal")
    elif what == "new photo":
        draw(folder / f"新 {chance.randrange(30)}.png", chance)
    elif what == "change photo" and photos:
        draw(chance.choice(photos), chance)
    elif what == "spoil photo" and photos:
        chance.choice(photos).write_bytes(b"no photo at all")
    elif what == "delete photo" and len(photos) > 4:
        chance.choice(photos).unlink()
    elif what == "delete page" and pages:
        chance.choice(pages).unlink()
    elif what == "spoil page" and pages:
        chance.choice(pages).write_text('{"images": [', encoding="utf-8")
    elif what == "delete cache":
        shutil.rmtree(folder / "cache", ignore_errors=True)


DEEDS = ("edit page", "new photo", "change photo", "spoil photo", "delete photo", "delete page", "spoil page")


def _fields(page: object) -> dict[str, object]:
    return {name: getattr(page, name) for name in page.__dataclass_fields__}


def draw(file: Path, chance: random.Random) -> None:
    rng = np.random.default_rng(chance.randrange(1 << 30))
    size = (chance.randrange(60, 900), chance.randrange(60, 700))
    coarse = rng.integers(40, 215, (size[1] // 20 + 1, size[0] // 20 + 1, 3), np.uint8)
    write_image(file, cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC))


# --- models that fail now and then ------------------------------------------------------------------------------------


class Moody(FakeSegmenter):
    trouble: Exception | None = None

    def predict(self, embedding, prompt, *, multimask=True):
        self.asked.clear()
        trouble, Moody.trouble = Moody.trouble, None
        if trouble is not None:
            raise trouble
        return super().predict(embedding, prompt, multimask=multimask)


class MoodyShelf(FakeShelf):
    def __init__(self) -> None:
        super().__init__()
        self.segmenters = {"nano": Moody("nano"), "other": Moody("other")}

    def segmenter(self, model_id):
        if model_id not in self.segmenters:
            raise ModelMissing(f"the weights of {model_id!r} are not on this computer")
        return super().segmenter(model_id)

    def add(self, file, *, as_id, progress):
        raise WrongWeights(f"{file.name} is not a checkpoint of a model that is known here")


# --- the user ---------------------------------------------------------------------------------------------------------


class Hands:
    """What a user can do to `window`, at random."""

    window: Window
    place: Path
    folders: list[Path]
    files: list[Path]
    other: subprocess.Popen[str]
    never: set[QAction]
    note: Callable[[str], None]
    run: Callable[[float], None]
    begin: Callable[[], None]

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.count, self.refusing = chance, 0, 0
        self.seen: set[str] = set()  # kinds of windows

    def answer(self) -> None:
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            if isinstance(popup, QMenu) and self.chance.random() < 0.5:
                usable = [a for a in popup.actions() if a.isEnabled() and a not in self.never and not a.menu()]
                if usable:
                    action = self.chance.choice(usable)
                    self.note(f"popup: {action.text()}")
                    popup.setActiveAction(action)
                    QTest.keyClick(popup, Qt.Key.Key_Return)
                    return
            popup.close()
        elif modal is not None:
            self.note(f"modal {type(modal).__name__}")
            buttons = [b for b in modal.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
            if buttons and self.chance.random() < 0.7:
                QTest.mouseClick(self.chance.choice(buttons), _LEFT)
            else:
                modal.close()

    def action(self) -> None:
        usable = [a for a in self.actions() if a.isEnabled() and a.isVisible() and a not in self.never]
        action = self.chance.choice(usable)
        self.note(f"action {action.text()}")
        action.trigger()

    def actions(self) -> list[QAction]:
        menus, found = [a.menu() for a in self.window.menuBar().actions()], []
        while menus:
            menu = menus.pop()
            for action in menu.actions():
                if action.menu():
                    menus.append(action.menu())
                elif not action.isSeparator():
                    found.append(action)
        return found

    def key(self) -> None:
        shortcuts = [s for a in self.actions() if a not in self.never for s in a.shortcuts()]
        target = QApplication.focusWidget() if self.chance.random() < 0.4 else self.window.canvas
        keys = self.chance.choice(shortcuts)
        self.note(f"key {keys.toString()} on {type(target).__name__}")
        together = keys[0]
        QTest.keyClick(target or self.window.canvas, together.key(), together.keyboardModifiers())

    def spot(self, of: QWidget) -> QPoint:
        return QPoint(self.chance.randrange(max(of.width(), 1)), self.chance.randrange(max(of.height(), 1)))

    def canvas_mouse(self) -> None:
        view = self.window.canvas.viewport()
        tool = self.chance.choice(("", "", "w", "q", "v"))
        if tool:
            QTest.keyClick(self.window.canvas, tool)
        some = [_NO_KEY] * 5 + [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier]
        modifier, one, two = self.chance.choice(some), self.spot(view), self.spot(view)
        what = self.chance.choice(("click", "right", "double", "drag", "drag", "drag", "wheel", "move", "leave"))
        self.note(f"mouse {what} {tool} {one.toTuple()} {two.toTuple()} {modifier.name}")
        if what == "click":
            QTest.mouseClick(view, _LEFT, modifier, one)
        elif what == "right":
            QTest.mouseClick(view, Qt.MouseButton.RightButton, modifier, one)
            QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, one, view.mapToGlobal(one)))
        elif what == "double":
            QTest.mouseDClick(view, _LEFT, modifier, one)
        elif what == "wheel":
            turn = QPoint(0, self.chance.choice((-120, 120, 15)))
            at = QPointF(one), QPointF(view.mapToGlobal(one))
            phase = Qt.ScrollPhase.NoScrollPhase
            QApplication.sendEvent(
                view, QWheelEvent(*at, QPoint(), turn, Qt.MouseButton.NoButton, modifier, phase, False)
            )
        elif what == "leave":
            QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
        else:
            button = _LEFT if what == "drag" else Qt.MouseButton.NoButton
            if what == "drag":
                QTest.mousePress(view, _LEFT, modifier, one)
            for share in (0.3, 0.7, 1.0):
                at = QPointF(one) + (QPointF(two) - QPointF(one)) * share
                kind, far = QEvent.Type.MouseMove, QPointF(view.mapToGlobal(at.toPoint()))
                QApplication.sendEvent(view, QMouseEvent(kind, at, far, Qt.MouseButton.NoButton, button, modifier))
                if self.chance.random() < 0.15:  # in the middle of it
                    self.chance.choice((self.key, self.action))()
                    self.run(0)
            if what == "drag":
                QTest.mouseRelease(view, _LEFT, modifier, two)
        if self.chance.random() < 0.35:
            self.run(0.05)
            QTest.keyClick(self.window.canvas, "f")

    def widget(self) -> None:
        tops = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow()]
        others = [w for w in tops if w is not self.window]
        self.seen |= {type(w).__name__ for w in others}
        top = self.chance.choice(others) if others and self.chance.random() < 0.7 else self.window
        kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider, QAbstractItemView, QTabBar)
        found = [w for kind in kinds for w in top.findChildren(kind) if w.isVisible() and w.isEnabled()]
        found = [w for w in found if not isinstance(w, QHeaderView)]
        if not found:
            return
        one = self.chance.choice(found)
        label = one.text() or one.accessibleName() if isinstance(one, QAbstractButton) else one.accessibleName()
        self.note(f"{type(one).__name__} {label!r} in {type(top).__name__}")
        if isinstance(one, QComboBox) and one.count():
            one.setFocus()
            QTest.keyClick(one, self.chance.choice((Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End)))
        elif isinstance(one, QLineEdit):
            one.selectAll()
            one.insert(self.chance.choice(_WORDS))
            QTest.keyClick(one, self.chance.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape)))
        elif isinstance(one, QAbstractSlider):
            one.setValue(self.chance.randint(one.minimum(), max(one.maximum(), one.minimum())))
        elif isinstance(one, QAbstractItemView):
            self.in_list(one)
        else:
            at = self.spot(one) if isinstance(one, QTabBar) else one.rect().center()
            QTest.mouseClick(one, _LEFT, _NO_KEY, at)

    def in_list(self, one: QAbstractItemView) -> None:
        view, model = one.viewport(), one.model()
        at = self.spot(view)
        if model is not None and model.rowCount(one.rootIndex()):
            row = model.index(self.chance.randrange(model.rowCount(one.rootIndex())), 0, one.rootIndex())
            one.scrollTo(row)
            at = one.visualRect(row).center()
        what = self.chance.choice(("click", "click", "double", "right", "key"))
        if what == "click":
            QTest.mouseClick(view, _LEFT, self.chance.choice((_NO_KEY, Qt.KeyboardModifier.ControlModifier)), at)
        elif what == "double":
            QTest.mouseDClick(view, _LEFT, _NO_KEY, at)
        elif what == "right":
            QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at)))
        else:
            keys = (Qt.Key.Key_Down, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_End, Qt.Key.Key_3, Qt.Key.Key_A)
            QTest.keyClick(one, self.chance.choice(keys))

    def close_something(self) -> None:
        tops = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow() and w is not self.window]
        if tops:
            one = self.chance.choice(tops)
            self.note(f"close {type(one).__name__}")
            QTest.keyClick(one, Qt.Key.Key_Escape) if self.chance.random() < 0.5 else one.close()

    def setting(self) -> None:
        rows = [r for r in SETTINGS if r.choices or isinstance(r.default, bool) or r.key in _NUMBERS]
        row = self.chance.choice(rows)
        value = self.chance.choice(row.choices or _NUMBERS.get(row.key) or (True, False))
        self.note(f"setting {row.key} {value}")
        self.window.settings.set(row.key, value)

    def folder(self) -> None:
        folder = self.chance.choice([*self.folders, self.place / "nowhere", self.place / "home"])
        self.note(f"open {folder.name}")
        self.window.open_folder(folder)

    def drop(self) -> None:
        file = self.chance.choice([*self.files, *self.folders])
        self.note(f"drop {file.name}")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        at, copy = QPointF(5, 5), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDropEvent(at, copy, data, _LEFT, _NO_KEY))

    def resize(self) -> None:
        size = self.chance.randrange(300, 1900), self.chance.randrange(300, 1100)
        self.note(f"resize {size}")
        self.window.resize(*size)

    def deed(self) -> None:
        what, folder = (
            self.chance.choice((*DEEDS, "new photo", "edit page", "edit page")),
            self.chance.choice(self.folders),
        )
        self.note(f"other process: {what} in {folder.name}")
        self.other.stdin.write(json.dumps([what, str(folder), self.chance.randrange(1 << 30)]) + "\n")
        self.other.stdin.flush()
        if self.chance.random() < 0.5:
            self.other.stdout.readline()
            self.begin()

    def model_trouble(self) -> None:
        shelf = self.window.shelf
        self.note("the model fails")
        if isinstance(shelf, Catalogue):
            pid = shelf.process.pid
            if pid:
                os.kill(pid, signal.SIGKILL)
        else:
            errors = (ModelCrashed("nano ended", model="nano", kind="segmenter"), MemoryError(), ValueError("odd"))
            Moody.trouble = self.chance.choice(errors)

    def disk_trouble(self) -> None:
        number = self.chance.choice((errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO))
        self.note(f"the disk refuses: {errno.errorcode[number]}")
        self.refusing = self.count + 30

        def refuse(_handle: int) -> None:
            raise OSError(number, os.strerror(number))

        os.fsync = refuse
