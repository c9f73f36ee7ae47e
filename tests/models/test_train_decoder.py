"""Fine-tuning a decoder: mechanics on a small network with SAM's own decoder, whose encoder is a handful of weights."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import sam_weights
import torch
from torch import nn

from sscore import catalogue, coco, images, models, paths
from sscore.cli import run
from sscore.errors import BadDataset, BadOption, ModelMissing, WrongWeights
from sscore.evaluate.measure import Design
from sscore.labels import load as load_labels
from sscore.models import checkpoints, weights
from sscore.models.nets import sam
from sscore.train import decoder, decoder_data, decoder_net, decoder_prompts, decoder_report, decoder_sam
from sscore.train.decoder_prompts import DecoderRecipe
from sscore.train.decoder_time import FINISHED
from sscore.train.recipe import load as load_recipe
from sscore.train.trainer import Outcome
from sscore.types import Annotation, Mask, ModelCard, Page

CARD = ModelCard("small-sam", "segmenter", "mobile_sam", file="small.pth")


class Encoder(nn.Module):
    """Photo (1, 3, 1024, 1024) -> (1, 256, 64, 64): colours of patches, projected. Counts its calls."""

    calls = 0

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 256, 16, 16)

    def forward(self, x):
        Encoder.calls += 1
        return self.patch(x)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A home of its own with `small-sam`: MobileSAM's decoder behind that encoder."""
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("sscore.models.sam.open_runner", _torch_runner)
    monkeypatch.setitem(sam._BUILDERS, ("mobile_sam", ""), lambda: sam._sam(Encoder()))
    whole = sam.build("mobile_sam", "")
    state = {key: sam_weights.values(key, tuple(v.shape), v.dtype) for key, v in whole.state_dict().items()}
    paths.user_weights().mkdir(parents=True)
    torch.save(state, paths.user_weights() / CARD.file)
    catalogue.append(CARD)
    return state


def _torch_runner(build, inputs, family, digest, **_):
    from sscore.models.engines import TorchRunner

    return TorchRunner(build(), digest, "cpu")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Four small scenes as a COCO file beside its photos, in a folder with a Chinese name."""
    folder = tmp_path_factory.mktemp("data") / "废钢 照片"
    folder.mkdir()
    pages = []
    for number in range(4):
        rgb = np.full((120, 160, 3), 90 + 10 * number, np.uint8)
        rgb[:, ::7] += 20
        bits = np.zeros((120, 160), np.bool_)
        x, y = 20 + 12 * number, 30 + 5 * number
        bits[y : y + 40, x : x + 30] = True
        second = np.zeros_like(bits)
        second[5:25, 100:150] = True
        rgb[bits], rgb[second] = (200, 60, 40), (30, 60, 190)
        images.write_image(folder / f"{number}.png", rgb)
        found = [Annotation(k + 1, _mask(b), label) for k, (b, label) in enumerate(((bits, "Bar"), (second, "Plate")))]
        pages.append(Page(f"{number}.png", 160, 120, annotations=tuple(found)))
    coco.export(pages, load_labels(), folder / "coco.json")
    return folder / "coco.json"


def _mask(bits) -> Mask:
    from sscore.mask_sets import tight

    found = tight(bits)
    assert found is not None
    return found


RECIPE = "epochs = {epochs}\nlr = 1e-3\nbatch = 2\nforeground = 3\nbackground = 1\nvary = true\nleave_out = 0.5\n"
MORE = "shift = 6.0\nshift_share = 0.5\nrefinements = 1\nquality = 1.0\nrehearse = 0.3\nflips = true\nclip = 1.0\n"


@pytest.fixture
def recipe(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(RECIPE.format(epochs=1) + MORE, encoding="utf-8")
    return file


def test_from_annotations_to_a_model_that_is_there_at_once(small, dataset, recipe, tmp_path, capsys, monkeypatch):
    Encoder.calls = 0
    # The real ones take a while on a decoder of full size.
    monkeypatch.setattr(decoder_report, "SHIFTS", ((0.0, 10.0),))
    monkeypatch.setattr(decoder_report, "STRATEGIES", ("S2", "S5"))
    monkeypatch.setattr(decoder_report, "WHILE_TRAINING", Design(("S2",), ((0.0, 10.0),)))
    # What one epoch of a random network is worth is chance: here it is worth something.
    real, seen = decoder_report.epoch_figures, []

    def rising(segmenter, judge):
        seen.append(real(segmenter, judge))
        return seen[-1] | {"dice": len(seen) / 10}

    monkeypatch.setattr(decoder_sam, "epoch_figures", rising)
    out = tmp_path / "废钢 run"
    asked = ["train", "decoder", str(dataset), "--model", CARD.id, "--recipe", str(recipe), "--as", "our-sam"]
    code = run([*asked, "--everything", "0", "--out", str(out), "--events"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    result = events[-1]
    assert code == 0 and result["event"] == "result" and result["model"] == "our-sam", events[-1]
    # Photos to learn from are encoded with their mirror images, those to judge by once, whatever the epochs.
    judged = result["report"]["photos"]
    assert Encoder.calls == 2 * (4 - judged) + judged
    assert {event["event"] for event in events} >= {"plan", "embedded", "epoch", "step", "trained", "measuring"}
    assert [set(one) >= {"dice", "dice_first", "dice_shifted", "iou_error"} for one in seen] == [True, True]
    rows = result["report"]["rows"]
    assert {row["strategy"] for row in rows} == {"S2", "S5"} and len(rows) == 4
    assert "before" in (out / "report.txt").read_text(encoding="utf-8")

    row = catalogue.card("our-sam")
    assert row.base == CARD.id and row.sha256 and row.bytes == catalogue.weight_file(row).stat().st_size
    stored = checkpoints.read(catalogue.weight_file(row))
    assert stored and all(name.startswith("mask_decoder.") for name in stored) and row.bytes < 9e6
    run(["models", "list"])
    assert "our-sam" in capsys.readouterr().out
    tuned, base = models.load_segmenter("our-sam"), models.load_segmenter(CARD.id)
    photo = images.read(dataset.parent / "0.png")
    # The same embeddings serve both, and only the decoder's answers differ.
    assert tuned.encode(photo).key == base.encode(photo).key
    whole = checkpoints.fill(
        sam.build("mobile_sam", ""), catalogue.weight_file(row), "mobile_sam", "", catalogue.weight_file(CARD)
    ).state_dict()
    changed = {name for name, value in whole.items() if not torch.equal(value, small[name])}
    assert changed and changed <= stored.keys()

    catalogue.weight_file(CARD).unlink()
    with pytest.raises(ModelMissing, match="'our-sam' is a decoder for 'small-sam'"):
        models.load_segmenter("our-sam")


def test_a_decoder_goes_into_its_own_base_only(small, tmp_path):
    learner = decoder_net.Learner(_whole(small), DecoderRecipe(epochs=1, lr=1e-4))
    own, base = tmp_path / "own.safetensors", paths.user_weights() / CARD.file
    decoder_net.save(learner, own, CARD, CARD.id, weights.digest(base))
    net = sam.build("mobile_sam", "")
    checkpoints.fill(net, own, "mobile_sam", "", base)
    other = tmp_path / "other.pth"
    torch.save({**small, "mask_decoder.iou_token.weight": torch.zeros(1, 256)}, other)
    with pytest.raises(WrongWeights, match="another copy of 'small-sam'"):
        checkpoints.fill(net, own, "mobile_sam", "", other)
    for spoilt in ({"image_encoder.patch.bias": torch.zeros(256)}, {}):
        from safetensors.torch import save_file

        facts = {"base": CARD.id, "base_sha256": weights.digest(base), "tensors": "7"}
        save_file({**spoilt, "mask_decoder.iou_token.weight": torch.zeros(1, 256)}, own, metadata=facts)
        with pytest.raises(WrongWeights, match="not a whole decoder"):
            checkpoints.fill(net, own, "mobile_sam", "", base)


def _whole(state):
    net = sam.build("mobile_sam", "")
    net.load_state_dict(state)
    return net.eval()


def _samples(count, recipe):
    """Prompts on `count` instances of one photo, and an embedding of its own for each."""
    rng = np.random.default_rng(3)
    found = []
    for number in range(count):
        bits = np.zeros((128, 128), np.bool_)
        x, y = 10 + 13 * (number % 4), 12 + 40 * (number // 4)
        bits[y : y + 34, x : x + 50] = True
        image = torch.from_numpy(decoder_prompts.coverage(_mask(bits), (128, 128)))[None, None]
        image = nn.functional.adaptive_avg_pool2d(image, 64) * torch.randn(1, 256, 1, 1, generator=_seeded(1))
        image = image + 0.1 * torch.randn(1, 256, 64, 64, generator=_seeded(number))
        prompt = decoder_prompts.draw(_mask(bits), (128, 128), recipe, rng)
        tokens = decoder_data.prompt_tokens([prompt], (128, 128))
        truth = decoder_prompts.coverage(_mask(bits), (128, 128))
        found.append(decoder_net.Sample((image.numpy(),), *tokens, truth, (number,)))
    return found


def _seeded(number):
    return torch.Generator().manual_seed(number)


def test_a_decoder_learns_and_nothing_else_changes(small):
    recipe = DecoderRecipe(epochs=1, lr=1e-3, quality=1.0)
    learner = decoder_net.Learner(_whole(small), recipe)
    before = {name: value.clone() for name, value in learner.state_dict().items()}
    samples = _samples(1, recipe)
    optimizer = torch.optim.AdamW([p for p in learner.parameters() if p.requires_grad], lr=1e-3)
    first = None
    for _ in range(8):
        loss, _ = learner(samples)
        first = first or float(loss.detach())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        loss, _ = learner(samples)
    assert loss < 0.65 * first
    after = learner.state_dict()
    frozen = [name for name in before if not name.startswith("decoder.decoder.")]
    assert len(frozen) > 10 and all(torch.equal(before[name], after[name]) for name in frozen)
    assert all(p.grad is None for name, p in learner.named_parameters() if name in frozen)
    head = "decoder.decoder.iou_prediction_head.layers.0.weight"
    assert not torch.equal(before[head], after[head])


def test_the_recipe_says_what_learns(small):
    plain = decoder_net.Learner(_whole(small), DecoderRecipe(epochs=1, lr=1e-4))
    names = {name for name, value in plain.named_parameters() if value.requires_grad}
    assert names and all(name.startswith("decoder.decoder.") for name in names)
    assert not any("iou_prediction_head" in name for name in names)
    sure = decoder_net.Learner(_whole(small), DecoderRecipe(epochs=1, lr=1e-4, quality=1.0))
    assert {n for n, v in sure.named_parameters() if v.requires_grad} - names == {
        name for name, _ in sure.named_parameters() if "iou_prediction_head" in name
    }


def _reached(learner, sample):
    """Which masks' own layers (0 to 3), and whether the head of the predicted IoU, a step on this sample changes."""
    learner.zero_grad()
    learner([sample])[0].backward()
    moved = {name for name, value in learner.named_parameters() if value.grad is not None and value.grad.any()}
    masks = {k for k in range(4) if any(f"output_hypernetworks_mlps.{k}." in name for name in moved)}
    return masks, any("iou_prediction_head" in name for name in moved)


def test_robust_reaches_all_that_everything_mode_chooses_from(small):
    plain, sure = (
        decoder_net.Learner(_whole(small), load_recipe(DecoderRecipe, "decoder", name)) for name in ("paper", "robust")
    )
    annotated = _samples(1, plain.recipe)[0]
    masks, head = _reached(plain, annotated)
    # The single mask and the best of the three: nothing says how good they have become, or holds the other two.
    assert len(masks) == 2 and 0 in masks and not head
    assert _reached(sure, annotated)[1]
    with torch.no_grad():
        sure.decoder.decoder.mask_tokens.weight += 0.1
    assert _reached(sure, replace(annotated, truth=None)) == ({0, 1, 2, 3}, True)


def test_rehearsal_asks_for_nothing_new_and_refinement_clicks_where_it_is_wrong(small):
    recipe = DecoderRecipe(epochs=1, lr=1e-4, quality=1.0, rehearse=0.5, refinements=2)
    learner = decoder_net.Learner(_whole(small), recipe)
    sample = _samples(1, recipe)[0]
    held, _ = learner([replace(sample, truth=None)])
    assert abs(float(held.detach())) < 1e-4
    loss, figures = learner([sample])
    loss.backward()
    # Its own first answers come back as masks to refine, through the frozen part.
    assert np.isfinite(float(loss.detach())) and 0 <= figures["dice"] <= 1
    assert learner.decoder.prompts.mask_downscaling[0].weight.grad is None


def test_prompts_are_those_of_the_recipe():
    mask, hw = _mask(np.pad(np.ones((30, 40), np.bool_), 40)), (110, 120)
    rng = np.random.default_rng(0)
    recipe = DecoderRecipe(epochs=1, lr=1e-4)
    drawn = [decoder_prompts.draw(mask, hw, recipe, rng) for _ in range(400)]
    kinds = {(len(p.points) > 0, p.box is not None) for p in drawn}
    assert kinds == {(True, True), (True, False), (False, True)}
    assert sum(p.box is not None for p in drawn) / 400 == pytest.approx(0.625, abs=0.07)
    full = mask.full(*hw)
    for prompt in drawn:
        assert prompt.positive.sum() == 2 * (~prompt.positive).sum()
        on = full[prompt.points[:, 1].astype(int), prompt.points[:, 0].astype(int)]
        assert np.array_equal(on, prompt.positive) and prompt.box in (None, mask.box)
    shifted = decoder_prompts.draw(mask, hw, recipe.model_copy(update={"shift": 30.0, "leave_out": 0.0}), rng)
    assert shifted.box != mask.box


def test_targets_are_coverage_and_mirrors_are_exact():
    bits = np.zeros((100, 200), np.bool_)
    bits[10:50, 20:80] = True
    cover = decoder_prompts.coverage(_mask(bits), (100, 200))
    assert cover.shape == (256, 256) and cover[128:].max() == 0
    assert cover.sum() == pytest.approx(bits.sum() * 1.28**2, rel=1e-3)
    mirror = decoder_prompts.mirrored(_mask(bits), 200)
    assert np.array_equal(mirror.full(100, 200), bits[:, ::-1])


def test_an_epoch_holds_every_instance_once_and_little_memory(small, dataset):
    from sscore.train.instances import gather

    data = gather([dataset])
    recipe = DecoderRecipe(epochs=1, lr=1e-4, batch=3, rehearse=0.5, flips=True, seed=4)
    epochs = [[ask for batch in decoder_data.epoch(data.shots, recipe, n) for ask in batch] for n in (1, 1, 2)]
    assert epochs[0] == epochs[1] != epochs[2]
    for asks in epochs:
        pieces = sorted((ask.shot, ask.number) for ask in asks if ask.number >= 0)
        assert pieces == [(shot, k) for shot in range(4) for k in range(2)]
        assert any(ask.number < 0 for ask in asks) and any(ask.flip for ask in asks)


def test_what_is_held_lies_on_no_instance():
    """The photo is annotated all over but for a strip at its right end, in the mirror at its left."""
    shot = SimpleNamespace(width=100, height=60, masks=(_mask(np.ones((60, 70), np.bool_)),))
    embedding = SimpleNamespace(image_hw=(60, 100), arrays={})
    for flip in (False, True):
        asks = [decoder_data.Ask(0, -1, flip, (seed,)) for seed in range(30)]
        drawn = [decoder_data.sample(ask, shot, embedding, DecoderRecipe(epochs=1, lr=1e-4)) for ask in asks]
        x = np.array([one.points[0, 0, 0] for one in drawn]) * 100 / 1024
        assert all(one.truth is None for one in drawn)
        assert (x < 30).all() if flip else (x >= 70).all()


def test_embeddings_survive_a_disk_that_takes_none(small, dataset, monkeypatch):
    from sscore.models.cache import EmbeddingCache
    from sscore.train.instances import gather

    shots = gather([dataset]).shots
    segmenter = models.load_segmenter(CARD.id)
    kept = decoder_data.Embeddings(segmenter, shots, EmbeddingCache(ram_bytes=0))
    kept.prepare(flips=False)
    assert kept.encoded == 4
    held = decoder_data.Embeddings(segmenter, shots, EmbeddingCache(ram_bytes=0, disk_bytes=0))
    held.prepare(flips=False)
    Encoder.calls = 0
    assert np.array_equal(held.get(2).arrays["image"], kept.get(2).arrays["image"]) and Encoder.calls == 0


def test_bad_input_is_named(small, dataset, tmp_path):
    def ask(**values):
        request = decoder.Request(tmp_path / "run", (dataset,), CARD.id, "quick", **values)
        return decoder.train(request, emit=lambda event: None, warn=said.append)

    said: list[str] = []
    data = json.loads(dataset.read_text(encoding="utf-8"))
    few = {**data, "annotations": data["annotations"][:3]}
    place = dataset.with_name("few.json")
    place.write_text(json.dumps(few), encoding="utf-8")
    with pytest.raises(BadDataset, match="3 instances are too few"):
        decoder.train(decoder.Request(tmp_path / "run", (place,), CARD.id), emit=lambda event: None, warn=said.append)
    with pytest.raises(BadDataset, match="cannot be split"):
        ask(group_by="png")
    with pytest.raises(BadOption, match="cannot be fine-tuned"):
        decoder.train(
            decoder.Request(tmp_path / "run", (dataset,), "grabcut"), emit=lambda event: None, warn=said.append
        )
    with pytest.raises(BadOption, match="is a model of the program"):
        ask(name="nano")
    with pytest.raises(BadOption, match="nothing to resume"):
        ask(resume=True)
    assert any("are few" in sentence for sentence in decoder.doubts(*_halves(dataset)))


def test_a_run_that_died_while_measuring_ends_on_its_second_start(small, dataset, tmp_path, monkeypatch):
    def learnt(card, learn, judge, recipe, folder, **more):
        (folder / "last.pt").write_bytes(b"")
        file = folder / "decoder.safetensors"
        decoder_net.save(decoder_net.Learner(_whole(small), recipe), file, card, card.id, "")
        return Outcome("done", 8, 16, 0, 1.0, best, 0.9, ()), file

    def train(**values):
        request = decoder.Request(tmp_path / "废钢 run", **values)
        return decoder.train(request, emit=lambda event: None, warn=lambda sentence: None)

    def died(*_):
        raise OSError("no electricity")

    best = 3
    monkeypatch.setattr(decoder_sam, "fine_tune", learnt)
    finished = tmp_path / "废钢 run" / FINISHED
    with monkeypatch.context() as patch:
        patch.setattr(decoder, "_measured", died)
        with pytest.raises(OSError, match="electricity"):
            train(sources=(dataset,), model=CARD.id, recipe="quick", name="own")
    assert "own" in catalogue.user_ids() and not finished.exists()
    monkeypatch.setattr(decoder, "_measured", lambda *_: {"rows": [], "overall": {}})
    monkeypatch.setattr(decoder_report, "as_text", lambda report: "")
    assert train(sources=(), resume=True)["model"] == "own" and finished.exists()
    assert catalogue.user_ids().count("own") == 1
    with pytest.raises(BadOption, match="already"):  # one that another run made stays
        decoder.train(
            decoder.Request(tmp_path / "other", (dataset,), CARD.id, "quick", name="own"),
            emit=lambda event: None,
            warn=lambda sentence: None,
        )
    best = 0
    shutil.rmtree(finished.parent)
    assert not train(sources=(dataset,), model=CARD.id, recipe="quick")["model"] and finished.exists()


def _halves(dataset):
    from sscore.train.instances import gather, split

    return tuple(split(gather([dataset]), {"train": 0.5, "validation": 0.5}).values())


def test_everything_mode_is_the_models_own(small):
    from sscore.models.cache import EmbeddingCache
    from sscore.models.everything import FindsAll

    cache = EmbeddingCache(ram_bytes=0, disk_bytes=0)
    sam_like = decoder_report.remembering(models.load_segmenter(CARD.id), cache)
    assert isinstance(sam_like, FindsAll) and sam_like.card.id == CARD.id
    assert not isinstance(decoder_report.remembering(models.load_segmenter("nano"), cache), FindsAll)


def test_a_run_goes_on_with_what_it_was_asked_for(small, dataset, tmp_path, monkeypatch):
    place = shutil.copytree(dataset.parent, tmp_path / "数据") / dataset.name
    asked = []

    def paused(card, learn, judge, recipe, folder, **more):
        asked.append((card.id, learn.digest, judge.digest, recipe, more["resume"]))
        (folder / "last.pt").write_bytes(b"")
        return Outcome("paused", 1, 2, 0, 1.0, 0, None, ()), folder / "decoder.safetensors"

    def train(request):
        return decoder.train(request, emit=lambda event: None, warn=lambda sentence: None)

    monkeypatch.setattr(decoder_sam, "fine_tune", paused)
    out = tmp_path / "run"
    result = train(decoder.Request(out, (place,), CARD.id, "quick", name="own", lr=0.5, validation=0.3))
    assert result["state"] == "paused" and not result["model"] and "own" not in catalogue.user_ids()
    train(decoder.Request(out, (), resume=True))
    assert asked[0][:4] == asked[1][:4] and [one[4] for one in asked] == [False, True] and asked[1][3].lr == 0.5
    data = json.loads(place.read_text(encoding="utf-8"))
    data["annotations"][0]["segmentation"] = [[2, 2, 60, 2, 60, 60, 2, 60]]
    place.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(BadDataset, match="have changed since this run began"):
        train(decoder.Request(out, (), resume=True))
