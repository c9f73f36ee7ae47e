"""One photo measured: which prompts, which candidate is scored, what the rows say."""

from __future__ import annotations

import numpy as np
import pytest
from fake_models import NO_LOGITS, ColourSegmenter, photo
from sample_pages import rectangle

from sscore import masks, metrics, prompts
from sscore.errors import BadOption, BadPrompt, ModelMissing, WrongWeights
from sscore.evaluate import Case, Design, by_strategy, measure, workers
from sscore.evaluate.measure import generator, measure_case
from sscore.evaluate.overlay import together
from sscore.models import weights
from sscore.types import Candidate

BAR, PLATE = rectangle(20, 30, 60, 50), rectangle(90, 60, 130, 110)
RGB = photo(Bar=(20, 30, 60, 50), Plate=(90, 60, 130, 110))
CASE = Case("废钢/1.png", RGB, (BAR, PLATE), (7, 9), ("Bar", "Plate"))


class Choosy(ColourSegmenter):
    """Puts a poor candidate first."""

    def predict(self, embedding, prompt, *, multimask=True):
        (good,) = super().predict(embedding, prompt)
        half = Candidate(rectangle(0, 0, 5, 5), 0.95, NO_LOGITS, 2)
        return (half, Candidate(good.mask, 0.4, NO_LOGITS, 1))


def test_every_strategy_shift_and_repeat_has_a_row():
    design = Design(("S2", "S5", "S6"), ((0, 3), (3, 6)), repeats=2)
    rows = list(measure_case(ColourSegmenter(), CASE, design))
    assert len(rows) == 2 * design.asked() == 2 * 3 * (1 + 2 * 2)
    first = rows[0]
    assert (first.segmenter, first.image, first.annotation, first.label) == ("colours", "废钢/1.png", 7, "Bar")
    assert (first.strategy, first.shift, first.repeat, first.area, first.clicks) == ("S2", "none", 0, 800, 1)
    assert (first.dice, first.jaccard, first.hausdorff, first.candidate) == (1.0, 1.0, 0.0, 0)
    assert [(r.shift, r.repeat) for r in rows[:5]] == [("none", 0), ("0-3", 1), ("0-3", 2), ("3-6", 1), ("3-6", 2)]
    assert {r.strategy: r.clicks for r in rows} == {"S2": 1, "S5": 2, "S6": 3}
    assert all(r.seconds_encode == first.seconds_encode and r.seconds_predict >= 0 for r in rows)


def test_prompts_are_those_of_the_strategies():
    model = ColourSegmenter()
    list(measure_case(model, CASE, Design(("S4", "S6"), ((2, 4),))))
    full = BAR.full(*RGB.shape[:2])
    plain = prompts.sample(full, "S4")
    assert np.array_equal(model.asked[0].points, plain.points) and model.asked[0].box is None
    rng = generator(Design(), CASE.name, 7, "S4", "2-4", 1)
    moved = prompts.shift(plain, 2, 4, rng, RGB.shape[:2])
    assert np.array_equal(model.asked[1].points, moved.points)


def test_the_candidate_that_fits_best_is_scored():
    row = measure(Choosy(), [CASE], ("S5",))[0]
    assert (row.dice, row.predicted_iou, row.candidate) == (1.0, pytest.approx(0.4), 1)
    assert row.dice_first == 0.0
    assert masks.from_rle({"size": list(RGB.shape[:2]), "counts": row.mask}).same_as(BAR)


def test_nothing_found_is_a_row_too():
    case = Case("black.png", np.zeros_like(RGB), (BAR,))
    (row,) = measure(ColourSegmenter(), [case], ("S5",))
    assert (row.dice, row.jaccard, row.candidate, row.mask) == (0.0, 0.0, -1, "") and np.isinf(row.hausdorff)
    assert (row.annotation, row.label) == (1, "")


def test_everything_mode_is_searched_once():
    model = ColourSegmenter()
    rows = measure(model, [CASE], ("S1",))
    asked = len(model.asked)
    assert [row.dice for row in rows] == [1.0, 1.0] and rows[0].clicks == 0
    assert rows[0].seconds_predict == rows[1].seconds_predict
    measure(model, [Case("1", RGB, (BAR,))], ("S1",))
    assert len(model.asked) == 2 * asked  # not once more for each object


def test_one_object_that_fails_does_not_cost_the_others():
    class Picky(ColourSegmenter):
        def predict(self, embedding, prompt, *, multimask=True):
            if prompt.box.x0 == 20:
                raise BadPrompt("not this one")
            return super().predict(embedding, prompt)

    trouble = []
    rows = list(measure_case(Picky(), CASE, Design(("S5",)), trouble=lambda *what: trouble.append(what)))
    assert [row.annotation for row in rows] == [9] and trouble == [(7, "not this one")]
    with pytest.raises(BadPrompt):
        measure(Picky(), [CASE], ("S5",))


def test_shifts_depend_on_their_place_alone():
    def draw(*where):
        return generator(Design(seed=1), *where).random()

    here = ("1.png", 3, "S5", "0-10", 2)
    others = [("2.png", 3, "S5", "0-10", 2), ("1.png", 4, "S5", "0-10", 2), ("1.png", 3, "S6", "0-10", 2)]
    others += [("1.png", 3, "S5", "10-20", 2), ("1.png", 3, "S5", "0-10", 3)]
    assert draw(*here) == draw(*here) and len({draw(*where) for where in [here, *others]}) == 6
    assert generator(Design(seed=2), *here).random() != draw(*here)


def test_metrics_of_the_small_canvas_are_those_of_the_photo():
    rng = np.random.default_rng(5)
    for _ in range(20):
        pair = []
        for _ in range(2):
            x, y = rng.integers(0, 60, 2)
            pair.append(rectangle(int(x), int(y), int(x + rng.integers(1, 40)), int(y + rng.integers(1, 40))))
        small, whole = together(*pair), [mask.full(100, 100) for mask in pair]
        for metric in (metrics.dice, metrics.jaccard, metrics.hausdorff):
            assert metric(*small) == metric(*whole)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"strategies": ("S9",)}, "unknown prompt strategy 'S9'"),
        ({"strategies": ()}, "at least one"),
        ({"strategies": ("S2", "S2")}, "once"),
        ({"shifts": ((10, 5),)}, "cannot shift by 10-5 px"),
        ({"repeats": 0}, "--repeats"),
    ],
)
def test_designs_that_make_no_sense(values, problem):
    with pytest.raises(BadOption, match=problem):
        Design(**values)


def test_by_strategy():
    rows = measure(Choosy(), [CASE], ("S2", "S5"))
    table = by_strategy(rows)
    assert table["S5"]["n"] == 2 and table["S5"]["dice"] == 1.0 and table["S5"]["dice_first"] == 0.0
    assert table["S2"]["median_ms"] >= 0


NANO, SAM_B = 2_800_000, 93_000_000


@pytest.mark.parametrize(
    ("parameters", "photos", "prompts", "device", "wanted"),
    [
        ([NANO], 53, 29_840, "cpu", 4),
        ([0, NANO], 53, 29_840, "cpu", 4),
        ([NANO, SAM_B], 53, 29_840, "cpu", 1),
        ([None], 53, 29_840, "cpu", 1),
        ([NANO], 3, 29_840, "cpu", 3),
        ([NANO], 53, 900, "cpu", 2),
        ([NANO], 53, 10, "cpu", 1),
        ([NANO], 53, 29_840, "cuda", 1),
        ([NANO], 53, 29_840, "gpu", 1),
    ],
)
def test_how_many_processes_nobody_asked_for(monkeypatch, parameters, photos, prompts, device, wanted):
    monkeypatch.setattr(workers, "cores", lambda: 4)
    assert workers.sensible(parameters, photos, prompts, device=device, engine="auto") == wanted


def test_the_size_of_a_model_is_read_from_its_file(tmp_path):
    from safetensors.numpy import save

    file = tmp_path / "废钢 照片" / "net.safetensors"
    with pytest.raises(ModelMissing):
        weights.numbers(file)
    file.parent.mkdir()
    file.write_bytes(
        save({"a": np.zeros((3, 4), np.float16), "b": np.zeros(5, np.float32), "c": np.ones(1, np.float32)})
    )
    assert weights.numbers(file) == 18
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(WrongWeights):
        weights.numbers(file)
