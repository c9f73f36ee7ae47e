"""Products and convolutions in eight bits: the same answers, judged once on this processor, and never taken where they
differ."""

import numpy as np
import pytest
import torch
from torch import nn

from sscore.models import eight_bits
from sscore.models.engines import Input, open_runner


class Blocks(nn.Module):
    """Two residual blocks as a transformer has them. `outliers`: channels that its norms make so many times larger."""

    def __init__(self, outliers=1.0):
        super().__init__()
        torch.manual_seed(4)
        self.begin = nn.Linear(24, 64)
        self.norms = nn.ModuleList(nn.LayerNorm(64) for _ in range(2))
        self.wide = nn.ModuleList(nn.Linear(64, 256) for _ in range(2))
        self.narrow = nn.ModuleList(nn.Linear(256, 64) for _ in range(2))
        with torch.no_grad():
            for norm, wide in zip(self.norms, self.wide, strict=True):
                norm.weight[:3] *= outliers
                wide.weight[:, :3] /= outliers

    def forward(self, x):
        x = self.begin(x)
        for norm, wide, narrow in zip(self.norms, self.wide, self.narrow, strict=True):
            x = x + narrow(torch.nn.functional.gelu(wide(norm(x))))
        return (x.mean(1),)


def samples(count=18):
    return np.random.default_rng(5).normal(size=(count, 10, 24)).astype(np.float32)


INPUTS = [Input((1, 10, 24), free=(0,))]


def opened(net, calls=None, bounds=None, **more):
    """A network this small counts as one worth the trouble."""

    def made():
        if calls is not None:
            calls.append(1)
        return samples()

    trial = eight_bits.Trial(made, **{"least_gain": 0.0, "least_seconds": 0.0} | (bounds or {}))
    return open_runner(lambda: net, INPUTS, "blocks", "0" * 64, device="cpu", trial=trial, **more)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A cache of its own, on a processor without bf16."""
    monkeypatch.setenv("SSC_CACHE", str(tmp_path))
    monkeypatch.setattr("openvino.Core.get_property", without_bf16(), raising=True)


def without_bf16():
    import openvino

    told = openvino.Core.get_property

    def tell(self, device, name, *more):
        answer = told(self, device, name, *more)
        return [x for x in answer if x != "BF16"] if name == "OPTIMIZATION_CAPABILITIES" else answer

    return tell


def cosines(a, b):
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


@pytest.mark.parametrize("outliers", [1.0, 40.0])
def test_answers_stay_the_same_also_with_channels_far_larger_than_the_rest(outliers):
    net = Blocks(outliers).eval()
    new = np.random.default_rng(6).normal(size=(5, 10, 24)).astype(np.float32)
    runner = opened(net)
    assert runner.engine == "openvino-int8"
    (plain,) = opened(net, engine="openvino")(new)
    (quick,) = runner(new)
    assert not np.array_equal(plain, quick)  # it does round
    assert cosines(plain, quick).min() > 0.998


def test_judged_once(tmp_path):
    net, calls = Blocks().eval(), []
    first = opened(net, calls)(samples(2))[0]
    again = opened(net, calls)
    assert calls == [1] and again.engine == "openvino-int8"
    assert np.array_equal(again(samples(2))[0], first)
    (kept,) = tmp_path.rglob("*.int8.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    assert opened(net, calls).engine == "openvino-int8" and calls == [1, 1]


@pytest.mark.parametrize("bound", ["least_cosine", "least_gain", "least_seconds"])
def test_left_as_it_is_where_answers_differ_or_nothing_is_won(bound):
    net, new = Blocks().eval(), samples(3)
    plain = opened(net, engine="openvino")(new)[0]
    runner = opened(net, bounds={bound: 1e9})
    assert runner.engine in ("openvino", "torch")
    assert np.allclose(runner(new)[0], plain, atol=1e-4)


def test_an_engine_asked_for_by_name_is_that_engine():
    net, calls = Blocks().eval(), []
    assert opened(net, calls, engine="openvino").engine == "openvino"
    assert opened(net, calls, engine="torch").engine == "torch"
    assert not calls


def test_answers_that_are_no_numbers_are_not_the_same():
    assert eight_bits._cosine(np.array([np.nan, 1.0], np.float32), np.ones(2, np.float32)) < 0


class Convolutions(nn.Module):
    """A first layer that sees the photo, and wide ones."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(4)
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.wide = nn.Conv2d(16, 32, 3, 2, 1)
        self.last = nn.Conv2d(32, 4, 1)

    def forward(self, x):
        return (self.last(torch.relu(self.wide(torch.relu(self.first(x))))),)


def test_wide_convolutions_are_rounded_and_first_ones_are_not():
    net, rng = Convolutions().eval(), np.random.default_rng(3)
    views = rng.normal(size=(14, 3, 24, 24)).astype(np.float32)
    trial = eight_bits.Trial(lambda: views, True, 0.5, least_gain=0.0, least_seconds=0.0)
    shape = [Input((1, 3, 24, 24), free=(0,))]
    runner = open_runner(lambda: net, shape, "convolutions", "1" * 64, device="cpu", trial=trial, blocks=(5, 1))
    assert runner.engine == "openvino-int8"
    kinds = [node.get_type_name() for node in runner._model.get_ops()]
    assert kinds.count("FakeQuantize") == 2  # of one layer: what goes in, and its weights
    (quick,) = runner(views[:7])
    with torch.no_grad():
        plain = net(torch.from_numpy(views[:7]))[0].numpy()
    assert not np.array_equal(plain, quick)
    assert cosines(plain.reshape(7, -1), quick.reshape(7, -1)).min() > 0.999
