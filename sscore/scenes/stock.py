"""Bundles on racks, and what else stands or lies about: posts, straps, crates, debris."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sscore.scenes import looks
from sscore.scenes.pieces import LABELS, box, draw_piece, draw_solid, rotation
from sscore.scenes.pile import Pile, measured
from sscore.scenes.profiles import Solid
from sscore.scenes.render import Piece

Floats = npt.NDArray[np.float64]
Rng = np.random.Generator


def rack(rng: Rng, count: int) -> Pile:
    """One bundle, or two or three side by side, ends towards +x; the camera should look at them."""
    split = int(rng.choice([1, 2, 3], p=[0.6, 0.28, 0.12])) if count >= 9 else 1
    shares = np.full(split, count // split)
    shares[: count % split] += 1
    pieces: list[Piece] = []
    edge, height = 0.0, 0.0
    for share in shares.tolist():
        base = float(rng.choice([0.0, 0.1, 0.5]))
        part, width, tall = _bundle(rng, share, base, first=sum(1 for p in pieces if p.id) + 1)
        shift = np.array([rng.normal(0, 0.1), edge + width / 2, 0.0])
        pieces.extend(replace(p, position=p.position + shift) for p in part)
        edge += width * rng.uniform(1.1, 1.6) + 0.05
        height = max(height, tall)
    pieces = [replace(p, position=p.position - np.array([0, edge / 2, 0])) for p in pieces]
    pile = measured(pieces)
    middle = np.array([0.0, 0.0, pile.centre[2]])
    radius = max(0.5 * float(np.hypot(edge, height)), 0.1)
    return replace(pile, centre=middle, radius=radius, axis=0.0)


def _bundle(rng: Rng, count: int, base: float, *, first: int) -> tuple[list[Piece], float, float]:
    """Parallel pieces of one kind in courses from height `base`, numbered from `first`; ends nearly flush at x = 0,
    lengths towards -x. Also its width and height, m."""
    theme = looks.draw_theme(rng)
    label = LABELS[int(rng.choice(len(LABELS), p=[0.15, 0.22, 0.1, 0.18, 0.2, 0.04, 0.11]))]
    length = float(rng.uniform(1.0, 7.0))
    state = int(rng.integers(2**62))

    def body(share: float) -> Solid:
        # The same draws for every piece of the bundle; only the length differs.
        return draw_solid(np.random.default_rng(state), label, length=length * share)

    low, high = (f(body(1.0).verts, axis=0) for f in (np.min, np.max))
    wide, tall = float(high[1] - low[1]), float(high[2] - low[2])
    round_ = label in ("Bar", "Pipe")
    columns = max(1, min(count, round((count * rng.uniform(0.6, 2.5)) ** 0.5)))
    pitch_y = wide * (rng.uniform(1.0, 1.12) if rng.random() < 0.7 else rng.uniform(1.1, 1.6))
    pitch_z = tall * (0.88 if round_ else 1.0)
    flip = label in ("Angle", "U") and rng.random() < 0.5
    material = looks.draw_material(rng, theme)
    ends = looks.cut_end(rng, material)
    mixed = rng.random() < 0.35
    stagger = float(rng.choice([0.01, 0.08, 0.4])) * min(length, 1.5)
    sloppy = rng.uniform(0, 0.05)
    pieces: list[Piece] = []
    for k in range(count):
        course, place = divmod(k, columns)
        solid = body(float(rng.uniform(0.92, 1.0)))
        own = looks.draw_material(rng, theme) if mixed and rng.random() < 0.5 else material
        piece = draw_piece(rng, first + k, label, solid, own)
        if not mixed:
            cut = looks.row(rng, ends, 1.0) if rng.random() < 0.85 else piece.cut
            piece = replace(piece, cut=cut, ribs=pieces[0].ribs if pieces else piece.ribs)
        y = (place - (columns - 1) / 2 + 0.5 * (course % 2) * round_) * pitch_y + rng.normal(0, sloppy) * wide
        z = base - low[2] + course * pitch_z + (rng.normal(0, sloppy) * tall if course else 0)
        roll = float(rng.uniform(0, 6.28)) if round_ else float(rng.normal(0, sloppy * 0.6))
        if flip and k % 2:
            roll += np.pi
            z += high[2] + low[2]
        position = np.array([-solid.length / 2 + rng.normal(0, stagger), y, z])
        yaw = float(rng.normal(0, sloppy * 0.1 * min(1.0, 1 / length)))
        pieces.append(replace(piece, rotation=rotation(yaw, 0, roll), position=position))
    width, height = columns * pitch_y, -(-count // columns) * pitch_z
    if base:
        pieces.extend(_supports(rng, length, width, base, theme))
    if rng.random() < 0.35:
        pieces.extend(_straps(rng, length, width + 0.5 * wide * round_, base, height))
    return pieces, width, base + height


def _supports(rng: Rng, length: float, width: float, height: float, theme: Floats) -> list[Piece]:
    """Two beams across and sometimes posts beside a bundle; not scrap."""
    material = looks.draw_material(rng, theme)
    thick = min(height, 0.15, 0.25 * width)
    out = []
    posts = rng.random() < 0.5
    for x in (-0.18 * length, -0.8 * length):
        out.append(box(rng, np.array([x, 0, height - thick / 2]), np.array([thick, width * 1.3, thick]), material))
        for side in (-0.6, 0.6) if posts else ():
            tall = height + width * 0.8
            at = np.array([x, side * width * 1.1, tall / 2])
            out.append(box(rng, at, np.array([thick, thick, tall]), material))
    return out


def _straps(rng: Rng, length: float, width: float, base: float, height: float) -> list[Piece]:
    """Steel bands around a bundle."""
    material = looks.draw_material(rng, np.array([0.2, 0.3, 0.2, 0.1, 0.1, 0.1, 0]))
    band, thin = float(rng.uniform(0.015, 0.05)), 0.006
    out = []
    for x in rng.uniform(-0.9, -0.03, int(rng.integers(1, 4))) * length:
        out.append(box(rng, np.array([x, 0, base + height + thin]), np.array([band, width, thin]), material))
        for side in (-1, 1):
            at = np.array([x, side * (width / 2 + thin), base + height / 2])
            out.append(box(rng, at, np.array([band, thin, height]), material))
    return out


def clutter(rng: Rng, pile: Pile, count: int, behind: float) -> Pile:
    """Crates, posts and stacks further away, in direction `behind` (radians) as seen from the pile."""
    theme = looks.draw_theme(rng)
    out = list(pile.pieces)
    reach = pile.radius if pile.axis is None else max(pile.radius, 3.0)
    for _ in range(count):
        crate_post_stack = np.array([[1, 1, 1], [0.2, 0.2, 2.5], [3, 0.5, 0.4]])
        size = pile.radius * rng.uniform(0.15, 1.2, 3) * crate_post_stack[int(rng.integers(3))]
        turn = behind + float(rng.normal(0, 0.5))
        away = reach * float(rng.uniform(2.2, 6.0))
        at = pile.centre[:2] + away * np.array([np.cos(turn), np.sin(turn)])
        thing = box(rng, np.array([at[0], at[1], size[2] / 2]), size, looks.draw_material(rng, theme))
        out.append(replace(thing, rotation=rotation(float(rng.uniform(0, 6.28)), 0, 0)))
    return replace(pile, pieces=tuple(out))


def debris(rng: Rng, pile: Pile, count: int) -> Pile:
    """Small unlabelled bits on and around the pile: chips, offcuts of wire, stones."""
    theme = looks.draw_theme(rng)
    materials = [looks.draw_material(rng, theme) for _ in range(3)]
    out = list(pile.pieces)
    for _ in range(count):
        size = pile.radius * rng.uniform(0.008, 0.03) * np.array([rng.uniform(0.5, 5), 1, rng.uniform(0.1, 0.8)])
        xy = pile.centre[:2] + rng.normal(0, pile.radius * 0.8, 2)
        bit = box(rng, np.array([xy[0], xy[1], size[2] / 2]), size, materials[int(rng.integers(3))])
        out.append(replace(bit, rotation=rotation(float(rng.uniform(0, 6.28)), 0, float(rng.normal(0, 0.2)))))
    return replace(pile, pieces=tuple(out))
