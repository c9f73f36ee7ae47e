"""CN-CLIP: a vision transformer and a Chinese BERT whose features of a photo and of its description point the same way.

Written from the papers (Yang et al., "Chinese CLIP", 2022; Radford et al., "CLIP", 2021; Devlin et al., "BERT", 2019)
and the key names and shapes of the published checkpoints, which are loaded as they are. The towers give features as
the projection leaves them; whoever compares them makes them unit length.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of both towers. px: side of the image; patch: of its patches; width, layers, heads: of the image
    transformer; text_*: of BERT; features: length of what both give; vocabulary, positions: rows of BERT's tables;
    blocks: of the four stages of a residual network, which then is the image tower, `width` wide, with `heads` where
    it pools; it has neither patches nor layers."""

    px: int
    patch: int
    width: int
    layers: int
    heads: int
    text_width: int
    text_layers: int
    text_heads: int
    features: int
    vocabulary: int = 21128
    positions: int = 512
    blocks: tuple[int, int, int, int] | None = None


CONFIGS = {
    "rn50": Config(224, 0, 64, 0, 32, 768, 3, 12, 1024, blocks=(3, 4, 6, 3)),
    "vit_b_16": Config(224, 16, 768, 12, 12, 768, 12, 12, 512),
    "vit_l_14": Config(224, 14, 1024, 24, 16, 768, 12, 12, 768),
    "vit_l_14_336": Config(336, 14, 1024, 24, 16, 768, 12, 12, 768),
    "vit_h_14": Config(224, 14, 1280, 32, 16, 1024, 24, 16, 1024),
}
"""The published variants."""


class CnClip(nn.Module):
    """Both towers under the published names."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.visual = ResidualTower(config, config.blocks) if config.blocks else ImageTower(config)
        self.bert = Bert(config)
        self.text_projection = nn.Parameter(torch.randn(config.text_width, config.features) * config.text_width**-0.5)
        self.logit_scale = nn.Parameter(torch.tensor(1 / 0.07).log())

    def encode_text(self, ids: Tensor) -> Tensor:
        """ids: int64 (n, length), zero padded -> float (n, features)."""
        return cast(Tensor, self.bert(ids)[:, 0] @ self.text_projection)


class ImageTower(nn.Module):
    """Images (n, 3, px, px) -> one output (n, features)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        scale = config.width**-0.5
        patches = (config.px // config.patch) ** 2
        self.conv1 = nn.Conv2d(3, config.width, config.patch, config.patch, bias=False)
        self.class_embedding = nn.Parameter(scale * torch.randn(config.width))
        self.positional_embedding = nn.Parameter(scale * torch.randn(patches + 1, config.width))
        self.ln_pre = nn.LayerNorm(config.width)
        blocks = [ImageBlock(config.width, config.heads) for _ in range(config.layers)]
        self.transformer = nn.ModuleDict({"resblocks": nn.Sequential(*blocks)})
        self.ln_post = nn.LayerNorm(config.width)
        self.proj = nn.Parameter(scale * torch.randn(config.width, config.features))

    def forward(self, image: Tensor) -> tuple[Tensor]:
        patches = self.conv1(image).flatten(2).transpose(1, 2)
        first = self.class_embedding.expand(patches.shape[0], 1, -1)
        x = self.ln_pre(torch.cat([first, patches], 1) + self.positional_embedding)
        x = self.transformer["resblocks"](x)
        return (self.ln_post(x[:, 0]) @ self.proj,)


class ResidualTower(nn.Module):
    """Images (n, 3, px, px) -> one output (n, features), by CLIP's ResNet: three convolutions at the beginning, means
    before every stride, and attention that pools at the end."""

    def __init__(self, config: Config, blocks: tuple[int, int, int, int]) -> None:
        super().__init__()
        width = config.width
        for n, (before, after) in enumerate(((3, width // 2), (width // 2, width // 2), (width // 2, width)), start=1):
            self.add_module(f"conv{n}", nn.Conv2d(before, after, 3, 2 if n == 1 else 1, 1, bias=False))
            self.add_module(f"bn{n}", nn.BatchNorm2d(after))
        before = width
        for n, count in enumerate(blocks):
            inner = width * 2**n
            stages = [
                Bottleneck(before if k == 0 else 4 * inner, inner, 2 if n and k == 0 else 1) for k in range(count)
            ]
            self.add_module(f"layer{n + 1}", nn.Sequential(*stages))
            before = 4 * inner
        self.attnpool = AttentionPool((config.px // 32) ** 2, before, config.heads, config.features)

    def forward(self, image: Tensor) -> tuple[Tensor]:
        part, x = dict(self.named_children()), image
        for n in (1, 2, 3):
            x = torch.relu(part[f"bn{n}"](part[f"conv{n}"](x)))
        x = F.avg_pool2d(x, 2)
        for n in (1, 2, 3, 4):
            x = part[f"layer{n}"](x)
        return (self.attnpool(x),)


class Bottleneck(nn.Module):
    """Three convolutions with a shortcut; a stride is a mean over 2 x 2 px before the last one, and in the shortcut."""

    def __init__(self, before: int, inner: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, inner, 1, bias=False), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = nn.Conv2d(inner, inner, 3, padding=1, bias=False), nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = nn.Conv2d(inner, 4 * inner, 1, bias=False), nn.BatchNorm2d(4 * inner)
        self.shrink = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.downsample = None
        if stride > 1 or before != 4 * inner:
            parts = {"-1": nn.AvgPool2d(stride), "0": nn.Conv2d(before, 4 * inner, 1, bias=False)}
            self.downsample = nn.Sequential(OrderedDict(parts | {"1": nn.BatchNorm2d(4 * inner)}))

    def forward(self, x: Tensor) -> Tensor:
        found = torch.relu(self.bn1(self.conv1(x)))
        found = self.shrink(torch.relu(self.bn2(self.conv2(found))))
        found = self.bn3(self.conv3(found))
        return torch.relu(found + (x if self.downsample is None else self.downsample(x)))


class AttentionPool(nn.Module):
    """Features (n, width, h, w) -> (n, features): what their mean finds, attending to itself and to every place."""

    def __init__(self, places: int, width: int, heads: int, features: int) -> None:
        super().__init__()
        self.heads = heads
        self.positional_embedding = nn.Parameter(torch.randn(places + 1, width) * width**-0.5)
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(width, width) for _ in range(3))
        self.c_proj = nn.Linear(width, features)

    def forward(self, x: Tensor) -> Tensor:
        places = x.flatten(2).transpose(1, 2)
        places = torch.cat([places.mean(1, keepdim=True), places], 1) + self.positional_embedding
        query = self.q_proj(places[:, :1])
        found = attend(query, self.k_proj(places), self.v_proj(places), self.heads)
        return cast(Tensor, self.c_proj(found[:, 0]))


class ImageBlock(nn.Module):
    """Attention and a two-layer network, each on the normalised input and added to it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attn = JointAttention(width, heads)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 4 * width), "c_proj": nn.Linear(4 * width, width)})
        self.ln_2 = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln_1(x))
        hidden = self.mlp["c_fc"](self.ln_2(x))
        # CLIP's quick approximation of GELU, with which the weights were trained.
        return cast(Tensor, x + self.mlp["c_proj"](hidden * torch.sigmoid(1.702 * hidden)))


class JointAttention(nn.Module):
    """Self-attention whose queries, keys and values come from one matrix, named as torch's own names it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) * width**-0.5)
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = F.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        return cast(Tensor, self.out_proj(attend(query, key, value, self.heads)))


def attend(query: Tensor, key: Tensor, value: Tensor, heads: int, seen: Tensor | None = None) -> Tensor:
    """Attention of (n, length, width) split into heads, of as many queries as there are keys or fewer; seen: bool that
    broadcasts to (n, heads, length, length)."""
    count, length, width = query.shape
    q, k, v = (x.reshape(count, x.shape[1], heads, width // heads).transpose(1, 2) for x in (query, key, value))
    mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
    return mixed.transpose(1, 2).reshape(count, length, width)


class Bert(nn.Module):
    """Token numbers (n, length), zero padded -> hidden states (n, length, width)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.text_width
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(config.vocabulary, width),
                "position_embeddings": nn.Embedding(config.positions, width),
                "token_type_embeddings": nn.Embedding(2, width),
                "LayerNorm": _norm(width),
            }
        )
        layers = [BertLayer(width, config.text_heads) for _ in range(config.text_layers)]
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

    def forward(self, ids: Tensor) -> Tensor:
        table = self.embeddings
        places = torch.arange(ids.shape[1], device=ids.device)
        # All tokens belong to the first sentence.
        words = table["word_embeddings"](ids) + table["token_type_embeddings"](torch.zeros_like(ids))
        x = table["LayerNorm"](words + table["position_embeddings"](places))
        seen = (ids != 0)[:, None, None]
        for layer in cast(nn.ModuleList, self.encoder["layer"]):
            x = layer(x, seen)
        return cast(Tensor, x)


class BertLayer(nn.Module):
    """Attention and a two-layer network, each added to its input, then normalised."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        parts = {name: nn.Linear(width, width) for name in ("query", "key", "value")}
        self.attention = nn.ModuleDict({"self": nn.ModuleDict(parts), "output": _closing(width, width)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, 4 * width)})
        self.output = _closing(4 * width, width)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        parts = cast(nn.ModuleDict, self.attention["self"])
        mixed = attend(parts["query"](x), parts["key"](x), parts["value"](x), self.heads, seen)
        x = _closed(cast(nn.ModuleDict, self.attention["output"]), mixed, x)
        return _closed(self.output, F.gelu(self.intermediate["dense"](x)), x)


def _norm(width: int) -> nn.LayerNorm:
    return nn.LayerNorm(width, eps=1e-12)


def _closing(inputs: int, width: int) -> nn.ModuleDict:
    return nn.ModuleDict({"dense": nn.Linear(inputs, width), "LayerNorm": _norm(width)})


def _closed(end: nn.ModuleDict, x: Tensor, before: Tensor) -> Tensor:
    return cast(Tensor, end["LayerNorm"](end["dense"](x) + before))
