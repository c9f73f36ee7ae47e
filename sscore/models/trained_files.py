"""Files that `ssc train` made, brought from another computer: a head, a classifier, a fine-tuned segmenter. What they
are, and which model they stand on, is in the header of their safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sscore import catalogue
from sscore.errors import ModelMissing, WrongWeights
from sscore.models import checkpoints, prototype, timm_cls, weights
from sscore.types import ModelCard

_NANO = "nano"


def card_of(path: Path) -> ModelCard | None:
    """The catalogue row, still without id and file, of what `ssc train head`, `classifier` or `decoder` made; None
    for every other file.

    The file is looked through as when it is opened. Raises ModelMissing where the model that it stands on is not on
    this computer, WrongWeights where that is there with other weights, or the file is not whole.
    """
    if not checkpoints.is_safetensors(path):
        return None
    facts = weights.metadata(path)
    family = facts.get("family")
    if family == "prototype":
        return _head(path, facts)
    if family == "timm":
        return _classifier(path)
    if family == _NANO and "fine_tuned_from" in facts:
        return _nano(path)
    return _decoder(path, facts) if {"base", "base_sha256", "tensors"} <= facts.keys() else None


def _head(path: Path, facts: Mapping[str, str]) -> ModelCard:
    base = facts.get("base", "")
    try:
        below = catalogue.card(base, "classifier")
        catalogue.weight_file(below)
    except ModelMissing as error:
        raise _without(f"this head stands on {base!r}, which is not on this computer", base, path) from error
    card = ModelCard("", "classifier", "prototype", base, input_px=below.input_px, note=f"A head on {base}.")
    prototype.load(card, path, engine="torch")
    return card


def _classifier(path: Path) -> ModelCard:
    facts = timm_cls.facts_of(path)
    timm_cls.part(path).build()
    note = f"{facts.architecture} for {len(facts.classes)} classes, trained with this program."
    return ModelCard("", "classifier", "timm", facts.architecture, input_px=facts.px, note=note)


def _nano(path: Path) -> ModelCard:
    from sscore.models.nets.nano import NanoNet

    weights.filled(NanoNet(), path)
    return _own(catalogue.card(_NANO, "segmenter"), "nano, fine-tuned.")


def _decoder(path: Path, facts: Mapping[str, str]) -> ModelCard:
    """Of the models of this make that are here, the decoder belongs into the very one it was trained with, whatever its
    name on this computer."""
    name, wanted = facts["base"], facts["base_sha256"]
    same = [
        card
        for card in catalogue.cards("segmenter")
        if (card.family, card.variant) == (facts.get("family"), facts.get("variant")) and card.file and not card.base
    ]
    here = {}
    for card in sorted(same, key=lambda one: one.id != name):
        try:
            here[card.id] = weights.digest(catalogue.weight_file(card))
        except ModelMissing:
            continue
        if here[card.id] == wanted:
            checkpoints.check_decoder(path, checkpoints.laid_out(card.family, card.variant).state_dict())
            return replace(_own(card, f"Decoder for {card.id}."), base=card.id)
    if name in here:
        raise WrongWeights(
            f"this decoder was made for another copy of {name!r}",
            path=path,
            remedy=f"add the checkpoint with the SHA-256 {wanted[:12]} first, under a name of its own: --as NEW-ID",
        )
    raise _without(f"this is a decoder for {name!r}, which is not on this computer", name, path)


def _own(card: ModelCard, note: str) -> ModelCard:
    """A row like that of the model it was made from; the licence stays."""
    return replace(card, id="", file="", bytes=0, about_bytes=0, sha256="", urls=(), page="", embedded=False, note=note)


def _without(problem: str, base: str, path: Path) -> ModelMissing:
    offered = any(card.id == base and card.urls for card in catalogue.cards())
    get = f"run: ssc models get {base}" if offered else f"bring {base} too: ssc models pack on the computer that has it"
    return ModelMissing(problem, path=path, remedy=f"{get}; then add this file again")
