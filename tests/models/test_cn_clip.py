"""CN-CLIP against the cn-clip package: its network's answers are stored, and compared where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cn_clip_weights
import numpy as np
import pytest
import torch

from sscore import catalogue, labels, models, paths
from sscore.bench import published
from sscore.errors import BadLabels, WrongWeights
from sscore.labels import Label, LabelSet
from sscore.models import checkpoints, cn_clip, export, wordpiece
from sscore.models.nets import cn_clip as nets
from sscore.types import Classifier

GOLDEN = np.load(Path(__file__).parents[1] / "data" / "cn_clip_answers.npz")

# Tensors and numbers of the published variants.
COUNTS = {
    "rn50": (394, 76_989_537),
    "vit_b_16": (351, 188_262_913),
    "vit_l_14": (495, 406_233_089),
    "vit_l_14_336": (495, 406_560_769),
    "vit_h_14": (783, 957_598_209),
}


@pytest.fixture(scope="module", autouse=True)
def _tiny():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(nets.CONFIGS, "tiny", cn_clip_weights.TINY)
        patch.setitem(nets.CONFIGS, "tiny-resnet", cn_clip_weights.TINY_RESNET)
        yield


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("权重 文件") / "tiny.pt"
    cn_clip_weights.save(path)
    return path


@pytest.fixture
def tiny(file, tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "缓存 一"))
    return cn_clip.load(cn_clip_weights.CARD, file, device="cpu", engine="torch")


def own_set(*texts, templates=("一张{}的照片", "{}")):
    rows = tuple(Label(f"c{n}", f"c{n}", f"c{n}", "#112233", (text,)) for n, text in enumerate(texts))
    return LabelSet("own", "own", "own", rows, templates)


@pytest.mark.parametrize(("variant", "counts"), COUNTS.items())
def test_networks_have_the_published_tensors(variant, counts):
    with torch.device("meta"):
        net = nets.CnClip(nets.CONFIGS[variant])
    assert (len(net.state_dict()), sum(value.numel() for value in net.parameters())) == counts
    shapes = {name: tuple(value.shape) for name, value in net.state_dict().items()}
    assert checkpoints.architecture(shapes) == ("cn_clip", variant)


def test_every_row_fits_its_variant():
    rows = [row for row in catalogue.cards("classifier") if row.family == "cn_clip"]
    assert [row.variant for row in rows] == list(COUNTS)
    for row in rows:
        assert row.input_px == nets.CONFIGS[row.variant].px and not row.sha256 and not row.embedded
        assert [url.split("/")[2] for url in row.urls] == ["huggingface.co", "hf-mirror.com", "modelscope.cn"]
        assert all(url.endswith(f"/{row.file}") for url in row.urls)


def test_numbers_are_the_authors(tiny, file):
    assert isinstance(tiny, Classifier) and tiny.view == "masked"
    assert np.array_equal(wordpiece.tokenize(list(cn_clip_weights.TEXTS)), GOLDEN["tokens"])
    net = cn_clip.network(cn_clip_weights.CARD, file)
    assert not net.training and all(value.dtype == torch.float32 for value in net.parameters())
    texts = [cn_clip.prepared(text) for text in cn_clip_weights.TEXTS]
    assert np.allclose(cn_clip.text_features(net, texts), GOLDEN["text"], atol=2e-5)
    assert np.allclose(tiny.raw_features(cn_clip_weights.crops()), GOLDEN["image"], atol=2e-5)


def test_the_residual_network_gives_the_authors_features(tmp_path, monkeypatch):
    """On both engines; its norms are part of the weights."""
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "缓存"))
    path, card = tmp_path / "rn.pt", replace(cn_clip_weights.CARD, variant="tiny-resnet", input_px=64)
    cn_clip_weights.save(path, cn_clip_weights.TINY_RESNET)
    exact = cn_clip.load(card, path, device="cpu", engine="torch")
    found = exact.raw_features(cn_clip_weights.crops())
    assert np.abs(found - GOLDEN["resnet"]).max() < 2e-5 * np.abs(GOLDEN["resnet"]).max()
    fast = cn_clip.load(card, path, device="cpu", engine="openvino")
    crops = cn_clip_weights.crops()
    assert (fast.features(crops) * exact.features(crops)).sum(1).min() > 0.999


def test_the_package_gives_the_same_where_it_is_installed(file):
    package = pytest.importorskip("cn_clip.clip")
    from cn_clip.clip.model import CLIP
    from cn_clip.clip.utils import create_model
    from PIL import Image

    size = cn_clip_weights.TINY
    sizes = {
        "embed_dim": size.features,
        "image_resolution": size.px,
        "vision_layers": size.layers,
        "vision_width": size.width,
        "vision_patch_size": size.patch,
        "vision_head_width": size.width // size.heads,
        "vocab_size": size.vocabulary,
        "text_attention_probs_dropout_prob": 0.1,
        "text_hidden_act": "gelu",
        "text_hidden_dropout_prob": 0.1,
        "text_hidden_size": size.text_width,
        "text_initializer_range": 0.02,
        "text_intermediate_size": 4 * size.text_width,
        "text_max_position_embeddings": size.positions,
        "text_num_attention_heads": size.text_heads,
        "text_num_hidden_layers": size.text_layers,
        "text_type_vocab_size": 2,
    }
    official = CLIP(**sizes).eval()
    official.load_state_dict(cn_clip_weights.state_dict())
    net = cn_clip.network(cn_clip_weights.CARD, file)
    photos = torch.stack([package.image_transform(size.px)(Image.fromarray(crop)) for crop in cn_clip_weights.crops()])
    mine = np.stack([cn_clip.network_input(crop, size.px) for crop in cn_clip_weights.crops()])
    with torch.inference_mode():
        tokens = package.tokenize(list(cn_clip_weights.TEXTS))
        assert np.array_equal(tokens.numpy(), wordpiece.tokenize(list(cn_clip_weights.TEXTS)))
        assert torch.allclose(net.encode_text(tokens), official.encode_text(tokens), atol=2e-5)
        assert torch.allclose(net.visual(torch.from_numpy(mine))[0], official.encode_image(photos), atol=2e-5)
    for variant, structure in published._STRUCTURES.items():  # what `ssc bench` asks the package for
        with torch.device("meta"):
            shapes = [
                {name: value.shape for name, value in made.state_dict().items()}
                for made in (create_model(structure), nets.CnClip(nets.CONFIGS[variant]))
            ]
        assert shapes[0] == shapes[1]


def test_scores_follow_the_published_protocol(tiny, file):
    own = own_set("角钢", "H型钢", "“废钢”")
    net = cn_clip.network(cn_clip_weights.CARD, file)
    classes = []
    for text in ("角钢", "h型钢", '"废钢"'):
        both = torch.from_numpy(cn_clip.text_features(net, [f"一张{text}的照片", text]))
        both /= both.norm(dim=-1, keepdim=True)
        mean = both.mean(0)
        classes.append(mean / mean.norm())
    image = torch.from_numpy(tiny.raw_features(cn_clip_weights.crops()))
    wanted = (100 * image / image.norm(dim=-1, keepdim=True) @ torch.stack(classes, 1)).softmax(-1).numpy()
    answers = tiny.scores(cn_clip_weights.crops(), own)
    got = np.array([[answer.of(key) for key in own.keys] for answer in answers])
    assert np.abs(got - wanted).max() < 1e-4 and 0.05 < wanted.max(1).min() < 0.99999
    assert all(list(answer.values) == sorted(answer.values, reverse=True) for answer in answers)
    assert np.allclose(np.linalg.norm(tiny.features(cn_clip_weights.crops()), axis=1), 1, atol=1e-6)


def test_many_crops_and_none(tiny):
    crops = cn_clip_weights.crops() * 7
    features = tiny.features(crops)
    assert features.shape == (21, 24) and np.allclose(features[:3], features[18:], atol=1e-5)
    assert tiny.features([]).shape == (0, 24) and tiny.scores([], own_set("角钢")) == []


def test_the_text_tower_runs_once_for_the_same_words(tiny, file, monkeypatch):
    own = own_set("角钢", "钢管")
    first = tiny.scores(cn_clip_weights.crops(), own)
    kept = sorted((paths.cache() / "texts").iterdir())
    assert len(kept) == 2
    again = cn_clip.load(cn_clip_weights.CARD, file, device="cpu", engine="torch")
    with monkeypatch.context() as patch:
        patch.setattr(cn_clip, "text_features", lambda *_: pytest.fail("the text tower ran again"))
        assert [x.labels for x in again.scores(cn_clip_weights.crops(), own)] == [x.labels for x in first]
    seen = []
    before = cn_clip.text_features
    monkeypatch.setattr(cn_clip, "text_features", lambda net, texts: seen.append(texts) or before(net, texts))
    again.scores(cn_clip_weights.crops(), own_set("角钢", "管材"))
    assert seen == [["一张管材的照片", "管材"]]  # only the words that changed


def test_a_damaged_text_cache_is_made_anew_and_a_missing_one_is_borne(tiny, file, tmp_path, monkeypatch):
    own = own_set("角钢", "钢管")
    first = tiny.scores(cn_clip_weights.crops(), own)
    for path, data in zip(sorted((paths.cache() / "texts").iterdir()), (b"", b"\x93NUMPY\x01\x00"), strict=True):
        path.write_bytes(data)
    again = cn_clip.load(cn_clip_weights.CARD, file, device="cpu", engine="torch").scores(cn_clip_weights.crops(), own)
    assert [list(x.values) for x in again] == [list(x.values) for x in first]
    (tmp_path / "no folder").write_bytes(b"")
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "no folder"))
    other = cn_clip.load(cn_clip_weights.CARD, file, device="cpu", engine="torch")
    assert other.scores(cn_clip_weights.crops(), own)[0].labels == first[0].labels


_LATER = """
import sys, numpy as np
from pathlib import Path
from sscore import labels
from sscore.models import cn_clip
from sscore.types import ModelCard
card = ModelCard("tiny-clip", "classifier", "cn_clip", variant="tiny", file="tiny.pt", input_px=32)
classifier = cn_clip.load(card, Path(sys.argv[1]), device="cpu", engine="openvino")
answer = classifier.scores([np.full((40, 30, 3), 90, np.uint8)], labels.load("trashnet"))[0]
assert "torch" not in sys.modules
print(answer.best)
"""


def test_openvino_agrees_and_needs_no_torch_later(tiny, file):
    fast = cn_clip.load(cn_clip_weights.CARD, file, device="cpu", engine="openvino")
    crops = [*cn_clip_weights.crops(), np.full((40, 30, 3), 90, np.uint8)]
    assert (fast.features(crops) * tiny.features(crops)).sum(1).min() > 0.999
    best = fast.scores(crops, labels.load("trashnet"))[3].best
    run = [sys.executable, "-c", _LATER, str(file)]
    done = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", env=os.environ, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, best), done.stderr


def test_a_prompt_too_long_is_named(tiny):
    exact = own_set("钢" * 50, templates=("{}",))
    assert tiny.scores(cn_clip_weights.crops(), exact)[0].labels == ("c0",)
    with pytest.raises(BadLabels, match=r"class 'c1' has 53 tokens, the model reads 52 at most: 钢{51}") as error:
        tiny.scores(cn_clip_weights.crops(), own_set("角钢", "钢" * 51, templates=("{}",)))
    assert error.value.remedy
    with pytest.raises(BadLabels, match="has 302 tokens") as error:
        tiny.scores([], own_set("钢" * 300, templates=("{}",)))
    assert len(error.value.problem) < 200


def test_classes_without_words_are_refused(tiny):
    class Bare:
        keys = ("a", "b")

    with pytest.raises(BadLabels, match="needs words for each class"):
        tiny.scores(cn_clip_weights.crops(), Bare())


@pytest.mark.parametrize("key", labels.available())
def test_prompts_of_the_sets_that_ship_fit(key):
    own = labels.load(key)
    assert all(len(cn_clip.prompts_of(own, name)) >= 3 for name in own.keys)
    pieces = [piece for name in own.keys for text in cn_clip.prompts_of(own, name) for piece in wordpiece.pieces(text)]
    assert "[UNK]" not in pieces


def test_other_weights_are_named(file, tmp_path):
    stored = torch.load(file, weights_only=True)
    del stored["state_dict"]["module.visual.ln_post.bias"]
    bent = tmp_path / "bent.pt"
    torch.save(stored, bent)
    with pytest.raises(WrongWeights, match=r"visual.ln_post.bias is missing"):
        cn_clip.load(cn_clip_weights.CARD, bent, device="cpu", engine="torch")
    with pytest.raises(WrongWeights, match="not the weights of cn-clip-vit-b-16"):
        models.load_classifier("cn-clip-vit-b-16", checkpoint=file, engine="torch")


def test_a_row_of_an_unknown_variant_is_named(file):
    for change in ({"variant": "rn101"}, {"input_px": 48}):
        with pytest.raises(WrongWeights, match="known are rn50"):
            cn_clip.load(replace(cn_clip_weights.CARD, **change), file, device="cpu", engine="torch")


def test_the_image_tower_can_be_exported(file, tmp_path):
    part = cn_clip.part(cn_clip_weights.CARD, file)
    path = export._onnx(part, tmp_path, "tiny")
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    batch = np.stack([cn_clip.network_input(crop, 32) for crop in cn_clip_weights.crops()])
    assert np.allclose(session.run(["features"], {"photo": batch})[0], GOLDEN["image"], atol=1e-4)
