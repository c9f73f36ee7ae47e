"""Who has a folder open, and what is told after a program that did not end properly."""

import json
import os
import subprocess
import sys

import pytest
from PIL import Image
from sample_pages import FOLDER, rectangle

from sscore import edits, presence
from sscore.project import Project
from sscore.types import Annotation

RELS = ("a.jpg", "子 文件夹/照片 1.jpg")


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / FOLDER
    for rel in RELS:
        (top / rel).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (200, 150)).save(top / rel)
    return top


@pytest.fixture
def somebody():
    """A program of this computer that runs; killed by the test or afterwards."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()
    process.stdin.close()


def note(folder, name="other", **change):
    data = {"user": "li", "host": presence.host(), "pid": os.getpid() + 1, "time": presence.now(), **change}
    (folder / ".here").mkdir(exist_ok=True)
    path = folder / ".here" / f"{name}.json"
    path.write_text(json.dumps(data))
    return path


def names(project):
    return [holder.user for holder in project.others()]


def test_our_own_note_is_nobody_else(folder):
    project = Project.open(folder)
    project.enter()
    project.enter()
    assert project.others() == []
    assert len(list((folder / ".here").iterdir())) == 1
    project.leave()
    assert not (folder / ".here").exists()
    project.leave()


def test_everybody_who_is_here_is_named_and_leaves_alone(folder, somebody):
    project = Project.open(folder)
    project.enter()
    note(folder, "one", pid=somebody.pid, born=presence._born(somebody.pid), time="2030-01-01T00:00:00Z")
    note(folder, "two", user="wang", host="workshop-2", time="2029-01-01T00:00:00Z")
    assert names(project) == ["wang", "li"]
    project.leave()
    assert names(project) == ["wang", "li"]
    assert project.look_after() is None


def test_a_killed_program_is_gone_and_told_once(folder, somebody):
    note(folder, pid=somebody.pid, time="2030-01-01T00:00:00Z")
    project = Project.open(folder)
    assert project.look_after() is None
    somebody.kill()
    somebody.wait()
    assert project.others() == []
    assert project.look_after().since == "2030-01-01T00:00:00Z"
    found = project.look_after()
    assert found.since == "2030-01-01T00:00:00Z", "nobody was told yet: the one who looked may have been killed"
    project.enter()
    project.told(found)
    assert project.look_after() is None
    assert len(list((folder / ".here").iterdir())) == 1


def test_a_killed_program_with_our_process_id_takes_our_note_along_with_nothing(folder):
    if not presence._born(os.getpid()):
        assert sys.platform not in ("linux", "win32")
        return
    Project.open(folder).enter()
    (own,) = (folder / ".here").iterdir()
    own.write_text(json.dumps(json.loads(own.read_bytes()) | {"born": "an earlier start"}))
    project = Project.open(folder)
    found = project.look_after()
    assert found is not None
    project.enter()
    project.told(found)
    assert own.exists()


def test_a_process_id_that_another_program_has_now_is_no_presence(folder, somebody):
    if not presence._born(somebody.pid):
        assert sys.platform not in ("linux", "win32")
    note(folder, pid=somebody.pid, born="an earlier start of this computer")
    project = Project.open(folder)
    assert (project.others() == []) is bool(presence._born(somebody.pid))


@pytest.mark.parametrize(("age", "here"), [(0, True), (300, True), (3600, False)])
def test_a_note_of_another_computer_that_is_not_renewed_counts_no_more(folder, age, here):
    """By the clock of the drive: ours and theirs may differ."""
    project = Project.open(folder)
    project.enter()
    (own,) = (folder / ".here").iterdir()
    path = note(folder, host="workshop-2", time="1999-01-01T00:00:00Z")
    os.utime(own, (5e8, 5e8))
    os.utime(path, (5e8 - age, 5e8 - age))
    assert names(project) == (["li"] if here else [])
    assert project.look_after() is None, "what happened to it is told on its own computer"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"user": "li"}', "\xff", '{"pid": 1e400}'])
def test_a_note_that_cannot_be_read_counts_as_none(folder, text):
    (folder / ".here").mkdir()
    (folder / ".here" / "x.json").write_text(text, encoding="latin-1")
    project = Project.open(folder)
    assert project.others() == []
    assert project.look_after() is None


@pytest.mark.parametrize("pid", [0, -5, 10**30])
def test_impossible_processes_do_not_run(folder, pid):
    note(folder, pid=pid)
    assert Project.open(folder).others() == []


def saved(folder, rel, label="Bar"):
    project = Project.open(folder)
    page = edits.add(project.load(rel), Annotation(0, rectangle(0, 0, 9, 9), label))
    project.save(page, edit=f"add {label}")
    return project


def test_after_a_crash_all_is_put_right_and_named(folder):
    project = saved(folder, RELS[0])
    before = project.page_path(RELS[0]).read_bytes()
    saved(folder, RELS[0], "U")
    project.page_path(RELS[0]).write_bytes(before)  # killed between journal and page
    saved(folder, RELS[1], "H")
    with open(folder / "journal" / f"{RELS[1]}.jsonl", "ab") as log:
        log.write(b'{"author":"li","after":"12')  # killed in the middle of a line
    note(folder, time="2020-01-01T00:00:00Z", pid=0)
    project = Project.open(folder)
    found = project.look_after()
    assert {(rel, edit) for rel, _, edit in found.photos} == {(RELS[0], "add U"), (RELS[1], "add H")}
    assert found.cut == (RELS[1],)
    assert len(found.repairs) == 2
    assert "finished from the journal (add U)" in found.repairs[0]
    assert project.notices == []
    assert [a.label for a in Project.open(folder).load(RELS[0]).annotations] == ["Bar", "U"]


def test_what_was_saved_before_is_no_aftermath(folder):
    saved(folder, RELS[0])
    note(folder, pid=0, time="2999-01-01T00:00:00Z")
    found = Project.open(folder).look_after()
    assert (found.photos, found.repairs, found.cut) == ((), (), ())


def test_the_last_edit_of_a_page(folder):
    project = saved(folder, RELS[0], "U")
    assert project.last_edit(RELS[0])["edit"] == "add U"
    assert project.last_edit(RELS[1]) == {}
