"""A line in which one says what to show, with examples to start from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.look import Look
from app.notices import facts
from app.session import Session
from sscore import query
from sscore.errors import BadOption
from sscore.query import Query

_PAUSE_MS = 180


class TextLine(QLineEdit):
    """Letters and Return typed here are text, not shortcuts of the window; function keys and Esc still are.
    `called_off`: where that is set, Esc is of this field and calls it."""

    called_off: Callable[[], object] | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape and self.called_off is not None:
            self.called_off()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            key = event.key()
            if not Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35 and (key != Qt.Key.Key_Escape or self.called_off):
                event.accept()
                return True
        return super().event(event)


class QueryLine(QWidget):
    """`changed` carries a query as soon as the user pauses; what is not understood is explained below the line and the
    last good query stays."""

    changed = Signal(object)

    def __init__(self, session: Session, look: Look, examples: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._look, self._examples = session, look, examples
        self.query = Query("")
        self.line = TextLine(clearButtonEnabled=True)
        self._menu = QMenu(self)
        self._open = QAction(self)
        self._open.triggered.connect(lambda: self._menu.exec(self.line.mapToGlobal(self.line.rect().bottomLeft())))
        self.line.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)
        self.wrong = QLabel(wordWrap=True)
        self.wrong.setProperty("role", "muted")
        self.wrong.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.wrong)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.apply)
        self.line.textChanged.connect(lambda _text: self._pause.start())
        self.line.returnPressed.connect(self.apply)
        look.changed.connect(self.refresh)
        session.project_opened.connect(self.apply)
        self.refresh()

    def refresh(self) -> None:
        self._open.setIcon(self._look.icon("filter"))
        self._open.setToolTip(self.tr("Examples"))
        self.line.setPlaceholderText(self.tr("Filter…"))
        self.line.setAccessibleName(self.tr("Filter"))
        tip = self.tr("Words of the file name, or a key, a sign and a value: class:U margin<0.2 -status:reviewed")
        keys = self.tr(
            "Keys: class, guess, status, author, reviewer, comment, time, margin, score, iou, area, width, height, "
            "seconds, clicks; of photos: photo, is, count"
        )
        self.line.setToolTip(f"{tip}\n{keys}")
        # What it means, and how one writes it in this language.
        said = {
            "is:todo,begun": (self.tr("Not done"), self.tr("is:todo,begun")),
            "is:rejected": (self.tr("Sent back by the reviewer"), self.tr("is:rejected")),
            "class:unknown": (self.tr("Without a class"), self.tr("class:unknown")),
            "margin<0.2": (self.tr("Uncertain class"), self.tr("margin<0.2")),
            "iou<0.7": (self.tr("Uncertain mask"), "iou<0.7"),
            "status:proposed": (self.tr("Proposed, nobody looked yet"), self.tr("status:proposed")),
            "status:accepted": (self.tr("Accepted, not reviewed"), self.tr("status:accepted")),
            "count>20": (self.tr("More than 20 objects"), self.tr("count>20")),
        }
        self._menu.clear()
        for example in self._examples:
            meaning, text = said[example]
            action = self._menu.addAction(f"{meaning}\t{text}")
            action.triggered.connect(lambda _on=False, text=text: self.set(text))

    def set(self, text: str) -> None:
        self.line.setText(text)
        self.apply()

    def apply(self) -> None:
        self._pause.stop()
        try:
            found = query.parse(self.line.text(), self._session.labels)
        except BadOption as error:
            self.wrong.setText(facts(error))
            self.wrong.setStyleSheet(f"color: {self._look.colours.danger};")
            self.wrong.show()
            return
        self.wrong.hide()
        self.query = found
        self.changed.emit(found)
