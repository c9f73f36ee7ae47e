from dataclasses import replace

import numpy as np
import pytest
from sample_pages import FOLDER, blob, page_with

from sscore import edits, journal, presence
from sscore.labels import load
from sscore.page_store import PageStore
from sscore.types import Annotation

REL = "子 文件夹/照片 1.jpg"


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / FOLDER
    top.mkdir()
    return top


def store(folder) -> PageStore:
    return PageStore(folder, load())


def test_the_journal_says_who_when_and_what(folder):
    mine = store(folder)
    mine.save(page_with(1), edit="add Bar", author="张伟")
    mine.save(edits.relabel(page_with(1), [1], "H"), edit="relabel")
    first, second = mine.journal(REL)
    assert (first["author"], first["edit"], first["host"]) == ("张伟", "add Bar", presence.host())
    assert first["time"].endswith("Z")
    assert second["author"] == presence.user()
    assert second["before"] == first["after"]


def test_journal_lines_hold_only_what_changed(folder, rng):
    mine = store(folder)
    page = page_with(0)
    for n in range(30):
        page = edits.add(page, Annotation(0, blob(rng, left=n, top=n), "Bar"))
    mine.save(page, edit="thirty")
    path = mine.journal_path(REL)
    sizes = [path.stat().st_size]
    for changed in (
        edits.relabel(page, [7], "H"),
        edits.remove(page, [8, 9]),
        edits.reorder(page, 30, 0),
        edits.set_status(page, [3], "reviewed"),
    ):
        mine.save(changed, edit="one")
        sizes.append(path.stat().st_size)
    lines = mine.journal(REL)
    assert [("full" in one, [a["id"] for a in one.get("set", ())], one.get("gone")) for one in lines] == [
        (True, list(range(1, 31)), None),
        (False, [7], None),
        (False, [7], [8, 9]),
        (False, [8, 9], None),
        (False, [3], None),
    ]
    assert [("order" in one, "head" in one) for one in lines] == [
        (False, True),
        (False, False),
        (False, False),
        (True, False),
        (True, False),
    ]
    assert max(b - a for a, b in zip(sizes, sizes[1:], strict=False)) < sizes[0] / 5


def random_edit(page, rng):
    ids = [a.id for a in page.annotations]
    some = int(rng.choice(ids)) if ids else 0
    kind = rng.integers(0, 7) if len(ids) > 2 else 0
    if kind == 0:
        label = str(rng.choice(["Bar", "H", "unknown", "rail"]))
        return edits.add(page, Annotation(0, blob(rng, left=int(rng.integers(0, 150))), label))
    if kind == 1:
        return edits.remove(page, [some])
    if kind == 2:
        return edits.relabel(page, [some], str(rng.choice(["U", "Pipe"])))
    if kind == 3:
        return edits.merge(page, ids[:2])
    if kind == 4:
        return edits.split(page, some)
    if kind == 5:
        return edits.reorder(page, some, int(rng.integers(0, 5)))
    return replace(page, digest=str(rng.integers(0, 99)), extra={**page.extra, "done": bool(rng.integers(0, 2))})


def test_replay_gives_every_state_byte_for_byte(folder, rng):
    mine, page, states = store(folder), page_with(1), []
    for n in range(24):
        page = random_edit(page, rng)
        if n % 8 == 7:
            mine = store(folder)  # the program is started again
            page = random_edit(mine.load(REL), rng)
        if mine.save(page, edit=str(n)):
            states.append(mine.page_path(REL).read_bytes())
    lines = mine.journal(REL)
    assert len(lines) == len(states) > 16
    assert sum("full" in one for one in lines) == 1
    for n, state in enumerate(states, start=1):
        assert journal.replay(lines[:n]) == (state, True)
        if n > 1:
            assert journal.step(states[n - 2], lines[n - 1]) == state
