"""recognize: prompt → mask → crop → label, with models whose right answers are known."""

import numpy as np
import pytest
from fake_models import ColourClassifier, ColourSegmenter, photo, save

from sscore import images, labels, recognize
from sscore.errors import BadPrompt, Cancelled
from sscore.types import UNKNOWN, Box, Prompt

LABELS = labels.load()
BOX = {"Angle": (10, 10, 50, 40), "Bar": (60, 20, 150, 30), "Plate": (20, 60, 100, 110)}


def click(x, y):
    return Prompt(points=np.array([[x, y]]), positive=np.array([True]))


def test_propose_gives_mask_class_and_times():
    rgb, eyes, namer = photo(**BOX), ColourSegmenter(), ColourClassifier()
    proposal = recognize.propose(eyes, namer, LABELS, rgb, eyes.encode(rgb), click(70, 25))
    assert proposal.candidates[0].mask.box == Box(60, 20, 150, 30)
    assert proposal.scores.best == "Bar"
    assert set(proposal.seconds) == {"predict", "classify"}


@pytest.mark.parametrize(("point", "with_classifier"), [((5, 5), True), ((70, 25), False)])
def test_propose_without_a_mask_or_classifier_has_no_scores(point, with_classifier):
    rgb, eyes = photo(**BOX), ColourSegmenter()
    namer = ColourClassifier() if with_classifier else None
    assert recognize.propose(eyes, namer, LABELS, rgb, eyes.encode(rgb), click(*point)).scores is None


def test_propose_passes_a_bad_prompt_on():
    rgb, eyes = photo(**BOX), ColourSegmenter()
    with pytest.raises(BadPrompt):
        recognize.propose(eyes, None, LABELS, rgb, eyes.encode(rgb), click(900, 5))


def test_label_page_keeps_the_order_of_the_prompts_and_remembers_how():
    rgb, namer = photo(**BOX), ColourClassifier()
    prompts = [Prompt(box=Box(*BOX["Plate"])), click(20, 20), Prompt(box=Box(*BOX["Bar"]))]
    page = recognize.label_page(rgb, prompts, ColourSegmenter(), namer, LABELS, image="废钢 照片/a.png")
    assert [one.label for one in page.annotations] == ["Plate", "Angle", "Bar"]
    assert [one.id for one in page.annotations] == [1, 2, 3]
    assert [one.prompt for one in page.annotations] == prompts
    assert {one.status for one in page.annotations} == {"proposed"}
    assert (page.image, page.width, page.height, page.digest) == ("废钢 照片/a.png", 160, 120, images.digest(rgb))
    assert dict(page.annotations[0].made_by) == {
        "segmenter": "colours",
        "segmenter_sha256": "ab12",
        "classifier": "names",
        "view": "tight",
        "candidate": 0,
        "predicted_iou": 0.9,
    }
    assert namer.calls == [3], "one classifier call for the whole page"


def test_label_page_without_classifier_calls_things_unknown():
    page = recognize.label_page(
        photo(**BOX), [click(20, 20)], ColourSegmenter(), None, LABELS, image="a.png", digest="d"
    )
    assert (page.annotations[0].label, page.annotations[0].scores, page.digest) == (UNKNOWN, None, "d")


def test_label_page_without_prompts_finds_everything_twice_the_same():
    def found():
        page = recognize.label_page(photo(**BOX), None, ColourSegmenter(), ColourClassifier(), LABELS, image="a.png")
        assert {one.label: one.mask.box.as_tuple() for one in page.annotations} == BOX
        assert all(one.prompt is None for one in page.annotations)
        return [(one.id, one.label, one.mask.box, one.time, one.author) for one in page.annotations]

    assert found() == found()


def test_crops_of_very_large_objects_are_classified_in_parts(monkeypatch):
    monkeypatch.setattr(recognize, "_CROP_BYTES_AT_ONCE", 5000)
    rgb, eyes, namer = photo(**BOX), ColourSegmenter(), ColourClassifier()
    prompts = [click(20, 20), click(70, 25), click(30, 70), click(20, 20)]
    found = [eyes.predict(eyes.encode(rgb), prompt)[0].mask for prompt in prompts]
    scores = recognize.classify(namer, LABELS, rgb, found)
    assert [one.best for one in scores] == ["Angle", "Bar", "Plate", "Angle"]
    assert len(namer.calls) > 1 and sum(namer.calls) == 4


def test_nothing_to_classify_asks_nothing():
    namer = ColourClassifier()
    assert recognize.classify(namer, LABELS, photo(), []) == []
    assert namer.calls == []


def test_label_folder_reports_bad_photos_and_prompts_and_goes_on(tmp_path):
    folder = tmp_path / "废钢 照片"
    good = save(folder / "好.png", photo(**BOX))
    broken = folder / "broken.jpg"
    broken.write_bytes(b"no image at all")
    prompts = [click(20, 20), click(5, 5), click(900, 5), click(70, 25)]
    photos = [recognize.Photo("broken.jpg", broken), recognize.Photo("好.png", good, prompts)]
    bad, fine = recognize.label_folder(photos, ColourSegmenter(), ColourClassifier(), LABELS)
    assert bad.page is None
    assert str(broken) in bad.problems[0]
    assert [one.label for one in fine.page.annotations] == ["Angle", "Bar"]
    assert [problem.split(":")[0] for problem in fine.problems] == ["prompt 2", "prompt 3"]
    assert set(fine.seconds) == {"read", "encode", "predict", "classify"}


def test_a_photo_too_large_for_the_memory_is_reported(tmp_path, monkeypatch):
    def read(path):
        raise MemoryError

    monkeypatch.setattr(images, "read", read)
    photos = [recognize.Photo("a.png", tmp_path / "a.png")]
    (only,) = recognize.label_folder(photos, ColourSegmenter(), None, LABELS)
    assert only.page is None and "not enough memory" in only.problems[0]


def test_progress_counts_hundredths_and_never_goes_back(tmp_path):
    path = save(tmp_path / "a.png", photo(**BOX))
    photos = [recognize.Photo("a.png", path), recognize.Photo("b.png", path, [click(20, 20)])]
    seen = []
    list(recognize.label_folder(photos, ColourSegmenter(), None, LABELS, progress=lambda *now: seen.append(now)))
    assert {total for _, total in seen} == {200}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (200, 200) and (100, 200) in seen


@pytest.mark.parametrize("prompts", [None, [click(20, 20)] * 100])
def test_progress_can_cancel_within_a_photo(tmp_path, prompts):
    path, eyes = save(tmp_path / "a.png", photo(**BOX)), ColourSegmenter()

    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        list(recognize.label_folder([recognize.Photo("a.png", path, prompts)], eyes, None, LABELS, progress=stop))
    assert 0 < len(eyes.asked) < 100
