"""The actions that draw on masks, change objects and change how the canvas shows them: rows of the action table."""

from __future__ import annotations

from app.action_row import ActionRow

DRAWING: tuple[ActionRow, ...] = ()
CLIPBOARD: tuple[ActionRow, ...] = ()
OBJECTS: tuple[ActionRow, ...] = ()
VIEWS: tuple[ActionRow, ...] = ()
