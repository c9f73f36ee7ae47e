"""Embeddings in memory and on disk: nothing is encoded twice, nothing on the disk can do harm."""

import errno
import os
import shutil
import threading

import numpy as np
import pytest
from fake_models import ColourSegmenter, photo
from keyed_models import CHANNELS, SIDE, TinySam

from sscore import disk, images, mask_sets, paths
from sscore.errors import BadOption
from sscore.models import cache as cache_module
from sscore.models.cache import DiskStore, EmbeddingCache, as_bytes, disk_limit, needed_by
from sscore.types import Box, Embedding, Prompt

RAM_OF_ONE = CHANNELS * SIDE * SIDE * 4
SPACE = 10**9


@pytest.fixture
def place(tmp_path):
    return tmp_path / "缓存 夹" / "embeddings"


def pictures(count):
    """Photos of one size, each of other pixels."""
    return [photo(48, 64, Angle=(5, 5, 20 + i, 30)) for i in range(count)]


def files(place):
    return sorted(path.name for path in place.iterdir())


def the_file(place):
    (path,) = place.iterdir()
    return path


def test_a_photo_is_encoded_once(place):
    model, rgb = TinySam(), photo(Angle=(10, 10, 50, 40))
    first = EmbeddingCache(place=place).get(model, rgb)
    again = EmbeddingCache(place=place)
    from_disk = again.get(model, rgb, images.digest(rgb))
    assert model.encoded == 1
    assert from_disk.key == first.key and from_disk.image_hw == first.image_hw == (120, 160)
    assert from_disk.arrays["image"].dtype == np.float32 and not from_disk.arrays["image"].flags.writeable
    assert np.array_equal(from_disk.arrays["image"], first.arrays["image"])
    assert the_file(place).stat().st_size < 0.52 * RAM_OF_ONE


def test_rounding_hardly_moves_a_mask(place):
    model = TinySam()
    for number, rgb in enumerate(pictures(4)):
        kept = EmbeddingCache(place=place).get(model, rgb)
        for prompt in (Prompt(box=Box(5, 5, 20 + number, 30)), Prompt(points=[[50, 40]], positive=[True])):
            exact = model.predict(model.encode(rgb), prompt)[0].mask
            rounded = model.predict(kept, prompt)[0].mask
            assert mask_sets.iou(exact, rounded) >= 0.99


def test_what_is_in_memory_is_never_read_from_disk(place, monkeypatch):
    cache, model, rgb = EmbeddingCache(place=place), TinySam(), pictures(1)[0]
    kept = cache.get(model, rgb)
    monkeypatch.setattr(DiskStore, "read", lambda *_: pytest.fail("read from disk"))
    shutil.rmtree(place)
    assert cache.get(model, rgb) is kept and model.encoded == 1


def test_memory_is_counted_in_bytes_and_the_least_recent_goes_first(place):
    cache = EmbeddingCache(ram_bytes=2 * RAM_OF_ONE, disk_bytes=0, place=place)
    model, (a, b, c) = TinySam(), pictures(3)
    for rgb in (a, b, a, c):
        cache.get(model, rgb)
    assert model.encoded == 3 and cache.ram_used == 2 * RAM_OF_ONE
    cache.get(model, a)
    assert model.encoded == 3
    cache.get(model, b)
    assert model.encoded == 4


def test_the_newest_is_kept_however_large(place):
    cache, model, rgb = EmbeddingCache(ram_bytes=1, disk_bytes=0, place=place), TinySam(), pictures(1)[0]
    assert cache.get(model, rgb) is cache.get(model, rgb)
    none = EmbeddingCache(ram_bytes=0, disk_bytes=0, place=place)
    none.get(model, rgb)
    assert none.ram_used == 0


def test_models_that_need_no_embeddings_stay_in_memory(place):
    cache, model, rgb = EmbeddingCache(place=place), ColourSegmenter(), pictures(1)[0]
    assert not needed_by(model) and needed_by(TinySam())
    assert cache.get(model, rgb) is cache.get(model, rgb)
    assert cache.has(model, images.digest(rgb)) and cache.ram_used == rgb.nbytes
    assert not place.exists()


def test_an_embedding_without_a_key_stays_in_memory(place, monkeypatch):
    monkeypatch.setattr(TinySam, "key", lambda self, digest: "")
    cache, model, rgb = EmbeddingCache(place=place), TinySam(), pictures(1)[0]
    assert cache.get(model, rgb) is cache.get(model, rgb)
    assert cache.ready(model, [images.digest(rgb)]) and not place.exists()
    assert not EmbeddingCache(place=place).has(model, images.digest(rgb))


def test_another_variant_leaves_the_old_embeddings(place):
    cache, rgb = EmbeddingCache(place=place), pictures(1)[0]
    base, large = TinySam("b"), TinySam("l")
    for model in (base, large, base, large):
        cache.get(model, rgb)
    assert (base.encoded, large.encoded, len(files(place))) == (1, 1, 2)


@pytest.mark.parametrize("harm", ["short", "empty", "noise", "flipped bit", "another photo", "a folder"])
def test_a_bad_entry_is_dropped_and_made_again(place, harm):
    model, (rgb, other) = TinySam(), pictures(2)
    good = EmbeddingCache(place=place).get(model, rgb)
    path = the_file(place)
    data = path.read_bytes()
    if harm == "short":
        path.write_bytes(data[:-1000])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "noise":
        path.write_bytes(os.urandom(5000))
    elif harm == "flipped bit":
        path.write_bytes(data[:-77] + bytes([data[-77] ^ 1]) + data[-76:])
    elif harm == "another photo":
        EmbeddingCache(place=place).get(model, other)
        theirs = next(one for one in place.iterdir() if one != path)
        os.replace(theirs, path)
    else:
        path.unlink()
        path.mkdir()
    model.encoded = 0
    anew = EmbeddingCache(place=place).get(model, rgb)
    assert model.encoded == 1 and np.array_equal(anew.arrays["image"], good.arrays["image"])
    EmbeddingCache(place=place).get(model, rgb)
    assert model.encoded == (2 if harm == "a folder" else 1)


def test_the_disk_is_capped_and_the_least_recently_used_go_first(place):
    model, rgbs = TinySam(), pictures(5)
    size = 0
    cache = EmbeddingCache(ram_bytes=0, disk_bytes=SPACE, place=place)
    for number, rgb in enumerate(rgbs[:4]):
        before = set(files(place)) if number else set()
        cache.get(model, rgb)
        (name,) = set(files(place)) - before
        os.utime(place / name, (1000 + number, 1000 + number))
        size = (place / name).stat().st_size
    foreign = place / "notes.txt"
    foreign.write_text("not ours")
    cache.get(model, rgbs[0])  # used again: now the newest
    cache.set_limits(ram_bytes=0, disk_bytes=4 * size + size // 2)
    cache.get(model, rgbs[4])
    digests = [images.digest(rgb) for rgb in rgbs]
    assert [digest in cache.ready(model, digests) for digest in digests] == [True, False, True, True, True]
    assert foreign.exists()


def test_an_embedding_larger_than_the_cap_is_not_written(place):
    cache = EmbeddingCache(disk_bytes=1000, place=place)
    cache.get(TinySam(), pictures(1)[0])
    assert not place.exists()


def test_nothing_touches_the_disk_when_its_limit_is_zero(place):
    model, rgb = TinySam(), pictures(1)[0]
    EmbeddingCache(place=place).get(model, rgb)
    off = EmbeddingCache(disk_bytes=0, place=place)
    assert not off.has(model, images.digest(rgb)) and off.ready(model, [images.digest(rgb)]) == set()
    off.get(model, rgb)
    assert model.encoded == 2


@pytest.mark.parametrize("trouble", ["full while writing", "full before", "read-only", "a file in the way"])
def test_a_disk_that_takes_nothing_costs_only_time(place, monkeypatch, trouble):
    def refuse(code):
        def fail(*_args, **_options):
            raise OSError(code, os.strerror(code))

        return fail

    if trouble == "full while writing":
        monkeypatch.setattr(paths, "put_in_place", refuse(errno.ENOSPC))
    elif trouble == "full before":
        monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    elif trouble == "read-only":
        monkeypatch.setattr(cache_module.Path, "mkdir", refuse(errno.EROFS))
    else:
        place.parent.mkdir(parents=True)
        place.write_text("in the way")
    cache, model, rgb = EmbeddingCache(place=place), TinySam(), pictures(1)[0]
    assert cache.get(model, rgb) is cache.get(model, rgb)
    assert model.encoded == 1
    assert not place.is_dir() or files(place) == []


def test_leftovers_of_a_killed_writer_are_swept(place):
    place.mkdir(parents=True)
    old, young = (place / f".{'a' * 40}.safetensor.{pid}-1.tmp" for pid in (1, 2))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1000, 1000))
    EmbeddingCache(place=place).get(TinySam(), pictures(1)[0])
    assert not old.exists() and young.exists()


def test_values_too_large_for_half_precision_are_kept_whole(place):
    class Loud(TinySam):
        def encode(self, rgb):
            made = super().encode(rgb)
            loud = made.arrays["image"].copy()
            loud[0, 0, 0, 0] = 1e6
            return Embedding(made.key, made.image_hw, {"image": loud})

    rgb = pictures(1)[0]
    EmbeddingCache(place=place).get(Loud(), rgb)
    assert EmbeddingCache(place=place).get(TinySam(), rgb).arrays["image"][0, 0, 0, 0] == 1e6


def test_a_wrong_digest_spoils_nothing(place):
    cache, model, rgb = EmbeddingCache(place=place), TinySam(), pictures(1)[0]
    cache.get(model, rgb, "0" * 32)
    assert not place.exists() and cache.ram_used == 0


def test_threads_with_one_wish_encode_once(place):
    cache, model, rgb = EmbeddingCache(place=place), TinySam(), pictures(1)[0]
    got = []
    threads = [threading.Thread(target=lambda: got.append(cache.get(model, rgb))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert model.encoded == 1 and len({id(one) for one in got}) == 1


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("2.5", 2_500_000_000), ("", 20_000_000_000)])
def test_the_environment_sets_the_limit(monkeypatch, text, expected):
    monkeypatch.setenv("SSC_EMBEDDINGS_GB", text)
    assert disk_limit() == expected


@pytest.mark.parametrize("text", ["-1", "much", "nan"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, text):
    monkeypatch.setenv("SSC_EMBEDDINGS_GB", text)
    with pytest.raises(BadOption, match="SSC_EMBEDDINGS_GB"):
        disk_limit()


def test_odd_numbers_of_gigabytes_are_tame():
    assert as_bytes(float("nan")) == as_bytes(-3) == 0
    assert as_bytes(float("inf")) > 10**15
