"""Ways of looking that one key changes. Nothing here touches a page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app import colouring
from app.notices import Notice
from app.session import Session
from app.settings import Settings

_SWITCHES = ("outline_only", "minimap", "hover_preview")


class ViewCommands(QObject):
    """Switches of the canvas, kept in the settings under the key of their action."""

    def __init__(self, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings

    def handlers(self) -> dict[str, Callable[[], object]]:
        """By the key of the action."""
        return {**{key: lambda k=key: self.switch(k) for key in _SWITCHES}, "colour_by": self.next_colouring}

    def checked(self) -> dict[str, bool]:
        """Which switches are on, by the key of the action."""
        return {key: self._settings.get(key) for key in _SWITCHES}

    def switch(self, key: str) -> None:
        self._settings.set(key, not self._settings.get(key))

    def next_colouring(self) -> None:
        at = colouring.WAYS.index(self._settings.get("colour_by"))
        way = colouring.WAYS[(at + 1) % len(colouring.WAYS)]
        names = {
            "class": self.tr("Coloured by class"),
            "object": self.tr("Coloured object by object"),
            "status": self.tr("Coloured by status"),
        }
        self._settings.set("colour_by", way)
        self._session.notice.emit(Notice("info", names[way], key="view"))
