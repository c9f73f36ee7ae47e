"""What fine-tuning a decoder asks: its recipe, and prompts drawn from true masks as hands would give them."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from sscore.models.upscale import INPUT_SIDE, seen_size
from sscore.prompts import shift
from sscore.train.recipe import Recipe
from sscore.types import LOGITS_SIDE, BoolArray, FloatArray, Mask, Prompt

Share = Annotated[float, Field(ge=0, le=1)]


class DecoderRecipe(Recipe):
    """foreground, background: points of a prompt, with `vary` any number up to these; leave_out: the chance of points,
    and of the box, to be missing, never both; shift: px of the photo by which `shift_share` of the prompts are off, at
    most; refinements: clicks where the answer before was wrong; quality: weight of the predicted IoU's squared error,
    0: that head is not trained; rehearse: samples for each instance that keep what was known: points on no instance,
    where the decoder is held, or for `nano` pieces of rendered scenes; flips: photos are seen mirrored too;
    high_quality: whether SAM-HQ's own token and fusion are trained as well."""

    foreground: PositiveInt = 4
    background: NonNegativeInt = 2
    vary: bool = False
    leave_out: Share = 0.5
    shift: NonNegativeFloat = 0.0
    shift_share: Share = 1.0
    refinements: NonNegativeInt = 0
    quality: NonNegativeFloat = 0.0
    rehearse: Share = 0.0
    flips: bool = False
    high_quality: bool = True


def draw(mask: Mask, image_hw: tuple[int, int], recipe: DecoderRecipe, rng: np.random.Generator) -> Prompt:
    """A prompt for one instance of a photo of (height, width) px."""
    kept = rng.random(2) >= recipe.leave_out
    if not kept.any():
        kept[rng.integers(2)] = True
    on, off = recipe.foreground, recipe.background
    if recipe.vary:
        on, off = int(rng.integers(1, on + 1)), int(rng.integers(off + 1)) if rng.random() < 0.5 else 0
    points = np.zeros((0, 2), np.float32)
    positive = np.zeros(0, np.bool_)
    if kept[0]:
        ground, left, top = _beside(mask, image_hw)
        inside, outside = _some(mask.bits, on, rng), _some(ground, off, rng)
        points = np.concatenate([inside + [mask.left, mask.top], outside + [left, top]]).astype(np.float32)
        positive = np.repeat([True, False], [len(inside), len(outside)])
    prompt = Prompt(points=points, positive=positive, box=mask.box if kept[1] else None)
    if recipe.shift and rng.random() < recipe.shift_share:
        prompt = shift(prompt, 0.0, recipe.shift, rng, image_hw)
    return prompt


def _some(pixels: BoolArray, count: int, rng: np.random.Generator) -> FloatArray:
    """xy float32 (n, 2) of up to `count` different pixels that are set in bool (h, w)."""
    places = np.flatnonzero(pixels)
    chosen = rng.choice(places, min(count, len(places)), replace=False) if len(places) else places
    return np.column_stack([chosen % pixels.shape[1], chosen // pixels.shape[1]]).astype(np.float32)


def _beside(mask: Mask, image_hw: tuple[int, int]) -> tuple[BoolArray, int, int]:
    """The pixels off the mask in its box enlarged twice, where negative points are drawn: bool (h, w), left, top."""
    (h, w), (height, width) = mask.bits.shape, image_hw
    top, left = max(mask.top - h // 2, 0), max(mask.left - w // 2, 0)
    bottom, right = min(mask.top + h + h // 2, height), min(mask.left + w + w // 2, width)
    around = Mask(mask.bits, mask.left - left, mask.top - top).full(bottom - top, right - left)
    return ~around, left, top


def mirrored(mask: Mask, width: int) -> Mask:
    """The mask in a photo of that width, seen in a mirror."""
    return Mask(mask.bits[:, ::-1].copy(), width - mask.left - mask.bits.shape[1], mask.top)


def coverage(mask: Mask, image_hw: tuple[int, int]) -> FloatArray:
    """float32 (256, 256) 0..1: how much of each low-resolution pixel of the model's padded input the mask covers."""
    height, width = (max(round(side * LOGITS_SIDE / INPUT_SIDE), 1) for side in seen_size(image_hw))
    out = np.zeros((LOGITS_SIDE, LOGITS_SIDE), np.float32)
    whole = mask.full(*image_hw).astype(np.float32)
    out[:height, :width] = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return out


def wrong_place(answer: BoolArray, truth: BoolArray, rng: np.random.Generator) -> tuple[int, int, bool] | None:
    """Where a person would click next: any pixel of bool (256, 256) at which an answer is wrong, x, y, and whether the
    piece is there; None when all is right."""
    wrong = np.flatnonzero(answer != truth)
    if not len(wrong):
        return None
    y, x = divmod(int(wrong[rng.integers(len(wrong))]), answer.shape[1])
    return x, y, bool(truth[y, x])
