"""Surfaces: a bank of tileable noise, and materials of scrap steel drawn at random.

Colours are written as sRGB 0..255 and kept as squares of 0..1 (gamma 2), in which light adds up nearly as it should.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[Any]
"""Numbers per pixel or texel, float32."""
Rng = np.random.Generator
Colour = tuple[float, float, float]

BANK_SIDE = 512
"""Side of every noise tile in texels, a power of two: coordinates wrap with a bit mask."""


@dataclass(frozen=True, eq=False)
class Bank:
    """Tiles (512, 512) float32, mean 0 and deviation 1 but `cells` (0..1 per cell). soft: clouds; rough: rust;
    grain: pixel to pixel; streak: long along x (columns); bump: slope of rough, for embossing."""

    soft: Image
    rough: Image
    grain: Image
    streak: Image
    cells: Image
    bump: Image


@lru_cache(maxsize=1)
def bank() -> Bank:
    """The same tiles for every scene; scenes differ by offsets, scales and what the tiles drive."""
    rng = np.random.default_rng(20240531)
    soft, rough, grain = (_fractal(rng, slope) for slope in (1.6, 1.05, 0.35))
    streak = _fractal(rng, 0.9, stretch=14.0)
    seeds = np.zeros((BANK_SIDE, BANK_SIDE), np.uint8)
    at = rng.integers(0, BANK_SIDE, (700, 2))
    seeds[at[:, 0], at[:, 1]] = 1
    tiled = np.pad(1 - seeds, 64, mode="wrap")
    _, nearest = cv2.distanceTransformWithLabels(tiled, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    cells = rng.random(int(nearest.max()) + 1, dtype=np.float32)[nearest][64:-64, 64:-64]
    bump = rough - np.roll(rough, 1, 0) + 0.5 * (rough - np.roll(rough, 1, 1))
    return Bank(soft, rough, grain, streak, np.ascontiguousarray(cells), bump / bump.std())


def _fractal(rng: Rng, slope: float, *, stretch: float = 1.0) -> Image:
    """Noise whose amplitude falls as frequency ** -slope, drawn out along columns by `stretch`."""
    f = np.fft.fftfreq(BANK_SIDE) * BANK_SIDE
    reach = np.hypot(f[:, None], f[None, : BANK_SIDE // 2 + 1] * stretch)
    reach[0, 0] = np.inf
    white = np.fft.rfft2(rng.standard_normal((BANK_SIDE, BANK_SIDE)))
    out = np.fft.irfft2(white * reach**-slope, s=(BANK_SIDE, BANK_SIDE))
    scaled: Image = (out / out.std()).astype(np.float32)
    return scaled


def lookup(tile: Image, u: Image, v: Image) -> Image:
    """Tile at texel coordinates (n,), wrapped."""
    column = u.astype(np.int32) & (BANK_SIDE - 1)
    row = v.astype(np.int32) & (BANK_SIDE - 1)
    out: Image = tile.ravel().take((row << 9) | column)
    return out


def linear(colour: Colour) -> npt.NDArray[np.float64]:
    out: npt.NDArray[np.float64] = (np.array(colour) / 255.0) ** 2
    return out


@dataclass(frozen=True)
class Material:
    """base and second mix softly; `patch` covers where noise exceeds `threshold` (in deviations) over `edge`.

    streak, grain, cell, bump: contrast of those tiles; spec, gloss: highlight strength and power;
    mirror: share of the surroundings reflected; wear: brightening along edges; ribs: rebar ribs per metre.
    """

    base: Colour
    second: Colour
    patch: Colour
    threshold: float = 9.0
    edge: float = 0.3
    streak: float = 0.1
    grain: float = 0.08
    cell: float = 0.0
    bump: float = 0.15
    spec: float = 0.1
    gloss: float = 12.0
    mirror: float = 0.0
    wear: float = 0.0
    ribs: float = 0.0


RUSTS: list[Colour] = [
    (122, 74, 44),
    (98, 58, 38),
    (146, 88, 48),
    (84, 58, 46),
    (160, 104, 62),
    (110, 84, 66),
    (70, 52, 44),
    (132, 96, 72),
]
STEELS: list[Colour] = [(128, 130, 134), (104, 108, 114), (150, 150, 150), (92, 96, 104), (138, 132, 124)]
SCALES: list[Colour] = [(58, 62, 70), (46, 48, 54), (70, 74, 84), (62, 58, 58), (52, 60, 76), (80, 84, 90)]
PAINTS: list[Colour] = [
    (176, 40, 34),
    (214, 170, 40),
    (40, 82, 150),
    (52, 110, 74),
    (216, 216, 208),
    (178, 190, 150),
    (200, 206, 168),
    (206, 108, 36),
    (92, 100, 108),
    (150, 170, 186),
    (38, 40, 44),
    (120, 40, 36),
]
DIRTS: list[Colour] = [(120, 104, 84), (96, 84, 70), (140, 124, 100), (74, 66, 58)]
FAMILIES = ("rust", "scale", "steel", "bright", "zinc", "paint", "dirty")


def draw_theme(rng: Rng) -> npt.NDArray[np.float64]:
    """Weights of FAMILIES for one scene: often one or two families rule the whole pile."""
    weights = rng.dirichlet(np.array([1.6, 0.9, 0.7, 0.4, 0.4, 0.8, 0.6]) * rng.choice([0.5, 1.5]))
    out: npt.NDArray[np.float64] = (weights + 0.02) / (weights + 0.02).sum()
    return out


def _pick(rng: Rng, colours: list[Colour], spread: float = 10.0) -> Colour:
    base = np.array(colours[int(rng.integers(len(colours)))])
    jittered = np.clip(base * rng.uniform(0.8, 1.2) + rng.normal(0, spread, 3) * [1, 0.7, 0.7], 8, 245)
    return float(jittered[0]), float(jittered[1]), float(jittered[2])


def draw_material(rng: Rng, theme: npt.NDArray[np.float64]) -> Material:
    """One piece's surface."""
    family = FAMILIES[int(rng.choice(len(FAMILIES), p=theme))]
    rust, rust2 = _pick(rng, RUSTS), _pick(rng, RUSTS)
    grain, streak, bump = rng.uniform(0.03, 0.16), rng.uniform(0.0, 0.3), rng.uniform(0.05, 0.4)
    shared = {"grain": grain, "streak": streak, "bump": bump, "wear": float(rng.uniform(0, 0.5))}
    edge = float(rng.uniform(0.1, 1.0))
    if family == "rust":
        third = _pick(rng, [*RUSTS, *SCALES, *STEELS])
        return Material(rust, rust2, third, float(rng.uniform(-0.5, 2)), edge, spec=rng.uniform(0, 0.1), **shared)
    if family == "scale":
        return Material(
            _pick(rng, SCALES, 6),
            _pick(rng, SCALES, 6),
            rust,
            float(rng.uniform(0, 2.5)),
            edge,
            spec=rng.uniform(0.1, 0.5),
            gloss=rng.uniform(8, 30),
            mirror=rng.uniform(0, 0.15),
            **shared,
        )
    if family == "steel":
        return Material(
            _pick(rng, STEELS, 6),
            _pick(rng, STEELS, 6),
            rust,
            float(rng.uniform(0.3, 3)),
            edge,
            spec=rng.uniform(0.1, 0.6),
            gloss=rng.uniform(8, 40),
            mirror=rng.uniform(0, 0.3),
            **shared,
        )
    if family == "bright":
        shared["bump"] = float(rng.uniform(0, 0.1))
        return Material(
            _pick(rng, STEELS, 5),
            _pick(rng, STEELS, 5),
            _pick(rng, [*RUSTS, *SCALES]),
            float(rng.uniform(1.0, 4)),
            edge,
            spec=rng.uniform(0.5, 1.6),
            gloss=rng.uniform(20, 90),
            mirror=rng.uniform(0.35, 0.9),
            **shared,
        )
    if family == "zinc":
        zinc = _pick(rng, [(172, 178, 184), (150, 158, 166), (188, 192, 194)], 4)
        return Material(
            zinc,
            _pick(rng, STEELS, 5),
            rust,
            float(rng.uniform(1.0, 4)),
            edge,
            cell=rng.uniform(0, 0.35),
            spec=rng.uniform(0.1, 0.5),
            mirror=rng.uniform(0, 0.25),
            **shared,
        )
    if family == "paint":
        paint = _pick(rng, PAINTS, 12)
        second = _pick(rng, [paint], 8)
        under = _pick(rng, [*RUSTS, *SCALES, *DIRTS])
        return Material(
            paint,
            second,
            under,
            float(rng.uniform(-0.2, 3)),
            float(rng.uniform(0.03, 0.5)),
            spec=rng.uniform(0, 0.6),
            gloss=rng.uniform(5, 40),
            mirror=rng.uniform(0, 0.12),
            **shared,
        )
    dirt = _pick(rng, DIRTS)
    return Material(
        dirt, _pick(rng, [*DIRTS, *RUSTS]), _pick(rng, [*RUSTS, *STEELS]), rng.uniform(-0.3, 1.5), edge, **shared
    )


def cut_end(rng: Rng, side: Material) -> Material:
    """The cut face of a piece: like the sides, freshly sawn, torch-blackened or marked with paint."""
    kind = rng.random()
    if kind < 0.4:
        lighter = float(rng.uniform(0.8, 1.35))
        base = side.patch if rng.random() < 0.3 else side.base
        shade = (min(base[0] * lighter, 245.0), min(base[1] * lighter, 245.0), min(base[2] * lighter, 245.0))
        return replace(side, base=shade, streak=0.05, ribs=0.0)
    if kind < 0.75:
        return Material(
            _pick(rng, STEELS), _pick(rng, STEELS), _pick(rng, RUSTS), float(rng.uniform(0, 3)), 0.4, spec=0.3
        )
    if kind < 0.9:
        return Material(_pick(rng, SCALES), _pick(rng, RUSTS), _pick(rng, RUSTS), float(rng.uniform(0, 2)), 0.4)
    return Material(_pick(rng, PAINTS), _pick(rng, PAINTS), _pick(rng, RUSTS), float(rng.uniform(0.5, 3)), 0.2)


BASE, SECOND, PATCH = 0, 3, 6
THRESHOLD, PER_EDGE, STREAK, GRAIN, CELL, BUMP, SPEC, GLOSS, MIRROR, DENSITY, OFFSET = range(9, 20)
BAND, BAND_MIDDLE, BAND_HALF = 20, 23, 24
COLUMNS = 25
"""Where the numbers of a material stand in a row of the shading table: colours take three each. DENSITY: texels per
metre; OFFSET: texels; BAND_MIDDLE, BAND_HALF: m along the piece."""


def row(rng: Rng, m: Material, density: float) -> npt.NDArray[np.float32]:
    """A material as a row (COLUMNS,) of the shading table. density: relative, of the finest tile."""
    colours = np.concatenate([linear(m.base), linear(m.second), linear(m.patch)])
    rest = [m.threshold, 1 / m.edge, m.streak, m.grain, m.cell, m.bump, m.spec, m.gloss, m.mirror]
    return np.concatenate([colours, rest, [density, rng.uniform(1e3, 2e3), 0, 0, 0, 0, 0]]).astype(np.float32)


def banded(rng: Rng, line: npt.NDArray[np.float32], length: float) -> npt.NDArray[np.float32]:
    """The row with a painted band: a stripe, or one end of a piece `length` m long."""
    out = line.copy()
    half = length * (rng.uniform(0.01, 0.06) if rng.random() < 0.5 else rng.uniform(0.1, 0.4))
    middle = rng.uniform(-0.5, 0.5) * length
    out[BAND : BAND + 3] = linear(_pick(rng, [*PAINTS, *SCALES, *RUSTS]))
    out[BAND_MIDDLE], out[BAND_HALF] = middle, half
    return out


def albedo(table: Image, index: npt.NDArray[np.int32], u: Image, v: Image) -> tuple[Image, Image]:
    """Colour (3, n) and emboss (n,) at surface points.

    table: (COLUMNS, m) materials as columns; index: (n,) which one; u, v: (n,) m along the piece and around it.
    """

    def of(column: int) -> Image:
        found: Image = table[column].take(index)
        return found

    tiles = bank()
    density, offset = of(DENSITY), of(OFFSET)
    fine_u, fine_v = u * density + offset, v * density + offset * np.float32(1.7)
    near_u, near_v = fine_u * np.float32(0.8), fine_v * np.float32(0.8)
    broad = lookup(tiles.soft, fine_u * np.float32(0.9), fine_v * np.float32(0.9))
    rough, emboss = lookup(tiles.rough, near_u, near_v), lookup(tiles.bump, near_u, near_v)
    streak = lookup(tiles.streak, near_u, fine_v)
    mix = np.clip(np.float32(0.5) + np.float32(0.35) * broad + np.float32(0.2) * streak, 0, 1)
    cover = np.clip((broad * np.float32(0.6) + rough * np.float32(0.8) - of(THRESHOLD)) * of(PER_EDGE), 0, 1)
    tone = 1 + of(STREAK) * streak + of(GRAIN) * lookup(tiles.grain, fine_u, fine_v) + np.float32(0.12) * rough
    if (table[CELL] > 0).any():
        tone += of(CELL) * (lookup(tiles.cells, fine_u, fine_v) - np.float32(0.5))
    np.clip(tone, 0.25, 2.5, out=tone)
    colour = np.empty((3, len(u)), np.float32)
    banded = np.flatnonzero(np.abs(u - of(BAND_MIDDLE)) < of(BAND_HALF))
    for k in range(3):
        base = of(BASE + k)
        plain = base + (of(SECOND + k) - base) * mix
        plain[banded] = table[BAND + k].take(index[banded])
        colour[k] = (plain + (of(PATCH + k) - plain) * cover) * tone
    return colour, emboss * of(BUMP)
