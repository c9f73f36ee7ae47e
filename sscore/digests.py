"""Which pixels a file held when it was last read: path, size and time of change → digest, without reading it again.

A hint, kept in the cache folder: it says quickly what is embedded already. Masks never rest on it.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path

from sscore import paths

_TOO_LARGE = 64_000_000
"""Bytes of a file that has gathered too many changes; it is begun anew."""


class KnownDigests:
    """A file of JSON lines, to which several threads and processes add. No method raises for what the disk does."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or paths.cache() / "digests.jsonl"
        self._known: dict[str, tuple[int, int, str]] = {}
        self._read = 0
        self._loaded = False
        self._lock = threading.Lock()

    def get(self, path: Path) -> str:
        """The digest of the photo's pixels, "" when it is not known or the file has changed."""
        if not self._loaded:
            self.refresh()
        place = os.path.abspath(path)
        known = self._known.get(place)
        if known is None:
            return ""
        size, changed = _stamp(place)
        return known[2] if (size, changed) == known[:2] and size >= 0 else ""

    def note(self, path: Path, digest: str) -> None:
        """Remember what `path` holds now."""
        place = os.path.abspath(path)
        entry = (*_stamp(place), digest)
        if not self._loaded:
            self.refresh()
        with self._lock:
            if entry[0] < 0 or self._known.get(place) == entry:
                return
            self._known[place] = entry
            with contextlib.suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                line = json.dumps([place, *entry]) + "\n"
                with open(self._file, "ab", buffering=0) as file:  # one write: lines of two processes do not mix
                    file.write(line.encode("ascii"))

    def refresh(self) -> None:
        """Read what other processes have added to the file since; all of it the first time."""
        with self._lock, contextlib.suppress(OSError):
            self._loaded = True
            size = self._file.stat().st_size
            if size > _TOO_LARGE:
                self._file.unlink()
                size = 0
            if size < self._read:
                self._read = 0
            with open(self._file, "rb") as file:
                file.seek(self._read)
                data = file.read()
            whole = data[: data.rfind(b"\n") + 1]
            self._read += len(whole)
            for line in whole.splitlines():
                self._take(line)

    def _take(self, line: bytes) -> None:
        """A line that is cut or foreign is passed over."""
        with contextlib.suppress(ValueError, TypeError):
            place, size, changed, digest = json.loads(line)
            if isinstance(place, str) and isinstance(digest, str):
                self._known[place] = (int(size), int(changed), digest)


def _stamp(place: str) -> tuple[int, int]:
    """Size in bytes and time of change in ns; -1 when the file is not there."""
    try:
        stat = os.stat(place)
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns
