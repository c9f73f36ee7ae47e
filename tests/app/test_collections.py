"""Garbage is looked for in the window's thread alone, and only in what came after the start."""

from __future__ import annotations

import gc
import threading

import pytest
from PySide6.QtCore import QObject, Qt
from studio_driver import wait_until

from app.garbage import Garbage, spare_collections
from app.jobs import Lane


@pytest.fixture
def spared():
    yield
    gc.unfreeze()


def test_no_collections_until_the_models_are_there(make_studio, spared):
    window = make_studio().window
    window.assistant.loading["segmenter"] = "one"
    spare_collections(window)
    before = gc.get_freeze_count()
    window.assistant.models_changed.emit()
    assert not gc.isenabled() and gc.get_freeze_count() == before
    window.assistant.loading.clear()
    window.assistant.models_changed.emit()
    assert gc.get_freeze_count() > 10_000
    assert not gc.isenabled()  # by itself Python would search in any thread


def test_what_only_garbage_holds_ends_in_the_thread_of_the_window(app, spared, monkeypatch):
    monkeypatch.setattr("app.garbage._EVERY_MS", 20)
    garbage, lane, threads, work = Garbage(), Lane("test"), [], []
    garbage.begin()

    class Part(QObject):
        pass

    part = Part()
    part.own = [part]
    part.destroyed.connect(lambda: threads.append(threading.current_thread()), Qt.ConnectionType.DirectConnection)
    del part
    lane.submit("a", lambda: work.extend([] for _ in range(100_000)))
    wait_until(lambda: lane.idle and bool(threads))
    assert threads == [threading.main_thread()]
    assert lane.close()
    garbage.deleteLater()
