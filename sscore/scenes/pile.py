"""Heaps: pieces thrown on the ground or into a truck bed. Metres, z up, ground at 0.

Pieces come to rest as rods do: on the height map of what already lies there, over the two points that carry them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sscore.scenes import looks
from sscore.scenes.pieces import LABELS, LONGEST, box, draw_piece, draw_solid, rotation
from sscore.scenes.profiles import Solid
from sscore.scenes.render import Piece

Floats = npt.NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Pile:
    """Placed pieces (ids 1.. in order, 0 for props) and what cameras need: centre (3,), radius m, top m; `axis`:
    direction of a bundle's length in the plane, radians, or None; walls: height of a truck bed's walls, or 0."""

    pieces: tuple[Piece, ...]
    centre: Floats
    radius: float
    top: float
    axis: float | None = None
    walls: float = 0.0


class _Terrain:
    """Heights (n, n) m over a square of +-half m."""

    def __init__(self, half: float, n: int = 160) -> None:
        self.half, self.n = half, n
        self.heights = np.zeros((n, n))
        self.centres = (np.arange(n) + 0.5) * (2 * half / n) - half

    def under(self, xy: Floats) -> Floats:
        """Heights at points (..., 2)."""
        k = np.clip(((xy + self.half) * (self.n / (2 * self.half))).astype(int), 0, self.n - 1)
        out: Floats = self.heights[k[..., 1], k[..., 0]]
        return out

    def add(self, centre: Floats, yaw: float, half_length: float, half_width: float, height: Floats) -> None:
        """Raise a turned rectangle to the line height[0] + height[1] * (distance along it)."""
        reach = half_length + half_width
        lo = np.searchsorted(self.centres, centre - reach)
        hi = np.searchsorted(self.centres, centre + reach)
        x = self.centres[lo[0] : hi[0]] - centre[0]
        y = self.centres[lo[1] : hi[1]] - centre[1]
        along = np.cos(yaw) * x[None] + np.sin(yaw) * y[:, None]
        across = -np.sin(yaw) * x[None] + np.cos(yaw) * y[:, None]
        inside = (np.abs(along) <= half_length) & (np.abs(across) <= half_width)
        patch = self.heights[lo[1] : hi[1], lo[0] : hi[0]]
        np.maximum(patch, np.where(inside, height[0] + height[1] * along, 0), out=patch)


def _draw_roll(rng: Rng, label: str) -> float:
    kind = rng.random()
    if label == "Plate":
        return float(rng.normal(0, 0.05) + np.pi * (kind < 0.5))
    if kind < 0.25:
        return float(rng.uniform(0, 2 * np.pi))
    eighth = np.pi / 4 if label == "Angle" and kind < 0.7 else 0.0
    return float(np.pi / 2 * rng.integers(4) + eighth + np.pi * (label == "Angle") + rng.normal(0, 0.12))


@dataclass(frozen=True, eq=False)
class _Lying:
    """A piece lying along x as seen from the ground: per section along it, (n,) m: middle x and y, half width, lowest
    and highest z."""

    x: Floats
    y: Floats
    width: Floats
    low: Floats
    high: Floats


def _lying(solid: Solid, roll: float) -> _Lying:
    verts = solid.verts @ rotation(0, 0, roll).T
    if solid.rings:
        rings = verts.reshape(solid.rings, -1, 3)
        rings = rings[np.unique(np.linspace(0, solid.rings - 1, 9).round().astype(int))]
        x = rings[:, :, 0].mean(1)
        x[0], x[-1] = verts[:, 0].min(), verts[:, 0].max()
    else:
        rings = np.stack([verts, verts])
        x = np.array([verts[:, 0].min(), verts[:, 0].max()])
    low, high = rings.min(1), rings.max(1)
    return _Lying(x, (low[:, 1] + high[:, 1]) / 2, (high[:, 1] - low[:, 1]) / 2, low[:, 2], high[:, 2])


def _rest(terrain: _Terrain, piece: Piece, rng: Rng, xy: Floats, *, bed: Floats | None) -> Piece:
    """The piece come to rest with its middle above xy, and the terrain raised by it."""
    yaw = float(rng.uniform(0, 2 * np.pi))
    roll = _draw_roll(rng, piece.label)
    shape = _lying(piece.solid, roll)
    half = float(np.abs(shape.x).max())
    width = float((np.abs(shape.y) + shape.width).max())
    if bed is not None:
        reach = np.abs([np.cos(yaw), np.sin(yaw)]) * half + np.abs([np.sin(yaw), np.cos(yaw)]) * width
        if (reach > bed).any():
            yaw = float(rng.normal(0, 0.06))
            reach = np.array([half, width + 0.06 * half])
        room = np.maximum(bed - reach, 0)
        xy = np.clip(xy, -room, room)
    ahead, aside = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])
    s, t = np.linspace(-half, half, 14), np.linspace(-1, 1, 5)
    y, w, low = (np.interp(s, shape.x, values)[:, None] for values in (shape.y, shape.width, shape.low))
    # Height of the ground above the underside, when the piece lies level with its middle at 0.
    ground = terrain.under(xy + s[:, None, None] * ahead + (y + w * t)[:, :, None] * aside) - low
    slope, level = _carried(s, ground.max(1))
    limit = 0.9 if bed is None else 1.3
    if abs(slope) > limit:
        slope = float(np.clip(slope, -limit, limit))
        level = 0.4 * level + 0.6 * float((ground.max(1) - slope * s).max())
    if piece.label == "Plate" and width > 0.03:
        lean, level = _carried(t * width, (ground - slope * s[:, None]).max(0))
        roll += float(np.arctan(np.clip(lean, -0.7, 0.7)))
    for i in range(len(shape.x) - 1):
        ends = np.stack([shape.x[i : i + 2], shape.y[i : i + 2]], 1)
        run = ends[1] - ends[0]
        middle = xy + ends.mean(0)[0] * ahead + ends.mean(0)[1] * aside
        tops = level + slope * shape.x[i : i + 2] + 0.9 * shape.high[i : i + 2]
        line = np.array([tops.mean(), (tops[1] - tops[0]) / max(float(np.hypot(*run)), 1e-6)])
        turned = yaw + float(np.arctan2(run[1], run[0]))
        terrain.add(middle, turned, float(np.hypot(*run)) / 2, 0.9 * float(shape.width[i : i + 2].max()), line)
    pose = rotation(yaw, float(np.arctan(slope)), roll)
    return replace(piece, rotation=pose, position=np.array([xy[0], xy[1], level]))


def _carried(s: Floats, heights: Floats) -> tuple[float, float]:
    """Slope and middle height of a rod with its weight at 0 resting on heights at s: the line over the two points,
    one on each side, that holds its middle highest."""
    left, right = s < 0, s > 0
    sl, sr = s[left][:, None], s[right][None]
    hl, hr = heights[left][:, None], heights[right][None]
    middle = (hl * sr - hr * sl) / (sr - sl)
    k = int(np.argmax(middle))
    i, j = divmod(k, middle.shape[1])
    slope = (hr[0, j] - hl[i, 0]) / (sr[0, j] - sl[i, 0])
    return float(slope), float(middle[i, j])


def _lean(piece: Piece, rng: Rng, terrain: _Terrain, xy: Floats) -> Piece:
    """A piece standing up out of the heap, one end showing."""
    pitch = float(rng.uniform(0.5, 1.45))
    turned = rotation(float(rng.uniform(0, 2 * np.pi)), pitch, float(rng.uniform(0, 2 * np.pi)))
    low = float((piece.solid.verts @ turned.T)[:, 2].min())
    level = float(terrain.under(xy)) * 0.4
    return replace(piece, rotation=turned, position=np.array([xy[0], xy[1], level - low]))


def heap(rng: Rng, count: int, *, sparse: bool = False, bed: Floats | None = None) -> Pile:
    """`count` pieces thrown on the ground, or apart on it (sparse), or between walls at +-bed (2,) m."""
    theme = looks.draw_theme(rng)
    if rng.random() < 0.3:
        mix = rng.dirichlet(np.full(len(LABELS), 0.5)) * 0.8 + 0.2 / len(LABELS)
    else:
        mix = np.full(len(LABELS), 1 / len(LABELS))
    scale = float(rng.uniform(0.6, 1.1)) if count > 12 else float(rng.uniform(0.7, 1.4))
    if bed is not None:
        scale = min(scale, float(bed.max()) * 1.7 / LONGEST)
    spread = 0.18 * count**0.42 * (2.2 if sparse else rng.uniform(0.9, 2.1))
    terrain = _Terrain(float(bed.max()) if bed is not None else spread * 3 + LONGEST)
    pieces: list[Piece] = []
    taken: list[tuple[Floats, float]] = []
    labels = [LABELS[int(k)] for k in rng.choice(len(LABELS), count, p=mix)]
    shared = [looks.draw_material(rng, theme) for _ in range(3)]
    leaning = float(rng.choice([0.0, 0.08, 0.25]))
    for number, label in enumerate(labels, 1):
        solid = draw_solid(rng, label, scale=scale)
        material = shared[int(rng.integers(3))] if rng.random() < 0.35 else looks.draw_material(rng, theme)
        piece = draw_piece(rng, number, label, solid, material)
        xy = rng.normal(0, spread * 0.55, 2) if bed is None else rng.uniform(-0.9, 0.9, 2) * bed
        if sparse:
            reach = solid.length / 2
            tries = [rng.uniform(-spread, spread, 2) for _ in range(12)]
            gaps = [min((np.linalg.norm(p - q) - reach * 0.8 - r * 0.8 for q, r in taken), default=1.0) for p in tries]
            xy = tries[max(range(len(tries)), key=gaps.__getitem__)]
            taken.append((xy, reach))
        if not sparse and number > 3 and rng.random() < leaning:
            pieces.append(_lean(piece, rng, terrain, xy))
        else:
            pieces.append(_rest(terrain, piece, rng, xy, bed=bed))
    return measured(pieces)


def truck_bed(rng: Rng, count: int) -> Pile:
    """A heap between four walls, with or without posts along them."""
    bed = np.array([1.0, rng.uniform(0.4, 1.0)]) * float(rng.uniform(1.0, 1.6)) * (0.45 + 0.11 * count**0.5)
    tall = float(bed[1] * rng.uniform(0.2, 0.8))
    pile = heap(rng, count, bed=bed)
    paint = looks.draw_material(rng, np.array([0.15, 0.05, 0.05, 0, 0.05, 0.6, 0.1]))
    thick, posts = 0.05 * bed[1], int(rng.integers(0, 7))
    walls = []
    for axis in (0, 1):
        for side in (-1, 1):
            at, size = np.full(3, tall / 2), np.full(3, tall)
            at[axis], at[1 - axis] = side * (bed[axis] + thick / 2), 0
            size[axis], size[1 - axis] = thick, 2 * bed[1 - axis] + 2 * thick
            walls.append(box(rng, at, size, paint))
            for k in range(posts):
                at, size = at.copy(), np.array([thick, thick, tall])
                at[axis] = side * (bed[axis] - thick * 0.4)
                at[1 - axis] = ((k + 0.5) / posts * 2 - 1) * bed[1 - axis]
                walls.append(box(rng, at, size, paint))
    middle = np.array([0, 0, pile.centre[2]])
    radius = float(bed.mean() * rng.uniform(0.7, 1.1))
    return replace(pile, pieces=(*pile.pieces, *walls), radius=radius, centre=middle, walls=tall)


def measured(pieces: list[Piece]) -> Pile:
    centres = np.array([p.position for p in pieces if p.id])
    corners = np.concatenate([p.solid.verts @ p.rotation.T + p.position for p in pieces if p.id])
    centre = np.median(centres, axis=0)
    away = np.linalg.norm(corners[:, :2] - centre[:2], axis=1)
    radius = float(np.quantile(away, 0.8))
    return Pile(tuple(pieces), centre, max(radius, 0.1), float(corners[:, 2].max()))
