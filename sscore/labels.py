"""Label sets: which classes there are, their names, colours and text templates. Read from resources/labels/*.toml."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import tomllib
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sscore.errors import BadLabels
from sscore.paths import resources
from sscore.types import UNKNOWN

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

DEFAULT_TEMPLATES = ("一张{}的照片", "{}的照片", "{}")
"""Of a label set that brings none; "{}" stands for a class's text."""

_UNKNOWN_NAMES = {"en": "unknown", "zh": "未知"}


@dataclass(frozen=True, slots=True)
class Label:
    """One class. key: what files hold; en, zh: names on screen; colour: "#RRGGBB"; texts: Chinese words for it that a
    text-and-image model compares with a crop."""

    key: str
    en: str
    zh: str
    colour: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Classes in their fixed order, which is the COCO category order. templates: sentences with one "{}", where a
    class's text goes."""

    key: str
    en: str
    zh: str
    labels: tuple[Label, ...]
    templates: tuple[str, ...] = DEFAULT_TEMPLATES
    keys: tuple[str, ...] = field(init=False, repr=False, compare=False)  # asked hundreds of times per picture

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(label.key for label in self.labels))

    def __contains__(self, key: object) -> bool:
        return key in self.keys

    def index(self, key: str) -> int:
        """Place in the order, from 0. Raises BadLabels."""
        if key not in self:
            raise BadLabels(
                f"{key!r} is not a label of the set {self.key!r}", remedy=f"its labels are {', '.join(self.keys)}"
            )
        return self.keys.index(key)

    def category_id(self, key: str) -> int:
        """COCO category id, from 1. Raises BadLabels."""
        return self.index(key) + 1

    def get(self, key: str) -> Label:
        """Raises BadLabels."""
        return self.labels[self.index(key)]

    def prompts(self, key: str) -> tuple[str, ...]:
        """What a text-and-image model compares with a crop: each text of the class in each template. Raises
        BadLabels."""
        texts = self.get(key).texts
        return tuple(template.replace("{}", text) for text in texts for template in self.templates)

    @property
    def words_version(self) -> str:
        """Of the texts and templates: the beginning of their SHA-256, 12 hexadecimal digits."""
        told = json.dumps([*((label.key, *label.texts) for label in self.labels), self.templates], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def name(self, key: str, lang: str = "en") -> str:
        """What to show for a label in "zh" or else English; "unknown" has a name too, a foreign key is its own."""
        lang = "zh" if lang.lower().startswith("zh") else "en"
        if key == UNKNOWN:
            return _UNKNOWN_NAMES[lang]
        return str(getattr(self.get(key), lang)) if key in self else key


def available() -> list[str]:
    """Keys of the label sets that ship with the program."""
    return list(_shipped(resources() / "labels"))


@functools.cache  # they stay the same while the program runs
def _shipped(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load(key_or_path: str | Path = "scrap_shapes") -> LabelSet:
    """The label set of that key, or in that TOML file (a text with a folder or ending in .toml is a path).

    Raises BadLabels, which names the file and the field.
    """
    text = os.fspath(key_or_path)
    is_path = isinstance(key_or_path, Path) or text.lower().endswith(".toml") or "/" in text or os.sep in text
    if not is_path and text not in available():
        raise BadLabels(
            f"there is no label set {text!r}", remedy=f"use {', '.join(available())} or the path of a .toml file"
        )
    path = Path(text) if is_path else resources() / "labels" / f"{text}.toml"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadLabels("there is no such label file", path=path, remedy="check the name and the folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadLabels(f"the label file cannot be read: {reason}", path=path, remedy="name a .toml file") from None
    return _parsed(content, path)


def as_toml(labels: LabelSet) -> str:
    """The label file of a set, which `load` reads back."""

    def text(value: str | Sequence[str]) -> str:
        return json.dumps(value, ensure_ascii=False)  # a string or list of JSON is one of TOML too

    head = [f"{name} = {text(getattr(labels, name))}" for name in ("key", "en", "zh", "templates")]
    parts = ["\n".join(head)]
    for one in labels.labels:
        lines = [f"{name} = {text(getattr(one, name))}" for name in ("key", "en", "zh", "colour", "texts")]
        parts.append("\n".join(["[[label]]", *lines]))
    return "\n\n".join(parts) + "\n"


def checked(labels: LabelSet, path: Path) -> LabelSet:
    """The set as it would be read back from a file of that path. Raises BadLabels, as `load`."""
    return _parsed(as_toml(labels).encode(), path)


@functools.lru_cache(maxsize=8)  # the same few files are asked for again and again
def _parsed(content: bytes, path: Path) -> LabelSet:
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))  # Notepad puts a mark in front
    except UnicodeDecodeError:
        raise BadLabels("the label file is not UTF-8 text", path=path, remedy="save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadLabels(f"the label file is not valid TOML: {error}", path=path, remedy="correct that line") from None
    if path.parent == resources() / "labels":
        with suppress(KeyError, TypeError, AttributeError):  # somebody has edited it: then it is checked like others
            return _taken(data)
    return _checked(data, path)


def _taken(data: dict[str, Any]) -> LabelSet:
    """A set that ships with the program. A test checks those, so that no start waits for pydantic."""
    rows = data["label"]
    labels = tuple(Label(b["key"], b["en"], b["zh"], b["colour"].upper(), tuple(b["texts"])) for b in rows)
    return LabelSet(data["key"], data["en"], data["zh"], labels, tuple(data.get("templates", DEFAULT_TEMPLATES)))


def _checked(data: dict[str, Any], path: Path) -> LabelSet:
    from pydantic import ValidationError

    try:
        read: Any = _schema().model_validate(data)
    except ValidationError as error:
        remedy = "compare it with scrap_shapes.toml, which ships with the program"
        raise BadLabels(_in_words(error, data), path=path, remedy=remedy) from None
    labels = tuple(Label(b.key, b.en, b.zh, b.colour.upper(), tuple(b.texts)) for b in read.label)
    twice = [key for key, count in Counter(label.key for label in labels).items() if count > 1]
    if twice:
        raise BadLabels(f"the label key {twice[0]!r} is used twice", path=path, remedy="give each label its own key")
    if UNKNOWN in (label.key for label in labels):
        raise BadLabels(
            f"the label key {UNKNOWN!r} is kept for instances nobody could name", path=path, remedy="use another key"
        )
    templates = DEFAULT_TEMPLATES if read.templates is None else tuple(read.templates)
    for template in templates:
        if template.count("{}") != 1:
            problem = f"the template {template!r} must hold {{}} once, where a label's text goes"
            raise BadLabels(problem, path=path, remedy='write it like "一张{}的照片"')
    return LabelSet(read.key, read.en, read.zh, labels, templates)


@functools.cache
def _schema() -> type[BaseModel]:
    """The file's form. Made when first needed: importing pydantic takes a fifth of a second."""
    from typing import Annotated

    from pydantic import BaseModel, ConfigDict, Field, StringConstraints

    text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    strict = ConfigDict(extra="forbid", strict=True)

    class LabelRow(BaseModel):
        model_config = strict
        key: text
        en: text
        zh: text
        colour: Annotated[str, StringConstraints(pattern="^#[0-9A-Fa-f]{6}$")]
        texts: Annotated[list[text], Field(min_length=1)]

    class LabelFile(BaseModel):
        model_config = strict
        key: text
        en: text
        zh: text
        templates: Annotated[list[text], Field(min_length=1)] | None = None
        label: Annotated[list[LabelRow], Field(min_length=1)]

    return LabelFile


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field we know",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": 'must be a colour like "#E69F00"',
    "list_type": "must be a list",
    "too_short": "must not be empty",
    "model_type": "must be a table",
}


def _in_words(error: ValidationError, data: dict[str, Any]) -> str:
    """The first thing wrong, with the label it is in."""
    first = error.errors()[0]
    what = _WORDS.get(first["type"], first["msg"])
    place: Sequence[int | str] = first["loc"]
    if len(place) > 1 and place[0] == "label":
        row = data["label"][place[1]]
        name = f" ({row['key']})" if isinstance(row, dict) and isinstance(row.get("key"), str) else ""
        field = f": field {place[2]!r}" if len(place) > 2 else ""
        return f"label {int(place[1]) + 1}{name}{field} {what}"
    return f"field {place[0]!r} {what}"
