"""The process in which models run: it answers one request after the other, and ends when whoever started it does.

What it is asked: (verb, numbers of models nobody needs any more, arguments). What it answers: ("progress", done,
total), to which the reply is ("go",), ("stop",) or a request that does not wait; then ("done", value), ("failed",
error), or ("unknown",) for an embedding it does not have any more.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from sscore.errors import Cancelled, SscError
from sscore.models import load_classifier, load_segmenter
from sscore.models.cache import Keyed, nbytes
from sscore.models.everything import FindsAll, find_all
from sscore.remote.wire import Wire
from sscore.types import ByteArray, Candidate, Embedding, FloatArray, LabelNames, Prompt, Scores

KEPT_BYTES = 300_000_000
"""Of the latest embeddings, so that a prompt does not bring its own along; the newest stays however large."""

_NO_BOXES = 0x0003
"""SEM_FAILCRITICALERRORS and SEM_NOGPFAULTERRORBOX: Windows opens no message box, which a process would wait for."""

_DIGEST = "\0"
"""Stands for an image's digest in the key of a model's embeddings."""


class Worker:
    """Models by the number that the other side gave them, and the latest embeddings by key."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._inbox: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._models: dict[int, Any] = {}
        self._kept: OrderedDict[str, Embedding] = OrderedDict()
        self._verbs: dict[str, Callable[..., Any]] = {
            "load": self._load,
            "encode": self._encode,
            "keep": self._keep,
            "predict": self._predict,
            "predict_many": self._predict_many,
            "everything": self._everything,
            "scores": self._scores,
            "features": self._features,
            "run": self._run,
        }

    def serve(self) -> None:
        """Never returns: with the other side gone, the process ends at once, in the middle of whatever it does."""
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            self._answer(self._inbox.get())

    def _listen(self) -> None:
        try:
            while True:
                self._inbox.put(self._wire.receive())
        except EOFError:
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    def _answer(self, request: tuple[Any, ...]) -> None:
        verb, dropped, arguments = request
        for number in dropped:
            self._models.pop(number, None)
        try:
            answer = "done", self._verbs[verb](*arguments)
        except _Unknown:
            self._wire.send(("unknown",))
            return
        except BaseException as error:  # whatever it is, the other side waits for an answer
            if isinstance(error, MemoryError):
                self._kept.clear()
            self._wire.send(("failed", portable(error)))
            return
        self._wire.send(answer)

    def _progress(self, done: int, total: int) -> None:
        self._wire.send(("progress", done, total))
        while True:
            reply = self._inbox.get()
            if reply[0] == "go":
                return
            if reply[0] == "stop":
                raise Cancelled
            self._answer(reply)

    # --- verbs -------------------------------------------------------------------------------------------------

    def _load(self, number: int, kind: str, model_id: str, device: str, environment: dict[str, str]) -> dict[str, Any]:
        """The model's facts. environment: what SSC_ variables are to be from now on."""
        for name in [name for name in os.environ if name.startswith("SSC_") and name not in environment]:
            del os.environ[name]
        os.environ.update(environment)
        model: Any = (load_segmenter if kind == "segmenter" else load_classifier)(model_id, device=device)
        self._models[number] = model
        facts = {"card": model.card, "engine": getattr(model, "engine", "")}
        if kind == "classifier":
            return facts | {"view": model.view, "classes": getattr(model, "classes", None)}
        return facts | {
            "key": model.key(_DIGEST).split(_DIGEST) if isinstance(model, Keyed) else None,
            "wants_photo": isinstance(model, FindsAll),
        }

    def _encode(self, number: int, rgb: ByteArray) -> Embedding:
        """What can be kept on disk goes back whole; of the rest the key is enough, and the arrays stay here."""
        model = self._models[number]
        embedding: Embedding = model.encode(rgb)
        if isinstance(model, Keyed):
            return embedding
        self._remember(embedding)
        return Embedding(embedding.key, embedding.image_hw, {})

    def _keep(self, number: int, embedding: Embedding, rgb: ByteArray | None) -> None:
        """embedding: one that is not known here; rgb: the photo to make it of, if it comes without arrays."""
        self._remember(embedding if rgb is None else self._models[number].encode(rgb))

    def _predict(self, number: int, key: str, prompt: Prompt, multimask: bool) -> tuple[Candidate, ...]:
        found: tuple[Candidate, ...] = self._models[number].predict(self._known(key), prompt, multimask=multimask)
        return found

    def _predict_many(
        self, number: int, key: str, prompts: list[Prompt], multimask: bool
    ) -> list[tuple[Candidate, ...]]:
        found: list[tuple[Candidate, ...]] = self._models[number].predict_many(
            self._known(key), prompts, multimask=multimask
        )
        return found

    def _everything(self, number: int, key: str, rgb: ByteArray) -> list[Candidate]:
        return find_all(self._models[number], rgb, self._known(key), progress=self._progress)

    def _scores(self, number: int, crops: list[ByteArray], labels: LabelNames) -> list[Scores]:
        scores: list[Scores] = self._models[number].scores(crops, labels)
        return scores

    def _features(self, number: int, crops: list[ByteArray]) -> FloatArray:
        features: FloatArray = self._models[number].features(crops)
        return features

    def _run(self, function: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """function: "module:name", which takes a `progress`."""
        module, name = function.split(":")
        return getattr(import_module(module), name)(*arguments, **options, progress=self._progress)

    # --- embeddings --------------------------------------------------------------------------------------------

    def _remember(self, embedding: Embedding) -> None:
        self._kept[embedding.key] = embedding
        self._kept.move_to_end(embedding.key)
        used = sum(nbytes(one.arrays) for one in self._kept.values())
        while len(self._kept) > 1 and used > KEPT_BYTES:
            used -= nbytes(self._kept.popitem(last=False)[1].arrays)

    def _known(self, key: str) -> Embedding:
        if key not in self._kept:
            raise _Unknown
        self._kept.move_to_end(key)
        return self._kept[key]


class _Unknown(Exception):
    """An embedding that is not here (any more)."""


def portable(error: BaseException) -> Exception:
    """The error as the other side can unpickle it without any model library; where it was raised is told in a note."""
    if isinstance(error, SscError):
        told: Exception = error
    elif isinstance(error, MemoryError):
        told = MemoryError(*[str(error)][: bool(str(error))])
    elif isinstance(error, Exception) and type(error).__module__ == "builtins" and _plain(error.args):
        told = error
    else:
        told = RuntimeError(f"{type(error).__name__}: {error}")
    told.add_note("".join(traceback.format_exception(error)))
    return told


def _plain(args: tuple[object, ...]) -> bool:
    return all(isinstance(one, (str, int, float, bytes, type(None))) for one in args)


def main() -> None:
    """Serve whoever started this process, through its standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which then ends this one
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(_NO_BOXES)  # a crash is for the window to tell
    faulthandler.enable()
    with suppress(OSError):  # where memory runs out, rather this process than the one that has the user's work
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what a library prints is no answer
    os.close(nothing)
    sys.stdout = sys.stderr
    Worker(Wire(source, target)).serve()
