"""Whether accepted pieces are enough to learn class names from, counted from facts."""

import pytest

from sscore import labels
from sscore.facts import Fact
from sscore.project import Project
from sscore.train import class_data, head_data

LABELS = labels.load()


def facts(label, count, *, photos=1, guess="", status="accepted", area=900):
    return [
        Fact(f"{n % photos}.jpg", n, label, status, area, (0, 0, 30, 30), guess=guess or label) for n in range(count)
    ]


def found(*parts):
    return head_data.tally([fact for part in parts for fact in part], LABELS)


@pytest.mark.parametrize(
    ("pieces", "photos", "enough"),
    [(0, 1, "none"), (1, 1, "single"), (12, 1, "one photo"), (9, 2, "few"), (10, 2, "enough")],
)
def test_each_class_is_judged_for_itself(pieces, photos, enough):
    counted = found(facts("Pipe", pieces, photos=photos))
    assert {one.label: one.enough for one in counted.classes} == {key: "none" for key in LABELS.keys} | {"Pipe": enough}


def test_only_accepted_pieces_of_the_set_that_show_something_count():
    counted = found(
        facts("Pipe", 2, photos=2),
        facts("Bar", 3, status="reviewed"),
        facts("Bar", 4, status="proposed"),
        facts("Bar", 4, status="rejected"),
        facts("Bar", 4, area=head_data.LEAST_AREA - 1),
        facts("unknown", 4),
        facts("brass", 4),
    )
    assert (counted.pieces, counted.photos, counted.named, counted.corrected) == (5, 2, 5, 0)


def test_two_classes_and_two_photos_are_needed():
    assert not found(facts("Pipe", 9, photos=3)).possible
    assert not found(facts("Pipe", 9), facts("Bar", 9)).possible
    assert found(facts("Pipe", 9), facts("Bar", 2, photos=2)).possible


def test_worth_it_where_the_classifier_was_often_wrong():
    right = [facts("Pipe", 40, photos=4), facts("Bar", 40, photos=4)]
    assert not found(*right).promising
    assert not found(*right, facts("U", 9, guess="Pipe")).promising
    assert found(*right, facts("U", 10, guess="Pipe")).promising
    assert not found(*right, facts("Bar", 30, photos=3), facts("U", 10, guess="Pipe")).promising, "one in twelve"
    assert not found(facts("Pipe", 40, photos=4), facts("U", 40, guess="Pipe")).promising, "nothing judges U"


def test_steps():
    assert [found(facts("Pipe", n)).step for n in (29, 30, 99, 100, 20000)] == [0, 30, 30, 100, 10000]


def test_a_head_tells_how_many_pieces_it_learned_from():
    assert head_data.pieces_of_note(head_data.note("nano-cls", 230, 0.8714)) == 230
    assert head_data.pieces_of_note("A head on nano-cls.") == 0


def test_the_label_set_is_the_projects_own(tmp_path):
    (tmp_path / "废钢 照片").mkdir()
    project = Project.create(tmp_path / "废钢 照片", "trashnet")
    assert class_data.own_labels([tmp_path / "coco.json", project.folder]).key == "trashnet"
    assert class_data.own_labels([tmp_path / "coco.json"]).key == "scrap_shapes"
