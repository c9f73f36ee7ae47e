"""What was asked of a training, and the record that is kept beside the weights it made."""

from __future__ import annotations

import json
import platform
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sscore import __version__, paths
from sscore.models import weights
from sscore.train.hardware import device_of
from sscore.train.loop import Progress, checkpoint_in


@dataclass(frozen=True, slots=True)
class Request:
    """The options of `ssc train …`; `real` and `start` only where they are of use."""

    out: Path
    minutes: float
    scenes: int
    seed: int
    workers: int
    device: str
    resume: bool
    real: Path | None = None
    start: Path | None = None

    @property
    def torch_device(self) -> str:
        """See `hardware.device_of`, also for what it raises."""
        return device_of(self.device)

    def check(self) -> None:
        """What can be seen to be wrong before scenes are rendered for minutes. Raises BadOption."""
        device_of(self.device)
        checkpoint_in(self.out, self.resume)

    def command(self, verb: str) -> str:
        """What to type to do it again; the folders by their last name, since they mean nothing elsewhere."""
        words = ["ssc", "train", verb, "--out", self.out.name, "--minutes", f"{self.minutes:g}"]
        words += ["--scenes", str(self.scenes), "--seed", str(self.seed), "--workers", str(self.workers)]
        for option, path in (("--real", self.real), ("--start", self.start)):
            words += [option, path.name] if path is not None else []
        return shlex.join(words + (["--resume"] if self.resume else []))


def write(
    request: Request, model: Path, done: Progress, data: dict[str, Any], scores: dict[str, Any]
) -> dict[str, Any]:
    """MODEL.json beside the weights: command, seed, machine, data, curve, scores. Returns it."""
    import torch

    record = {
        "model": model.name,
        "sha256": weights.digest(model),
        "command": request.command(model.stem),
        "program": __version__,
        "seed": request.seed,
        "device": request.torch_device,
        "torch": torch.__version__,
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads",
        "minutes": round(done.seconds / 60, 1),
        "steps": done.steps,
        "samples": done.samples,
        "skipped_steps": done.skipped,
        "data": data,
        "scores": scores,
        "curve": done.curve,
    }
    paths.write_atomic(model.with_suffix(".json"), json.dumps(record, indent=1).encode() + b"\n")
    return record
