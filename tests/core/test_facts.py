"""Facts from a page in memory and from its file agree; figures are counted from them; queries pick among them."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from sample_pages import rectangle, sample_page, scores

from sscore import facts, labels, query, review, statistics
from sscore.coco import page_to_json
from sscore.errors import BadOption
from sscore.facts import Fact, PhotoFacts
from sscore.types import Annotation, Page

SET = labels.load()


def page() -> Page:
    """A sample page with a review, effort and a verdict on the photo."""
    made = review.mark(sample_page(), [2], "reviewed", by="李雷", time="2026-03-01T08:00:00Z", comment=" 弯的 ")
    timed = replace(made.annotations[1], extra={facts.EFFORT: {"seconds": 4.5, "clicks": 3}}, author="li")
    made = replace(made, annotations=(made.annotations[0], timed, *made.annotations[2:]))
    return review.mark_photo(made, "reviewed", by="李雷", time="2026-03-01T08:00:00Z")


def test_a_page_and_its_file_give_the_same_facts():
    listed = facts.of_page(page())
    assert facts.of_json(listed.image, page_to_json(page(), SET)) == listed
    first, second = listed.facts[:2]
    assert (first.reviewer, first.comment, first.margin, first.guess) == ("李雷", "弯的", 0.5, "Pipe")
    assert (second.seconds, second.clicks, second.margin) == (4.5, 3, None)
    assert (listed.status, listed.reviewer, listed.done) == ("reviewed", "李雷", True)


def test_a_damaged_entry_is_left_out():
    data = page_to_json(page(), SET)
    data["annotations"][0]["bbox"] = ["x"]
    data["annotations"][1]["ssc"] = 5
    listed = facts.of_json("a.jpg", data).facts
    assert [fact.id for fact in listed] == [5, 3, 9]
    assert facts.of_json("a.jpg", None) == PhotoFacts("a.jpg")


def fact(number: int, label: str = "Pipe", **more: object) -> Fact:
    return Fact("yard/a.jpg", number, label, str(more.pop("status", "accepted")), 100, (0, 0, 10, 20), **more)


@pytest.mark.parametrize(
    ("line", "picked"),
    [
        ("", [1, 2, 3, 4]),
        ("class:U", [2]),
        ("class:pipe,u", [1, 2]),
        ("类别：钢管", [1]),
        ("class:unknown", [4]),
        ("margin<0.2", [2]),
        ("差距＜0.2", [2]),
        ("margin:0.3..1", [1]),
        ("-class:U status:proposed", [3]),
        ("状态:候选", [2, 3]),
        ('author:"Li Lei"', [1]),
        ("time>=2026-02", [1]),
        ("clicks>2", [3]),
        ("height=20 width:10", [1, 2, 3, 4]),
        ("comment:弯", [4]),
        ("margin < 0.2", [2]),
        ("分差 ＜ 20％ 类别 ： 槽钢", [2]),
        ('author : "li lei" -class: U', [1]),
    ],
)
def test_queries_of_instances(line, picked):
    listed = [
        fact(1, margin=0.5, author="li lei", time="2026-02-03T00:00:00Z"),
        fact(2, "U", margin=0.1, status="proposed"),
        fact(3, "Plate", status="proposed", clicks=4),
        fact(4, "unknown", comment="弯的"),
    ]
    asked = query.parse(line, SET)
    assert [one.id for one in listed if asked.picks(one)] == picked


@pytest.mark.parametrize(
    ("line", "picked"),
    [("yard", "ab"), ("-b.jpg", "ac"), ("is:todo", "c"), ("is:done,todo", "bc"), ("count>0 class:Pipe", "a")]
    + [("class:Pipe status:proposed", ""), ("is:已复核", "b"), ("A.JPG", "a"), ('"b.j"', "b")],
)
def test_queries_of_photos(line, picked):
    """All terms about instances must hold for one and the same instance."""
    photos = {
        "a": PhotoFacts("yard/a.jpg", facts=(fact(1), fact(2, "U", status="proposed"))),
        "b": PhotoFacts("yard/b.jpg", done=True, status="reviewed", facts=(fact(1, "U"),)),
        "c": PhotoFacts("c.jpg"),
    }
    asked = query.parse(line, SET)
    assert "".join(name for name, photo in photos.items() if asked.picks_photo(photo)) == picked


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("colour:red", "colour"),
        ("class:Ppe", "Ppe"),
        ("margin<x", "'x'"),
        ("margin<", "missing"),
        ("count > ", "missing"),
        ("class<U", "compared"),
        ("margin<0,2", "only one"),
        ("margin!=0.2", "not understood"),
        ("<0.2", "not understood"),
    ]
    + [("status:good", "good"), ("is:ready", "ready")],
)
def test_a_wrong_word_is_named(line, said):
    with pytest.raises(BadOption, match=said) as caught:
        query.parse(line, SET)
    assert caught.value.remedy


def test_what_could_be_written_is_told_in_the_script_one_writes_in():
    for line, wanted, other in [
        ("类别:铜", "角钢", "Angle"),
        ("class:copper", "Angle", "角钢"),
        ("颜色:红", "备注", "comment"),
        ("状态:好", "已复核", "reviewed"),
        ("is:ready", "todo", "待标注"),
    ]:
        with pytest.raises(BadOption) as caught:
            query.parse(line, SET)
        assert wanted in caught.value.remedy and other not in caught.value.remedy, line


def test_figures():
    photos = [
        PhotoFacts(
            "a.jpg",
            100,
            200,
            facts=(
                fact(1, guess="Pipe", author="li", time="2026-02-03T01:00:00Z", seconds=2.0, clicks=1),
                fact(2, "U", guess="Pipe", author="li", time="2026-02-04T01:00:00Z", seconds=4.0, clicks=2),
                fact(3, "U", guess="U", status="proposed"),
                fact(4, "U", status="rejected", author="wu"),
            ),
        ),
        PhotoFacts("b.jpg", done=True),
    ]
    found = statistics.figures(photos, SET)
    rows = {row.label: row for row in found.classes}
    assert (rows["U"].count, rows["U"].rejected, rows["U"].share, rows["Pipe"].guessed) == (2, 1, 0.6667, 2)
    assert rows["U"].area_median == 100 and rows["Bar"].count == 0
    assert [(row.author, row.count, row.seconds, row.clicks) for row in found.authors] == [
        ("li", 2, 3.0, 1.5),
        ("wu", 1, None, None),
    ]
    assert [(row.day, row.total) for row in found.days] == [("2026-02-03", 1), ("2026-02-04", 2)]
    assert found.positions.sum() == 3 and found.positions[0, 0] == 3
    at = {label: n for n, label in enumerate(found.labels)}
    assert found.confusion[at["U"], at["Pipe"]] == 1 and found.confusion.sum() == 2  # proposals do not count
    assert (found.photos, found.begun, found.done, found.instances) == (2, 1, 1, 3)
    assert found.holding == 1, "a photo that is done without an instance holds none"


def test_csv_opens_in_a_spreadsheet(tmp_path):
    place = tmp_path / "废钢 照片"
    listed = [facts.of_page(page())]
    written = statistics.write_csv(listed, SET, place)
    assert [path.name for path in written] == list(statistics.FILES)
    data = (place / "instances.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert [row["id"] for row in rows] == ["2", "5", "3", "9"]
    assert rows[0]["comment"] == "弯的" and rows[3]["margin"] == "" and rows[2]["left"] == "120"


def test_the_most_uncertain_come_first():
    listed = [
        fact(1, margin=0.9, iou=0.95),
        fact(2, margin=0.1, iou=0.99),
        fact(3, margin=0.9, iou=0.6),
        fact(4, "unknown"),
        fact(5, margin=0.9, second_iou=0.3),
        fact(6, "U", guess="Pipe", margin=0.1),  # a person said otherwise: the classifier's doubt is settled
        fact(7, margin=0.0, status="reviewed"),
    ]
    assert [one.id for one in review.queue(listed)] == [4, 2, 3, 5, 1, 6]


def test_verdicts_travel_with_the_page():
    before = Page("a.jpg", 50, 50, annotations=(Annotation(1, rectangle(0, 0, 5, 5), "Bar", scores(0.6, 0.4)),))
    after = review.mark(before, [1], "rejected", by="wu", time="t1", comment="cut off")
    assert facts.of_page(after).facts[0].status == "rejected"
    again = review.mark(after, [1], "reviewed", by="li", time="t2")
    note = facts.of_page(again).facts[0]
    assert (note.reviewer, note.reviewed, note.comment) == ("li", "t2", "cut off")
    cleared = review.comment(again, [1], "  ", by="li", time="t3")
    assert facts.of_page(cleared).facts[0].comment == "" and cleared.annotations[0].status == "reviewed"
    with pytest.raises(BadOption):
        review.mark(before, [2], "reviewed", by="li", time="t")
    with pytest.raises(BadOption):
        review.mark(before, [1], "good", by="li", time="t")  # type: ignore[arg-type]


def test_a_photo_is_finished_when_nothing_waits():
    assert not review.finished(PhotoFacts("a"))
    assert review.finished(PhotoFacts("a", done=True))
    assert review.finished(PhotoFacts("a", facts=(fact(1, status="reviewed"), fact(2, status="rejected"))))
    assert not review.finished(PhotoFacts("a", done=True, facts=(fact(1),)))
    said = review.mark_photo(Page("a", 5, 5), "rejected", by="wu", time="t", comment="too dark")
    assert facts.of_page(said).comment == "too dark"
    assert facts.of_page(review.mark_photo(said, None, by="wu", time="t")).status == ""


def test_a_second_segmenter_that_disagrees():
    before = sample_page()
    noted = review.second_opinion(before, {5: 0.25}, segmenter="sam-vit-b")
    listed = {one.id: one.second_iou for one in facts.of_page(noted).facts}
    assert listed == {2: None, 5: 0.25, 3: None, 9: None}
    assert noted.annotations[0] is before.annotations[0]


def test_positions_stay_inside_the_grid():
    photo = PhotoFacts("a", 10, 10, facts=(replace(fact(1), box=(9, 9, 4, 4)),))
    assert np.argwhere(statistics.figures([photo], SET).positions).tolist() == [[11, 11]]
