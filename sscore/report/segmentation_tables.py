"""The tables of a segmentation report, after Tables 1 and 2 of the paper, and those it has not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sscore import prompts
from sscore.evaluate import summary
from sscore.evaluate.clicks import GOALS
from sscore.evaluate.rows import UNSHIFTED
from sscore.report.measured import Measured
from sscore.report.paper import Figure, Paper
from sscore.report.tables import Cell, Table

_UNKNOWN = "The paper's own figures for these segmenters are not known to this program, so none are shown."


def times(runs: Measured, paper: Paper) -> Table:
    """Table 1: median milliseconds, parameters."""
    stages = ["encode", *runs.strategies]
    head = ["segmenter", "parameters, M", *(f"{stage}, ms" for stage in stages)]
    rows: list[list[Cell]] = []
    for one in runs.segmenters:
        part, count = runs.plain.only(segmenter=one), runs.parameters[one]
        row: list[Cell] = [one, None if count is None else count / 1e6, _median(part["seconds_encode"])]
        rows.append(row + [_median(part.only(strategy=key)["seconds_predict"]) for key in runs.strategies])
    theirs = [stage for stage in stages if any((one, stage) in paper.seconds for one in runs.segmenters)]
    for stage in theirs:
        head.append(f"{stage}, ms (paper)")
        for row, one in zip(rows, runs.segmenters, strict=True):
            seconds = paper.seconds.get((one, stage))
            row.append(None if seconds is None else 1000 * seconds)
    machines = {_machine(manifest) for manifest in runs.manifests}
    return Table(
        "table1_times",
        "Times of one prompt, and of encoding a photo (median)",
        tuple(head),
        tuple(tuple(row) for row in rows),
        {name: ".1f" for name in head[1:]},
        frozenset(head[len(head) - len(theirs) :] if theirs else ()),
        f"Measured on {'; '.join(sorted(machines))}. S1: for the whole photo. "
        f"The first photo of a run also warms up. {'' if theirs else _UNKNOWN}",
    )


def _median(seconds: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float | None:
    return 1000 * float(np.median(seconds)) if len(seconds) else None


def _machine(manifest: dict[str, Any]) -> str:
    machine = manifest["machine"]
    most = max(manifest.get("processes", [1]), default=1)
    shared = f", {most} processes at a time (with --workers 1: as one user waits)" if most > 1 else ""
    return f"{machine['processor']}, {machine['cores']} cores{shared}"


def accuracy(runs: Measured) -> Table:
    """Mean and spread by strategy."""
    rows = [
        (
            one["segmenter"],
            one["strategy"],
            one["n"],
            one["dice_mean"],
            _between(one["dice_low"], one["dice_high"]),
            one["dice_std"],
            one["dice_median"],
            one["jaccard_mean"],
            one["hausdorff_mean"],
            one["missed"],
        )
        for one in summary.summary(runs.plain)
    ]
    head = (
        "segmenter",
        "strategy",
        "n",
        "DICE",
        "95 % interval",
        "std",
        "median",
        "Jaccard",
        "Hausdorff, px",
        "missed",
    )
    formats = {name: ".3f" for name in ("DICE", "std", "median", "Jaccard")} | {"Hausdorff, px": ".1f"}
    note = (
        "Interval: bootstrap over photos. Hausdorff: over prompts answered with a mask; missed: the others. "
        f"Strategies: {'; '.join(f'{key} {prompts.STRATEGIES[key].title}' for key in runs.strategies)}."
    )
    return Table("accuracy", "Accuracy of unshifted prompts", head, tuple(rows), formats, note=note)


def drops(runs: Measured, paper: Paper) -> Table:
    """Table 2: percentage points of DICE lost under shifts, and robust accuracy."""
    records = summary.summary(runs.rows)
    head = ["segmenter", "strategy", "DICE", *(f"{name} px" for name in runs.shifts), "robust accuracy"]
    known = {(one["segmenter"], one["strategy"], one["shift"]): one for one in records}
    theirs = [name for name in runs.shifts if any((a, b, name) in paper.drops for a, b, _ in known)]
    rows: list[tuple[Cell, ...]] = []
    for one in records:
        if one["shift"] != UNSHIFTED or one["robust_accuracy"] is None:
            continue
        key = (one["segmenter"], one["strategy"])
        own = [known[*key, name]["dice_drop"] if (*key, name) in known else None for name in runs.shifts]
        others = [paper.drops.get((*key, name)) for name in theirs]
        rows.append((*key, one["dice_mean"], *own, one["robust_accuracy"], *others))
    papers = [f"{name} px (paper)" for name in theirs]
    formats = {f"{name} px": ".2f" for name in runs.shifts} | {name: ".2f" for name in papers}
    return Table(
        "table2_drops",
        "DICE lost under shifted prompts, percentage points",
        (*head, *papers),
        tuple(rows),
        formats | {"DICE": ".3f", "robust accuracy": ".3f"},
        frozenset(papers),
        f"Robust accuracy: DICE less the mean drop. {'' if theirs else _UNKNOWN}",
    )


def pairs(runs: Measured) -> Table:
    """Which segmenter is better, and which difference is noise."""
    rows = [
        (
            one["strategy"],
            one["shift"],
            f"{one['first']} − {one['second']}",
            one["n"],
            one["difference"],
            _between(one["low"], one["high"]),
            one["p_holm"],
            one["better"] or "no clear difference",
        )
        for one in summary.pairs(runs.rows)
    ]
    head = ("strategy", "shift", "pair", "objects", "difference", "95 % interval", "p (Holm)", "better")
    note = (
        "Difference of mean DICE on the same objects, repeats averaged. A difference is called clear when its interval "
        "(bootstrap over photos) leaves out 0 and Wilcoxon's signed-rank test, corrected by Holm for all pairs of the "
        "strategy and shift, gives p < 0.05."
    )
    return Table(
        "pairs", "Segmenters compared", head, tuple(rows), {"difference": "+.3f", "p (Holm)": ".2g"}, note=note
    )


def parts(runs: Measured) -> list[Table]:
    """Mean DICE by class and by size of the object."""
    found = []
    for name, title, records in (
        ("class", "DICE by class", summary.by_class(runs.rows)),
        ("area", "DICE by area of the object", summary.by_area(runs.rows)),
    ):
        values = list(dict.fromkeys(str(one[name]) for one in records))
        if name == "class":
            values.sort()
        cells = {(one["segmenter"], one["strategy"], str(one[name])): one for one in records}
        counts = {value: max(one["n"] for key, one in cells.items() if key[2] == value) for value in values}
        rows = [
            (a, b, *(cells[a, b, value]["dice_mean"] if (a, b, value) in cells else None for value in values))
            for a in runs.segmenters
            for b in runs.strategies
            if any((a, b, value) in cells for value in values)
        ]
        head = ("segmenter", "strategy", *values)
        note = "Objects: " + ", ".join(f"{value or 'no class'} {count}" for value, count in counts.items()) + "."
        if name == "area":
            note += " Small: below 32 x 32 px; large: from 96 x 96 px."
        found.append(Table(f"by_{name}", title, head, tuple(rows), {value: ".3f" for value in values}, note=note))
    return found


def effort(runs: Measured) -> Table:
    """What an object costs, in clicks and in the model's seconds, and what it brings."""
    rows: list[tuple[Cell, ...]] = []
    for one in summary.summary(runs.plain):
        cost = one["seconds_predict"]
        rows.append((one["segmenter"], one["strategy"], float(one["clicks"]), cost, one["dice_mean"], None))
    for one in summary.clicks(runs.rows):
        for goal in GOALS:
            name = f"{100 * goal:.0f}"
            failed = one[f"failed_{name}"] / one["n"]
            rows.append((one["segmenter"], f"NoC@{name}", one[f"noc_{name}"], one[f"seconds_{name}"], None, failed))
    head = ("segmenter", "way", "clicks", "seconds", "DICE", "not reached")
    note = (
        "Clicks of a person for one object: a point is one, a box two, everything mode (S1) none. NoC@85, NoC@90: mean "
        "number of clicks of a simulated user until IoU 0.85, 0.90; who has not reached it after 20 counts as 20. "
        "Seconds: the model's, without encoding; for S1 of the whole photo."
    )
    formats = {"clicks": ".2f", "seconds": ".3f", "DICE": ".3f", "not reached": ".1%"}
    return Table("effort", "Effort and result for one object", head, tuple(rows), formats, note=note)


def papers(figures: Sequence[Figure]) -> Table:
    """What the paper says, with where it was read."""
    rows = tuple((one.what, one.value, one.unit, one.source) for one in figures)
    return Table(
        "paper",
        "Figures of the paper",
        ("figure", "value", "unit", "read in"),
        rows,
        {"value": "g"},
        frozenset({"value"}),
    )


def _between(low: float, high: float) -> str | None:
    return None if np.isnan(low) else f"{low:.3f} to {high:.3f}"
