"""A line of words that picks photos and instances: `class:U,H margin<0.2 status:proposed -author:li 2024/`.

    term   = ["-"] key op value | ["-"] text          all terms must hold; "-" turns one round
    op     = ":" | "=" | "<" | "<=" | ">" | ">="
    value  = word | "words in quotes" | value,value   (one of these) | 0.2..0.5 (from, to) | 20%

Spaces around the sign are allowed.

A bare text looks for itself in the photo's path. Keys of an instance: class, guess, status, author, reviewer,
comment, time, margin, score, iou, area, width, height, seconds, clicks. Keys of a photo: photo, is (todo, begun, done,
reviewed, rejected), count. Chinese keys, class names and full-width signs are understood as well. A photo is picked
when its own terms hold and, if there are terms of instances, one of its instances fulfils all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sscore.errors import BadOption
from sscore.facts import Fact, PhotoFacts
from sscore.labels import LabelSet
from sscore.types import STATUSES, UNKNOWN

_Test = Callable[[Any], bool]

_NAMES = {
    "class": "class label 类别 类",
    "guess": "guess 猜测 模型类别",
    "status": "status 状态",
    "author": "author 作者 标注人",
    "reviewer": "reviewer 复核人",
    "comment": "comment 备注",
    "time": "time 时间",
    "margin": "margin 分差 差距",
    "score": "score 概率",
    "iou": "iou",
    "area": "area 面积",
    "width": "width 宽",
    "height": "height 高",
    "seconds": "seconds 秒",
    "clicks": "clicks 点击",
    "photo": "photo file image 照片",
    "is": "is 进度",
    "count": "count 数量",
}
_KEYS = {name: key for key, names in _NAMES.items() for name in names.split()}
KEYS = tuple(_NAMES)
"""The keys in English, in the order of the help."""
_KEY_PAIRS = {key: next((n for n in names.split() if not n.isascii()), key) for key, names in _NAMES.items()}
_STATES = {"todo": "待标注", "begun": "进行中", "done": "已完成", "reviewed": "已复核", "rejected": "已退回"}
_STATUS_ZH: dict[str, str] = dict(zip(STATUSES, ("候选", "已接受", "已复核", "已否决"), strict=True))
_NUMBERS = {"margin", "score", "iou", "area", "width", "height", "seconds", "clicks", "count"}
_OF_PHOTO = {"photo", "is", "count"}
_SIGN = re.compile(r'("[^"]*"?)|\s*(!=|<=|>=|:|=|<|>)\s*')
_TERM = re.compile(r'-?(?:[^\s"]|"[^"]*"?)+')
_PARTS = re.compile(r"(-?)([^\W\d]+)(<=|>=|:|=|<|>)(.*)", re.DOTALL)
_TELLS = "，、：＜＞＝（）－％！"


@dataclass(frozen=True, slots=True)
class Query:
    """A line that was understood; made by `parse`."""

    text: str
    of_photo: tuple[_Test, ...] = ()
    of_instance: tuple[_Test, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.of_photo and not self.of_instance

    def picks(self, fact: Fact) -> bool:
        """Whether the instance fulfils every term about instances."""
        return all(test(fact) for test in self.of_instance)

    def picks_photo(self, photo: PhotoFacts) -> bool:
        for test in self.of_photo:
            if not test(photo):
                return False
        return not self.of_instance or any(map(self.picks, photo.facts))


def parse(text: str, labels: LabelSet) -> Query:
    """Understand a line. Raises BadOption that names the word it stumbled over."""
    plain = "".join(unicodedata.normalize("NFKC", c).replace("、", ",") if c in _TELLS else c for c in text)
    plain = _SIGN.sub(lambda found: found[1] or found[2], plain)
    photo: list[_Test] = []
    instance: list[_Test] = []
    for word in _TERM.findall(plain):
        found = _PARTS.fullmatch(word)
        if found is None:
            if re.search("[<>=]", re.sub('"[^"]*"?', "", word)):
                raise BadOption(f"{word}: this is not understood", remedy="for instance margin<0.2 or -status:reviewed")
            bare = word.removeprefix("-").replace('"', "").casefold()
            test: _Test = _contains(bare)
            key, turned = "photo", word.startswith("-")
        else:
            turned, name, op, value = bool(found[1]), found[2].casefold(), found[3], found[4]
            if name not in _KEYS:
                raise BadOption(f"{word}: there is no key {found[2]!r}", remedy=f"keys: {_list(name, _KEY_PAIRS)}")
            key = _KEYS[name]
            test = _test(key, op, value, word, labels)
        reader = _reader(key)
        whole = _Term(reader, test, turned)
        (photo if key in _OF_PHOTO else instance).append(whole)
    return Query(text, tuple(photo), tuple(instance))


@dataclass(frozen=True, slots=True)
class _Term:
    read: Callable[[Any], Any]
    test: _Test
    turned: bool

    def __call__(self, thing: Any) -> bool:
        return self.test(self.read(thing)) is not self.turned


def _reader(key: str) -> Callable[[Any], Any]:
    readers: dict[str, Callable[[Any], Any]] = {
        "class": lambda fact: fact.label,
        "photo": lambda photo: photo.image,
        "width": lambda fact: fact.box[2],
        "height": lambda fact: fact.box[3],
        "count": lambda photo: len(photo.facts),
        "is": _states,
    }
    return readers.get(key) or (lambda thing: getattr(thing, key))


def _states(photo: PhotoFacts) -> set[str]:
    progress = "done" if photo.done else "begun" if photo.facts else "todo"
    return {progress, photo.status}


def _test(key: str, op: str, value: str, word: str, labels: LabelSet) -> _Test:
    alternatives = [part.strip('"') for part in re.findall(r'(?:[^,"]|"[^"]*"?)+', value)]
    if not any(alternatives):
        raise BadOption(f"{word}: a value is missing", remedy=f"for instance {key}{op}{_example(key)}")
    if op not in (":", "=") and len(alternatives) > 1:
        raise BadOption(f"{word}: only one value can be compared with", remedy="for instance margin<0.2")
    if key in _NUMBERS:
        return _numbers(op, alternatives, word)
    if key == "time" and op not in (":", "="):
        return _compared(op, alternatives[0])
    if op not in (":", "="):
        raise BadOption(f"{word}: {key} cannot be compared with {op}", remedy=f"write {key}:{value}")
    if key in ("class", "guess"):
        wanted = frozenset(_label(part, word, labels) for part in alternatives)
        return lambda label: label in wanted
    if key == "status":
        named = frozenset(_one_of(part, {s: s for s in STATUSES}, _STATUS_ZH, word) for part in alternatives)
        return lambda status: status in named
    if key == "is":
        states = frozenset(_one_of(part, {s: s for s in _STATES}, _STATES, word) for part in alternatives)
        return lambda has: not states.isdisjoint(has)
    tests = [_contains(part.casefold()) for part in alternatives]
    return lambda text: any(test(text) for test in tests)


def _contains(wanted: str) -> _Test:
    return lambda text: wanted in text.casefold()


def _compared(op: str, limit: Any) -> _Test:
    """What is not known is not less, more or equal."""
    tests: dict[str, _Test] = {
        "<": lambda v: v not in (None, "") and v < limit,
        "<=": lambda v: v not in (None, "") and v <= limit,
        ">": lambda v: v not in (None, "") and v > limit,
        ">=": lambda v: v not in (None, "") and v >= limit,
    }
    return tests[op]


def _numbers(op: str, alternatives: list[str], word: str) -> _Test:
    if op not in (":", "="):
        return _compared(op, _number(alternatives[0], word))
    ranges = []
    for part in alternatives:
        low, dots, high = part.partition("..")
        first = _number(low, word)
        ranges.append((first, _number(high, word) if dots else first))
    return lambda value: value is not None and any(low <= value <= high for low, high in ranges)


def _number(text: str, word: str) -> float:
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise BadOption(f"{word}: {text!r} is not a number", remedy="for instance margin<0.2") from None


def _label(text: str, word: str, labels: LabelSet) -> str:
    wanted = text.casefold()
    for key in (*labels.keys, UNKNOWN):
        if wanted in {key.casefold(), labels.name(key, "en").casefold(), labels.name(key, "zh").casefold()}:
            return key
    pairs = {key: labels.name(key, "zh") for key in (*labels.keys, UNKNOWN)}
    raise BadOption(f"{word}: there is no class {text!r}", remedy=f"classes: {_list(text, pairs)}")


def _one_of(text: str, own: dict[str, str], zh: dict[str, str], word: str) -> str:
    names = {**own, **{name: key for key, name in zh.items()}}
    if text.casefold() not in names:
        raise BadOption(f"{word}: {text!r} is not known here", remedy=f"one of {_list(text, {k: zh[k] for k in own})}")
    return names[text.casefold()]


def _list(typed: str, pairs: dict[str, str]) -> str:
    """What one could have written, in the script one has written in. pairs: English and Chinese."""
    return ", ".join(pairs if typed.isascii() else pairs.values())


def _example(key: str) -> str:
    examples = {"class": "Pipe", "status": "proposed", "is": "todo", "time": "2024-05"}
    number = "0.5" if key in ("margin", "score", "iou") else "20"
    return examples.get(key, number if key in _NUMBERS else "text")
