"""What Linux wants to be told of a program with large photos."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_LARGE = 8_000_000  # bytes; pictures of the size of a screen stay below
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h


def give_photos_back() -> None:
    """Blocks as large as photos go back to the system when they are let go, as on Windows. By itself the C library
    keeps blocks of up to 32 MB for later once one was freed, and small ones soon sit between them: after thirty photos
    of 6 megapixels 200 MB of the program were such holes."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):  # other C libraries need not be told
            tune = ctypes.CDLL(None).mallopt
            tune(_MMAP_THRESHOLD, _LARGE)
            tune(_TRIM_THRESHOLD, 2 * _LARGE)
