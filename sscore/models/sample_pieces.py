"""Pieces of the sample scenes, which speak for all photos where a network is tried on this computer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sscore import images, paths
from sscore.types import ByteArray, FloatArray

_EACH = 5


def sample_pieces() -> Iterator[tuple[ByteArray, list[tuple[int, int, int, int]]]]:
    """Each scene uint8 (H, W, 3), and the boxes of five pieces in it: left, top, right, bottom px."""
    folder = paths.resources() / "samples"
    for name, pieces in json.loads((folder / "pieces.json").read_text(encoding="utf-8")).items():
        yield images.read(folder / name), [(left, top, right, bottom) for _, left, top, right, bottom in pieces[:_EACH]]


class Watched:
    """A network that keeps what it was asked. See `sscore.models.engines.Runner`."""

    def __init__(self, runner: Any) -> None:
        self.digest, self.engine = str(runner.digest), str(runner.engine)
        self.seen: list[FloatArray] = []
        self._runner = runner

    def __call__(self, *inputs: FloatArray) -> tuple[FloatArray, ...]:
        self.seen += inputs
        answers: tuple[FloatArray, ...] = self._runner(*inputs)
        return answers
