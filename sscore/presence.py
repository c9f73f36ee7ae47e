"""Who is working in a project folder: an advisory note, .lock.json, that keeps nobody out.

Saves are safe without it (see `sscore.project`); it is there so that two people know of each other. A note survives a
crash and is recognised as stale: on the same computer when its process is gone, from another one after eight hours.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sscore.paths import write_atomic

_STALE = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a project open: login name, computer, process id there, since when (ISO 8601 UTC)."""

    user: str
    host: str
    pid: int
    time: str


def myself() -> Holder:
    return Holder(user(), host(), os.getpid(), now())


def host() -> str:
    """The name of this computer."""
    return platform.node() or "computer"


def user() -> str:
    """The login name, or "user" where the computer has none for us."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "user"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def holder(path: Path) -> Holder | None:
    """Somebody else who has the project open now, by the note at `path`; None when nobody has."""
    found, me = _read(path), myself()
    if found is None or (found.host, found.pid) == (me.host, me.pid):
        return None
    if found.host == me.host:
        return found if alive(found.pid) else None
    try:
        since = datetime.fromisoformat(found.time)
        return found if datetime.now(UTC) - since < _STALE else None
    except (TypeError, ValueError):
        return None


def enter(path: Path) -> bool:
    """Leave our note, unless somebody else's stands there; whether it is ours now. OSError passes through."""
    if holder(path) is not None:
        return False
    write_atomic(path, json.dumps(asdict(myself())).encode("ascii"))
    return True


def leave(path: Path) -> None:
    """Take our note away; another's stays."""
    found, me = _read(path), myself()
    if found is not None and (found.host, found.pid) == (me.host, me.pid):
        with contextlib.suppress(OSError):
            path.unlink()


def _read(path: Path) -> Holder | None:
    """A note that cannot be read counts as none: it keeps nobody out anyway."""
    try:
        data = json.loads(path.read_bytes())
        return Holder(str(data["user"]), str(data["host"]), int(data["pid"]), str(data["time"]))
    except (KeyError, OSError, RecursionError, TypeError, ValueError):
        return None


def alive(pid: int) -> bool:
    """Whether a process of this computer runs."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        import ctypes

        # Signal 0 would be Ctrl-C on Windows.
        kernel, code = ctypes.windll.kernel32, ctypes.c_ulong()
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return False
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == 259  # STILL_ACTIVE
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
