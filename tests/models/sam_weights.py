"""Weights and a photo for SAM-shaped networks that are the same on every computer, made of the keys' names alone."""

from __future__ import annotations

import re
import zlib

import numpy as np
import torch

from sscore.models.nets import sam
from sscore.types import ModelCard

VARIANTS = {
    "mobile-sam": ("mobile_sam", ""),
    "edge-sam": ("edge_sam", ""),
    "sam-hq-tiny": ("sam_hq", "vit_tiny"),
}
"""The variants small enough for tests that run them."""

_TOKENS = re.compile(r"(iou_token|mask_tokens|hf_token|point_embeddings\.\d+|not_a_point_embed|no_mask_embed)\.weight$")
_TABLES = re.compile(r"(pos_embed|rel_pos_[hw]|attention_biases)$")
_MIXERS = re.compile(r"(token_mixer|channel_mixer)\..*\.c\.weight$")


def values(key: str, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Normal numbers seeded by the key, of a size that keeps activations near 1, so that photo and prompts count."""
    if not dtype.is_floating_point:
        return torch.zeros(shape, dtype=dtype)
    spread, offset = 0.02, 0.0
    if key.endswith("positional_encoding_gaussian_matrix"):
        spread = 1.0
    elif key.endswith(".running_var") or (len(shape) == 1 and key.endswith(".weight")):
        offset = 1.0
    elif key.endswith(".running_mean"):
        pass
    elif _TOKENS.search(key):
        spread = 1.0
    elif _TABLES.search(key):
        spread = 0.5
    elif len(shape) >= 2:
        spread = (0.7 if _MIXERS.search(key) else 1.0) / np.sqrt(np.prod(shape[1:]))
    rng = np.random.Generator(np.random.PCG64(seed=zlib.crc32(key.encode())))
    drawn = rng.normal(0, spread, shape)
    if key.endswith(".running_var"):
        drawn = np.abs(drawn)
    return torch.from_numpy((drawn + offset).astype(np.float32))


def state_dict(family: str, variant: str) -> dict[str, torch.Tensor]:
    """Laid out as the published checkpoint."""
    net = sam.build(family, variant)
    return {key: values(key, tuple(value.shape), value.dtype) for key, value in net.state_dict().items()}


def card(model_id: str) -> ModelCard:
    family, variant = VARIANTS[model_id]
    return ModelCard(model_id, "segmenter", family, variant)


def photo(height: int = 90, width: int = 120) -> np.ndarray:
    """uint8 (height, width, 3) of seeded soft noise with hard-edged patches."""
    rng = np.random.default_rng(5)
    coarse = rng.uniform(0, 255, (6, 8, 3))
    rows = np.linspace(0, 5, height).round().astype(int)
    columns = np.linspace(0, 7, width).round().astype(int)
    image = coarse[rows][:, columns] * 0.7 + rng.uniform(0, 60, (height, width, 3))
    image[height // 3 : height // 2, width // 4 : width // 2] = (200, 40, 60)
    return image.astype(np.uint8)
