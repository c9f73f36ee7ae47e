"""Colours that mean something are told apart by everybody, and what has the keyboard is seen."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest
from studio_driver import wait_until

from app import rows, theme
from app.panels import charts
from sscore import compare, labels

# Machado, Oliveira and Fernandes 2009, linear RGB, severity 1.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def seen(colour: str, sight: str) -> np.ndarray:
    """CIE L*a*b*."""
    light = np.clip(SIGHT[sight] @ linear(colour), 0, 1)
    rgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(rgb.astype(np.float32).reshape(1, 1, 3), cv2.COLOR_RGB2LAB).reshape(3)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 counts it."""
    light = sorted(float(np.dot((0.2126, 0.7152, 0.0722), linear(colour))) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
def test_classes_and_differences_are_told_apart_by_everybody(sight):
    shapes = labels.load()
    classes = [*(shapes.get(key).colour for key in shapes.keys), rows.UNKNOWN_COLOUR]
    differences = ["#{:02x}{:02x}{:02x}".format(*rgb) for rgb in (compare.BOTH, compare.MINE, compare.OTHER)]
    for colours, least in ((classes, 15), (differences, 30)):
        for one, other in combinations(colours, 2):
            assert np.linalg.norm(seen(one, sight) - seen(other, sight)) > least, (one, other)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_words_focus_and_scroll_bars_are_seen(colours):
    for ground in (colours.window, colours.surface, colours.raised, colours.accent_soft):
        for words in (colours.text, colours.muted, colours.faint, colours.link):
            assert contrast(words, ground) >= 4.5
        assert contrast(colours.link, ground) >= 3  # frames of what has the keyboard
    for ground in (colours.window, colours.surface, colours.raised):
        assert contrast(colours.off, ground) >= 3  # handles of scroll bars
    sheet = theme.stylesheet(colours)
    handle = next(line for line in sheet.splitlines() if line.startswith("QScrollBar::handle {"))
    assert colours.off in handle
    rings = [
        line for line in sheet.splitlines() if ":focus" in line and "border-color" in line and ":default" not in line
    ]
    assert rings and all(colours.link in line for line in rings)


def test_the_row_with_the_keyboard_is_framed(studio):
    photos = studio.window.images.list
    studio.canvas.setFocus()
    before = photos.grab().toImage()
    photos.setFocus()
    wait_until(lambda: photos.hasFocus() and photos.grab().toImage() != before, what="a frame")


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_numbers_in_the_table_of_confusions_are_read(colours):
    for strong in (colours.ok, colours.danger):
        for share in (0.2, 0.4, 0.6, 0.78):
            ground = charts.mixed(strong, colours.raised, share)
            assert contrast(charts.ink_on(ground).name(), ground.name()) >= 4.5
