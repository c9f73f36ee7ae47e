"""sscore.images.read and size: every kind of file a camera, scanner or colleague may hand over."""

import numpy as np
import pytest
from photo_files import (
    LOSSLESS,
    H,
    W,
    check,
    chunk,
    colours,
    cv_bytes,
    exif_bytes,
    grey_ramp,
    pil_bytes,
    planar_tiff,
    saved,
    stacked,
)
from PIL import Image, PngImagePlugin

from sscore import images
from sscore.errors import BadImage


@pytest.fixture
def folder(tmp_path):
    here = tmp_path / "废钢 照片"
    here.mkdir()
    return here


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_formats_are_exact(folder, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    check(saved(folder, LOSSLESS[kind], pil_bytes(Image.fromarray(colours()), kind, **options)), colours())


def test_jpeg_is_close(folder):
    data = pil_bytes(Image.fromarray(colours()), "JPEG", quality=95, subsampling=0)
    check(saved(folder, "照片 1.JPG", data), colours(), 12)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_deflate", "packbits"])
def test_compressed_tiff(folder, compression):
    data = pil_bytes(Image.fromarray(colours()), "TIFF", compression=compression)
    check(saved(folder, "a.tiff", data), colours())


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bit_keeps_the_high_byte(folder, suffix):
    deep = colours().astype(np.uint16) * 256 + 131
    check(saved(folder, "rgb" + suffix, cv_bytes(suffix, deep[:, :, ::-1])), colours())
    check(saved(folder, "grey" + suffix, cv_bytes(suffix, grey_ramp().astype(np.uint16) * 257)), stacked(grey_ramp()))


def test_sixteen_bit_alpha(folder):
    deep = np.dstack([colours()[:, :, ::-1], np.full((H, W), 255)]).astype(np.uint16) * 257
    check(saved(folder, "a.png", cv_bytes(".png", deep)), colours())


def test_tiff_with_separate_colour_planes(folder):
    planes = np.moveaxis(colours(), 2, 0)
    check(saved(folder, "8.tif", planar_tiff(planes, 8)), colours())
    with pytest.raises(BadImage, match="separate colour planes"):
        images.read(saved(folder, "16.tif", planar_tiff(planes.astype(np.uint16) * 257, 16)))


def test_tiff_that_pillow_does_not_know(folder):
    path = saved(folder, "a.tif", cv_bytes(".tiff", colours().astype(np.float32)))
    with pytest.raises(BadImage, match="unusual or damaged TIFF"):
        images.read(path)


def test_big_endian_sixteen_bit_tiff(folder):
    values = (grey_ramp().astype(np.uint32) * 257).astype(">u2")
    check(saved(folder, "a.tif", pil_bytes(Image.fromarray(values), "TIFF")), stacked(grey_ramp()))


def test_unit_float_tiff_is_scaled(folder):
    check(saved(folder, "a.tif", cv_bytes(".tiff", (grey_ramp() / 255).astype(np.float32))), stacked(grey_ramp()))


@pytest.mark.parametrize("bad", [1.5, -0.1, np.nan, np.inf])
def test_other_floats_are_refused(folder, bad):
    values = np.full((H, W), 0.5, dtype=np.float32)
    values[3, 4] = bad
    path = saved(folder, "高度.tif", cv_bytes(".tiff", values))
    with pytest.raises(BadImage, match="floating point.*outside 0 to 1"):
        images.read(path)


def test_32_bit_integers_are_refused(folder):
    path = saved(folder, "a.tif", pil_bytes(Image.fromarray(np.full((H, W), 70000, dtype=np.int32)), "TIFF"))
    with pytest.raises(BadImage, match="32-bit"):
        images.read(path)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "JPEG"])
def test_grey(folder, kind):
    path = saved(folder, "a.png", pil_bytes(Image.fromarray(grey_ramp()), kind))
    check(path, stacked(grey_ramp()), 4 if kind == "JPEG" else 0)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_one_bit(folder, kind):
    bits = grey_ramp() > 99
    check(saved(folder, "a.png", pil_bytes(Image.fromarray(bits), kind)), stacked(bits.astype(np.uint8) * 255))


def test_palette_and_its_transparency(folder):
    image = Image.fromarray(colours()).quantize(4)
    check(saved(folder, "a.png", pil_bytes(image, "PNG")), colours(), 1)
    clear = image.getpixel((0, 0))
    expected = colours()
    expected[: H // 2, : W // 2] = 255
    check(saved(folder, "b.png", pil_bytes(image, "PNG", transparency=clear)), expected, 1)
    some = bytes(128 if i == clear else 255 for i in range(4))
    expected[: H // 2, : W // 2] = (227, 142, 147)
    check(saved(folder, "c.png", pil_bytes(image, "PNG", transparency=some)), expected, 2)


def test_transparent_colour_without_palette(folder):
    expected = colours()
    expected[: H // 2, : W // 2] = 255
    image = Image.fromarray(colours())
    check(saved(folder, "rgb.png", pil_bytes(image, "PNG", transparency=(200, 30, 40))), expected)
    grey = np.where(grey_ramp() == 0, 255, grey_ramp())
    check(saved(folder, "l.png", pil_bytes(Image.fromarray(grey_ramp()), "PNG", transparency=0)), stacked(grey))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_transparent_parts_become_white(folder, kind):
    alpha = np.full((H, W), 255, dtype=np.uint8)
    alpha[: H // 2] = 0
    options = {"lossless": True} if kind == "WEBP" else {}
    expected = colours()
    expected[: H // 2] = 255
    image = Image.fromarray(np.dstack([colours(), alpha]))
    check(saved(folder, LOSSLESS[kind], pil_bytes(image, kind, **options)), expected)


def test_a_fourth_byte_nobody_filled_in_is_not_transparency(folder):
    image = Image.fromarray(np.dstack([colours(), np.zeros((H, W), np.uint8)]))
    check(saved(folder, "a.png", pil_bytes(image, "PNG")), colours())


def test_half_transparent_grey(folder):
    image = Image.fromarray(np.dstack([np.zeros((H, W), np.uint8), np.full((H, W), 51, np.uint8)]))
    assert image.mode == "LA"
    check(saved(folder, "a.png", pil_bytes(image, "PNG")), np.full((H, W, 3), 204, np.uint8), 1)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(folder, kind):
    """JPEG stores CMYK turned over (Adobe's habit), TIFF does not: both must give the same colours."""
    image = Image.fromarray(colours()).convert("CMYK")
    options = {"quality": 98, "subsampling": 0} if kind == "JPEG" else {}
    check(saved(folder, "a.jpg", pil_bytes(image, kind, **options)), colours(), 12)


def test_first_of_several_pages_and_frames(folder):
    first, second = Image.fromarray(colours()), Image.new("RGB", (W + 9, H), "black")
    more = {"save_all": True, "append_images": [second]}
    check(saved(folder, "pages.tif", pil_bytes(first, "TIFF", **more)), colours())
    frames = {"save_all": True, "append_images": [Image.new("RGB", (W, H), "black")]}
    check(saved(folder, "anim.webp", pil_bytes(first, "WEBP", lossless=True, **frames)), colours())
    check(saved(folder, "anim.png", pil_bytes(first, "PNG", **frames)), colours())


def test_phone_jpeg_with_a_second_picture_inside(folder):
    options = {"save_all": True, "append_images": [Image.new("RGB", (W, H))], "quality": 95, "subsampling": 0}
    path = saved(folder, "a.jpg", pil_bytes(Image.fromarray(colours()), "MPO", **options))
    check(path, colours(), 12)


@pytest.mark.parametrize("height, width", [(1, 1), (1, 9), (8, 20000), (20000, 8)])
def test_extreme_shapes(folder, height, width):
    expected = np.full((height, width, 3), 77, dtype=np.uint8)
    path = saved(folder, "a.png", pil_bytes(Image.fromarray(expected), "PNG", compress_level=1))
    check(path, expected)
    small = images.thumbnail(path, 64)
    assert max(small.shape[:2]) == min(64, max(height, width)) and min(small.shape[:2]) >= 1


def test_the_content_decides_not_the_name(folder):
    check(saved(folder, "really_a_png.jpg", pil_bytes(Image.fromarray(colours()), "PNG")), colours())


# --- the EXIF turn ----------------------------------------------------------------------------------------------------


def shown(stored, turn):
    """What a viewer shows of stored pixels (H, W, 3) under EXIF orientation 1..8 (by the EXIF standard's table)."""
    return {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: a.swapaxes(0, 1)[:, ::-1],
        7: lambda a: a.swapaxes(0, 1)[::-1, ::-1],
        8: lambda a: a.swapaxes(0, 1)[::-1],
    }[turn](stored)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "TIFF lzw"])
def test_every_turn_of_every_format(folder, kind, turn):
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    if kind.startswith("TIFF"):
        options = {"tiffinfo": {274: turn}, "compression": "tiff_lzw" if "lzw" in kind else "raw"}
        kind = "TIFF"
    else:
        options["exif"] = exif_bytes(turn)
    path = saved(folder, f"转 {turn}.bin", pil_bytes(Image.fromarray(colours()), kind, **options))
    expected = np.ascontiguousarray(shown(colours(), turn))
    check(path, expected, 12 if kind == "JPEG" else 0)
    small = images.thumbnail(path, 20)
    assert small.shape[:2] == ((12, 20) if turn < 5 else (20, 12))
    corners = (slice(2, -2, small.shape[0] - 5), slice(2, -2, small.shape[1] - 5))
    whole = expected[2 : -2 : expected.shape[0] - 5, 2 : -2 : expected.shape[1] - 5]
    assert np.abs(small[corners].astype(int) - whole).max() <= 40


def test_png_with_its_exif_behind_the_pixels(folder):
    data = pil_bytes(Image.fromarray(colours()), "PNG")
    end = data.index(b"IEND") - 4
    data = data[:end] + chunk(b"eXIf", exif_bytes(6)[6:]) + data[end:]
    check(saved(folder, "a.png", data), np.ascontiguousarray(shown(colours(), 6)))


def test_turn_given_only_as_xmp(folder):
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    turned = np.ascontiguousarray(shown(colours(), 6))
    check(saved(folder, "a.png", pil_bytes(Image.fromarray(colours()), "PNG", pnginfo=text)), turned)
    check(saved(folder, "a.tif", pil_bytes(Image.fromarray(colours()), "TIFF", tiffinfo={700: xmp})), turned)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "exif", [b"Exif\x00\x00garbage", exif_bytes(9), exif_bytes(0), b"Exif\x00\x00II*\x00\xff\xff\xff\xff"]
)
def test_garbage_exif_means_no_turn(folder, exif):
    check(saved(folder, "a.png", pil_bytes(Image.fromarray(colours()), "PNG", exif=exif)), colours())
