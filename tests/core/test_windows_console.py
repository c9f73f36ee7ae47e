"""What a console of Windows does in another way: it leaves * to programs, and calls a reader that has gone oddly."""

import os
import sys

import pytest

from sscore.cli import entry
from sscore.remote import child


def test_stars_are_spelled_out(tmp_path, monkeypatch):
    folder = tmp_path / "废钢 [1]"
    folder.mkdir()
    for name in ("b.jpg", "a.jpg", "c.png"):
        (folder / name).touch()
    photos = [str(folder / "a.jpg"), str(folder / "b.jpg")]
    assert entry.spelled_out(["label", str(folder / "*.jpg"), "--out", "x?.json"]) == [
        "label",
        *photos,
        "--out",
        "x?.json",
    ]
    monkeypatch.chdir(folder)
    assert entry.spelled_out(["?.png", r"^(\d+)_.*", "--label=*"]) == ["c.png", r"^(\d+)_.*", "--label=*"]


@pytest.mark.parametrize(
    ("system", "error", "gone"),
    [
        ("posix", BrokenPipeError(32, "Broken pipe"), True),
        ("nt", BrokenPipeError(32, "Broken pipe"), True),
        ("nt", OSError(22, "Invalid argument"), True),
        ("nt", OSError(22, "Invalid argument", "a:b.json"), False),
        ("posix", OSError(22, "Invalid argument"), False),
        ("nt", ValueError("x"), False),
    ],
)
def test_a_reader_that_has_gone_is_known(monkeypatch, system, error, gone):
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", system)
        found = entry.reader_gone(error)
    assert found == gone


def test_last_words_of_the_model_process_are_read_in_any_code_page(monkeypatch):
    code = "import sys; sys.stderr.write('内存不足'); sys.exit(3)"
    monkeypatch.setattr(child, "command", lambda: [sys.executable, "-c", code])
    monkeypatch.setenv("PYTHONIOENCODING", "gbk")
    ended = child.start()
    try:
        assert ended.post_mortem()[2] == "内存不足"
    finally:
        ended.end()


def test_a_table_that_is_open_in_a_spreadsheet_is_named_and_not_its_temp_file(monkeypatch, capsys):
    held = PermissionError(13, "Access is denied", ".summary.csv.12-34.tmp", None, "表 1/summary.csv")
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", "nt")
        assert entry._fail(held, events=False) == 2
    said = capsys.readouterr().err
    assert said.startswith("ssc: error: 表 1/summary.csv: Access is denied (if another program") and "tmp" not in said
