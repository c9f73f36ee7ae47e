"""What scenes are made of: solids, the camera that draws them, and the values a scene takes."""

from dataclasses import replace

import numpy as np
import pytest

from sscore.errors import BadOption
from sscore.scenes import render_scene, write_scenes
from sscore.scenes.profiles import SECTIONS, extrude
from sscore.scenes.raster import Camera, Mesh, draw, whole


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
    assert seen.sum() == 900
    assert np.allclose(drawn.depth.reshape(80, 100)[40, 50], 1 / 2)
    assert np.allclose(drawn.depth.reshape(80, 100)[5, 5], 1 / 3), "the ground shows around it"


def test_faces_that_reach_behind_the_camera_are_cut_at_it():
    # The camera stands beside a long wall that goes on behind it.
    wall = _cube(np.array([0.0, 0, 0.5]))
    wall = replace(wall, verts=wall.verts * [40, 1, 1] + [0, 2, 0])
    forward, down = np.array([1.0, 0, 0]), np.array([0.0, 0, -1])
    rotation = np.stack([np.cross(down, forward), down, forward])
    camera = Camera(100, 80, 60.0, rotation, -rotation @ np.array([0.0, 0, 0.5]))
    seen = draw(wall, camera).face.reshape(80, 100)
    on_wall = (seen >= 0) & (seen < 6)
    left = on_wall[:, :20]
    assert left[32:48].all() and not on_wall[:, 50:].any()
    # What passes beside the camera would grow without end: counted as far as two frames out, on this side of the axis.
    assert 2 * on_wall.sum() < whole(wall, camera, np.array([0]))[0] < 250 * 400


@pytest.mark.parametrize(("shift", "seen"), [(0, 900), (35, 900), (50, 450), (62, 90), (150, 0)])
def test_a_whole_piece_counts_the_same_wherever_the_frame_ends(shift, seen):
    # A sheet of 30 x 30 px, pushed by whole px out of a frame 100 px wide.
    camera = Camera(100, 80, 60.0, np.diag([1.0, -1, -1]), np.array([0.0, 0, 3]))
    sheet = _cube(np.zeros(3))
    sheet = replace(sheet, verts=sheet.verts * [1, 1, 1e-6] + [shift / 30, 0, 1])
    assert (np.isin(draw(sheet, camera).face, np.arange(6))).sum() == seen
    assert whole(sheet, camera, np.array([0])).tolist() == [900]


def test_what_hides_a_piece_takes_nothing_from_the_whole():
    low, lid = _cube(np.array([0, 0, 0.5])), _cube(np.array([0, 0, 2.0]))
    both = Mesh(
        np.concatenate([low.verts, lid.verts]),
        np.concatenate([low.edges, lid.edges + len(low.verts)]),
        np.concatenate([low.edge_face, lid.edge_face + 6]),
        np.concatenate([low.normal, lid.normal]),
        np.concatenate([low.anchor, lid.anchor + len(low.verts)]),
        np.concatenate([low.piece, lid.piece + 1]),
    )
    camera = Camera(100, 80, 60.0, np.diag([1.0, -1, -1]), np.array([0.0, 0, 3]))
    assert not np.isin(draw(both, camera).face, np.arange(6)).any()
    # 1 m at 2 m and at 0.5 m: 30 and 120 px, the larger one taller than the frame.
    assert whole(both, camera, np.array([0, 1])).tolist() == [900, 14400]
    assert whole(both, camera, np.array([1])).tolist() == [14400]


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
    a, b = solid.verts[solid.edges].swapaxes(0, 1)
    twice = np.zeros_like(solid.normal)
    np.add.at(twice, solid.edge_face, np.cross(a, b))
    sizes = 0.5 * np.abs((twice * solid.normal).sum(1))
    volume = float((sizes * (solid.verts[solid.anchor] * solid.normal).sum(1)).sum()) / 3
    assert volume == pytest.approx(area, rel=0.1)


@pytest.mark.parametrize(
    "wrong", [{"size": (8, 480)}, {"pieces": 0}, {"views": 0}, {"size": (640, 100_000)}, {"pieces": 9999}]
)
def test_values_out_of_range_are_refused_before_anything_is_made(tmp_path, wrong):
    with pytest.raises(BadOption):
        render_scene(0, **wrong)
    with pytest.raises(BadOption):
        write_scenes(tmp_path / "场景", count=1, **wrong)
    assert not (tmp_path / "场景").exists()
