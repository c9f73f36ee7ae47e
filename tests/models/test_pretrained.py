"""ImageNet weights without a network: said within seconds, and nothing is asked where they are on this computer."""

import socket
import time

import huggingface_hub as hub
import huggingface_hub.constants
import pytest
from fake_models import photo, save

from sscore import cli
from sscore.errors import BadOption
from sscore.train import pretrained


@pytest.fixture
def server(monkeypatch):
    """A server that takes connections and keeps silent, as behind a firewall, in the place of the weights' own."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(hub.constants, "ENDPOINT", address)
        words = address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", words)
        yield silent


def test_a_silent_server_is_told_in_seconds(server):
    began = time.monotonic()
    with pytest.raises(BadOption, match=r"ConvNeXt-T are not on this computer, and .*model.safetensors cannot") as told:
        pretrained.check("convnext-t", seconds=0.3)
    assert time.monotonic() - began < 15  # timm is imported too
    assert "--start FILE" in told.value.remedy and "HF_ENDPOINT" in told.value.remedy


def test_no_server_at_all(server):
    server.close()
    with pytest.raises(BadOption, match="refused"):
        pretrained.check("vgg-19")


def test_any_answer_will_do(server):
    import threading

    def answer():
        one, _ = server.accept()
        one.recv(1000)
        one.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        one.close()

    answering = threading.Thread(target=answer)
    answering.start()
    pretrained.check("vgg-19", seconds=10)
    answering.join()


def test_offline_by_choice_asks_nobody(server, monkeypatch):
    monkeypatch.setattr(hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(BadOption, match="HF_HUB_OFFLINE is set"):
        pretrained.check("vgg-19")


def test_weights_that_are_here_need_no_server(server, monkeypatch, tmp_path):
    server.close()
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *names, **options: str(tmp_path))
    pretrained.check("convnext-t")
    pretrained.check("resnet-20")  # it has none at all; building it says so


def test_the_command_says_it_before_it_reads_the_photos(server, tmp_path, monkeypatch, capsys):
    server.close()
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "home"))
    save(tmp_path / "照片 一" / "Bar" / "1.png", photo())
    words = ["train", "classifier", str(tmp_path / "照片 一"), "--name", "ours", "--arch", "convnext-t", "--pretrained"]
    assert cli.run([*words, "--out", str(tmp_path / "run")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "cannot be reached" in said and "--start FILE" in said
    assert not (tmp_path / "run").exists()
