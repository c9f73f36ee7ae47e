"""What segmenters are compared with: a COCO file and its photos, or the pages of a project."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sscore import coco
from sscore.coco.importer import CROWD, ORIGINAL_LABEL, OTHER_SIZE, left_out
from sscore.coco.pages import Wrong, category_names
from sscore.errors import BadDataset
from sscore.evaluate.rows import Problem, Truth
from sscore.labels import Label, LabelSet
from sscore.project import Project
from sscore.types import UNKNOWN, Annotation, Mask, Page

_UNREADABLE = "the photo cannot be read"


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One photo and its objects. digest: of the file's bytes and the objects: it changes when either does."""

    name: str
    path: Path
    height: int
    width: int
    masks: tuple[Mask, ...]
    ids: tuple[int, ...]
    labels: tuple[str, ...]
    digest: str

    def truths(self) -> list[Truth]:
        """The objects as rows, masks as run-length codes of the whole photo."""
        return [
            Truth(self.name, number, label, mask.area, self.height, self.width, _code(mask, self.height, self.width))
            for number, label, mask in zip(self.ids, self.labels, self.masks, strict=True)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """source: what it was read from; photos: with at least one object each; problems: what was left out; notes: other
    remarks of the reader."""

    source: Path
    photos: tuple[Photo, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    @property
    def objects(self) -> int:
        """How many there are on all photos."""
        return sum(len(photo.masks) for photo in self.photos)


def open_dataset(
    source: Path, images: Path | None = None, statuses: Collection[str] = ("accepted", "reviewed")
) -> Dataset:
    """The ground truth in a COCO file or a project folder.

    images: folder of the photos, by default the COCO file's own; statuses: of the project's instances that count.
    Left out, with a problem each: photos that are missing, crowds, masks of another size, what the reader could not
    take; its other remarks go to notes. Raises BadDataset when nothing is left, or the file cannot be read; BadProject.
    """
    problems: list[Problem] = []
    place: Callable[[str], Path]
    if source.is_dir():
        known = (source / "project.toml").exists() or (source / "pages").is_dir()
        if not known and (files := sorted(source.glob("*.json"))):
            remedy = f"if its objects are in {files[0].name}, give that file"
            raise BadDataset("is no project", path=source, remedy=remedy)
        project = Project.open(source, create=False)
        unread: list[tuple[str, str]] = []
        pages: Sequence[Page] = list(project.pages(unread=unread))
        problems += [Problem(image, text) for image, text in unread]
        place, notes = project.image_path, tuple[str, ...]()
    else:
        root = images or source.parent
        read = coco.read(source, labels=_own_labels(source), root=root)
        lost = left_out(read.warnings)
        problems += [Problem("", text) for text in lost]
        pages, notes, statuses = read.pages, tuple(text for text in read.warnings if text not in lost), ()
        place = root.joinpath
    photos: list[Photo] = []
    for page in pages:
        kept = list(_usable(page, statuses, problems))
        if not kept:
            continue
        path = place(page.image).absolute()
        try:
            data = path.read_bytes()
        except OSError as error:
            problems.append(Problem(page.image, f"{_UNREADABLE}: {error.strerror or error} ({path})"))
            continue
        photos.append(_photo(page, path, kept, data))
    if not photos:
        problem = f"no usable object on any photo ({len(pages)} listed)"
        if problems and problems[0].text.startswith(_UNREADABLE):
            where = "photos elsewhere: --images FOLDER, for ssc train --photos FOLDER"
            raise BadDataset(problem, path=source, remedy=f"{problems[0]}; {where}")
        raise BadDataset(problem, path=source, remedy=str(problems[0]) if problems else "annotate some objects first")
    return Dataset(source, tuple(photos), tuple(problems), tuple(notes))


def _usable(page: Page, statuses: Collection[str], problems: list[Problem]) -> Iterable[Annotation]:
    for one in page.annotations:
        if one.extra.get(CROWD):
            problems.append(Problem(page.image, "left out: a crowd, several objects in one mask", one.id))
        elif one.extra.get(OTHER_SIZE):
            problems.append(Problem(page.image, "left out: its mask is of another image size", one.id))
        elif not statuses or one.status in statuses:
            yield one


def _photo(page: Page, path: Path, kept: list[Annotation], data: bytes) -> Photo:
    labels = tuple(str(one.extra.get(ORIGINAL_LABEL, one.label)) for one in kept)
    facts = [[one.id, label, _code(one.mask, page.height, page.width)] for one, label in zip(kept, labels, strict=True)]
    digest = hashlib.blake2b(data, digest_size=16)
    digest.update(json.dumps([page.height, page.width, facts]).encode())
    return Photo(
        page.image,
        path,
        page.height,
        page.width,
        tuple(one.mask for one in kept),
        tuple(one.id for one in kept),
        labels,
        digest.hexdigest(),
    )


def _code(mask: Mask, height: int, width: int) -> str:
    return str(mask.rle(height, width)["counts"])


def _own_labels(source: Path) -> LabelSet | None:
    """The file's own categories as a label set: here, a class is what the file calls it. None where they cannot be
    told; then reading the file says what is wrong with it."""
    try:
        names = category_names(json.loads(source.read_bytes().decode("utf-8-sig")).get("categories", []))
    except (OSError, ValueError, AttributeError, RecursionError, Wrong):
        return None
    labels = [Label(name, name, name, "#808080", ()) for name in dict.fromkeys(names.values()) if name != UNKNOWN]
    return LabelSet(str(source), "", "", tuple(labels))
