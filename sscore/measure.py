"""Lengths on a photo: in px, and in mm where the photo's scale is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from sscore.errors import BadOption
from sscore.types import Mask, Page

SCALE = "mm_per_px"
"""Key of `Page.extra` that holds the photo's scale. One number for the whole photo: right only for what lies at about
the distance at which the reference was measured."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The smallest turned rectangle around a mask: length >= width, px; angle of the long side, degrees in (-90, 90],
    clockwise from the x axis (y down)."""

    length: float
    width: float
    angle: float


def distance(x0: float, y0: float, x1: float, y1: float) -> float:
    """px between two points."""
    return math.hypot(x1 - x0, y1 - y0)


def extent(mask: Mask) -> Extent:
    """Length, width and direction of a mask, over all its parts, by cv2.minAreaRect of its pixels' corners."""
    rows = np.arange(mask.bits.shape[0])
    first = mask.bits.argmax(axis=1)
    last = mask.bits.shape[1] - mask.bits[:, ::-1].argmax(axis=1)
    there = mask.bits.any(axis=1)
    # The outermost pixels of each row have all corners that can lie on the hull.
    corners = [(x[there], y[there]) for x in (first, last) for y in (rows, rows + 1)]
    points = np.concatenate([np.stack(corner, axis=1) for corner in corners]).astype(np.float32)
    _, (a, b), angle = cv2.minAreaRect(points)
    if a < b:
        a, b, angle = b, a, angle + 90.0
    angle = (angle + 90.0) % 180.0 - 90.0
    return Extent(float(a), float(b), 90.0 if angle == -90.0 else float(angle))


def scale_of(page: Page) -> float | None:
    """mm per px of a page, None when it is not known."""
    value = page.extra.get(SCALE)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) and value > 0 else None


def scale_from(length_px: float, length_mm: float) -> float:
    """mm per px from a reference. Raises BadOption for lengths that are not above 0."""
    if not (length_px > 0 and length_mm > 0 and math.isfinite(length_px) and math.isfinite(length_mm)):
        raise BadOption("a reference length must be above 0")
    return length_mm / length_px
