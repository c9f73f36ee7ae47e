"""Which models do the work."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app import model_words
from app.assistant import Assistant, Kind
from app.look import Look
from app.stock import Row, Stock
from sscore.types import ModelCard

_KINDS: tuple[Kind, Kind] = ("segmenter", "classifier")


class ModelsPanel(QFrame):
    """A choice for each kind; a model on its way is shown as loading while the old one goes on working. Models that are
    not on this computer are greyed, and choosing one asks for the model manager."""

    manager_wanted = Signal(str)

    def __init__(self, assistant: Assistant, stock: Stock, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assistant, self._stock, self._look = assistant, stock, look
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._names = {kind: QLabel() for kind in _KINDS}
        self.combos = {kind: QComboBox() for kind in _KINDS}
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self.manage = QPushButton()
        self.manage.setProperty("flat", "true")
        self.manage.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.manage.clicked.connect(lambda: self.manager_wanted.emit(""))
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self.manage)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, kind in enumerate(_KINDS):
            self._names[kind].setProperty("role", "muted")
            self.combos[kind].setView(QListView())  # the plain view ignores the stylesheet
            self.combos[kind].setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.combos[kind].activated.connect(lambda _index, k=kind: self._on_choice(k))
            grid.addWidget(self._names[kind], row, 0)
            grid.addWidget(self.combos[kind], row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(grid)
        column.addWidget(self._note)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        assistant.models_changed.connect(self.refresh)
        stock.changed.connect(self.refresh)
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self._title.setText(self.tr("Models"))
        self.manage.setText(self.tr("Manage…"))
        self.manage.setToolTip(self.tr("Download, add and check models"))
        self._names["segmenter"].setText(self.tr("Masks"))
        self._names["classifier"].setText(self.tr("Classes"))
        self.combos["segmenter"].setAccessibleName(self.tr("Model that draws masks"))
        self.combos["classifier"].setAccessibleName(self.tr("Model that names classes"))
        for kind in _KINDS:
            self._fill(kind)
        loading = ", ".join(self._assistant.loading.values())
        self._note.setText(self.tr("Loading {name}…").format(name=loading) if loading else "")
        self._note.setVisible(bool(loading))

    def _fill(self, kind: Kind) -> None:
        combo = self.combos[kind]
        if combo.view().isVisible():
            return  # the user is just choosing
        model = self._assistant.segmenter if kind == "segmenter" else self._assistant.classifier
        rows = {row.card.id: row for row in self._stock.rows}
        cards = [row.card for row in self._stock.rows] or self._assistant.cards
        cards = [card for card in cards if card.kind == kind]
        if model is not None and model.card.id not in [card.id for card in cards]:
            cards.append(model.card)
        wanted = self._assistant.loading.get(kind) or self._assistant.present(kind)
        combo.clear()
        for card in sorted(cards, key=lambda one: not _here(rows, one)):
            here = _here(rows, card)
            combo.addItem(card.id if here else f"{card.id}  –  {model_words.place(rows[card.id])}", card.id)
            last = combo.count() - 1
            combo.setItemData(last, _describe(card), Qt.ItemDataRole.ToolTipRole)
            if not here:
                combo.setItemData(last, QBrush(QColor(self._look.colours.faint)), Qt.ItemDataRole.ForegroundRole)
        combo.setPlaceholderText(self.tr("none"))
        combo.setCurrentIndex(combo.findData(wanted))
        combo.setEnabled(bool(cards))
        combo.setToolTip(next((_describe(card) for card in cards if card.id == wanted), ""))

    def _on_choice(self, kind: Kind) -> None:
        model_id = self.combos[kind].currentData()
        row = self._stock.row(model_id) if model_id else None
        if row is not None and not row.here:
            self._fill(kind)
            self.manager_wanted.emit(model_id)
        elif model_id:
            self._assistant.load(kind, model_id)


def _here(rows: dict[str, Row], card: ModelCard) -> bool:
    return card.id not in rows or rows[card.id].here


def _describe(card: ModelCard) -> str:
    facts = [card.family, card.variant, card.licence, model_words.size(card.bytes or card.about_bytes)]
    line = " · ".join(fact for fact in facts if fact)
    words = model_words.good_for(card)
    return f"{words}\n{line}" if words else line
