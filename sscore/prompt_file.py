"""Prompts for many photos in one JSON file.

    {"relative/image.jpg": [{"box": [x0, y0, x1, y1], "points": [[x, y, 1], ...]}, ...]}

One entry in a list is one object: a box, points, or both. The third value of a point is 1 (on the object, also when
left out) or 0 (background). Coordinates are px of the EXIF-turned photo.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sscore.coco.importer import parsed
from sscore.errors import BadDataset, BadPrompt
from sscore.types import Box, Prompt

_FAR = 1e7
"""No photo is this wide, px; numbers beyond it (and NaN, infinity) are mistakes."""


def read(path: Path) -> dict[str, list[Prompt]]:
    """Prompts by photo name, in the order of the file. Raises BadDataset, which names the photo and the entry."""
    data = parsed(path)
    if not isinstance(data, dict) or not data or not all(isinstance(entries, list) for entries in data.values()):
        raise BadDataset(
            "does not have the form of a prompts file",
            path=path,
            remedy='write {"image.jpg": [{"box": [x0, y0, x1, y1], "points": [[x, y, 1]]}]}',
        )
    return {
        name: [_prompt(entry, path, f"{name}, entry {number}") for number, entry in enumerate(entries, start=1)]
        for name, entries in data.items()
    }


def _prompt(entry: Any, path: Path, place: str) -> Prompt:
    """One entry; `place` names it in an error."""
    if not isinstance(entry, dict) or not entry or set(entry) - {"box", "points"}:
        raise BadDataset(f'{place}: must have "box", "points" or both, and nothing else', path=path)
    box, points = entry.get("box"), entry.get("points") or []
    if box is not None and not _numbers(box, (4,)):
        raise BadDataset(f"{place}: a box is four numbers x0, y0, x1, y1", path=path)
    if not isinstance(points, list) or not all(_numbers(point, (2, 3)) for point in points):
        raise BadDataset(f"{place}: a point is x, y, 1 (on the object) or x, y, 0 (background)", path=path)
    if any(point[2:] not in ([], [0], [1]) for point in points):
        raise BadDataset(f"{place}: the third value of a point is 1 (on the object) or 0 (background)", path=path)
    if box is None and not points:
        raise BadDataset(f"{place}: has neither a box nor a point", path=path)
    try:
        return Prompt(
            points=np.array([point[:2] for point in points], dtype=np.float32),
            positive=np.array([point[2:] != [0] for point in points], dtype=np.bool_),
            box=None if box is None else Box(*box),
        )
    except BadPrompt as error:
        raise BadDataset(f"{place}: {error}", path=path) from error


def _numbers(value: Any, lengths: tuple[int, ...]) -> bool:
    return (
        isinstance(value, list)
        and len(value) in lengths
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in value)
        and all(-_FAR < number < _FAR for number in value)  # also false for NaN
    )
