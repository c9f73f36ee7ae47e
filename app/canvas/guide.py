"""What the canvas says when there is nothing to draw on: it teaches the next step."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.assistant import Assistant
from app.look import Look
from app.session import Session
from sscore import edits

_WIDEST = 460  # px of the line of text


class Guide(QWidget):
    """A centred picture, a heading, a line and at most three buttons."""

    open_wanted = Signal()
    samples_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._state = "none"
        self._detail = self._title = ""
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._heading = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._heading.setProperty("role", "heading")
        self._line = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._line.setWordWrap(True)
        self._line.setStyleSheet("font-size: 14px;")
        self._open = QPushButton()
        self._open.setProperty("primary", "true")
        self._open.clicked.connect(self.open_wanted)
        self._samples = QPushButton()
        self._samples.clicked.connect(self.samples_wanted)
        self._again = QPushButton()
        self._again.clicked.connect(self.again_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch()
        buttons.addWidget(self._again)
        buttons.addWidget(self._open)
        buttons.addWidget(self._samples)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(3)
        column.addWidget(self._picture)
        column.addWidget(self._heading)
        column.addWidget(self._line, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(6)
        column.addLayout(buttons)
        column.addStretch(4)
        look.changed.connect(self.refresh)
        self.refresh()

    def show_state(self, state: str, detail: str = "", heading: str = "") -> None:
        """state: "none" (no folder), "unopened" (it failed, as heading and detail say), "empty" (no photos in it),
        "loading", "bad" (unreadable photo), "" (hidden)."""
        self._state, self._detail, self._title = state, detail, heading
        self.setVisible(bool(state))
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Layouts do not give a wrapped text the height it needs: a long error would lose its first and last line."""
        width = min(_WIDEST, max(self.width() - 48, 120))
        self._line.setFixedSize(width, self._line.heightForWidth(width))

    def refresh(self) -> None:
        picture, heading, line = {
            "none": ("folder", self.tr("Open a folder of photos"), self.tr("Annotations are kept beside the photos.")),
            "unopened": ("warning", self._title, self._detail),
            "empty": (
                "photo",
                self.tr("There are no photos in this folder"),
                self.tr("JPEG, PNG, TIFF, BMP and WebP are read, also in folders below."),
            ),
            "loading": ("photo", "", self.tr("Opening the photo…")),
            "bad": ("warning", self.tr("This photo cannot be shown"), self._detail),
        }.get(self._state, ("photo", "", ""))
        self._picture.setPixmap(self._look.pixmap(picture, "warn" if picture == "warning" else "faint", 56))
        self._heading.setText(heading)
        self._heading.setVisible(bool(heading))
        self._line.setText(line)
        self._line.setVisible(bool(line))
        colours = self._look.colours
        self._line.setStyleSheet(f"font-size: 14px; color: {colours.muted};")
        self._make_room()
        self._open.setText(self.tr("Open folder…"))
        self._samples.setText(self.tr("Show the samples"))
        self._again.setText(self.tr("Try again"))
        self._again.setVisible(self._state == "unopened")
        for button in (self._open, self._samples):
            button.setVisible(self._state in ("none", "empty", "unopened"))


class Hint(QFrame):
    """One quiet line at the foot of the canvas with the next step; it never takes the mouse."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._look = look
        self._said = ("", "")
        self._fitted: tuple[tuple[str, str], int] | None = None
        self._key = QLabel()
        self._key.setProperty("role", "key")
        self._text = QLabel()
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 7, 14, 7)
        line.setSpacing(10)
        line.addWidget(self._key)
        line.addWidget(self._text)
        self.hide()

    def say(self, action: str, text: str) -> None:
        """Show `text` beside the key of an action, or its name when it has none; an empty text hides the hint."""
        key, text = self._look.told(f"{{{action}}}").strip('“”"') if action else "", self._look.told(text)
        if (key, text) == self._said and self.isHidden() == (not text):
            return
        self._said = (key, text)
        self._key.setText(key)
        self._key.setVisible(bool(key))
        self._text.setMinimumSize(0, 0)  # a label asks for no less than it had
        self._text.setText(text)
        self.setVisible(bool(text))

    def fit(self, width: int) -> None:
        """As wide as its words, or in several lines within `width` px."""
        if self._fitted == (self._said, width):
            return  # asked at every step of zoom
        self._fitted = self._said, width
        self._text.setMinimumSize(0, 0)
        self._text.setWordWrap(False)
        size, line = self._text.sizeHint(), self.layout().contentsMargins()
        room = width - line.left() - line.right()
        if not self._key.isHidden():
            room -= self._key.sizeHint().width() + self.layout().spacing()
        if size.width() > room:
            self._text.setWordWrap(True)
            size = QSize(room, self._text.heightForWidth(room))
        self._text.setFixedSize(size)  # layouts do not give a wrapped text the height it needs
        self.adjustSize()


# Of each drawing tool: what it does with nothing selected, and with an object selected.
_DRAWING_HINTS = {
    "brush": (
        QT_TRANSLATE_NOOP("Hint", "Paint a new object, or select one first to add to it. The wheel sets the size"),
        QT_TRANSLATE_NOOP(
            "Hint", "Adds to the selected object, Ctrl erases, the wheel sets the size. {cancel}: a new one"
        ),
    ),
    "lasso": (
        QT_TRANSLATE_NOOP("Hint", "Draw a new object. Select one first to add to it"),
        QT_TRANSLATE_NOOP("Hint", "Adds to the selected object, Ctrl or right button takes away. {cancel}: a new one"),
    ),
    "polygon": (
        QT_TRANSLATE_NOOP("Hint", "Click the corners of a new object. {accept} closes, Backspace takes one back"),
        QT_TRANSLATE_NOOP(
            "Hint", "Click the corners of what to add. {accept} closes; with Ctrl on the first corner: take away"
        ),
    ),
    "knife": (
        QT_TRANSLATE_NOOP("Hint", "Draw a line through an object, from side to side. Shift makes it straight"),
        QT_TRANSLATE_NOOP(
            "Hint", "Draw a line through the selected object, from side to side. Shift makes it straight"
        ),
    ),
    "corners": (
        QT_TRANSLATE_NOOP("Hint", "Click the object whose outline to change"),
        QT_TRANSLATE_NOOP("Hint", "Drag corners. Click the line for a new one, right click takes one away"),
    ),
}
_ADDING = ("brush", "lasso", "polygon")
_LOOKED_AT = 8  # of a large selection


def advice(
    session: Session, assistant: Assistant, tool: str, hidden: frozenset[int], *, shown: bool, slow: bool
) -> tuple[str, str]:
    """An action and the words beside its key: what the program is doing, or what to do next. hidden: ids of objects
    that are; shown: whether objects are at all; slow: the model takes its time."""
    translate = QCoreApplication.translate
    page, pending = session.page, assistant.pending
    if page is None:
        damaged = session.image and session.state(session.image).damaged
        text = translate("Hint", "The annotations cannot be read, so nothing can be changed here")
        return "", text if damaged else ""
    if not pending.empty and assistant.segmenter is None:
        if "segmenter" in assistant.loading:
            return "", translate("Hint", "The model is still loading; your prompt is kept")
        return "", translate("Hint", "There is no model for masks yet. Choose one at the lower right")
    if pending.at and not pending.settled:
        if slow and assistant.accept_wanted:
            return "cancel", translate("Hint", "The mask is accepted as soon as it is there. Press to call it off")
        return "", translate("Hint", "Working on the mask…") if slow else ""
    if not pending.empty:
        if not pending.settled or pending.mask is not None:
            return "", ""
        if pending.proposal is None:
            return "", translate(
                "Hint", "The model failed at this. Choose another one at the lower right, or try again"
            )
        return "", translate("Hint", "Nothing was found here. Add a point or draw the box again")
    if page.annotations and not shown:
        return "show_masks", translate("Hint", "Objects are not shown at present. Press to see them")
    chosen = [a for i in session.selection[:_LOOKED_AT] if (a := page.find(i))]
    if chosen and all(a.id in hidden for a in chosen):
        return "show_hidden", translate("Hint", "What is selected is hidden. Press to see it")
    if tool in _DRAWING_HINTS:
        new, more = _DRAWING_HINTS[tool]
        if chosen and all(a.extra.get(edits.LOCKED) for a in chosen):
            return "lock", translate("Hint", "What is selected is locked. Press to unlock it")
        if len(chosen) > 1 and tool in _ADDING:
            return tool, translate("Hint", "Several are selected: Ctrl takes pixels from all. Select one to add to")
        return tool, translate("Hint", more if chosen and (tool != "corners" or len(chosen) == 1) else new)
    if page.annotations:
        return "", ""
    if tool == "box":
        return "box", translate("Hint", "Draw a box around a piece. Points instead: {points}")
    if tool == "points":
        return "points", translate("Hint", "Click on a piece. Right click marks what does not belong to it")
    return "box", translate("Hint", "Draw a box around a piece")
