"""Messages go when what they say holds no longer; what is wrong stays until it is put right."""

from __future__ import annotations

import pytest
from studio_driver import wait_until

from app.notices import Notice
from sscore.errors import ModelCrashed


def keys(studio) -> list[str]:
    return [notice.key for notice in studio.window.messages.notices]


def message(studio, key: str):
    return next(one for one in studio.window.messages._shown if one.notice.key == key)


@pytest.fixture
def crash(studio):
    """The model crashed and was started again."""

    def happen(again: bool = True, goes_on: str = "nano") -> None:
        error = ModelCrashed("the process ended", model="nano", kind="segmenter")
        studio.window.flow.crashes.happened.emit(error, goes_on, again)
        assert keys(studio) == ["crash"] and not message(studio, "crash")._clock.isActive()

    return happen


def test_a_model_that_answers_again_is_no_news_any_more(studio, crash):
    crash()
    studio.box(20, 20, 120, 120)
    shown = message(studio, "crash")
    assert shown._clock.isActive(), "it can still be read"
    studio.window.activateWindow()
    wait_until(studio.window.isActiveWindow)
    shown._clock.timeout.emit()
    assert keys(studio) == []


def test_a_model_given_up_is_news_until_another_is_chosen(studio, crash):
    crash(again=False)
    studio.box(20, 20, 120, 120)
    assert not message(studio, "crash")._clock.isActive()
    studio.assistant.load("segmenter", "other")
    wait_until(lambda: keys(studio) == [], what="its end")


def test_a_model_that_did_not_load_is_forgotten_with_one_that_did(studio):
    studio.assistant.load("segmenter", "missing")
    wait_until(lambda: keys(studio) == ["model-segmenter"], what="the message")
    studio.settle()
    assert keys(studio) == ["model-segmenter"]
    studio.assistant.load("segmenter", "other")
    wait_until(lambda: keys(studio) == [], what="its end")


def test_a_photo_that_was_sent_back_is_mended_when_it_is_done(studio):
    studio.session.notice.emit(Notice("warning", "Sent back", key="page"))
    studio.add(20, 20, 120, 120)
    assert keys(studio) == ["page"]
    studio.window.commands.toggle_done()
    assert keys(studio) == []


def test_hidden_objects_are_told_of_until_they_are_shown(studio):
    studio.add(20, 20, 120, 120)
    hide = studio.window.actions_.by_key["hide"]
    for end in (studio.window.editing.veil.show_all, lambda: studio.window.commands.step_photo(1)):
        studio.session.select((1,))
        hide.trigger()
        assert keys(studio) == ["object"]
        end()
        studio.settle()
        assert keys(studio) == []


def test_a_new_search_or_answer_forgets_what_went_wrong_before(studio):
    studio.session.notice.emit(Notice("error", "It failed", key="find"))
    studio.session.notice.emit(Notice("error", "It broke off", key="prompt"))
    studio.window.finder.start()
    assert keys(studio) == ["prompt"]
    studio.settle()
    assert "prompt" not in keys(studio)


def test_offers_go_after_a_while_and_troubles_stay(studio):
    for kind, key in (("done", "a"), ("info", "b"), ("error", "c")):
        studio.session.notice.emit(Notice(kind, key, key=key, action="Do it", run=lambda: None))
    left = {key: message(studio, key)._clock.isActive() for key in "abc"}
    assert left == {"a": True, "b": True, "c": False}
    studio.session.notice.emit(Notice("info", "a long story " * 20, key="c"))
    assert message(studio, "c")._clock.interval() > 10_000 > 0, "long enough to be read"


def test_another_folder_leaves_nothing_of_the_old_one(studio, tmp_path):
    for key in ("save", "learn", "open"):
        studio.session.notice.emit(Notice("warning", key, key=key))
    place = tmp_path / "other"
    place.mkdir()
    studio.open(place)
    assert keys(studio) == []
