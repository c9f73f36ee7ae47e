"""Work away from the window's thread: a `Lane` is one thread with a short, tidy queue.

Under one key only the latest job counts: a newer one replaces one that has not started and hides the answer of one
that has. So a preview asked for at every mouse move costs one model run at a time and never shows a stale mask.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

log = logging.getLogger("app.jobs")

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_TURN_S = 0.004
"""How long a walk goes on before it waits for the window: a thread that computes in Python slows painting down."""


@dataclass(slots=True, eq=False)
class _Job:
    ticket: int
    key: Hashable
    work: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None
    priority: int
    always: bool
    at: float  # s of the monotonic clock before which it is not begun


class Lane(QObject):
    """One worker thread. `done` and `failed` are called in the thread that made the lane.

    priority: lower runs first, equal ones in order of arrival. always: the answer is delivered even when a newer job
    under the key has come, and the job still runs when the lane closes (a save must not vanish).
    """

    busy_changed = Signal(bool)
    broke = Signal(object)  # an error of a job, after who asked for it was told; of one nobody waits for any more too
    _answered = Signal(object, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wake = threading.Condition()
        self._queue: list[_Job] = []
        self._latest: dict[Hashable, int] = {}
        self._ticket = 0
        self._closing = False
        self._hurried = 0  # how many wait for all of it
        self._open = 0  # submitted and neither answered nor forgotten
        self._busy = False
        self._running = False
        self._answered.connect(self._deliver)
        self._thread = threading.Thread(target=self._loop, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def submit(
        self,
        key: Hashable,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        priority: int = 5,
        always: bool = False,
        after: float = 0.0,
    ) -> None:
        """Queue `work`; a job under the same key that has not started is forgotten. after: seconds until it may begin,
        counted from the first of those it takes the place of; what would come behind it waits too."""
        with self._wake:
            if self._closing:
                return
            self._ticket += 1
            self._latest[key] = self._ticket
            at = min((job.at for job in self._queue if job.key == key), default=time.monotonic() + after)
            self._forget(key)
            self._queue.append(_Job(self._ticket, key, work, done, failed, priority, always, at))
            self._open += 1
            self._wake.notify_all()
        self._show_busy()

    def walk(
        self,
        key: Hashable,
        items: Sequence[Item],
        look: Callable[[Item], Answer],
        done: Callable[[list[tuple[Item, Answer]]], None],
        *,
        priority: int = 5,
    ) -> None:
        """`look` at thousands of items, a few at a time: the next are begun when the window has taken in the answers
        (`done`) to the last, so a window that is busy is left alone. A newer walk under the key takes its place."""

        def some(start: int) -> list[tuple[Item, Answer]]:
            found: list[tuple[Item, Answer]] = []
            end = time.perf_counter() + _TURN_S
            while start + len(found) < len(items) and (not found or time.perf_counter() < end):
                item = items[start + len(found)]
                found.append((item, look(item)))
            return found

        def go(start: int) -> None:
            def told(found: list[tuple[Item, Answer]]) -> None:
                if start + len(found) < len(items):
                    go(start + len(found))
                done(found)

            self.submit(key, lambda: some(start), told, priority=priority)

        if items:
            go(0)
        else:
            self.cancel(key)

    def cancel(self, key: Hashable) -> None:
        """Forget the job under `key`; if it is running its answer is dropped."""
        with self._wake:
            self._forget(key)
            self._latest.pop(key, None)
        self._show_busy()

    def drain(self, seconds: float = 10.0) -> None:
        """For other threads: wait until nothing is queued or running here, though not for ever. Nothing is put off."""
        with self._wake:
            self._hurried += 1
            self._wake.notify_all()
            self._wake.wait_for(lambda: not self._queue and not self._running, seconds)
            self._hurried -= 1

    @property
    def idle(self) -> bool:
        """Nothing queued, running or still to be delivered."""
        return not self._busy

    def close(self, timeout: float = 10.0) -> bool:
        """Finish what must not be lost, drop the rest, end the thread. True when it has ended."""
        with self._wake:
            self._closing = True
            self._queue = [job for job in self._queue if job.always]
            self._latest.clear()
            self._wake.notify_all()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        while True:
            with self._wake:
                job = self._next()
                if job is None:
                    return
                self._queue.remove(job)
                self._running = True
            told = self._run(job)
            del job
            with self._wake:
                self._running = False
                self._wake.notify_all()
            if not told:
                return

    def _next(self) -> _Job | None:
        """Wait for the job that is to be done next; None when the lane closes."""
        while True:
            if self._queue:
                job = min(self._queue, key=lambda j: (j.priority, j.ticket))
                pause = job.at - time.monotonic()
                if pause <= 0 or self._closing or self._hurried:
                    return job
                self._wake.wait(pause)
            elif self._closing:
                return None
            else:
                self._wake.wait()

    def _run(self, job: _Job) -> bool:
        """False when nobody is left to answer to."""
        result: Any = None
        error: Exception | None = None
        try:
            result = job.work()
        except Exception as caught:  # every failure goes to whoever asked
            error = caught
        except BaseException as caught:  # a library that wants to end the program ends only its job
            error = RuntimeError(f"{type(caught).__name__}: {caught}")
            error.__cause__ = caught
        try:
            self._answered.emit(job, result, error)
        except RuntimeError:  # the window is gone already; nobody waits for the answer
            return False
        finally:
            del job, result, error  # the frame would hold itself, by the error's traceback
        return True

    def let_pass(self, before: int) -> None:
        """For a long job, called from within it: do what is queued with a priority below `before` first."""
        while True:
            with self._wake:
                urgent = [job for job in self._queue if job.priority < before and not self._closing]
                if not urgent:
                    return
                job = min(urgent, key=lambda j: (j.priority, j.ticket))
                self._queue.remove(job)
            if not self._run(job):
                return

    def _deliver(self, job: _Job, result: Any, error: Exception | None) -> None:
        with self._wake:
            current = self._latest.get(job.key) == job.ticket
            if current:
                del self._latest[job.key]
            self._open -= 1
        tell: Callable[[Any], None] | None = job.done if error is None else job.failed
        if job.always or (current and not gone(tell)):
            if tell is not None:
                tell(result if error is None else error)
            elif error is not None:
                log.error("a background job failed", exc_info=error)
        if error is not None:
            self.broke.emit(error)
        self._show_busy()
        # Dialogs and what is theirs end here, not in the thread of the lane, which may still hold the job.
        job.work, job.done, job.failed = _nothing, None, None

    def _forget(self, key: Hashable) -> None:
        kept = [job for job in self._queue if job.key != key]
        self._open -= len(self._queue) - len(kept)
        self._queue = kept

    def _show_busy(self) -> None:
        busy = self._open > 0
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def let_go(lane: Lane, things: list[Any]) -> None:
    """Free large things away from the window's thread, and one by one: no other Python runs while a thing is freed,
    and a gigabyte at once takes long enough to be seen. What the caller still holds is freed by the caller."""

    def free() -> None:
        while things:
            things.pop()

    if things:
        lane.submit(("free", id(things)), free, priority=3, always=True)


def _nothing() -> None:
    pass


def gone(call: Callable[..., None] | None) -> bool:
    """Whether a dialog that it belongs to, as a method or a function made there, has been taken down."""
    held = [getattr(call, "__self__", None)]
    for cell in getattr(call, "__closure__", None) or ():
        with contextlib.suppress(ValueError):  # a name that has no value
            held.append(cell.cell_contents)
    return any(isinstance(one, QObject) and not isValid(one) for one in held)
