"""Starting as users do: through the entry point, on the samples, with a picture taken."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from PySide6.QtGui import QImage

from app import __main__ as entry
from app import samples
from app.__main__ import _parse
from app.jobs import Lane
from app.settings import Settings
from sscore import paths
from sscore.images import write_image


def test_options():
    options = _parse(["some/folder", "--lang", "zh", "--theme", "dark", "--size", "1280x720"])
    assert (options.folder.name, options.lang, options.theme, options.size) == ("folder", "zh", "dark", (1280, 720))


def test_the_window_imports_no_model_library():
    code = "import sys, app.window; sys.exit(int(any(m in sys.modules for m in ('torch', 'openvino', 'matplotlib'))))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_program_ends_though_a_library_is_still_at_work(monkeypatch, app):
    left = []
    monkeypatch.setattr(entry, "main", lambda: 3)
    monkeypatch.setattr(os, "_exit", left.append)
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread()])
    with pytest.raises(SystemExit) as ended:
        entry.program()
    assert ended.value.code == 3 and not left
    monkeypatch.undo()

    monkeypatch.setattr(entry, "main", lambda: 4)
    monkeypatch.setattr(os, "_exit", left.append)
    go_on, lane = threading.Event(), Lane("slow")
    try:
        lane.submit("load", go_on.wait, always=True)  # else closing might come before it begins, and drop it
        assert not lane.close(timeout=0.01)
        with pytest.raises(SystemExit):  # the stand-in of os._exit comes back
            entry.program()
        assert left == [4]
    finally:
        go_on.set()
        lane.close()


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
    """The real program in its own process, as a user starts it."""
    out = tmp_path / "shot.png"
    command = [sys.executable, "-m", "app", str(folder), "--screenshot", str(out), "--lang", "zh", "--size", "1100x700"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert QImage(str(out)).size().toTuple() == (1100, 700)


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
