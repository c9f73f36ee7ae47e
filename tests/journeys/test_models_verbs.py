"""ssc models get, add, verify, remove, pack, unpack: what they print, and their exit codes."""

import json
import re

import model_home
import pytest
from file_server import FileServer, status, whole
from model_home import PARTS

from sscore import cli, fetch, weight_store


@pytest.fixture(scope="module")
def server():
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def home(tmp_path, monkeypatch, server):
    server.serve("/alpha.pth", whole(PARTS["alpha"]))
    server.serve("/beta.pth", whole(PARTS["beta"]))
    model_home.identify_by_content(monkeypatch)
    return model_home.make(tmp_path / "模型 目录", monkeypatch, server.base)


@pytest.fixture
def ssc(capsys, home):
    def run(*args):
        """Exit code, stdout, stderr."""
        code = cli.run(["models", *map(str, args)])
        return code, *capsys.readouterr()

    return run


def test_get(ssc, home):
    code, out, err = ssc("get", "alpha")
    assert (code, err) == (0, "") and re.search(r"alpha: here, \d+\.\d kB, as the catalogue lists it", out)
    code, out, err = ssc("get", "alpha", "--json")
    (one,) = json.loads(out)["models"]
    assert code == 0 and (one["id"], one["bytes"], one["against"], one["url"]) == ("alpha", 30_000, "catalogue", "")
    assert one["file"] == str(home / "weights" / "alpha.pth")


def test_get_reports_events(ssc):
    code, out, _ = ssc("get", "alpha", "--events")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and {"event": "progress", "done": 30_000, "total": 30_000} in events
    assert events[-1]["event"] == "result"


def test_get_names_a_licence_before_anything_else(ssc, home):
    code, out, err = ssc("get", "beta")
    assert (code, out) == (2, "") and err.startswith("ssc: beta is under NTU S-Lab License 1.0\nssc: error:")
    assert "--accept-licence" in err and not (home / "weights").exists()
    code, out, err = ssc("get", "beta", "--accept-licence")
    assert code == 0 and err.startswith("ssc: beta is under NTU") and "no published SHA-256" in out
    assert ssc("get", "beta")[0] == 0, "what is here needs no accepting again"


@pytest.mark.parametrize("yes", [True, False])
def test_get_asks_on_a_terminal(ssc, monkeypatch, yes):
    monkeypatch.setattr("sscore.cli.models._at_a_terminal", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: yes)
    assert ssc("get", "beta")[0] == (0 if yes else 130)


def test_get_that_fails_says_in_one_line_what_to_do(ssc, server):
    server.serve("/alpha.pth", status(404))
    code, out, err = ssc("get", "alpha")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"{server.base}/alpha.pth: the server answers 404" in err and "ssc models add alpha.pth" in err


def test_one_that_cannot_be_had_does_not_keep_the_others(ssc, home):
    code, out, err = ssc("get", "beta", "alpha", "--json")
    assert code == 1 and [one["id"] for one in json.loads(out)["models"]] == ["alpha"]
    assert json.loads(out)["failed"] == ["beta"] and "ssc: warning: beta: " in err and "--accept-licence" in err
    assert (home / "weights" / "alpha.pth").exists()


def test_get_from_an_address_of_the_lab(ssc, server):
    server.serve("/alpha.pth", status(404))
    server.serve("/lab/alpha.pth", whole(PARTS["alpha"]))
    assert ssc("get", "alpha", "--url", server.base + "/lab/")[0] == 0
    assert ssc("get", "alpha", "beta", "--url", server.base)[0] == 2
    code, _, err = ssc("get", "beta", "--accept-licence", "--url", "lab.example")
    assert code == 2 and "not a web address" in err


def test_ctrl_c_keeps_the_part_only(ssc, home, monkeypatch):
    def interrupt(self, done, total):
        if done:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fetch._Download, "_report", interrupt)
        code, _, err = ssc("get", "alpha")
    assert code == 130 and "cancelled" in err
    assert sorted(file.name for file in (home / "weights").iterdir()) == ["alpha.pth.part", "alpha.pth.part.json"]
    assert json.loads(ssc("list", "--json")[1])["models"][-3]["where"] == "started"
    assert ssc("get", "alpha")[0] == 0


def test_add_verify_remove(ssc, home, tmp_path):
    (tmp_path / "x-3x.pth").write_bytes(PARTS["beta-3x"])
    code, out, _ = ssc("add", tmp_path / "x-3x.pth")
    assert code == 0 and out.startswith("beta-3x: added")
    code, out, _ = ssc("verify", "beta-3x")
    assert code == 0 and "the same as its first copy here" in out
    assert len(json.loads(ssc("verify", "--json")[1])["models"]) == 3, "nano, nano-cls and beta-3x"
    (home / "weights" / "beta_3x.pth").write_bytes(b"gone")
    code, out, err = ssc("verify", "--json")
    assert code == 1 and json.loads(out)["bad"] == ["beta-3x"] and err.count("\n") == 1
    assert ssc("verify", "beta-3x")[0] == 2
    assert ssc("remove", "beta-3x", "--json")[0] == 0
    code, _, err = ssc("remove", "nano")
    assert code == 2 and "part of the program" in err


def test_pack_and_unpack(ssc, home, tmp_path, monkeypatch):
    assert ssc("get", "beta", "--accept-licence")[0] == 0
    pack = tmp_path / "U 盘" / "pack.zip"
    assert ssc("pack", "beta", "--out", tmp_path / "pack.tar")[0] == 2
    code, out, _ = ssc("pack", "beta", "--out", pack)
    assert code == 0 and "ssc models unpack pack.zip" in out
    model_home.make(tmp_path / "二 号", monkeypatch)
    code, out, err = ssc("unpack", pack, "--json")
    assert code == 0 and json.loads(out)["models"][0]["id"] == "beta" and "NTU S-Lab" in err
    assert weight_store.paths.user_weights().joinpath("beta.pth").read_bytes() == PARTS["beta"]
    code, _, err = ssc("unpack", tmp_path / "none.zip")
    assert code == 2 and "none.zip" in err


def test_unknown_ids_are_refused_before_anything_happens(ssc, home):
    for verb in (["get"], ["verify"], ["remove"], ["pack", "--out", "x.zip"]):
        code, _, err = ssc(*verb, "alpha", "sam-9000")
        assert code == 2 and "there is no model 'sam-9000'" in err
    assert not (home / "weights").exists()
