"""The classes: their colours, number keys, and what the classifier thinks of the mask in hand."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QToolTip, QVBoxLayout, QWidget

from app import rows
from app.assistant import Assistant
from app.finder import Finder
from app.look import Look
from app.session import Session
from app.settings import Settings
from app.soon import Soon
from sscore.errors import SscError
from sscore.labels import LabelSet
from sscore.naming import WORDS_FAMILY
from sscore.types import UNKNOWN, ModelCard, Scores

_ROW, _LOW_ROW = 30, 25
_LOW = 700  # px: in a window lower than that, rows are lower, so that the list of objects keeps some room
_RowLook = tuple[rows.ClassRow, bool, bool, bool]
"""What a row is painted from: and whether it is the present choice, under the mouse, where the keys are."""


class LabelsPanel(QFrame):
    """A row for every class. A click or the number key gives that class to the pending mask or the selection.

    The last row has the probability below which a piece is unknown; below the rows stands the model that named it, with
    the words it went by.
    """

    label_chosen = Signal(str)

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        finder: Finder,
        settings: Settings,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._settings, self._look = session, assistant, settings, look
        self._finder = finder
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._fact = QLabel()
        self._fact.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setContentsMargins(12, 12, 12, 4)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._fact)
        self.list = LabelList(look, self)
        self.list.chosen.connect(self.label_chosen)
        self._source = rows.ElidedLabel(self)
        self._source.setProperty("role", "muted")
        self._source.setContentsMargins(16, 4, 14, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self._source)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._soon = Soon(self, self.refresh)
        session.project_opened.connect(self.refresh)
        session.selection_changed.connect(self._soon.ask)
        session.page_changed.connect(self._soon.ask)
        assistant.pending_changed.connect(self._soon.ask)
        finder.changed.connect(self._soon.ask)
        look.changed.connect(self.refresh)
        settings.changed.connect(self._on_setting)
        self.list.below.valueChanged.connect(self._set_below)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name, as below)
        super().showEvent(event)
        self.window().installEventFilter(self)
        self.list.fit(self.window().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize and watched is self.window():
            self.list.fit(self.window().height())
        return super().eventFilter(watched, event)

    def refresh(self) -> None:
        self._title.setText(self.tr("Class"))
        label, scores, card, version = self._subject()
        labels, lang = self._session.labels, self._look.lang
        below = self._settings.get("unknown_below")
        if self.list.below.value() != round(below * 100):
            with QSignalBlocker(self.list.below):
                self.list.below.setValue(round(below * 100))
        self.list.show_rows(
            [
                (
                    key,
                    rows.ClassRow(
                        rows.name_of(labels, key, lang),
                        rows.colour_of(labels, key),
                        scores.of(key) if scores and key in scores.labels else None,
                        rows.key_of(labels, key),
                        strong=key == label,
                        mark=below if scores else None,
                        words=self._words(card, key),
                    ),
                )
                for key in (*labels.keys, UNKNOWN)
            ],
            label,
        )
        self._fact.setText(self.tr("margin {value}").format(value=f"{scores.margin:.2f}") if scores else "")
        self._fact.setToolTip(self.tr("First minus second probability. A small margin means: look twice."))
        self._say_source(card if scores else None, scores.best if scores else "", version)

    def _on_setting(self, key: str) -> None:
        if key == "unknown_below":
            self.refresh()

    def _set_below(self, value: int) -> None:
        self._settings.set("unknown_below", value / 100)

    def _say_source(self, card: ModelCard | None, best: str, version: str) -> None:
        """Who gave the probabilities, and the words for the first class where words were compared; version: of those
        words, "" where nobody noted it."""
        words = self._words(card, best)
        tip = ""
        if card is None and self._assistant.strangers:
            text = self.tr("{model} does not know these classes").format(model=self._assistant.present("classifier"))
        elif card is None:
            text = ""
        elif words and version not in ("", self._session.labels.words_version):
            text = self.tr("By other words than now ({model})").format(model=card.id)
            tip = self.tr(
                'The words of the classes were changed after {model} named this. "Names of pieces…" under Review names '
                "unconfirmed objects again."
            ).format(model=card.id)
            tip += f"\n{self._version(version)}"
        elif words:
            text = self.tr("By the words {words} ({model})").format(model=card.id, words="、".join(words))
            sentences = "\n".join(self._session.labels.prompts(best))
            tip = self.tr("What {model} compared the piece with, for its first class:").format(model=card.id)
            tip += f"\n{sentences}" + (f"\n{self._version(version)}" if version else "")
        else:
            text = self.tr("Named by {model}").format(model=card.id)
        self._source.setText(text)
        self._source.setToolTip(tip or text)

    def _version(self, version: str) -> str:
        return self.tr("Version of the words: {version}").format(version=version)

    def _words(self, card: ModelCard | None, key: str) -> tuple[str, ...]:
        """The prompt set's texts of a class, if this model goes by them."""
        labels = self._session.labels
        return labels.get(key).texts if card and card.family == WORDS_FAMILY and key in labels else ()

    def _subject(self) -> tuple[str, Scores | None, ModelCard | None, str]:
        """Label, scores, classifier and version of the words of the pending mask, else of a proposal, else of the one
        selected object."""
        pending, page, classifier = self._assistant.pending, self._session.page, self._assistant.classifier
        card = classifier.card if classifier else None
        if pending.mask is not None:
            return pending.best_label(self._settings.get("unknown_below")), pending.current_scores, card, self._now()
        if (find := self._finder.target) is not None:
            return find.best_label(self._settings.get("unknown_below")), find.scores, card, self._now(find.labels)
        if page is not None and self._session.selection:
            chosen = page.find_all(self._session.selection)
            if len(chosen) == 1:
                made = chosen[0].made_by
                card = _card_of(str(made.get("classifier", "")))
                return chosen[0].label, chosen[0].scores, card, str(made.get("words", ""))
            if len({a.label for a in chosen}) == 1:
                return chosen[0].label, None, None, ""
        return "", None, None, ""

    def _now(self, labels: LabelSet | None = None) -> str:
        return (labels or self._session.labels).words_version


_cards: dict[str, ModelCard] = {}


def _card_of(classifier: str) -> ModelCard | None:
    """The row of the model of that id, a bare one for a model that is no longer listed; None for no model."""
    from sscore import catalogue

    if not classifier:
        return None
    if classifier not in _cards:  # looking it up means looking at files
        try:
            _cards[classifier] = catalogue.card(classifier, "classifier")
        except SscError:
            return ModelCard(classifier, "classifier", "")
    return _cards[classifier]


class LabelList(QWidget):
    """The rows themselves, painted. Up, Down and Enter work when it has the focus."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._pictures = rows.Pictures()
        look.changed.connect(self._pictures.clear)
        self._rows: list[tuple[str, rows.ClassRow]] = []
        self._current = ""
        self._hovered = -1
        self._cursor = 0
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the pictures of its rows cover all of it
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._high = _ROW
        self.below = QSpinBox(self, minimum=0, maximum=95, singleStep=5, prefix="< ", suffix=" %")
        # Not by a click: number keys give classes.
        self.below.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.below.lineEdit().setTextMargins(6, 0, 0, 0)
        self.fit(_LOW)

    def fit(self, window: int) -> None:
        """window: its height, px."""
        high = _ROW if window >= _LOW else _LOW_ROW
        self._high = high
        self.below.setStyleSheet(f"min-height: {high - 8}px; max-height: {high - 8}px; padding: 0")
        self.setFixedHeight(high * len(self._rows))
        self._place()

    def show_rows(self, listed: list[tuple[str, rows.ClassRow]], current: str) -> None:
        before, self._rows = self._looks(), listed
        self._current = current
        if len(before) != len(listed):
            self.setFixedHeight(self._high * len(listed))
        self.setAccessibleName(self.tr("Class"))
        strong = next((row.name for _, row in listed if row.strong), "")
        self.setAccessibleDescription(strong)
        self.below.setAccessibleName(self.tr("Unknown below"))
        self.below.setToolTip(self.tr("A class less probable than this is no class"))
        self._place()
        self._repaint(before)

    def _looks(self) -> list[_RowLook]:
        """All that each row is painted from."""
        at = self._cursor if self.hasFocus() else -1
        return [(row, key == self._current, n == self._hovered, n == at) for n, (key, row) in enumerate(self._rows)]

    def _repaint(self, before: list[_RowLook]) -> None:
        """The rows that look different now."""
        for n, (old, new) in enumerate(zip_longest(before, self._looks())):
            if old != new:
                self.update(0, n * self._high, self.width(), self._high)

    def _place(self) -> None:
        """The threshold stands in the row of the unknown, the last."""
        size = QSize(82, self._high - 6)
        self.below.setGeometry(QRect(QPoint(self.width() - 124, self._high * (len(self._rows) - 1) + 3), size))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._place()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name, as below)
        return QSize(240, self._high * len(self._rows))

    def _row_at(self, at: QPoint) -> int:
        row = at.y() // self._high
        return row if 0 <= row < len(self._rows) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._hover(self._row_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            before, self._hovered = self._looks(), row
            self._repaint(before)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        row = self._row_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.chosen.emit(self._rows[row][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._cursor = (self._cursor + (1 if event.key() == Qt.Key.Key_Down else -1)) % max(len(self._rows), 1)
            self.update()
        elif event.key() == Qt.Key.Key_Space and self._rows:
            self.chosen.emit(self._rows[self._cursor][0])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self._row_at(event.pos())
            if row >= 0:
                entry = self._rows[row][1]
                tip = self.tr("{name}: press {key}").format(name=entry.name, key=entry.key)
                if entry.words:
                    tip += "\n" + self.tr("In words: {words}").format(words="、".join(entry.words))
                QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter, region, ground = QPainter(self), event.region(), self._look.colours.surface
        for index, look in enumerate(self._looks()):
            area = QRect(0, index * self._high, self.width(), self._high)
            if region.intersects(area):
                self._pictures.draw(painter, area, ground, look, partial(self._draw, look=look))
        painter.end()

    def _draw(self, painter: QPainter, area: QRect, look: _RowLook) -> None:
        row, current, hovered, here = look
        colours, back = self._look.colours, area.adjusted(6, 1, -6, -1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows.draw_ground(painter, back, colours, selected=current, hovered=hovered, focused=here)
        rows.draw(painter, area.adjusted(4, 0, -4, 0), row, colours, keycaps=True)
