"""The code of panels and dialogs, read before it is wanted: from a shared drive that takes long enough to be felt."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil

from app import dialogs, panels
from app.jobs import Lane


def read_code(lane: Lane) -> None:
    """One file after the other, when the lane has nothing else to do."""
    found = [
        f"{package.__name__}.{module.name}"
        for package in (panels, dialogs)
        for module in pkgutil.iter_modules(package.__path__)
    ]
    lane.walk("code", found, _read, lambda _read: None, priority=9)


def _read(name: str) -> None:
    with contextlib.suppress(Exception):  # whoever opens it is told
        importlib.import_module(name)
