"""The models the program knows: rows of weights/catalogue.toml and of the user's own catalogue."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

from sscore import paths
from sscore.errors import ModelMissing, WrongWeights
from sscore.types import ModelCard

Kind = Literal["segmenter", "classifier"]
_FIELDS = frozenset(ModelCard.__dataclass_fields__)


def cards(kind: Kind | None = None) -> list[ModelCard]:
    """All rows in the order of the files, the user's last; a user's row replaces a shipped one of the same id.

    Raises WrongWeights when a catalogue cannot be read.
    """
    found: dict[str, ModelCard] = {}
    for path in (paths.weights() / "catalogue.toml", paths.user_data() / "catalogue.toml"):
        if path.exists():
            found |= {card.id: card for card in _rows(path)}
    return [card for card in found.values() if kind in (None, card.kind)]


def card(model_id: str, kind: Kind | None = None) -> ModelCard:
    """The row of that id. Raises ModelMissing, which lists the ids there are."""
    rows = cards(kind)
    for row in rows:
        if row.id == model_id:
            return row
    what = kind or "model"
    raise ModelMissing(f"there is no {what} {model_id!r}", remedy=f"choose one of: {', '.join(r.id for r in rows)}")


def weight_file(row: ModelCard) -> Path:
    """Where the row's weights are on this computer. Raises ModelMissing, which says where to put them."""
    places = [paths.user_weights() / row.file, paths.weights() / row.file]
    for path in places:
        if path.is_file():
            return path
    wanted = places[1] if row.embedded else places[0]
    raise ModelMissing(
        f"the weights of {row.id!r} are not on this computer",
        path=wanted,
        remedy="install the program again" if row.embedded else f"put the file {row.file} there",
    )


def _rows(path: Path) -> list[ModelCard]:
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongWeights(f"the model catalogue cannot be read: {error}", path=path, remedy="mend the file") from error
    return [_row(values, number, path) for number, values in enumerate(data.get("model", []), start=1)]


def _row(values: dict[str, Any], number: int, path: Path) -> ModelCard:
    problem = ""
    if unknown := sorted(set(values) - _FIELDS):
        problem = f"unknown field {unknown[0]!r}"
    elif missing := [name for name in ("id", "kind", "family") if not values.get(name)]:
        problem = f"{missing[0]!r} is missing"
    elif values["kind"] not in get_args(Kind):
        problem = f"kind {values['kind']!r} is neither segmenter nor classifier"
    if problem:
        raise WrongWeights(f"model {number} of the catalogue: {problem}", path=path, remedy="mend the file")
    return ModelCard(**{**values, "urls": tuple(values.get("urls", ()))})
