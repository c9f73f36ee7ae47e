"""Photos and thumbnails, read away from the window's thread and kept while they are near."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.canvas import paint
from app.jobs import Lane, let_go
from sscore import images
from sscore.digests import KnownDigests
from sscore.types import ByteArray

THUMB_SIDE = 112  # px, twice what the list shows, so that it stays sharp on dense screens
_KEEP_BYTES = 900_000_000
_KEEP_PHOTOS = 6
_KEEP_THUMBS = 3000
_WAITING_THUMBS = 48


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photo: uint8 (H, W, 3) RGB, its digest, and halved copies for display (full size first)."""

    image: str
    rgb: ByteArray
    digest: str
    levels: tuple[QImage, ...]

    @property
    def bytes(self) -> int:
        return self.rgb.nbytes + sum(level.sizeInBytes() for level in self.levels)


class Photos(QObject):
    """Asks the photo lane; answers by signals. `show` forgets an older `show` that has not been answered."""

    ready = Signal(object)
    failed = Signal(str, object)
    thumb_ready = Signal(str)
    unreadable = Signal(str)

    def __init__(self, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self.known = KnownDigests()
        self._kept: OrderedDict[str, Photo] = OrderedDict()
        self._thumbs: OrderedDict[str, QImage | None] = OrderedDict()
        self._waiting: list[str] = []
        self._asked = 0

    def clear(self) -> None:
        """Another folder: forget everything."""
        for key in ("show", "prefetch", *(("thumb", rel) for rel in self._waiting)):
            self._lane.cancel(key)  # photos of the same name may follow
        thumbs = list(self._thumbs.values())
        self._thumbs.clear()
        let_go(self._lane, thumbs)
        self._keep_at_most(0)
        self._waiting.clear()

    def _keep_at_most(self, count: int) -> None:
        parts: list[object] = []
        while len(self._kept) > count or (
            len(self._kept) > 1 and sum(photo.bytes for photo in self._kept.values()) > _KEEP_BYTES
        ):
            parts += _parts(self._kept.popitem(last=False)[1])
        let_go(self._lane, parts)

    def show(self, rel: str, path: Path) -> None:
        kept = self._kept.get(rel)
        if kept is not None:
            self._lane.cancel("show")
            self._kept.move_to_end(rel)
            self.ready.emit(kept)
            return
        self._lane.cancel("prefetch")
        self._lane.submit(
            "show",
            lambda: self._read(rel, path),
            self._keep_and_tell,
            lambda error: self._tell_failed(rel, error),
            priority=0,
        )

    def _tell_failed(self, rel: str, error: Exception) -> None:
        self.unreadable.emit(rel)
        self.failed.emit(rel, error)

    def kept(self, rel: str) -> Photo | None:
        """The photo, if it is among the latest."""
        return self._kept.get(rel)

    def prefetch(self, rel: str, path: Path, then: Callable[[Photo | None], None]) -> None:
        """Decode a neighbour when nothing else is wanted; `then` gets it, None when it cannot be read (which is told
        only when it is shown), and is forgotten when another photo is wanted before."""

        def done(photo: Photo) -> None:
            self._keep(photo)
            then(photo)

        self._lane.submit("prefetch", lambda: self._read(rel, path), done, lambda _error: then(None), priority=4)

    def thumbnail(self, rel: str, path_of: Callable[[], Path]) -> QImage | None:
        """The small picture if it is here; otherwise it is asked for and `thumb_ready` tells. Null when unreadable."""
        if rel in self._thumbs:
            return self._thumbs[rel]
        if rel not in self._waiting:
            self._waiting.append(rel)
            if len(self._waiting) > _WAITING_THUMBS:  # scrolled past: the list asks again when it comes back
                self._lane.cancel(("thumb", self._waiting.pop(0)))
            self._asked += 1
            path = path_of()
            self._lane.submit(
                ("thumb", rel),
                lambda: _thumbnail(path),
                lambda image: self._keep_thumb(rel, image),
                lambda _error: self._keep_thumb(rel, QImage()),
                priority=1_000_000_000 - self._asked,  # newest first: what is on screen now
            )
        return None

    def _read(self, rel: str, path: Path) -> Photo:
        photo = read_photo(rel, path)
        self.known.note(path, photo.digest)
        return photo

    def _keep_and_tell(self, photo: Photo) -> None:
        self._keep(photo)
        self.ready.emit(photo)

    def _keep(self, photo: Photo) -> None:
        self._kept[photo.image] = photo
        self._kept.move_to_end(photo.image)
        self._keep_at_most(_KEEP_PHOTOS)

    def _keep_thumb(self, rel: str, image: QImage) -> None:
        if rel in self._waiting:
            self._waiting.remove(rel)
        self._thumbs[rel] = image
        if len(self._thumbs) > _KEEP_THUMBS:
            self._thumbs.popitem(last=False)
        if image.isNull():
            self.unreadable.emit(rel)
        self.thumb_ready.emit(rel)


def _parts(photo: Photo) -> list[object]:
    """What is large in it."""
    return [photo.rgb, *photo.levels]


def read_photo(rel: str, path: Path) -> Photo:
    rgb = images.read(path)
    return Photo(rel, rgb, images.digest(rgb), paint.pyramid(rgb))


def _thumbnail(path: Path) -> QImage:
    rgb = np.ascontiguousarray(images.thumbnail(path, THUMB_SIDE))
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
