"""Photos and folders given on the command line → names below one common folder, and the photos that a file means."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sscore.errors import BadImage, BadOption

REFUSED = "its name holds characters that a dataset cannot carry; rename the photo"


@dataclass(frozen=True, slots=True)
class Gathered:
    """root: the folder that all names are relative to; photos: {name with '/', NFC: file}, in the order given and
    natural order within a folder; folders: those the user gave, and those of the photos given singly; refused: names
    that no dataset can carry (bytes that are no text, control characters, backslashes)."""

    root: Path
    photos: dict[str, Path]
    folders: tuple[Path, ...]
    refused: tuple[str, ...] = ()


def gather(paths: Sequence[Path]) -> Gathered:
    """One photo named twice counts once. Raises BadImage or BadOption when a path is missing or there is no photo."""
    from sscore import images

    files: dict[str, Path] = {}
    folders: list[Path] = []
    for path in paths:
        place = Path(os.path.abspath(path))
        if not place.exists():
            raise BadImage("no such file or folder", path=path, remedy="check the spelling")
        folders.append(place if place.is_dir() else place.parent)
        for file in images.list_images(place) if place.is_dir() else [place]:
            files.setdefault(os.path.abspath(file), Path(os.path.abspath(file)))
    if not files:
        raise BadImage(
            "no photos there",
            path=", ".join(str(path) for path in paths),
            remedy=f"looking for {' '.join(sorted(images.EXTENSIONS))}",
        )
    root = _common(folders)
    photos: dict[str, Path] = {}
    refused: list[str] = []
    for file in files.values():
        name = unicodedata.normalize("NFC", file.relative_to(root).as_posix())
        if not _can_be_carried(name):
            refused.append(name)
            continue
        if name in photos:
            raise BadOption(f"two photos are both called {name}", path=root, remedy="rename one of them")
        photos[name] = file
    return Gathered(root, photos, tuple(dict.fromkeys(folders)), tuple(refused))


def _can_be_carried(name: str) -> bool:
    from sscore.coco.pages import Wrong, relative_name

    try:
        return relative_name(name) == name
    except Wrong:
        return False


def _common(folders: Sequence[Path]) -> Path:
    try:
        return Path(os.path.commonpath(folders))
    except ValueError as error:
        raise BadOption("the photos lie on different drives", remedy="label each drive by itself") from error


def match(keys: Iterable[str], gathered: Gathered, *, path: Path) -> tuple[dict[str, str], list[str]]:
    """See `sscore.photo_names.match`."""
    from sscore import photo_names

    return photo_names.match(keys, gathered.photos, gathered.folders, path=path)
