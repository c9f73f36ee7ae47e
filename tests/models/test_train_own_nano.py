"""Fine-tuning `nano` whole: its samples from a lab's masks, and what may change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from sscore import catalogue, images
from sscore.mask_sets import tight
from sscore.models import weights
from sscore.models.nets.nano import NanoNet
from sscore.train import decoder_nano
from sscore.train.control import Control, give
from sscore.train.decoder_prompts import DecoderRecipe
from sscore.train.instances import Instances, Shot
from sscore.train.nano import loss_of


def shot_of(folder, name="a.png"):
    """Three instances, the second over a part of the first."""
    rng = np.random.default_rng(1)
    images.write_image(folder / name, rng.integers(0, 255, (90, 120, 3), dtype=np.uint8))
    masks = []
    for box in ((10, 10, 50, 60), (30, 30, 80, 70), (90, 5, 115, 40)):
        bits = np.zeros((90, 120), np.bool_)
        bits[box[1] : box[3], box[0] : box[2]] = True
        masks.append(tight(bits))
    look = np.zeros(1024, np.float32)
    return Shot(name, folder / name, 90, 120, tuple(masks), ("Bar",) * 3, (1, 2, 3), name, "d", look)


def test_instances_that_overlap_keep_their_pixels(tmp_path):
    shot = shot_of(tmp_path)
    found = decoder_nano.layers_of(shot)
    assert sorted(found) == [0, 1, 2]
    for number, (photo, instance) in found.items():
        mask = shot.masks[number]
        assert np.array_equal(photo.ids == instance.id, mask.full(90, 120))
        assert instance.area == mask.area and photo.levels is found[0][0].levels


def _tuned(folder, monkeypatch, **recipe):
    """Outcome, weights before and after, and events of an epoch of two steps."""
    figures = iter([0.5, 0.6])
    monkeypatch.setattr(decoder_nano, "epoch_figures", lambda segmenter, judge: {"dice": next(figures)})
    data = Instances((shot_of(folder),))
    card = catalogue.card("nano")
    events = []
    outcome, file = decoder_nano.fine_tune(
        card,
        data,
        data,
        DecoderRecipe(epochs=1, lr=1e-3, precision="float32", **recipe),
        folder / "废钢 run",
        device="cpu",
        resume=False,
        tensorboard=False,
        emit=events.append,
        control=Control(folder),
    )
    before = weights.filled(NanoNet(), catalogue.weight_file(card)).state_dict()
    return outcome, before, weights.filled(NanoNet(), file).state_dict(), events


def test_an_epoch_changes_weights_but_no_statistics_and_no_judgement_unasked(tmp_path, monkeypatch):
    outcome, before, after, events = _tuned(tmp_path, monkeypatch, batch=2)
    assert (outcome.best_epoch, outcome.steps) == (1, 2)
    fixed = {name for name in before if "running" in name or name.startswith("quality.")}
    assert len(fixed) > 10 and all(torch.equal(before[name], after[name]) for name in fixed)
    assert not torch.equal(before["head.weight"], after["head.weight"])
    assert [event["epoch"] for event in events if event["event"] == "epoch"] == [0, 1]


def test_the_predicted_iou_learns_and_scenes_are_rehearsed(tmp_path, monkeypatch):
    scene = decoder_nano.layers_of(shot_of(tmp_path))[0][0]
    asked = []
    monkeypatch.setattr(decoder_nano, "scene_photos", lambda count, **_: asked.append(count) or [scene])
    outcome, before, after, _ = _tuned(tmp_path, monkeypatch, batch=8, quality=1.0, rehearse=0.9)
    assert outcome.steps == 1 and asked == [16]
    assert not torch.equal(before["quality.0.weight"], after["quality.0.weight"])


def test_a_rehearsal_is_on_a_piece_or_on_the_ground_of_a_scene(tmp_path):
    scene = decoder_nano.layers_of(shot_of(tmp_path))[2][0]
    drawn = [decoder_nano._rehearsed([scene], (1, seed)) for seed in range(40)]
    ground = [(view, target) for view, target, on_object in drawn if not on_object]
    assert 1 <= len(ground) < 20
    for view, target in ground:  # one positive click and no box
        assert view[4].max() > 0.5 and not view[3].any() and not target.any()
    assert all(target.any() for _, target, on_object in drawn if on_object)
    again = decoder_nano._rehearsed([scene], (1, 0))
    assert all(torch.equal(a, b) for a, b in zip(again, drawn[0], strict=True))


def test_the_weight_of_the_predicted_ious_error_is_the_recipes():
    def net(inputs):
        return torch.zeros(2, 1, 8, 8), torch.tensor([0.5, 1.0])

    target = torch.zeros(2, 1, 8, 8)
    target[:, :, :4] = 1
    batch = (torch.zeros(2, 9, 8, 8), target, torch.ones(2))
    plain, half = (float(loss_of(net, batch, quality=weight)[0]) for weight in (0.0, 0.5))
    assert half - plain == pytest.approx(0.5 * (0.5**2 + 1) / 2)  # no pixel is positive: the true IoU is 0


def test_orders_come_by_a_file(tmp_path):
    control = Control(tmp_path)
    assert control() == ""
    give(tmp_path, "finish")
    assert control() == "finish" and not (tmp_path / "order").exists()
    with Control(tmp_path) as fresh:
        assert fresh() == ""


def test_a_piece_too_small_to_be_seen_is_an_empty_view(tmp_path):
    shot = shot_of(tmp_path)
    photo, instance = decoder_nano.layers_of(shot)[0]
    dot = replace(instance, outline=instance.outline[:1] * 0 - 5000.0)
    view, target, on_object = decoder_nano._drawn(photo, dot, (1, 2))
    assert view.shape == (9, 160, 160) and not target.any() and on_object == 1
