"""The model files on this computer and those that can be had: fetched, added, checked, removed, packed.

Downloads have a lane and work on files has one, so that neither waits for the other and annotating goes on. What is
asked for twice runs once; a stopped download keeps its part and goes on from there the next time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal

from app.jobs import Lane
from app.shelf import Shelf
from sscore.errors import Cancelled, WrongWeights
from sscore.labels import LabelSet
from sscore.models.known_classes import strangers
from sscore.types import ModelCard, Progress

if TYPE_CHECKING:
    from sscore.weight_store import State, Stored

Verb = Literal["download", "add", "verify", "remove", "pack", "unpack"]
WEIGHT_SUFFIXES = (".pth", ".pt", ".safetensors")
HERE = ("built in", "embedded", "installed")
"""Places of models that can be used at once."""
_REPORT_S, _WINDOW_S = 0.1, 6.0


@dataclass(frozen=True, slots=True)
class Row:
    """A model, where its weights are, and the classes it knows (None: any, or nobody can tell)."""

    card: ModelCard
    state: State
    classes: tuple[str, ...] | None = None

    @property
    def here(self) -> bool:
        return self.state.place in HERE


@dataclass(frozen=True, slots=True)
class Work:
    """A job queued or running. subject: id of the model, or the file. done, total: bytes; speed: bytes per second."""

    verb: Verb
    subject: str
    done: int = 0
    total: int = 0
    speed: float = 0.0

    @property
    def left_s(self) -> float:
        """Seconds to go, 0 when nobody knows."""
        return (self.total - self.done) / self.speed if self.speed > 0 and self.total > self.done else 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: `result` is what the core returned, `error` why there is none."""

    verb: Verb
    subject: str
    result: Any = None
    error: Exception | None = None


@dataclass(slots=True)
class _Running:
    work: Work
    stop: threading.Event = field(default_factory=threading.Event)
    seen: deque[tuple[float, int]] = field(default_factory=deque)


class Stock(QObject):
    """`rows` in the order of the catalogue; `changed` when they or the jobs are others, `progressed` meanwhile, `ended`
    with an Outcome."""

    changed = Signal()
    progressed = Signal(object)
    ended = Signal(object)
    _reported = Signal(object, object, object)  # bytes: more than the 2 GiB of a C int

    def __init__(self, net: Lane, files: Lane, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._net, self._files, self._shelf = net, files, shelf
        self.rows: list[Row] = []
        self.damaged: set[str] = set()  # ids of models whose file was found to be so
        self._running: dict[tuple[Verb, str], _Running] = {}
        self._reported.connect(self._on_report)

    # --- what there is -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look at the catalogue and the files anew."""

        def work() -> list[Row]:
            from sscore import weight_store
            from sscore.models.known_classes import known_classes

            return [Row(card, weight_store.state(card), known_classes(card)) for card in self._shelf.cards()]

        def failed(error: Exception) -> None:
            self.ended.emit(Outcome("verify", "", None, error))

        self._files.submit("rows", work, self._on_rows, failed)

    def _on_rows(self, rows: list[Row]) -> None:
        self.rows = rows
        self.changed.emit()

    def row(self, model_id: str) -> Row | None:
        return next((row for row in self.rows if row.card.id == model_id), None)

    def strangers(self, model_id: str, labels: LabelSet) -> tuple[str, ...]:
        """The classes of a set that this classifier does not know, as far as its file tells."""
        row = self.row(model_id)
        return strangers(row.classes, labels) if row is not None else ()

    def work_on(self, subject: str) -> Work | None:
        """The job that concerns this model or file."""
        return next((one.work for one in self._running.values() if one.work.subject == subject), None)

    @property
    def carrying(self) -> Work | None:
        """A file being added, packed or unpacked: no row of the list shows it."""
        works = (one.work for one in self._running.values())
        return next((work for work in works if work.verb in ("add", "pack", "unpack")), None)

    # --- jobs --------------------------------------------------------------------------------------------------

    def download(self, card: ModelCard) -> None:
        """Fetch a model's weights; whoever calls this has shown the licence and had it accepted."""

        def work(progress: Progress) -> Stored:
            from sscore import weight_store

            return weight_store.download(card, accept_licence=True, progress=progress)

        self._start("download", card.id, work)

    def add(self, file: Path, as_id: str = "") -> None:
        """Copy a checkpoint into the user's weights; as_id: name of a new model of one's own."""

        def work(progress: Progress) -> Stored:
            return self._shelf.add(file, as_id=as_id, progress=progress)

        self._start("add", str(file), work)

    def verify(self, card: ModelCard) -> None:
        def work(progress: Progress) -> Stored:
            from sscore import weight_store

            return weight_store.verify(card, progress=progress)

        self._start("verify", card.id, work)

    def remove(self, card: ModelCard) -> None:
        def work(_progress: Progress) -> int:
            from sscore import weight_store

            return weight_store.remove(card)

        self._start("remove", card.id, work)

    def pack(self, cards: list[ModelCard], out: Path) -> None:
        def work(progress: Progress) -> Path:
            from sscore import weight_packs

            return weight_packs.pack(cards, out, progress=progress)

        self._start("pack", str(out), work)

    def unpack(self, file: Path) -> None:
        def work(progress: Progress) -> list[Stored]:
            from sscore import weight_packs

            return weight_packs.unpack(file, progress=progress)

        self._start("unpack", str(file), work)

    def stop(self, subject: str = "") -> None:
        """Stop the jobs on this model or file, or all of them; what was downloaded so far is kept."""
        for key, one in list(self._running.items()):
            if subject in ("", one.work.subject):
                one.stop.set()
                if not one.seen:  # still queued, or so early that nothing has been done
                    self._lane_of(key[0]).cancel(key)
                    self._running.pop(key, None)
        self.changed.emit()
        self.refresh()

    def _lane_of(self, verb: Verb) -> Lane:
        return self._net if verb == "download" else self._files

    def _start(self, verb: Verb, subject: str, work: Callable[[Progress], Any]) -> None:
        key = (verb, subject)
        if key in self._running:
            return
        one = self._running[key] = _Running(Work(verb, subject))
        told = 0.0

        def progress(done: int, total: int) -> None:  # runs on the lane
            nonlocal told
            if one.stop.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - told >= _REPORT_S or done == total:
                told = now
                self._reported.emit(key, done, total)

        self._lane_of(verb).submit(
            key,
            lambda: work(progress),
            lambda result: self._on_end(one, Outcome(verb, subject, result)),
            lambda error: self._on_end(one, Outcome(verb, subject, None, error)),
        )
        self.changed.emit()

    def _on_report(self, key: tuple[Verb, str], done: int, total: int) -> None:
        one = self._running.get(key)
        if one is None:
            return
        now = time.monotonic()
        one.seen.append((now, done))
        while now - one.seen[0][0] > _WINDOW_S:
            one.seen.popleft()
        since, before = one.seen[0]
        speed = (done - before) / (now - since) if now - since > 0.3 else 0.0
        one.work = replace(one.work, done=done, total=total, speed=max(speed, 0.0))
        self.progressed.emit(one.work)

    def _on_end(self, one: _Running, outcome: Outcome) -> None:
        key = (outcome.verb, outcome.subject)
        if self._running.get(key) is one:
            del self._running[key]
        self._judge(outcome)
        self.ended.emit(outcome)
        self.changed.emit()
        self.refresh()

    def _judge(self, outcome: Outcome) -> None:
        if outcome.verb == "verify" and isinstance(outcome.error, WrongWeights):
            self.damaged.add(outcome.subject)
        elif outcome.error is None and outcome.verb != "pack":
            of = outcome.subject if outcome.verb in ("download", "verify", "remove") else ""
            self.damaged = {one for one in self.damaged if of and one != of}
