"""Where models come from, and a guard against one that ends the whole program: it is not taken again by itself."""

from __future__ import annotations

import logging
from typing import Literal, Protocol

from app.settings import Settings
from sscore import memory
from sscore.errors import BadOption
from sscore.models.cache import as_bytes, disk_limit
from sscore.types import Classifier, ModelCard, Segmenter

Kind = Literal["segmenter", "classifier"]
STANDARD: dict[Kind, str] = {"segmenter": "nano", "classifier": "nano-cls"}
log = logging.getLogger("app.shelf")
_WHILE_LOADING = 3  # times the file: as it is read, as the network holds it, as an engine converts it


class Shelf(Protocol):
    """Where models come from. Called on the model lane only."""

    def cards(self) -> list[ModelCard]: ...

    def segmenter(self, model_id: str) -> Segmenter: ...

    def classifier(self, model_id: str) -> Classifier: ...


class Catalogue:
    """The program's own shelf. Imports the model packages only when asked, which is on the model lane."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def cards(self) -> list[ModelCard]:
        from sscore import catalogue

        return list(catalogue.cards())

    def segmenter(self, model_id: str) -> Segmenter:
        from sscore.models import load_segmenter

        _check_room(model_id)
        return load_segmenter(model_id, device=self._settings.get("device"))

    def classifier(self, model_id: str) -> Classifier:
        from sscore.models import load_classifier

        _check_room(model_id)
        return load_classifier(model_id, device=self._settings.get("device"))


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


class Trial:
    """A model is on trial from its loading to its first answer or to the end of the program. What is still on trial at
    the next start has taken the program down: for lack of memory, or by a defect in native code."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def begin(self, kind: Kind, model_id: str) -> None:
        self._note(kind, "" if model_id == STANDARD[kind] else model_id)

    def end(self, kind: Kind | None = None) -> None:
        for one in STANDARD if kind is None else (kind,):
            self._note(one, "")

    def failed(self, kind: Kind, model_id: str) -> bool:
        """Whether the program ended with this model on trial."""
        return bool(model_id) and self._settings.get(f"trial_{kind}") == model_id

    def _note(self, kind: Kind, value: str) -> None:
        if self._settings.get(f"trial_{kind}") != value:
            self._settings.set(f"trial_{kind}", value)
            self._settings.sync()  # it must be on disk before anything happens


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
