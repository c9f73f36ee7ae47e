"""Crops as a classifier's training sees them: kept at the network's size, varied anew every epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from sscore.errors import BadDataset
from sscore.labels import LabelSet
from sscore.train import class_data
from sscore.train.class_data import Piece
from sscore.train.class_recipe import ClassifierRecipe
from sscore.types import ByteArray, FloatArray

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """pieces: those whose photo could be read; pixels: uint8 (n, px, px, 3), as the finished model sees them; classes:
    int64 (n,); mean, spread: of the colours 0..1, float32 (3,)."""

    pieces: tuple[Piece, ...]
    pixels: ByteArray
    classes: npt.NDArray[np.int64]
    mean: FloatArray
    spread: FloatArray

    def inputs(self, pixels: ByteArray) -> Tensor:
        """float32 (n, 3, px, px) of uint8 (n, px, px, 3)."""
        scaled = (pixels.astype(np.float32) / 255 - self.mean) / self.spread
        return torch.from_numpy(np.ascontiguousarray(scaled.transpose(0, 3, 1, 2)))


def prepare(
    pieces: Sequence[Piece],
    labels: LabelSet,
    view: str,
    px: int,
    colours: tuple[Sequence[float], Sequence[float]],
    problems: list[str],
) -> Crops:
    """Cut every piece out and bring it to the network's size. Raises BadDataset when no photo can be read."""
    kept: list[Piece] = []
    pixels = np.empty((len(pieces), px, px, 3), np.uint8)
    for piece, crop in class_data.crops(pieces, view, problems):
        pixels[len(kept)] = np.asarray(Image.fromarray(crop).resize((px, px), Image.Resampling.BICUBIC))
        kept.append(piece)
    if not kept:
        raise BadDataset("none of the photos can be read", remedy=problems[-1] if problems else "")
    classes = np.array([labels.index(piece.label) for piece in kept], np.int64)
    mean, spread = (np.array(values, np.float32) for values in colours)
    return Crops(tuple(kept), pixels[: len(kept)], classes, mean, spread)


class Epochs:
    """Batches of an epoch (see `sscore.train.trainer.Data`): every crop once, in an order and variation that only the
    seed and the epoch's number decide."""

    def __init__(self, crops: Crops, recipe: ClassifierRecipe) -> None:
        self._crops, self._recipe = crops, recipe

    def __call__(self, epoch: int, /) -> _Epoch:
        return _Epoch(self._crops, self._recipe, epoch)


class _Epoch:
    def __init__(self, crops: Crops, recipe: ClassifierRecipe, epoch: int) -> None:
        self._crops, self._recipe, self._epoch = crops, recipe, epoch
        order = np.random.default_rng((recipe.seed, epoch)).permutation(len(crops.classes))
        parts = [order[at : at + recipe.batch] for at in range(0, len(order), recipe.batch)]
        # Norms have nothing to go by in a batch of one.
        self._parts = [part for part in parts if len(part) > 1]

    def __len__(self) -> int:
        return len(self._parts)

    def __iter__(self) -> Iterator[Batch]:
        for part in self._parts:
            varied = [
                vary(
                    self._crops.pixels[n], self._recipe, np.random.default_rng((self._recipe.seed, self._epoch, int(n)))
                )
                for n in part
            ]
            yield self._crops.inputs(np.stack(varied)), torch.from_numpy(self._crops.classes[part])


def vary(pixels: ByteArray, recipe: ClassifierRecipe, rng: np.random.Generator) -> ByteArray:
    """uint8 (px, px, 3): turned, moved, stretched and lit otherwise, within what the recipe allows. What comes into
    view from outside repeats the border."""
    side = pixels.shape[0]
    turn, slant = np.radians(rng.uniform(-1, 1, 2) * [recipe.rotation, recipe.shear])
    zoom = 1 + rng.uniform(-1, 1, 2) * recipe.zoom
    shift = rng.uniform(-1, 1, 2) * recipe.shift * side
    flip = np.where(rng.random(2) < 0.5, -1, 1) ** np.array([recipe.mirrored, recipe.upside_down])
    lit = rng.uniform(*recipe.brightness)
    added = rng.uniform(-1, 1, 3) * recipe.channel_shift
    spin = np.array([[np.cos(turn), -np.sin(turn + slant)], [np.sin(turn), np.cos(turn + slant)]])
    linear = spin @ np.diag(zoom * flip)
    middle = np.full(2, (side - 1) / 2)
    if not np.allclose(linear, np.eye(2)) or shift.any():
        affine = np.column_stack([linear, middle + shift - linear @ middle])
        moved = cv2.warpAffine(pixels, affine, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        pixels = np.asarray(moved, np.uint8)
    if lit != 1 or added.any():
        pixels = np.clip(pixels.astype(np.float32) * lit + added, 0, 255).astype(np.uint8)
    return pixels
