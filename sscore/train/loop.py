"""The training loop of the embedded models: by time, resumable, with moving-average weights and JSON-line events."""

from __future__ import annotations

import copy
import io
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sscore import paths
from sscore.errors import BadOption, SscError

Emit = Callable[[dict[str, Any]], None]
Batch = tuple[Tensor, ...]
Step = Callable[[nn.Module, Batch], tuple[Tensor, dict[str, float]]]
"""(network, batch on the device) -> loss to minimise, figures to log."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Until this part (0..1) of the time, views of `pixels` px in batches of `batch`."""

    until: float
    pixels: int
    batch: int


@dataclass(frozen=True, slots=True)
class Plan:
    """minutes: of training itself; lr: the highest; keep_s: seconds between checkpoints."""

    minutes: float
    phases: tuple[Phase, ...]
    lr: float = 1.5e-3
    weight_decay: float = 0.02
    warm_up: float = 0.02
    average: float = 0.999
    keep_s: float = 60.0


@dataclass(slots=True)
class Progress:
    """What a resumed run goes on from; `curve` has one row of mean figures every few hundred steps."""

    steps: int = 0
    samples: int = 0
    seconds: float = 0.0
    skipped: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)


def checkpoint_in(folder: Path, resume: bool) -> Path:
    """Where a run keeps its state. Raises BadOption when there is nothing to resume, or something already there and
    `resume` is off."""
    checkpoint = folder / "checkpoint.pt"
    if resume and not checkpoint.exists():
        raise BadOption("there is nothing to resume", path=checkpoint, remedy="leave --resume out")
    if checkpoint.exists() and not resume:
        raise BadOption("a run is already there", path=folder, remedy="add --resume, or choose another folder")
    return checkpoint


def fit(
    net: nn.Module,
    batches: Callable[[Phase, Progress], Iterator[Batch]],
    step: Step,
    plan: Plan,
    folder: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    emit: Emit = lambda event: None,
) -> tuple[nn.Module, Progress]:
    """Train until the time is up; the averaged network and the record. `folder`/checkpoint.pt is kept up to date.

    Raises BadOption when there is nothing to resume, or something already there and `resume` is off; SscError when
    the loss stops being a number (the last good checkpoint stays).
    """
    checkpoint = checkpoint_in(folder, resume)
    net = net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(net).eval()
    for tensor in average.parameters():
        tensor.requires_grad_(False)
    # Norms and biases are not decayed: shrinking them only fights what they are there to do.
    plain = [p for p in net.parameters() if p.ndim < 2]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in net.parameters() if p.ndim >= 2]},
        {"params": plain, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(
        groups,
        lr=plan.lr,
        weight_decay=plan.weight_decay,
    )
    done = Progress()
    if resume:
        stored = torch.load(checkpoint, map_location=device, weights_only=True)
        net.load_state_dict(stored["net"])
        average.load_state_dict(stored["average"])
        optimizer.load_state_dict(stored["optimizer"])
        done = Progress(**stored["progress"])
    log = folder / "events.jsonl"
    folder.mkdir(parents=True, exist_ok=True)

    def say(event: dict[str, Any]) -> None:
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")
        emit(event)

    def keep() -> None:
        out = io.BytesIO()
        torch.save(
            {
                "net": net.state_dict(),
                "average": average.state_dict(),
                "optimizer": optimizer.state_dict(),
                "progress": {name: getattr(done, name) for name in Progress.__slots__},
            },
            out,
        )
        paths.write_atomic(checkpoint, out.getvalue())

    total = plan.minutes * 60
    sums: dict[str, float] = {}
    counted, bad = 0, 0
    kept = time.monotonic()
    for phase in plan.phases:
        if done.seconds >= phase.until * total:
            continue
        stream = batches(phase, done)
        while done.seconds < phase.until * total:
            began = time.monotonic()
            batch = tuple(x.to(device, non_blocking=True) for x in next(stream))
            part = done.seconds / total
            for group in optimizer.param_groups:
                group["lr"] = plan.lr * _schedule(part, plan.warm_up)
            net.train()
            with torch.autocast("cuda", dtype=torch.bfloat16, enabled=device.startswith("cuda")):
                loss, figures = step(net, batch)
            optimizer.zero_grad(set_to_none=True)
            if math.isfinite(float(loss.detach())):
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(net.parameters(), 2.0)
                optimizer.step()
                _follow(average, net, min(plan.average, (1 + done.steps) / (20 + done.steps)))
                bad = 0
            else:
                done.skipped += 1
                bad += 1
                if bad == 10:
                    raise SscError(
                        "the loss is no longer a number", path=checkpoint, remedy="resume with a lower learning rate"
                    )
            done.steps += 1
            done.samples += len(batch[0])
            done.seconds += time.monotonic() - began
            for name, value in figures.items():
                sums[name] = sums.get(name, 0.0) + value
            counted += 1
            if counted == 100:
                row = {name: round(value / counted, 4) for name, value in sums.items()}
                row |= {"step": done.steps, "samples": done.samples, "minutes": round(done.seconds / 60, 2)}
                done.curve.append(row)
                say({"event": "train", **row})
                sums, counted = {}, 0
            if time.monotonic() - kept > plan.keep_s:
                keep()
                kept = time.monotonic()
    keep()
    say({"event": "trained", "steps": done.steps, "samples": done.samples, "minutes": round(done.seconds / 60, 2)})
    return average, done


def _schedule(part: float, warm_up: float) -> float:
    """Share of the highest learning rate: linear warm-up, then half a cosine."""
    if part < warm_up:
        return 0.05 + 0.95 * part / warm_up
    return 0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * min((part - warm_up) / (1 - warm_up), 1.0)))


@torch.no_grad()
def _follow(average: nn.Module, net: nn.Module, keep: float) -> None:
    """Exponential moving average of the weights and of the norms' statistics, which belong to them."""
    means, now = average.state_dict().values(), net.state_dict().values()
    pairs = [(m, n) for m, n in zip(means, now, strict=True) if m.is_floating_point()]
    torch._foreach_lerp_([m for m, _ in pairs], [n for _, n in pairs], 1 - keep)
