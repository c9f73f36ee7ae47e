"""The runs that a report is about, read from their folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import compute

from sscore import masks
from sscore.errors import BadDataset
from sscore.evaluate import rows, runs
from sscore.evaluate.rows import CLICKS, UNSHIFTED, Truth
from sscore.evaluate.summary import Columns, shift_order
from sscore.types import Mask

_FEW = 10

Place = tuple[str, int]
"""An object: photo and id."""


@dataclass(frozen=True, eq=False)
class Measured:
    """table: the rows of all runs; truths: by object; manifests: of the runs; parameters: by segmenter, None where not
    known; photos: file by name; notes: what a reader should know before comparing."""

    table: pa.Table
    truths: dict[Place, Truth]
    manifests: tuple[dict[str, Any], ...]
    parameters: dict[str, int | None]
    photos: dict[str, Path]
    notes: tuple[str, ...]

    @cached_property
    def rows(self) -> Columns:
        """All rows, by column."""
        return Columns.of(self.table)

    @cached_property
    def plain(self) -> Columns:
        """Rows of unshifted prompts, without the simulated user's."""
        return self.rows.where((self.rows["shift"] == UNSHIFTED) & (self.rows["strategy"] != CLICKS))

    @property
    def segmenters(self) -> list[str]:
        """Names as the report gives them, in the order of the runs."""
        return list(self.parameters)

    @cached_property
    def strategies(self) -> list[str]:
        """That were measured, without the simulated user."""
        return sorted(set(self.plain["strategy"].tolist()))

    @cached_property
    def shifts(self) -> list[str]:
        """Without the unshifted one."""
        return sorted(set(self.rows["shift"].tolist()) - {UNSHIFTED}, key=shift_order)

    @cached_property
    def dices(self) -> dict[tuple[str, str, Place], float]:
        """DICE by (segmenter, strategy, object), unshifted."""
        names = ("segmenter", "strategy", "image", "annotation", "dice")
        return {
            (segmenter, strategy, (image, annotation)): dice
            for segmenter, strategy, image, annotation, dice in zip(
                *(self.plain[name].tolist() for name in names), strict=True
            )
        }

    def truth(self, place: Place) -> Mask:
        """The true mask of an object."""
        return _mask(self.truths[place], self.truths[place].mask)

    def answer(self, segmenter: str, strategy: str, place: Place) -> Mask | None:
        """The answer to an unshifted prompt that was scored; None when nothing was found, or nothing asked."""
        wanted = {"segmenter": segmenter, "strategy": strategy, "image": place[0], "annotation": place[1]}
        chosen = compute.field("shift") == UNSHIFTED
        for name, value in wanted.items():
            chosen = chosen & (compute.field(name) == value)
        codes = self.table.filter(chosen)["mask"].to_pylist()
        return _mask(self.truths[place], codes[0]) if codes and codes[0] else None


def _mask(truth: Truth, code: str) -> Mask:
    mask = masks.from_rle({"size": [truth.height, truth.width], "counts": code})
    assert mask is not None
    return mask


def load(folders: Sequence[Path]) -> Measured:
    """The runs in these folders together; a segmenter measured in several is told apart by their names.

    Raises BadDataset when a folder holds no finished run.
    """
    tables, notes = [], []
    truths: dict[Place, Truth] = {}
    parameters: dict[str, int | None] = {}
    manifests = [runs.manifest(folder) for folder in folders]
    photos: dict[str, Path] = {}
    sets = []
    for folder, manifest in zip(folders, manifests, strict=True):
        if not manifest["finished"]:
            raise BadDataset("the run is not finished", path=folder, remedy="run ssc evaluate again: it goes on")
        table = rows.read(folder / "rows.parquet")
        found = rows.truths_of(rows.read(folder / "truths.parquet"))
        sets.append({(one.image, one.annotation, one.mask) for one in found})
        truths |= {(one.image, one.annotation): one for one in found}
        photos |= {name: Path(one["path"]) for name, one in manifest["photos"].items()}
        measured = set(table["segmenter"].to_pylist())
        for name, about in manifest["segmenters"].items():
            own = f"{name} ({folder.name})" if name in parameters else name
            if own != name:
                table = _renamed(table, name, own)
            if name in measured:
                parameters[own] = about["parameters"]
        if manifest["untrained"]:
            notes.append(f"{folder.name}: random weights. Its figures show that the program works, and nothing else.")
        tables.append(table)
    if any(one != sets[0] for one in sets):
        notes.append("The runs are not about the same objects: only the paired comparison is fair.")
    if (count := len({image for image, _ in truths})) < _FEW:
        notes.append(f"Photos: {count}. Intervals over fewer than {_FEW} are rough.")
    return Measured(pa.concat_tables(tables), truths, tuple(manifests), parameters, photos, tuple(notes))


def _renamed(table: pa.Table, old: str, new: str) -> pa.Table:
    names = [new if name == old else name for name in table["segmenter"].to_pylist()]
    return table.set_column(table.column_names.index("segmenter"), "segmenter", pa.array(names))
