"""Masks for tests, drawn by hand and at random."""

import numpy as np

from sscore import masks


def bits(*rows):
    """bool array drawn with '#' for set pixels."""
    return np.array([[c == "#" for c in row] for row in rows])


RING = bits("#####", "#...#", "#.#.#", "#...#", "#####")  # a hole with an island: a pipe end with something in it
PARTS = bits("##..#", "##..#", ".....", "...##")


def random_masks(count, seed=0, side=14):
    """(bits, mask or None): from full to empty, from 1x1 to 13x13."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        drawn = rng.random(rng.integers(1, side, 2)) < rng.random()
        yield drawn, masks.tight(drawn)


def same(a, b):
    return (a is None and b is None) or (a is not None and b is not None and a.same_as(b))
