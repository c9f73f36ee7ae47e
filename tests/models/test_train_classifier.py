"""train classifier: networks of timm on pieces of lab data, and the report of what came out."""

import csv
import errno
import json
import os

import numpy as np
import pytest
import torch
from fake_models import photo, save
from sample_pages import FOLDER

from sscore import catalogue, cli, labels, models, paths, weight_store
from sscore.errors import BadLabels, BadOption, DiskFull
from sscore.labels import Label, LabelSet
from sscore.models import weights
from sscore.models.nets import architectures
from sscore.models.timm_cls import Facts
from sscore.report import classification as reports
from sscore.report import figures
from sscore.report.judged import Judged
from sscore.train import class_batches, class_data, class_recipe, classifier, instances
from sscore.types import ModelCard

LABELS = labels.load()


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "家 目录"))
    monkeypatch.setattr(os, "fsync", lambda fd: None)
    monkeypatch.setattr("sscore.models.engines.cpu_engine", lambda: "torch")


@pytest.fixture
def yard(tmp_path):
    """A folder for each of two classes, told apart by colour."""
    top = tmp_path / FOLDER
    rng = np.random.default_rng(0)
    for label in ("Angle", "Bar"):
        for n in range(20):
            rgb = photo(24, 24, **{label: (0, 0, 24, 24)})
            save(
                top / label / f"{n}.png", (rgb * rng.uniform(0.6, 1.0) + rng.uniform(0, 20, rgb.shape)).astype(np.uint8)
            )
    return top


def ssc(capsys, *args):
    code = cli.run([str(arg) for arg in args])
    return code, *capsys.readouterr()


QUICK = ("--px", "16", "--epochs", "3", "--batch", "8", "--device", "cpu", "--json")


def test_from_a_folder_of_photos_to_a_model_and_its_report(capsys, yard, tmp_path):
    out = tmp_path / "结果 一"
    code, text, err = ssc(capsys, "train", "classifier", yard, "--out", out, "--name", "ours", *QUICK, "--lr", "0.01")
    assert code == 0, err
    record = json.loads(text)
    assert record["judged"]["accuracy"] >= 0.75 and record["view"] == "tight"
    assert record["classes"] == ["Angle", "Bar"] and record["recipe"]["seed"] == 1
    assert sum(sum(part.values()) for part in record["pieces"].values()) == 40
    card = catalogue.card("ours", "classifier")
    assert (card.family, card.variant, card.input_px) == ("timm", "resnet-20", 16)
    few = LabelSet("few", "", "", LABELS.labels[:2])
    crops = [photo(30, 30, Angle=(0, 0, 30, 30)), photo(9, 20, Bar=(0, 0, 20, 9))]
    slow, fast = (models.load_classifier("ours", engine=engine, device="cpu") for engine in ("torch", "openvino"))
    answers = [one.scores(crops, few) for one in (slow, fast)]
    assert [one.best for one in answers[0]] == [one.best for one in answers[1]]
    assert (slow.features(crops) * fast.features(crops)).sum(1).min() > 0.999
    assert slow.features([]).shape == (0, 64) and slow.scores([], few) == []
    with pytest.raises(BadLabels, match="cannot recognise Billet"):
        slow.scores(crops, LABELS)
    report = (out / "report" / "report.html").read_text(encoding="utf-8")
    assert "ours" in report and "http" not in report.replace("http://www.w3.org", "").replace("https://matplotlib", "")
    with open(out / "report" / "models.csv", encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["accuracy"]) == pytest.approx(record["judged"]["accuracy"])
    assert {one.suffix for one in (out / "report").iterdir()} == {".html", ".csv", ".tex", ".png", ".svg"}
    code, _, err = ssc(capsys, "train", "classifier", yard, "--out", tmp_path / "b", "--name", "ours", *QUICK)
    assert code == 2 and "already" in err


def test_the_three_ways_to_learn_again(capsys, yard, tmp_path, monkeypatch):
    page = reports.Written(tmp_path / "no report here", ())
    monkeypatch.setattr(reports, "write", lambda *args, **options: page)
    code, _, err = ssc(capsys, "train", "classifier", yard, "--out", tmp_path / "a", "--name", "one", *QUICK)
    assert code == 0, err
    more = tmp_path / "更多"
    for n in range(8):
        for label in ("Angle", "Bar"):
            save(more / label / f"{n}.png", photo(20 + n, 24, **{label: (0, 0, 24, 20 + n)}))
    again = ("train", "classifier", more, "--start", "one", *QUICK[2:])
    code, text, err = ssc(capsys, *again, "--mode", "fine-tune", "--out", tmp_path / "b", "--name", "two")
    assert code == 0 and json.loads(text)["start"] == "one.safetensors", err
    assert json.loads(text)["recipe"]["px"] == 16, "that of --start, where none is given"
    assert sum(sum(part.values()) for part in json.loads(text)["pieces"].values()) == 16
    code, text, err = ssc(capsys, *again, "--mode", "old-and-new", "--out", tmp_path / "c", "--name", "three")
    record = json.loads(text)
    assert code == 0 and record["start"] is None, err
    assert sum(sum(part.values()) for part in record["pieces"].values()) == 56
    code, _, err = ssc(capsys, "train", "classifier", yard, "--out", tmp_path / "d", "--name", "x", "--start", "one")
    assert code == 2 and "--mode" in err


def test_a_killed_run_goes_on_as_if_it_had_not_been(yard, tmp_path):
    recipe = class_recipe.load("quick", epochs=3, batch=8, px=16)

    def request(name, resume=False):
        return classifier.Request(tmp_path / name, (yard,), LABELS, recipe, device="cpu", resume=resume)

    class Killed(Exception):
        pass

    steps = []

    def dying():
        steps.append(1)
        if len(steps) == 6:
            raise Killed
        return ""

    whole = classifier.run(request("whole"))
    with pytest.raises(Killed):
        classifier.run(request("cut"), control=dying)
    (tmp_path / "cut" / "last.pt").stat()
    again = classifier.run(request("cut", resume=True))
    ours, theirs = (weights.tensors(made.model) for made in (whole, again))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    save(yard / "Bar" / "new.png", photo(24, 24, Bar=(0, 0, 20, 24)))
    with pytest.raises(BadOption, match="not what this run began with"):
        classifier.run(request("cut", resume=True))


def test_pieces_of_a_group_are_on_one_side(yard):
    data = class_data.gather([yard], LABELS, group_by=r"(\d)\.png")
    parts = instances.split(data, class_recipe.load("edge-metals").shares, seed=3)
    groups = [set(part.groups) for part in parts.values()]
    assert all(groups) and not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]
    again = instances.split(data, class_recipe.load("edge-metals").shares, seed=3)
    assert [part.groups for part in again.values()] == [part.groups for part in parts.values()]


def test_a_full_disk_is_named_and_the_old_weights_stay(tmp_path, monkeypatch):
    net, path = architectures.build("resnet-20", 2, 16), tmp_path / "model.safetensors"
    classifier.save(net, Facts("resnet-20", ("a", "b"), 16), path)
    before = path.read_bytes()

    def full(target, data, **more):
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr(paths, "write_atomic", full)
    with pytest.raises(DiskFull, match=r"model\.safetensors: the disk is full"):
        classifier.save(net, Facts("resnet-20", ("a", "c"), 16), path)
    assert path.read_bytes() == before


def test_table_3_and_the_presets(tmp_path):
    import timm

    assert sum(one.table_3 for one in architectures.ARCHITECTURES.values()) == 13
    assert all(timm.is_model(one.timm) for one in architectures.ARCHITECTURES.values() if one.timm)
    assert class_recipe.names() == ["edge-metals", "paper", "quick", "trashnet-convnext", "trashnet-resnet50v2"]
    paper, vgg = class_recipe.load("paper"), class_recipe.load("paper", "vgg-19")
    assert (paper.optimizer, paper.lr, paper.epochs, paper.px, vgg.optimizer) == ("adam", 0.004, 500, 224, "sgd")
    assert [round(paper.rate(epoch, 10), 6) for epoch in (50, 51, 101)] == [0.004, 0.002, 0.001]
    keras = class_recipe.load("trashnet-resnet50v2")
    assert (keras.architecture, keras.px, keras.learned_layers, keras.dropout) == ("resnet50v2", 384, 38, 0.5)
    assert keras.balanced and (keras.rotation, keras.shift, keras.zoom, keras.shear) == (45, 0.15, 0.15, 0.05)
    convnext = class_recipe.load("trashnet-convnext")
    assert (convnext.px, convnext.lr, convnext.batch, convnext.shares["judge"]) == (242, 0.00275, 24, 0.2)
    assert convnext.rate(3, 99) == pytest.approx(0.00275 * 0.75**2)
    assert len(convnext.combinations()) == 27 and len(paper.combinations()) == 1
    edge = class_recipe.load("edge-metals", "resnet-20", batch=16)
    assert (edge.learned_layers, edge.pretrained, edge.batch, edge.learn) == (0, False, 16, 0.6)
    with pytest.raises(BadOption, match=r"^recipe, lr"):  # not the fault of the file that ships
        class_recipe.load("paper", lr=-1.0)
    mine = tmp_path / "废钢 方案.toml"
    mine.write_text("batch = 2", encoding="utf-8")
    with pytest.raises(BadOption, match=r"废钢 方案.toml: recipe, \w+ is missing"):
        class_recipe.load(str(mine))
    with pytest.raises(BadOption, match="no architecture 'resnet-7'"):
        architectures.build("resnet-7", 2, 32)


def test_only_the_last_layers_learn():
    net = architectures.build("resnet-20", 3, 16)
    assert sum(p.numel() for p in net.parameters()) == 269_722 + 0 - 650 + 195
    classifier.frozen_but_last(net, 1)
    assert [name for name, p in net.named_parameters() if p.requires_grad] == ["body.fc.weight", "body.fc.bias"]
    classifier.frozen_but_last(net, 6)
    learning = [name for name, p in net.named_parameters() if p.requires_grad]
    assert "body.blocks.8.conv2.weight" in learning and "body.blocks.0.conv1.weight" not in learning


def test_variations_stay_within_what_the_recipe_allows():
    rng = np.random.default_rng(0)
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[8:24, 8:24] = 100
    still = class_recipe.load("paper", px=32)
    assert class_batches.vary(pixels, still, rng) is pixels
    lit = still.model_copy(update={"brightness": (1.5, 1.5)})
    assert class_batches.vary(pixels, lit, rng).max() == 150
    moved = still.model_copy(update={"shift": 0.1, "rotation": 180.0, "mirrored": True, "upside_down": True})
    for _ in range(20):
        varied = class_batches.vary(pixels, moved, rng)
        ys, xs = np.nonzero(varied[:, :, 0] > 50)
        assert abs(ys.mean() - 15.5) < 4 and abs(xs.mean() - 15.5) < 4 and abs(len(ys) - 256) < 25


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--recipe", "none"), "no recipe 'none'"),
        (("--mode", "twice"), "--mode twice"),
        (("--name", "nano-cls"), "a model of the program"),
        (("--name", "a/b"), "makes no id"),
        (("--view", "round"), "--view round"),
        (("--batch", "1"), "batch of one"),
        (("--start", "nobody", "--mode", "fine-tune"), "no file and no model 'nobody'"),
        (("--labels", "scrap_metals"), "is called like a class of scrap_metals"),
    ],
)
def test_wrong_requests_are_one_line(capsys, yard, tmp_path, args, says):
    base = ("--name", "x") if "--name" not in args else ()
    code, out, err = ssc(capsys, "train", "classifier", yard, "--out", tmp_path / "o", *base, *QUICK, *args)
    assert (code, out) == (2, "") and says in err.splitlines()[-1], err


def test_several_models_in_one_report(capsys, yard, tmp_path):
    facts = Facts("resnet-20", ("Angle", "Bar"), 16, "tight")
    variant = {"a": "vgg-19", "b": "resnet-20"}  # the first only by name: what counts is where its figures go
    for name, seed in (("a", 1), ("b", 2)):
        torch.manual_seed(seed)
        path = tmp_path / f"{name}.safetensors"
        classifier.save(architectures.build("resnet-20", 2, 16).eval(), facts, path)
        weight_store.keep(ModelCard(name, "classifier", "timm", variant[name], path.name, input_px=16), path)
    (yard / "Bar" / "3.png").write_bytes(b"cut")
    out = tmp_path / "报告"
    code, text, err = ssc(capsys, "report", "classification", yard, "--out", out, "--classifiers", "a,b", "--json")
    answer = json.loads(text)
    assert code == 1 and "3.png" in err and [row["model"] for row in answer["models"]] == ["a", "b"]
    assert {row["n"] for row in answer["models"]} == {39}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "0.953" in page and "not comparable" in page and "surest mistakes" in page
    with open(out / "paper.csv", encoding="utf-8-sig", newline="") as file:
        beside = {row["network"]: row for row in csv.DictReader(file)}
    accuracies = {row["model"]: row["accuracy"] for row in answer["models"]}
    titles = [one.title for one in architectures.ARCHITECTURES.values() if one.table_3]
    assert list(beside)[:13] == titles and len(beside) == 16
    assert beside["VGG-19"]["model here"] == "a" and beside["resnet-20"]["model here"] == "b"
    assert float(beside["VGG-19"]["accuracy here"]) == pytest.approx(accuracies["a"])
    assert (
        float(beside["Swin V2-B"]["accuracy in the paper"]) == 0.924 and not beside["VGG-19"]["accuracy in the paper"]
    )
    assert (out / "confusion-b.png").read_bytes()[:4] == b"\x89PNG" and r"\begin{tabular}" in (
        out / "models.tex"
    ).read_text()


def test_a_full_disk_is_named_by_the_report_too(tmp_path, monkeypatch):
    chances, features = np.eye(2), np.ones((2, 2), np.float32)
    one = Judged("m", ("Angle", "Bar"), "tight", ("p", "q"), ("Angle", "Bar"), chances, features, 0.1, 1, {}, "")

    def full(target, data, **more):
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr("sscore.report.tables.write_atomic", full)
    with pytest.raises(DiskFull, match="报告: the disk is full"):
        reports.write([one], LabelSet("few", "", "", LABELS.labels[:2]), tmp_path / "报告", data="two pieces")


def test_chinese_names_are_readable_in_the_gallery_of_mistakes():
    """Where the computer has a font with Chinese letters: without one, every letter is the same box."""
    thumbnails = {0: photo(96, 96, Angle=(0, 0, 90, 40))}
    chances, features = np.array([[0.2, 0.8]]), np.ones((1, 2), np.float32)
    one = Judged("m", ("a", "b"), "tight", ("p",), ("a",), chances, features, 0.1, 1, thumbnails, "")
    sets = [
        LabelSet("x", "", "", (Label("a", name, "", "#000000", ()), Label("b", name, "", "#ffffff", ())))
        for name in ("角钢", "槽钢")
    ]
    pictures = [reports.gallery(one, labels) for labels in sets]
    assert (pictures[0].png != pictures[1].png) == (len(figures._families()) > 1)
