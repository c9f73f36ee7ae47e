"""Figures of a project: per class, per author, per day, and where on the photo pieces lie. Also as CSV.

Everything is counted from facts (sscore.facts). Rejected instances are counted as such and nowhere else.
"""

from __future__ import annotations

import csv
import io
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sscore.errors import BadOption
from sscore.facts import Fact, PhotoFacts
from sscore.labels import LabelSet
from sscore.paths import write_atomic
from sscore.types import STATUSES, UNKNOWN

GRID = 12
"""The photo is divided into this many columns and rows for the map of positions."""
FILES = ("classes.csv", "authors.csv", "days.csv", "instances.csv")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class. area_*: px, quartiles; share: of all that count; guessed: instances whose classifier said so."""

    label: str
    count: int
    share: float
    proposed: int
    accepted: int
    reviewed: int
    rejected: int
    area_low: float
    area_median: float
    area_high: float
    guessed: int


@dataclass(frozen=True, slots=True)
class AuthorRow:
    """One person. timed: instances with a time; seconds: median; clicks: mean; None where nothing is known."""

    author: str
    count: int
    timed: int
    seconds: float | None
    clicks: float | None
    reviewed: int
    rejected: int


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day (UTC): instances made on it, and all until then."""

    day: str
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Figures:
    """holding: photos that the counted instances are on; positions: int (GRID, GRID), rows from the top: centres of
    instances; confusion: int (k + 1, k + 1) over the label set and "unknown", rows the label a person settled on
    (accepted, reviewed), columns the classifier's."""

    photos: int
    begun: int
    done: int
    holding: int
    instances: int
    classes: tuple[ClassRow, ...]
    authors: tuple[AuthorRow, ...]
    days: tuple[DayRow, ...]
    positions: npt.NDArray[np.int64]
    confusion: npt.NDArray[np.int64]
    labels: tuple[str, ...]


def figures(photos: Iterable[PhotoFacts], labels: LabelSet) -> Figures:
    """Count a project. photos: every photo, annotated or not."""
    listed = list(photos)
    facts = [fact for photo in listed for fact in photo.facts]
    counted = [fact for fact in facts if fact.status != "rejected"]
    return Figures(
        photos=len(listed),
        begun=sum(bool(photo.facts) and not photo.done for photo in listed),
        done=sum(photo.done for photo in listed),
        holding=len({fact.image for fact in counted}),
        instances=len(counted),
        classes=_classes(facts, counted, labels),
        authors=_authors(facts),
        days=_days(counted),
        positions=_positions(listed),
        confusion=_confusion(counted, labels),
        labels=(*labels.keys, UNKNOWN),
    )


def write_csv(photos: Sequence[PhotoFacts], labels: LabelSet, folder: str | Path) -> tuple[Path, ...]:
    """Four tables in `folder` (see FILES); instances.csv has a row for each instance. UTF-8 with a mark in front, so
    that spreadsheets show Chinese. Raises BadOption when one cannot be written."""
    found = figures(photos, labels)
    tables = (
        _table([asdict(row) for row in found.classes], [f.name for f in fields(ClassRow)]),
        _table([asdict(row) for row in found.authors], [f.name for f in fields(AuthorRow)]),
        _table([asdict(row) for row in found.days], [f.name for f in fields(DayRow)]),
        _instances(photos),
    )
    out = []
    for name, text in zip(FILES, tables, strict=True):
        path = Path(folder) / name
        try:
            write_atomic(path, text.encode("utf-8-sig"))
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadOption(f"cannot be written: {reason}", path=path, remedy="choose another folder") from error
        out.append(path)
    return tuple(out)


def _classes(facts: list[Fact], counted: list[Fact], labels: LabelSet) -> tuple[ClassRow, ...]:
    foreign = {fact.label for fact in facts} - {*labels.keys, UNKNOWN}
    statuses = Counter((fact.label, fact.status) for fact in facts)
    guessed = Counter(fact.guess for fact in counted)
    rows = []
    for label in (*labels.keys, UNKNOWN, *sorted(foreign)):
        areas = [fact.area for fact in counted if fact.label == label]
        low, middle, high = (float(v) for v in np.percentile(areas, (25, 50, 75))) if areas else (0.0, 0.0, 0.0)
        proposed, accepted, reviewed, rejected = (statuses[label, status] for status in STATUSES)
        share = len(areas) / len(counted) if counted else 0.0
        rows.append(
            ClassRow(
                label,
                len(areas),
                round(share, 4),
                proposed,
                accepted,
                reviewed,
                rejected,
                area_low=low,
                area_median=middle,
                area_high=high,
                guessed=guessed[label],
            )
        )
    return tuple(rows)


def _authors(facts: list[Fact]) -> tuple[AuthorRow, ...]:
    by_author: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.author:
            by_author.setdefault(fact.author, []).append(fact)
    rows = []
    for author, own in sorted(by_author.items()):
        seconds = [fact.seconds for fact in own if fact.seconds is not None]
        clicks = [fact.clicks for fact in own if fact.clicks is not None]
        rows.append(
            AuthorRow(
                author,
                count=len(own),
                timed=len(seconds),
                seconds=round(statistics.median(seconds), 2) if seconds else None,
                clicks=round(statistics.fmean(clicks), 2) if clicks else None,
                reviewed=sum(fact.status == "reviewed" for fact in own),
                rejected=sum(fact.status == "rejected" for fact in own),
            )
        )
    return tuple(rows)


def _days(counted: list[Fact]) -> tuple[DayRow, ...]:
    made = Counter(fact.time[:10] for fact in counted if len(fact.time) >= 10)
    rows, total = [], 0
    for day in sorted(made):
        total += made[day]
        rows.append(DayRow(day, made[day], total))
    return tuple(rows)


def _positions(photos: list[PhotoFacts]) -> npt.NDArray[np.int64]:
    table = np.zeros((GRID, GRID), dtype=np.int64)
    for photo in photos:
        for fact in photo.facts:
            if fact.status != "rejected" and photo.width and photo.height:
                left, top, width, height = fact.box
                column = int((left + width / 2) / photo.width * GRID)
                row = int((top + height / 2) / photo.height * GRID)
                table[min(max(row, 0), GRID - 1), min(max(column, 0), GRID - 1)] += 1
    return table


def _confusion(counted: list[Fact], labels: LabelSet) -> npt.NDArray[np.int64]:
    place = {label: at for at, label in enumerate((*labels.keys, UNKNOWN))}
    table = np.zeros((len(place), len(place)), dtype=np.int64)
    for fact in counted:
        if fact.status in ("accepted", "reviewed") and fact.label in place and fact.guess in place:
            table[place[fact.label], place[fact.guess]] += 1
    return table


def _instances(photos: Sequence[PhotoFacts]) -> str:
    names = [f.name for f in fields(Fact) if f.name != "box"]
    rows = []
    for photo in photos:
        for fact in photo.facts:
            left, top, width, height = fact.box
            row = {name: getattr(fact, name) for name in names}
            rows.append({**row, "left": left, "top": top, "width": width, "height": height})
    return _table(rows, [*names, "left", "top", "width", "height"])


def _table(rows: Sequence[dict[str, object]], names: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
    return out.getvalue()
