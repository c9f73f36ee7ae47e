"""What was said in one language, in the other: for words on screen of which nobody remembers how they were made.

The pairs are those of the translations. A text that fits none of them, a name for instance, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count, product
from string import Formatter
from xml.etree import ElementTree

from PySide6.QtCore import QLibraryInfo, QTranslator

from app import error_words
from sscore import paths

_KEYS = ("Backspace", "Space", "Return", "Enter")
_OTHER = {"zh": "en", "en": "zh"}
_FILE = re.compile(r"[/\\]|\.\w{2,4}$")
_LATIN = re.compile("[A-Za-z]{2}")
_REMEMBERED = 4096  # texts
_SLIGHT = 4  # letters of a template that says so little that it fits half of all sentences
_HOLE = re.compile(r"\{([a-z]\w*)\}")
# Of texts that were put together, from the outside inwards.
_JOINTS = (
    r"(\n+)",
    r"(\s*·\s*|  +)",
    r"((?<=[.!?])\s+|(?<=[。！？；])(?!$)|; )",
    r"(: |：|, |[，、]| → | \(|\)|（|）|[“”])",
)
_MARKS = (("：", ": "), ("，", ", "), ("、", ", "), ("（", " ("), ("）", ")"), ("；", "; "))


@dataclass(frozen=True, slots=True)
class _Template:
    """A text with holes: the parts between them, their names, and the same text in the other language."""

    context: str
    parts: tuple[str, ...]
    holes: tuple[str, ...]
    weight: int
    other: str

    def read(self, text: str) -> dict[str, str] | None:
        """What is in the holes; None when the text is another one."""
        first, last, at = self.parts[0], self.parts[-1], len(self.parts[0])
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return None
        found: dict[str, str] = {}
        for hole, part in zip(self.holes, self.parts[1:], strict=True):
            following = part is self.parts[-1] and len(found) + 1 >= len(self.holes)
            end = len(text) - len(last) if following else text.find(part, at + 1)
            if end <= at or found.setdefault(hole, text[at:end]) != text[at:end]:
                return None
            at = end + len(part)
        return found


class Phrasebook:
    """pairs: (context, English, Chinese), as translations have them."""

    def __init__(self, pairs: Iterable[tuple[str, str, str]]) -> None:
        self._whole: dict[str, dict[str, list[tuple[str, str]]]] = {"zh": {}, "en": {}}
        # By their first and last letter, "" for a hole: a text is held against a few of thousands.
        self._parts: dict[str, dict[tuple[str, str], list[_Template]]] = {"zh": {}, "en": {}}
        for context, english, chinese in pairs:
            for lang, old, new in (("zh", english, chinese), ("en", chinese, english)):
                if old != new:
                    self._whole[lang].setdefault(old, []).append((context, new))
                    parts, holes = tuple(_HOLE.split(old)[::2]), tuple(_HOLE.findall(old))
                    template = _Template(context, parts, holes, _weight(old), new)
                    if template.holes and template.weight > 1:
                        self._parts[lang].setdefault((parts[0][:1], parts[-1][-1:]), []).append(template)

        self._said = lru_cache(maxsize=_REMEMBERED)(self._say)  # sentences share most of their parts

    def say(self, text: str, lang: str, contexts: Sequence[str] = ()) -> str:
        """The text in `lang`, "zh" or "en". contexts: where it is more likely from, the nearest first."""
        return self._said(text, lang, tuple(contexts))

    def _say(self, text: str, lang: str, contexts: tuple[str, ...]) -> str:
        bare = text.strip()
        if (
            not bare
            or (text.isascii() if lang == "en" else not _LATIN.search(bare))
            or bare in self._whole[_OTHER[lang]]
        ):
            return text
        if found := self._whole[lang].get(bare):
            other = next((new for context in contexts for where, new in found if where == context), found[0][1])
            return text.replace(bare, other)
        read = ((one, one.read(bare)) for one in self._candidates(bare, lang))
        fitting = [
            (one, values) for one, values in read if values and (one.weight >= _SLIGHT or self._safe(values, lang))
        ]
        if fitting:
            near = {context: at for at, context in enumerate(contexts)}
            template, values = min(fitting, key=lambda one: (-one[0].weight, near.get(one[0].context, len(near))))
            said = {name: self.say(value, lang, contexts) for name, value in values.items()}
            return text.replace(bare, _HOLE.sub(lambda hole: said[hole[1]], template.other))
        for joint in _JOINTS:
            parts = re.split(joint, text)
            told = [self.say(part, lang, contexts) for part in parts[::2]] if text not in parts else parts[::2]
            if told != parts[::2] and (joint != _JOINTS[-1] or _known(parts[::2], told)):
                between = [_mark(part, lang, joint) for part in parts[1::2]]
                return "".join(part for pair in zip(told, [*between, ""], strict=True) for part in pair)
        return text

    def _candidates(self, bare: str, lang: str) -> Iterator[_Template]:
        for ends in product((bare[0], ""), (bare[-1], "")):
            yield from self._parts[lang].get(ends, ())

    def _safe(self, values: dict[str, str], lang: str) -> bool:
        """Whether there are only numbers and known words in the holes."""
        return all(value in self._whole[lang] or not _worded(value) for value in values.values())


def _worded(text: str) -> bool:
    return any(one.isalpha() for one in text)


def _known(parts: list[str], told: list[str]) -> bool:
    """Whether what matters of the parts was put into other words: else it is a name that a word happens to be in."""
    said = [
        (len(part), part != new)
        for part, new in zip(parts, told, strict=True)
        if _worded(part) and not _FILE.search(part)
    ]
    return max(said, default=(0, False))[1]


def _weight(text: str) -> int:
    """Letters outside the holes; a Chinese one counts twice."""
    return sum(1 + (one > "\u3000") for one in _HOLE.sub("", text) if one.isalpha())


def _mark(mark: str, lang: str, joint: str) -> str:
    """What stands between two parts."""
    if joint == _JOINTS[2] and not mark.strip():
        return " " if lang == "en" else ""
    pairs = ((chinese, english) if lang == "zh" else (english, chinese) for chinese, english in _MARKS)
    return next((new for new, old in pairs if old == mark), mark)


@cache
def translations() -> tuple[tuple[str, str, str], ...]:
    """All pairs of the studio and of the core's errors; none where the file was not installed."""
    file = paths.resources() / "translations" / "studio_zh_CN.ts"
    if not file.is_file():
        return ()
    found = []
    for context in ElementTree.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            words = message.findtext("translation") or ""
            found.append((context.findtext("name", ""), message.findtext("source", ""), words))
    found.append(("Errors", "[Errno {number}] {why}: '{file}'", "{file}：{why}"))  # as Python writes it
    core = [("Errors", _named(english), _named(chinese)) for english, chinese in error_words.texts().items()]
    return tuple(one for one in (*found, *core) if one[2])


def _named(text: str) -> str:
    """With names for holes, which are numbered, or come in order."""
    said, order = "", count()
    for literal, hole, _, _ in Formatter().parse(text):
        said += literal + (f"{{hole{hole or next(order)}}}" if hole is not None else "")
    return said


@lru_cache(maxsize=2)
def book(names: tuple[tuple[str, str], ...]) -> Phrasebook:
    """names: further pairs, English and Chinese."""
    qt = QTranslator()
    qt.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    keys = [("", key, qt.translate("QShortcut", key) or key) for key in _KEYS]
    return Phrasebook([*translations(), *(("", english, chinese) for english, chinese in names), *keys])
