"""Fine-tuning `nano`, which is small enough to be trained whole, on a lab's own instances.

Prompts are drawn as they were when it was made, whatever the recipe says of points and boxes. What it rehearses are
rendered scenes, from which it was made: there is a truth for them, on the pieces and beside them, so nothing has to be
held to what it was (README has figures).
"""

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
from sscore.train.data import Instance, Photo, instances_of, photo_of, pick, scene_photos
from sscore.train.decoder_data import SHARD, Ask, epoch
from sscore.train.decoder_prompts import DecoderRecipe
from sscore.train.decoder_report import LiveRunner, epoch_figures
from sscore.train.instances import Instances, Shot
from sscore.train.nano import GROUND, loss_of
from sscore.train.prompting import Sample, sample, sample_ground
from sscore.train.trainer import Emit, Outcome, train
from sscore.types import ModelCard, Progress

_PIXELS = 160
_TRIES = 20
_SCENES, _SCENES_SEED = 16, 1
"""Rendered scenes to rehearse; none is among those that scores are taken on."""
_LEAST = 100
"""Visible px of their pieces."""
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
    if not recipe.quality:
        net.quality.requires_grad_(False)
    scenes = scene_photos(_SCENES, seed=_SCENES_SEED, progress=progress) if recipe.rehearse else []
    photos = _Photos(learn.shots)

    def step(net: nn.Module, asks: Any) -> tuple[Tensor, dict[str, float]]:
        drawn = [
            _rehearsed(scenes, ask.seed) if ask.number < 0 else _drawn(*photos.piece(ask), ask.seed) for ask in asks
        ]
        inputs, targets, on_object = (torch.stack(x).to(device) for x in zip(*drawn, strict=True))
        return loss_of(net, (inputs, targets, on_object), quality=recipe.quality)

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


Drawn = tuple[Tensor, Tensor, Tensor]
"""View and maps float32 (9, s, s), target float32 (1, s, s), whether the prompt is on an object at all: 1 or 0."""


def _drawn(photo: Photo, piece: Instance, seed: tuple[int, ...]) -> Drawn:
    rng = np.random.default_rng(seed)
    found = next((s for _ in range(_TRIES) if (s := sample(photo, piece, rng, _PIXELS))), None)
    if found is None:  # too small to be seen in any draw
        return torch.zeros(9, _PIXELS, _PIXELS), torch.zeros(1, _PIXELS, _PIXELS), torch.ones(())
    return _as_tensors(found, on_object=True)


def _rehearsed(scenes: list[Photo], seed: tuple[int, ...]) -> Drawn:
    """A prompt on a piece of one of the scenes, or beside all, as when `nano` was made."""
    rng = np.random.default_rng(seed)
    photo, piece = next(pick(scenes, rng, _LEAST))
    found = sample_ground(photo, rng, _PIXELS) if rng.random() < GROUND else None
    return _drawn(photo, piece, seed) if found is None else _as_tensors(found, on_object=False)


def _as_tensors(drawn: Sample, *, on_object: bool) -> Drawn:
    view = (drawn.view.transpose(2, 0, 1).astype(np.float32) - 127.5) / 64.0
    target = torch.from_numpy(drawn.target[None].astype(np.float32))
    return torch.from_numpy(np.concatenate([view, drawn.maps])), target, torch.tensor(float(on_object))
