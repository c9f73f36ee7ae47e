"""`ssc train nano-cls`: the embedded classifier, on the pieces of rendered scenes, calibrated on others."""

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

from sscore import images, labels, metrics
from sscore.mask_sets import tight
from sscore.models import nano_cls, weights
from sscore.models.nets.nano import NanoClsNet
from sscore.train import record
from sscore.train.data import Instance, Photo, jitter_colours, scene_photos, turn, warp
from sscore.train.loop import Batch, Emit, Phase, Plan, Progress, fit
from sscore.train.nano import UNSEEN_SEED
from sscore.train.record import Request
from sscore.types import ByteArray, FloatArray, ModelCard
from sscore.types import Progress as ProgressCall

CARD = ModelCard("nano-cls", "classifier", "nano_cls", input_px=nano_cls.WIDTH)
PHASES = (Phase(0.85, nano_cls.WIDTH, 16), Phase(1.0, nano_cls.WIDTH, 16))
_VARIED = {PHASES[0]: 1.0, PHASES[1]: 0.3}
"""How often colours, sharpness and masks are varied: less at the end, when pieces come mostly as they are met."""

LEAST_VISIBLE = 0.45
"""Pieces hidden further than this are left out: nobody can tell a U from a plate by its corner."""

_LARGEST = 320
"""Side of a training crop in px: more than the network sees of the largest piece."""

_CALIBRATION_SEED = 800_000


class Crops(IterableDataset[Batch]):
    """Endless (input float32 (4, 128, 128), class int64): every class equally often."""

    def __init__(
        self, open_photos: Callable[[], list[Photo]], classes: tuple[str, ...], seed: int, varied: float
    ) -> None:
        self._open = open_photos
        self._classes = classes
        self._seed = seed
        self._varied = varied

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        cv2.setNumThreads(1)
        rng = np.random.default_rng((self._seed, worker.id if worker else 0))
        by_class: list[list[tuple[Photo, Instance]]] = [[] for _ in self._classes]
        for photo in self._open():
            for piece in photo.instances:
                if piece.area >= 300 and piece.visible >= LEAST_VISIBLE:
                    by_class[self._classes.index(piece.label)].append((photo, piece))
        # Large pieces show most of what tells the classes apart: they come more often.
        chances = [np.sqrt([min(piece.area, 5000) for _, piece in pieces]) for pieces in by_class]
        while True:
            chosen = int(rng.integers(len(by_class)))
            if by_class[chosen]:
                number = rng.choice(len(by_class[chosen]), p=chances[chosen] / chances[chosen].sum())
                photo, piece = by_class[chosen][int(number)]
                yield torch.from_numpy(_drawn(photo, piece, rng, self._varied)), torch.tensor(chosen)


def _drawn(photo: Photo, piece: Instance, rng: np.random.Generator, varied: float) -> FloatArray:
    """One varied crop of a piece, its mask a little wrong as a segmenter's is, as the program shows it."""
    matrix = turn(rng)
    turned = piece.outline @ matrix.T
    low, high = turned.min(0), turned.max(0)
    long = float((high - low).max()) + 1
    centre = np.linalg.inv(matrix) @ ((low + high) / 2)
    # Photos of all distances: down to half of the pixels, sometimes a few more.
    pixels = int(np.clip(1.15 * long * np.exp(rng.uniform(-0.7, 0.15) * (rng.random() < 0.3 * varied)), 24, _LARGEST))
    view, bits = warp(photo, piece, matrix, (float(centre[0]), float(centre[1])), 1.15 * long, pixels)
    if rng.random() < 0.5 * varied:
        view = jitter_colours(view, rng)
    if rng.random() < 0.5 * varied:
        size = 3 if rng.random() < 0.7 else 5
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        change = cv2.dilate if rng.random() < 0.5 else cv2.erode
        changed = change(bits.astype(np.uint8), kernel) > 0
        # Thin pieces must not vanish, nor become something else.
        if 0.75 < changed.sum() / max(bits.sum(), 1) < 1.3:
            bits = changed
    view = np.where(bits[:, :, None], view, np.uint8(nano_cls.NEUTRAL))
    return nano_cls.turned(nano_cls.network_input(view), rng.random() < 0.5, rng.random() < 0.5)


def loss_of(net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
    """Cross-entropy, softened a little: some views of a bar and a pipe are the same picture."""
    inputs, target = batch
    logits = net(inputs.contiguous(memory_format=torch.channels_last))[0].float()
    loss = F.cross_entropy(logits, target, label_smoothing=0.05)
    right = (logits.argmax(1) == target).float().mean()
    return loss, {"loss": float(loss.detach()), "accuracy": float(right)}


def train_and_score(request: Request, *, emit: Emit, progress: ProgressCall | None = None) -> dict[str, Any]:
    """The whole of `ssc train nano-cls`: data, training, temperature, scores on unseen scenes, record (returned)."""
    request.check()
    begun = weights.tensors(request.start) if request.start is not None and not request.resume else None
    classes = labels.load().keys
    scenes = partial(scene_photos, request.scenes, seed=request.seed)
    rendered = scenes(workers=max(request.workers, 1), progress=progress)
    data: dict[str, Any] = {"scenes": len(rendered), "scene_pieces": sum(len(p.instances) for p in rendered)}
    del rendered
    torch.manual_seed(request.seed)

    def batches(phase: Phase, done: Progress) -> Iterator[Batch]:
        crops = Crops(scenes, classes, request.seed * 1000 + done.steps, _VARIED[phase])
        workers = request.workers
        return iter(
            DataLoader(
                crops,
                batch_size=phase.batch,
                num_workers=workers,
                prefetch_factor=4 if workers else None,
                multiprocessing_context="spawn" if workers else None,
            )
        )

    net = NanoClsNet(len(classes))
    if request.start is not None and begun is not None:
        net.begin_with(begun)
        data["begun_with"] = request.start.name
    average, done = fit(
        net,
        batches,
        loss_of,
        Plan(request.minutes, PHASES, lr=1e-3),
        request.out,
        device=request.torch_device,
        resume=request.resume,
        emit=emit,
    )
    path = request.out / "nano-cls.safetensors"
    facts = {"family": "nano_cls", "classes": ",".join(classes), "samples": str(done.samples)}
    weights.save(average, path, facts)
    logits, truth = _unseen_logits(path, _CALIBRATION_SEED, 40)
    temperature = fitted_temperature(logits, truth)
    weights.save(average, path, facts | {"temperature": f"{temperature:.4f}"})
    data["calibration"] = "40 scenes of 20 pieces from seed 800000, pieces at least half visible"
    data["unseen_scenes"] = "60 scenes of 20 pieces from seed 900000, pieces of 400 px or more, at least half visible"
    scores = _scored(path, classes, 60)
    scores["temperature"] = round(temperature, 3)
    return record.write(request, path, done, data, scores)


def _unseen(seed: int, count: int, least: int) -> Iterator[tuple[ByteArray, str]]:
    """(crop as the program cuts it, true class) of pieces of `least` px or more, at least half visible."""
    from sscore.scenes import render_scene

    for number in range(count):
        view = render_scene(seed + number)[0]
        for piece in view.instances:
            if piece.pixels >= least and piece.visible >= 0.5 and (mask := tight(view.ids == piece.id)):
                yield images.crop(view.rgb, mask, "masked"), piece.label


def _unseen_logits(path: Path, seed: int, count: int) -> tuple[Tensor, Tensor]:
    """Raw class logits (n, k) and true classes (n,)."""
    classes = labels.load().keys
    crops, names = zip(*_unseen(seed, count, 200), strict=True)
    logits = nano_cls.load(CARD, path).logits(list(crops))
    return torch.from_numpy(logits), torch.tensor([classes.index(name) for name in names])


def fitted_temperature(logits: Tensor, truth: Tensor) -> float:
    """The divisor of the logits that makes the truth most likely (Guo et al., 2017, "On calibration of modern neural
    networks"): a golden search is not worth its lines for one number on a fine grid."""
    grid = torch.logspace(-1, 1, 200)
    losses = torch.stack([F.cross_entropy(logits / t, truth) for t in grid])
    return float(grid[int(losses.argmin())])


def _scored(path: Path, classes: tuple[str, ...], count: int) -> dict[str, Any]:
    """Accuracy, macro F1, confusions and calibration error of the finished model, through the program's own door."""
    model = nano_cls.load(CARD, path)
    label_set = labels.load()
    crops, truth = zip(*_unseen(UNSEEN_SEED, count, 400), strict=True)
    answers = model.scores(list(crops), label_set)
    table = metrics.confusion(list(truth), [a.best for a in answers], list(classes))
    precision, recall, f1 = metrics.macro_prf(table)
    sure = np.array([a.values[0] for a in answers])
    right = np.array([a.best == t for a, t in zip(answers, truth, strict=True)])
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
    return {
        "n": len(truth),
        "accuracy": round(metrics.accuracy(table), 4),
        "macro_precision": round(precision, 4),
        "macro_recall": round(recall, 4),
        "macro_f1": round(f1, 4),
        "expected_calibration_error": round(float(error), 4),
        "classes": list(classes),
        "confusion_rows_are_truth": table.tolist(),
    }
