"""Figures come out the same every time, and the report's page holds all it shows."""

import re

from sscore.report import figures, html
from sscore.report.tables import Table

TABLE = Table("drops", "Drops & gains", ("model", "DICE"), (("废钢", 0.9),))


def _picture():
    with figures.drawing("bars", "Bars", "Two bars.", width=2, height=1) as canvas:
        canvas.axes.bar(["a", "废"], [1, 2], color=figures.PALETTE[0], hatch=figures.style(1)["hatch"])
    return canvas.done


def test_a_figure_is_the_same_every_time():
    first, second = _picture(), _picture()
    assert first.svg == second.svg and first.png == second.png
    assert first.png.startswith(b"\x89PNG") and b"<svg" in first.svg


def test_the_page_needs_nothing_else(tmp_path):
    picture = _picture()
    text = html.page("Run <1>", "Lead.", [html.Section("Part", ("Words & more", TABLE, picture))])
    assert (
        "<title>Run &lt;1&gt;</title>" in text and "Words &amp; more" in text and "data:image/svg+xml;base64," in text
    )
    assert not re.search(r'(src|href)="(?!data:|#)', text) and "<script" not in text
    assert [path.name for path in picture.write(tmp_path)] == ["bars.png", "bars.svg"]
