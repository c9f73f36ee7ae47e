"""Choosing models: loaded in the background, missing ones explained, the old one works on."""

from __future__ import annotations

from studio_driver import FakeShelf, wait_until


def choose(studio, model_id: str) -> None:
    combo = studio.window.models.combos["segmenter"]
    combo.setCurrentIndex(combo.findData(model_id))
    combo.activated.emit(combo.currentIndex())


def test_the_models_of_the_catalogue_are_offered(studio):
    combo = studio.window.models.combos["segmenter"]
    assert [combo.itemText(i) for i in range(combo.count())] == ["nano", "other", "missing"]
    assert combo.currentText() == "nano"
    assert studio.window.models.combos["classifier"].currentText() == "nano-cls"


def test_another_model_answers_the_pending_prompt_anew(studio):
    studio.box(100, 60, 220, 180)
    choose(studio, "other")
    wait_until(lambda: bool(studio.shelf.segmenters["other"].asked))
    studio.settle()
    assert studio.assistant.segmenter.card.id == "other"
    assert studio.window.settings.get("segmenter") == "other"
    studio.key("f")
    studio.settle()
    assert studio.session.page.annotations[0].made_by["segmenter"] == "other"


def test_a_missing_model_is_explained_and_the_old_one_stays(studio):
    choose(studio, "missing")
    studio.settle()
    (notice,) = studio.window.messages.notices
    assert "not on this computer" in notice.text
    assert "ssc models get missing" in notice.detail
    assert studio.assistant.segmenter.card.id == "nano"
    assert studio.window.models.combos["segmenter"].currentText() == "nano"
    assert studio.window.settings.get("segmenter") == "nano"
    studio.add(20, 20, 120, 120)
    assert studio.labels == ["Pipe"]


def test_the_foot_of_the_window_tells_model_and_time(studio):
    studio.box(100, 60, 220, 180)
    assert studio.window.status._model.text().startswith("nano")
    assert studio.window.status._model.text().endswith("ms")


def test_a_slow_model_is_shown_to_be_at_work(studio):
    gate = studio.shelf.segmenters["nano"].gate
    gate.clear()
    studio.key("w")
    studio.drag(100, 60, 220, 180)
    wait_until(lambda: "Working" in studio.canvas.hint._text.text())
    gate.set()
    wait_until(lambda: not studio.canvas.hint.isVisible())


def test_without_any_model_the_window_says_where_to_get_one(make_studio, folder):
    shelf = FakeShelf()
    del shelf.segmenters["nano"]
    studio = make_studio(shelf=shelf, wait=False)
    studio.open(folder)
    studio.key("w")
    studio.drag(100, 60, 220, 180)
    wait_until(lambda: "no model" in studio.canvas.hint._text.text())
    assert any("ssc models get nano" in notice.detail for notice in studio.window.messages.notices)
    choose(studio, "other")
    studio.settle()
    assert studio.assistant.pending.mask is not None
