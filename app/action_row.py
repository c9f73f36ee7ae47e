"""One action of the window, as a row of a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionRow:
    """keys: first is the one shown. group: actions of which one is on. needs: what must be there to use it. tip: what
    its tooltip teaches beside name and key."""

    key: str
    menu: str
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    needs: str = ""
    separator: bool = False
    tip: str = ""
