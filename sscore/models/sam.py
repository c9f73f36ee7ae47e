"""SAM-B, SAM-L, SAM-H and every segmenter built like them: one encoding a photo, then masks by prompts.

Numbers are those of the published `SamPredictor`: the photo is scaled by Pillow's bilinear filter to 1024 px on its
long side, normalised, then padded; points lie half a pixel in; one padding point is added when there is no box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PIL import Image

from sscore import catalogue, images
from sscore.models import checkpoints, weights
from sscore.models.engines import Input, Runner, open_runner
from sscore.models.export import Part
from sscore.models.prompt_check import checked
from sscore.models.upscale import INPUT_SIDE, mask_of, seen_size
from sscore.types import (
    LOGITS_SIDE,
    ByteArray,
    Candidate,
    Embedding,
    FloatArray,
    ModelCard,
    Progress,
    Prompt,
    frozen,
)

if TYPE_CHECKING:
    from torch import nn

_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_SPREAD = np.array([58.395, 57.12, 57.375], np.float32)
_PROMPTS_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the decoder said to n prompts: logits float32 (n, c, 256, 256), score float32 (n, c), the model's own output
    numbers (n, c)."""

    logits: FloatArray
    scores: FloatArray
    index: np.ndarray[Any, np.dtype[np.intp]]


Choose = Callable[[FloatArray, FloatArray, bool], Answers]
"""(all logits, all predicted IoU, multimask) -> the outputs that the published predictor would return."""


def sam_choice(logits: FloatArray, scores: FloatArray, multimask: bool) -> Answers:
    """SAM: the three masks for ambiguous prompts, or the single one."""
    outputs = np.arange(1, 4) if multimask else np.arange(1)
    return Answers(logits[:, outputs], scores[:, outputs], np.tile(outputs - outputs[0], (len(logits), 1)))


class Networks(Protocol):
    """What a segmenter runs. encoder_digest: of the weights that embeddings depend on."""

    @property
    def encoder_digest(self) -> str: ...
    @property
    def encoder(self) -> Runner: ...
    @property
    def decoder(self) -> Runner: ...
    @property
    def refiner(self) -> Runner: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Networks that are there already."""

    encoder_digest: str
    encoder: Runner
    decoder: Runner
    refiner: Runner


class SamSegmenter:
    """See `sscore.types.Segmenter`. rank: what candidates are ordered by, where that is not their predicted IoU."""

    def __init__(
        self,
        card: ModelCard,
        net: Networks,
        choose: Choose = sam_choice,
        *,
        rank: Callable[[FloatArray], float] | None = None,
    ) -> None:
        self.card = card
        self._net = net
        self._choose = choose
        self._rank = rank

    @property
    def engine(self) -> str:
        return self._net.encoder.engine

    def with_decoder(self, decoder: Runner, refiner: Runner) -> SamSegmenter:
        """The same encoder and rules with another decoder, as one in training; refiner: it with a mask to refine."""
        net = Parts(self._net.encoder_digest, self._net.encoder, decoder, refiner)
        return SamSegmenter(self.card, net, self._choose, rank=self._rank)

    def encode(self, rgb: ByteArray) -> Embedding:
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
            raise ValueError(f"image must be uint8 (H, W, 3), not {rgb.dtype} {rgb.shape}")
        arrays = self._net.encoder(network_input(rgb))
        named = dict(zip(("image", "fine"), (frozen(x) for x in arrays), strict=False))
        return Embedding(self.key(images.digest(rgb)), (rgb.shape[0], rgb.shape[1]), named)

    def key(self, image_digest: str) -> str:
        """Of the embedding that `encode` makes of the photo with this digest; "" with untrained weights, which no two
        networks share."""
        digest = self._net.encoder_digest
        return "" if not digest else f"{image_digest}:sam-{INPUT_SIDE}:{digest}:{self.engine}"

    def predict(self, embedding: Embedding, prompt: Prompt, *, multimask: bool = True) -> tuple[Candidate, ...]:
        return self.predict_many(embedding, [prompt], multimask=multimask)[0]

    def predict_many(
        self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool = True
    ) -> list[tuple[Candidate, ...]]:
        prompts = [checked(prompt, embedding.image_hw) for prompt in prompts]
        # Prompts of the same make go through the decoder together.
        groups: dict[tuple[int, bool, bool], list[int]] = {}
        for number, prompt in enumerate(prompts):
            kind = (len(prompt.points), prompt.box is not None, prompt.logits is not None)
            groups.setdefault(kind, []).append(number)
        out: list[tuple[Candidate, ...]] = [()] * len(prompts)
        for numbers in groups.values():
            for start in range(0, len(numbers), _PROMPTS_AT_ONCE):
                part = numbers[start : start + _PROMPTS_AT_ONCE]
                answers = self.answers(embedding, [prompts[i] for i in part], multimask=multimask)
                for row, number in enumerate(part):
                    out[number] = self._candidates(answers, row, embedding.image_hw)
        return out

    def answers(self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool) -> Answers:
        """The decoder's own outputs to prompts of the same make (as many points, box or not, mask or not)."""
        given = [embedding.arrays[name] for name in ("image", "fine") if name in embedding.arrays]
        points, labels = prompt_tokens(prompts, embedding.image_hw)
        if prompts[0].logits is None:
            logits, scores = self._net.decoder(*given, points, labels)
        else:
            masks = np.stack([prompt.logits for prompt in prompts if prompt.logits is not None])[:, None]
            logits, scores = self._net.refiner(*given, points, labels, masks)
        return self._choose(logits, scores, multimask)

    def everything(
        self, rgb: ByteArray, embedding: Embedding | None = None, *, progress: Progress | None = None
    ) -> list[Candidate]:
        """All objects of a photo uint8 (H, W, 3) without a prompt, best first, see `sscore.models.automatic`."""
        from sscore.models.automatic import find_all

        found = find_all(self, rgb, embedding, score=self._rank, progress=progress)
        return [one.candidate for one in sorted(found, key=lambda one: -one.score)]

    def _candidates(self, answers: Answers, row: int, image_hw: tuple[int, int]) -> tuple[Candidate, ...]:
        found = []
        for logits, score, index in zip(answers.logits[row], answers.scores[row], answers.index[row], strict=True):
            own = np.array(logits, dtype=np.float32)
            found.append(Candidate(mask_of(own, image_hw), float(score), frozen(own), int(index)))
        rank = self._rank
        best = (lambda c: c.score) if rank is None else (lambda c: rank(c.logits))
        found.sort(key=lambda c: (c.mask is None, -best(c)))
        return tuple(found)


def network_input(rgb: ByteArray) -> FloatArray:
    """float32 (1, 3, 1024, 1024) of a photo uint8 (H, W, 3)."""
    height, width = seen_size((rgb.shape[0], rgb.shape[1]))
    if (height, width) != rgb.shape[:2]:
        rgb = np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BILINEAR))
    out = np.zeros((1, 3, INPUT_SIDE, INPUT_SIDE), np.float32)
    out[0, :, :height, :width] = ((rgb.astype(np.float32) - _MEAN) / _SPREAD).transpose(2, 0, 1)
    return out


def prompt_tokens(prompts: list[Prompt], image_hw: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Points float32 (n, k, 2) in px of the 1024 px input and labels (n, k), see nets.sam.Decoder."""
    height, width = image_hw
    seen_h, seen_w = seen_size(image_hw)
    scale = np.array([seen_w / width, seen_h / height])
    points, labels = [], []
    for prompt in prompts:
        xy = prompt.points.astype(np.float64) * scale
        kind = prompt.positive.astype(np.float32)
        if prompt.box is None:
            xy, kind = np.concatenate([xy, [[0.0, 0.0]]]), np.concatenate([kind, [-1]])
        else:
            corners = np.array(prompt.box.as_tuple()).reshape(2, 2) * scale
            xy, kind = np.concatenate([xy, corners]), np.concatenate([kind, [2, 3]])
        points.append(xy)
        labels.append(kind)
    return np.stack(points).astype(np.float32), np.stack(labels).astype(np.float32)


class Halves:
    """Encoder and decoder of one checkpoint on one engine. The second decoder, which takes a mask to refine, is made
    when it is first needed. The untransformed network is let go of once every part has been made."""

    def __init__(self, card: ModelCard, path: Path | None, *, device: str, engine: str) -> None:
        self._card, self._path, self._base = card, path, catalogue.base_file(card)
        self.digest = weights.digest(path) if path is not None else ""
        self.encoder_digest = self.digest if self._base is None else weights.digest(self._base)
        self._device, self._engine = device, engine
        self._whole: nn.Module | None = None
        self._refiner: Runner | None = None
        self.encoder = self._part(_ENCODER)
        self.decoder = self._part(_DECODER)
        self._whole = None

    @property
    def refiner(self) -> Runner:
        if self._refiner is None:
            self._refiner = self._part(_REFINER)
            self._whole = None
        return self._refiner

    def _part(self, name: str) -> Runner:
        family = "-".join(x for x in (self._card.family, self._card.variant, name) if x)
        digest = self.encoder_digest if name == _ENCODER else self.digest
        return open_runner(
            lambda: _half(name, self._network()),
            list(_inputs(self._card, name).values()),
            family,
            digest,
            device=self._device,
            engine=self._engine,
            keep=self._path is not None,
            fused=name == _ENCODER,
        )

    def _network(self) -> nn.Module:
        """With the checkpoint's weights; untrained ones, for measuring speed, when there is no checkpoint."""
        if self._whole is None:
            self._whole = network(self._card, self._path)
        return self._whole


_ENCODER, _DECODER, _REFINER = "encoder", "decoder", "refiner"


def network(card: ModelCard, path: Path | None) -> nn.Module:
    """The whole network with a checkpoint's weights, a card's base and decoder put together; untrained without one.
    Raises ModelMissing, WrongWeights."""
    from sscore.models.nets import sam

    whole = sam.build(card.family, card.variant)
    if path is None:
        return whole.train().eval()
    return checkpoints.fill(whole, path, card.family, card.variant, catalogue.base_file(card))


def _half(name: str, whole: nn.Module) -> nn.Module:
    from sscore.models.nets import sam

    return sam.Encoder(whole) if name == _ENCODER else sam.Decoder(whole, with_mask=name == _REFINER)


def _inputs(card: ModelCard, name: str) -> dict[str, Input]:
    """What goes into a part, by name and in order."""
    if name == _ENCODER:
        return {"photo": Input((1, 3, INPUT_SIDE, INPUT_SIDE))}
    given = {"image": Input((1, 256, 64, 64))}
    if card.family == "sam_hq":
        given["fine"] = Input((1, 32, LOGITS_SIDE, LOGITS_SIDE))
    given |= {"points": Input((2, 3, 2), free=(0, 1)), "labels": Input((2, 3), free=(0, 1))}
    return given | ({"mask": Input((2, 1, LOGITS_SIDE, LOGITS_SIDE), free=(0,))} if name == _REFINER else {})


def parts(card: ModelCard, path: Path) -> list[Part]:
    """The networks of a checkpoint, for `sscore.models.export`."""
    encoded = ("image", "fine") if card.family == "sam_hq" else ("image",)
    whole = network(card, path)
    return [
        Part(name, partial(_half, name, whole), _inputs(card, name), encoded if name == _ENCODER else ("logits", "iou"))
        for name in (_ENCODER, _DECODER, _REFINER)
    ]


def load(card: ModelCard, path: Path | None, *, device: str = "auto", engine: str = "auto") -> SamSegmenter:
    """Open a checkpoint of SAM or MobileSAM (see `sscore.models.load_segmenter`). Raises WrongWeights."""
    return SamSegmenter(card, Halves(card, path, device=device, engine=engine))
