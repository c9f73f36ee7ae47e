"""What scenes are made of: solids, the camera that draws them, and the values a scene takes."""

import numpy as np
import pytest

from sscore.errors import BadOption
from sscore.scenes import render_scene
from sscore.scenes.profiles import SECTIONS, extrude
from sscore.scenes.raster import Camera, Mesh, draw


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
    a, b = solid.verts[solid.edges].swapaxes(0, 1)
    twice = np.zeros_like(solid.normal)
    np.add.at(twice, solid.edge_face, np.cross(a, b))
    sizes = 0.5 * np.abs((twice * solid.normal).sum(1))
    volume = float((sizes * (solid.verts[solid.anchor] * solid.normal).sum(1)).sum()) / 3
    assert volume == pytest.approx(area, rel=0.1)


@pytest.mark.parametrize(
    "wrong", [{"size": (8, 480)}, {"pieces": 0}, {"views": 0}, {"size": (640, 100_000)}, {"pieces": 9999}]
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(BadOption):
        render_scene(0, **wrong)
