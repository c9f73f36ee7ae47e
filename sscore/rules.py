"""Rules that find mistakes: what a second pair of eyes would stumble over, with a mend where one is safe to offer.

Pure functions on pages. A finding says where and what; `mend` gives the page after its fix. Rules look for the unusual,
not for the wrong: a plate that fills its box is found too, and is right. Nothing is changed unless somebody says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Literal

import cv2
import numpy as np

from sscore import edits, masks
from sscore.facts import PhotoFacts
from sscore.labels import LabelSet
from sscore.types import UNKNOWN, Annotation, Box, Mask, Page

Mend = Literal["", "delete", "largest_part", "second", "unknown", "done"]
"""delete: take the instance away (of a pair the less trusted one); largest_part: drop the other parts; second: give it
the best other class of the classifier; unknown: call it that; done: mark the photo as finished."""

EXCUSED = "excused"
"""Key of `Annotation.extra`: rules that somebody said do not apply to it."""

RULES = ("tiny", "cut", "parts", "area", "overlap", "shape", "label", "empty")


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as unusual.

    tiny_px: fewer pixels than this; cut: share of a side of its prompt box along which a mask runs, with pixels of the
    same side cut straight; parts: more connected parts than this; spread: robust z-score of log area within a class,
    from `enough` instances on; overlap: IoU of two instances; long: least length to width by class.
    """

    tiny_px: int = 64
    cut: float = 0.6
    parts: int = 3
    spread: float = 4.0
    enough: int = 12
    overlap: float = 0.7
    long: Mapping[str, float] = field(default_factory=lambda: {"Bar": 2.0})


@dataclass(frozen=True, slots=True)
class Finding:
    """rule: one of RULES; ids: instances on the photo (of a pair the less trusted one first, none: the photo itself);
    value: what was measured; limit: what it was compared with; label: class concerned; mend: the fix on offer."""

    rule: str
    image: str
    ids: tuple[int, ...] = ()
    value: float = 0.0
    limit: float = 0.0
    label: str = ""
    mend: Mend = ""

    @property
    def text(self) -> str:
        """One English sentence."""
        return _TEXTS[self.rule].format(value=self.value, limit=self.limit, label=self.label)


_TEXTS = {
    "tiny": "only {value:.0f} px large",
    "cut": "runs along its prompt box for {value:.0%} of a side: it may be cut off there",
    "parts": "falls into {value:.0f} parts",
    "area": "unusual size for {label}: {value:.1f} times the median",
    "overlap": "two instances on the same piece (IoU {value:.2f})",
    "shape": "called {label}, but only {value:.1f} times as long as wide",
    "label": "accepted without a class of the label set ({label})",
    "empty": "no instances, and not marked as done",
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """Per class: median and robust spread (1.4826 MAD) of the natural log of the area's share of the photo."""

    by_label: Mapping[str, tuple[float, float]]


def sizes(areas: Iterable[tuple[str, float]], limits: Limits | None = None) -> Sizes:
    """areas: (label, share of the photo 0..1) of every instance that counts. Classes with few are left out."""
    limits = limits or Limits()
    logs: dict[str, list[float]] = {}
    for label, share in areas:
        if share > 0 and label != UNKNOWN:
            logs.setdefault(label, []).append(math.log(share))
    out = {}
    for label, values in logs.items():
        if len(values) >= limits.enough:
            middle = median(values)
            # Not less than a factor of 1.35: a class of equal pieces must not make each small difference a finding.
            out[label] = (middle, max(1.4826 * median(abs(v - middle) for v in values), 0.3))
    return Sizes(out)


def shares(photos: Iterable[PhotoFacts]) -> Iterable[tuple[str, float]]:
    """(label, share of the photo) of every instance that counts, for `sizes`."""
    for photo in photos:
        whole = max(photo.width * photo.height, 1)
        yield from ((fact.label, fact.area / whole) for fact in photo.facts if fact.status != "rejected")


def check(page: Page, labels: LabelSet, known: Sizes | None = None, limits: Limits | None = None) -> list[Finding]:
    """Everything the rules find on one page, in the order of RULES. Rejected instances do not count."""
    limits = limits or Limits()
    here = [a for a in page.annotations if a.status != "rejected"]
    if not page.annotations and not page.extra.get("done"):
        return [Finding("empty", page.image, mend="done")]
    found = [one for a in here for one in _alone(page, a, labels, known or Sizes({}), limits)]
    found += _pairs(page.image, here, limits)
    excused = {a.id: _excused(a) for a in here}
    found = [one for one in found if not all(one.rule in excused[i] for i in one.ids)]
    return sorted(found, key=lambda one: (RULES.index(one.rule), one.ids))


def excuse(page: Page, finding: Finding) -> Page:
    """The page on which these instances are right as they are: the rule leaves them alone from now on."""
    noted = (
        replace(a, extra={**a.extra, EXCUSED: sorted({*_excused(a), finding.rule})}) if a.id in finding.ids else a
        for a in page.annotations
    )
    return replace(page, annotations=tuple(noted))


def mend(page: Page, finding: Finding) -> Page:
    """The page with the fix that the finding offers; the same page when there is none (any more)."""
    if finding.mend == "done":
        return replace(page, extra={**page.extra, "done": True})
    found = page.find(finding.ids[0]) if finding.ids else None
    if found is None:
        return page
    if finding.mend == "delete":
        return edits.remove(page, [found.id])
    if finding.mend == "largest_part":
        return edits.reshape(page, found.id, masks.largest_part(found.mask))
    if finding.mend == "second" and found.scores is not None:
        return edits.relabel(page, [found.id], second(found))
    if finding.mend == "unknown":
        return edits.relabel(page, [found.id], UNKNOWN)
    return page


def less_trusted(one: Annotation, other: Annotation) -> tuple[int, int]:
    """Ids, the less trusted first: proposed before accepted before reviewed, then by predicted IoU, then the newer."""
    order = {"rejected": 0, "proposed": 1, "accepted": 2, "reviewed": 3}

    def trust(a: Annotation) -> tuple[int, float, int]:
        said = a.made_by.get("predicted_iou")
        return order[a.status], float(said) if isinstance(said, int | float) else 1.0, -a.id

    first, second = sorted((one, other), key=trust)
    return first.id, second.id


def elongation(mask: Mask) -> float:
    """Length over width of the smallest rectangle, at any angle, around the mask; 1 or more."""
    rows, columns = np.nonzero(mask.bits)
    corners = np.concatenate([np.stack([columns + dx, rows + dy], 1) for dx in (0, 1) for dy in (0, 1)])
    _, sides, _ = cv2.minAreaRect(cv2.convexHull(corners.astype(np.float32)))
    return float(max(sides) / max(min(sides), 1e-6))


def run_along(mask: Mask, box: Box, photo: tuple[int, int]) -> float:
    """The largest share of a side of `box` that the mask covers just inside that side while it stops there: 0 where the
    mask goes on beyond the side, or where the side is the photo's own edge. photo: (height, width) px."""
    height, width = photo
    x0, y0, x1, y1 = (round(v) for v in box.clipped(height, width).as_tuple())
    if x1 - x0 < 4 or y1 - y0 < 4:
        return 0.0
    bits = mask.full(height, width)
    sides = (
        (x0 > 0, bits[y0:y1, x0], bits[y0:y1, max(x0 - 2, 0)]),
        (x1 < width, bits[y0:y1, x1 - 1], bits[y0:y1, min(x1 + 1, width - 1)]),
        (y0 > 0, bits[y0, x0:x1], bits[max(y0 - 2, 0), x0:x1]),
        (y1 < height, bits[y1 - 1, x0:x1], bits[min(y1 + 1, height - 1), x0:x1]),
    )
    return max((float((inner & ~outer).mean()) for inside, inner, outer in sides if inside), default=0.0)


def _alone(page: Page, a: Annotation, labels: LabelSet, known: Sizes, limits: Limits) -> Iterable[Finding]:
    area, here = a.mask.area, (page.image, (a.id,))
    if area < limits.tiny_px:
        yield Finding("tiny", *here, area, limits.tiny_px, mend="delete")
        return
    if a.prompt is not None and a.prompt.box is not None and a.status != "reviewed":
        along = run_along(a.mask, a.prompt.box, (page.height, page.width))
        if along >= limits.cut:
            yield Finding("cut", *here, along, limits.cut)
    count = len(masks.parts(a.mask))
    if count > limits.parts:
        yield Finding("parts", *here, count, limits.parts, mend="largest_part")
    if a.label in known.by_label:
        middle, spread = known.by_label[a.label]
        away = math.log(area / (page.width * page.height)) - middle
        if abs(away) > limits.spread * spread:
            yield Finding("area", *here, math.exp(away), limits.spread, a.label)
    least = limits.long.get(a.label)
    if least is not None and (length := elongation(a.mask)) < least:
        yield Finding("shape", *here, length, least, a.label, "second" if second(a) else "unknown")
    if a.label not in labels and a.status != "proposed":
        yield Finding("label", *here, label=a.label, mend="second" if second(a) else "")


def _pairs(image: str, annotations: list[Annotation], limits: Limits) -> list[Finding]:
    found = []
    ordered = sorted(annotations, key=lambda a: a.mask.left)
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.mask.left >= one.mask.box.x1:
                break
            small, large = sorted((one.mask.area, other.mask.area))
            if small < limits.overlap * large:  # an IoU cannot be more than that
                continue
            shared = masks.iou(one.mask, other.mask)
            if shared > limits.overlap:
                found.append(Finding("overlap", image, less_trusted(one, other), shared, limits.overlap, mend="delete"))
    return found


def _excused(a: Annotation) -> list[str]:
    listed = a.extra.get(EXCUSED)
    return [str(rule) for rule in listed] if isinstance(listed, list | tuple) else []


def second(a: Annotation) -> str:
    """The classifier's best class other than the present one; "" without scores."""
    return next((label for label in a.scores.labels if label != a.label), "") if a.scores is not None else ""
