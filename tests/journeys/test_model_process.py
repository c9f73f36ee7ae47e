"""The window and the process of its models: one dies and the other goes on, both end together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_models import photo

from sscore.images import write_image
from sscore.presence import _runs
from sscore.project import Project

USER = Path(__file__).with_name("model_user.py")


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "废钢 照片"
    place.mkdir()
    for name, bottom in (("一.png", 190), ("二.png", 180)):
        write_image(place / name, photo(300, 400, Bar=(70, 70, 230, bottom), Plate=(270, 70, 370, bottom)))
    return place


def surroundings(tmp_path):
    home = tmp_path / "主目录 home"
    return os.environ | {
        "SSC_HOME": str(home),
        "SSC_CACHE": str(home / "cache"),
        "PYTHONUTF8": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def gone(pid):
    end = time.monotonic() + 30
    while _runs(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not _runs(pid)


def test_models_that_are_killed_take_no_work_with_them(folder, tmp_path):
    done = subprocess.run(
        [sys.executable, str(USER), str(folder), "killed"],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=120,
        env=surroundings(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    saw = json.loads(done.stdout.splitlines()[-1])
    (said,) = saw["said"]
    assert "nano 意外退出，已自动重新启动" in said
    assert "您的工作已保留" in said
    assert saw["another"]
    assert saw["kept"] == saw["accepted"] and len(saw["accepted"]) == 1
    assert len(saw["at last"]) == 2
    assert saw["model"] == "nano"
    assert gone(saw["pid"])
    project = Project.open(folder)
    assert [len(project.load(name).annotations) for name in ("一.png", "二.png")] == [2, 1]


_CLOSE = """
import os, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import breaking_models
from sscore.remote import child
child.command = breaking_models.command
from app.__main__ import main
from app.window import Window
from app.settings import Settings
settings = Settings()
settings.set("segmenter", "endless")
settings.sync()
from app import shelf
shelf._check_room = lambda model_id: None
application = QApplication([])
def look():
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, Window)]
    if windows and os.path.exists(os.environ["SSC_MARK"]):
        clock.stop()
        print(windows[0].shelf.process.pid, flush=True)
        windows[0].close()
        print(windows[0].model_lane._thread.is_alive(), flush=True)
clock = QTimer(interval=20)
clock.timeout.connect(look)
clock.start()
sys.exit(main([sys.argv[1]]))
"""


def test_closing_while_a_model_is_loading_for_ever(folder, tmp_path):
    mark = tmp_path / "标记"
    own = {"SSC_MARK": str(mark)}
    done = subprocess.run(
        [sys.executable, "-c", _CLOSE, str(folder)],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        env=surroundings(tmp_path) | own,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    pid, waits = done.stdout.split()
    assert gone(int(pid))
    assert waits == "False"
