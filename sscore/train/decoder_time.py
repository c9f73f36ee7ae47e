"""What a fine-tuning needs: how many instances, and about how long, before its first epoch tells exactly; and by which
file one sees that it has ended.

Loads no model library, so a window may ask.
"""

from __future__ import annotations

import tomllib

from sscore import paths
from sscore.types import ModelCard

LEAST = 8
"""Instances below which nothing can be learnt that would be more than chance."""

ENOUGH = 60
"""Instances from which a gain can be expected, and measured."""

FINISHED = "result.json"
"""File in a run's folder that is there once nothing is left to go on with."""

_STEP_SECONDS = {"nano": 0.08}
_STEP = 0.35
"""One sample on an ordinary PC with four cores, of the embedded segmenter and of a decoder of SAM's."""
_PHOTO_SECONDS = {"vit_b": 2.0, "vit_l": 5.0, "vit_h": 9.0}
_PHOTO = 0.5
_JUDGED = 40
_PROMPTS = 10
_PROMPT_SECONDS = 0.06


def seconds(card: ModelCard, recipe: str, instances: int, photos: int, validation: float = 0.2) -> float:
    """Of the whole run with a recipe that ships, without the measurement at its end. instances, photos: all there are.
    Raises OSError for a recipe there is not."""
    values = tomllib.loads((paths.resources() / "recipes" / f"decoder-{recipe}.toml").read_text(encoding="utf-8"))
    nano = card.family == "nano"
    values |= values.get("nano", {}) if nano else {}
    rounds = (1 if nano else 1 + values.get("refinements", 0)) * (1 + values.get("rehearse", 0.0))
    learn = instances * (1 - validation)
    judged = min(instances - learn, _JUDGED) * _PROMPTS * _PROMPT_SECONDS
    epoch = learn * rounds * _STEP_SECONDS.get(card.family, _STEP) + judged
    views = 0 if nano else photos * (1 + values.get("flips", False))
    return float(values["epochs"] * epoch + views * _PHOTO_SECONDS.get(card.variant, _PHOTO))
