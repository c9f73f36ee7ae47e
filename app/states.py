"""What the list shows of a photo: to do, begun, done, sent back, damaged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from sscore import facts
from sscore.errors import SscError
from sscore.project import PageSummary, Project
from sscore.types import Page

Progress = Literal["todo", "started", "done"]


@dataclass(frozen=True, slots=True)
class ImageState:
    """What the image list shows of one photo."""

    count: int = 0
    progress: Progress = "todo"
    damaged: bool = False
    sent_back: bool = False


def state_of(count: int, done: bool, verdict: str = "") -> ImageState:
    """verdict: a reviewer's status for the whole photo; what was sent back and is done again is done."""
    progress: Progress = "done" if done else "started" if count else "todo"
    return ImageState(count, progress, sent_back=verdict == "rejected" and not done)


def of_page(page: Page) -> ImageState:
    photo = facts.of_page(replace(page, annotations=()))
    return state_of(len(page.annotations), photo.done, photo.status)


def on_disk(project: Project, rel: str) -> ImageState:
    try:
        summary: PageSummary = project.summary(rel)
    except SscError:
        return ImageState(damaged=True)
    return state_of(summary.count, summary.done, summary.verdict)
