"""`ssc bench` measures what it says, and the choice of an engine is made once."""

from __future__ import annotations

import json

import pytest

from sscore import bench, catalogue, models, paths
from sscore.cli import entry
from sscore.errors import BadOption
from sscore.models import engine_choice
from sscore.models.export import parts_of


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
        assert set(row) == {"segmenter", "stage", "engine", "median_s", "official_median_s", "ratio", "runs"}
        assert row["median_s"] > 0 and row["official_median_s"] is None and row["ratio"] is None


def test_the_official_path_is_measured_in_the_same_run():
    plan = bench.Plan(("edge-sam",), stages=("predict",), engines=("torch",), runs=1, untrained=True)
    from sscore.scenes import render_scene

    (row,) = bench.measure(plan, render_scene(3, size=(160, 120), pieces=3)[0].rgb)
    assert row.engine == "torch" and row.official_median_s and row.official_median_s > 0
    assert row.ratio == pytest.approx(row.official_median_s / row.median_s, abs=0.01)
    assert "edge-sam" in bench.table([row]) and bench.as_json([row])[0]["ratio"] == row.ratio


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
