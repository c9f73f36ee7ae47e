"""train clip: contrastive fine-tuning, on a tiny CN-CLIP with made-up weights."""

import json
import os
from dataclasses import replace

import cn_clip_weights
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from fake_models import photo, save
from sample_pages import FOLDER

from sscore import catalogue, cli, labels, models, weight_store
from sscore.errors import BadOption, SscError
from sscore.models import cn_clip
from sscore.models.nets import cn_clip as nets
from sscore.report import classification as reports
from sscore.train import class_data, clip, instances

LABELS = labels.load()


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setitem(nets.CONFIGS, "tiny", cn_clip_weights.TINY)
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "家 目录"))
    monkeypatch.setattr(os, "fsync", lambda fd: None)
    monkeypatch.setattr("sscore.models.engines.cpu_engine", lambda: "torch")
    path = tmp_path / "tiny.pt"
    cn_clip_weights.save(path)
    weight_store.keep(cn_clip_weights.CARD, path)


@pytest.fixture
def yard(tmp_path):
    """A folder for each of two classes, told apart by colour: 10 photos each."""
    rng = np.random.default_rng(0)
    for label in ("Angle", "Bar"):
        for n in range(10):
            rgb = photo(40, 40, **{label: (0, 0, 40, 40)})
            noisy = rgb * rng.uniform(0.6, 1.0) + rng.uniform(0, 20, rgb.shape)
            save(tmp_path / FOLDER / label / f"{n}.png", noisy.astype(np.uint8))
    return tmp_path / FOLDER


def request(yard, out, **changes):
    card = catalogue.card("tiny-clip", "classifier")
    options = {"epochs": 4, "batch": 8, "lr": 1e-3, "patience": 0} | changes
    resume = options.pop("resume", False)
    recipe = clip.load_recipe("paper", **options)
    file = catalogue.weight_file(card)
    return clip.Request(out, card, file, (yard,), LABELS, recipe, device="cpu", resume=resume)


def test_the_loss_is_clips_where_no_class_repeats():
    torch.manual_seed(0)
    seen, said = (F.normalize(torch.randn(5, 7), dim=-1) for _ in range(2))
    logits = 20 * seen @ said.T
    right = torch.arange(5)
    plain = (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2
    assert clip.contrastive(seen, said, torch.tensor(20.0), right) == pytest.approx(float(plain), rel=1e-5)


def test_a_text_of_the_same_class_is_no_wrong_answer():
    """Two crops of a class at its one text: nothing is left to gain, while the plain loss pushes one pair apart."""
    ends = torch.tensor([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])
    classes = torch.tensor([3, 3, 5])
    seen = ends.clone().requires_grad_()
    loss = clip.contrastive(seen, ends, torch.tensor(50.0), classes)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(2 / 3 * np.log(2), abs=1e-4)
    assert float(seen.grad.abs().max()) < 1e-4
    with_names = clip.contrastive(ends, ends, torch.tensor(50.0), torch.arange(3))
    assert float(with_names) == pytest.approx(float(loss.detach()), abs=1e-4), (
        "the same pairs, called wrong, cost the same"
    )
    apart = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    assert clip.contrastive(apart, apart, torch.tensor(50.0), classes) > loss + 10


def test_sixteen_crops_are_learned_by_heart(yard, tmp_path):
    few = labels.LabelSet("few", "", "", LABELS.labels[:2], LABELS.templates)
    asked = replace(request(yard, tmp_path / "run", epochs=24, batch=16, lr=3e-4), labels=few)
    outcome = clip.run(asked).outcome
    losses = [row["train"]["loss"] for row in outcome.curve if row["epoch"]]
    assert losses[-1] < losses[0] - 1
    pair = clip.Pair(cn_clip.network(asked.base, asked.file))
    pair.load_state_dict(torch.load(asked.out / "last.pt", weights_only=True)["net"])
    parts = instances.split(class_data.gather([yard], few), asked.recipe.shares, seed=asked.recipe.seed)
    learned = clip._Seen(class_data.pieces_of(parts["learn"]), few, "tight", 32, [])
    assert len(learned.classes) == 16 and clip.judged(pair, learned, clip.Words(few), "cpu")["accuracy"] == 1


def test_killed_and_resumed_it_is_the_same(yard, tmp_path):
    class Killed(Exception):
        pass

    steps = []

    def dying():
        steps.append(1)
        if len(steps) == 5:
            raise Killed
        return ""

    whole = clip.run(request(yard, tmp_path / "whole"))
    with pytest.raises(Killed):
        clip.run(request(yard, tmp_path / "cut"), control=dying)
    again = clip.run(request(yard, tmp_path / "cut", resume=True))
    ours, theirs = (torch.load(made.model, weights_only=True)["state_dict"] for made in (whole, again))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert [row["train"] for row in whole.outcome.curve] == [row["train"] for row in again.outcome.curve]


def test_frozen_words_stay(yard, tmp_path):
    before = torch.load(catalogue.weight_file(cn_clip_weights.CARD), weights_only=True)["state_dict"]
    kept = {}
    for name, frozen in (("frozen", True), ("full", False)):
        clip.run(request(yard, tmp_path / name, frozen_text=frozen))
        kept[name] = torch.load(tmp_path / name / "last.pt", weights_only=True)["net"]
    towers = {key.split(".")[1] for key in kept["frozen"]}
    assert towers == {"visual", "logit_scale"}
    moved = [key for key, value in kept["full"].items() if not torch.equal(value, before[f"module.{key[4:]}"])]
    assert any(key.startswith("net.bert.encoder") for key in moved) and "net.visual.proj" in moved
    assert clip.load_recipe("frozen-text").frozen_text and clip.load_recipe("paper").batch == 48
    assert clip.load_recipe("paper").lr == 1e-6 and clip.load_recipe("paper").schedule == "cosine"


def test_nothing_better_leaves_the_model_as_it_was(yard, tmp_path):
    made = clip.run(request(yard, tmp_path / "run", lr=1e-12))
    before = torch.load(catalogue.weight_file(cn_clip_weights.CARD), weights_only=True)["state_dict"]
    after = torch.load(made.model, weights_only=True)["state_dict"]
    assert made.outcome.best_epoch == 0 and all(torch.equal(after[name], before[name]) for name in after)


def test_a_loss_that_is_no_number_keeps_the_last_good_weights(yard, tmp_path, monkeypatch):
    real, taken = clip.contrastive, []

    def broken(*args):
        taken.append(1)
        return real(*args) * (float("nan") if len(taken) > 3 else 1)

    monkeypatch.setattr(clip, "contrastive", broken)
    with pytest.raises(SscError, match="no longer a number"):
        clip.run(request(yard, tmp_path / "run", epochs=20))
    kept = torch.load(tmp_path / "run" / "last.pt", weights_only=True)["net"]
    assert all(bool(value.isfinite().all()) for value in kept.values())


def ssc(capsys, *args):
    code = cli.run([str(arg) for arg in args])
    return code, *capsys.readouterr()


def test_the_verb_makes_a_model_in_the_authors_form(capsys, yard, tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(
        reports, "write", lambda judged, *rest, **more: written.append(judged) or reports.Written(tmp_path / "r", ())
    )
    args = ("train", "clip", yard, "--base", "tiny-clip", "--device", "cpu", "--epochs", "2", "--batch", "8", "--json")
    code, text, err = ssc(capsys, *args, "--out", tmp_path / "o", "--name", "our-clip", "--lr", "0.001")
    record = json.loads(text)
    assert code == 0 and record["judged"]["n"] == 2 and record["before"]["accuracy"] <= 1, err
    card = catalogue.card("our-clip", "classifier")
    assert (card.family, card.variant, card.file, card.urls) == ("cn_clip", "tiny", "our-clip.pt", ())
    stored = torch.load(catalogue.weight_file(card), weights_only=True)
    assert set(stored) == {"epoch", "step", "name", "state_dict"}
    assert all(name.startswith("module.") for name in stored["state_dict"])
    model = models.load_classifier("our-clip", engine="torch", device="cpu")
    assert isinstance(model, cn_clip.CnClipClassifier)
    crop = np.full((20, 20, 3), 90, np.uint8)
    assert set(model.scores([crop], labels.load("trashnet"))[0].labels) == set(labels.load("trashnet").keys)
    code, _, err = ssc(capsys, *args, "--out", tmp_path / "p", "--name", "x", "--base", "nano-cls")
    assert code == 2 and "is no CN-CLIP" in err


def test_a_prompt_of_300_characters_is_one_line(capsys, yard, tmp_path):
    own = tmp_path / "标签.toml"
    rows = "".join(
        f'[[label]]\nkey = "{key}"\nen = "{key}"\nzh = "{key}"\ncolour = "#112233"\ntexts = ["{text}"]\n'
        for key, text in (("Angle", "角钢"), ("Bar", "钢" * 300))
    )
    own.write_text(f'key = "long"\nen = "long"\nzh = "long"\n{rows}', encoding="utf-8")
    args = ("train", "clip", yard, "--base", "tiny-clip", "--out", tmp_path / "o", "--name", "x", "--labels", own)
    code, out, err = ssc(capsys, *args)
    assert (code, out, err.count("\n")) == (2, "", 1) and "class 'Bar'" in err and "tokens" in err


def test_data_of_another_run_is_not_mixed_in(yard, tmp_path):
    clip.run(request(yard, tmp_path / "run", epochs=1))
    save(yard / "Bar" / "new.png", photo(24, 24, Bar=(0, 0, 20, 24)))
    with pytest.raises(BadOption, match="not what this run began with"):
        clip.run(request(yard, tmp_path / "run", epochs=1, resume=True))
