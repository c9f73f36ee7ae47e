"""Large files and the disk they lie on: is there room, did it fill up, is it the same file."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sscore.errors import DiskFull
from sscore.types import Progress

_SPARE = 16_000_000
"""Bytes to leave free."""


def check_room(folder: Path, needed: int) -> None:
    """Raises DiskFull unless the disk of `folder`, which exists, has `needed` bytes and a little more."""
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise _disk_full(folder, f"{needed / 1e6:.0f} MB are needed and {free / 1e6:.0f} MB are free")


def _disk_full(path: Path, details: str) -> DiskFull:
    return DiskFull(
        f"the disk is full: {details}",
        path=path,
        remedy="free some space or take another disk; SSC_HOME names the folder for models",
    )


@contextmanager
def naming_a_full_disk(path: Path) -> Iterator[None]:
    """Turns the operating system's "no space" into DiskFull, which names `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(path, "nothing more could be written") from error
        if error.errno == errno.EFBIG:
            raise DiskFull(
                "this disk takes no file as large as this one",
                path=path,
                remedy="a FAT32 stick ends at 4 GB: format it as exFAT, or take fewer models at a time",
            ) from error
        raise


def sha256_of(path: Path, progress: Progress | None = None) -> str:
    """SHA-256 of a file, hexadecimal. progress: bytes read of all. OSError passes through."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with open(path, "rb") as file:
        while chunk := file.read(1 << 22):
            digest.update(chunk)
            done += len(chunk)
            if progress:
                progress(done, total)
    return digest.hexdigest()
