"""Training by epochs: the best epoch is kept, and a run that was killed goes on bit for bit as if it had not been, on
the same computer with as many threads.

What is trained comes as functions: `batches`, `step` and `validate`. The embedded models, which learn for a given time
from endless samples, have a loop of their own in `loop`.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Sized
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn

from sscore import disk
from sscore.errors import BadDataset, BadOption, SscError
from sscore.train import snapshot
from sscore.train.board import Board
from sscore.train.hardware import Hardware, first, out_of_memory
from sscore.train.recipe import Recipe
from sscore.train.snapshot import State

Emit = Callable[[dict[str, Any]], None]
Order = Literal["", "pause", "finish"]
"""What whoever watches a run wants: go on; stop and keep all to go on later; end it with the best epoch so far."""

Step = Callable[[nn.Module, Any], tuple[Tensor, dict[str, float]]]
"""(network, batch on the device) -> loss to minimise, figures to log. Calls the network as `net(...)` only: where there
are several GPUs it is wrapped."""

KEEP_SECONDS = 60.0
_HOPELESS = 10
"""Steps in a row without a usable loss after which a run ends."""


class Data(Protocol):
    """Batches of an epoch, counted from 1: the same each time they are asked for, drawn by the epoch's number (from the
    recipe's seed, say) or by the global generators. Sized ones give progress. A batch: a tuple of tensors with samples
    along the first axis, or a list of samples."""

    def __call__(self, epoch: int, /) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """state: "done", "early" (nothing improved for the recipe's patience), "finished" or "paused" on order. best_epoch:
    0 when no epoch was better than what the run began with; best: the monitored figure there."""

    state: Literal["done", "early", "finished", "paused"]
    epochs: int
    steps: int
    skipped: int
    seconds: float
    best_epoch: int
    best: float | None
    curve: tuple[dict[str, Any], ...]


def train(
    net: nn.Module,
    batches: Data,
    step: Step,
    validate: Callable[[nn.Module], dict[str, float]],
    recipe: Recipe,
    folder: Path,
    *,
    monitor: str,
    best: Literal["max", "min"] = "max",
    from_start: bool = False,
    device: str = "cpu",
    resume: bool = False,
    groups: list[dict[str, Any]] | None = None,
    tensorboard: bool = False,
    emit: Emit = lambda event: None,
    control: Callable[[], Order] = lambda: "",
    keep_seconds: float = KEEP_SECONDS,
) -> Outcome:
    """Train what of `net` requires gradients; at the end it holds the best epoch's weights.

    validate: figures of the network in eval mode, without gradients; `monitor` is the one that counts, and `best` says
    which way. from_start: what the run begins with is validated too, as epoch 0, and stays if nothing is better.
    groups: of parameters, as `Recipe.optimize` takes them. control: asked after every step.

    In `folder`: last.pt and best.pt (checkpoints), run.json (recipe and versions), events.jsonl, and tensorboard/ if
    wanted. Events: "resumed" (with the curve so far), "step" (at most two a second), "epoch" (a row of the curve),
    "trained".
    Raises BadOption (a run is there already, or none to resume, or it had another recipe), BadDataset (no batches),
    DiskFull, WrongWeights (damaged checkpoint) and SscError (the loss is no number any more; out of memory, with the
    batch that would fit). After each of them the run can be resumed from its last checkpoint; after a loss that is no
    number, to end with its best epoch: going on bit for bit would only meet the same loss again.
    """
    last = folder / "last.pt"
    if resume and not last.exists():
        raise BadOption("there is nothing to resume", path=last, remedy="leave --resume out")
    if last.exists() and not resume:
        raise BadOption("a run is already there", path=folder, remedy="add --resume, or choose another folder")
    hardware = Hardware(device, recipe.precision)
    run = _Run(net, recipe, folder, hardware, monitor, best, groups, emit, keep_seconds)
    try:
        with disk.naming_a_full_disk(folder):
            folder.mkdir(parents=True, exist_ok=True)
            run.begin(resume, tensorboard)
        if from_start and not run.state.curve:
            run.judge(0, validate, {})
        state = run.go(batches, step, validate, control)
    finally:
        run.board.close()
    return run.ended(state)


def check_run(folder: Path, resume: bool) -> None:
    """Raises BadOption when there is no run to resume, or one is there that was not to be resumed: nothing of it may
    be touched."""
    there = next((one for one in (folder, folder / "grid-1") if (one / "last.pt").exists()), None)
    if resume and there is None and not (folder / "data.json").exists():
        raise BadOption("there is nothing to resume", path=folder, remedy="leave --resume out")
    if there is not None and not resume:
        raise BadOption("a run is already there", path=folder, remedy="add --resume, or choose another folder")


class _Run:
    """One training under way."""

    def __init__(
        self,
        net: nn.Module,
        recipe: Recipe,
        folder: Path,
        hardware: Hardware,
        monitor: str,
        best: str,
        groups: list[dict[str, Any]] | None,
        emit: Emit,
        keep_seconds: float,
    ) -> None:
        self.net, self.recipe, self.folder, self.hardware = net, recipe, folder, hardware
        self.monitor, self.sign = monitor, 1 if best == "max" else -1
        self.emit, self.keep_seconds = emit, keep_seconds
        self.state = State()
        self.board = Board()
        # Seeds come first: a step's dropout must not depend on what the process drew before.
        snapshot.seed_all(recipe.seed + 7919 * hardware.rank)
        self.wrapped = hardware.place(net)
        self.trained = [p for p in net.parameters() if p.requires_grad]
        self.optimizer = recipe.optimize(groups if groups is not None else [{"params": self.trained}])
        self.epoch_random = snapshot.random_state()
        self.random: dict[str, Any] | None = None
        self._kept = self._told = time.monotonic()
        self._bad = 0

    # Beginning and end

    def begin(self, resume: bool, tensorboard: bool) -> None:
        """Take the last checkpoint, or put down what the run is made with."""
        if resume:
            self._resume()
        elif self.hardware.main:
            about: dict[str, Any] = {
                "recipe": self.recipe.model_dump(),
                "torch": torch.__version__,
                "device": self.hardware.device,
            }
            about |= {"threads": torch.get_num_threads(), "processes": self.hardware.world}
            about |= {"precision": str(self.hardware.half or torch.float32).removeprefix("torch.")}
            (self.folder / "run.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
            for stale in ("best.pt", "events.jsonl"):
                (self.folder / stale).unlink(missing_ok=True)
        if tensorboard and self.hardware.main:
            self.board = Board(self.folder / "tensorboard", self.state.epoch + 1)

    def _resume(self) -> None:
        path = self.folder / "last.pt"
        stored = snapshot.read(path)
        now = self.recipe.model_dump()
        if changed := [name for name, value in stored["recipe"].items() if now.get(name, value) != value]:
            was = f"{changed[0]} {stored['recipe'][changed[0]]!r}"
            raise BadOption(f"this run was begun with {was}", path=path, remedy="resume it with the same recipe")
        if len(stored["random"]) != self.hardware.world:
            raise BadOption(f"this run was begun with {len(stored['random'])} processes", path=path)
        snapshot.take_back(self.net, stored["net"], path)
        self.optimizer.load_state_dict(stored["optimizer"])
        self.hardware.scaler.load_state_dict(stored["scaler"])
        self.state = State(**stored["state"])
        self.epoch_random, self.random = stored["random"][self.hardware.rank]
        if self.hardware.main:
            self.emit({"event": "resumed", "of": self.recipe.epochs, "curve": list(self.state.curve)})

    def keep(self) -> None:
        """Write last.pt."""
        random = self.hardware.all_of((self.epoch_random, snapshot.random_state()))
        if self.hardware.main:
            content = {
                "net": snapshot.learnt(self.net),
                "optimizer": self.optimizer.state_dict(),
                "scaler": self.hardware.scaler.state_dict(),
                "state": {name: getattr(self.state, name) for name in State.__slots__},
                "recipe": self.recipe.model_dump(),
                "random": random,
            }
            snapshot.write(self.folder / "last.pt", content)
        self._kept = time.monotonic()

    def ended(self, state: Literal["done", "early", "finished", "paused"]) -> Outcome:
        done = self.state
        if state != "paused" and done.best is None:
            raise self._diverged()
        path = self.folder / "best.pt"
        if state != "paused" and path.exists():
            snapshot.take_back(self.net, snapshot.read(path)["net"], path)
        self.net.eval()
        outcome = Outcome(
            state, done.epoch, done.steps, done.skipped, done.seconds, done.best_epoch, done.best, tuple(done.curve)
        )
        said = {"state": state, "epochs": done.epoch, "steps": done.steps, "best_epoch": done.best_epoch}
        self.say({"event": "trained", **said, "best": done.best, "seconds": round(done.seconds, 1)})
        return outcome

    # The epochs

    def go(
        self,
        batches: Data,
        step: Step,
        validate: Callable[[nn.Module], dict[str, float]],
        control: Callable[[], Order],
    ) -> Literal["done", "early", "finished", "paused"]:
        state = self.state
        while state.epoch < self.recipe.epochs and not state.over:
            if self.recipe.patience and state.waited >= self.recipe.patience:
                return "early"
            order = self._epoch(batches, step, control)
            if order == "pause":
                self.keep()
                return "paused"
            if order == "finish":
                state.over = True
                self.keep()
                break
            row = state.means()
            if "loss" not in row:
                raise self._diverged()
            state.epoch, state.step, state.sums, state.counts = state.epoch + 1, 0, {}, {}
            self.judge(state.epoch, validate, row)
            self.epoch_random, self.random = snapshot.random_state(), None
            self.keep()
        return "finished" if state.over else "done"

    def _epoch(self, batches: Data, step: Step, control: Callable[[], Order]) -> Order:
        """All steps of the epoch under way, or as many as `control` lets it."""
        state = self.state
        # A resumed epoch draws its batches again from where it began, then goes on from where it was.
        snapshot.set_random_state(self.epoch_random)
        data = batches(state.epoch + 1)
        total = len(data) // self.hardware.world if isinstance(data, Sized) else 0
        stream = self.hardware.share(iter(data))
        for _ in islice(stream, state.step):
            pass
        if self.random is not None and state.step:
            snapshot.set_random_state(self.random)
        self._train_mode()
        for batch in stream:
            began = time.monotonic()
            self._one(step, batch)
            state.seconds += time.monotonic() - began
            if time.monotonic() - self._told > 0.5:
                self._told = time.monotonic()
                self.say({"event": "step", "epoch": state.epoch + 1, "step": state.step, "of": total, **state.means()})
            order = self.hardware.told(control())
            if order:
                return order
            if self.hardware.told(time.monotonic() - self._kept > self.keep_seconds):
                self.keep()
        if not state.step:
            raise BadDataset("there is nothing to train on: the data gives no batch")
        return ""

    def _train_mode(self) -> None:
        """Train mode, except for layers whose parameters are all frozen: their statistics are frozen with them."""
        self.wrapped.train()
        for layer in self.net.modules():
            own = list(layer.parameters(recurse=False))
            if own and not any(p.requires_grad for p in own):
                layer.training = False

    def _one(self, step: Step, batch: Any) -> None:
        state, scaler = self.state, self.hardware.scaler
        rate = self.recipe.rate(state.epoch + 1, state.steps, state.worse)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group.get("lr_scale", 1.0)
        before = [buffer.clone() for buffer in self.net.buffers()]
        try:
            loss, figures = self._backward(step, batch)
        except Exception as error:
            if out_of_memory(error):
                raise self._too_large(step, batch) from error
            raise
        if not math.isfinite(loss):
            # What such a batch has done to the statistics of norms would stay in them for ever.
            for buffer, kept in zip(self.net.buffers(), before, strict=True):
                buffer.copy_(kept)
        scaler.unscale_(self.optimizer)
        longest = self.recipe.clip or math.inf
        usable = bool(nn.utils.clip_grad_norm_(self.trained, longest).isfinite()) and math.isfinite(loss)
        if usable or scaler.is_enabled():
            scaler.step(self.optimizer)  # with scaled gradients it is the scaler who leaves out bad ones
            scaler.update()
        self._bad = 0 if usable else self._bad + 1
        state.skipped += not usable
        if self._bad == _HOPELESS:
            raise self._diverged()
        state.step += 1
        state.steps += 1
        if usable:
            for name, value in ({"loss": loss} | figures).items():
                state.sums[name] = state.sums.get(name, 0.0) + value
                state.counts[name] = state.counts.get(name, 0) + 1

    def _backward(self, step: Step, batch: Any) -> tuple[float, dict[str, float]]:
        self.optimizer.zero_grad(set_to_none=True)
        with self.hardware.autocast():
            loss, figures = step(self.wrapped, self.hardware.move(batch))
        self.hardware.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        return self.hardware.mean(loss), figures

    def _diverged(self) -> SscError:
        """The error to raise when the loss stays no number; from here on the run can only be ended."""
        remedy = "begin anew with a lower learning rate"
        if best := self.state.best_epoch:
            self.state.over = True
            self.keep()
            remedy = f"resume to end with its best epoch, {best}, or begin anew with a lower learning rate"
        return SscError("the loss is no longer a number", path=self.folder, remedy=remedy)

    def _too_large(self, step: Step, batch: Any) -> SscError:
        """The error to raise after running out of memory: tries by halves which batch would fit."""
        size = self.recipe.batch // 2
        while size:
            self.optimizer.zero_grad(set_to_none=True)
            if self.hardware.device.startswith("cuda"):
                torch.cuda.empty_cache()
            with suppress(RuntimeError, MemoryError):
                self._backward(step, first(batch, size))
                break
            size //= 2
        remedy = f"a batch of {size} fits: begin anew with it" if size else "not even one sample fits: take a GPU"
        return SscError(f"there is not enough memory for a batch of {self.recipe.batch}", remedy=remedy)

    def judge(self, epoch: int, validate: Callable[[nn.Module], dict[str, float]], row: dict[str, float]) -> None:
        """Validate, keep the best epoch, add the row of the curve and say it."""
        state, recipe = self.state, self.recipe
        figures: dict[str, float] = {}
        if epoch == 0 or epoch % recipe.validate_every == 0 or epoch == recipe.epochs:
            before = snapshot.random_state()
            self.net.eval()
            with torch.no_grad():
                figures = self.hardware.told(validate(self.net) if self.hardware.main else {})
            snapshot.set_random_state(before)
            value = figures[self.monitor]
            # A network that answers with no numbers may be right by chance.
            usable = math.isfinite(value) and math.isfinite(figures.get("loss", 0.0))
            if usable and (state.best is None or self.sign * (value - state.best) > 0):
                state.best, state.best_epoch, state.waited, state.flat = value, epoch, 0, 0
                if self.hardware.main:
                    snapshot.write(self.folder / "best.pt", {"net": snapshot.learnt(self.net), "epoch": epoch})
            elif epoch:
                since = recipe.validate_every
                state.waited, state.flat = state.waited + since, state.flat + since
        if recipe.schedule == "plateau" and state.flat >= recipe.schedule_epochs:
            state.worse, state.flat = state.worse * recipe.schedule_factor, 0
        line: dict[str, Any] = {"epoch": epoch, "lr": self.optimizer.param_groups[0]["lr"] if epoch else 0.0}
        line |= {"train": row, "validation": figures, "best_epoch": state.best_epoch}
        state.curve.append(line)
        self.say({"event": "epoch", "of": recipe.epochs, **line})
        self.board.add(epoch, line)

    def say(self, event: dict[str, Any]) -> None:
        if not self.hardware.main:
            return
        if event["event"] != "step":
            # The record of a run for people; what a run goes on from is in its checkpoint.
            with suppress(OSError), open(self.folder / "events.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")
        self.emit(event)
