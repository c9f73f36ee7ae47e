"""A classifier that does not know the project's classes: said at once, in plain words; masks come all the same."""

from __future__ import annotations

import pytest
from studio_driver import FakeClassifier, wait_until

from app.stock import Row
from sscore import labels
from sscore.models.known_classes import known_classes
from sscore.project import Project
from sscore.weight_store import State

SHAPES = labels.load("scrap_shapes").keys


@pytest.fixture
def knowing(monkeypatch):
    """The classifier knows the seven shapes and no other class."""
    monkeypatch.setattr(FakeClassifier, "classes", SHAPES, raising=False)
    real = FakeClassifier.scores

    def scores(self, crops, given):
        assert set(given.keys) <= set(SHAPES), "it is not asked for what it cannot know"
        return real(self, crops, given)

    monkeypatch.setattr(FakeClassifier, "scores", scores)


def told(studio):
    return [notice for notice in studio.window.messages.notices if notice.key == "fit"]


def test_it_is_said_when_the_project_opens_and_masks_still_come(make_studio, folder, knowing):
    Project.create(folder, "scrap_grades")
    studio = make_studio()
    studio.open(folder)
    (notice,) = told(studio)
    assert "nano-cls does not know the classes of this project" in notice.text
    assert all(words in notice.detail for words in ("3A", "CN-CLIP", "number keys", "Learn class names"))
    studio.add(20, 20, 120, 120)
    (made,) = studio.session.page.annotations
    assert made.label == "unknown" and made.scores is None and "classifier" not in made.made_by
    studio.key("g")
    wait_until(lambda: not studio.window.finder.running)
    assert studio.window.finder.shown and all(find.scores is None for find in studio.window.finder.shown)
    assert "does not know these classes" in studio.window.labels._source.text()
    settings = studio.window.flow.show_settings()
    assert settings._form.isRowVisible(settings.fits) and "CN-CLIP" in settings.fits.text()
    settings.close()


def test_it_is_said_once_and_goes_when_it_fits(make_studio, folder, tmp_path, knowing, monkeypatch):
    Project.create(folder, "scrap_grades")
    studio = make_studio()
    studio.open(folder)
    studio.window.messages.dismiss(studio.window.messages._shown[0])
    studio.key("d")
    studio.settle()
    assert told(studio) == [], "not again for every photo"
    monkeypatch.setattr(FakeClassifier, "classes", ("3A",))
    studio.assistant.load("classifier", "fewer")
    said = "fewer does not know the classes of this project"
    wait_until(lambda: [notice.text for notice in told(studio)] == [said], what=said)
    monkeypatch.setattr(FakeClassifier, "classes", None)
    studio.assistant.load("classifier", "words")
    wait_until(lambda: studio.assistant.present("classifier") == "words" and not told(studio), what="the other model")
    assert studio.assistant.namer.card.id == "words"


def test_classes_that_fit_are_named_as_ever(studio, knowing):
    assert told(studio) == []
    studio.add(20, 20, 120, 120)
    assert studio.labels == ["Pipe"]


@pytest.mark.parametrize("exists", [False, True])
def test_the_wizard_says_so_before_anything_is_made(studio, tmp_path, folder, exists):
    """Of a folder that is a project already, its own classes count."""
    place = tmp_path / "新 料场"
    place.mkdir()
    (place / "a.jpg").write_bytes((folder / "a.jpg").read_bytes())
    if exists:
        Project.create(place, "scrap_grades")
    stock = studio.window.stock
    from sscore import catalogue

    here = catalogue.card("nano-cls")
    stock.rows = [Row(here, State("embedded"), known_classes(here))]
    wizard = studio.window.flow.show_wizard()
    assert not wizard.fits.isVisible(), "the seven shapes"
    if exists:
        wizard.folder.setText(str(place))
        wait_until(wizard.create.isEnabled)
        assert "3A1" in wizard.names.text()
    else:
        wizard.labels.setCurrentIndex(wizard.labels.findData("scrap_grades"))
        wizard.labels.activated.emit(wizard.labels.currentIndex())
    assert wizard.fits.isVisible() and "3A" in wizard.fits.text() and "CN-CLIP" in wizard.fits.text()
    if not exists:
        wizard.labels.setCurrentIndex(wizard.labels.findData("scrap_shapes"))
        wizard.labels.activated.emit(wizard.labels.currentIndex())
        assert not wizard.fits.isVisible()
    wizard.close()
