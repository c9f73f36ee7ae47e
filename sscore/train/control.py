"""Orders to a run from outside: a file in its folder, which works between processes on every system, or Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Literal

from sscore.paths import discard, patiently, write_atomic
from sscore.train.trainer import Order

FILE = "order"
"""Name of the file; it holds "pause" or "finish"."""


def give(folder: Path, order: Literal["pause", "finish"]) -> None:
    """Tell the run in this folder what to do after its next step."""
    write_atomic(folder / FILE, order.encode())


class Control:
    """What a trainer asks after every step. As a context, the first Ctrl-C pauses the run, the second one ends it at
    once; so does the first while there is nothing to pause yet. say: told that the run is about to pause."""

    def __init__(self, folder: Path, say: Callable[[str], None] = lambda sentence: None) -> None:
        self._file, self._say = folder / FILE, say
        self._asked = False
        self._order: Order = ""
        self._before: Any = None

    def __call__(self) -> Order:
        self._asked = True
        if not self._order and self._file.exists():
            try:
                text = patiently(self._file.read_bytes).strip()
            except OSError:  # another program has it in hand: a word to a run must not end it
                return ""
            discard(self._file)
            self._order = "finish" if text == b"finish" else "pause"
        return self._order

    def __enter__(self) -> Control:
        discard(self._file)
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._order or not self._asked:
            if callable(self._before):
                self._before(number, frame)
            raise KeyboardInterrupt
        self._order = "pause"
        self._say("pausing after this step; Ctrl-C again stops at once, back to the last checkpoint")
