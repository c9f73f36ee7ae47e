"""A model that cannot be loaded: the window says why and what to do, and the one in use goes on."""

import pytest

from app import model_words
from app.notices import out_of_memory
from sscore.errors import DownloadFailed, WrongWeights


def refuse(studio, monkeypatch, error):
    def fail(_model_id):
        raise error

    monkeypatch.setattr(studio.assistant._shelf, "segmenter", fail)
    studio.assistant.load("segmenter", "other")
    studio.settle()
    (notice,) = studio.window.messages.notices
    return notice


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), ("not enough memory", "Close other programs")),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), ("not enough memory", "smaller model")),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), ("not enough memory",)),
        (WrongWeights("neck.0.weight is missing", path="x.pth"), ("cannot be used", "neck.0.weight")),
        (RuntimeError("something odd"), ("inside the program",)),
    ],
)
def test_the_present_model_stays_in_use(studio, monkeypatch, error, words):
    notice = refuse(studio, monkeypatch, error)
    text = f"{notice.text}\n{notice.detail}"
    assert "other: " in text
    assert "nano stays in use" in text
    assert [word for word in words if word not in text] == []
    assert "Traceback" not in text
    assert studio.assistant.segmenter.card.id == "nano"
    assert studio.window.settings.get("segmenter") == "nano"
    assert studio.add(20, 20, 120, 120)


def test_the_message_leads_to_the_model(studio, monkeypatch):
    notice = refuse(studio, monkeypatch, MemoryError())
    studio.window.stock.refresh()
    notice.run()
    assert studio.window._models_dialog.isVisible()
    studio.settle()


def test_memory_running_out_is_known_by_its_words():
    assert out_of_memory(MemoryError())
    assert not out_of_memory(RuntimeError("shapes differ"))
    assert not out_of_memory(ValueError("out of memory"))


def test_a_failed_download_says_what_each_address_did(app):
    error = DownloadFailed("no", attempts=(("http://a.org/x", "no answer in time"), ("http://b.org/x", "odd")))
    text, detail = model_words.trouble(error)
    assert text == "The download failed"
    assert "a.org: The server did not answer in time." in detail
    assert "b.org: odd" in detail


def test_sizes_and_times_read_well(app):
    assert [model_words.size(n) for n in (0, 30_000, 40_728_226, 2_564_363_456)] == ["", "30 kB", "40.7 MB", "2.56 GB"]
    assert [model_words.duration(s) for s in (0.2, 40, 600)] == ["1 s left", "40 s left", "10 min left"]
