"""A table that reads the same on a web page, in a spreadsheet and in a paper."""

from __future__ import annotations

import csv
import html
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sscore.paths import write_atomic

Cell = str | int | float | None
NOTHING = "–"
"""What people read where there is no value; files for machines leave the cell empty."""


_LONG = 40


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """name: of its files; head: of the columns; rows: as long as the head; formats: column → format of its numbers, as
    ".3f" (default: as Python writes them); theirs: columns whose figures are others', set in italics; note: below it.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    formats: Mapping[str, str] = field(default_factory=dict)
    theirs: frozenset[str] = frozenset()
    note: str = ""

    def __post_init__(self) -> None:
        if wrong := [row for row in self.rows if len(row) != len(self.head)]:
            raise ValueError(f"table {self.name!r}: {len(self.head)} columns, but a row of {len(wrong[0])}: {wrong[0]}")

    def html(self) -> str:
        """A <figure> with the table; numbers to the right, words to the left."""
        lines = ['<figure class="table">', f"<figcaption>{html.escape(self.title)}</figcaption>", "<table>"]
        heads = (
            f"<th{self._kind(name, None if numeric else name)}>{html.escape(name)}</th>"
            for name, numeric in zip(self.head, self._numeric, strict=True)
        )
        lines.append(f"<thead><tr>{''.join(heads)}</tr></thead><tbody>")
        for row in self.rows:
            cells = (
                f"<td{self._kind(name, value)}>{html.escape(self._text(name, value))}</td>"
                for name, value in zip(self.head, row, strict=True)
            )
            lines.append(f"<tr>{''.join(cells)}</tr>")
        lines.append("</tbody></table>")
        if self.note:
            lines.append(f'<p class="note">{html.escape(self.note)}</p>')
        return "\n".join([*lines, "</figure>"])

    def csv(self) -> str:
        """All digits; the columns as in the head, lines ended as in RFC 4180."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self.head)
        writer.writerows([["" if _nothing(value) else value for value in row] for row in self.rows])
        return out.getvalue()

    def latex(self) -> str:
        """A `table` environment for the package booktabs."""
        kinds = (
            "r" if numeric else "p{5cm}" if any(_is_long(row[i]) for row in self.rows) else "l"
            for i, numeric in enumerate(self._numeric)
        )
        lines = [
            r"\begin{table}",
            r"  \centering",
            rf"  \caption{{{_escaped(self.title)}}}",
            rf"  \begin{{tabular}}{{{''.join(kinds)}}}",
            r"    \toprule",
            f"    {' & '.join(self._set(name, _escaped(name)) for name in self.head)} \\\\",
            r"    \midrule",
        ]
        for row in self.rows:
            cells = (
                self._set(name, _escaped(self._text(name, value))) for name, value in zip(self.head, row, strict=True)
            )
            lines.append(f"    {' & '.join(cells)} \\\\")
        lines += [r"    \bottomrule", r"  \end{tabular}"]
        if self.note:
            lines.append(rf"  \par\smallskip\footnotesize {_escaped(self.note)}")
        return "\n".join([*lines, r"\end{table}", ""])

    def write(self, folder: Path) -> list[Path]:
        """NAME.csv (with a byte order mark, so that Excel reads Chinese) and NAME.tex. OSError passes."""
        files = [folder / f"{self.name}.csv", folder / f"{self.name}.tex"]
        write_atomic(files[0], self.csv().encode("utf-8-sig"))
        write_atomic(files[1], self.latex().encode())
        return files

    @property
    def _numeric(self) -> list[bool]:
        """Of each column, whether it has numbers."""
        return [any(isinstance(row[i], int | float) for row in self.rows) for i in range(len(self.head))]

    def _text(self, name: str, value: Cell) -> str:
        if _nothing(value):
            return NOTHING
        spec = self.formats.get(name, "")
        return format(value, spec) if spec and isinstance(value, int | float) else str(value)

    def _kind(self, name: str, value: Cell = "") -> str:
        kinds = ["number"] if isinstance(value, int | float) or value is None else []
        kinds += ["theirs"] if name in self.theirs else []
        kinds += ["long"] if _is_long(value) else []
        return f' class="{" ".join(kinds)}"' if kinds else ""

    def _set(self, name: str, text: str) -> str:
        return rf"\textit{{{text}}}" if name in self.theirs else text


def _nothing(value: Cell) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_long(value: Cell) -> bool:
    """Whether a cell needs several lines."""
    return isinstance(value, str) and len(value) > _LONG


_LATEX = str.maketrans(
    {
        **{sign: rf"\{sign}" for sign in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "–": "--",
        "−": "$-$",
        "±": r"$\pm$",
        "×": r"$\times$",
        "≥": r"$\geq$",
        "≤": r"$\leq$",
        "∞": r"$\infty$",
    }
)


def _escaped(text: str) -> str:
    return text.translate(_LATEX)
