"""`ssc train nano`: the embedded segmenter, on rendered scenes and, when given, photos with real masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from sscore.evaluate import Case, by_strategy, measure
from sscore.mask_sets import tight
from sscore.models import weights
from sscore.models.nano import load
from sscore.models.nets.nano import NanoNet
from sscore.train import record
from sscore.train.data import Photo, pick, real_photos, scene_photos
from sscore.train.loop import Batch, Emit, Phase, Plan, Progress, fit
from sscore.train.prompting import sample, sample_ground
from sscore.train.record import Request
from sscore.types import ModelCard
from sscore.types import Progress as ProgressCall

CARD = ModelCard("nano", "segmenter", "nano", input_px=160)

PHASES = (Phase(0.8, 128, 16), Phase(1.0, 160, 16))
"""Small views first: they cost less than half, and what is learnt on them carries over."""

GROUND = 0.15
"""Share of clicks on no object, of the prompts on rendered scenes."""

Groups = list[tuple[float, Callable[[], list[Photo]]]]
"""(share of the samples, opens the photos)."""


class Samples(IterableDataset[Batch]):
    """Endless (view and prompt maps float32 (9, s, s), target float32 (1, s, s), 1 or 0: whether the prompt is on an
    object at all); a share from each group of photos.

    Each worker opens the photos itself: forking a process that has used OpenCV or torch can hang.
    """

    def __init__(self, groups: Groups, pixels: int, seed: int) -> None:
        self._groups = groups
        self._pixels = pixels
        self._seed = seed

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        cv2.setNumThreads(1)
        rng = np.random.default_rng((self._seed, worker.id if worker else 0))
        # A piece of 64 px in a scene is too small to have a shape; it is left to the photos it covers.
        streams = [pick(photos(), rng, 100) for _, photos in self._groups]
        shares = np.array([share for share, _ in self._groups])
        while True:
            number = int(rng.choice(len(streams), p=shares / shares.sum()))
            photo, instance = next(streams[number])
            # Only of rendered scenes it is known that nothing unlabelled is an object.
            on_ground = bool(instance.label) and rng.random() < GROUND
            drawn = (sample_ground if on_ground else partial(sample, instance=instance))(
                photo, rng=rng, pixels=self._pixels
            )
            if drawn is not None:
                view = (drawn.view.transpose(2, 0, 1).astype(np.float32) - 127.5) / 64.0
                inputs = torch.from_numpy(np.concatenate([view, drawn.maps]))
                target = torch.from_numpy(drawn.target[None].astype(np.float32))
                yield inputs, target, torch.tensor(0.0 if on_ground else 1.0)


def loss_of(net: nn.Module, batch: Batch, *, quality: float = 1.0) -> tuple[Tensor, dict[str, float]]:
    """BCE + DICE of the mask, squared error of the predicted IoU times `quality`.

    A click on no object asks for a predicted IoU of 0, whatever the mask: whoever clicks there by hand still gets one.
    """
    inputs, target, on_object = batch
    logits, predicted = net(inputs.contiguous(memory_format=torch.channels_last))
    logits, predicted = logits.float(), predicted.float()
    probability = logits.sigmoid()
    bce = F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean((1, 2, 3))
    shared = (probability * target).sum((1, 2, 3))
    dice = 1 - (2 * shared + 1) / (probability.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 1)
    with torch.no_grad():
        found = logits > 0
        real = target > 0.5
        iou = on_object * (found & real).sum((1, 2, 3)) / (found | real).sum((1, 2, 3)).clamp(min=1)
    error = F.mse_loss(predicted, iou)
    # A small object in a wide view is few pixels of the mean; DICE sees it whole.
    objects = on_object.sum().clamp(min=1)
    loss = (on_object * (2 * bce + dice)).sum() / objects + quality * error
    figures = {"loss": loss.detach(), "iou": iou.sum() / objects, "quality_error": error.detach()}
    return loss, {name: float(value) for name, value in figures.items()}


def train(
    groups: Groups,
    folder: Path,
    *,
    minutes: float,
    seed: int = 0,
    workers: int = 1,
    device: str = "cpu",
    resume: bool = False,
    batch_scale: int = 1,
    emit: Emit = lambda event: None,
) -> tuple[Path, Progress]:
    """Train for `minutes` and write `folder`/nano.safetensors; groups: see `Groups`.

    Deterministic up to timing: the number of steps depends on the machine's speed.
    """
    torch.manual_seed(seed)
    net = NanoNet()

    def batches(phase: Phase, done: Progress) -> Iterator[Batch]:
        # A resumed run draws other samples than the ones it has seen.
        data = Samples(groups, phase.pixels, seed * 1000 + done.steps)
        loader = DataLoader(
            data,
            batch_size=phase.batch * batch_scale,
            num_workers=workers,
            prefetch_factor=4 if workers else None,
            multiprocessing_context="spawn" if workers else None,
        )
        return iter(loader)

    plan = Plan(minutes, PHASES)
    average, done = fit(net, batches, loss_of, plan, folder, device=device, resume=resume, emit=emit)
    path = folder / "nano.safetensors"
    weights.save(average, path, {"family": "nano", "samples": str(done.samples), "seed": str(seed)})
    return path, done


UNSEEN_SEED = 900_000
"""Scenes from this seed on are never trained on; scores are taken on them."""


def train_and_score(request: Request, *, emit: Emit, progress: ProgressCall | None = None) -> dict[str, Any]:
    """The whole of `ssc train nano`: data, training, scores on unseen scenes, record (returned)."""
    request.check()
    scenes = partial(scene_photos, request.scenes, seed=request.seed)
    groups: Groups = [(0.6, scenes)]
    data: dict[str, Any] = {}
    if request.real is not None:
        data |= {"real_photos": len(real_photos(request.real)), "real_folder": request.real.name}
        groups.append((0.4, partial(real_photos, request.real)))
    rendered = scenes(workers=max(request.workers, 1), progress=progress)
    data |= {"scenes": len(rendered), "scene_pieces": sum(len(p.instances) for p in rendered)}
    del rendered
    path, done = train(
        groups,
        request.out,
        minutes=request.minutes,
        seed=request.seed,
        workers=request.workers,
        device=request.torch_device,
        resume=request.resume,
        emit=emit,
    )
    data["unseen_scenes"] = "40 scenes of 20 pieces, 640 x 480, pieces of 400 px or more"
    scores = by_strategy(measure(load(CARD, path), unseen_cases(40)))
    return record.write(request, path, done, data, scores)


def unseen_cases(count: int, *, least: int = 400) -> Iterator[Case]:
    """Rendered scenes of seeds that no training uses, with the pieces of `least` visible px or more."""
    from sscore.scenes import render_scene

    for number in range(count):
        view = render_scene(UNSEEN_SEED + number)[0]
        pieces = [mask for i in view.instances if i.pixels >= least and (mask := tight(view.ids == i.id))]
        yield Case(f"scene {number}", view.rgb, tuple(pieces))
