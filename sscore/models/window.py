"""The square view of an image that the nano network looks at, and the prompt drawn into it.

Training and prediction share this file, so that the network meets the same pixels in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sscore.types import Box, ByteArray, FloatArray, Prompt

CONTEXT = 1.4
"""Side of the window over the long side of the object's box: enough surroundings to tell object from ground."""

GREY = 127
"""What lies outside the image."""

_SMALL_CLICK = 0.02
_WIDE_CLICK = 0.10
"""Radii of a click's two maps over the window's side: one says where exactly, the other is seen from afar."""

_FAINT = 1e-12
"""What is less of a click is nothing: products of such numbers are slow to compute with."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square of `side` px centred at (x, y) px of the image."""

    x: float
    y: float
    side: float

    @classmethod
    def around(cls, box: Box, context: float = CONTEXT, least: float = 16.0) -> Window:
        x, y = box.centre
        return cls(x, y, max(box.width, box.height, least / context) * context)

    def scaled(self, share: float) -> Window:
        """About the same centre, `share` times the side."""
        return Window(self.x, self.y, self.side * share)

    @property
    def left(self) -> float:
        return self.x - self.side / 2

    @property
    def top(self) -> float:
        return self.y - self.side / 2

    def matrix(self, pixels: int, shrink: float = 1.0) -> npt.NDArray[np.float64]:
        """(2, 3) affine from the image shrunk by `shrink` to the window of (pixels, pixels), for pixel centres."""
        scale = pixels / self.side
        a = scale * shrink
        # cv2 addresses pixel centres with integers; our coordinates have them at + 0.5.
        return np.array(
            [
                [a, 0.0, scale * (0.5 * shrink - self.left) - 0.5],
                [0.0, a, scale * (0.5 * shrink - self.top) - 0.5],
            ]
        )

    def to_window(self, points: npt.NDArray[Any], pixels: int) -> FloatArray:
        """(n, 2) image px -> float32 (n, 2) window px."""
        shifted = np.asarray(points, dtype=np.float32).reshape(-1, 2) - np.array(
            [self.left, self.top], dtype=np.float32
        )
        return np.asarray(shifted * (pixels / self.side), dtype=np.float32)


def pyramid(rgb: ByteArray, least: int = 256) -> list[ByteArray]:
    """The image and its halvings (area means) down to a long side of about `least` px."""
    levels = [rgb]
    while max(levels[-1].shape[:2]) >= 2 * least and min(levels[-1].shape[:2]) >= 2:
        height, width = levels[-1].shape[:2]
        levels.append(cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA))
    return levels


def look(levels: list[ByteArray], window: Window, pixels: int) -> ByteArray:
    """uint8 (pixels, pixels, 3): the window's content, read from the level next above its scale."""
    ratio = window.side / pixels
    level = min(max(int(np.floor(np.log2(max(ratio, 1.0)))), 0), len(levels) - 1)
    image = levels[level]
    # Levels round odd sizes down, so the true shrink is not exactly a power of two; below a pixel at the far edge.
    matrix = window.matrix(pixels, levels[0].shape[1] / image.shape[1] if image.shape[1] > 64 else 2.0**level)
    out: ByteArray = cv2.warpAffine(
        image, matrix, (pixels, pixels), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(GREY,) * 3
    )
    return out


def prompt_maps(
    prompt: Prompt,
    window: Window,
    pixels: int,
    previous: FloatArray | None = None,
    out: FloatArray | None = None,
) -> FloatArray:
    """float32 (6, pixels, pixels): box, positive small and wide, negative small and wide, previous probability.

    previous: float32 (pixels, pixels) 0..1 in the window, or None; out: where to draw, instead of an array of its own.
    """
    maps = np.empty((6, pixels, pixels), dtype=np.float32) if out is None else out
    maps[:] = 0
    if prompt.box is not None:
        corners = window.to_window(np.array([prompt.box.as_tuple()]).reshape(2, 2), pixels)
        (x0, y0), (x1, y1) = np.clip(np.rint(corners), 0, pixels).astype(int)
        maps[0, y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = 1.0
    if len(prompt.points):
        at = window.to_window(prompt.points + 0.5, pixels)
        away = (np.arange(pixels, dtype=np.float32) + 0.5) - at[:, :, None]
        one = np.empty((pixels, pixels), dtype=np.float32)
        for offset, radius in ((1, _SMALL_CLICK), (2, _WIDE_CLICK)):
            falls = np.exp(away * away * (-0.5 / (radius * pixels) ** 2))
            falls[falls <= _FAINT] = 0
            for good, across, down in zip(prompt.positive, falls[:, 0, None], falls[:, 1, :, None], strict=True):
                whole = maps[offset if good else 2 + offset]
                np.maximum(whole, np.dot(down, across, out=one), out=whole)
    if previous is not None:
        maps[5] = previous
    return maps


def as_input(view: ByteArray, out: FloatArray) -> None:
    """uint8 (s, s, 3) as the network takes it, into float32 (3, s, s)."""
    np.subtract(view.transpose(2, 0, 1), np.float32(127.5), out=out)
    out /= 64.0
