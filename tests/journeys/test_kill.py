"""kill -9 in the middle of saves: whatever was acknowledged is there afterwards, and every page reads."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from sscore import journal
from sscore.project import Project

FOLDER = "废钢 照片"
RELS = ("IMG_1.jpg", "IMG_1.png", "子 文件夹/照片 2.jpg")
KILLS = 20
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows ends a process at once with either


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / FOLDER
    for rel in RELS:
        (top / rel).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 100)).save(top / rel)
    return top


@pytest.fixture
def annotators(folder):
    command = [sys.executable, str(Path(__file__).with_name("annotator.py")), str(folder), *RELS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        yield running
        running.stdin.close()


def heard(annotators) -> str:
    return annotators.stdout.readline().decode().rstrip("\n")


def test_kill_in_the_middle_of_saves_loses_nothing_that_was_acknowledged(folder, annotators):
    moments = random.Random(11)
    acknowledged: dict[tuple[str, int], tuple[int, int, int]] = {}
    for _ in range(KILLS):
        annotators.stdin.write(b"go\n")
        annotators.stdin.flush()
        said = [heard(annotators), heard(annotators)]  # two, so that the first save has returned or is under way
        started = next(line for line in said if line.startswith("started "))
        time.sleep(moments.uniform(0.0, 0.1))
        os.kill(int(started.split()[1]), KILL)
        while said[-1] != "dead":
            said.append(heard(annotators))
        for line in said[:-1]:
            if line != started:
                made, left, top, area, rel = line.split(" ", 4)
                assert (rel, int(made)) not in acknowledged
                acknowledged[rel, int(made)] = int(left), int(top), int(area)

    assert len(acknowledged) > KILLS
    project = Project.open(folder)
    assert project.damaged() == []
    assert project.annotated() == list(RELS)
    found = {(rel, a.id): (a.mask.left, a.mask.top, a.mask.area) for rel in RELS for a in project.load(rel).annotations}
    assert {key: found.get(key) for key in acknowledged} == acknowledged
    # Of the save that each kill cut short, at most that one annotation is there besides.
    assert len(found) <= len(acknowledged) + KILLS
    for rel in RELS:
        assert journal.replay(project.journal(rel)) == (project.page_path(rel).read_bytes(), True)
        assert {a.status for a in project.load(rel).annotations} == {"accepted"}
