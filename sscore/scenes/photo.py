"""From light to a photo: exposure, colour cast, haze, lens and motion blur, sensor noise, JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[Any]
"""Numbers per pixel or texel, float32."""
Rng = np.random.Generator


@dataclass(frozen=True)
class Shot:
    """How one photo is taken. key: brightness its middle tones are brought to (0..1, display scale); cast: gain per
    channel; haze: share of veil at the mean depth, veil its colour; blur, motion: px at 480 lines; noise: deviation
    (display scale); quality: JPEG, 0 for none; contrast, saturation: 1 is neutral; vignette: loss in the corners."""

    key: float
    cast: tuple[float, float, float]
    haze: float
    veil: tuple[float, float, float]
    blur: float
    motion: float
    motion_angle: float
    noise: float
    quality: int
    contrast: float
    saturation: float
    vignette: float


def draw_shot(rng: Rng) -> Shot:
    """Mostly decent photos, now and then a bad one."""
    warm = rng.normal(0, 0.07)
    haze = rng.uniform(0.15, 0.6) if rng.random() < 0.12 else rng.uniform(0, 0.08)
    grey = rng.uniform(0.25, 0.85)
    return Shot(
        key=float(np.clip(rng.normal(0.42, 0.11), 0.16, 0.72)),
        cast=(float(1 + warm), float(1 + rng.normal(0, 0.025)), float(1 - warm)),
        haze=float(haze),
        veil=(float(grey), float(grey * rng.uniform(0.93, 1.05)), float(grey * rng.uniform(0.88, 1.1))),
        blur=float(rng.uniform(1.0, 2.4) if rng.random() < 0.12 else rng.uniform(0.45, 0.8)),
        motion=float(rng.uniform(3, 9) if rng.random() < 0.06 else 0.0),
        motion_angle=float(rng.uniform(0, 180)),
        noise=float(rng.exponential(0.012)),
        quality=int(rng.integers(35, 97)),
        contrast=float(rng.uniform(0.85, 1.25)),
        saturation=float(rng.uniform(0.6, 1.25)),
        vignette=float(rng.uniform(0, 0.25)),
    )


def develop(light: Image, depth: npt.NDArray[np.float32], shot: Shot, rng: Rng) -> npt.NDArray[np.uint8]:
    """light: float32 (H, W, 3) squared scale, overwritten; depth: float32 (H, W) 1/m, 0 in the sky. -> uint8 RGB."""
    height, width = light.shape[:2]
    sample = np.sqrt(np.maximum(light[::7, ::7].mean(2), 0))
    level = float(np.median(sample)) * 0.6 + float(sample.mean()) * 0.4
    light *= np.array(shot.cast, np.float32) * np.float32((shot.key / max(level, 1e-3)) ** 2)
    np.maximum(light, 0, out=light)
    image = np.sqrt(light)
    # A film-like shoulder: highlights roll off instead of clipping.
    bright = image > 0.75
    image[bright] = 0.75 + 0.3 * (1 - np.exp(-(image[bright] - 0.75) / 0.3))
    if shot.haze > 0.02:
        near = float(np.median(depth[depth > 0])) if (depth > 0).any() else 1.0
        share = 1 - np.exp(np.float32(np.log1p(-shot.haze)) * np.minimum(near / np.maximum(depth, 1e-4), 6))
        image += share[:, :, None] * (np.array(shot.veil, np.float32) - image)
    scale = height / 480
    image = cv2.GaussianBlur(image, (0, 0), max(shot.blur * scale**0.5, 0.4))
    if shot.motion:
        image = cv2.filter2D(image, -1, _streak(shot.motion * scale, shot.motion_angle))
    grey = image.mean(2, keepdims=True)
    image = grey + (image - grey) * np.float32(shot.saturation)
    image = (image - np.float32(0.45)) * np.float32(shot.contrast) + np.float32(0.45)
    if shot.vignette > 0.03:
        y, x = np.linspace(-1, 1, height, dtype=np.float32), np.linspace(-1, 1, width, dtype=np.float32)
        image *= (1 - np.float32(shot.vignette / 2) * (y[:, None] ** 2 + x[None] ** 2))[:, :, None]
    if shot.noise > 0.002:
        image += rng.standard_normal(image.shape, dtype=np.float32) * np.float32(shot.noise)
    rgb = np.clip(image * 255 + np.float32(0.5), 0, 255).astype(np.uint8)
    if shot.quality:
        _, data = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
        rgb = np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1])
    return rgb


def _streak(length: float, angle: float) -> Image:
    """Kernel of a straight hand movement, `length` px."""
    size = int(length) | 1
    kernel: Image = np.zeros((size, size), np.float32)
    kernel[size // 2] = 1
    turn = cv2.getRotationMatrix2D((size / 2 - 0.5, size / 2 - 0.5), angle, 1)
    kernel = cv2.warpAffine(kernel, turn, (size, size))
    out: Image = kernel / kernel.sum()
    return out
