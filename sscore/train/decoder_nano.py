"""Fine-tuning `nano`, which is small enough to be trained whole, on a lab's own instances."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from sscore import catalogue
from sscore.models import weights
from sscore.models.nano import NanoSegmenter
from sscore.models.nets.nano import NanoNet
from sscore.train.control import Control
from sscore.train.data import Instance, Photo, instances_of, photo_of
from sscore.train.decoder_data import SHARD, Ask, epoch
from sscore.train.decoder_prompts import DecoderRecipe
from sscore.train.decoder_report import LiveRunner, epoch_figures
from sscore.train.instances import Instances, Shot
from sscore.train.nano import loss_of
from sscore.train.prompting import sample
from sscore.train.trainer import Emit, Outcome, train
from sscore.types import ModelCard, Progress

_PIXELS = 160
_TRIES = 20
IdMap = npt.NDArray[np.int16]


def fine_tune(
    card: ModelCard,
    learn: Instances,
    judge: Instances,
    recipe: DecoderRecipe,
    folder: Path,
    *,
    device: str,
    resume: bool,
    tensorboard: bool,
    emit: Emit,
    control: Control,
    progress: Progress | None = None,
) -> tuple[Outcome, Path]:
    """Train all of `card`'s network; the outcome and the weights of its best epoch so far."""
    net = weights.filled(NanoNet(), catalogue.weight_file(card))
    for layer in net.modules():
        # Statistics of a few photos would be worse than those of the thousands it was made with.
        if isinstance(layer, nn.BatchNorm2d):
            layer.requires_grad_(False)
    recipe = recipe.model_copy(update={"rehearse": 0.0})
    photos = _Photos(learn.shots)

    def step(net: nn.Module, asks: Any) -> tuple[Tensor, dict[str, float]]:
        drawn = [_drawn(*photos.piece(ask), ask.seed) for ask in asks]
        inputs, targets = (torch.stack(x).to(device) for x in zip(*drawn, strict=True))
        return loss_of(net, (inputs, targets, torch.ones(len(drawn), device=device)))

    live = NanoSegmenter(card, LiveRunner(lambda x: net(x), net))
    outcome = train(
        net,
        lambda number: epoch(learn.shots, recipe, number),
        step,
        lambda _: epoch_figures(live, judge),
        recipe,
        folder,
        monitor="dice",
        from_start=True,
        device=device,
        resume=resume,
        tensorboard=tensorboard,
        emit=emit,
        control=control,
    )
    out = folder / "decoder.safetensors"
    weights.save(net, out, {"family": "nano", "fine_tuned_from": weights.digest(catalogue.weight_file(card))})
    return outcome, out


class _Photos:
    """Photos as the samples of `nano` want them; those of one shard are in memory."""

    def __init__(self, shots: Sequence[Shot]) -> None:
        self._shots = shots
        self._open: OrderedDict[int, dict[int, tuple[Photo, Instance]]] = OrderedDict()

    def piece(self, ask: Ask) -> tuple[Photo, Instance]:
        if ask.shot not in self._open:
            self._open[ask.shot] = layers_of(self._shots[ask.shot])
            if len(self._open) > SHARD:
                self._open.popitem(last=False)
        self._open.move_to_end(ask.shot)
        return self._open[ask.shot][ask.number]


def layers_of(shot: Shot) -> dict[int, tuple[Photo, Instance]]:
    """Each mask's number with the photo on whose id map it is. A map has one id a pixel, so instances that overlap are
    put on several, over the same pixels."""
    maps: list[IdMap] = []
    facts: list[list[tuple[int, str, float]]] = []
    for number, mask in enumerate(shot.masks, start=1):
        full = mask.full(shot.height, shot.width)
        place = next((n for n, ids in enumerate(maps) if not ids[full].any()), len(maps))
        if place == len(maps):
            maps.append(np.zeros((shot.height, shot.width), np.int16))
            facts.append([])
        maps[place][full] = number
        facts[place].append((number, shot.labels[number - 1], 1.0))
    first = photo_of(shot.read(), maps[0], facts[0])
    found = [first]
    found += [replace(first, ids=m, instances=instances_of(m, f)) for m, f in zip(maps[1:], facts[1:], strict=True)]
    return {instance.id - 1: (photo, instance) for photo in found for instance in photo.instances}


def _drawn(photo: Photo, piece: Instance, seed: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """View and maps float32 (9, s, s), target float32 (1, s, s)."""
    rng = np.random.default_rng(seed)
    found = next((s for _ in range(_TRIES) if (s := sample(photo, piece, rng, _PIXELS))), None)
    if found is None:  # too small to be seen in any draw
        return torch.zeros(9, _PIXELS, _PIXELS), torch.zeros(1, _PIXELS, _PIXELS)
    view = (found.view.transpose(2, 0, 1).astype(np.float32) - 127.5) / 64.0
    return torch.from_numpy(np.concatenate([view, found.maps])), torch.from_numpy(found.target[None].astype(np.float32))
