"""Masks and photos turned into what Qt paints. Pure: values in, images and outlines out; safe in any thread."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from app.canvas.outlines import Outline
from sscore import masks
from sscore.types import BoolArray, ByteArray, Mask

_SMALLEST_LEVEL = 512  # px: below this a photo is not halved any more
_SMALLEST_STENCIL = 12
_TOLERANCE = 0.7  # image px
_FINE_FROM = 6.0  # screen dots per image px: from here on outlines follow every pixel
_STRAY = 0.25  # screen dots
_DASH = 3  # px of a stencil
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


class Art:
    """How one mask looks: small stencils for quick drawing, and outlines, traced when first asked for.

    stencils: indexed images of the mask's crop, full size first and then halved: 0 outside, 1 inside, 2 border.
    place: where the crop lies, image px. One that nobody sees any more may `rest`, with its mask.
    """

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self._stencils: tuple[QImage, ...] | None = stencils(mask.bits)
        self.place = QRectF(mask.box.x0, mask.box.y0, mask.box.width, mask.box.height)
        self._outlines: dict[float, Outline] = {}

    @property
    def stencils(self) -> tuple[QImage, ...]:
        found = self._stencils
        if found is None:
            found = self._stencils = stencils(self.mask.bits)
        return found

    @property
    def resting(self) -> bool:
        return self._stencils is None

    def rest(self) -> None:
        """Take next to no room until it is to be seen again. To be called where there is time, as `wake`."""
        self._stencils, self._outlines = None, {}
        self.mask.rest()

    def wake(self) -> None:
        """Make what painting needs."""
        if self.stencils:
            self.outline()

    def outline(self, tolerance: float = _TOLERANCE) -> Outline:
        """Simplified by at most `tolerance` image px; 0 follows every single pixel, for looking closely."""
        if tolerance not in self._outlines:
            self._outlines[tolerance] = outline(self.mask, tolerance)
        return self._outlines[tolerance]

    def near_outline(self, tolerance: float, wish: Wish) -> Outline | None:
        """Of those traced already the one that comes nearest, rather finer than coarser; None while there is none.
        `wish` is told of one that is missing: tracing takes too long for the middle of painting."""
        if tolerance in self._outlines:
            return self._outlines[tolerance]
        wish(self, tolerance)
        known = sorted(self._outlines)
        return self._outlines[max((one for one in known if one < tolerance), default=known[0])] if known else None

    @property
    def traced(self) -> bool:
        """Whether there is any outline yet."""
        return bool(self._outlines)

    @property
    def bytes(self) -> int:
        """With its mask, about: each stencil is a quarter of the one before."""
        return int(self.place.width() * self.place.height()) * 7 // 3


Wish = Callable[[Art, float], None]
"""Called with an art of which an outline is needed and not yet traced, and by how many image px it may stray."""


def tolerance(density: float) -> float:
    """By how many image px an outline may stray at `density` (screen dots per image px): not at all close by, and far
    away by a fraction of a dot, which is many times quicker to draw."""
    if density > _FINE_FROM:
        return 0.0
    return _TOLERANCE * 2.0 ** max(math.floor(math.log2(_STRAY / (_TOLERANCE * density))), 0)


def stencils(bits: BoolArray) -> tuple[QImage, ...]:
    """The mask's crop as indexed images, each half as large as the one before, down to about 24 px."""
    inside = np.ascontiguousarray(bits).view(np.uint8)
    levels = [_stencil(inside)]
    while max(inside.shape) >= 2 * _SMALLEST_STENCIL:
        height, width = inside.shape
        smaller = cv2.resize(inside * 255, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
        inside = (smaller >= 128).astype(np.uint8)
        levels.append(_stencil(inside))
    return tuple(levels)


def _stencil(inside: ByteArray) -> QImage:
    """inside: uint8 (h, w) of 0 and 1."""
    height, width = inside.shape
    core = cv2.erode(inside, _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    values = np.ascontiguousarray(2 * inside - core)
    return QImage(values.data, width, height, width, QImage.Format.Format_Indexed8).copy()


def tinted(stencil: QImage, fill: QColor, opacity: float, border: QColor, gaps: QColor | None = None) -> QImage:
    """A stencil in colour, ready for fast drawing. opacity: 0..1 of the fill; the border is as opaque as it says.
    gaps: colour of those in the border of a `dashed` stencil."""
    inside = QColor(fill)
    inside.setAlphaF(opacity)
    coloured = stencil.copy()
    coloured.setColorTable([0, inside.rgba(), border.rgba(), (gaps or border).rgba()])
    return coloured.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def dashed(stencil: QImage) -> QImage:
    """The stencil with a broken border, 3 in its gaps: a hundred times quicker to draw than a dashed path."""
    height, width, line = stencil.height(), stencil.width(), stencil.bytesPerLine()
    values = np.frombuffer(stencil.constBits(), np.uint8).reshape(height, line)[:, :width].copy()
    rows, columns = np.nonzero(values == 2)
    values[rows, columns] = 2 + ((rows + columns) // _DASH % 2)
    return QImage(values.data, width, height, width, QImage.Format.Format_Indexed8).copy()


def outline(mask: Mask, tolerance: float = _TOLERANCE) -> Outline:
    """Border of the mask along pixel edges, holes included, simplified by at most `tolerance` px."""
    return Outline([ring.points for ring in masks.to_polygons(mask, tolerance)])


def pyramid(rgb: ByteArray) -> tuple[QImage, ...]:
    """The photo and halved copies (area averaging), for drawing at any zoom without shimmer."""
    bgra = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA)
    levels = [_wrap(bgra)]
    while max(bgra.shape[:2]) >= 2 * _SMALLEST_LEVEL:
        height, width = bgra.shape[:2]
        bgra = cv2.resize(bgra, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
        levels.append(_wrap(bgra))
    return tuple(levels)


def tone_table(brightness: float, contrast: float, gamma: float) -> ByteArray | None:
    """uint8 (256,): new value of each grey value, for looking into dark piles; None when nothing changes.

    brightness, contrast: -1..1, 0 leaves as it is; gamma: above 1 lifts the dark parts.
    """
    if (brightness, contrast, gamma) == (0.0, 0.0, 1.0):
        return None
    value = np.linspace(0.0, 1.0, 256) ** (1.0 / max(gamma, 0.05))
    slope = (1.0 + contrast) / (1.0 - min(contrast, 0.95))
    value = (value - 0.5) * slope + 0.5 + brightness
    return np.round(np.clip(value, 0.0, 1.0) * 255).astype(np.uint8)


def toned(image: QImage, table: ByteArray) -> QImage:
    """A Format_RGB32 image with its values replaced by `tone_table`'s."""
    width, height, line = image.width(), image.height(), image.bytesPerLine()
    values = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, line)
    changed = np.ascontiguousarray(cv2.LUT(values, table))
    return QImage(changed.data, width, height, line, QImage.Format.Format_RGB32).copy()


def level_for(levels: tuple[QImage, ...], scale: float) -> int:
    """Index of the smallest level that still has a pixel for every screen pixel at `scale` (screen px per image px)."""
    return min(halvings(scale), len(levels) - 1)


def halvings(scale: float) -> int:
    """How often an image can be halved and still have a pixel for every screen pixel at `scale`."""
    return max(math.floor(-math.log2(scale)), 0)


def _wrap(bgra: ByteArray) -> QImage:
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
