"""`ssc embed`: photos embedded ahead; label and segment make use of it."""

import json

import numpy as np
import pytest
from fake_models import ColourClassifier, ColourSegmenter, photo, save
from keyed_models import TinySam

from sscore import cli, images, models
from sscore.cli import console
from sscore.errors import Cancelled
from sscore.models.cache import EmbeddingCache


@pytest.fixture
def model(monkeypatch, tmp_path):
    """The segmenter "tiny", which needs embeddings; "nano" needs none."""
    tiny = TinySam()
    monkeypatch.setattr(models, "load_segmenter", lambda name, **_: ColourSegmenter() if name == "nano" else tiny)
    monkeypatch.setattr(models, "load_classifier", lambda name, **_: ColourClassifier())
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "缓存 夹"))
    monkeypatch.delenv("SSC_EMBEDDINGS_GB", raising=False)
    return tiny


@pytest.fixture
def yard(tmp_path):
    """Three photos, a copy of one, and a damaged one in a folder with a Chinese name and a space."""
    folder = tmp_path / "废钢 照片"
    for number in range(3):
        save(folder / f"{number}.png", photo(Angle=(10, 10, 50 + number, 40)))
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "坏.jpg").write_bytes(b"\xff\xd8 not a photo")
    return folder


def ssc(capsys, *args):
    code = cli.run([str(arg) for arg in args])
    return code, *capsys.readouterr()


def embed(capsys, yard, *args):
    code, out, err = ssc(capsys, "embed", yard, "--segmenter", "tiny", "--json", *args)
    return code, json.loads(out) if out else {}, err


def test_all_photos_are_embedded_and_the_damaged_one_is_named(capsys, model, yard, tmp_path):
    code, result, err = embed(capsys, yard)
    assert code == 1 and err.count("\n") == 1 and "坏.jpg" in err
    assert (result["photos"], result["embedded"], result["already"], model.encoded) == (5, 3, 1, 3)
    assert [one["image"] for one in result["problems"]] == ["坏.jpg"]
    place = tmp_path / "缓存 夹" / "embeddings"
    assert result["folder"] == str(place)
    assert result["bytes"] == sum(path.stat().st_size for path in place.iterdir()) > 0
    assert result["seconds"] > 0 and result["needed"] and result["dropped"] == 0


def test_a_second_run_reads_nothing_again(capsys, model, yard, monkeypatch):
    (yard / "坏.jpg").unlink()
    embed(capsys, yard)
    monkeypatch.setattr(images, "read", lambda path: pytest.fail(f"{path} was read"))
    code, result, _ = embed(capsys, yard)
    assert (code, result["embedded"], result["already"], result["bytes"]) == (0, 0, 4, 0)


def test_a_stopped_run_goes_on_where_it_was(capsys, model, yard, monkeypatch):
    encode, calls = TinySam.encode, []

    def stopped(self, rgb):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return encode(self, rgb)

    with monkeypatch.context() as patch:
        patch.setattr(TinySam, "encode", stopped)
        code, out, err = ssc(capsys, "embed", yard, "--segmenter", "tiny")
        assert (code, out) == (130, "") and err == "ssc: cancelled\n"
    code, result, _ = embed(capsys, yard)
    assert (result["embedded"], result["already"]) == (1, 3)


def test_a_photo_that_changed_is_embedded_anew(capsys, model, yard):
    embed(capsys, yard)
    save(yard / "1.png", photo(90, 90, Plate=(5, 5, 60, 60)))
    _, result, _ = embed(capsys, yard)
    assert (result["embedded"], result["already"]) == (1, 3)


def test_a_model_that_needs_none_says_so(capsys, model, yard, tmp_path):
    code, out, err = ssc(capsys, "embed", yard, "--segmenter", "nano")
    assert (code, err) == (0, "") and "nano needs no embeddings" in out
    code, out, _ = ssc(capsys, "embed", yard, "--segmenter", "nano", "--json")
    assert json.loads(out) == {"segmenter": "nano", "needed": False, "photos": 5}
    assert not (tmp_path / "缓存 夹").exists()


def test_events_tell_each_photo_and_the_time_left(capsys, model, yard):
    code, out, _ = ssc(capsys, "embed", yard, "--segmenter", "tiny", "--events")
    events = [json.loads(line) for line in out.splitlines()]
    seen = [(one["image"], one["state"]) for one in events if one["event"] == "image"]
    assert seen[:2] == [("0.png", "embedded"), ("1.png", "embedded")]
    assert ("copy.png", "already") in seen and ("坏.jpg", "unreadable") in seen
    left = [one["seconds_left"] for one in events if one["event"] == "image"]
    assert left[-1] == 0 and all(seconds >= 0 for seconds in left)
    assert events[-1]["event"] == "result" and events[-1]["embedded"] == 3


def test_a_disk_that_keeps_nothing_ends_it_at_once(capsys, model, yard, tmp_path):
    (tmp_path / "缓存 夹").write_text("in the way")
    code, _, err = ssc(capsys, "embed", yard, "--segmenter", "tiny")
    assert code == 2 and err.count("\n") == 1 and "SSC_CACHE" in err
    assert model.encoded == 1


def test_a_limit_too_small_for_all_is_told(capsys, model, yard, monkeypatch):
    monkeypatch.setenv("SSC_EMBEDDINGS_GB", "0.0003")
    _, result, err = embed(capsys, yard)
    assert result["dropped"] == 1 and "1 embeddings had to be dropped again" in err
    monkeypatch.setenv("SSC_EMBEDDINGS_GB", "0")
    code, _, err = embed(capsys, yard)
    assert code == 2 and "SSC_EMBEDDINGS_GB is 0" in err


def test_nothing_but_bad_photos_is_an_error(capsys, model, yard):
    code, _, err = ssc(capsys, "embed", yard / "坏.jpg", "--segmenter", "tiny")
    assert code == 2 and "none of the photos" in err


@pytest.mark.parametrize("verb", ["label", "segment"])
def test_label_and_segment_use_what_is_there(capsys, model, yard, tmp_path, verb):
    embed(capsys, yard)
    model.encoded = 0
    out = tmp_path / "out.json"
    prompts = tmp_path / "prompts.json"
    prompts.write_text('{"1.png": [{"box": [10, 10, 51, 40]}]}')
    asked = ["--prompts", prompts] if verb == "label" else ["--box", "10,10,51,40"]
    call = [verb, yard / "1.png", *asked, "--segmenter", "tiny", "--out", out, "--replace"]
    for option, encoded in (([], 0), (["--no-cache"], 1)):
        code, _, _ = ssc(capsys, *call, *option)
        assert (code, model.encoded) == (0, encoded)


def test_label_fills_the_cache_and_the_masks_stay_the_same(model, yard):
    from sscore import labels, recognize
    from sscore.types import Box, Prompt

    photos = [recognize.Photo(f"{n}.png", yard / f"{n}.png", [Prompt(box=Box(10, 10, 50 + n, 40))]) for n in range(3)]
    runs = []
    for _ in range(2):
        cache = EmbeddingCache(ram_bytes=0)
        done = list(recognize.label_folder(photos, model, None, labels.load(), cache=cache))
        runs.append([one.page.annotations[0].mask for one in done])
    assert model.encoded == 3
    assert all(np.array_equal(a.bits, b.bits) for a, b in zip(*runs, strict=True))


def test_progress_may_stop_it(capsys, model, yard, monkeypatch):
    def stop(self, done, total):
        raise Cancelled

    monkeypatch.setattr(console._Throttled, "__call__", stop)
    code, _, err = ssc(capsys, "embed", yard, "--segmenter", "tiny", "--events")
    assert code == 130 and "cancelled" in err
