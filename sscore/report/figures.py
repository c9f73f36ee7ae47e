"""Figures that survive print and colour blindness: drawn by matplotlib, without its global state and windows.

Series differ in colour (Okabe and Ito's eight, told apart by all common kinds of colour blindness) and also in marker
and hatch, for grey printers.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sscore.paths import write_atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#999999")
"""Okabe, Ito: Color universal design, 2008, with grey for black, on which no line is seen. The first four are the
farthest apart, also in grey."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo", "+++")

_FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Source Han Sans SC",
    "SimHei",
    "WenQuanYi Micro Hei",
)
_DPI = 200
_PHOTO_DPI = 130


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A finished figure. name: of its files; svg, png: their bytes (svg empty for photos); caption: the text below."""

    name: str
    title: str
    caption: str
    png: bytes
    svg: bytes = b""

    def write(self, folder: Path) -> list[Path]:
        """NAME.png and, for drawings, NAME.svg. OSError passes."""
        files = []
        for suffix, data in ((".png", self.png), (".svg", self.svg)):
            if data:
                files.append(folder / f"{self.name}{suffix}")
                write_atomic(files[-1], data)
        return files


def style(index: int) -> dict[str, Any]:
    """Colour, marker and hatch of a series by its number."""
    return {
        "color": PALETTE[index % len(PALETTE)],
        "marker": MARKERS[(index + index // len(PALETTE)) % len(MARKERS)],
        "hatch": HATCHES[(index + index // len(PALETTE)) % len(HATCHES)],
    }


@contextmanager
def drawing(
    name: str,
    title: str,
    caption: str,
    *,
    width: float = 7.0,
    height: float = 3.6,
    grid: tuple[int, int] = (1, 1),
    photos: bool = False,
) -> Iterator[Canvas]:
    """A figure of `width` x `height` inches to draw on; `canvas.picture` is there when the block has ended.

    grid: rows and columns of axes; photos: a plate of photos, without frames and kept as pixels only. The same drawing
    gives the same bytes.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_rules()):
        figure = Figure(figsize=(width, height), layout="constrained")
        canvas = Canvas(figure, list(figure.subplots(*grid, squeeze=False).flat))
        if photos:
            for axes in canvas.all_axes:
                axes.set_axis_off()
        yield canvas
        svg, png = io.BytesIO(), io.BytesIO()
        if not photos:
            figure.savefig(svg, format="svg", metadata={"Date": None, "Title": title})
        figure.savefig(png, format="png", dpi=_PHOTO_DPI if photos else _DPI, metadata={"Software": None})
        canvas.picture = Picture(name, title, caption, png.getvalue(), svg.getvalue())


@dataclass(slots=True, eq=False)
class Canvas:
    """A figure under work: its axes row by row."""

    figure: Figure
    all_axes: list[Axes]
    picture: Picture | None = None

    @property
    def axes(self) -> Axes:
        """The first, of most drawings the only ones."""
        return self.all_axes[0]

    @property
    def done(self) -> Picture:
        """What was drawn, once the drawing has ended."""
        assert self.picture is not None, "the drawing has not ended"
        return self.picture


def _rules() -> Any:
    """Settings by matplotlib's names (a literal type of its own)."""
    return {
        "font.family": list(_families()),
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
        "grid.linewidth": 0.6,
        "axes.edgecolor": "#444444",
        "legend.frameon": False,
        "hatch.linewidth": 0.6,
        "svg.fonttype": "path",  # the same letters on every computer
        "svg.hashsalt": "ssc",
        "figure.facecolor": "white",
    }


@cache
def _families() -> tuple[str, ...]:
    """Of the fonts wanted those this computer has: the first, and one with Chinese letters."""
    from matplotlib import font_manager

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    there = {entry.name for entry in font_manager.fontManager.ttflist}
    chinese = [name for name in _FONTS[1:] if name in there]
    return (_FONTS[0], *chinese[:1])


def font_file(text: str) -> str:
    """A font for pictures that are not drawn by matplotlib: one with Chinese letters where the text needs them."""
    from matplotlib import font_manager

    return font_manager.findfont(_families()[0 if text.isascii() else -1])
