"""Orders to a training run through a file in its folder, which another program may have in hand for a moment."""

import signal
from pathlib import Path

import pytest

from sscore.train import control


@pytest.mark.parametrize("order", ["pause", "finish"])
def test_an_order_is_heard_once_whatever_holds_its_file(tmp_path, monkeypatch, order):
    folder = tmp_path / "废钢 训练"
    folder.mkdir()
    ask = control.Control(folder)
    assert ask() == ""
    control.give(folder, order)
    assert [file.name for file in folder.iterdir()] == [control.FILE]

    def held(*_arguments, **_options):
        raise PermissionError(13, "being used by another process")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", held)
        assert ask() == ""  # after the next step, then
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", held)
        assert ask() == order
    with control.Control(folder) as again:  # what an earlier run left is no order to this one
        assert again() == ""


def test_the_first_ctrl_c_pauses_a_training_under_way_and_ends_what_is_not_yet_one(tmp_path):
    said = []
    ask = control.Control(tmp_path, said.append)
    with ask:
        with pytest.raises(KeyboardInterrupt):  # photos are still being read: nothing to pause
            signal.raise_signal(signal.SIGINT)
        assert ask() == "" and not said
        signal.raise_signal(signal.SIGINT)
        assert ask() == "pause" and "Ctrl-C again stops at once" in said[0]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
