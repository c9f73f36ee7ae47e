import json
import os
import unicodedata
from dataclasses import replace

import pytest
from PIL import Image
from sample_pages import FOLDER, rectangle, same_page, sample_page

from sscore import coco, edits
from sscore.errors import BadImage, BadLabels, BadPage, BadProject, ExportFailed
from sscore.project import PageSummary, Project
from sscore.types import Annotation


@pytest.fixture
def folder(tmp_path):
    """A folder of photos with the names that go wrong elsewhere."""
    top = tmp_path / FOLDER
    for name in ("IMG_1.jpg", "IMG_1.png", "IMG_10.jpg", "IMG_2.jpg", "子 文件夹/照片 1.jpg", "img_1.jpg"):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (200, 150)).save(path)
    return top


def page_for(rel, *masks):
    page = replace(sample_page(rel), annotations=(), extra={})
    for mask in masks:
        page = edits.add(page, Annotation(0, mask, "Bar"))
    return page


SQUARE = rectangle(0, 0, 9, 9)


def test_opening_and_looking_writes_nothing(folder):
    project = Project.open(folder)
    for rel in project.images():
        project.load(rel)
        assert project.summary(rel) == PageSummary()
    project.save(project.load("IMG_1.jpg"), edit="nothing")
    assert sorted(p.name for p in folder.iterdir()) == ["IMG_1.jpg", "IMG_1.png", "IMG_10.jpg", "IMG_2.jpg"] + [
        "img_1.jpg",
        "子 文件夹",
    ]


def test_photos_in_natural_order_and_without_what_the_project_keeps(folder):
    project = Project.open(folder)
    project.save(page_for("IMG_1.jpg", SQUARE), edit="add")
    (folder / "pages" / "x.jpg").write_bytes(b"")
    assert project.images() == [
        "IMG_1.jpg",
        "img_1.jpg",
        "IMG_1.png",
        "IMG_2.jpg",
        "IMG_10.jpg",
        "子 文件夹/照片 1.jpg",
    ]


@pytest.mark.parametrize("rel", ["IMG_1.jpg", "IMG_1.png", "img_1.jpg", "子 文件夹/照片 1.jpg"])
def test_a_page_comes_back_from_disk_in_every_detail(folder, rel):
    page = sample_page(rel)
    Project.open(folder).save(page, edit="add")
    assert same_page(page, Project.open(folder).load(rel))


def test_names_that_are_nearly_the_same_do_not_meet(folder):
    project = Project.open(folder)
    rels = ["IMG_1.jpg", "IMG_1.png", "img_1.jpg"]
    for n, rel in enumerate(rels, start=1):
        project.save(page_for(rel, *[rectangle(0, 0, n, n)] * n), edit="add")
    again = Project.open(folder)
    assert [len(again.load(rel).annotations) for rel in rels] == [1, 2, 3]
    assert again.annotated() == ["IMG_1.jpg", "img_1.jpg", "IMG_1.png"]


def test_a_photo_without_a_page_is_an_empty_page_of_its_size(folder):
    page = Project.open(folder).load("IMG_2.jpg")
    assert (page.image, page.width, page.height, page.annotations) == ("IMG_2.jpg", 200, 150, ())
    with pytest.raises(BadImage):
        Project.open(folder).load("none.jpg")


def test_a_page_file_is_coco(folder):
    project = Project.open(folder)
    project.save(sample_page("IMG_1.jpg"), edit="add")
    assert project.page_path("IMG_1.jpg") == folder / "pages" / "IMG_1.jpg.json"
    read = coco.read(folder / "pages" / "IMG_1.jpg.json")
    assert len(read.pages[0].annotations) == 4


@pytest.mark.parametrize("rel", ["../x.jpg", "/x.jpg", "C:\\x.jpg", "", "a/../../x.jpg"])
def test_names_that_lead_out_of_the_folder_are_refused(folder, rel):
    project = Project.open(folder)
    for call in (project.load, project.summary, project.recover, project.image_path):
        with pytest.raises(BadProject):
            call(rel)
    with pytest.raises(BadProject):
        project.save(page_for(rel, SQUARE), edit="add")


def test_accents_are_found_however_the_disk_spells_them(folder):
    apart = unicodedata.normalize("NFD", "caf\u00e9.jpg")
    Image.new("RGB", (200, 150)).save(folder / apart)
    project = Project.open(folder)
    assert "caf\u00e9.jpg" in project.images()
    assert project.load("caf\u00e9.jpg").width == 200
    project.save(page_for("caf\u00e9.jpg", SQUARE), edit="add")
    os.rename(folder / "pages" / "caf\u00e9.jpg.json", folder / "pages" / f"{apart}.json")
    assert len(project.load("caf\u00e9.jpg").annotations) == 1
    assert project.annotated() == ["caf\u00e9.jpg"]


def test_keys_of_others_survive_a_save(folder):
    project = Project.open(folder)
    project.save(sample_page("IMG_1.jpg"), edit="add")
    path = folder / "pages" / "IMG_1.jpg.json"
    data = json.loads(path.read_text())
    data["theirs"] = data["images"][0]["theirs"] = data["annotations"][0]["theirs"] = [1, {"深": None}]
    data["ssc"]["theirs"] = data["images"][0]["ssc"]["theirs"] = data["annotations"][0]["ssc"]["theirs"] = {"x": 0.1}
    data["info"] = {"description": "somebody's"}
    path.write_text(json.dumps(data, indent=1))
    project = Project.open(folder)
    page = edits.relabel(project.load("IMG_1.jpg"), [2, 5], "Angle")
    project.save(page, edit="relabel")
    saved = json.loads(path.read_text())
    assert [saved["annotations"][n]["category_id"] for n in (0, 1)] == [1, 1]
    for item in data["annotations"][:2]:
        item["category_id"] = 1
    assert saved == data


def test_a_page_renamed_with_its_photo_saves_under_the_new_name(folder):
    project = Project.open(folder)
    project.save(page_for("IMG_1.jpg", SQUARE), edit="add")
    os.replace(folder / "pages" / "IMG_1.jpg.json", folder / "pages" / "IMG_2.jpg.json")
    project = Project.open(folder)
    page = project.load("IMG_2.jpg")
    assert page.image == "IMG_2.jpg"
    project.save(edits.relabel(page, [1], "H"), edit="relabel")
    assert json.loads((folder / "pages" / "IMG_2.jpg.json").read_text())["images"][0]["file_name"] == "IMG_2.jpg"
    assert not (folder / "pages" / "IMG_1.jpg.json").exists()


def test_project_toml_is_written_once_and_never_touched(folder):
    project = Project.open(folder)
    project.save(page_for("IMG_1.jpg", SQUARE), edit="add")
    file = folder / "project.toml"
    assert 'images = "."' in file.read_text()
    file.write_bytes(b"\xef\xbb\xbf" + 'labels = "scrap_shapes"\nteam = "二组"\n'.encode())
    before = file.read_bytes()
    project = Project.open(folder)
    project.save(page_for("IMG_2.jpg", SQUARE), edit="add")
    assert file.read_bytes() == before


def test_photos_elsewhere_and_labels_of_ones_own(folder, tmp_path):
    home = tmp_path / "标注 项目"
    home.mkdir()
    (home / "project.toml").write_text(f'images = "../{FOLDER}"\nlabels = "mine.toml"\n', encoding="utf-8")
    label = 'key = "rail"\nen = "Rail"\nzh = "钢轨"\ncolour = "#123456"\ntexts = ["钢轨"]\n'
    (home / "mine.toml").write_text(f'key = "mine"\nen = "Mine"\nzh = "我的"\n[[label]]\n{label}', encoding="utf-8")
    project = Project.open(home)
    assert project.labels.keys == ("rail",)
    assert "IMG_1.jpg" in project.images()
    project.save(page_for("IMG_1.jpg", SQUARE), edit="add")
    assert (home / "pages" / "IMG_1.jpg.json").exists()
    assert not (folder / "pages").exists()


@pytest.mark.parametrize(
    ("text", "error", "problem"),
    [
        ("images = 1 2", BadProject, "line 1"),
        ('images = "nowhere"', BadProject, "no folder of photos"),
        ('labels = "nothing"', BadLabels, "nothing"),
        ('labels = "none.toml"', BadLabels, "none.toml"),
    ],
)
def test_a_wrong_project_toml_is_a_clear_error(folder, text, error, problem):
    (folder / "project.toml").write_text(text)
    with pytest.raises(error, match=problem):
        Project.open(folder)


def test_only_a_folder_can_be_a_project(folder):
    with pytest.raises(BadProject, match="no such folder"):
        Project.open(folder / "nowhere")
    with pytest.raises(BadProject, match="not a folder"):
        Project.open(folder / "IMG_1.jpg")
    with pytest.raises(BadProject, match="no annotations"):
        Project.open(folder, create=False)
    Project.open(folder).save(page_for("IMG_1.jpg", SQUARE), edit="add")
    assert Project.open(folder, create=False).annotated() == ["IMG_1.jpg"]


def test_summary_counts_and_notices_changes(folder):
    project = Project.open(folder)
    project.save(sample_page("IMG_1.jpg"), edit="add")
    summary = project.summary("IMG_1.jpg")
    assert summary == PageSummary(4, {"accepted": 3, "reviewed": 1}, unknown=1, done=True)
    assert project.summary("IMG_1.jpg") is summary
    project.save(edits.remove(project.load("IMG_1.jpg"), [9]), edit="remove")
    assert project.summary("IMG_1.jpg").count == 3
    assert project.summary("IMG_2.jpg").count == 0


def test_a_damaged_page_does_not_stop_the_others(folder):
    project = Project.open(folder)
    for rel in ("IMG_1.jpg", "IMG_2.jpg", "子 文件夹/照片 1.jpg"):
        project.save(sample_page(rel), edit="add")
    path = folder / "pages" / "IMG_2.jpg.json"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(BadPage, match="damaged"):
        project.summary("IMG_2.jpg")
    assert [rel for rel, _ in project.damaged()] == ["IMG_2.jpg"]
    with pytest.raises(BadPage):
        list(project.pages())
    report = project.export(folder / "out.json")
    assert (report.images, report.instances, report.complete) == (2, 6, False)
    assert report.dropped[0][:2] == ("IMG_2.jpg", 0)
    assert "page unreadable" in report.text("en")
    assert "标注无法读取" in report.text("zh")


def test_pages_gives_every_page_and_reports_progress(folder):
    project = Project.open(folder)
    for rel in ("IMG_10.jpg", "IMG_2.jpg"):
        project.save(sample_page(rel), edit="add")
    (folder / "pages" / "IMG_2.jpg.li@pc-20240101T000000.json").write_bytes(b"kept, no page")
    steps = []
    pages = list(project.pages(lambda *step: steps.append(step)))
    assert [page.image for page in pages] == ["IMG_2.jpg", "IMG_10.jpg"]
    assert steps == [(1, 2), (2, 2)]


def test_export_keeps_ids_and_compares_sizes(folder):
    project = Project.open(folder)
    project.save(page_for("IMG_2.jpg", SQUARE, rectangle(20, 20, 30, 30)), edit="add")
    project.export(folder / "out.json")
    project.save(page_for("IMG_1.jpg", SQUARE), edit="add")
    project.save(edits.remove(project.load("IMG_2.jpg"), [1]), edit="remove")
    steps = []
    report = project.export(
        folder / "out.json", options=coco.ExportOptions(include_empty=True), progress=lambda *step: steps.append(step)
    )
    data = json.loads((folder / "out.json").read_text())
    ids = {image["file_name"]: image["id"] for image in data["images"]}
    assert (ids["IMG_2.jpg"], len(ids)) == (1, 6)
    assert [(a["image_id"], a["id"]) for a in data["annotations"]] == [(1, 2), (ids["IMG_1.jpg"], 3)]
    assert steps[-1] == (6, 6)
    assert report.complete
    Image.new("RGB", (150, 200)).save(folder / "IMG_1.jpg")
    with pytest.raises(ExportFailed, match=r"IMG_1.jpg.*150 x 200"):
        project.export(folder / "out.json")


def test_old_temp_files_of_a_crash_are_swept(folder):
    project = Project.open(folder)
    project.save(page_for("IMG_1.jpg", SQUARE), edit="add")
    old, fresh = (folder / "pages" / f".IMG_1.jpg.json.{n}.tmp" for n in (1, 2))
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    project.annotated()
    assert (old.exists(), fresh.exists()) == (False, True)
