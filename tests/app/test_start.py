"""Starting as users do: through the entry point, on the samples, with a picture taken."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from studio_driver import wait_until

from app import samples, screenshots
from app.__main__ import _parse
from app.settings import Settings
from sscore import paths
from sscore.images import write_image

_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def bare() -> dict[str, str]:
    """As over ssh."""
    return {key: value for key, value in os.environ.items() if key not in _SCREEN}


def test_options():
    options = _parse(["some/folder", "--lang", "zh", "--theme", "dark", "--size", "1280x720"])
    assert ([one.name for one in options.folder], options.lang) == (["folder"], "zh")
    assert (options.theme, options.size) == ("dark", (1280, 720))


def test_the_window_imports_no_model_library():
    code = "import sys, app.window; sys.exit(int(any(m in sys.modules for m in ('torch', 'openvino', 'matplotlib'))))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_samples_are_copied_once_and_the_users_stay(monkeypatch, tmp_path):
    shipped = tmp_path / "shipped"
    write_image(shipped / "samples" / "scene.jpg", np.zeros((8, 8, 3), np.uint8))
    monkeypatch.setattr(paths, "resources", lambda: shipped)
    samples.copy()
    copied = samples.folder() / "scene.jpg"
    assert copied.exists()
    copied.write_bytes(b"mine")
    samples.copy()
    assert copied.read_bytes() == b"mine"


def test_a_picture_of_the_settled_window(folder, tmp_path):
    """The real program in its own process, as a user starts it for the first time: nothing is in its cache. Linux needs
    no screen for a picture."""
    out = tmp_path / "shot.png"
    env = bare() if sys.platform.startswith("linux") else dict(os.environ)
    command = [sys.executable, "-m", "app", str(folder), "--screenshot", str(out), "--lang", "zh", "--size", "1100x700"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert QImage(str(out)).size().toTuple() == (1100, 700)


@pytest.mark.parametrize(("name", "said"), [("note.txt", "note.txt is nothing to open here"), ("gone", "gone")])
def test_a_picture_of_what_is_nothing_to_open_says_so_and_ends(
    make_studio, folder, tmp_path, monkeypatch, capsys, name, said
):
    (folder / "note.txt").write_text("no photo", encoding="utf-8")
    window, out, codes = make_studio().window, tmp_path / "shot.png", []
    monkeypatch.setattr("app.screenshots.QApplication", SimpleNamespace(exit=codes.append))
    window.start(folder / name)
    screenshots.grab_when_settled(window, out)
    wait_until(lambda: bool(codes), what="the end")
    assert codes == [2] and said in capsys.readouterr().err
    assert QImage(str(out)).size() == window.size()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a screen")
def test_without_a_screen_a_window_says_why_not(folder):
    command = [sys.executable, "-m", "app", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=bare())
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "no screen" in done.stderr


def test_settings_survive_a_restart_and_bad_values_do_not_hurt(app, tmp_path):
    file = tmp_path / "studio.ini"
    first = Settings(file)
    first.set("opacity", 0.5)
    first.override("theme", "dark")
    first.sync()
    assert Settings(file).get("opacity") == 0.5
    assert Settings(file).get("theme") == "system"
    file.write_text("[General]\nopacity=very\ntheme=pink\n", encoding="utf-8")
    second = Settings(file)
    assert second.get("opacity") == 0.38
    assert second.get("theme") == "system"
