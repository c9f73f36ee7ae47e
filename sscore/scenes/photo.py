"""From light to a photo: exposure, colour cast, haze, lens and motion blur, sensor noise, JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[Any]
"""float32 numbers per pixel."""
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
    grey = rng.uniform(0.35, 0.9)
    return Shot(
        key=float(np.clip(rng.normal(0.45, 0.1), 0.24, 0.72)),
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
    gain: Image = np.array(shot.cast, np.float32) * np.float32((shot.key / max(level, 1e-3)) ** 2)
    light *= gain
    np.maximum(light, 0, out=light)
    image: Image = np.sqrt(light, out=light)
    # A film-like shoulder: highlights roll off instead of clipping.
    over: Image = np.maximum(image - np.float32(0.75), 0)
    np.minimum(image, np.float32(0.75), out=image)
    over *= np.float32(-1 / 0.3)
    image -= np.float32(0.3) * np.expm1(over, out=over)
    if shot.haze > 0.02:
        near = float(np.median(depth[depth > 0])) if (depth > 0).any() else 1.0
        share = 1 - np.exp(np.float32(np.log1p(-shot.haze)) * np.minimum(near / np.maximum(depth, 1e-4), 6))
        image += share[:, :, None] * (np.array(shot.veil, np.float32) - image)
    scale = height / 480
    image = cv2.GaussianBlur(image, (0, 0), max(shot.blur * scale**0.5, 0.4))
    if shot.motion:
        image = cv2.filter2D(image, -1, _streak(shot.motion * scale, shot.motion_angle))
    # Saturation about the grey of the three channels and contrast about 0.45, as one matrix.
    mix = np.full((3, 3), (1 - shot.saturation) / 3) + np.eye(3) * shot.saturation
    shift = np.full((3, 1), 0.45 * (1 - shot.contrast))
    image = cv2.transform(image, np.hstack([mix * shot.contrast, shift]).astype(np.float32))
    if shot.vignette > 0.03:
        y, x = np.linspace(-1, 1, height, dtype=np.float32), np.linspace(-1, 1, width, dtype=np.float32)
        fall: Image = 1 - np.float32(shot.vignette / 2) * (y[:, None] ** 2 + x[None] ** 2)
        image = image * fall[:, :, None]
    if shot.noise > 0.002:
        image += np.multiply(rng.standard_normal(image.shape, dtype=np.float32), np.float32(shot.noise))
    rgb: npt.NDArray[np.uint8]
    rgb = cv2.convertScaleAbs(np.maximum(image, 0, out=image), alpha=255).astype(np.uint8, copy=False)
    if shot.quality:
        _, data = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
        decoded: Any = cv2.imdecode(data, cv2.IMREAD_COLOR)
        rgb = np.array(decoded[:, :, ::-1], np.uint8, order="C")
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
