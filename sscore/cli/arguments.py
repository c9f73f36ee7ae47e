"""Text of the command line → values: boxes, points, sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sscore.errors import BadOption

if TYPE_CHECKING:
    from sscore.types import Box, Prompt


ProjectFolder = Annotated[Path, typer.Argument(metavar="PROJECT", help="Folder of the project.", show_default=False)]
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        help="auto, torch, torch-compile (torch made faster, after a slow start), openvino or openvino-int8.",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Of all that is drawn by chance.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep embeddings (see: ssc embed).")]


def box(text: str) -> Box:
    """ "x0,y0,x1,y1" in px."""
    from sscore.types import Box

    return Box(*_numbers(text, "--box", "x0,y0,x1,y1", (4,)))


def prompt(box_text: str | None, point_texts: Sequence[str]) -> Prompt:
    """A box, points "x,y" or "x,y,0" (0: background), or both; an empty prompt when neither is given."""
    import numpy as np

    from sscore.types import Prompt

    points = [_numbers(text, "--point", "x,y or x,y,0 for background", (2, 3)) for text in point_texts]
    for text, point in zip(point_texts, points, strict=True):
        if point[2:] not in ([], [0.0], [1.0]):
            raise BadOption(f"--point {text}: the third value is 1 (on the object) or 0 (background)")
    return Prompt(
        points=np.array([point[:2] for point in points], dtype=np.float32),
        positive=np.array([point[2:] != [0.0] for point in points], dtype=np.bool_),
        box=None if box_text is None else box(box_text),
    )


ZoomOption = Annotated[
    str, typer.Option("--zoom", help="Look closer at pieces too small for the model: auto, on or off.")
]


LabelsOption = Annotated[
    str, typer.Option("--labels", metavar="KEY|FILE", help="A label set that ships, or a .toml file of your own.")
]


UnknownBelow = Annotated[
    float,
    typer.Option("--unknown-below", min=0, max=1, metavar="P", help="Less probable names become unknown (0: none)."),
]
ViewOption = Annotated[
    str,
    typer.Option(
        "--view",
        metavar="VIEWS",
        help="What the classifier sees: tight, masked or context, or several as masked+context, whose answers are "
        "averaged. Default: what it was made for.",
    ),
]


def size(text: str) -> tuple[int, int]:
    """ "WxH" → (width, height) px."""
    width, cross, height = text.lower().replace("×", "x").partition("x")
    if not (cross and width.strip().isdecimal() and height.strip().isdecimal() and int(width) and int(height)):
        raise BadOption(f"--size {text}: expected WIDTHxHEIGHT, for example 640x480")
    return int(width), int(height)


def _numbers(text: str, option: str, form: str, lengths: tuple[int, ...]) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in lengths or not all(math.isfinite(number) for number in numbers):
        raise BadOption(f"{option} {text}: expected {form}")
    return numbers
