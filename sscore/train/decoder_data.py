"""Samples of a decoder's training: each photo is encoded once, by the fast engine, and its embedding kept on disk.

An epoch then costs decoder time only. Memory is bounded: an epoch goes through the photos in shards, and holds the
embeddings of one shard at a time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sscore import images
from sscore.errors import DiskFull
from sscore.models.cache import EmbeddingCache
from sscore.models.sam import SamSegmenter, prompt_tokens
from sscore.train.decoder_net import Sample
from sscore.train.decoder_prompts import DecoderRecipe, coverage, draw, mirrored
from sscore.train.instances import Shot
from sscore.types import ByteArray, Embedding, FloatArray, Mask, Progress, Prompt

SHARD = 64
"""Photos whose embeddings are in memory together: 4 MB each, 12 MB for SAM-HQ."""

_HELD_BYTES = 2_000_000_000
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Ask:
    """A sample to come: which instance, -1 for a point on none; seed: of all that is drawn for it."""

    shot: int
    number: int
    flip: bool
    seed: tuple[int, ...]


class Embeddings:
    """The embeddings of photos, mirrored ones too. They come from the cache; what the disk does not take is held in
    memory as half precision, up to a limit."""

    def __init__(self, segmenter: SamSegmenter, shots: Sequence[Shot], cache: EmbeddingCache | None = None) -> None:
        self._segmenter, self._shots = segmenter, shots
        self._cache = cache or EmbeddingCache(ram_bytes=0)
        self._keys: dict[tuple[int, bool], str] = {}
        self._held: dict[str, dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float16]]]] = {}
        self._recent: OrderedDict[tuple[int, bool], Embedding] = OrderedDict()
        self.encoded = 0

    def prepare(self, *, flips: bool, progress: Progress | None = None) -> None:
        """Make those that are not there yet. Raises BadImage, BadDataset, DiskFull, and what the progress raises."""
        views = [(n, flip) for n in range(len(self._shots)) for flip in ([False, True] if flips else [False])]
        for done, (number, flip) in enumerate(views, start=1):
            rgb = self._photo(number, flip)
            digest = images.digest(rgb)
            self.encoded += not self._cache.has(self._segmenter, digest)
            embedding = self._cache.get(self._segmenter, rgb, digest)
            self._keys[number, flip] = embedding.key
            if not self._cache.store.has(embedding.key):
                self._hold(embedding)
            if progress:
                progress(done, len(views))

    def get(self, number: int, flip: bool = False) -> Embedding:
        """Of the photo with this number; encoded again only if somebody emptied the cache meanwhile."""
        if (number, flip) in self._recent:
            self._recent.move_to_end((number, flip))
            return self._recent[number, flip]
        found = self._stored(number, flip) or self._cache.get(self._segmenter, self._photo(number, flip))
        self._recent[number, flip] = found
        if len(self._recent) > SHARD:
            self._recent.popitem(last=False)
        return found

    def _stored(self, number: int, flip: bool) -> Embedding | None:
        key = self._keys[number, flip]
        if key in self._held:
            shot = self._shots[number]
            wide = {name: array.astype(np.float32) for name, array in self._held[key].items()}
            return Embedding(key, (shot.height, shot.width), wide)
        return self._cache.store.read(key)

    def _photo(self, number: int, flip: bool) -> ByteArray:
        rgb = self._shots[number].read()
        return np.ascontiguousarray(rgb[:, ::-1]) if flip else rgb

    def _hold(self, embedding: Embedding) -> None:
        self._held[embedding.key] = {name: array.astype(np.float16) for name, array in embedding.arrays.items()}
        held = sum(array.nbytes for arrays in self._held.values() for array in arrays.values())
        if held > _HELD_BYTES:
            raise DiskFull(
                "the embeddings of these photos find no place in the cache",
                path=self._cache.store.place,
                remedy="free some space, or raise SSC_EMBEDDINGS_GB; SSC_CACHE names another folder",
            )


def epoch(shots: Sequence[Shot], recipe: DecoderRecipe, number: int) -> list[list[Ask]]:
    """Batches of an epoch: every instance once, photos in shards, and among them the rehearsals. The same for the same
    seed and number."""
    rng = np.random.default_rng((recipe.seed, number))
    asks: list[Ask] = []
    photos = rng.permutation(len(shots))
    for start in range(0, len(photos), SHARD // 2):
        part = photos[start : start + SHARD // 2]
        shard = [(int(n), k) for n in part for k in range(len(shots[n].masks))]
        shard += [(int(n), -1) for n in rng.choice(part, rng.binomial(len(shard), recipe.rehearse))]
        for place in rng.permutation(len(shard)):
            flip = bool(recipe.flips and rng.random() < 0.5)
            shot, instance = shard[place]
            asks.append(Ask(shot, instance, flip, (recipe.seed, number, len(asks))))
    return [asks[start : start + recipe.batch] for start in range(0, len(asks), recipe.batch)]


def sample(ask: Ask, shot: Shot, embedding: Embedding, recipe: DecoderRecipe) -> Sample:
    """What was asked for, drawn. embedding: of the photo, mirrored if that was asked."""
    rng = np.random.default_rng(ask.seed)
    if ask.number < 0:
        prompt, truth = Prompt(points=_beside_all(shot, ask.flip, rng), positive=np.ones(1, np.bool_)), None
    else:
        mask = shot.masks[ask.number]
        mask = mirrored(mask, shot.width) if ask.flip else mask
        prompt = draw(mask, embedding.image_hw, recipe, rng)
        truth = coverage(mask, embedding.image_hw)
    points, labels = prompt_tokens([prompt], embedding.image_hw)
    given = tuple(np.array(embedding.arrays[name]) for name in ("image", "fine") if name in embedding.arrays)
    return Sample(given, points, labels, truth, (*ask.seed, 1))


def _beside_all(shot: Shot, flip: bool, rng: np.random.Generator) -> FloatArray:
    """xy float32 (1, 2) of a pixel on no instance, or of any where hardly one is free: on what was annotated there is
    an answer to learn, and to hold the old one would work against it."""
    for _ in range(_TRIES):
        x, y = (int(value) for value in rng.uniform(0, [shot.width, shot.height]))
        column = shot.width - 1 - x if flip else x
        if not any(_holds(mask, column, y) for mask in shot.masks):
            break
    return np.array([[x, y]], np.float32)


def _holds(mask: Mask, x: int, y: int) -> bool:
    row, column = y - mask.top, x - mask.left
    height, width = mask.bits.shape
    return 0 <= row < height and 0 <= column < width and bool(mask.bits[row, column])
