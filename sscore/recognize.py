"""Prompt → mask → crop → label: for one prompt, one photo, one folder. The product in one file.

Everything here is pure computation on loaded models: no window, no console. Long jobs report to a `Progress` and stop
when it raises `Cancelled`. One photo is in memory at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sscore import images
from sscore.errors import BadImage, BadPrompt
from sscore.labels import LabelSet
from sscore.models import zoom as zooming
from sscore.models.cache import EmbeddingCache
from sscore.models.everything import find_all
from sscore.models.zoom import Zoom
from sscore.naming import Naming
from sscore.types import (
    UNKNOWN,
    Annotation,
    Box,
    ByteArray,
    Candidate,
    Classifier,
    Embedding,
    Mask,
    Page,
    Progress,
    Prompt,
    Proposal,
    Scores,
    Segmenter,
)

STEPS = 100
"""`label_folder` reports progress in hundredths of a photo."""

PLAIN = Naming()
"""The view the classifier was made for, and its most probable class, however uncertain."""

_Answer = tuple[Candidate, Prompt | None]
_PROMPTS_AT_ONCE = 32
_CROP_BYTES_AT_ONCE = 256 * 2**20


def propose(
    segmenter: Segmenter,
    classifier: Classifier | None,
    labels: LabelSet,
    rgb: ByteArray,
    embedding: Embedding,
    prompt: Prompt,
    *,
    multimask: bool = True,
    zoom: Zoom = "off",
    view: Box | None = None,
    cache: EmbeddingCache | None = None,
    naming: Naming = PLAIN,
) -> Proposal:
    """What the models say to one prompt. rgb: uint8 (H, W, 3), the photo that `embedding` was made of.

    zoom: whether to look closer at small pieces, see `sscore.models.zoom`; view: the part of the photo the user sees;
    cache: keeps the embeddings of parts of the photo.

    Seconds for "predict" and "classify"; "encode" is the caller's, who keeps embeddings. Raises BadPrompt.
    """
    watch = _Watch()
    with watch("predict"):
        candidates = _predict(segmenter, rgb, embedding, prompt, zoom, cache, multimask=multimask, view=view)
    scores = None
    if classifier is not None and candidates and candidates[0].mask is not None:
        with watch("classify"):
            scores = classify(classifier, labels, rgb, [candidates[0].mask], naming=naming)[0]
    return Proposal(candidates, scores, prompt, watch.seconds)


def _predict(
    segmenter: Segmenter,
    rgb: ByteArray,
    embedding: Embedding,
    prompt: Prompt,
    zoom: Zoom,
    cache: EmbeddingCache | None,
    *,
    multimask: bool = True,
    view: Box | None = None,
) -> tuple[Candidate, ...]:
    part = zooming.window(segmenter, prompt, embedding.image_hw, zoom, view)
    if part is None:
        return segmenter.predict(embedding, prompt, multimask=multimask)
    return zooming.predict(segmenter, rgb, part, prompt, cache=cache, multimask=multimask)


def classify(
    classifier: Classifier, labels: LabelSet, rgb: ByteArray, masks: Sequence[Mask], *, naming: Naming = PLAIN
) -> list[Scores]:
    """Class probabilities of each mask of one photo, uint8 (H, W, 3); one classifier call for all views of all masks,
    more only when the crops of very large photos would take more than 256 MB."""
    views = naming.views_for(classifier)
    scores: list[Scores] = []
    crops: list[ByteArray] = []
    for mask in masks:
        crops += [images.crop(rgb, mask, view) for view in views]
        if sum(crop.nbytes for crop in crops) > _CROP_BYTES_AT_ONCE:
            scores += classifier.scores(crops, labels)
            crops = []
    scores += classifier.scores(crops, labels) if crops else []
    return [naming.settled(scores[at : at + len(views)], classifier) for at in range(0, len(scores), len(views))]


def annotate(
    annotation_id: int,
    candidate: Candidate,
    scores: Scores | None,
    prompt: Prompt | None,
    segmenter: Segmenter,
    classifier: Classifier | None,
    *,
    labels: LabelSet | None = None,
    naming: Naming = PLAIN,
) -> Annotation:
    """A model's answer as an instance with status "proposed": its label is the most probable one, or "unknown" when
    that is not as sure as `naming` asks or there are no scores; it remembers who made it of what. The candidate must
    have a mask."""
    if candidate.mask is None:
        raise ValueError("this candidate has no mask")
    return Annotation(
        id=annotation_id,
        mask=candidate.mask,
        label=UNKNOWN if scores is None else naming.label(scores),
        scores=scores,
        status="proposed",
        made_by=made_by(segmenter, classifier, candidate, labels=labels, naming=naming),
        prompt=prompt,
    )


def made_by(
    segmenter: Segmenter,
    classifier: Classifier | None,
    candidate: Candidate,
    *,
    labels: LabelSet | None = None,
    naming: Naming = PLAIN,
) -> dict[str, Any]:
    """The models behind an instance, for `Annotation.made_by`: ids and weight digests, so that a mask can be traced to
    the very weights; the candidate's index and predicted IoU; what the classifier saw, and the version of the words if
    it went by words. labels: those it was named with."""
    made: dict[str, Any] = {"segmenter": segmenter.card.id}
    if segmenter.card.sha256:
        made["segmenter_sha256"] = segmenter.card.sha256
    if classifier is not None:
        made["classifier"] = classifier.card.id
        if classifier.card.sha256:
            made["classifier_sha256"] = classifier.card.sha256
        made |= naming.record(classifier, labels)
    return made | {"candidate": candidate.index, "predicted_iou": round(float(candidate.score), 4)}


def label_page(
    rgb: ByteArray,
    prompts: Sequence[Prompt] | None,
    segmenter: Segmenter,
    classifier: Classifier | None,
    labels: LabelSet,
    *,
    image: str,
    digest: str = "",
    cache: EmbeddingCache | None = None,
    zoom: Zoom = "off",
    naming: Naming = PLAIN,
    progress: Progress | None = None,
) -> Page:
    """A page of proposed instances: one per prompt, in their order, or of everything (prompts None), best first.

    rgb: uint8 (H, W, 3); image: its relative path with '/'; digest: of its pixels, computed when not given; cache:
    where the embedding may be found and is kept; zoom: see `sscore.models.zoom`. A prompt that found nothing leaves no
    instance. Two calls with the same input give the same page.
    """
    return _label(
        rgb, prompts, segmenter, classifier, labels, image, digest, cache, zoom, naming, progress, _Watch()
    ).page


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo to label. name: relative path with '/', as the page shall call it; prompts None: everything mode."""

    name: str
    path: Path
    prompts: Sequence[Prompt] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """What became of one photo. page: None when the photo could not be used; problems: one line for every prompt that
    gave no object, or why there is no page; seconds by stage ("read", "encode", "predict", "classify")."""

    name: str
    page: Page | None
    problems: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


def label_folder(
    photos: Sequence[Photo],
    segmenter: Segmenter,
    classifier: Classifier | None,
    labels: LabelSet,
    *,
    cache: EmbeddingCache | None = None,
    zoom: Zoom = "off",
    naming: Naming = PLAIN,
    progress: Progress | None = None,
) -> Iterator[Labelled]:
    """Label photos one after the other; one that cannot be used is reported in its `Labelled` and the rest goes on.

    progress counts hundredths of a photo (`STEPS`), and is asked within a photo too, so that a long one can be stopped.
    """
    total = len(photos) * STEPS
    for index, photo in enumerate(photos):
        inside = None if progress is None else _inside(progress, index * STEPS, total)
        watch = _Watch()
        try:
            with watch("read"):
                rgb = images.read(photo.path)
            done = _label(
                rgb, photo.prompts, segmenter, classifier, labels, photo.name, "", cache, zoom, naming, inside, watch
            )
        except (BadImage, BadPrompt) as error:
            yield Labelled(photo.name, None, (str(error),), watch.seconds)
        except MemoryError:
            yield Labelled(photo.name, None, (f"{photo.path}: not enough memory for this photo",), watch.seconds)
        else:
            yield Labelled(photo.name, done.page, done.missed, watch.seconds)
        if progress is not None:
            progress((index + 1) * STEPS, total)


@dataclass(frozen=True, slots=True)
class _Done:
    page: Page
    missed: tuple[str, ...]


def _label(
    rgb: ByteArray,
    prompts: Sequence[Prompt] | None,
    segmenter: Segmenter,
    classifier: Classifier | None,
    labels: LabelSet,
    image: str,
    digest: str,
    cache: EmbeddingCache | None,
    zoom: Zoom,
    naming: Naming,
    progress: Progress | None,
    watch: _Watch,
) -> _Done:
    with watch("encode"):
        digest = digest or images.digest(rgb)
        embedding = segmenter.encode(rgb) if cache is None else cache.get(segmenter, rgb, digest)
    missed: list[str] = []
    with watch("predict"):
        if prompts is None:
            found: list[_Answer] = [(one, None) for one in find_all(segmenter, rgb, embedding, progress=progress)]
        else:
            ask = partial(_ask, segmenter, rgb, embedding, zoom=zoom, cache=cache)
            found = _answers(ask, prompts, progress, missed)
    with watch("classify"):
        masks = [candidate.mask for candidate, _ in found if candidate.mask is not None]
        scores = [None] * len(masks) if classifier is None else classify(classifier, labels, rgb, masks, naming=naming)
    annotations = tuple(
        annotate(number, candidate, score, prompt, segmenter, classifier, labels=labels, naming=naming)
        for number, ((candidate, prompt), score) in enumerate(zip(found, scores, strict=True), start=1)
    )
    height, width = rgb.shape[:2]
    return _Done(Page(image, width, height, digest, annotations), tuple(missed))


_Replies = list[tuple[Candidate, ...] | BadPrompt]


def _answers(
    ask: Callable[[list[Prompt]], _Replies],
    prompts: Sequence[Prompt],
    progress: Progress | None,
    missed: list[str],
) -> list[_Answer]:
    """The best candidate with a mask of every prompt; `missed` gets a line for every prompt that has none."""
    found: list[_Answer] = []
    for start in range(0, len(prompts), _PROMPTS_AT_ONCE):
        chunk = list(prompts[start : start + _PROMPTS_AT_ONCE])
        for number, (prompt, answer) in enumerate(zip(chunk, ask(chunk), strict=True), start + 1):
            if isinstance(answer, BadPrompt):
                missed.append(f"prompt {number}: {answer}")
            elif (best := next((one for one in answer if one.mask is not None), None)) is None:
                missed.append(f"prompt {number}: the model found no object there")
            else:
                found.append((best, prompt))
        if progress is not None:
            progress(start + len(chunk), len(prompts))
    return found


def _ask(
    segmenter: Segmenter,
    rgb: ByteArray,
    embedding: Embedding,
    prompts: list[Prompt],
    *,
    zoom: Zoom,
    cache: EmbeddingCache | None,
) -> _Replies:
    """Answers in one batch, but for pieces to look closer at; when the batch is refused, one by one, so that a bad
    prompt costs only itself."""
    small = [zooming.window(segmenter, prompt, embedding.image_hw, zoom) is not None for prompt in prompts]
    together = [prompt for prompt, alone in zip(prompts, small, strict=True) if not alone]
    try:
        answers = iter(segmenter.predict_many(embedding, together) if together else [])
    except BadPrompt:
        small, answers = [True] * len(prompts), iter(())
    replies: _Replies = []
    for prompt, alone in zip(prompts, small, strict=True):
        try:
            replies.append(_predict(segmenter, rgb, embedding, prompt, zoom, cache) if alone else next(answers))
        except BadPrompt as error:
            replies.append(error)
    return replies


def _inside(progress: Progress, before: int, total: int) -> Callable[[int, int], None]:
    """A Progress for one photo that reports to the progress of all."""

    def report(done: int, parts: int) -> None:
        # The last step is left to the end of the photo: classes still have to be found.
        progress(before + (STEPS - 1) * done // max(parts, 1), total)

    return report


class _Watch:
    """Adds up seconds by stage: `with watch("predict"): ...`."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start
