"""Which classes a classifier knows is told by its file, without loading it."""

import json
import struct

from sscore import catalogue, labels
from sscore.models.known_classes import known_classes, strangers
from sscore.types import ModelCard


def written(folder, facts):
    """A safetensors file without tensors."""
    header = json.dumps({"__metadata__": facts}).encode()
    (folder / "weights").mkdir(exist_ok=True)
    (folder / "weights" / "own.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    return ModelCard("own", "classifier", "prototype", file="own.safetensors")


def test_the_one_that_ships_knows_the_seven_shapes():
    known = known_classes(catalogue.card("nano-cls"))
    assert sorted(known) == sorted(labels.load("scrap_shapes").keys)
    assert strangers(known, labels.load("scrap_shapes")) == ()
    assert strangers(known, labels.load("trashnet")) == labels.load("trashnet").keys


def test_one_of_the_users_own(tmp_path, monkeypatch):
    home = tmp_path / "废钢 照片"
    home.mkdir()
    monkeypatch.setenv("SSC_HOME", str(home))
    card = written(home, {"classes": "3A\n3A1"})
    assert known_classes(card) == ("3A", "3A1")
    assert strangers(known_classes(card), labels.load("scrap_grades")) == labels.load("scrap_grades").keys[2:]


def test_what_goes_by_words_or_cannot_be_read_may_know_any(tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_HOME", str(tmp_path))
    assert known_classes(catalogue.card("cn-clip-vit-b-16")) is None
    assert known_classes(ModelCard("gone", "classifier", "timm", file="gone.safetensors")) is None
    card = written(tmp_path, {})
    assert known_classes(card) is None
    (tmp_path / "weights" / "own.safetensors").write_bytes(b"no")
    assert known_classes(card) is None
    assert strangers(None, labels.load("trashnet")) == ()
