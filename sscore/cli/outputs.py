"""Where a verb writes: looked at before the work begins. What is there stays, unless --replace says otherwise."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from sscore.errors import BadOption

Replace = Annotated[bool, typer.Option("--replace", help="Write over what is there already.")]

_LEAST_FREE = 1_000_000
"""Bytes: with less the disk is as good as full."""


def check_file(out: Path, *, replace: bool, forms: str = "") -> None:
    """forms: what the name may end in, as ".png .json"; anything but a photo's when empty. Raises BadOption, also where
    nothing can be written."""
    from sscore.images import EXTENSIONS

    if out.is_dir():
        raise BadOption("is a folder", path=out, remedy="give a file name")
    if out.exists() and not out.is_file():
        raise BadOption("is a device, not a file", path=out, remedy="give a file name")  # it would be replaced for all
    suffix = out.suffix.lower()
    if forms and suffix not in forms.split():
        raise BadOption(f"must end in {' or '.join(forms.split())}", path=out)
    if not forms and suffix in EXTENSIONS:
        raise BadOption("is the name of a photo", path=out, remedy="give one that ends in .json")
    if out.exists() and out.stat().st_size and not replace:  # an empty one, as mktemp makes it, is there to be filled
        raise BadOption("is there already", path=out, remedy="give another name, or add --replace to write over it")
    _check_place(out.parent, out)


def check_folder(out: Path, names: Iterable[str], *, replace: bool) -> None:
    """names: of the files to be made in the folder. Raises BadOption, as `check_file`."""
    if out.exists() and not out.is_dir():
        raise BadOption("is a file", path=out, remedy="give a folder")
    there = [name for name in names if (out / name).exists()]
    if there and not replace:
        raise BadOption(
            "is there already", path=out / there[0], remedy="give another folder, or add --replace to write over it"
        )
    _check_place(out, out)


def _check_place(folder: Path, out: Path) -> None:
    """Whether a folder, which need not exist yet, can be written to: an hour's work should not end with finding out."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir():
        raise BadOption("a file is where a folder is needed", path=there, remedy="choose another folder")
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        why = error.strerror or str(error)
        raise BadOption(f"cannot be written: {why}", path=out, remedy="choose another folder") from error
    if free < _LEAST_FREE:
        raise BadOption("the disk is full", path=out, remedy="free some space or choose another disk")
