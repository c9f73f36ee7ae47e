"""`ssc-studio [FOLDER]`: application, language, theme, window; nothing else."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import on_linux, on_windows, samples
from app.code_ahead import read_code
from app.garbage import spare_collections
from app.look import Look, resolve
from app.settings import Settings, apply_threads
from app.window import Window
from sscore import __version__, paths

_STARTED_MS = 3000  # by then the photo is there and the models are


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window until it is closed; returns the exit code."""
    options = _parse(argv)
    if options.screenshots is None:
        return _run(options)
    from app import screenshots

    options.size = options.size or screenshots.SIZE
    options.theme = options.theme or "dark"
    options.lang = resolve(options.lang or "system")
    with screenshots.stage(options.lang) as folder:
        options.folder = [folder]
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    if QApplication.instance() is None and _no_screen():
        if not (options.screenshot or options.screenshots):
            print(
                "ssc-studio: there is no screen for a window (neither DISPLAY nor WAYLAND_DISPLAY is set); "
                "`ssc` works without one",
                file=sys.stderr,
            )
            return 2
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    on_windows.own_place_in_task_bar()
    on_linux.give_photos_back()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Scrap-SAM-CLIP")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("scrap-sam-clip")
    _start_log()
    settings = Settings()
    if settings.get("threads"):
        apply_threads(settings)
    for key, value in (("language", options.lang), ("theme", options.theme)):
        if value:
            settings.override(key, value)
    look = Look(app, settings)
    window = Window(settings, look)
    spare_collections(window)
    pause, before = favour_window(), sys.excepthook
    sys.excepthook = _reporter(window)
    if options.size:
        window.resize(*options.size)
    window.show()
    QTimer.singleShot(0, window, lambda: window.start(*options.folder))
    QTimer.singleShot(_STARTED_MS, window, lambda: read_code(window.disk_lane))
    if options.screenshot or options.screenshots:
        from app import screenshots

        if options.screenshots:
            screenshots.tour(window, options.screenshots)
        else:
            screenshots.grab_when_settled(window, options.screenshot)
    try:
        return app.exec()
    finally:
        sys.excepthook = before
        sys.setswitchinterval(pause)
        window.close()
        gc.unfreeze()
        gc.enable()


def _no_screen() -> bool:
    """On Linux without a desktop, as over ssh, Qt would end the program."""
    known = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(key) for key in known)


def favour_window() -> float:
    """Lets the window's thread go on sooner when others compute in Python; how long it waited before, in seconds.

    Qt gives the interpreter up many times while it paints. Each time, another thread that reads a folder of thousands
    of objects may hold it for the whole interval: opening a gallery of 20,000 stopped the window for 0.14 s with an
    interval of 1 ms, and for 0.06 s with this one. Nothing is switched more often while the window is at rest.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    return before


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ssc-studio", description="Annotate scrap photos: box or points to mask to class."
    )
    # Several photos: as files come that are dropped on the program's icon.
    parser.add_argument("folder", nargs="*", type=Path, help="photos, or some of them (default: sample scenes)")
    parser.add_argument(
        "--lang", choices=("zh", "en"), type=_language, help="language of the window (default: as the system)"
    )
    parser.add_argument("--theme", choices=("dark", "light", "system"), help="colours of the window")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save a picture of the window and quit")
    parser.add_argument(
        "--screenshots",
        type=Path,
        metavar="DIR",
        help="label the sample scenes in a temporary folder, save pictures of the main screens in DIR and quit",
    )
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window in px")
    parser.add_argument("--version", action="version", version=f"ssc-studio {__version__}")
    return parser.parse_args(argv)


def _language(text: str) -> str:
    """ "zh_CN", "zh-Hans" … are "zh", as elsewhere."""
    return text.replace("-", "_").partition("_")[0].lower()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1280x720")
    return int(width), int(height)


def _start_log() -> None:
    """Warnings and failures go to a file in the user's data folder; without one the program still runs."""
    try:
        paths.user_data().mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(samples.log_file(), encoding="utf-8", delay=True)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("app")
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)


class _reporter:  # noqa: N801 (used as a function)
    """An exception hook: the traceback goes to the log, a kind sentence to the window."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        logging.getLogger("app").error("unexpected failure\n%s", text)
        print(text, end="", file=sys.stderr)  # which a program without a console does not have
        self._window.show_failure(error)


if __name__ == "__main__":
    sys.exit(main())
