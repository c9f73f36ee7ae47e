"""`ssc models`: which models there are, and which of them are on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sscore import paths
from sscore.cli.console import Console, Json
from sscore.errors import ModelMissing

if TYPE_CHECKING:
    from sscore.types import ModelCard


def list_models(as_json: Json = False) -> int:
    """List the models: what they do, where their weights are, their size."""
    from sscore import catalogue

    rows = [_row(card) for card in catalogue.cards()]
    wide = {key: max((len(row[key]) for row in rows), default=0) for key in ("id", "kind", "where")}
    lines = [
        f"{row['id']:<{wide['id']}}  {row['kind']:<{wide['kind']}}  {row['where']:<{wide['where']}}"
        f"  {row['bytes'] / 1e6:6.1f} MB  {row['note']}".rstrip()
        for row in rows
    ]
    Console(json=as_json).result({"models": rows}, "\n".join(lines))
    return 0


def _row(card: ModelCard) -> dict[str, Any]:
    """where: "built in" needs no weights, "embedded" came with the program, "installed" is the user's own; "to
    download" and "missing" are not on this computer. bytes: of the weight file here, else as the catalogue has it."""
    where, size = _place(card)
    return {
        "id": card.id,
        "kind": card.kind,
        "family": card.family,
        "where": where,
        "bytes": size,
        "licence": card.licence,
        "note": card.note,
    }


def _place(card: ModelCard) -> tuple[str, int]:
    from sscore import catalogue

    if not card.file:
        return "built in", 0
    try:
        file = catalogue.weight_file(card)
    except ModelMissing:
        return "to download" if card.urls else "missing", card.bytes
    return "embedded" if file.parent == paths.weights() else "installed", file.stat().st_size
