"""naming and calibration: what becomes of a classifier's probabilities."""

from dataclasses import replace

import numpy as np
import pytest
from fake_models import ColourClassifier, photo
from sample_pages import scores

from sscore import calibration, images, labels, masks, recognize
from sscore.errors import BadOption
from sscore.naming import Naming, averaged, parse_views, tempered
from sscore.types import Scores


@pytest.mark.parametrize(("below", "label"), [(0.0, "Pipe"), (0.6, "Pipe"), (0.61, "unknown"), (1.0, "unknown")])
def test_unknown_below_a_threshold(below, label):
    assert Naming(unknown_below=below).label(scores(0.6, 0.3, 0.1)) == label


@pytest.mark.parametrize(
    "wrong", [{"views": ("masked", "round")}, {"unknown_below": 1.1}, {"temperature": 0.0}, {"temperature": np.nan}]
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(BadOption):
        Naming(**wrong)


def test_views_in_words():
    assert parse_views(" masked + tight+masked") == ("masked", "tight") and parse_views("") == ()


def test_the_mean_of_views_is_ranked_anew():
    both = averaged([scores(0.5, 0.4, 0.1), scores(0.6, 0.4, labels=("Bar", "Pipe"))])
    assert both.labels == ("Bar", "Pipe", "H") and np.allclose(both.values, [0.5, 0.45, 0.05])


def test_a_temperature_divides_the_logits():
    logits = np.array([2.0, 0.5, -1.0])
    soft = [np.exp(z) / np.exp(z).sum() for z in (logits, logits / 2.5)]
    assert np.allclose(tempered(scores(*soft[0]), 2.5).values, soft[1], atol=1e-6)
    zero = tempered(scores(1.0, 0.0), 3.0)
    assert zero.best == "Pipe" and np.isfinite(zero.values).all()


class Views(ColourClassifier):
    """Surer of what it sees tightly."""

    def scores(self, crops, label_set):
        self.calls.append(len(crops))
        return [Scores(("Bar", "H"), [0.9, 0.1] if (crop[0, 0] != 127).all() else [0.3, 0.7]) for crop in crops]


def test_several_views_are_one_call_and_kept_with_the_result():
    rgb = photo(Bar=(60, 20, 90, 50))
    mask = masks.tight(rgb[:, :, 1] == 250)
    namer, both = Views(), Naming(("tight", "masked"), 0.65, 2.0, "names")
    found = recognize.classify(namer, labels.load(), rgb, [mask, mask], naming=both)
    assert namer.calls == [4] and images.crop(rgb, mask, "masked")[0, 0, 0] == 127
    assert [one.best for one in found] == ["Bar", "Bar"]
    assert found[0].of("Bar") == pytest.approx(0.6**0.5 / (0.6**0.5 + 0.4**0.5))
    assert both.label(found[0]) == "unknown"
    assert both.record(namer, labels.load()) == {"view": "tight+masked", "temperature": 2.0, "unknown_below": 0.65}
    other = Naming(temperature=2.0, classifier="another")
    assert other.record(namer, labels.load()) == {"view": "tight"}, "a temperature is one classifier's own"


def test_the_version_of_the_words_is_kept_where_words_were_compared():
    shapes, namer, by_words = labels.load(), Views(), Views()
    by_words.card = replace(namer.card, family="cn_clip")
    assert Naming().record(by_words, shapes)["words"] == shapes.words_version
    assert "words" not in Naming().record(namer, shapes)
    other = replace(shapes, templates=("{}",))
    assert len({shapes.words_version, other.words_version, labels.load("trashnet").words_version}) == 3
    assert replace(other, templates=shapes.templates).words_version == shapes.words_version


def drawn(seed, n=400, sharp=3.0):
    """Probabilities whose logits are `sharp` times too large, and the truth they were drawn by."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, 4))
    honest = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = np.array([rng.choice(4, p=row) for row in honest])
    said = np.exp(sharp * logits)
    return said / said.sum(1, keepdims=True), truth, [f"photo {i % 30}" for i in range(n)]


def test_the_temperature_of_a_classifier_too_sure_is_found():
    said, truth, groups = drawn(1)
    found = calibration.calibrate(said, truth, groups, wanted=0.7)
    assert found.temperature == pytest.approx(3.0, rel=0.2)
    assert found.error > 0.15 and found.error_after < 0.5 * found.error
    assert sum(b.count for b in found.bins) == found.count == 400
    sure = calibration.powered(said, found.temperature).max(1)
    kept = sure >= found.threshold
    assert (said.argmax(1) == truth)[kept].mean() >= 0.69 and found.named == pytest.approx(kept.mean())


def test_the_error_after_is_judged_on_other_photos():
    """Each photo alone says the contrary of all others: what is fitted on them does not help it."""
    said = np.array([[0.9, 0.1]] * 40)
    truth = np.array([0] * 20 + [1] * 20)
    found = calibration.calibrate(said, truth, ["a"] * 20 + ["b"] * 20, wanted=0.9)
    assert found.error == pytest.approx(0.4) and found.error_after > 0.4


def test_no_threshold_where_no_sureness_is_right_often_enough():
    said = np.tile([[0.7, 0.3], [0.6, 0.4]], (20, 1))
    found = calibration.calibrate(said, np.ones(40, int), ["a", "b"] * 20)
    assert found.threshold is None and found.named == 0 and found.accuracy == 0


def test_too_few_pieces_say_nothing():
    with pytest.raises(BadOption, match="19 accepted instances are too few"):
        calibration.calibrate(np.ones((19, 2)) / 2, np.zeros(19, int), ["a"] * 19)


def test_reliability_by_hand():
    sure, right = np.array([0.05, 0.95, 0.91, 1.0]), np.array([False, True, False, True])
    low, high = calibration.reliability(sure, right)
    assert (low.count, high.count, high.low, high.high) == (1, 3, 0.9, 1.0)
    assert high.accuracy == pytest.approx(2 / 3) and calibration.calibration_error([]) == 0
    by_hand = (0.05 + 3 * abs(2.86 / 3 - 2 / 3)) / 4
    assert calibration.calibration_error([low, high]) == pytest.approx(by_hand)
