"""What a segmentation report says of its rows: tables, rankings, the paper's figures where they are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from measured_rows import row
from sample_pages import rectangle

from sscore.errors import BadDataset
from sscore.evaluate import rows
from sscore.evaluate.rows import Truth
from sscore.report import gallery, measured, paper
from sscore.report import segmentation_tables as tables

MASK = rectangle(5, 5, 25, 15)
CODE = MASK.rle(40, 50)["counts"]
MACHINE = {"processor": "X", "cores": 2}
ABOUT = {
    "format": 1,
    "finished": True,
    "untrained": False,
    "source": "coco.json",
    "machine": MACHINE,
    "problems": [],
    "engine": "auto",
    "design": {"strategies": ["S5"], "shifts": ["0-10"], "repeats": 1, "seed": 0},
}


def run(folder: Path, *measured_rows, **about) -> Path:
    """A run's folder with these rows, each of an object of the photo p.png."""
    table = rows.table_of(measured_rows)
    rows.write(table, folder, "rows", leave_out=("mask",))
    objects = sorted(set(zip(table["image"].to_pylist(), table["annotation"].to_pylist(), strict=True)))
    truths = [Truth(image, number, "Bar", MASK.area, 40, 50, CODE) for image, number in objects]
    (folder / "truths.parquet").write_bytes(rows.as_parquet(rows.table_of(truths, Truth)))
    segmenters = {
        name: {"weights": "w", "parameters": 2_000_000} for name in dict.fromkeys(table["segmenter"].to_pylist())
    }
    photos = {image: {"path": str(folder / image)} for image, _ in objects}
    text = json.dumps({**ABOUT, "segmenters": segmenters, "photos": photos, **about})
    (folder / "run.json").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def two(tmp_path):
    """Segmenters a and b on three objects; they differ most on the second."""
    dices = {"a": (0.9, 0.2, 0.6), "b": (0.8, 0.7, 0.5)}
    plain = [
        row(segmenter=name, image=f"{n}.png", annotation=n, dice=dice, mask=CODE if dice > 0.3 else "")
        for name, values in dices.items()
        for n, dice in enumerate(values, start=1)
    ]
    moved = [
        row(segmenter=one.segmenter, image=one.image, annotation=one.annotation, shift="0-10", dice=0.5)
        for one in plain
    ]
    return measured.load([run(tmp_path / "废钢 运行", *plain, *moved)])


def test_best_worst_and_disputed(two):
    assert [(dice, one, place[1]) for dice, one, _, place in gallery.ranking(two, best=True)] == [
        (0.9, "a", 1),
        (0.7, "b", 2),
        (0.6, "a", 3),
    ]
    assert [(dice, one, place[1]) for dice, one, _, place in gallery.ranking(two, best=False)] == [
        (0.2, "a", 2),
        (0.5, "b", 3),
        (0.8, "b", 1),
    ]
    gap, strategy, place = gallery.disputes(two)[0]
    assert (gap, strategy, place) == (pytest.approx(0.5), "S5", ("2.png", 2))
    assert sorted(gallery.examples(two)) == [("1.png", 1), ("2.png", 2), ("3.png", 3)]


def test_masks_are_those_of_the_run(two):
    assert two.truth(("1.png", 1)).same_as(MASK) and two.answer("a", "S5", ("1.png", 1)).same_as(MASK)
    assert two.answer("a", "S5", ("2.png", 2)) is None


def test_tables(two):
    known = paper.Paper((), (), (), {}, {})
    drops = tables.drops(two, known)
    assert drops.head == ("segmenter", "strategy", "DICE", "0-10 px", "robust accuracy")
    assert drops.rows[0] == (
        "a",
        "S5",
        pytest.approx(1.7 / 3),
        pytest.approx(100 * (1.7 / 3 - 0.5)),
        pytest.approx(0.5),
    )
    assert not drops.theirs and "are not known" in drops.note
    times = tables.times(two, known)
    assert times.rows[0] == ("a", 2.0, pytest.approx(100), pytest.approx(200)) and "X, 2 cores" in times.note
    assert tables.pairs(two).rows[0][2] == "a − b" and tables.pairs(two).rows[0][-1] == "no clear difference"
    assert [table.name for table in tables.parts(two)] == ["by_class", "by_area"]
    assert tables.effort(two).rows[0][:3] == ("a", "S5", 2.0)


def test_the_papers_figures_stand_beside_ours_where_known(two):
    known = paper.Paper((), (), (), {("a", "S5", "0-10"): 4.2}, {("b", "S5"): 0.05})
    drops, times = tables.drops(two, known), tables.times(two, known)
    assert drops.head[-1] == "0-10 px (paper)" and drops.theirs == {"0-10 px (paper)"}
    assert [one[-1] for one in drops.rows] == [4.2, None]
    assert times.head[-1] == "S5, ms (paper)" and [one[-1] for one in times.rows] == [None, pytest.approx(50)]
    assert "not known" not in drops.note + times.note


def test_every_figure_of_the_paper_has_a_source():
    known = paper.load()
    figures = [*known.segmentation, *known.classification]
    assert figures and all("doi.org/10.3390/s26020656" in one.source for one in figures)
    assert {one.value for one in figures} == {5.55, 15.0, 24, 95.3, 2.9, 61.6}
    assert known.findings and not known.drops and not known.seconds


def test_a_segmenter_measured_twice_keeps_two_names(tmp_path):
    first = run(tmp_path / "一", row(dice=0.5), row(annotation=2))
    second = run(tmp_path / "二", row(dice=0.9), untrained=True)
    both = measured.load([first, second])
    assert both.segmenters == ["a", "a (二)"] and both.parameters["a (二)"] == 2_000_000
    assert both.dices["a (二)", "S5", ("1.png", 1)] == 0.9
    assert "二: random weights" in both.notes[0] and "not about the same objects" in both.notes[1]
    assert both.notes[2] == "Photos: 1. Intervals over fewer than 10 are rough."


def test_ten_photos_are_enough(tmp_path):
    assert measured.load([run(tmp_path / "r", *(row(image=f"{n}.png") for n in range(10)))]).notes == ()


def test_what_is_no_finished_run(tmp_path):
    with pytest.raises(BadDataset, match="cannot be read"):
        measured.load([tmp_path])
    with pytest.raises(BadDataset, match="not finished"):
        measured.load([run(tmp_path / "r", row(), finished=False)])
    folder = run(tmp_path / "s", row())
    (folder / "rows.parquet").write_bytes(b"no")
    with pytest.raises(BadDataset, match="not a whole Parquet file"):
        measured.load([folder])


@pytest.mark.parametrize(
    ("start", "length", "side", "span"),
    [(40, 10, 20, (35, 55)), (0, 10, 20, (0, 20)), (95, 5, 20, (80, 100)), (10, 60, 120, (0, 100))],
)
def test_windows_stay_in_the_photo(start, length, side, span):
    assert gallery._span(start, length, side, 100) == span


def test_a_photo_that_is_gone_is_grey():
    grey = gallery._photo("/nowhere/1.png", 4, 6)
    assert grey.shape == (4, 6, 3) and np.all(grey == 128)
