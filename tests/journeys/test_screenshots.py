"""`ssc-studio --screenshots`: the main screens as pictures, made by the real window with the embedded models."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.screenshots import SCREENS, SIZE

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "resources" / "screenshots"


def pictures(folder: Path) -> dict[str, np.ndarray]:
    assert sorted(file.name for file in folder.iterdir()) == sorted(f"{name}.webp" for name in SCREENS)
    return {name: np.asarray(Image.open(folder / f"{name}.webp").convert("L"), np.int16) for name in SCREENS}


def check(found: dict[str, np.ndarray]) -> None:
    """Each is of the right size, shows something, and shows something else than the others."""
    for name, picture in found.items():
        assert picture.shape == SIZE[::-1], name
        assert picture.std() > 15, name
    for one, other in combinations(found, 2):
        assert (np.abs(found[one] - found[other]) > 24).mean() > 0.05, (one, other)


def test_the_tour_of_the_main_screens(tmp_path, second_start):
    second_start(tmp_path / "cache")
    out, home, temporary = tmp_path / "废钢 照片", tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    places = {"SSC_HOME": str(home), "SSC_CACHE": str(tmp_path / "cache"), "TMPDIR": str(temporary)}
    done = subprocess.run(
        [sys.executable, "-m", "app", "--screenshots", str(out), "--lang", "zh_CN"],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=1800,
        env=os.environ | places | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    check(pictures(out))
    assert not home.exists()  # the pictures show, and change, nothing of the user's
    assert not list(temporary.glob("ssc-*"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pictures_of_the_guide_are_there_and_small(lang):
    check(pictures(COMMITTED / lang))
    assert sum(file.stat().st_size for file in COMMITTED.rglob("*.webp")) < 1_500_000


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_guide_shows_every_picture_and_every_link_leads_somewhere(lang):
    guide = ROOT / "packaging" / f"guide.{lang}.md"
    links = re.findall(r"\]\(([^)]+)\)", guide.read_text(encoding="utf-8"))
    assert [link for link in links if not (guide.parent / link).exists()] == []
    assert [name for name in SCREENS if f"../resources/screenshots/{lang}/{name}.webp" not in links] == []
