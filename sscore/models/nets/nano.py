"""Networks of the embedded models: dense 3x3 convolutions, which train and run fast on ordinary CPUs.

Torch modules only: no files, no devices, no image sizes other than those of the tensors they are given.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PROMPT_CHANNELS = 6
"""box, positive small, positive wide, negative small, negative wide, previous mask (see sscore.models.nano)."""


class ConvNorm(nn.Sequential):
    """3x3 convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
        )


class Stage(nn.Module):
    """Halve the resolution, then residual convolutions."""

    def __init__(self, inputs: int, outputs: int, convs: int = 1) -> None:
        super().__init__()
        self.down = ConvNorm(inputs, outputs, 2)
        self.convs = nn.ModuleList(ConvNorm(outputs, outputs) for _ in range(convs))

    def forward(self, x: Tensor) -> Tensor:
        x = self.down(x)
        for conv in self.convs:
            x = x + conv(x)
        return x


class Merge(nn.Module):
    """Bring the coarse features up to the skip connection's resolution and mix both (sum, not concatenation: cheaper
    where the pixels are many)."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.project = nn.Sequential(nn.Conv2d(coarse, fine, 1, bias=False), nn.BatchNorm2d(fine))
        self.conv = ConvNorm(fine, fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        x = F.interpolate(self.project(coarse), scale_factor=2.0, mode="nearest") + fine
        return torch.add(x, self.conv(x))


class NanoNet(nn.Module):
    """U-Net from a crop with prompt maps to mask logits and predicted IoU.

    forward(x float (n, 3 + 6, s, s), s divisible by 32) -> logits float (n, 1, s, s), predicted IoU float (n,) 0..1.
    """

    def __init__(self, widths: tuple[int, ...] = (24, 48, 96, 160, 256), convs: tuple[int, ...] = (1, 1, 2, 2)) -> None:
        super().__init__()
        self.stem = ConvNorm(3 + PROMPT_CHANNELS, widths[0], 2)
        self.stem_conv = ConvNorm(widths[0], widths[0])
        self.stages = nn.ModuleList(Stage(a, b, n) for a, b, n in zip(widths[:-1], widths[1:], convs, strict=True))
        self.context = nn.Linear(widths[-1], widths[-1])
        self.merges = nn.ModuleList(Merge(b, a) for a, b in zip(widths[-2::-1], widths[:0:-1], strict=True))
        # Four logits a coarse pixel, shuffled to the crop's own resolution.
        self.head = nn.Conv2d(widths[0], 4, 3, padding=1)
        self.quality = nn.Sequential(
            nn.Linear(widths[-1] + widths[0] + 2, 128), nn.ReLU(inplace=True), nn.Linear(128, 1)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x, pooled = self.features(x)
        coarse = self.head(x)
        logits = F.pixel_shuffle(coarse, 2)
        # The quality head judges a finished mask: it may look at it, but must not bend it to its own advantage.
        weight = coarse.mean(1, keepdim=True).sigmoid().detach()
        mass = weight.mean((2, 3))
        inside = (x.detach() * weight).mean((2, 3)) / (mass + 1e-4)
        doubt = (weight * (1 - weight)).mean((2, 3)) / (mass + 1e-4)
        judged = torch.cat([pooled, inside, mass, doubt], 1)
        return logits, self.quality(judged)[:, 0].sigmoid()

    def features(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x as in `forward` -> float (n, widths[0], s / 2, s / 2), and the whole crop's (n, widths[-1])."""
        x = self.stem(x)
        skips = [x + self.stem_conv(x)]
        for stage in self.stages:
            skips.append(stage(skips[-1]))
        x = skips[-1]
        # What the whole crop looks like, told to every position: the deepest convolutions do not see across it.
        pooled = x.mean((2, 3))
        x = x + self.context(pooled)[:, :, None, None]
        for merge, skip in zip(self.merges, skips[-2::-1], strict=True):
            x = merge(x, skip)
        return x, pooled


class TrainedNano(nn.Module):
    """A `NanoNet` that has learnt, with the same answers from fewer steps.

    The head makes 4 x 4 logits at a time, as processors compute sixteen numbers at once and would compute four with
    twelve for nothing; what lies inside the mask is one multiplication of matrices. forward: see `NanoNet`.
    """

    mean: Tensor

    def __init__(self, net: NanoNet) -> None:
        super().__init__()
        self.net = net
        self.head = nn.Conv2d(net.head.in_channels, 16, 4, 2, 1)
        weight, mean = torch.zeros_like(self.head.weight), torch.zeros(4, 16, 1, 1)
        for row in range(4):
            for column in range(4):
                place, own = 4 * row + column, 2 * (row % 2) + column % 2
                y, x = row // 2, column // 2  # of the four coarse pixels, the one that this logit belongs to
                weight[place, :, y : y + 3, x : x + 3] = net.head.weight[own]
                mean[2 * y + x, place] = 0.25
        assert net.head.bias is not None
        self.head.load_state_dict({"weight": weight, "bias": net.head.bias.reshape(2, 2).repeat(2, 2).flatten()})
        self.register_buffer("mean", mean)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x, pooled = self.net.features(x)
        logits = self.head(x)
        weight = F.pixel_shuffle(F.conv2d(logits, self.mean).sigmoid(), 2).flatten(1)
        mass = weight.mean(1, keepdim=True)
        share = (weight / (weight.shape[1] * (mass + 1e-4)))[:, None]
        inside = torch.matmul(share, x.permute(0, 2, 3, 1).flatten(1, 2))[:, 0]
        doubt = (weight * (1 - weight)).mean(1, keepdim=True) / (mass + 1e-4)
        judged = torch.cat([pooled, inside, mass, doubt], 1)
        return F.pixel_shuffle(logits, 4), self.net.quality(judged)[:, 0].sigmoid()


class NanoClsNet(nn.Module):
    """Residual classifier of mask crops. Its layers up to the last stage are those of `NanoNet`, by name and shape, so
    that it can begin with what the segmenter has learnt of steel.

    forward(x float (n, 4, h, w): RGB and mask; the piece in the upper half, its ends close up in the lower)
    -> class logits float (n, k), features float (n, d) of unit length.
    """

    def __init__(self, classes: int, features: int = 128) -> None:
        super().__init__()
        self.stem = ConvNorm(4, 24, 2)
        self.stem_conv = ConvNorm(24, 24)
        self.stages = nn.ModuleList([Stage(24, 48), Stage(48, 96), Stage(96, 160, 2), Stage(160, 224)])
        self.embed = nn.Linear(4 * 224, features)
        self.classify = nn.Linear(features, classes)

    def begin_with(self, learnt: dict[str, Tensor]) -> None:
        """Take over the layers that another network has under the same names and in the same shapes; of the
        segmenter's inputs the colours and the previous mask."""
        own = self.state_dict()
        stem = learnt.get("stem.0.weight")
        if stem is not None and stem.shape[1] == 3 + PROMPT_CHANNELS:
            learnt = learnt | {"stem.0.weight": stem[:, [0, 1, 2, 2 + PROMPT_CHANNELS]]}
        own.update({name: value for name, value in learnt.items() if name in own and own[name].shape == value.shape})
        self.load_state_dict(own)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        n = x.shape[0]
        # Both halves go through the same layers, and do not bleed into each other.
        x = torch.cat(x.chunk(2, 2))
        x = self.stem(x)
        x = x + self.stem_conv(x)
        for stage in self.stages:
            x = stage(x)
        # Mean says what it is made of, maximum that a telling part (an end, an edge) was seen somewhere.
        pooled = torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)
        features = self.embed(torch.cat([pooled[:n], pooled[n:]], 1))
        return self.classify(F.relu(features)), F.normalize(features, dim=1)
