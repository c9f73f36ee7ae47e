"""sscore.prompts: S1-S6 by their definition, and noise that stays inside its bounds."""

import numpy as np
import pytest
from drawn_masks import bits, random_masks

from sscore.errors import BadOption, BadPrompt
from sscore.prompts import STRATEGIES, sample, shift
from sscore.types import LOGITS_SIDE, Box, Prompt


def image(height=60, width=80):
    return np.zeros((height, width), dtype=bool)


def disc():
    y, x = np.mgrid[:60, :80]
    return (x - 40) ** 2 + (y - 30) ** 2 <= 15**2


def ring():
    y, x = np.mgrid[:60, :80]
    return disc() & ((x - 40) ** 2 + (y - 30) ** 2 > 9**2)


def test_the_six_strategies():
    table = {key: (s.positives, s.negatives, s.box) for key, s in STRATEGIES.items()}
    assert table == {
        "S1": (0, 0, False), "S2": (1, 0, False), "S3": (5, 0, False), "S4": (5, 5, False), "S5": (0, 0, True),
        "S6": (1, 0, True),
    }  # fmt: skip
    assert all(key == s.key and s.title for key, s in STRATEGIES.items())


@pytest.mark.parametrize("key", ["S2", "S3", "S4", "S5", "S6"])
def test_counts_and_places(key):
    strategy = STRATEGIES[key]
    for drawn in (disc(), ring()):
        prompt = sample(drawn, key)
        xs, ys = prompt.points.astype(int).T
        assert (prompt.points == np.column_stack([xs, ys])).all()
        assert prompt.positive.sum() == strategy.positives and (~prompt.positive).sum() == strategy.negatives
        assert drawn[ys[prompt.positive], xs[prompt.positive]].all()
        assert not drawn[ys[~prompt.positive], xs[~prompt.positive]].any()
        assert (prompt.box is not None) == strategy.box and prompt.logits is None
        if prompt.box:
            assert prompt.box.as_tuple() == (25, 15, 56, 46)
        again = sample(drawn, strategy)
        assert np.array_equal(again.points, prompt.points) and again.box == prompt.box


def test_the_centre_of_mass_comes_first_when_it_is_in_the_mask():
    assert sample(disc(), "S2").points.tolist() == [[40, 30]]
    assert sample(disc(), "S3").points[0].tolist() == [40, 30]
    half = image()
    half[10:14, 20:26] = True  # the mean is 22.5, 11.5: halves go up
    assert sample(half, "S6").points.tolist() == [[23, 12]]


def test_without_the_centre_all_points_are_sampled():
    """The middle element of each of n equal runs of the mask's row-major pixel list."""
    drawn = ring()
    rows, columns = np.nonzero(drawn)
    n = len(rows)
    middles = [(2 * k + 1) * n // 10 for k in range(5)]
    assert sample(drawn, "S3").points.tolist() == [[columns[i], rows[i]] for i in middles]
    assert sample(drawn, "S2").points.tolist() == [[columns[n // 2], rows[n // 2]]]


def test_the_rule_by_hand():
    row = image(3, 40)
    row[1, 3:23] = True  # 20 px: mean 12.5 -> 13; four runs of five, their middles 2, 7, 12, 17
    assert sample(row, "S3").points.tolist() == [[13, 1], [5, 1], [10, 1], [15, 1], [20, 1]]
    apart = image(3, 40)
    apart[1, [0, 1, 2, 3, 4, 30, 31, 32, 33, 34]] = True  # mean 17, not in the mask: five runs of two
    assert sample(apart, "S3").points[:, 0].tolist() == [1, 3, 30, 32, 34]


def test_negatives_by_hand():
    drawn = image(20, 20)
    drawn[8:12, 6:10] = True
    field = image(20, 20)
    field[6:14, 4:12] = True  # twice the box about its centre
    rows, columns = np.nonzero(field & ~drawn)
    picked = [(2 * k + 1) * len(rows) // 10 for k in range(5)]
    prompt = sample(drawn, "S4")
    assert prompt.points[~prompt.positive].tolist() == [[columns[i], rows[i]] for i in picked]


def test_negatives_stay_near_and_inside_the_image():
    for drawn, mask in random_masks(100, side=20):
        if mask is None:
            continue
        prompt = sample(drawn, "S4")
        height, width = drawn.shape
        box = mask.box
        for x, y in prompt.points[~prompt.positive]:
            assert 0 <= x < width and 0 <= y < height and not drawn[int(y), int(x)]
            assert abs(x + 0.5 - box.centre[0]) <= box.width and abs(y + 0.5 - box.centre[1]) <= box.height
        assert len({tuple(p) for p in prompt.points}) == len(prompt.points)
        assert prompt.positive.sum() == min(5, drawn.sum())


def test_small_masks_give_each_pixel_once():
    for count in range(1, 8):
        drawn = image(9, 9)
        drawn.ravel()[30 : 30 + count] = True
        points = sample(drawn, "S3").points
        assert len(points) == min(count, 5) == len({tuple(p) for p in points})
    assert len(sample(np.ones((4, 4), bool), "S4").points) == 5  # no background, no negatives
    one = sample(bits("#"), "S4")
    assert one.points.tolist() == [[0, 0]] and one.positive.all()
    assert sample(bits("..", ".#"), "S5").box.as_tuple() == (1, 1, 2, 2)


def test_what_cannot_be_sampled():
    with pytest.raises(BadPrompt, match="everything mode"):
        sample(disc(), "S1")
    with pytest.raises(BadPrompt, match="empty"):
        sample(image(), "S5")
    with pytest.raises(BadOption, match="'S7'.*S1, S2"):
        sample(disc(), "S7")


# --- shift ------------------------------------------------------------------------------------------------------------


def test_every_point_and_edge_moves_within_the_bounds():
    rng = np.random.default_rng(0)
    prompt = Prompt(points=np.full((200, 2), 500), positive=np.arange(200) % 2 == 0, box=Box(400, 420, 600, 580))
    angles, senses = [], []
    for _ in range(30):
        moved = shift(prompt, 10, 20, rng, (1000, 1000))
        off = moved.points - prompt.points
        distance = np.hypot(*off.T)
        assert (distance > 10 - 1e-3).all() and (distance < 20 + 1e-3).all()
        assert moved.positive.tolist() == prompt.positive.tolist()
        angles.append(np.arctan2(*off.T))
        edges = np.subtract(moved.box.as_tuple(), prompt.box.as_tuple())
        assert (np.abs(edges) >= 10).all() and (np.abs(edges) < 20).all()
        senses.append(edges * [-1, -1, 1, 1] > 0)
    assert np.histogram(np.concatenate(angles), 8, (-np.pi, np.pi))[0].min() > 600  # of 750: every direction
    assert (np.abs(np.mean(senses, axis=0) - 0.5) < 0.3).all()  # in and out


def test_shift_is_repeatable_and_leaves_the_rest():
    prompt = Prompt([(5, 6)], [True], Box(1, 2, 30, 40), np.ones((LOGITS_SIDE, LOGITS_SIDE)))
    one, two = (shift(prompt, 0, 5, np.random.default_rng(3), (50, 50)) for _ in range(2))
    assert np.array_equal(one.points, two.points) and one.box == two.box
    assert np.array_equal(one.logits, prompt.logits)
    assert prompt.points.tolist() == [[5, 6]] and prompt.box.as_tuple() == (1, 2, 30, 40)


def test_shift_by_nothing():
    prompt = sample(disc(), "S4")
    still = shift(prompt, 0, 0, np.random.default_rng(0), (60, 80))
    assert np.array_equal(still.points, prompt.points) and still.box is None
    boxed = Prompt(box=Box(3, 4, 9, 8))
    assert shift(boxed, 0, 0, np.random.default_rng(0), (60, 80)).box == boxed.box
    assert shift(Prompt(), 0, 9, np.random.default_rng(0), (60, 80)).empty


def test_shift_is_clipped_to_the_image_and_the_box_stays_valid():
    rng = np.random.default_rng(1)
    height, width = 12, 20
    for _ in range(150):
        x0, y0 = rng.integers(0, width), rng.integers(0, height)
        box = Box(x0, y0, x0 + 1, y0 + 1)
        moved = shift(Prompt([(x0, y0)], [True], box), 0, 40, rng, (height, width))
        x, y = moved.points[0]
        assert 0 <= x <= width - 1 and 0 <= y <= height - 1
        assert moved.box == moved.box.clipped(height, width) and min(moved.box.width, moved.box.height) >= 1 - 1e-9


@pytest.mark.parametrize("lo, hi", [(-1, 5), (5, 1), (float("nan"), 1), (0, float("inf"))])
def test_shift_refuses_impossible_distances(lo, hi):
    with pytest.raises(BadOption, match="cannot shift"):
        shift(Prompt(), lo, hi, np.random.default_rng(0), (9, 9))
