"""Grounds and backdrops: what lies under and behind the scrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sscore.scenes.looks import DIRTS, PAINTS, RUSTS, Colour, bank

Image = npt.NDArray[Any]
"""Numbers per pixel or texel, float32."""
Rng = np.random.Generator

CANVAS = 1024
"""Side of a ground canvas in texels; it repeats beyond."""

KINDS: dict[str, tuple[list[Colour], float]] = {
    "concrete": ([(150, 146, 138), (128, 126, 122), (172, 166, 154)], 0.0),
    "soil": ([(112, 88, 64), (92, 76, 60), (138, 114, 84), (84, 72, 62)], 0.0),
    "sand": ([(196, 170, 130), (180, 160, 128)], 0.0),
    "asphalt": ([(72, 72, 74), (56, 56, 60), (90, 88, 86)], 0.02),
    "sheet": ([(84, 84, 86), (60, 60, 62), (104, 98, 92), (96, 74, 60)], 0.25),
    "wood": ([(168, 128, 84), (142, 108, 76), (116, 92, 70)], 0.02),
    "paper": ([(214, 212, 206), (230, 230, 228), (196, 194, 188)], 0.02),
    "bench": ([(206, 208, 208), (40, 42, 44), (60, 96, 70), (110, 112, 116), (30, 30, 32)], 0.3),
    "turnings": ([(92, 84, 76), (120, 112, 104), (84, 66, 52)], 0.0),
}
"""Kind -> base colours, share of the surroundings mirrored."""


@dataclass(frozen=True, eq=False)
class Ground:
    """kind: a key of KINDS; colour (CANVAS, CANVAS, 3) uint8 sRGB; mirror: share of the surroundings."""

    kind: str
    colour: Image
    mirror: float


def draw_ground(rng: Rng, kind: str) -> Ground:
    """A canvas seen about one texel per pixel."""
    colours, mirror = KINDS[kind]
    tiles = bank()
    base = np.array(colours[int(rng.integers(len(colours)))]) * rng.uniform(0.75, 1.2) + rng.normal(0, 5, 3)
    rough = {"soil": 0.22, "sand": 0.16, "asphalt": 0.28, "turnings": 0.55, "concrete": 0.13}.get(kind, 0.05)
    smooth = kind in ("paper", "bench")
    tone = rng.uniform(0.3, 1) * rough * _roll(rng, tiles.grain) + rng.uniform(0.3, 1.2) * rough * _roll(
        rng, tiles.rough
    )
    tone += (0.02 if smooth else rng.uniform(0.04, 0.16)) * _enlarged(rng, tiles.soft)
    tone += 1
    colour = cv2.merge([cv2.convertScaleAbs(np.maximum(tone, 0), alpha=k) for k in np.clip(base, 8, 250).tolist()])
    if kind == "wood":
        _planks(rng, colour)
    elif kind == "turnings" or (kind in ("soil", "concrete", "sheet") and rng.random() < 0.3):
        _curls(rng, colour, 900 if kind == "turnings" else int(rng.integers(20, 160)))
    if kind in ("concrete", "asphalt", "sheet") and rng.random() < 0.6:
        _seams(rng, colour)
    if kind in ("soil", "asphalt", "concrete", "sand"):
        _pebbles(rng, colour, int(rng.integers(50, 900)))
    if rng.random() < (0.3 if smooth else 0.75):
        amount = rng.uniform(0.2, 0.9) * (0.4 if smooth else 1.0)
        stain = np.array(
            DIRTS[int(rng.integers(len(DIRTS)))] if rng.random() < 0.5 else RUSTS[int(rng.integers(len(RUSTS)))]
        )
        threshold = rng.uniform(0.2, 2.0)
        cover = np.clip((_enlarged(rng, tiles.rough) - threshold) * rng.uniform(0.6, 4), 0, 1) * amount
        tint = (stain * rng.uniform(0.5, 1.0)).tolist()
        layers = cv2.split(colour)
        colour = cv2.merge([cv2.convertScaleAbs(c + cover * (t - c)) for c, t in zip(layers, tint, strict=True)])
    _scratches(rng, colour, int(rng.integers(0, 40)) if kind in ("sheet", "bench", "concrete") else 0)
    return Ground(kind, colour, mirror * float(rng.uniform(0, 1.5)))


def _roll(rng: Rng, tile: Image) -> Image:
    """The tile repeated over the canvas from a random offset, turned by a random quarter."""
    turned = np.rot90(tile, int(rng.integers(4)))
    shifted = np.roll(turned, tuple(int(k) for k in rng.integers(0, len(tile), 2)), (0, 1))
    return np.tile(shifted, (CANVAS // len(tile), CANVAS // len(tile)))


def _enlarged(rng: Rng, tile: Image) -> Image:
    shifted = np.roll(tile, tuple(int(k) for k in rng.integers(0, len(tile), 2)), (0, 1))
    out: Image = cv2.resize(shifted, (CANVAS, CANVAS), interpolation=cv2.INTER_LINEAR)
    return out


def _curls(rng: Rng, colour: Image, count: int) -> None:
    """Turnings: short bright and dark arcs."""
    for _ in range(count):
        centre = tuple(int(k) for k in rng.integers(0, CANVAS, 2))
        axes = tuple(int(k) for k in rng.integers(2, 16, 2))
        begin = float(rng.uniform(0, 360))
        shade = float(rng.uniform(30, 220)) * (rng.uniform(0.85, 1.1, 3))
        cv2.ellipse(
            colour,
            centre,
            axes,
            float(rng.uniform(0, 180)),
            begin,
            begin + float(rng.uniform(60, 300)),
            shade.tolist(),
            1,
        )


def _pebbles(rng: Rng, colour: Image, count: int) -> None:
    at = rng.integers(0, CANVAS, (count, 2))
    radius = np.minimum(rng.exponential(1.4, count) + 0.6, 9)
    shade = rng.uniform(0.55, 1.5, count)
    for (x, y), r, s in zip(at.tolist(), radius.tolist(), shade.tolist(), strict=True):
        tint = np.clip(colour[y, x] * s, 10, 240).tolist()
        if r > 2.5:
            cv2.circle(colour, (x + 1, y + 1), int(r), (colour[y, x] * 0.5).tolist(), -1)
        cv2.circle(colour, (x, y), int(r), tint, -1)


def _seams(rng: Rng, colour: Image) -> None:
    """Slab joints or sheet edges, and cracks."""
    for _ in range(int(rng.integers(1, 4))):
        dark = (colour[0, 0] * rng.uniform(0.3, 0.7)).tolist()
        k = int(rng.integers(0, CANVAS))
        width = int(rng.integers(1, 6))
        ends = ((k, 0), (k, CANVAS)) if rng.random() < 0.5 else ((0, k), (CANVAS, k))
        cv2.line(colour, *ends, dark, width)
    if rng.random() < 0.5:
        steps = rng.normal(0, 14, (60, 2)) + rng.normal(0, 12, 2)
        crack = (rng.uniform(0, CANVAS, 2) + np.cumsum(steps, 0)).astype(np.int32)
        cv2.polylines(colour, [crack], False, (colour[0, 0] * 0.45).tolist(), 1, cv2.LINE_AA)


def _planks(rng: Rng, colour: Image) -> None:
    tiles = bank()
    width = int(rng.choice([64, 96, 128, 170, 256]))
    tone = 1 + np.float32(0.12) * np.tile(tiles.streak, (2, 2))
    for top in range(0, CANVAS, width):
        tone[top : top + width] *= np.float32(rng.uniform(0.75, 1.15))
    for k in range(3):
        colour[:, :, k] = cv2.convertScaleAbs(colour[:, :, k] * np.maximum(tone, 0))
    for top in range(0, CANVAS, width):
        cv2.line(colour, (0, top), (CANVAS, top), (colour[top, 0] * 0.3).tolist(), int(rng.integers(1, 4)))


def _scratches(rng: Rng, colour: Image, count: int) -> None:
    for _ in range(count):
        at = rng.uniform(0, CANVAS, 2)
        to = at + rng.normal(0, 120, 2)
        tint = (colour[0, 0] * rng.uniform(0.6, 1.5)).tolist()
        cv2.line(colour, at.astype(int).tolist(), to.astype(int).tolist(), tint, 1, cv2.LINE_AA)


def draw_backdrop(rng: Rng) -> Image:
    """(256, 1024, 3) float32 squared colours of directions: rows from the horizon (0) upwards, columns around."""
    kind = rng.random()
    rows = np.linspace(0, 1, 64)[:, None, None]
    if kind < 0.35:  # sky over far things
        low, high = (
            np.array([200, 208, 214]) * rng.uniform(0.8, 1.15),
            np.array([110, 150, 200]) * rng.uniform(0.7, 1.2),
        )
        out = low + (high - low) * rows**0.6 + np.zeros((64, 256, 1))
        skyline = (3 + 3 * np.abs(np.cumsum(rng.normal(0, 0.3, 256)))).astype(int) % 14
        for column, top in enumerate(skyline):
            out[:top, column] = np.array([70, 76, 60]) * rng.uniform(0.5, 1.0)
    elif kind < 0.55:  # plain wall or white studio
        out = np.array(PAINTS[4]) * rng.uniform(0.5, 1.15) * (1 - 0.25 * rows) + np.zeros((64, 256, 1))
    else:  # a dim hall: posts, goods, lamps
        out = rng.uniform(15, 90) * rng.uniform(0.85, 1.15, 3) * (1 - 0.4 * rows) + np.zeros((64, 256, 1))
        for _ in range(int(rng.integers(20, 60))):
            x, y = int(rng.integers(0, 256)), int(rng.integers(0, 40))
            w, h = int(rng.integers(2, 24)), int(rng.integers(2, 30))
            tint = np.array([*PAINTS, *RUSTS][int(rng.integers(len(PAINTS) + len(RUSTS)))]) * rng.uniform(0.2, 0.9)
            out[max(y - h, 0) : y, x : x + w] = tint
        for _ in range(int(rng.integers(0, 6))):
            x, y = int(rng.integers(0, 256)), int(rng.integers(20, 64))
            out[y : y + 2, x : x + int(rng.integers(3, 20))] = 255
    blurred: Image = cv2.GaussianBlur(np.clip(out, 3, 255).astype(np.float32), (0, 0), rng.uniform(0.6, 2.0))
    large: Image = cv2.resize(blurred, (1024, 256), interpolation=cv2.INTER_LINEAR)
    return (large / np.float32(255)) ** 2
