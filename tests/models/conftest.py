from __future__ import annotations

import pytest

from sscore import models
from sscore.scenes import render_scene


@pytest.fixture(scope="session", autouse=True)
def _places(own_places):
    """Also for fixtures that open models."""


@pytest.fixture(scope="session")
def scene():
    """A sparse rendered scene no training uses: rgb, ids, instances."""
    return render_scene(910_003, size=(480, 360), pieces=6)[0]


@pytest.fixture(scope="session")
def nano():
    return models.load_segmenter("nano")


@pytest.fixture(scope="session")
def nano_cls():
    return models.load_classifier("nano-cls")
