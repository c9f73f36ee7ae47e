"""Image classifiers to train: the architectures of the paper's Table 3 and a few more, by timm's implementations."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sscore.errors import BadOption


@dataclass(frozen=True, slots=True)
class Architecture:
    """title: as the paper writes it; timm: its name there ("" for our own); table_3: whether the paper compares it."""

    title: str
    timm: str
    table_3: bool = True


ARCHITECTURES = {
    "convnext-b": Architecture("ConvNeXt-B", "convnext_base"),
    "cspresnext-50": Architecture("CSPResNeXt-50", "cspresnext50"),
    "densenet-201": Architecture("DenseNet-201", "densenet201"),
    "hrnet-w40": Architecture("HRNet-W40", "hrnet_w40"),
    "inceptionnext-b": Architecture("InceptionNeXt-B", "inception_next_base"),
    "inception-v4": Architecture("Inception-v4", "inception_v4"),
    "regnetx-16gf": Architecture("RegNetX-16GF", "regnetx_160"),
    "resnet-152": Architecture("ResNet-152", "resnet152"),
    "resnext-101": Architecture("ResNeXt-101-64x4d", "resnext101_64x4d"),
    "seresnet-152d": Architecture("SEResNet-152d", "seresnet152d"),
    "swin-v2-b": Architecture("Swin V2-B", "swinv2_base_window8_256"),
    "vgg-19": Architecture("VGG-19", "vgg19"),
    "xception": Architecture("Xception", "legacy_xception"),
    "resnet50v2": Architecture("ResNet50V2", "resnetv2_50", table_3=False),
    "resnet-50": Architecture("ResNet-50", "resnet50", table_3=False),
    "resnet-20": Architecture("ResNet-20", "", table_3=False),
    "convnext-t": Architecture("ConvNeXt-T", "convnext_tiny", table_3=False),
}


def title_of(name: str) -> str:
    return ARCHITECTURES[name].title if name in ARCHITECTURES else name


def build(name: str, classes: int, px: int, *, dropout: float = 0.0, pretrained: bool = False) -> ImageNet:
    """The network of a key of ARCHITECTURES, or of any model timm knows, with a head for so many classes.

    px: side of the input; pretrained: with timm's ImageNet weights (downloaded or from its cache). Raises BadOption for
    a name nobody knows or weights that cannot be had; other errors of a download pass as BadOption too.
    """
    import timm

    known = ARCHITECTURES.get(name)
    if known is not None and not known.timm:
        if pretrained:
            raise BadOption(f"there are no pre-trained weights of {known.title}", remedy="train it from scratch")
        return ImageNet(ResNet20(classes, dropout))
    timm_name = known.timm if known else name
    if not timm.is_model(timm_name):
        names = ", ".join(ARCHITECTURES)
        raise BadOption(f"there is no architecture {name!r}", remedy=f"choose {names}, or a name that timm knows")
    # Only transformers are laid out for one size of image.
    sized: dict[str, Any] = {"img_size": px} if "swin" in timm_name or "vit" in timm_name else {}
    # Without a network it would tell each of its attempts; what came of them is said below.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        net = timm.create_model(timm_name, pretrained, num_classes=classes, drop_rate=dropout, **sized)
    except Exception as error:
        if not pretrained:
            raise BadOption(f"{title_of(name)} cannot be built for {px} px: {error}") from error
        raise BadOption(
            f"the pre-trained weights of {title_of(name)} cannot be had: {str(error).splitlines()[0][:120]}",
            remedy="give them as a file with --start, or leave --pretrained out",
        ) from error
    return ImageNet(net)


class ImageNet(nn.Module):
    """Images float (n, 3, px, px) -> class logits (n, classes), features (n, d) that the last layer sees (in training
    the logits again)."""

    def __init__(self, body: Any) -> None:
        super().__init__()
        self.body = body

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        found = self.body.forward_features(image)
        logits = self.body.forward_head(found)
        # In training nobody asks for the features.
        return logits, logits if self.training else self.body.forward_head(found, pre_logits=True)

    @property
    def colours(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and spread of the colours 0..1 that the pre-trained weights expect, ImageNet's where nothing is said."""
        told = getattr(self.body, "pretrained_cfg", None) or {}
        return tuple(told.get("mean", (0.485, 0.456, 0.406))), tuple(told.get("std", (0.229, 0.224, 0.225)))

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the layers that depend on the classes."""
        told = (getattr(self.body, "pretrained_cfg", None) or {}).get("classifier", "fc")
        return tuple(f"body.{name}" for name in ([told] if isinstance(told, str) else told))


class ResNet20(nn.Module):
    """The small residual network of He et al., 2016 ("Deep residual learning", section 4.2): three stages of three
    blocks of 16, 32 and 64 channels; shortcuts without weights. 0.27 million parameters."""

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(3, 16), nn.BatchNorm2d(16), nn.ReLU())
        widths = [16] * 3 + [32] * 3 + [64] * 3
        self.blocks = nn.Sequential(*(_Block(a, b) for a, b in zip([16, *widths], widths, strict=False)))
        self.drop = nn.Dropout(dropout)
        self.fc = nn.Linear(64, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward_features(self, image: Tensor) -> Tensor:
        return cast(Tensor, self.blocks(self.stem(image)))

    def forward_head(self, found: Tensor, pre_logits: bool = False) -> Tensor:
        pooled = self.drop(found.mean((2, 3)))
        return pooled if pre_logits else cast(Tensor, self.fc(pooled))


class _Block(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.more = after - before
        self.conv1, self.bn1 = _conv(before, after, 2 if self.more else 1), nn.BatchNorm2d(after)
        self.conv2, self.bn2 = _conv(after, after), nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        found = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.more:  # fewer pixels, and the new channels begin with nothing
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.more))
        return torch.relu(found + x)


def _conv(before: int, after: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, stride, 1, bias=False)
