"""Large folders in the studio: ten thousand photos in the list, twenty thousand objects in gallery, checks and figures,
and a long day of going from photo to photo. Called by studio_speed.py; figures as there."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication

PHOTOS, PAGES, PER_PAGE = 10_000, 200, 100
LIMITS = {
    "10,000 photos: opening, block": 50.0,
    "10,000 photos: scrolling": 33.0,
    "10,000 photos: filtering, block": 50.0,
    "20,000 objects: gallery opens, block": 50.0,
    "20,000 objects: gallery scrolls": 33.0,
    "20,000 objects: checks open, block": 50.0,
    "20,000 objects: figures open, block": 50.0,
    "20,000 objects: review opens, block": 50.0,
    "300 photos later, MB more": 60.0,
}
Times = dict[str, list[tuple[float, float]]]


class Heart:
    """Beats whenever the event loop comes round; `gaps` in ms by the clock and of the thread."""

    def __init__(self) -> None:
        self.gaps: list[tuple[float, float]] = []
        self._last = (time.perf_counter(), time.thread_time())
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self.gaps.append((1000 * (now[0] - self._last[0]), 1000 * (now[1] - self._last[1])))
        self._last = now

    @contextmanager
    def beating(self) -> Iterator[None]:
        self.gaps.clear()
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start()
        yield
        self._timer.stop()

    @property
    def longest(self) -> tuple[float, float]:
        return max(gap[0] for gap in self.gaps), max(gap[1] for gap in self.gaps)


def measure(app: QApplication, window, place: Path, wait: Callable[..., None]) -> Times:  # noqa: ANN001
    times: Times = {}
    many_photos(app, window, place / "many", wait, times)
    many_objects(app, window, place / "objects", wait, times)
    many_switches(app, window, place / "day", wait, times)
    return times


# --- ten thousand photos ----------------------------------------------------------------------------------------------


def many_photos(app: QApplication, window, folder: Path, wait: Callable[..., None], times: Times) -> None:  # noqa: ANN001
    folder.mkdir(parents=True)
    first = folder / "0.jpg"
    write_photo(first, 64, 48, 0)
    for number in range(1, PHOTOS):
        shutil.copyfile(first, folder / f"{number}.jpg")
    heart = Heart()
    with heart.beating():
        window.open_folder(folder)
        wait(app, lambda: len(window.session.images) == PHOTOS and window.session.page is not None)
        wait(app, lambda: window.settled)
    times["10,000 photos: opening, block"] = [heart.longest]
    scroll(app, window.images.list, "10,000 photos: scrolling", times)
    for query in ("is:todo", "9", "count>0", ""):
        with heart.beating():
            window.images.filter.set(query)
            wait(app, lambda: window.settled)
            turn(app, 0.5)
        times.setdefault("10,000 photos: filtering, block", []).append(heart.longest)


def scroll(app: QApplication, view: QAbstractItemView, what: str, times: Times) -> None:
    """Through the whole list in a hundred steps, and line by line."""
    bar = view.verticalScrollBar()
    for step in (*(bar.maximum() * n // 60 for n in range(61)), *range(0, 3000, 50)):
        begun = (time.perf_counter(), time.thread_time())
        bar.setValue(step)
        app.processEvents()
        ended = (time.perf_counter(), time.thread_time())
        times.setdefault(what, []).append((1000 * (ended[0] - begun[0]), 1000 * (ended[1] - begun[1])))


def turn(app: QApplication, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()


# --- twenty thousand objects ------------------------------------------------------------------------------------------


def many_objects(app: QApplication, window, folder: Path, wait: Callable[..., None], times: Times) -> None:  # noqa: ANN001
    make_objects(folder)
    window.open_folder(folder)
    wait(app, lambda: window.session.page is not None and len(window.session.images) == PAGES)
    wait(app, lambda: window.settled)
    heart, flow = Heart(), window.flow

    def opened(name: str, show: Callable[[], object], ready: Callable[[], bool]) -> None:
        with heart.beating():
            show()
            wait(app, ready)
            wait(app, lambda: window.settled)
            turn(app, 1.0)
        times[f"20,000 objects: {name}, block"] = [heart.longest]

    opened("gallery opens", flow.show_gallery, lambda: flow._gallery.model.rowCount() == PAGES * PER_PAGE)
    scroll(app, flow._gallery.grid, "20,000 objects: gallery scrolls", times)
    flow._gallery.close()
    opened("review opens", flow.show_review, lambda: window.settled)
    opened("checks open", flow.show_checks, lambda: flow.index.ready and not flow.checks.left)
    opened("figures open", flow.show_statistics, lambda: flow._statistics.figures is not None)
    flow._statistics.close()


def make_objects(folder: Path) -> None:
    from sscore import edits, masks
    from sscore.project import Project
    from sscore.types import Annotation, Page, Scores

    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    labels = ["Angle", "Bar", "Billet", "H", "Pipe", "Plate", "U"]
    for number in range(PAGES):
        write_photo(folder / f"{number}.jpg", 800, 600, number)
    project = Project.open(folder)
    for number in range(PAGES):
        page = Page(f"{number}.jpg", 800, 600)
        for _ in range(PER_PAGE):
            side = int(rng.integers(12, 60))
            bits = np.zeros((side, side), np.uint8)
            axes = (side // 2 - 1, max(int(side * rng.uniform(0.1, 0.45)), 1))
            cv2.ellipse(bits, (side // 2, side // 2), axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
            left, top = int(rng.integers(0, 800 - side)), int(rng.integers(0, 600 - side))
            mask = masks.tight(bits.astype(bool), left, top)
            values = np.sort(rng.dirichlet(np.ones(7)))[::-1].astype(np.float32)
            order = [str(one) for one in rng.permutation(labels)]
            if mask is not None:
                one = Annotation(0, mask, order[0], scores=Scores(tuple(order), values), status="accepted")
                page = edits.add(page, one)
        project.save(page, edit="bench", author="bench")


def write_photo(file: Path, width: int, height: int, seed: int) -> None:
    from sscore.images import write_image

    coarse = np.random.default_rng(seed).integers(20, 235, (height // 8, width // 8, 3), np.uint8)
    write_image(file, cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


# --- a long day -------------------------------------------------------------------------------------------------------


def many_switches(app: QApplication, window, folder: Path, wait: Callable[..., None], times: Times) -> None:  # noqa: ANN001
    """Three hundred times to another of twenty photos, each looked at; what the process has grown by from the
    hundredth on. By the clock: MB; the second figure says nothing here."""
    folder.mkdir(parents=True)
    for number in range(20):
        write_photo(folder / f"{number:02}.jpg", 2400, 1600, number)
    window.open_folder(folder)
    wait(app, lambda: window.session.project is not None and window.session.project.folder == folder)
    sizes = []
    for number in range(300):
        window.session.go(f"{number % 20:02}.jpg")
        wait(app, lambda: not window.canvas.stage.photo_rect.isEmpty() and window.session.page is not None)
        window.canvas.viewport().repaint()
        wait(app, lambda: window.settled)
        sizes.append(resident_mb())
    grown = float(np.median(sizes[-20:]) - np.median(sizes[100:120]))
    times["300 photos later, MB more"] = [(grown, grown)]


def resident_mb() -> float:
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
