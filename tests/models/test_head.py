"""train head: learned from accepted pieces, judged on photos it has not seen, usable as a classifier."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from fake_models import Hues, photo, save
from sample_pages import FOLDER, rectangle

from sscore import catalogue, cli, edits, images, labels, models
from sscore.errors import BadDataset, BadLabels, ModelMissing, WrongWeights
from sscore.models import prototype, weights
from sscore.project import Project
from sscore.train import class_data, head
from sscore.types import Annotation, ModelCard

LABELS = labels.load()


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch, second_start):
    monkeypatch.setenv("SSC_CACHE", str(second_start(tmp_path / "缓存")))
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "家 目录"))
    monkeypatch.setattr(os, "fsync", lambda fd: None)


def project(folder, pieces, swapped=()):
    """Photo n has the pieces pieces[n] (labels by colour), accepted under their names; on photos in `swapped` a Bar is
    called U and a Plate H."""
    names = {"Bar": "U", "Plate": "H"}
    for n, objects in enumerate(pieces):
        boxes = {label: (10 + 40 * k, 20, 40 + 40 * k, 50 + n) for k, label in enumerate(objects)}
        path = save(folder / f"{n:02}.png", photo(width=180 + n, **boxes))
        store = Project.open(folder)
        page = replace(store.load(path.name), digest=images.digest(images.read(path)))
        for label, box in boxes.items():
            called = names.get(label, label) if n in swapped else label
            page = edits.add(page, Annotation(0, rectangle(*box), called))
        store.save(page, edit="add")
    return folder


@pytest.fixture
def yard(tmp_path):
    """Twelve photos on which every green piece is called U and every blue one H: the base model is wrong about both."""
    return project(tmp_path / FOLDER, [("Angle", "Bar", "Plate")] * 12, swapped=range(12))


@pytest.mark.parametrize("kind", ["prototypes", "logistic"])
def test_a_head_learns_what_the_base_model_gets_wrong(yard, tmp_path, kind):
    data = class_data.gather([yard], LABELS)
    made = head.train(data, LABELS, Hues(), kind=kind)
    assert made.judged.accuracy == 1 and made.learned == ("Angle", "H", "U")
    (base,) = made.others
    assert base.name == "hues" and base.accuracy == pytest.approx(1 / 3)
    assert (made.gain.accuracy, made.gain.low, made.gain.high) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    path = tmp_path / "h.safetensors"
    head.save(made, path, LABELS, Hues())
    stored = weights.tensors(path)
    assert np.array_equal(stored["matrix"], made.matrix) and np.array_equal(stored["bias"], made.bias)
    assert "the class Pipe has no piece: it cannot be learned" in made.warnings


def test_a_matrix_is_kept_row_by_row(tmp_path):
    """However it lies in memory."""
    matrix = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    path = tmp_path / "h.safetensors"
    bias, names = np.zeros(2, np.float32), ("Angle", "Bar")
    prototype.save(path, matrix, bias, learned=names, classes=names, base=Hues(), view="tight", temperature=1.0)
    assert np.array_equal(weights.tensors(path)["matrix"], matrix)


def test_judged_on_photos_not_learned_from(tmp_path):
    """Each photo has a colour of its own for its class: what is learned on others says nothing about it."""
    rng, folder = np.random.default_rng(0), tmp_path / FOLDER
    for n in range(8):
        rgb = np.zeros((60, 100, 3), np.uint8)
        rgb[10:40, 10:90] = rng.integers(40, 255, 3)
        path = save(folder / f"{n}.png", rgb)
        store = Project.open(folder)
        page = store.load(path.name)
        for k in range(4):
            page = edits.add(page, Annotation(0, rectangle(10 + 20 * k, 10, 30 + 20 * k, 40), ("Bar", "U")[n % 2]))
        store.save(page, edit="add")
    made = head.train(class_data.gather([folder], LABELS), LABELS, Hues(), kind="prototypes")
    assert len(made.judged.chances) == 32
    assert made.judged.accuracy < 0.8, "pieces of one photo were on both sides"


def test_a_head_is_a_model_like_others(yard, monkeypatch, capsys):
    monkeypatch.setattr(models, "load_classifier", lambda model_id, **options: Hues())
    args = ["train", "head", str(yard), "--name", "我们的-1", "--base", "nano-cls", "--json"]
    assert cli.run(args) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["cross_validated"]["accuracy"] == 1 and record["photos"] == 12
    assert record["gain"] == {"accuracy": 0.6667, "interval": [0.6667, 0.6667]}
    card = catalogue.card("我们的-1", "classifier")
    assert (card.family, card.variant) == ("prototype", "nano-cls") and card.bytes and card.sha256
    made = prototype.load(card, catalogue.weight_file(card))
    green, blue = (np.full((9, 9, 3), colour, np.uint8) for colour in ((10, 250, 10), (10, 10, 250)))
    found = made.scores([green, blue], LABELS)
    assert [one.best for one in found] == ["U", "H"] and found[0].of("Pipe") == 0
    assert [one.best for one in made.scores_of(made.features([green]), LABELS)] == ["U"]
    with pytest.raises(BadLabels, match="cannot recognise aluminium"):
        made.scores([green], labels.load("scrap_metals"))
    few = labels.LabelSet("few", "", "", tuple(LABELS.labels[:2]))
    assert sum(made.scores([green], few)[0].values) == pytest.approx(1)
    assert cli.run(args) == 2 and "already" in capsys.readouterr().err
    assert cli.run([*args[:-1], "--dry-run", "--replace", "--events"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"event": "result", **record}
    assert cli.run([*args, "--replace", "--kind", "logistic"]) == 0
    assert len([one for one in catalogue.cards() if one.id == "我们的-1"]) == 1


def test_a_script_learns_what_was_left_out(yard, monkeypatch, capsys):
    monkeypatch.setattr(models, "load_classifier", lambda model_id, **options: Hues())
    (yard / "03.png").write_bytes(b"\x89PNG cut")
    args = ["train", "head", str(yard), "--name", "ours", "--base", "nano-cls"]
    assert cli.run([*args, "--json"]) == 1  # made, but not of all
    said = capsys.readouterr()
    (sentence,) = json.loads(said.out)["left_out"]
    assert "03.png" in sentence and f"ssc: warning: {sentence}" in said.err and catalogue.card("ours")
    assert cli.run([*args, "--replace", "--quiet"]) == 1
    assert "03.png" in capsys.readouterr().err


def test_a_head_that_is_worse_than_its_base_is_called_so(yard, monkeypatch, capsys):
    monkeypatch.setattr(models, "load_classifier", lambda model_id, **options: Hues())
    monkeypatch.setattr(head, "_gain", lambda *values: head.Gain(-0.2, -0.3, -0.1))
    assert cli.run(["train", "head", str(yard), "--name", "ours", "--base", "nano-cls"]) == 0
    assert "on these pieces nano-cls as it is does better; ssc models remove ours" in capsys.readouterr().out


def test_a_head_on_other_weights_is_refused(yard, tmp_path, monkeypatch):
    monkeypatch.setattr(models, "load_classifier", lambda model_id, **options: Hues("99" * 32))
    made = head.train(class_data.gather([yard], LABELS), LABELS, Hues())
    path = tmp_path / "h.safetensors"
    base = Hues()
    base.card = replace(base.card, id="nano-cls")
    head.save(made, path, LABELS, base)
    card = ModelCard("mine", "classifier", "prototype", file=path.name)
    with pytest.raises(WrongWeights, match="other weights of nano-cls"):
        prototype.load(card, path)

    def missing(model_id, **options):
        raise ModelMissing("its weights are not here", remedy="get them")

    monkeypatch.setattr(models, "load_classifier", missing)
    with pytest.raises(ModelMissing, match="mine needs nano-cls"):
        prototype.load(card, path)
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(WrongWeights):
        prototype.load(card, path)


def test_what_cannot_be_learned_is_said(tmp_path):
    one_photo = project(tmp_path / "a", [("Angle", "Bar")])
    with pytest.raises(BadDataset, match="one photo or group"):
        head.train(class_data.gather([one_photo], LABELS), LABELS, Hues())
    one_class = project(tmp_path / "b", [("Angle",)] * 3)
    with pytest.raises(BadDataset, match="one class only"):
        head.train(class_data.gather([one_class], LABELS), LABELS, Hues())
    with pytest.raises(BadDataset, match="no piece of aluminium"):
        class_data.gather([one_class], labels.load("scrap_metals"))


def test_a_class_with_one_piece_is_learned_and_told(tmp_path):
    folder = project(tmp_path / FOLDER, [("Angle", "Bar", "Plate"), *[("Angle", "Bar")] * 5])
    made = head.train(class_data.gather([folder], LABELS), LABELS, Hues())
    assert "the class Plate has a single piece" in made.warnings and "Plate" in made.learned
    assert made.judged.accuracy == pytest.approx(12 / 13), "unseen, it counts as wrong"


def test_groups_stay_together(tmp_path):
    folder = project(tmp_path / FOLDER, [("Angle", "Bar")] * 12)
    data = class_data.gather([folder], LABELS, group_by=r"^(\d)\d")
    assert len(data.groups) == 2
    pieces = class_data.pieces_of(data)
    groups = [piece.shot.group for piece in pieces]
    folds = head._folds(np.array([LABELS.index(p.label) for p in pieces]), groups, 1)
    assert len(folds) == 2
    for learn, judge in folds:
        assert not {groups[n] for n in learn} & {groups[n] for n in judge}


def test_a_photo_that_went_bad_is_left_out_and_named(yard):
    data = class_data.gather([yard], LABELS)
    (yard / "03.png").write_bytes(b"\x89PNG cut")
    made = head.train(data, LABELS, Hues())
    assert len(made.pieces) == 33 and any("03.png" in sentence for sentence in made.left_out)


def test_a_folder_for_each_class(tmp_path):
    top = tmp_path / "照片 分类"
    for n in range(6):
        save(top / "Angle" / f"{n}.png", photo(40, 40, Angle=(0, 0, 40, 40 - n)))
        save(top / "钢板" / f"{n}.png", photo(40, 40, Plate=(0, 0, 40, 40 - n)))
    (top / "Bar").mkdir()
    (top / "其他").mkdir()
    (top / "Angle" / "broken.jpg").write_bytes(b"no photo")
    data = class_data.gather([top], LABELS)
    assert data.labels == {"Angle": 6, "Plate": 6} and class_data.whole_photos(data) and len(data.groups) == 12
    said = " ".join(data.left_out)
    assert "broken.jpg" in said and "其他" in said and len(data.left_out) == 2
    assert "the class Bar has no piece: it cannot be learned" in data.remarks
    made = head.train(data, LABELS, Hues(), view="tight")
    assert made.judged.accuracy == 1
    assert class_data.gather([top], LABELS, group_by=r"(\d)\.png").groups == tuple("012345")


def test_folders_called_like_no_class_of_the_set_are_named(tmp_path):
    top = tmp_path / "照片 分类"
    for name in ("glass", "paper"):
        save(top / name / "0.png", photo(40, 40))
    with pytest.raises(BadDataset, match=r"folders \(glass, paper\) is called like a class of scrap_shapes"):
        class_data.gather([top], LABELS)


def test_a_folder_with_a_coco_file_leads_to_the_file(tmp_path):
    save(tmp_path / "场景 一" / "0.png", photo(40, 40))
    (tmp_path / "场景 一" / "annotations.json").write_text("{}")
    with pytest.raises(BadDataset, match=r"场景 一: is no project \(if its pieces are in annotations\.json, give that"):
        class_data.gather([tmp_path / "场景 一"], LABELS)


def test_copies_of_a_photo_are_one_group(tmp_path):
    top = tmp_path / "各类"
    for name in ("a.png", "b.png"):
        save(top / "Bar" / name, photo(40, 40, Bar=(0, 0, 40, 40)))
    assert len(class_data.gather([top], LABELS).groups) == 1
