"""Small pictures of instances, cut on a lane of their own and kept on disk between sessions.

A photo is decoded once for all of its instances that are asked for at that moment. Newest requests go first: they are
what is on screen. What is around the piece is dimmed, so that in a pile one sees which piece is meant.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections import OrderedDict
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.jobs import Lane
from sscore import images, paths
from sscore.errors import SscError
from sscore.facts import Fact
from sscore.project import Project
from sscore.types import ByteArray, Mask

SIDE = 104  # px
_MARGIN = 0.12
_KEEP = 3000
_WAITING = 240
_AT_ONCE = 64
_ROWS_ON_DISK = 200_000  # about 1 GB
_Key = tuple[str, int, int, tuple[int, int, int, int]]


class Crops(QObject):
    """`get` gives a picture or asks for it; `ready` names the photo and instance that have one now."""

    ready = Signal(str, int)

    def __init__(self, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._kept: OrderedDict[_Key, QImage] = OrderedDict()
        self._waiting: OrderedDict[_Key, Fact] = OrderedDict()
        self._project: Project | None = None
        self._running = False
        self.store = _Store(paths.cache() / "crops.sqlite")

    def open(self, project: Project | None) -> None:
        """Another folder: forget everything."""
        self._project = project
        self._kept.clear()
        self._waiting.clear()
        self._lane.cancel("crops")
        self._running = False

    def get(self, fact: Fact) -> QImage | None:
        """The picture if it is here. A null image: the photo cannot be read."""
        key = _key(fact)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        self._waiting.pop(key, None)
        self._waiting[key] = fact
        while len(self._waiting) > _WAITING:  # scrolled past; asked again when it comes back
            self._waiting.popitem(last=False)
        self._go()
        return None

    def _go(self) -> None:
        project = self._project
        if self._running or project is None or not self._waiting:
            return
        batch = [self._waiting.popitem() for _ in range(min(_AT_ONCE, len(self._waiting)))]
        self._running = True
        self._lane.submit("crops", lambda: self._cut(project, [fact for _, fact in batch]), self._on_cut)

    def _on_cut(self, answer: tuple[list[tuple[Fact, QImage]], list[Fact]]) -> None:
        self._running = False
        made, rest = answer
        for fact in reversed(rest):
            self._waiting.setdefault(_key(fact), fact)
            self._waiting.move_to_end(_key(fact), last=False)
        for fact, image in made:
            self._kept[_key(fact)] = image
            self.ready.emit(fact.image, fact.id)
        while len(self._kept) > _KEEP:
            self._kept.popitem(last=False)
        self._go()

    def _cut(self, project: Project, wanted: list[Fact]) -> tuple[list[tuple[Fact, QImage]], list[Fact]]:
        """Runs on the lane. What is in the store and what is on one photo; the rest waits for the next turn, so that
        what has been scrolled to meanwhile goes first."""
        names = {fact: _name(project, fact) for fact in wanted}
        known = self.store.read(list(names.values()))
        out = [(fact, _decoded(known[name])) for fact, name in names.items() if name in known]
        rest = [fact for fact, name in names.items() if name not in known]
        if rest:
            out += self._cut_photo(project, [fact for fact in rest if fact.image == rest[0].image], names)
        return out, [fact for fact in rest if fact.image != rest[0].image]

    def _cut_photo(self, project: Project, facts: list[Fact], names: dict[Fact, str]) -> list[tuple[Fact, QImage]]:
        try:
            rgb = images.read(project.image_path(facts[0].image))
        except (SscError, OSError):
            return [(fact, QImage()) for fact in facts]
        found: dict[int, Mask] = {}
        with contextlib.suppress(SscError, OSError):
            found = {a.id: a.mask for a in project.look(facts[0].image).annotations}
        cut = {fact: cut_out(rgb, fact, found.get(fact.id)) for fact in facts}
        coded = {names[fact]: _encoded(crop) for fact, crop in cut.items()}
        self.store.write(coded)
        return [(fact, _decoded(coded[names[fact]])) for fact in facts]


class _Store:
    """JPEGs by name in one SQLite file of the cache folder. Trouble with it costs only time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, names: list[str]) -> dict[str, bytes]:
        marks = ",".join("?" * len(names))
        with contextlib.suppress(sqlite3.Error, OSError), contextlib.closing(self._open()) as base:
            return dict(base.execute(f"SELECT name, jpeg FROM crop WHERE name IN ({marks})", names))  # noqa: S608
        return {}

    def write(self, coded: dict[str, bytes]) -> None:
        with contextlib.suppress(sqlite3.Error, OSError), contextlib.closing(self._open()) as base, base:
            base.executemany("INSERT OR REPLACE INTO crop VALUES (?, ?)", coded.items())
            base.execute("DELETE FROM crop WHERE rowid < (SELECT max(rowid) FROM crop) - ?", (_ROWS_ON_DISK,))

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(self._file, timeout=5)
        base.execute("PRAGMA synchronous=OFF")
        base.execute("CREATE TABLE IF NOT EXISTS crop (name TEXT PRIMARY KEY, jpeg BLOB)")
        return base


def cut_out(rgb: ByteArray, fact: Fact, mask: Mask | None) -> ByteArray:
    """uint8 (SIDE, SIDE, 3): the square around the instance; what is not `mask` dimmed, outside the photo black."""
    left, top, width, height = fact.box
    side = max(round(max(width, height) * (1 + 2 * _MARGIN)), 8)
    x, y = left + (width - side) // 2, top + (height - side) // 2
    square = np.zeros((side, side, 3), np.uint8)
    y0, y1, x0, x1 = max(y, 0), min(y + side, rgb.shape[0]), max(x, 0), min(x + side, rgb.shape[1])
    if y0 < y1 and x0 < x1:
        square[y0 - y : y1 - y, x0 - x : x1 - x] = rgb[y0:y1, x0:x1]
    how = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    small = cv2.resize(square, (SIDE, SIDE), interpolation=how)
    if mask is None or mask.area != fact.area:
        return small
    inside = Mask(mask.bits, mask.left - x, mask.top - y).full(side, side)
    weight = cv2.resize(inside.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)[..., None]
    return (small * (0.42 + 0.58 * weight)).astype(np.uint8)


def _key(fact: Fact) -> _Key:
    return fact.image, fact.id, fact.area, fact.box


def _name(project: Project, fact: Fact) -> str:
    """What the picture shows, as a name: the file as it is now, and the mask's place and size."""
    path = project.image_path(fact.image)
    try:
        state = path.stat()
        stamp = (state.st_size, state.st_mtime_ns)
    except OSError:
        stamp = (0, 0)
    return hashlib.blake2b(repr((str(path), stamp, fact.area, fact.box, SIDE)).encode(), digest_size=16).hexdigest()


def _encoded(crop: ByteArray) -> bytes:
    done, data = cv2.imencode(".jpg", cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    return data.tobytes() if done else b""


def _decoded(jpeg: bytes) -> QImage:
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if pixels is None:
        return QImage()
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_BGR888).copy()
