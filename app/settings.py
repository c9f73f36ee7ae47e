"""Every setting, as a table, kept in one readable file in the user's data folder."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from sscore import paths


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: its default also says its type."""

    key: str
    default: Any
    choices: tuple[Any, ...] = ()


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such thing as a user name here
        return "annotator"


TABLE: tuple[Setting, ...] = (
    Setting("language", "system", ("system", "zh", "en")),
    Setting("theme", "system", ("system", "light", "dark")),
    Setting("author", _author()),
    Setting("segmenter", "nano"),
    Setting("classifier", "nano-cls"),
    # Below this first probability a piece is proposed as "unknown" rather than as a bad guess.
    Setting("unknown_below", 0.30),
    Setting("finds_from", 0.60),  # predicted IoU from which proposals of everything mode are shown
    Setting("preview_while_dragging", True),
    Setting("refine", True),  # a further point goes to the model together with its last answer
    # Encode the part of a large photo around a box that SAM would see too small.
    Setting("zoom_small", True),
    # Embed the neighbours of the photo on screen while the model has nothing else to do.
    Setting("prefetch", True),
    # Of embeddings; 0 keeps none.
    Setting("embeddings_in_memory_gb", 1.0),
    Setting("embeddings_on_disk_gb", 20.0),
    Setting("show_masks", True),
    Setting("show_names", False),
    Setting("opacity", 0.38),
    Setting("brush_px", 16.0),  # radius, image px
    Setting("outline_only", False),
    Setting("minimap", True),
    Setting("pixel_grid", True),
    Setting("show_history", False),
    Setting("tidy_specks", 50),  # px: smaller parts go
    Setting("tidy_holes", 0),  # px: holes up to so many are filled
    Setting("tidy_smooth", 0.0),  # px
    # Of the picture on screen; models and files see the photo as it is.
    Setting("brightness", 0.0),
    Setting("contrast", 0.0),
    Setting("gamma", 1.0),
    Setting("hover_preview", False),
    Setting("colour_by", "class", ("class", "object", "status")),
    Setting("device", "auto", ("auto", "cpu", "cuda", "gpu")),
    Setting("threads", 0),  # of the models; 0: as many as they think right
    Setting("last_folder", ""),
    Setting("recent", ""),  # folders, a JSON list, the newest first
    Setting("learning_offered", ""),  # a JSON object: project folder -> accepted objects it was offered or done from
    Setting("keys", ""),  # a JSON object: action -> keys the user chose
    Setting("geometry", QByteArray()),
    Setting("splitter", QByteArray()),
)


def chosen_keys(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The keys the user chose, by action; nothing when the setting is damaged."""
    try:
        read = json.loads(settings.get("keys") or "{}")
        return {str(key): tuple(str(one) for one in keys) for key, keys in read.items() if isinstance(keys, list)}
    except (ValueError, AttributeError):
        return {}


def recent_folders(settings: Settings) -> list[str]:
    """Folders that were open, the newest first."""
    try:
        read = json.loads(settings.get("recent") or "[]")
    except ValueError:
        return []
    return [str(one) for one in read] if isinstance(read, list) else []


def apply_threads(settings: Settings) -> None:
    """For models loaded from now on, in this program and in those it starts."""
    count = settings.get("threads")
    if count:
        os.environ["SSC_THREADS"] = str(count)
    else:
        os.environ.pop("SSC_THREADS", None)


class Settings(QObject):
    """Typed reading and writing of the table; a damaged value counts as its default."""

    changed = Signal(str)

    def __init__(self, file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(str(file or paths.user_data() / "studio.ini"), QSettings.Format.IniFormat)
        self._values = {row.key: self._read(row) for row in TABLE}  # asked on every mouse move

    def _read(self, row: Setting) -> Any:
        value = self._store.value(row.key)  # text after a restart, the value itself before
        try:
            if isinstance(row.default, bool):
                value = {"true": True, "false": False}[str(value).lower()]
            elif isinstance(row.default, (float, int)):
                value = type(row.default)(value)
        except (KeyError, TypeError, ValueError):
            return row.default
        fits = type(value) is type(row.default) and (not row.choices or value in row.choices)
        return value if fits else row.default

    def get(self, key: str) -> Any:
        return self._values[key]

    def set(self, key: str, value: Any) -> None:
        if self._values[key] == value:
            return
        self._values[key] = value
        self._store.setValue(key, value)
        self.changed.emit(key)

    def override(self, key: str, value: Any) -> None:
        """For this run only (a command line option)."""
        self._values[key] = value

    def lend(self, key: str, value: Any | None) -> None:
        """Another value for a while, which is not stored; None: the stored one again."""
        if value is None:
            value = next(self._read(row) for row in TABLE if row.key == key)
        if self._values[key] != value:
            self._values[key] = value
            self.changed.emit(key)

    def sync(self) -> None:
        self._store.sync()
