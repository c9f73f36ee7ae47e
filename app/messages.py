"""Messages over the canvas: they say what happened and what to do, and never stop the work."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.announce import announce
from app.look import Look
from app.notices import Notice

_AT_MOST = 3
_SHORTEST, _LONGEST, _OFFER = 5, 15, 30  # seconds
_READING = 14  # letters a second, at ease
_WEIGHT = {"info": 0, "done": 0, "warning": 1, "error": 2}
_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Escape)
_ICONS = {
    "info": ("info", "link"),
    "done": ("done", "ok"),
    "warning": ("warning", "warn"),
    "error": ("error", "danger"),
}


class Message(QFrame):
    """One of them. With the keyboard on one of its buttons, Enter presses it and Esc closes the message."""

    def __init__(self, notice: Notice, look: Look, bar: MessageBar) -> None:
        super().__init__(bar)
        self.notice, self._bar = notice, bar
        self.setObjectName("message")
        self.setProperty("kind", notice.kind)
        self.setAccessibleName(notice.text)
        name, colour = _ICONS[notice.kind]
        picture = QLabel()
        picture.setPixmap(look.pixmap(name, colour, 20))
        text = QLabel(notice.text, wordWrap=True)
        text.setStyleSheet("font-weight: 600;")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(text)
        if notice.detail:
            detail = QLabel(notice.detail, wordWrap=True)
            detail.setProperty("role", "muted")
            detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(detail)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 9, 8, 9)
        line.setSpacing(11)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        if notice.action and notice.run is not None:
            button = QPushButton(notice.action)
            button.setFlat(True)
            button.clicked.connect(lambda: bar.act(self))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        close = QToolButton()
        close.setIcon(look.icon("close"))
        close.setAccessibleName(self.tr("Close"))
        close.setToolTip(self.tr("Close"))
        close.clicked.connect(lambda: bar.dismiss(self))
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.buttons: list[QAbstractButton] = [*self.findChildren(QPushButton), close]
        for one in self.buttons:
            one.installEventFilter(self)
        self._clock = QTimer(self, singleShot=True)
        self._clock.timeout.connect(self._on_time)
        if notice.kind in ("info", "done"):  # what is wrong stays until it is put right or closed
            self.expire()

    def expire(self) -> None:
        """It goes by itself once there was time to read it, or to answer what it offers."""
        letters = sum(1 + (one > "\u3000") for one in self.notice.text + self.notice.detail)
        seconds = _OFFER if self.notice.action else min(max(letters // _READING, _SHORTEST), _LONGEST)
        self._clock.start(seconds * 1000)

    def _on_time(self) -> None:
        """Not while somebody looks at it, nor while nobody is there."""
        if self.underMouse() or not self.isActiveWindow() or any(button.hasFocus() for button in self.buttons):
            self._clock.start()
        else:
            self._bar.dismiss(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        ours = isinstance(event, QKeyEvent) and event.key() in _KEYS
        if ours and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else they are keys of the window
            return True
        if ours and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._bar.dismiss(self)
            elif isinstance(watched, QAbstractButton):
                watched.click()
            return True
        return super().eventFilter(watched, event)


class MessageBar(QWidget):
    """Up to three messages, newest first, along the top of `host`. With a fourth the least weighty goes, of these the
    oldest."""

    def __init__(self, look: Look, host: QWidget) -> None:
        super().__init__(host)
        self._look, self._host = look, host
        self._shown: list[Message] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        host.installEventFilter(self)
        self.hide()

    @property
    def notices(self) -> list[Notice]:
        return [message.notice for message in self._shown]

    def show_notice(self, notice: Notice) -> None:
        for old in [m for m in self._shown if (notice.key and m.notice.key == notice.key) or m.notice == notice]:
            self._drop(old)
        while len(self._shown) >= _AT_MOST:
            self._drop(min(reversed(self._shown), key=lambda m: _WEIGHT[m.notice.kind]))
        message = Message(notice, self._look, self)
        self._shown.insert(0, message)
        self._column.insertWidget(0, message)
        message.show()
        self.place()
        announce(self._host, "\n".join(part for part in (notice.text, notice.detail) if part))

    def take_focus(self) -> bool:
        """Give the keyboard to the newest message; False when there is none."""
        if self._shown:
            self._shown[0].buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return bool(self._shown)

    def clear(self, key: str) -> None:
        """Drop the messages with this key."""
        for message in [m for m in self._shown if m.notice.key == key]:
            self._drop(message)
        self.place()

    def expire(self, key: str) -> None:
        """The messages with this key go by themselves soon."""
        for message in self._shown:
            if message.notice.key == key:
                message.expire()

    def dismiss(self, message: Message) -> None:
        self._drop(message)
        self.place()

    def act(self, message: Message) -> None:
        run = message.notice.run
        self.dismiss(message)
        if run is not None:
            run()

    def _drop(self, message: Message) -> None:
        if message in self._shown:
            self._shown.remove(message)
            if any(button.hasFocus() for button in message.buttons):
                self._host.setFocus(Qt.FocusReason.OtherFocusReason)
            self._column.removeWidget(message)
            message.hide()
            message.deleteLater()

    def place(self) -> None:
        """As high as the words need."""
        if not self._shown:
            self.hide()
            return
        for message in self._shown:  # else parts of it remember the height of words they had before
            if (layout := message.layout()) is not None:
                layout.activate()
        width = min(620, self._host.width() - 32)
        height = sum(m.heightForWidth(width) if m.hasHeightForWidth() else m.sizeHint().height() for m in self._shown)
        height += self._column.spacing() * (len(self._shown) - 1)
        self.setGeometry((self._host.width() - width) // 2, 14, width, height)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.place()
        return False
