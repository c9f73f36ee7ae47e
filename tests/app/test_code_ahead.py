"""Panels and dialogs open without their code being read first."""

from __future__ import annotations

import subprocess
import sys


def test_all_code_of_panels_and_dialogs_is_read_and_nothing_heavy():
    """In a process of its own, where nothing is loaded yet."""
    script = """
import sys
from PySide6.QtCore import QCoreApplication
from app.code_ahead import read_code
from app.jobs import Lane
app, lane = QCoreApplication([]), Lane("disk")
read_code(lane)
while not lane.idle:
    app.processEvents()
lane.close()
print({"app.panels.gallery", "app.dialogs.guide", "app.dialogs.train"} <= set(sys.modules))
print(not {"torch", "openvino", "onnxruntime", "timm"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["True", "True"], done.stderr
