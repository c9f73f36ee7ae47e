"""The journal of one page: a line of JSON per edit, only ever appended to, enough to make the page again byte for byte.

A line says who, when and what, the digests of the page file before and after, and what changed: the annotations added
or changed ("set"), the ids gone, the order when it is not the natural one, the rest of the page ("head") when that
changed. A "full" line holds the whole page; the first one is, and each one after the file was changed by other means.

A save appends its line, waits until that is on disk, then replaces the page. So a page that a crash left one step
behind is found by its digest and brought up to date; a last line that a crash cut off was never reported as saved.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from sscore.coco.pages import dumps
from sscore.paths import make_folder, sync_folder

_WAIT_S = 5.0
_TAIL = 65536
_LOCK_BYTE = 2**30  # Windows locks regions and keeps others from reading them, so one far behind the end


def digest(data: bytes) -> str:
    """The digest of a page file that journal lines name."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class PageText:
    """A page file in pieces. head: JSON object without "annotations"; items: id → JSON text, back to front."""

    head: str
    items: Mapping[int, str]

    def encode(self) -> bytes:
        """The file: one annotation per line."""
        lines = ",\n".join(self.items.values())
        return f'{self.head[:-1]},"annotations":[\n{lines}\n]}}\n'.encode("ascii")

    @staticmethod
    def of(page: Mapping[str, Any]) -> PageText:
        """The pieces of a page as it was read from JSON. Raises KeyError or TypeError when it is none."""
        items = {item["id"]: dumps(item) for item in page["annotations"]}
        return PageText(dumps({k: v for k, v in page.items() if k != "annotations"}), items)

    def print(self) -> Fingerprint:
        return Fingerprint(hash(self.head), {i: hash(text) for i, text in self.items.items()})

    def changed(self, line: Mapping[str, Any]) -> PageText:
        """The page after the edit of a journal line. An edit of something that is not there changes what it can."""
        items = {} if line.get("full") else dict(self.items)
        for gone in line.get("gone", ()):
            items.pop(gone, None)
        for item in line.get("set", ()):
            items[item["id"]] = dumps(item)
        if "order" in line:
            items = {i: items[i] for i in [*line["order"], *items] if i in items}
        return PageText(dumps(line["head"]) if "head" in line else self.head, items)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What must be remembered of a page to tell what changed: far less than the page."""

    head: int
    items: Mapping[int, int]


def line(before: Fingerprint | None, after: PageText, about: Mapping[str, Any]) -> str:
    """The journal line for a page that became `after`; a full one without `before`. about: who, when, digests."""
    now = after.print()
    parts = [dumps(about)[1:-1]]
    if before is None:
        parts.append('"full":true')
    if before is None or now.head != before.head:
        parts.append(f'"head":{after.head}')
    old = {} if before is None else before.items
    gone = [i for i in old if i not in now.items]
    if gone:
        parts.append(f'"gone":{dumps(gone)}')
    natural = [i for i in old if i in now.items] + [i for i in now.items if i not in old]
    if natural != list(now.items):
        parts.append(f'"order":{dumps(list(now.items))}')
    changed = [text for i, text in after.items.items() if old.get(i) != now.items[i]]
    if changed:
        parts.append(f'"set":[{",".join(changed)}]')
    return "{" + ",".join(parts) + "}"


def replay(lines: list[dict[str, Any]]) -> tuple[bytes, bool] | None:
    """The page file that a whole journal leads to, and whether it is exactly the one that was saved last.

    Where lines are damaged or missing it is as near to that as the others lead. None when there is no full line.
    """
    edits = [one for one in lines if "kept" not in one]
    made = state_at(edits, str(lines[-1]["after"])) if edits else None
    if made is not None:
        return made, True
    text = _applied(edits)
    if text is None:
        return None
    data = text.encode()
    return data, digest(data) == edits[-1]["after"]


def _applied(edits: list[dict[str, Any]]) -> PageText | None:
    """One after the other, from the last full line on."""
    start = max((n for n, one in enumerate(edits) if one.get("full")), default=None)
    if start is None:
        return None
    text = PageText("{}", {})
    for one in edits[start:]:
        with contextlib.suppress(AttributeError, KeyError, TypeError):
            text = text.changed(one)
    return text


def state_at(lines: list[dict[str, Any]], wanted: str) -> bytes | None:
    """The page file with the digest `wanted`, made again from the lines that led to it; None when they do not.

    Follows the digests backwards: where a drive cannot lock, the lines of two people may be mixed.
    """
    way: list[dict[str, Any]] = []
    next_one = wanted
    for one in reversed([one for one in lines if "kept" not in one]):
        if one["after"] == next_one:
            way.append(one)
            next_one = str(one.get("before"))
            if one.get("full"):
                break
    text = _applied(way[::-1])
    made = None if text is None else text.encode()
    return made if made is not None and digest(made) == wanted else None


def common(lines: list[dict[str, Any]], ours: str, theirs: str) -> str | None:
    """The digest of the page that two pages began with, "" when that was none; None when the journal does not tell."""
    before_them = set(_ancestry(lines, theirs))
    return next((one for one in _ancestry(lines, ours) if one in before_them), None)


def _ancestry(lines: list[dict[str, Any]], one: str) -> Iterator[str]:
    """The digest of a page and, backwards, those of the pages that it was made from."""
    yield one
    for line in reversed(lines):
        if "kept" not in line and line["after"] == one:
            one = str(line.get("before"))
            yield one


def step(page: bytes, last: dict[str, Any]) -> bytes | None:
    """The page file after the last line of its journal; None when that does not fit the page."""
    try:
        data = PageText.of(json.loads(page)).changed(last).encode()
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None
    return data if digest(data) == last["after"] else None


# --- the file ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[list[dict[str, Any]], int]:
    """All lines, oldest first, and how many were cut off or damaged and are left out. OSError passes through."""
    found = [_parsed(raw) for raw in path.read_bytes().split(b"\n") if raw.strip()]
    good = [one for one in found if one is not None]
    return good, len(found) - len(good)


def last(path: Path) -> tuple[dict[str, Any] | None, bool]:
    """The last whole line of a save (None when there is none), and whether one behind it was cut off or damaged.

    Notes of versions that were kept are passed over: they may come between a save's line and its page where a drive
    cannot lock. Reads only the end of the file. OSError passes through.
    """
    size = _TAIL
    while True:
        with open(path, "rb") as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(max(0, length - size))
            lines = file.read().split(b"\n")
        torn = False
        for raw in reversed(lines if size >= length else lines[1:]):
            one = _parsed(raw) if raw.strip() else None
            if one is not None and "kept" not in one:
                return one, torn
            torn = torn or bool(one is None and raw.strip())
        if size >= length:
            return None, torn
        size *= 8


def between(file: FileIO, start: int, end: int) -> list[dict[str, Any]]:
    """The whole lines between two places of an opened journal, which goes on at its end."""
    file.seek(start)
    raw = file.read(end - start)
    return [one for one in map(_parsed, raw.split(b"\n")) if one is not None]


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        one = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return one if isinstance(one, dict) and "after" in one else None


def append(file: FileIO, text: str) -> int:
    """Append one line to a journal opened for reading and writing and wait until it is on disk.

    Returns the new size. A line that a crash cut off is closed first, so that it does not spoil ours. When the disk
    fails the file is cut back to what it was and the OSError passes through.
    """
    before = file.seek(0, os.SEEK_END)
    torn = False
    if before:
        file.seek(before - 1)
        torn = file.read(1) != b"\n"
    try:
        file.seek(0, os.SEEK_END)
        rest = memoryview((b"\n" if torn else b"") + text.encode("ascii") + b"\n")
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(before)
        raise
    return file.tell()


@contextlib.contextmanager
def opened(path: Path, *, create: bool) -> Iterator[FileIO]:
    """The journal opened for appending, with nobody else in it: saves of one page go one at a time, also between
    computers. A killed program's lock is gone with it. Where the drive cannot lock, it is opened without.

    Raises TimeoutError when somebody else keeps it for seconds; other OSErrors pass through.
    """
    fresh = create and not path.exists()
    if fresh:
        make_folder(path.parent)
    with open(path, "a+b" if create else "r+b", buffering=0) as file:
        deadline = time.monotonic() + _WAIT_S
        while not _lock(file):
            if time.monotonic() > deadline:
                raise TimeoutError(errno.ETIMEDOUT, "somebody else keeps this page's journal busy", str(path))
            time.sleep(0.005)
        try:
            if fresh:
                sync_folder(path.parent)
            yield file
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: FileIO) -> bool:
        try:
            file.seek(_LOCK_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return error.errno not in (errno.EACCES, errno.EDEADLK)
        return True

    def _unlock(file: FileIO) -> None:
        with contextlib.suppress(OSError):
            file.seek(_LOCK_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: FileIO) -> bool:
        """False: held by somebody else."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            return error.errno != errno.EACCES
        return True

    def _unlock(file: FileIO) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
