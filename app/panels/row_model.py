"""A list model whose rows Qt counts by itself."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QStringListModel, Signal
from PySide6.QtWidgets import QListView


class RowModel(QStringListModel):
    """Rows without text of their own; whoever inherits answers `data`. Nothing here is edited in place.

    A view asks for the number of rows once for each row that it lays out. Asked in Python, that takes a tenth of a
    second for twenty thousand rows, and the window stands still for as long; Qt's own list of texts answers in no time.

    `touched` instead of dataChanged: on dataChanged a view may lay out all its rows anew.
    """

    touched = Signal(QModelIndex)

    def reset_rows(self, count: int) -> None:
        """All rows are others now. What `data` reads must be in place already."""
        self.setStringList([""] * count)

    def paint_in(self, view: QListView) -> None:
        """Show in this view, where only rows that are `touched` are painted anew."""
        view.setModel(self)
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        # Not connect(view.update): that is the update of the whole widget.
        self.touched.connect(lambda index: view.update(index))
