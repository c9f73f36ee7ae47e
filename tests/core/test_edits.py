import numpy as np
import pytest
from sample_pages import rectangle, ring, sample_page, scores

from sscore import edits, masks
from sscore.errors import BadOption
from sscore.types import Annotation, Page


def page_of(*annotations: Annotation) -> Page:
    return Page("a.jpg", 100, 80, annotations=annotations)


def ids(page: Page) -> list[int]:
    return [a.id for a in page.annotations]


def test_add_numbers_from_one_and_puts_in_front():
    page = edits.add(page_of(), Annotation(0, rectangle(0, 0, 5, 5), "Bar"))
    page = edits.add(page, Annotation(0, rectangle(5, 5, 9, 9), "Pipe"))
    assert ids(page) == [1, 2]
    assert page.annotations[-1].label == "Pipe"


def test_untouched_are_the_same_objects():
    page = sample_page()
    count = len(page.annotations)
    last = page.annotations[-1].id
    assert edits.untouched(page.annotations, page.annotations) == count
    assert edits.untouched(page.annotations, edits.relabel(page, [last], "H").annotations) == count - 1
    assert edits.untouched(page.annotations, edits.remove(page, [page.annotations[0].id]).annotations) == 0
    assert edits.untouched((), page.annotations) == 0


def test_ids_are_never_used_again():
    page = edits.add(page_of(), Annotation(0, rectangle(0, 0, 5, 5), "Bar"))
    page = edits.add(page, Annotation(7, rectangle(0, 0, 5, 5), "Bar"))
    page = edits.remove(page, [7, 1])
    assert ids(page) == []
    assert edits.next_id(page) == 8
    assert ids(edits.add(page, Annotation(0, rectangle(0, 0, 5, 5), "Bar"))) == [8]


def test_add_refuses_a_taken_id_and_a_mask_outside():
    page = page_of(Annotation(1, rectangle(0, 0, 5, 5), "Bar"))
    with pytest.raises(BadOption, match="taken"):
        edits.add(page, Annotation(1, rectangle(0, 0, 5, 5), "Bar"))
    with pytest.raises(BadOption, match="outside"):
        edits.add(page, Annotation(0, rectangle(100, 0, 105, 5), "Bar"))


def test_add_cuts_the_mask_to_the_photo():
    page = edits.add(page_of(), Annotation(0, rectangle(-5, 70, 5, 90), "Bar"))
    assert page.annotations[0].mask.box.as_tuple() == (0, 70, 5, 80)


def test_many_are_added_as_one_by_one():
    page = edits.remove(edits.add(page_of(), Annotation(4, rectangle(0, 0, 5, 5), "Bar")), [4])
    some = [Annotation(9, rectangle(n, 70, n + 3, 90), "Pipe") for n in range(3)]
    one_by_one = page
    for one in some:
        one_by_one = edits.add(one_by_one, Annotation(0, one.mask, one.label))
    together = edits.add_all(page, some)
    assert ids(together) == ids(one_by_one) == [5, 6, 7]
    assert together.extra == one_by_one.extra
    assert all(a.mask.same_as(b.mask) for a, b in zip(together.annotations, one_by_one.annotations, strict=True))
    assert edits.add_all(page, []) is page
    with pytest.raises(BadOption, match="outside"):
        edits.add_all(page, [*some, Annotation(0, rectangle(100, 0, 105, 5), "Bar")])


def test_many_are_found_in_the_order_of_their_ids_as_asked():
    page = sample_page()
    asked = [page.annotations[1].id, 999, page.annotations[0].id]
    assert page.find_all(asked) == (page.annotations[1], page.annotations[0])


@pytest.mark.parametrize(
    "edit",
    [
        lambda page: edits.remove(page, [2, 4]),
        lambda page: edits.relabel(page, [4], "Bar"),
        lambda page: edits.reshape(page, 4, rectangle(0, 0, 1, 1)),
        lambda page: edits.paint(page, 4, rectangle(0, 0, 1, 1), add=True),
        lambda page: edits.merge(page, [2, 4]),
        lambda page: edits.split(page, 4),
        lambda page: edits.reorder(page, 4, 0),
        lambda page: edits.set_status(page, [4], "reviewed"),
        lambda page: edits.replace(page, Annotation(4, rectangle(0, 0, 1, 1), "Bar")),
    ],
)
def test_every_edit_refuses_an_id_that_is_not_there(edit):
    with pytest.raises(BadOption, match="no instance 4"):
        edit(sample_page())


def test_edits_share_what_they_do_not_touch_and_leave_the_old_page_alone():
    before = sample_page()
    after = edits.relabel(before, [5], "U")
    assert [a.label for a in before.annotations] == ["Pipe", "H", "Plate", "unknown"]
    assert [a.label for a in after.annotations] == ["Pipe", "U", "Plate", "unknown"]
    assert [x is y for x, y in zip(before.annotations, after.annotations, strict=True)] == [True, False, True, True]
    assert after.extra == before.extra
    assert after.digest == before.digest


def test_relabel_keeps_scores_unless_given_new_ones():
    page = sample_page()
    kept = edits.relabel(page, [2], "Bar").find(2)
    assert kept.scores is page.find(2).scores
    new = scores(0.9, 0.1)
    assert edits.relabel(page, [2, 5], "Bar", scores=new).find(5).scores is new
    with pytest.raises(BadOption):
        edits.relabel(page, [2], "")


def test_set_status_of_several():
    page = edits.set_status(sample_page(), [2, 9], "rejected")
    assert [a.status for a in page.annotations] == ["rejected", "reviewed", "accepted", "rejected"]
    with pytest.raises(BadOption, match="not a status"):
        edits.set_status(page, [2], "perfect")


def test_paint_adds_within_the_photo_only():
    page = page_of(Annotation(1, rectangle(90, 0, 95, 5), "Bar"))
    page = edits.paint(page, 1, rectangle(93, 2, 120, 4), add=True)
    assert page.find(1).mask.area == 25 + 5 * 2
    assert page.find(1).mask.box.x1 == 100


def test_paint_erases_and_cuts_a_hole():
    page = edits.paint(page_of(Annotation(1, rectangle(0, 0, 9, 9), "Bar")), 1, rectangle(3, 3, 6, 6), add=False)
    assert page.find(1).mask.area == 81 - 9


def test_erasing_everything_removes_the_instance_but_keeps_its_id_used():
    page = edits.paint(page_of(Annotation(1, rectangle(0, 0, 9, 9), "Bar")), 1, rectangle(0, 0, 20, 20), add=False)
    assert page.annotations == ()
    assert edits.next_id(page) == 2


@pytest.mark.parametrize(
    ("patch", "add"),
    [(rectangle(1, 1, 2, 2), True), (rectangle(50, 50, 60, 60), False), (rectangle(200, 0, 201, 1), True)],
)
def test_a_stroke_that_changes_nothing_gives_the_same_page(patch, add):
    page = page_of(Annotation(1, rectangle(0, 0, 9, 9), "Bar"))
    assert edits.paint(page, 1, patch, add=add) is page


def test_merge_keeps_the_largest_and_all_pixels():
    small, large, other = rectangle(0, 0, 3, 3), rectangle(20, 0, 40, 5), rectangle(50, 50, 60, 60)
    page = page_of(Annotation(1, small, "Bar"), Annotation(2, other, "H"), Annotation(3, large, "Pipe"))
    page = edits.merge(page, [1, 3])
    assert ids(page) == [2, 3]
    assert page.find(3).label == "Pipe"
    assert np.array_equal(page.find(3).mask.full(80, 100), small.full(80, 100) | large.full(80, 100))
    assert edits.next_id(page) == 4
    with pytest.raises(BadOption, match="two or more"):
        edits.merge(page, [3])


def test_split_is_the_inverse_of_merge():
    one, two, three = rectangle(0, 0, 9, 9), rectangle(20, 0, 25, 5), ring(40, 40)
    page = page_of(Annotation(1, one, "Bar"), Annotation(4, two, "Bar"), Annotation(6, three, "Bar", author="li"))
    page = edits.split(edits.merge(page, [1, 4, 6]), 6)
    assert ids(page) == [6, 7, 8]
    assert page.find(6).mask.same_as(three)
    assert page.find(7).mask.same_as(one)
    assert page.find(8).mask.same_as(two)
    assert {a.author for a in page.annotations} == {"li"}
    assert edits.next_id(page) == 9
    assert edits.split(page, 7) is page


def test_split_keeps_depth():
    two_parts = masks.union(rectangle(0, 0, 2, 2), rectangle(10, 10, 15, 15))
    page = page_of(Annotation(1, two_parts, "Bar"), Annotation(2, rectangle(0, 0, 50, 50), "Plate"))
    assert ids(edits.split(page, 1)) == [1, 3, 2]


@pytest.mark.parametrize(
    ("index", "order"), [(0, [3, 2, 5, 9]), (2, [2, 5, 3, 9]), (99, [2, 5, 9, 3]), (-1, [3, 2, 5, 9])]
)
def test_reorder(index, order):
    assert ids(edits.reorder(sample_page(), 3, index)) == order


def test_reshape_and_replace():
    page = edits.reshape(sample_page(), 3, rectangle(190, 140, 300, 300))
    assert page.find(3).mask.box.as_tuple() == (190, 140, 200, 150)
    page = edits.replace(page, Annotation(5, rectangle(0, 0, 2, 2), "U"))
    assert ids(page) == [2, 5, 3, 9]
    assert page.find(5).label == "U"
    with pytest.raises(BadOption, match="outside"):
        edits.reshape(page, 3, rectangle(300, 300, 301, 301))


def test_cut_parts_along_the_line_and_the_bigger_side_stays():
    page = page_of(
        Annotation(1, rectangle(0, 0, 40, 20), "Bar", author="li"), Annotation(2, rectangle(0, 0, 9, 9), "H")
    )
    after = edits.cut(page, 1, [(10.5, -5.0), (10.5, 30.0)])
    assert ids(after) == [1, 3, 2]
    assert (after.find(3).label, after.find(3).author) == ("Bar", "li")
    assert masks.union(after.find(1).mask, after.find(3).mask).same_as(rectangle(0, 0, 40, 20))
    assert masks.intersect(after.find(1).mask, after.find(3).mask) is None
    assert after.find(3).mask.box.x1 in (10, 11)
    assert edits.cut(page, 1, [(10.5, -5.0), (10.5, 12.0)]) is page  # not through to the other side
    assert edits.cut(page, 1, [(50.0, 0.0), (60.0, 20.0)]) is page


def test_cut_leaves_parts_alone_that_the_line_does_not_meet():
    two_parts = masks.union(rectangle(0, 0, 30, 10), rectangle(0, 40, 8, 48))
    after = edits.cut(page_of(Annotation(1, two_parts, "Bar")), 1, [(20, -2), (20, 12)])
    assert ids(after) == [1, 2]
    assert len(masks.parts(after.find(1).mask)) == 2
    assert len(masks.parts(after.find(2).mask)) == 1


def test_a_slanting_cut_loses_no_pixel_and_leaves_no_bridge():
    full = rectangle(0, 0, 60, 50)
    kept, piece = masks.cut(full, [(-3.2, 7.1), (20.0, 18.4), (64.0, 41.7)])
    assert kept.area + piece.area == full.area
    assert len(masks.parts(kept)) == len(masks.parts(piece)) == 1


def test_intersect_keeps_what_is_shared():
    first, second, third = rectangle(0, 0, 10, 10), rectangle(5, 0, 20, 10), rectangle(40, 40, 50, 50)
    page = page_of(Annotation(1, first, "Bar"), Annotation(2, second, "Bar"), Annotation(3, third, "Bar"))
    after = edits.intersect(page, 2, [1, 2, 3])
    assert after.find(1).mask.same_as(rectangle(5, 0, 10, 10))
    assert after.find(2) is page.find(2)
    assert after.find(3) is page.find(3)
    assert edits.intersect(page, 3, [1]) is page
