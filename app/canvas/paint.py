"""Masks and photos turned into what Qt paints. Pure: values in, images and paths out; safe in any thread."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainterPath, QPolygonF

from sscore import masks
from sscore.types import BoolArray, ByteArray, Mask

_SMALLEST_LEVEL = 512  # px: below this a photo is not halved any more
_SMALLEST_STENCIL = 12
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


class Art:
    """How one mask looks: small stencils for quick drawing, and the exact outline, traced when first asked for.

    stencils: indexed images of the mask's crop, full size first and then halved: 0 outside, 1 inside, 2 border.
    """

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self.stencils = stencils(mask.bits)
        self._outlines: dict[bool, QPainterPath] = {}

    def outline(self, *, fine: bool = False) -> QPainterPath:
        """fine: along every single pixel, for looking closely."""
        if fine not in self._outlines:
            self._outlines[fine] = outline(self.mask, 0.0) if fine else outline(self.mask)
        return self._outlines[fine]

    def traced(self, *, fine: bool = False) -> bool:
        """Whether that outline is there already, so that asking for it costs nothing."""
        return fine in self._outlines

    @property
    def place(self) -> QRectF:
        """Where the crop lies, image px."""
        box = self.mask.box
        return QRectF(box.x0, box.y0, box.width, box.height)


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


def tinted(stencil: QImage, fill: QColor, opacity: float, border: QColor) -> QImage:
    """A stencil in colour, ready for fast drawing. opacity: 0..1 of the fill; the border is as opaque as it says."""
    inside = QColor(fill)
    inside.setAlphaF(opacity)
    coloured = stencil.copy()
    coloured.setColorTable([0, inside.rgba(), border.rgba()])
    return coloured.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def outline(mask: Mask, tolerance: float = 0.7) -> QPainterPath:
    """Border of the mask along pixel edges, holes included, simplified by at most `tolerance` px."""
    path = QPainterPath()
    for ring in masks.to_polygons(mask, tolerance):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ring.points.tolist()]))
        path.closeSubpath()
    return path


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
    index = 0
    while index + 1 < len(levels) and scale <= 0.5 ** (index + 1):
        index += 1
    return index


def _wrap(bgra: ByteArray) -> QImage:
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
