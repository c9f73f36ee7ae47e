"""The program is killed while somebody works: the next start has everything and says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from sscore.images import write_image

USER = Path(__file__).with_name("studio_user.py")
BOX = (60, 60, 240, 200)
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows ends a process at once with either


def run(folder, home, story):
    surroundings = os.environ | {"SSC_HOME": str(home), "SSC_CACHE": str(home / "cache"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(USER), str(folder), story, ",".join(map(str, BOX))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=surroundings, encoding="utf-8")


def ended(process):
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return json.loads(said.splitlines()[-1])


def test_the_next_start_says_what_is_there(tmp_path, second_start):
    folder, home = tmp_path / "废钢 照片", tmp_path / "home"
    second_start(home / "cache")
    folder.mkdir()
    picture = np.full((300, 400, 3), (70, 60, 50), np.uint8)
    cv2.rectangle(picture, (70, 70), (230, 190), (190, 195, 200), -1)
    write_image(folder / "一.jpg", picture)

    with run(folder, home, "work") as worker:
        assert worker.stdout.readline() == "saved\n"
        os.kill(worker.pid, KILL)
        worker.wait(20)
    (note,) = (folder / ".here").iterdir()
    assert json.loads(note.read_bytes())["pid"] == worker.pid

    saw = ended(run(folder, home, "come_back"))
    assert len(saw["found"]) == 1
    (said,) = saw["said"]
    assert "程序上次没有正常退出" in said
    assert "一.jpg" in said
    assert not (folder / ".here").exists(), "a proper end leaves no note"
