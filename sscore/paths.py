"""Where things are: resources and embedded weights (checkout, wheel, frozen bundle), the user's data and cache."""

from __future__ import annotations

import functools
import os
import sys
import threading
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import platformdirs

_APP = "scrap-sam-clip"


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
        temp.unlink(missing_ok=True)
        raise


def put_in_place(temp: Path, path: Path) -> None:
    """Rename a finished file, already flushed to disk, over `path` in the same folder, for good. OSError passes."""
    _replace(temp, path)
    sync_folder(path.parent)


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


def _replace(temp: Path, path: Path) -> None:
    """os.replace, patient with Windows, where a virus scanner or a reader can hold the old file for a moment."""
    for pause in (0.01, 0.05, 0.2, 0.5):
        try:
            os.replace(temp, path)
            return
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
    os.replace(temp, path)
