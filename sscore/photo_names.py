"""Which photo a name in a foreign file means: names come with other folders, slashes and composed letters."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sscore.errors import BadDataset


def match(
    keys: Iterable[str], photos: Mapping[str, Path], folders: Sequence[Path], *, path: Path
) -> tuple[dict[str, str], list[str]]:
    """{key: name of the photo it means}, and the keys that mean none. photos: {name: file}.

    A key is tried, in this order, as a photo's name, as a path in one of `folders` or an absolute path, and as the end
    of a name or the other way round. Either slash will do. Raises BadDataset, naming the file `path`, when a key fits
    several photos or two keys mean the same one.
    """
    by_place = {_plain(os.path.abspath(file)): name for name, file in photos.items()}
    by_end: dict[str, list[str]] = {}
    for name in photos:
        by_end.setdefault(name.rpartition("/")[2], []).append(name)
    matched: dict[str, str] = {}
    taken: set[str] = set()
    unmatched: list[str] = []
    for key in keys:
        plain = _plain(key).removeprefix("./")
        names = [plain] if plain in photos else _elsewhere(plain, folders, by_place, by_end)
        if len(names) > 1:
            raise BadDataset(
                f"{key!r} fits several photos: {', '.join(names[:3])}", path=path, remedy="use longer names"
            )
        if not names:
            unmatched.append(key)
        elif names[0] in taken:
            raise BadDataset(f"two entries mean the same photo {names[0]}", path=path, remedy="join them")
        else:
            matched[key] = names[0]
            taken.add(names[0])
    return matched, unmatched


def _elsewhere(
    plain: str, folders: Sequence[Path], by_place: Mapping[str, str], by_end: Mapping[str, list[str]]
) -> list[str]:
    places = [_plain(os.path.abspath(folder / plain)) for folder in folders]
    if exact := sorted({by_place[place] for place in places if place in by_place}):
        return exact
    alike = by_end.get(plain.rpartition("/")[2], [])
    return [name for name in alike if name.endswith("/" + plain) or plain.endswith("/" + name)]


def _plain(name: str) -> str:
    """NFC with forward slashes: macOS files carry decomposed letters, Windows users write backslashes."""
    return unicodedata.normalize("NFC", name).replace("\\", "/")
