"""Training samples of the nano segmenter: a view, a prompt as users give them, and the mask to find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sscore.models.window import CONTEXT, Window, prompt_maps
from sscore.train.data import Instance, Photo, jitter_colours, turn, warp
from sscore.types import BoolArray, Box, ByteArray, FloatArray, Prompt

Points = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """view: uint8 (s, s, 3); maps: float32 (6, s, s); target: bool (s, s), empty for a prompt on no object."""

    view: ByteArray
    maps: FloatArray
    target: BoolArray


def sample(photo: Photo, instance: Instance, rng: np.random.Generator, pixels: int) -> Sample | None:
    """One sample of the instance, or None when the draw shows too little of it.

    More than half have a box (a third of those with points too); the others only points, seen first from afar, then
    close with the first answer as previous mask, as the segmenter looks twice.
    """
    matrix = turn(rng)
    turned = instance.outline @ matrix.T
    low, high = turned.min(0), turned.max(0)
    long = float(max((high - low).max(), 4.0))
    kind = rng.choice(3, p=(0.6, 0.22, 0.18))
    if kind == 0:
        middle, side = _boxed(low, high, long, rng)
    elif kind == 1:
        middle, side = _from_afar(turned, long, max(photo.ids.shape), rng)
    else:
        middle, side = (low + high) / 2 + rng.normal(0, 0.06, 2) * long, long * CONTEXT * float(rng.uniform(0.85, 1.4))
    centre = np.linalg.inv(matrix) @ middle
    view, target = warp(photo, instance, matrix, (float(centre[0]), float(centre[1])), side, pixels)
    if target.sum() < 12:
        return None
    previous = spoilt(target, rng) if rng.random() < (0.12, 0.06, 1.0)[kind] else None
    box = _loose(target, rng) if kind == 0 else None
    points: list[tuple[float, float]] = []
    good: list[bool] = []
    if kind != 0 or rng.random() < 0.35:
        points, good = _clicks(target, previous, rng)
    prompt = Prompt(points=np.array(points, np.float32).reshape(-1, 2), positive=np.array(good, np.bool_), box=box)
    window = Window(pixels / 2, pixels / 2, pixels)
    return Sample(jitter_colours(view, rng), prompt_maps(prompt, window, pixels, previous), target)


def sample_ground(photo: Photo, rng: np.random.Generator, pixels: int) -> Sample | None:
    """A click that is on no object: what everything mode asks most of the time. From afar, or close with a first answer
    that took a patch of ground for an object. None when the photo shows no ground."""
    height, width = photo.ids.shape
    for _ in range(20):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        if photo.ids[y, x] == 0:
            break
    else:
        return None
    side = max(photo.ids.shape) * float(np.exp(rng.uniform(np.log(0.06), np.log(1.1))))
    spread = 0.05 if rng.random() < 0.65 else 0.35
    middle = np.array([x + 0.5, y + 0.5]) + rng.uniform(-spread, spread, 2) * side
    matrix = turn(rng)
    view, target = warp(photo, None, matrix, (float(middle[0]), float(middle[1])), side, pixels)
    click = pixels / side * (matrix @ (np.array([x + 0.5, y + 0.5]) - middle)) + pixels / 2
    if not ((click >= 0) & (click < pixels)).all():
        return None
    previous = None
    if rng.random() < 0.5:
        patch = np.zeros((pixels, pixels), np.uint8)
        axes = rng.uniform(0.05, 0.42, 2) * pixels
        centre = click + rng.uniform(-0.5, 0.5, 2) * axes.min()
        spots = rng.normal(0, 1, (int(rng.integers(5, 14)), 2))
        spots = spots / np.linalg.norm(spots, axis=1, keepdims=True) * rng.uniform(0.6, 1, (len(spots), 1)) * axes
        hull = cv2.convexHull((centre + spots).astype(np.int32))
        cv2.fillConvexPoly(patch, hull, 1)
        previous = spoilt(patch > 0, rng) if patch.any() else None
    window = Window(pixels / 2, pixels / 2, pixels)
    prompt = Prompt(points=click[None].astype(np.float32), positive=np.ones(1, np.bool_))
    return Sample(jitter_colours(view, rng), prompt_maps(prompt, window, pixels, previous), target)


def _boxed(low: Points, high: Points, long: float, rng: np.random.Generator) -> tuple[Points, float]:
    """The window around the box, as the segmenter lays it, give or take the looseness of hand-drawn boxes."""
    return (low + high) / 2 + rng.normal(0, 0.015, 2) * long, long * CONTEXT * float(np.exp(rng.normal(0.02, 0.05)))


def _from_afar(turned: Points, long: float, image_side: int, rng: np.random.Generator) -> tuple[Points, float]:
    """A window of any scale around a click somewhere on the object, from half the object to the whole photo."""
    side = long * float(np.exp(rng.uniform(np.log(0.7), np.log(12))))
    side = min(max(side, 24.0), 1.3 * image_side)
    a, b = turned[rng.integers(len(turned), size=2)]
    click = (a + b) / 2
    spread = 0.05 if rng.random() < 0.65 else 0.4
    return click + rng.uniform(-spread, spread, 2) * side, side


def _loose(target: BoolArray, rng: np.random.Generator) -> Box:
    """The tight box of what is seen, often drawn a little off."""
    x, y, w, h = cv2.boundingRect(target.astype(np.uint8))
    edges = np.array([x, y, x + w, y + h], dtype=np.float64)
    if rng.random() < 0.45:
        edges += rng.normal(0, rng.uniform(0.005, 0.05), 4) * max(w, h)
    left, top, right, bottom = edges
    if right - left < 2 or bottom - top < 2:
        left, top, right, bottom = x, y, x + w, y + h
    return Box(float(left), float(top), float(right), float(bottom))


def _clicks(
    target: BoolArray, previous: FloatArray | None, rng: np.random.Generator
) -> tuple[list[tuple[float, float]], list[bool]]:
    """Points on and off the object; where there is a previous answer, often where it is wrong."""
    on = 1 if rng.random() < 0.55 else int(rng.integers(2, 6))
    off = 0 if rng.random() < 0.6 else int(rng.integers(1, 6))
    missing = extra = np.zeros_like(target)
    if previous is not None and rng.random() < 0.6:
        missing, extra = target & (previous < 0.5), ~target & (previous >= 0.5)
    points, good = [], []
    centre = _centre(target)
    for k in range(on):
        if k == 0 and centre is not None and rng.random() < 0.5:
            points.append(centre)
        else:
            points.append(_any(missing if missing.sum() > 8 else target, rng))
        good.append(True)
    x, y, w, h = cv2.boundingRect(target.astype(np.uint8))
    around = np.zeros_like(target)
    around[max(y - h // 2, 0) : y + h + h // 2, max(x - w // 2, 0) : x + w + w // 2] = True
    around &= ~target
    for _ in range(off):
        region = extra if extra.sum() > 8 else around
        if region.any():
            points.append(_any(region, rng))
            good.append(False)
    return points, good


def _centre(target: BoolArray) -> tuple[float, float] | None:
    rows, columns = np.nonzero(target)
    x, y = int(round(columns.mean())), int(round(rows.mean()))
    return (float(x), float(y)) if target[y, x] else None


def _any(region: BoolArray, rng: np.random.Generator) -> tuple[float, float]:
    flat = np.flatnonzero(region)
    y, x = divmod(int(flat[int(rng.integers(len(flat)))]), region.shape[1])
    return float(x), float(y)


def spoilt(target: BoolArray, rng: np.random.Generator) -> FloatArray:
    """float32 (s, s) 0..1: a first answer as a segmenter might have given it: moved, cut, grown, blurred."""
    side = target.shape[0]
    x: FloatArray = target.astype(np.float32)
    if rng.random() < 0.6:
        size = int(rng.integers(1, max(side // 24, 2))) * 2 + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        x = (cv2.dilate if rng.random() < 0.5 else cv2.erode)(x, kernel)
    if rng.random() < 0.5:
        scale, dx, dy = rng.uniform(0.85, 1.15), *rng.normal(0, 0.04 * side, 2)
        half = side / 2 * (1 - scale)
        x = cv2.warpAffine(x, np.array([[scale, 0, half + dx], [0, scale, half + dy]]), (side, side))
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    if rng.random() < 0.35:
        angle = rng.uniform(0, 2 * np.pi)
        px, py = _any(target, rng)
        x = x * ((columns - px) * np.cos(angle) + (rows - py) * np.sin(angle) > 0)
    if rng.random() < 0.35:
        px, py = _any(target, rng)
        radius = rng.uniform(0.05, 0.25) * side
        px, py = px + rng.normal(0, 0.15 * side), py + rng.normal(0, 0.15 * side)
        blob = (columns - px) ** 2 + (rows - py) ** 2 < radius**2
        x = np.maximum(x, blob.astype(np.float32)) if rng.random() < 0.6 else x * ~blob
    x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.5, 0.02 * side + 0.6)))
    sure = np.float32(rng.uniform(0.75, 1.0))
    return np.asarray(np.clip(x * sure + (1 - sure) * 0.3, 0, 1), dtype=np.float32)
