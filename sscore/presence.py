"""Who has a project folder open: a small note for each program, in `.here/`. Notes keep nobody out.

Saves are safe without them (see `sscore.project`); they are there so that people know of each other, and that a program
which did not end properly is noticed: its note stays. On the same computer that is told by its process, on another one
by a note that has not been renewed for a while.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import re
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sscore.paths import write_atomic

RENEW_S = 60
_STALE_S = 600


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a project open: login name, computer, process id there, since when (ISO 8601 UTC). born: what tells the
    process from a later one with the same id, "" where the system does not say."""

    user: str
    host: str
    pid: int
    time: str
    born: str = ""


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


def enter(notes: Path) -> None:
    """Leave our note in the folder `notes`, or renew it. OSError passes through."""
    before = _read(_own(notes))
    mine = Holder(user(), host(), os.getpid(), before.time if before and _alive(before) else now(), _born(os.getpid()))
    write_atomic(_own(notes), json.dumps(asdict(mine)).encode("ascii"))


def leave(notes: Path) -> None:
    """Take our note away; those of others stay."""
    with contextlib.suppress(OSError):
        _own(notes).unlink(missing_ok=True)
        notes.rmdir()


def others(notes: Path) -> list[Holder]:
    """Everybody else who has the project open now, who came first first."""
    found = []
    for path, holder in _all(notes):
        here = holder.host == host()
        if path != _own(notes) and (_alive(holder) if here else _age(path, notes) < _STALE_S):
            found.append(holder)
    return sorted(found, key=lambda holder: holder.time)


def ended(notes: Path) -> dict[Path, Holder]:
    """Programs of this computer that did not end properly, by their notes."""
    return {path: holder for path, holder in _all(notes) if holder.host == host() and not _alive(holder)}


def forget(note: Path) -> None:
    """Take away the note of a program that `ended`, unless it is ours by now: ids of processes come again."""
    if note != _own(note.parent):
        with contextlib.suppress(OSError):  # in a read-only folder, or another program was quicker
            note.unlink()


def _own(notes: Path) -> Path:
    computer = re.sub(r"[^\w-]", "-", host())
    return notes / f"{computer}-{os.getpid()}.json"


def _all(notes: Path) -> list[tuple[Path, Holder]]:
    try:
        paths = sorted(path for path in notes.iterdir() if path.suffix == ".json")
    except OSError:
        return []
    read = ((path, _read(path)) for path in paths)
    return [(path, holder) for path, holder in read if holder is not None]


def _read(path: Path) -> Holder | None:
    """A note that cannot be read counts as none: it keeps nobody out anyway."""
    try:
        data = json.loads(path.read_bytes())
        born = str(data.get("born", ""))
        return Holder(str(data["user"]), str(data["host"]), int(data["pid"]), str(data["time"]), born)
    except (AttributeError, KeyError, OSError, OverflowError, RecursionError, TypeError, ValueError):
        return None


def _age(path: Path, notes: Path) -> float:
    """Seconds since a note was renewed, by the clock of the drive where we have a note of our own to compare with:
    the clocks of two computers may differ by more than people stay away."""
    try:
        written = path.stat().st_mtime
    except OSError:
        return float("inf")
    try:
        return _own(notes).stat().st_mtime - written
    except OSError:
        return time.time() - written


def _alive(holder: Holder) -> bool:
    """Whether the program of a note of this computer still runs."""
    if not _runs(holder.pid):
        return False
    born = _born(holder.pid)
    return not born or not holder.born or born == holder.born


def _runs(pid: int) -> bool:
    if pid <= 0:
        return False
    if sys.platform == "win32":
        import ctypes

        # Signal 0 would be Ctrl-C on Windows.
        kernel, code = ctypes.WinDLL("kernel32", use_last_error=True), ctypes.c_ulong()
        handle = kernel.OpenProcess(_LOOK, False, pid)
        if not handle:
            return ctypes.get_last_error() == _DENIED  # it runs, for another user of this computer
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


_LOOK = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_DENIED = 5  # ERROR_ACCESS_DENIED


def _born(pid: int) -> str:
    """When a process of this computer began, in the system's own terms: after a restart the same ids come again."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        times = [ctypes.c_ulonglong() for _ in range(4)]  # creation, exit, kernel, user
        handle = kernel.OpenProcess(_LOOK, False, pid)
        if not handle:
            return ""
        told = kernel.GetProcessTimes(handle, *(ctypes.byref(one) for one in times))
        kernel.CloseHandle(handle)
        return str(times[0].value) if told else ""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        # The name of the program, in brackets, may hold anything; the start is the 20th field behind it.
        return f"{boot} {Path(f'/proc/{pid}/stat').read_bytes().rpartition(b')')[2].split()[19].decode()}"
    except (IndexError, OSError):
        return ""
