"""The sample scenes as a project that people have worked on for two days: for pictures of the window.

Boxes and classes are the scenes' exact truth (resources/samples/pieces.json); masks and probabilities are what the
embedded models say to those boxes. Names, times and effort are made up, and the same each time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sscore import images, labels, paths, review
from sscore.facts import EFFORT
from sscore.project import Project
from sscore.recognize import label_page
from sscore.remote.process import ModelProcess
from sscore.types import Annotation, Box, Page, Prompt, Status


@dataclass(frozen=True, slots=True)
class _Work:
    """What was done on one photo: by whom, how far. start: first acceptance, UTC; left: pieces not drawn yet."""

    author: str
    status: Status
    start: datetime
    done: bool = True
    left: int = 0


_STORY: Mapping[str, _Work] = {
    "bench.jpg": _Work("Li", "reviewed", datetime(2026, 3, 2, 8, 10, tzinfo=UTC)),
    "bars.jpg": _Work("Chen", "accepted", datetime(2026, 3, 3, 9, 5, tzinfo=UTC)),
    "pipes.jpg": _Work("Li", "reviewed", datetime(2026, 3, 3, 13, 40, tzinfo=UTC)),
    "pieces.jpg": _Work("Chen", "accepted", datetime(2026, 3, 4, 8, 30, tzinfo=UTC), done=False, left=2),
    "rack.jpg": _Work("", "proposed", datetime(2026, 3, 4, 9, 0, tzinfo=UTC), done=False),
}
_REVIEWER = "Zhou"


def make(folder: Path) -> None:
    """Copy the photos into `folder` (made if missing) and write their pages. heap.jpg has none."""
    source = paths.resources() / "samples"
    pieces = json.loads((source / "pieces.json").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    for name in pieces:
        shutil.copyfile(source / name, folder / name)
    project = Project.open(folder)
    with ModelProcess() as models:
        segmenter, classifier, shapes = models.segmenter("nano"), models.classifier("nano-cls"), labels.load()
        for name, work in _STORY.items():
            drawn = pieces[name][: len(pieces[name]) - work.left]
            prompts = [Prompt(box=Box(*box)) for _, *box in drawn]
            page = label_page(images.read(folder / name), prompts, segmenter, classifier, shapes, image=name)
            if len(page.annotations) != len(drawn):
                raise RuntimeError(f"{name}: {len(drawn)} boxes gave {len(page.annotations)} masks")
            if work.status != "proposed":
                page = _worked_on(page, work, [label for label, *_ in drawn])
            project.save(page, edit="made", author=work.author)


def _worked_on(page: Page, work: _Work, truths: list[str]) -> Page:
    """The page after a person has named its instances, and perhaps another has looked at them."""
    pairs = zip(page.annotations, truths, strict=True)
    page = replace(page, annotations=tuple(_named(a, work, truth, at) for at, (a, truth) in enumerate(pairs)))
    if work.status == "reviewed":
        when = _moment(work.start + timedelta(hours=2))
        page = review.mark(page, [a.id for a in page.annotations], "reviewed", by=_REVIEWER, time=when)
    return review.set_done(page, done=work.done)


def _named(annotation: Annotation, work: _Work, truth: str, at: int) -> Annotation:
    """Where the model was unsure, the mask took a second prompt."""
    clicks = 2 if annotation.scores is not None and annotation.scores.margin < 0.2 else 1
    effort: dict[str, Any] = {EFFORT: {"seconds": round(2.2 + 1.9 * clicks + 0.3 * (at % 4), 1), "clicks": clicks}}
    return replace(
        annotation,
        label=truth,
        status="accepted",
        author=work.author,
        time=_moment(work.start + timedelta(seconds=40 * at)),
        extra={**annotation.extra, **effort},
    )


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
