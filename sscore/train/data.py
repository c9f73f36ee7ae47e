"""Photos with instance masks to train the embedded models on: rendered scenes and, if given, a folder of real ones."""

from __future__ import annotations

import hashlib
import inspect
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from sscore import images, paths
from sscore.errors import BadDataset
from sscore.models.window import GREY, pyramid
from sscore.types import BoolArray, ByteArray, FloatArray, Progress

SCENE_SIZES = ((640, 480), (480, 640), (800, 600), (512, 512))
"""(width, height) of training scenes; the last pieces of realism are resolution and shape of the frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """id in the photo's id map; label ("" when it has none); visible: share of the whole piece, 0..1; box: x0 y0 x1 y1
    px; area: px; outline: float32 (n, 2) xy, some points all around it."""

    id: int
    label: str
    visible: float
    box: tuple[int, int, int, int]
    area: int
    outline: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """levels: uint8 (H, W, 3) and its halvings; ids: int16 (H, W), 0 is ground."""

    levels: tuple[ByteArray, ...]
    ids: npt.NDArray[np.int16]
    instances: tuple[Instance, ...]

    def bits(self, instance: Instance) -> BoolArray:
        """bool (h, w): the instance inside its box."""
        x0, y0, x1, y1 = instance.box
        return np.asarray(self.ids[y0:y1, x0:x1] == instance.id)


def photo_of(rgb: ByteArray, ids: npt.NDArray[np.int16], facts: list[tuple[int, str, float]]) -> Photo:
    """facts: (id, label, visible fraction) of the instances to learn from."""
    return Photo(tuple(pyramid(rgb, least=100)), ids, instances_of(ids, facts))


def instances_of(ids: npt.NDArray[np.int16], facts: list[tuple[int, str, float]]) -> tuple[Instance, ...]:
    """What of these is on an id map (H, W)."""
    found = []
    for ident, label, visible in facts:
        bits = (ids == ident).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(bits)
        contours = cv2.findContours(bits[y : y + h, x : x + w], cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
        if contours:
            outline = np.concatenate(contours)[:, 0].astype(np.float32) + np.array([x + 0.5, y + 0.5], dtype=np.float32)
            box = (x, y, x + w, y + h)
            found.append(Instance(ident, label, visible, box, int(cv2.countNonZero(bits)), outline))
    return tuple(found)


def _render(number: int, *, seed: int, folder: Path) -> Path:
    """One training scene as a compressed .npz, made once and kept."""
    from sscore.scenes import render_scene

    path = folder / f"{number:05d}.npz"
    if path.exists():
        return path
    cv2.setNumThreads(1)
    rng = np.random.default_rng((seed, number))
    size = SCENE_SIZES[int(rng.integers(len(SCENE_SIZES)))] if rng.random() < 0.5 else SCENE_SIZES[0]
    pieces = 20 if rng.random() < 0.5 else int(rng.integers(2, 36))
    view = render_scene(seed * 1_000_003 + number, size=size, pieces=pieces)[0]
    kept = [i for i in view.instances if i.pixels >= 64]
    done, encoded = cv2.imencode(".png", np.ascontiguousarray(view.rgb[:, :, ::-1]))
    if not done:
        raise BadDataset("a rendered scene could not be encoded", path=path)
    out = io.BytesIO()
    np.savez_compressed(
        out,
        png=encoded,
        ids=view.ids.astype(np.int16),
        instances=np.array([i.id for i in kept], dtype=np.int16),
        labels=np.array([i.label for i in kept], dtype="U16"),
        visible=np.array([i.visible for i in kept], dtype=np.float32),
    )
    paths.write_atomic(path, out.getvalue())
    return path


def _open_scene(path: Path) -> Photo:
    with np.load(path) as stored:
        rgb = cv2.cvtColor(cv2.imdecode(stored["png"], cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        facts = zip(stored["instances"], stored["labels"], stored["visible"], strict=True)
        return photo_of(rgb, stored["ids"], [(int(i), str(label), float(v)) for i, label, v in facts])


def scene_photos(count: int, *, seed: int, workers: int = 0, progress: Progress | None = None) -> list[Photo]:
    """`count` rendered scenes. They are kept in the cache under the renderer's own digest: a changed renderer makes
    new ones. workers: processes that render (0: this one)."""
    from sscore import scenes

    source = Path(inspect.getfile(scenes)).parent
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted(source.glob("*.py")):
        digest.update(file.read_bytes())
    folder = paths.cache() / "training-scenes" / f"{digest.hexdigest()}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    render: Callable[[int], Path] = partial(_render, seed=seed, folder=folder)
    photos = []
    with ExitStack() as stack:
        if workers:
            pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=get_context("spawn")))
            rendered: Iterable[Path] = pool.map(render, range(count), chunksize=4)
        else:
            rendered = map(render, range(count))
        for done, path in enumerate(rendered, start=1):
            photos.append(_open_scene(path))
            if progress:
                progress(done, count)
    return [photo for photo in photos if photo.instances]


def real_photos(folder: Path, *, long_side: int = 640) -> list[Photo]:
    """Photos with one object mask each: `folder`/images/NAME.* and `folder`/masks/NAME.png (0 and 255).

    Raises BadDataset when the folders are missing, a mask has no photo or another size.
    """
    masks = sorted((folder / "masks").glob("*.png"))
    if not masks:
        raise BadDataset(
            "no masks found", path=folder / "masks", remedy="expected images/ and masks/*.png side by side"
        )
    by_stem = {path.stem: path for path in (folder / "images").iterdir()} if (folder / "images").is_dir() else {}
    photos = []
    for mask_path in masks:
        if mask_path.stem not in by_stem:
            raise BadDataset("there is no photo of this name in images/", path=mask_path)
        rgb = images.read(by_stem[mask_path.stem])
        bits = images.read(mask_path)[:, :, 0] > 127
        if bits.shape != rgb.shape[:2]:
            raise BadDataset(f"the mask is {bits.shape} but its photo is {rgb.shape[:2]} px", path=mask_path)
        shrink = long_side / max(bits.shape)
        if shrink < 1:
            new = (round(bits.shape[1] * shrink), round(bits.shape[0] * shrink))
            rgb = cv2.resize(rgb, new, interpolation=cv2.INTER_AREA)
            bits = cv2.resize(bits.astype(np.uint8), new, interpolation=cv2.INTER_AREA) > 0
        ids = bits.astype(np.int16)
        if ids.any():
            photos.append(photo_of(rgb, ids, [(1, "", 1.0)]))
    return photos


def jitter_colours(view: ByteArray, rng: np.random.Generator) -> ByteArray:
    """Light, colour, sharpness, noise and compression as cameras and yards vary them. uint8 (h, w, 3) in and out."""
    x = view
    height, width = view.shape[:2]
    # Outside the photo stays grey, as the segmenter will see it; what is outside reaches the view's edge.
    edges = np.concatenate([view[0], view[-1], view[:, 0], view[:, -1]])
    outside = (view == GREY).all(2) if (edges == GREY).all(1).any() else None
    if rng.random() < 0.15:
        part = float(rng.uniform(0.35, 0.9))
        small = (round(width * part), round(height * part))
        x = cv2.resize(cv2.resize(x, small, interpolation=cv2.INTER_AREA), (width, height))
    if rng.random() < 0.15:
        x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.4, 1.6)))
    grey = cv2.cvtColor(cv2.cvtColor(x, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if rng.random() < 0.1:
        x = grey
    elif rng.random() < 0.5:
        vivid = float(rng.uniform(0.4, 1.6))
        x = cv2.addWeighted(x, vivid, grey, 1 - vivid, 0)
    if rng.random() < 0.1:
        x = np.ascontiguousarray(x[:, :, rng.permutation(3)])
    if rng.random() < 0.6:
        # Gains, gamma, contrast and brightness are curves of one channel each: one table look-up for all.
        curve = np.arange(256, dtype=np.float32)[:, None] * rng.uniform(0.82, 1.18, 3).astype(np.float32)
        curve = 255 * np.power(np.clip(curve / 255, 0, 1), np.float32(np.exp(rng.uniform(-0.45, 0.45))))
        middle = float(grey.mean())
        curve = (curve - middle) * np.float32(rng.uniform(0.6, 1.5)) + middle + np.float32(rng.uniform(-35, 35))
        x = cv2.LUT(x, np.clip(curve, 0, 255).astype(np.uint8).reshape(256, 1, 3))
    if rng.random() < 0.25:
        noise = rng.standard_normal(x.shape, dtype=np.float32) * np.float32(rng.uniform(1, 14))
        x = np.clip(x + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        x = np.asarray(cv2.imdecode(cv2.imencode(".jpg", x, quality)[1], cv2.IMREAD_COLOR))
    return x if outside is None else np.where(outside[:, :, None], np.uint8(GREY), x)


def turn(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """(2, 2): a random mirror, quarter turn, small rotation and stretch."""
    angle = float(rng.integers(4)) * np.pi / 2 if rng.random() < 0.3 else 0.0
    if rng.random() < 0.4:
        angle += float(rng.normal(0, 0.25))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]])
    if rng.random() < 0.5:
        matrix = matrix @ np.diag([-1.0, 1.0])
    if rng.random() < 0.4:
        stretch = float(np.exp(rng.uniform(-0.2, 0.2)))
        matrix = np.diag([stretch, 1 / stretch]) @ matrix
    return matrix


def warp(
    photo: Photo,
    instance: Instance | None,
    matrix: npt.NDArray[np.float64],
    centre: tuple[float, float],
    side: float,
    pixels: int,
) -> tuple[ByteArray, BoolArray]:
    """The photo and one instance's mask (none: all False) as seen through a window.

    matrix: (2, 2) turn; centre: image px shown at the window's middle; side: window side in turned image px.
    Returns uint8 (pixels, pixels, 3), bool (pixels, pixels). Reads the same image level as `window.look` would.
    """
    scale = pixels / side
    level = min(max(int(np.floor(np.log2(max(side / pixels, 1.0)))), 0), len(photo.levels) - 1)
    rgb = photo.levels[level]
    height, width = photo.ids.shape
    size = (pixels, pixels)

    def affine(origin: tuple[int, int], shrink: tuple[float, float]) -> npt.NDArray[np.float64]:
        """Window px of the pixels of an image that begins at `origin` and is shrunk; cv2 counts pixel centres."""
        linear = scale * matrix @ np.diag(shrink)
        shift = scale * matrix @ (np.array(origin) - centre) + pixels / 2 - 0.5 + linear @ [0.5, 0.5]
        return np.column_stack([linear, shift])

    view = cv2.warpAffine(
        rgb,
        affine((0, 0), (width / rgb.shape[1], height / rgb.shape[0])),
        size,
        flags=cv2.INTER_LINEAR,
        borderValue=(GREY, GREY, GREY),
    )
    if instance is None:
        return view, np.zeros((pixels, pixels), np.bool_)
    x0, y0, x1, y1 = instance.box
    soft = photo.bits(instance).astype(np.uint8) * 255
    if level:
        new = (max((x1 - x0) >> level, 1), max((y1 - y0) >> level, 1))
        soft = cv2.resize(soft, new, interpolation=cv2.INTER_AREA)
    shrink = ((x1 - x0) / soft.shape[1], (y1 - y0) / soft.shape[0])
    seen = cv2.warpAffine(soft, affine((x0, y0), shrink), size, flags=cv2.INTER_LINEAR) > 127
    return view, seen


def pick(photos: list[Photo], rng: np.random.Generator, least: int) -> Iterator[tuple[Photo, Instance]]:
    """Endless (photo, instance of at least `least` px), larger ones somewhat more often. Raises BadDataset when there
    is none."""
    usable = []
    for photo in photos:
        kept = [i for i in photo.instances if i.area >= least]
        if kept:
            chances = np.sqrt([min(i.area, 6000) for i in kept])
            usable.append((photo, kept, chances / chances.sum()))
    if not usable:
        raise BadDataset(f"no instance has {least} px or more")
    while True:
        photo, kept, chances = usable[int(rng.integers(len(usable)))]
        yield photo, kept[int(rng.choice(len(kept), p=chances))]
