"""A z-buffer in numpy: every face of a scene is cut into row spans and resolved at once, at exact pixel centres.

Faces are flat polygons of any shape (even-odd), their depth is linear on the screen (1/z in perspective, height along
the light for a shadow map), so a pixel belongs to exactly one face and neighbouring faces leave no gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_CHUNK = 1_500_000
"""Fragments resolved at a time: bounds memory at large image sizes."""
_NEAR = 0.02
"""Near plane, m."""
_BEYOND = 2
"""Frame sizes by which `whole` looks further on each side: across the long side to 56 to 73 degrees off the axis of the
scenes' cameras. Beyond lies what passes beside the camera, which a flat picture draws without end."""


@dataclass(frozen=True, eq=False)
class Camera:
    """Pinhole camera, OpenCV convention: x right, y down, z forward; X_camera = rotation @ X_world + translation.

    focal, cx, cy: px, pixel (column, row) has its centre at (column + 0.5, row + 0.5). World: metres, z up.
    """

    width: int
    height: int
    focal: float
    rotation: Floats
    translation: Floats

    @property
    def cx(self) -> float:
        return self.width / 2

    @property
    def cy(self) -> float:
        return self.height / 2

    @property
    def position(self) -> Floats:
        out: Floats = -self.rotation.T @ self.translation
        return out


@dataclass(frozen=True, eq=False)
class Mesh:
    """All faces of a scene in world coordinates: verts (V, 3) m, edges (E, 2), edge_face (E,) ascending, normal (F, 3),
    anchor (F,) a vertex of each face, piece (F,) ascending piece number."""

    verts: Floats
    edges: Ints
    edge_face: Ints
    normal: Floats
    anchor: Ints
    piece: Ints


@dataclass(frozen=True, eq=False)
class Drawn:
    """face (H*W,) int32: face seen in each pixel, F for the ground, -1 for the sky; depth (H*W,) float32: larger is
    nearer (1/z, or height for `draw_along`), 0 in the sky."""

    face: npt.NDArray[np.int32]
    depth: npt.NDArray[np.float32]


def draw(mesh: Mesh, camera: Camera) -> Drawn:
    """The mesh and the ground plane z = 0 through a perspective camera."""
    screen, faces, plane = _projected(mesh, camera, np.ones(len(mesh.piece), np.bool_))
    ground = camera.rotation[:, 2]
    height = float(camera.position[2])
    a, b, c = _perspective_plane(ground[None], np.array([-height]), camera)[0]
    columns = (np.arange(camera.width) + 0.5) * a
    rows = (np.arange(camera.height) + 0.5) * b + c
    ground_depth = np.maximum(rows[:, None] + columns[None], 0).astype(np.float32).ravel()
    return _resolve(screen, faces, plane, camera.width, camera.height, ground_depth)


def whole(mesh: Mesh, camera: Camera, pieces: Ints) -> Ints:
    """(n,) px that each of these pieces (n,) would cover with nothing in front of it, also outside the frame: in one
    that goes on by _BEYOND times its size on each side. What lies behind the camera's near plane does not count."""
    screen, faces, _ = _projected(mesh, camera, np.isin(mesh.piece, pieces))
    width, height = ((2 * _BEYOND + 1) * side for side in (camera.width, camera.height))
    screen = screen + np.array([_BEYOND * camera.width, _BEYOND * camera.height])
    face, row, left, right = _spans(screen, faces, width, height)
    # The spans of a piece overlap where its faces do. In numbers that run through all rows of all pieces, what reaches
    # past the spans before it is new.
    owner = mesh.piece[face]
    start = (owner * height + row) * width + left
    order = np.argsort(start, kind="stable")
    owner, start, end = owner[order], start[order], (start + right - left)[order]
    reached = np.maximum.accumulate(np.append(0, end[:-1]))
    new = np.maximum(end - np.maximum(start, reached), 0)
    out: Ints = np.bincount(owner, new, minlength=int(mesh.piece[-1]) + 1).astype(np.int64)[pieces]
    return out


def _projected(mesh: Mesh, camera: Camera, wanted: npt.NDArray[np.bool_]) -> tuple[Floats, Ints, Floats]:
    """Edges (E, 2, 2) px of those faces of wanted (F,) that face the camera, their faces (E,), and the planes (F, 3)
    of all that do."""
    view = mesh.verts @ camera.rotation.T + camera.translation
    normal = mesh.normal @ camera.rotation.T
    offset = np.einsum("fk,fk->f", normal, view[mesh.anchor])
    front = offset < -1e-9
    plane = _perspective_plane(normal, np.where(front, offset, -1.0), camera)
    keep = (front & wanted)[mesh.edge_face]
    ends, faces = _clip_near(view[mesh.edges[keep]], mesh.edge_face[keep])
    return ends[:, :, :2] / ends[:, :, 2:] * camera.focal + np.array([camera.cx, camera.cy]), faces, plane


@dataclass(frozen=True, eq=False)
class LightMap:
    """Orthographic view down a direction: heights (S, S) float32 along it, m (`floor` where nothing is); `frame` (3, 3)
    rows across, across, along; px = (P @ frame[:2].T - origin) * scale."""

    heights: npt.NDArray[np.float32]
    frame: Floats
    origin: Floats
    scale: float


def draw_along(mesh: Mesh, towards: Floats, side: int, centre: Floats, reach: float) -> LightMap:
    """What a distant light in direction `towards` (unit, upwards) reaches first, on a side x side grid that shows
    what lies within `reach` m of centre (3,)."""
    helper = np.array([1.0, 0, 0]) if abs(towards[0]) < 0.9 else np.array([0.0, 1, 0])
    across = np.cross(towards, helper)
    across /= np.linalg.norm(across)
    frame = np.stack([across, np.cross(towards, across), towards])
    local = mesh.verts @ frame.T
    middle = frame[:2] @ centre
    low, high = np.maximum(local[:, :2].min(0), middle - reach), np.minimum(local[:, :2].max(0), middle + reach)
    scale = (side - 4) / max(float((high - low).max()), 1e-6)
    origin = low - 2 / scale
    base = float(local[:, 2].min()) - 1.0
    normal = mesh.normal @ frame.T
    lit = normal[:, 2] > 1e-6
    safe = np.where(lit, normal[:, 2], 1.0)
    point = local[mesh.anchor]
    a, b = -normal[:, 0] / safe / scale, -normal[:, 1] / safe / scale
    screen = (local[:, :2] - origin) * scale
    c = point[:, 2] - base - a * screen[mesh.anchor, 0] - b * screen[mesh.anchor, 1]
    keep = lit[mesh.edge_face]
    plane = np.stack([a, b, c], 1)
    empty = np.zeros(side * side, np.float32)
    drawn = _resolve(screen[mesh.edges[keep]], mesh.edge_face[keep], plane, side, side, empty)
    heights = np.where(drawn.face >= 0, drawn.depth + np.float32(base), np.float32(-1e6))
    return LightMap(heights.reshape(side, side), frame, origin, scale)


def _perspective_plane(normal: Floats, offset: Floats, camera: Camera) -> Floats:
    """(F, 3): 1/z = a x + b y + c in px of planes normal . P = offset (camera frame)."""
    a = normal[:, 0] / camera.focal / offset
    b = normal[:, 1] / camera.focal / offset
    c = normal[:, 2] / offset - a * camera.cx - b * camera.cy
    return np.stack([a, b, c], 1)


def _clip_near(ends: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """Edges (E, 2, 3) cut at the near plane; faces that cross it are closed along it."""
    behind = ends[:, :, 2] < _NEAR
    if not behind.any():
        return ends, faces
    crossing = behind[:, 0] != behind[:, 1]
    ends = ends.copy()
    z0, z1 = ends[crossing, 0, 2], ends[crossing, 1, 2]
    t = ((_NEAR - z0) / (z1 - z0))[:, None]
    cut = ends[crossing, 0] * (1 - t) + ends[crossing, 1] * t
    back = np.where(behind[crossing, 0], 0, 1)
    ends[np.flatnonzero(crossing), back] = cut
    seal_ends, seal_faces = [], []
    owner = faces[crossing]
    bad = []
    for face in np.unique(owner):
        points = cut[owner == face]
        if len(points) % 2:
            bad.append(face)
            continue
        # Along the cut line the points pair up in order, as in any even-odd fill.
        line = points[np.argsort(points[:, :2] @ (np.ptp(points[:, :2], axis=0) + 1e-12))]
        seal_ends.extend(line.reshape(-1, 2, 3))
        seal_faces.extend([face] * (len(line) // 2))
    keep = ~behind.all(1) & ~np.isin(faces, bad)
    ends, faces = ends[keep], faces[keep]
    if seal_ends:
        ends = np.concatenate([ends, np.array(seal_ends)])
        faces = np.concatenate([faces, np.array(seal_faces)])
    return ends, faces


def _resolve(
    ends: Floats, faces: Ints, plane: Floats, width: int, height: int, ground: npt.NDArray[np.float32]
) -> Drawn:
    """ends: (E, 2, 2) px; faces: (E,); plane: (F, 3); ground: (H*W,) depth of the ground, 0 where there is none."""
    count = len(plane)
    face, row, left, right = _spans(ends, faces, width, height)
    # Depth in the high bits, face number in the low: one integer maximum keeps both, whatever the order.
    buffer = np.where(ground > 0, _key(ground, np.int64(count + 1)), np.uint64(0))
    # Cut where the sum of lengths passes a multiple of the limit.
    cuts = np.flatnonzero(np.diff(np.cumsum(right - left) // _CHUNK)) + 1
    for begin, end in zip([0, *cuts], [*cuts, len(face)], strict=True):
        part = slice(begin, end)
        length = right[part] - left[part]
        total = int(length.sum())
        first = np.cumsum(length) - length
        column = np.arange(total, dtype=np.int32) + np.repeat((left[part] - first).astype(np.int32), length)
        pixel = column + np.repeat((row[part] * width).astype(np.int32), length)
        a, b, c = plane[face[part]].T
        at_left = (a * 0.5 + b * (row[part] + 0.5) + c).astype(np.float32)
        depth = np.repeat(at_left, length) + np.repeat(a.astype(np.float32), length) * column.astype(np.float32)
        # A face seen edge-on may extrapolate a little behind the eye at its rim; nothing real is at infinity.
        np.maximum(depth, np.float32(1e-12), out=depth)
        np.maximum.at(buffer, pixel, _key(depth, np.repeat(face[part] + 1, length)))
    seen = (buffer & np.uint64(0xFFFFFFFF)).astype(np.int32) - 1
    return Drawn(seen, (buffer >> np.uint64(32)).astype(np.uint32).view(np.float32))


def _key(depth: npt.NDArray[np.float32], number: npt.NDArray[np.int64] | np.int64) -> npt.NDArray[np.uint64]:
    # Positive IEEE floats order like their bit patterns.
    out: npt.NDArray[np.uint64] = depth.view(np.uint32).astype(np.uint64) << np.uint64(32)
    out |= np.asarray(number).astype(np.uint64)
    return out


def _spans(ends: Floats, faces: Ints, width: int, height: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Row spans (face, row, left, right exclusive) of pixel centres inside each face, ordered by face and row."""
    upside = ends[:, 0, 1] > ends[:, 1, 1]
    top = np.where(upside[:, None], ends[:, 1], ends[:, 0])
    low = np.where(upside[:, None], ends[:, 0], ends[:, 1])
    first = np.clip(np.ceil(top[:, 1] - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(low[:, 1] - 0.5), 0, height).astype(np.int64)
    rows = last - first
    used = rows > 0
    top, low, first, rows, faces = top[used], low[used], first[used], rows[used], faces[used]
    slope = (low[:, 0] - top[:, 0]) / (low[:, 1] - top[:, 1])
    start = np.cumsum(rows) - rows
    row = np.arange(int(rows.sum())) - np.repeat(start - first, rows)
    x = np.repeat(top[:, 0] - slope * top[:, 1], rows) + np.repeat(slope, rows) * (row + 0.5)
    # Crossings sorted within (face, row): packed into one float, 19 bits are left for the fraction of a pixel.
    stride = width + 2
    packed = (np.repeat(faces, rows) * height + row) * float(stride) + np.clip(x, 0, width)
    packed.sort()
    line = np.floor(packed / stride).astype(np.int64)
    column = np.ceil(packed - line * float(stride) - 0.5).astype(np.int64)
    left, right = column[0::2], column[1::2]
    line = line[0::2]
    full = right > left
    line = line[full]
    return line // height, line % height, left[full], right[full]
