"""The list of photos: order, thumbnails, states, moving about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from studio_driver import wait_until

CTRL = Qt.KeyboardModifier.ControlModifier


def test_photos_are_listed_with_thumbnails(studio):
    model = studio.window.images.model
    assert [model.index(row).data() for row in range(model.rowCount())] == ["a.jpg", "b.jpg", "c.png"]
    wait_until(lambda: model.index(2).data(Qt.ItemDataRole.DecorationRole) is not None)
    assert max(model.index(2).data(Qt.ItemDataRole.DecorationRole).size().toTuple()) > 60


def test_states_go_from_to_do_to_begun_to_done(studio):
    panel, state = studio.window.images, studio.session.state
    assert state("a.jpg").progress == "todo"
    studio.add(20, 20, 120, 120)
    assert (state("a.jpg").progress, state("a.jpg").count) == ("started", 1)
    studio.key("k", CTRL | Qt.KeyboardModifier.AltModifier)
    assert state("a.jpg").progress == "done"
    assert "1 of 3" in panel._count.text()
    studio.key("z", CTRL)
    assert state("a.jpg").progress == "started"


def test_done_and_next_goes_round_to_what_is_open(studio):
    studio.session.go("c.png")
    studio.settle()
    studio.key(Qt.Key.Key_Return, CTRL)
    studio.settle()
    assert studio.session.image == "a.jpg"
    for _ in range(2):
        studio.key(Qt.Key.Key_Return, CTRL)
        studio.settle()
    assert studio.session.done_count == 3
    assert any("Every photo" in notice.text for notice in studio.window.messages.notices)


def test_d_and_a_stop_at_the_ends_with_a_word(studio):
    studio.key("a")
    assert "first photo" in studio.window.messages.notices[0].text
    studio.key("d")
    studio.key("d")
    studio.settle()
    assert studio.session.image == "c.png"
    studio.key("d")
    assert "last photo" in studio.window.messages.notices[0].text


def test_running_through_photos_shows_only_the_last(studio):
    for _ in range(2):
        studio.key("d")
    studio.settle()
    assert studio.session.page.image == "c.png"
    assert studio.canvas.stage.photo_rect.width() == 240


def test_states_are_read_when_the_folder_opens(make_studio, folder):
    first = make_studio()
    first.open(folder)
    first.add(20, 20, 120, 120)
    first.key(Qt.Key.Key_Return, CTRL)
    first.settle()
    first.window.close()
    second = make_studio()
    second.open(folder)
    assert second.session.state("a.jpg").progress == "done"
    assert second.session.state("b.jpg").progress == "todo"


def test_a_photo_that_cannot_be_read_says_so_before_it_is_opened(make_studio, folder):
    (folder / "b.jpg").write_bytes(b"")
    cut_off = (folder / "c.png").read_bytes()
    (folder / "c.png").write_bytes(cut_off[: len(cut_off) // 2])
    (folder / "d.jpg").write_text("not a photo", encoding="utf-8")
    studio = make_studio()
    studio.open(folder)
    unreadable, model = studio.session.unreadable, studio.window.images.model
    wait_until(lambda: unreadable == {"b.jpg", "c.png", "d.jpg"}, what="the bad photos")
    assert "cannot be read" in model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "cannot be read" not in model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    studio.key(Qt.Key.Key_Return, CTRL)
    studio.settle()
    assert studio.session.image == "a.jpg"
    assert any("Every photo" in notice.text for notice in studio.window.messages.notices)
    (folder / "c.png").write_bytes(cut_off)
    studio.session.go("c.png")
    wait_until(lambda: "c.png" not in unreadable, what="the mended photo")
