import json
from dataclasses import replace

import pytest
from PIL import Image
from sample_pages import FOLDER, rectangle, same_page, sample_page

from sscore import coco, masks
from sscore.coco.importer import CROWD, ORIGINAL_LABEL
from sscore.errors import BadDataset
from sscore.labels import load
from sscore.types import Page

ALL = ("proposed", "accepted", "reviewed", "rejected")


def dataset(**change):
    """Two images with ids 0 and 1 and one annotation with id 0, as other tools write them."""
    square = [10.0, 10.0, 20.0, 10.0, 20.0, 20.0, 10.0, 20.0]
    data = {
        "images": [
            {"id": 0, "file_name": "sub\\one.jpg", "width": 40, "height": 30, "license": 3},
            {"id": 1, "file_name": "./two.jpg", "width": 40, "height": 30},
        ],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 0, "segmentation": [square], "mood": "good"}],
        "categories": [{"id": 0, "name": "h BEAM"}, {"id": 5, "name": "槽钢"}, {"id": 6, "name": "rail"}],
    }
    data["annotations"][0].update(change)
    return data


def imported(tmp_path, data, **options):
    file = tmp_path / "in.json"
    file.write_bytes(data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode())
    return coco.read(file, **options)


def test_an_exported_dataset_comes_back(tmp_path):
    pages = [sample_page(), sample_page("b.jpg", 1), Page("empty.jpg", 10, 10)]
    options = coco.ExportOptions(include_empty=True, include_unknown=True, statuses=ALL)
    coco.export(pages, load(), tmp_path / "a.json", options=options)
    read = coco.read(tmp_path / "a.json")
    assert read.warnings == ()
    for page, again in zip(pages, read.pages, strict=True):
        assert [a.id for a in again.annotations] == list(range(1, len(page.annotations) + 1))
        renumbered = tuple(replace(a, id=b.id) for a, b in zip(again.annotations, page.annotations, strict=True))
        expected = replace(page, extra=again.extra)
        assert same_page(expected, replace(again, annotations=renumbered))


def test_missing_fields_and_ids_from_zero(tmp_path):
    read = imported(tmp_path, dataset())
    page = read.pages[0]
    assert [p.image for p in read.pages] == ["sub/one.jpg", "two.jpg"]
    assert read.categories == ("h BEAM", "槽钢", "rail")
    annotation = page.annotations[0]
    assert (annotation.id, annotation.label, annotation.status, annotation.mask.area) == (1, "H", "accepted", 100)
    assert annotation.mask.box.as_tuple() == (10, 10, 20, 20)
    assert annotation.extra == {"coco": {"mood": "good"}}
    assert page.extra["coco"]["image"] == {"license": 3}
    assert read.warnings == ()


@pytest.mark.parametrize(
    "segmentation",
    [
        [10, 10, 20, 10, 20, 20, 10, 20],
        [[10, 10, 15, 10, 15, 20, 10, 20], [15, 10, 20, 10, 20, 20, 15, 20]],
        {"size": [30, 40], "counts": [310, *([10, 20] * 9), 10, 610]},
        {"counts": [310, *([10, 20] * 9), 10, 610]},
        masks.to_rle(rectangle(10, 10, 20, 20), 30, 40),
    ],
)
@pytest.mark.parametrize("iscrowd", [0, 1, True, False])
def test_every_form_of_segmentation_with_every_form_of_iscrowd(tmp_path, segmentation, iscrowd):
    read = imported(tmp_path, dataset(segmentation=segmentation, iscrowd=iscrowd))
    annotation = read.pages[0].annotations[0]
    assert annotation.mask.same_as(rectangle(10, 10, 20, 20))
    assert annotation.extra.get(CROWD, False) is bool(iscrowd)
    assert read.warnings == ()


@pytest.mark.parametrize(
    ("category", "label", "original"), [(0, "H", None), (5, "U", None), (6, "unknown", "rail"), (77, "unknown", None)]
)
def test_categories_become_labels(tmp_path, category, label, original):
    read = imported(tmp_path, dataset(category_id=category))
    annotation = read.pages[0].annotations[0]
    assert annotation.label == label
    assert annotation.extra.get(ORIGINAL_LABEL) == original
    assert bool(read.warnings) == (label == "unknown")


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"image_id": 9}, "1 left out, because their image is not in the file: annotation 0"),
        ({"image_id": None}, "image is not in the file"),
        ({"segmentation": None}, "no mask"),
        ({"segmentation": []}, "no mask"),
        ({"segmentation": [[1, 2, 3, 4]]}, "three points"),
        ({"segmentation": [["a", "b", "c", "d", "e", "f"]]}, "not a number"),
        ({"segmentation": [[1, 2, 3, 4, 5, 1e300]]}, "coordinate"),
        ({"segmentation": {"size": [30, 40], "counts": "???"}}, "left out"),
        ({"segmentation": {"size": [30, 40], "counts": [5]}}, "do not fill"),
        ({"segmentation": {"size": [30, 40], "counts": [1200]}}, "empty or outside"),
        ({"segmentation": [[100, 100, 120, 100, 120, 120]]}, "outside the image"),
    ],
)
def test_what_cannot_be_taken_over_is_counted(tmp_path, change, warning):
    read = imported(tmp_path, dataset(**change))
    assert all(page.annotations == () for page in read.pages)
    assert len(read.warnings) == 1
    assert warning in read.warnings[0]


def test_masks_that_reach_outside_are_cut_with_a_warning(tmp_path):
    read = imported(tmp_path, dataset(segmentation=[[-10, -10, 5, -10, 5, 5, -10, 5]]))
    assert read.pages[0].annotations[0].mask.same_as(rectangle(0, 0, 5, 5))
    assert "reaches outside" in read.warnings[0]
    larger = masks.to_rle(rectangle(30, 10, 50, 20), 30, 60)
    read = imported(tmp_path, dataset(segmentation=larger))
    assert read.pages[0].annotations[0].mask.same_as(rectangle(30, 10, 40, 20))
    assert len(read.warnings) == 2


def test_broken_private_fields_do_not_cost_the_annotation(tmp_path):
    read = imported(tmp_path, dataset(ssc={"status": "perfect"}))
    assert read.pages[0].annotations[0].status == "accepted"
    assert "ssc" in read.warnings[0]


def test_many_remarks_are_counted_not_listed(tmp_path):
    data = dataset()
    data["annotations"] = [{**data["annotations"][0], "id": n, "image_id": 9} for n in range(100)]
    assert imported(tmp_path, data).warnings == (
        "100 left out, because their image is not in the file: annotation 0, 1, 2, 3, 4 and 95 more",
    )


def test_a_missing_size_is_asked_of_the_photo(tmp_path):
    folder = tmp_path / FOLDER
    (folder / "sub").mkdir(parents=True)
    data = dataset()
    del data["images"][0]["width"]
    with pytest.raises(BadDataset, match=r"size of the image sub/one.jpg is missing"):
        imported(tmp_path, data)
    with pytest.raises(BadDataset, match=r"one.jpg"):
        imported(tmp_path, data, root=folder)
    Image.new("RGB", (40, 30)).save(folder / "sub" / "one.jpg")
    page = imported(tmp_path, data, root=folder).pages[0]
    assert (page.width, page.height) == (40, 30)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "\\windows\\x.jpg",
        "../x.jpg",
        "a/../../x.jpg",
        "a\\..\\x.jpg",
        "a/.. /x.jpg",
        "a/.../x.jpg",
        "C:\\x.jpg",
        "c:x.jpg",
        "\\\\server\\share\\x.jpg",
        "//server/x.jpg",
        "\\\\?\\C:\\x.jpg",
        "http://host/x.jpg",
        "x\0.jpg",
        "x\n.jpg",
        "..",
        ".",
        "",
        None,
        7,
        ["x.jpg"],
    ],
)
def test_hostile_names_are_refused(tmp_path, name):
    data = dataset()
    data["images"][1]["file_name"] = name
    with pytest.raises(BadDataset, match="name of an image is missing|of an image") as caught:
        imported(tmp_path, json.dumps(data).encode())
    if name and isinstance(name, str):
        assert repr(name) in str(caught.value)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b'{"images": [\n{"id": 1,\n', "cut off at line 3"),
        (b'{"images": "abc', "cut off at line 1"),
        (b'{"images": [],\n nonsense}', "not valid JSON.*line 2"),
        (b"\xff\xd8\xff\xe0 a photo", "not UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "too deeply"),
        (b'{"images": [' + b"9" * 5000 + b"]}", "too many digits"),
        (b"[]", "a list"),
        (b"3", "single value"),
        (b"{}", '"images"'),
        (b'{"images": {}}', '"images"'),
        (b'{"images": [], "annotations": 3}', '"annotations"'),
        (b'{"images": [], "categories": 3}', "categories"),
        (b'{"images": [3]}', "no id"),
        (b'{"images": [{"id": [1]}]}', "no id"),
        (b'{"images": [], "annotations": [3]}', "annotation number 0"),
        (b'{"images": [{"id": 1, "file_name": "a", "width": 1000000, "height": 1000000}]}', "impossible size"),
    ],
)
def test_a_file_that_is_no_dataset_is_refused(tmp_path, data, problem):
    with pytest.raises(BadDataset, match=problem) as caught:
        imported(tmp_path, data)
    assert caught.value.path.endswith("in.json")


def test_the_same_image_twice_is_refused(tmp_path):
    data = dataset()
    data["images"][1].update(file_name="sub/one.jpg")
    with pytest.raises(BadDataset, match=r"sub/one.jpg is listed twice"):
        imported(tmp_path, data)
    data["images"][1].update(file_name="x.jpg", id=0)
    with pytest.raises(BadDataset, match="two images have the id 0"):
        imported(tmp_path, data)


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    for path in (tmp_path, tmp_path / "no.json"):
        with pytest.raises(BadDataset, match="cannot be read"):
            coco.read(path)


def test_a_byte_order_mark_does_not_matter(tmp_path):
    assert imported(tmp_path, b"\xef\xbb\xbf" + json.dumps(dataset()).encode()).warnings == ()
