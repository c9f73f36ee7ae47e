"""The mask decoder as it is trained: SAM's own losses where the recipe asks for them, on prompts of one photo each.

Everything mode keeps candidates whose *predicted* IoU is high, and nothing in BCE + DICE tells the head that predicts
it how good the changed masks are: after such a training its judgement is off (README has figures). So `quality` trains
that head, and `rehearse` holds what the decoder says of points nobody annotated.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sscore.models import weights
from sscore.models.checkpoints import is_tuned
from sscore.models.nets import sam
from sscore.train.decoder_prompts import DecoderRecipe, wrong_place
from sscore.types import FloatArray

if TYPE_CHECKING:
    from sscore.types import ModelCard

_STEP = sam.INPUT_SIDE // 256
_SINGLE, _MASKS = 1, 4
"""Of the decoder's outputs the first is the single mask, the next three are those of ambiguous prompts."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One prompt. image: float32 (1, 256, 64, 64), for SAM-HQ also fine (1, 32, 256, 256); points, labels: as
    `nets.sam.Decoder` takes them, of one prompt; truth: float32 (256, 256) coverage, None: answer as before; seed: of
    the clicks that refine."""

    given: tuple[FloatArray, ...]
    points: FloatArray
    labels: FloatArray
    truth: FloatArray | None
    seed: tuple[int, ...]


class Learner(nn.Module):
    """forward(samples) -> loss, figures. Only what the recipe trains requires gradients."""

    def __init__(self, whole: nn.Module, recipe: DecoderRecipe) -> None:
        super().__init__()
        self.decoder = sam.Decoder(whole)
        self.recipe = recipe
        trained = _trained(self.decoder.decoder, recipe)
        for name, value in self.named_parameters():
            value.requires_grad_(name.removeprefix("decoder.decoder.") in trained)
        # The decoder as it was. Not a part of this module: neither trained nor stored.
        self._before = [copy.deepcopy(self.decoder).requires_grad_(False)] if recipe.rehearse else []

    def forward(self, samples: list[Sample]) -> tuple[Tensor, dict[str, float]]:
        losses, figures = [], []
        for sample in samples:
            loss, said = self._held(sample) if sample.truth is None else self._learnt(sample, sample.truth)
            losses.append(loss)
            figures.append(said)
        names = sorted({name for said in figures for name in said})
        means = {name: float(np.mean([said[name] for said in figures if name in said])) for name in names}
        return torch.stack(losses).mean(), means

    def _learnt(self, sample: Sample, truth: FloatArray) -> tuple[Tensor, dict[str, float]]:
        """The loss of the first answer and of each refined one."""
        device = next(self.decoder.parameters()).device
        given = [torch.from_numpy(x).to(device) for x in sample.given]
        points, labels = torch.from_numpy(sample.points).to(device), torch.from_numpy(sample.labels).to(device)
        target = torch.from_numpy(truth).to(device)
        rng = np.random.default_rng(sample.seed)
        total = torch.zeros((), device=device)
        dice = 0.0
        mask: list[Tensor] = []
        for round_ in range(1 + self.recipe.refinements):
            logits, predicted = self._answer(given, points, labels, mask)
            loss, dice, best = self._loss(logits, predicted, target)
            total = total + loss
            if round_ == self.recipe.refinements:
                break
            found = (logits[0, best] > 0).detach().cpu().numpy()
            click = wrong_place(found, truth > 0.5, rng)
            if click is None:
                break
            x, y, inside = click
            at = torch.tensor([[[_STEP * x + _STEP / 2, _STEP * y + _STEP / 2]]], device=device)
            points, labels = torch.cat([at, points], 1), torch.cat([labels.new_full((1, 1), float(inside)), labels], 1)
            mask = [logits[:, best : best + 1].detach().float()]
        return total / (round_ + 1), {"dice": dice}

    def _loss(self, logits: Tensor, predicted: Tensor, target: Tensor) -> tuple[Tensor, float, int]:
        """BCE + DICE of the single mask and of that of the three which fits best (as SAM is trained), with the error of
        the predicted IoU; DICE and number of the best mask."""
        logits, predicted = logits.float(), predicted.float()
        wide = target.expand_as(logits[0])
        bce = F.binary_cross_entropy_with_logits(logits[0], wide, reduction="none").mean((1, 2))
        chance = logits[0].sigmoid()
        shared = (chance * wide).sum((1, 2))
        fit = bce + 1 - (2 * shared + 1) / (chance.sum((1, 2)) + wide.sum((1, 2)) + 1)
        best = _SINGLE + int(fit[_SINGLE:_MASKS].detach().argmin())
        loss = (fit[0] + fit[best]) / 2
        found, real = logits[0].detach() > 0, wide > 0.5
        both, either = (found & real).sum((1, 2)).float(), (found | real).sum((1, 2)).float()
        if self.recipe.quality:
            iou = both / either.clamp(min=1)
            loss = loss + self.recipe.quality * F.mse_loss(predicted[0], iou)
        return loss, float(2 * both[best] / (both[best] + either[best]).clamp(min=1)), best

    def _held(self, sample: Sample) -> tuple[Tensor, dict[str, float]]:
        """How far the decoder's masks and predicted IoU have moved where nothing is annotated."""
        device = next(self.decoder.parameters()).device
        given = [torch.from_numpy(x).to(device) for x in sample.given]
        points, labels = torch.from_numpy(sample.points).to(device), torch.from_numpy(sample.labels).to(device)
        before = self._before[0].to(device)
        with torch.no_grad():
            masks, sure = before(*given, points, labels)
        logits, predicted = self._answer(given, points, labels, [])
        masks = _summed(masks)
        moved = F.binary_cross_entropy_with_logits(logits.float(), masks.float().sigmoid())
        moved = moved - F.binary_cross_entropy_with_logits(masks.float(), masks.float().sigmoid())
        moved = moved + F.mse_loss(predicted.float(), sure.float())
        return moved, {"moved": float(moved.detach())}

    def _answer(self, given: list[Tensor], points: Tensor, labels: Tensor, mask: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits (1, 4, 256, 256), as they are shown (SAM-HQ's own are added), and predicted IoU (1, 4)."""
        self.decoder.with_mask = bool(mask)
        logits, predicted = self.decoder(*given, points, labels, *mask)
        self.decoder.with_mask = False
        return _summed(logits), predicted


def _summed(logits: Tensor) -> Tensor:
    return logits[:, :_MASKS] + logits[:, _MASKS:] if logits.shape[1] > _MASKS else logits


def _trained(decoder: nn.Module, recipe: DecoderRecipe) -> set[str]:
    """Names of the mask decoder's tensors that the recipe trains."""
    fine = ("hf_token.", "hf_mlp.", "embedding_maskfeature.")
    names = {name for name, _ in decoder.named_parameters() if is_tuned(f"mask_decoder.{name}")}
    if not recipe.quality:
        names -= {name for name in names if name.startswith("iou_prediction_head.")}
    if not recipe.high_quality:
        names -= {name for name in names if name.startswith(fine)}
    return names


def save(learner: Learner, path: Path, card: ModelCard, base: str, base_sha256: str) -> int:
    """The trained tensors alone, as float16 safetensors; how many. base: id of the model they belong into."""
    tensors = {
        "mask_decoder." + name.removeprefix("decoder.decoder."): value
        for name, value in learner.named_parameters()
        if value.requires_grad
    }
    facts = {"family": card.family, "variant": card.variant, "base": base, "base_sha256": base_sha256}
    facts["tensors"] = str(len(tensors))
    weights.store(tensors, path, facts)
    return len(tensors)
