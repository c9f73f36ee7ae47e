"""Runs: resumed, begun anew where something changed, and honest about what could not be measured."""

from __future__ import annotations

import json
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import numpy as np
import pytest
from fake_models import ColourSegmenter, photo, save
from sample_pages import rectangle

from sscore import catalogue, cli, edits, models
from sscore.errors import BadDataset, BadOption, Cancelled, ModelMissing
from sscore.evaluate import Design, rows, runs, truth, workers
from sscore.project import Project
from sscore.types import Annotation, ModelCard

SCENES = {"a.png": {"Bar": (20, 30, 60, 50)}, "子 b.png": {"Bar": (5, 5, 45, 30), "Plate": (90, 60, 130, 110)}}
DESIGN = Design(("S2", "S5"), ((0, 4),), repeats=2)
PER_OBJECT = 2 * (1 + 2)


@pytest.fixture
def asked(monkeypatch):
    """Segmenters "good" and "poor", and "broken", which cannot be opened; the list is of photos encoded."""
    seen = []

    class Counting(ColourSegmenter):
        def __init__(self, name):
            super().__init__()
            self.card = ModelCard(name, "segmenter", "fake")

        def encode(self, rgb):
            seen.append(self.card.id)
            return super().encode(rgb)

    def load(name, **_options):
        if name == "broken":
            raise ModelMissing("its file is damaged")
        return Counting(name)

    monkeypatch.setattr(models, "load_segmenter", load)
    monkeypatch.setattr(catalogue, "card", lambda name, _kind=None: ModelCard(name, "segmenter", "fake"))
    workers._segmenter.cache_clear()
    yield seen
    workers._segmenter.cache_clear()


@pytest.fixture
def yard(tmp_path):
    """A COCO file and its two photos in a folder with a Chinese name and a space."""
    folder = tmp_path / "废钢 照片"
    write(folder, SCENES)
    return folder


def write(folder, scenes, **changes):
    data = {"images": [], "annotations": [], "categories": [{"id": 0, "name": "角钢"}, {"id": 5, "name": "Plate"}]}
    for number, (name, objects) in enumerate(scenes.items(), start=1):
        save(folder / name, photo(**objects))
        data["images"].append({"id": number, "file_name": name, "width": 160, "height": 120})
        for label, box in objects.items():
            outline = [[box[0], box[1], box[2], box[1], box[2], box[3], box[0], box[3]]]
            found = {"id": len(data["annotations"]), "image_id": number, "category_id": 5 * (label == "Plate")}
            data["annotations"].append(found | {"segmentation": outline})
    data |= changes
    (folder / "coco.json").write_text(json.dumps(data), encoding="utf-8")
    return data


def evaluate(folder, out, *segmenters, design=DESIGN, replace=False, **options):
    notes = []
    dataset = truth.open_dataset(folder / "coco.json")
    request = runs.Request(out, segmenters or ("good",), design, replace=replace)
    result = runs.run(request, dataset, note=notes.append, **options)
    return result, notes


def test_a_run_and_its_files(yard, tmp_path, asked):
    out = tmp_path / "运行 1"
    steps = []
    result, notes = evaluate(yard, out, "good", "poor", progress=lambda *step: steps.append(step))
    assert (result.rows, result.reused, result.problems, notes) == (2 * 3 * PER_OBJECT, 0, [], [])
    assert asked == ["good", "good", "poor", "poor"]  # one encoding for each photo and segmenter
    assert steps[0] == (0, 36) and steps[-1] == (36, 36)
    table = rows.read(out / "rows.parquet")
    assert set(table["label"].to_pylist()) == {"角钢", "Plate"} and table.num_rows == 36
    assert (out / "rows.csv").read_text(encoding="utf-8-sig").count("\n") == 37
    kept = rows.truths_of(rows.read(out / "truths.parquet"))
    assert [(one.image, one.annotation, one.height) for one in kept] == [
        ("a.png", 1, 120),
        ("子 b.png", 1, 120),
        ("子 b.png", 2, 120),
    ]
    about = runs.manifest(out)
    assert about["finished"] and about["segmenters"]["good"] == {"weights": "none", "parameters": 0}
    assert (out / "summary.csv").exists() and (out / "pairs.csv").exists()


def test_a_run_goes_on_where_it_was_stopped(yard, tmp_path, asked):
    out = tmp_path / "run"
    whole, _ = evaluate(yard, tmp_path / "other")

    def stop(done, total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(yard, out, progress=stop)
    assert not runs.manifest(out)["finished"]
    asked.clear()
    result, notes = evaluate(yard, out)
    assert (result.rows, result.reused, notes) == (whole.rows, 1, []) and asked == ["good"]
    same = [rows.plain(rows.read(folder / "rows.parquet")) for folder in (out, tmp_path / "other")]
    assert same[0] == same[1]


def test_a_damaged_part_is_measured_again(yard, tmp_path, asked):
    out = tmp_path / "run"
    whole, _ = evaluate(yard, out)
    part = next((out / "parts" / "good").iterdir())
    part.write_bytes(part.read_bytes()[:-20])
    asked.clear()
    result, _ = evaluate(yard, out)
    assert (result.rows, result.reused, asked) == (whole.rows, 1, ["good"])


def test_what_changed_is_measured_anew_and_said(yard, tmp_path, asked, monkeypatch):
    out = tmp_path / "run"
    evaluate(yard, out)
    asked.clear()
    write(yard, {**SCENES, "a.png": {"Bar": (20, 30, 61, 50)}, "c.png": {"Plate": (1, 1, 30, 30)}})
    result, notes = evaluate(yard, out)
    assert asked == ["good", "good"] and result.reused == 1 and result.rows == 4 * PER_OBJECT
    assert notes == ["1 photo or their objects have changed since, and are measured anew: a.png", "1 photo new: c.png"]
    assert len(list((out / "parts" / "good").iterdir())) == 3

    weights = tmp_path / "good.safetensors"
    weights.write_bytes(b"new")
    monkeypatch.setattr(catalogue, "card", lambda name, _kind=None: ModelCard(name, "segmenter", "fake", file="good"))
    monkeypatch.setattr(catalogue, "weight_file", lambda card: weights)
    asked.clear()
    with pytest.raises(BadOption, match="good had other weights then"):
        evaluate(yard, out)
    result, notes = evaluate(yard, out, replace=True)
    assert notes == ["the rows of an earlier run are replaced: good had other weights then"] and len(asked) == 3
    write(yard, SCENES)
    _, notes = evaluate(yard, out)
    assert notes[-1] == "1 photo no longer in the dataset: c.png"
    asked.clear()
    write(yard, {**SCENES, "c.png": {"Plate": (1, 1, 30, 30)}})
    result, _ = evaluate(yard, out)
    assert asked == [] and result.reused == 3  # what was known of the photo that came back is kept


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ({}, {"design": Design(("S5",), ((0, 4),), repeats=2)}, "--strategies was S2,S5, not S5"),
        ({}, {"design": Design(("S2", "S5"), repeats=2)}, "--shifts was 0-4, not none"),
        ({}, {"design": Design(("S2", "S5"), ((0, 4),), repeats=2, seed=3)}, "--seed was 0, not 3"),
        ({}, {"engine": "torch"}, "--engine was auto, not torch"),
        ({}, {"untrained": True}, "--random-weights was False, not True"),
        ({"segmenters": ("good", "poor")}, {}, "it has poor, which is not measured now"),
    ],
    ids=["strategies", "shifts", "seed", "engine", "random weights", "a segmenter less"],
)
def test_rows_of_another_request_are_not_lost(yard, tmp_path, asked, before, after, says):
    def run(segmenters=("good",), design=DESIGN, replace=False, **options):
        dataset = truth.open_dataset(yard / "coco.json")
        return runs.run(runs.Request(out, segmenters, design, replace=replace, **options), dataset)

    out = tmp_path / "运行 1"
    run(**before)
    kept = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    with pytest.raises(BadOption) as caught:
        run(**after)
    assert says in str(caught.value) and "--replace" in caught.value.remedy and caught.value.path == str(out)
    assert kept == {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    if "untrained" not in after:  # of which a fake has no weights
        assert run(**after, replace=True).rows


def test_another_dataset_is_not_measured_into_a_run(yard, tmp_path, asked):
    out = tmp_path / "run"
    evaluate(yard, out)
    other = tmp_path / "别的 照片"
    write(other, {"x.png": {"Bar": (20, 30, 60, 50)}})
    with pytest.raises(BadOption, match="it is about .*coco.json"):
        evaluate(other, out)


def test_a_run_that_has_no_rows_yet_may_become_another(yard, tmp_path, asked):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(yard, tmp_path / "run", progress=stop)
    assert evaluate(yard, tmp_path / "run", design=Design(("S5",)))[0].rows == 3


def test_what_cannot_be_measured_is_named_and_the_rest_goes_on(yard, tmp_path, asked):
    data = write(yard, SCENES)
    square = {"size": [10, 10], "counts": [0, 100]}
    new = [
        {"id": 10, "image_id": 1, "category_id": 0, "segmentation": square},
        {"id": 11, "image_id": 1, "category_id": 0, "iscrowd": 1, "segmentation": [[1, 1, 9, 1, 9, 9]]},
        {"id": 12, "image_id": 1, "category_id": 0},
        {"id": 13, "image_id": 1, "category_id": 77, "segmentation": [[1, 1, 9, 1, 9, 9]]},
        {"id": 14, "image_id": 3, "category_id": 0, "segmentation": [[1, 1, 9, 1, 9, 9]]},
        {"id": 15, "image_id": 4, "category_id": 0, "segmentation": [[1, 1, 9, 1, 9, 9]]},
    ]
    more = [
        {"id": 3, "file_name": "gone.png", "width": 160, "height": 120},
        {"id": 4, "file_name": "other size.png", "width": 100, "height": 100},
    ]
    save(yard / "other size.png", photo())
    write(yard, SCENES, images=data["images"] + more, annotations=data["annotations"] + new)
    dataset = truth.open_dataset(yard / "coco.json")
    request = runs.Request(tmp_path / "run", ("broken", "good"), Design(("S5",)))
    result = runs.run(request, dataset)
    text = "\n".join(str(problem) for problem in result.problems)
    assert "a.png, object 2: left out: its mask is of another image size" in text
    assert "a.png, object 3: left out: a crowd" in text
    assert "gone.png: the photo cannot be read: No such file" in text
    assert "good: other size.png: the photo has 160 x 120 px, its annotations are for 100 x 100 px" in text
    assert "broken: cannot be used: its file is damaged" in text
    assert "1 left out, because it has no mask: annotation 12 of a.png" in text
    assert len(result.problems) == 6 and "broken" not in asked
    assert not any("left out" in note for note in dataset.notes)
    assert any("category 77" in note for note in dataset.notes)
    # All else, with the one whose category nobody listed.
    assert result.rows == 4
    again = runs.run(request, dataset)
    assert len(again.problems) == 6 and again.rows == 4


def test_nothing_to_measure(yard, tmp_path, asked):
    data = write(yard, SCENES)
    with pytest.raises(BadDataset, match="nothing could be measured"):
        evaluate(yard, tmp_path / "run", "broken")
    write(yard, SCENES, annotations=[])
    with pytest.raises(BadDataset, match=r"no usable object on any photo \(2 listed\)"):
        truth.open_dataset(yard / "coco.json")
    write(yard, SCENES, annotations=[one | {"iscrowd": 1} for one in data["annotations"]])
    with pytest.raises(BadDataset, match="a crowd"):
        truth.open_dataset(yard / "coco.json")
    (tmp_path / "coco.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(BadDataset, match=r"the photo cannot be read: .*--images FOLDER"):
        truth.open_dataset(tmp_path / "coco.json")
    with pytest.raises(BadOption, match="at least one"):
        runs.Request(tmp_path, (), DESIGN)
    for name, choice in (("engine", {"engine": "steam"}), ("device", {"device": "abacus"})):
        with pytest.raises(BadOption, match=f"no {name}"):
            runs.Request(tmp_path, ("good",), DESIGN, **choice)
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadDataset, match="is not whole"):
        runs.manifest(tmp_path)


def test_an_object_a_model_chokes_on_is_remembered(yard, tmp_path, asked, monkeypatch):
    def fail(self, embedding, prompt, *, multimask=True):
        if prompt.box.x0 == 5:
            raise RuntimeError("shapes do not fit")
        return ColourSegmenter.predict(self, embedding, prompt)

    real = models.load_segmenter

    def load(name, **options):
        model = real(name, **options)
        monkeypatch.setattr(type(model), "predict", fail)
        return model

    monkeypatch.setattr(models, "load_segmenter", load)
    for _ in range(2):  # the second time from the run's files
        result, _ = evaluate(yard, tmp_path / "run", design=Design(("S5",)))
        assert [str(problem) for problem in result.problems] == ["good: 子 b.png, object 1: shapes do not fit"]
        assert result.rows == 2


def test_a_projects_accepted_instances_are_the_truth(tmp_path, asked):
    folder = tmp_path / "废钢 项目"
    save(folder / "1.png", photo(Bar=(20, 30, 60, 50), Plate=(90, 60, 130, 110)))
    project = Project.open(folder)
    page = project.load("1.png")
    for box, status in (((20, 30, 60, 50), "proposed"), ((90, 60, 130, 110), "reviewed")):
        page = edits.add(page, Annotation(0, rectangle(*box), "Plate", status=status))
    project.save(page, edit="add")
    dataset = truth.open_dataset(folder)
    assert [(one.name, one.ids, one.labels) for one in dataset.photos] == [("1.png", (2,), ("Plate",))]
    assert runs.run(runs.Request(tmp_path / "run", ("good",), Design(("S5",))), dataset).rows == 1


class FakeExecutor:
    """Runs a job at once; the process dies over photos called "deadly", and takes what is under way with it."""

    def __init__(self):
        self.broken = False

    def submit(self, work, job):
        future = Future()
        self.broken |= job.photo.name == "deadly"
        if self.broken:
            future.set_exception(BrokenProcessPool("died"))
        else:
            future.set_result(workers.Outcome())
        return future


def test_a_process_that_dies_costs_one_photo_only():
    opened = []

    @contextmanager
    def executor():
        opened.append(1)
        yield FakeExecutor()

    jobs = [
        workers.Job("s", truth.Photo(name, None, 1, 1, (), (), (), ""), DESIGN) for name in ("a", "deadly", "b", "c")
    ]
    found = {job.photo.name: outcome for job, outcome in workers._spread(jobs, executor, room=3)}
    assert sorted(found) == ["a", "b", "c", "deadly"]
    assert [str(problem) for problem in found["deadly"].problems] == [
        "s: deadly: the process that measured this photo ended by itself (out of memory?)"
    ]
    assert not any(found[name].problems for name in "abc") and len(opened) == 4


def test_the_command(yard, tmp_path, asked, capsys):
    out = tmp_path / "run"
    args = [
        "evaluate",
        str(yard / "coco.json"),
        "--segmenters",
        "good,poor",
        "--strategies",
        "S2,S5",
        "--out",
        str(out),
    ]
    args += ["--shifts", "0-4", "--repeats", "2"]
    assert cli.run([*args, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["photos"], answer["objects"], answer["rows"], answer["problems"]) == (2, 3, 36, [])
    assert {(one["segmenter"], one["strategy"], one["shift"]) for one in answer["summary"]} == {
        (a, b, c) for a in ("good", "poor") for b in ("S2", "S5") for c in ("none", "0-4")
    }
    assert cli.run([*args, "--events"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0] == {"event": "progress", "done": 36, "total": 36} and events[-1]["event"] == "result"
    (yard / "a.png").unlink()
    assert cli.run(args) == 1
    printed = capsys.readouterr()
    assert "3 objects" not in printed.out and "left out: 1" in printed.out and "a.png" in printed.err
    assert "good            S2        none          2   1.000" in printed.out
    clicks = [*args[:5], "NoC", *args[6:]]
    assert cli.run(clicks) == 2 and "--strategies was S2,S5, not NoC" in capsys.readouterr().err
    assert cli.run([*clicks, "--replace"]) == 1
    assert "good            clicks to IoU 0.85: 1.0 (0 of 2 never), 0.90: 1.0 (0 never)" in capsys.readouterr().out
    assert cli.run([*args, "--shifts", "x"]) == 2
    assert "--shifts x: expected LO-HI" in capsys.readouterr().err


def test_same_numbers_in_both_files(yard, tmp_path, asked):
    out = tmp_path / "run"
    evaluate(yard, out)
    import csv

    with open(out / "rows.csv", encoding="utf-8-sig", newline="") as text:
        dices = [float(one["dice"]) for one in csv.DictReader(text)]
    assert np.array_equal(dices, rows.read(out / "rows.parquet")["dice"].to_numpy())
