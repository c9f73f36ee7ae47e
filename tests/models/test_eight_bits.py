"""Matrix products in eight bits: the same answers, judged once on this processor, and never taken where they differ."""

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
        return x.mean(1)


def samples(count=18):
    return np.random.default_rng(5).normal(size=(count, 10, 24)).astype(np.float32)


INPUTS = [Input((1, 10, 24), free=(0,))]


def opened(net, calls=None, **more):
    def made():
        if calls is not None:
            calls.append(1)
        return samples()

    return open_runner(lambda: net, INPUTS, "blocks", "0" * 64, device="cpu", samples=made, **more)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A cache of its own, and a network this small counts as one worth the trouble."""
    monkeypatch.setenv("SSC_CACHE", str(tmp_path))
    monkeypatch.setattr(eight_bits, "_LEAST_SECONDS", 0.0)
    monkeypatch.setattr(eight_bits, "_LEAST_GAIN", 0.0)
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


@pytest.mark.parametrize("bound", ["LEAST_COSINE", "_LEAST_GAIN", "_LEAST_SECONDS"])
def test_left_as_it_is_where_answers_differ_or_nothing_is_won(monkeypatch, bound):
    net, new = Blocks().eval(), samples(3)
    plain = opened(net, engine="openvino")(new)[0]
    monkeypatch.setattr(eight_bits, bound, 1e9)
    runner = opened(net)
    assert runner.engine in ("openvino", "torch")
    assert np.allclose(runner(new)[0], plain, atol=1e-4)


def test_an_engine_asked_for_by_name_is_that_engine():
    net, calls = Blocks().eval(), []
    assert opened(net, calls, engine="openvino").engine == "openvino"
    assert opened(net, calls, engine="torch").engine == "torch"
    assert not calls


def test_answers_that_are_no_numbers_are_not_the_same():
    assert eight_bits._cosine(np.array([np.nan, 1.0], np.float32), np.ones(2, np.float32)) < 0
