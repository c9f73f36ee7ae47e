"""Models in a process of their own: what they say is the same, and what ends them ends nothing else."""

import gc
import os
import subprocess
import sys
import threading
import time

import breaking_models
import numpy as np
import pytest
from fake_models import ColourSegmenter, photo
from keyed_models import TinySam

from sscore import labels, recognize
from sscore.errors import BadPrompt, Cancelled, ModelCrashed, ModelMissing
from sscore.models.cache import EmbeddingCache, needed_by
from sscore.models.everything import find_all
from sscore.presence import _runs
from sscore.remote import child
from sscore.remote.process import ModelProcess
from sscore.types import Box, Prompt

RGB = photo(Bar=(20, 20, 60, 50), Plate=(80, 60, 150, 110))
BAR, PLATE = (Prompt(points=[at], positive=[True]) for at in ((40.0, 40.0), (100.0, 80.0)))


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """A process whose models are tiny."""
    monkeypatch.setattr(child, "command", breaking_models.command)
    monkeypatch.setenv("SSC_BREAK", str(tmp_path / "break"))
    monkeypatch.setenv("SSC_MARK", str(tmp_path / "废钢 照片"))
    with ModelProcess() as one:
        yield one


def gone(pid):
    end = time.monotonic() + 30
    while _runs(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not _runs(pid)


def same(ours, theirs):
    pairs = list(zip(ours, theirs, strict=True))
    assert pairs
    return all(
        a.mask.same_as(b.mask) and a.score == b.score and a.index == b.index and np.array_equal(a.logits, b.logits)
        for a, b in pairs
    )


def test_the_embedded_models_say_the_same(scene, nano, nano_cls):
    box = Prompt(box=Box(60, 60, 220, 200))
    shapes = labels.load()
    here = recognize.propose(nano, nano_cls, shapes, scene.rgb, nano.encode(scene.rgb), box)
    with ModelProcess() as process:
        segmenter, classifier = process.segmenter("nano"), process.classifier("nano-cls")
        assert segmenter.card == nano.card and classifier.card == nano_cls.card
        embedding = segmenter.encode(scene.rgb)
        there = recognize.propose(segmenter, classifier, shapes, scene.rgb, embedding, box)
        refined = Prompt(box.points, box.positive, box.box, there.candidates[0].logits)
        assert same(segmenter.predict(embedding, refined), nano.predict(nano.encode(scene.rgb), refined))
    assert same(there.candidates, here.candidates)
    assert there.scores.labels == here.scores.labels and np.array_equal(there.scores.values, here.scores.values)


def test_what_needs_no_place_on_disk_has_no_key(fake):
    tiny, colours = fake.segmenter("tiny"), fake.segmenter("colours")
    assert needed_by(tiny) and not needed_by(colours)
    assert tiny.key("abc") == TinySam().key("abc")


def test_embeddings_are_kept_here_and_sent_again_to_a_new_process(fake, tmp_path):
    tiny = fake.segmenter("tiny")
    cache = EmbeddingCache(place=tmp_path / "embeddings")
    embedding = cache.get(tiny, RGB)
    before = tiny.predict(embedding, BAR)
    assert same(before, TinySam().predict(embedding, BAR)), "the rounded one, as it will be read again"
    fake.stop()
    assert cache.get(tiny, RGB) is embedding
    assert same(tiny.predict(embedding, BAR), before)
    assert cache.get(fake.segmenter("tiny"), RGB) is embedding


def test_a_killed_process_is_started_again(fake, tmp_path):
    colours = fake.segmenter("colours")
    embedding, first = colours.encode(RGB), fake.pid
    (tmp_path / "break").touch()
    with pytest.raises(ModelCrashed, match="the process for models ended") as ended:
        colours.predict(embedding, BAR)
    assert (ended.value.model, ended.value.kind) == ("colours", "segmenter")
    if sys.platform != "win32":
        assert ended.value.killed and "SIGKILL" in str(ended.value) and "memory" in ended.value.remedy
    assert same(colours.predict(embedding, BAR), ColourSegmenter().predict(ColourSegmenter().encode(RGB), BAR))
    assert fake.pid != first and gone(first)
    os.kill(fake.pid, breaking_models.KILL)  # while nobody asks anything of it
    fake._child._popen.wait(30)
    assert colours.predict(embedding, PLATE)[0].mask.area == 70 * 50


def test_a_crash_in_native_code_tells_where_it_was(fake):
    segmenter = fake.segmenter("segfault")
    embedding = segmenter.encode(RGB)
    with pytest.raises(ModelCrashed, match="SIGSEGV" if sys.platform != "win32" else "exit code") as ended:
        segmenter.predict(embedding, BAR)
    assert not ended.value.killed and ended.value.remedy == ""
    assert "in predict" in ended.value.__notes__[0]
    fake.classifier("names")


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("memory", MemoryError, "no room"),
        ("value", ValueError, "shapes differ"),
        ("strange", RuntimeError, "CUDA out of memory. Tried"),
        ("exit", RuntimeError, "SystemExit: 3"),
    ],
)
def test_errors_of_models_come_through(fake, model, kind, words):
    segmenter = fake.segmenter(model)
    with pytest.raises(kind, match=words) as raised:
        segmenter.predict(segmenter.encode(RGB), BAR)
    assert type(raised.value) is kind
    assert "breaking_models" in raised.value.__notes__[0], "where it was"


def test_errors_of_the_core_keep_their_facts(fake):
    with pytest.raises(ModelMissing) as missing:
        fake.segmenter("missing")
    assert str(missing.value) == "D:/废钢 照片/x.pth: it is not there (fetch it)"
    assert missing.value.remedy == "fetch it"
    colours = fake.segmenter("colours")
    with pytest.raises(BadPrompt, match="outside the photo"):
        colours.predict(colours.encode(RGB), Prompt(points=[(999.0, 5.0)], positive=[True]))


def test_prompts_do_not_wait_for_a_search(fake):
    colours, between = fake.segmenter("colours"), []
    embedding = colours.encode(RGB)

    def progress(done, total):
        if not between:
            between.append(colours.predict(embedding, BAR)[0].mask.area)

    found = find_all(colours, RGB, embedding, progress=progress)
    assert between == [40 * 30]
    assert same(found, find_all(ColourSegmenter(), RGB, ColourSegmenter().encode(RGB)))


def test_a_search_can_be_called_off(fake):
    colours = fake.segmenter("colours")
    embedding, told = colours.encode(RGB), []

    def progress(done, total):
        told.append(done)
        raise Cancelled

    with pytest.raises(Cancelled):
        find_all(colours, RGB, embedding, progress=progress)
    assert len(told) == 1
    assert colours.predict(embedding, BAR)[0].mask


def test_a_search_ends_with_the_process(fake, tmp_path):
    """The prompt that was let pass is what crashed; the search is only over."""
    colours, crashed = fake.segmenter("colours"), []
    embedding = colours.encode(RGB)

    def progress(done, total):
        if not crashed:
            (tmp_path / "break").touch()
            with pytest.raises(ModelCrashed) as ended:
                colours.predict(embedding, BAR)
            crashed.append(ended.value.model)

    with pytest.raises(Cancelled):
        find_all(colours, RGB, embedding, progress=progress)
    assert crashed == ["colours"]
    assert colours.predict(embedding, BAR)[0].mask


def test_a_model_nobody_needs_is_let_go(fake):
    colours, names = fake.segmenter("colours"), fake.classifier("names")
    number = colours.spec.number
    assert number in fake._child.loaded
    del colours
    gc.collect()
    names.features([])
    assert number not in fake._child.loaded


def test_settings_of_the_environment_reach_models_opened_later(fake, monkeypatch):
    first = fake.classifier("names")
    assert first.features([RGB])[0, 0] == 0
    monkeypatch.setenv("SSC_THREADS", "3")
    assert fake.classifier("names").features([RGB])[0, 0] == 3


def test_closing_does_not_wait_for_a_model(fake, tmp_path):
    ended = []

    def load():
        try:
            fake.segmenter("endless")
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    while not (tmp_path / "废钢 照片").exists():
        time.sleep(0.01)
    pid = fake.pid
    fake.close()
    thread.join(30)
    assert [type(error) for error in ended] == [Cancelled]
    assert gone(pid)
    with pytest.raises(Cancelled):
        fake.segmenter("colours")


def test_it_ends_with_the_program_that_started_it(tmp_path):
    """Also when that is killed, and a model is at work."""
    mark = tmp_path / "废钢 照片"
    code = (
        "import sys, threading, breaking_models\n"
        "from sscore.remote import child, process\n"
        "child.command = breaking_models.command\n"
        "models = process.ModelProcess()\n"
        "threading.Thread(target=models.segmenter, args=['endless'], daemon=True).start()\n"
        f"while not __import__('os').path.exists({str(mark)!r}): pass\n"
        "print(models.pid, flush=True)\n"
        "threading.Event().wait()\n"
    )
    surroundings = os.environ | {"SSC_MARK": str(mark), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=surroundings) as program:
        pid = int(program.stdout.readline())
        assert _runs(pid)
        program.kill()
        program.wait(30)
    assert gone(pid)


def test_the_bundle_serves_through_its_command_line(monkeypatch):
    """`ssc serve-models`, which only a bundle uses."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child.command()[1:] == ["serve-models"]
    monkeypatch.undo()
    code = "import sys; sys.frozen = True; sys.argv[1:] = ['serve-models']; from sscore.cli import main; main()"
    monkeypatch.setattr(child, "command", lambda: [sys.executable, "-c", code])
    with ModelProcess() as process:
        assert process.segmenter("grabcut").card.id == "grabcut"
