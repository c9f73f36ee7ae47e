"""Pieces with class names to learn from: accepted instances of projects, COCO files, or a folder for each class."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sscore import images
from sscore.errors import BadDataset, BadImage
from sscore.labels import LabelSet
from sscore.labels import load as load_labels
from sscore.project import Project
from sscore.train import instances
from sscore.train.head_data import LEAST_AREA
from sscore.train.instances import Instances, Shot
from sscore.types import ByteArray, Mask, Progress


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One crop to come: an instance of a photo."""

    shot: Shot
    number: int

    @property
    def label(self) -> str:
        return self.shot.labels[self.number]

    @property
    def mask(self) -> Mask:
        return self.shot.masks[self.number]


def pieces_of(data: Instances) -> list[Piece]:
    return [Piece(shot, number) for shot in data.shots for number in range(len(shot.masks))]


def gather(
    sources: Sequence[Path],
    labels: LabelSet,
    *,
    photos: Path | None = None,
    group_by: str = "photo",
    least_area: int = LEAST_AREA,
    progress: Progress | None = None,
) -> Instances:
    """All pieces of the sources whose label is in the set; what is left out is listed, classes without a piece are
    remarked.

    A source is a project folder, a COCO file (photos: folder of its photos), or a folder with one folder a class, named
    by the label's key or its name in English or Chinese; there every photo is one piece. Raises BadDataset when nothing
    is left, and as `instances.gather` does.
    """
    found: list[Shot] = []
    left_out: list[str] = []
    remarks: list[str] = []
    others = [source for source in sources if not _has_class_folders(source, labels)]
    for source in sources:
        if source not in others:
            shots, problems = _class_folders(source, labels, group_by, several=len(sources) > 1)
            found += shots
            left_out += problems
    for source in others:
        _check_folders(source, labels)
    if others:
        read = instances.gather(others, photos=photos, group_by=group_by, least_area=least_area, progress=progress)
        found += read.shots
        left_out += read.left_out
        remarks += read.remarks
    strange = Counter(label for shot in found for label in shot.labels if label not in labels)
    left_out += [f"{count} pieces called {label!r}, which is not in the label set" for label, count in strange.items()]
    kept = [shot for shot in (_known(shot, labels) for shot in found) if shot.masks]
    there = Counter(label for shot in kept for label in shot.labels)
    if not kept:
        raise BadDataset(
            f"there is no piece of {', '.join(labels.keys)}",
            path=", ".join(map(str, sources)),
            remedy=left_out[0] if left_out else "accept some instances first, or choose another label set",
        )
    remarks += [f"the class {key} has no piece: it cannot be learned" for key in labels.keys if not there[key]]
    return Instances(tuple(kept), tuple(left_out), tuple(remarks))


def own_labels(sources: Sequence[Path]) -> LabelSet:
    """The label set of the first project among the sources, else scrap_shapes. Raises as `Project.open`."""
    projects = (source for source in sources if (source / "project.toml").is_file())
    return next((Project.open(project).labels for project in projects), load_labels())


def crops(data: Sequence[Piece], view: str, problems: list[str]) -> Iterator[tuple[Piece, ByteArray]]:
    """Each piece with its crop, photo by photo; a photo that cannot be read is noted in `problems` and left out."""
    last: tuple[str, ByteArray | None] = ("", None)
    for piece in data:
        if piece.shot.name != last[0]:
            try:
                last = (piece.shot.name, piece.shot.read())
            except (BadImage, BadDataset) as error:
                problems.append(str(error))
                last = (piece.shot.name, None)
        if last[1] is not None:
            yield piece, images.crop(last[1], piece.mask, view)


def whole_photos(data: Instances) -> bool:
    """Whether every piece is a whole photo, of which the tight view is the sensible one."""
    return all(len(shot.masks) == 1 and shot.masks[0].bits.shape == (shot.height, shot.width) for shot in data.shots)


def _known(shot: Shot, labels: LabelSet) -> Shot:
    kept = [n for n, label in enumerate(shot.labels) if label in labels]
    if len(kept) == len(shot.labels):
        return shot
    return replace(
        shot,
        masks=tuple(shot.masks[n] for n in kept),
        labels=tuple(shot.labels[n] for n in kept),
        ids=tuple(shot.ids[n] for n in kept),
    )


def _has_class_folders(source: Path, labels: LabelSet) -> bool:
    if not source.is_dir() or (source / "project.toml").exists() or (source / "pages").is_dir():
        return False
    return any(_class_of(folder.name, labels) for folder in source.iterdir() if folder.is_dir())


def _check_folders(source: Path, labels: LabelSet) -> None:
    """Raises BadDataset for a folder that is no project, but holds a file that may have pieces, or folders named after
    other classes."""
    if not source.is_dir() or (source / "project.toml").exists() or (source / "pages").is_dir():
        return
    if files := sorted(source.glob("*.json")):
        raise BadDataset("is no project", path=source, remedy=f"if its pieces are in {files[0].name}, give that file")
    folders = sorted(one.name for one in source.iterdir() if one.is_dir() and not one.name.startswith("."))
    if folders:
        shown = ", ".join([*folders[:6], *(["…"] if len(folders) > 6 else [])])
        raise BadDataset(
            f"is no project, and none of its folders ({shown}) is called like a class of {labels.key}",
            path=source,
            remedy=f"choose other --labels, or call the folders {', '.join(labels.keys)}",
        )


def _class_of(name: str, labels: LabelSet) -> str:
    """The key of the class a folder is named after, "" for none."""
    plain = name.strip().casefold()
    for label in labels.labels:
        if plain in (label.key.casefold(), label.en.casefold(), label.zh.casefold()):
            return label.key
    return ""


def _class_folders(source: Path, labels: LabelSet, group_by: str, *, several: bool) -> tuple[list[Shot], list[str]]:
    pattern = instances.group_pattern(group_by)
    whole: dict[tuple[int, int], Mask] = {}  # photos of one size share a mask
    shots, problems = [], []
    for folder in sorted(one for one in source.iterdir() if one.is_dir() and not one.name.startswith(".")):
        label = _class_of(folder.name, labels)
        if not label:
            problems.append(f"{folder}: its name is no class of the label set")
            continue
        for path in images.list_images(folder):
            inside = path.relative_to(source).as_posix()
            try:
                height, width = images.size(path)
                look = instances.look_of(path)
            except BadImage as error:
                problems.append(str(error))
                continue
            name = f"{source.name}/{inside}" if several else inside
            mask = whole.setdefault((height, width), Mask(np.ones((height, width), np.bool_), 0, 0))
            code = hashlib.blake2b(path.read_bytes() + label.encode(), digest_size=16).hexdigest()
            group = instances.group_of(name, group_by, pattern)
            shots.append(Shot(name, path, height, width, (mask,), (label,), (1,), group, code, look))
    return instances.copies_joined(shots), problems
