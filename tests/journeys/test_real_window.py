"""A person at a real window: X server, mouse, keyboard and eyes. Nothing here knows the program from inside.

The screen is Xvfb's, mouse and keys are xdotool's, and what is seen are pixels of the screen. After each deed the test
waits for what it should bring about, on the screen or on disk, never for a length of time.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from sscore.evaluate import dice_of
from sscore.images import write_image
from sscore.labels import load
from sscore.mask_sets import tight
from sscore.project import Project

PHOTO = "照片 1.png"
TOOLS = ("Xvfb", "xdotool")
START_QT = "from PySide6.QtGui import QGuiApplication as A; A([])"
PATIENCE_S = 300.0


def wait_for(happened: Callable[[], bool], what: str, alive: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert alive.poll() is None, f"the window ended with {alive.returncode} before {what}"
        assert time.monotonic() < end, f"{what}: not within {PATIENCE_S:.0f} s"
        time.sleep(0.2)


class Screen:
    """An X server without a monitor. `environment` is for programs that shall be shown on it."""

    def __init__(self, display: str, folder: Path) -> None:
        self.environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": "1"}
        self.environment.pop("WAYLAND_DISPLAY", None)
        self._file = folder / "Xvfb_screen0"

    def do(self, *words: object) -> str:
        """What xdotool answers, "" where it finds nothing."""
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        return done.stdout.strip()

    def look(self) -> np.ndarray:
        """The screen, uint8 (H, W, 3) RGB. Xvfb keeps it in a file in xwd's format: a header that begins with 25
        numbers, colours of 12 bytes each, then rows of BGRX."""
        data = self._file.read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, width, height, row, colours = header[0], header[4], header[5], header[12], header[19]
        pixels = np.frombuffer(data, np.uint8, height * row, start + 12 * colours).reshape(height, row)
        return pixels[:, : 4 * width].reshape(height, width, 4)[:, :, 2::-1]


@pytest.fixture
def screen(tmp_path) -> Iterator[Screen]:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"a real window needs {' and '.join(missing)} (apt-get install xvfb xdotool)")
    folder = tmp_path / "screen"
    folder.mkdir()
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-fbdir", str(folder)]
    with subprocess.Popen([*command, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as answer:
                number = answer.readline().strip()
            if not number:
                pytest.skip(f"Xvfb does not start here (exit code {server.wait()})")
            found = Screen(f":{number}", folder)
            qt = [sys.executable, "-c", START_QT]
            tried = subprocess.run(qt, env=found.environment, capture_output=True, text=True, check=False)
            if tried.returncode:
                why = next((line for line in tried.stderr.splitlines() if "xcb" in line), tried.stderr[:200])
                pytest.skip(f"Qt cannot show windows on an X server here: {why}")
            yield found
        finally:
            server.terminate()


def a_red_bar(folder: Path) -> np.ndarray:
    """A photo of one red bar on grey ground; where the bar is, bool (H, W)."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(90, 150, (30, 40), np.uint8)
    rgb = np.repeat(cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC)[..., None], 3, axis=2).copy()
    corners = cv2.boxPoints(((320, 240), (300, 70), 25)).astype(np.int32)
    cv2.fillConvexPoly(rgb, corners, (225, 20, 30))
    write_image(folder / PHOTO, rgb)
    bar = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillConvexPoly(bar, corners, 1)
    return bar.astype(bool)


def red(seen: np.ndarray) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the largest red thing on the screen, px; None when there is none that is large."""
    r, g, b = (seen[..., channel].astype(int) for channel in range(3))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(((r > 200) & (g < 45) & (b < 55)).astype(np.uint8))
    if count < 2:
        return None
    left, top, width, height, area = boxes[1 + int(boxes[1:, cv2.CC_STAT_AREA].argmax())]
    return (left, top, left + width, top + height) if area > 5000 else None


def test_a_person_draws_accepts_renames_and_goes_home(screen, tmp_path, second_start):
    folder = tmp_path / "废钢 照片"
    second_start(tmp_path / "cache")
    bar = a_red_bar(folder)
    places = {"SSC_HOME": str(tmp_path / "home"), "SSC_CACHE": str(tmp_path / "cache"), "PYTHONUTF8": "1"}
    studio = shutil.which("ssc-studio", path=str(Path(sys.executable).parent))
    assert studio is not None
    command = [studio, str(folder), "--lang", "en", "--theme", "light", "--size", "1200x760"]
    trouble = tmp_path / "stderr"
    with (
        trouble.open("wb") as stderr,
        subprocess.Popen(command, env=screen.environment | places, stderr=stderr) as window,
    ):
        try:
            called = live_through(screen, folder, window)
        finally:
            window.kill()
    assert "Traceback" not in trouble.read_text(encoding="utf-8")

    page = Project.open(folder).load(PHOTO)
    (made,) = page.annotations
    assert (made.status, made.label) == ("accepted", called)
    assert dice_of(made.mask, tight(bar)) > 0.85
    assert made.prompt is not None and made.prompt.box is not None
    assert np.abs(np.array(made.prompt.box.as_tuple()) - tight(bar).box.as_tuple()).max() < 20
    edits = [entry["edit"] for entry in Project.open(folder).journal(PHOTO)]
    assert len(edits) == 4, edits  # added, renamed, taken back, renamed again


def live_through(screen: Screen, folder: Path, window: subprocess.Popen[bytes]) -> str:
    """Box, mask, F, another class, undo, redo, quit; returns the class the piece was given in the end."""

    def on_disk() -> str:
        """The label of the one accepted instance, "" as long as there is none."""
        found = Project.open(folder).look(PHOTO).annotations
        return found[0].label if len(found) == 1 and found[0].status == "accepted" else ""

    def shown() -> str:
        return screen.do("search", "--onlyvisible", "--name", "Scrap-SAM-CLIP$").partition("\n")[0]

    wait_for(lambda: bool(shown()), "a window", window)
    wait_for(lambda: red(screen.look()) is not None, "the photo", window)
    screen.do("windowfocus", "--sync", shown())  # there is no window manager that would

    before: tuple[int, ...] | None = None

    def at_rest() -> bool:
        nonlocal before
        last, before = before, red(screen.look())
        return before is not None and last == before

    wait_for(at_rest, "the photo in its place", window)
    assert before is not None
    left, top, right, bottom = before
    middle = (top + bottom) // 2, (left + right) // 2
    plain = screen.look()[middle].astype(int)

    screen.do("key", "w")
    screen.do("mousemove", left - 4, top - 4, "mousedown", 1)
    screen.do("mousemove", (left + right) // 2, (top + bottom) // 2)
    screen.do("mousemove", right + 4, bottom + 4, "mouseup", 1)
    wait_for(lambda: np.abs(screen.look()[middle] - plain).sum() > 60, "the mask on the screen", window)
    screen.do("key", "f")
    wait_for(lambda: bool(on_disk()), "the accepted piece on disk", window)

    guess = on_disk()
    wanted = "Plate" if guess != "Plate" else "Pipe"
    screen.do("key", load().keys.index(wanted) + 1)
    wait_for(lambda: on_disk() == wanted, "the new class on disk", window)
    screen.do("key", "ctrl+z")
    wait_for(lambda: on_disk() == guess, "undo on disk", window)
    screen.do("key", "ctrl+y")
    wait_for(lambda: on_disk() == wanted, "redo on disk", window)
    screen.do("key", "ctrl+q")
    assert window.wait(PATIENCE_S) == 0
    return wanted
