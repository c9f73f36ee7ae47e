"""Single pieces of scrap: a body of one class, its surface, and plain boxes for things that are not scrap."""

from __future__ import annotations

from dataclasses import replace

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
    shift = None
    if label in ("Angle", "H", "Plate", "U") and not bend and not bundled and rng.random() < 0.22:
        stations, shift = _kinks(rng, length, size, flat=label == "Plate")
        scale_at = np.ones(len(stations))
    points = np.concatenate([loop.points for loop in loops])
    cuts = (_cut(rng, points, size, length, bundled), _cut(rng, points, size, length, bundled))
    return extrude(loops, stations, scale=scale_at, shift=shift, cuts=cuts, bend=bend)


def _turned(loops: list[Loop], angle: float) -> list[Loop]:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [replace(loop, points=loop.points @ turn.T) for loop in loops]


def _collar(rng: Rng, length: float, size: float) -> tuple[Floats, Floats]:
    """A pipe with a coupling at one end."""
    reach = float(min(rng.uniform(0.3, 1.2) * size, length * 0.3))
    wide = float(rng.uniform(1.06, 1.2))
    at = np.array([-length / 2, -length / 2 + reach, -length / 2 + reach, length / 2])
    return at, np.array([wide, wide, 1.0, 1.0])


def _kinks(rng: Rng, length: float, size: float, *, flat: bool) -> tuple[Floats, Floats]:
    """Stations and section offsets of a crumpled piece: a few kinks, or the waves of a corrugated sheet (flat)."""
    if flat and rng.random() < 0.3:
        waves = int(rng.integers(2, 8))
        stations = np.linspace(-length / 2, length / 2, 8 * waves + 1)
        lift = (
            min(0.25 * length / waves, 0.1 * size) * rng.uniform(0.2, 1) * np.sin(stations * 2 * np.pi * waves / length)
        )
        return stations, np.stack([np.zeros_like(lift), lift], 1)
    count = int(rng.integers(1, 5))
    inner = np.sort(rng.uniform(-0.42, 0.42, count)) * length
    stations = np.concatenate([[-length / 2], inner, [length / 2]])
    slopes = rng.normal(0, 0.22, (count + 1, 2)) * ([0.0, 1.6] if flat else [1.0, 1.0])
    shift = np.concatenate([np.zeros((1, 2)), np.cumsum(slopes * np.diff(stations)[:, None], 0)])
    return stations, shift - shift.mean(0)


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
    if rng.random() < 0.16:
        side = looks.banded(rng, side, solid.length)
    cut = looks.row(rng, looks.cut_end(rng, material), own)
    return Piece(number, label, solid, np.eye(3), np.zeros(3), side, cut, wear=material.wear, ribs=ribs)


def rotation(yaw: float, pitch: float, roll: float) -> Floats:
    """World from local: roll about x, then pitch (nose up), then yaw about z."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    about_x = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    about_y = np.array([[cp, 0, -sp], [0, 1, 0], [sp, 0, cp]])
    about_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    out: Floats = about_z @ about_y @ about_x
    return out


def box(rng: Rng, centre: Floats, size: Floats, material: looks.Material) -> Piece:
    """An unlabelled box; centre, size: (3,) m."""
    y, z = size[1] / 2, size[2] / 2
    solid = extrude([Loop(np.array([(y, -z), (y, z), (-y, z), (-y, -z)]))], np.array([-size[0] / 2, size[0] / 2]))
    side = looks.row(rng, material, 1.0)
    return Piece(0, "", solid, np.eye(3), centre, side, side, wear=material.wear)
