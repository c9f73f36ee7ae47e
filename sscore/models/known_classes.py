"""Which classes a classifier can tell apart: to be known before one is chosen for a label set that it does not fit."""

from __future__ import annotations

import re

from sscore import catalogue
from sscore.errors import ModelMissing, WrongWeights
from sscore.models import weights
from sscore.types import LabelNames, ModelCard


def known_classes(card: ModelCard) -> tuple[str, ...] | None:
    """As the header of its weights says, which costs no loading; None for a classifier that goes by the words of any
    label set, and for one whose file is not here or cannot be read."""
    if not card.file.endswith(".safetensors"):
        return None
    try:
        told = weights.metadata(catalogue.weight_file(card)).get("classes", "")
    except (ModelMissing, WrongWeights):
        return None
    return tuple(re.split("[,\n]", told)) if told else None


def strangers(classes: tuple[str, ...] | None, labels: LabelNames) -> tuple[str, ...]:
    """The labels that a classifier of these classes (None: of any) cannot name; with one it names nothing at all."""
    return () if classes is None else tuple(key for key in labels.keys if key not in classes)
