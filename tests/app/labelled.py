"""A folder with a history: pages that several people worked on, written before the window opens."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sscore import edits
from sscore.project import Project
from sscore.types import Annotation, Box, Mask, Page, Prompt, Scores

SIZES = {"a.jpg": (300, 400), "b.jpg": (200, 320), "c.png": (240, 240)}


def rectangle(x0: int, y0: int, x1: int, y1: int) -> Mask:
    return Mask(np.ones((y1 - y0, x1 - x0), bool), x0, y0)


def instance(box: tuple[int, int, int, int], label: str, margin: float, **more) -> Annotation:
    """The classifier thinks of a pipe with this margin; the stored prompt is a box a little larger."""
    values = np.array([(1 + margin) / 2, (1 - margin) / 2], np.float32)
    x0, y0, x1, y1 = box
    return Annotation(
        id=0,
        mask=rectangle(*box),
        label=label,
        scores=Scores(("Pipe", "Bar"), values),
        prompt=Prompt(box=Box(x0 - 4, y0 - 4, x1 + 4, y1 + 4)),
        **{"made_by": {"segmenter": "nano", "predicted_iou": 0.9}, "author": "li", **more},
    )


def label(folder: Path) -> None:
    """a.jpg: a sure pipe, a doubtful pipe, a tiny plate. b.jpg: a proposed bar, an unknown. c.png: nothing."""
    project = Project.open(folder)
    pages = {
        "a.jpg": [
            instance((20, 20, 120, 80), "Pipe", 0.9, time="2026-02-01T08:00:00Z"),
            instance((150, 40, 250, 120), "Pipe", 0.1, time="2026-02-02T08:00:00Z"),
            instance((300, 200, 305, 205), "Plate", 0.8),
        ],
        "b.jpg": [
            instance((20, 20, 160, 60), "Bar", 0.3, status="proposed"),
            instance((180, 80, 280, 160), "unknown", 0.0),
        ],
    }
    for name, instances in pages.items():
        height, width = SIZES[name]
        page = Page(name, width, height)
        for one in instances:
            page = edits.add(page, one)
        project.save(page, edit="made", author="li")
