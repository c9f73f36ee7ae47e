"""Starting as users do: through the entry point, on the samples, with a picture taken."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtGui import QImage

from app import samples
from app.__main__ import _parse
from app.settings import Settings
from sscore import paths
from sscore.images import write_image


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
    """The real program in its own process, as a user starts it for the first time: nothing is in its cache."""
    out = tmp_path / "shot.png"
    command = [sys.executable, "-m", "app", str(folder), "--screenshot", str(out), "--lang", "zh", "--size", "1100x700"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert QImage(str(out)).size().toTuple() == (1100, 700)


@pytest.mark.parametrize(("name", "said"), [("note.txt", "note.txt is nothing to open here"), ("gone", "gone")])
def test_a_picture_of_what_is_nothing_to_open_says_so_and_ends(folder, tmp_path, name, said):
    (folder / "note.txt").write_text("no photo", encoding="utf-8")
    out = tmp_path / "shot.png"
    command = [sys.executable, "-m", "app", str(folder / name), "--screenshot", str(out), "--lang", "en"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert not QImage(str(out)).isNull()


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
