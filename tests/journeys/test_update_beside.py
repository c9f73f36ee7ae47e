"""The program's files are written anew while its window is open, as an update does."""

from __future__ import annotations

import shutil
import subprocess
import sys

from sscore import paths

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app import actions, look
from app.settings import Settings
place, file = map(Path, sys.argv[1:])
look.paths.resources = lambda: place
app, settings = QApplication([]), Settings(place / "studio.ini")
settings.override("language", "zh")
worn = look.Look(app, settings)
file.write_bytes(b"")
print(ascii(actions.words("Undo")))
"""


def test_a_window_goes_on_in_chinese(tmp_path, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    file = tmp_path / "translations" / "studio_zh_CN.qm"
    file.parent.mkdir()
    shutil.copy(paths.resources() / "translations" / file.name, file)
    done = subprocess.run([sys.executable, "-c", WINDOW, tmp_path, file], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ascii("撤销")
