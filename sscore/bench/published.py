"""The authors' own code on the very weights that ours runs, in float32 torch: what `ssc bench` measures beside ours."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from PIL import Image

from sscore import catalogue
from sscore.types import Box, ByteArray, FloatArray, ModelCard

SAM = ("sam", "sam_hq", "mobile_sam", "edge_sam")
"""Families whose authors' predictors are in packages that this program needs anyway."""

CN_CLIP_INSTALL = "pip install --no-deps cn-clip six"
"""Without its dependencies: it pins an lmdb that only its training needs and that newer Pythons cannot install."""

_STRUCTURES = {
    "rn50": "RN50@RBT3-chinese",
    "vit_b_16": "ViT-B-16@RoBERTa-wwm-ext-base-chinese",
    "vit_l_14": "ViT-L-14@RoBERTa-wwm-ext-base-chinese",
    "vit_l_14_336": "ViT-L-14-336@RoBERTa-wwm-ext-base-chinese",
    "vit_h_14": "ViT-H-14@RoBERTa-wwm-ext-large-chinese",
}
"""Variant -> both towers under the authors' names."""


class SamPredictor:
    """`SamPredictor` and `SamAutomaticMaskGenerator`. untrained: with random weights."""

    def __init__(self, card: ModelCard, points_per_side: int, untrained: bool) -> None:
        from sscore.models import checkpoints
        from sscore.models.nets import sam

        whole: Any = sam.build(card.family, card.variant)
        if not untrained:
            whole = checkpoints.fill(whole, catalogue.weight_file(card), card.family, card.variant)
        whole.train().eval().requires_grad_(False)
        if card.family == "mobile_sam":
            encode = whole.image_encoder.forward
            whole.image_encoder.forward = lambda x: encode(x)[0]
        package: Any = sam.hq_package() if card.family == "sam_hq" else import_module("segment_anything")
        self._predictor = package.SamPredictor(whole)
        self._everything = package.SamAutomaticMaskGenerator(whole, points_per_side=points_per_side)
        self._high_quality = card.family == "sam_hq"

    def encode(self, rgb: ByteArray) -> Callable[[], Any]:
        return lambda: self._predictor.set_image(rgb)

    def predict(self, rgb: ByteArray, box: Box) -> Callable[[], Any]:
        self._predictor.set_image(rgb)
        corners = np.array(box.as_tuple())
        return lambda: self._predictor.predict(box=corners, multimask_output=True)

    def everything(self, rgb: ByteArray) -> Callable[[], Any]:
        more = {"multimask_output": True} if self._high_quality else {}
        return lambda: self._everything.generate(rgb, **more)


class ClipPackage:
    """The image side of cn-clip, as its README calls it: its own preprocessing, `encode_image`, unit length.

    untrained: with the random weights of `sscore.models.cn_clip.network`. Raises ImportError where it is not installed.
    """

    def __init__(self, card: ModelCard, untrained: bool) -> None:
        package: Any = import_module("cn_clip.clip.utils")
        from sscore.models import cn_clip

        net = cn_clip.network(card, None if untrained else catalogue.weight_file(card))
        with contextlib.redirect_stdout(io.StringIO()):  # it prints its configuration
            model = package.create_model(_STRUCTURES[card.variant], {"state_dict": net.state_dict()})
        self._model = model.float().eval()
        self._prepare = package.image_transform(card.input_px)

    def features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, d) of unit length, of crops uint8 (h, w, 3), all in one batch."""
        import torch

        with torch.no_grad():
            photos = torch.stack([self._prepare(Image.fromarray(crop)) for crop in crops])
            found = self._model.encode_image(photos)
            found /= found.norm(dim=-1, keepdim=True)
        return np.asarray(found.numpy(), np.float32)
