"""Two windows or two people in one folder: nobody overwrites anybody, each sees the other, both are offered."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from studio_driver import wait_until

from app.dialogs.versions import VersionsDialog
from sscore import edits, presence
from sscore.paths import write_atomic
from sscore.project import Project


def said(studio) -> str:
    return "\n".join(f"{notice.text} {notice.detail}" for notice in studio.window.messages.notices)


def offer(studio):
    return next(notice for notice in studio.window.messages.notices if notice.key == "conflict")


def decide(studio, number: int | None) -> None:
    """Open what the message offers; take one of the three, or close it."""
    offer(studio).run()
    (dialog,) = studio.window.findChildren(VersionsDialog)
    wait_until(lambda: dialog.cards[0].button.isEnabled(), what="both versions")
    assert [card.picture.pixmap().isNull() for card in dialog.cards] == [False] * 3
    if number is None:
        dialog.reject()
    else:
        dialog.cards[number].button.click()
    studio.settle()


@pytest.fixture
def second(make_studio, folder):
    """Somebody else's window on the same folder."""
    made = make_studio()
    made.open(folder)
    return made


@pytest.fixture
def conflict(studio, second):
    """Both add an object to the same photo, without knowing of each other's."""
    studio.window.flow.company.close()
    second.add(20, 20, 120, 120)
    studio.window.activateWindow()
    studio.add(200, 100, 300, 200)
    return studio


def lefts(page) -> list[int]:
    return sorted(a.mask.left for a in page.annotations)


def test_the_second_to_save_overwrites_nothing_and_is_offered_both(conflict, second, folder):
    theirs = lefts(second.session.page)
    assert lefts(conflict.session.page) == theirs == lefts(conflict.on_disk())
    assert "Nothing is overwritten" in said(conflict)
    assert offer(conflict).action
    assert "at the same time" not in said(second)
    (kept,) = [p for p in (folder / "pages").iterdir() if "@" in p.name]
    assert len(json.loads(kept.read_text())["annotations"]) == 1


@pytest.mark.parametrize("number", [0, 1, 2])
def test_one_of_the_three_is_taken(conflict, second, folder, number):
    theirs = lefts(conflict.session.page)
    decide(conflict, number)
    now = lefts(conflict.session.page)
    assert now == lefts(conflict.on_disk())
    assert len(now) == (1, 2, 1)[number]
    assert (theirs[0] in now) is (number < 2)
    assert [p.name for p in (folder / "pages").iterdir()] == ["a.jpg.json"]
    assert len([p for p in (folder / "journal").iterdir() if "@" in p.name]) == 1, "put away, not deleted"
    if number:
        conflict.session.undo_group.undo()
        conflict.settle()
        assert lefts(conflict.on_disk()) == theirs


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_choice_is_one_step_taken_back_with_the_offer_and_made_again(conflict, folder, number):
    """Also "keep this", which changes nothing on the photo."""
    before = lefts(conflict.session.page)
    decide(conflict, number)
    after, names = lefts(conflict.session.page), ("keep this version", "join two versions", "take the other version")
    assert conflict.session.undo_group.undoText() == names[number]
    for _ in range(2):
        conflict.session.undo_group.undo()
        conflict.settle()
        wait_until(lambda: Project.open(folder).kept() and "two versions of a.jpg" in said(conflict), what="the offer")
        assert lefts(conflict.session.page) == lefts(conflict.on_disk()) == before
        conflict.session.undo_group.redo()
        conflict.settle()
        wait_until(lambda: not Project.open(folder).kept(), what="the choice")
        assert lefts(conflict.session.page) == lefts(conflict.on_disk()) == after


def test_the_choice_stays_open_in_another_language_and_theme(conflict):
    offer(conflict).run()
    (dialog,) = conflict.window.findChildren(VersionsDialog)
    wait_until(lambda: dialog.cards[0].button.isEnabled(), what="both versions")
    dialog.cards[2].button.setFocus()
    conflict.window.settings.set("language", "zh")
    conflict.window.settings.set("theme", "light")
    assert dialog.isVisible() and dialog.cards[2].button.hasFocus()
    said_now = [dialog.windowTitle(), *(card.head.text() for card in dialog.cards), dialog.cards[1].button.text()]
    assert said_now == ["两个版本", "当前版本", "两者合并", "您的版本", "采用合并结果  (2)"]
    assert "Objects" not in dialog.cards[0].text.text()
    dialog.cards[1].button.click()
    conflict.settle()
    assert len(conflict.session.page.annotations) == 2


def test_the_versions_say_in_words_what_each_did(studio, second, folder):
    """Also what is to be seen on no picture: what one deleted, and marks of the photo itself."""
    studio.window.flow.company.close()
    studio.window.activateWindow()
    for x in (20, 140, 260):
        studio.add(x, 20, x + 80, 100)
    second.session.refresh()
    second.settle()
    second.session.select((2,))
    second.window.commands.delete()
    second.window.commands.toggle_done()
    second.settle()
    studio.session.select((1,))
    studio.key("1")
    studio.add(20, 160, 100, 240)
    offer(studio).run()
    (dialog,) = studio.window.findChildren(VersionsDialog)
    wait_until(lambda: dialog.cards[0].button.isEnabled(), what="both versions")
    theirs, both, ours = (card.text.text() for card in dialog.cards)
    assert "2 (1 deleted)" in theirs and "The photo is done" in theirs
    assert "4 (1 added, 1 changed)" in ours and "The photo is not done" in ours
    assert "3" in both and "The photo is done" in both
    assert "Pipe deleted" in [text for _, _, text in dialog.cards[0]._names]
    dialog.reject()


def test_what_was_not_decided_is_offered_when_the_folder_is_opened_again(conflict, make_studio, folder):
    decide(conflict, None)
    conflict.window.close()
    later = make_studio()
    later.open(folder)
    assert "two versions of a.jpg" in said(later)
    decide(later, 1)
    assert len(lefts(later.on_disk())) == 2
    wait_until(lambda: "two versions" not in said(later), what="the end of the offer")


def test_what_somebody_else_has_decided_meanwhile_is_said(conflict, folder):
    project = Project.open(folder)
    ((rel, (kept,)),) = project.kept().items()
    project.put_away(rel, kept)
    offer(conflict).run()
    (dialog,) = conflict.window.findChildren(VersionsDialog)
    wait_until(lambda: "has decided" in dialog.says.text(), what="the words")
    wait_until(lambda: "at the same time" not in said(conflict), what="the end of the offer")
    assert not any(card.button.isEnabled() for card in dialog.cards)
    dialog.reject()


def test_what_somebody_else_saves_is_shown_before_it_can_clash(studio, folder):
    studio.add(20, 20, 120, 120)
    theirs = Project.open(folder)
    theirs.save(edits.relabel(theirs.load("a.jpg"), [1], "U"), edit="theirs", author="wang")
    studio.window.flow.company.look()
    studio.settle()
    assert studio.labels == ["U"]
    assert "wang has just changed this photo" in said(studio)
    studio.key("2")
    studio.settle()
    assert studio.on_disk().annotations[0].label == "Bar"
    assert not Project.open(folder).kept()


@pytest.mark.parametrize("then", ["look", "edit"])
def test_what_comes_while_we_save_nothing_new_is_seen_all_the_same(studio, folder, then):
    """A step taken back and made again leaves nothing to write, and the file may be somebody else's by then."""
    studio.add(20, 20, 120, 120)
    hold = threading.Event()
    studio.session.saver.lane.submit("hold", hold.wait, priority=-1)
    studio.session.undo_group.undo()
    studio.session.undo_group.redo()
    theirs = Project.open(folder)
    theirs.save(edits.relabel(theirs.load("a.jpg"), [1], "U"), edit="theirs", author="wang")
    hold.set()
    studio.settle()
    if then == "look":
        studio.window.flow.company.look()
        studio.settle()
        assert "wang has just changed this photo" in said(studio)
    else:
        studio.session.select((1,))
        studio.key("2")
        studio.settle()
        assert offer(studio)
    assert studio.labels == [a.label for a in studio.on_disk().annotations] == ["U"], "what is there, not only told"


def test_a_choice_that_could_not_be_saved_leaves_the_version_on_offer(conflict, folder):
    """Somebody was quicker once more, so what was chosen is in the kept file now, and nowhere else."""
    offer(conflict).run()
    (dialog,) = conflict.window.findChildren(VersionsDialog)
    wait_until(lambda: dialog.cards[0].button.isEnabled(), what="both versions")
    ((_, (kept,)),) = Project.open(folder).kept().items()
    write_atomic(kept, kept.read_bytes())
    dialog.cards[1].button.click()
    conflict.settle()
    assert kept.exists()
    wait_until(lambda: "two versions of a.jpg" in said(conflict), what="the offer")


def test_our_own_saves_are_nobody_elses(studio):
    studio.add(20, 20, 120, 120)
    studio.window.flow.company.look()
    studio.settle()
    assert said(studio) == ""


def test_who_comes_later_is_named_once(studio, folder):
    holder = {"user": "wang", "host": "lab-7", "pid": 1, "time": presence.now()}
    (folder / ".here" / "lab-7-1.json").write_text(json.dumps(holder), encoding="utf-8")
    for _ in range(2):
        studio.window.flow.company.look()
        studio.settle()
    assert said(studio).count("wang (lab-7)") == 1


def test_a_folder_that_goes_away_is_told_without_an_edit(studio, folder):
    away = folder.with_name("unplugged")
    folder.rename(away)
    studio.window.flow.company.look()
    studio.settle()
    assert "The folder is not there any more" in said(studio)
    studio.window.photos.clear()
    studio.key("d")
    studio.settle()
    assert studio.canvas.guide.isVisible()
    away.rename(folder)
    studio.window.flow.company.look()
    studio.settle()
    assert "The folder is there again" in said(studio)
    assert not studio.canvas.guide.isVisible(), "the photo is read again by itself"
    assert studio.session.page is not None


def test_a_folder_that_may_not_be_written_is_told_when_it_is_opened(make_studio, folder, monkeypatch):
    import errno
    import os

    def refuse(*_args):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    studio = make_studio()
    with monkeypatch.context() as patch:
        patch.setattr(presence, "write_atomic", refuse)
        studio.open(folder)
    assert "Nothing can be saved in this folder" in said(studio)
    assert studio.session.page is not None


def look_around(studio):
    studio.window.flow.company.look()
    studio.settle()
    studio.settle()


def test_what_somebody_else_says_of_names_holds_here_too(studio, folder):
    """Words and threshold of the project; and a threshold set here leaves their temperature alone."""
    other = Project.open(folder)
    other.set_naming(replace(other.naming, unknown_below=0.6, temperature=1.7))
    words = tuple(replace(one, texts=("圆管",)) if one.key == "Pipe" else one for one in other.labels.labels)
    other.set_words(replace(other.labels, labels=words))
    look_around(studio)
    assert studio.window.settings.get("unknown_below") == 0.6
    assert studio.assistant.naming.temperature == 1.7
    assert studio.assistant.labels.get("Pipe").texts == ("圆管",)
    assert "Somebody else changed how pieces are named" in said(studio)
    other.set_naming(replace(other.naming, temperature=2.5))
    studio.window.settings.set("unknown_below", 0.4)
    studio.settle()
    found = Project.open(folder).naming
    assert (found.temperature, found.unknown_below) == (2.5, 0.4)


def test_our_own_words_are_nobody_elses(studio, folder):
    names = studio.window.flow.names
    names.use(replace(names.naming, unknown_below=0.5), lambda: None, print)
    studio.settle()
    studio.window.settings.set("unknown_below", 0.4)
    look_around(studio)
    assert said(studio) == ""


def test_other_classes_are_told_and_wait_until_the_folder_is_opened_again(studio, folder):
    (folder / "project.toml").write_text('labels = "trashnet"\n', encoding="utf-8")
    look_around(studio)
    assert "other classes" in said(studio)
    assert studio.session.labels.keys[0] == "Angle"
    look_around(studio)
    assert said(studio).count("other classes") == 1
