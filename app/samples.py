"""The sample scenes, as a folder of the user's own that can be annotated freely; and where the log is."""

from __future__ import annotations

import shutil
from pathlib import Path

from sscore import images, paths


def folder() -> Path:
    return paths.user_data() / "samples"


def copy() -> None:
    """Copy what is missing; what the user has is never touched."""
    target = folder()
    target.mkdir(parents=True, exist_ok=True)
    source = paths.resources() / "samples"
    for file in sorted(source.iterdir()) if source.is_dir() else ():
        if file.suffix.lower() in images.EXTENSIONS and not (target / file.name).exists():
            shutil.copyfile(file, target / file.name)


def log_file() -> Path:
    return paths.user_data() / "studio.log"
