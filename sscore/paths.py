"""Where things are: resources and embedded weights (checkout, wheel, frozen bundle), the user's data and cache."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

import platformdirs

Answer = TypeVar("Answer")
Stamp = tuple[int, int, int]
"""Of a file: time of change in ns, size in bytes, number on its disk."""

NO_FILE: Stamp = (0, 0, 0)

_APP = "scrap-sam-clip"
_WINDOWS = os.name == "nt"
_LONGEST = 225  # characters of a path; temp files have longer names
_PAUSES_S = (0.01, 0.05, 0.2, 0.5)


def resources() -> Path:
    """Icons, translations, sample scenes, label sets."""
    return _shipped("resources", __file__, getattr(sys, "_MEIPASS", None))


def weights() -> Path:
    """The catalogue and the embedded weights."""
    return _shipped("weights", __file__, getattr(sys, "_MEIPASS", None))


@functools.cache  # asked for hundreds of times; what ships stays where it is
def _shipped(name: str, module: str, bundle: str | None) -> Path:
    """A folder that ships with the program: beside sscore in a checkout, inside it in a wheel or frozen bundle."""
    package = Path(module).resolve().parent
    roots = [package.parent / name, package / f"_{name}"]
    if bundle:
        roots.insert(0, Path(bundle) / name)
    return next((root for root in roots if root.is_dir()), roots[0])


def user_data() -> Path:
    """The user's own catalogue rows and downloaded weights. SSC_HOME overrides it (a lab's shared model folder)."""
    home = os.environ.get("SSC_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir(_APP, appauthor=False))


def user_weights() -> Path:
    """Where downloaded and added weights are."""
    return user_data() / "weights"


def cache() -> Path:
    """Compiled models and embeddings; may be deleted at any time. SSC_CACHE overrides it."""
    override = os.environ.get("SSC_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir(_APP, appauthor=False))


def write_atomic(path: Path, data: bytes, *, check: Callable[[Path], object] | None = None) -> None:
    """Write a whole file or nothing: temp file beside it, fsync, replace. Parent folders are made.

    `check`, when given, is called with the finished temp file and stops everything by raising. The temp name starts
    with a dot and holds the process id, so two writers never share one; of a long name it keeps the beginning, since
    a name may have 255 bytes and a Chinese letter takes three. OSError passes through.
    """
    make_folder(path.parent)
    temp = path.with_name(f".{path.name[:50]}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(temp, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if check:
            check(temp)
        put_in_place(temp, path)
    except BaseException:
        discard(temp)
        raise


def put_in_place(temp: Path, path: Path) -> None:
    """Rename a finished file, already flushed to disk, over `path` in the same folder, for good. OSError passes."""
    _replace(temp, path)
    sync_folder(path.parent)


def stamp(path: Path) -> Stamp:
    """What tells a file from the one that was there before; NO_FILE when none is.

    On drives that count in whole seconds (FAT sticks, some servers) two saves have the same time, and words of one
    length, such as "accepted" and "reviewed", the same size; but a file that was replaced has another number.
    """
    try:
        found = path.stat()
    except OSError:
        return NO_FILE
    return found.st_mtime_ns, found.st_size, found.st_ino


def sync_folder(folder: Path) -> None:
    """Wait until what was made or renamed in a folder is on disk too, else a power cut can take it back."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError:
            pass  # some network drives cannot fsync a folder; the data itself is safe
        finally:
            os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for good. OSError passes through."""
    made = list(takewhile(lambda one: not one.exists(), (folder, *folder.parents)))
    folder.mkdir(parents=True, exist_ok=True)
    for one in made:
        sync_folder(one.parent)


def patiently(work: Callable[[], Answer]) -> Answer:
    """What `work` gives. Windows refuses for a moment to open, replace or remove a file that a virus scanner or another
    program has in hand; then it is tried again, for less than a second. OSError passes through."""
    for pause in _PAUSES_S if _WINDOWS else ():
        try:
            return work()
        except PermissionError:
            time.sleep(pause)
    return work()


def too_long(path: Path) -> bool:
    """Whether Windows may refuse a file for its path, or the temp file beside it: it ends at 260 characters unless its
    settings say otherwise."""
    return _WINDOWS and len(os.path.abspath(path)) > _LONGEST


def discard(temp: Path) -> None:
    """Remove an unfinished file, if that can be; what went wrong before is what is to be told."""
    with contextlib.suppress(OSError):
        patiently(lambda: temp.unlink(missing_ok=True))


def _replace(temp: Path, path: Path) -> None:
    patiently(lambda: os.replace(temp, path))
