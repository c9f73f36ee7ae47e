"""Pictures of the real window: one of what is on screen, or a tour of the main screens for README and guide."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.window import Window
from sscore.types import Box, Prompt

SCREENS = ("annotate", "everything", "review", "gallery", "compare", "figures")
"""The tour: each is DIR/NAME.webp."""
SIZE = (1280, 760)
_LOOK_MS, _QUIET_LOOKS, _PATIENCE_S = 100, 5, 900.0
_QUALITY = 88  # of WebP: letters stay sharp


def grab_when_settled(window: Window, file: Path) -> None:
    """Once nothing has been read, computed or written for half a second: save the picture and quit. Exit code 2 when
    what was named is nothing to open, which the picture then says."""

    def steps() -> Iterator[None]:
        _save(window, file)
        yield

    _follow(window, steps())


def tour(window: Window, folder: Path) -> None:
    """Save a picture of each main screen into `folder`, then quit. The window has `stage`'s project open."""
    _follow(window, _tour(window, lambda name, widget: _save(widget, folder / f"{name}.webp")))


@contextmanager
def stage(lang: str) -> Iterator[Path]:
    """A labelled sample project in a folder that lives as long as the context, and a user's folder as on the first day:
    the pictures show nothing of the person who makes them."""
    from app import sample_project

    before = os.environ.get("SSC_HOME")
    with tempfile.TemporaryDirectory(prefix="ssc-", ignore_cleanup_errors=True) as top:
        os.environ["SSC_HOME"] = str(Path(top, "home"))
        folder = Path(top, "废钢堆场" if lang == "zh" else "scrap yard")
        try:
            sample_project.make(folder)
            yield folder
        finally:
            if before is None:
                del os.environ["SSC_HOME"]
            else:
                os.environ["SSC_HOME"] = before


def _tour(window: Window, shoot: Callable[[str, QWidget], None]) -> Iterator[None]:
    """Each `yield` waits until the window has come to rest."""
    session, assistant, finder, flow = window.session, window.assistant, window.finder, window.flow
    if session.project is None:
        raise OSError("the sample project cannot be opened")
    session.go("pieces.jpg")
    yield
    window.canvas.set_tool("box")
    assistant.ask(Prompt(box=Box(638, 114, 941, 341)))
    yield
    shoot("annotate", window)

    assistant.clear()
    session.go("heap.jpg")
    yield
    finder.start()
    yield
    finder.hover(max(finder.shown, key=lambda find: find.mask.area))
    yield
    shoot("everything", window)

    flow.show_checks()
    yield
    review = flow.show_review()
    yield
    review.next()
    yield
    shoot("review", window)

    gallery = flow.show_gallery("")
    gallery.resize(*SIZE)
    gallery.order.setCurrentIndex(1)  # by class
    yield
    shoot("gallery", gallery)
    gallery.close()

    session.go("pieces.jpg")
    yield
    assert session.page is not None
    session.select((session.page.annotations[1].id,))
    compare = flow.show_compare()
    compare.resize(*SIZE)
    compare.differ.setChecked(True)
    yield
    shoot("compare", compare)
    compare.close()

    figures = flow.show_statistics()
    figures.resize(*SIZE)
    yield
    shoot("figures", figures)
    figures.close()


def _follow(window: Window, steps: Iterator[None]) -> None:
    """Take the next step whenever nothing has been read, computed or written for half a second; after the last, quit.
    Exit code 1 when a step fails or the window never comes to rest, 2 when nothing was opened."""
    clock = QTimer(window, interval=_LOOK_MS)
    quiet, since = 0, time.monotonic()

    def end(code: int) -> None:
        clock.stop()
        window.close()
        QApplication.exit(code)

    def look() -> None:
        nonlocal quiet, since
        opened, refused = window.session.project is not None, window.refused
        quiet = quiet + 1 if window.settled and (opened or refused) else 0
        if quiet < _QUIET_LOOKS:
            if time.monotonic() - since > _PATIENCE_S:
                print("ssc-studio: the window did not come to rest", file=sys.stderr)
                end(1)
            return
        quiet, since = 0, time.monotonic()
        try:
            next(steps)
        except StopIteration:
            if refused and not opened:
                print(f"ssc-studio: {refused.text}\n{refused.detail}", file=sys.stderr)
            end(0 if opened else 2)
        except OSError as error:
            print(f"ssc-studio: {error}", file=sys.stderr)
            end(1)

    clock.timeout.connect(look)
    clock.start()


def _save(widget: QWidget, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(file), quality=_QUALITY):
        raise OSError(f"{file} cannot be written")
