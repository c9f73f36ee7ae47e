"""What a program without a console owes its users on Windows: words when it does not start, its own taskbar button."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

_ID = "ScrapSamClip.Studio"
_RUNTIME = "https://aka.ms/vs/17/release/vc_redist.x64.exe"


def own_place_in_task_bar() -> None:
    """Its own icon and group there, before the first window; without, those of the Python that runs it."""
    if sys.platform == "win32":
        import ctypes

        with suppress(AttributeError, OSError):
            ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(_ID)


def tell(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    *,
    show: Callable[[str], object] | None = None,
) -> None:
    """An exception hook until there is a window: one sentence in a box, all of it in the log."""
    text = "".join(traceback.format_exception(kind, error, trace))
    with suppress(ImportError, OSError):
        from sscore import paths

        paths.user_data().mkdir(parents=True, exist_ok=True)
        with open(paths.user_data() / "studio.log", "a", encoding="utf-8") as log:
            log.write(text)
    (show or _box)(words(error))


def words(error: BaseException) -> str:
    """For people, in both languages: what language is wanted is not known yet."""
    lines = ["Scrap-SAM-CLIP 无法启动。", "Scrap-SAM-CLIP does not start.", "", f"{type(error).__name__}: {error}"]
    if isinstance(error, ImportError) and "DLL" in str(error) or getattr(error, "winerror", None) in (126, 1114):
        lines += ["", f"请安装 Microsoft Visual C++ 运行库（x64）：{_RUNTIME}"]
        lines += [f"Install the Microsoft Visual C++ Redistributable (x64): {_RUNTIME}"]
    return "\n".join(lines)


def _box(text: str) -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "Scrap-SAM-CLIP", 0x10)
