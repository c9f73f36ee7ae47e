"""Where things are: resources and embedded weights (checkout, wheel, frozen bundle), the user's data and cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

_APP = "scrap-sam-clip"


def _shipped(name: str) -> Path:
    """A folder that ships with the program: beside sscore in a checkout, inside it in a wheel or frozen bundle."""
    package = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)
    roots = [package.parent / name, package / f"_{name}"]
    if bundle:
        roots.insert(0, Path(bundle) / name)
    return next((root for root in roots if root.is_dir()), roots[0])


def resources() -> Path:
    """Icons, translations, sample scenes, label sets."""
    return _shipped("resources")


def weights() -> Path:
    """The catalogue and the embedded weights."""
    return _shipped("weights")


def user_data() -> Path:
    """The user's own catalogue rows and downloaded weights. SSC_HOME overrides it (a lab's shared model folder)."""
    home = os.environ.get("SSC_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir(_APP, appauthor=False))


def user_weights() -> Path:
    return user_data() / "weights"


def cache() -> Path:
    """Compiled models and embeddings; may be deleted at any time. SSC_CACHE overrides it."""
    override = os.environ.get("SSC_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir(_APP, appauthor=False))
