"""The trainer by epochs: what it keeps, what it goes on from, and what it says when something goes wrong."""

from __future__ import annotations

import errno
import json
import subprocess
import sys

import pytest
import torch
import toy_training as toy
from torch import nn

from sscore import paths
from sscore.errors import BadDataset, BadOption, DiskFull, SscError, WrongWeights
from sscore.train import recipe as recipes
from sscore.train.hardware import half_of
from sscore.train.recipe import Recipe
from sscore.train.trainer import train

SHORT = toy.RECIPE.model_copy(update={"epochs": 2})


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "废钢 照片" / "run"


def same(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


@pytest.mark.parametrize("deadly", [10, 13])
def test_a_killed_run_goes_on_bit_for_bit(folder, tmp_path, deadly):
    """Killed between two epochs, and in the middle of the third."""
    whole, outcome = toy.run(tmp_path / "uninterrupted")
    died = subprocess.run([sys.executable, toy.__file__, str(folder), str(deadly)], capture_output=True)
    assert died.returncode == 9, died.stderr
    again, resumed = toy.run(folder, resume=True)
    assert same(whole, again)
    assert resumed.steps == outcome.steps == 20 and resumed.curve == outcome.curve
    kept = [torch.load(run / "last.pt", weights_only=True) for run in (folder, tmp_path / "uninterrupted")]
    assert all(torch.equal(kept[0]["net"][name], value) for name, value in kept[1]["net"].items())


def test_pausing_keeps_everything_and_finishing_keeps_the_best(folder, tmp_path):
    orders = iter(["", "", "pause"])
    _, paused = toy.run(folder, control=lambda: next(orders))
    assert paused.state == "paused" and paused.steps == 3
    orders = iter([""] * 8 + ["finish"])
    events = []
    net, finished = toy.run(folder, resume=True, control=lambda: next(orders), emit=events.append)
    assert events[0] == {"event": "resumed", "of": toy.RECIPE.epochs, "curve": []}
    assert finished.state == "finished" and finished.epochs == 2
    again, over = toy.run(folder, resume=True)
    assert (over.state, over.steps) == ("finished", finished.steps) and same(again, net)
    best, _ = toy.run(tmp_path / "short", SHORT.model_copy(update={"schedule": "constant"}))
    assert finished.best_epoch in (1, 2)
    assert toy.validate(net)["fit"] == pytest.approx(finished.best)
    assert not same(net, best)  # the cosine of four epochs, cut at two, is another schedule


def test_the_best_epoch_is_what_remains_and_frozen_layers_are_untouched(folder):
    figures = iter([0.2, 0.9, 0.4, 0.5])
    seen = []

    def validate(net):
        seen.append({name: value.clone() for name, value in net.state_dict().items()})
        return {"dice": next(figures)}

    net = toy.net()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    outcome = train(net, toy.batches, toy.step, validate, toy.RECIPE, folder, monitor="dice")
    assert (outcome.best_epoch, outcome.best, outcome.state) == (2, 0.9, "done")
    after = net.state_dict()
    assert all(torch.equal(after[name], value) for name, value in seen[1].items())
    frozen = [name for name in before if name.startswith(("0.", "1."))]
    assert len(frozen) == 7 and all(torch.equal(before[name], after[name]) for name in frozen)
    assert not torch.equal(before["4.weight"], after["4.weight"])
    stored = torch.load(folder / "best.pt", weights_only=True)["net"]
    assert "4.weight" in stored and "0.weight" not in stored


def test_nothing_better_than_the_start_leaves_the_start(folder):
    figures = iter([0.9, 0.2, 0.3])
    net, begun = toy.net(), toy.net()
    outcome = train(
        net, toy.batches, toy.step, lambda _: {"dice": next(figures)}, SHORT, folder, monitor="dice", from_start=True
    )
    assert outcome.best_epoch == 0 and same(net, begun)
    assert [row["epoch"] for row in outcome.curve] == [0, 1, 2]


def test_stops_early_when_nothing_improves(folder):
    recipe = toy.RECIPE.model_copy(update={"epochs": 30, "patience": 2})
    figures = iter([0.5, 0.3, 0.4] + [0.1] * 30)
    outcome = train(
        toy.net(), toy.batches, toy.step, lambda _: {"loss": next(figures)}, recipe, folder, monitor="loss", best="min"
    )
    assert (outcome.state, outcome.best_epoch, outcome.epochs) == ("early", 4, 6)


def test_events_and_log_tell_the_whole_story(folder):
    events = []
    toy.run(folder, SHORT, emit=events.append, tensorboard=True)
    epochs = [event for event in events if event["event"] == "epoch"]
    assert [event["epoch"] for event in epochs] == [1, 2] and epochs[0]["of"] == 2
    assert set(epochs[1]["train"]) == {"loss", "error"} and epochs[0]["lr"] > epochs[1]["lr"]
    assert events[-1] | {"seconds": 0} == {
        "event": "trained",
        "state": "done",
        "epochs": 2,
        "steps": 10,
        "best_epoch": 2,
        "best": events[-1]["best"],
        "seconds": 0,
    }
    written = [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert written == [event for event in events if event["event"] != "step"]
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert about["recipe"] == SHORT.model_dump() and about["recipe"]["seed"] == 5 and about["precision"] == "float32"
    assert list((folder / "tensorboard").glob("events.out*"))


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_weights(folder):
    taken = []

    def turning_bad(net, batch):
        taken.append(1)
        loss, figures = toy.step(net, batch)
        return (loss if len(taken) <= 7 else loss * float("nan")), figures

    with pytest.raises(SscError, match="no longer a number") as said:
        toy.run(folder, step=turning_bad, keep_seconds=0.0)
    kept = torch.load(folder / "last.pt", weights_only=True)
    assert len(taken) == 15, "the third epoch had nothing to learn from"
    assert all(bool(value.isfinite().all()) for value in kept["net"].values())
    assert "resume to end with its best epoch, 2" in str(said.value)
    net, ended = toy.run(folder, resume=True, step=turning_bad)
    assert (ended.state, ended.best_epoch, len(taken)) == ("finished", 2, 15)
    assert toy.validate(net)["fit"] == pytest.approx(ended.best)


def test_a_bad_batch_leaves_no_trace_in_the_statistics_of_norms(folder):
    taken = []

    def one_bad(net, batch):
        taken.append(1)
        inputs = batch[0] * float("nan") if len(taken) == 2 else batch[0]
        return toy.step(net, (inputs, batch[1]))

    net, outcome = toy.run(folder, SHORT, step=one_bad)
    assert outcome.skipped == 1 and bool(net[5].running_mean.isfinite().all())


def test_a_run_that_never_gave_numbers_leaves_no_model(folder):
    def diverged(net):
        return toy.validate(net) | {"loss": float("nan")}

    with pytest.raises(SscError, match=r"no longer a number \(begin anew with a lower learning rate"):
        train(toy.net(), toy.batches, toy.step, diverged, SHORT, folder, monitor="fit")


def test_a_single_bad_step_is_left_out(folder):
    taken = []

    def hiccup(net, batch):
        taken.append(1)
        loss, figures = toy.step(net, batch)
        return (loss * float("inf") if len(taken) == 2 else loss), figures

    outcome = toy.run(folder, SHORT, step=hiccup)[1]
    assert outcome.skipped == 1 and all(row["train"]["loss"] < 100 for row in outcome.curve)


def test_a_figure_of_some_steps_is_the_mean_over_those(folder):
    taken = []

    def now_and_then(net, batch):
        taken.append(1)
        loss, figures = toy.step(net, batch)
        return loss, figures | ({"dice": 0.5} if len(taken) % 2 else {})

    rows = toy.run(folder, SHORT, step=now_and_then)[1].curve
    assert rows and all(row["train"]["dice"] == 0.5 for row in rows)


def test_out_of_memory_says_which_batch_would_fit(folder):
    def greedy(net, batch):
        if len(batch[0]) > 4:
            raise torch.cuda.OutOfMemoryError("out of memory")
        return toy.step(net, batch)

    with pytest.raises(SscError, match=r"a batch of 6 \(a batch of 3 fits"):
        toy.run(folder, step=greedy)

    def impossible(net, batch):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    with pytest.raises(SscError, match="not even one sample fits"):
        toy.run(folder.with_name("other"), step=impossible)


def test_a_full_disk_loses_nothing(folder, monkeypatch):
    """Full while the second epoch's checkpoint is written."""
    real, written = paths.write_atomic, []

    def full(path, data, **more):
        written.append(path.name)
        if written.count("last.pt") == 2:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        real(path, data, **more)

    with monkeypatch.context() as patch:
        patch.setattr(paths, "write_atomic", full)
        with pytest.raises(DiskFull, match=r"last\.pt: .*disk is full.*--resume"):
            toy.run(folder)
    whole, _ = toy.run(folder.with_name("uninterrupted"))
    assert same(toy.run(folder, resume=True)[0], whole)


def test_a_run_is_not_mixed_with_another(folder):
    toy.run(folder, SHORT)
    with pytest.raises(BadOption, match="already there"):
        toy.run(folder, SHORT)
    with pytest.raises(BadOption, match=r"begun with lr 0\.02"):
        toy.run(folder, SHORT.model_copy(update={"lr": 0.1}), resume=True)
    with pytest.raises(BadOption, match="nothing to resume"):
        toy.run(folder.with_name("elsewhere"), resume=True)
    with pytest.raises(WrongWeights, match="another network"):
        train(nn.Linear(4, 1), toy.batches, toy.step, toy.validate, SHORT, folder, monitor="fit", resume=True)
    (folder / "last.pt").write_bytes(b"PK\x03\x04 half a checkpoint")
    with pytest.raises(WrongWeights, match="damaged"):
        toy.run(folder, SHORT, resume=True)


def test_no_data_is_said(folder):
    with pytest.raises(BadDataset, match="no batch"):
        train(toy.net(), lambda epoch: [], toy.step, toy.validate, SHORT, folder, monitor="fit")


def test_rates_follow_the_schedules():
    def rates(**values):
        recipe = Recipe(epochs=6, lr=1.0, **values)
        return [round(recipe.rate(epoch, 100), 4) for epoch in range(1, 7)]

    weight = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    torchs, seen = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=6), []
    for _ in range(6):
        seen.append(round(optimizer.param_groups[0]["lr"], 4))
        optimizer.step()
        torchs.step()
    assert rates(schedule="cosine") == seen
    assert rates(schedule="step", schedule_epochs=2, schedule_factor=0.5) == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert rates() == [1] * 6
    warm = Recipe(epochs=2, lr=1.0, warm_up_steps=3)
    assert [warm.rate(1, steps) for steps in range(5)] == [0.25, 0.5, 0.75, 1, 1]


def test_a_plateau_lowers_the_rate(folder):
    recipe = toy.RECIPE.model_copy(
        update={"epochs": 6, "schedule": "plateau", "schedule_epochs": 2, "schedule_factor": 0.1}
    )
    outcome = train(toy.net(), toy.batches, toy.step, lambda _: {"dice": 0.5}, recipe, folder, monitor="dice")
    assert [round(row["lr"], 6) for row in outcome.curve] == [0.02, 0.02, 0.02, 0.002, 0.002, 0.0002]


def test_groups_learn_at_their_own_rate_and_other_optimizers_work(folder):
    for number, name in enumerate(("sgd", "adam")):
        net = toy.net()
        groups = [{"params": list(net[4].parameters()), "lr_scale": 0.0}, {"params": list(net[6].parameters())}]
        before = net[4].weight.clone(), net[6].weight.clone()
        recipe = SHORT.model_copy(update={"optimizer": name, "weight_decay": 0.0})
        train(net, toy.batches, toy.step, toy.validate, recipe, folder / str(number), monitor="fit", groups=groups)
        assert torch.equal(net[4].weight, before[0]) and not torch.equal(net[6].weight, before[1])


def test_half_precision_on_a_processor_learns_too(folder):
    recipe = SHORT.model_copy(update={"precision": "bf16", "epochs": 3})
    outcome = toy.run(folder, recipe)[1]
    assert outcome.curve[-1]["train"]["loss"] < outcome.curve[0]["train"]["loss"]
    assert half_of("cpu", "float32") is None
    with pytest.raises(BadOption, match="fp16 needs a GPU"):
        half_of("cpu", "fp16")


def test_recipes_say_what_is_wrong(folder):
    folder.mkdir(parents=True)
    own = folder / "ours.toml"
    own.write_text("epochs = 3\nlr = 0.1\n", encoding="utf-8")
    assert recipes.load(Recipe, "decoder", str(own), batch=2, seed=None) == Recipe(epochs=3, lr=0.1, batch=2)
    for text, said in (
        ("epochs = 0\nlr = 0.1", "epochs"),
        ("epochs = 3\nlr = 0.1\nlearning_rate = 1", "learning_rate"),
        ("lr = 0.1", "epochs"),
        ("epochs = ", "cannot be read"),
    ):
        own.write_text(text, encoding="utf-8")
        with pytest.raises(BadOption, match=said):
            recipes.load(Recipe, "decoder", str(own))
    with pytest.raises(BadOption, match="no recipe 'fast'"):
        recipes.load(Recipe, "decoder", "fast")
