"""Which models do the work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QListView, QSizePolicy, QVBoxLayout, QWidget

from app.assistant import Assistant, Kind
from app.look import Look
from sscore.types import ModelCard

_KINDS: tuple[Kind, Kind] = ("segmenter", "classifier")


class ModelsPanel(QFrame):
    """A choice for each kind; a model on its way is shown as loading while the old one goes on working."""

    def __init__(self, assistant: Assistant, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assistant, self._look = assistant, look
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._names = {kind: QLabel() for kind in _KINDS}
        self.combos = {kind: QComboBox() for kind in _KINDS}
        self._note = QLabel()
        self._note.setProperty("role", "muted")
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
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(grid)
        column.addWidget(self._note)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        assistant.models_changed.connect(self.refresh)
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self._title.setText(self.tr("Models"))
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
        model = self._assistant.segmenter if kind == "segmenter" else self._assistant.classifier
        cards = [card for card in self._assistant.cards if card.kind == kind]
        if model is not None and model.card.id not in [card.id for card in cards]:
            cards.append(model.card)
        wanted = self._assistant.loading.get(kind) or (model.card.id if model is not None else "")
        combo.clear()
        for card in cards:
            combo.addItem(card.id, card.id)
            combo.setItemData(combo.count() - 1, _describe(card), Qt.ItemDataRole.ToolTipRole)
        combo.setPlaceholderText(self.tr("none"))
        combo.setCurrentIndex(combo.findData(wanted))
        combo.setEnabled(bool(cards))
        combo.setToolTip(next((_describe(card) for card in cards if card.id == wanted), ""))

    def _on_choice(self, kind: Kind) -> None:
        model_id = self.combos[kind].currentData()
        if model_id:
            self._assistant.load(kind, model_id)


def _describe(card: ModelCard) -> str:
    facts = [card.family, card.variant, card.licence, f"{card.bytes / 1e6:.1f} MB" if card.bytes else ""]
    line = " · ".join(fact for fact in facts if fact)
    return f"{line}\n{card.note}" if card.note else line
