"""The folders of training runs beside a project: yard-training, yard-training-2, yard-training-3 …"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sscore.train.decoder_time import FINISHED


def latest(project: Path) -> Path:
    """The run to go on with, if the last one beside this project waits for that; else where the next one goes."""
    folder = project.with_name(f"{project.name}-training")
    while following(folder).exists():
        folder = following(folder)
    return following(folder) if finished(folder) else folder


def following(folder: Path) -> Path:
    """The folder of the run after that of this folder."""
    stem, _, number = folder.name.rpartition("-")
    if number.isdecimal():
        return folder.with_name(f"{stem}-{int(number) + 1}")
    return folder.with_name(f"{folder.name}-2")


def unfinished(folder: Path) -> bool:
    """Whether a run waits in this folder to be gone on with."""
    return (folder / "last.pt").exists() and not finished(folder)


def finished(folder: Path) -> bool:
    return (folder / FINISHED).exists()


def asked(folder: Path) -> dict[str, Any]:
    """What the run in this folder was begun with; nothing when that cannot be read."""
    try:
        found = json.loads((folder / "request.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
