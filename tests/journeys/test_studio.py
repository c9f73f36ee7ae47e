"""The main job in the real window with the embedded models, then a restart, then COCO."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO

from sscore.evaluate import dice_of
from sscore.images import write_image
from sscore.mask_sets import tight
from sscore.rle import from_rle
from sscore.scenes import render_scene


def user(folder: Path, story: str, box: tuple[float, ...], home: Path) -> dict:
    """What a user saw who lived through the story."""
    command = [sys.executable, str(Path(__file__).with_name("studio_user.py")), str(folder), story]
    environment = os.environ | {"SSC_HOME": str(home), "SSC_CACHE": str(home / "cache"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [*command, ",".join(str(v) for v in box)],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=120,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_box_accept_relabel_undo_redo_restart_export(tmp_path, second_start):
    folder = tmp_path / "废钢 照片"
    second_start(tmp_path / "home" / "cache")
    scene = render_scene(910_003, size=(480, 360), pieces=6)[0]
    write_image(folder / "场景 1.png", scene.rgb)
    piece = max((i for i in scene.instances if i.visible > 0.8), key=lambda i: i.pixels)
    truth = tight(scene.ids == piece.id)

    saw = user(folder, "label", truth.box.as_tuple(), tmp_path / "home")
    assert saw["probabilities"] == 7
    assert saw["imported"] == [], "models run in a process of their own"
    assert saw["accepted"] == saw["undone"] and len(saw["accepted"]) == 1
    assert saw["relabelled"] == saw["redone"] != saw["accepted"]

    again = user(folder, "look", truth.box.as_tuple(), tmp_path / "home")
    assert again["found"] == saw["redone"]
    assert np.abs(np.array(again["prompt"]) - truth.box.as_tuple()).max() < 3  # a screen pixel or two

    out = tmp_path / "coco.json"
    ssc = shutil.which("ssc", path=str(Path(sys.executable).parent))
    done = subprocess.run([ssc, "export", str(folder), "--out", str(out)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(out))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert coco.loadCats([annotation["category_id"]])[0]["name"] == saw["redone"][0]
    assert coco.loadImgs([annotation["image_id"]])[0]["file_name"] == "场景 1.png"
    assert dice_of(from_rle(annotation["segmentation"]), truth) > 0.75
