"""The SAM family against the authors' own code and against stored answers, on made-up weights."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import sam_weights
import torch

from sscore.mask_sets import iou, tight
from sscore.models import FAMILIES, automatic
from sscore.models.nets import sam as nets
from sscore.types import Box, Prompt

GOLDEN = Path(__file__).parents[1] / "data" / "sam_answers.npz"
ONE = Prompt(points=[[40, 38]], positive=[True])
FIVE = Prompt(points=[[40, 38], [45, 40], [50, 35], [10, 80], [110, 8]], positive=[True, True, True, False, False])
BOX = Prompt(box=Box(28, 25, 64, 50))
BOTH = Prompt(points=[[40, 38]], positive=[True], box=Box(28, 25, 64, 50))
PROMPTS = {"one": ONE, "five": FIVE, "box": BOX, "both": BOTH}


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """Path of a checkpoint of each small variant."""
    folder = tmp_path_factory.mktemp("权重 files")
    paths = {}
    for model_id, (family, variant) in sam_weights.VARIANTS.items():
        paths[model_id] = folder / f"{model_id}.pth"
        torch.save(sam_weights.state_dict(family, variant), paths[model_id])
    return paths


@pytest.fixture(scope="module")
def opened(checkpoints):
    """Loads a variant once per engine."""
    known = {}

    def load(model_id, engine="torch"):
        if (model_id, engine) not in known:
            card = sam_weights.card(model_id)
            module, name = FAMILIES[card.family].split(":")
            loader = getattr(import_module(module), name)
            known[model_id, engine] = loader(card, checkpoints[model_id], device="cpu", engine=engine)
        return known[model_id, engine]

    return load


@pytest.fixture(scope="module")
def rgb():
    return sam_weights.photo()


@pytest.fixture(scope="module")
def embedded(opened, rgb):
    known = {}

    def embed(model_id):
        if model_id not in known:
            known[model_id] = opened(model_id).encode(rgb)
        return known[model_id]

    return embed


def in_order(candidates):
    """As the network put them out."""
    return sorted(candidates, key=lambda c: c.index)


def answers(segmenter, embedding):
    """Some logits and all scores of all prompts, by name."""
    found = {}
    for name, prompt in PROMPTS.items():
        for multimask in (True, False):
            candidates = in_order(segmenter.predict(embedding, prompt, multimask=multimask))
            key = f"{name}/{'many' if multimask else 'one'}"
            found[f"{key}/logits"] = np.stack([c.logits[8::16, 8::16] for c in candidates])
            found[f"{key}/scores"] = np.array([c.score for c in candidates], np.float32)
    return found


@pytest.mark.parametrize("model_id", sam_weights.VARIANTS)
def test_answers_are_the_stored_ones(opened, embedded, model_id):
    found = answers(opened(model_id), embedded(model_id))
    with np.load(GOLDEN) as stored:
        wanted = {k.split("|")[1]: stored[k] for k in stored.files if k.startswith(f"{model_id}|")}
    assert set(found) == set(wanted)
    for key, value in wanted.items():
        assert found[key].shape == value.shape, key
        assert np.abs(found[key] - value).max() < 1e-3, key


@pytest.fixture(scope="module")
def official(checkpoints, rgb):
    """The authors' predictor of MobileSAM, the photo set."""
    from segment_anything import SamPredictor

    whole = nets.build("mobile_sam", "")
    whole.load_state_dict(torch.load(checkpoints["mobile-sam"], weights_only=True), strict=True)
    whole.train().eval()
    encode = whole.image_encoder.forward
    whole.image_encoder.forward = lambda x: encode(x)[0]
    predictor = SamPredictor(whole)
    predictor.set_image(rgb)
    return predictor


@pytest.mark.parametrize("name", PROMPTS)
def test_masks_are_those_of_the_authors_predictor(official, opened, embedded, rgb, name):
    prompt = PROMPTS[name]
    given = {} if prompt.box is None else {"box": np.array(prompt.box.as_tuple())}
    if len(prompt.points):
        given |= {"point_coords": prompt.points.copy(), "point_labels": prompt.positive.astype(int)}
    masks, scores, low = official.predict(**given, multimask_output=True)
    found = in_order(opened("mobile-sam").predict(embedded("mobile-sam"), prompt))
    assert np.abs(np.stack([c.logits for c in found]) - low).max() < 1e-3
    assert np.allclose([c.score for c in found], scores, atol=1e-4)
    for mask, candidate in zip(masks, found, strict=True):
        assert candidate.mask is not None
        assert iou(tight(mask), candidate.mask) >= 0.999


def test_refinement_feeds_the_logits_back_as_the_authors_demo_does(official, opened, embedded):
    segmenter, embedding = opened("mobile-sam"), embedded("mobile-sam")
    first = segmenter.predict(embedding, ONE)[0]
    again = Prompt(points=FIVE.points, positive=FIVE.positive, logits=first.logits)
    found = segmenter.predict(embedding, again, multimask=False)[0]
    _, scores, low = official.predict(
        point_coords=FIVE.points.copy(),
        point_labels=FIVE.positive.astype(int),
        mask_input=first.logits[None].copy(),
        multimask_output=False,
    )
    assert np.abs(found.logits - low[0]).max() < 1e-3
    assert abs(found.score - scores[0]) < 1e-4


def test_a_batch_gives_what_single_prompts_give(opened, embedded):
    segmenter, embedding = opened("mobile-sam"), embedded("mobile-sam")
    prompts = [BOX, ONE, Prompt(box=Box(5, 5, 60, 80)), FIVE, BOTH]
    together = segmenter.predict_many(embedding, prompts)
    for prompt, many in zip(prompts, together, strict=True):
        alone = segmenter.predict(embedding, prompt)
        assert [c.index for c in many] == [c.index for c in alone]
        assert all(np.abs(a.logits - b.logits).max() < 1e-4 for a, b in zip(many, alone, strict=True))


def test_openvino_gives_the_masks_of_torch(opened, embedded, rgb):
    fast = opened("mobile-sam", "openvino")
    embedding = fast.encode(rgb)
    for prompt in (ONE, BOTH):
        wanted = in_order(opened("mobile-sam").predict(embedded("mobile-sam"), prompt))
        found = in_order(fast.predict(embedding, prompt))
        assert all(iou(a.mask, b.mask) >= 0.97 for a, b in zip(wanted, found, strict=True))


@pytest.mark.parametrize("most", [0.95, 1.0], ids=["overlaps dropped", "overlaps kept"])
def test_everything_mode_finds_what_the_authors_generator_finds(official, opened, embedded, rgb, most):
    from segment_anything import SamAutomaticMaskGenerator

    # Made-up weights are sure of nothing: the limits are set so that some answers pass and some do not.
    limits = {
        "points_per_side": 3,
        "pred_iou_thresh": -0.5,
        "stability_score_thresh": 0.9,
        "stability_score_offset": 0.01,
        "box_nms_thresh": most,
        "min_mask_region_area": 30,
    }
    wanted = SamAutomaticMaskGenerator(official.model, **limits).generate(rgb)
    found = automatic.find_all(
        opened("mobile-sam"), rgb, embedded("mobile-sam"), options=automatic.Everything(**limits)
    )
    assert len(found) == len(wanted)
    assert len(wanted) == 1 if most < 1 else 2 <= len(wanted) < 27
    matched = [max(iou(tight(w["segmentation"]), f.mask) for f in found) for w in wanted]
    assert np.mean(np.array(matched) >= 0.98) >= 0.98
    best = [float(f.score) for f in found]
    assert np.allclose(sorted(best), sorted(w["predicted_iou"] for w in wanted), atol=1e-4)


def test_crops_of_everything_mode_are_the_authors(rgb):
    from segment_anything.utils.amg import build_all_layer_point_grids, generate_crop_boxes

    options = automatic.Everything(crop_n_layers=2, crop_overlap_ratio=0.3, crop_n_points_downscale_factor=2)
    boxes, layers = generate_crop_boxes((375, 501), 2, 0.3)
    assert automatic.crop_boxes((375, 501), options) == [(n, tuple(b)) for n, b in zip(layers, boxes, strict=True)]
    grids = build_all_layer_point_grids(32, 2, 2)
    assert all(np.allclose(automatic.point_grid(32 // 2**k), grid) for k, grid in enumerate(grids))


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (700, 2)])
def test_odd_photos_have_an_answer(opened, size):
    segmenter = opened("edge-sam")
    image = np.full((*size, 3), 90, np.uint8)
    height, width = size
    candidates = segmenter.predict(segmenter.encode(image), Prompt(box=Box(0, 0, width, height)))
    assert len(candidates) == 3
    assert all(c.mask is None or c.mask.full(*size).any() for c in candidates)
