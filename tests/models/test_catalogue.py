"""One test over all rows: what the catalogue lists can be opened and answers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sscore import catalogue, images, labels, models, paths
from sscore.errors import ModelMissing, WrongWeights
from sscore.mask_sets import tight
from sscore.models import weights
from sscore.types import Box, Classifier, Prompt, Segmenter


@pytest.mark.parametrize("card", [c for c in catalogue.cards("segmenter") if c.embedded], ids=lambda card: card.id)
def test_every_segmenter_answers_a_box(card, scene):
    segmenter = models.load_segmenter(card.id)
    assert isinstance(segmenter, Segmenter)
    largest = max(scene.instances, key=lambda i: i.pixels)
    truth = tight(scene.ids == largest.id)
    candidates = segmenter.predict(segmenter.encode(scene.rgb), Prompt(box=truth.box))
    assert candidates[0].mask is not None
    assert candidates[0].logits.shape == (256, 256) and candidates[0].logits.dtype == np.float32
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    assert all(0 <= c.score <= 1 for c in candidates)


@pytest.mark.parametrize("card", [c for c in catalogue.cards("classifier") if c.embedded], ids=lambda card: card.id)
def test_every_classifier_names_crops(card, scene):
    classifier = models.load_classifier(card.id)
    assert isinstance(classifier, Classifier)
    crops = [images.crop(scene.rgb, tight(scene.ids == i.id), classifier.view) for i in scene.instances]
    answers = classifier.scores(crops, labels.load())
    assert [len(a.labels) for a in answers] == [7] * len(crops)
    assert all(abs(float(a.values.sum()) - 1) < 1e-5 for a in answers)
    features = classifier.features(crops)
    assert features.shape[0] == len(crops) and np.allclose(np.linalg.norm(features, axis=1), 1, atol=1e-4)
    assert classifier.scores([], labels.load()) == [] and len(classifier.features([])) == 0


@pytest.mark.parametrize("card", [c for c in catalogue.cards() if c.embedded and c.file], ids=lambda card: card.id)
def test_embedded_weights_are_the_listed_files_with_a_record(card):
    path = catalogue.weight_file(card)
    assert path.stat().st_size == card.bytes
    assert weights.digest(path) == card.sha256
    record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert record["sha256"] == card.sha256
    assert record["command"] and record["seed"] is not None and record["curve"] and record["scores"] and record["data"]


def test_embedded_weights_are_small():
    files = [paths.weights() / c.file for c in catalogue.cards() if c.embedded and c.file]
    assert sum(f.stat().st_size for f in files) <= 10_000_000


def test_unknown_id_lists_the_known():
    with pytest.raises(ModelMissing, match="nano, grabcut"):
        models.load_segmenter("sam-9000")
    with pytest.raises(ModelMissing, match="no classifier 'nano'"):
        models.load_classifier("nano")


def test_users_row_adds_a_model_without_code(tmp_path, monkeypatch):
    home = tmp_path / "模型 目录"
    (home / "weights").mkdir(parents=True)
    monkeypatch.setenv("SSC_HOME", str(home))
    (home / "catalogue.toml").write_text(
        '[[model]]\nid = "mine"\nkind = "segmenter"\nfamily = "nano"\nfile = "mine.safetensors"\n', encoding="utf-8"
    )
    with pytest.raises(ModelMissing, match=r"mine\.safetensors"):
        models.load_segmenter("mine")
    (home / "weights" / "mine.safetensors").write_bytes((paths.weights() / "nano.safetensors").read_bytes())
    image = np.zeros((40, 60, 3), np.uint8)
    mine = models.load_segmenter("mine")
    assert mine.predict(mine.encode(image), Prompt(box=Box(5, 5, 30, 30)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[model]\n", "cannot be read"),
        ('[[model]]\nid = "x"\nkind = "segmenter"\n', "'family' is missing"),
        ('[[model]]\nid = "x"\nkind = "oracle"\nfamily = "nano"\n', "neither segmenter nor classifier"),
        ('[[model]]\nid = "x"\nkind = "segmenter"\nfamily = "nano"\ncolour = 1\n', "unknown field 'colour'"),
    ],
)
def test_bad_catalogue_is_named(tmp_path, monkeypatch, text, words):
    monkeypatch.setenv("SSC_HOME", str(tmp_path))
    (tmp_path / "catalogue.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongWeights, match=words) as caught:
        catalogue.cards()
    assert "catalogue.toml" in str(caught.value)


def test_damaged_weights_are_refused(tmp_path):
    whole = (paths.weights() / "nano.safetensors").read_bytes()
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(whole[:1000])
    with pytest.raises(WrongWeights, match="cut.safetensors"):
        models.load_segmenter("nano", checkpoint=cut)
    with pytest.raises(ModelMissing, match="gone.safetensors"):
        models.load_segmenter("nano", checkpoint=tmp_path / "gone.safetensors")


def test_weights_of_another_model_are_named(tmp_path):
    with pytest.raises(WrongWeights, match="missing.* and .* more"):
        models.load_segmenter("nano", checkpoint=paths.weights() / "nano-cls.safetensors")
