"""Weights that the training of a classifier begins with: of an earlier training here, of timm, or of another program
that stored the same network under plainly other names."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from inspect import signature
from pathlib import Path

from torch import Tensor

from sscore import catalogue
from sscore.errors import BadOption, ModelMissing, WrongWeights
from sscore.models import checkpoints, timm_cls, weights
from sscore.models.nets.architectures import ImageNet
from sscore.models.timm_cls import Facts

SOURCES = "sources"
"""Key of a weight file's header: the data it was trained on, a JSON list of paths."""

_FAMILY = "timm"
_RENAMERS = ("checkpoint_filter_fn", "_filter_fn", "_filter_torchvision_pretrained")
"""What timm's files of architectures call the function that renames a file of the authors or of torchvision."""


def start_file(start: str) -> Path:
    """A file, or the weights of a model of the catalogue. Raises ModelMissing, BadOption (a model of another kind)."""
    path = Path(start)
    if path.is_file():
        return path
    try:
        card = catalogue.card(start, "classifier")
        if card.family != _FAMILY:
            raise BadOption(
                f"--start {start}: is not a model that ssc train classifier made",
                remedy="choose one, or a checkpoint file of timm; other models learn by ssc train head",
            )
        return catalogue.weight_file(card)
    except ModelMissing as error:
        raise ModelMissing(f"there is no file and no model {start!r}: {error.problem}", remedy=error.remedy) from error


def facts_of(path: Path) -> Facts | None:
    """What the file says of itself; None where it was not made here. Raises ModelMissing."""
    try:
        return timm_cls.facts_of(path) if checkpoints.is_safetensors(path) else None
    except WrongWeights:
        return None


def sources_of(path: Path) -> tuple[Path, ...]:
    """The data a model was trained on. Raises BadOption when the file does not say, or it is not there any more."""
    listed = weights.metadata(path).get(SOURCES) if checkpoints.is_safetensors(path) else None
    if not listed:
        raise BadOption("this model does not say what it was trained on", path=path, remedy="name all data yourself")
    sources = tuple(Path(one) for one in json.loads(listed))
    if gone := [source for source in sources if not source.exists()]:
        raise BadOption(
            f"this model learned from {gone[0]}, which is not there any more",
            path=path,
            remedy="bring it back, or name all data yourself with --mode scratch",
        )
    return sources


def begin_with(net: ImageNet, path: Path) -> ImageNet:
    """Weights of a file into the network; a head for other classes stays as it is.

    Names may all begin with more than this network's ("model.", "backbone."), and timm knows the names of the authors
    of some architectures. Raises ModelMissing, and WrongWeights that names what of another architecture does not fit.
    """
    own = _telling(net.body.state_dict())
    body = {name: value for name, value in own.items() if not f"body.{name}".startswith(net.heads)}
    read = _telling(checkpoints.read(path))
    for stored in _readings(read, body, net):
        known = {name: value for name, value in stored.items() if not _elsewhere(name, body, net)}
        if not weights.difference(body, known):
            fits = {name: value for name, value in stored.items() if name in own and own[name].shape == value.shape}
            net.body.load_state_dict(fits, strict=False)
            return net
    plain = {name: v for name, v in _without_prefix(read, body).items() if not _elsewhere(name, body, net)}
    made = facts_of(path)
    raise WrongWeights(
        f"these are not weights of this architecture: {weights.difference(body, plain)}",
        path=path,
        remedy=f"add --arch {made.architecture}" if made else "choose the same --arch, or the right file",
    )


def _telling(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without the counters of batches, which nothing needs."""
    return {name: value for name, value in stored.items() if not name.endswith("num_batches_tracked")}


def _readings(stored: dict[str, Tensor], body: dict[str, Tensor], net: ImageNet) -> Iterator[dict[str, Tensor]]:
    """The file's tensors under the names they may have here: without a prefix, then as timm renames them."""
    yield (plain := _without_prefix(stored, body))
    for rename in filter(None, (getattr(sys.modules[type(net.body).__module__], name, None) for name in _RENAMERS)):
        takes = len(signature(rename).parameters)
        with suppress(LookupError, RuntimeError, ValueError, TypeError, AttributeError):  # not a file of those authors
            yield rename(*(dict(plain), net.body)[:takes])


def _without_prefix(stored: dict[str, Tensor], body: dict[str, Tensor]) -> dict[str, Tensor]:
    """What stands under the prefix under which most names of the network are found."""
    first = next(iter(body))
    prefixes = ["", *(name.removesuffix(first) for name in stored if name.endswith("." + first))]
    best = max(prefixes, key=lambda prefix: sum(f"{prefix}{name}" in stored for name in body))
    return {name.removeprefix(best): value for name, value in stored.items() if name.startswith(best)}


def _elsewhere(name: str, body: dict[str, Tensor], net: ImageNet) -> bool:
    """Whether a name belongs to a head: this network's, or in a part that this network has not at all."""
    return f"body.{name}".startswith(net.heads) or name.split(".")[0] not in {own.split(".")[0] for own in body}
