"""How long a mask took and how many prompts: noted with each instance when it is accepted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from app.assistant import Assistant
from app.pending import Pending
from sscore.facts import EFFORT
from sscore.types import Annotation, Prompt

_IDLE_S = 60.0
"""A longer pause between two prompts counts as this much: the kettle is not work."""


class Spell:
    """Work that goes on from one decision to the next, as through the proposals of a photo. What was decided against
    is work too: it counts for the next piece that is taken."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._worked, self._seen = 0.0, clock()

    def begin(self) -> None:
        """Something new to decide on is shown."""
        self._worked, self._seen = 0.0, self.clock()

    def elsewhere(self) -> None:
        """The time up to now went into something that has been noted by itself."""
        self._seen = self.clock()

    def decided(self) -> None:
        now = self.clock()
        self._worked += min(now - self._seen, _IDLE_S)
        self._seen = now

    def share(self, count: int) -> float:
        """Seconds for each of `count` pieces that were just taken at once."""
        self.decided()
        worked, self._worked = self._worked, 0.0
        return round(worked / count, 1)


class Effort(QObject):
    """Watches the mask being made. Prompts taken back count: they were work too."""

    def __init__(
        self, assistant: Assistant, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._seconds = 0.0
        self._clicks = 0
        self._last: Prompt | None = None
        self._seen: float | None = None
        assistant.pending_changed.connect(self._on_pending)

    def noted(self, annotation: Annotation) -> Annotation:
        """The accepted instance with its seconds and clicks; to be called right after it was accepted."""
        if not self._clicks:
            return annotation
        note = {"seconds": round(self._seconds, 1), "clicks": self._clicks}
        self._clicks = 0
        return replace(annotation, extra={**annotation.extra, EFFORT: note})

    def _on_pending(self, pending: Pending) -> None:
        now = self._clock()
        if pending.empty:
            if self._seen is not None:
                self._seconds += min(now - self._seen, _IDLE_S)
            self._seen = self._last = None
            return
        if self._seen is None:
            self._seconds, self._clicks = 0.0, 0
        else:
            self._seconds += min(now - self._seen, _IDLE_S)
        self._seen = now
        if pending.asked_last is not self._last:
            self._clicks += 1
        self._last = pending.asked_last
