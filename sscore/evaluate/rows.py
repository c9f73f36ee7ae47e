"""One row a prompt answered, and their files: Parquet, exact and typed, and CSV for everything else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sscore.errors import BadDataset
from sscore.paths import write_atomic

if TYPE_CHECKING:
    import pyarrow as pa

UNSHIFTED = "none"
"""Value of `Row.shift` for prompts as they are drawn from the truth."""

CLICKS = "NoC"
"""Strategy of the simulated user's rows (number of clicks): one for each click."""


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt answered.

    engine: what ran the network, as far as the model tells; shift: "none" or "LO-HI" px; repeat: from 1, 0 without a
    shift; for strategy "NoC" the number of the click; annotation: id on its page; area: px of the truth; dice, jaccard,
    hausdorff (px, infinite when nothing was found), predicted_iou, candidate (the model's own output number, -1 when
    nothing was found): of the candidate that fits best, which the paper scores, and for "NoC" of the one the model puts
    first; dice_first: of that one; clicks: what a person would do for this prompt, a box counting as two;
    seconds_encode: of the photo, the same in all its rows; seconds_predict: of this answer: measured alone where
    nothing is shifted, else its share of a batch; for S1 of the whole photo; mask: run-length code of the answer, for
    prompts not shifted, else "".
    """

    segmenter: str
    engine: str
    strategy: str
    shift: str
    repeat: int
    image: str
    annotation: int
    label: str
    area: int
    dice: float
    jaccard: float
    hausdorff: float
    dice_first: float
    predicted_iou: float
    candidate: int
    clicks: int
    seconds_encode: float
    seconds_predict: float
    mask: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """A true mask, kept with a run so that its report needs no dataset. height, width: of the photo, px; mask: its
    run-length code."""

    image: str
    annotation: int
    label: str
    area: int
    height: int
    width: int
    mask: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be measured, and why. image "": a whole segmenter; annotation 0: a whole photo; segmenter "": all
    of them."""

    image: str
    text: str
    annotation: int = 0
    segmenter: str = ""

    def __str__(self) -> str:
        place = f"{self.image}, object {self.annotation}" if self.annotation else self.image
        return ": ".join(part for part in (self.segmenter, place, self.text) if part)


_KINDS = {"str": "string", "int": "int64", "float": "float64"}
TIMES = ("seconds_encode", "seconds_predict")
"""Columns that differ from run to run; all others are the same on the same computer."""


def table_of(rows: Sequence[Row] | Sequence[Truth], kind: type[Row] | type[Truth] = Row) -> pa.Table:
    """Rows as an Arrow table with their fields as columns."""
    import pyarrow as pa

    schema = pa.schema([(field.name, getattr(pa, _KINDS[str(field.type)])()) for field in fields(kind)])
    columns = [list(map(attrgetter(field.name), rows)) for field in fields(kind)]
    return pa.table(columns, schema=schema)


def truths_of(table: pa.Table) -> list[Truth]:
    """The rows of a table of objects, as `table_of` makes it."""
    return [Truth(**values) for values in table.to_pylist()]


def as_part(rows: Sequence[Row], problems: Sequence[Problem]) -> bytes:
    """The rows of one photo as a Parquet file, with what went wrong there in its metadata."""
    facts = {"problems": json.dumps([asdict(problem) for problem in problems])}
    return as_parquet(table_of(rows).replace_schema_metadata(facts))


def problems_of(part: pa.Table) -> list[Problem]:
    """What `as_part` put there."""
    facts = part.schema.metadata or {}
    return [Problem(**values) for values in json.loads(facts.get(b"problems", b"[]"))]


def as_parquet(table: pa.Table) -> bytes:
    """The table as a Parquet file, compressed."""
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def read(path: Path) -> pa.Table:
    """Raises BadDataset when the file is missing or no Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_table(io.BytesIO(path.read_bytes()))
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
    except pa.ArrowException:
        problem = "is not a whole Parquet file"
    raise BadDataset(problem, path=path, remedy="run ssc evaluate again: it goes on where it was")


def is_whole(path: Path) -> bool:
    """Whether a Parquet file is there and has its end, where its table of contents is."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        parquet.read_metadata(path)
    except (OSError, pa.ArrowException):
        return False
    return True


def joined(tables: Iterable[pa.Table], order: Sequence[str]) -> pa.Table:
    """Parts as one table, sorted by these columns: the order does not tell in which they were made."""
    import pyarrow as pa

    whole = pa.concat_tables(table.replace_schema_metadata(None) for table in tables)
    return whole.sort_by([(name, "ascending") for name in order])


def write(table: pa.Table, folder: Path, name: str, *, leave_out: Sequence[str] = ()) -> None:
    """NAME.parquet with all columns and NAME.csv without those left out. OSError passes."""
    from pyarrow import csv

    write_atomic(folder / f"{name}.parquet", as_parquet(table))
    out = io.BytesIO()
    csv.write_csv(table.drop_columns(list(leave_out)), out)
    write_atomic(folder / f"{name}.csv", b"\xef\xbb\xbf" + out.getvalue())


def plain(table: pa.Table) -> list[dict[str, Any]]:
    """What two runs must agree on: all rows without their times."""
    rows: list[dict[str, Any]] = table.drop_columns(list(TIMES)).to_pylist()
    return rows
