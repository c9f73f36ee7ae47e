"""Two people change one page at the same time: both versions are there, and they can be joined."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sample_pages import FOLDER, rectangle

from sscore import edits, journal, page_store, versions
from sscore.errors import BadOption, BadPage, PageChanged
from sscore.project import Project
from sscore.types import Annotation, Page

REL = "子 文件夹/照片 [1].jpg"


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / FOLDER / REL
    path.parent.mkdir(parents=True)
    Image.new("RGB", (200, 150)).save(path)
    return tmp_path / FOLDER


def more(page, left, label="Bar"):
    return edits.add(page, Annotation(0, rectangle(left, 0, left + 9, 9), label))


def start(count=3):
    page = Page(REL, 200, 150)
    for number in range(count):
        page = more(page, 20 * number)
    return page


def told(page):
    return sorted((a.label, a.mask.left) for a in page.annotations)


def test_what_each_side_did_is_there_once():
    base = start()
    theirs = edits.remove(edits.relabel(more(base, 100, "U"), [1], "H"), [2])
    ours = edits.set_extra(edits.relabel(more(base, 120, "Pipe"), [3], "Plate"), "done", True)
    joined = versions.join(base, theirs, ours)
    assert told(joined.page) == [("H", 0), ("Pipe", 120), ("Plate", 40), ("U", 100)]
    assert joined.clashes == ()
    assert joined.page.extra["done"] is True
    assert told(versions.join(base, ours, theirs).page) == told(joined.page)
    assert edits.next_id(joined.page) == 6


def test_one_instance_changed_by_both_is_kept_twice():
    base = start(1)
    joined = versions.join(base, edits.relabel(base, [1], "H"), edits.relabel(base, [1], "U"))
    assert told(joined.page) == [("H", 0), ("U", 0)]
    assert joined.clashes == (1,)


def test_both_did_the_same():
    base = start(2)
    both = edits.relabel(base, [1], "H")
    assert versions.join(base, both, both).page.annotations == both.annotations


@pytest.mark.parametrize("swapped", [False, True])
def test_what_one_removed_and_the_other_changed_stays(swapped):
    base = start(2)
    sides = [edits.remove(base, [1]), edits.relabel(base, [1], "H")]
    theirs, ours = sides[::-1] if swapped else sides
    assert told(versions.join(base, theirs, ours).page) == [("Bar", 20), ("H", 0)]


def test_without_a_common_beginning_nothing_is_lost():
    theirs, ours = edits.relabel(start(2), [1], "H"), more(start(2), 90, "U")
    assert told(versions.join(None, theirs, ours).page) == [("Bar", 0), ("Bar", 20), ("H", 0), ("U", 90)]


def test_photos_of_two_sizes_are_not_joined():
    with pytest.raises(BadOption, match="different sizes"):
        versions.join(None, start(), replace(start(), width=199))


def test_what_differs_is_named():
    base = start(3)
    other = edits.relabel(edits.remove(base, [2]), [3], "U")
    assert [a.id for a in versions.differing(base, other)] == [2, 3]
    assert [a.label for a in versions.differing(other, base)] == ["U"]


def two_people(folder, begun):
    one, two = Project.open(folder), Project.open(folder)
    if begun:
        one.save(start(1), edit="start", author="li")
    ours, theirs = one.load(REL), two.load(REL)
    two.save(more(theirs, 50, "U"), edit="theirs", author="wang")
    with pytest.raises(PageChanged) as caught:
        one.save(more(ours, 90, "H"), edit="ours", author="li")
    return one, caught.value.kept


@pytest.mark.parametrize("begun", [True, False])
def test_a_kept_version_is_found_joined_and_put_away(folder, begun):
    one, kept = two_people(folder, begun)
    ((rel, (path,)),) = one.kept().items()
    assert (rel, str(path)) == (REL, kept)
    found = Project.open(folder).versions(rel, path)
    assert (found.by_them.name, found.by_us.name) == ("wang", "li")
    assert found.base is not None
    assert told(found.base) == told(start(1 if begun else 0))
    joined = versions.join(found.base, found.theirs, found.ours)
    assert told(joined.page) == ([("Bar", 0)] if begun else []) + [("H", 90), ("U", 50)]
    one.put_away(rel, path)
    assert one.kept() == {}
    assert one.annotated() == [REL]
    assert told(one.look(REL)) == told(found.theirs)


def test_versions_kept_within_one_second_are_all_there_also_when_put_away(folder):
    """And what was put away comes back where it was."""
    kept = []
    for number in range(3):
        ours, theirs = Project.open(folder), Project.open(folder)
        page, seen = ours.read(REL)
        other = theirs.load(REL)
        theirs.save(more(other, 100 + 10 * number), edit="theirs")
        with pytest.raises(PageChanged) as caught:
            ours.save(more(page, 20 * number, "U"), edit="ours", seen=seen)
        kept.append(Path(caught.value.kept))
        ours.put_away(REL, kept[-1])
    assert len({path.name for path in kept}) == 3 and not ours.kept()
    for path in kept:
        ours.offer_again(REL, path)
    assert ours.kept() == {REL: sorted(kept)}
    ours.offer_again(REL, kept[0])
    assert ours.kept() == {REL: sorted(kept)}, "once more changes nothing"


def test_a_kept_version_that_was_damaged_is_a_clear_error(folder):
    one, kept = two_people(folder, True)
    path = one.kept()[REL][0]
    path.write_text("{ broken", encoding="utf-8")
    with pytest.raises(BadPage, match="damaged"):
        one.versions(REL, path)


@pytest.mark.parametrize("first_to_replace", [False, True])
def test_saves_at_the_very_same_moment_on_a_drive_without_locks(folder, monkeypatch, first_to_replace):
    """Both see the page that both had read, both append, and one page replaces the other: still nothing is lost."""
    one, two = Project.open(folder), Project.open(folder)
    one.save(start(1), edit="start", author="li")
    ours, seen = one.read(REL)
    theirs = two.load(REL)
    page = one.page_path(REL)
    before = page.read_bytes()
    one.save(more(ours, 90, "H"), edit="ours", author="li", seen=seen)
    written = page.read_bytes()
    with monkeypatch.context() as patch:  # the other one has looked before that
        patch.setattr(page_store, "_caught_up", lambda *_: before)
        two.save(more(theirs, 50, "U"), edit="theirs", author="wang")
    if first_to_replace:
        page.write_bytes(written)
    first, second = (two, one) if first_to_replace else (one, two)
    shown, _ = first.read(REL)
    second.read(REL)
    assert told(shown) == [("Bar", 0), ("H", 90) if first_to_replace else ("U", 50)]
    ((_, (kept,)),) = Project.open(folder).kept().items()
    found = first.versions(REL, kept)
    assert told(versions.join(found.base, found.theirs, found.ours).page) == [("Bar", 0), ("H", 90), ("U", 50)]
    assert "both versions are kept" in first.notices[-1]
    first.read(REL)
    assert len(first.kept()[REL]) == 1, "once is enough"


def test_what_was_replaced_on_a_drive_without_locks_is_not_taken_for_deleted(folder, monkeypatch):
    """Our next save finds theirs: both began before our first one, of which they know nothing."""
    one, two = Project.open(folder), Project.open(folder)
    one.save(start(1), edit="start")
    ours, seen = one.read(REL)
    theirs = two.load(REL)
    before = one.page_path(REL).read_bytes()
    ours = more(ours, 90, "H")
    one.save(ours, edit="first", seen=seen)
    with monkeypatch.context() as patch:
        patch.setattr(page_store, "_caught_up", lambda *_: before)
        two.save(more(theirs, 50, "U"), edit="theirs")
    with pytest.raises(PageChanged) as caught:
        one.save(more(ours, 70, "Pipe"), edit="second", seen=seen)
    found = one.versions(REL, Path(caught.value.kept))
    joined = versions.join(found.base, found.theirs, found.ours)
    assert told(joined.page) == [("Bar", 0), ("H", 90), ("Pipe", 70), ("U", 50)]


def test_who_is_overtaken_on_a_drive_without_locks_gives_way(folder, monkeypatch):
    """Somebody's line comes between our look at the journal and ours: theirs stays, ours is kept beside it."""
    one, two = Project.open(folder), Project.open(folder)
    one.save(start(1), edit="start")
    ours, theirs = more(one.load(REL), 90, "H"), more(two.load(REL), 50, "U")
    append, once = journal.append, iter([True])

    def overtaken(file, text):
        if next(once, False):
            two.save(theirs, edit="theirs")
        return append(file, text)

    monkeypatch.setattr(journal, "_lock", lambda _file: True)
    monkeypatch.setattr(journal, "append", overtaken)
    with pytest.raises(PageChanged) as caught:
        one.save(ours, edit="ours")
    found = one.versions(REL, Path(caught.value.kept))
    assert told(found.theirs) == [("Bar", 0), ("U", 50)]
    assert told(versions.join(found.base, found.theirs, found.ours).page) == [("Bar", 0), ("H", 90), ("U", 50)]
    one.page_path(REL).unlink()
    assert told(Project.open(folder).load(REL)) == told(found.theirs), "what the journal leads to is theirs as well"


def test_a_save_under_way_is_seen_behind_the_notes_of_others(folder):
    """Without locks somebody may keep a version of theirs between our line of the journal and our page."""
    one, two = Project.open(folder), Project.open(folder)
    one.save(start(1), edit="start")
    page, older = one.page_path(REL), two.load(REL)
    before = page.read_bytes()
    one.save(more(one.load(REL), 50, "U"), edit="ours", author="li")
    with pytest.raises(PageChanged):
        two.save(more(older, 90), edit="theirs", author="wang")
    page.write_bytes(before)
    assert told(Project.open(folder).load(REL)) == [("Bar", 0), ("U", 50)]
    assert one.last_edit(REL)["author"] == "li", "who keeps a version has changed nothing"


def test_a_slow_save_does_not_take_the_place_of_newer_ones(folder, monkeypatch):
    """Without locks others may go on from our line of the journal before our page is there."""
    one, two = Project.open(folder), Project.open(folder)
    one.save(start(1), edit="start")
    ours = more(one.load(REL), 90, "H")
    write, once = page_store.write_atomic, iter([True])

    def slowly(path, data):
        if next(once, False):
            for left in (50, 70):
                two.save(more(two.load(REL), left, "U"), edit="theirs")
        write(path, data)

    monkeypatch.setattr(journal, "_lock", lambda _file: True)
    monkeypatch.setattr(page_store, "write_atomic", slowly)
    one.save(ours, edit="ours")
    assert told(one.load(REL)) == [("Bar", 0), ("H", 90), ("U", 50), ("U", 70)]


@pytest.mark.parametrize("first", [False, True])
def test_what_a_crash_kept_from_the_page_is_not_lost_by_the_save_of_another(folder, first):
    """Their program ended between journal and page, and ours, open all the while, saves next. first: of the photo."""
    one, two = Project.open(folder), Project.open(folder)
    if not first:
        one.save(start(1), edit="start")
    page = one.page_path(REL)
    mine, theirs, before = one.load(REL), two.load(REL), None if first else page.read_bytes()
    two.save(more(theirs, 50, "U"), edit="theirs")
    page.unlink() if before is None else page.write_bytes(before)
    with pytest.raises(PageChanged) as caught:
        one.save(more(mine, 90, "H"), edit="ours")
    found = one.versions(REL, Path(caught.value.kept))
    both = told(versions.join(found.base, found.theirs, found.ours).page)
    assert both == [*([] if first else [("Bar", 0)]), ("H", 90), ("U", 50)]


def test_who_goes_on_from_our_version_overwrites_nothing(folder):
    one, two = Project.open(folder), Project.open(folder)
    one.save(start(1), edit="start")
    for label in ("H", "U"):
        two.save(edits.relabel(two.load(REL), [1], label), edit=label)
    assert one.read(REL)[0].find(1).label == "U"
    assert one.kept() == {}
    assert one.notices == []
