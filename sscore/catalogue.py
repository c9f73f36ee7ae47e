"""The models the program knows: rows of weights/catalogue.toml and of the user's own catalogue."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import MISSING, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from sscore import paths
from sscore.errors import ModelMissing, WrongWeights
from sscore.file_lock import only_one
from sscore.types import ModelCard

Kind = Literal["segmenter", "classifier"]
_FIELDS = frozenset(ModelCard.__dataclass_fields__)


def cards(kind: Kind | None = None) -> list[ModelCard]:
    """All rows in the order of the files, the user's last; a user's row replaces a shipped one of the same id.

    Raises WrongWeights when a catalogue cannot be read.
    """
    found: dict[str, ModelCard] = {}
    for path in (paths.weights() / "catalogue.toml", user_file()):
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
        remedy=_remedy(row),
    )


def base_file(row: ModelCard) -> Path | None:
    """The weights that a row with a decoder only needs besides its own file; None for all others. Raises ModelMissing,
    which names the base."""
    if not row.base:
        return None
    try:
        return weight_file(card(row.base, row.kind))
    except ModelMissing as error:
        raise ModelMissing(
            f"{row.id!r} is a decoder for {row.base!r}, which is not on this computer",
            path=error.path,
            remedy=error.remedy,
        ) from error


def _remedy(row: ModelCard) -> str:
    if row.embedded:
        return "install the program again"
    return f"run: ssc models get {row.id}" if row.urls else f"put the file {row.file} there"


def user_file() -> Path:
    """The user's own catalogue, which need not exist."""
    return paths.user_data() / "catalogue.toml"


def user_ids() -> list[str]:
    """Ids of the user's own rows. Raises WrongWeights."""
    return [row.id for row in _rows(user_file())] if user_file().exists() else []


def append(row: ModelCard) -> None:
    """Add a row at the end of the user's catalogue; what stands there stays as it is.

    Raises WrongWeights when the file cannot be read, Busy, OSError.
    """
    path = user_file()
    with only_one(path, wait=10):
        text = _text(path) if path.exists() else ""
        before = parse(text, path)
        text += ("\n" if text and not text.endswith("\n") else "") + ("\n" if text else "") + as_toml(row)
        _write(path, text, [*before, row])


def drop(model_id: str) -> None:
    """Take the row of that id out of the user's catalogue; other rows and all comments stay.

    Raises WrongWeights when the file cannot be read, or not be taken apart without harm; Busy, OSError.
    """
    path = user_file()
    with only_one(path, wait=10):
        text = _text(path)
        head, *blocks = re.split(r"(?m)^(?=[ \t]*\[\[[ \t]*model[ \t]*\]\])", text)
        kept = [head]
        for block in blocks:
            if [row.id for row in parse(block, path)] != [model_id]:
                kept.append(block)
            elif comments := re.search(r"(?:^[ \t]*(?:#.*)?\r?\n?)+\Z", block, re.MULTILINE):
                kept.append(comments.group().lstrip("\r\n"))  # they speak of the next row
        _write(path, "".join(kept), [row for row in parse(text, path) if row.id != model_id])


def as_toml(row: ModelCard) -> str:
    """A row as it stands in a catalogue, without the fields that have their default."""
    lines = ["[[model]]"]
    for field in fields(ModelCard):
        value = getattr(row, field.name)
        if field.default is MISSING or value != field.default:
            # JSON's strings, numbers, truth values and lists are TOML's too, but for the sign DEL.
            text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
            lines.append(f"{field.name} = {text}".replace("\x7f", "\\u007f"))
    return "\n".join(lines) + "\n"


def parse(text: str, path: Path) -> list[ModelCard]:
    """The rows of a catalogue's text; `path` is named in errors. Raises WrongWeights."""
    return list(_parsed(text, path))


@lru_cache(maxsize=8)  # lists and dialogs ask for the rows again and again
def _parsed(text: str, path: Path) -> tuple[ModelCard, ...]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, error) from error
    return tuple(_row(values, number, path) for number, values in enumerate(data.get("model", []), start=1))


def _write(path: Path, text: str, rows: list[ModelCard]) -> None:
    """Write the user's catalogue if it reads back as these rows."""
    if parse(text, path) != rows:
        raise WrongWeights("the catalogue is written in a way that cannot be changed safely", path=path)
    paths.write_atomic(path, text.encode())


def _rows(path: Path) -> list[ModelCard]:
    return parse(_text(path), path)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")  # Notepad puts a mark in front
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> WrongWeights:
    return WrongWeights(f"the model catalogue cannot be read: {error}", path=path, remedy="mend the file")


def _row(values: dict[str, Any], number: int, path: Path) -> ModelCard:
    problem = ""
    if unknown := sorted(set(values) - _FIELDS):
        problem = f"unknown field {unknown[0]!r}"
    elif missing := [name for name in ("id", "kind", "family") if not values.get(name)]:
        problem = f"{missing[0]!r} is missing"
    elif values["kind"] not in get_args(Kind):
        problem = f"kind {values['kind']!r} is neither segmenter nor classifier"
    elif not _bare(values.get("file", "")):
        problem = f"file {values['file']!r} is not the bare name of a file"
    if problem:
        raise WrongWeights(f"model {number} of the catalogue: {problem}", path=path, remedy="mend the file")
    return ModelCard(**{**values, "urls": tuple(values.get("urls", ()))})


def _bare(name: Any) -> bool:
    """Whether a file of that name lies in the weights folder itself on every system ("" for no file)."""
    return isinstance(name, str) and not re.search(r'[/\\:*?"<>|\x00-\x1f]|[. ]$', name)
