"""CN-CLIP names a crop without having been trained on its classes: it compares the crop with Chinese words for each.

Numbers are those of the published zero-shot evaluation: the crop is squashed to the input's square by Pillow's bicubic
filter; the features of a class's prompts are made unit length, averaged, and made unit length again; 100 times the
cosines go through softmax.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

from sscore import images, paths
from sscore.errors import BadLabels, WrongWeights
from sscore.labels import LabelSet
from sscore.models import checkpoints, weights, wordpiece
from sscore.models.eight_bits import Trial
from sscore.models.engines import Input, Runner, open_runner
from sscore.models.export import Part
from sscore.models.sample_pieces import sample_pieces
from sscore.naming import ranked
from sscore.types import ByteArray, FloatArray, LabelNames, Mask, ModelCard, Scores

if TYPE_CHECKING:
    from sscore.models.nets.cn_clip import CnClip

SCALE = 100.0
"""What cosines are multiplied by before softmax: a constant in the published evaluation, not the trained scale."""

_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_SPREAD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
_BATCH = 32
"""Crops of one call: all of an ordinary photo; more would take gigabytes with the largest variant."""
_FORM = 1
"""Of the text features on disk: another number when what is computed from the same words changes."""


class CnClipClassifier:
    """See `sscore.types.Classifier`. It names the classes of any label set that has words for them."""

    def __init__(self, card: ModelCard, runner: Runner, texts: TextFeatures, *, view: str = "masked") -> None:
        self.card = card
        self.view = view
        self.engine = runner.engine
        self._runner = runner
        self._texts = texts

    def scores(self, crops: list[ByteArray], labels: LabelNames) -> list[Scores]:
        """Probabilities over labels.keys. Raises BadLabels when a class has no words, or a prompt is too long."""
        return self.scores_of(self.features(crops), labels)

    def scores_of(self, features: FloatArray, labels: LabelNames) -> list[Scores]:
        """As `scores`, from features float32 (n, d) of unit length."""
        if not isinstance(labels, LabelSet):
            raise BadLabels(f"{self.card.id} needs words for each class", remedy="use a label set with texts")
        return [ranked(labels.keys, row) for row in zero_shot(features, self._texts.of(labels))]

    def features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, d), unit length."""
        if not crops:  # their length is the network's to say
            return unit(self.raw_features([np.zeros((1, 1, 3), np.uint8)]))[:0]
        batches = range(0, len(crops), _BATCH)
        return np.concatenate([unit(self.raw_features(crops[at : at + _BATCH])) for at in batches])

    def raw_features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, d) as the image tower gives them, of one batch."""
        return self._runner(np.stack([network_input(crop, self.card.input_px) for crop in crops]))[0]


class TextFeatures:
    """What the text tower says of prompts. Computed once per weights and prompts, then read from the cache on disk, so
    that naming crops needs no text tower. build: makes the network; digest: of its weights."""

    def __init__(self, build: Callable[[], CnClip], digest: str) -> None:
        self._build = build
        self._digest = digest
        self._known: dict[tuple[str, ...], FloatArray] = {}
        self._lock = threading.Lock()

    def of(self, labels: LabelSet) -> FloatArray:
        """float32 (classes, d), unit length, in the order of the set. Raises BadLabels (prompt too long)."""
        wanted = [prompts_of(labels, key) for key in labels.keys]
        with self._lock:
            for prompts in wanted:
                if prompts not in self._known and (found := self._read(prompts)) is not None:
                    self._known[prompts] = found
            if missing := [prompts for prompts in dict.fromkeys(wanted) if prompts not in self._known]:
                for prompts, found in zip(missing, self._computed(missing), strict=True):
                    self._known[prompts] = found
                    self._keep(prompts, found)
            return np.stack([self._known[prompts] for prompts in wanted])

    def _computed(self, classes: list[tuple[str, ...]]) -> list[FloatArray]:
        net = self._build()  # not kept: it is large, and prompts seldom change
        return [unit(unit(text_features(net, list(prompts))).mean(0)) for prompts in classes]

    def _file(self, prompts: tuple[str, ...]) -> Path:
        words = hashlib.sha256("\0".join(prompts).encode()).hexdigest()
        return paths.cache() / "texts" / f"{self._digest[:24]}-{words[:24]}-{_FORM}.npy"

    def _read(self, prompts: tuple[str, ...]) -> FloatArray | None:
        try:
            found = np.load(self._file(prompts), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        good = found.ndim == 1 and found.dtype == np.float32 and abs(float(np.linalg.norm(found)) - 1) < 1e-3
        return found if good else None  # a damaged one is made anew

    def _keep(self, prompts: tuple[str, ...], found: FloatArray) -> None:
        buffer = io.BytesIO()
        np.save(buffer, found)
        with contextlib.suppress(OSError):  # a full or read-only disk costs only the time saved
            paths.write_atomic(self._file(prompts), buffer.getvalue())


def prompts_of(labels: LabelSet, key: str) -> tuple[str, ...]:
    """The prompts of a class as the model reads them. Raises BadLabels for one longer than its context."""
    prompts = tuple(prepared(text) for text in labels.prompts(key))
    for text in prompts:
        if (length := wordpiece.length(text)) > wordpiece.CONTEXT:
            shown = text if len(text) <= 60 else f"{text[:60]}…"
            most = wordpiece.CONTEXT
            raise BadLabels(
                f"a prompt of the class {key!r} has {length} tokens, the model reads {most} at most: {shown}",
                remedy="shorten this text or template of the label set",
            )
    return prompts


def prepared(text: str) -> str:
    """Small letters, and plain quotes, which the vocabulary has, for curly ones."""
    return text.lower().replace("\N{LEFT DOUBLE QUOTATION MARK}", '"').replace("\N{RIGHT DOUBLE QUOTATION MARK}", '"')


def text_features(net: CnClip, texts: list[str]) -> FloatArray:
    """float32 (n, d) as the text tower gives them."""
    import torch

    ids = wordpiece.tokenize(texts)
    ids = ids[:, : max(int((ids != 0).sum(1).max()), 1)]  # padding changes nothing and costs as much as words
    with torch.inference_mode():
        return cast(FloatArray, net.encode_text(torch.from_numpy(ids)).float().numpy())


def zero_shot(features: FloatArray, classes: FloatArray) -> FloatArray:
    """Unit features (n, d) and (classes, d) -> probabilities float32 (n, classes)."""
    logits = SCALE * (features.astype(np.float64) @ classes.astype(np.float64).T)
    chance = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(chance / chance.sum(1, keepdims=True), np.float32)


def unit(x: FloatArray) -> FloatArray:
    """Rows made unit length."""
    return np.asarray(x / np.linalg.norm(x, axis=-1, keepdims=True), np.float32)


def network_input(crop: ByteArray, px: int) -> FloatArray:
    """float32 (3, px, px) of a crop uint8 (h, w, 3): squashed to a square, as the model was evaluated."""
    small = Image.fromarray(crop).resize((px, px), Image.Resampling.BICUBIC)
    scaled = (np.asarray(small, np.float32) / 255 - _MEAN) / _SPREAD
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def samples(px: int) -> FloatArray:
    """float32 (n, 3, px, px): pieces of the sample scenes, by turns as they lie there and on neutral grey."""
    crops = []
    for rgb, boxes in sample_pieces():
        for number, (left, top, right, bottom) in enumerate(boxes):
            y, x = np.mgrid[-1 : 1 : (bottom - top) * 1j, -1 : 1 : (right - left) * 1j]
            piece = Mask(x * x + y * y <= 1.1 if number % 2 else np.ones(x.shape, bool), left, top)
            crops.append(network_input(images.crop(rgb, piece, "masked" if number % 2 else "context"), px))
    return np.stack(crops)


def load(card: ModelCard, path: Path | None, *, device: str = "auto", engine: str = "auto") -> CnClipClassifier:
    """Open a published checkpoint (see `sscore.models.load_classifier`); None: random weights, the same every time, for
    measuring. Raises WrongWeights."""
    digest = weights.digest(path) if path is not None else f"random-{card.variant}"
    tower = part(card, path)
    runner = open_runner(
        tower.build,
        list(tower.inputs.values()),
        "cn_clip",
        digest,
        device=device,
        engine=engine,
        keep=path is not None,
        trial=Trial(lambda: samples(card.input_px)),
    )
    return CnClipClassifier(card, runner, TextFeatures(lambda: network(card, path), digest))


def part(card: ModelCard, path: Path | None) -> Part:
    """The image tower, for `sscore.models.export`."""
    photo = Input((1, 3, card.input_px, card.input_px), free=(0,))
    return Part("image", lambda: network(card, path).visual, {"photo": photo}, ("features",))


def network(card: ModelCard, path: Path | None) -> CnClip:
    """Both towers with the weights of a file (None: random ones), in float32 and eval mode. Raises WrongWeights."""
    import torch

    from sscore.models.nets.cn_clip import CONFIGS, CnClip

    config = CONFIGS.get(card.variant)
    if config is None or config.px != card.input_px:
        known = ", ".join(f"{name} ({one.px} px)" for name, one in CONFIGS.items())
        raise WrongWeights(
            f"{card.id!r} is of the variant {card.variant!r} with input_px {card.input_px}; known are {known}",
            remedy="mend its row in the catalogue",
        )
    if path is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return CnClip(config).eval().requires_grad_(False)
    with torch.device("meta"):  # laid out, not filled: the file has every value
        net = CnClip(config)
    return cast("CnClip", checkpoints.fill(net, path, card.family, card.variant))
