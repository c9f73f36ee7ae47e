"""The engine torch-compile: the network goes through torch.compile; where that fails, the user is told what helps.
OpenVINO in blocks: what comes is cut, each shape gets a network of its own, the answer is the whole's."""

import numpy as np
import pytest
import torch
from torch._dynamo.exc import TorchDynamoException

from sscore.errors import BadOption
from sscore.models.engines import Input, open_runner


class Doubled(torch.nn.Module):
    def forward(self, x):
        return (2 * x,)


def opened():
    return open_runner(Doubled, [Input((1, 3))], "doubled", "ab12", device="cpu", engine="torch-compile")


def test_the_compiled_network_answers(monkeypatch):
    seen = []
    monkeypatch.setattr(torch, "compile", lambda net: seen.append(net) or net)
    runner = opened()
    (answer,) = runner(np.ones((1, 3), np.float32))
    assert [type(net) for net in seen] == [Doubled]
    assert runner.engine == "torch-compile" and np.array_equal(answer, [[2, 2, 2]])


def test_without_a_compiler_the_plain_engine_is_named(monkeypatch):
    def broken(*inputs):
        raise TorchDynamoException("no working C++ compiler\nand a long story")

    monkeypatch.setattr(torch, "compile", lambda net: broken)
    with pytest.raises(BadOption, match="no working C\\+\\+ compiler .*--engine torch"):
        opened()(np.ones((1, 3), np.float32))


@pytest.mark.parametrize("count", [1, 4, 7])
def test_in_blocks_the_answer_is_whole(count):
    runner = open_runner(
        Doubled,
        [Input((1, 3, 2), free=(0, 2))],
        "doubled",
        "ab12",
        engine="openvino",
        device="cpu",
        blocks=(4, 1),
        keep=False,
    )
    for width in (2, 5):
        given = np.random.default_rng(count).random((count, 3, width), dtype=np.float32)
        (answer,) = runner(given)
        assert np.array_equal(answer, 2 * given)
