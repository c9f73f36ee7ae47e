"""The steps done on this photo: a click on one goes back to it, or forth."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QUndoView, QVBoxLayout, QWidget

from app.look import Look
from app.session import Session


class HistoryPanel(QWidget):
    """Every photo has its own history for as long as the folder is open."""

    def __init__(self, session: Session, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.list = QUndoView(session.undo_group)
        self.list.setObjectName("history")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Words anew."""
        self.list.setEmptyLabel(self.tr("As it was opened"))
        self.list.setAccessibleName(self.tr("History of this photo"))
        self.list.setToolTip(self.tr("Click a step to go back to it"))
