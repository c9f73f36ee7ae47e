"""The engine torch-compile: the network goes through torch.compile; where that fails, the user is told what helps."""

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
