"""COCO run-length codes: made from a mask's crop, read with every number checked. Column-major, as pycocotools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from sscore.errors import BadDataset
from sscore.mask_sets import clip, tight
from sscore.types import BoolArray, Mask

IntArray = npt.NDArray[np.int64]

_MAX_PIXELS = 2_000_000_000
"""Largest image a run-length code may claim: a damaged size must not ask for all memory."""


def to_rle(mask: Mask | None, height: int, width: int) -> dict[str, Any]:
    """COCO compressed run-length code of a mask in an image of (height, width) px, made from the crop alone.

    {"size": [height, width], "counts": str}, column-major; the same text as pycocotools makes of the whole image.
    What lies outside the image is cut off; None is an empty mask.
    """
    inside = None if mask is None else clip(mask, height, width)
    if inside is None:
        counts = [height * width]
    else:
        h, w = inside.bits.shape
        # A False row after each column keeps runs of neighbouring columns apart: run starts and ends are then the
        # steps of the column-major pixel list.
        columns = np.zeros((w, h + 1), dtype=np.int8)
        columns[:, :h] = inside.bits.T
        steps = np.diff(columns.ravel(), prepend=np.int8(0))
        starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
        at = (inside.left + starts // (h + 1)) * height + inside.top + starts % (h + 1)
        until = at + ends - starts
        if h == height:  # a run to the bottom edge goes on at the top of the next column
            joined = at[1:] == until[:-1]
            at, until = at[np.r_[True, ~joined]], until[np.r_[~joined, True]]
        edges = np.column_stack([at, until]).ravel()
        counts = np.diff(edges, prepend=0, append=height * width).tolist()
        if counts[-1] == 0:
            counts.pop()
    return _compress(counts, height, width)


def _compress(counts: list[int], height: int, width: int) -> dict[str, Any]:
    code = coco_mask.frPyObjects({"size": [height, width], "counts": counts}, height, width)
    return {"size": [height, width], "counts": code["counts"].decode("ascii")}


def encode_rle(bits: BoolArray) -> dict[str, Any]:
    """COCO compressed run-length code of bool (H, W): {"size": [H, W], "counts": str}."""
    height, width = bits.shape
    return to_rle(tight(bits), height, width)


def decode_rle(rle: Mapping[str, Any]) -> BoolArray:
    """bool (H, W) of a COCO run-length code, compressed (str or bytes) or not (list). Raises BadDataset."""
    counts, height, width = _read_rle(rle)
    flags = np.arange(len(counts)) % 2 == 1
    return np.ascontiguousarray(np.repeat(flags, counts).reshape(width, height).T)


def from_rle(rle: Mapping[str, Any]) -> Mask | None:
    """The mask of a COCO run-length code (as `decode_rle`) without making the whole image; None when empty."""
    counts, height, _ = _read_rle(rle)
    edges = np.cumsum(counts)
    starts, ends = edges[0:-1:2], edges[1::2]
    some = ends > starts
    starts, ends = starts[some], ends[some]
    if not len(starts):
        return None
    first, last = starts // height, (ends - 1) // height
    top, bottom = 0, height
    if (first == last).all():  # no run goes on in the next column: only the rows in use need be made
        top, bottom = int((starts - first * height).min()), int((ends - last * height).max())
    left, width, rows = int(first[0]), int(last[-1] - first[0]) + 1, bottom - top
    at = (first - left) * rows + starts - first * height - top
    steps = np.diff(np.column_stack([at, at + ends - starts]).ravel(), prepend=0, append=width * rows)
    bits = np.repeat(np.arange(len(steps)) % 2 == 1, steps)
    return tight(bits.reshape(width, rows).T, left, top)


def _read_rle(rle: Mapping[str, Any]) -> tuple[IntArray, int, int]:
    """(run lengths int64, height, width), checked: they are >= 0 and fill the image.

    pycocotools trusts what it is given and can crash the process on a damaged code, so it is never handed one.
    """
    try:
        size, code = rle["size"], rle["counts"]
        height, width = (int(v) for v in size)
        whole = all(float(v) == int(v) for v in size)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadDataset("a run-length code needs a size [height, width] and counts") from None
    if not whole or height < 1 or width < 1 or height * width > _MAX_PIXELS:
        raise BadDataset(f"a run-length code has an impossible size: {size}")
    if isinstance(code, str | bytes):
        counts = _expand(code)
    elif isinstance(code, Sequence):
        try:
            values = np.array(code) if len(code) else np.zeros(0, dtype=np.int64)
        except ValueError:
            raise BadDataset("run-length counts must be one flat list") from None
        if values.ndim != 1 or values.dtype.kind not in "iu":
            raise BadDataset("run-length counts must be whole numbers")
        counts = values.astype(np.int64)
    else:
        raise BadDataset(f"run-length counts must be text or a list, not {type(code).__name__}")
    pixels = height * width
    # Checking the largest first keeps the sum below from wrapping round.
    if not len(counts) or counts.min() < 0 or counts.max() > pixels or counts.sum() != pixels:
        raise BadDataset(f"run-length counts do not fill the image of {height} x {width} px")
    return counts, height, width


def _expand(code: str | bytes) -> IntArray:
    """Run lengths of COCO's compressed text: five bits a character, least significant first, each value from the
    fourth on less the one two before (pycocotools maskApi.c, rleFrString)."""
    try:
        raw = np.frombuffer(code.encode("ascii") if isinstance(code, str) else code, dtype=np.uint8)
    except UnicodeEncodeError:
        raise BadDataset("a run-length code holds characters that cannot be in one") from None
    digits = raw.astype(np.int64) - 48
    if not len(digits) or digits.min() < 0 or digits.max() > 63 or digits[-1] & 0x20:
        raise BadDataset("a run-length code is cut off or holds characters that cannot be in one")
    last = np.flatnonzero(digits & 0x20 == 0)
    first = np.r_[0, last[:-1] + 1]
    lengths = last - first + 1
    if lengths.max() > 7:
        raise BadDataset("a run-length code holds a number that is too large")
    place = 5 * (np.arange(len(digits)) - np.repeat(first, lengths))
    counts = np.add.reduceat((digits & 0x1F) << place, first)
    counts = np.where(digits[last] & 0x10, counts - (np.int64(1) << 5 * lengths), counts)
    if len(counts) > 3:
        counts[1::2] = np.cumsum(counts[1::2])
        counts[2::2] = np.cumsum(counts[2::2])
    return counts
