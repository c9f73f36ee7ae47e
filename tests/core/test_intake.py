"""COCO files brought into a project: photos by name, nothing twice, nothing in silence."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sscore import coco, images, intake, masks
from sscore.cli import run
from sscore.errors import BadDataset
from sscore.project import Project
from sscore.types import STATUSES, Annotation, Page


@pytest.fixture
def yard(tmp_path):
    folder = tmp_path / "废钢 照片"
    (folder / "二").mkdir(parents=True)
    for name in ("a.png", "二/b.png"):
        images.write_image(folder / name, np.full((40, 60, 3), 90, np.uint8))
    return folder


def square(left, side=10, label="Pipe", **more):
    return Annotation(0, masks.tight(np.ones((side, side), bool), left, 5), label, **more)


def coco_file(place, instances, *, size=(60, 40), change=lambda data: None):
    """instances: {photo: its instances}."""
    pages = []
    for name, found in instances.items():
        page = Page(name, *size)
        pages.append(intake.added(page, tuple(found)))
    file = place / "labels.json"
    coco.export(pages, Project.open(place / "废钢 照片").labels, file, options=coco.ExportOptions(statuses=STATUSES))
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def strip(data):
    """As a foreign program writes it."""
    for item in data["annotations"]:
        item.pop("ssc", None)


def test_instances_come_in_once_and_behind_nothing(tmp_path, yard):
    project = Project.open(yard)
    own = project.load("a.png")
    project.save(intake.added(own, (square(40, label="U"),)), edit="draw")
    file = coco_file(tmp_path, {"a.png": [square(2), square(20, label="H")], "二/b.png": [square(9)]}, change=strip)
    found = intake.read(project, file)
    assert (found.instances, found.known, found.problems, found.warnings) == (3, 0, (), ())
    assert intake.write(project, found) == ()
    page = project.load("a.png")
    assert [(one.id, one.label, one.status) for one in page.annotations] == [
        (1, "U", "accepted"),
        (2, "Pipe", "accepted"),
        (3, "H", "accepted"),
    ]
    again = intake.read(project, file)
    assert (again.instances, again.known) == (0, 3)


def test_status_is_that_of_the_file_unless_said_otherwise(tmp_path, yard):
    file = coco_file(tmp_path, {"a.png": [square(2, status="proposed")]})
    project = Project.open(yard)
    assert intake.read(project, file).new["a.png"][0].status == "proposed"
    assert intake.read(project, file, status="reviewed").new["a.png"][0].status == "reviewed"


@pytest.mark.parametrize("name", ["b.png", "D:\\scrap\\二\\b.png", "old/二/b.png"])
def test_photos_are_found_wherever_the_file_says_they_lie(tmp_path, yard, name):
    def change(data):
        data["images"][0]["file_name"] = name

    file = coco_file(tmp_path, {"二/b.png": [square(2)]}, change=change)
    if "\\" in name:  # no dataset may name a place on a drive
        with pytest.raises(BadDataset):
            intake.read(Project.open(yard), file)
    else:
        assert list(intake.read(Project.open(yard), file).new) == ["二/b.png"]


def test_what_does_not_fit_is_left_out_and_named(tmp_path, yard):
    images.write_image(yard / "c.png", np.full((20, 30, 3), 90, np.uint8))
    (yard / "a.png").write_bytes(b"no photo")
    file = coco_file(tmp_path, {n: [square(2)] for n in ("a.png", "二/b.png", "c.png", "gone.png")})
    found = intake.read(Project.open(yard), file)
    assert list(found.new) == ["二/b.png"]
    why = dict(found.problems)
    assert why["gone.png"] == "there is no such photo"
    assert why["c.png"] == "the photo is 30x20 px, its masks are for 60x40"
    assert "a.png" in why


def test_a_page_that_cannot_be_saved_does_not_stop_the_others(tmp_path, yard):
    project = Project.open(yard)
    found = intake.read(project, coco_file(tmp_path, {"a.png": [square(2)], "二/b.png": [square(2)]}))
    (yard / "pages").mkdir()
    (yard / "pages" / "a.png.json").write_text("damaged", encoding="utf-8")
    assert [image for image, _ in intake.write(project, found)] == ["a.png"]
    assert len(project.load("二/b.png").annotations) == 1


def test_ssc_import_says_what_came_in_and_what_not(tmp_path, yard, capsys):
    def foreign(data):
        data["categories"][0]["name"] = "Schrott"

    file = coco_file(tmp_path, {"a.png": [square(2, label="Angle")], "gone.png": [square(2)]}, change=foreign)
    assert run(["import", str(yard), "--from", str(file), "--json"]) == 1
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert (result["instances"], result["images"], result["by_label"]) == (1, 1, {"unknown": 1})
    assert "gone.png: there is no such photo" in said.err
    assert 'the label set has no "Schrott"' in said.err
    one = Project.open(yard).load("a.png").annotations[0]
    assert one.extra["original_label"] == "Schrott"


def test_a_new_folder_gets_the_label_set_that_is_named(tmp_path, yard, capsys):
    def metal(data):
        data["categories"][0]["name"] = "metal"

    file = coco_file(tmp_path, {"a.png": [square(2, label="Angle")]}, change=metal)
    assert run(["import", str(yard), "--from", str(yard / "a.png"), "--labels", "trashnet"]) == 2
    assert not (yard / "project.toml").exists()
    assert run(["import", str(yard), "--from", str(file), "--labels", "trashnet", "--quiet"]) == 0
    assert Project.open(yard).load("a.png").annotations[0].label == "metal"
    assert run(["import", str(yard), "--from", str(file), "--labels", "trashnet"]) == 2
    assert "project already" in capsys.readouterr().err


def test_wrong_requests_are_one_line(tmp_path, yard, capsys):
    file = coco_file(tmp_path, {"x.png": [square(2)]})
    for arguments in (
        ["--from", str(file)],
        ["--from", str(tmp_path / "no.json")],
        ["--from", str(file), "--status", "x"],
    ):
        assert run(["import", str(yard), *arguments]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert not (yard / "pages").exists() and not (yard / "project.toml").exists()
