"""Where models come from: the program's own run in a process beside it, so that none of them can end the window."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from app.settings import Settings
from sscore import memory
from sscore.errors import BadOption
from sscore.models.cache import as_bytes, disk_limit
from sscore.remote.process import ModelProcess
from sscore.types import Classifier, ModelCard, Progress, Segmenter

if TYPE_CHECKING:
    from sscore.weight_store import Stored

Kind = Literal["segmenter", "classifier"]
STANDARD: dict[Kind, str] = {"segmenter": "nano", "classifier": "nano-cls"}
log = logging.getLogger("app.shelf")
_WHILE_LOADING = 3  # times the file: as it is read, as the network holds it, as an engine converts it


class Shelf(Protocol):
    """Where models come from. Called on the model lane only."""

    def cards(self) -> list[ModelCard]: ...

    def segmenter(self, model_id: str) -> Segmenter: ...

    def classifier(self, model_id: str) -> Classifier: ...

    def add(self, file: Path, *, as_id: str, progress: Progress) -> Stored:
        """As `sscore.weight_store.add`. Called on the lane of files."""
        ...

    def close(self) -> None:
        """From any thread: whatever a model is doing ends now."""
        ...


class Catalogue:
    """The program's own shelf. Its process is started when the first model is asked for. Checkpoints are read in
    another: nothing else waits for that, and the memory is free again at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.process, self._reader = ModelProcess(), ModelProcess()

    def cards(self) -> list[ModelCard]:
        from sscore import catalogue

        return list(catalogue.cards())

    def segmenter(self, model_id: str) -> Segmenter:
        _check_room(model_id)
        return self.process.segmenter(model_id, device=self._settings.get("device"))

    def classifier(self, model_id: str) -> Classifier:
        _check_room(model_id)
        return self.process.classifier(model_id, device=self._settings.get("device"))

    def add(self, file: Path, *, as_id: str, progress: Progress) -> Stored:
        try:
            stored: Stored = self._reader.run("sscore.weight_store:add", file, as_id=as_id, progress=progress)
            return stored
        finally:
            self._reader.stop()

    def close(self) -> None:
        self.process.close()
        self._reader.close()


def _check_room(model_id: str) -> None:
    """Raises MemoryError before the system ends the program for asking; ModelMissing for an unknown model."""
    from sscore import catalogue

    card = catalogue.card(model_id)
    if not card.embedded:
        files = (catalogue.weight_file(card), catalogue.base_file(card))
        memory.check(_WHILE_LOADING * sum(file.stat().st_size for file in files if file is not None))


def check_room_to_work(segmenter: Segmenter) -> None:
    """Raises MemoryError where the network's own values while it looks at a photo would not find room: they take about
    as much as its weights, or some hundred megabytes."""
    memory.check(max(segmenter.card.bytes, 300_000_000))


LIMITS = ("embeddings_in_memory_gb", "embeddings_on_disk_gb")


def embedding_limits(settings: Settings) -> dict[str, int]:
    """How much memory and disk embeddings may take, as EmbeddingCache asks."""
    memory, disk = (settings.get(key) for key in LIMITS)
    try:
        on_disk = disk_limit(disk)
    except BadOption as error:
        log.warning("%s", error)
        on_disk = as_bytes(disk)
    return {"ram_bytes": as_bytes(memory), "disk_bytes": on_disk}
