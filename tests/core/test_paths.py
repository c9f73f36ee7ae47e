"""sscore.paths: where things are, and files that appear whole or not at all."""

import os
import threading

import pytest

from sscore import paths


@pytest.fixture
def folder(tmp_path):
    here = tmp_path / "废钢 照片"
    here.mkdir()
    return here


def test_shipped_folders_are_there():
    assert (paths.resources() / "labels" / "scrap_shapes.toml").is_file()
    assert paths.weights().name in ("weights", "_weights")


def test_frozen_bundle_comes_first(folder, monkeypatch):
    (folder / "resources").mkdir()
    monkeypatch.setattr("sys._MEIPASS", str(folder), raising=False)
    assert paths.resources() == folder / "resources"


def test_wheel_keeps_its_data_inside_the_package(folder, monkeypatch):
    package = folder / "sscore"
    (package / "_resources").mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))
    assert paths.resources() == package / "_resources"
    assert paths.weights() == folder / "weights"  # none there: the first place is named


def test_user_folders_can_be_moved(folder, monkeypatch):
    monkeypatch.setenv("SSC_HOME", str(folder / "模型"))
    monkeypatch.setenv("SSC_CACHE", str(folder / "缓存"))
    assert paths.user_data() == folder / "模型" and paths.user_weights() == folder / "模型" / "weights"
    assert paths.cache() == folder / "缓存"
    monkeypatch.delenv("SSC_HOME")
    monkeypatch.delenv("SSC_CACHE")
    assert "scrap-sam-clip" in str(paths.user_data()) and "scrap-sam-clip" in str(paths.cache())


def test_write_atomic_makes_folders_and_replaces(folder):
    target = folder / "新 文件夹" / "页.json"
    for data in (b"first", b"second", b""):
        paths.write_atomic(target, data)
        assert target.read_bytes() == data
    assert os.listdir(target.parent) == ["页.json"]


def test_write_atomic_leaves_the_old_file_when_it_fails(folder, monkeypatch):
    target = folder / "a.json"
    target.write_bytes(b"old")

    def full(*_args):
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, name, full)
            with pytest.raises(OSError, match="No space"):
                paths.write_atomic(target, b"new")
        assert target.read_bytes() == b"old" and os.listdir(folder) == ["a.json"]


def test_write_atomic_checks_the_finished_file_first(folder):
    target = folder / "a.json"
    seen = []
    paths.write_atomic(target, b"good", check=lambda temp: seen.append((temp.read_bytes(), target.exists())))
    assert seen == [(b"good", False)] and target.read_bytes() == b"good"

    def refuse(_temp):
        raise ValueError("does not read back")

    with pytest.raises(ValueError, match="read back"):
        paths.write_atomic(target, b"bad", check=refuse)
    assert target.read_bytes() == b"good" and os.listdir(folder) == ["a.json"]


def test_write_atomic_with_the_longest_name(folder):
    target = folder / ("钢" * 83 + ".json")  # 254 bytes
    paths.write_atomic(target, b"x")
    assert target.read_bytes() == b"x"


def test_many_writers_never_mix(folder):
    target = folder / "a.bin"
    threads = [threading.Thread(target=paths.write_atomic, args=(target, bytes([i]) * 20000)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    data = target.read_bytes()
    assert len(data) == 20000 and len(set(data)) == 1 and os.listdir(folder) == ["a.bin"]
