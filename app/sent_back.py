"""Who opens a photo that a reviewer sent back is told by whom, and why."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.notices import Notice
from app.session import Session
from sscore import facts
from sscore.types import Page


class SentBack(QObject):
    """Said once each time the photo comes on screen, until it is done again."""

    notice = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting = False
        session.image_changed.connect(self._on_image)
        session.page_changed.connect(self._on_page)

    def _on_image(self, image: str) -> None:
        self._waiting = bool(image)

    def _on_page(self, page: Page | None) -> None:
        if page is None or not self._waiting:
            return
        self._waiting = False
        note = page.extra.get(facts.REVIEW)
        if not isinstance(note, dict) or note.get("status") != "rejected" or page.extra.get("done"):
            return
        by, why = str(note.get("by", "")), str(note.get("comment", ""))
        text = self.tr("Sent back by {name}").format(name=by) if by else self.tr("Sent back by the reviewer")
        detail = f"“{why}”" if why else self.tr("Without a comment. Mark the photo as done when it is mended.")
        self.notice.emit(Notice("warning", text, detail, key="page"))
