"""Naming the pieces of a project again: other words, another label set, classifier or threshold. What would change is
shown before it is applied, and a piece that a person confirmed or named is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sscore import edits, images
from sscore.calibration import Calibration, calibrate
from sscore.errors import BadImage
from sscore.features import Answers, FeatureStore
from sscore.labels import LabelSet
from sscore.naming import RECORDED, Naming
from sscore.project import Project
from sscore.types import UNKNOWN, Annotation, ByteArray, Classifier, Page, Progress, Scores, Status

CONFIRMED: tuple[Status, ...] = ("accepted", "reviewed")


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One unconfirmed instance whose label or scores would change."""

    image: str
    id: int
    before: str
    after: str
    scores: Scores


@dataclass(frozen=True, slots=True, eq=False)
class Rescoring:
    """changes: those that would be applied; instances: all unconfirmed ones looked at; computed: of them, those for
    which the image network had to be asked; problems: (photo, why it was left out)."""

    changes: tuple[Change, ...]
    instances: int
    computed: int
    problems: tuple[tuple[str, str], ...]
    made: dict[str, Any]

    @property
    def relabelled(self) -> tuple[Change, ...]:
        """Changes of the label, the others are of the scores alone."""
        return tuple(change for change in self.changes if change.before != change.after)


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """The instances of one page with the scores a classifier gives them."""

    page: Page
    pieces: tuple[tuple[Annotation, Scores], ...]


def rescore(
    project: Project,
    labels: LabelSet,
    classifier: Classifier,
    *,
    naming: Naming | None = None,
    store: FeatureStore | None = None,
    progress: Progress | None = None,
) -> Rescoring:
    """What naming the unconfirmed instances of a project again would change, but for those a person gave another name
    than the classifier's. Writes nothing.

    naming: views, threshold and temperature, the project's own when not given. From cached features this takes
    milliseconds a photo; where they are missing the photo is read and the image network asked. Raises BadLabels for
    words or classes the classifier cannot use.
    """
    naming = naming or project.naming
    problems: list[tuple[str, str]] = []
    looked = _Looked()
    changes = []
    for named in scored(project, labels, classifier, ("proposed",), naming, store, problems, looked, progress):
        for piece, scores in named.pieces:
            label = naming.label(scores)
            if label != piece.label or not _same(piece.scores, scores):
                changes.append(Change(named.page.image, piece.id, piece.label, label, scores))
    made = {"classifier": classifier.card.id, "classifier_sha256": classifier.card.sha256}
    made |= naming.record(classifier, labels)
    return Rescoring(tuple(changes), looked.instances, looked.computed, tuple(problems), made)


def apply(project: Project, rescoring: Rescoring, *, author: str = "") -> int:
    """Write the changes into the project's pages; how many instances changed.

    An instance that was confirmed, renamed or removed since `rescore` looked at it is left as it is. Errors as for
    `Project.save`.
    """
    done = 0
    by_image: dict[str, list[Change]] = {}
    for change in rescoring.changes:
        by_image.setdefault(change.image, []).append(change)
    for image, changes in by_image.items():
        before = project.load(image)
        page, count = renamed(before, changes, rescoring.made)
        done += count
        if page is not before:
            project.save(page, edit="rescore", author=author)
    return done


def renamed(page: Page, changes: Iterable[Change], made: Mapping[str, Any]) -> tuple[Page, int]:
    """The page with those of its changes that still hold, and how many they are. made: of the Rescoring."""
    done = 0
    for change in changes:
        piece = page.find(change.id)
        if piece is not None and piece.status == "proposed" and piece.label == change.before:
            of_it = {key: value for key, value in piece.made_by.items() if key not in RECORDED} | dict(made)
            page = edits.replace(page, replace(piece, label=change.after, scores=change.scores, made_by=of_it))
            done += 1
    return page, done


def calibrated(
    project: Project,
    labels: LabelSet,
    classifier: Classifier,
    *,
    wanted: float = 0.9,
    naming: Naming | None = None,
    store: FeatureStore | None = None,
    progress: Progress | None = None,
) -> tuple[Calibration, Naming]:
    """How sure the classifier is and how right, on the project's confirmed instances; and the naming that follows:
    its temperature, and as threshold the sureness above which `wanted` of the names are right (the old one when none
    is). Nothing is written. Raises BadOption for too few instances, and as `rescore`."""
    naming = replace(naming or project.naming, temperature=1.0)
    chances, truth, photos = [], [], []
    for named in scored(project, labels, classifier, CONFIRMED, naming, store, [], _Looked(), progress):
        for piece, scores in named.pieces:
            if piece.label in labels:
                chances.append([scores.of(key) for key in labels.keys])
                truth.append(labels.index(piece.label))
                photos.append(named.page.image)
    table = np.array(chances, np.float64).reshape(len(truth), len(labels.keys))
    found = calibrate(table, np.array(truth, np.int64), photos, wanted=wanted)
    below = naming.unknown_below if found.threshold is None else found.threshold
    return found, replace(naming, temperature=found.temperature, unknown_below=below, classifier=classifier.card.id)


@dataclass(slots=True)
class _Looked:
    instances: int = 0
    computed: int = 0


def scored(
    project: Project,
    labels: LabelSet,
    classifier: Classifier,
    statuses: Sequence[Status],
    naming: Naming,
    store: FeatureStore | None,
    problems: list[tuple[str, str]],
    looked: _Looked,
    progress: Progress | None,
) -> Iterator[Named]:
    """Every page with its instances of these statuses and their scores; a page or photo that cannot be read, or a photo
    that is not the annotated one, is noted in `problems`."""
    answers, views, store = Answers(classifier, labels), naming.views_for(classifier), store or FeatureStore()
    for page in project.pages(progress, unread=problems):
        pieces = [one for one in page.annotations if one.status in statuses and (one.status in CONFIRMED or _open(one))]
        if not pieces:
            continue
        masks = [one.mask for one in pieces]
        photo = _Photo(project, page)
        try:
            digest = page.digest or images.digest(photo())
            by_view = []
            for view in views:
                vectors, made = store.get(answers, view, digest, masks, photo)
                looked.computed += made
                by_view.append(answers.scores(vectors))
        except BadImage as error:
            problems.append((page.image, error.problem))
            continue
        looked.instances += len(pieces)
        settled = [naming.settled(of_one, classifier) for of_one in zip(*by_view, strict=True)]
        yield Named(page, tuple(zip(pieces, settled, strict=True)))


class _Photo:
    """Reads a page's photo at most once, and only when asked. Raises BadImage when it is not the annotated one."""

    def __init__(self, project: Project, page: Page) -> None:
        self._path: Callable[[], Any] = lambda: project.image_path(page.image)
        self._page = page
        self._rgb: ByteArray | None = None

    def __call__(self) -> ByteArray:
        if self._rgb is None:
            rgb = images.read(self._path())
            wanted = self._page.digest
            if rgb.shape[:2] != (self._page.height, self._page.width) or (wanted and images.digest(rgb) != wanted):
                raise BadImage("the photo is not the one that was annotated", path=self._path())
            self._rgb = rgb
        return self._rgb


def _open(piece: Annotation) -> bool:
    """Whether a piece that waits to be confirmed has the name that its scores gave it: any other is a person's."""
    return piece.scores is None or piece.label in (piece.scores.best, UNKNOWN)


def _same(old: Scores | None, new: Scores) -> bool:
    """Whether scores are equal but for what writing and reading them rounds."""
    return old is not None and old.labels == new.labels and bool(np.abs(old.values - new.values).max() < 1e-4)
