"""Keys and mouse on one page, and what this program is."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import actions, theme
from app.look import Look
from sscore import __version__, paths

_HELD = next(text for keys, text in actions.FIXED if "H" in keys)
_Section = tuple[str, list[tuple[str, str]]]
_BETWEEN, _GAP, _CAPS, _RIGHT = 30, 14, 4, 12  # px: between columns, key and words, two keys; at the right
_AROUND, _FRAME, _EDGE = QSize(92, 110), 40, 16  # px: around the keys, of a window's title, beside it


class ShortcutsDialog(QDialog):
    """Made of the action table, so it is never out of date."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._scroll.setObjectName("plain")
        self._close = QPushButton(self)
        self._close.setDefault(True)
        self._close.setFocus()
        self._close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self._close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(26, 22, 26, 18)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(foot)
        look.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        """All words and keys anew."""
        self.setWindowTitle(self.tr("Keys and mouse"))
        self._close.setText(self.tr("Close"))
        screen = self.screen().availableGeometry()
        widest = screen.width() - _AROUND.width() - _EDGE
        counts = [n for n in (4, 3, 2) if self._width(n) <= widest]  # to make one only to measure it takes 40 ms
        sheet = next((made for n in counts if (made := self._sheet(n)).sizeHint().width() <= widest), None)
        sheet = sheet or self._sheet(1)
        self._scroll.setWidget(sheet)
        self.resize((sheet.sizeHint() + _AROUND).boundedTo(QSize(widest + _AROUND.width(), screen.height() - _FRAME)))

    def _sheet(self, count: int) -> QWidget:
        """All keys in so many columns."""
        sheet = QWidget()
        sheet.setObjectName("plain")
        columns = QHBoxLayout(sheet)
        columns.setContentsMargins(0, 0, _RIGHT, 0)
        columns.setSpacing(_BETWEEN)
        parts: list[list[QGridLayout]] = []
        for part in _columns(self._sections(), count):
            parts.append([])
            column = QVBoxLayout()
            column.setSpacing(5)
            for title, lines in part:
                column.addWidget(_title(title))
                parts[-1].append(_grid(lines))
                column.addLayout(parts[-1][-1])
                column.addSpacing(8)
            column.addStretch()
            columns.addLayout(column)
        for label in sheet.findChildren(QLabel):
            label.ensurePolished()  # else it does not know yet how wide it will be
        for grids in parts:
            widest = max((_widest(grid) for grid in grids), default=0)
            for grid in grids:
                grid.setColumnMinimumWidth(0, widest)  # so that the words of a column stand below each other
        return sheet

    def _width(self, count: int) -> int:
        """px of so many columns, from the words alone."""
        cap, word = _cap("W"), QLabel("W")
        for label in (cap, word):
            label.ensurePolished()
        keyed, worded = (label.fontMetrics().horizontalAdvance for label in (cap, word))
        frame = cap.sizeHint().width() - keyed("W")
        total = _RIGHT + (count - 1) * _BETWEEN
        for part in _columns(self._sections(), count):
            lines = [line for _title, some in part for line in some]
            rows = (sum(keyed(key) + frame + _CAPS for key in keys.split("  ")) - _CAPS for keys, _ in lines)
            total += max(rows, default=0) + _GAP + max((worded(text) for _, text in lines), default=0)
        return total

    def _sections(self) -> list[_Section]:
        by_menu: dict[str, list[tuple[str, str]]] = {}
        for row in actions.TABLE:
            if own := self._look.keys(row.key):
                keys = "  ".join(dict.fromkeys(actions.native(key) for key in own[:2]))
                by_menu.setdefault(row.menu, []).append((keys, actions.plain(actions.words(row.text))))
        mouse = [
            (self.tr("Wheel"), self.tr("zoom where the mouse is")),
            (self.tr("{key} + drag").format(key=actions.native("Space")), self.tr("move the photo")),
            (self.tr("Middle drag"), self.tr("move the photo")),
            (self.tr("Right click"), self.tr("this does not belong to it; with Select: what can be done")),
            (self.tr("Shift + click"), self.tr("the same; with Select: add to the selection")),
        ]
        by_menu["go"] += [
            (self.tr("Arrow keys"), self.tr("move the keyboard pointer, the selection or the photo")),
            (actions.native("Space"), self.tr("click at the keyboard pointer; to drag: begin, then end")),
        ]
        by_menu.setdefault("view", []).append(("H", actions.words(_HELD)))
        classes = [("1 – 9", self.tr("class of the mask or the selection")), ("0", self.tr("unknown"))]
        named = {key: actions.plain(actions.words(text)) for key, text in actions.MENUS}
        order = ("tools", "class", "edit", "object", "review", "file", "go", "view", "help")
        listed = {**by_menu, "class": [*classes, *by_menu.get("class", [])]}
        return [(named[key], listed[key]) for key in order if key in listed] + [(self.tr("Mouse"), mouse)]


class AboutDialog(QDialog):
    """Name, version, where things are kept, and whose work is in it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Scrap-SAM-CLIP"))
        picture = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        picture.setPixmap(theme.app_icon().pixmap(QSize(72, 72), look.ratio))
        picture.setFixedHeight(72)
        name = QLabel(f"Scrap-SAM-CLIP {__version__}", alignment=Qt.AlignmentFlag.AlignHCenter)
        name.setProperty("role", "heading")
        line = QLabel(
            self.tr("From a box or a point to a mask, from a mask to a steel shape, from shapes to COCO."),
            alignment=Qt.AlignmentFlag.AlignHCenter,
            wordWrap=True,
        )
        where = QLabel(
            self.tr("Settings and log: {folder}\nMIT licence").format(folder=paths.user_data()),
            alignment=Qt.AlignmentFlag.AlignHCenter,
            wordWrap=True,
        )
        where.setProperty("role", "muted")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        parts = QPlainTextEdit("\n".join(_parts()), readOnly=True)
        parts.setAccessibleName(self.tr("Programs it is made of, and their licences"))
        parts.setTabChangesFocus(True)
        parts.setFixedHeight(130)
        made_of = QLabel(self.tr("Made with"))
        made_of.setProperty("role", "title")
        folder = QPushButton(self.tr("Open this folder"))
        folder.setAutoDefault(False)
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.user_data()))))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 18)
        column.setSpacing(12)
        for widget in (picture, name, line, where):
            column.addWidget(widget)
        column.addWidget(folder, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(made_of)
        column.addWidget(parts)
        column.addSpacing(6)
        column.addLayout(_close_row(self, self.tr("Close")))
        self.setFixedWidth(480)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """As high as the wrapped lines need, which is known now that they wear their fonts."""
        super().showEvent(event)
        layout = self.layout()
        assert layout is not None
        self.setFixedHeight(layout.totalHeightForWidth(self.width()))


def _parts() -> list[str]:
    """The packages this one needs, as installed: name, version, licence."""
    from importlib import metadata  # which takes longer than the page of keys has to open

    try:
        needed = metadata.requires("scrap-sam-clip") or []
    except metadata.PackageNotFoundError:  # run from a folder, not installed
        return []
    names = sorted({re.split(r"[^\w.-]", one)[0] for one in needed if "extra ==" not in one}, key=str.lower)
    return [text for name in names if (text := _part(name))]


def _part(name: str) -> str:
    """ "numpy 2.1.0 · BSD-3-Clause"; "" when it is not installed."""
    from importlib import metadata

    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return ""
    about = found.metadata
    kinds = [one.rsplit(" :: ", 1)[-1] for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    written = (about.get("License") or "").strip()
    short = written if "\n" not in written else ""  # else it is the whole licence
    licence = about.get("License-Expression") or short or ", ".join(kinds)
    return " · ".join(part for part in (f"{about['Name']} {found.version}", licence) if part)


def _columns(sections: list[_Section], count: int) -> list[list[_Section]]:
    """The sections in their order, spread over columns of about the same height."""
    total = sum(len(lines) + 2 for _, lines in sections)
    columns: list[list[_Section]] = [[] for _ in range(count)]
    height = 0.0
    for title, lines in sections:
        rows = len(lines) + 2
        columns[min(int((height + rows / 2) / total * count), count - 1)].append((title, lines))
        height += rows
    return columns


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "title")
    return label


def _cap(key: str) -> QLabel:
    cap = QLabel(key)
    cap.setProperty("role", "key")
    return cap


def _grid(lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(_GAP)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    for row, (keys, text) in enumerate(lines):
        caps = QHBoxLayout()
        caps.setSpacing(_CAPS)
        for key in keys.split("  "):
            caps.addWidget(_cap(key))
        caps.addStretch()
        grid.addLayout(caps, row, 0)
        grid.addWidget(QLabel(text), row, 1)
    return grid


def _widest(grid: QGridLayout) -> int:
    """px of its keys."""
    found = (grid.itemAtPosition(row, 0) for row in range(grid.rowCount()))
    return max((item.sizeHint().width() for item in found if item is not None), default=0)


def _close_row(dialog: QDialog, text: str) -> QHBoxLayout:
    close = QPushButton(text, dialog)
    close.setFocus()
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    line = QHBoxLayout()
    line.addStretch()
    line.addWidget(close)
    return line
