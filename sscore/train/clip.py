"""`ssc train clip`: CN-CLIP learns a lab's own pieces and words, by the recipe of the paper.

Contrastive: every crop of a batch is compared with every text of it, and should be nearest to its own (Radford et al.,
2021). In a batch of a few classes the same class comes several times, and a text of the same class is no wrong answer
for a crop: such pairs, false negatives of the plain loss, share the target evenly (as in UniCL, Yang et al., 2022). So
the target of crop i is 1/m on each of the m texts whose class is its own, and likewise for every text over the crops;
the loss is the mean of both cross-entropies. With every class once it is CLIP's own loss.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn

from sscore import disk, metrics, paths
from sscore.errors import BadOption
from sscore.labels import LabelSet
from sscore.models import cn_clip, weights, wordpiece
from sscore.models.nets.cn_clip import CnClip
from sscore.train import class_data, instances
from sscore.train import recipe as recipes
from sscore.train.classifier import same_data
from sscore.train.hardware import device_of
from sscore.train.recipe import Recipe
from sscore.train.trainer import Emit, Order, Outcome, check_run, train
from sscore.types import ByteArray, ModelCard, Progress

KIND = "clip"
_LARGEST_SCALE = math.log(100)
"""Of the trained logit scale, as in CLIP."""

Batch = tuple[Tensor, Tensor, Tensor]


class ClipRecipe(Recipe):
    """See `Recipe`. frozen_text: the words keep their features, only the image tower learns; learn, choose, judge:
    shares of the pieces, as for classifiers; mirrored: half of the crops; crop_from: the least side of a random cut of
    a crop, 1: the whole crop always."""

    batch: PositiveInt = 48
    frozen_text: bool = False
    learn: PositiveFloat = 0.8
    choose: PositiveFloat = 0.1
    judge: PositiveFloat = 0.1
    mirrored: bool = True
    crop_from: NonNegativeFloat = 0.9

    @property
    def shares(self) -> dict[str, float]:
        return {"learn": self.learn, "choose": self.choose, "judge": self.judge}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. base: the CN-CLIP to begin with, file: its weights; sources: see `class_data.gather`."""

    out: Path
    base: ModelCard
    file: Path
    sources: tuple[Path, ...]
    labels: LabelSet
    recipe: ClipRecipe
    view: str = ""
    photos: Path | None = None
    group_by: str = "photo"
    device: str = "auto"
    resume: bool = False
    tensorboard: bool = False


@dataclass(slots=True, eq=False)
class Trained:
    """model: the checkpoint in the run's folder, in the authors' form; judge: pieces no training saw; before: how the
    base model did on those the best epoch was chosen by."""

    model: Path
    outcome: Outcome
    judge: instances.Instances
    view: str
    before: dict[str, float]
    left_out: list[str]
    warnings: list[str]
    record: dict[str, Any]


class Pair(nn.Module):
    """Both towers as one network to train: crops (n, 3, px, px) and token numbers (n, length), or the texts' features
    (n, features) where those are frozen -> unit features of both, and the scale of their cosines."""

    def __init__(self, net: CnClip) -> None:
        super().__init__()
        self.net = net

    def forward(self, crops: Tensor, texts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        said = texts if texts.is_floating_point() else self.net.encode_text(texts)
        scale = self.net.logit_scale.clamp(0, _LARGEST_SCALE).exp()
        return F.normalize(self.net.visual(crops)[0].float(), dim=-1), F.normalize(said.float(), dim=-1), scale


def contrastive(seen: Tensor, said: Tensor, scale: Tensor, classes: Tensor) -> Tensor:
    """The loss (see above) of unit features (n, d) of crops and of their texts; classes: int64 (n,)."""
    same = (classes[:, None] == classes[None]).float()
    target = same / same.sum(1, keepdim=True)  # symmetric, so it serves both ways
    logits = scale * seen @ said.T
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def run(
    request: Request,
    *,
    emit: Emit = lambda event: None,
    control: Callable[[], Order] = lambda: "",
    progress: Progress | None = None,
) -> Trained | None:
    """Train, keep the best epoch, and write OUT/model.pt; None when paused. The base model stays where no epoch is
    better. Raises as `class_data.gather`, `cn_clip.network` and `sscore.train.trainer.train`, BadLabels for a prompt
    that is too long, BadOption for a base model of another family."""
    recipe, labels = request.recipe, request.labels
    if request.base.family != "cn_clip":
        raise BadOption(f"{request.base.id!r} is no CN-CLIP", remedy="choose one: ssc models list")
    if recipe.batch < 2:
        raise BadOption("a batch of one pair compares nothing", remedy="take a batch of at least 2")
    check_run(request.out, request.resume)
    device = device_of(request.device)
    words = Words(labels)
    data = class_data.gather(
        list(request.sources), labels, photos=request.photos, group_by=request.group_by, progress=progress
    )
    warnings, left_out = list(data.remarks), list(data.left_out)
    same_data(request.out, labels, data, resume=request.resume)
    parts = instances.split(data, recipe.shares, seed=recipe.seed)
    view = request.view or ("tight" if class_data.whole_photos(data) else "masked")
    net = cn_clip.network(request.base, request.file).requires_grad_(True)
    if recipe.frozen_text:
        net.bert.requires_grad_(False)
        net.text_projection.requires_grad_(False)
    learn, choose = (
        _Seen(class_data.pieces_of(parts[name]), labels, view, request.base.input_px, left_out)
        for name in ("learn", "choose")
    )
    pair = Pair(net).to(device)
    batches = Batches(learn, words, recipe)
    if recipe.frozen_text:
        batches.features = words.features(net, device)
    before = judged(pair, choose, words, device)
    outcome = train(
        pair,
        batches,
        _step,
        lambda net: judged(cast(Pair, net), choose, words, device),
        recipe,
        request.out,
        monitor="accuracy",
        from_start=True,
        device=device,
        resume=request.resume,
        groups=_groups(net),
        tensorboard=request.tensorboard,
        emit=emit,
        control=control,
    )
    if outcome.state == "paused":
        return None
    path = request.out / "model.pt"
    save(net, path, outcome.best_epoch, request.base.id)
    record = {
        "model": path.name,
        "base": request.base.id,
        "base_sha256": weights.digest(request.file),
        "recipe": recipe.model_dump(),
        "view": view,
        "labels": labels.key,
        "prompts": {key: list(labels.prompts(key)) for key in labels.keys},
        "pieces": {name: dict(part.labels) for name, part in parts.items()},
        "groups": {name: len(part.groups) for name, part in parts.items()},
        "state": outcome.state,
        "epochs": outcome.epochs,
        "best_epoch": outcome.best_epoch,
        "seconds": round(outcome.seconds, 1),
        "before": before,
        "chosen_by": {"accuracy": outcome.best},
        "curve": list(outcome.curve),
        "left_out": left_out,
        "warnings": warnings,
    }
    return Trained(path, outcome, parts["judge"], view, before, left_out, warnings, record)


class Words:
    """The prompts of a label set as token numbers. Raises BadLabels for one that is too long."""

    def __init__(self, labels: LabelSet) -> None:
        self.prompts = [cn_clip.prompts_of(labels, key) for key in labels.keys]
        rows = [wordpiece.tokenize(list(prompts)) for prompts in self.prompts]
        longest = max(int((ids != 0).sum(1).max()) for ids in rows)
        self.ids = [torch.from_numpy(ids[:, :longest]) for ids in rows]

    def features(self, net: CnClip, device: str) -> list[Tensor]:
        """Of each class float32 (prompts, features), unit length, without gradients."""
        with torch.no_grad():
            return [F.normalize(net.encode_text(ids.to(device)).float(), dim=-1).cpu() for ids in self.ids]


class _Seen:
    """Crops at the network's size: pixels uint8 (n, px, px, 3), classes int64 (n,)."""

    def __init__(
        self, pieces: list[class_data.Piece], labels: LabelSet, view: str, px: int, problems: list[str]
    ) -> None:
        from PIL import Image

        pixels, classes = [], []
        for piece, crop in class_data.crops(pieces, view, problems):
            pixels.append(np.asarray(Image.fromarray(crop).resize((px, px), Image.Resampling.BICUBIC)))
            classes.append(labels.index(piece.label))
        if not pixels:
            raise BadOption("none of the photos can be read", remedy=problems[-1] if problems else "")
        self.pixels: ByteArray = np.stack(pixels)
        self.classes: npt.NDArray[np.int64] = np.array(classes, np.int64)


@dataclass(slots=True, eq=False)
class Batches:
    """Pairs of an epoch: every crop once, each with a prompt of its class; what is drawn follows from the seed and the
    epoch's number. features: of the words, where those are frozen."""

    seen: _Seen
    words: Words
    recipe: ClipRecipe
    features: list[Tensor] | None = None

    def __call__(self, epoch: int, /) -> _Epoch:
        return _Epoch(self, np.random.default_rng((self.recipe.seed, epoch)))


class _Epoch:
    def __init__(self, batches: Batches, rng: np.random.Generator) -> None:
        size, order = batches.recipe.batch, rng.permutation(len(batches.seen.classes))
        parts = [order[at : at + size] for at in range(0, len(order), size)]
        self._parts = [part for part in parts if len(part) > 1]
        self._batches, self._rng = batches, rng

    def __len__(self) -> int:
        return len(self._parts)

    def __iter__(self) -> Iterator[Batch]:
        seen, words = self._batches.seen, self._batches.words
        texts = self._batches.features or words.ids
        for part in self._parts:
            crops = np.stack([cn_clip.network_input(self._cut(seen.pixels[n]), seen.pixels.shape[1]) for n in part])
            classes = seen.classes[part]
            said = torch.stack([texts[c][int(self._rng.integers(len(texts[c])))] for c in classes])
            yield torch.from_numpy(crops), said, torch.from_numpy(classes)

    def _cut(self, pixels: ByteArray) -> ByteArray:
        recipe, side = self._batches.recipe, pixels.shape[0]
        kept = max(1, round(side * self._rng.uniform(min(recipe.crop_from, 1), 1)))
        y, x = self._rng.integers(side - kept + 1, size=2)
        mirrored = recipe.mirrored and self._rng.random() < 0.5
        part = pixels[y : y + kept, x : x + kept]
        return np.ascontiguousarray(part[:, ::-1] if mirrored else part)


def _step(net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
    crops, texts, classes = batch
    seen, said, scale = net(crops, texts)
    with torch.autocast(crops.device.type, enabled=False):
        loss = contrastive(seen, said, scale, classes)
    return loss, {"scale": float(scale.detach())}


def judged(pair: Pair, seen: _Seen, words: Words, device: str, batch: int = 32) -> dict[str, float]:
    """Zero-shot accuracy and macro F1, by the published protocol, and the cross-entropy of its probabilities."""
    pair.eval()
    with torch.inference_mode():
        classes = torch.stack([F.normalize(of_class.mean(0), dim=0) for of_class in words.features(pair.net, device)])
        found = []
        for at in range(0, len(seen.classes), batch):
            crops = np.stack([cn_clip.network_input(p, p.shape[0]) for p in seen.pixels[at : at + batch]])
            found.append(F.normalize(pair.net.visual(torch.from_numpy(crops).to(device))[0].float(), dim=-1).cpu())
    logits = cn_clip.SCALE * torch.cat(found) @ classes.T
    names = [str(n) for n in range(len(classes))]
    table = metrics.confusion([names[n] for n in seen.classes], [names[n] for n in logits.argmax(1)], names)
    loss = float(F.cross_entropy(logits, torch.from_numpy(seen.classes)))
    return {"accuracy": metrics.accuracy(table), "macro_f1": metrics.macro_prf(table)[2], "loss": loss}


def save(net: CnClip, path: Path, epoch: int, name: str) -> None:
    """The checkpoint as the authors' training writes it, so that the cn-clip package opens it too; float32, for steps
    this small would be lost in half precision. Raises DiskFull, OSError."""
    out = io.BytesIO()
    tensors = {f"module.{key}": value.detach().cpu().contiguous() for key, value in net.state_dict().items()}
    torch.save({"epoch": epoch, "step": 0, "name": name, "state_dict": tensors}, out)
    with disk.naming_a_full_disk(path):
        paths.write_atomic(path, out.getvalue())


def card_for(name: str, base: ModelCard, trained: Trained) -> ModelCard:
    accuracy = trained.outcome.best or 0.0
    note = f"{base.id} fine-tuned here; accuracy {accuracy:.3f} on the pieces its best epoch was chosen by."
    return replace(base, id=name, file=f"{name}.pt", urls=(), page="", about_bytes=0, note=note)


def load_recipe(preset: str, **changes: Any) -> ClipRecipe:
    """A preset that ships or a TOML file. Raises BadOption."""
    return recipes.load(ClipRecipe, KIND, preset, **changes)


def _groups(net: CnClip) -> list[dict[str, Any]]:
    """Norms, biases and the scale are not decayed."""
    learning = [p for p in net.parameters() if p.requires_grad]
    plain = [p for p in learning if p.ndim < 2]
    return [{"params": [p for p in learning if p.ndim >= 2]}, {"params": plain, "weight_decay": 0.0}]
