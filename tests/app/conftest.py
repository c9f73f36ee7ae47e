"""A window without a screen, and a guard that nothing is left running."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

import gc
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication
from studio_driver import NAME, FakeShelf, Studio, wait_until

from app.look import Look
from app.settings import Settings
from app.window import Window
from sscore.images import write_image


@pytest.fixture(scope="session")
def app() -> QApplication:
    return QApplication.instance() or QApplication([])


@pytest.fixture(autouse=True)
def private_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def old_timers() -> list[QTimer]:
    """Those that earlier tests left, at rest."""
    return []


@pytest.fixture(autouse=True)
def nothing_left_running(app, old_timers) -> Iterator[None]:
    """A test that leaves a thread or a running timer behind fails and is told which."""
    threads = set(threading.enumerate())
    gc.disable()  # else a lane's thread may find, and end, what earlier tests have left of their windows
    yield
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    end = time.monotonic() + 2
    while (left := [t.name for t in threading.enumerate() if t not in threads]) and time.monotonic() < end:
        time.sleep(0.01)
    old_timers[:] = [t for t in (*old_timers, *_timers()) if shiboken6.isValid(t)]
    gc.freeze()  # what is alive now need not be walked over again after every test
    assert not left, f"threads left behind: {left}"
    gc.enable()
    running = [t.parent() for t in old_timers if t.isActive()]
    assert not running, f"timers left running in: {running}"


def _timers() -> list[QTimer]:
    return [t for t in gc.get_objects() if isinstance(t, QTimer)]


@pytest.fixture(scope="session")
def three_photos(new_folder) -> Path:
    place = new_folder("photos")
    rng = np.random.default_rng(5)
    for name, (height, width) in {"a.jpg": (300, 400), "b.jpg": (200, 320), "c.png": (240, 240)}.items():
        coarse = rng.integers(40, 215, (height // 20, width // 20, 3), np.uint8)
        write_image(place / name, cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
    return place


@pytest.fixture
def folder(tmp_path, three_photos) -> Path:
    """Three photos in a folder with a Chinese name and a space."""
    return Path(shutil.copytree(three_photos, tmp_path / NAME))


@pytest.fixture
def make_studio(app, tmp_path, monkeypatch) -> Iterator[Callable[..., Studio]]:
    """Makes windows and closes them."""
    made: list[Window] = []

    def make(lang: str = "en", theme: str = "dark", shelf: FakeShelf | None = None, wait: bool = True) -> Studio:
        settings = Settings(tmp_path / "studio.ini")
        settings.override("language", lang)
        settings.override("theme", theme)
        shelf = shelf or FakeShelf()
        window = Window(settings, Look(app, settings), shelf)
        made.append(window)
        window.resize(1100, 720)
        window.show()
        window.activateWindow()
        window.assistant.start()
        studio = Studio(window, shelf)
        if wait:
            wait_until(lambda: window.assistant.segmenter is not None and window.settled, what="the models")
        return studio

    yield make
    for question in ("leave_unsaved", "leave_begun"):  # nobody is there to ask
        monkeypatch.setattr(f"app.window.{question}", lambda *_: True)
    for window in made:
        if window.look.lang != "en":
            window.settings.set("language", "en")  # its translators would speak in the tests that follow
        window.close()
        window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def studio(make_studio, folder) -> Studio:
    """A window on `folder`, its first photo shown."""
    made = make_studio()
    made.open(folder)
    wait_until(lambda: made.session.page is not None)
    return made
