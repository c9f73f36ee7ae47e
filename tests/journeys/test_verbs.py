"""segment, label, classify and export as whole commands, with models whose right answers are known."""

import json
import os

import numpy as np
import pytest
from fake_models import ColourClassifier, ColourSegmenter, photo, save
from pycocotools.coco import COCO

from sscore import cli, edits, images, masks, models
from sscore.errors import ModelMissing
from sscore.project import Project
from sscore.types import Annotation

OBJECTS = {"Angle": (10, 10, 50, 40), "Bar": (60, 20, 150, 30), "Plate": (20, 60, 100, 110)}
BBOXES = {"Angle": [10, 10, 40, 30], "Bar": [60, 20, 90, 10], "Plate": [20, 60, 80, 50]}


@pytest.fixture(autouse=True)
def known_models(monkeypatch):
    def load(kind, model):
        def loader(model_id, **options):
            if model_id not in ("nano", "nano-cls"):
                raise ModelMissing(f"there is no {kind} {model_id!r}", remedy="see: ssc models list")
            return model()

        return loader

    monkeypatch.setattr(models, "load_segmenter", load("segmenter", ColourSegmenter), raising=False)
    monkeypatch.setattr(models, "load_classifier", load("classifier", ColourClassifier), raising=False)


@pytest.fixture
def yard(tmp_path):
    """Two photos, a damaged one and a text file in a folder with a Chinese name."""
    folder = tmp_path / "废钢 照片"
    save(folder / "一.png", photo(**OBJECTS))
    save(folder / "子 夹" / "二.png", photo(80, 60, Angle=(5, 5, 30, 60)))
    (folder / "坏.jpg").write_bytes(b"\xff\xd8 not a photo")
    (folder / "notes.txt").write_text("no photo")
    return folder


def ssc(capsys, *args):
    """Exit code, stdout, stderr."""
    code = cli.run([str(arg) for arg in args])
    return code, *capsys.readouterr()


def labels_of(coco_file):
    """{file name: [(category name, bbox)]} in the order of the file."""
    data = json.loads(coco_file.read_text(encoding="utf-8"))
    names = {one["id"]: one["name"] for one in data["categories"]}
    files = {one["id"]: one["file_name"] for one in data["images"]}
    found = {name: [] for name in files.values()}
    for one in data["annotations"]:
        found[files[one["image_id"]]].append((names[one["category_id"]], one["bbox"]))
    return found


def test_segment_writes_a_mask_of_0_and_255(capsys, yard, tmp_path):
    out = tmp_path / "输出 夹" / "mask.png"
    code, text, err = ssc(capsys, "segment", yard / "一.png", "--point", "70,25", "--point", "5,5,0", "--out", out)
    assert (code, err) == (0, "") and str(out) in text
    mask = images.read(out)
    expected = np.zeros((120, 160), dtype=bool)
    expected[20:30, 60:150] = True
    assert np.array_equal(mask[..., 0] == 255, expected) and set(np.unique(mask)) == {0, 255}


def test_segment_writes_candidates_with_rle_score_and_box(capsys, yard, tmp_path):
    out = tmp_path / "answer.json"
    code, text, _ = ssc(capsys, "segment", yard / "一.png", "--box", "10,10,50,40", "--json", "--out", out)
    answer = json.loads(out.read_text(encoding="utf-8"))
    assert code == 0 and json.loads(text) == answer
    (candidate,) = answer["candidates"]
    assert candidate["bbox"] == BBOXES["Angle"] and candidate["area"] == 1200 and candidate["score"] == 0.9
    assert masks.decode_rle(candidate["segmentation"]).sum() == 1200
    assert answer["prompt"] == {"box": [10, 10, 50, 40]} and (answer["width"], answer["height"]) == (160, 120)


def test_segment_everything(capsys, yard):
    code, text, _ = ssc(capsys, "segment", yard / "一.png", "--everything", "--json")
    assert code == 0
    assert sorted(one["bbox"] for one in json.loads(text)["candidates"]) == sorted(BBOXES.values())


def test_segment_that_finds_nothing_writes_nothing(capsys, yard, tmp_path):
    code, _, err = ssc(capsys, "segment", yard / "一.png", "--point", "1,1", "--out", tmp_path / "mask.png")
    assert code == 1 and "found no object" in err and not (tmp_path / "mask.png").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("一.png", "--point", "900,1"), "outside"),
        (("坏.jpg", "--point", "1,1"), "坏.jpg"),
        (("nowhere.jpg", "--point", "1,1"), "nowhere.jpg"),
        (("子 夹", "--point", "1,1"), "子 夹"),
        (("一.png", "--point", "1,1", "--segmenter", "huge"), "huge"),
    ],
)
def test_segment_refuses_in_one_line(capsys, yard, args, says):
    code, out, err = ssc(capsys, "segment", yard / args[0], *args[1:])
    assert (code, out, err.count("\n")) == (2, "", 1) and says in err


def test_label_everything_skips_the_damaged_photo_and_says_so(capsys, yard, tmp_path):
    out = tmp_path / "coco.json"
    code, text, err = ssc(capsys, "label", yard, "--out", out, "--json")
    assert code == 1 and err.count("\n") == 1 and "坏.jpg" in err
    result = json.loads(text)
    assert (result["images"], result["instances"], result["by_label"]["Angle"]) == (2, 4, 2)
    assert [one["image"] for one in result["problems"]] == ["坏.jpg"]
    assert {name: dict(found) for name, found in labels_of(out).items()} == {
        "一.png": BBOXES,
        "子 夹/二.png": {"Angle": [5, 5, 25, 55]},
    }
    coco = COCO(out)
    assert sorted(coco.annToMask(one).sum() for one in coco.loadAnns(coco.getAnnIds())) == [900, 1200, 1375, 4000]


def prompts_file(tmp_path, data):
    path = tmp_path / "提示.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_label_with_prompts_keeps_their_order(capsys, yard, tmp_path):
    out = tmp_path / "coco.json"
    entries = [{"points": [[70, 25, 1], [1, 1, 0]]}, {"box": [10, 10, 50, 40]}]
    prompts = prompts_file(tmp_path, {"一.png": entries})
    code, text, err = ssc(capsys, "label", yard, "--prompts", prompts, "--out", out)
    assert (code, err) == (0, "")
    assert labels_of(out) == {"一.png": [("Bar", BBOXES["Bar"]), ("Angle", BBOXES["Angle"])]}
    assert "photos without prompts, left out: 2" in text and str(yard) in text


def test_label_with_prompts_reports_what_it_could_not_do(capsys, yard, tmp_path):
    out = tmp_path / "coco.json"
    entries = [{"points": [[1, 1, 1]]}, {"points": [[70, 25, 1]]}]
    prompts = prompts_file(tmp_path, {"一.png": entries, "gone.png": entries})
    code, _, err = ssc(capsys, "label", yard, "--prompts", prompts, "--out", out)
    assert code == 1 and err.count("\n") == 2
    assert "gone.png" in err and "一.png: prompt 1" in err
    assert labels_of(out) == {"一.png": [("Bar", BBOXES["Bar"])]}


@pytest.mark.parametrize(
    ("case", "args", "says"),
    [
        ("no photo usable", ["坏.jpg"], "none of the photos"),
        ("missing path", ["nowhere"], "nowhere"),
        ("not a photo", ["notes.txt"], "none of the photos"),
        ("unknown model", ["一.png", "--classifier", "huge"], "huge"),
        ("no prompts file", ["一.png", "--prompts", "nowhere.json"], "nowhere.json"),
    ],
)
def test_label_refuses_and_leaves_no_file(capsys, yard, tmp_path, case, args, says):
    code, out, err = ssc(capsys, "label", yard / args[0], *args[1:], "--out", tmp_path / "coco.json")
    assert code == 2 and out == "" and says in err.splitlines()[-1]
    assert not (tmp_path / "coco.json").exists()


def test_label_refuses_prompts_for_other_photos(capsys, yard, tmp_path):
    prompts = prompts_file(tmp_path, {"other.png": []})
    code, _, err = ssc(capsys, "label", yard, "--prompts", prompts, "--out", tmp_path / "coco.json")
    assert code == 2 and err.count("\n") == 1 and str(prompts) in err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_label_skips_a_name_that_is_no_text(capsys, yard, tmp_path):
    (yard / "坏.jpg").unlink()
    os.rename(yard / "一.png", os.fsencode(yard) + b"/\xff.png")
    code, _, err = ssc(capsys, "label", yard, "--out", tmp_path / "coco.json")
    assert code == 1 and err.count("\n") == 1 and "rename the photo" in err
    assert list(labels_of(tmp_path / "coco.json")) == ["子 夹/二.png"]


def test_label_will_not_write_over_a_folder(capsys, yard):
    code, _, err = ssc(capsys, "label", yard, "--out", yard)
    assert code == 2 and "is a folder" in err


def test_label_events(capsys, yard, tmp_path):
    code, out, _ = ssc(capsys, "label", yard, "--out", tmp_path / "coco.json", "--events")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(one["image"], one["instances"]) for one in events if one["event"] == "image"] == [
        ("一.png", 3),
        ("坏.jpg", 0),
        ("子 夹/二.png", 1),
    ]
    progress = [one for one in events if one["event"] == "progress"]
    assert (progress[-1]["done"], progress[-1]["total"]) == (300, 300)
    assert events[-1]["event"] == "result" and events[-1]["instances"] == 4


def test_label_twice_gives_the_same_bytes(capsys, yard, tmp_path):
    for name in ("a.json", "b.json"):
        ssc(capsys, "label", yard, "--out", tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_ctrl_c_keeps_the_old_file_whole(capsys, yard, tmp_path, monkeypatch):
    out = tmp_path / "coco.json"
    out.write_text("old")

    def interrupted(self, crops, labels):
        raise KeyboardInterrupt

    monkeypatch.setattr(ColourClassifier, "scores", interrupted)
    assert ssc(capsys, "label", yard, "--out", out, "--replace") == (130, "", "ssc: cancelled\n")
    assert out.read_text() == "old" and sorted(tmp_path.iterdir()) == [out, yard]


def test_classify_whole_photos(capsys, tmp_path):
    plate = save(tmp_path / "废钢 照片" / "plate.png", photo(Plate=(0, 0, 160, 120)))
    out = tmp_path / "names.json"
    code, text, _ = ssc(capsys, "classify", plate, "--out", out, "--json")
    answer = json.loads(out.read_text(encoding="utf-8"))
    assert code == 0 and json.loads(text) == answer
    (result,) = answer["results"]
    assert (result["image"], result["bbox"], result["label"]) == ("plate.png", [0, 0, 160, 120], "Plate")
    assert sum(result["scores"].values()) == pytest.approx(1, abs=1e-3) and result["scores"]["Plate"] == 0.75


def test_classify_boxes_reports_one_outside(capsys, yard):
    args = ("--box", "10,10,50,40", "--box", "60,20,150,30", "--box", "500,500,600,600")
    code, text, err = ssc(capsys, "classify", yard / "一.png", *args)
    assert code == 1 and "no pixel" in err
    assert [line.split(": ")[1][:5] for line in text.splitlines()] == ["Angle", "Bar 0"]
    assert [line.split(": ")[0] for line in text.splitlines()] == ["一.png 10,10,50,40", "一.png 60,20,150,30"]
    code, text, _ = ssc(capsys, "classify", yard / "一.png", *args, "--out", yard / "names.json")
    assert code == 1 and text.splitlines() == ["2 objects: Angle 1, Bar 1", f"written: {yard / 'names.json'}"]


def test_classify_names_the_objects_of_a_coco_file(capsys, yard, tmp_path):
    known, out = tmp_path / "known.json", tmp_path / "named.json"
    ssc(capsys, "label", yard, "--out", known)
    data = json.loads(known.read_text(encoding="utf-8"))
    right = labels_of(known)
    for one in data["annotations"]:
        one["category_id"] = 7
        one.pop("ssc")
    known.write_text(json.dumps(data))
    code, text, err = ssc(capsys, "classify", yard, "--masks", known, "--out", out, "--json")
    assert (code, err) == (0, "")
    assert labels_of(out) == right
    assert {one["label"] for one in json.loads(text)["results"]} == {"Angle", "Bar", "Plate"}


def test_another_label_set(capsys, yard, tmp_path, monkeypatch):
    own = tmp_path / "标签 一.toml"
    rows = [("Plate", "#112233"), ("Bar", "#445566"), ("Angle", "#778899")]
    text = 'key = "few"\nen = "few"\nzh = "few"\n' + "".join(
        f'[[label]]\nkey = "{key}"\nen = "{key}"\nzh = "{key}"\ncolour = "{colour}"\ntexts = ["钢"]\n'
        for key, colour in rows
    )
    own.write_text(text, encoding="utf-8")
    seen = []
    scores = ColourClassifier.scores
    monkeypatch.setattr(
        ColourClassifier, "scores", lambda self, crops, labels: seen.append(labels.key) or scores(self, crops, labels)
    )
    out = tmp_path / "out.json"
    assert ssc(capsys, "label", yard, "--out", out, "--labels", own)[0] in (0, 1)
    data = json.loads(out.read_text(encoding="utf-8"))
    assert [one["name"] for one in data["categories"]] == ["Plate", "Bar", "Angle"]
    assert ssc(capsys, "classify", yard / "一.png", "--labels", own)[0] == 0
    assert set(seen) == {"few"}
    code, _, err = ssc(capsys, "classify", yard / "一.png", "--labels", "shapes")
    assert code == 2 and "no label set 'shapes'" in err and "scrap_metals" in err


def test_classify_leaves_out_photos_that_do_not_fit(capsys, yard, tmp_path):
    known = tmp_path / "known.json"
    ssc(capsys, "label", yard, "--out", known)
    save(yard / "一.png", photo(60, 60, Bar=(1, 1, 9, 9)))
    (yard / "子 夹" / "二.png").unlink()
    code, _, err = ssc(capsys, "classify", yard, "--masks", known)
    assert code == 1 and "160x120 px, the photo has 60x60" in err and "二.png: there is no such photo" in err


def test_what_is_only_taken_otherwise_is_told_and_is_no_loss(capsys, yard, tmp_path):
    known = tmp_path / "known.json"
    ssc(capsys, "label", yard, "--out", known)
    data = json.loads(known.read_text(encoding="utf-8"))
    data["categories"].append({"id": 99, "name": "Girder"})
    data["annotations"][0]["category_id"] = 99
    known.write_text(json.dumps(data), encoding="utf-8")
    code, _, err = ssc(capsys, "classify", yard, "--masks", known)
    assert code == 0 and 'the label set has no "Girder"' in err
    del data["annotations"][0]["segmentation"]
    del data["annotations"][0]["bbox"]
    known.write_text(json.dumps(data), encoding="utf-8")
    code, _, err = ssc(capsys, "classify", yard, "--masks", known)
    assert code == 1 and "1 left out, because" in err
    known.write_text('{"images": [], "annotations": [], "categories": []}')
    assert "known.json: lists no photos" in ssc(capsys, "classify", yard, "--masks", known)[2]


def test_a_photo_on_the_way_is_never_written_over(capsys, yard, tmp_path):
    photo_file = yard / "一.png"
    before = photo_file.read_bytes()
    for words in (
        ("segment", photo_file, "--point", "20,20", "--out", photo_file),
        ("segment", photo_file, "--point", "20,20", "--out", photo_file, "--replace"),
        ("label", yard, "--out", photo_file, "--replace"),
        ("classify", yard, "--out", photo_file, "--replace"),
    ):
        code, _, err = ssc(capsys, *words)
        assert code == 2 and err.count("\n") == 1 and photo_file.read_bytes() == before


def test_both_say_unknown_below_a_threshold(tmp_path, capsys):
    """The fake classifier is never surer than 0.75."""
    rgb = photo(Bar=(60, 20, 150, 30), Plate=(20, 60, 100, 110))
    path, out = save(tmp_path / "废钢 照片" / "a.png", rgb), tmp_path / "out.json"
    for below, label in (("0.7", "Bar"), ("0.8", "unknown")):
        args = ["classify", str(path), "--box", "60,20,150,30", "--unknown-below", below, "--json"]
        assert cli.run(args) == 0
        answer = json.loads(capsys.readouterr().out)
        (result,) = answer["results"]
        assert (result["label"], answer["view"]) == (label, "tight") and result["scores"]["Bar"] == 0.75
    assert cli.run(["label", str(path), "--out", str(out), "--unknown-below", "0.8"]) == 0
    data = json.loads(out.read_text(encoding="utf-8"))
    names = {one["id"]: one["name"] for one in data["categories"]}
    assert [names[one["category_id"]] for one in data["annotations"]] == ["unknown", "unknown"]
    assert data["annotations"][0]["ssc"]["models"]["unknown_below"] == 0.8
    capsys.readouterr()
    assert cli.run(["classify", str(path), "--view", "round"]) == 2
    assert "there is no view 'round'" in capsys.readouterr().err


@pytest.fixture
def project(yard):
    """A project with an accepted and a proposed instance and an unknown one."""
    (yard / "坏.jpg").unlink()
    store = Project.open(yard)
    page = store.load("一.png")
    for label, status in (("Angle", "accepted"), ("Bar", "proposed"), ("unknown", "accepted")):
        mask = masks.tight(np.ones((9, 9), dtype=bool), 10, 10)
        page = edits.add(page, Annotation(0, mask, label, status=status))
    store.save(page, edit="add", author="tester")
    return yard


def test_export_reports_what_it_left_out(capsys, project, tmp_path):
    out = tmp_path / "coco.json"
    code, text, err = ssc(capsys, "export", project, "--out", out)
    assert code == 1, "an instance without a label was left out"
    assert err.count("\n") == 1 and "unknown" in err and "1 instances" in text
    assert labels_of(out) == {"一.png": [("Angle", [10, 10, 9, 9])]}


def test_export_options_reach_the_file(capsys, project, tmp_path):
    out = tmp_path / "coco.json"
    options = ("--polygons", "--strict", "--include-empty", "--status", "proposed", "--json")
    code, text, err = ssc(capsys, "export", project, "--out", out, *options)
    data = json.loads(out.read_text(encoding="utf-8"))
    assert (code, err) == (0, "") and json.loads(text)["instances"] == 1
    assert labels_of(out) == {"一.png": [("Bar", [10, 10, 9, 9])], "子 夹/二.png": []}
    assert isinstance(data["annotations"][0]["segmentation"], list) and "ssc" not in data["annotations"][0]


@pytest.mark.parametrize("name", ["nowhere", "notes.txt"])
def test_export_of_no_project_is_refused(capsys, yard, tmp_path, name):
    code, _, err = ssc(capsys, "export", yard / name, "--out", tmp_path / "coco.json")
    assert (code, err.count("\n")) == (2, 1) and name in err


def test_models_list_says_where_each_model_is(capsys, tmp_path, monkeypatch):
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "mine.safetensors").write_bytes(bytes(2_000_000))
    rows = [
        ("mine", "segmenter", 'file = "mine.safetensors"'),
        ("away", "classifier", 'file = "away.safetensors"\nbytes = 5\nurls = ["https://example.org/away"]'),
        ("lost", "classifier", 'file = "lost.safetensors"'),
    ]
    text = "".join(f'[[model]]\nid = "{key}"\nkind = "{kind}"\nfamily = "nano"\n{rest}\n' for key, kind, rest in rows)
    (tmp_path / "catalogue.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SSC_HOME", str(tmp_path))
    code, out, _ = ssc(capsys, "models", "list", "--json")
    listed = {one["id"]: (one["kind"], one["where"], one["bytes"]) for one in json.loads(out)["models"]}
    assert code == 0
    assert listed["mine"] == ("segmenter", "installed", 2_000_000)
    assert listed["away"] == ("classifier", "to download", 5)
    assert listed["lost"] == ("classifier", "missing", 0)
    assert listed["grabcut"] == ("segmenter", "built in", 0)
    code, out, _ = ssc(capsys, "models", "list")
    assert [line.split()[0] for line in out.splitlines()] == list(listed)
    sizes = {line.split()[0]: line for line in out.splitlines()}
    assert " 2.0 MB" in sizes["mine"] and " MB" not in sizes["lost"], "a size that nobody knows is not 0.0 MB"
