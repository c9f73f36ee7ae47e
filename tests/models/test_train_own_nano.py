"""Fine-tuning `nano` whole: its samples from a lab's masks, and what may change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from sscore import catalogue, images
from sscore.mask_sets import tight
from sscore.models import weights
from sscore.models.nets.nano import NanoNet
from sscore.train import decoder_nano
from sscore.train.control import Control, give
from sscore.train.decoder_prompts import DecoderRecipe
from sscore.train.instances import Instances, Shot


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


def test_an_epoch_changes_weights_but_no_statistics(tmp_path, monkeypatch):
    figures = iter([0.5, 0.6])
    monkeypatch.setattr(decoder_nano, "epoch_figures", lambda segmenter, judge: {"dice": next(figures)})
    data = Instances((shot_of(tmp_path),))
    recipe = DecoderRecipe(epochs=1, lr=1e-3, batch=2, precision="float32")
    card = catalogue.card("nano")
    events = []
    outcome, file = decoder_nano.fine_tune(
        card,
        data,
        data,
        recipe,
        tmp_path / "废钢 run",
        device="cpu",
        resume=False,
        tensorboard=False,
        emit=events.append,
        control=Control(tmp_path),
    )
    assert (outcome.best_epoch, outcome.steps) == (1, 2)
    before = weights.filled(NanoNet(), catalogue.weight_file(card)).state_dict()
    after = weights.filled(NanoNet(), file).state_dict()
    fixed = {name for name in before if "running" in name}
    assert fixed and all(torch.equal(before[name], after[name]) for name in fixed)
    assert not torch.equal(before["head.weight"], after["head.weight"])
    assert [event["epoch"] for event in events if event["event"] == "epoch"] == [0, 1]


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
    view, target = decoder_nano._drawn(photo, dot, (1, 2))
    assert view.shape == (9, 160, 160) and not target.any()
