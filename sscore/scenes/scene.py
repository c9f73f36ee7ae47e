"""One rendered scene: draw a pile, a ground, a light and cameras from a seed, and take the photos.

The same (seed, size, pieces, views) gives the same pixels: every draw comes from numpy generators seeded by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sscore.errors import BadOption
from sscore.scenes.grounds import draw_backdrop, draw_ground
from sscore.scenes.photo import Shot, develop, draw_shot
from sscore.scenes.pile import Pile, heap, truck_bed
from sscore.scenes.raster import Camera, whole
from sscore.scenes.render import Light, Scene, paint
from sscore.scenes.stock import clutter, debris, rack

Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

SMALLEST = 16
"""Instances with fewer visible pixels are left out of the list and the id map; they still hide what is behind them."""


@dataclass(frozen=True)
class Instance:
    """One piece in one view. id: the same in all views of a scene, from 1; visible: visible pixels over those of the
    whole piece, with nothing in front of it and a frame wide enough (see raster.whole): what others hide and what lies
    outside the frame are not seen; pixels: visible."""

    id: int
    label: str
    visible: float
    pixels: int


@dataclass(frozen=True, eq=False)
class SceneView:
    """One photo of a scene. rgb: uint8 (H, W, 3); ids: int32 (H, W), 0 where no listed piece is seen;
    camera: {"K": 3x3, "R": 3x3, "t": 3, "width", "height"} px and metres, OpenCV convention:
    x_camera = R @ x_world + t with x right, y down, z forward, and pixel centres at half numbers."""

    rgb: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.int32]
    instances: tuple[Instance, ...]
    camera: dict[str, Any]


def render_scene(
    seed: int, *, size: tuple[int, int] = (640, 480), pieces: int | None = 20, views: int = 1
) -> list[SceneView]:
    """All views of one scene. size: (width, height) px; pieces: how many, or None to draw that too; views: >= 1.

    Raises BadOption for values out of range.
    """
    check(seed, size=size, pieces=pieces, views=views)
    rng = np.random.default_rng([seed, 0 if pieces is None else pieces])
    pile, cameras, scene = _compose(rng, *size, pieces, views)
    shot = draw_shot(rng)
    return [_take(scene, camera, shot, np.random.default_rng([seed, k])) for k, camera in enumerate(cameras)]


def check(seed: int, *, size: tuple[int, int], pieces: int | None, views: int) -> None:
    """Raises BadOption for values of a scene that are out of range."""
    width, height = size
    if not (32 <= width <= 8192 and 32 <= height <= 8192):
        raise BadOption(f"scene size {width}x{height} is out of range", remedy="give 32 to 8192 px per side")
    if pieces is not None and not 1 <= pieces <= 500:
        raise BadOption(f"cannot make a scene of {pieces} pieces", remedy="give 1 to 500")
    if views < 1:
        raise BadOption(f"cannot make {views} views", remedy="give at least 1")
    if seed < 0:
        raise BadOption(f"seed {seed} is negative", remedy="give a whole number from 0")


def _compose(rng: Rng, width: int, height: int, pieces: int | None, views: int) -> tuple[Pile, list[Camera], Scene]:
    kind = str(rng.choice(["heap", "sparse", "rack", "truck"], p=[0.46, 0.28, 0.13, 0.13]))
    if pieces is None:
        span = {"heap": (8, 45), "sparse": (1, 9), "rack": (5, 40), "truck": (10, 45)}[kind]
        pieces = int(rng.integers(*span))
    focal = float(rng.uniform(0.75, 1.7)) * max(width, height)
    framing = float(rng.uniform(0.65, 1.5)) * (float(rng.uniform(1.3, 2.0)) if rng.random() < 0.15 else 1.0)
    if kind == "rack":
        pile = rack(rng, pieces)
    elif kind == "truck":
        pile = truck_bed(rng, pieces)
    else:
        pile = heap(rng, pieces, sparse=kind == "sparse")
    pile = debris(rng, pile, int(rng.integers(0, 40)) if rng.random() < 0.5 else 0)
    first = _camera(rng, pile, kind, width, height, focal, framing)
    # Further views draw from their own generator: the first photo is the same however many follow.
    walk = rng.spawn(1)[0]
    cameras = [first, *(_moved(walk, pile, first) for _ in range(views - 1))]
    away = pile.centre - first.position
    if np.hypot(away[0], away[1]) > 0.6 * -away[2] and rng.random() < 0.7:
        pile = clutter(rng, pile, int(rng.integers(2, 16)), float(np.arctan2(away[1], away[0])))
    indoor = kind == "sparse" or rng.random() < 0.25
    kinds = ["concrete", "soil", "sand", "asphalt", "sheet", "wood", "paper", "bench", "turnings"]
    chances = (
        [0.2, 0.06, 0.04, 0.08, 0.14, 0.1, 0.17, 0.19, 0.02]
        if indoor
        else [0.26, 0.22, 0.1, 0.12, 0.14, 0.03, 0.04, 0.03, 0.06]
    )
    ground = draw_ground(rng, str(rng.choice(kinds, p=chances)))
    distance = float(np.linalg.norm(first.position - pile.centre))
    # Noise of about one texel per pixel in the middle of the picture.
    texel = distance / focal * float(rng.uniform(0.8, 1.6))
    scene = Scene(
        pieces=pile.pieces,
        light=_light(rng, pile, indoor),
        ground=ground,
        backdrop=draw_backdrop(rng),
        texel=texel,
        turn=float(rng.uniform(0, 2 * np.pi)),
        centre=pile.centre,
        reach=4 * pile.radius,
        density=focal / distance * float(rng.uniform(0.7, 1.4)),
    )
    return pile, cameras, scene


def _light(rng: Rng, pile: Pile, indoor: bool) -> Light:
    """Overcast to hard sun, warm sun and bluish sky, or lamps."""
    elevation, azimuth = np.radians(rng.uniform(22, 85)), rng.uniform(0, 2 * np.pi)
    towards = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    hard = rng.uniform(0.0, 1.0) ** 0.8
    warm, cool = rng.uniform(0, 0.12), rng.uniform(0, 0.12)
    sun = np.array([1 + warm, 1.0, 1 - warm]) * hard * 2.4
    sky = np.array([1 - cool, 1.0, 1 + cool]) * (1.15 - 0.6 * hard)
    count = int(rng.integers(0, 4)) if indoor else 0
    low, high = [0.0, -0.6, 0.02, 0.5], [np.pi, 0.6, 0.12, 3.0]
    lamps = tuple((a, b, c, d) for a, b, c, d in rng.uniform(low, high, (count, 4)).tolist())
    return Light(towards, sun, sky, lamps=lamps, soft=pile.radius * float(rng.uniform(0.005, 0.12)) * (1.2 - hard))


def _look(eye: Floats, at: Floats, roll: float, focal: float, width: int, height: int) -> Camera:
    forward = (at - eye) / np.linalg.norm(at - eye)
    up = np.array([0.0, 0, 1]) if abs(forward[2]) < 0.995 else np.array([0.0, 1, 0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = np.cos(roll), np.sin(roll)
    rotation = np.stack([c * right + s * down, -s * right + c * down, forward])
    return Camera(width, height, focal, rotation, -rotation @ eye)


def _camera(rng: Rng, pile: Pile, kind: str, width: int, height: int, focal: float, framing: float) -> Camera:
    style = rng.random()
    azimuth = float(rng.uniform(0, 2 * np.pi))
    if pile.axis is not None and style < 0.85:
        azimuth = pile.axis + float(rng.normal(0, 0.35))
        elevation = np.radians(rng.uniform(2, 38))
        framing *= 1.25
    elif style < 0.35:
        elevation = np.radians(rng.uniform(68, 90))
    elif style < 0.85 or kind == "truck":
        elevation = np.radians(rng.uniform(32, 68))
    else:
        elevation = np.radians(rng.uniform(14, 32))
    distance = 2 * focal * pile.radius / (framing * min(width, height))
    out = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    at = pile.centre + np.append(rng.normal(0, 0.12 * pile.radius, 2), 0)
    if pile.axis is None and (framing > 1.25 or kind == "sparse"):
        # Near cameras and thin crowds: look at a piece, not at the gap between pieces.
        labelled = [p for p in pile.pieces if p.id]
        at += (labelled[int(rng.integers(len(labelled)))].position - at) * float(rng.uniform(0.4, 1.0))
    eye = at + out * distance
    lowest = pile.top * 1.05 + 0.1 if pile.axis is None else 0.15
    if eye[2] < max(lowest, pile.walls * 1.2):
        eye[2] = max(lowest, pile.walls * 1.2) + 0.3 * pile.radius
    roll = float(rng.normal(0, 0.05)) if elevation < 1.2 else float(rng.uniform(0, 2 * np.pi))
    return _look(eye, at, roll, focal, width, height)


def _moved(rng: Rng, pile: Pile, first: Camera) -> Camera:
    """Another view of the same pile: a walk around it by up to a sixth of a turn, a little up or down."""
    offset = first.position - pile.centre
    turn = float(rng.uniform(0.1, 1.0)) * (1 if rng.random() < 0.5 else -1) * (0.4 if pile.axis is not None else 1)
    c, s = np.cos(turn), np.sin(turn)
    offset = np.array(
        [c * offset[0] - s * offset[1], s * offset[0] + c * offset[1], offset[2] * rng.uniform(0.85, 1.2)]
    )
    eye = pile.centre + offset * float(rng.uniform(0.85, 1.2))
    eye[2] = max(eye[2], pile.top * 1.05 + 0.1) if pile.axis is None else max(eye[2], 0.15)
    at = pile.centre + np.append(rng.normal(0, 0.08 * pile.radius, 2), 0)
    return _look(eye, at, float(rng.normal(0, 0.05)), first.focal, first.width, first.height)


def _take(scene: Scene, camera: Camera, shot: Shot, rng: Rng) -> SceneView:
    light, drawn = paint(scene, camera)
    shape = (camera.height, camera.width)
    rgb = develop(light, drawn.depth.reshape(shape), shot, rng)
    numbers = np.array([p.id for p in scene.pieces], np.int32)
    owner = np.append(numbers[scene.mesh.piece], np.array([0, 0], np.int32))
    ids = owner[drawn.face].reshape(shape)
    seen = np.bincount(ids.ravel(), minlength=int(numbers.max()) + 1)
    small = np.flatnonzero((seen > 0) & (seen < SMALLEST))
    if len(small):
        ids[np.isin(ids, small)] = 0
    listed = np.flatnonzero((numbers > 0) & (seen[numbers] >= SMALLEST))
    # Rounded in another frame, a pixel on an outline may count here and not there.
    shares = np.minimum(seen[numbers[listed]] / np.maximum(whole(scene.mesh, camera, listed), 1), 1).tolist()
    instances = tuple(
        Instance(p.id, p.label, share, int(seen[p.id]))
        for p, share in zip([scene.pieces[k] for k in listed], shares, strict=True)
    )
    lens = [[camera.focal, 0.0, camera.cx], [0.0, camera.focal, camera.cy], [0.0, 0.0, 1.0]]
    pose = {"K": lens, "R": camera.rotation.tolist(), "t": camera.translation.tolist()}
    return SceneView(rgb, ids, instances, {**pose, "width": camera.width, "height": camera.height})
