"""What the rows of a run say: means with intervals, drops under shifts, differences between segmenters, clicks."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sscore import metrics
from sscore.evaluate.clicks import GOALS, MOST_CLICKS
from sscore.evaluate.intervals import holm, interval, wilcoxon
from sscore.evaluate.rows import CLICKS, UNSHIFTED
from sscore.paths import write_atomic

if TYPE_CHECKING:
    import pyarrow as pa

Records = list[dict[str, Any]]
AREAS = (("small", 0, 32**2), ("medium", 32**2, 96**2), ("large", 96**2, math.inf))
"""Sizes of objects by px, from (inclusive) and to (exclusive), as COCO draws the lines."""

_CLEAR = 0.05


@dataclass(frozen=True, eq=False)
class Columns:
    """Rows as arrays of equal length by column."""

    arrays: dict[str, npt.NDArray[Any]]

    @classmethod
    def of(cls, table: pa.Table) -> Columns:
        """All columns of a table of rows but the masks, which are long texts."""
        wanted = [name for name in table.column_names if name != "mask"]
        return cls({name: table[name].to_numpy(zero_copy_only=False) for name in wanted})

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.arrays[name]

    def __len__(self) -> int:
        return len(self.arrays["dice"])

    def where(self, chosen: npt.NDArray[Any]) -> Columns:
        """The rows of a bool (n,) or index array."""
        return Columns({name: values[chosen] for name, values in self.arrays.items()})

    def only(self, **wanted: Any) -> Columns:
        """The rows with these values."""
        chosen = np.ones(len(self), dtype=np.bool_)
        for name, value in wanted.items():
            chosen &= self[name] == value
        return self.where(chosen)

    def groups(self, *names: str) -> Iterator[tuple[tuple[Any, ...], Columns]]:
        """(values, rows) of each combination of values that occurs, sorted."""
        places: dict[tuple[Any, ...], list[int]] = {}
        for place, key in enumerate(zip(*(self[name].tolist() for name in names), strict=True)):
            places.setdefault(key, []).append(place)
        for key in sorted(places, key=_natural):
            yield key, self.where(np.array(places[key]))

    @cached_property
    def photos(self) -> npt.NDArray[np.int64]:
        """int64 (n,): number of the photo of each row."""
        return np.unique(self["image"], return_inverse=True)[1].astype(np.int64)

    def instances(self) -> dict[tuple[str, int], float]:
        """Mean DICE by (image, annotation), over repeats."""
        sums: dict[tuple[str, int], list[float]] = {}
        for image, annotation, dice in zip(self["image"], self["annotation"].tolist(), self["dice"], strict=True):
            sums.setdefault((image, annotation), []).append(dice)
        return {key: float(np.mean(values)) for key, values in sums.items()}


def _natural(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Shifts by their lower end, the unshifted first; all else as it is."""
    return tuple(shift_order(value) if isinstance(value, str) else value for value in key)


def shift_order(text: str) -> tuple[float, str]:
    """Sorts "none" before "0-10" before "10-20"; other words by themselves."""
    if text == UNSHIFTED:
        return -1.0, text
    number = re.match(r"(\d+(?:\.\d+)?)-\d", text)
    return (float(number[1]) if number else math.inf), text


def summary(rows: Columns) -> Records:
    """One record for each segmenter, strategy and shift.

    dice, jaccard, hausdorff (px; over the answers that found something): mean, std, quartiles; missed: prompts
    answered with nothing; dice_low, dice_high: 95 % interval of the mean; dice_drop: percentage points lost against
    the unshifted prompts; robust_accuracy: DICE less the mean drop over all shifts (only where nothing is shifted).
    """
    rows = rows.where(rows["strategy"] != CLICKS)
    means = {key: float(part["dice"].mean()) for key, part in rows.groups("segmenter", "strategy", "shift")}
    out: Records = []
    for (segmenter, strategy, shift), part in rows.groups("segmenter", "strategy", "shift"):
        base = means.get((segmenter, strategy, UNSHIFTED), math.nan)
        shifted = [v for (a, b, c), v in means.items() if (a, b) == (segmenter, strategy) and c != UNSHIFTED]
        plain = shift == UNSHIFTED
        low, high = interval(part["dice"], part.photos)
        found = part["hausdorff"][np.isfinite(part["hausdorff"])]
        out.append(
            {"segmenter": segmenter, "strategy": strategy, "shift": shift, "n": len(part)}
            | {"missed": len(part) - len(found)}
            | _spread("dice", part["dice"])
            | {"dice_low": low, "dice_high": high}
            | _spread("jaccard", part["jaccard"])
            | _spread("hausdorff", found)
            | {
                "dice_drop": None if plain else 100 * (base - means[segmenter, strategy, shift]),
                "robust_accuracy": metrics.robust_accuracy(base, shifted) if plain and shifted else None,
                "clicks": int(part["clicks"][0]),
                "seconds_predict": float(np.median(part["seconds_predict"])),
                "seconds_encode": float(np.median(part["seconds_encode"])),
            }
        )
    return out


def _spread(name: str, values: npt.NDArray[np.float64]) -> dict[str, float]:
    if not len(values):
        return {f"{name}_{what}": math.nan for what in ("mean", "std", "q1", "median", "q3")}
    q1, median, q3 = np.percentile(values, [25, 50, 75])
    std = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return {
        f"{name}_mean": float(values.mean()),
        f"{name}_std": std,
        f"{name}_q1": float(q1),
        f"{name}_median": float(median),
        f"{name}_q3": float(q3),
    }


def by_class(rows: Columns) -> Records:
    """DICE and Jaccard of unshifted prompts for each segmenter, strategy and class."""
    plain = _plain(rows)
    return [
        {"segmenter": segmenter, "strategy": strategy, "class": label, **_short(part)}
        for (segmenter, strategy, label), part in plain.groups("segmenter", "strategy", "label")
    ]


def by_area(rows: Columns) -> Records:
    """The same for small, medium and large objects."""
    return [
        {"segmenter": segmenter, "strategy": strategy, "area": name, **_short(some)}
        for (segmenter, strategy), part in _plain(rows).groups("segmenter", "strategy")
        for name, least, most in AREAS
        if len(some := part.where((part["area"] >= least) & (part["area"] < most)))
    ]


def _plain(rows: Columns) -> Columns:
    return rows.where((rows["shift"] == UNSHIFTED) & (rows["strategy"] != CLICKS))


def _short(part: Columns) -> dict[str, Any]:
    low, high = interval(part["dice"], part.photos)
    return {
        "n": len(part),
        "dice_mean": float(part["dice"].mean()),
        "dice_low": low,
        "dice_high": high,
        "jaccard_mean": float(part["jaccard"].mean()),
    }


def pairs(rows: Columns) -> Records:
    """Each two segmenters on the objects both were asked for, for each strategy and shift.

    difference: mean DICE of the first less that of the second, repeats of an object averaged, with its 95 % interval;
    p: Wilcoxon's signed-rank test over objects, p_holm: corrected by Holm for all pairs of that strategy and shift;
    better: whose advantage is clear (interval without 0 and p_holm below 0.05), else "".
    """
    out: Records = []
    rows = rows.where(rows["strategy"] != CLICKS)
    for (strategy, shift), part in rows.groups("strategy", "shift"):
        dices = {segmenter: some.instances() for (segmenter,), some in part.groups("segmenter")}
        family: Records = []
        for first, second in combinations(dices, 2):
            both = sorted(dices[first].keys() & dices[second].keys())
            if not both:
                continue
            change = np.array([dices[first][key] - dices[second][key] for key in both])
            photos = np.unique([image for image, _ in both], return_inverse=True)[1].astype(np.int64)
            low, high = interval(change, photos)
            record = {"strategy": strategy, "shift": shift, "first": first, "second": second, "n": len(both)}
            record |= {"difference": float(change.mean()), "low": low, "high": high, "p": wilcoxon(change)}
            family.append(record)
        for record, p in zip(family, holm([record["p"] for record in family]), strict=True):
            clear = p < _CLEAR and record["low"] * record["high"] > 0
            better = (record["first"] if record["difference"] > 0 else record["second"]) if clear else ""
            out.append({**record, "p_holm": p, "better": better})
    return out


def clicks(rows: Columns) -> Records:
    """Number of clicks to reach each IoU goal by segmenter, objects never reaching it counted as 20 (and in `failed`),
    and the model's seconds until then."""
    out: Records = []
    for (segmenter,), part in rows.only(strategy=CLICKS).groups("segmenter"):
        objects = [some for _, some in part.groups("image", "annotation")]
        record: dict[str, Any] = {"segmenter": segmenter, "n": len(objects)}
        for goal in GOALS:
            reached = [_until(some, goal) for some in objects]
            name = f"{100 * goal:.0f}"
            record[f"noc_{name}"] = float(np.mean([count or MOST_CLICKS for count, _ in reached]))
            record[f"failed_{name}"] = sum(not count for count, _ in reached)
            record[f"seconds_{name}"] = float(np.mean([seconds for _, seconds in reached]))
        out.append(record)
    return out


def _until(clicked: Columns, goal: float) -> tuple[int, float]:
    """Clicks of one object until `goal` (0: never) and the seconds they took."""
    order = np.argsort(clicked["repeat"])
    good = np.flatnonzero(clicked["jaccard"][order] >= goal)
    last = int(good[0]) + 1 if len(good) else 0
    return last, float(clicked["seconds_predict"][order][: last or None].sum())


def write(table: pa.Table, folder: Path) -> None:
    """summary.csv, by_class.csv, by_area.csv, pairs.csv and clicks.csv; those with nothing to say are left out."""
    rows = Columns.of(table)
    for name, make in (
        ("summary", summary),
        ("by_class", by_class),
        ("by_area", by_area),
        ("pairs", pairs),
        ("clicks", clicks),
    ):
        records = make(rows)
        file = folder / f"{name}.csv"
        if records:
            write_atomic(file, _csv(records).encode("utf-8-sig"))
        else:
            file.unlink(missing_ok=True)


def _csv(records: Sequence[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    for record in records:
        empty = {name for name, value in record.items() if isinstance(value, float) and math.isnan(value)}
        writer.writerow({name: "" if name in empty else value for name, value in record.items()})
    return out.getvalue()
