"""sscore.images: every way a photo can be bad gives one clear error."""

import os
import struct
import threading
import zlib

import numpy as np
import pytest
from photo_files import (
    LOSSLESS,
    H,
    W,
    check,
    chunk,
    colours,
    pil_bytes,
    saved,
)
from PIL import Image

from sscore import images
from sscore.errors import BadImage, BadOption


@pytest.fixture
def folder(tmp_path):
    here = tmp_path / "废钢 照片"
    here.mkdir()
    return here


def refused(path, words):
    """The error of read, which must name the file, the reason and a remedy."""
    with pytest.raises(BadImage, match=words) as caught:
        images.read(path)
    assert caught.value.path == str(path) and caught.value.remedy and str(path) in str(caught.value)
    return caught.value


def noise():
    return np.random.default_rng(1).integers(0, 256, (H, W, 3), dtype=np.uint8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "TIFF lzw", "BMP", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_truncated_files_are_never_filled_with_grey(folder, kind, share):
    options = {"compression": "tiff_lzw"} if "lzw" in kind else {}
    data = pil_bytes(Image.fromarray(noise()), kind.split()[0], **options)
    refused(saved(folder, "断 了.jpg", data[: int(len(data) * share)]), "damaged|not an image")


@pytest.mark.parametrize("function", [images.read, images.size, lambda path: images.thumbnail(path, 64)])
@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "empty"),
        (b"this is a shopping list\n", "not an image"),
        (b"\xff\xd8\xff", "not an image|damaged"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"GIF89a" + bytes(20), "GIF"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_not_an_image(folder, function, data, words):
    path = saved(folder, "清单 1.jpg", data)
    with pytest.raises(BadImage, match=words) as caught:
        function(path)
    assert caught.value.path == str(path) and caught.value.remedy


def test_missing_folder_pipe_and_nul(folder):
    refused(folder / "没有.jpg", "no such file")
    refused(folder, "folder")
    refused(str(folder) + "/a\0b.jpg", "cannot be opened")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.jpg")
        refused(folder / "pipe.jpg", "not a regular file")


def test_no_permission(folder, monkeypatch):
    path = saved(folder, "a.png", pil_bytes(Image.fromarray(colours()), "PNG"))

    def denied(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)  # tests may run as root, who may read everything
    refused(path, "permission denied")


def test_read_errors_of_the_disk(folder, monkeypatch):
    path = saved(folder, "a.png", pil_bytes(Image.fromarray(colours()), "PNG"))

    def failing(*_args, **_options):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("builtins.open", failing)
    refused(path, "Input/output error")


def test_not_enough_memory(folder, monkeypatch):
    path = saved(folder, "a.png", pil_bytes(Image.fromarray(colours()), "PNG"))
    monkeypatch.setattr(images, "_rgb", lambda *_: (_ for _ in ()).throw(MemoryError()))
    refused(path, "not enough memory")


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow remarks on the damage
def test_damaged_bytes_give_one_kind_of_error(folder):
    """Bytes changed at random anywhere: the photo opens or BadImage says why; nothing else is raised."""
    rng = np.random.default_rng(7)
    opened = 0
    for kind in ("JPEG", "PNG", "TIFF", "BMP", "WEBP"):
        good = pil_bytes(Image.fromarray(colours()), kind)
        for _ in range(12):
            data = bytearray(good)
            for at in rng.integers(0, len(data) if rng.random() < 0.5 else 60, 3):
                data[at] = rng.integers(0, 256)
            path = saved(folder, "x.jpg", bytes(data))
            try:
                rgb = images.read(path)
                assert images.size(path) == rgb.shape[:2]
                opened += 1
            except BadImage as error:
                assert error.path == str(path)
    assert 6 < opened < 55


def png_of(width, height):
    """A PNG whose header claims a size; the pixels are missing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_too_many_pixels_says_so(folder):
    path = saved(folder, "巨大.png", png_of(60000, 50000))
    error = refused(path, r"60000 x 50000 px \(3000 megapixels\); the limit is 300 megapixels")
    assert "SSC_MAX_MEGAPIXELS" in error.remedy
    with pytest.raises(BadImage, match="300 megapixels"):
        images.size(path)


def test_the_limit_can_be_set(folder, monkeypatch):
    path = saved(folder, "a.png", pil_bytes(Image.fromarray(colours()), "PNG"))
    monkeypatch.setenv("SSC_MAX_MEGAPIXELS", "0.0005")
    refused(path, "limit is 0.0005 megapixels")
    monkeypatch.setenv("SSC_MAX_MEGAPIXELS", str(H * W / 1e6))
    check(path, colours())
    for wrong in ("many", "0", "-3", "nan"):
        monkeypatch.setenv("SSC_MAX_MEGAPIXELS", wrong)
        with pytest.raises(BadOption, match="SSC_MAX_MEGAPIXELS"):
            images.read(path)


def test_pillows_own_limit_neither_stops_us_nor_is_lost(folder, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for kind in LOSSLESS:
        options = {"lossless": True} if kind == "WEBP" else {}
        check(saved(folder, "a.png", pil_bytes(Image.fromarray(colours()), kind, **options)), colours())
    path = saved(folder, "b.png", pil_bytes(Image.fromarray(colours()), "PNG"))
    threads = [threading.Thread(target=images.read, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused(folder / "missing.png", "no such file")
    assert Image.MAX_IMAGE_PIXELS == 100
