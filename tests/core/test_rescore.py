"""rescore: pieces of a project named again from what is cached, and only those nobody confirmed."""

import json
from dataclasses import replace

import pytest
from fake_models import COLOURS, Hues, photo, save
from sample_pages import FOLDER, rectangle

from sscore import cli, edits, images, labels, models, paths, rescore
from sscore.errors import BadProject
from sscore.naming import Naming
from sscore.project import Project
from sscore.types import Annotation, ModelCard

LABELS = labels.load()
OBJECTS = {"Angle": (10, 10, 50, 40), "Bar": (60, 20, 150, 30), "Plate": (20, 60, 100, 110)}


class Opaque:
    """A classifier whose features are no use for naming."""

    view = "tight"
    card = ModelCard("opaque", "classifier", "fake", sha256="ef" * 32)

    def features(self, crops):
        raise NotImplementedError

    def scores(self, crops, label_set):
        return Hues().scores(crops, label_set)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "缓存"))


@pytest.fixture
def project(tmp_path):
    """Two photos of three pieces: an accepted Angle, a proposed Bar called H, a proposed Plate."""
    folder = tmp_path / FOLDER
    for width, name in ((160, "一.png"), (161, "子 夹/二.png")):
        save(folder / name, photo(width=width, **OBJECTS))
    store = Project.open(folder)
    for name in store.images():
        page = replace(store.load(name), digest=images.digest(images.read(folder / name)))
        for label, status in (("Angle", "accepted"), ("Bar", "proposed"), ("Plate", "proposed")):
            called = "H" if label == "Bar" else label
            page = edits.add(page, Annotation(0, rectangle(*OBJECTS[label]), called, status=status))
        store.save(page, edit="add", author="tester")
    return Project.open(folder)


def called(project):
    return [one.label for page in Project.open(project.folder).pages() for one in page.annotations]


def test_changes_are_shown_then_applied(project):
    found = rescore.rescore(project, LABELS, Hues())
    assert (found.instances, found.computed, found.problems) == (4, 4, ())
    moves = [(c.image, c.id, c.before, c.after) for c in found.relabelled]
    assert moves == [("一.png", 2, "H", "Bar"), ("子 夹/二.png", 2, "H", "Bar")]
    assert called(project) == ["Angle", "H", "Plate"] * 2, "looking writes nothing"
    assert rescore.apply(project, found, author="tester") == 4
    assert called(project) == ["Angle", "Bar", "Plate"] * 2
    piece = project.load("一.png").find(2)
    assert piece.scores.best == "Bar" and piece.status == "proposed"
    assert piece.made_by["classifier"] == "hues" and piece.made_by["view"] == "tight"
    again = rescore.rescore(project, LABELS, Hues())
    assert again.changes == () and again.instances == 4


def test_other_words_need_no_second_look(project):
    rescore.rescore(project, LABELS, Hues())
    other = Hues()
    other.words = {**COLOURS, "Bar": COLOURS["Plate"], "Plate": COLOURS["Bar"]}
    for path in project.folder.rglob("*.png"):
        path.unlink()  # not even the photos are needed
    found = rescore.rescore(project, LABELS, other)
    assert (found.computed, other.looked, found.problems) == (0, 0, ())
    assert [(c.before, c.after) for c in found.relabelled] == [("H", "Plate"), ("Plate", "Bar")] * 2


def test_what_another_classifier_was_asked_with_is_forgotten(project):
    page = project.load("一.png")
    old = replace(page.find(2), made_by={"segmenter": "nano", "words": "0123456789ab", "temperature": 2.0})
    project.save(edits.replace(page, old), edit="x", author="tester")
    rescore.apply(project, rescore.rescore(project, LABELS, Hues()))
    made = project.load("一.png").find(2).made_by
    assert made["segmenter"] == "nano" and made["classifier"] == "hues" and not {"words", "temperature"} & made.keys()


def test_a_confirmed_or_renamed_piece_is_never_touched(project):
    found = rescore.rescore(project, LABELS, Hues(), naming=Naming(unknown_below=1.0))
    assert {c.after for c in found.relabelled} == {"unknown"}
    page = project.load("一.png")
    page = edits.set_status(page, [2], "accepted")
    page = edits.relabel(page, [3], "U")
    project.save(page, edit="confirm", author="someone")
    assert rescore.apply(project, found) == 2
    assert called(project) == ["Angle", "H", "U", "Angle", "unknown", "unknown"]


def test_a_name_that_a_person_gave_stays_before_it_is_confirmed(project):
    rescore.apply(project, rescore.rescore(project, LABELS, Hues()))
    page = edits.relabel(project.load("一.png"), [2], "U")
    project.save(page, edit="relabel", author="someone")
    found = rescore.rescore(project, LABELS, Hues(), naming=Naming(unknown_below=1.0))
    assert found.instances == 3 and rescore.apply(project, found) == 3
    assert called(project) == ["Angle", "U", "unknown", "Angle", "unknown", "unknown"]
    assert [c.after for c in rescore.rescore(project, LABELS, Hues()).relabelled] == ["Plate", "Bar", "Plate"]


def test_new_masks_views_and_weights_are_looked_at(project):
    rescore.rescore(project, LABELS, Hues())
    page = project.load("一.png")
    project.save(edits.add(page, Annotation(0, rectangle(61, 20, 150, 30), "U", status="proposed")), edit="add")
    assert rescore.rescore(project, LABELS, Hues()).computed == 1
    assert rescore.rescore(project, LABELS, Hues(), naming=Naming(("tight", "context"))).computed == 5
    assert rescore.rescore(project, LABELS, Hues("cd" * 32)).computed == 5
    assert rescore.rescore(project, LABELS, Hues("")).computed == 5
    assert rescore.rescore(project, LABELS, Hues("")).computed == 5, "without a digest nothing is kept"


def test_probabilities_are_kept_where_features_do_not_name(project):
    few = labels.LabelSet("few", "few", "few", LABELS.labels[:2])
    assert rescore.rescore(project, LABELS, Opaque()).computed == 4
    second = rescore.rescore(project, LABELS, Opaque())
    assert second.computed == 0 and [c.after for c in second.relabelled] == ["Bar", "Bar"]
    assert rescore.rescore(project, few, Opaque()).computed == 4, "other classes are another question"


def test_a_damaged_cache_costs_only_time(project, monkeypatch):
    first = rescore.rescore(project, LABELS, Hues())
    files = sorted((paths.cache() / "features").rglob("*.npz"))
    assert len(files) == 2
    files[0].write_bytes(b"")
    files[1].write_bytes(files[1].read_bytes()[:200])
    again = rescore.rescore(project, LABELS, Hues())
    assert again.computed == 4 and [c.after for c in again.changes] == [c.after for c in first.changes]
    monkeypatch.setenv("SSC_CACHE", str(project.folder / "project.toml"))
    assert rescore.rescore(project, LABELS, Hues()).computed == 4


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(project):
    (project.folder / "一.png").unlink()
    found = rescore.rescore(project, LABELS, Hues())
    assert [image for image, _ in found.problems] == ["一.png"] and found.instances == 2
    save(project.folder / "一.png", photo(**OBJECTS))
    project.page_path("子 夹/二.png").write_text("{")
    found = rescore.rescore(Project.open(project.folder), LABELS, Hues())
    assert [image for image, _ in found.problems] == ["子 夹/二.png"]


def test_another_photo_under_the_same_name_is_not_named(project):
    save(project.folder / "一.png", photo(Plate=(0, 0, 160, 120)))
    found = rescore.rescore(project, LABELS, Hues())
    assert found.problems[0][0] == "一.png" and "not the one that was annotated" in found.problems[0][1]


def test_the_project_remembers_how_it_names(project):
    assert project.naming == Naming()
    file = project.folder / "project.toml"
    file.write_text("# 我们的\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    wanted = Naming(("masked", "tight"), 0.45, 1.25, "nano-cls")
    project.set_naming(Naming(unknown_below=0.2))
    project.set_naming(wanted)
    text = file.read_text(encoding="utf-8")
    assert Project.open(project.folder).naming == wanted
    assert text.startswith("# 我们的") and text.count("[naming]") == 1 and 'labels = "scrap_shapes"' in text
    file.write_text("[naming]\nunknown_below = 7\n", encoding="utf-8")
    with pytest.raises(BadProject, match="between 0 and 1") as error:
        _ = project.naming
    assert str(file) == error.value.path


def ssc(capsys, *args):
    code = cli.run([str(arg) for arg in args])
    return code, *capsys.readouterr()


def test_the_verb_shows_first(capsys, project, monkeypatch):
    monkeypatch.setattr(models, "load_classifier", lambda model_id: Hues())
    code, text, err = ssc(capsys, "rescore", project.folder)
    assert (code, err) == (0, "") and "H -> Bar: 2" in text and "--apply" in text
    assert called(project) == ["Angle", "H", "Plate"] * 2
    _, text, _ = ssc(capsys, "rescore", project.folder, "--scores", "--json")
    answer = json.loads(text)
    assert [(one["id"], one["before"], one["after"]) for one in answer["changes"][:2]] == [
        (2, "H", "Bar"),
        (3, "Plate", "Plate"),
    ]
    said = answer["changes"][0]["scores"]
    assert next(iter(said)) == "Bar" and sum(said.values()) == pytest.approx(1, abs=1e-4)
    assert answer["made_by"]["classifier"] == "hues" and answer["applied"] == 0
    code, text, _ = ssc(capsys, "rescore", project.folder, "--apply", "--unknown-below", "1", "--json")
    answer = json.loads(text)
    assert (code, answer["applied"], answer["computed"]) == (0, 4, 0)
    assert called(project) == ["Angle", "unknown", "unknown"] * 2
    code, _, err = ssc(capsys, "rescore", project.folder / "nowhere")
    assert (code, err.count("\n")) == (2, 1)


def test_calibrate_suggests_and_writes(capsys, project, monkeypatch):
    monkeypatch.setattr(models, "load_classifier", lambda model_id: Hues())
    code, _, err = ssc(capsys, "calibrate", project.folder)
    assert code == 2 and "2 accepted instances are too few" in err
    for name in ("一.png", "子 夹/二.png"):
        page = project.load(name)
        for n in range(12):
            piece = Annotation(0, rectangle(60 + n, 20, 120 + n, 30), "H" if n % 4 == 0 else "Bar")
            page = edits.add(page, piece)
        project.save(page, edit="add")
    code, text, err = ssc(capsys, "calibrate", project.folder, "--wanted", "0.7", "--apply", "--json")
    answer = json.loads(text)
    assert (code, err, answer["count"]) == (0, "", 26)
    naming = Project.open(project.folder).naming
    assert (naming.temperature, naming.classifier) == (answer["temperature"], "hues")
    assert naming.unknown_below == pytest.approx(answer["threshold"]) and answer["accuracy"] == pytest.approx(20 / 26)
