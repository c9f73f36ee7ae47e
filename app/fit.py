"""A classifier that does not know a project's classes, in plain words: what follows, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from sscore.labels import LabelSet

_NAMED = 4
"""Classes that are named; of the others the number is told."""


def headline(model_id: str) -> str:
    return QCoreApplication.translate("Fit", "{model} does not know the classes of this project").format(model=model_id)


def advice(labels: LabelSet, strangers: Sequence[str], lang: str) -> str:
    """strangers: the labels it cannot name."""
    between = QCoreApplication.translate("Fit", ", ")
    names = between.join(labels.name(key, lang) for key in strangers[:_NAMED])
    if len(strangers) > _NAMED:
        names = QCoreApplication.translate("Fit", "{names} and {n} more").format(names=names, n=len(strangers) - _NAMED)
    return QCoreApplication.translate(
        "Fit",
        "It has never learnt {names}: masks come as always, but without a suggested class. You can take a CN-CLIP "
        "model, which goes by words; or give the classes yourself by their number keys and, after some dozens, let a "
        "model learn them (Review, Learn class names…).",
    ).format(names=names)
