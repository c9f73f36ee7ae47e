"""Rendered scenes: exact masks, the same from the same seed, instances that keep their number in every view."""

import json

import numpy as np
import pytest

from sscore import coco, images
from sscore.errors import BadOption
from sscore.scenes import render_scene, write_scenes
from sscore.scenes.profiles import SECTIONS, extrude
from sscore.scenes.raster import Camera, Mesh, draw
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


def _cube(at, half=0.5):
    """A cube as a mesh of one piece, its middle at `at`."""
    square = SECTIONS["Billet"](np.random.default_rng(0), 1.0)[0]
    corners = np.array([(half, -half), (half, half), (-half, half), (-half, -half)])
    solid = extrude([type(square)(corners)], np.array([-half, half]))
    return Mesh(
        solid.verts + at, solid.edges, solid.edge_face, solid.normal, solid.anchor, np.zeros(len(solid.normal), int)
    )


def test_a_cube_from_above_covers_its_projection():
    # Camera 2 m above the top face of a 1 m cube, looking down: the face is focal / 2 px wide and exactly centred.
    camera = Camera(100, 80, 60.0, np.diag([1.0, -1, -1]), np.array([0.0, 0, 3]))
    drawn = draw(_cube(np.array([0, 0, 0.5])), camera)
    seen = (drawn.face.reshape(80, 100) >= 0) & (drawn.face.reshape(80, 100) < 6)
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (25, 54, 35, 64)
    assert seen.sum() == 900 == drawn.alone[0]
    assert np.allclose(drawn.depth.reshape(80, 100)[40, 50], 1 / 2)
    assert np.allclose(drawn.depth.reshape(80, 100)[5, 5], 1 / 3), "the ground shows around it"


def test_faces_that_reach_behind_the_camera_are_cut_at_it():
    # The camera stands beside a long wall that goes on behind it.
    wall = _cube(np.array([0.0, 0, 0.5]))
    wall = Mesh(wall.verts * [40, 1, 1] + [0, 2, 0], wall.edges, wall.edge_face, wall.normal, wall.anchor, wall.piece)
    forward, down = np.array([1.0, 0, 0]), np.array([0.0, 0, -1])
    rotation = np.stack([np.cross(down, forward), down, forward])
    camera = Camera(100, 80, 60.0, rotation, -rotation @ np.array([0.0, 0, 0.5]))
    seen = draw(wall, camera).face.reshape(80, 100)
    on_wall = (seen >= 0) & (seen < 6)
    left = on_wall[:, :20]
    assert left[32:48].all() and not on_wall[:, 50:].any()


KINKS = np.array([(0, 0), (0.1, -0.05), (0.05, 0.2), (-0.1, 0)])


@pytest.mark.parametrize("way", [{"bend": 0.8}, {"shift": KINKS}], ids=["bent", "kinked"])
@pytest.mark.parametrize("label", SECTIONS)
def test_solids_are_closed_and_face_outwards(label, way):
    loops = SECTIONS[label](np.random.default_rng(5), 0.2)
    solid = extrude(loops, np.linspace(-0.5, 0.5, 4), **way)
    ends = np.sort(solid.edges, axis=1)
    _, uses = np.unique(ends, axis=0, return_counts=True)
    assert (uses == 2).all(), "every edge borders two faces"
    # Divergence theorem: outward normals give a positive volume, section area times the arc's length.
    area = sum(
        0.5
        * float(
            np.cross(np.c_[p.points, 0 * p.points[:, 0]], np.c_[np.roll(p.points, -1, 0), 0 * p.points[:, 0]]).sum()
        )
        for p in loops
    )
    assert area > 0
    volume = 0.0
    for face in range(len(solid.normal)):
        a, b = solid.verts[solid.edges[solid.edge_face == face]].swapaxes(0, 1)
        size = 0.5 * float(np.abs(np.cross(a, b).sum(0) @ solid.normal[face]))
        volume += size * float(solid.verts[solid.anchor[face]] @ solid.normal[face]) / 3
    assert volume == pytest.approx(area, rel=0.1)


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
    for annotation in page.annotations:
        assert np.array_equal(annotation.mask.full(240, 320), view.ids == annotation.extra["instance"])
    assert np.abs(images.read(photos[1]).astype(int) - view.rgb).mean() < 6
    cameras = json.loads((out / "cameras.json").read_text("utf-8"))["photos"]
    assert list(cameras) == names and cameras[names[1]]["R"] == view.camera["R"]


@pytest.mark.parametrize(
    "wrong", [{"size": (8, 480)}, {"pieces": 0}, {"views": 0}, {"size": (640, 100_000)}, {"pieces": 9999}]
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(BadOption):
        render_scene(0, **wrong)
