"""`ssc train classifier`: a network of timm on pieces with class names, from scratch or from weights that are there."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sscore import disk, metrics, paths
from sscore.calibration import fitted_temperature
from sscore.errors import BadOption
from sscore.labels import LabelSet
from sscore.models import weights
from sscore.models.nets import architectures
from sscore.models.nets.architectures import ImageNet
from sscore.models.timm_cls import Facts
from sscore.train import class_data, instances, pretrained
from sscore.train.class_batches import Batch, Crops, Epochs, prepare
from sscore.train.class_recipe import ClassifierRecipe, checked
from sscore.train.hardware import device_of
from sscore.train.start_weights import SOURCES, begin_with
from sscore.train.trainer import Emit, Order, Outcome, check_run, train
from sscore.types import ModelCard, Progress

if TYPE_CHECKING:
    from sscore.train.instances import Instances


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. sources: see `class_data.gather`; start: weights to begin with; known_sources: data of an
    earlier model to learn again together with `sources`; grid: whether to search the recipe's grid."""

    out: Path
    sources: tuple[Path, ...]
    labels: LabelSet
    recipe: ClassifierRecipe
    view: str = ""
    photos: Path | None = None
    group_by: str = "photo"
    start: Path | None = None
    known_sources: tuple[Path, ...] = ()
    grid: bool = False
    device: str = "auto"
    resume: bool = False
    tensorboard: bool = False


@dataclass(slots=True, eq=False)
class Trained:
    """model: the weight file in the run's folder; facts: of it; judge: pieces kept for the end, which no training saw;
    record: what is kept beside the weights."""

    model: Path
    facts: Facts
    outcome: Outcome
    judge: Instances
    left_out: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    record: dict[str, Any] = field(default_factory=dict)


def run(
    request: Request,
    *,
    emit: Emit = lambda event: None,
    control: Callable[[], Order] = lambda: "",
    progress: Progress | None = None,
) -> Trained | None:
    """Train, choose the best epoch, calibrate, and write OUT/model.safetensors and OUT/model.json; None when paused.

    The split and all random choices follow from the recipe's seed. Errors are those of `class_data.gather`,
    `architectures.build`, `begin_with` and `sscore.train.trainer.train`.
    """
    recipe, labels = request.recipe, request.labels
    check_run(request.out, request.resume)
    device = device_of(request.device)
    if recipe.pretrained and request.start is None and not request.resume:
        pretrained.check(recipe.architecture)
    sources = list(dict.fromkeys(source.resolve() for source in (*request.known_sources, *request.sources)))
    everything = class_data.gather(
        sources,
        labels,
        photos=request.photos,
        group_by=request.group_by,
        progress=progress,
    )
    warnings, left_out = list(everything.remarks), list(everything.left_out)
    same_data(request.out, labels, everything, resume=request.resume)
    parts = instances.split(everything, recipe.shares, seed=recipe.seed)
    learned = tuple(key for key in labels.keys if parts["learn"].labels[key])
    checked(recipe, len(learned))
    warnings += [
        f"the class {key} has no piece among those to learn from: there are too few photos of it"
        for key in everything.labels
        if key not in learned
    ]
    warnings += [f"the class {key} has a single piece" for key in learned if everything.labels[key] == 1]
    view = request.view or ("tight" if class_data.whole_photos(everything) else "masked")
    classes = replace(labels, labels=tuple(label for label in labels.labels if label.key in learned))
    first = _begun(recipe, len(learned), request.start, pretrained=False)
    learn, choose = (
        prepare(_known(parts[name], learned), classes, view, recipe.px, first.colours, left_out)
        for name in ("learn", "choose")
    )
    best: tuple[Outcome, ImageNet, ClassifierRecipe] | None = None
    trials = recipe.combinations() if request.grid else [recipe]
    for number, trial in enumerate(trials, start=1):
        folder = request.out / f"grid-{number}" if request.grid else request.out
        if len(trials) > 1:
            emit({"event": "trial", "number": number, "of": len(trials)} | _tried(trial))
        resume = request.resume and (folder / "last.pt").exists()
        net = _begun(trial, len(learned), request.start, pretrained=trial.pretrained and not resume)
        outcome = train(
            net,
            Epochs(learn, trial),
            _step(learn, trial, device),
            lambda net: judged(net, choose, device),
            trial,
            folder,
            monitor="accuracy",
            device=device,
            resume=resume,
            groups=_groups(net),
            tensorboard=request.tensorboard,
            emit=emit,
            control=control,
        )
        if outcome.state == "paused":
            return None
        if best is None or (outcome.best or 0) > (best[0].best or 0):
            best = outcome, net, trial
    assert best is not None
    outcome, net, trial = best
    mean, spread = first.colours
    facts = Facts(
        trial.architecture, learned, trial.px, view, (mean[0], mean[1], mean[2]), (spread[0], spread[1], spread[2])
    )
    logits = predicted(net, choose, device)[0].double()
    facts = replace(facts, temperature=fitted_temperature(F.softmax(logits, 1).numpy(), choose.classes))
    path = request.out / "model.safetensors"
    save(net, facts, path, sources=sources)
    record = _record(request, trial, facts, outcome, parts, path) | {"left_out": left_out, "warnings": warnings}
    with disk.naming_a_full_disk(path):
        paths.write_atomic(path.with_suffix(".json"), json.dumps(record, indent=1).encode())
    return Trained(path, facts, outcome, parts["judge"], left_out, warnings, record)


def card_for(name: str, trained: Trained) -> ModelCard:
    title = architectures.title_of(trained.facts.architecture)
    note = f"{title} trained here; accuracy {trained.outcome.best or 0:.3f} on the pieces its best epoch was chosen by."
    return ModelCard(
        name,
        "classifier",
        "timm",
        trained.facts.architecture,
        f"{name}.safetensors",
        input_px=trained.facts.px,
        note=note,
    )


def save(net: nn.Module, facts: Facts, path: Path, *, sources: Sequence[Path] = ()) -> None:
    """float32 safetensors, whole or not at all. Raises DiskFull, OSError."""
    from safetensors.torch import save as encode

    tensors = {
        name: value.detach().cpu().float().contiguous()
        for name, value in net.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    header = facts.header() | {SOURCES: json.dumps([str(source.resolve()) for source in sources])}
    with disk.naming_a_full_disk(path):
        paths.write_atomic(path, encode(tensors, metadata=header))


def predicted(net: nn.Module, crops: Crops, device: str, batch: int = 64) -> tuple[Tensor, Tensor]:
    """Logits float32 (n, k) and classes int64 (n,), on the CPU; the network in eval mode."""
    found = []
    with torch.inference_mode():
        for at in range(0, len(crops.classes), batch):
            found.append(net(crops.inputs(crops.pixels[at : at + batch]).to(device))[0].float().cpu())
    return torch.cat(found), torch.from_numpy(crops.classes)


def judged(net: nn.Module, crops: Crops, device: str) -> dict[str, float]:
    """Accuracy, macro F1 and cross-entropy."""
    logits, truth = predicted(net, crops, device)
    names = [str(n) for n in range(logits.shape[1])]
    table = metrics.confusion([names[n] for n in truth], [names[n] for n in logits.argmax(1)], names)
    loss = float(F.cross_entropy(logits, truth))
    return {"accuracy": metrics.accuracy(table), "macro_f1": metrics.macro_prf(table)[2], "loss": loss}


def frozen_but_last(net: nn.Module, count: int) -> None:
    """Let the last `count` layers learn, 0: all. A layer is a module without parts: a convolution, a norm, an
    activation, a pool, in the order the network lists them."""
    if not count:
        return
    layers = [layer for layer in net.modules() if not list(layer.children())]
    # The order of listing is that of the code; what comes last with weights is the head, whichever follows it.
    with_weights = [n for n, layer in enumerate(layers) if list(layer.parameters())]
    first = min(len(layers) - count, with_weights[-1])
    learning = {id(p) for layer in layers[first:] for p in layer.parameters()}
    for parameter in net.parameters():
        parameter.requires_grad_(id(parameter) in learning)


def _begun(recipe: ClassifierRecipe, classes: int, start: Path | None, *, pretrained: bool) -> ImageNet:
    torch.manual_seed(recipe.seed)
    pretrained = pretrained and start is None
    net = architectures.build(recipe.architecture, classes, recipe.px, dropout=recipe.dropout, pretrained=pretrained)
    if start is not None:
        begin_with(net, start)
    frozen_but_last(net, recipe.learned_layers)
    return net


def _step(
    crops: Crops, recipe: ClassifierRecipe, device: str
) -> Callable[[nn.Module, Batch], tuple[Tensor, dict[str, float]]]:
    balance = None
    if recipe.balanced:
        counts = np.bincount(crops.classes, minlength=int(crops.classes.max()) + 1)
        balance = torch.from_numpy((len(crops.classes) / (len(counts) * np.maximum(counts, 1))).astype(np.float32))
        balance = balance.to(device)

    def step(net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        inputs, target = batch
        logits = net(inputs)[0].float()
        loss = F.cross_entropy(logits, target, weight=balance, label_smoothing=recipe.smoothing)
        return loss, {"accuracy": float((logits.argmax(1) == target).float().mean())}

    return step


def _groups(net: nn.Module) -> list[dict[str, Any]]:
    """Norms and biases are not decayed."""
    learning = [p for p in net.parameters() if p.requires_grad]
    plain = [p for p in learning if p.ndim < 2]
    return [{"params": [p for p in learning if p.ndim >= 2]}, {"params": plain, "weight_decay": 0.0}]


def _known(data: Instances, learned: tuple[str, ...]) -> list[class_data.Piece]:
    return [piece for piece in class_data.pieces_of(data) if piece.label in learned]


def same_data(out: Path, labels: LabelSet, data: Instances, *, resume: bool) -> None:
    """A resumed run must have the data it began with: raises BadOption. Of a new one, it is noted in OUT/data.json."""
    path = out / "data.json"
    code = hashlib.blake2b(digest_size=16)
    for shot in data.shots:
        code.update(f"{shot.name}\0{shot.group}\0{shot.digest}\0{shot.labels}\0".encode())
    facts = {"digest": code.hexdigest(), "labels": list(labels.keys), "pieces": data.count}
    if resume and path.exists() and json.loads(path.read_text(encoding="utf-8")) != facts:
        raise BadOption("the data is not what this run began with", path=out, remedy="begin a new run")
    with disk.naming_a_full_disk(path):
        paths.write_atomic(path, json.dumps(facts).encode())


def _tried(trial: ClassifierRecipe) -> dict[str, Any]:
    return {"lr": trial.lr, "schedule_factor": trial.schedule_factor, "batch": trial.batch}


def _record(
    request: Request,
    recipe: ClassifierRecipe,
    facts: Facts,
    outcome: Outcome,
    parts: dict[str, Instances],
    path: Path,
) -> dict[str, Any]:
    from sscore import __version__

    return {
        "model": path.name,
        "sha256": weights.digest(path),
        "architecture": facts.architecture,
        "program": __version__,
        "torch": torch.__version__,
        "recipe": recipe.model_dump(),
        "view": facts.view,
        "classes": list(facts.classes),
        "temperature": facts.temperature,
        "start": None if request.start is None else request.start.name,
        "pieces": {name: dict(Counter(part.labels)) for name, part in parts.items()},
        "groups": {name: len(part.groups) for name, part in parts.items()},
        "state": outcome.state,
        "epochs": outcome.epochs,
        "best_epoch": outcome.best_epoch,
        "seconds": round(outcome.seconds, 1),
        "chosen_by": {"accuracy": outcome.best},
        "curve": list(outcome.curve),
    }
