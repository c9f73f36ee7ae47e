"""Small photos as files of every kind, for the tests of sscore.images."""

import io
import struct
import zlib

import cv2
import numpy as np
from PIL import ExifTags, Image

from sscore import images

H, W = 24, 40


LOSSLESS = {"PNG": "a.png", "TIFF": "a.tif", "BMP": "a.bmp", "WEBP": "a.webp"}


def colours(height=H, width=W):
    """uint8 (H, W, 3): four plain quarters, so that turns, channels and lossy codecs can all be told."""
    rgb = np.zeros((height, width, 3), dtype=np.uint8)
    rgb[: height // 2, : width // 2] = (200, 30, 40)
    rgb[: height // 2, width // 2 :] = (30, 180, 60)
    rgb[height // 2 :, : width // 2] = (20, 60, 220)
    rgb[height // 2 :, width // 2 :] = (240, 230, 90)
    return rgb


def grey_ramp():
    return np.tile(np.linspace(0, 255, W).astype(np.uint8), (H, 1))


def stacked(grey):
    return np.dstack([grey] * 3)


def cv_bytes(suffix, array):
    done, data = cv2.imencode(suffix, array)
    assert done
    return data.tobytes()


def pil_bytes(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def saved(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


def check(path, expected, tolerance=0):
    rgb = images.read(path)
    assert rgb.dtype == np.uint8 and rgb.shape == expected.shape
    assert rgb.flags.c_contiguous and rgb.flags.writeable
    assert images.size(path) == rgb.shape[:2]
    assert np.abs(rgb.astype(int) - expected).max() <= tolerance


def planar_tiff(planes, bits):
    """An uncompressed RGB TIFF that keeps its three colour planes (H, W) one after the other."""
    data = b"".join(plane.astype(f"<u{bits // 8}").tobytes() for plane in planes)
    pixels, more = 8, 8 + len(data)
    one = len(data) // 3
    tables = struct.pack("<3H", bits, bits, bits) + struct.pack("<3I", *(pixels + i * one for i in range(3)))
    tables += struct.pack("<3I", one, one, one)
    tags = [
        (256, 4, 1, W), (257, 4, 1, H), (258, 3, 3, more), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 3, more + 6),
        (277, 3, 1, 3), (278, 4, 1, H), (279, 4, 3, more + 18), (284, 3, 1, 2),
    ]  # fmt: skip
    folder = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\0" + struct.pack("<I", more + len(tables)) + data + tables + folder


def exif_bytes(turn):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    return exif.tobytes()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
