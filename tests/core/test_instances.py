"""Instances to learn from: read from projects and COCO files, grouped, split without leaks."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from sscore import images
from sscore.errors import BadDataset, BadOption
from sscore.mask_sets import tight
from sscore.project import Project
from sscore.train import instances
from sscore.types import Annotation, Page


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six photos in two folders with two instances each, as a COCO file; the last photo of each folder are copies."""
    top = tmp_path_factory.mktemp("data") / "废钢 照片"
    rng = np.random.default_rng(0)
    listed, annotations = [], []
    for number in range(6):
        place = top / ("车一" if number < 3 else "车二") / f"{number % 3}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        images.write_image(place, rng.integers(0, 255, (40, 60, 3), dtype=np.uint8))
        listed.append({"id": number, "file_name": place.relative_to(top).as_posix(), "width": 60, "height": 40})
        for k, category in enumerate((1, 2 if number % 2 else 1)):
            box = [2 + 20 * k, 3, 22 + 20 * k, 3, 22 + 20 * k, 30, 2 + 20 * k, 30]
            annotations.append(
                {"id": len(annotations), "image_id": number, "category_id": category, "segmentation": [box]}
            )
    shutil.copy(top / "车一" / "2.png", top / "车二" / "2.png")
    annotations.append({"id": 99, "image_id": 0, "category_id": 1, "segmentation": [[0, 0, 5, 0, 5, 5, 0, 5]]})
    names = [{"id": 1, "name": "Bar"}, {"id": 2, "name": "Widget"}]
    content = {"images": listed, "annotations": annotations, "categories": names}
    (top / "coco.json").write_text(json.dumps(content), encoding="utf-8")
    return top


@pytest.fixture(scope="module")
def data(folder):
    return instances.gather([folder / "coco.json"])


def test_all_there_is_with_its_own_names(data):
    assert data.count == 12 and data.labels == {"Bar": 9, "Widget": 3}
    assert "smaller than 64 px and left out: 1, on " in " ".join(data.left_out)
    shot = data.shots[0]
    assert shot.name == "车一/0.png" and shot.read().shape == (40, 60, 3) and shot.masks[0].area > 500


def test_small_pieces_of_many_photos_are_told_in_one_sentence(folder):
    told = r"smaller than 600 px and left out: 13, on 车一/0\.png, (.*, ){4}…\)"
    with pytest.raises(BadDataset, match=told):
        instances.gather([folder / "coco.json"], least_area=600)


def test_copies_are_one_group_whatever_their_names(data):
    by_name = {shot.name: shot.group for shot in data.shots}
    assert by_name["车一/2.png"] == by_name["车二/2.png"] and len(data.groups) == 5


def test_groups_by_folder_and_by_expression(folder):
    coco = folder / "coco.json"
    # The copy joins both folders: what they have in common would leak.
    assert len(instances.gather([coco], group_by="folder").groups) == 1
    by_number = instances.gather([coco], group_by=r"/(\d)\.png")
    assert {shot.name: shot.group for shot in by_number.shots}["车二/1.png"] == "1" and len(by_number.groups) == 3
    with pytest.raises(BadOption, match="regular expression"):
        instances.gather([coco], group_by="(")


def test_a_split_keeps_groups_whole_and_shares_near(data):
    parts = instances.split(data, {"train": 0.7, "validation": 0.3}, seed=3)
    assert parts["train"].count + parts["validation"].count == data.count
    assert not set(parts["train"].groups) & set(parts["validation"].groups)
    assert parts["validation"].count in (2, 4)
    again = instances.split(data, {"train": 0.7, "validation": 0.3}, seed=3)
    assert [shot.name for shot in again["train"].shots] == [shot.name for shot in parts["train"].shots]
    others = [instances.split(data, {"train": 0.7, "validation": 0.3}, seed=n)["validation"].groups for n in range(8)]
    assert len(set(others)) > 1


def test_every_part_gets_something_or_it_is_said(data):
    parts = instances.split(data, {"train": 0.98, "validation": 0.01, "test": 0.01})
    assert all(part.count for part in parts.values())
    with pytest.raises(BadDataset, match="cannot be split into train, validation"):
        instances.split(instances.Instances(data.shots[:1]), {"train": 0.5, "validation": 0.5})


def test_photos_that_look_alike_are_named(data):
    first, second = data.shots[0], data.shots[1]
    twin = replace(second, name="twin", look=np.asarray(first.look * 0.99 + second.look * 0.05, np.float32))
    learn, judge = instances.Instances((first,)), instances.Instances((twin, second))
    assert instances.leaks(learn, judge) == [(first.name, "twin")]


def test_the_digest_notices_a_changed_mask(data):
    changed = replace(data.shots[0], digest="another")
    assert instances.Instances((changed, *data.shots[1:])).digest != data.digest
    assert instances.Instances(data.shots).digest == data.digest


def test_projects_give_what_somebody_accepted(folder, tmp_path):
    place = tmp_path / "项目 一"
    place.mkdir()
    shutil.copy(folder / "车一" / "0.png", place / "a.png")
    bits = np.zeros((40, 60), np.bool_)
    bits[5:20, 5:20] = True
    found = [
        Annotation(n, tight(np.roll(bits, 10 * n, 1)), "Bar", status=status)
        for n, status in enumerate(("accepted", "reviewed", "proposed", "rejected"), start=1)
    ]
    project = Project.open(place)
    project.save(Page("a.png", 60, 40, annotations=tuple(found)), edit="test")
    both = instances.gather([place, folder / "coco.json"])
    assert both.count == 14 and both.shots[0].name == "项目 一/a.png"
    assert both.shots[0].group == "coco/车一/0.png" or both.shots[1].group == "项目 一/a.png"  # the same bytes


def test_missing_photos_are_named_and_nothing_at_all_is_an_error(folder, tmp_path):
    shutil.copy(folder / "coco.json", tmp_path / "coco.json")
    with pytest.raises(BadDataset, match="no usable object on any photo"):
        instances.gather([tmp_path / "coco.json"])
    (tmp_path / "车一").mkdir()
    shutil.copy(folder / "车一" / "1.png", tmp_path / "车一" / "1.png")
    some = instances.gather([tmp_path / "coco.json"])
    assert some.count == 2 and sum("cannot be read" in sentence for sentence in some.left_out) == 5


def test_a_photo_of_another_size_is_refused(data, tmp_path):
    images.write_image(tmp_path / "x.png", np.zeros((10, 10, 3), np.uint8))
    with pytest.raises(BadDataset, match="10x10 px, its masks are for 60x40"):
        replace(data.shots[0], path=tmp_path / "x.png").read()
