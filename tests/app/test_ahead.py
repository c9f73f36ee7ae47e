"""Neighbours are embedded while nobody waits: their order, who goes first, what the list of photos says."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from studio_driver import FakeSegmenter, FakeShelf, wait_until

from app.ahead import Ahead
from app.panels.images import _READINESS
from sscore import images
from sscore.images import write_image
from sscore.models.cache import EmbeddingCache
from sscore.types import Embedding


class SlowSegmenter(FakeSegmenter):
    """Its embeddings have keys. `order` names the photos by their width; encoding waits for `encode_gate`."""

    def __init__(self, model_id: str) -> None:
        super().__init__(model_id)
        self.order: list[int] = []
        self.encode_gate = threading.Event()
        self.encode_gate.set()
        self.events: list[str] = []

    def key(self, image_digest):
        return f"{image_digest}:fake:{self.card.id}"

    def encode(self, rgb):
        self.events.append(f"encode {rgb.shape[1]}")
        self.order.append(rgb.shape[1])
        self.encoded += 1
        assert self.encode_gate.wait(10)
        image = np.full((1, 4, 8, 8), rgb.shape[1], np.float32)
        return Embedding(self.key(images.digest(rgb)), rgb.shape[:2], {"image": image})

    def predict(self, embedding, prompt, *, multimask=True):
        self.events.append("predict")
        return super().predict(embedding, prompt, multimask=multimask)


@pytest.fixture
def shelf():
    shelf = FakeShelf()
    shelf.segmenters = {name: SlowSegmenter(name) for name in ("nano", "other")}
    return shelf


@pytest.fixture
def row(tmp_path):
    """Six photos, 201.png to 206.png, as wide as their name says."""
    place = tmp_path / "废钢 一排"
    place.mkdir()
    rng = np.random.default_rng(3)
    for width in range(201, 207):
        coarse = rng.integers(40, 215, (15, 20, 3), np.uint8)
        write_image(place / f"{width}.png", cv2.resize(coarse, (width, 150)))
    return place


@pytest.fixture
def slow(make_studio, shelf, row):
    """A window on the row, its model embedding nothing but the first photo until it is asked to."""
    studio = make_studio(shelf=shelf)
    studio.window.settings.set("prefetch", False)
    studio.open(row)
    wait_until(lambda: studio.session.page is not None)
    studio.settle()
    return studio


def model(studio) -> SlowSegmenter:
    return studio.assistant.segmenter


def says(studio) -> list[str]:
    rows = studio.window.images.model
    return [rows.index(i).data(_READINESS) for i in range(rows.rowCount())]


def let_it_work(studio, count: int) -> None:
    studio.window.settings.set("prefetch", True)
    wait_until(lambda: len(model(studio).order) >= count and studio.window.settled, what="embedding ahead")


def test_the_photo_on_screen_then_the_next_two_then_the_one_before(slow):
    slow.session.go("203.png")
    slow.settle()
    assert model(slow).order == [201, 203]
    let_it_work(slow, 5)
    assert model(slow).order == [201, 203, 204, 205, 202]
    assert says(slow) == ["ready"] * 5 + ["todo"]


def test_what_the_user_asks_for_goes_first(slow):
    gate = model(slow).encode_gate
    gate.clear()
    slow.window.settings.set("prefetch", True)
    wait_until(lambda: model(slow).order == [201, 202], what="the first neighbour")
    assert says(slow)[:3] == ["ready", "working", "todo"]
    slow.key("w")
    slow.drag(50, 40, 120, 110)
    model(slow).events.clear()
    gate.set()
    wait_until(lambda: slow.assistant.pending.settled, what="the mask")
    assert "predict" in model(slow).events
    assert not any(event.startswith("encode") for event in model(slow).events)
    wait_until(lambda: says(slow)[:3] == ["ready"] * 3, what="the other neighbours")
    assert model(slow).order == [201, 202, 203]


def test_nothing_is_begun_while_a_box_is_being_drawn(slow):
    slow.key("w")
    slow.press(50, 40)
    slow.move(90, 80)
    slow.window.settings.set("prefetch", True)
    slow.settle()
    slow.window.ahead._go()
    slow.settle()
    assert model(slow).order == [201]
    slow.release(90, 80)
    wait_until(lambda: model(slow).order == [201, 202, 203])
    slow.settle()


def test_coming_back_to_a_photo_does_not_encode_it_again(slow):
    for name in ("202.png", "206.png", "201.png", "202.png"):
        slow.session.go(name)
        slow.settle()
    slow.box(50, 40, 120, 110)
    assert model(slow).order == [201, 202, 206]


def test_clicks_read_nothing_from_disk(slow, monkeypatch):
    monkeypatch.setattr(type(slow.assistant.cache.store), "read", lambda *_: pytest.fail("read from disk"))
    slow.box(50, 40, 120, 110)
    slow.key("b")
    slow.box(20, 20, 60, 60)
    assert slow.assistant.pending.mask is not None
    assert not slow.window.messages.notices


def test_switching_the_model_keeps_the_old_embeddings(slow):
    first = model(slow)
    for name in ("other", "nano"):
        slow.assistant.load("segmenter", name)
        wait_until(lambda n=name: model(slow).card.id == n)
        slow.settle()
        wait_until(lambda: says(slow)[0] == "ready", what="its embedding")
    assert model(slow) is first and first.order == [201]
    assert slow.shelf.segmenters["other"].order == [201]


def test_what_was_embedded_before_is_known_when_the_folder_opens(slow, row, make_studio, shelf):
    let_it_work(slow, 3)
    slow.window.close()
    encoded = list(model(slow).order)
    again = make_studio(shelf=shelf)
    again.window.settings.set("prefetch", False)
    again.open(row)
    wait_until(lambda: says(again)[:3] == ["ready"] * 3, what="the look at the disk")
    again.settle()
    assert model(again).order == encoded
    assert says(again)[3:] == ["todo"] * 3


def test_what_the_command_line_embedded_is_known_too(slow, row):
    from sscore.digests import KnownDigests

    known, cache = KnownDigests(), EmbeddingCache()
    for path in sorted(row.glob("*.png"))[3:5]:
        rgb = images.read(path)
        known.note(path, images.digest(rgb))
        cache.get(model(slow), rgb)
    slow.session.open(row)
    slow.settle()
    wait_until(lambda: says(slow) == ["ready", "todo", "todo", "ready", "ready", "todo"])


def test_it_can_be_switched_off(slow):
    for _ in range(3):
        slow.window.ahead._wait()
        slow.settle()
    assert not slow.window.ahead._pause.isActive()
    assert model(slow).order == [201]


def test_a_photo_that_fails_is_not_tried_for_ever(slow, row, monkeypatch):
    (row / "206.png").write_bytes(b"no photo")
    encode = SlowSegmenter.encode

    def fails_at_203(self, rgb):
        made = encode(self, rgb)
        if rgb.shape[1] == 203:
            raise MemoryError
        return made

    monkeypatch.setattr(SlowSegmenter, "encode", fails_at_203)
    slow.session.go("204.png")
    slow.settle()
    let_it_work(slow, 4)
    for _ in range(3):
        slow.window.ahead._go()
        slow.settle()
    assert model(slow).order == [201, 204, 205, 203]
    assert not slow.window.messages.notices


def test_the_tip_says_what_the_dot_means(slow):
    rows = slow.window.images.model
    assert rows.index(0).data(Qt.ItemDataRole.ToolTipRole).startswith("201.png\nEmbedded")
    assert "Not embedded yet" in rows.index(3).data(Qt.ItemDataRole.ToolTipRole)
    slow.window.settings.set("language", "zh")
    assert "已编码" in rows.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_models_that_need_no_embeddings_show_no_dots(studio):
    assert says(studio) == ["", "", ""]
    assert studio.window.images.model.index(0).data(Qt.ItemDataRole.ToolTipRole) == "a.jpg"
    assert not studio.window.ahead._pause.isActive()
    wait_until(lambda: studio.window.photos.kept("b.jpg") is not None, what="reading the next photo")


def test_the_limits_are_settings(slow):
    cache = slow.assistant.cache
    assert cache.store.limit == 20_000_000_000
    slow.window.settings.set("embeddings_on_disk_gb", 1.5)
    assert cache.store.limit == 1_500_000_000
    slow.window.settings.set("embeddings_in_memory_gb", 0.0)
    assert cache.ram_used == 0


def test_a_pause_is_awaited_after_every_request(slow):
    assert isinstance(slow.window.ahead, Ahead)
    slow.window.settings.set("prefetch", True)
    slow.box(50, 40, 120, 110)
    assert slow.window.ahead._pause.isActive()
    slow.settle()
