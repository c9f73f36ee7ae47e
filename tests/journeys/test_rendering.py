"""Rendered scenes: exact masks, the same from the same seed, instances that keep their number in every view."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sscore import coco, images
from sscore.scenes import render_scene, scene, write_scenes
from sscore.scenes.photo import draw_shot
from sscore.scenes.profiles import SECTIONS
from sscore.scenes.scene import SMALLEST

SMALL = (320, 240)


def test_same_seed_same_pixels():
    first, again, other = (render_scene(seed, size=SMALL, pieces=6)[0] for seed in (3, 3, 4))
    assert np.array_equal(first.rgb, again.rgb) and np.array_equal(first.ids, again.ids)
    assert first.instances == again.instances
    assert not np.array_equal(first.rgb, other.rgb)


@pytest.mark.parametrize("seed", range(4))
def test_instances_tell_what_the_id_map_shows(seed):
    view = render_scene(seed, size=SMALL, pieces=None)[0]
    assert view.rgb.shape == (240, 320, 3) and view.rgb.dtype == np.uint8
    assert view.ids.shape == (240, 320) and view.ids.dtype == np.int32
    assert {i.id for i in view.instances} == set(np.unique(view.ids).tolist()) - {0}
    for instance in view.instances:
        assert instance.pixels == (view.ids == instance.id).sum() >= SMALLEST
        assert 0 < instance.visible <= 1
        assert instance.label in SECTIONS


@pytest.mark.parametrize("seed", [3, 8])
def test_what_lies_outside_the_frame_is_not_visible(seed):
    # A camera whose frame shows only the middle half of the picture.
    _, cameras, drawn = scene._compose(np.random.default_rng(seed), 320, 240, 20, 1)
    shot = draw_shot(np.random.default_rng(seed))
    frames = (replace(cameras[0], width=160, height=120), cameras[0])
    small, wide = (scene._take(drawn, camera, shot, np.random.default_rng(seed)) for camera in frames)
    assert np.array_equal(small.ids > 0, np.isin(wide.ids[60:180, 80:240], [i.id for i in small.instances]))
    more = {i.id: i for i in wide.instances}
    cut = [i for i in small.instances if i.pixels < 0.5 * more[i.id].pixels]
    assert len(cut) >= 2
    for piece in small.instances:
        share = piece.pixels / more[piece.id].pixels
        assert piece.visible == pytest.approx(share * more[piece.id].visible, rel=0.02)


def test_views_share_instances_and_poses_are_rotations():
    views = render_scene(1, size=SMALL, pieces=12, views=3)
    labels = [{i.id: i.label for i in view.instances} for view in views]
    shared = labels[0].keys() & labels[1].keys() & labels[2].keys()
    assert len(shared) >= 3
    assert all(labels[0][k] == labels[1][k] == labels[2][k] for k in shared)
    for view in views:
        rotation = np.array(view.camera["R"])
        assert np.allclose(rotation @ rotation.T, np.eye(3)) and np.isclose(np.linalg.det(rotation), 1)
    assert not np.allclose(views[0].camera["t"], views[1].camera["t"])


def test_a_written_folder_reads_back(tmp_path):
    out = tmp_path / "废钢 照片"
    seen = []
    photos = write_scenes(
        out, count=2, seed=7, size=SMALL, views=2, pieces=5, progress=lambda done, total: seen.append((done, total))
    )
    names = ["scene_0000_v1.jpg", "scene_0000_v2.jpg", "scene_0001_v1.jpg", "scene_0001_v2.jpg"]
    assert [p.name for p in photos] == names and seen == [(1, 2), (2, 2)]
    data = coco.read(out / "annotations.json")
    assert [page.image for page in data.pages] == names
    view = render_scene(7, size=SMALL, pieces=5, views=2)[1]
    page = data.pages[1]
    assert {a.extra["instance"]: a.label for a in page.annotations} == {i.id: i.label for i in view.instances}
    shares = {i.id: round(i.visible, 4) for i in view.instances}
    assert {a.extra["instance"]: a.extra["visible"] for a in page.annotations} == shares
    for annotation in page.annotations:
        assert np.array_equal(annotation.mask.full(240, 320), view.ids == annotation.extra["instance"])
    assert np.abs(images.read(photos[1]).astype(int) - view.rgb).mean() < 6
    cameras = json.loads((out / "cameras.json").read_text("utf-8"))["photos"]
    assert list(cameras) == names and cameras[names[1]]["R"] == view.camera["R"]


def test_a_shorter_series_leaves_no_photos_of_a_longer_one(tmp_path):
    folder = tmp_path / "场景 一"
    write_scenes(folder, count=2, size=(48, 32), pieces=1)
    (folder / "scene_0009.jpg").write_bytes(b"mine")  # not from here: it stays
    write_scenes(folder, count=1, size=(48, 32), pieces=1)
    assert sorted(file.name for file in folder.iterdir()) == [
        "annotations.json",
        "cameras.json",
        "scene_0000.jpg",
        "scene_0009.jpg",
    ]
