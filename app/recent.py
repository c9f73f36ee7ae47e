"""The folders that were open last, as a menu."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.settings import Settings, recent_folders

if TYPE_CHECKING:
    from app.window import Window

_KEEP = 10


class Recent(QObject):
    """Notes every folder that is opened. None is looked for before it is chosen: a server that does not answer would
    stop the window for half a minute."""

    def __init__(self, window: Window, settings: Settings, menu: QMenu, before: QAction) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.menu = QMenu(menu)
        menu.insertMenu(before, self.menu)
        self.menu.aboutToShow.connect(self._fill)
        window.session.project_opened.connect(self._note)

    def refresh(self) -> None:
        self.menu.setTitle(self.tr("Open recent"))
        self.menu.setEnabled(bool(recent_folders(self._settings)))

    def _note(self) -> None:
        project = self._window.session.project
        if project is not None:
            here = str(project.folder)
            kept = [here, *(one for one in recent_folders(self._settings) if one != here)]
            self._settings.set("recent", json.dumps(kept[:_KEEP]))
            self.refresh()

    def _fill(self) -> None:
        self.menu.clear()
        for folder in recent_folders(self._settings):
            place = Path(folder)
            action = self.menu.addAction(f"{place.name}    {place.parent}")
            action.triggered.connect(lambda _on=False, at=place: self._window.open_folder(at))
        self.menu.addSeparator()
        forget = self.menu.addAction(self.tr("Forget these"))
        forget.triggered.connect(lambda: (self._settings.set("recent", ""), self.refresh()))
