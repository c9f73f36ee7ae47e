"""All that a training must find again to go on as if it had never stopped: weights, optimizer, random generators."""

from __future__ import annotations

import io
import pickle
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sscore import disk, paths
from sscore.errors import DiskFull, WrongWeights


@dataclass(slots=True)
class State:
    """How far a run is; all of it is in a checkpoint. step: taken in the epoch under way; sums, counts: of each figure,
    and of the steps that told it; worse: what plateaus have made of the rate; waited: epochs since the last
    improvement; over: ended on order; curve: one row an epoch."""

    epoch: int = 0
    step: int = 0
    steps: int = 0
    skipped: int = 0
    seconds: float = 0.0
    best: float | None = None
    best_epoch: int = 0
    waited: int = 0
    worse: float = 1.0
    flat: int = 0
    over: bool = False
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    curve: list[dict[str, Any]] = field(default_factory=list)

    def means(self) -> dict[str, float]:
        """Of the figures of the epoch under way, each over the steps that told it."""
        return {name: round(value / self.counts[name], 6) for name, value in self.sums.items()}


def learnt(net: nn.Module) -> dict[str, Tensor]:
    """What of a network a training may change: trainable parameters, and buffers (statistics of norms). The frozen
    parameters belong to the checkpoint it began with, and are not stored again."""
    held = {name for name, value in net.named_parameters() if not value.requires_grad}
    return {name: value for name, value in net.state_dict().items() if name not in held}


def take_back(net: nn.Module, stored: dict[str, Tensor], path: Path) -> None:
    """Give a network what `learnt` took from one like it. Raises WrongWeights when they do not fit; path: for that."""
    own = learnt(net)
    if own.keys() != stored.keys() or any(own[name].shape != value.shape for name, value in stored.items()):
        raise WrongWeights("this run trained another network", path=path, remedy="choose another folder for the run")
    net.load_state_dict(stored, strict=False)


def random_state() -> dict[str, Any]:
    """Of all generators that a training may draw from: python's, numpy's, torch's and the GPUs'."""
    kind, keys, position, has_gauss, gauss = np.random.get_state(legacy=True)
    return {
        "python": random.getstate(),
        "numpy": (str(kind), torch.from_numpy(np.asarray(keys).astype(np.int64)), position, has_gauss, gauss),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_state(state: dict[str, Any]) -> None:
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words), gauss))
    kind, keys, *rest = state["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))
    torch.set_rng_state(state["torch"])
    if len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])


def seed_all(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def write(path: Path, content: dict[str, Any]) -> None:
    """A whole file or none; the one before stays until the new one is there. Raises DiskFull, OSError."""
    out = io.BytesIO()
    torch.save(content, out)
    try:
        with disk.naming_a_full_disk(path):
            paths.write_atomic(path, out.getvalue())
    except DiskFull as error:
        raise DiskFull(
            "the disk is full: the checkpoint could not be written; the one before it is whole",
            path=path,
            remedy="free some space, then go on with --resume",
        ) from error


def read(path: Path) -> dict[str, Any]:
    """With all tensors on the processor: whoever takes them moves them. Raises WrongWeights when it is damaged."""
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return content
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise WrongWeights("the checkpoint is damaged", path=path, remedy="begin the run anew") from error
