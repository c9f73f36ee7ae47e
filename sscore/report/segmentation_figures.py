"""The figures of a segmentation report, after Figures 9, 10, 11 and 13 of the paper; and clicks, which it has not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sscore import metrics
from sscore.evaluate.clicks import GOALS, MOST_CLICKS
from sscore.evaluate.intervals import interval
from sscore.evaluate.rows import CLICKS, UNSHIFTED
from sscore.report.figures import Canvas, Picture, drawing, style
from sscore.report.measured import Measured

_COLUMNS = 6
_EDGE: dict[str, Any] = {"edgecolors": "black", "linewidths": 0.5}
"""Bright colours are seen on white by their edge."""

_INTERVAL = "Lines: 95 % bootstrap interval over photos."


def figures(runs: Measured) -> list[Picture]:
    """All that the rows have something to say about."""
    found = []
    if runs.strategies:
        found += [model_scale(runs), mean_dice(runs), boxes(runs)]
    if runs.shifts:
        found += [robustness(runs), drops(runs)]
    if CLICKS in runs.rows["strategy"]:
        found.append(clicks(runs))
    return found


def model_scale(runs: Measured) -> Picture:
    """Fig. 9: mean DICE over all strategies against parameters, and per million parameters."""
    sized = [(one, count) for one in runs.segmenters if (count := runs.parameters[one])]
    shared = [key for key in runs.strategies if all(_asked(runs, one, key) for one, _ in sized)]
    over = (
        f"{', '.join(shared)}, for which all were asked" if shared else "what each was asked for, not the same for all"
    )
    caption = (
        f"Left: mean DICE of unshifted prompts over {over}, against the number of parameters. Right: the same mean for "
        "each million parameters. Segmenters that learn nothing have no place here."
    )
    with drawing("fig09_model_scale", "Model scale and DICE", caption, height=_tall(runs, 3.4), grid=(1, 2)) as canvas:
        from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

        left, right = canvas.all_axes
        for place, (one, count) in enumerate(sized):
            part = runs.plain.only(segmenter=one)
            dice = float(part["dice"][np.isin(part["strategy"], shared or runs.strategies)].mean())
            look = style(runs.segmenters.index(one))
            left.scatter(
                count / 1e6, dice, s=45, color=look["color"], marker=look["marker"], label=one, zorder=3, **_EDGE
            )
            right.barh(place, dice / (count / 1e6), color=look["color"], hatch=look["hatch"], edgecolor="black", lw=0.6)
        left.set(xscale="log", xlabel="parameters, millions", ylabel="mean DICE")
        left.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=8))
        left.xaxis.set_major_formatter("{x:g}")
        left.xaxis.set_minor_formatter(NullFormatter())
        if sized:
            counts = [count / 1e6 for _, count in sized]
            left.set_xlim(min(counts) / 2, max(counts) * 2)
        _legend(canvas, columns=4)
        right.set(
            yticks=range(len(sized)), yticklabels=[one for one, _ in sized], xlabel="DICE for a million parameters"
        )
        right.xaxis.set_major_locator(MaxNLocator(4))
        right.set_ylim(max(len(sized), 4) - 0.4, -0.6)
    return canvas.done


def mean_dice(runs: Measured) -> Picture:
    """Fig. 10: mean DICE of each strategy."""
    caption = f"Mean DICE of unshifted prompts by strategy, the candidate that fits best scored. {_INTERVAL}"
    with drawing("fig10_mean_dice", "Mean DICE by strategy", caption, width=_wide(runs)) as canvas:
        for number, one in enumerate(runs.segmenters):
            means, errors, places = [], [], []
            for column, strategy in enumerate(runs.strategies):
                part = runs.plain.only(segmenter=one, strategy=strategy)
                if len(part):
                    mean = float(part["dice"].mean())
                    low, high = interval(part["dice"], part.photos)
                    means.append(mean)
                    errors.append([mean - low, high - mean])
                    places.append(_beside(runs, column, strategy, one))
            if not places:
                continue
            _bars(canvas, places, means, number, one, len(runs.segmenters))
            canvas.axes.errorbar(
                places, means, yerr=np.nan_to_num(np.array(errors).T), fmt="none", ecolor="black", lw=1
            )
        _strategy_axis(canvas, runs.strategies, "mean DICE")
    return canvas.done


def boxes(runs: Measured) -> Picture:
    """Fig. 11: the spread of DICE over objects."""
    caption = (
        "DICE of each object for unshifted prompts. Box: quartiles; line: median; triangle: mean; whiskers: 1.5 times "
        "the quartile distance; dots: beyond."
    )
    with drawing("fig11_dice_spread", "DICE over objects", caption, width=_wide(runs), height=3.8) as canvas:
        for number, one in enumerate(runs.segmenters):
            look = style(number)
            for column, strategy in enumerate(runs.strategies):
                values = runs.plain.only(segmenter=one, strategy=strategy)["dice"]
                if len(values):
                    canvas.axes.boxplot(
                        values,
                        positions=[_beside(runs, column, strategy, one)],
                        widths=0.7 / len(runs.segmenters),
                        patch_artist=True,
                        showmeans=True,
                        manage_ticks=False,
                        boxprops={"facecolor": look["color"], "alpha": 0.75, "hatch": look["hatch"]},
                        medianprops={"color": "black", "linewidth": 1.4},
                        meanprops={
                            "marker": "^",
                            "markerfacecolor": "white",
                            "markeredgecolor": "black",
                            "markersize": 5,
                        },
                        flierprops={"marker": ".", "markersize": 3, "markeredgecolor": "#555555"},
                    )
            canvas.axes.bar(0, 0, color=look["color"], hatch=look["hatch"], edgecolor="black", label=one)
        _strategy_axis(canvas, runs.strategies, "DICE")
    return canvas.done


def robustness(runs: Measured) -> Picture:
    """Fig. 13: robust accuracy."""
    caption = (
        "Bars: DICE less the mean drop over all shift ranges. Small lines above: DICE of unshifted prompts, from which "
        "the drop is taken."
    )
    shown = _shifted(runs)
    with drawing("fig13_robust_accuracy", "Robust accuracy by strategy", caption, width=_wide(runs)) as canvas:
        for number, one in enumerate(runs.segmenters):
            places, robust, base = [], [], []
            for column, strategy in enumerate(shown):
                means = _means(runs, one, strategy)
                if UNSHIFTED in means and len(means) > 1:
                    places.append(_beside(runs, column, strategy, one))
                    base.append(means.pop(UNSHIFTED))
                    robust.append(metrics.robust_accuracy(base[-1], list(means.values())))
            if not places:
                continue
            _bars(canvas, places, robust, number, one, len(runs.segmenters))
            canvas.axes.scatter(places, base, marker="_", s=90, color="black", zorder=3)
        _strategy_axis(canvas, shown, "robust accuracy")
    return canvas.done


def drops(runs: Measured) -> Picture:
    """What Table 2 says, drawn: mean DICE against the shift."""
    caption = "Mean DICE against the distance by which prompts were moved, one panel for each strategy."
    shown = _shifted(runs)
    height = _tall(runs, 2.8)
    with drawing(
        "dice_under_shifts", "DICE under shifts", caption, width=8.5, height=height, grid=(1, len(shown))
    ) as canvas:
        names = [UNSHIFTED, *runs.shifts]
        for axes, strategy in zip(canvas.all_axes, shown, strict=True):
            for number, one in enumerate(runs.segmenters):
                means = _means(runs, one, strategy)
                if len(means) < 2:
                    continue
                axes.plot(names, [means.get(name, np.nan) for name in names], label=one, **_line(number))
            axes.set(title=strategy, ylim=(0, 1), xlabel="shift, px")
            axes.tick_params(axis="x", labelrotation=40, labelsize=7)
            if axes is not canvas.axes:
                axes.tick_params(axis="y", labelleft=False)
        canvas.axes.set_ylabel("mean DICE")
        _legend(canvas)
    return canvas.done


def clicks(runs: Measured) -> Picture:
    """Clicks of the simulated user against what they reach."""
    goals = " and ".join(f"{goal:.2f}" for goal in GOALS)
    caption = (
        "A simulated user clicks at the centre of the largest error. Left: mean IoU after each click (an object that "
        f"reached {max(GOALS):.2f} keeps its IoU). Then: share of objects that have reached IoU {goals}."
    )
    height = _tall(runs, 3.0)
    with drawing(
        "clicks", "Clicks and what they reach", caption, width=8.5, height=height, grid=(1, 1 + len(GOALS))
    ) as canvas:
        left, *others = canvas.all_axes
        numbers = np.arange(1, MOST_CLICKS + 1)
        for place, one in enumerate(runs.segmenters):
            part = runs.rows.only(segmenter=one, strategy=CLICKS)
            if not len(part):
                continue
            curves = np.array(
                [
                    _curve(some["repeat"].tolist(), some["jaccard"].tolist())
                    for _, some in part.groups("image", "annotation")
                ]
            )
            left.plot(numbers, curves.mean(axis=0), label=one, **_line(place))
            for axes, goal in zip(others, GOALS, strict=True):
                axes.plot(numbers, (np.maximum.accumulate(curves, axis=1) >= goal).mean(axis=0), **_line(place))
        titles = ["mean IoU", *(f"share of objects at IoU {goal:.2f}" for goal in GOALS)]
        for axes, title in zip(canvas.all_axes, titles, strict=True):
            axes.set_title(title, fontsize=9)
            axes.set(xlabel="clicks", xticks=range(0, MOST_CLICKS + 1, 5), ylim=(0, 1.02))
        _legend(canvas)
    return canvas.done


def _curve(numbers: Sequence[int], ious: Sequence[float]) -> list[float]:
    """IoU after each of 20 clicks; the last stays."""
    values = [iou for _, iou in sorted(zip(numbers, ious, strict=True))]
    return values + [values[-1]] * (MOST_CLICKS - len(values))


def _means(runs: Measured, segmenter: str, strategy: str) -> dict[str, float]:
    """Mean DICE by shift."""
    part = runs.rows.only(segmenter=segmenter, strategy=strategy)
    return {shift: float(some["dice"].mean()) for (shift,), some in part.groups("shift")}


def _wide(runs: Measured) -> float:
    return min(max(5.0, 1.5 + 0.28 * len(runs.segmenters) * len(runs.strategies)), 11.0)


def _beside(runs: Measured, column: int, strategy: str, segmenter: str) -> float:
    """x of a segmenter's bar in the group of a strategy: beside those that were asked for it too."""
    there = [one for one in runs.segmenters if _asked(runs, one, strategy)]
    return column + (there.index(segmenter) - (len(there) - 1) / 2) * 0.8 / len(runs.segmenters)


def _asked(runs: Measured, segmenter: str, strategy: str) -> bool:
    return bool(((runs.plain["segmenter"] == segmenter) & (runs.plain["strategy"] == strategy)).any())


def _bars(canvas: Canvas, places: list[float], heights: list[float], number: int, name: str, count: int) -> None:
    look = style(number)
    width = 0.74 / count
    canvas.axes.bar(
        places, heights, width, color=look["color"], hatch=look["hatch"], edgecolor="black", lw=0.6, label=name
    )


def _strategy_axis(canvas: Canvas, strategies: Sequence[str], what: str) -> None:
    canvas.axes.set(xticks=range(len(strategies)), xticklabels=strategies, ylabel=what, ylim=(0, 1.02))
    canvas.axes.grid(visible=False, axis="x")
    _legend(canvas)


def _legend(canvas: Canvas, columns: int = _COLUMNS) -> None:
    """Above the figure, where it hides nothing; of all axes, each name once."""
    shown: dict[str, Any] = {}
    for axes in canvas.all_axes:
        handles, names = axes.get_legend_handles_labels()
        shown = dict(zip(names, handles, strict=True)) | shown
    if shown:
        canvas.figure.legend(
            list(shown.values()),
            list(shown),
            loc="outside upper center",
            ncols=min(len(shown), columns),
            fontsize=8,
            borderpad=0.2 * -(-len(shown) // columns),
        )


def _tall(runs: Measured, height: float) -> float:
    """Inches, with room for the rows of the legend."""
    return height + 0.2 * -(-len(runs.segmenters) // _COLUMNS)


def _shifted(runs: Measured) -> list[str]:
    """Strategies with shifted prompts."""
    return [key for key in runs.strategies if any(len(_means(runs, one, key)) > 1 for one in runs.segmenters)]


def _line(number: int) -> dict[str, Any]:
    look = style(number)
    return {"color": look["color"], "marker": look["marker"], "ms": 4.5, "mew": 0.4, "mec": "black", "lw": 1.4}
