import errno
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sample_pages import FOLDER, page_with, rectangle, same_page, sample_page

from sscore import edits, journal, page_store, presence, versions
from sscore.errors import BadOption, BadPage, BadProject, PageChanged
from sscore.labels import load
from sscore.page_store import PageStore
from sscore.paths import NO_FILE, stamp, write_atomic
from sscore.types import Annotation, Page

REL = "子 文件夹/照片 1.jpg"


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / FOLDER
    top.mkdir()
    return top


def store(folder) -> PageStore:
    return PageStore(folder, load())


def pages_of(folder):
    return sorted(path.name for path in (folder / "pages" / "子 文件夹").iterdir())


# --- crashes ----------------------------------------------------------------------------------------------------------


def saved_then_crashed(folder, before: Page, after: Page):
    """A journal with the edit before → after, and the page still `before`, as kill -9 between the two leaves them."""
    mine = store(folder)
    mine.save(before, edit="before")
    path = mine.page_path(REL)
    old = path.read_bytes() if before.annotations else None
    mine.save(after, edit="after")
    if old is None:
        path.unlink()
    else:
        path.write_bytes(old)


@pytest.mark.parametrize("before", [0, 1, 3])
def test_a_crash_between_journal_and_page_loses_nothing(folder, before):
    saved_then_crashed(folder, page_with(before), page_with(before + 1))
    again = store(folder)
    page = again.load(REL)
    assert same_page(page, page_with(before + 1))
    assert len(again.notices) == 1
    assert same_page(store(folder).look(REL), page)
    again.save(edits.relabel(page, [1], "U"), edit="go on")
    assert store(folder).load(REL).find(1).label == "U"


def test_recover_says_whether_there_was_something_to_do(folder):
    saved_then_crashed(folder, page_with(1), page_with(2))
    again = store(folder)
    assert again.recover(REL)
    assert not again.recover(REL)
    assert len(again.peek(REL)["annotations"]) == 2


def test_a_read_only_folder_shows_the_saved_state_all_the_same(folder, monkeypatch):
    saved_then_crashed(folder, page_with(1), page_with(2))

    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(page_store, "write_atomic", refuse)
    monkeypatch.setattr(journal, "opened", refuse)
    again = store(folder)
    page = again.load(REL)
    assert len(page.annotations) == 2
    with pytest.raises(BadProject, match="Read-only.*copy the folder"):
        again.save(edits.remove(page, [1]), edit="remove")


@pytest.mark.parametrize("cut", [2, 40, 200])
def test_a_line_that_was_cut_off_is_ignored_with_a_notice(folder, cut):
    mine = store(folder)
    mine.save(page_with(1), edit="one")
    path = mine.journal_path(REL)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) - cut])
    again = store(folder)
    page = again.load(REL)
    assert same_page(page, page_with(1))
    assert "cut off" in again.notices[0]
    again.save(edits.relabel(page, [1], "H"), edit="two")
    lines = again.journal(REL)
    assert [one["edit"] for one in lines] == ["one", "two"]
    assert journal.replay(lines) == (again.page_path(REL).read_bytes(), True)


def test_a_page_that_is_gone_is_made_again_from_its_journal(folder):
    mine = store(folder)
    for n in range(1, 5):
        mine.save(page_with(n), edit=str(n))
    whole = mine.page_path(REL).read_bytes()
    mine.page_path(REL).unlink()
    assert same_page(store(folder).load(REL), page_with(4))
    assert mine.page_path(REL).read_bytes() == whole


def test_a_damaged_journal_still_gives_what_it_can(folder):
    mine = store(folder)
    for n in range(1, 5):
        mine.save(page_with(n), edit=str(n))
    path = mine.journal_path(REL)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:50] + b"\n" + lines[2] + lines[3])
    mine.page_path(REL).unlink()
    again = store(folder)
    assert [a.id for a in again.load(REL).annotations] == [1, 3, 4]
    assert "look it through" in again.notices[0]
    assert len(again.journal(REL)) == 3


def test_an_old_copy_that_was_put_back_is_left_alone(folder):
    mine = store(folder)
    mine.save(page_with(1), edit="1")
    old = mine.page_path(REL).read_bytes()
    mine.save(page_with(2), edit="2")
    mine.save(page_with(3), edit="3")
    mine.page_path(REL).write_bytes(old)
    again = store(folder)
    page = again.load(REL)
    assert len(page.annotations) == 1
    again.save(edits.relabel(page, [1], "H"), edit="4")
    lines = again.journal(REL)
    assert "full" in lines[-1]
    assert journal.replay(lines) == (again.page_path(REL).read_bytes(), True)


DAMAGE = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "zeros": lambda data: bytes(len(data)),
    "list": lambda data: b"[]",
    "no annotations": lambda data: b"{}",
    "NaN": lambda data: data.replace(b'"width":200', b'"width":NaN'),
    "nested": lambda data: b"[" * 100_000,
    "latin": lambda data: data.replace(b"Bar", b"B\xe4r"),
    "mask": lambda data: data.replace(b'"counts":"', b'"counts":"\\u00ff'),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_page_that_cannot_be_read_is_refused_and_never_written(folder, damage):
    mine = store(folder)
    page = page_with(2)
    mine.save(page, edit="two")
    path = mine.page_path(REL)
    broken = DAMAGE[damage](path.read_bytes())
    path.write_bytes(broken)
    again = store(folder)
    with pytest.raises(BadPage) as caught:
        again.load(REL)
    assert caught.value.path == str(path)
    for one in (mine, again):
        with pytest.raises(PageChanged) as changed:
            one.save(edits.add(page, Annotation(0, rectangle(50, 50, 60, 60), "U")), edit="three")
        kept = json.loads(Path(changed.value.kept).read_bytes())
        assert [item["id"] for item in kept["annotations"]] == [1, 2, 3]
    assert path.read_bytes() == broken
    path.unlink()
    assert same_page(store(folder).load(REL), page)


# --- other people -----------------------------------------------------------------------------------------------------


def test_a_page_changed_by_somebody_else_keeps_both_versions(folder):
    store(folder).save(page_with(1), edit="start")
    mine, theirs = store(folder), store(folder)
    my_page, their_page = mine.load(REL), theirs.load(REL)
    theirs.save(edits.relabel(their_page, [1], "H"), edit="theirs")
    with pytest.raises(PageChanged) as caught:
        mine.save(edits.relabel(my_page, [1], "U"), edit="mine")
    with pytest.raises(PageChanged) as again:
        mine.save(edits.relabel(my_page, [1], "Pipe"), edit="mine, later")
    assert caught.value.kept == again.value.kept
    kept = os.path.basename(again.value.kept)
    assert kept.startswith("照片 1.jpg.")
    assert f"@{page_store._word(presence.host())}-" in kept
    assert pages_of(folder) == ["照片 1.jpg.json", kept] if kept > "照片 1.jpg.json" else [kept, "照片 1.jpg.json"]
    assert store(folder).load(REL).find(1).label == "H"
    assert [one.get("kept") for one in mine.journal(REL)] == [None, None, kept, kept]
    page = mine.load(REL)
    assert page.find(1).label == "H"
    mine.save(edits.relabel(page, [1], "Angle"), edit="from theirs")
    assert store(folder).load(REL).find(1).label == "Angle"
    mine.page_path(REL).unlink()
    assert store(folder).load(REL).find(1).label == "Angle"


def test_saving_over_a_page_that_was_never_read_keeps_both(folder):
    store(folder).save(page_with(3), edit="start")
    with pytest.raises(PageChanged):
        store(folder).save(page_with(1), edit="blind")
    assert len(store(folder).load(REL).annotations) == 3


def test_looking_at_a_page_does_not_hide_that_somebody_changed_it(folder):
    mine = store(folder)
    mine.save(page_with(1), edit="start")
    other = store(folder)
    other.save(edits.relabel(other.load(REL), [1], "H"), edit="theirs")
    mine.look(REL)
    mine.peek(REL)
    with pytest.raises(PageChanged):
        mine.save(page_with(2), edit="mine")


def test_a_version_that_was_decided_on_is_not_written_again(folder):
    """What goes on from the same page once more gets a file of its own, and the one that was put away stays."""
    start = store(folder)
    start.save(page_with(1), edit="start")
    mine, theirs = store(folder), store(folder)
    my_page = mine.load(REL)
    theirs.save(edits.relabel(theirs.load(REL), [1], "H"), edit="theirs")
    with pytest.raises(PageChanged) as first:
        mine.save(edits.relabel(my_page, [1], "U"), edit="mine")
    versions.put_away(start, REL, Path(first.value.kept))
    away = start.journal_path(REL).with_name(Path(first.value.kept).name)
    before = away.read_bytes()
    with pytest.raises(PageChanged) as second:
        mine.save(edits.relabel(my_page, [1], "Pipe"), edit="mine, later")
    assert Path(second.value.kept).name != away.name
    assert away.read_bytes() == before


def test_a_save_tells_the_stamp_of_what_it_wrote_and_of_nothing_else(folder, monkeypatch):
    """Where a drive cannot lock, somebody else's page may stand there before we have looked."""
    mine = store(folder)
    path = mine.page_path(REL)
    assert mine.save(page_with(1), edit="one") == stamp(path) != NO_FILE
    assert mine.save(page_with(1), edit="the same") is None

    def overtaken(file, data):
        write_atomic(file, data)
        write_atomic(file, data.replace(b"Bar", b"Rab"))

    monkeypatch.setattr(page_store, "write_atomic", overtaken)
    assert mine.save(page_with(2), edit="two") == NO_FILE


def test_two_writers_at_once_never_lose_a_save(folder):
    """Each adds to the page and reads it again when the other was faster; all that was acknowledged is there."""
    acknowledged, failures = [], []

    def work(author):
        mine = store(folder)
        done = 0
        while done < 8:
            page = mine.load(REL) or page_with(0)
            page = edits.add(page, Annotation(0, rectangle(done, 0, done + 3, 9), "Bar", author=author))
            try:
                mine.save(page, edit="add", author=author)
            except PageChanged:
                continue
            except Exception as error:
                failures.append(error)
                return
            acknowledged.append((author, done))
            done += 1

    threads = [threading.Thread(target=work, args=(name,)) for name in ("li", "张")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    final = store(folder)
    page = final.load(REL)
    assert sorted((a.author, a.mask.left) for a in page.annotations) == sorted(acknowledged)
    assert len(acknowledged) == 16
    assert journal.replay(final.journal(REL)) == (final.page_path(REL).read_bytes(), True)


def test_a_page_that_somebody_deleted_is_written_again(folder):
    mine = store(folder)
    mine.save(page_with(1), edit="1")
    mine.page_path(REL).unlink()
    mine.save(page_with(2), edit="2")
    assert len(store(folder).load(REL).annotations) == 2


def test_a_folder_that_vanished_is_not_made_anew(folder):
    mine = store(folder)
    mine.save(page_with(1), edit="1")
    folder.rename(folder.with_name("away"))
    for _ in range(2):
        with pytest.raises(BadProject, match="not there any more"):
            mine.save(page_with(2), edit="2")
        folder.mkdir(exist_ok=True)  # an empty mount point
    folder.rmdir()
    folder.with_name("away").rename(folder)
    mine.save(page_with(2), edit="2")
    assert len(store(folder).load(REL).annotations) == 2


# --- a disk that refuses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", [1, 2])
def test_a_full_disk_loses_nothing_and_saving_can_be_tried_again(folder, monkeypatch, fails):
    """The first fsync of a save is the journal's, the second the page's."""
    mine = store(folder)
    mine.save(page_with(1), edit="one")
    real, calls = os.fsync, []

    def full(fd):
        calls.append(fd)
        if len(calls) == fails:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(fd)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadProject, match="No space left.*free some space"):
        mine.save(page_with(2), edit="two")
    assert pages_of(folder) == ["照片 1.jpg.json"]
    monkeypatch.setattr(os, "fsync", real)
    # What the journal already had is not lost even when the program ends now; in the other case nothing of it is left.
    copy = store(folder)
    assert len(copy.look(REL).annotations) == fails
    monkeypatch.undo()
    mine = store(folder)
    page = mine.load(REL)
    mine.save(edits.relabel(page, [1], "H"), edit="after")
    assert store(folder).load(REL).find(1).label == "H"


@pytest.mark.parametrize("looked_at_between", [False, True])
def test_an_edit_undone_while_the_disk_refused_does_not_come_back(folder, monkeypatch, looked_at_between):
    mine = store(folder)
    mine.save(page_with(1), edit="one")

    def refuse(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(page_store, "write_atomic", refuse)
        with pytest.raises(BadProject):
            mine.save(page_with(2), edit="two")
    if looked_at_between:
        assert len(mine.look(REL).annotations) == 2
    mine.save(page_with(1), edit="undo")
    assert same_page(store(folder).load(REL), page_with(1))
    mine.save(page_with(3), edit="go on")
    assert same_page(store(folder).load(REL), page_with(3))


def test_a_name_that_is_too_long_for_the_disk_is_a_clear_error(folder):
    rel = "长" * 84 + ".jpg"  # 256 bytes
    with pytest.raises(BadProject, match="name of the photo is too long"):
        store(folder).save(replace(page_with(1), image=rel), edit="add")
    rel = "长" * 80 + ".jpg"
    store(folder).save(replace(page_with(1), image=rel), edit="add")
    assert len(store(folder).load(rel).annotations) == 1


def test_a_page_that_could_not_be_read_again_is_not_written(folder):
    mine = store(folder)
    one = Annotation(1, rectangle(0, 0, 5, 5), "Bar")
    for bad in ((one, one), (replace(one, id=0),), (replace(one, mask=rectangle(300, 0, 305, 5)),)):
        with pytest.raises(BadOption):
            mine.save(Page(REL, 200, 150, annotations=bad), edit="bad")
    assert not (folder / "pages").exists()


def test_a_save_without_changes_writes_nothing(folder):
    mine = store(folder)
    assert mine.save(sample_page(REL), edit="add")
    stamp = mine.page_path(REL).stat().st_mtime_ns, mine.journal_path(REL).stat().st_size
    assert not mine.save(sample_page(REL), edit="again")
    again = store(folder)
    assert not again.save(again.load(REL), edit="again")
    assert not again.save(Page("other.jpg", 5, 5), edit="nothing")
    assert (mine.page_path(REL).stat().st_mtime_ns, mine.journal_path(REL).stat().st_size) == stamp


def test_what_was_read_and_not_gone_on_from_is_not_overwritten(folder):
    """Read in one thread, edited in another: an edit of the older page that comes after the reading is no overwrite."""
    mine, theirs = store(folder), store(folder)
    mine.save(page_with(1), edit="start")
    page, first = mine.read(REL)
    theirs.save(edits.relabel(theirs.load(REL), [1], "H"), edit="theirs")
    newer, second = mine.read(REL)
    with pytest.raises(PageChanged):
        mine.save(edits.relabel(page, [1], "U"), edit="on the older page", seen=first)
    assert store(folder).load(REL).find(1).label == "H"
    for label in ("Bar", "Pipe"):
        mine.save(edits.relabel(newer, [1], label), edit="on theirs", seen=second)
        assert store(folder).load(REL).find(1).label == label


def test_nothing_is_written_into_an_empty_folder_in_place_of_the_project(folder):
    mine = store(folder)
    folder.rename(folder.with_name("away"))
    folder.mkdir()  # the mount point of a drive that was unplugged
    with pytest.raises(BadProject, match="not there any more"):
        mine.save(page_with(1), edit="first of this page")
    assert list(folder.iterdir()) == []
    folder.rmdir()
    folder.with_name("away").rename(folder)
    mine.save(page_with(1), edit="again")
    assert len(store(folder).load(REL).annotations) == 1
