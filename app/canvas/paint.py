"""Masks and photos turned into what Qt paints. Pure: values in, images and paths out; safe in any thread."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainterPath, QPolygonF

from sscore import masks
from sscore.types import ByteArray, Mask

_SMALLEST_LEVEL = 512  # px: below this a photo is not halved any more


@dataclass(frozen=True, slots=True, eq=False)
class Art:
    """How one mask looks: a stencil (one byte a pixel, 0 or 1) and its outline in image px."""

    stencil: QImage
    outline: QPainterPath


def art(mask: Mask) -> Art:
    return Art(stencil(mask), outline(mask))


def stencil(mask: Mask) -> QImage:
    """Indexed image of the mask's crop; colour it with `tint`."""
    height, width = mask.bits.shape
    bits = np.ascontiguousarray(mask.bits).view(np.uint8)
    return QImage(bits.data, width, height, width, QImage.Format.Format_Indexed8).copy()


def tint(image: QImage, colour: QColor, opacity: float) -> QImage:
    """The stencil in a colour; shares its pixels, only the two-entry colour table is new."""
    filled = QColor(colour)
    filled.setAlphaF(opacity)
    image.setColorTable([0, filled.rgba()])
    return image


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


def level_for(levels: tuple[QImage, ...], scale: float) -> int:
    """Index of the smallest level that still has a pixel for every screen pixel at `scale` (screen px per image px)."""
    index = 0
    while index + 1 < len(levels) and scale <= 0.5 ** (index + 1):
        index += 1
    return index


def _wrap(bgra: ByteArray) -> QImage:
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
