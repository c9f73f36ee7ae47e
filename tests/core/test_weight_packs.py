"""Packs: from one computer to another, and zips that are none."""

import os
import shutil
import stat
import zipfile
from pathlib import Path

import model_home
import pytest
from model_home import PARTS, sha

from sscore import catalogue, weight_packs, weight_store
from sscore.errors import BadOption, Cancelled, DiskFull, ModelMissing, WrongWeights
from sscore.types import ModelCard


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A pack of alpha, beta and a model of the user's own."""
    folder = tmp_path_factory.mktemp("packs")
    with pytest.MonkeyPatch.context() as patch:
        return _pack(folder, model_home.make(folder / "一 号", patch))


@pytest.fixture
def packed(made, tmp_path, monkeypatch):
    """A copy of it, on another computer."""
    model_home.make(tmp_path / "二 号", monkeypatch)
    return Path(shutil.copy(made, tmp_path))


def _pack(folder, home):
    (home / "weights").mkdir()
    (home / "weights" / "alpha.pth").write_bytes(PARTS["alpha"])
    (home / "weights" / "beta.pth").write_bytes(PARTS["beta"])
    (home / "weights" / "mine.pth").write_bytes(b"mine")
    catalogue.append(ModelCard("mine", "segmenter", "sam", "vit_b", "mine.pth", note="微调"))
    steps = []
    cards = [catalogue.card(name) for name in ("alpha", "beta", "mine")]
    out = weight_packs.pack(cards, folder / "U 盘" / "pack.zip", progress=lambda *step: steps.append(step))
    assert steps[-1] == (60_004, 60_004)
    return out


def changed(file, **replaced):
    """The same zip with members replaced (None: left out); member names with _ for / and . are given by keyword."""
    names = {"weights_alpha": "weights/alpha.pth", "catalogue": "catalogue.toml"}
    swaps = {names[key]: value for key, value in replaced.items()}
    out = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            data = swaps.get(member.filename, old.read(member))
            if data is not None:
                new.writestr(member.filename, data)
    return out


def with_member(file, name, mode=0):
    member = zipfile.ZipInfo("placeholder")
    member.filename, member.external_attr = name, mode << 16
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(member, b"x")
    return file


def refused(file, match):
    with pytest.raises(WrongWeights, match=match):
        weight_packs.unpack(file)
    folder = weight_packs.paths.user_weights()
    assert not folder.exists() or os.listdir(folder) == []
    assert catalogue.user_ids() == ["alpha", "beta", "beta-3x"]


def test_a_pack_is_a_plain_zip_with_hashes_and_licences(packed):
    with zipfile.ZipFile(packed) as archive:
        assert archive.namelist()[:3] == ["catalogue.toml", "LICENCES.txt", "SHA256SUMS"]
        assert archive.read("weights/mine.pth") == b"mine"
        assert f"{sha(PARTS['beta'])}  weights/beta.pth\n" in archive.read("SHA256SUMS").decode()
        assert "beta.pth: NTU S-Lab License 1.0." in archive.read("LICENCES.txt").decode()
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}


def test_there_and_back(packed):
    steps = []
    stored = weight_packs.unpack(packed, progress=lambda *step: steps.append(step))
    assert [(one.card.id, one.against) for one in stored] == [
        ("alpha", "catalogue"),
        ("beta", "nothing"),
        ("mine", "catalogue"),
    ]
    assert steps[-1] == (60_004, 60_004) and steps == sorted(steps)
    assert catalogue.card("mine").note == "微调"
    assert all(weight_store.verify(catalogue.card(one.card.id)).sha256 == one.sha256 for one in stored)
    assert weight_store.known_sha256(catalogue.card("beta")) == (sha(PARTS["beta"]), "recorded")
    assert [one.against for one in weight_packs.unpack(packed)] == ["catalogue", "recorded", "catalogue"]


@pytest.mark.parametrize(
    "name",
    ["../evil.pth", "/etc/evil", "weights/../../evil", "weights\\evil", "C:evil", "weights/sub/evil", "weights/.."],
)
def test_members_outside_the_pack(packed, name):
    refused(with_member(packed, name), "has no place in a pack")


def test_links_and_doubles(packed, tmp_path):
    twice = tmp_path / "twice.zip"
    twice.write_bytes(packed.read_bytes())
    refused(with_member(packed, "weights/link.pth", stat.S_IFLNK | 0o777), "has no place in a pack")
    with pytest.warns(UserWarning, match="Duplicate"):
        with_member(twice, "weights/alpha.pth")
    refused(twice, "two files of one name")


def test_wrong_contents(packed, tmp_path):
    refused(changed(packed, weights_alpha=PARTS["beta"]), "not the whole file")
    refused(changed(packed, weights_alpha=PARTS["alpha"][:-1]), "alpha.pth is missing or not whole")
    refused(changed(packed, weights_alpha=None), "alpha.pth is missing or not whole")
    refused(changed(packed, catalogue=None), "not a pack of weights")
    refused(changed(packed, catalogue=b"\xff\xff"), "catalogue is damaged")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(packed.read_bytes()[:40_000])
    refused(cut, "not a whole zip file")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (ModelCard("nano", "segmenter", "nano", file="nano.safetensors"), "cannot replace it"),
        (ModelCard("evil", "segmenter", "nano", file="NANO.safetensors"), "cannot replace it"),
        (ModelCard("alpha", "segmenter", "sam", "vit_b", "alpha.pth"), "ssc models remove alpha"),
        (ModelCard("new", "segmenter", "sam", "vit_b", "beta.pth"), "ssc models remove beta"),
        (ModelCard("new", "segmenter", "sam", file="beta.pth.sha256"), "names no weights"),
    ],
)
def test_a_pack_cannot_replace_other_models(packed, row, says):
    text = catalogue.as_toml(weight_packs.replace(row, sha256="0" * 64))
    refused(changed(packed, catalogue=text), says)


def test_cancel_and_a_full_disk_leave_nothing(packed, tmp_path, monkeypatch):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        weight_packs.unpack(packed, progress=stop)
    monkeypatch.setattr(weight_packs.disk.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1})())
    with pytest.raises(DiskFull):
        weight_packs.unpack(packed)
    assert os.listdir(weight_packs.paths.user_weights()) == []


def test_what_cannot_be_packed(packed, tmp_path):
    out = tmp_path / "other.zip"
    alpha = catalogue.card("alpha")
    with pytest.raises(ModelMissing):
        weight_packs.pack([alpha], out)
    with pytest.raises(BadOption, match="part of the program"):
        weight_packs.pack([catalogue.card("nano")], out)
    weight_packs.unpack(packed)
    with pytest.raises(BadOption, match="different models"):
        weight_packs.pack([alpha, alpha], out)
    with pytest.raises(Cancelled):
        weight_packs.pack([alpha], out, progress=lambda done, total: (_ for _ in ()).throw(Cancelled))
    catalogue.weight_file(alpha).write_bytes(bytes(30_000))
    with pytest.raises(WrongWeights, match="damaged"):
        weight_packs.pack([alpha], out)
    assert not [name for name in os.listdir(tmp_path) if "other" in name]
