"""set_words: a project's own words for its classes, in a label file beside project.toml."""

import threading
from dataclasses import replace

import pytest
from sample_pages import FOLDER

from sscore import labels, project_file
from sscore.errors import BadLabels, BadProject
from sscore.paths import resources
from sscore.project import Project


@pytest.fixture
def folder(tmp_path):
    (tmp_path / FOLDER).mkdir()
    return tmp_path / FOLDER


def worded(label_set, *texts):
    """The set with other words for its first class."""
    first, *others = label_set.labels
    return replace(label_set, labels=(replace(first, texts=texts), *others), templates=("“{}”的\\照片",))


@pytest.mark.parametrize("key", labels.available())
def test_a_set_is_read_back_as_it_was_written(key):
    found = labels.load(key)
    path = resources() / "elsewhere.toml"
    assert labels.checked(found, path) == found and labels.checked(found, path) is not found


def test_words_are_kept_beside_the_project_and_the_shipped_set_stays(folder):
    shipped = labels.load()
    project = Project.open(folder)
    project.set_words(worded(shipped, '角"钢', "角铁"))
    again = Project.open(folder)
    assert again.labels == project.labels and again.labels.keys == shipped.keys
    assert again.labels.prompts("Angle") == ('“角"钢”的\\照片', "“角铁”的\\照片")
    assert labels.load() == shipped and (folder / "labels.toml").is_file()
    project.set_words(worded(shipped, "角铁"))
    assert Project.open(folder).labels.get("Angle").texts == ("角铁",)
    assert sorted(path.name for path in folder.iterdir()) == ["labels.toml", "project.toml"]


def test_all_else_in_project_toml_stays(folder):
    file = folder / "project.toml"
    (folder / "labels.toml").write_text("somebody's notes", encoding="utf-8")
    file.write_text('# 我们的\nimages = "."\n  labels = "trashnet" # six\n[naming]\nunknown_below = 0.25\n', "utf-8")
    project = Project.open(folder)
    project.set_words(worded(project.labels, "纸箱"))
    assert Project.open(folder).labels.get(project.labels.keys[0]).texts == ("纸箱",)
    assert project.naming.unknown_below == 0.25 and file.read_text(encoding="utf-8").startswith("# 我们的")
    assert (folder / "labels.toml").read_text(encoding="utf-8") == "somebody's notes"
    file.write_text("[naming]\nunknown_below = 0.25\n", encoding="utf-8")
    project = Project.open(folder)
    project.set_words(worded(project.labels, "角铁"))
    assert Project.open(folder).labels.get("Angle").texts == ("角铁",)
    assert Project.open(folder).naming.unknown_below == 0.25


def test_a_set_of_another_folder_is_not_written_to(folder):
    common = folder.parent / "common.toml"
    common.write_text(labels.as_toml(labels.load("trashnet")), encoding="utf-8")
    (folder / "project.toml").write_text('labels = "../common.toml"\n', encoding="utf-8")
    before = common.read_bytes()
    project = Project.open(folder)
    project.set_words(worded(project.labels, "纸"))
    assert common.read_bytes() == before and Project.open(folder).labels.templates == ("“{}”的\\照片",)


def test_wrong_words_are_refused_and_nothing_is_written(folder):
    project = Project.open(folder)
    shipped = project.labels
    for wrong, words in (
        (worded(shipped), r"Angle.*texts.*must not be empty"),
        (worded(shipped, "  "), "must not be empty"),
        (replace(shipped, templates=("照片",)), "must hold {} once"),
        (replace(shipped, templates=()), "templates.*must not be empty"),
    ):
        with pytest.raises(BadLabels, match=words):
            project.set_words(wrong)
    assert not list(folder.iterdir()) and project.labels is shipped
    (folder / "project.toml").write_text("labels = [", encoding="utf-8")
    with pytest.raises(BadProject, match="not a valid project file"):
        project.set_words(worded(shipped, "角铁"))


def test_who_writes_words_and_naming_at_the_same_moment_keeps_both(folder, monkeypatch):
    project, other = Project.open(folder), Project.open(folder)
    naming = replace(other.naming, unknown_below=0.7)
    thread, real = threading.Thread(target=lambda: other.set_naming(naming)), project_file.write_atomic

    def slowly(*args):
        if args[0].name == "project.toml" and not thread.ident:
            thread.start()
            thread.join(0.05)
        real(*args)

    monkeypatch.setattr(project_file, "write_atomic", slowly)
    project.set_words(worded(project.labels, "角铁"))
    thread.join()
    again = Project.open(folder)
    assert again.naming.unknown_below == 0.7 and again.labels.get("Angle").texts == ("角铁",)
    assert [path.name for path in folder.iterdir() if "lock" in path.name] == []
