"""Memory of photos that were let go is the system's again."""

from __future__ import annotations

import subprocess
import sys

import pytest

PHOTOS = """
from pathlib import Path

import numpy as np

from app import on_linux

def rss():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

on_linux.give_photos_back()
np.ones(20_000_000, np.uint8)  # a first photo, seen and gone
before, photos, small = rss(), [], []
for _ in range(8):
    photos.append(np.ones(18_000_000, np.uint8))
    small.append(np.ones(50_000, np.uint8))  # lies behind it
photos.clear()
print(rss() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux")
def test_what_a_photo_took_is_given_back_though_small_things_came_after_it():
    assert int(subprocess.check_output([sys.executable, "-c", PHOTOS])) < 20_000_000, "it is 140 MB by itself"
