"""Instances to learn from: accepted ones of projects, or COCO files and their photos; split so that nothing leaks.

Photos of one truckload, railcar or scene show the same pieces: such a group never stands on both sides of a split.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from sscore import images
from sscore.errors import BadDataset, BadImage, BadOption
from sscore.evaluate.truth import open_dataset
from sscore.types import ByteArray, FloatArray, Mask, Progress

LEAST_AREA = 64
"""Px below which a mask is too small to have a shape."""

_NAMED = 5
"""Photos named where more of them have the same trouble."""

_LOOK_SIDE = 32
_ALIKE = 0.97
"""Correlation of two thumbnails above which two photos may show the same scene."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One photo and its instances. name: told apart from all others; group: see `gather`; look: float32 (1024,), its
    thumbnail with mean 0 and length 1."""

    name: str
    path: Path
    height: int
    width: int
    masks: tuple[Mask, ...]
    labels: tuple[str, ...]
    ids: tuple[int, ...]
    group: str
    digest: str
    look: FloatArray

    def read(self) -> ByteArray:
        """uint8 (height, width, 3). Raises BadImage, and BadDataset when the masks are of another size."""
        rgb = images.read(self.path)
        if rgb.shape[:2] != (self.height, self.width):
            sizes = f"{rgb.shape[1]}x{rgb.shape[0]} px, its masks are for {self.width}x{self.height}"
            raise BadDataset(f"the photo is {sizes}", path=self.path, remedy="take the photo that was annotated")
        return rgb


@dataclass(frozen=True, slots=True, eq=False)
class Instances:
    """shots: photos with at least one instance; left_out: a sentence for each thing that could not be used; remarks:
    other sentences of what was found."""

    shots: tuple[Shot, ...]
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return sum(len(shot.masks) for shot in self.shots)

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(shot.group for shot in self.shots))

    @property
    def labels(self) -> Counter[str]:
        """How many instances of each label."""
        return Counter(label for shot in self.shots for label in shot.labels)

    @property
    def digest(self) -> str:
        """Changes when a photo, a mask, a label or a group does."""
        code = hashlib.blake2b(digest_size=16)
        for shot in self.shots:
            code.update(f"{shot.name}\0{shot.group}\0{shot.digest}\0".encode())
        return code.hexdigest()


def gather(
    sources: Sequence[Path],
    *,
    photos: Path | None = None,
    group_by: str = "photo",
    least_area: int = LEAST_AREA,
    progress: Progress | None = None,
) -> Instances:
    """All instances of projects (accepted and reviewed) and COCO files. Opens every photo once, small.

    photos: folder of the COCO files' photos, by default each file's own. group_by: "photo"; "folder", the photo's; or a
    regular expression, whose first bracket (or whole match) in the photo's name is its group. Files with the same bytes
    are one group whatever their names say. Raises BadDataset when nothing is left, BadOption (expression), and as
    `open_dataset` does.
    """
    pattern = group_pattern(group_by)
    read = [open_dataset(source, photos) for source in sources]
    total, done = sum(len(one.photos) for one in read), 0
    shots: list[Shot] = []
    left_out: list[str] = []
    remarks: list[str] = []
    too_small: dict[str, int] = {}
    for source, one in zip(sources, read, strict=True):
        left_out += [str(problem) for problem in one.problems]
        remarks += one.notes
        for photo in one.photos:
            done += 1
            if progress:
                progress(done, total)
            kept = [i for i, mask in enumerate(photo.masks) if mask.area >= least_area]
            if small := len(photo.masks) - len(kept):
                too_small[photo.name] = small
            if not kept:
                continue
            name = photo.name if len(sources) == 1 else f"{source.stem}/{photo.name}"
            try:
                look = look_of(photo.path)
            except BadImage as error:
                left_out.append(str(error))
                continue
            shots.append(
                Shot(
                    name,
                    photo.path,
                    photo.height,
                    photo.width,
                    tuple(photo.masks[i] for i in kept),
                    tuple(photo.labels[i] for i in kept),
                    tuple(photo.ids[i] for i in kept),
                    group_of(name, group_by, pattern),
                    photo.digest,
                    look,
                )
            )
    if too_small:
        named = ", ".join([*list(too_small)[:_NAMED], *(["…"] if len(too_small) > _NAMED else [])])
        left_out.append(f"smaller than {least_area} px and left out: {sum(too_small.values())}, on {named}")
    if not shots:
        raise BadDataset(
            "there is no instance to learn from",
            path=", ".join(map(str, sources)),
            remedy=left_out[0] if left_out else "accept some instances first",
        )
    return Instances(tuple(copies_joined(shots)), tuple(left_out), tuple(remarks))


def split(data: Instances, shares: Mapping[str, float], *, seed: int = 1) -> dict[str, Instances]:
    """Parts of these shares (of the instances), whole groups each, with the labels as evenly spread as groups allow.

    The same data and seed give the same parts. Raises BadDataset when there are fewer groups than parts.
    """
    by_group: dict[str, list[Shot]] = defaultdict(list)
    for shot in data.shots:
        by_group[shot.group].append(shot)
    if len(by_group) < len(shares):
        raise BadDataset(
            f"{len(by_group)} group(s) of photos cannot be split into {', '.join(shares)}",
            remedy="take more photos, or another --group-by: photos of a group always stay together",
        )
    counts = {name: Counter(label for shot in shots for label in shot.labels) for name, shots in by_group.items()}
    whole = sum(shares.values())
    wanted = {
        part: {label: share / whole * count for label, count in data.labels.items()} for part, share in shares.items()
    }
    found: dict[str, list[Shot]] = {part: [] for part in shares}
    order = sorted(by_group, key=lambda name: hashlib.blake2b(f"{seed}\0{name}".encode()).digest())
    for place, name in enumerate(order):
        empty = [part for part in shares if not found[part]]
        # The last groups go where there would be nothing else.
        open_parts = empty if len(order) - place <= len(empty) else list(shares)
        chosen = max(open_parts, key=lambda part: _need(wanted[part], counts[name]))
        found[chosen] += by_group[name]
        for label, count in counts[name].items():
            wanted[chosen][label] -= count
    ordered = {shot.name: place for place, shot in enumerate(data.shots)}
    return {part: Instances(tuple(sorted(shots, key=lambda s: ordered[s.name]))) for part, shots in found.items()}


def leaks(learn: Instances, judge: Instances) -> list[tuple[str, str]]:
    """(photo learnt from, photo judged by) that look like the same scene: most alike first, one pair a photo judged.

    Byte for byte copies cannot be there: `gather` puts them into one group.
    """
    alike = np.stack([s.look for s in judge.shots]) @ np.stack([s.look for s in learn.shots]).T
    best = alike.argmax(1)
    pairs = [(float(alike[i, k]), learn.shots[k].name, judge.shots[i].name) for i, k in enumerate(best)]
    return [(a, b) for likeness, a, b in sorted(pairs, key=lambda p: -p[0]) if likeness >= _ALIKE]


def _need(wanted: Mapping[str, float], offered: Counter[str]) -> float:
    """How much of a group's instances a part still lacks."""
    return sum(count * wanted[label] for label, count in offered.items()) / sum(offered.values())


def group_pattern(group_by: str) -> re.Pattern[str] | None:
    """The expression of a --group-by; None for "photo" and "folder". Raises BadOption."""
    if group_by in ("photo", "folder"):
        return None
    try:
        return re.compile(group_by)
    except re.error as error:
        raise BadOption(
            f"--group-by {group_by}: is neither photo nor folder nor a regular expression ({error})"
        ) from error


def group_of(name: str, group_by: str, pattern: re.Pattern[str] | None) -> str:
    """The group of a photo, see `gather`."""
    if pattern is None:
        return name if group_by == "photo" else str(PurePosixPath(name).parent)
    found = pattern.search(name)
    if found is None:
        return name
    return found.group(1) if pattern.groups else found.group()


def copies_joined(shots: Iterable[Shot]) -> list[Shot]:
    """Groups with a file in common become one."""
    listed = list(shots)
    first: dict[str, str] = {}
    becomes: dict[str, str] = {}

    def final(group: str) -> str:
        while group in becomes:
            group = becomes[group]
        return group

    for shot in listed:
        with open(shot.path, "rb") as file:
            bytes_digest = hashlib.file_digest(file, "sha256").hexdigest()
        a, b = final(first.setdefault(bytes_digest, shot.group)), final(shot.group)
        if a != b:
            becomes[b] = a
    return [replace(shot, group=final(shot.group)) for shot in listed]


def look_of(path: Path) -> FloatArray:
    """The thumbnail of a `Shot`. Raises BadImage."""
    small: npt.NDArray[np.float32] = images.thumbnail(path, _LOOK_SIDE).astype(np.float32).mean(2)
    square = np.zeros((_LOOK_SIDE, _LOOK_SIDE), np.float32)
    square[: small.shape[0], : small.shape[1]] = small - small.mean()
    length = float(np.linalg.norm(square))
    return np.asarray(square.reshape(-1) / (length or 1.0), dtype=np.float32)
