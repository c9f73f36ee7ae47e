"""How a classifier's probabilities become the name of a piece: what of it the classifier sees, how its sureness is
corrected, and below which sureness nothing is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sscore.errors import BadOption
from sscore.labels import LabelSet
from sscore.types import UNKNOWN, Classifier, FloatArray, Scores

VIEWS = ("tight", "masked", "context")
"""Tight box; mask on neutral ground; padded context (see `sscore.images.crop`)."""

WORDS_FAMILY = "cn_clip"
"""It compares a crop with the label set's texts; all others know their classes by themselves."""

RECORDED = ("view", "words", "temperature", "unknown_below")
"""What `Naming.record` may say of a result."""


@dataclass(frozen=True, slots=True)
class Naming:
    """views: what the classifier sees, probabilities of several are averaged; () for the view it was made for.
    unknown_below: a piece whose best class has less than this probability is called unknown. temperature: divisor of
    the logits (1: as the classifier says), fitted for the classifier of the id `classifier` and no other."""

    views: tuple[str, ...] = ()
    unknown_below: float = 0.0
    temperature: float = 1.0
    classifier: str = ""

    def __post_init__(self) -> None:
        if wrong := [view for view in self.views if view not in VIEWS]:
            raise BadOption(f"there is no view {wrong[0]!r}", remedy=f"choose from {', '.join(VIEWS)}, joined by +")
        if not 0 <= self.unknown_below <= 1:
            raise BadOption(f"unknown below {self.unknown_below}: a probability lies between 0 and 1")
        if not 0.01 <= self.temperature <= 100:
            raise BadOption(f"a temperature of {self.temperature} is of no use", remedy="it lies near 1")

    def views_for(self, classifier: Classifier) -> tuple[str, ...]:
        return self.views or (classifier.view,)

    def settled(self, by_view: Sequence[Scores], classifier: Classifier) -> Scores:
        """One piece's scores in each view, over the same labels -> their mean, with the temperature."""
        return tempered(averaged(by_view), self.temperature if self.classifier == classifier.card.id else 1.0)

    def label(self, scores: Scores) -> str:
        """The most probable label, or "unknown" when it is not sure enough."""
        return scores.best if float(scores.values[0]) >= self.unknown_below else UNKNOWN

    def record(self, classifier: Classifier, labels: LabelSet | None) -> dict[str, Any]:
        """What is kept with a result, for `Annotation.made_by`; the version of the words where words were compared."""
        made: dict[str, Any] = {"view": "+".join(self.views_for(classifier))}
        if classifier.card.family == WORDS_FAMILY and labels is not None:
            made["words"] = labels.words_version
        if self.temperature != 1 and self.classifier == classifier.card.id:
            made["temperature"] = self.temperature
        return made | ({"unknown_below": self.unknown_below} if self.unknown_below else {})


def parse_views(text: str) -> tuple[str, ...]:
    """ "masked+tight" -> ("masked", "tight"); "" -> (). Each counts once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split("+") if part.strip()))


def from_table(table: Mapping[str, Any]) -> Naming:
    """Of the table [naming] of a project.toml. Raises BadOption."""
    try:
        views = table.get("views", [])
        below, temperature = float(table.get("unknown_below", 0)), float(table.get("temperature", 1))
        return Naming(tuple(str(v) for v in views), below, temperature, str(table.get("classifier", "")))
    except (TypeError, ValueError) as error:
        raise BadOption(f"[naming] is not as it should be: {error}") from None


def as_table(naming: Naming) -> str:
    """The table [naming] of a project.toml."""
    views = ", ".join(f'"{view}"' for view in naming.views)
    return (
        "[naming]\n"
        f"views = [{views}]           # what the classifier sees; empty: what it was made for\n"
        f"unknown_below = {naming.unknown_below:g}     # less sure than this: unknown\n"
        f"temperature = {naming.temperature:g}       # of the classifier below, fitted on accepted instances\n"
        f'classifier = "{naming.classifier}"\n'
    )


def averaged(by_view: Sequence[Scores]) -> Scores:
    """The mean of several views' probabilities."""
    if len(by_view) == 1:
        return by_view[0]
    keys = by_view[0].labels
    return ranked(keys, np.mean([[scores.of(key) for key in keys] for scores in by_view], axis=0))


def tempered(scores: Scores, temperature: float) -> Scores:
    """Probabilities with their logits divided (Guo et al., 2017): p to the power of 1/T, made to sum to 1 again, which
    is the same without knowing the logits. The order of the labels stays."""
    if temperature == 1:
        return scores
    return Scores(scores.labels, np.asarray(powered(scores.values[None].astype(np.float64), temperature)[0]))


def powered(chances: Any, temperature: float) -> Any:
    """As `tempered`, for float64 (n, k)."""
    logs = np.log(np.maximum(chances, 1e-30)) / temperature
    risen = np.exp(logs - logs.max(1, keepdims=True))
    return risen / risen.sum(1, keepdims=True)


def ranked(keys: Sequence[str], chances: FloatArray | Sequence[float]) -> Scores:
    """Probabilities in the order of `keys` -> Scores, best first."""
    values = np.asarray(chances, np.float32)
    order = np.argsort(-values, kind="stable")
    return Scores(tuple(keys[i] for i in order), values[order])
