"""Photos and folders given on the command line → names below one common folder, and the photos that a file means."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sscore.errors import BadImage, BadOption

_REFUSED = "its name holds characters that a dataset cannot carry; rename the photo"
_FOREIGN = frozenset(
    {".heic", ".heif", ".avif", ".gif", ".jfif", ".jp2", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf"}
)
"""Suffixes of photos that phones and cameras make and nobody here reads: they must not be missed without a word."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """root: the folder that all names are relative to; photos: {name with '/', NFC: file}, in the order given and
    natural order within a folder; folders: those the user gave, and those of the photos given singly; left_out: (name,
    why) of photos in a format that is not read, the first of each, and of those whose name no dataset can carry (bytes
    that are no text, control characters, backslashes)."""

    root: Path
    photos: dict[str, Path]
    folders: tuple[Path, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def gather(paths: Sequence[Path]) -> Gathered:
    """One photo named twice counts once. Raises BadImage or BadOption when a path is missing or there is no photo."""
    from sscore import images

    files: dict[str, Path] = {}
    folders: list[Path] = []
    foreign: list[Path] = []
    for path in paths:
        place = Path(os.path.abspath(path))
        if not place.exists():
            raise BadImage("no such file or folder", path=path, remedy="check the spelling")
        folders.append(place if place.is_dir() else place.parent)
        if place.is_dir():
            foreign += images.list_images(place, suffixes=_FOREIGN)
        for file in images.list_images(place) if place.is_dir() else [place]:
            files.setdefault(os.path.abspath(file), Path(os.path.abspath(file)))
    if not files:
        where = ", ".join(str(path) for path in paths)
        if foreign:
            why = f"{len(foreign)} are of formats such as {foreign[0].suffix}, which cannot be read; save them as JPEG"
            raise BadImage("no photos there", path=where, remedy=why)
        raise BadImage("no photos there", path=where, remedy=f"looking for {' '.join(sorted(images.EXTENSIONS))}")
    root = _common(folders)
    photos: dict[str, Path] = {}
    left_out = _unread(foreign, root)
    for file in files.values():
        name = unicodedata.normalize("NFC", file.relative_to(root).as_posix())
        if not _can_be_carried(name):
            left_out.append((name, _REFUSED))
            continue
        if name in photos:
            raise BadOption(f"two photos are both called {name}", path=root, remedy="rename one of them")
        photos[name] = file
    return Gathered(root, photos, tuple(dict.fromkeys(folders)), tuple(left_out))


def _unread(foreign: Sequence[Path], root: Path) -> list[tuple[str, str]]:
    """(the first name, why) of each format."""
    by_format: dict[str, list[Path]] = {}
    for file in dict.fromkeys(foreign):
        by_format.setdefault(file.suffix.lower(), []).append(file)
    return [
        (
            files[0].relative_to(root).as_posix(),
            f"{len(files)} of the photos end in {suffix}, which cannot be read; save them as JPEG",
        )
        for suffix, files in by_format.items()
    ]


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
