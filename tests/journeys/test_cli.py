"""Whole stories on the command line, with the embedded models: rendered scenes in, COCO out, in a Chinese folder."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO

from sscore import cli, coco, images, metrics
from sscore.prompts import sample

SSC = shutil.which("ssc", path=str(Path(sys.executable).parent))
SEED = 90001  # scenes of this seed are in no training set
MIN_AREA = 400  # px; the models are not asked for smaller pieces


def ssc(*args, **options):
    """As a program of its own: once for each verb."""
    return subprocess.run([SSC, *map(str, args)], capture_output=True, text=True, encoding="utf-8", **options)


@pytest.fixture
def here(capsys):
    """The same in this process, which has started already."""

    def run(*args):
        capsys.readouterr()
        code = cli.run([*map(str, args)])
        return subprocess.CompletedProcess(args, code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def yard(tmp_path_factory):
    """Rendered scenes in two views with their truth."""
    folder = tmp_path_factory.mktemp("家") / "废钢 照片"
    done = ssc("scenes", "--count", 2, "--seed", SEED, "--size", "640x480", "--views", 2, "--out", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["photos"]) == 4
    return folder


def truth_of(yard):
    """{file name: its instances of a fair size}."""
    pages = coco.read(yard / "annotations.json").pages
    return {page.image: [one for one in page.annotations if one.mask.area >= MIN_AREA] for page in pages}


def prompts_from(yard, strategy, out):
    entries = {}
    for image, annotations in truth_of(yard).items():
        height, width = images.size(yard / image)
        prompts = [sample(one.mask.full(height, width), strategy) for one in annotations]
        entries[image] = [
            ({} if one.box is None else {"box": one.box.as_tuple()})
            | {"points": [[float(x), float(y), int(on)] for (x, y), on in zip(one.points, one.positive, strict=True)]}
            for one in prompts
        ]
    out.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return out


@pytest.mark.parametrize(("strategy", "least_dice"), [("S5", 0.8), ("S6", 0.8), ("S3", 0.7)])
def test_scenes_prompts_label_coco_equals_the_truth(yard, tmp_path, here, strategy, least_dice):
    prompts, out = prompts_from(yard, strategy, tmp_path / "提示.json"), tmp_path / "结果 夹" / "coco.json"
    done = (ssc if strategy == "S5" else here)("label", yard, "--prompts", prompts, "--out", out)
    assert done.returncode == 0, done.stderr
    made = COCO(out)
    assert [one["name"] for one in made.loadCats(made.getCatIds())] == [
        *("Angle", "Bar", "Billet", "H", "Pipe", "Plate", "U")
    ]
    dice, right = [], []
    for image in made.dataset["images"]:
        truth = truth_of(yard)[image["file_name"]]
        answers = made.loadAnns(made.getAnnIds(imgIds=image["id"]))
        assert len(answers) == len(truth), "one object for each prompt, in its order"
        for one, answer in zip(truth, answers, strict=True):
            mask = made.annToMask(answer).astype(bool)
            assert answer["area"] == mask.sum()
            dice.append(metrics.dice(mask, one.mask.full(image["height"], image["width"])))
            right.append(made.cats[answer["category_id"]]["name"] == one.label)
    assert len(dice) > 20
    assert np.mean(dice) >= least_dice
    assert np.mean(right) >= 0.35


def test_everything_mode_finds_most_pieces(yard, tmp_path):
    out = tmp_path / "coco.json"
    image, truth = next(iter(truth_of(yard).items()))
    done = ssc("label", yard / image, "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["root"] == str(yard / Path(image).parent)
    made = COCO(out)
    masks = [made.annToMask(one).astype(bool) for one in made.dataset["annotations"]]
    best = [max(metrics.dice(mask, one.mask.full(*mask.shape)) for mask in masks) for one in truth]
    assert np.mean(np.array(best) > 0.5) >= 0.5
    overlap = np.sum(masks, axis=0)
    assert (overlap > 1).sum() <= 0.2 * (overlap > 0).sum(), "the pieces hardly overlap"


def test_segment_writes_the_mask_of_a_piece(yard, tmp_path, here):
    image, truth = next(iter(truth_of(yard).items()))
    piece = max(truth, key=lambda one: one.mask.area)
    box = ",".join(f"{value:g}" for value in piece.mask.box.as_tuple())
    out = tmp_path / "掩码.png"
    for segmenter, run in (("nano", ssc), ("grabcut", here)):
        done = run("segment", yard / image, "--box", box, "--segmenter", segmenter, "--out", out, "--replace")
        assert done.returncode == 0, done.stderr
        mask = images.read(out)[..., 0] == 255
        x0, y0, x1, y1 = (int(value) for value in piece.mask.box.as_tuple())
        assert mask[y0:y1, x0:x1].sum() > 0.2 * piece.mask.area


def test_classify_repeats_what_label_said(yard, tmp_path, here):
    prompts, known = prompts_from(yard, "S5", tmp_path / "p.json"), tmp_path / "known.json"
    here("label", yard, "--prompts", prompts, "--out", known)
    done = ssc("classify", yard, "--masks", known, "--out", tmp_path / "named.json", "--json")
    assert done.returncode == 0, done.stderr
    before, after = (json.loads((tmp_path / name).read_text())["annotations"] for name in ("known.json", "named.json"))
    assert [one["category_id"] for one in after] == [one["category_id"] for one in before]
    assert len(json.loads(done.stdout)["results"]) == len(before)


def test_a_damaged_photo_is_named_and_the_rest_goes_on(yard, tmp_path, here):
    folder = tmp_path / "废钢 照片"
    shutil.copytree(yard, folder)
    first, second = sorted(folder.rglob("*.jpg"))[:2]
    first.write_bytes(first.read_bytes()[:300])
    prompts = prompts_from(yard, "S5", tmp_path / "p.json")
    done = here("label", folder, "--prompts", prompts, "--out", tmp_path / "coco.json")
    assert done.returncode == 1
    assert first.name in done.stderr and "Traceback" not in done.stderr
    names = [one["file_name"] for one in json.loads((tmp_path / "coco.json").read_text())["images"]]
    assert second.relative_to(folder).as_posix() in names and len(names) == 3


@pytest.mark.parametrize(
    ("case", "content"),
    [("empty file", b""), ("text", b"hello"), ("cut off", b"\xff\xd8\xff\xe0\x00\x10JFIF"), ("folder", None)],
)
def test_bad_photos_get_one_line(tmp_path, here, case, content):
    photo = tmp_path / "照 片.jpg"
    photo.mkdir() if content is None else photo.write_bytes(content)
    done = (ssc if case == "text" else here)("segment", photo, "--box", "1,1,9,9")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("ssc: error: ") and done.stderr.count("\n") == 1 and "照 片.jpg" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that means Ctrl-C to one child")
def test_ctrl_c_stops_at_once_and_leaves_no_half_file(yard, tmp_path):
    out = tmp_path / "coco.json"
    out.write_text("old")
    command = [SSC, "label", yard, "--out", out, "--replace", "--events"]
    # Whoever runs the tests in the background has SIGINT ignored, and hands that on.
    heed = {} if os.name == "nt" else {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **heed) as process:
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert first["event"] == "progress" and first["done"] < first["total"]
    assert (process.returncode, err) == (130, "ssc: cancelled\n")
    assert out.read_text() == "old" and list(tmp_path.iterdir()) == [out]
