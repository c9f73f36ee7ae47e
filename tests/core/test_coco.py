import contextlib
import hashlib
import io
import json
import os
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from sample_pages import FOLDER, blob, full_annotation, rectangle, ring, same_page, sample_page

from sscore import coco, edits, masks
from sscore.coco import registry
from sscore.errors import BadPage, BadProject, Cancelled, ExportFailed
from sscore.labels import load
from sscore.types import Annotation, Page, Scores

LABELS = load()
EVERYTHING = coco.ExportOptions(
    include_empty=True, include_unknown=True, statuses=("proposed", "accepted", "reviewed", "rejected")
)


def reopened(path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


# --- a page as JSON ---------------------------------------------------------------------------------------------------


def test_a_page_survives_json_in_every_detail():
    page = sample_page()
    text = json.dumps(coco.page_to_json(page, LABELS))
    again = coco.page_from_json(json.loads(text), path="x.json")
    assert same_page(page, again)
    assert coco.page_to_json(again, LABELS) == json.loads(text)


def test_a_page_is_a_coco_file_that_pycocotools_reads(tmp_path):
    page = sample_page()
    file = tmp_path / "page.json"
    file.write_text(json.dumps(coco.page_to_json(page, LABELS)))
    read = reopened(file)
    assert [read.cats[i]["name"] for i in range(1, 8)] == ["Angle", "Bar", "Billet", "H", "Pipe", "Plate", "U"]
    for annotation in page.annotations:
        assert np.array_equal(read.annToMask(read.anns[annotation.id]), annotation.mask.full(150, 200))
        assert read.cats[read.anns[annotation.id]["category_id"]]["name"] == annotation.label


def test_labels_outside_the_set_keep_their_name():
    page = Page("a.jpg", 50, 50, annotations=(Annotation(1, rectangle(0, 0, 5, 5), "rail"),))
    assert coco.page_from_json(coco.page_to_json(page, LABELS), path="x").annotations[0].label == "rail"


def test_values_that_json_does_not_know_do_not_stop_a_save():
    odd = {"n": np.int64(3), "a": np.arange(3), "nan": float("nan"), "set": {1}, "path": io, 5: (1, 2)}
    annotation = Annotation(1, rectangle(0, 0, 5, 5), "Bar", made_by=odd, scores=Scores(("Bar",), np.array([np.nan])))
    data = coco.page_to_json(Page("a.jpg", 50, 50, annotations=(annotation,), extra=odd), LABELS)
    again = coco.page_from_json(json.loads(json.dumps(data, allow_nan=False)), path="x").annotations[0]
    assert again.made_by["n"] == 3
    assert again.made_by["a"] == [0, 1, 2]
    assert again.made_by["nan"] is None
    assert again.made_by["5"] == [1, 2]
    assert np.isnan(again.scores.values[0])


def damaged(change):
    data = json.loads(json.dumps(coco.page_to_json(sample_page(), LABELS)))
    change(data, data["images"][0], data["annotations"][0])
    return data


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda d, i, a: d.pop("images"), "exactly one image"),
        (lambda d, i, a: d["images"].append(i), "exactly one image"),
        (lambda d, i, a: i.update(width=0), "size of the image"),
        (lambda d, i, a: i.update(height="150"), "size of the image"),
        (lambda d, i, a: i.update(width=201), "another image size"),
        (lambda d, i, a: i.update(file_name="../a.jpg"), "leads out"),
        (lambda d, i, a: d.update(annotations={}), "not a list"),
        (lambda d, i, a: a.pop("id"), "no id"),
        (lambda d, i, a: a.update(id=5), "same id"),
        (lambda d, i, a: a.update(category_id=99), "annotation 2: category 99"),
        (lambda d, i, a: a.pop("segmentation"), "annotation 2: it has no mask"),
        (lambda d, i, a: a["segmentation"].update(counts="0"), "annotation 2"),
        (lambda d, i, a: a.update(segmentation={"size": [150, 200], "counts": [30000]}), "mask is empty"),
        (lambda d, i, a: a["ssc"].update(status="perfect"), "status"),
        (lambda d, i, a: a["ssc"].update(scores=[1, 2]), "scores"),
        (lambda d, i, a: a["ssc"].update(prompt={"points": [[1]]}), "prompt"),
        (lambda d, i, a: a["ssc"].update(prompt={"box": [5, 5, 1, 1]}), "prompt"),
        (lambda d, i, a: a.update(ssc=[]), "ssc"),
        (lambda d, i, a: d.update(categories=[{"id": 1}]), "no name"),
    ],
)
def test_a_damaged_page_is_refused_with_the_reason(change, problem):
    with pytest.raises(BadPage, match=problem) as caught:
        coco.page_from_json(damaged(change), path="somewhere.json")
    assert caught.value.path == "somewhere.json"
    assert "left untouched" in caught.value.remedy


@pytest.mark.parametrize("data", [None, [], 3, "x"])
def test_a_page_that_is_no_dataset_is_refused(data):
    with pytest.raises(BadPage):
        coco.page_from_json(data, path="x")


def test_refined_prompts_are_noted_but_their_logits_not_kept():
    annotation = full_annotation(1, rectangle(0, 0, 5, 5))
    refined = replace(annotation.prompt, logits=np.zeros((256, 256), dtype=np.float32))
    page = Page("a.jpg", 50, 50, annotations=(replace(annotation, prompt=refined),))
    data = coco.page_to_json(page, LABELS)
    assert data["annotations"][0]["ssc"]["prompt"]["refined"] is True
    assert coco.page_from_json(data, path="x").annotations[0].prompt.logits is None


# --- export -----------------------------------------------------------------------------------------------------------


def test_export_follows_the_rules(tmp_path):
    out = tmp_path / FOLDER / "数据.json"
    pages = [sample_page(f"{FOLDER}/b.jpg"), sample_page("a.jpg", seed=1), Page("empty.jpg", 10, 10)]
    report = coco.export(pages, LABELS, out)
    data = json.loads(out.read_bytes())
    assert [c["id"] for c in data["categories"]] == [1, 2, 3, 4, 5, 6, 7]
    assert [c["name"] for c in data["categories"]] == list(LABELS.keys)
    assert all(isinstance(c["supercategory"], str) and c["supercategory"] for c in data["categories"])
    assert all(isinstance(v, str) for v in data["info"].values())
    assert data["licenses"] == []
    assert [i["id"] for i in data["images"]] == [1, 2]
    assert data["images"][0]["file_name"] == f"{FOLDER}/b.jpg"
    assert [(i["width"], i["height"]) for i in data["images"]] == [(200, 150)] * 2
    assert [a["id"] for a in data["annotations"]] == [1, 2, 3, 4, 5, 6]
    read = reopened(out)
    for page, image_id in zip(pages, (1, 2), strict=False):
        kept = [a for a in page.annotations if a.label != "unknown"]
        for item, annotation in zip(read.imgToAnns[image_id], kept, strict=True):
            truth = annotation.mask.full(150, 200)
            ys, xs = np.nonzero(truth)
            x, y = int(xs.min()), int(ys.min())
            assert item["bbox"] == [x, y, int(xs.max()) - x + 1, int(ys.max()) - y + 1]
            assert item["area"] == int(truth.sum())
            assert all(type(v) is int for v in (*item["bbox"], item["area"], item["iscrowd"], item["category_id"]))
            assert item["iscrowd"] == 0
            assert type(item["segmentation"]["counts"]) is str
            assert item["segmentation"]["size"] == [150, 200]
            assert np.array_equal(read.annToMask(item), truth)
            assert item["ssc"]["status"] == annotation.status
    first = data["annotations"][0]["ssc"]
    assert first["scores"] == [["Pipe", 0.7], ["Bar", 0.2], ["H", 0.1]]
    assert first["margin"] == pytest.approx(0.5)
    assert first["prompt"] == {"box": [1.5, 2.25, 30.1, 40.2], "points": [[3.3, 4.7, 1], [5.0, 6.125, 0]]}
    assert (first["author"], first["models"]["segmenter"]["id"]) == ("张伟", "nano")
    assert [a["ssc"]["layer"] for a in data["annotations"]] == [0, 1, 2] * 2
    assert (report.images, report.instances) == (2, 6)
    assert dict(report.by_label) == {"Angle": 0, "Bar": 0, "Billet": 0, "H": 2, "Pipe": 2, "Plate": 2, "U": 0}
    assert report.dropped == ((f"{FOLDER}/b.jpg", 9, "label: unknown"), ("a.jpg", 9, "label: unknown"))
    assert not report.complete
    assert report.holes >= 2
    assert report.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert out.read_bytes().endswith(b"}\n")
    assert os.listdir(out.parent) == ["数据.json"]


def test_export_gives_the_same_bytes_again(tmp_path):
    for name in ("a.json", "b.json"):
        coco.export([sample_page(), sample_page("x.png", 3)], LABELS, tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_strict_holds_only_what_coco_defines(tmp_path):
    coco.export([sample_page()], LABELS, tmp_path / "a.json", options=coco.ExportOptions(strict=True))
    data = json.loads((tmp_path / "a.json").read_bytes())
    assert set(data) == {"info", "licenses", "images", "annotations", "categories"}
    assert set(data["images"][0]) == {"id", "file_name", "width", "height"}
    keys = {"id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd"}
    assert all(set(a) == keys for a in data["annotations"])


def test_what_was_not_asked_for_is_left_out_and_listed(tmp_path):
    page = edits.set_status(edits.set_status(sample_page(), [2], "rejected"), [5], "proposed")
    report = coco.export([page], LABELS, tmp_path / "a.json")
    reasons = {(i, reason) for _, i, reason in report.dropped}
    assert reasons == {(2, "status: rejected"), (5, "status: proposed"), (9, "label: unknown")}
    for lang, words in (
        ("en", ["NOT in the file: 3", "status rejected: 1"]),
        ("zh", ["未写入文件：3", "已否决", "未知"]),
    ):
        for word in words:
            assert word in report.text(lang)
    assert coco.export([page], LABELS, tmp_path / "a.json", options=EVERYTHING).complete
    only_status = coco.export([edits.remove(page, [9])], LABELS, tmp_path / "a.json")
    assert len(only_status.dropped) == 2
    assert only_status.complete


def test_unknown_and_empty_when_asked_for(tmp_path):
    pages = [sample_page(), Page("empty.jpg", 10, 10)]
    report = coco.export(pages, LABELS, tmp_path / "a.json", options=EVERYTHING)
    read = reopened(tmp_path / "a.json")
    assert read.cats[8]["name"] == "unknown"
    assert (report.images, report.instances, report.dropped) == (2, 4, ())


def test_a_label_outside_the_set_is_reported(tmp_path):
    page = Page("a.jpg", 50, 50, annotations=(Annotation(1, rectangle(0, 0, 5, 5), "rail"),))
    assert coco.export([page], LABELS, tmp_path / "a.json").dropped == (("a.jpg", 1, "label: rail"),)


def test_polygons_agree_and_filled_holes_are_counted(tmp_path):
    rng = np.random.default_rng(3)
    found = [blob(rng, side=60, left=60 * (n % 3), top=60 * (n // 3)) for n in range(6)]
    found += [ring(185, 100, side=15), rectangle(199, 149, 200, 150), rectangle(0, 0, 1, 50)]
    page = Page("a.jpg", 200, 150, annotations=tuple(Annotation(n, m, "Bar") for n, m in enumerate(found, start=1)))
    out = tmp_path / "a.json"
    report = coco.export([page], LABELS, out, options=coco.ExportOptions(segmentation="polygon"))
    read = reopened(out)
    agreements = []
    for item, mask in zip(read.anns.values(), found, strict=True):
        assert all(len(polygon) >= 6 and polygon == [round(v, 2) for v in polygon] for polygon in item["segmentation"])
        drawn, outline = masks.tight(read.annToMask(item).astype(bool)), masks.fill_holes(mask)
        assert masks.iou(drawn, outline) >= 0.99
        assert item["area"] == mask.area
        agreements.append(masks.iou(drawn, mask))
    holed = sum(masks.fill_holes(m).area != m.area for m in found)
    assert report.holes == holed > 0
    assert report.multipart == sum(len(masks.parts(m)) > 1 for m in found) > 0
    assert report.worst_iou == pytest.approx(min(agreements))
    assert f"with holes: {holed}, FILLED" in report.text("en")
    assert "已被填满" in report.text("zh")


def test_polygons_of_a_plain_mask_are_exact_at_tolerance_0(tmp_path):
    options = coco.ExportOptions(segmentation="polygon", tolerance=0)
    page = Page("a.jpg", 200, 150, annotations=(Annotation(1, rectangle(10, 20, 40, 60), "Bar"),))
    assert coco.export([page], LABELS, tmp_path / "a.json", options=options).worst_iou == 1


def test_names_are_nfc_and_must_differ(tmp_path):
    decomposed = Page("cafe\u0301.jpg", 50, 50)
    coco.export([decomposed], LABELS, tmp_path / "a.json", options=EVERYTHING)
    assert json.loads((tmp_path / "a.json").read_bytes())["images"][0]["file_name"] == "caf\u00e9.jpg"
    with pytest.raises(ExportFailed, match="two pages"):
        coco.export([decomposed, Page("caf\u00e9.jpg", 50, 50)], LABELS, tmp_path / "a.json", options=EVERYTHING)
    report = coco.export([Page("A.jpg", 5, 5), Page("a.jpg", 5, 5)], LABELS, tmp_path / "a.json", options=EVERYTHING)
    assert report.warnings == ("case: A.jpg, a.jpg",)
    assert "upper and lower case only" in report.text("en")
    assert "仅大小写不同" in report.text("zh")


def test_a_photo_of_another_size_stops_the_export(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter: 150 x 200 on disk is 200 x 150 on screen
    Image.new("RGB", (150, 200)).save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGB", (150, 200)).save(tmp_path / "other.jpg")
    coco.export([sample_page("turned.jpg")], LABELS, tmp_path / "a.json", photo=tmp_path.joinpath)
    with pytest.raises(ExportFailed, match=r"other.jpg.*150 x 200 px") as caught:
        coco.export([sample_page("other.jpg")], LABELS, tmp_path / "a.json", photo=tmp_path.joinpath)
    assert caught.value.path == str(tmp_path / "other.jpg")
    report = coco.export([sample_page("gone.jpg")], LABELS, tmp_path / "a.json", photo=tmp_path.joinpath)
    assert "gone.jpg" in report.warnings[0]


@pytest.mark.parametrize("fault", ["mask", "missing", "pixels", "cancel"])
def test_a_failed_export_leaves_the_old_file(tmp_path, monkeypatch, fault):
    out = tmp_path / "a.json"
    out.write_bytes(b"old")
    if fault == "mask":  # the coder goes wrong
        monkeypatch.setattr(masks, "to_rle", lambda mask, h, w: coco_rle(np.roll(mask.full(h, w), 1, axis=1)))
    elif fault == "missing":
        monkeypatch.setattr("sscore.coco.exporter._Dataset.encode", without_an_annotation)
    elif fault == "pixels":
        monkeypatch.setattr("sscore.coco.exporter._digest", lambda mask, n=[0]: bytes([n.append(0) or len(n)]))

    def progress(done, total):
        if fault == "cancel":
            raise Cancelled()

    with pytest.raises((ExportFailed, Cancelled)):
        coco.export([sample_page()], LABELS, out, progress=progress)
    assert out.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.json"]


def coco_rle(bits):
    code = coco_mask.encode(np.asfortranarray(bits.astype(np.uint8)))
    return {"size": list(bits.shape), "counts": code["counts"].decode()}


def without_an_annotation(self):
    head = {"categories": [{"id": i, "name": n} for n, i in self.categories.items()]}
    return json.dumps({**head, "images": [json.loads(t) for t in self.images.values()], "annotations": []}).encode()


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for out in (tmp_path, tmp_path / "file" / "a.json"):
        with pytest.raises(ExportFailed, match="cannot be written"):
            coco.export([sample_page()], LABELS, out)


def test_a_project_on_a_read_only_drive_can_be_exported(tmp_path, monkeypatch):
    def refuse(self):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(coco.IdRegistry, "save", refuse)
    report = coco.export([sample_page()], LABELS, tmp_path / "a.json", ids=coco.IdRegistry(tmp_path / "ids.json"))
    assert report.instances == 3
    assert "ids could not be kept" in report.text()


def test_ids_stay_the_same_from_export_to_export(tmp_path):
    def ids_of(pages):
        coco.export(pages, LABELS, tmp_path / "a.json", ids=coco.IdRegistry(tmp_path / "ids.json"))
        data = json.loads((tmp_path / "a.json").read_bytes())
        names = {i["id"]: i["file_name"] for i in data["images"]}
        return names, {a["id"]: (names[a["image_id"]], a["area"]) for a in data["annotations"]}

    one, two = sample_page("b.jpg"), sample_page("c.jpg", 1)
    images_before, before = ids_of([one, two])
    assert sorted(before) == [1, 2, 3, 4, 5, 6]
    changed = edits.add(edits.remove(one, [5]), Annotation(0, rectangle(0, 0, 3, 3), "Bar"))
    images_after, after = ids_of([sample_page("a.jpg", 2), changed, two])
    assert images_after == {**images_before, 3: "a.jpg"}
    assert {i: after[i] for i in after if i in before} == {i: v for i, v in before.items() if i != 2}
    assert sorted(after) == [1, 3, 4, 5, 6, 7, 8, 9, 10]


def test_the_list_of_ids_is_refused_when_damaged_or_changed_meanwhile(tmp_path):
    path = tmp_path / "ids.json"
    path.write_text('{"images": {"a.jpg": 1}')
    with pytest.raises(BadProject, match="damaged"):
        coco.IdRegistry(path)
    path.unlink()
    mine, theirs = coco.IdRegistry(path), coco.IdRegistry(path)
    assert mine.image("a.jpg") == theirs.image("b.jpg") == 1
    theirs.save()
    with pytest.raises(BadProject, match="same moment"):
        mine.save()


def test_of_two_exports_at_the_same_moment_one_is_told(tmp_path, monkeypatch):
    """Both have looked at the list before either writes it: no id is given to two instances."""
    path, told = tmp_path / "ids.json", []
    first, second = coco.IdRegistry(path), coco.IdRegistry(path)
    first.instance("a.jpg", 1)
    second.instance("b.jpg", 1)

    def save_second():
        try:
            second.save()
        except BadProject as error:
            told.append(error.problem)

    thread, real = threading.Thread(target=save_second), registry.write_atomic

    def slowly(*args):
        if not thread.ident:
            thread.start()
            thread.join(0.05)
        real(*args)

    monkeypatch.setattr(registry, "write_atomic", slowly)
    first.save()
    thread.join()
    assert told == ["somebody else exported at the same moment"]
    again = coco.IdRegistry(path)
    assert (again.instance("a.jpg", 1), again.instance("b.jpg", 1)) == (1, 2)
