"""Text to the token numbers of Chinese BERT, as CN-CLIP was trained with: [CLS], the pieces, [SEP], zeros.

The rules are those of Google's BERT (Devlin et al., 2019): lower case without accents; every Chinese character and
every punctuation mark is a word; a word is cut into the longest pieces the vocabulary has, from its beginning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from sscore.paths import resources

CONTEXT = 52
"""Tokens of a text, [CLS] and [SEP] included, in all published models."""

_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 200
_CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


def tokenize(texts: list[str], context: int = CONTEXT) -> npt.NDArray[np.int64]:
    """int64 (n, context): token numbers, zero padded; what is too long loses its end (see `length`)."""
    table = vocabulary()
    out = np.zeros((len(texts), context), np.int64)
    for row, text in zip(out, texts, strict=True):
        numbers = [table[piece] for piece in (_BEGIN, *pieces(text)[: context - 2], _END)]
        row[: len(numbers)] = numbers
    return out


def length(text: str) -> int:
    """Tokens the text needs, [CLS] and [SEP] included."""
    return len(pieces(text)) + 2


def pieces(text: str) -> list[str]:
    """The text's words cut into what the vocabulary has; a word that cannot be cut so is "[UNK]"."""
    return [piece for word in _words(text) for piece in _cut(word)]


@cache
def vocabulary() -> dict[str, int]:
    """Piece -> number. The file has one piece a line."""
    text = (resources() / "vocabulary" / "bert_chinese.txt").read_text(encoding="utf-8")
    return {line.strip(): number for number, line in enumerate(text.removesuffix("\n").split("\n"))}


def _words(text: str) -> Iterator[str]:
    spaced = "".join(f" {one} " if _is_chinese(one) else one for one in map(_clean, text))
    for word in spaced.split():
        plain = unicodedata.normalize("NFD", word.lower())
        plain = "".join(one for one in plain if unicodedata.category(one) != "Mn")
        yield from "".join(f" {one} " if _is_punctuation(one) else one for one in plain).split()


def _cut(word: str) -> list[str]:
    table = vocabulary()
    if len(word) > _LONGEST_WORD:
        return [_UNKNOWN]
    found: list[str] = []
    start = 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in table), 0)
        if not end:
            return [_UNKNOWN]
        found.append(mark + word[start:end])
        start = end
    return found


def _clean(one: str) -> str:
    """A space for every kind of blank, nothing for what cannot be seen."""
    if one in " \t\n\r":
        return " "
    kind = unicodedata.category(one)
    if one in "\0\ufffd" or kind in ("Cc", "Cf"):
        return ""
    return " " if kind == "Zs" else one


def _is_chinese(one: str) -> bool:
    return one != "" and any(first <= ord(one) <= last for first, last in _CHINESE)


def _is_punctuation(one: str) -> bool:
    # BERT counts every ASCII sign as punctuation, those that Unicode calls symbols too.
    return unicodedata.category(one).startswith("P") or (one.isascii() and one.isprintable() and not one.isalnum())
