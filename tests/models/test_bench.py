"""`ssc bench` measures what it says, and the choice of an engine is made once."""

from __future__ import annotations

import json
import sys
from dataclasses import fields, replace
from types import SimpleNamespace

import cn_clip_weights
import numpy as np
import pytest
from torchvision import transforms

from sscore import bench, catalogue, models, paths
from sscore.bench import published
from sscore.cli import entry
from sscore.errors import BadOption
from sscore.models import cn_clip, engine_choice
from sscore.models.export import parts_of
from sscore.models.nets import cn_clip as nets


def test_rows_of_the_embedded_models(capsys):
    code = entry.run(["bench", "--models", "nano,nano-cls", "--runs", "1", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert code == 0 and answer["machine"]["cores"] >= 1 and answer["image"]
    assert [(row["segmenter"], row["stage"]) for row in answer["rows"]] == [
        ("nano", "encode"),
        ("nano", "predict"),
        ("nano-cls", "classify"),
    ]
    for row in answer["rows"]:
        assert set(row) == {field.name for field in fields(bench.Row)}
        assert row["median_s"] > 0 and row["official_median_s"] is None and row["ratio"] is None
        assert row["engine"] in ("openvino", "torch"), "what auto chose"


def test_the_official_path_is_measured_in_the_same_run():
    plan = bench.Plan(("edge-sam",), stages=("predict",), engines=("torch",), runs=1, untrained=True)
    from sscore.scenes import render_scene

    (row,) = bench.measure(plan, render_scene(3, size=(160, 120), pieces=3)[0].rgb)
    assert row.engine == "torch" and row.official_median_s and row.official_median_s > 0
    assert row.ratio == pytest.approx(row.official_median_s / row.median_s, abs=0.01)
    assert "edge-sam" in bench.table([row]) and bench.as_json([row])[0]["ratio"] == row.ratio


@pytest.fixture
def tiny_clip(monkeypatch, tmp_path):
    """A catalogue whose only model is a tiny CN-CLIP without a checkpoint."""
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "缓存"))
    monkeypatch.setitem(nets.CONFIGS, "tiny", cn_clip_weights.TINY)
    monkeypatch.setattr(catalogue, "card", lambda model_id: cn_clip_weights.CARD)
    return bench.Plan(("tiny-clip",), engines=("torch",), runs=1, untrained=True)


def test_names_are_measured_beside_the_package_of_the_authors(tiny_clip, scene, monkeypatch):
    """The package is played here by the same network; tests/models/test_cn_clip.py compares with the package itself."""

    def create_model(structure, checkpoint):
        print("Loading vision model config")  # as the package does
        net = nets.CnClip(cn_clip_weights.TINY)
        net.load_state_dict(checkpoint["state_dict"])
        net.encode_image = lambda photos: net.visual(photos)[0]
        return net.half()

    steps = [transforms.Resize((32, 32), transforms.InterpolationMode.BICUBIC), transforms.ToTensor()]
    steps.append(transforms.Normalize(cn_clip._MEAN.tolist(), cn_clip._SPREAD.tolist()))
    utils = SimpleNamespace(create_model=create_model, image_transform=lambda px: transforms.Compose(steps))
    monkeypatch.setitem(published._STRUCTURES, "tiny", "tiny@tiny")
    for name, module in (("cn_clip", SimpleNamespace()), ("cn_clip.clip", SimpleNamespace())):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "cn_clip.clip.utils", utils)
    (row,) = bench.measure(tiny_clip, scene.rgb)
    assert row.stage == "classify" and row.cosine > 0.999 and not row.note
    assert row.ratio == pytest.approx(row.official_median_s / row.median_s, rel=0.02, abs=0.01)
    assert f"{row.cosine:.5f}" in bench.table([row])
    without_shift = transforms.Compose(steps[:2])
    utils.image_transform = lambda px: without_shift
    (other,) = bench.measure(tiny_clip, scene.rgb)
    assert other.cosine < 0.999, "another preprocessing shows"


def test_without_the_package_it_is_said(tiny_clip, scene, monkeypatch):
    monkeypatch.setitem(sys.modules, "cn_clip", None)
    (row,) = bench.measure(tiny_clip, scene.rgb)
    assert row.official_median_s is None and row.cosine is None and row.median_s > 0
    assert "cn-clip is not installed" in row.note and row.note.endswith("pip install --no-deps cn-clip six")
    assert bench.table([row, row]).count(row.note) == 1
    (quiet,) = bench.measure(replace(tiny_clip, official=False), scene.rgb)
    assert not quiet.note


def test_random_weights_are_the_same_every_time_and_leave_no_network_behind(tiny_clip):
    crops = cn_clip_weights.crops()
    first, again, fast = (
        cn_clip.load(cn_clip_weights.CARD, None, device="cpu", engine=engine).features(crops)
        for engine in ("torch", "torch", "openvino")
    )
    assert np.array_equal(first, again) and (first * fast).sum(1).min() > 0.999
    assert not list(paths.cache().rglob("*.bin"))


def test_what_cannot_be_measured():
    with pytest.raises(BadOption, match="no stage 'think'"):
        bench.Plan(("nano",), stages=("think",))
    with pytest.raises(BadOption, match="at least 1"):
        bench.Plan(("nano",), runs=0)
    with pytest.raises(BadOption, match="cannot be opened without its weights"):
        models.open_untrained("nano")


def test_nothing_to_measure_is_said(capsys):
    assert entry.run(["bench", "--models", "nano-cls", "--stages", "predict", "--runs", "1"]) == 2
    assert "nothing to measure" in capsys.readouterr().err


def test_untrained_embeddings_have_no_key():
    edge = models.open_untrained("edge-sam", device="cpu", engine="torch")
    assert edge.key("digest") == ""


@pytest.mark.parametrize(
    ("seconds", "engine"),
    [
        ({"torch": 1.0, "openvino": 0.3}, "openvino"),
        ({"torch": 1.0, "openvino": 1.1}, "openvino"),
        ({"torch": 1.0, "openvino": 1.3}, "torch"),
        ({"torch": 1.0}, "torch"),
    ],
)
def test_the_faster_engine_is_chosen_once(tmp_path, monkeypatch, seconds, engine):
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "缓存 cache"))
    asked = []
    monkeypatch.setattr(engine_choice, "_measured", lambda: asked.append(1) or seconds)
    for _ in range(2):
        engine_choice.cpu_engine.cache_clear()
        assert engine_choice.cpu_engine() == engine
    engine_choice.cpu_engine.cache_clear()
    assert asked == [1]
    assert json.loads((paths.cache() / "engines.json").read_text())


def test_a_damaged_note_is_measured_again(tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_CACHE", str(tmp_path))
    (tmp_path / "engines.json").write_text("[1", encoding="utf-8")
    monkeypatch.setattr(engine_choice, "_measured", lambda: {"torch": 1.0, "openvino": 0.5})
    engine_choice.cpu_engine.cache_clear()
    assert engine_choice.cpu_engine() == "openvino"
    engine_choice.cpu_engine.cache_clear()


def test_both_engines_give_nanos_masks(nano, scene):
    """Trained weights: hardly a pixel differs."""
    from sscore.mask_sets import iou, tight
    from sscore.types import Prompt

    torch_nano = models.load_segmenter("nano", device="cpu", engine="torch")
    fast = models.load_segmenter("nano", device="cpu", engine="openvino")
    for piece in scene.instances:
        prompt = Prompt(box=tight(scene.ids == piece.id).box)
        a, b = (s.predict(s.encode(scene.rgb), prompt)[0].mask for s in (torch_nano, fast))
        assert iou(a, b) >= 0.99
    assert parts_of("nano")[0].inputs["view"].pattern == [-1, 9, -1, -1]
    assert catalogue.card("nano").embedded
