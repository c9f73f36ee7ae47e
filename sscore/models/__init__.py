"""Loading models by their catalogue id. Importing this loads no model library; loading a model does."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from sscore import catalogue, msvc_runtime
from sscore.errors import BadOption, ModelMissing, WrongWeights
from sscore.types import Classifier, ModelCard, Segmenter

# OpenVINO reports every import and conversion to Google Analytics through this package, from a process that it forks,
# and leaves a folder in the user's home; where it cannot be imported, it keeps still.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
msvc_runtime.lend()

FAMILIES = {
    "nano": "sscore.models.nano:load",
    "grabcut": "sscore.models.grabcut:load",
    "sam": "sscore.models.sam:load",
    "sam_hq": "sscore.models.sam_hq:load",
    "mobile_sam": "sscore.models.sam:load",
    "edge_sam": "sscore.models.edge_sam:load",
    "nano_cls": "sscore.models.nano_cls:load",
    "cn_clip": "sscore.models.cn_clip:load",
    "timm": "sscore.models.timm_cls:load",
    "prototype": "sscore.models.prototype:load",
}
"""Family -> loader(card, weight file or None, *, device, engine), named as text so that listing models is quick."""


def load_segmenter(
    model_id: str = "nano", *, checkpoint: str | Path | None = None, device: str = "auto", engine: str = "auto"
) -> Segmenter:
    """The segmenter of that catalogue id, ready to use.

    checkpoint: a weight file to use instead of the catalogue's; device: auto, cpu, cuda; engine: auto, torch, openvino.
    Raises ModelMissing, WrongWeights, BadOption.
    """
    return cast(Segmenter, _load(catalogue.card(model_id, "segmenter"), checkpoint, device, engine))


def load_classifier(
    model_id: str = "nano-cls", *, checkpoint: str | Path | None = None, device: str = "auto", engine: str = "auto"
) -> Classifier:
    """The classifier of that catalogue id; options and errors as for `load_segmenter`."""
    return cast(Classifier, _load(catalogue.card(model_id, "classifier"), checkpoint, device, engine))


def verified_file(card: ModelCard) -> Path:
    """The weight file of a catalogue's model, the very one it lists. Raises ModelMissing, WrongWeights."""
    path = catalogue.weight_file(card)
    _verify(card, path, given=False)
    return path


def open_untrained(model_id: str, *, device: str = "auto", engine: str = "auto") -> Segmenter:
    """A segmenter of the SAM family with random weights: as fast as the real one, for measuring without a checkpoint.

    Raises BadOption for a model that cannot be had so.
    """
    card = catalogue.card(model_id, "segmenter")
    if card.family not in ("sam", "sam_hq", "mobile_sam", "edge_sam"):
        raise BadOption(f"{model_id!r} cannot be opened without its weights")
    module, name = FAMILIES[card.family].split(":")
    return cast(Segmenter, getattr(import_module(module), name)(card, None, device=device, engine=engine))


def _load(card: ModelCard, checkpoint: str | Path | None, device: str, engine: str) -> Any:
    if card.family not in FAMILIES:
        raise ModelMissing(
            f"model {card.id!r} is of the family {card.family!r}, which this version does not know",
            remedy="update the program",
        )
    path = None
    if card.file:
        from sscore.models import weights

        path = Path(checkpoint) if checkpoint is not None else catalogue.weight_file(card)
        _verify(card, path, given=checkpoint is not None)
        card = replace(card, sha256=weights.digest(path))  # results can then be traced to the very file
    module, name = FAMILIES[card.family].split(":")
    return getattr(import_module(module), name)(card, path, device=device, engine=engine)


def _verify(card: ModelCard, path: Path, *, given: bool) -> None:
    """A catalogue's file must be the very one it lists; a checkpoint the user names may be any that fits."""
    from sscore import weight_store
    from sscore.models import weights

    known, by = ("", "") if given else weight_store.known_sha256(card)
    if known and weights.digest(path) != known:
        what = "the file the catalogue lists" if by == "catalogue" else "the file that was first fetched"
        raise WrongWeights(
            f"this is not {what} for {card.id!r} (its SHA-256 differs)",
            path=path,
            remedy="the file is damaged or of another version: install or copy it again",
        )
