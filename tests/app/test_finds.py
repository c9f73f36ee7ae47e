"""Everything mode in the window: proposals to accept or reject, one undoable step each."""

import threading

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studio_driver import FakeSegmenter, FakeShelf, wait_until

from app import finds, rows, searching
from sscore import edits, facts, masks
from sscore.types import Annotation, Box, Candidate

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PIECES = {(60, 60): 0.95, (200, 60): 0.85, (320, 200): 0.70}  # centre of a disc of 25 px: predicted IoU


def disc(x, y, radius=25):
    bits = np.zeros((300, 400), np.uint8)
    cv2.circle(bits, (x, y), radius, 1, -1)
    return masks.tight(bits.astype(bool))


class FindsAll(FakeSegmenter):
    """Three discs; the search waits half-way for the gate."""

    def __init__(self, model_id):
        super().__init__(model_id)
        self.half_way = threading.Event()

    def everything(self, rgb, embedding=None, *, progress=None):
        progress(1, 2)
        self.half_way.set()
        while not self.gate.wait(0.01):
            progress(1, 2)
        progress(2, 2)
        nothing = np.zeros((256, 256), np.float32)
        return [Candidate(disc(x, y), score, nothing, 0) for (x, y), score in PIECES.items()]


@pytest.fixture
def finding(make_studio, folder):
    shelf = FakeShelf()
    shelf.segmenters["nano"] = FindsAll("nano")
    studio = make_studio(shelf=shelf)
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None and studio.assistant.photo is not None)
    return studio


def find(studio):
    studio.key("g")
    studio.settle()
    return studio.window.finder


def test_proposals_are_shown_and_nothing_is_an_object_yet(finding):
    finder = find(finding)
    assert [one.score for one in finder.shown] == [0.95, 0.85, 0.70]
    assert [one.scores.best for one in finder.shown] == ["Pipe"] * 3
    assert finding.labels == []
    assert finding.canvas.finds_bar.isVisible()
    assert "3 proposals" in finding.canvas.finds_bar.count.text()
    assert len(finding.canvas._finds_layer._items) == 3
    assert not finding.canvas.hint.isVisible()


def test_the_score_slider_hides_the_weak_ones_at_once(finding):
    finder = find(finding)
    finding.canvas.finds_bar.slider.setValue(80)
    assert [one.score for one in finder.shown] == [0.95, 0.85]
    assert "2 of 3 proposals" in finding.canvas.finds_bar.count.text()
    finding.key("f", SHIFT)
    finding.settle()
    assert len(finding.labels) == 2


def test_a_click_accepts_and_a_right_click_rejects(finding):
    finder = find(finding)
    finding.key("v")
    finding.click(60, 60)
    assert finding.labels == ["Pipe"]
    made = finding.session.page.annotations[0]
    assert made.status == "accepted"
    assert made.made_by["segmenter"] == "nano"
    assert made.made_by["predicted_iou"] == 0.95
    assert made.author == finding.window.settings.get("author")
    finding.click(200, 60, Qt.MouseButton.RightButton)
    assert [one.score for one in finder.shown] == [0.70]
    assert finding.labels == ["Pipe"]
    assert finding.on_disk().annotations[0].label == "Pipe"


@pytest.mark.parametrize("tool", ["w", "q"])
def test_drawing_tools_accept_with_a_click_too(finding, tool):
    find(finding)
    finding.key(tool)
    finding.click(60, 60)
    assert finding.labels == ["Pipe"]
    assert finding.assistant.pending.empty


def test_a_box_can_still_be_drawn_over_a_proposal(finding):
    find(finding)
    finding.box(30, 30, 120, 120)
    finding.key("f")
    finding.settle()
    assert len(finding.labels) == 1
    assert finding.session.page.annotations[0].prompt is not None


def test_keys_walk_name_accept_and_reject(finding):
    finder = find(finding)
    finding.canvas.focusNextPrevChild(True)
    assert finder.target is not None
    first = finder.target.id
    finding.key("2")
    finding.key("f")
    finding.settle()
    assert finding.labels == ["Bar"]
    assert finder.target is not None
    assert finder.target.id != first
    finding.key(Qt.Key.Key_Delete)
    assert len(finder.shown) == 1
    finding.key(Qt.Key.Key_Return)
    finding.settle()
    assert finding.labels == ["Bar", "Pipe"]
    assert finder.shown == ()
    assert not finding.canvas.finds_bar.isVisible()


def test_accepting_all_is_one_step_and_undo_brings_the_proposals_back(finding):
    finder = find(finding)
    QTest.mouseClick(finding.canvas.finds_bar.accept, Qt.MouseButton.LeftButton)
    finding.settle()
    assert finding.labels == ["Pipe"] * 3
    assert finder.shown == ()
    finding.key("z", CTRL)
    finding.settle()
    assert finding.labels == []
    assert len(finder.shown) == 3


def test_what_is_an_object_already_is_not_offered(finding):
    page = finding.session.page
    finding.session.edit("add", edits.add(page, Annotation(0, disc(62, 60), "U")))
    finding.settle()
    finder = find(finding)
    assert [one.score for one in finder.shown] == [0.85, 0.70]


def test_discarding_all_leaves_the_objects(finding):
    finder = find(finding)
    finding.key(Qt.Key.Key_Delete, SHIFT)
    assert finder.shown == ()
    assert finding.labels == []
    assert not finding.canvas.finds_bar.isVisible()
    (notice,) = finding.window.messages.notices
    assert "3 proposals discarded" in notice.text
    finding.key("z", CTRL)
    assert len(finder.shown) == 3
    finding.key("y", CTRL)
    assert finder.shown == ()


def test_what_was_rejected_comes_back_step_by_step(finding):
    finder = find(finding)
    before = [one.id for one in finder.shown]
    finding.key(Qt.Key.Key_Tab)
    in_hand = finder.finds.current
    finding.key(Qt.Key.Key_Delete)
    finding.click(320, 200)
    finding.click(200, 60, button=Qt.MouseButton.RightButton)
    assert finder.shown == () and finding.labels == ["Pipe"]
    finding.key("z", CTRL)
    assert [one.score for one in finder.shown] == [0.85]
    finding.key("z", CTRL)
    assert finding.labels == [] and [one.score for one in finder.shown] == [0.85, 0.70]
    finding.key("z", CTRL)
    assert [one.id for one in finder.shown] == before and finder.finds.current == in_hand
    for _ in range(3):
        finding.key("y", CTRL)
    finding.settle()
    assert finder.shown == () and finding.on_disk().annotations[0].label == "Pipe"


def test_a_search_on_another_photo_does_not_hinder_undo(finding):
    finder = find(finding)
    finder.reject([finder.shown[0]])
    finding.key("d")
    finding.settle()
    find(finding)
    finding.key("a")
    finding.settle()
    finding.key("z", CTRL)
    assert len(finder.shown) == 3


def test_the_bar_says_what_the_tool_in_hand_does_to_proposals(finding):
    find(finding)
    keys = finding.canvas.finds_bar.keys
    assert keys.text().startswith("Click or F")
    finding.key("l")
    assert keys.text().startswith("Draw around some")
    finding.key("b", SHIFT)
    assert "Click" not in keys.text()
    finding.key("w")
    assert keys.text().startswith("Click or F")


def steps(studio):
    stack = studio.session.undo_group.activeStack()
    return [stack.text(n) for n in range(stack.index())]


def test_a_search_is_a_step_and_so_is_each_answer_to_it(finding):
    finder = find(finding)
    finder.reject([finder.shown[0]])
    find(finding)
    assert len(finder.shown) == 3
    assert steps(finding) == ["find 3 proposals", "reject 1 proposal", "find 3 proposals"]
    for left in (2, 3, 0):
        finding.key("z", CTRL)
        assert len(finder.shown) == left
    assert finder.finds is None and not finding.canvas.finds_bar.isVisible()
    for left in (3, 2, 3):
        finding.key("y", CTRL)
        assert len(finder.shown) == left


def test_the_class_of_a_proposal_is_a_step(finding):
    """Also after another photo was looked at, and with the slider left where it is by then."""
    finder = find(finding)
    finding.canvas.focusNextPrevChild(True)
    first = finder.target.id
    for key in "213":
        finding.key(key)
    finding.key("3")  # the same once more is nothing
    words = ["call a proposal Bar", "call a proposal Angle", "call a proposal Billet"]
    assert steps(finding) == ["find 3 proposals", *words]
    finding.key("d")
    finding.settle()
    finding.key("a")
    finding.settle()
    finding.canvas.finds_bar.slider.setValue(80)
    for label in ("Angle", "Bar", ""):
        finding.key("z", CTRL)
        assert finder.finds.get(first).label == label
    for label in ("Bar", "Angle", "Billet"):
        finding.key("y", CTRL)
        assert finder.finds.get(first).label == label
    assert len(finder.shown) == 2
    finder.accept(finder.finds.get(first))
    assert steps(finding)[-1] == "accept a proposal: Billet"


def test_a_proposal_from_a_box_is_a_step_of_its_photo_wherever_one_is(studio):
    finder, model = studio.window.finder, studio.shelf.segmenters["nano"]
    model.gate.clear()
    for x in (20, 150):
        finder.ask(Box(x, 40, x + 100, 140))
    studio.key("d")
    model.gate.set()
    studio.settle()
    assert finder.shown == () and steps(studio) == []
    studio.key("a")
    studio.settle()
    assert len(finder.shown) == 2 and steps(studio) == ["box: a proposal"] * 2
    for left in (1, 0):
        studio.key("z", CTRL)
        assert len(finder.shown) == left
    studio.key("y", CTRL)
    assert len(finder.shown) == 1


def test_undo_after_a_verdict_takes_back_what_was_done_with_a_proposal_since(finding):
    """The way back to the photo of the verdict is for what nothing came after."""
    page = finding.session.page
    finding.session.edit("add", edits.add(page, Annotation(0, disc(62, 240), "U", status="proposed")), select=(1,))
    finding.settle()
    finding.key("y")
    finding.settle()
    finder = find(finding)
    finder.reject([finder.shown[0]])
    finding.key("z", CTRL)
    assert len(finder.shown) == 3
    assert finding.session.page.annotations[0].status == "reviewed"


def test_escape_stops_a_search(finding):
    model = finding.shelf.segmenters["nano"]
    model.gate.clear()
    finding.key("g")
    wait_until(model.half_way.is_set)
    wait_until(lambda: finding.canvas.finds_bar.bar.value() == 50, what="progress")
    assert finding.window.finder.running
    finding.key(Qt.Key.Key_Escape)
    assert not finding.window.finder.running
    finding.settle()
    model.gate.set()
    assert finding.window.finder.finds is None
    assert not finding.canvas.finds_bar.isVisible()


def test_a_mask_can_be_made_while_the_search_goes_on(finding, monkeypatch):
    model = finding.shelf.segmenters["nano"]
    gate, model.gate = model.gate, threading.Event()
    monkeypatch.setattr(model, "predict", lambda *a, **k: FakeSegmenter("nano").predict(*a, **k))
    finding.key("g")
    wait_until(model.half_way.is_set)
    finding.box(150, 150, 250, 250)
    finding.key("f")
    assert finding.labels == ["Pipe"]
    assert finding.window.finder.running
    model.gate.set()
    finding.settle()
    assert len(finding.window.finder.shown) == 3
    model.gate = gate


def test_leaving_the_photo_stops_the_search_and_says_so(finding):
    model = finding.shelf.segmenters["nano"]
    model.gate.clear()
    finding.key("g")
    wait_until(model.half_way.is_set)
    finding.key("d")
    finding.settle()
    assert any("was stopped" in notice.text for notice in finding.window.messages.notices)
    model.gate.set()
    assert finding.window.finder.finds is None


def test_proposals_wait_while_one_looks_at_another_photo(finding):
    finder = find(finding)
    finding.key("d")
    finding.settle()
    assert finder.finds is None
    finding.key("a")
    finding.settle()
    assert len(finder.shown) == 3


def test_a_search_that_fails_is_explained(finding, monkeypatch):
    def fail(*_args, **_kwargs):
        raise MemoryError

    monkeypatch.setattr(FindsAll, "everything", fail)
    finder = find(finding)
    assert not finder.running
    assert any("not enough memory" in notice.text for notice in finding.window.messages.notices)


def lasso(studio, x0, y0, x1, y1, modifier=Qt.KeyboardModifier.NoModifier):
    studio.key("l")
    view = studio.canvas.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, modifier, studio.at(x0, y0))
    for x, y in ((x1, y0), (x1, y1), (x0, y1)):
        studio.move(x, y)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, modifier, studio.at(x0, y1))
    studio.settle()


def test_a_lasso_accepts_what_it_holds_in_one_step_and_rejects_with_ctrl(finding):
    finder = find(finding)
    lasso(finding, 5, 5, 130, 130)
    assert finding.labels == ["Pipe"]
    lasso(finding, 5, 5, 395, 295, Qt.KeyboardModifier.ControlModifier)
    assert finder.shown == ()
    assert finding.labels == ["Pipe"]
    finding.key("z", CTRL)
    assert len(finder.shown) == 2 and finding.labels == ["Pipe"]
    finding.key("z", CTRL)
    assert finding.labels == []


def test_boxes_drawn_one_after_the_other_are_proposals_of_their_own(studio):
    model = studio.shelf.segmenters["nano"]
    model.gate.clear()
    studio.key("w")
    for x in (20, 150, 280):
        QTest.mousePress(studio.canvas.viewport(), Qt.MouseButton.LeftButton, CTRL, studio.at(x, 40))
        studio.move(x + 50, 90)
        studio.move(x + 100, 140)
        QTest.mouseRelease(studio.canvas.viewport(), Qt.MouseButton.LeftButton, CTRL, studio.at(x + 100, 140))
    assert "3 boxes" in studio.canvas.finds_bar.count.text()
    frames = studio.canvas._finds_layer._asked.boundingRect()
    assert frames.contains(30, 50) and frames.contains(370, 130)
    studio.key("d")
    assert studio.canvas._finds_layer._asked.boundingRect().isEmpty()
    studio.key("a")
    wait_until(lambda: studio.session.page is not None)
    assert not studio.canvas._finds_layer._asked.boundingRect().isEmpty()
    assert studio.assistant.pending.empty
    model.gate.set()
    wait_until(lambda: len(studio.window.finder.shown) == 3, what="three proposals")
    assert studio.canvas._finds_layer._asked.boundingRect().isEmpty()
    studio.key("f", SHIFT)
    studio.settle()
    assert studio.labels == ["Pipe"] * 3
    made = studio.on_disk().annotations
    assert all(a.prompt is not None and a.prompt.box.width == pytest.approx(100, abs=2) for a in made)
    studio.key("z", CTRL)
    assert studio.labels == []


def test_what_was_accepted_says_how_long_that_took(finding):
    """The time of what was rejected on the way counts too, a long pause as a minute; all at once share theirs."""
    spell, now = finding.window.finder.spell, [0.0]
    spell.clock = lambda: now[0]
    finder = find(finding)
    now[0] = 2.0
    finder.reject([finder.shown[2]])
    now[0] = 5.0
    finder.accept(finder.shown[0])
    now[0] = 500.0
    finder.accept_shown()
    finding.settle()
    noted = [(fact.seconds, fact.clicks) for fact in facts.of_page(finding.on_disk()).facts]
    assert noted == [(5.0, 0), (60.0, 0)]


def test_another_threshold_of_the_unknown_shows_at_once(finding):
    find(finding)
    items = finding.canvas._finds_layer._items.values()
    named = {item._colour.name() for item in items}
    finding.window.labels.list.below.setValue(90)  # surer than the classifier ever is
    assert {item._colour.name() for item in items} == {rows.UNKNOWN_COLOUR} != named


def test_an_edit_is_compared_with_the_proposals_alone_not_the_whole_page(finding, monkeypatch):
    """With hundreds of objects beside hundreds of proposals, all pairs take longer than an edit may."""
    finding.add(300, 20, 390, 100)
    finder, same, compared = find(finding), finds._same, []
    monkeypatch.setattr(finds, "_same", lambda *pair: compared.append(pair) or same(*pair))
    finding.session.edit("relabel", edits.relabel(finding.session.page, [1], "U"))
    assert compared == [] and len(finder.shown) == 3
    mask = disc(60, 62)
    finding.session.edit("add", edits.add(finding.session.page, Annotation(0, mask, "Pipe")))
    assert [other for _, other in compared] == 3 * [mask] and len(finder.shown) == 2
    finding.session.undo_group.undo()
    assert len(finder.shown) == 3


def test_a_proposal_is_kept_without_what_only_the_model_needs(finding):
    """256 kB each would be a gigabyte after a few photos."""
    found = find(finding).finds
    assert [one.candidate.logits is searching._NO_LOGITS for one in found.all] == 3 * [True]
