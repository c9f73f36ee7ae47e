"""A folder of rendered scenes: photos, COCO truth, camera poses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sscore import coco, images, labels
from sscore.errors import BadOption
from sscore.mask_sets import tight
from sscore.paths import write_atomic
from sscore.scenes.scene import SceneView, check, render_scene
from sscore.types import Annotation, Page, Progress

CONVENTION = (
    "x_camera = R @ x_world + t in metres (OpenCV: x right, y down, z forward; world z up, ground at 0); "
    "pixel = K @ x_camera / z, the centre of the first pixel at (0.5, 0.5)"
)


def write_scenes(
    out: str | Path,
    *,
    count: int,
    seed: int = 0,
    size: tuple[int, int] = (640, 480),
    views: int = 1,
    pieces: int | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Render `count` scenes of seeds seed, seed + 1, … into the folder `out`; returns the photos.

    scene_0000.jpg, or scene_0000_v1.jpg, scene_0000_v2.jpg … with several views; annotations.json (COCO of all photos;
    per instance "ssc": {"instance": the same number in all views of a scene, "visible": its visible pixels over those
    of the whole piece, also outside the frame, 0..1}); cameras.json (K, R, t per photo). Pieces with fewer than 16
    visible px are not annotated.
    size: (width, height) px; pieces: per scene, or None to draw. Raises BadOption for
    values out of range or a folder that cannot be written.
    """
    if count < 1:
        raise BadOption(f"cannot make {count} scenes", remedy="give at least 1")
    check(seed, size=size, pieces=pieces, views=views)
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadOption(f"cannot be made: {reason}", path=folder, remedy="choose another folder") from None
    before = _listed(folder)
    photos: list[Path] = []
    cameras: dict[str, Any] = {}

    def pages() -> Iterator[Page]:
        for k in range(count):
            for number, view in enumerate(render_scene(seed + k, size=size, pieces=pieces, views=views), 1):
                name = f"scene_{k:04d}" + (f"_v{number}" if views > 1 else "") + ".jpg"
                images.write_image(folder / name, view.rgb)
                photos.append(folder / name)
                cameras[name] = {"scene": k, "seed": seed + k, **view.camera}
                yield page_of(view, name)
            if progress:
                progress(k + 1, count)

    options = coco.ExportOptions(include_empty=True)
    coco.export(pages(), labels.load(), folder / "annotations.json", options=options)
    sidecar = {"convention": CONVENTION, "photos": cameras}
    write_atomic(folder / "cameras.json", json.dumps(sidecar, indent=1).encode())
    for stale in before - {photo.name for photo in photos}:  # of a longer series, whose truth is gone now
        (folder / stale).unlink(missing_ok=True)
    return photos


def _listed(folder: Path) -> set[str]:
    """Names of the scenes that an earlier call has written here."""
    try:
        names = json.loads((folder / "cameras.json").read_bytes())["photos"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {str(name) for name in names if re.fullmatch(r"scene_\d{4,}(_v\d+)?\.jpg", str(name))}


def page_of(view: SceneView, name: str) -> Page:
    """The view's truth as a page of the photo `name`; annotation ids are the instance ids."""
    height, width = view.ids.shape
    boxes = _boxes(view.ids)
    annotations = []
    for instance in view.instances:
        x, y, w, h = boxes[instance.id]
        mask = tight(view.ids[y : y + h, x : x + w] == instance.id, left=x, top=y)
        assert mask is not None  # listed instances have pixels
        extra = {"instance": instance.id, "visible": round(instance.visible, 4)}
        annotations.append(Annotation(instance.id, mask, instance.label, extra=extra))
    return Page(name, width, height, annotations=tuple(annotations))


def _boxes(ids: npt.NDArray[np.int32]) -> dict[int, tuple[int, int, int, int]]:
    """(x, y, width, height) px of every number in an id map."""
    out = {}
    for number in np.unique(ids[ids > 0]).tolist():
        x, y, w, h = cv2.boundingRect((ids == number).astype(np.uint8))
        out[number] = (x, y, w, h)
    return out
