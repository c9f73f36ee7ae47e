"""One writer at a time, among threads and processes: an operating-system lock on a small file beside the one written.

The system gives the lock back when its holder ends, however it ends, so a lock file left behind locks nobody out.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sscore.errors import Busy
from sscore.paths import patiently

_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
"""What a network drive without locks answers. Going on unlocked is better than not at all there."""


@contextlib.contextmanager
def only_one(path: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of the file `path` while the block runs; its folder is made.

    wait: seconds to wait for another holder. Raises Busy when the lock is still held then; OSError passes through.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f".{path.name}.lock")
    until = time.monotonic() + wait
    while (handle := _take(lock)) is None:
        if time.monotonic() >= until:
            raise Busy("another process is writing this file", path=path, remedy="wait until it has finished")
        time.sleep(0.05)
    try:
        yield
    finally:
        if sys.platform != "win32":
            lock.unlink(missing_ok=True)  # while it is still held: see _take
        os.close(handle)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):  # an open file stays on Windows: then the next holder removes it
                lock.unlink()


def _take(lock: Path) -> int | None:
    """An open, locked file, or None when somebody else has it."""
    handle = patiently(lambda: os.open(lock, os.O_RDWR | os.O_CREAT, 0o666))
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            return handle  # nobody can have removed it since it was opened
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The last holder may have removed it between our open and our lock: then a third could make a new one.
            if os.path.samestat(os.fstat(handle), os.stat(lock)):
                return handle
    except (BlockingIOError, PermissionError, FileNotFoundError):
        pass
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return handle
        os.close(handle)
        raise
    os.close(handle)
    return None
