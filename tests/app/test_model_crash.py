"""A model that ends its process: one message, the work goes on, and after the second time with the standard model."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from studio_driver import FakeClassifier, FakeSegmenter, wait_until

from sscore.errors import Cancelled, ModelCrashed
from sscore.types import Box, Prompt


def crashing(studio, monkeypatch, where, times, *, model="nano", kind="segmenter", owner=None):
    """The next `times` calls end the process; gives the list of what was called."""
    owner = owner or studio.shelf.segmenters[model]
    real, called = getattr(owner, where), []

    def work(*args, **kwargs):
        called.append(where)
        if len(called) <= times:
            raise ModelCrashed("the process for models ended (SIGKILL)", model=model, kind=kind, killed=True)
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, where, work)
    return called


def said(studio):
    return [f"{notice.text}\n{notice.detail}" for notice in studio.window.messages.notices]


def test_the_prompt_in_hand_is_asked_again(studio, monkeypatch):
    studio.add(20, 20, 120, 120)
    crashing(studio, monkeypatch, "predict", 1)
    studio.box(150, 20, 220, 120)
    (text,) = said(studio)
    assert "nano crashed and was started again" in text
    assert "Your work is kept" in text and "SIGKILL" in text
    studio.key("f")
    studio.settle()
    assert len(studio.on_disk().annotations) == 2


def test_accepting_before_the_answer_still_counts(studio, monkeypatch):
    crashing(studio, monkeypatch, "predict", 1)
    studio.key("w")
    studio.drag(20, 20, 120, 120)
    studio.key("f")
    wait_until(lambda: len(studio.labels) == 1, what="the object")


def test_a_photo_is_prepared_again(studio, monkeypatch):
    called = crashing(studio, monkeypatch, "encode", 1)
    studio.key("d")
    studio.settle()
    assert len(called) == 2
    (text,) = said(studio)
    assert "started again" in text


def test_the_second_time_the_standard_model_is_taken(studio, monkeypatch):
    studio.assistant.load("segmenter", "other")
    studio.settle()
    called = crashing(studio, monkeypatch, "predict", 99, model="other")
    studio.assistant.ask(Prompt(box=Box(20, 20, 120, 120)))
    studio.settle()
    assert len(called) == 2
    (text,) = said(studio)
    assert "other crashed again; nano is used now" in text
    assert studio.window.settings.get("segmenter") == "nano"
    studio.key("f")
    assert len(studio.labels) == 1, "and it has answered the prompt"


def test_answers_in_between_forgive(studio, monkeypatch):
    studio.assistant.load("segmenter", "other")
    studio.settle()
    for x in (20, 150):
        with monkeypatch.context() as patch:
            crashing(studio, patch, "predict", 1, model="other")
            studio.add(x, 20, x + 80, 120)
    assert studio.assistant.segmenter.card.id == "other"


def test_the_standard_model_is_not_tried_for_ever(studio, monkeypatch):
    called = crashing(studio, monkeypatch, "predict", 99)
    studio.assistant.ask(Prompt(box=Box(20, 20, 120, 120)))
    studio.settle()
    assert len(called) == 2
    (text,) = said(studio)
    assert "nano crashed again" in text and "another model" in text
    assert not studio.assistant.pending.empty, "the prompt stays"
    wait_until(lambda: "The model failed" in studio.canvas.hint._text.text(), what="the hint")
    studio.key("f")
    assert any("The model failed" in text for text in said(studio))
    monkeypatch.undo()
    studio.assistant.ask(Prompt(box=Box(20, 20, 120, 120)))
    studio.settle()
    assert studio.assistant.pending.mask


@pytest.mark.parametrize("times", [1, 2])
def test_a_crash_while_loading(studio, monkeypatch, times):
    called = crashing(studio, monkeypatch, "segmenter", times, model="other", owner=studio.shelf)
    studio.assistant.load("segmenter", "other")
    wait_until(lambda: len(called) == 2 and not studio.assistant.loading)
    (text,) = said(studio)
    assert ("started again" in text) if times == 1 else ("other crashed again; nano is used now" in text)
    assert studio.assistant.segmenter.card.id == ("other" if times == 1 else "nano")


def test_at_the_start_the_standard_model_takes_its_place(make_studio, monkeypatch):
    first = make_studio()
    first.window.settings.set("segmenter", "other")
    shelf, real = type(first.shelf), type(first.shelf).segmenter

    def segmenter(self, model_id):
        if model_id == "other":
            raise ModelCrashed("the process for models ended (SIGSEGV)", model="other", kind="segmenter")
        return real(self, model_id)

    monkeypatch.setattr(shelf, "segmenter", segmenter)
    studio = make_studio()
    assert studio.assistant.segmenter.card.id == "nano"
    assert studio.window.settings.get("segmenter") == "nano"
    assert any("other crashed again; nano is used now" in text for text in said(studio))


def test_a_classifier_that_crashes(studio, monkeypatch):
    crashing(studio, monkeypatch, "scores", 1, model="nano-cls", kind="classifier", owner=FakeClassifier)
    studio.add(20, 20, 120, 120)
    assert studio.labels == ["Pipe"]
    (text,) = said(studio)
    assert "nano-cls crashed and was started again" in text


def test_a_search_is_repeated(studio, monkeypatch):
    called = crashing(studio, monkeypatch, "predict_many", 1)
    studio.key("g")
    wait_until(lambda: not studio.window.finder.running, what="the search")
    assert len(called) > 1 and studio.window.finder.shown
    (text,) = said(studio)
    assert "asked once more" in text


def test_a_search_is_repeated_once_and_then_offered(studio, monkeypatch):
    studio.assistant.load("segmenter", "other")
    studio.settle()
    called = crashing(studio, monkeypatch, "predict_many", 99, model="other")
    studio.key("g")
    wait_until(lambda: not studio.window.finder.running, what="the end of it")
    studio.settle()
    assert len(called) == 2 and not studio.window.finder.shown
    assert any("other crashed again; nano is used now" in text for text in said(studio))
    (offer,) = [notice for notice in studio.window.messages.notices if notice.key == "find"]
    assert offer.action == "Search again"
    offer.run()
    wait_until(lambda: not studio.window.finder.running, what="the search")
    assert studio.window.finder.shown, "by the model in use now"


def test_a_search_called_off_is_not_repeated(studio, monkeypatch):
    called = crashing(studio, monkeypatch, "predict_many", 1)
    studio.key("g")
    wait_until(lambda: called)
    studio.window.finder.stop()
    studio.settle()
    assert len(called) == 1 and not studio.window.finder.running


def test_a_search_that_a_prompt_took_along_is_repeated(studio, monkeypatch):
    """The prompt went before it and ended the process; the search is told Cancelled though nobody stopped it."""
    real, called = studio.shelf.segmenters["nano"].predict_many, []

    def predict_many(*args, **kwargs):
        called.append(1)
        if len(called) == 1:
            raise Cancelled
        return real(*args, **kwargs)

    monkeypatch.setattr(studio.shelf.segmenters["nano"], "predict_many", predict_many)
    studio.key("g")
    wait_until(lambda: not studio.window.finder.running, what="the search")
    assert studio.window.finder.shown


def several(studio, *lefts):
    """Boxes drawn one after the other."""
    for left in lefts:
        studio.window.finder.ask(Box(left, 20, left + 60, 120))
    wait_until(lambda: not studio.window.finder.asked, what="the answers")
    studio.settle()


def test_boxes_that_wait_are_all_answered(studio, monkeypatch):
    called = crashing(studio, monkeypatch, "predict", 1)
    several(studio, 20, 110, 200)
    assert len(called) == 4 and len(studio.window.finder.shown) == 3
    (text,) = said(studio)
    assert "asked once more" in text


def test_a_box_that_crashes_again_is_offered(studio, monkeypatch):
    studio.assistant.load("segmenter", "other")
    studio.settle()
    called = crashing(studio, monkeypatch, "predict", 99, model="other")
    several(studio, 20)
    assert len(called) == 2 and not studio.window.finder.shown
    (offer,) = [notice for notice in studio.window.messages.notices if notice.key == "find"]
    assert offer.text == "Boxes without an answer: 1"
    offer.run()
    wait_until(lambda: not studio.window.finder.asked, what="the answer")
    assert len(studio.window.finder.shown) == 1, "by the model in use now"


def draw(studio):
    """A stroke of the brush on nothing: a new object, named by the classifier."""
    studio.key("b", Qt.KeyboardModifier.ShiftModifier)
    studio.drag(200, 200, 260, 200)


def test_an_object_drawn_by_hand_is_named_again(studio, monkeypatch):
    called = crashing(studio, monkeypatch, "scores", 1, model="nano-cls", kind="classifier", owner=FakeClassifier)
    draw(studio)
    assert studio.labels == ["unknown"], "it is there at once"
    wait_until(lambda: studio.labels == ["Pipe"], what="the class")
    assert len(called) == 2
    (text,) = said(studio)
    assert "nano-cls crashed and was started again" in text
    studio.key("z", Qt.KeyboardModifier.ControlModifier)
    assert studio.labels == [], "drawing and name are one step"


def test_a_name_that_crashes_again_is_offered(studio, monkeypatch):
    called = crashing(studio, monkeypatch, "scores", 2, model="nano-cls", kind="classifier", owner=FakeClassifier)
    draw(studio)
    studio.settle()
    assert len(called) == 2 and studio.labels == ["unknown"]
    (offer,) = [notice for notice in studio.window.messages.notices if notice.key == "name"]
    assert offer.text == "Drawn objects without a class: 1"
    offer.run()
    wait_until(lambda: studio.labels == ["Pipe"], what="the class")


def test_a_classifier_that_fails_at_a_drawn_object_is_told(studio, monkeypatch):
    monkeypatch.setattr(FakeClassifier, "scores", lambda *_: (_ for _ in ()).throw(RuntimeError("no such layer")))
    draw(studio)
    wait_until(lambda: any("no such layer" in text for text in said(studio)), what="the reason")
    assert studio.labels == ["unknown"]


def test_the_message_leads_to_the_models(studio, monkeypatch):
    crashing(studio, monkeypatch, "predict", 1)
    studio.box(20, 20, 120, 120)
    (notice,) = studio.window.messages.notices
    notice.run()
    assert studio.window._models_dialog.isVisible()
    studio.settle()


def test_a_model_only_compared_is_told_there(studio, monkeypatch):
    studio.add(20, 20, 120, 120)
    crashing(studio, monkeypatch, "predict", 9, model="other")
    compare = studio.window.flow.show_compare()
    compare.choose("other")
    compare.ask()
    studio.settle()
    assert said(studio) == []
    assert any("SIGKILL" in answer.problem for answer in compare.answers)
    assert isinstance(studio.assistant.segmenter, FakeSegmenter)
    compare.close()
