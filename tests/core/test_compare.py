"""The same prompts on several segmenters, frames of a video, and new projects."""

import cv2
import numpy as np
import pytest
from sample_pages import FOLDER, rectangle

from sscore import compare, edits, facts, labels, review
from sscore.errors import BadImage, BadLabels, BadProject, Cancelled
from sscore.frames import Frames, frame_name
from sscore.images import write_image
from sscore.project import Project
from sscore.types import Annotation, Box, Candidate, Embedding, ModelCard, Page, Prompt

NOTHING = np.zeros((256, 256), np.float32)


class Fills:
    """The prompt's box, made smaller on each side by some px; `score` as its predicted IoU."""

    def __init__(self, name, less, score=0.9):
        self.card, self._less, self._score = ModelCard(name, "segmenter", "fake"), less, score

    def encode(self, rgb):
        return Embedding("fake", rgb.shape[:2], {})

    def predict(self, embedding, prompt, *, multimask=True):
        if self._less < 0:
            raise RuntimeError("out of\nmemory")
        x0, y0, x1, y1 = (int(v) for v in prompt.box.as_tuple())
        n = self._less
        mask = rectangle(x0 + n, y0 + n, x1 - n, y1 - n) if x1 - x0 > 2 * n else None
        return (Candidate(mask, self._score, NOTHING, 0),)


PHOTO = np.zeros((100, 100, 3), np.uint8)
PROMPT = Prompt(box=Box(10, 10, 50, 50))


def embed(segmenter):
    return segmenter.encode(PHOTO)


def test_answers_side_by_side():
    truth = rectangle(10, 10, 50, 50)
    good, small, nothing, broken = compare.ask(
        [Fills("a", 0), Fills("b", 5), Fills("c", 40), Fills("d", -1)], PROMPT, embed, truth
    )
    assert good.dice == 1 and good.candidate.score == 0.9
    assert small.dice == pytest.approx(2 * 900 / (1600 + 900))
    assert nothing.mask is None and nothing.dice == 0 and not nothing.problem
    assert broken.problem == "out of memory" and broken.dice is None


def page():
    made = Page("a.jpg", 100, 100)
    for box in (Box(10, 10, 50, 50), Box(60, 60, 90, 90)):
        mask = rectangle(*(int(v) for v in box.as_tuple()))
        made = edits.add(made, Annotation(0, mask, "Pipe", prompt=Prompt(box=box), made_by={"segmenter": "a"}))
    return edits.add(made, Annotation(0, rectangle(0, 0, 5, 5), "Pipe"))


def test_stored_prompts_are_asked_again():
    steps = []
    exact, small = compare.replay(
        [Fills("a", 0), Fills("b", 10)], page(), embed, progress=lambda done, total: steps.append((done, total))
    )
    assert [one.annotation.id for one in exact] == [1, 2]  # the third has no prompt
    assert [one.iou for one in exact] == [1, 1]
    assert [one.iou for one in small] == pytest.approx([400 / 1600, 100 / 900])
    assert steps[-1] == (4, 4)
    noted = review.second_opinion(page(), {one.annotation.id: one.iou for one in small}, segmenter="b")
    assert [fact.id for fact in review.queue(facts.of_page(noted).facts)] == [2, 1, 3]


def test_a_replay_can_be_stopped():
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        compare.replay([Fills("a", 0)], page(), embed, progress=stop)


def test_a_mask_is_taken_with_its_maker():
    old = Annotation(
        4, rectangle(0, 0, 5, 5), "U", made_by={"segmenter": "a", "segmenter_sha256": "x", "classifier": "c"}
    )
    (answer,) = compare.ask([Fills("b", 5)], PROMPT, embed)
    new = compare.retake(old, answer, {"segmenter": "b", "candidate": 0})
    assert (new.id, new.label, new.mask) == (4, "U", answer.mask)
    assert new.made_by == {"classifier": "c", "segmenter": "b", "candidate": 0}


def test_a_difference_shows_who_has_what():
    shown = compare.difference(PHOTO, rectangle(0, 0, 20, 10), rectangle(10, 0, 30, 10))
    red, green, blue, ground = shown[5, 5], shown[5, 15], shown[5, 25], shown[50, 50]
    assert red.argmax() == 0 and green.argmax() == 1 and blue.argmax() == 2
    assert len(set(ground.tolist())) == 1


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Ten frames, each of its own grey, in a folder with a Chinese name."""
    plain = tmp_path_factory.mktemp("v") / "made.avi"
    writer = cv2.VideoWriter(str(plain), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for n in range(10):
        writer.write(np.full((48, 64, 3), 20 * n + 10, np.uint8))
    writer.release()
    place = plain.parent / FOLDER
    place.mkdir()
    return plain.rename(place / "传送带 1.avi")


def test_frames_of_a_video(video):
    with Frames(video) as frames:
        assert (frames.count, frames.fps, frames.live) == (10, 10, False)
        first = frames.read(0)
        assert first.shape == (48, 64, 3)
        greys = [round(float(frames.read(at).mean()), -1) for at in (7, 2, 3)]
        assert greys == pytest.approx([150, 50, 70], abs=10)
        frames.read(9)
        assert frames.read() is None


def test_what_is_no_video(tmp_path):
    (tmp_path / "坏.mp4").write_bytes(b"no video")
    for path in (tmp_path / "坏.mp4", tmp_path / "none.mp4"):
        with pytest.raises(BadImage):
            Frames(path)


def test_frames_get_names_of_their_own():
    assert frame_name("a/传送带.avi", 12, set()) == "传送带_000012.png"
    assert frame_name(0, 3, {"camera0_000003.png"}) == "camera0_000003-2.png"


@pytest.fixture
def yard(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir()
    write_image(folder / "a.png", PHOTO)
    return folder


def test_a_project_with_classes_of_its_own(yard, tmp_path):
    made = Project.create(yard, "scrap_metals")
    assert made.labels.key == "scrap_metals" and made.images() == ["a.png"]
    assert Project.open(yard).labels.key == "scrap_metals"
    with pytest.raises(BadProject):
        Project.create(yard)


def test_a_label_file_is_copied_into_the_project(yard, tmp_path):
    own = tmp_path / "own.toml"
    source = labels.resources() / "labels" / "trashnet.toml"
    own.write_bytes(source.read_bytes())
    Project.create(yard, own)
    own.unlink()
    assert "paper" in Project.open(yard).labels.keys


def test_a_wrong_label_set_makes_no_project(yard):
    with pytest.raises(BadLabels):
        Project.create(yard, "colours")
    assert not (yard / "project.toml").exists()
