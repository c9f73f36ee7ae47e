"""The training loop on a toy problem, and the samples of the real one."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from sscore.errors import BadDataset, BadOption, SscError
from sscore.images import write_image
from sscore.models import weights
from sscore.scenes import render_scene
from sscore.train import nano, nano_cls
from sscore.train.data import photo_of, pick, real_photos, warp
from sscore.train.loop import Phase, Plan, fit
from sscore.train.nano_cls import fitted_temperature
from sscore.train.prompting import sample
from sscore.train.record import Request

PLAN = Plan(minutes=0.02, phases=(Phase(0.5, 8, 4), Phase(1.0, 8, 8)), lr=0.05, keep_s=0.2)


def toy():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 1, 1))


def toy_batches(phase, done):
    rng = torch.Generator().manual_seed(done.steps)
    while True:
        x = torch.rand(phase.batch, 1, phase.pixels, phase.pixels, generator=rng)
        yield x, 2 * x - 1


def toy_step(net, batch):
    loss = (net(batch[0]) - batch[1]).square().mean()
    return loss, {"loss": float(loss.detach())}


def test_learns_by_the_clock_and_resumes(tmp_path):
    run = tmp_path / "废钢 训练"
    average, done = fit(toy(), toy_batches, toy_step, PLAN, run)
    batch = next(toy_batches(PLAN.phases[0], done))
    with torch.no_grad():
        # How far it gets in a second depends on the machine; that it gets on does not.
        assert toy_step(average, batch)[0] < toy_step(toy().eval(), batch)[0]
    assert PLAN.minutes * 60 <= done.seconds and done.samples > done.steps
    longer = Plan(PLAN.minutes * 1.5, PLAN.phases, lr=0.05)
    _, more = fit(toy(), toy_batches, toy_step, longer, run, resume=True)
    assert more.steps > done.steps and more.seconds >= longer.minutes * 60
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    assert [e["steps"] for e in events if e["event"] == "trained"] == [done.steps, more.steps]


def test_does_not_run_over_another_run(tmp_path):
    fit(toy(), toy_batches, toy_step, Plan(0.001, PLAN.phases), tmp_path)
    with pytest.raises(BadOption, match="already there"):
        fit(toy(), toy_batches, toy_step, PLAN, tmp_path)
    with pytest.raises(BadOption, match="nothing to resume"):
        fit(toy(), toy_batches, toy_step, PLAN, tmp_path / "elsewhere", resume=True)


@pytest.mark.parametrize("verb", [nano, nano_cls])
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"resume": True}, "nothing to resume"),
        ({"out": "begun"}, "already there"),
        ({"device": "abacus"}, "no device 'abacus'"),
        ({"real": Path("nowhere"), "start": Path("nowhere")}, "no masks found|cannot be read"),
    ],
)
def test_what_is_wrong_is_told_before_scenes_are_rendered(tmp_path, monkeypatch, verb, wrong, says):
    monkeypatch.setattr(verb, "scene_photos", lambda *args, **options: pytest.fail("rendered"))
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "checkpoint.pt").touch()
    asked = {"minutes": 1, "scenes": 1, "seed": 1, "workers": 0, "device": "cpu", "resume": False} | wrong
    with pytest.raises(SscError, match=says):
        verb.train_and_score(Request(**(asked | {"out": tmp_path / asked.get("out", "new")})), emit=print)


def test_a_loss_that_is_no_number_stops_the_run_and_harms_nothing(tmp_path):
    net = toy()
    before = {k: v.clone() for k, v in net.state_dict().items() if "running" not in k and "tracked" not in k}

    def broken(net, batch):
        return net(batch[0]).mean() * float("nan"), {}

    with pytest.raises(SscError, match="no longer a number"):
        fit(net, toy_batches, broken, Plan(1.0, PLAN.phases), tmp_path)
    assert all(torch.equal(v, net.state_dict()[k]) for k, v in before.items())


def test_weights_round_trip(tmp_path):
    path = tmp_path / "toy.safetensors"
    net = toy()
    facts = {"classes": "甲,乙", "samples": "12", "family": "toy", "temperature": "1.0"}
    weights.save(net, path, facts)
    again = weights.filled(toy(), path)
    assert torch.allclose(net[0].weight, again[0].weight, atol=1e-3) and not again.training
    assert weights.metadata(path) == facts
    first = path.read_bytes()
    weights.save(net, path, facts)
    assert path.read_bytes() == first, "the same weights have the same digest"


def test_samples_show_the_piece_and_hold_a_prompt():
    view = render_scene(3, size=(320, 240), pieces=5)[0]
    photo = photo_of(view.rgb, view.ids.astype(np.int16), [(i.id, i.label, i.visible) for i in view.instances])
    rng = np.random.default_rng(0)
    drawn = [s for _, (p, i) in zip(range(60), pick([photo], rng, 100), strict=False) if (s := sample(p, i, rng, 64))]
    assert len(drawn) > 40
    for s in drawn:
        assert s.view.shape == (64, 64, 3) and s.maps.shape == (6, 64, 64) and s.target.sum() >= 12
        assert s.maps[0].any() or s.maps[1].any()
        peak = s.maps[1] > 0.99
        # Positive clicks lie on the piece: where the small map peaks, the target is near.
        if peak.any():
            near = cv2.dilate(s.target.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
            assert near[peak].mean() > 0.9


def test_crops_at_the_end_of_training_keep_the_colours_of_their_piece():
    view = render_scene(3, size=(320, 240), pieces=1)[0]
    kind = view.instances[0].label
    photo = photo_of(view.rgb, view.ids.astype(np.int16), [(i.id, i.label, i.visible) for i in view.instances])

    def colours(varied):
        drawn = iter(nano_cls.Crops(lambda: [photo], (kind,), 5, varied))
        inputs, target = zip(*(next(drawn) for _ in range(30)), strict=True)
        assert inputs[0].shape == (4, 128, 128) and not any(target)
        return torch.stack([x[:3][:, x[3] > 0.5].mean(1) for x in inputs])

    assert colours(0.0).std(0).max() < 0.3 * colours(1.0).std(0).min()
    first, last = (nano_cls._VARIED[phase] for phase in nano_cls.PHASES)
    assert last < first


def test_warp_without_turn_is_a_plain_crop():
    rgb = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    ids = np.zeros((60, 80), np.int16)
    ids[20:40, 30:60] = 1
    photo = photo_of(rgb, ids, [(1, "Bar", 1.0)])
    view, bits = warp(photo, photo.instances[0], np.eye(2), (40.0, 30.0), 32.0, 32)
    assert np.array_equal(view, rgb[14:46, 24:56]) and np.array_equal(bits, ids[14:46, 24:56] == 1)


def test_real_photos_name_what_is_missing(tmp_path):
    with pytest.raises(BadDataset, match="no masks"):
        real_photos(tmp_path)
    (tmp_path / "masks").mkdir()
    (tmp_path / "images").mkdir()
    write_image(tmp_path / "masks" / "a.png", np.full((10, 10), 255, np.uint8))
    with pytest.raises(BadDataset, match="no photo of this name"):
        real_photos(tmp_path)
    write_image(tmp_path / "images" / "a.jpg", np.zeros((12, 10, 3), np.uint8))
    with pytest.raises(BadDataset, match=r"\(10, 10\).*\(12, 10\)"):
        real_photos(tmp_path)


def test_temperature_makes_overconfidence_honest():
    rng = np.random.default_rng(0)
    truth = torch.from_numpy(rng.integers(0, 3, 4000))
    logits = torch.nn.functional.one_hot(truth, 3).float() + torch.from_numpy(rng.gumbel(size=(4000, 3))).float()
    sharp = 4 * logits
    assert fitted_temperature(sharp, truth) == pytest.approx(4 * fitted_temperature(logits, truth), rel=0.1)
