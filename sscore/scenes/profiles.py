"""Cross-sections of the seven shapes and the solids swept along them.

Local frame of a piece, metres: x along its length (0 in the middle), y and z across. Outer loops run counter-clockwise
seen from +x, holes clockwise, so that one formula gives outward normals for both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Loop:
    """One closed outline of a cross-section: points (n, 2) as (y, z) m; `round`: shade it as a circle about 0."""

    points: Floats
    round: bool = False


@dataclass(frozen=True, eq=False)
class Solid:
    """A closed body of flat faces. Each face is one or more closed loops of edges (even-odd, so holes are loops too).

    verts: (V, 3) m, local frame, bent; edges: (E, 2) vertex numbers; edge_face: (E,) ascending face numbers.
    Per face: normal (F, 3) outward, anchor (F,) a vertex on it, tex_u, tex_v (F, 3) texture axes in the unbent frame,
    cap (F,) bool: a cut end; inner (F,) m: radius of the bore the face looks into, 0 outside;
    smooth (F,) +1 round outside, -1 round bore, 0 flat. bend: 1/radius of the arc in the x-z plane, 1/m.
    rings: verts are that many sections along x, one after the other; 0 when swept another way.
    """

    verts: Floats
    edges: Ints
    edge_face: Ints
    normal: Floats
    anchor: Ints
    tex_u: Floats
    tex_v: Floats
    cap: npt.NDArray[np.bool_]
    inner: Floats
    smooth: Floats
    length: float
    rings: int
    bend: float = 0.0


def _circle(radius: float, sides: int, *, clockwise: bool = False) -> Loop:
    angle = np.arange(sides) * (2 * np.pi / sides)
    if clockwise:
        angle = -angle
    return Loop(radius * np.stack([np.cos(angle), np.sin(angle)], 1), round=True)


def _polygon(*points: tuple[float, float]) -> Loop:
    return Loop(np.array(points, dtype=np.float64))


def angle_section(rng: Rng, size: float) -> list[Loop]:
    """L: legs, wall and a small toe chamfer; equal legs more often than not."""
    a = size
    b = size * (1.0 if rng.random() < 0.6 else rng.uniform(0.5, 0.9))
    t = size * rng.uniform(0.06, 0.17)
    toe = t * rng.uniform(0.0, 0.4)
    points = np.array([(0, 0), (a, 0), (a, t - toe), (a - toe, t), (t, t), (t, b - toe), (t - toe, b), (0, b)])
    return [Loop(points - np.array([0.32 * a, 0.32 * b]))]


def bar_section(rng: Rng, size: float) -> list[Loop]:
    return [_circle(size / 2, 18)]


def billet_section(rng: Rng, size: float) -> list[Loop]:
    h = size / 2
    w = h * (1.0 if rng.random() < 0.75 else rng.uniform(0.7, 0.95))
    c = size * rng.uniform(0.02, 0.14)
    return [
        _polygon((w, -h + c), (w, h - c), (w - c, h), (-w + c, h), (-w, h - c), (-w, -h + c), (-w + c, -h), (w - c, -h))
    ]


def h_section(rng: Rng, size: float) -> list[Loop]:
    """H or I: flange width 0.4..1.05 of the depth; half of the narrow ones have tapered flanges."""
    h, b = size / 2, size * rng.uniform(0.4, 1.05) / 2
    flange, web = size * rng.uniform(0.05, 0.13), size * rng.uniform(0.03, 0.09) / 2
    taper = flange * (rng.uniform(0.2, 0.5) if b < 0.3 * size and rng.random() < 0.5 else 0.0)
    root, tip = h - flange - taper / 2, h - flange + taper
    fillet = size * rng.uniform(0.0, 0.04)
    right = [
        (b, -h),
        (b, -tip),
        (web + fillet, -root),
        (web, -root + fillet),
        (web, root - fillet),
        (web + fillet, root),
        (b, tip),
        (b, h),
    ]
    left = [(-y, z) for y, z in reversed(right)]
    return [_polygon(*right, *left)]


def pipe_section(rng: Rng, size: float) -> list[Loop]:
    """Ring; the wall is 2..13 % of the diameter. One in ten is a square tube, which the trade sorts with pipes."""
    radius, wall = size / 2, size * rng.uniform(0.02, 0.13)
    if rng.random() < 0.06:
        r, q = radius * 0.85, radius * 0.85 - wall
        outer = _polygon((r, -r), (r, r), (-r, r), (-r, -r))
        return [outer, _polygon((q, -q), (-q, -q), (-q, q), (q, q))]
    return [_circle(radius, 26), _circle(radius - wall, 26, clockwise=True)]


def plate_section(rng: Rng, size: float) -> list[Loop]:
    """Thin rectangle, width along y."""
    w, t = size / 2, size * 10 ** rng.uniform(-2.0, -0.9) / 2
    return [_polygon((w, -t), (w, t), (-w, t), (-w, -t))]


def u_section(rng: Rng, size: float) -> list[Loop]:
    """Channel: web along y at the bottom, legs up."""
    h, b = size / 2, size * rng.uniform(0.28, 0.62)
    web, leg = size * rng.uniform(0.04, 0.11), size * rng.uniform(0.05, 0.13)
    tip = leg * rng.uniform(0.6, 1.0)
    points = [(h, 0), (h, b), (h - tip, b), (h - leg, web), (-h + leg, web), (-h + tip, b), (-h, b), (-h, 0)]
    return [Loop(np.array(points) - np.array([0.0, 0.4 * b]))]


SECTIONS = {
    "Angle": angle_section,
    "Bar": bar_section,
    "Billet": billet_section,
    "H": h_section,
    "Pipe": pipe_section,
    "Plate": plate_section,
    "U": u_section,
}
"""Label key -> section(rng, size m) in label-set order; size is the larger outer dimension."""


def extrude(
    loops: list[Loop],
    stations: Floats,
    *,
    scale: Floats | None = None,
    shift: Floats | None = None,
    cuts: tuple[Floats, Floats] | None = None,
    bend: float = 0.0,
) -> Solid:
    """Sweep loops along x. stations: (S,) ascending x, m; scale: (S,) of the section at each station (1 by default);
    shift: (S, 2) of the section in y and z, m, which kinks flat-sided pieces and keeps their faces flat;
    cuts: x offsets of all loop points (n,) at the first and last station; bend: arc of 1/m, towards +z."""
    points = np.concatenate([loop.points for loop in loops])
    n, s = len(points), len(stations)
    scale = np.ones(s) if scale is None else scale
    verts = np.empty((s, n, 3))
    verts[:, :, 0] = stations[:, None]
    verts[:, :, 1:] = points[None] * scale[:, None, None]
    if shift is not None:
        verts[:, :, 1:] += shift[:, None, :]
    if cuts is not None:
        verts[0, :, 0] += cuts[0]
        verts[-1, :, 0] += cuts[1]
    following = _following(loops)
    here = np.arange(n)
    # Side faces: one quad per outline edge and pair of stations.
    base = (np.arange(s - 1) * n)[:, None]
    quads = np.stack([base + here, base + following, base + n + following, base + n + here], -1).reshape(-1, 4)
    sides = len(quads)
    side_edges = np.stack([quads, np.roll(quads, -1, 1)], -1).reshape(-1, 2)
    ends = np.stack([here, following], 1)
    edges = np.concatenate([side_edges, ends, ends + (s - 1) * n])
    edge_face = np.concatenate([np.repeat(np.arange(sides), 4), np.full(n, sides), np.full(n, sides + 1)])

    flat = verts.reshape(-1, 3)
    bent = _bend(flat, bend) if bend else flat
    diagonal = np.cross(bent[quads[:, 2]] - bent[quads[:, 0]], bent[quads[:, 3]] - bent[quads[:, 1]])
    first = slice(0, len(loops[0].points))
    caps = np.stack([-_newell(bent[:n][first]), _newell(bent[-n:][first])])
    normal = np.concatenate([diagonal, caps])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)

    along = points[following] - points
    tangent = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    tex_u = np.zeros((sides + 2, 3))
    tex_v = np.zeros((sides + 2, 3))
    tex_u[:sides, 0] = 1
    tex_v[:sides, 1:] = np.tile(tangent, (s - 1, 1))
    tex_u[sides:, 1] = tex_v[sides:, 2] = 1

    bore = np.concatenate([np.full(len(p.points), _bore_radius(p) if i else 0.0) for i, p in enumerate(loops)])
    turn = np.concatenate([np.full(len(p.points), (-1.0 if i else 1.0) * p.round) for i, p in enumerate(loops)])
    step = np.repeat(np.diff(stations) < 1e-9, n)
    smooth = np.where(step, 0.0, np.tile(turn, s - 1))
    return Solid(
        verts=bent,
        edges=edges,
        edge_face=edge_face,
        normal=normal,
        anchor=np.concatenate([quads[:, 0], [0, (s - 1) * n]]),
        tex_u=tex_u,
        tex_v=tex_v,
        cap=np.arange(sides + 2) >= sides,
        inner=np.concatenate([np.tile(bore, s - 1), [0.0, 0.0]]),
        smooth=np.concatenate([smooth, [0.0, 0.0]]),
        length=float(stations[-1] - stations[0]),
        rings=s,
        bend=bend,
    )


def laid_flat(solid: Solid) -> Solid:
    """The same body with the sweep upright: (x, y, z) -> (z, x, y). Makes a cut plate of an outline swept through its
    thickness. The outline's faces become ordinary sides, its rim the cut edge."""

    def turn(a: Floats) -> Floats:
        return np.ascontiguousarray(a[:, [1, 2, 0]])

    verts = turn(solid.verts)
    return Solid(
        verts=verts,
        edges=solid.edges,
        edge_face=solid.edge_face,
        normal=turn(solid.normal),
        anchor=solid.anchor,
        tex_u=turn(solid.tex_u),
        tex_v=turn(solid.tex_v),
        cap=~solid.cap,
        inner=np.zeros_like(solid.inner),
        smooth=np.zeros_like(solid.smooth),
        length=float(np.ptp(verts[:, 0])),
        rings=0,
    )


def cut_outline(rng: Rng, length: float, width: float) -> list[Loop]:
    """Outline of an odd plate, with torch-cut edges, notches and sometimes bolt holes; points are (x, y) m."""
    a, b = length / 2, width / 2
    kind = rng.random()
    if kind < 0.35:  # rectangle with skewed corners
        corners = np.array([(a, -b), (a, b), (-a, b), (-a, -b)]) * rng.uniform(0.6, 1.0, (4, 2))
    elif kind < 0.6:  # rectangle with a notch or a sheared corner
        u, v = a * rng.uniform(-0.2, 0.7), b * rng.uniform(-0.3, 0.7)
        corners = np.array([(a, -b), (a, v), (u, v), (u, b), (-a, b), (-a, -b)])
        if rng.random() < 0.5:
            corners = np.delete(corners, 2, 0)
    elif kind < 0.75:  # disc or ellipse blank
        turn = np.linspace(0, 2 * np.pi, 22, endpoint=False)
        corners = np.stack([a * np.cos(turn), b * np.sin(turn)], 1)
    else:  # free polygon about the middle
        sides = int(rng.integers(4, 9))
        turn = np.linspace(0, 2 * np.pi, sides, endpoint=False) + rng.uniform(-0.25, 0.25, sides)
        corners = np.stack([a * np.cos(turn), b * np.sin(turn)], 1) * rng.uniform(0.6, 1.0, (len(turn), 1))
    rough = width * rng.choice([0.0, 0.006, 0.015], p=[0.5, 0.35, 0.15])
    if rough:
        corners = _subdivide(corners, width * 0.09)
        corners = corners + rng.normal(0, rough, corners.shape)
    loops = [Loop(corners)]
    inside = min(np.linalg.norm(_subdivide(corners, width * 0.1), axis=1))
    if rng.random() < 0.35:
        radius = inside * rng.uniform(0.06, 0.3)
        reach = inside * 0.9 - radius * 1.3
        count = int(rng.integers(1, 5)) if radius < 0.2 * inside else 1
        start = rng.uniform(0, 2 * np.pi)
        for k in range(count):
            turn_k = start + 2 * np.pi * k / count
            centre = reach * rng.uniform(0.9, 1.0) * np.array([np.cos(turn_k), np.sin(turn_k)]) * (count > 1)
            loops.append(Loop(_circle(radius, 14, clockwise=True).points + centre))
    return loops


def _subdivide(points: Floats, step: float) -> Floats:
    out = []
    for p, q in zip(points, np.roll(points, -1, 0), strict=True):
        n = max(1, int(np.linalg.norm(q - p) / step))
        out.append(p + (q - p) * (np.arange(n) / n)[:, None])
    return np.concatenate(out)


def _following(loops: list[Loop]) -> Ints:
    """For each point, the number of the next one on its loop."""
    parts, start = [], 0
    for loop in loops:
        n = len(loop.points)
        parts.append(start + (np.arange(n) + 1) % n)
        start += n
    return np.concatenate(parts)


def _bore_radius(loop: Loop) -> float:
    return float(np.ptp(loop.points, axis=0).mean() / 2)


def _newell(points: Floats) -> Floats:
    """Area normal of a closed, nearly flat polygon (n, 3)."""
    out: Floats = np.cross(points, np.roll(points, -1, 0)).sum(0)
    return out


def _bend(points: Floats, bend: float) -> Floats:
    radius = 1 / bend
    turn = points[:, 0] * bend
    reach = radius - points[:, 2]
    return np.stack([reach * np.sin(turn), points[:, 1], radius - reach * np.cos(turn)], 1)
