"""One run of the process for models, as the program that started it sees it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sscore.remote.wire import Wire

_CODE = "import sys; sys.path[:] = sys.argv[1:]; from sscore.remote.worker import main; main()"
_PIPE_BYTES = 1 << 20
_LAST_WORDS = 6000  # bytes of what an ended process printed
_END_S = 5.0


def command() -> list[str]:
    """How to start the process: with this very Python and its paths, beside a frozen bundle by its `ssc`."""
    if getattr(sys, "frozen", False):
        return [str(Path(sys.executable).with_name("ssc" + Path(sys.executable).suffix)), "serve-models"]
    return [sys.executable, "-c", _CODE, *(path or os.getcwd() for path in sys.path)]


def start() -> Child:
    """Raises OSError."""
    # What it says is read as UTF-8, whatever the system's encoding is.
    options: dict[str, Any] = {"env": {**os.environ, "PYTHONIOENCODING": "utf-8"}}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NO_WINDOW
    log: IO[bytes] = io.BytesIO()
    with suppress(OSError):  # no room for a file: then nobody will know what it said
        log = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
    said = subprocess.DEVNULL if isinstance(log, io.BytesIO) else log
    try:
        popen = subprocess.Popen(
            command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, pipesize=_PIPE_BYTES, **options
        )
    except OSError:
        log.close()
        raise
    return Child(popen, log)


class Child:
    """A process that was started. loaded: numbers of the models it has; over: it has ended, and that was told."""

    def __init__(self, popen: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        assert popen.stdin is not None and popen.stdout is not None
        self.wire = Wire(popen.stdout, popen.stdin)
        self.loaded: set[int] = set()
        self.over = False
        self._popen, self._log = popen, log

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def runs(self) -> bool:
        return self._popen.poll() is None

    def kill(self) -> None:
        """From any thread; who waits for it to answer gets EOFError."""
        self._popen.kill()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(_END_S)

    def end(self) -> None:
        """Kill it and let go of it; nobody may be waiting for it."""
        self.kill()
        self.wire.close()
        self._log.close()

    def post_mortem(self) -> tuple[bool, str, str]:
        """Of one that has ended by itself: whether it was killed, how it ended, and what it said last."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(_END_S)
        self.kill()
        code, words = self._popen.returncode or 0, ""
        with suppress(OSError, ValueError):
            self._log.seek(max(self._log.seek(0, os.SEEK_END) - _LAST_WORDS, 0))
            words = self._log.read().decode("utf-8", "replace").strip()
        how = _signal(-code) if code < 0 else f"exit code {code:#x}" if code > 255 else f"exit code {code}"
        return code == -getattr(signal, "SIGKILL", 0), how, words


def _signal(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"
