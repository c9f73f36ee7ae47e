"""Are the accepted pieces enough for `ssc train head`, told from facts alone: no photo, mask or network is opened."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sscore.facts import Fact
from sscore.labels import LabelSet

LEAST_AREA = 200
"""Px below which a piece shows too little to learn a class name from."""

RELIABLE = 10
"""Pieces of a class from which what is learned of it begins to hold on other photos."""

STEPS = (30, 100, 300, 1000, 3000, 10000)
"""Accepted pieces at which learning (again) is worth offering: about three times as many each, since the error falls
with the logarithm of the pieces rather than with each one."""

_CORRECTED, _SHARE = 10, 0.1

Enough = Literal["none", "single", "one photo", "few", "enough"]


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Accepted pieces of one class, and on how many photos they are."""

    label: str
    pieces: int
    photos: int

    @property
    def enough(self) -> Enough:
        """none: the class cannot be learned. single, one photo: it is learned, but there is none to judge it by."""
        if not self.pieces:
            return "none"
        if self.pieces == 1:
            return "single"
        if self.photos == 1:
            return "one photo"
        return "few" if self.pieces < RELIABLE else "enough"


@dataclass(frozen=True, slots=True)
class Tally:
    """classes: every one of the label set; photos: with such a piece; named: pieces a classifier had guessed at;
    corrected: those of them whose label is another than its best guess."""

    classes: tuple[ClassCount, ...]
    photos: int
    named: int
    corrected: int

    @property
    def pieces(self) -> int:
        return sum(one.pieces for one in self.classes)

    @property
    def possible(self) -> bool:
        """Whether `head.train` takes them: two classes, two photos."""
        return sum(one.pieces > 0 for one in self.classes) >= 2 and self.photos >= 2

    @property
    def promising(self) -> bool:
        """Whether a head may well be better than the classifier. At least two classes can be judged honestly, and
        people corrected one piece in ten, ten at least: where the classifier is right more often than that, a head of
        as few pieces is seldom better, and fewer corrections may be chance."""
        judged = sum(one.enough in ("few", "enough") for one in self.classes)
        often = self.corrected >= max(_CORRECTED, _SHARE * self.named)
        return self.possible and judged >= 2 and often

    @property
    def step(self) -> int:
        """The largest of STEPS they reach, 0 below the first."""
        return max((step for step in STEPS if step <= self.pieces), default=0)


def tally(facts: Iterable[Fact], labels: LabelSet) -> Tally:
    """Count what `ssc train head` would learn from: accepted and reviewed, of a class of the set, not tiny."""
    used = [
        fact
        for fact in facts
        if fact.status in ("accepted", "reviewed") and fact.area >= LEAST_AREA and fact.label in labels
    ]
    pieces = Counter(fact.label for fact in used)
    photos: dict[str, set[str]] = defaultdict(set)
    for fact in used:
        photos[fact.label].add(fact.image)
    guessed = [fact for fact in used if fact.guess]
    return Tally(
        classes=tuple(ClassCount(key, pieces[key], len(photos[key])) for key in labels.keys),
        photos=len({fact.image for fact in used}),
        named=len(guessed),
        corrected=sum(fact.guess != fact.label for fact in guessed),
    )


def note(base: str, pieces: int, accuracy: float) -> str:
    """What a head's card says of it."""
    return f"Head on {base}, {pieces} pieces, cross-validated accuracy {accuracy:.3f}."


def pieces_of_note(text: str) -> int:
    """How many pieces the head with this `note` learned from; 0 for another text."""
    found = re.match(r"Head on .+, (\d+) pieces, ", text)
    return int(found[1]) if found else 0
