"""Embeddings kept: the latest ones in memory, and on disk as many as fit, so that no photo is encoded twice.

Only what took long to make goes to disk: a segmenter says so by a method `key(image_digest)`, the key of the embedding
it would make. What lies on disk is half precision (float16). An embedding is rounded as soon as it is made, so a photo
gives the same masks whether it was encoded just now or last year; they differ from unrounded ones by single pixels.

A cache must never be in the way: an entry that is damaged or not ours is dropped and made again, and a full disk or a
read-only folder costs only the time that would have been saved.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import sys
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from sscore import disk, images, paths
from sscore.errors import BadOption, DiskFull
from sscore.types import ByteArray, Embedding, Segmenter, frozen

RAM_BYTES = 1_000_000_000
DISK_GB = 20.0
"""SSC_EMBEDDINGS_GB overrides it."""

_FORMAT = "1"
_LEAVE_FREE = 500_000_000
"""Bytes of the disk that are the user's own work's, not the cache's."""

_TRIM_TO = 0.9
_LOOK_EVERY = 64
"""Writes after which the folder is counted anew: other processes write there too."""

_OURS = re.compile(r"[0-9a-f]{40}\.safetensors")
_UNFINISHED = re.compile(r"\.[0-9a-f]{40}\.saf.*\.tmp")
_UNFINISHED_SECONDS = 3600.0

Arrays = Mapping[str, npt.NDArray[Any]]


@runtime_checkable
class Keyed(Protocol):
    """A segmenter whose embeddings are worth a place on disk."""

    def key(self, image_digest: str) -> str:
        """Image digest + preprocessing + weights digest + engine: all that an embedding depends on; "" where it cannot
        be told, such as with untrained weights: then it stays in memory."""
        ...


def needed_by(segmenter: Segmenter) -> bool:
    """Whether it pays to embed photos ahead for this segmenter."""
    return isinstance(segmenter, Keyed)


def disk_limit(gigabytes: float = DISK_GB) -> int:
    """Bytes that embeddings may take on disk: `gigabytes` unless SSC_EMBEDDINGS_GB is set; 0: nothing is kept there.

    Raises BadOption when SSC_EMBEDDINGS_GB is not a number from 0.
    """
    text = os.environ.get("SSC_EMBEDDINGS_GB")
    if text:
        with contextlib.suppress(ValueError):
            if float(text) >= 0:
                return as_bytes(float(text))
        raise BadOption(f"SSC_EMBEDDINGS_GB is {text!r}", remedy="give a number of gigabytes from 0, for example 20")
    return as_bytes(gigabytes)


def as_bytes(gigabytes: float) -> int:
    """0 for what is not a positive number."""
    return int(min(gigabytes * 1e9, sys.maxsize)) if not math.isnan(gigabytes) and gigabytes > 0 else 0


def folder() -> Path:
    return paths.cache() / "embeddings"


class EmbeddingCache:
    """Memory over disk; safe for several threads and several processes.

    ram_bytes: of the arrays kept in memory; the newest embedding is kept however large it is, unless this is 0.
    disk_bytes: of the files in `place`; the least recently used go first; 0: the disk is not touched.
    """

    def __init__(self, *, ram_bytes: int = RAM_BYTES, disk_bytes: int | None = None, place: Path | None = None) -> None:
        self._ram_bytes = ram_bytes
        self._ram: OrderedDict[str, Embedding] = OrderedDict()
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self.store = DiskStore(place or folder(), disk_limit() if disk_bytes is None else disk_bytes)

    def get(self, segmenter: Segmenter, rgb: ByteArray, digest: str = "") -> Embedding:
        """The embedding of a photo uint8 (H, W, 3), made only if it is nowhere yet.

        digest: `images.digest(rgb)`, computed when not given. Errors of `segmenter.encode` pass through.
        """
        digest = digest or images.digest(rgb)
        key, stored = _key(segmenter, digest)
        with self._lock:
            if (found := self._remembered(key)) is not None:
                return found
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:  # a second thread with the same wish waits instead of encoding too
            with self._lock:
                found = self._remembered(key)
            try:
                return found or self._made(segmenter, rgb, key, stored)
            finally:
                with self._lock:
                    self._turns.pop(key, None)

    def has(self, segmenter: Segmenter, digest: str) -> bool:
        """Whether `get` would not have to encode (unless the file proves to be damaged)."""
        key, stored = _key(segmenter, digest)
        with self._lock:
            if key in self._ram:
                return True
        return stored and self.store.has(key)

    def ready(self, segmenter: Segmenter, digests: Iterable[str]) -> set[str]:
        """Those of many digests for which `has` is true, by one look at the disk."""
        keys = {digest: _key(segmenter, digest) for digest in digests}
        names = self.store.names() if isinstance(segmenter, Keyed) else set()
        with self._lock:
            return {
                digest for digest, (key, stored) in keys.items() if key in self._ram or (stored and _name(key) in names)
            }

    def set_limits(self, *, ram_bytes: int, disk_bytes: int) -> None:
        """Other limits from now on."""
        with self._lock:
            self._ram_bytes = ram_bytes
            self._forget()
        self.store.limit = disk_bytes

    def forget(self) -> None:
        """Let go of what is in memory; what is on disk stays."""
        with self._lock:
            self._ram.clear()

    @property
    def ram_used(self) -> int:
        """Bytes of the arrays in memory."""
        with self._lock:
            return sum(nbytes(one.arrays) for one in self._ram.values())

    def _made(self, segmenter: Segmenter, rgb: ByteArray, key: str, stored: bool) -> Embedding:
        embedding = self.store.read(key) if stored else None
        if embedding is None:
            embedding = segmenter.encode(rgb)
            if stored and embedding.key != key:
                return embedding  # of other pixels than the digest says: kept, it would spoil their masks for good
            if stored and all(isinstance(array, np.ndarray) for array in embedding.arrays.values()):
                small = {name: _halved(array) for name, array in embedding.arrays.items()}
                embedding = Embedding(key, embedding.image_hw, _widened(small))
                self.store.write(key, embedding.image_hw, small)
        with self._lock:
            self._ram[key] = embedding
            self._forget()
        return embedding

    def _remembered(self, key: str) -> Embedding | None:
        if key in self._ram:
            self._ram.move_to_end(key)
        return self._ram.get(key)

    def _forget(self) -> None:
        used = sum(nbytes(one.arrays) for one in self._ram.values())
        while self._ram and used > self._ram_bytes and (len(self._ram) > 1 or not self._ram_bytes):
            used -= nbytes(self._ram.popitem(last=False)[1].arrays)


class DiskStore:
    """One safetensors file for each embedding. No method raises for what the disk does. limit: bytes, 0: none."""

    def __init__(self, place: Path, limit: int) -> None:
        self.place, self.limit = place, limit
        self.written = 0  # bytes, by this object
        self._used: int | None = None
        self._writes = 0
        self._lock = threading.Lock()

    def read(self, key: str) -> Embedding | None:
        """None when there is none; a file that is not what it should be is deleted."""
        if self.limit <= 0:
            return None
        path = self.place / _name(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        embedding = _unpacked(data, key)
        with contextlib.suppress(OSError):
            if embedding is None:
                path.unlink(missing_ok=True)
            else:
                os.utime(path)  # the time of its last use
        return embedding

    def write(self, key: str, image_hw: tuple[int, int], arrays: Arrays) -> None:
        """Whole or not at all; then the files longest unused are deleted until all fit."""
        data = _packed(key, image_hw, arrays)
        if len(data) > self.limit:
            return
        path = self.place / _name(key)
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            disk.check_room(self.place, len(data) + _LEAVE_FREE)
            paths.write_atomic(path, data)
        except (OSError, DiskFull):
            return
        with self._lock:
            self.written += len(data)
            self._writes += 1
            self._used = None if self._used is None else self._used + len(data)
            if self._used is None or self._used > self.limit or self._writes % _LOOK_EVERY == 0:
                self._trim(keep=path.name)

    def has(self, key: str) -> bool:
        return self.limit > 0 and os.path.exists(self.place / _name(key))

    def names(self) -> set[str]:
        """Of all files there."""
        if self.limit <= 0:
            return set()
        try:
            return {name for name in os.listdir(self.place) if _OURS.fullmatch(name)}
        except OSError:
            return set()

    def _trim(self, keep: str) -> None:
        """Count the files, and delete the oldest when they are too many; only our own, in case of a strange folder."""
        files: list[tuple[int, int, str]] = []
        try:
            with os.scandir(self.place) as entries:
                for entry in entries:
                    if _OURS.fullmatch(entry.name):
                        with contextlib.suppress(OSError):  # another process may have deleted it just now
                            stat = entry.stat()
                            files.append((stat.st_mtime_ns, stat.st_size, entry.name))
                    elif _UNFINISHED.fullmatch(entry.name):
                        _sweep(Path(entry.path))
        except OSError:
            return
        used = sum(size for _, size, _ in files)
        if used > self.limit:
            for _, size, name in sorted(files):
                if used <= self.limit * _TRIM_TO:
                    break
                if name != keep:
                    with contextlib.suppress(OSError):
                        (self.place / name).unlink(missing_ok=True)
                        used -= size
        self._used = used


def _key(segmenter: Segmenter, digest: str) -> tuple[str, bool]:
    """The embedding's own key, and True; for those that stay in memory one that tells models apart, and False."""
    if isinstance(segmenter, Keyed) and (own := segmenter.key(digest)):
        return own, True
    card = segmenter.card
    return f"{digest}:{card.family}:{card.id}:{card.sha256}", False


def _name(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=20).hexdigest() + ".safetensors"


def nbytes(value: Any) -> int:
    """Of all arrays in a value, lists and mappings opened."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return 0
    return sum(nbytes(one) for one in value)


def _halved(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """float32 → float16; left as it is where a value would not fit (65504 is the largest)."""
    if array.dtype != np.float32:
        return np.ascontiguousarray(array)
    with np.errstate(over="ignore"):
        half = np.ascontiguousarray(array, dtype=np.float16)
    return half if np.isfinite(half).all() else np.ascontiguousarray(array)


def _widened(arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    return {
        name: frozen(array.astype(np.float32) if array.dtype == np.float16 else array) for name, array in arrays.items()
    }


def _check(arrays: Arrays) -> str:
    """A number that changes when a bit does: safetensors itself notices only files that are too short."""
    code = 0
    for name in sorted(arrays):
        code = zlib.crc32(np.ascontiguousarray(arrays[name]).data.cast("B"), code)
    return str(code)


def _packed(key: str, image_hw: tuple[int, int], arrays: Arrays) -> bytes:
    from safetensors.numpy import save

    facts = {"format": _FORMAT, "key": key, "image_hw": json.dumps(list(image_hw)), "crc32": _check(arrays)}
    return bytes(save(dict(arrays), metadata=facts))


def _unpacked(data: bytes, key: str) -> Embedding | None:
    """None for whatever is not this very embedding."""
    from safetensors.numpy import load

    try:
        length = int.from_bytes(data[:8], "little")
        facts = json.loads(data[8 : 8 + length])["__metadata__"]
        arrays = load(data)
        height, width = json.loads(facts["image_hw"])
        if (facts["format"], facts["key"], facts["crc32"]) != (_FORMAT, key, _check(arrays)):
            return None
        return Embedding(key, (int(height), int(width)), _widened(arrays))
    except Exception:  # any bytes may lie there, and each goes wrong in its own way
        return None


def _sweep(path: Path) -> None:
    """Delete what a writer left behind that was killed."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > _UNFINISHED_SECONDS:
            path.unlink(missing_ok=True)
