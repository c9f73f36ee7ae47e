"""A model that breaks, wherever it breaks: the window stays, says so with a way out, and loses nothing."""

from __future__ import annotations

import sys

import cv2
import pytest
from studio_driver import wait_until

from app.jobs import Lane
from app.notices import out_of_memory
from sscore import memory
from sscore.types import ModelCard


def said(studio) -> str:
    return "\n".join(f"{notice.text} {notice.detail}" for notice in studio.window.messages.notices)


def breaking(error):
    def explode(*_args, **_kwargs):
        raise error

    return explode


@pytest.mark.parametrize("where", ["predict", "encode"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), ("not enough memory", "Close other programs")),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), ("not enough memory", "smaller model")),
        (RuntimeError("std::bad_alloc"), ("not enough memory",)),
        (RuntimeError("Expected all tensors to be on the same device"), ("Your work is kept", "another model")),
        (SystemExit(3), ("Your work is kept",)),
    ],
)
def test_a_model_that_breaks_at_its_work(studio, monkeypatch, where, error, words):
    studio.add(20, 20, 120, 120)
    with monkeypatch.context() as patch:
        patch.setattr(studio.shelf.segmenters["nano"], where, breaking(error))
        studio.assistant.cache.forget()
        studio.box(150, 20, 220, 120)
        text = said(studio)
        assert text.startswith("nano")
        assert [word for word in words if word not in text] == []
        assert "Traceback" not in text
        (notice,) = studio.window.messages.notices
        notice.run()
        assert studio.window._models_dialog.isVisible()
        studio.settle()
        studio.window._models_dialog.close()
        assert studio.labels == ["Pipe"]
    studio.window.activateWindow()
    studio.key("b")
    studio.add(150, 20, 220, 120)
    assert len(studio.on_disk().annotations) == 2


def test_what_was_kept_in_memory_is_let_go_when_there_is_none_left(studio, monkeypatch):
    studio.add(20, 20, 120, 120)
    assert studio.assistant.cache._ram
    monkeypatch.setattr(studio.shelf.segmenters["nano"], "predict", breaking(MemoryError()))
    studio.box(150, 20, 220, 120)
    assert not studio.assistant.cache._ram


def test_a_lane_outlives_whatever_its_work_raises(app):
    lane, got = Lane("test"), []
    try:
        for error in (SystemExit(1), KeyboardInterrupt(), GeneratorExit(), ValueError("x")):
            lane.submit("bad", breaking(error), None, got.append)
            wait_until(lambda: lane.idle)
        lane.submit("good", lambda: 7, got.append)
        wait_until(lambda: lane.idle)
    finally:
        lane.close()
    assert [type(one).__name__ for one in got] == ["RuntimeError"] * 3 + ["ValueError", "int"]
    assert "SystemExit: 1" in str(got[0])


def test_a_photo_too_large_for_the_memory_is_explained_in_its_place(studio, monkeypatch):
    from app import photos

    monkeypatch.setattr(photos, "read_photo", breaking(MemoryError()))
    studio.window.photos.clear()
    studio.key("d")
    studio.settle()
    assert "not enough memory" in studio.canvas.guide._line.text()


def test_memory_running_out_is_known_by_its_words():
    for error in (
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("std::bad_alloc"),
        cv2.error("(-4:Insufficient memory) Failed to allocate 120000000 bytes"),
    ):
        assert out_of_memory(error), error


def test_what_the_system_would_end_the_program_for_is_not_begun(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 1_000_000_000)
    memory.check(900_000_000)
    with pytest.raises(MemoryError, match="about 2.6 GB are needed and 1.0 GB are free"):
        memory.check(2_600_000_000)
    monkeypatch.setattr(memory, "available", lambda: None)
    memory.check(10**15)


def test_free_memory_is_read_from_the_system():
    left = memory.available()
    assert (left is None) is (sys.platform not in ("linux", "win32"))
    assert left is None or 10_000_000 < left < 10**14


def test_a_model_too_large_for_the_memory_is_refused_kindly(studio, monkeypatch, tmp_path):
    from app.shelf import Catalogue
    from sscore import catalogue

    file = tmp_path / "x.pth"
    file.write_bytes(bytes(1000))
    monkeypatch.setattr(catalogue, "card", lambda _id: ModelCard("big", "segmenter", "sam", embedded=False))
    monkeypatch.setattr(catalogue, "weight_file", lambda _card: file)
    monkeypatch.setattr(catalogue, "base_file", lambda _card: None)
    monkeypatch.setattr(memory, "available", lambda: 2999)
    monkeypatch.setattr(studio.assistant, "_shelf", Catalogue(studio.window.settings))
    studio.assistant.load("segmenter", "big")
    studio.settle()
    assert "big: There is not enough memory" in said(studio)
    assert "nano stays in use" in said(studio)
