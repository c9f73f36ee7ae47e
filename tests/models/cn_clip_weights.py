"""A tiny CN-CLIP with weights from a seed, and what tests ask of it. tests/data/cn_clip_answers.npz holds what the
network of the cn-clip package 1.6.0 answers with these weights (token numbers of TEXTS; features of TEXTS, prepared as
its zero-shot evaluation does, and of the crops, by the transformer and by the residual network)."""

from __future__ import annotations

import zlib

import numpy as np
import torch

from sscore.models.nets.cn_clip import CnClip, Config
from sscore.types import ModelCard

TINY = Config(32, 8, 64, 2, 4, 48, 2, 4, 24)
TINY_RESNET = Config(64, 0, 8, 0, 4, 48, 2, 4, 24, blocks=(1, 2, 1, 1))
CARD = ModelCard("tiny-clip", "classifier", "cn_clip", variant="tiny", file="tiny.pt", input_px=32)

TEXTS = (
    "一张角钢的照片",
    "H型钢",
    "Ｈ型钢／工字钢",
    "槽钢/U型钢",
    "Φ12 钢筋",
    "100×50角钢",
    "“废钢”",
    "Résumé of STEEL-scrap: unaffable!",
    "",
    "\t钢\u3000管\u200b\n",
    "钢" * 60,
    "x" * 201,
)


def state_dict(config: Config = TINY) -> dict[str, torch.Tensor]:
    with torch.device("meta"):
        shapes = {name: tuple(value.shape) for name, value in CnClip(config).state_dict().items()}
    return {name: torch.from_numpy(_values(name, shape)) for name, shape in shapes.items()}


def _values(name: str, shape: tuple[int, ...]) -> np.ndarray:
    drawn = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()))).normal(size=shape)
    if name.endswith("num_batches_tracked"):
        return np.full((), 7, np.int64)
    if not shape:
        return np.full((), 2.66, np.float32)
    if name.endswith("running_var"):
        return np.asarray(1 + 0.2 * np.abs(drawn), np.float32)
    if len(shape) == 1:
        return np.asarray(0.1 * drawn + name.endswith("weight"), np.float32)
    if len(shape) == 4 and name != "visual.conv1.weight":
        return np.asarray(drawn / np.sqrt(np.prod(shape[1:])), np.float32)
    return np.asarray(drawn / np.sqrt(shape[-1] if "embedding" not in name else 4), np.float32)


def save(path, config: Config = TINY) -> None:
    """As the authors' training saves it, with the pooler that nobody uses."""
    stored = {f"module.{name}": value for name, value in state_dict(config).items()}
    stored["module.bert.pooler.dense.weight"] = torch.zeros(48, 48)
    stored["module.bert.pooler.dense.bias"] = torch.zeros(48)
    torch.save({"epoch": 3, "step": 100, "name": "tiny", "state_dict": stored}, path)


def crops() -> list[np.ndarray]:
    """Three crops uint8 (h, w, 3): larger than the input, long, smaller."""
    out = []
    for number, (height, width) in enumerate(((90, 120), (20, 200), (7, 5))):
        y, x = np.mgrid[:height, :width].astype(float)
        waves = [np.sin(x / (3 + number + c)) + np.cos(y / (5 - c)) + (x > width / 2) for c in range(3)]
        out.append(np.clip(127 + 50 * np.stack(waves, 2), 0, 255).astype(np.uint8))
    return out
