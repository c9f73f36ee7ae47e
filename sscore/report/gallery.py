"""Photos with prompts and masks: how segmenters answer, and where they do best, worst and most differently.

Positive points are red stars, negative ones blue, boxes green, as in Figure 12 of the paper; the truth is a white line
with a black edge, an answer an orange area.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sscore import images
from sscore.errors import BadImage
from sscore.prompts import STRATEGIES, sample
from sscore.report.figures import Picture, drawing
from sscore.report.measured import Measured, Place
from sscore.types import ByteArray, Mask, Prompt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_AROUND = 0.35
"""Surroundings shown on each side, over the long side of the object."""

_SIDE = 320
_ANSWER = np.array([230, 159, 0], np.float32)
_EXAMPLES = 3
_CELLS = 8


def gallery(runs: Measured) -> list[Picture]:
    """Fig. 12 for some objects, then the best, the worst and the most disputed."""
    asked = [key for key in runs.strategies if key != "S1"]
    if not asked:
        return []
    found = [_prompts(runs, asked, place, number) for number, place in enumerate(examples(runs), start=1)]
    found += [_ranked(runs, "best", "Best answers", ranking(runs, best=True)[:_CELLS])]
    found += [_ranked(runs, "worst", "Worst answers", ranking(runs, best=False)[:_CELLS])]
    if len(runs.segmenters) > 1:
        found.append(_disputed(runs))
    return found


def examples(runs: Measured) -> list[Place]:
    """Objects that are neither easy nor hopeless: at the quartiles of mean DICE over all answers, of different classes
    where there are some."""
    means = object_means(runs)
    ordered = sorted(means, key=lambda place: (means[place], place))
    chosen: list[Place] = []
    for share in (0.75, 0.5, 0.25)[: min(_EXAMPLES, len(ordered))]:
        around = sorted(ordered, key=lambda place: abs(ordered.index(place) - share * (len(ordered) - 1)))
        classes = {runs.truths[place].label for place in chosen}
        fresh = [place for place in around if place not in chosen]
        other = [place for place in fresh[: max(len(ordered) // 4, 1)] if runs.truths[place].label not in classes]
        chosen.append((other or fresh)[0])
    return chosen


def object_means(runs: Measured) -> dict[Place, float]:
    """Mean DICE over segmenters and strategies, unshifted, by object."""
    values: dict[Place, list[float]] = {}
    for (_, _, place), dice in runs.dices.items():
        values.setdefault(place, []).append(dice)
    return {place: float(np.mean(some)) for place, some in values.items()}


def ranking(runs: Measured, *, best: bool) -> list[tuple[float, str, str, Place]]:
    """(DICE, segmenter, strategy, object): of each object its best answer, best first; or its worst, worst first."""
    sign = -1 if best else 1
    chosen: dict[Place, tuple[float, str, str]] = {}
    for (segmenter, strategy, place), dice in runs.dices.items():
        entry = (sign * dice, segmenter, strategy)
        chosen[place] = min(entry, chosen.get(place, entry))
    ordered = sorted((*entry, place) for place, entry in chosen.items())
    return [(sign * dice, segmenter, strategy, place) for dice, segmenter, strategy, place in ordered]


def disputes(runs: Measured) -> list[tuple[float, str, Place]]:
    """(largest difference of DICE between two segmenters, strategy, object), largest first, each object once."""
    by_question: dict[tuple[str, Place], list[float]] = {}
    for (_, strategy, place), dice in runs.dices.items():
        by_question.setdefault((strategy, place), []).append(dice)
    largest: dict[Place, tuple[float, str, Place]] = {}
    for (strategy, place), values in by_question.items():
        entry = (max(values) - min(values), strategy, place)
        if place not in largest or entry[0] > largest[place][0]:
            largest[place] = entry
    return sorted(largest.values(), key=lambda entry: (-entry[0], *entry[1:]))


def name_of(runs: Measured, place: Place) -> str:
    """An object in words: its label, its number, its photo."""
    return f"{runs.truths[place].label or 'object'} {place[1]} of {place[0]}"


def _prompts(runs: Measured, strategies: Sequence[str], place: Place, number: int) -> Picture:
    """One object: a row for each segmenter that was asked for it, a column for each strategy."""
    those = [one for one in runs.segmenters if any((one, key, place) in runs.dices for key in strategies)]
    rows, columns = len(those), len(strategies)
    title = f"Prompts and masks: {name_of(runs, place)}"
    caption = (
        "Red stars: positive points; blue stars: negative points; green: box; white line: truth; orange: the answer "
        "that fits best, with its DICE."
    )
    name, height = f"fig12_prompts_{number}", 0.25 + 1.75 * rows
    with drawing(
        name, title, caption, width=1.7 * columns + 0.4, height=height, grid=(rows, columns), photos=True
    ) as canvas:
        for place_in_grid, axes in enumerate(canvas.all_axes):
            segmenter, strategy = those[place_in_grid // columns], strategies[place_in_grid % columns]
            if (segmenter, strategy, place) not in runs.dices:
                continue
            _draw(axes, runs, segmenter, strategy, place)
            dice = runs.dices[segmenter, strategy, place]
            axes.set_title(f"{segmenter}\n{strategy}  {dice:.2f}", fontsize=7.5, pad=2)
    return canvas.done


def _ranked(runs: Measured, name: str, title: str, entries: Sequence[tuple[float, str, str, Place]]) -> Picture:
    caption = "Of unshifted prompts, each object once: " + "; ".join(
        f"{name_of(runs, place)} ({segmenter}, {strategy}, DICE {dice:.3f})"
        for dice, segmenter, strategy, place in entries
    )
    rows = (len(entries) + 3) // 4
    with drawing(name, title, caption + ".", width=7.2, height=2.05 * rows, grid=(rows, 4), photos=True) as canvas:
        for axes, (dice, segmenter, strategy, place) in zip(canvas.all_axes, entries, strict=False):
            _draw(axes, runs, segmenter, strategy, place)
            axes.set_title(f"{segmenter} {strategy}  {dice:.2f}", fontsize=7.5, pad=2)
    return canvas.done


def _disputed(runs: Measured) -> Picture:
    """The answers to one question side by side, where they differ most."""
    entries = disputes(runs)[:4]
    caption = "The objects on which segmenters differ most in DICE, the same prompt for all: " + "; ".join(
        f"{name_of(runs, place)} ({strategy}, {gap:.2f} apart)" for gap, strategy, place in entries
    )
    rows, columns = len(entries), min(len(runs.segmenters), 5)
    height = 2.05 * rows
    title = "Most disputed"
    with drawing(
        "disputed", title, caption + ".", width=1.8 * columns, height=height, grid=(rows, columns), photos=True
    ) as canvas:
        for row, (_, strategy, place) in enumerate(entries):
            those = [one for one in runs.segmenters if (one, strategy, place) in runs.dices]
            those.sort(key=lambda one: -runs.dices[one, strategy, place])
            shown = those if len(those) <= columns else [*those[: columns - 1], those[-1]]
            for column, segmenter in enumerate(shown):
                axes = canvas.all_axes[row * columns + column]
                _draw(axes, runs, segmenter, strategy, place)
                dice = runs.dices[segmenter, strategy, place]
                axes.set_title(f"{segmenter} {strategy}  {dice:.2f}", fontsize=7.5, pad=2)
    return canvas.done


def _draw(axes: Axes, runs: Measured, segmenter: str, strategy: str, place: Place) -> None:
    """The photo around an object, the truth, one answer to it and its prompt."""
    truth = runs.truth(place)
    height, width = runs.truths[place].height, runs.truths[place].width
    answer = runs.answer(segmenter, strategy, place)
    side = round((1 + 2 * _AROUND) * max(truth.bits.shape)) + 16
    (left, right), (top, bottom) = (
        _span(start, length, side, most)
        for start, length, most in ((truth.left, truth.bits.shape[1], width), (truth.top, truth.bits.shape[0], height))
    )
    size = (bottom - top, right - left)
    view = _photo(str(runs.photos[place[0]]), height, width)[top:bottom, left:right].astype(np.float32)
    if answer is not None:
        found = _window(answer, left, top, size)
        view[found] = 0.5 * view[found] + 0.5 * _ANSWER
    scale = _SIDE / max(size)
    shown = cv2.resize(view.astype(np.uint8), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    extent = (left - 0.5, right - 0.5, bottom - 0.5, top - 0.5)
    axes.imshow(shown, extent=extent, interpolation="none", aspect="equal")
    edges = _window(truth, left, top, size).astype(np.float32)
    grid = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    if min(size) > 1 and not edges.all():
        axes.contour(*grid, edges, levels=[0.5], colors="black", linewidths=1.6)
        axes.contour(*grid, edges, levels=[0.5], colors="white", linewidths=0.8)
    if strategy in STRATEGIES and strategy != "S1":
        _draw_prompt(axes, sample(truth.full(height, width), strategy))
    axes.set(xlim=extent[:2], ylim=extent[2:])


def _span(start: int, length: int, side: int, most: int) -> tuple[int, int]:
    """`side` px around a stretch, moved into 0..most; all of it where that is less."""
    first = min(max(start + (length - side) // 2, 0), max(most - side, 0))
    return first, min(first + side, most)


def _draw_prompt(axes: Axes, prompt: Prompt) -> None:
    if prompt.box is not None:
        x0, y0, x1, y1 = (value - 0.5 for value in prompt.box.as_tuple())
        for colour, line in (("black", 2.2), ("#00D060", 1.3)):
            axes.plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color=colour, lw=line)
    for flag, colour in ((True, "#E8002A"), (False, "#1060FF")):
        points = prompt.points[prompt.positive == flag]
        if len(points):
            axes.scatter(
                points[:, 0], points[:, 1], marker="*", s=55, color=colour, edgecolors="white", linewidths=0.7, zorder=3
            )


def _window(mask: Mask, left: int, top: int, size: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """bool (h, w): what of the mask lies in a window of that size at (left, top)."""
    return Mask(mask.bits, mask.left - left, mask.top - top).full(*size)


@lru_cache(maxsize=8)
def _photo(path: str, height: int, width: int) -> ByteArray:
    """The photo, or a grey one of its size where it is no longer there."""
    try:
        rgb = images.read(path)
    except BadImage:
        rgb = None
    return rgb if rgb is not None and rgb.shape[:2] == (height, width) else np.full((height, width, 3), 128, np.uint8)
