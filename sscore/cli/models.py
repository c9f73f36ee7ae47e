"""`ssc models`: which models there are, and which of them are on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sscore import paths
from sscore.cli.console import Console, Json

if TYPE_CHECKING:
    from sscore.types import ModelCard


def list_models(as_json: Json = False) -> int:
    """List the models: what they do, where their weights are, their size."""
    from sscore import catalogue

    rows = [_row(card) for card in catalogue.cards()]
    wide = {key: max(len(row[key]) for row in rows) for key in ("id", "kind", "where")}
    lines = [
        f"{row['id']:<{wide['id']}}  {row['kind']:<{wide['kind']}}  {row['where']:<{wide['where']}}"
        f"  {row['bytes'] / 1e6:6.1f} MB  {row['note']}".rstrip()
        for row in rows
    ]
    Console(json=as_json).result({"models": rows}, "\n".join(lines))
    return 0


def _row(card: ModelCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "kind": card.kind,
        "family": card.family,
        "where": _where(card),
        "bytes": card.bytes,
        "licence": card.licence,
        "note": card.note,
    }


def _where(card: ModelCard) -> str:
    """ "built in" needs no weights, "embedded" came with the program, "installed" is the user's."""
    if not card.file:
        return "built in"
    if (paths.weights() / card.file).is_file():
        return "embedded"
    if (paths.user_weights() / card.file).is_file():
        return "installed"
    return "to download" if card.urls else "missing"
