"""One photo measured: prompts drawn from the true masks, as they are and shifted; the best candidate's metrics.

The same prompts for every segmenter, whatever was measured before: shifts are drawn from a seed made of photo,
annotation, strategy, shift and repeat.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sscore import metrics
from sscore.errors import BadOption
from sscore.evaluate.clicks import MOST_CLICKS, clicked
from sscore.evaluate.overlay import together
from sscore.evaluate.rows import CLICKS, UNSHIFTED, Row
from sscore.models.everything import find_all
from sscore.prompts import STRATEGIES, sample, shift
from sscore.types import ByteArray, Candidate, Embedding, Mask, Progress, Prompt, Segmenter

EVERYTHING = "S1"
Report = Callable[[int, str], None]
"""Called with an annotation's id and what went wrong with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One photo, uint8 (H, W, 3), and the true masks to look for in it. ids, labels: of the masks; where they are left
    out, the masks are numbered from 1 and have no label."""

    name: str
    rgb: ByteArray
    masks: tuple[Mask, ...]
    ids: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Design:
    """What is asked of each object. shifts: (lo, hi) px; repeats: of each shift. Raises BadOption."""

    strategies: tuple[str, ...] = ("S2", "S3", "S4", "S5", "S6")
    shifts: tuple[tuple[float, float], ...] = ()
    repeats: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        known = [*STRATEGIES, CLICKS]
        if wrong := [key for key in self.strategies if key not in known]:
            raise BadOption(f"unknown prompt strategy {wrong[0]!r}", remedy=f"use some of {', '.join(known)}")
        if not self.strategies or len(set(self.strategies)) < len(self.strategies):
            raise BadOption("name each prompt strategy once, and at least one")
        if wrong_shifts := [pair for pair in self.shifts if not 0 <= pair[0] < pair[1] < np.inf]:
            raise BadOption(f"cannot shift by {shift_name(wrong_shifts[0])} px", remedy="give LO-HI with 0 <= LO < HI")
        if self.repeats < 1:
            raise BadOption("--repeats must be at least 1")

    def asked(self) -> int:
        """Prompts for one object; the simulated user counts as half of what he may do."""
        plain = [key for key in self.strategies if key not in (EVERYTHING, CLICKS)]
        return (
            len(plain) * (1 + len(self.shifts) * self.repeats)
            + (EVERYTHING in self.strategies)
            + (CLICKS in self.strategies) * MOST_CLICKS // 2
        )


def shift_name(pair: tuple[float, float]) -> str:
    """A shift of LO to HI px as rows and options write it: "LO-HI"."""
    return f"{pair[0]:g}-{pair[1]:g}"


def generator(
    design: Design, image: str, annotation: int, strategy: str, shift_: str, repeat: int
) -> np.random.Generator:
    """The source of one prompt's shift: the same on every computer and in every order of work."""
    text = "\0".join((str(design.seed), image, str(annotation), strategy, shift_, str(repeat)))
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big"))


def measure(
    segmenter: Segmenter,
    cases: Iterable[Case],
    strategies: Sequence[str] = ("S2", "S3", "S4", "S5", "S6"),
    *,
    progress: Progress | None = None,
) -> list[Row]:
    """Rows of prompts as they are, in the order of cases, masks, strategies. Errors of the segmenter pass through."""
    design, listed = Design(tuple(strategies)), list(cases)
    rows: list[Row] = []
    for done, case in enumerate(listed, start=1):
        rows += measure_case(segmenter, case, design)
        if progress:
            progress(done, len(listed))
    return rows


def measure_case(segmenter: Segmenter, case: Case, design: Design, *, trouble: Report | None = None) -> Iterator[Row]:
    """Rows of one photo, encoded once. An object whose prompts fail goes to `trouble` and has no rows; without
    `trouble`, and for the photo as a whole, errors pass through."""
    began = time.perf_counter()
    embedding = segmenter.encode(case.rgb)
    encode = time.perf_counter() - began
    everything: list[Candidate] = []
    search = 0.0
    if EVERYTHING in design.strategies:
        began = time.perf_counter()
        everything = find_all(segmenter, case.rgb, embedding)
        search = time.perf_counter() - began
    for number, truth in enumerate(case.masks):
        about = _About(segmenter, case, number, encode)
        try:
            rows = list(_object(segmenter, embedding, truth, about, design, everything, search))
        except MemoryError:
            raise
        except Exception as error:  # one object that a model chokes on must not cost the others
            if trouble is None:
                raise
            trouble(about.annotation, str(error) or type(error).__name__)
            continue
        yield from rows


class _About:
    """What all rows of an object share."""

    def __init__(self, segmenter: Segmenter, case: Case, number: int, encode: float) -> None:
        self.segmenter = segmenter.card.id
        self.engine = str(getattr(segmenter, "engine", ""))
        self.image = case.name
        self.annotation = case.ids[number] if case.ids else number + 1
        self.label = case.labels[number] if case.labels else ""
        self.encode = encode

    def row(
        self, truth: Mask, image_hw: tuple[int, int], strategy: str, answer: tuple[Candidate, ...], *, keep: bool = True
    ) -> Row:
        """Of the candidate that fits best, not shifted and without times; see `Row`. keep: the mask too."""
        scored = [(dice_of(one.mask, truth), -place) for place, one in enumerate(answer)]
        dice, place = max(scored, default=(0.0, 0))
        best = answer[-place] if answer else None
        mask = best.mask if best else None
        pair = together(truth, mask)
        return Row(
            segmenter=self.segmenter,
            engine=self.engine,
            strategy=strategy,
            shift=UNSHIFTED,
            repeat=0,
            image=self.image,
            annotation=self.annotation,
            label=self.label,
            area=truth.area,
            dice=dice,
            jaccard=metrics.jaccard(*pair),
            hausdorff=metrics.hausdorff(*pair),
            dice_first=scored[0][0] if scored else 0.0,
            predicted_iou=float(best.score) if best else 0.0,
            candidate=best.index if best and mask else -1,
            clicks=_effort(strategy),
            seconds_encode=self.encode,
            seconds_predict=0.0,
            mask=str(mask.rle(*image_hw)["counts"]) if mask and keep else "",
        )


def _object(
    segmenter: Segmenter,
    embedding: Embedding,
    truth: Mask,
    about: _About,
    design: Design,
    everything: list[Candidate],
    search: float,
) -> Iterator[Row]:
    hw = embedding.image_hw
    full = truth.full(*hw)
    for strategy in design.strategies:
        if strategy == EVERYTHING:
            yield replace(about.row(truth, hw, strategy, tuple(everything)), seconds_predict=search)
        elif strategy == CLICKS:
            for click in clicked(segmenter, embedding, truth):
                row = about.row(truth, hw, strategy, (click.candidate,) if click.candidate else ())
                yield replace(row, repeat=click.number, clicks=click.number, seconds_predict=click.seconds)
        else:
            prompt = sample(full, strategy)
            began = time.perf_counter()
            answer = segmenter.predict(embedding, prompt)
            yield replace(about.row(truth, hw, strategy, answer), seconds_predict=time.perf_counter() - began)
            yield from _shifted(segmenter, embedding, truth, prompt, strategy, about, design)


def _shifted(
    segmenter: Segmenter,
    embedding: Embedding,
    truth: Mask,
    prompt: Prompt,
    strategy: str,
    about: _About,
    design: Design,
) -> Iterator[Row]:
    """All shifted prompts of one object and strategy in one batch, always the same one."""
    names = [(pair, shift_name(pair), r) for pair in design.shifts for r in range(1, design.repeats + 1)]
    if not names:
        return
    prompts = []
    for (lo, hi), name, repeat in names:
        rng = generator(design, about.image, about.annotation, strategy, name, repeat)
        prompts.append(shift(prompt, lo, hi, rng, embedding.image_hw))
    began = time.perf_counter()
    answers = segmenter.predict_many(embedding, prompts)
    seconds = (time.perf_counter() - began) / len(prompts)
    for (_, name, repeat), answer in zip(names, answers, strict=True):
        row = about.row(truth, embedding.image_hw, strategy, answer, keep=False)
        yield replace(row, shift=name, repeat=repeat, seconds_predict=seconds)


def _effort(strategy: str) -> int:
    """Clicks a person would make: one a point, two a box."""
    if strategy not in STRATEGIES:
        return 0
    known = STRATEGIES[strategy]
    return known.positives + known.negatives + 2 * known.box


def dice_of(answer: Mask | None, truth: Mask) -> float:
    """DICE of two masks of one image, 0 when nothing was answered."""
    return metrics.dice(*together(truth, answer))


def by_strategy(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """{strategy: {"n", "dice", "dice_first", "median_ms"}}, DICE as means over instances."""
    table = {}
    for strategy in sorted({row.strategy for row in rows}):
        mine = [row for row in rows if row.strategy == strategy]
        table[strategy] = {
            "n": len(mine),
            "dice": round(float(np.mean([row.dice for row in mine])), 4),
            "dice_first": round(float(np.mean([row.dice_first for row in mine])), 4),
            "median_ms": round(1000 * float(np.median([row.seconds_predict for row in mine])), 1),
        }
    return table
