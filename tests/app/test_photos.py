"""Photos are kept by their names, and another folder has others of the same names."""

from __future__ import annotations

import threading

import pytest
from studio_driver import wait_until

from app import photos
from app.jobs import Lane
from app.photos import Photos


@pytest.fixture
def kept(app):
    lane = Lane("test")
    yield Photos(lane)
    lane.close()


@pytest.mark.parametrize("shown", [True, False])
def test_what_is_being_read_when_another_folder_opens_is_not_kept(kept, folder, monkeypatch, shown):
    read, gate, came = photos.read_photo, threading.Event(), []
    monkeypatch.setattr(photos, "read_photo", lambda rel, path: gate.wait(5) and read(rel, path))
    kept.ready.connect(came.append)
    if shown:
        kept.show("a.jpg", folder / "a.jpg")
    else:
        kept.prefetch("a.jpg", folder / "a.jpg", came.append)
    kept.clear()
    gate.set()
    wait_until(lambda: kept._lane.idle)
    assert came == [] and kept.kept("a.jpg") is None
