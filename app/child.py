"""Long work in a process of its own: `ssc … --events`, whose JSON lines become signals."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

_WAIT_MS = 3000


def command() -> list[str]:
    """How to run `ssc` with the very program this window is of: beside a frozen bundle, else by this Python."""
    if getattr(sys, "frozen", False):
        return [str(Path(sys.executable).with_name("ssc" + Path(sys.executable).suffix))]
    return [sys.executable, "-c", "from sscore.cli import main; main()"]


class ChildProcess(QObject):
    """One `ssc` at a time. event: a JSON line it printed; ended: its exit code (-1: stopped or died) and, when it
    failed, its own words for why."""

    event = Signal(dict)
    ended = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest = b""
        self._error = ""

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self, arguments: Sequence[str]) -> None:
        """Run `ssc ARGUMENTS --events`."""
        assert not self.running
        program, *own = command()
        self._process, self._rest, self._error = QProcess(self), b"", ""
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        self._process.setStandardErrorFile(QProcess.nullDevice())
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("SSC_UNTIL_EOF", "1")  # it ends with this window, however that ends: see sscore.cli.entry
        self._process.setProcessEnvironment(environment)
        self._process.start(program, [*own, *arguments, "--events"])

    def stop(self) -> None:
        """End it at once; what it has written stays whole. `ended` follows."""
        if self._process is not None:
            self._process.kill()
            self._process.waitForFinished(_WAIT_MS)

    def _read(self) -> None:
        assert self._process is not None
        *lines, self._rest = (self._rest + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:
                continue  # a library that prints is none of our business
            if isinstance(found, dict):
                if found.get("event") == "error":
                    self._error = str(found.get("message", ""))
                self.event.emit(found)

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._process is not None:
            self._read()
            self._end(code if status == QProcess.ExitStatus.NormalExit else -1)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._error = self._process.errorString()
            self._end(-1)

    def _end(self, code: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self.ended.emit(code, self._error)
