"""Keys and mouse on one page, and what this program is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import actions, theme
from app.look import Look
from sscore import __version__, paths


class ShortcutsDialog(QDialog):
    """Made of the action table, so it is never out of date."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys and mouse"))
        columns = QHBoxLayout()
        columns.setSpacing(36)
        sections = self._sections()
        for part in (sections[:2], sections[2:4], sections[4:]):
            column = QVBoxLayout()
            column.setSpacing(8)
            for title, lines in part:
                column.addWidget(_title(title))
                column.addLayout(_grid(lines))
                column.addSpacing(12)
            column.addStretch()
            columns.addLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(26, 22, 26, 18)
        outer.addLayout(columns)
        outer.addLayout(_close_row(self, self.tr("Close")))

    def _sections(self) -> list[tuple[str, list[tuple[str, str]]]]:
        by_menu: dict[str, list[tuple[str, str]]] = {}
        for row in actions.TABLE:
            if row.keys:
                keys = "  ".join(_native(key) for key in row.keys[:2])
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
        return [
            (named["tools"], by_menu["tools"]),
            (named["class"], classes),
            (named["edit"], by_menu["edit"]),
            (named["file"], by_menu["file"]),
            (named["go"], by_menu["go"]),
            (named["view"], by_menu["view"]),
            (self.tr("Mouse"), mouse),
        ]


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


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "title")
    return label


def _grid(lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 128)
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
