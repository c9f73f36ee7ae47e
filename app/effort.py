"""How long a mask took and how many prompts: noted with each instance when it is accepted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sscore.facts import EFFORT
from sscore.types import Prompt

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


@dataclass(frozen=True, slots=True, eq=False)
class Effort:
    """What a mask took so far: `seconds` up to `seen` (s of the monotonic clock; None while nobody is at it) and
    `clicks`, of which `last` was the newest prompt. Prompts taken back count: they were work too."""

    seconds: float = 0.0
    clicks: int = 0
    seen: float | None = None
    last: Prompt | None = None

    def until_now(self, prompt: Prompt | None, clock: Callable[[], float] = time.monotonic) -> Effort:
        """prompt: the newest, None while there is only a box still being dragged."""
        now = clock()
        worked = min(now - self.seen, _IDLE_S) if self.seen is not None else 0.0
        return Effort(self.seconds + worked, self.clicks + (prompt is not self.last), now, prompt)

    def interrupted(self) -> Effort:
        """From now on nobody is at it."""
        return replace(self.until_now(self.last), seen=None)

    @property
    def note(self) -> dict[str, dict[str, float]]:
        """As kept with an object."""
        return {EFFORT: {"seconds": round(self.seconds, 1), "clicks": self.clicks}} if self.clicks else {}
