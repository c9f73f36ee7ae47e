"""What a classifier said of pieces, kept on disk: naming them again, by other words, asks no image network.

One file a photo, classifier and view, named by digests: of the pixels, the mask, the weights. So nothing has to be
invalidated; the cache folder may be deleted at any time, and a full disk costs only time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from sscore import __version__, images, paths
from sscore.naming import ranked
from sscore.types import ByteArray, Classifier, FloatArray, LabelNames, Mask, Scores

_MOST = 4096
"""Vectors kept of one photo: masks that were changed leave theirs behind."""

_CROP_BYTES_AT_ONCE = 256 * 2**20


@runtime_checkable
class NamesFeatures(Protocol):
    """A classifier whose answer follows from its features: other words or classes need no second look at a crop."""

    def scores_of(self, features: FloatArray, labels: LabelNames) -> list[Scores]:
        """features: float32 (n, d), as `features` gives them."""
        ...


class Answers:
    """A classifier as the cache knows it: a vector for each crop, from which the names follow. It is the features
    where the classifier can name features, else its probabilities over these labels."""

    def __init__(self, classifier: Classifier, labels: LabelNames, *, features: bool | None = None) -> None:
        """features: True where those are wanted, whether they name anything or not."""
        self.classifier = classifier
        self.labels = labels
        self.features = isinstance(classifier, NamesFeatures) if features is None else features

    @property
    def key(self) -> str:
        """Of weights and program; "" where the weights' digest is not known: then nothing is kept."""
        # A head's features are those of the model it stands on.
        card = (getattr(self.classifier, "base", self.classifier) if self.features else self.classifier).card
        if not card.sha256:
            return ""
        words = [card.family, card.sha256, str(card.input_px), getattr(self.classifier, "engine", ""), __version__]
        words += ["features"] if self.features else ["chances", *self.labels.keys]
        return f"{card.family}-{hashlib.sha256('|'.join(words).encode()).hexdigest()[:20]}"

    def describe(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, d) of crops uint8 (h, w, 3)."""
        if self.features:
            return self.classifier.features(crops)
        keys = self.labels.keys
        rows = [[scores.of(key) for key in keys] for scores in self.classifier.scores(crops, self.labels)]
        return np.array(rows, np.float32).reshape(len(rows), len(keys))

    def scores(self, vectors: FloatArray) -> list[Scores]:
        """Names of what `describe` gave. Raises TypeError for features that name nothing."""
        if not self.features:
            return [ranked(self.labels.keys, row) for row in vectors]
        if not isinstance(self.classifier, NamesFeatures):
            raise TypeError(f"{self.classifier.card.id} cannot name features")
        return self.classifier.scores_of(vectors, self.labels)


class FeatureStore:
    """Vectors of pieces on disk, in `place` (default: the cache folder). Safe for several processes: the last to write
    a photo's file wins, and what it lacks is made again."""

    def __init__(self, place: Path | None = None) -> None:
        self._place = place or paths.cache() / "features"

    def get(
        self,
        answers: Answers,
        view: str,
        digest: str,
        masks: Sequence[Mask],
        read: Callable[[], ByteArray],
    ) -> tuple[FloatArray, int]:
        """Vectors float32 (n, d) of masks of one photo, and how many of them had to be made.

        digest: of the photo's pixels; read: gives the photo, called only when a vector is missing. Its errors pass.
        """
        path = self._place / f"{answers.key}-{view}" / digest[:2] / f"{digest}.npz" if answers.key and digest else None
        known = _read(path) if path else {}
        keys = [mask_key(mask) for mask in masks]
        missing = [n for n, key in enumerate(keys) if key not in known]
        if missing:
            rgb = read()
            fresh = _described(answers, view, rgb, [masks[n] for n in missing])
            known |= {keys[n]: vector for n, vector in zip(missing, fresh, strict=True)}
            if path:
                _write(path, dict(list(known.items())[-_MOST:]))
        vectors = np.stack([known[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)
        return vectors, len(missing)


def mask_key(mask: Mask) -> bytes:
    """16 bytes that name the pixels of a mask and their place."""
    head = repr((mask.bits.shape, mask.left, mask.top)).encode()
    return hashlib.blake2b(head + np.packbits(mask.bits).tobytes(), digest_size=16).digest()


def _described(answers: Answers, view: str, rgb: ByteArray, masks: Sequence[Mask]) -> list[FloatArray]:
    found: list[FloatArray] = []
    crops: list[ByteArray] = []
    for mask in masks:
        crops.append(images.crop(rgb, mask, view))
        if sum(crop.nbytes for crop in crops) > _CROP_BYTES_AT_ONCE:
            found += list(answers.describe(crops))
            crops = []
    return found + (list(answers.describe(crops)) if crops else [])


def _read(path: Path) -> dict[bytes, FloatArray]:
    """What a file holds; nothing when it is missing or damaged."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
        return {}
    good = keys.ndim == 2 and keys.shape[1] == 16 and vectors.ndim == 2 and vectors.dtype == np.float32
    if not good or len(keys) != len(vectors) or not np.isfinite(vectors).all():
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def _write(path: Path, known: dict[bytes, FloatArray]) -> None:
    buffer = io.BytesIO()
    keys = np.frombuffer(b"".join(known), np.uint8).reshape(-1, 16)
    np.savez(buffer, keys=keys, vectors=np.stack(list(known.values())).astype(np.float32))
    with contextlib.suppress(OSError):  # a full or read-only disk costs only the time saved
        paths.write_atomic(path, buffer.getvalue())
