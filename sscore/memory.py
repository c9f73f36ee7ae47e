"""How much memory is left: where a system would rather end the program than refuse, it must not be asked for more."""

from __future__ import annotations

import sys
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")


def available() -> int | None:
    """Bytes that can be had without swapping; None where the system does not say."""
    if sys.platform == "win32":
        return _on_windows()
    try:
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (IndexError, OSError, ValueError):
        pass
    return None


def check(needed: int) -> None:
    """Raises MemoryError when `needed` bytes are surely not there."""
    left = available()
    if left is not None and left < needed:
        raise MemoryError(f"about {needed / 1e9:.1f} GB are needed and {left / 1e9:.1f} GB are free")


if sys.platform == "win32":
    import ctypes

    class _Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("all", "free", "page", "page_free", "space", "space_free", "more")
            ),
        ]

    def _on_windows() -> int | None:
        status = _Status()
        status.length = ctypes.sizeof(_Status)
        return int(status.free) if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else None
