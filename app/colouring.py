"""The colour an object is shown in: by its class, by itself, or by its status."""

from __future__ import annotations

import colorsys

from app import rows
from sscore.labels import LabelSet
from sscore.types import Annotation

WAYS = ("class", "object", "status")
# Told apart also by those who see red and green alike: they differ in lightness.
STATUS_COLOURS = {"proposed": "#e69f00", "accepted": "#4c8dff", "reviewed": "#0fa37a", "rejected": "#b0413e"}
_GOLDEN = 0.618034  # steps of this around the colour circle never come close to one another soon


def colour_of(annotation: Annotation, labels: LabelSet, by: str) -> str:
    """ "#RRGGBB"; by: one of WAYS."""
    if by == "status":
        return STATUS_COLOURS[annotation.status]
    if by == "object":
        hue = annotation.id * _GOLDEN % 1.0
        red, green, blue = colorsys.hsv_to_rgb(hue, 0.72 if annotation.id % 2 else 0.5, 0.95)
        return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
    return rows.colour_of(labels, annotation.label)
