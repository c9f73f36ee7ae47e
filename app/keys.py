"""Texts that tell of keys: each names the key that the user gave its action."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from app.actions import TABLE, native, plain, words
from app.settings import Settings, chosen_keys

_ROWS = {row.key: row for row in TABLE}
_NAMED = re.compile(r"\{(\w+)\}")
_IN_BRACKETS = re.compile(r"\s*[(（]\{(\w+)\}[)）]")


def of(settings: Settings, action: str) -> tuple[str, ...]:
    """Those of one's own, else those it came with."""
    return chosen_keys(settings).get(action, _ROWS[action].keys)


def first(settings: Settings, action: str) -> str:
    """The one to tell of, as this computer writes it; "" without any."""
    return native((*of(settings, action), "")[0])


def told(settings: Settings, text: str, **values: object) -> str:
    """The text with keys for its `{action}`s, and with `values`. An action without a key: its name, by which it is
    found in the menus; in brackets, nothing."""
    given = {name: first(settings, name) for name in _NAMED.findall(text) if name in _ROWS and name not in values}
    text = _IN_BRACKETS.sub(lambda found: found[0] if given.get(found[1], "-") else "", text)
    return text.format(**{name: key or _quoted(name) for name, key in given.items()}, **values)


def _quoted(action: str) -> str:
    """Its name as the menus have it."""
    return QCoreApplication.translate("Actions", '"{name}"').format(name=plain(words(_ROWS[action].text)))
