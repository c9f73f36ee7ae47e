"""The drawings of masks: those of the page on screen, and of masks undone or on photos left as many as are worth it."""

from __future__ import annotations

from app.canvas.paint import Art
from sscore.types import Mask, Page

_SPARE_BYTES = 64_000_000
"""Of drawings that are not on screen. A mask of a large photo and its drawing have some 300 kB, and a new drawing is
made in less than a millisecond."""


class Drawings:
    """By mask, which is told by its id(), as its drawing keeps it alive."""

    def __init__(self) -> None:
        self._kept: dict[int, Art] = {}
        self._bytes = self._needed = 0

    def __contains__(self, mask: Mask) -> bool:
        return id(mask) in self._kept

    def __getitem__(self, mask: Mask) -> Art:
        return self._kept[id(mask)]

    def keep(self, art: Art) -> None:
        if id(art.mask) not in self._kept:
            self._bytes += art.bytes
        self._kept[id(art.mask)] = art

    def take_spare(self, page: Page) -> list[Art]:
        """Once there are too many, those that are not on the page, which are not kept any more."""
        if self._bytes <= self._needed + _SPARE_BYTES:
            return []
        present = {id(annotation.mask) for annotation in page.annotations}
        left = [art for key, art in self._kept.items() if key not in present]
        self._kept = {key: art for key, art in self._kept.items() if key in present}
        self._needed = self._bytes = sum(art.bytes for art in self._kept.values())
        return left

    def leave(self) -> None:
        """Nothing is on screen any more."""
        self._needed = 0
