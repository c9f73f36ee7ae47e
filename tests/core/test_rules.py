"""Each rule finds its mistake and leaves the like of it alone; mends are edits."""

import json
import math

import numpy as np
import pytest
from sample_pages import FOLDER, rectangle, scores

from sscore import cli, edits, labels, masks, rules
from sscore.images import write_image
from sscore.project import Project
from sscore.types import Annotation, Box, Mask, Page, Prompt

SET = labels.load()


def page(*annotations: Annotation, **extra: object) -> Page:
    made = Page("a.jpg", 400, 300, extra=extra)
    for one in annotations:
        made = edits.add(made, one)
    return made


def found(one: Page, known: rules.Sizes | None = None) -> list[tuple[str, tuple[int, ...]]]:
    return [(f.rule, f.ids) for f in rules.check(one, SET, known)]


def instance(mask: Mask, label: str = "Plate", **more: object) -> Annotation:
    return Annotation(0, mask, label, **more)


def test_a_photo_without_instances():
    empty = page()
    assert found(empty) == [("empty", ())]
    done = rules.mend(empty, rules.check(empty, SET)[0])
    assert found(done) == []


def test_a_tiny_mask():
    made = page(instance(rectangle(5, 5, 9, 9)), instance(rectangle(50, 50, 90, 90)))
    assert found(made) == [("tiny", (1,))]
    assert [a.id for a in rules.mend(made, rules.check(made, SET)[0]).annotations] == [2]


@pytest.mark.parametrize(
    ("mask", "box", "hit"),
    [
        (rectangle(20, 20, 60, 60), Box(20, 20, 60, 60), True),
        (rectangle(20, 20, 60, 60), Box(15, 15, 65, 65), False),
        (rectangle(10, 20, 90, 60), Box(20, 10, 80, 70), False),  # it goes on beyond the box
        (rectangle(0, 20, 60, 60), Box(0, 15, 65, 65), False),  # the photo's own edge
    ],
)
def test_a_mask_cut_by_its_box(mask, box, hit):
    made = page(instance(mask, prompt=Prompt(box=box)))
    assert found(made) == ([("cut", (1,))] if hit else [])


def test_a_slanted_piece_touches_its_box_and_is_right():
    bits = np.zeros((80, 80), bool)
    rows, columns = np.mgrid[:80, :80]
    bits[np.abs(rows - columns) < 8] = True
    assert found(page(instance(Mask(bits, 20, 20), prompt=Prompt(box=Box(20, 20, 100, 100))))) == []


def test_many_parts_and_their_mend():
    mask = rectangle(10, 10, 60, 60)
    for x in (80, 100, 120):
        mask = masks.union(mask, rectangle(x, 10, x + 5, 15))
    made = page(instance(mask))
    assert found(made) == [("parts", (1,))]
    mended = rules.mend(made, rules.check(made, SET)[0])
    assert mended.annotations[0].mask.area == 2500


def test_a_size_that_is_unusual_for_its_class():
    known = rules.sizes([("Plate", 0.01 * s) for s in np.linspace(0.8, 1.2, 20)])
    usual = page(instance(rectangle(10, 10, 50, 40)))
    huge = page(instance(rectangle(10, 10, 390, 290)))
    assert found(usual, known) == []
    assert found(huge, known) == [("area", (1,))]
    assert rules.check(huge, SET, known)[0].value == pytest.approx(380 * 280 / 1200, rel=0.02)
    assert not rules.sizes([("Plate", 0.01)] * 5).by_label  # too few to say what is usual


def test_two_instances_on_one_piece():
    made = page(
        instance(rectangle(10, 10, 60, 60), made_by={"predicted_iou": 0.95}),
        instance(rectangle(12, 10, 62, 60), made_by={"predicted_iou": 0.7}),
        instance(rectangle(200, 10, 250, 60)),
    )
    assert found(made) == [("overlap", (2, 1))]
    assert [a.id for a in rules.mend(made, rules.check(made, SET)[0]).annotations] == [1, 3]
    rejected = edits.set_status(made, [2], "rejected")
    assert found(rejected) == []


def test_a_bar_that_is_not_long():
    squat = instance(rectangle(10, 10, 60, 60), "Bar", scores=scores(0.5, 0.4, labels=("Bar", "Billet")))
    assert found(page(squat)) == [("shape", (1,))]
    assert rules.mend(page(squat), rules.check(page(squat), SET)[0]).annotations[0].label == "Billet"
    assert found(page(instance(rectangle(10, 10, 110, 30), "Bar"))) == []
    no_scores = page(instance(rectangle(10, 10, 60, 60), "Bar"))
    assert rules.mend(no_scores, rules.check(no_scores, SET)[0]).annotations[0].label == "unknown"


def test_length_is_measured_at_any_angle():
    rows, columns = np.mgrid[:200, :200]
    along, across = (rows + columns - 200) / math.sqrt(2), (rows - columns) / math.sqrt(2)
    bits = (np.abs(along) < 90) & (np.abs(across) < 15)
    assert rules.elongation(masks.tight(bits)) == pytest.approx(6, rel=0.05)


def test_an_accepted_instance_needs_a_class():
    assert found(page(instance(rectangle(10, 10, 60, 60), "unknown"))) == [("label", (1,))]
    assert found(page(instance(rectangle(10, 10, 60, 60), "unknown", status="proposed"))) == []


def test_what_was_excused_is_not_found_again():
    made = page(instance(rectangle(5, 5, 9, 9)), instance(rectangle(50, 50, 54, 54)))
    excused = rules.excuse(made, rules.check(made, SET)[0])
    assert found(excused) == [("tiny", (2,))]
    assert excused.annotations[1] is made.annotations[1]


def test_a_mend_of_what_is_gone_does_nothing():
    made = page(instance(rectangle(5, 5, 9, 9)), instance(rectangle(50, 50, 90, 90)))
    finding = rules.check(made, SET)[0]
    gone = edits.remove(made, [1])
    assert rules.mend(gone, finding) is gone


def ssc(capsys, *args):
    code = cli.run([str(arg) for arg in args])
    return code, *capsys.readouterr()


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in ("a.jpg", "b.jpg"):
        write_image(folder / name, np.full((300, 400, 3), 90, np.uint8))
    opened = Project.open(folder)
    opened.save(page(instance(rectangle(5, 5, 9, 9), "Pipe"), instance(rectangle(50, 50, 90, 90))), edit="made")
    return folder


def test_check_lists_findings(project, capsys):
    code, out, _ = ssc(capsys, "check", project)
    assert code == 1
    assert "a.jpg #1: only 16 px large [tiny]" in out and "b.jpg: no instances" in out
    code, out, _ = ssc(capsys, "check", project, "--rule", "overlap", "--json")
    assert code == 0 and json.loads(out)["findings"] == []
    code, _, err = ssc(capsys, "check", project, "--rule", "odd")
    assert code == 2 and "must be one of" in err


def test_check_goes_on_after_a_damaged_page(project, capsys):
    (project / "pages" / "b.jpg.json").write_text("{")
    code, out, err = ssc(capsys, "check", project, "--rule", "tiny")
    assert code == 1 and "b.jpg" in err and "[tiny]" in out


def test_stats_as_text_json_and_csv(project, capsys, tmp_path):
    code, out, _ = ssc(capsys, "stats", project, "--csv", tmp_path / "表")
    assert code == 0 and "2 photos" in out and "Plate" in out
    assert sorted(path.name for path in (tmp_path / "表").iterdir()) == [
        "authors.csv",
        "classes.csv",
        "days.csv",
        "instances.csv",
    ]
    code, out, _ = ssc(capsys, "stats", project, "--json")
    assert {row["label"]: row["count"] for row in json.loads(out)["classes"]}["Pipe"] == 1
