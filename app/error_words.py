"""The exact facts of an error in the user's language: what sscore says in English, put into Chinese.

resources/translations/errors_zh_CN.toml has the texts as templates. A text it does not know is shown as it is.
"""

from __future__ import annotations

import errno
import os
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from string import Formatter

from sscore import paths
from sscore.errors import SscError


def facts(error: Exception, lang: str) -> str:
    """Path, problem and remedy of an error of the core, or file and reason of one of the system. lang: "zh" or "en"."""
    if lang != "zh":
        return str(error)
    if isinstance(error, SscError):
        text = chinese(error.problem)
        text = f"{error.path}：{text}" if error.path else text
        return f"{text}（{chinese(error.remedy)}）" if error.remedy else text
    if isinstance(error, OSError) and error.errno in _system():
        reason = _system()[error.errno]
        return f"{error.filename}：{reason}" if error.filename else reason
    return str(error)


def chinese(text: str) -> str:
    """A problem, a remedy or a whole line of the core in Chinese; as it is where no template fits."""
    pieces = [chinese(piece) for piece in text.split("; ")] if "; " in text else []
    if pieces and all(piece not in text for piece in pieces):  # several facts in one, all of them known
        return "；".join(pieces)
    for found in re.finditer(r" \(", text) if text.endswith(")") else ():  # "problem (remedy)", both of them known
        problem, remedy = text[: found.start()], text[found.end() : -1]
        if (said := chinese(problem)) != problem and (advised := chinese(remedy)) != remedy:
            return f"{said}（{advised}）"
    for template in _templates():
        if found := template.pattern.fullmatch(text):
            return template.chinese.format(*(_part(value) for value in found.groups()))
    if (reason := _reasons().get(text)) is not None:
        return reason
    if pieces:
        return "；".join(pieces)
    place, colon, rest = text.partition(": ")
    if colon and (inner := chinese(rest)) != rest:
        return f"{place}：{inner}"
    return text


def texts() -> dict[str, str]:
    """All texts of the core and of the system, English and Chinese, with holes for what is put in."""
    return _file()["texts"] | _reasons()


def _part(value: str) -> str:
    """What was put into a text: itself a known text, or a value, which Python writes in straight quotes."""
    inner = chinese(value)
    quoted = re.fullmatch(r"'([^']*)'", inner)
    return f"“{quoted[1]}”" if quoted else inner


@dataclass(frozen=True, slots=True)
class _Template:
    pattern: re.Pattern[str]
    chinese: str
    letters: int


@cache
def _templates() -> list[_Template]:
    """The most literal first, so that "cannot be read: {}" does not take what a longer one says better."""
    read = (_template(english, words) for english, words in _file()["texts"].items())
    return sorted(read, key=lambda template: -template.letters)


def _template(english: str, words: str) -> _Template:
    pattern, letters = "", 0
    for literal, hole, _, _ in Formatter().parse(english):
        pattern += re.escape(literal) + ("(.*?)" if hole is not None else "")
        letters += len(literal)
    return _Template(re.compile(pattern, re.DOTALL), words, letters)


@cache
def _system() -> dict[int | None, str]:
    """What the operating system's error numbers mean; a system need not have all of them."""
    return {getattr(errno, name): words for name, words in _file()["errno"].items() if hasattr(errno, name)}


@cache
def _reasons() -> dict[str, str]:
    """The same by the words this system has for the numbers, which the core puts into its texts."""
    return {os.strerror(number): words for number, words in _system().items() if number is not None}


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads((paths.resources() / "translations" / "errors_zh_CN.toml").read_text(encoding="utf-8"))
