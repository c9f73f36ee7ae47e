"""Image encoder of EdgeSAM: RepViT-m1 with the last two stages fused to SAM's embedding.

Written from the papers (Wang et al., "RepViT", CVPR 2024; Zhou et al., "EdgeSAM", 2023) and the key names and shapes of
the published checkpoints, which hold the training form: convolution and batch norm apart, branches apart.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_WIDTHS = (48, 96, 192, 384)
_BLOCKS = (3, 4, 16, 3)
"""Per stage, the halving block that begins all but the first included."""


class ConvNorm(nn.Sequential):
    """Convolution `c` without bias, batch norm `bn`."""

    def __init__(self, inputs: int, outputs: int, size: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.add_module("c", nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False))
        self.add_module("bn", nn.BatchNorm2d(outputs))


class Depthwise(nn.Module):
    """3x3 and 1x1 depthwise convolutions and the identity, added."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = ConvNorm(width, width, 3, groups=width)
        self.conv1 = ConvNorm(width, width, 1, groups=width)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.conv(x) + self.conv1(x) + x)


class SqueezeExcite(nn.Module):
    """Channel attention; the bottleneck is a quarter of the width, rounded to a multiple of 8, never much smaller."""

    def __init__(self, width: int) -> None:
        super().__init__()
        inner = max(8, int(width / 4 + 4) // 8 * 8)
        inner += 8 if inner < 0.9 * width / 4 else 0
        self.fc1 = nn.Conv2d(width, inner, 1)
        self.fc2 = nn.Conv2d(inner, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True))))
        return cast(Tensor, x * weight.sigmoid())


class Residual(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.m = inner

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, x + self.m(x))


class Block(nn.Module):
    """Mix pixels (depthwise, halving with stride 2), then channels."""

    def __init__(self, inputs: int, outputs: int, stride: int, attention: bool) -> None:
        super().__init__()
        attend = SqueezeExcite(inputs) if attention else nn.Identity()
        if stride == 2:
            halve = ConvNorm(inputs, inputs, 3, 2, groups=inputs)
            self.token_mixer = nn.Sequential(halve, attend, ConvNorm(inputs, outputs))
        else:
            self.token_mixer = nn.Sequential(Depthwise(inputs), attend)
        wide = 2 * outputs
        self.channel_mixer = Residual(nn.Sequential(ConvNorm(outputs, wide), nn.GELU(), ConvNorm(wide, outputs)))

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.channel_mixer(self.token_mixer(x)))


class LayerNorm2d(nn.Module):
    """Layer norm over the channels of (n, c, h, w)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean(1, keepdim=True)
        scaled = centred / torch.sqrt(centred.pow(2).mean(1, keepdim=True) + 1e-6)
        return self.weight[:, None, None] * scaled + self.bias[:, None, None]


class Upsampled(nn.Module):
    """1x1 convolution, then twice the resolution (bicubic, as in the published PyTorch code; its ONNX exports use
    bilinear and give other masks)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.op_list = nn.ModuleList([nn.Conv2d(inputs, outputs, 1, bias=False)])

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(self.op_list[0](x), scale_factor=2.0, mode="bicubic", align_corners=False)


class RepViT(nn.Module):
    """forward(x float (n, 3, 1024, 1024)) -> image embedding float (n, 256, 64, 64)."""

    img_size = 1024
    """What SAM's own predictor asks an encoder for."""

    def __init__(self) -> None:
        super().__init__()
        first = _WIDTHS[0]
        stem = nn.Sequential(ConvNorm(3, first // 2, 3, 2), nn.GELU(), ConvNorm(first // 2, first, 3, 2))
        layers: list[nn.Module] = [stem]
        self._ends: list[int] = []
        width = first
        for stage, (outputs, count) in enumerate(zip(_WIDTHS, _BLOCKS, strict=True)):
            if stage:
                layers.append(Block(width, outputs, 2, attention=False))
            # Of the blocks that keep the resolution every other one has channel attention, but never the last.
            keep = count - (1 if stage else 0)
            layers += [Block(outputs, outputs, 1, attention=k % 2 == 0 and k < keep - 1) for k in range(keep)]
            width = outputs
            self._ends.append(len(layers) - 1)
        self.features = nn.ModuleList(layers)
        self.fuse_stage2 = nn.Conv2d(_WIDTHS[2], 256, 1, bias=False)
        self.fuse_stage3 = Upsampled(_WIDTHS[3], 256)
        self.neck = nn.Sequential(
            nn.Conv2d(256, 256, 1, bias=False),
            LayerNorm2d(256),
            nn.Conv2d(256, 256, 3, padding=1, bias=False),
            LayerNorm2d(256),
        )

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number in self._ends[2:]:
                kept.append(x)
        return cast(Tensor, self.neck(self.fuse_stage2(kept[0]) + self.fuse_stage3(kept[1])))
