"""Photos from disk: one loader for display, models and export. Originals are only ever read.

How a file becomes RGB uint8: the EXIF turn is applied; 16-bit values keep their high byte (so 65535 is 255 and the
same grey in 8 and 16 bit looks the same); floating point TIFF must lie in 0..1; transparent parts become white, as
most viewers show them; of several pages or frames the first is read. Colour profiles are not applied.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import stat
import threading
import warnings
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from sscore.errors import BadImage, BadOption
from sscore.paths import write_atomic
from sscore.types import ByteArray, Mask

MAX_MEGAPIXELS = 300
"""Larger images are refused with the reason; SSC_MAX_MEGAPIXELS overrides it."""

EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})
"""Lower-case suffixes of the photos we list. The content, not the suffix, decides how a file is read."""

GREY = 127
"""Neutral ground of crops."""

View = Literal["tight", "masked", "context"]

_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP")
_KINDS = "JPEG, PNG, TIFF, BMP or WebP"
_PIECE = 1 << 22
_CONTEXT = 0.25  # of the long side, on each side: enough to see what the piece lies on
_OWN_FOLDERS = frozenset({"pages", "journal", "cache"})
_FOREIGN = (
    (4, b"ftyphei", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIC photo"),
    (4, b"ftypavif", "an AVIF picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"II*\0", "an unusual or damaged TIFF"),
    (0, b"MM\0*", "an unusual or damaged TIFF"),
)

# Pillow remarks on odd metadata through warnings; what really stops us it raises.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def read(path: str | Path) -> ByteArray:
    """uint8 (H, W, 3) RGB, C-contiguous and writable, EXIF-turned. Raises BadImage."""
    with _opened(path) as image:
        return np.array(_decoded(image, path))


def size(path: str | Path) -> tuple[int, int]:
    """(height, width) px after the EXIF turn, from the header alone. Raises BadImage."""
    with _opened(path) as image:
        width, height = image.size
        return (width, height) if _turn(image) >= 5 else (height, width)


def thumbnail(path: str | Path, side: int) -> ByteArray:
    """uint8 (h, w, 3) RGB, the long side at most `side` px, EXIF-turned; small photos are not enlarged.

    A JPEG is decoded at a reduced scale, which is several times faster. Raises BadImage.
    """
    with _opened(path) as image:
        shrink = side / max(image.size)
        width, height = (max(1, round(v * shrink)) for v in image.size)
        image.draft("RGB", (width, height))  # only JPEG can; it stays at least as large as asked
        small = _decoded(image, path)
        small.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
        return np.array(small)


def digest(rgb: ByteArray) -> str:
    """Name of the pixels of uint8 (H, W, 3): 32 hex digits, the BLAKE2b of the shape and of the BLAKE2b of each 4 MiB.

    In pieces, so that several threads share the work on a large photo.
    """
    pixels = np.ascontiguousarray(rgb).data.cast("B")
    pieces = [pixels[at : at + _PIECE] for at in range(0, len(pixels), _PIECE)]
    if len(pieces) > 1:
        with ThreadPoolExecutor(min(len(pieces), os.cpu_count() or 1, 8)) as pool:
            codes = list(pool.map(_code, pieces))
    else:
        codes = [_code(piece) for piece in pieces]
    return hashlib.blake2b(repr(rgb.shape).encode() + b"".join(codes), digest_size=16).hexdigest()


def _code(piece: memoryview) -> bytes:
    return hashlib.blake2b(piece).digest()


def crop(rgb: ByteArray, mask: Mask, view: View | str, *, margin: float = 0.15) -> ByteArray:
    """uint8 (s, s, 3): the square around a mask of uint8 (H, W, 3), neutral grey where it leaves the image.

    "tight": side = long side of the mask's box; "masked": that and `margin` of it on each side, all but the mask
    grey; "context": that and a quarter of it on each side. Raises BadOption for another view.
    """
    rooms = {"tight": 0.0, "masked": margin, "context": _CONTEXT}
    if view not in rooms:
        raise BadOption(f"unknown crop view {view!r}", remedy=f"use one of {', '.join(rooms)}")
    h, w = mask.bits.shape
    side = max(1, round(max(h, w) * (1 + 2 * rooms[view])))
    left, top = mask.left + (w - side) // 2, mask.top + (h - side) // 2
    out = np.full((side, side, 3), GREY, dtype=np.uint8)
    height, width = rgb.shape[:2]
    y0, y1, x0, x1 = max(top, 0), min(top + side, height), max(left, 0), min(left + side, width)
    if y0 < y1 and x0 < x1:
        out[y0 - top : y1 - top, x0 - left : x1 - left] = rgb[y0:y1, x0:x1]
    if view == "masked":
        out[~Mask(mask.bits, mask.left - left, mask.top - top).full(side, side)] = GREY
    return out


def list_images(folder: str | Path, *, recursive: bool = True, suffixes: Collection[str] = EXTENSIONS) -> list[Path]:
    """The photos in a folder by suffix (lower-case), in natural order ("IMG_2" before "IMG_10"); paths begin with
    `folder`.

    Left out: hidden files and folders, and what the program itself keeps in a project (pages, journal, cache).
    Subfolders that may not be listed are passed over. Raises BadImage when the folder itself cannot be listed.
    """
    top = Path(folder)
    try:
        os.scandir(top).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadImage(f"the folder cannot be listed: {reason}", path=folder, remedy="check the name") from None
    found = []
    for here, folders, names in os.walk(top):
        own = _OWN_FOLDERS if Path(here) == top or "project.toml" in names else frozenset()
        folders[:] = [f for f in folders if recursive and not f.startswith(".") and f not in own]
        found += [Path(here, n) for n in names if not n.startswith(".") and os.path.splitext(n)[1].lower() in suffixes]
    return sorted(found, key=lambda path: natural_key(path.relative_to(top).as_posix()))


def natural_key(text: str) -> tuple[list[tuple[list[int | str], str]], str]:
    """Sort key of a '/' path: folder by folder, numbers by value, upper and lower case together."""
    parts = text.split("/")
    return [
        ([int(p) if i % 2 else p.casefold() for i, p in enumerate(re.split(r"(\d+)", part))], part) for part in parts
    ], text


def write_image(path: str | Path, image: npt.NDArray[np.uint8] | npt.NDArray[np.bool_]) -> None:
    """Write uint8 (H, W, 3) RGB, uint8 (H, W) grey or a bool (H, W) mask (True is 255) as PNG or JPEG by suffix.

    The file appears whole or not at all. Raises BadOption when it cannot be written.
    """
    target = Path(path)
    kind = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}.get(target.suffix.lower())
    if kind is None:
        raise BadOption("images are written as PNG or JPEG", path=path, remedy="let the name end in .png or .jpg")
    pixels = image.astype(np.uint8) * 255 if image.dtype == np.bool_ else image
    buffer = io.BytesIO()
    try:
        Image.fromarray(pixels).save(buffer, kind, **({"quality": 95} if kind == "JPEG" else {"compress_level": 4}))
        write_atomic(target, buffer.getvalue())
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadOption(f"cannot be written: {reason}", path=path, remedy="choose another folder") from None


# --- opening ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: str | Path) -> Iterator[Image.Image]:
    """The image with its header read; whatever goes wrong inside, while decoding too, becomes BadImage."""
    try:
        with _file(path) as file, _without_pillow_limit():
            image = _identified(file, path)
            limit = max_megapixels()
            if image.width * image.height > limit * 1_000_000:
                millions = image.width * image.height / 1e6
                raise BadImage(
                    f"the image has {image.width} x {image.height} px ({millions:.0f} megapixels); "
                    f"the limit is {limit:g} megapixels",
                    path=path,
                    remedy="make it smaller, or set SSC_MAX_MEGAPIXELS higher if there is memory for it",
                )
            yield image
    except (BadImage, BadOption):
        raise
    except MemoryError:
        raise BadImage("not enough memory for this image", path=path, remedy="close programs or shrink it") from None
    except Exception as error:  # Pillow's decoders meet damaged bytes with many kinds of exception
        raise BadImage(
            f"the image is damaged or cut off: {error or type(error).__name__}",
            path=path,
            remedy="copy it again from the camera or save it anew",
        ) from error


def max_megapixels() -> float:
    """The limit in force. Raises BadOption when SSC_MAX_MEGAPIXELS is not a number above 0."""
    text = os.environ.get("SSC_MAX_MEGAPIXELS")
    if not text:
        return MAX_MEGAPIXELS
    with contextlib.suppress(ValueError):
        value = float(text)
        if value > 0:
            return value
    raise BadOption(f"SSC_MAX_MEGAPIXELS is {text!r}", remedy="give a number of megapixels above 0, for example 500")


@contextlib.contextmanager
def _file(path: str | Path) -> Iterator[IO[bytes]]:
    """The file opened for reading by Python, whose paths are Unicode on every system."""
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise BadImage("this is a folder, not an image", path=path, remedy="name a file in it")
        if not stat.S_ISREG(mode):  # opening a pipe would wait for ever
            raise BadImage("this is not a regular file", path=path, remedy="name an image file")
        file = open(path, "rb")  # noqa: SIM115 (closed below; the errors of opening are told apart here)
    except FileNotFoundError:
        raise BadImage("there is no such file", path=path, remedy="check the name and the folder") from None
    except PermissionError:
        raise BadImage(
            "the file may not be read: permission denied", path=path, remedy="ask its owner, or copy it to your folder"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise BadImage(
            f"the file cannot be opened: {reason}", path=path, remedy="check the name and the disk"
        ) from None
    with file:
        yield file


_limit_lock = threading.Lock()
_limit_users = 0
_limit_before: int | None = None


@contextlib.contextmanager
def _without_pillow_limit() -> Iterator[None]:
    """Pillow's own size limit is one number for the whole process and its message misleads; ours is checked instead.
    Counted, so that reading in several threads puts the number back just once."""
    global _limit_users, _limit_before
    with _limit_lock:
        if _limit_users == 0:
            _limit_before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        _limit_users += 1
    try:
        yield
    finally:
        with _limit_lock:
            _limit_users -= 1
            if _limit_users == 0:
                Image.MAX_IMAGE_PIXELS = _limit_before


def _identified(file: IO[bytes], path: str | Path) -> Image.Image:
    head = file.read(16)
    file.seek(0)
    if not head:
        raise BadImage("the file is empty (0 bytes)", path=path, remedy="copy it again from the camera")
    try:
        return Image.open(file, formats=_FORMATS)
    except UnidentifiedImageError:
        kind = next((name for at, mark, name in _FOREIGN if head[at:].startswith(mark)), None)
        problem = (
            f"this is {kind}, which cannot be read" if kind else "this is not an image, or its beginning is damaged"
        )
        raise BadImage(problem, path=path, remedy=f"use {_KINDS}") from None


# --- the EXIF turn ----------------------------------------------------------------------------------------------------

_ORIENTATION, _BITS, _PLANES = 274, 258, 284  # TIFF tags, which EXIF shares
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turn(image: Image.Image) -> int:
    """EXIF orientation 1..8 that is still to be applied to the header's size; 1 when there is none or it is garbage.

    From the header alone: PNG may keep its EXIF behind the pixels, where Pillow would look only after decoding.
    """
    try:
        if image.format == "TIFF" and _ORIENTATION in image.tag_v2:  # type: ignore[attr-defined]
            return 1  # the size says so already: Pillow turns TIFF itself
        if image.format == "PNG" and "exif" not in image.info:
            late = _png_exif(image.fp)  # type: ignore[attr-defined]
            if late:
                image.info["exif"] = late
        turn = Image.Image.getexif(image).get(_ORIENTATION, 1)
    except Exception:  # damaged metadata is no reason to refuse a photo
        return 1
    return turn if isinstance(turn, int) and turn in _TURNS else 1


def _png_exif(file: IO[bytes]) -> bytes | None:
    """The eXIf chunk of a PNG file, found by hopping from chunk to chunk; the file position is kept."""
    back = file.tell()
    try:
        file.seek(8)
        while len(head := file.read(8)) == 8 and head[4:] != b"IEND":
            length = int.from_bytes(head[:4], "big")
            if head[4:] == b"eXIf":
                return file.read(length)
            file.seek(length + 4, os.SEEK_CUR)
        return None
    finally:
        file.seek(back)


# --- pixels -----------------------------------------------------------------------------------------------------------


def _decoded(image: Image.Image, path: str | Path) -> Image.Image:
    """The pixels in mode RGB, turned."""
    turn = 1 if image.format == "TIFF" else _turn(image)  # Pillow turns TIFF itself while loading
    image.load()
    rgb = _rgb(image, path)
    return rgb.transpose(_TURNS[turn]) if turn in _TURNS else rgb


def _rgb(image: Image.Image, path: str | Path) -> Image.Image:
    mode = image.mode
    if image.format == "TIFF" and image.tag_v2.get(_PLANES) == 2 and max(image.tag_v2.get(_BITS, (8,))) > 8:  # type: ignore[attr-defined]
        # Pillow would read the bytes of such planes as 8-bit pixels.
        raise BadImage(
            "a TIFF with separate colour planes of more than 8 bit cannot be read",
            path=path,
            remedy="save it with interleaved colours, or as PNG",
        )
    if mode == "RGB" and not image.has_transparency_data:
        return image
    if mode == "I" or mode.startswith("I;16"):
        return _grey(_high_byte(np.asarray(image), path))
    if mode == "F":
        return _grey(_from_unit(np.asarray(image), path))
    if image.has_transparency_data:
        clear = image.convert({"La": "LA", "PA": "RGBA"}.get(mode, "RGBA")).convert("RGBA")
        if clear.getchannel("A").getextrema()[1] == 0:
            return clear.convert("RGB")  # wholly transparent: some programs leave the fourth byte of a pixel at zero
        ground = Image.new("RGBA", clear.size, "white")
        ground.alpha_composite(clear)
        return ground.convert("RGB")
    if mode not in ("L", "1", "P", "CMYK", "YCbCr", "HSV", "RGBX"):
        raise BadImage(f"colour mode {mode} cannot be read", path=path, remedy="save the image as RGB")
    return image.convert("RGB")


def _grey(values: ByteArray) -> Image.Image:
    return Image.fromarray(values).convert("RGB")


def _high_byte(values: npt.NDArray[np.integer], path: str | Path) -> ByteArray:
    """uint8 of 16-bit values. A fixed rule, not a stretch of each image: equal light stays equal between photos."""
    if values.min() < 0 or values.max() > 65535:
        raise BadImage("the pixels are 32-bit numbers, not light", path=path, remedy="save the image with 8 or 16 bit")
    high: ByteArray = (values >> 8).astype(np.uint8)
    return high


def _from_unit(values: npt.NDArray[np.floating], path: str | Path) -> ByteArray:
    """uint8 of floating point values 0..1."""
    if not ((values >= 0) & (values <= 1)).all():
        raise BadImage(
            "the pixels are floating point numbers outside 0 to 1, not light",
            path=path,
            remedy="save the image with 8 or 16 bit",
        )
    scaled: ByteArray = np.rint(values * 255).astype(np.uint8)
    return scaled
