"""Keys and mouse on one page, and what this program is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import actions, theme
from app.look import Look
from sscore import __version__, paths

_Section = tuple[str, list[tuple[str, str]]]


class ShortcutsDialog(QDialog):
    """Made of the action table, so it is never out of date."""

    def __init__(self, table: actions.Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setWindowTitle(self.tr("Keys and mouse"))
        sheet = QWidget()
        sheet.setObjectName("plain")
        columns = QHBoxLayout(sheet)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(30)
        sections = self._sections()
        for part in _columns(sections, 3):
            column = QVBoxLayout()
            column.setSpacing(5)
            for title, lines in part:
                column.addWidget(_title(title))
                column.addLayout(_grid(lines))
                column.addSpacing(8)
            column.addStretch()
            columns.addLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(26, 22, 26, 18)
        scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        scroll.setObjectName("plain")
        scroll.setWidget(sheet)
        outer.addWidget(scroll, 1)
        outer.addLayout(_close_row(self, self.tr("Close")))
        wanted = sheet.sizeHint() + QSize(92, 110)
        self.resize(wanted.boundedTo(QSize(1270, 700)))

    def _sections(self) -> list[_Section]:
        by_menu: dict[str, list[tuple[str, str]]] = {}
        for row in actions.TABLE:
            if self._table.keys(row):
                keys = "  ".join(actions.native(key) for key in self._table.keys(row)[:2])
                by_menu.setdefault(row.menu, []).append((keys, actions.plain(actions.words(row.text))))
        mouse = [
            (self.tr("Wheel"), self.tr("zoom where the mouse is")),
            (self.tr("Space + drag"), self.tr("move the photo")),
            (self.tr("Middle drag"), self.tr("move the photo")),
            (self.tr("Right click"), self.tr("this does not belong to it")),
            (self.tr("Shift + click"), self.tr("the same; with Select: add to the selection")),
        ]
        classes = [("1 – 7", self.tr("class of the mask or the selection")), ("0", self.tr("unknown"))]
        named = {key: actions.plain(actions.words(text)) for key, text in actions.MENUS}
        order = ("tools", "class", "edit", "object", "review", "file", "go", "view")
        listed = {**by_menu, "class": [*classes, *by_menu.get("class", [])]}
        return [(named[key], listed[key]) for key in order if key in listed] + [(self.tr("Mouse"), mouse)]


class AboutDialog(QDialog):
    """Name, version, where things are kept."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Scrap-SAM-CLIP"))
        picture = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        picture.setPixmap(theme.app_icon().pixmap(72, 72))
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
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 18)
        column.setSpacing(12)
        for widget in (picture, name, line, where):
            column.addWidget(widget)
        column.addSpacing(6)
        column.addLayout(_close_row(self, self.tr("Close")))
        self.setFixedWidth(440)


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


def _grid(lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 96)
    for row, (keys, text) in enumerate(lines):
        caps = QHBoxLayout()
        caps.setSpacing(4)
        for key in keys.split("  "):
            cap = QLabel(key)
            cap.setProperty("role", "key")
            caps.addWidget(cap)
        caps.addStretch()
        grid.addLayout(caps, row, 0)
        grid.addWidget(QLabel(text), row, 1)
    return grid


def _close_row(dialog: QDialog, text: str) -> QHBoxLayout:
    close = QPushButton(text)
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    line = QHBoxLayout()
    line.addStretch()
    line.addWidget(close)
    return line
