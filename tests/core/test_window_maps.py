"""What the nano network is shown of a prompt: drawn only where it reaches, the same as drawn everywhere."""

import numpy as np
import pytest

from sscore.models.window import Window, as_input, prompt_maps
from sscore.types import Box, Prompt

WINDOW = Window(100.0, 80.0, 64.0)
PIXELS = 32


def gaussian(x, y, radius):
    """By the formula, everywhere: image px -> (32, 32)."""
    grid = np.arange(PIXELS) + 0.5
    column, row = (x + 0.5 - WINDOW.left) / 2, (y + 0.5 - WINDOW.top) / 2
    square = (grid[None, :] - column) ** 2 + (grid[:, None] - row) ** 2
    return np.exp(-0.5 * square / (radius * PIXELS) ** 2)


@pytest.mark.parametrize(
    "points",
    [[(100, 80, True)], [(68, 48, True), (131, 111, True), (90, 100, False)], [(10, 500, True)], [(60, 80, False)]],
    ids=["middle", "corners", "far outside", "just outside"],
)
def test_points_fall_off_as_gaussians(points):
    prompt = Prompt(np.array([p[:2] for p in points], np.float32), np.array([p[2] for p in points]))
    maps = prompt_maps(prompt, WINDOW, PIXELS)
    for channel, (positive, radius) in enumerate([(True, 0.02), (True, 0.10), (False, 0.02), (False, 0.10)], start=1):
        mine = [gaussian(x, y, radius) for x, y, good in points if good == positive]
        wanted = np.max(mine, axis=0) if mine else np.zeros((PIXELS, PIXELS))
        assert np.allclose(maps[channel], wanted, atol=1e-6)


def test_what_was_there_before_is_gone():
    prompt = Prompt(np.zeros((0, 2), np.float32), np.zeros(0, bool), Box(84, 64, 116, 96))
    out = np.full((6, PIXELS, PIXELS), 7, np.float32)
    before = np.full((PIXELS, PIXELS), 0.25, np.float32)
    assert prompt_maps(prompt, WINDOW, PIXELS, before, out=out) is out
    assert out[0].sum() == 16 * 16 and out[0, 8:24, 8:24].all()
    assert not out[1:5].any() and (out[5] == 0.25).all()


def test_colours_as_the_network_takes_them():
    view = np.zeros((2, 2, 3), np.uint8)
    view[0, 1] = (255, 127, 64)
    out = np.empty((3, 2, 2), np.float32)
    as_input(view, out)
    assert out[:, 0, 1].tolist() == [127.5 / 64, -0.5 / 64, -63.5 / 64]
