"""The steps done on this photo: a click on one goes back to it, or forth."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPalette, QUndoGroup
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QUndoView, QVBoxLayout, QWidget

from app.look import Look
from app.session import Session


class _StepDelegate(QStyledItemDelegate):
    """Steps that were taken back, and can be given again, are paler than those that hold."""

    def __init__(self, group: QUndoGroup, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._group, self._look = group, look

    def initStyleOption(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        stack = self._group.activeStack()
        if stack is not None and index.row() > stack.index():
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
                option.palette.setColor(role, QColor(self._look.colours.faint))


class HistoryPanel(QWidget):
    """Every photo has its own history for as long as the folder is open."""

    def __init__(self, session: Session, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.list = QUndoView(session.undo_group)
        self.list.setObjectName("history")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_StepDelegate(session.undo_group, look, self.list))
        session.undo_group.indexChanged.connect(self.list.viewport().update)
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
