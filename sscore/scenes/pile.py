"""Putting pieces into the world: heaps, scattered pieces, bundles and truck beds. Metres, z up, ground at 0.

Pieces come to rest as rods do: on the height map of what already lies there, over the two points that carry them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sscore.scenes import looks
from sscore.scenes.profiles import SECTIONS, Loop, Solid, cut_outline, extrude, laid_flat
from sscore.scenes.render import Piece

Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

LABELS = tuple(SECTIONS)
SIZES = {
    "Angle": (0.05, 0.17),
    "Bar": (0.025, 0.1),
    "Billet": (0.08, 0.2),
    "H": (0.1, 0.32),
    "Pipe": (0.05, 0.34),
    "Plate": (0.12, 0.7),
    "U": (0.07, 0.25),
}
"""Outer dimension of the section, m (log-uniform)."""
ASPECTS = {
    "Angle": (3.0, 25.0),
    "Bar": (5.0, 45.0),
    "Billet": (1.5, 12.0),
    "H": (1.2, 12.0),
    "Pipe": (1.0, 22.0),
    "Plate": (1.0, 4.5),
    "U": (1.8, 15.0),
}
"""Length over outer dimension (log-uniform); 1 piece in 8 is a stub."""
LONGEST = 2.2


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


def _log_uniform(rng: Rng, span: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(np.log(span[0]), np.log(span[1]))))


def draw_solid(rng: Rng, label: str, *, scale: float = 1.0, length: float | None = None) -> Solid:
    """A body of one class. length: m, drawn when None (a bundle gives it and gets a straight, square-cut body)."""
    size = _log_uniform(rng, SIZES[label]) * scale
    bundled = length is not None
    if length is None:
        aspect = _log_uniform(rng, ASPECTS[label]) if rng.random() < 0.87 else rng.uniform(0.4, 1.5)
        length = min(size * aspect, LONGEST * scale)
        if label == "Plate" and rng.random() < 0.5:
            return _cut_plate(rng, size, length)
    loops = SECTIONS[label](rng, size)
    straight = bundled or rng.random() < (0.55 if label == "Plate" else 0.8)
    bend = 0.0 if straight else float(rng.uniform(0.1, 1.3)) * (1.4 if label == "Plate" else 0.8) / length
    bend = min(bend, 0.45 / size if label != "Plate" else 1.6 / size)
    if not straight and label != "Plate":
        # Bent about a random direction of the section: turn the section, not the arc.
        loops = _turned(loops, float(rng.uniform(0, 2 * np.pi))) if not loops[0].round else loops
    pieces = 1 if not bend else int(np.clip(np.ceil(bend * length / 0.14), 2, 10))
    stations = np.linspace(-length / 2, length / 2, pieces + 1)
    scale_at = np.ones(len(stations))
    if label == "Pipe" and loops[0].round and length > 1.5 * size and not bend and rng.random() < 0.15:
        stations, scale_at = _collar(rng, length, size)
    points = np.concatenate([loop.points for loop in loops])
    cuts = (_cut(rng, points, size, length, bundled), _cut(rng, points, size, length, bundled))
    return extrude(loops, stations, scale=scale_at, cuts=cuts, bend=bend)


def _turned(loops: list[Loop], angle: float) -> list[Loop]:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [replace(loop, points=loop.points @ turn.T) for loop in loops]


def _collar(rng: Rng, length: float, size: float) -> tuple[Floats, Floats]:
    """A pipe with a coupling at one end."""
    reach = float(min(rng.uniform(0.3, 1.2) * size, length * 0.3))
    wide = float(rng.uniform(1.06, 1.2))
    at = np.array([-length / 2, -length / 2 + reach, -length / 2 + reach, length / 2])
    return at, np.array([wide, wide, 1.0, 1.0])


def _cut(rng: Rng, points: Floats, size: float, length: float, square: bool) -> Floats:
    """x offsets of one end: saw-cut square, oblique, or ragged as a torch or shear leaves it."""
    kind = rng.random()
    slope = np.zeros(2)
    limit = 0.3 * length / size
    if not square and kind > 0.6:
        slope = np.clip(rng.normal(0, 0.35, 2), -limit, limit)
    out: Floats = points @ slope
    if not square and kind > 0.85:
        out = out + rng.normal(0, min(0.035 * size, 0.03 * length), len(points))
    return out


def _cut_plate(rng: Rng, width: float, length: float) -> Solid:
    thickness = min(width, length) * 10 ** rng.uniform(-2.0, -0.85)
    loops = cut_outline(rng, length, width)
    return laid_flat(extrude(loops, np.array([-thickness / 2, thickness / 2])))


def draw_piece(rng: Rng, number: int, label: str, solid: Solid, material: looks.Material) -> Piece:
    """A piece at the origin."""
    if label == "Bar" and rng.random() < 0.45:
        ribs = 1 / (float(np.ptp(solid.verts[:, 1])) * rng.uniform(0.35, 0.8))
    else:
        ribs = 0.0
    own = float(np.exp(rng.normal(0, 0.35)))
    side = looks.row(rng, material, own)
    cut = looks.row(rng, looks.cut_end(rng, material), own)
    return Piece(number, label, solid, np.eye(3), np.zeros(3), side, cut, wear=material.wear, ribs=ribs)


def _rotation(yaw: float, pitch: float, roll: float) -> Floats:
    """World from local: roll about x, then pitch (nose up), then yaw about z."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    about_x = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    about_y = np.array([[cp, 0, -sp], [0, 1, 0], [sp, 0, cp]])
    about_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    out: Floats = about_z @ about_y @ about_x
    return out


def _draw_roll(rng: Rng, label: str) -> float:
    kind = rng.random()
    if label == "Plate":
        return float(rng.normal(0, 0.05) + np.pi * (kind < 0.5))
    if kind < 0.25:
        return float(rng.uniform(0, 2 * np.pi))
    eighth = np.pi / 4 if label == "Angle" and kind < 0.7 else 0.0
    return float(np.pi / 2 * rng.integers(4) + eighth + np.pi * (label == "Angle") + rng.normal(0, 0.12))


def _rest(terrain: _Terrain, piece: Piece, rng: Rng, xy: Floats, *, bounds: float | None) -> Piece:
    """The piece come to rest with its middle above xy, and the terrain raised by it."""
    yaw = float(rng.uniform(0, 2 * np.pi))
    roll = _draw_roll(rng, piece.label)
    verts = piece.solid.verts @ _rotation(0, 0, roll).T
    half = float(np.abs(verts[:, 0]).max())
    width = float(np.abs(verts[:, 1]).max())
    low, high = float(verts[:, 2].min()), float(verts[:, 2].max())
    if bounds is not None:
        reach = np.abs([np.cos(yaw), np.sin(yaw)]) * half + np.abs([np.sin(yaw), np.cos(yaw)]) * width
        if (reach > bounds).any():
            yaw = float(np.round(yaw / (np.pi / 2)) * (np.pi / 2) + rng.normal(0, 0.05))
            reach = np.array([half, half])
        room = np.maximum(bounds - reach, 0)
        xy = np.clip(xy, -room, room)
    ahead, aside = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])
    s = np.linspace(-half, half, 14)
    t = np.linspace(-width, width, 5)
    ground = terrain.under(xy + s[:, None, None] * ahead + t[None, :, None] * aside)
    along, level = _carried(s, ground.max(1))
    limit = 0.9 if bounds is None else 1.3
    slope = float(np.clip(along, -limit, limit))
    level = max(level, float((ground.max(1) - slope * s).max()) * 0.6 + level * 0.4)
    if piece.label == "Plate" and width > 0.03:
        lean, level_across = _carried(t, (ground - slope * s[:, None]).max(0))
        roll += float(np.arctan(np.clip(lean, -0.7, 0.7)))
        level = level_across
    pitch = float(np.arctan(slope))
    position = np.array([xy[0], xy[1], level - low / np.cos(pitch)])
    run = half * np.cos(pitch)
    terrain.add(xy, yaw, run, width * 0.9, np.array([level + (high - low) * 0.9, slope]))
    return replace(piece, rotation=_rotation(yaw, pitch, roll), position=position)


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
    rotation = _rotation(float(rng.uniform(0, 2 * np.pi)), pitch, float(rng.uniform(0, 2 * np.pi)))
    low = float((piece.solid.verts @ rotation.T)[:, 2].min())
    level = float(terrain.under(xy)) * 0.4
    return replace(piece, rotation=rotation, position=np.array([xy[0], xy[1], level - low]))


def heap(rng: Rng, count: int, *, sparse: bool = False, half: float | None = None) -> Pile:
    """`count` pieces thrown on the ground, or apart on it (sparse), or between walls at +-half m."""
    theme = looks.draw_theme(rng)
    if rng.random() < 0.3:
        mix = rng.dirichlet(np.full(len(LABELS), 0.5)) * 0.8 + 0.2 / len(LABELS)
    else:
        mix = np.full(len(LABELS), 1 / len(LABELS))
    scale = float(rng.uniform(0.6, 1.1)) if count > 12 else float(rng.uniform(0.7, 1.4))
    spread = 0.18 * count**0.42 * (1.9 if sparse else rng.uniform(0.75, 1.4))
    terrain = _Terrain(half if half is not None else spread * 3 + LONGEST)
    pieces: list[Piece] = []
    taken: list[tuple[Floats, float]] = []
    labels = [LABELS[int(k)] for k in rng.choice(len(LABELS), count, p=mix)]
    shared = [looks.draw_material(rng, theme) for _ in range(3)]
    for number, label in enumerate(labels, 1):
        solid = draw_solid(rng, label, scale=scale)
        material = shared[int(rng.integers(3))] if rng.random() < 0.35 else looks.draw_material(rng, theme)
        piece = draw_piece(rng, number, label, solid, material)
        xy = rng.normal(0, spread * 0.55, 2) if half is None else rng.uniform(-half * 0.85, half * 0.85, 2)
        if sparse:
            reach = solid.length / 2
            tries = [rng.uniform(-spread, spread, 2) for _ in range(12)]
            gaps = [min((np.linalg.norm(p - q) - reach * 0.8 - r * 0.8 for q, r in taken), default=1.0) for p in tries]
            xy = tries[max(range(len(tries)), key=gaps.__getitem__)]
            taken.append((xy, reach))
        if not sparse and number > 3 and rng.random() < 0.08:
            pieces.append(_lean(piece, rng, terrain, xy))
        else:
            pieces.append(_rest(terrain, piece, rng, xy, bounds=half))
    return _measured(pieces)


def bundle(rng: Rng, count: int) -> Pile:
    """Parallel pieces of one kind in courses, as on a rack; ends nearly flush at x = 0, lengths towards -x."""
    theme = looks.draw_theme(rng)
    label = LABELS[int(rng.choice(len(LABELS), p=[0.15, 0.22, 0.1, 0.18, 0.22, 0.03, 0.1]))]
    length = float(rng.uniform(1.0, 7.0))
    state = rng.integers(2**62)

    def body(cut: float) -> Solid:
        # The same draws for every piece of the bundle; only the length differs.
        return draw_solid(np.random.default_rng(state), label, length=length * cut)

    size = np.ptp(body(1.0).verts, axis=0)
    wide, tall = float(size[1]), float(size[2])
    round_ = label in ("Bar", "Pipe")
    columns = max(1, round((count * rng.uniform(0.6, 2.5)) ** 0.5))
    pitch_y = wide * rng.uniform(1.0, 1.12) if rng.random() < 0.7 else wide * rng.uniform(1.1, 1.6)
    pitch_z = tall * (0.88 if round_ else 1.0)
    flip = rng.random() < 0.5
    material = looks.draw_material(rng, theme)
    mixed = rng.random() < 0.35
    ends = looks.draw_material(rng, theme)
    stagger = float(rng.choice([0.01, 0.08, 0.4])) * min(length, 1.5)
    sloppy = rng.uniform(0, 0.05)
    base = float(rng.choice([0.0, 0.15, 0.6]))
    pieces: list[Piece] = []
    for k in range(count):
        course, place = divmod(k, columns)
        solid = body(float(rng.uniform(0.92, 1.0)))
        own = looks.draw_material(rng, theme) if mixed and rng.random() < 0.5 else material
        piece = draw_piece(rng, k + 1, label, solid, own)
        if not mixed and rng.random() < 0.9:
            piece = replace(
                piece, cut=looks.row(rng, looks.cut_end(rng, ends), 1.0), ribs=pieces[0].ribs if pieces else piece.ribs
            )
        y = (place - (columns - 1) / 2 + 0.5 * (course % 2) * round_) * pitch_y + rng.normal(0, sloppy) * wide
        z = base + tall / 2 + course * pitch_z + (rng.normal(0, sloppy) * tall if course else 0)
        roll = float(rng.uniform(0, 6.28)) if round_ else float(rng.normal(0, sloppy * 0.6))
        if flip and not round_ and k % 2 and label in ("Angle", "U"):
            roll += np.pi
        position = np.array([-solid.length / 2 + rng.normal(0, stagger), y, z])
        yaw = float(rng.normal(0, sloppy * 0.1 * min(1.0, 1 / length)))
        pieces.append(replace(piece, rotation=_rotation(yaw, 0, roll), position=position))
    if base:
        pieces.extend(_supports(rng, length, columns * pitch_y, base, theme))
    pile = _measured(pieces)
    ends_at = np.array([0.0, 0.0, pile.centre[2]])
    courses = -(-count // columns)
    radius = 0.5 * float(np.hypot(columns * pitch_y, courses * pitch_z))
    return replace(pile, centre=ends_at, radius=max(radius, 0.1), axis=0.0)


def _supports(rng: Rng, length: float, width: float, height: float, theme: Floats) -> list[Piece]:
    """Two beams across and sometimes posts beside a bundle; not scrap."""
    material = looks.draw_material(rng, theme)
    thick = min(height, 0.15)
    out = []
    for x in (-0.18 * length, -0.8 * length):
        out.append(_box(rng, np.array([x, 0, height - thick / 2]), np.array([thick, width * 1.3, thick]), material))
        if rng.random() < 0.5:
            for side in (-0.6, 0.6):
                tall = height + width * 0.8
                at = np.array([x, side * width * 1.1, tall / 2])
                out.append(_box(rng, at, np.array([thick, thick, tall]), material))
    return out


def _box(rng: Rng, centre: Floats, size: Floats, material: looks.Material) -> Piece:
    y, z = size[1] / 2, size[2] / 2
    solid = extrude([Loop(np.array([(y, -z), (y, z), (-y, z), (-y, -z)]))], np.array([-size[0] / 2, size[0] / 2]))
    side = looks.row(rng, material, 1.0)
    return Piece(0, "", solid, np.eye(3), centre, side, side, wear=material.wear)


def truck_bed(rng: Rng, count: int) -> Pile:
    """A heap between four walls."""
    half = float(rng.uniform(0.8, 1.3)) * (0.5 + 0.1 * count**0.5)
    tall = half * float(rng.uniform(0.25, 0.8))
    pile = heap(rng, count, half=half)
    paint = looks.draw_material(rng, np.array([0.15, 0.05, 0.05, 0, 0.05, 0.6, 0.1]))
    thick, ribs = half * 0.04, int(rng.integers(0, 6))
    walls = []
    for side in (-1, 1):
        across = np.array([2 * half + 2 * thick, thick, tall])
        walls.append(_box(rng, np.array([0, side * (half + thick / 2), tall / 2]), across, paint))
        walls.append(_box(rng, np.array([side * (half + thick / 2), 0, tall / 2]), across[[1, 0, 2]], paint))
        for k in range(ribs):
            at = (k + 0.5) / ribs * 2 * half - half
            post = np.array([thick, thick, tall])
            walls.append(_box(rng, np.array([at, side * (half - thick / 2), tall / 2]), post, paint))
            walls.append(_box(rng, np.array([side * (half - thick / 2), at, tall / 2]), post, paint))
    return replace(
        pile, pieces=(*pile.pieces, *walls), radius=half * 1.1, centre=np.array([0, 0, pile.centre[2]]), walls=tall
    )


def debris(rng: Rng, pile: Pile, count: int) -> Pile:
    """Small unlabelled bits on and around the pile: chips, offcuts of wire, stones."""
    theme = looks.draw_theme(rng)
    materials = [looks.draw_material(rng, theme) for _ in range(3)]
    out = list(pile.pieces)
    for _ in range(count):
        size = pile.radius * rng.uniform(0.008, 0.03) * np.array([rng.uniform(0.5, 5), 1, rng.uniform(0.1, 0.8)])
        xy = pile.centre[:2] + rng.normal(0, pile.radius * 0.8, 2)
        box = _box(rng, np.array([xy[0], xy[1], size[2] / 2]), size, materials[int(rng.integers(3))])
        out.append(replace(box, rotation=_rotation(float(rng.uniform(0, 6.28)), 0, float(rng.normal(0, 0.2)))))
    return replace(pile, pieces=tuple(out))


def _measured(pieces: list[Piece]) -> Pile:
    centres = np.array([p.position for p in pieces if p.id])
    corners = np.concatenate([p.solid.verts @ p.rotation.T + p.position for p in pieces if p.id])
    centre = np.median(centres, axis=0)
    away = np.linalg.norm(corners[:, :2] - centre[:2], axis=1)
    radius = float(np.quantile(away, 0.8))
    return Pile(tuple(pieces), centre, max(radius, 0.1), float(corners[:, 2].max()))
