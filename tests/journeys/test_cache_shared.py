"""Two programs that embed the same photos at once, with room for too few of them."""

import multiprocessing
import os

import numpy as np
from fake_models import photo
from keyed_models import CHANNELS, SIDE, TinySam

from sscore import images
from sscore.models.cache import EmbeddingCache

RAM_OF_ONE = CHANNELS * SIDE * SIDE * 4
PHOTOS = [photo(48, 64, Angle=(5, 5, 20 + i, 30)) for i in range(6)]


def _write_all(place, start):
    """One of two processes: they meet on the same keys, in a space too small for all."""
    start.wait(20)
    cache, model = EmbeddingCache(ram_bytes=0, disk_bytes=5 * RAM_OF_ONE // 2, place=place), TinySam()
    for _ in range(2):
        for rgb in PHOTOS:
            exact = model.encode(rgb).arrays["image"]
            kept = cache.get(model, rgb).arrays["image"]
            if not np.allclose(exact, kept, atol=0.01):
                raise SystemExit(1)


def test_two_processes_may_write_at_once(tmp_path):
    place = tmp_path / "缓存 夹" / "embeddings"
    context = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
    start = context.Event()
    both = [context.Process(target=_write_all, args=(place, start)) for _ in range(2)]
    for process in both:
        process.start()
    start.set()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert not [path for path in place.iterdir() if path.suffix == ".tmp"]
    fresh, model = EmbeddingCache(place=place), TinySam()
    digests = {images.digest(rgb): rgb for rgb in PHOTOS}
    stored = fresh.ready(model, digests)
    assert 3 <= len(stored) <= 6
    for digest in stored:
        fresh.get(model, digests[digest], digest)
    assert model.encoded == 0
