"""The process in which models run, from outside: started when it is first needed, and again after it has ended.

One request runs at a time; others wait, except those made from within a `progress`, which are answered in between.
"""

from __future__ import annotations

import itertools
import os
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sscore.errors import Cancelled, ModelCrashed, WrongWeights
from sscore.types import (
    ByteArray,
    Candidate,
    Classifier,
    Embedding,
    FloatArray,
    LabelNames,
    ModelCard,
    Progress,
    Prompt,
    Scores,
    Segmenter,
)

if TYPE_CHECKING:
    from sscore.remote.child import Child

_NOTICED_S = 5.0
_PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class _Spec:
    """How a model is asked for, and by which number it goes."""

    number: int
    kind: str
    model_id: str
    device: str


class ModelProcess:
    """Models by their catalogue id, as `sscore.models` opens them, run elsewhere. Any thread may use it.

    Errors of the models pass through. ModelCrashed when the process ended at the work: the next request starts it
    again, with the models and embeddings that it needs. After `close`, and where a request waited for another that
    ended the process, Cancelled.
    """

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._child: Child | None = None
        self._closed = False
        self._numbers = itertools.count(1)
        self._dropped: list[int] = []

    def __enter__(self) -> ModelProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Of the process, None while there is none."""
        child = self._child
        return None if child is None else child.pid

    def segmenter(self, model_id: str, *, device: str = "auto") -> Segmenter:
        """As `sscore.models.load_segmenter`."""
        spec = _Spec(next(self._numbers), "segmenter", model_id, device)
        facts = self._opened(spec)
        return RemoteSegmenter(self, spec, facts) if facts["key"] is None else KeyedSegmenter(self, spec, facts)

    def classifier(self, model_id: str, *, device: str = "auto") -> Classifier:
        """As `sscore.models.load_classifier`."""
        spec = _Spec(next(self._numbers), "classifier", model_id, device)
        return RemoteClassifier(self, spec, self._opened(spec))

    def run(self, function: str, *arguments: Any, progress: Progress | None = None, **options: Any) -> Any:
        """The answer of "module:name", a function that takes a `progress`, called there."""
        with self._turn:
            return self._ask(self._running(None), None, "run", (function, arguments, options), progress)

    def ask(self, model: _Remote, verb: str, *arguments: Any, progress: Progress | None = None) -> Any:
        """What a model says. Raises UnknownEmbedding."""
        with self._turn:
            child = self._running(model.spec)
            if model.spec.number not in child.loaded:
                model.check(self._load(child, model.spec))
            return self._ask(child, model.spec, verb, (model.spec.number, *arguments), progress)

    def drop(self, number: int) -> None:
        """Nobody needs this model any more; it goes with the next request."""
        self._dropped.append(number)

    def stop(self) -> None:
        """End the process once it has answered; what is asked next starts it again."""
        with self._turn:
            if self._child is not None:
                self._put_away(self._child)

    def close(self) -> None:
        """End the process, whatever it is doing; who waits for an answer gets Cancelled. Safe from any thread."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
            if self._turn.acquire(timeout=_NOTICED_S):  # whoever waited has noticed
                child.end()
                self._turn.release()

    # --- the process -------------------------------------------------------------------------------------------

    def _running(self, spec: _Spec | None) -> Child:
        child = self._child
        if child is not None and (child.over or not child.runs):  # ended while nothing was asked of it
            self._put_away(child)
            child = None
        if child is None:
            child = self._child = self._start(spec)
        if self._closed:
            child.end()
            raise Cancelled
        return child

    def _start(self, spec: _Spec | None) -> Child:
        if self._closed:
            raise Cancelled
        from sscore.remote.child import start  # not before it is needed: the window starts without

        try:
            return start()
        except OSError as error:
            raise _crashed(spec, f"the process for models does not start: {error.strerror or error}") from error

    def _put_away(self, child: Child) -> None:
        child.over = True
        child.end()
        if self._child is child:
            self._child = None

    def _opened(self, spec: _Spec) -> dict[str, Any]:
        with self._turn:
            return self._load(self._running(spec), spec)

    def _load(self, child: Child, spec: _Spec) -> dict[str, Any]:
        surroundings = {name: value for name, value in os.environ.items() if name.startswith("SSC_")}
        arguments = (spec.number, spec.kind, spec.model_id, spec.device, surroundings)
        facts: dict[str, Any] = self._ask(child, spec, "load", arguments, None)
        child.loaded.add(spec.number)
        return facts

    def _ask(
        self, child: Child, spec: _Spec | None, verb: str, arguments: Sequence[Any], progress: Progress | None
    ) -> Any:
        dropped = [self._dropped.pop() for _ in range(len(self._dropped))]
        child.loaded.difference_update(dropped)
        stopped: Exception | None = None
        try:
            child.wire.send((verb, dropped, arguments))
            while (answer := child.wire.receive())[0] == "progress":
                stopped = stopped or _told(progress, answer[1], answer[2])
                if child.over:  # a request in between was the end of it
                    break
                child.wire.send(("go",) if stopped is None else ("stop",))
        except (EOFError, OSError) as error:
            raise self._crash(child, spec) from error
        except BaseException:
            self._put_away(child)  # half a message is on its way
            raise
        if child.over:
            raise stopped or Cancelled()
        if stopped is not None:
            raise stopped
        if answer[0] == "unknown":
            raise UnknownEmbedding
        if answer[0] == "failed":
            raise answer[1]
        return answer[1]

    def _crash(self, child: Child, spec: _Spec | None) -> Exception:
        """What to raise when the process has ended, or cannot be spoken with."""
        if child.over:
            return Cancelled()
        killed, how, words = child.post_mortem()
        self._put_away(child)
        if self._closed:
            return Cancelled()
        remedy = "perhaps the memory was not enough: close other programs, or choose a smaller model" if killed else ""
        crashed = _crashed(spec, f"the process for models ended ({how})", killed=killed, remedy=remedy)
        if words:
            crashed.add_note(words)
        return crashed


def _crashed(spec: _Spec | None, problem: str, *, killed: bool = False, remedy: str = "") -> ModelCrashed:
    model, kind = ("", "") if spec is None else (spec.model_id, spec.kind)
    return ModelCrashed(problem, model=model, kind=kind, killed=killed, remedy=remedy)


def _told(progress: Progress | None, done: int, total: int) -> Exception | None:
    """What `progress` raises: it is raised again once the model has stopped."""
    try:
        if progress is not None:
            progress(done, total)
    except Exception as error:
        return error
    return None


class UnknownEmbedding(Exception):
    """The process does not have this embedding: it has been started anew, or others came in between."""


class _Remote:
    """A model over there. It is let go of there soon after it is here."""

    def __init__(self, process: ModelProcess, spec: _Spec, facts: dict[str, Any]) -> None:
        self.card: ModelCard = facts["card"]
        self.engine: str = facts["engine"]
        self.spec = spec
        self._process = process
        weakref.finalize(self, process.drop, spec.number).atexit = False

    def check(self, facts: dict[str, Any]) -> None:
        """Opened again in a new process, it must be the same. Raises WrongWeights."""
        if facts["card"] != self.card:
            raise WrongWeights(
                f"the file of {self.card.id!r} has changed since it was opened", remedy="choose the model again"
            )


class RemoteSegmenter(_Remote):
    """See `sscore.types.Segmenter`. Its embeddings have as arrays what it takes to make them again over there."""

    def __init__(self, process: ModelProcess, spec: _Spec, facts: dict[str, Any]) -> None:
        super().__init__(process, spec, facts)
        self._wants_photo: bool = facts["wants_photo"]

    def encode(self, rgb: ByteArray) -> Embedding:
        embedding: Embedding = self._process.ask(self, "encode", rgb)
        return embedding if embedding.arrays else Embedding(embedding.key, embedding.image_hw, {_PHOTO: rgb})

    def predict(self, embedding: Embedding, prompt: Prompt, *, multimask: bool = True) -> tuple[Candidate, ...]:
        found: tuple[Candidate, ...] = self._about(embedding, "predict", prompt, multimask)
        return found

    def predict_many(
        self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool = True
    ) -> list[tuple[Candidate, ...]]:
        found: list[tuple[Candidate, ...]] = self._about(embedding, "predict_many", prompts, multimask)
        return found

    def everything(
        self, rgb: ByteArray, embedding: Embedding | None = None, *, progress: Progress | None = None
    ) -> list[Candidate]:
        """All objects of a photo, see `sscore.models.everything.find_all`, which runs over there."""
        embedding = self.encode(rgb) if embedding is None else embedding
        given = rgb if self._wants_photo else None
        found: list[Candidate] = self._about(embedding, "everything", given, progress=progress)
        return found

    def _about(self, embedding: Embedding, verb: str, *arguments: Any, progress: Progress | None = None) -> Any:
        try:
            return self._process.ask(self, verb, embedding.key, *arguments, progress=progress)
        except UnknownEmbedding:
            rgb = embedding.arrays.get(_PHOTO)
            known = embedding if rgb is None else Embedding(embedding.key, embedding.image_hw, {})
            self._process.ask(self, "keep", known, rgb)
        return self._process.ask(self, verb, embedding.key, *arguments, progress=progress)


class KeyedSegmenter(RemoteSegmenter):
    """One whose embeddings are worth a place on disk, see `sscore.models.cache.Keyed`."""

    def __init__(self, process: ModelProcess, spec: _Spec, facts: dict[str, Any]) -> None:
        super().__init__(process, spec, facts)
        self._around_digest: list[str] = facts["key"]

    def key(self, image_digest: str) -> str:
        return image_digest.join(self._around_digest)


class RemoteClassifier(_Remote):
    """See `sscore.types.Classifier`."""

    def __init__(self, process: ModelProcess, spec: _Spec, facts: dict[str, Any]) -> None:
        super().__init__(process, spec, facts)
        self.view: str = facts["view"]
        self.classes: tuple[str, ...] | None = facts["classes"]

    def scores(self, crops: list[ByteArray], labels: LabelNames) -> list[Scores]:
        scores: list[Scores] = self._process.ask(self, "scores", crops, labels)
        return scores

    def features(self, crops: list[ByteArray]) -> FloatArray:
        features: FloatArray = self._process.ask(self, "features", crops)
        return features
