"""What the paper found, from resources/paper_tables.toml: only figures with a source; all others are unknown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sscore import paths


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the paper. what: in words; source: where it was read; strategy, model: what it is of, or ""."""

    what: str
    value: float
    unit: str
    source: str
    strategy: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of Table 3. network: as `sscore.report.judged.network_of` names it; accuracy: 0..1, None where no source
    gives it; source: where it was read, or ""."""

    network: str
    title: str
    accuracy: float | None
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """findings: (sentence, source); drops: percentage points by (segmenter, strategy, shift), Table 2; seconds: by
    (segmenter, "encode" or a strategy), Table 1; table_3: classifiers, in the paper's order. What is not known is not
    there."""

    segmentation: tuple[Figure, ...]
    classification: tuple[Figure, ...]
    findings: tuple[tuple[str, str], ...]
    drops: Mapping[tuple[str, str, str], float]
    seconds: Mapping[tuple[str, str], float]
    table_3: tuple[Compared, ...] = ()


def load(path: Path | None = None) -> Paper:
    """The figures known. The file ships with the program: errors in it are defects."""
    data: dict[str, Any] = tomllib.loads((path or paths.resources() / "paper_tables.toml").read_text(encoding="utf-8"))
    sources = {key: f"{one['text']} ({one['url']})" for key, one in data["source"].items()}

    def figures(name: str) -> tuple[Figure, ...]:
        return tuple(Figure(**{**one, "source": sources[one["source"]]}) for one in data.get(name, []))

    return Paper(
        figures("segmentation"),
        figures("classification"),
        tuple((one["text"], sources[one["source"]]) for one in data.get("finding", [])),
        {(one["segmenter"], one["strategy"], one["shift"]): one["value"] for one in data.get("drop", [])},
        {(one["segmenter"], one["stage"]): one["value"] for one in data.get("time", [])},
        tuple(
            Compared(
                one["network"],
                one["title"],
                one["value"] / 100 if "value" in one else None,
                sources[one["source"]] if "source" in one else "",
            )
            for one in data.get("table_3", [])
        ),
    )
