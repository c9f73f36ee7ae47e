"""What the colours mean while they tell the status of objects."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from app import rows
from app.canvas.viewport import Viewport
from app.colouring import STATUS_COLOURS
from app.look import Look
from app.session import Session
from app.settings import Settings

_LEFT, _BELOW = 14, 96  # px to the edges of the canvas: above its hint and bars


class Legend(QFrame):
    """At the lower left of the canvas; it never takes the mouse."""

    def __init__(self, session: Session, settings: Settings, look: Look, view: Viewport) -> None:
        super().__init__(view.viewport())
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._session, self._settings, self._view = session, settings, view
        self.names = {status: QLabel() for status in STATUS_COLOURS}
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 14, 8)
        grid.setVerticalSpacing(4)
        for row, (status, colour) in enumerate(STATUS_COLOURS.items()):
            spot = QLabel()
            spot.setPixmap(rows.swatch(colour).pixmap(14, 14))
            grid.addWidget(spot, row, 0)
            grid.addWidget(self.names[status], row, 1)
        session.page_changed.connect(lambda _page: self._sync())
        settings.changed.connect(lambda key: self._sync() if key in ("colour_by", "show_masks") else None)
        view.moved.connect(self._place)
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Words anew."""
        words = {
            "proposed": self.tr("proposed"),
            "accepted": self.tr("accepted"),
            "reviewed": self.tr("reviewed"),
            "rejected": self.tr("rejected"),
        }
        for status, name in self.names.items():
            name.setText(words[status])
        self.adjustSize()
        self._sync()

    def _sync(self) -> None:
        page = self._session.page
        wanted = self._settings.get("colour_by") == "status" and self._settings.get("show_masks")
        shown = bool(wanted and page is not None and page.annotations)
        if shown == self.isHidden():
            self.setVisible(shown)
            self._place()

    def _place(self) -> None:
        if not self.isHidden():
            self.move(_LEFT, max(self._view.viewport().height() - self.height() - _BELOW, 0))
