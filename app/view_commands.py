"""Ways of looking that one key changes. Nothing here touches a page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app import colouring, keys
from app.notices import Notice
from app.session import Session
from app.settings import Settings

_SWITCHES = {
    "outline_only": "outline_only",
    "minimap": "minimap",
    "hover_preview": "hover_preview",
    "history": "show_history",
}  # action -> setting


class ViewCommands(QObject):
    """Switches of the canvas and its panels, kept in the settings."""

    def __init__(self, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings

    def handlers(self) -> dict[str, Callable[[], object]]:
        """By the key of the action."""
        switches = {key: lambda s=setting: self.switch(s) for key, setting in _SWITCHES.items()}
        return {**switches, "hover_preview": self.switch_preview, "colour_by": self.next_colouring}

    def checked(self) -> dict[str, bool]:
        """Which switches are on, by the key of the action."""
        return {key: self._settings.get(setting) for key, setting in _SWITCHES.items()}

    def switch(self, key: str) -> None:
        self._settings.set(key, not self._settings.get(key))

    def switch_preview(self) -> None:
        """It is seen with one tool only, so it says what it does."""
        self.switch("hover_preview")
        text = self.tr("No mask under the mouse.")
        if self._settings.get("hover_preview"):
            text = self.tr("With the point tool ({points}) the mask follows the mouse.")
        self._session.whisper.emit(keys.told(self._settings, text))

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
