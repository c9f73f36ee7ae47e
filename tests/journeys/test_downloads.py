"""Downloads from a server that misbehaves in every way we know of."""

import errno
import hashlib
import os
import random

import pytest
from file_server import FileServer, cut, endless, hanging, html, lying, redirect, status, whole

from sscore import disk, fetch
from sscore.errors import BadOption, Busy, Cancelled, DiskFull, DownloadFailed
from sscore.fetch import Patience, Wanted

DATA = random.Random(1).randbytes(600_000)
OTHER = random.Random(2).randbytes(600_000)
SHA = hashlib.sha256(DATA).hexdigest()
WANTED = Wanted(len(DATA), 0, SHA)
QUICK = Patience(timeout=2.0, pauses=(0.001, 0.001))


@pytest.fixture(scope="module")
def running():
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def server(running, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running.seen.clear()
    running.answers.clear()
    return running


@pytest.fixture
def target(tmp_path):
    return tmp_path / "模型 目录" / "model.pth"


def got(target, *urls, wanted=WANTED, **options):
    """Download and check that the file, and nothing else, is there; the URL it came from."""
    url, sha256 = fetch.fetch(urls, target, wanted, patience=QUICK, **options)
    assert target.read_bytes() == DATA and sha256 == SHA
    assert os.listdir(target.parent) == [target.name]
    return url


def refused(target, *urls, wanted=WANTED, patience=QUICK):
    """Why each URL failed; nothing may be under the final name."""
    with pytest.raises(DownloadFailed) as caught:
        fetch.fetch(urls, target, wanted, patience=patience)
    assert not target.exists()
    assert [url for url, _ in caught.value.attempts] == list(urls) and all(url in str(caught.value) for url in urls)
    return [why for _, why in caught.value.attempts]


@pytest.mark.parametrize("wanted", [WANTED, Wanted(), Wanted(about=len(DATA) * 105 // 100)])
def test_a_whole_file_with_progress(server, target, wanted):
    steps = []
    got(target, server.serve("/f", whole(DATA)), wanted=wanted, progress=lambda *step: steps.append(step))
    assert steps[0] == (0, len(DATA)) and steps[-1] == (len(DATA), len(DATA)) and steps == sorted(steps)


@pytest.mark.parametrize("wanted", [WANTED, Wanted()])
def test_a_cut_connection_is_resumed(server, target, wanted):
    got(target, server.serve("/f", cut(DATA, 300_000), whole(DATA)), wanted=wanted)
    assert server.ranges() == ["", "bytes=300000-"] and server.seen[1][1]["If-Range"] == '"1"'


def test_a_file_that_changed_meanwhile_comes_anew(server, target):
    got(target, server.serve("/f", cut(OTHER, 300_000, '"0"'), whole(DATA)), wanted=Wanted())
    assert server.ranges() == ["", "bytes=300000-"]


def test_a_server_that_ignores_range_starts_anew(server, target):
    got(target, server.serve("/f", cut(DATA, 300_000), whole(DATA, ranges=False)))
    assert server.ranges() == ["", "bytes=300000-"]


def test_another_mirror_goes_on_where_a_hash_decides(server, target):
    first, second = server.serve("/a", cut(DATA, 300_000), status(404)), server.serve("/b", whole(DATA))
    assert got(target, first, second) == second
    assert server.ranges() == ["", "bytes=300000-", "bytes=300000-"]


def test_another_mirror_starts_anew_without_a_hash(server, target):
    first, second = server.serve("/a", cut(OTHER, 300_000), status(404)), server.serve("/b", whole(DATA))
    assert got(target, first, second, wanted=Wanted()) == second
    assert server.ranges()[-1] == ""


def test_wrong_bytes_of_an_earlier_download_cost_one_more_try(server, target):
    target.parent.mkdir()
    fetch.partial_files(target)[0].write_bytes(OTHER[:1000])
    got(target, server.serve("/f", whole(DATA)))
    assert server.ranges() == ["bytes=1000-", ""]


@pytest.mark.parametrize("size", [0, len(DATA)])
def test_a_part_that_was_whole_is_not_loaded_again(server, target, size):
    target.parent.mkdir()
    fetch.partial_files(target)[0].write_bytes(DATA)
    got(target, server.serve("/f", whole(DATA)), wanted=Wanted(size, 0, SHA))
    assert server.ranges() == ([] if size else [f"bytes={len(DATA)}-"])


def test_a_part_longer_than_the_file_is_dropped(server, target):
    target.parent.mkdir()
    fetch.partial_files(target)[0].write_bytes(DATA + b"x")
    got(target, server.serve("/f", whole(DATA)), wanted=Wanted(sha256=SHA))
    assert server.ranges() == [f"bytes={len(DATA) + 1}-", ""]


def test_redirects_are_followed(server, target):
    server.serve("/real", whole(DATA))
    got(target, server.serve("/f", redirect("/real")))


def test_errors_of_the_server_are_tried_again(server, target):
    got(target, server.serve("/f", status(500), status(503), whole(DATA)))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (status(404), "404"),
        (status(500), "500"),
        (html(), "a web page came"),
        (whole(b"version https://git-lfs.github.com/spec/v1\n"), "Git LFS pointer"),
        (whole(OTHER), "SHA-256 differs"),
        (whole(OTHER[:5000]), "of 5000 bytes, not 600000"),
        (lying(DATA, 500_000), "of 500000 bytes, not 600000"),
        (lying(DATA, 700_000), "of 700000 bytes, not 600000"),
        (lying(OTHER[:1000], 600_000), "broke off at 1000 of 600000"),
        (endless, "gives another file"),
    ],
)
def test_a_bad_address_is_named_and_the_next_one_tried(server, target, answer, says):
    bad, good = server.serve("/bad", answer), server.serve("/good", whole(DATA))
    (why,) = refused(target, bad)
    assert says in why
    server.answers["/bad"] = [answer]
    assert got(target, bad, good) == good


def test_a_lie_about_the_length_is_found_without_a_catalogue(server, target):
    (why,) = refused(target, server.serve("/f", lying(DATA, 700_000)), wanted=Wanted())
    assert "broke off at 600000 of 700000" in why
    (why,) = refused(target, server.serve("/f", lying(DATA, 400_000)), wanted=Wanted(about=len(DATA)))
    assert "not about 600000" in why


def test_a_hanging_server_times_out(server, target):
    patience = Patience(timeout=0.05, pauses=())
    assert refused(target, server.serve("/f", hanging), patience=patience) == ["no answer in time"]


def test_no_network(target):
    why = refused(target, "http://127.0.0.1:9/f", "http://no-such-host.invalid/f")
    assert why[0].startswith("no connection") and "no" in why[1]


def test_proxy_of_the_environment(server, target, monkeypatch):
    monkeypatch.setenv("http_proxy", server.base)
    server.serve("http://far.example/f", whole(DATA))
    got(target, "http://far.example/f")


def test_chinese_letters_in_an_address(server, target):
    server.serve("/%E6%A8%A1%E5%9E%8B%20a", whole(DATA))
    got(target, server.base + "/模型 a")


def test_only_web_addresses(target):
    for url in ("file:///etc/hosts", "model.pth", "ftp://example.org/f"):
        with pytest.raises(BadOption, match="not a web address"):
            fetch.fetch([url], target)


def test_cancel_keeps_the_part_for_next_time(server, target):
    def stop(done, total):
        if done:
            raise Cancelled

    url = server.serve("/f", whole(DATA))
    with pytest.raises(Cancelled):
        fetch.fetch([url], target, WANTED, progress=stop)
    kept = fetch.partial_files(target)[0].stat().st_size
    assert 0 < kept < len(DATA) and not target.exists()
    got(target, url)
    assert server.ranges()[1] == f"bytes={kept}-"


def test_cancel_while_waiting_for_a_retry(server, target):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch.fetch([server.serve("/f", status(500))], target, progress=stop, patience=Patience(1, (60,)))


def test_too_little_room_is_found_first(server, target, monkeypatch):
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 16_500_000})())
    with pytest.raises(DiskFull, match=r"1 MB are needed and 16 MB are free.*SSC_HOME"):
        fetch.fetch([server.serve("/f", whole(DATA))], target, WANTED)
    assert not target.exists()


def test_a_disk_that_fills_up_keeps_the_part(server, target, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    url = server.serve("/f", whole(DATA))
    with monkeypatch.context() as patch:
        patch.setattr(fetch.os, "fsync", full)
        with pytest.raises(DiskFull, match=r"模型 目录.*the disk is full"):
            fetch.fetch([url], target, WANTED)
    assert not target.exists()
    got(target, url)


def test_one_download_of_a_file_at_a_time(server, target):
    url = server.serve("/f", whole(DATA))

    def second(done, total):
        with pytest.raises(Busy, match="another process"):
            fetch.fetch([url], target, WANTED)

    got(target, url, progress=second)
    got(target, url)
