"""Shading: from faces in pixels to light on the sensor.

One z-buffer decides what is seen where; then all pixels are shaded together: material noise, sun with a soft shadow
map, sky light dimmed in hollows, highlights, reflections of the backdrop and worn edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sscore.scenes.grounds import CANVAS, Ground
from sscore.scenes.looks import DENSITY, GLOSS, MIRROR, SPEC, albedo
from sscore.scenes.profiles import Solid
from sscore.scenes.raster import Camera, Drawn, LightMap, Mesh, draw, draw_along

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[Any]
"""Numbers per pixel or texel, float32."""

_LOCAL, _HALF, _BEND, _RIBS, _WEAR, _TEX_U, _TEX_V, _SMOOTH, _INNER, _NORMAL = 0, 12, 13, 14, 15, 16, 19, 22, 23, 24
"""Rows of Scene.faces: local-from-world rotation (9, row-major) and offset (3), half length m, bend 1/m, ribs per m,
wear, texture axes (3 each), smooth and inner as in Solid, world normal (3)."""
_SHADOW_SIDE = 512
_HEIGHT_SIDE = 192


@dataclass(frozen=True, eq=False)
class Piece:
    """One body in the scene. id: instance number, 0 for things that are not scrap (walls, posts, debris);
    rotation (3, 3) world from local; position (3,) m; side, cut: (COLUMNS,) rows of the shading table; ribs: per m."""

    id: int
    label: str
    solid: Solid
    rotation: Floats
    position: Floats
    side: npt.NDArray[np.float32]
    cut: npt.NDArray[np.float32]
    wear: float = 0.0
    ribs: float = 0.0


@dataclass(frozen=True, eq=False)
class Light:
    """towards (3,) unit vector to the sun; sun, sky (3,) colours of light; soft: width of the shadow's edge, m;
    lamps: tubes overhead that smooth surfaces mirror: direction in radians, offset and width for a height of 1,
    strength."""

    towards: Floats
    sun: Floats
    sky: Floats
    soft: float
    lamps: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that all views share. texel: m per texel of the ground canvas; turn: radians it is turned by;
    backdrop (256, 1024, 3): see grounds.draw_backdrop; density: texels of surface noise per metre;
    centre (3,), reach: m, where shadows are worked out."""

    pieces: tuple[Piece, ...]
    light: Light
    ground: Ground
    backdrop: Image
    texel: float
    turn: float
    density: float
    centre: Floats
    reach: float

    @cached_property
    def mesh(self) -> Mesh:
        verts, edges, edge_face, normal, anchor, piece = [], [], [], [], [], []
        vertex = face = 0
        for number, p in enumerate(self.pieces):
            s = p.solid
            verts.append(s.verts @ p.rotation.T + p.position)
            normal.append(s.normal @ p.rotation.T)
            edges.append(s.edges + vertex)
            edge_face.append(s.edge_face + face)
            anchor.append(s.anchor + vertex)
            piece.append(np.full(len(s.normal), number))
            vertex += len(s.verts)
            face += len(s.normal)
        join = np.concatenate
        return Mesh(join(verts), join(edges), join(edge_face), join(normal), join(anchor), join(piece))

    @cached_property
    def faces(self) -> Image:
        """(27, F) float32: what shading needs to know of each face, row numbers above."""
        parts = []
        for p in self.pieces:
            inverse = p.rotation.T
            shared = [*inverse.ravel(), *(-inverse @ p.position), p.solid.length / 2, p.solid.bend, p.ribs, p.wear]
            s = p.solid
            own = [s.tex_u, s.tex_v, s.smooth, s.inner, s.normal @ inverse]
            parts.append(np.column_stack([np.tile(shared, (len(s.normal), 1)), *own]))
        return np.ascontiguousarray(np.concatenate(parts).T, np.float32)

    @cached_property
    def materials(self) -> Image:
        """(COLUMNS, F) float32: the surface of each face."""
        both = np.array([[p.side, p.cut] for p in self.pieces], np.float32)
        both[:, :, DENSITY] *= self.density
        cap = np.concatenate([p.solid.cap for p in self.pieces]).astype(int)
        return np.ascontiguousarray(both[self.mesh.piece, cap].T)

    @cached_property
    def shadow(self) -> LightMap:
        return draw_along(self.mesh, self.light.towards, _SHADOW_SIDE, self.centre, self.reach)

    @cached_property
    def hollows(self) -> tuple[LightMap, Image]:
        """The height map from above, m, and its blur: what lies below its surroundings sees less sky."""
        above = draw_along(self.mesh, np.array([0.0, 0.0, 1.0]), _HEIGHT_SIDE, self.centre, self.reach)
        heights = np.maximum(above.heights, 0)
        wide = cv2.GaussianBlur(heights, (0, 0), 7) + cv2.GaussianBlur(heights, (0, 0), 2.5)
        return above, wide.astype(np.float32) / 2


@dataclass(frozen=True, eq=False)
class _Pixels:
    """The pixels to shade: number in the image (n,); face seen (n,); unit ray from the camera and point hit (3, n);
    span (n,): m that a pixel covers across the ray; relief (n,): see _relief."""

    number: npt.NDArray[np.int64]
    face: npt.NDArray[np.int32]
    ray: Image
    point: Image
    span: Image
    relief: Image


def paint(scene: Scene, camera: Camera) -> tuple[Image, Drawn]:
    """The scene's light as float32 (H, W, 3), squared scale before exposure, and what was drawn where."""
    drawn = draw(scene.mesh, camera)
    count = len(scene.mesh.piece)
    height, width = camera.height, camera.width
    across = (np.arange(width, dtype=np.float32) + np.float32(0.5 - camera.cx)) / np.float32(camera.focal)
    down = (np.arange(height, dtype=np.float32) + np.float32(0.5 - camera.cy)) / np.float32(camera.focal)
    columns, rows = np.tile(across, height), np.repeat(down, width)
    image = np.empty((3, height * width), np.float32)
    relief = _relief(drawn, height, width)
    eye = camera.position.astype(np.float32)
    turn = camera.rotation.astype(np.float32)
    for choice, shade in (
        (np.flatnonzero((drawn.face >= 0) & (drawn.face < count)), _steel),
        (np.flatnonzero(drawn.face == count), _ground),
        (np.flatnonzero(drawn.face < 0), _sky),
    ):
        if not len(choice):
            continue
        x, y = columns.take(choice), rows.take(choice)
        ray = np.stack([turn[0, k] * x + turn[1, k] * y + turn[2, k] for k in range(3)])
        z = 1 / np.maximum(drawn.depth[choice], np.float32(1e-4))
        point = ray * z + eye[:, None]
        ray /= np.sqrt((ray**2).sum(0))
        pixels = _Pixels(choice, drawn.face[choice], ray, point, z / np.float32(camera.focal), relief[choice])
        for layer, colour in zip(image, shade(scene, pixels), strict=True):
            layer[choice] = colour
    out: Image = cv2.merge(list(image.reshape(3, height, width)))
    _wear(scene, drawn, out)
    return out, drawn


def _relief(drawn: Drawn, height: int, width: int) -> Image:
    """(H*W,) 0..1: dims pixels that lie behind their neighbours on the screen (creases, gaps between pieces)."""
    depth = drawn.depth.reshape(height, width)
    out = np.ones((height, width), np.float32)
    for radius in (max(height // 120, 2), max(height // 30, 4)):
        near = cv2.blur(depth, (2 * radius + 1, 2 * radius + 1))
        gap = np.maximum(near / np.maximum(depth, np.float32(1e-6)) - 1, 0)
        # What lies far behind is not in a crease: without the second factor every piece would wear a dark halo.
        out *= 1 - np.float32(0.45) * np.minimum(gap * 14, 1) / (1 + (gap * 20) ** 2)
    return out.ravel()


_DITHER = np.random.default_rng(7).uniform(-0.5, 0.5, (2, 65521)).astype(np.float32)
"""Offsets that break the steps of a soft shadow into noise, by pixel number; a prime number of them, so that rows
of pixels do not line up."""


def _lit(scene: Scene, choice: npt.NDArray[np.int64], point: Image, normal: Image) -> tuple[Image, Image]:
    """Sun reaching each point (n,) of pixels `choice`, with soft edges, and openness to the sky (n,)."""
    shadow = scene.shadow
    side, scale = shadow.heights.shape[0], np.float32(shadow.scale)
    frame = shadow.frame.astype(np.float32)
    u, v = ((frame[k] @ point - np.float32(shadow.origin[k])) * scale for k in (0, 1))
    along = frame[2] @ point + np.float32(1.2 / shadow.scale)
    # The map is read beside the point, so its height there is that of the point's own surface, carried on.
    steep = np.maximum(frame[2] @ normal, np.float32(0.12)) * -scale
    rise_u, rise_v = (frame[0] @ normal) / steep, (frame[1] @ normal) / steep
    reach = np.float32(scene.light.soft * shadow.scale)
    spread = choice % _DITHER.shape[1]
    near_u, near_v = (_DITHER[k].take(spread) * (reach + 1) for k in (0, 1))
    sun = np.zeros(len(along), np.float32)
    for du, dv in ((-0.9, -0.3), (0.3, -0.9), (0.9, 0.3), (-0.3, 0.9)):
        i = np.clip(u + near_u + np.float32(du) * reach, 0, side - 1).astype(np.int32)
        j = np.clip(v + near_v + np.float32(dv) * reach, 0, side - 1).astype(np.int32)
        own = along + rise_u * (i + np.float32(0.5) - u) + rise_v * (j + np.float32(0.5) - v)
        sun += shadow.heights.ravel().take(j * side + i) <= own
    above, wide = scene.hollows
    size = wide.shape[0]
    flat = above.frame[:2].astype(np.float32) @ point
    i, j = (
        np.clip((flat[k] - np.float32(above.origin[k])) * np.float32(above.scale) + step, 0, size - 1).astype(np.int32)
        for k, step in ((0, _DITHER[0].take(spread)), (1, _DITHER[1].take(spread)))
    )
    depth = wide.ravel().take(j * size + i) - point[2]
    open_sky = np.clip(1 - depth * np.float32(above.scale / 14), 0.12, 1)
    return sun / 4, open_sky


def _steel(scene: Scene, seen: _Pixels) -> Image:
    """Colour (3, n) of the chosen pixels, which show pieces."""
    face, ray, point = seen.face, seen.ray, seen.point

    def of(row: int, where: npt.NDArray[np.int64] | slice = slice(None)) -> Image:
        found: Image = scene.faces[row].take(face[where])
        return found

    x, y, z = point
    qx, qy, qz = (of(k) * x + of(k + 1) * y + of(k + 2) * z + of(_LOCAL + 9 + k // 3) for k in (0, 3, 6))
    normal = np.stack([of(_NORMAL + k) for k in range(3)])
    turn = np.zeros_like(qx)
    bend, smooth = of(_BEND), of(_SMOOTH)
    bent = np.flatnonzero(bend > 0)
    if len(bent):
        radius = 1 / bend[bent]
        turn[bent] = np.arctan2(qx[bent], radius - qz[bent])
        qz[bent] = radius - np.hypot(qx[bent], radius - qz[bent])
        qx[bent] = turn[bent] * radius
    u = qx * of(_TEX_U) + qy * of(_TEX_U + 1) + qz * of(_TEX_U + 2)
    v = qx * of(_TEX_V) + qy * of(_TEX_V + 1) + qz * of(_TEX_V + 2)
    curved = np.flatnonzero(smooth != 0)
    if len(curved):
        ny, nz, out = qy[curved], qz[curved], smooth[curved]
        reach = np.maximum(np.hypot(ny, nz), 1e-9)
        v[curved] = np.arctan2(nz, ny) * reach
        ny, nz = ny * out / reach, nz * out / reach
        nx, nz = -nz * np.sin(turn[curved]), nz * np.cos(turn[curved])
        for k in range(3):
            normal[k, curved] = nx * of(k, curved) + ny * of(3 + k, curved) + nz * of(6 + k, curved)
    colour, emboss = albedo(scene.materials, face, u, v)
    ribs = of(_RIBS)
    ribbed = np.flatnonzero((ribs > 0) & (smooth > 0))
    if len(ribbed):
        phase = qx[ribbed] * ribs[ribbed] + np.float32(0.35) * np.abs(np.arctan2(qy[ribbed], qz[ribbed]))
        emboss[ribbed] += np.float32(0.8) * np.sin(phase * np.float32(2 * np.pi))

    light = scene.light
    sun, sky = _lit(scene, seen.number, point, normal)
    towards = light.towards.astype(np.float32)
    facing = towards @ normal
    grazing = np.clip(1 + emboss * np.float32(0.35), 0.3, 2)
    direct = np.clip(facing, 0, 1) * sun * grazing
    # Deep in a bore only what comes through the ends is left.
    bore = np.ones_like(facing)
    inside = np.flatnonzero(of(_INNER) > 0)
    if len(inside):
        depth = np.maximum(of(_HALF, inside) - np.abs(qx[inside]), 0) / of(_INNER, inside)
        bore[inside] = np.float32(0.04) + np.float32(0.7) * np.exp(np.float32(-0.8) * depth)
        direct[inside] *= np.exp(np.float32(-0.7) * depth)
    ambient = (np.float32(0.62) + np.float32(0.38) * normal[2]) * sky * bore * seen.relief
    ambient *= np.clip(1 + emboss * np.float32(0.15), 0.5, 1.5)
    view = (ray * normal).sum(0)
    mirrored = ray - normal * (2 * view)
    spec, gloss, share = (scene.materials[k].take(face) for k in (SPEC, GLOSS, MIRROR))
    shine = np.clip(towards @ mirrored, 0, 1) ** gloss * spec * sun * bore
    mirror = share * bore * sky * (np.float32(0.6) + np.float32(0.4) * (1 + view))
    around = _surroundings(scene, mirrored + np.float32(0.05) * emboss)
    for k in range(3):
        colour[k] *= np.float32(light.sun[k]) * direct + np.float32(light.sky[k]) * ambient
        colour[k] += np.float32(light.sun[k] * 0.6) * shine
        colour[k] += mirror * (around[k] * np.float32(light.sky[k]) - colour[k] * np.float32(0.5))
    return colour


def _ground(scene: Scene, seen: _Pixels) -> Image:
    """Colour (3, n) of the chosen pixels, which show the ground plane."""
    ray, point = seen.ray, seen.point
    c, s = np.float32(np.cos(scene.turn) / scene.texel), np.float32(np.sin(scene.turn) / scene.texel)
    column = (point[0] * c - point[1] * s).astype(np.int32) & (CANVAS - 1)
    row = (point[0] * s + point[1] * c).astype(np.int32) & (CANVAS - 1)
    texels = scene.ground.colour.reshape(-1, 3).take(row * CANVAS + column, 0)
    colour = np.ascontiguousarray(texels.T).astype(np.float32)
    # Far away many texels share a pixel: their average then, or the repeated canvas would shimmer.
    coarse = cv2.resize(scene.ground.colour, (CANVAS // 16, CANVAS // 16), interpolation=cv2.INTER_AREA)
    average = coarse.reshape(-1, 3).take((row >> 4) * (CANVAS // 16) + (column >> 4), 0).T
    many = seen.span / np.maximum(-ray[2], np.float32(1e-3)) / np.float32(scene.texel)
    colour += np.clip((many - np.float32(1.5)) / 5, 0, 1) * (average - colour)
    colour = (colour * np.float32(1 / 255)) ** 2
    normal = np.zeros_like(point)
    normal[2] = 1
    sun, sky = _lit(scene, seen.number, point, normal)
    light = scene.light
    direct = sun * np.float32(light.towards[2])
    ambient = sky * seen.relief
    mirrored = ray * np.array([[1], [1], [-1]], np.float32)
    for k in range(3):
        colour[k] *= np.float32(light.sun[k]) * direct + np.float32(light.sky[k]) * ambient
    if scene.ground.mirror > 0:
        share = np.float32(scene.ground.mirror) * (1 + ray[2]) * sky
        around = _surroundings(scene, mirrored)
        for k in range(3):
            colour[k] += share * (around[k] - np.float32(0.3) * colour[k])
    # Far ground melts into the horizon.
    far = 1 - np.exp(-np.hypot(point[0], point[1]) * np.float32(0.05))
    horizon = scene.backdrop[0].mean(0)
    for k in range(3):
        colour[k] += far * (horizon[k] - colour[k])
    return colour


def _sky(scene: Scene, seen: _Pixels) -> Image:
    return _surroundings(scene, seen.ray)


def _surroundings(scene: Scene, direction: Image) -> Image:
    """Backdrop colours (3, n) in unit directions; below the horizon it mirrors, darker, which stands for the ground."""
    # Cheaper than angles and as good for reflections: a diamond instead of a circle.
    span = np.abs(direction[0]) + np.abs(direction[1]) + np.float32(1e-6)
    around = np.where(direction[1] >= 0, 1 - direction[0] / span, 3 + direction[0] / span)
    column = (around * np.float32(256)).astype(np.int32) & 1023
    row = np.minimum(np.abs(direction[2]) * 256, 255).astype(np.int32)
    found = np.ascontiguousarray(scene.backdrop.reshape(-1, 3).take(row * 1024 + column, 0).T)
    found *= np.where(direction[2] < 0, np.float32(0.4), np.float32(1))
    for angle, offset, width, strength in scene.light.lamps:
        above = np.flatnonzero(direction[2] > 0.15)
        x, y, z = direction[:, above]
        across = (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))) / z - np.float32(offset)
        along = (y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))) / z - np.float32(offset)
        glow = np.float32(strength) * np.exp(-((across / np.float32(width)) ** 2)) * (np.abs(along) < 0.9)
        found[:, above] += glow
    return found


def _wear(scene: Scene, drawn: Drawn, image: Image) -> None:
    """Edges between faces of one piece catch light or lose their paint: one pixel, in place."""
    height, width = image.shape[:2]
    face = drawn.face.reshape(height, width)
    count = len(scene.mesh.piece)
    owner = np.append(scene.mesh.piece, [-1, -1]).astype(np.int32)
    sharp = np.append(scene.faces[_SMOOTH] == 0, [False, False])
    for axis in (0, 1):
        here = face[:-1] if axis == 0 else face[:, :-1]
        there = face[1:] if axis == 0 else face[:, 1:]
        at = np.flatnonzero(here != there)
        a, b = here.ravel()[at], there.ravel()[at]
        edge = (owner[a] == owner[b]) & (owner[a] >= 0) & (sharp[a] | sharp[b]) & (a < count)
        at, a = at[edge], a[edge]
        rows, columns = np.divmod(at, here.shape[1])
        gain = 1 + scene.faces[_WEAR].take(a)
        image[rows, columns] *= gain[:, None]
