"""Weights on this computer: downloaded, added, verified, removed."""

import os

import model_home
import pytest
from file_server import FileServer, status, whole
from model_home import PARTS, sha

from sscore import catalogue, weight_store
from sscore.errors import BadOption, Cancelled, DiskFull, DownloadFailed, ModelMissing, WrongWeights
from sscore.fetch import Patience
from sscore.weight_store import State

QUICK = Patience(2.0, ())


@pytest.fixture(scope="module")
def server():
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def home(tmp_path, monkeypatch, server):
    server.seen.clear()
    server.serve("/alpha.pth", whole(PARTS["alpha"]))
    server.serve("/beta.pth", whole(PARTS["beta"]))
    model_home.identify_by_content(monkeypatch)
    return model_home.make(tmp_path / "模型 目录", monkeypatch, server.base)


def download(name, **options):
    return weight_store.download(catalogue.card(name), patience=QUICK, **options)


def given(folder, name, data):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def test_download_puts_the_file_where_the_program_looks(home, server):
    assert weight_store.state(catalogue.card("alpha")) == State("to download", None, 30000)
    stored = download("alpha")
    assert stored.path == home / "weights" / "alpha.pth" == catalogue.weight_file(catalogue.card("alpha"))
    assert (stored.sha256, stored.against, stored.url) == (sha(PARTS["alpha"]), "catalogue", f"{server.base}/alpha.pth")
    assert weight_store.state(catalogue.card("alpha")) == State("installed", stored.path, 30000)
    assert download("alpha").url == "" and len(server.seen) == 1


def test_a_damaged_file_is_downloaded_again(home):
    given(home / "weights", "alpha.pth", bytes(30000))
    assert download("alpha").path.read_bytes() == PARTS["alpha"]


def test_without_a_published_hash_the_first_copy_counts(home):
    stored = download("beta", accept_licence=True)
    assert stored.against == "nothing"
    record = home / "weights" / "beta.pth.sha256"
    assert record.read_text() == f"{sha(PARTS['beta'])}  beta.pth\n"
    assert weight_store.verify(stored.card).against == "recorded"
    stored.path.write_bytes(PARTS["beta"][:-1] + b"!")
    with pytest.raises(WrongWeights, match="differ from its first copy"):
        weight_store.verify(stored.card)


def test_a_licence_is_to_be_accepted(home, server):
    with pytest.raises(BadOption, match=r"NTU S-Lab License 1\.0.*--accept-licence"):
        download("beta")
    assert not server.seen


def test_mirrors(home, server, monkeypatch):
    server.serve("/lab/alpha.pth", status(404))
    server.serve("/own", whole(PARTS["alpha"]))
    monkeypatch.setenv("SSC_MIRROR", f"{server.base}/lab/")
    assert download("alpha").url == f"{server.base}/alpha.pth"
    assert [path for path, _ in server.seen] == ["/lab/alpha.pth", "/alpha.pth"]
    alpha = catalogue.card("alpha")
    weight_store.remove(alpha)
    assert download("alpha", url=f"{server.base}/own").url == f"{server.base}/own"
    assert weight_store.addresses(alpha, "http://lab/") == ["http://lab/alpha.pth"]


def test_offline_says_how_to_go_on_with_a_usb_stick(home, server):
    server.serve("/alpha.pth", status(404))
    with pytest.raises(
        DownloadFailed, match=r"download http.*/alpha\.pth \(see https://example.*USB.*models add alpha"
    ):
        download("alpha")


def test_an_unfinished_download_is_known_and_removed(home):
    def stop(done, total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        download("alpha", progress=stop)
    alpha = catalogue.card("alpha")
    state = weight_store.state(alpha)
    assert state.place == "started" and 0 < state.partial <= 30000
    assert weight_store.remove(alpha) >= state.partial
    assert os.listdir(home / "weights") == []


def test_nothing_to_download(home):
    with pytest.raises(ModelMissing, match="ssc models add beta_3x.pth"):
        download("beta-3x")
    with pytest.raises(ModelMissing, match="built in"):
        download("grabcut")


def test_add_finds_the_model_by_keys(home, tmp_path):
    steps = []
    file = given(tmp_path / "U 盘", "whatever.pt", PARTS["alpha"])
    stored = weight_store.add(file, progress=lambda *step: steps.append(step))
    assert (stored.card.id, stored.path.name, stored.against) == ("alpha", "alpha.pth", "catalogue")
    assert stored.path.read_bytes() == PARTS["alpha"] and steps[-1] == (30000, 30000)


@pytest.mark.parametrize(("name", "found"), [("x.pth", "beta"), ("EdgeSAM-3X.pth", "beta-3x")])
def test_add_of_keys_that_two_models_have(home, tmp_path, name, found):
    stored = weight_store.add(given(tmp_path, name, PARTS["beta-3x"]))
    assert (stored.card.id, stored.against) == (found, "nothing")
    assert weight_store.add(tmp_path / name, as_id="beta-3x").card.id == "beta-3x"


def test_add_of_a_fine_tuned_model_keeps_comments_and_rows(home, tmp_path):
    file = given(tmp_path, "微调.pth", PARTS["alpha"][:20_000])
    with pytest.raises(WrongWeights, match="keys of 'alpha' but is not the official file.*--as NEW-ID"):
        weight_store.add(file)
    before = (home / "catalogue.toml").read_text(encoding="utf-8")
    stored = weight_store.add(file, as_id="我的-sam")
    after = (home / "catalogue.toml").read_text(encoding="utf-8")
    card = catalogue.card("我的-sam")
    assert after.startswith(before) and stored.card == card
    assert (card.family, card.variant, card.file, card.bytes) == ("sam", "vit_b", "我的-sam.pth", 20_000)
    assert card.urls == () and card.sha256 == sha(PARTS["alpha"][:20_000]) and card.licence == "Apache-2.0"
    assert weight_store.verify(card).against == "catalogue"
    assert weight_store.remove(card) == 20_000
    assert (home / "catalogue.toml").read_text(encoding="utf-8").rstrip() == before.rstrip()


@pytest.mark.parametrize("name", ["../up", "a/b", "CON", "aux.v2", "", "-", "x" * 80, "a b"])
def test_add_under_a_bad_id(home, tmp_path, name):
    file = given(tmp_path, "mine.pth", PARTS["alpha"][:20_000])
    with pytest.raises((BadOption, WrongWeights)):
        weight_store.add(file, as_id=name)
    assert not (home / "weights").exists()


def test_add_of_another_model_than_named(home, tmp_path):
    with pytest.raises(WrongWeights, match="not 'alpha': it looks like beta"):
        weight_store.add(given(tmp_path, "x.pth", PARTS["beta"]), as_id="alpha")
    with pytest.raises(ModelMissing, match="no such file"):
        weight_store.add(tmp_path / "none.pth")


def test_add_without_room_leaves_nothing(home, tmp_path, monkeypatch):
    monkeypatch.setattr(weight_store.disk.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1})())
    with pytest.raises(DiskFull):
        weight_store.add(given(tmp_path, "x.pth", PARTS["alpha"]))
    assert os.listdir(home / "weights") == []


def test_remove_leaves_embedded_models_and_says_when_there_is_nothing(home):
    with pytest.raises(BadOption, match="part of the program"):
        weight_store.remove(catalogue.card("nano"))
    given(home / "weights", "shared.pth", b"1")
    for name in ("one", "two"):
        catalogue.append(catalogue.ModelCard(name, "segmenter", "sam", file="shared.pth"))
    assert weight_store.remove(catalogue.card("one")) == 0
    assert weight_store.remove(catalogue.card("two")) == 1


def test_verify_of_what_came_with_the_program():
    assert weight_store.verify(catalogue.card("nano")).against == "catalogue"


def test_a_damaged_model_of_ones_own_is_not_said_to_be_downloadable(home):
    given(home / "weights", "mine.pth", b"damaged")
    catalogue.append(
        catalogue.ModelCard("mine", "segmenter", "sam", file="mine.pth", bytes=7, sha256=sha(b"as it was"))
    )
    with pytest.raises(WrongWeights, match=r"ssc models remove mine, then add"):
        weight_store.verify(catalogue.card("mine"))


def test_dropping_a_row_keeps_the_comments_of_the_next(home):
    catalogue.drop("alpha")
    text = (home / "catalogue.toml").read_text(encoding="utf-8")
    assert text.startswith('# 实验室的模型\n# Not for sale.\n[[model]]\nid = "beta"')
    assert catalogue.user_ids() == ["beta", "beta-3x"]


def test_rows_read_back_as_written(home):
    row = catalogue.ModelCard(
        "x", "segmenter", "sam", note='a "b" \\ \x7f\n😀', urls=("u", "v"), embedded=True, bytes=3
    )
    catalogue.append(row)
    assert catalogue.card("x") == row


def test_a_catalogue_that_cannot_be_appended_to_stays(home):
    text = 'model = [{id = "a", kind = "segmenter", family = "sam"}]\n'
    (home / "catalogue.toml").write_text(text)
    with pytest.raises(WrongWeights, match="catalogue"):
        catalogue.append(catalogue.ModelCard("x", "segmenter", "sam"))
    assert (home / "catalogue.toml").read_text() == text


@pytest.mark.parametrize("name", ["../a.pth", "/etc/a", "a\\\\b", "C:a.pth", "..", "a."])
def test_a_row_cannot_point_outside_the_folder(home, name):
    with pytest.raises(WrongWeights, match="bare name"):
        catalogue.parse(f'[[model]]\nid = "a"\nkind = "segmenter"\nfamily = "sam"\nfile = "{name}"\n', home)
