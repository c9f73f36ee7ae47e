"""Annotations of a COCO file → the pages of a project: what was labelled elsewhere, or by `ssc label`, goes on here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sscore import coco, edits, images, photo_names
from sscore.errors import BadDataset, SscError
from sscore.project import Project
from sscore.types import Annotation, Page, Progress, Status


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file brings. new: {photo: its instances, not yet numbered}; known: how many the project has already, mask
    for mask; problems: (photo as the file calls it, why it was left out); warnings: what was changed in reading."""

    new: Mapping[str, tuple[Annotation, ...]]
    known: int
    problems: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]

    @property
    def instances(self) -> int:
        return sum(map(len, self.new.values()))

    @property
    def by_label(self) -> dict[str, int]:
        """Class → instances, the most frequent first."""
        return dict(Counter(one.label for found in self.new.values() for one in found).most_common())


def read(
    project: Project, source: str | Path, *, status: Status | None = None, progress: Progress | None = None
) -> Intake:
    """What the COCO file `source` has for the photos of a project; nothing is written.

    Photos are found by name, wherever the file says they lie (see `photo_names.match`). status: of all instances; None:
    as the file says, and "accepted" where it says nothing, since people made it. An instance with the mask of one that
    is there already is left out, so that a file can be brought in twice. Raises BadDataset when the file cannot be read
    or is about other photos.
    """
    source = Path(source)
    found = coco.read(source, labels=project.labels, root=project.folder)
    photos = {rel: project.image_path(rel) for rel in project.images()}
    pages = [page for page in found.pages if page.annotations]
    matched, unmatched = photo_names.match(
        [page.image for page in pages], photos, [project.photos, project.folder], path=source
    )
    if pages and not matched:
        raise BadDataset(
            f"none of its photos is in {project.folder}", path=source, remedy="open the folder that holds them"
        )
    problems = [(image, "there is no such photo") for image in unmatched]
    new: dict[str, tuple[Annotation, ...]] = {}
    known = 0
    for done, page in enumerate(pages, start=1):
        rel = matched.get(page.image)
        if rel is not None:
            try:
                fresh = _fresh(project, rel, page)
            except SscError as error:
                problems.append((page.image, error.problem))
            else:
                known += len(page.annotations) - len(fresh)
                if fresh:
                    new[rel] = tuple(replace(one, id=0, status=status or one.status) for one in fresh)
        if progress:
            progress(done, len(pages))
    return Intake(new, known, tuple(problems), found.warnings)


def _fresh(project: Project, rel: str, page: Page) -> list[Annotation]:
    """Raises BadImage, BadPage, and BadDataset when the masks are for a photo of another size."""
    height, width = images.size(project.image_path(rel))
    if (height, width) != (page.height, page.width):
        raise BadDataset(f"the photo is {width}x{height} px, its masks are for {page.width}x{page.height}")
    there = project.look(rel).annotations
    return [one for one in page.annotations if not any(one.mask.same_as(other.mask) for other in there)]


def added(page: Page, instances: tuple[Annotation, ...]) -> Page:
    """The page with these instances in front of its own."""
    return edits.add_all(page, instances)


def write(
    project: Project, intake: Intake, *, author: str = "", progress: Progress | None = None
) -> tuple[tuple[str, str], ...]:
    """Save the instances into the project's pages; (photo, why) of those that could not be saved."""
    problems = []
    for done, (rel, instances) in enumerate(intake.new.items(), start=1):
        try:
            project.save(added(project.load(rel), instances), edit="import", author=author)
        except SscError as error:
            problems.append((rel, error.problem))
        if progress:
            progress(done, len(intake.new))
    return tuple(problems)
