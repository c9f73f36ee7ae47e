"""sscore.images beside reading: digest, crops, thumbnails, folder lists, writing."""

import numpy as np
import pytest
from photo_files import (
    check,
    colours,
    grey_ramp,
    pil_bytes,
    saved,
    stacked,
)
from PIL import Image

from sscore import images, masks
from sscore.errors import BadImage, BadOption


@pytest.fixture
def folder(tmp_path):
    here = tmp_path / "废钢 照片"
    here.mkdir()
    return here


def test_digest_knows_shape_and_every_piece():
    big = np.zeros((1100, 1300, 3), dtype=np.uint8)  # more than one piece
    assert images.digest(big) == images.digest(big.copy()) and len(images.digest(big)) == 32
    seen = {images.digest(big), images.digest(big.reshape(1300, 1100, 3))}
    for at in ((0, 0, 0), (1099, 1299, 2), (700, 3, 1)):
        big[at] = 1
        seen.add(images.digest(big))
        big[at] = 0
    assert len(seen) == 5


def test_digest_is_of_pixels_not_of_memory_layout():
    rgb = np.random.default_rng(0).integers(0, 255, (8, 10, 3), dtype=np.uint8)
    assert images.digest(rgb[::2, ::-1]) == images.digest(np.ascontiguousarray(rgb[::2, ::-1]))


def test_digest_stays_what_it_is():
    """Pages on disk hold it."""
    assert images.digest(np.arange(24, dtype=np.uint8).reshape(2, 4, 3)) == "403153840d6103ddc20e83d4d4812267"


def piece(height, width, left, top):
    return masks.tight(np.ones((height, width), dtype=bool), left, top)


def test_crop_views():
    rgb = np.random.default_rng(0).integers(0, 120, (60, 80, 3), dtype=np.uint8)
    mask = piece(10, 20, 30, 20)
    tight = images.crop(rgb, mask, "tight")
    assert np.array_equal(tight, rgb[15:35, 30:50])
    context = images.crop(rgb, mask, "context")
    assert np.array_equal(context, rgb[10:40, 25:55])
    masked = images.crop(rgb, mask, "masked", margin=0.1)
    assert masked.shape == (24, 24, 3)
    assert np.array_equal(masked[7:17, 2:22], rgb[20:30, 30:50])
    masked[7:17, 2:22] = images.GREY
    assert (masked == images.GREY).all()


def test_crop_keeps_holes_grey_in_the_masked_view():
    bits = np.ones((6, 6), dtype=bool)
    bits[2:4, 2:4] = False
    masked = images.crop(np.zeros((20, 20, 3), np.uint8), masks.tight(bits, 5, 5), "masked", margin=0)
    assert np.array_equal(masked[:, :, 0] == 0, bits)


@pytest.mark.parametrize("view", ["tight", "masked", "context"])
def test_crop_at_and_beyond_the_border_is_a_square_with_grey(view):
    rgb = np.zeros((30, 40, 3), dtype=np.uint8)
    for mask in (piece(30, 4, 0, 0), piece(3, 40, 0, 27), piece(1, 1, 39, 29), piece(50, 60, -9, -9)):
        out = images.crop(rgb, mask, view)
        assert out.dtype == np.uint8 and out.shape[0] == out.shape[1] >= max(mask.bits.shape)
        assert set(np.unique(out)) <= {0, images.GREY}
    assert (images.crop(rgb, piece(5, 5, 100, 100), view) == images.GREY).all()


def test_crop_refuses_an_unknown_view():
    with pytest.raises(BadOption, match="unknown crop view 'wide'"):
        images.crop(colours(), piece(2, 2, 0, 0), "wide")


def test_thumbnail_is_small_and_never_enlarged(folder):
    jpeg = saved(folder, "a.jpg", pil_bytes(Image.fromarray(colours(480, 800)), "JPEG"))
    assert images.thumbnail(jpeg, 100).shape == (60, 100, 3)
    assert images.thumbnail(jpeg, 5000).shape == (480, 800, 3)


def test_list_images_in_natural_order_without_our_own_files(folder):
    names = ["IMG_10.jpg", "IMG_2.JPG", "img_1.png", "b/2.tif", "b/10.tiff", "照片 3.webp", "a.bmp", "二/x.jpeg"]
    hidden = [".trash/x.jpg", "._IMG_2.jpg", "cache/t.jpg", "pages/p.jpg", "journal/j.jpg", "sub/cache/t.jpg"]
    other = ["a.jpg.json", "readme.txt", "jpg", "project.toml", "sub/project.toml"]
    kept = ["b/cache/deep.jpg"]  # a user's own folder that happens to be called so
    for name in names + hidden + other + kept:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    (folder / "folder.jpg").mkdir()
    found = [path.relative_to(folder).as_posix() for path in images.list_images(folder)]
    assert found == [
        "a.bmp", "b/2.tif", "b/10.tiff", "b/cache/deep.jpg", "img_1.png", "IMG_2.JPG", "IMG_10.jpg",
        "二/x.jpeg", "照片 3.webp",
    ]  # fmt: skip
    flat = [path.name for path in images.list_images(folder, recursive=False)]
    assert flat == ["a.bmp", "img_1.png", "IMG_2.JPG", "IMG_10.jpg", "照片 3.webp"]


def test_list_images_of_no_folder(folder):
    for bad in (folder / "没有", saved(folder, "a.txt", b"x")):
        with pytest.raises(BadImage, match="cannot be listed") as caught:
            images.list_images(bad)
        assert caught.value.path == str(bad)
    assert images.list_images(folder) == []


def test_write_image_round_trips(folder):
    target = folder / "出 口" / "图.png"
    for pixels in (colours(), grey_ramp()):
        images.write_image(target, pixels)
        check(target, pixels if pixels.ndim == 3 else stacked(pixels))
    mask = grey_ramp() > 100
    images.write_image(target, mask)
    check(target, stacked(mask.astype(np.uint8) * 255))
    images.write_image(folder / "图.jpg", grey_ramp())
    check(folder / "图.jpg", stacked(grey_ramp()), 3)
    assert [path.name for path in target.parent.iterdir()] == ["图.png"]  # no temporary file is left


def test_write_image_refusals(folder):
    with pytest.raises(BadOption, match=r"\.png or \.jpg"):
        images.write_image(folder / "a.gif", colours())
    blocked = saved(folder, "file", b"")
    with pytest.raises(BadOption, match="cannot be written"):
        images.write_image(blocked / "a.png", colours())
