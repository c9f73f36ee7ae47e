"""Tables read the same in three forms; no two series of a figure look alike."""

from __future__ import annotations

import csv
import io

import pytest

from sscore.report import figures
from sscore.report.tables import NOTHING, Table

TABLE = Table(
    name="drops",
    title="Drops & gains, 50 %",
    head=("model", "DICE", "DICE (paper)"),
    rows=(("sam_b <x>", 0.91237, 0.9), ("废钢", float("nan"), None)),
    formats={"DICE": ".3f", "DICE (paper)": ".2f"},
    theirs=frozenset({"DICE (paper)"}),
    note="n = 3",
)


def test_html_escapes_and_marks_what_is_theirs():
    text = TABLE.html()
    assert "sam_b &lt;x&gt;" in text and "Drops &amp; gains" in text and "n = 3" in text
    assert '<td class="number">0.912</td><td class="number theirs">0.90</td>' in text
    assert f'<td class="number">{NOTHING}</td>' in text


def test_csv_keeps_all_digits():
    rows = list(csv.reader(io.StringIO(TABLE.csv())))
    assert rows == [["model", "DICE", "DICE (paper)"], ["sam_b <x>", "0.91237", "0.9"], ["废钢", "", ""]]


def test_latex_is_a_booktabs_table():
    text = TABLE.latex()
    assert r"\begin{tabular}{lrr}" in text and r"Drops \& gains, 50 \%" in text
    assert r"sam\_b \textless{}x\textgreater{} & 0.912 & \textit{0.90} \\" in text
    assert r"废钢 & -- & \textit{--} \\" in text


def test_a_row_too_short_is_a_defect():
    with pytest.raises(ValueError, match="3 columns, but a row of 1"):
        Table("x", "x", TABLE.head, (("a",),))


def test_files_have_their_names(tmp_path):
    folder = tmp_path / "废钢 照片"
    assert [path.name for path in TABLE.write(folder)] == ["drops.csv", "drops.tex"]
    assert (folder / "drops.csv").read_bytes().startswith(b"\xef\xbb\xbfmodel,DICE")


def test_series_differ_in_more_than_colour():
    styles = [figures.style(i) for i in range(len(figures.PALETTE))]
    for key in ("color", "marker", "hatch"):
        assert len({one[key] for one in styles}) == len(styles)
