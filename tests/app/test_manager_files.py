"""The model manager: models are fetched, added, checked, packed and removed while annotating goes on."""

import threading

import pytest
import stocked
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from stocked import FileShelf, Stocked, file_server, model_home
from studio_driver import wait_until

PARTS = model_home.PARTS


@pytest.fixture
def stock(make_studio, folder, tmp_path, monkeypatch):
    server = stocked.make_server()
    model_home.make(tmp_path / "home", monkeypatch, server.base)
    model_home.identify_by_content(monkeypatch)
    studio = make_studio(shelf=FileShelf())
    studio.open(folder)
    made = Stocked(studio, server)
    yield made
    made.window.close()
    server.close()


def drop(widget, *files):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    plain, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    event = QDropEvent(QPoint(9, 9).toPointF(), Qt.DropAction.CopyAction, data, left, plain)
    widget.dropEvent(event)


def test_every_model_is_listed_with_its_place(stock):
    assert [row.card.id for row in stock.stock.rows] == ["nano", "nano-cls", "alpha", "beta", "beta-3x"]
    assert [stock.place(i) for i in ("nano", "alpha", "beta-3x")] == ["embedded", "to download", "missing"]
    assert stock.dialog.detail.title.text() == "alpha"
    assert not stock.dialog.detail.download.isHidden()
    assert stock.dialog.detail.use.isHidden()


def test_a_download_makes_a_model_choosable_and_use_loads_it(stock):
    stock.dialog.detail.download.click()
    stock.settle()
    assert "alpha is on this computer" in stock.said
    combo = stock.window.models.combos["segmenter"]
    assert "alpha" in [combo.itemText(i) for i in range(combo.count())]
    stock.dialog.detail.use.click()
    stock.settle()
    assert stock.studio.assistant.segmenter.card.id == "alpha"
    assert not stock.dialog.detail.use.isEnabled()


def test_a_download_shows_progress_lets_one_annotate_stops_and_goes_on(stock):
    gate = threading.Event()
    stock.server.serve("/alpha.pth", stocked.slow(PARTS["alpha"], gate), file_server.whole(PARTS["alpha"]))
    stock.dialog.detail.download.click()
    wait_until(lambda: "of 30 kB" in stock.dialog.detail.progress.text(), what="progress")
    stock.window.activateWindow()
    assert stock.studio.add(20, 20, 120, 120)
    stock.dialog.detail.stop.click()
    gate.set()
    stock.settle()
    assert "is kept" in stock.said
    assert stock.place("alpha") == "started"
    stock.dialog.detail.download.click()
    stock.settle()
    assert stock.place("alpha") == "installed"
    assert stock.server.ranges()[-1].startswith("bytes=")


def test_a_licence_must_be_accepted_before_a_download(stock):
    stock.dialog.go("beta")
    detail = stock.dialog.detail
    assert "NTU" in detail._values["licence"].text()
    assert not detail.accept.isHidden()
    assert not detail.download.isEnabled()
    detail.accept.click()
    detail.download.click()
    stock.settle()
    assert stock.place("beta") == "installed"
    stock.dialog.go("alpha")
    stock.dialog.go("beta-3x")
    assert detail.accept.isHidden()


def test_a_download_that_fails_is_explained_with_the_way_around_it(stock):
    stock.server.serve("/alpha.pth", file_server.html())
    stock.dialog.detail.download.click()
    stock.settle()
    assert "The download failed" in stock.said
    assert "sign in" in stock.said
    assert "Traceback" not in stock.said
    assert not stock.dialog.detail.offline.isHidden()
    stock.dialog.detail.copy.click()
    assert QApplication.clipboard().text() == f"{stock.server.base}/alpha.pth"


@pytest.mark.parametrize("where", ["dialog", "window"])
def test_a_file_dropped_is_added(stock, tmp_path, where):
    file = tmp_path / "从网上 下载的.pth"
    file.write_bytes(PARTS["alpha"])
    drop(getattr(stock, where), file)
    stock.settle()
    assert stock.place("alpha") == "installed"
    assert stock.dialog.list.current_id == "alpha"


def test_a_fine_tuned_file_becomes_a_model_of_ones_own(stock, tmp_path, monkeypatch):
    file = tmp_path / "tuned.pth"
    file.write_bytes(PARTS["alpha"][:1000] + b"tuned")
    stock.dialog.add_file(file)
    stock.settle()
    assert "tuned.pth has the structure of alpha" in stock.said and stock.dialog.list.current_id == "alpha"
    names = iter([("nano", True), ("mine", True)])
    asked = []
    monkeypatch.setattr("app.dialogs.models.QInputDialog.getText", lambda *_a, text: asked.append(text) or next(names))
    stock.dialog.own_name.click()
    stock.settle()
    assert "nano" in stock.said and not stock.dialog.own_name.isHidden()  # taken: another name may be given
    stock.dialog.own_name.click()
    stock.settle()
    assert asked == ["alpha-own"] * 2 and "check sum" not in stock.said
    assert stock.place("mine") == "installed"
    ids = [stock.dialog.list.item(i).data(Qt.ItemDataRole.UserRole).card.id for i in range(stock.dialog.list.count())]
    assert ids.index("mine") < ids.index("alpha")  # what can be used comes first
    assert stock.dialog.own_name.isHidden()


def test_a_damaged_file_is_found_and_fetched_again(stock):
    stock.dialog.detail.download.click()
    stock.settle()
    stock.stock.row("alpha").state.path.write_bytes(b"x" * 30_000)
    stock.dialog.detail.verify.click()
    stock.settle()
    assert "damaged" in stock.said
    stock.dialog.detail.download.click()
    stock.settle()
    stock.dialog.detail.verify.click()
    stock.settle()
    assert "alpha is whole" in stock.said


def test_removing_asks_and_spares_the_model_in_use(stock, monkeypatch):
    stock.dialog.detail.download.click()
    stock.settle()
    monkeypatch.setattr(stock.dialog, "_sure", lambda *_: False)
    stock.dialog.detail.remove.click()
    stock.settle()
    assert stock.place("alpha") == "installed"
    stock.dialog.detail.use.click()
    stock.settle()
    assert not stock.dialog.detail.remove.isEnabled()
    stock.studio.assistant.load("segmenter", "nano")
    stock.settle()
    monkeypatch.setattr(stock.dialog, "_sure", lambda *_: True)
    stock.dialog.detail.remove.click()
    stock.settle()
    assert stock.place("alpha") == "to download"


def test_a_pack_travels_to_another_computer(stock, tmp_path, monkeypatch):
    stock.dialog.detail.download.click()
    stock.settle()
    pack = tmp_path / "stick.zip"
    monkeypatch.setattr("app.dialogs.models.QFileDialog.getSaveFileName", lambda *_a, **_k: (str(pack), ""))
    stock.dialog.go("alpha")
    stock.dialog.pack.click()
    stock.settle()
    assert pack.is_file()
    stock.stock.remove(stock.stock.row("alpha").card)
    stock.settle()
    drop(stock.dialog, pack)
    stock.settle()
    assert stock.place("alpha") == "installed"
    assert "Unpacked: alpha" in stock.said


@pytest.mark.parametrize("size", [40, 4_000_000_000], ids=["small", "more than 2 GiB"])
def test_packing_is_seen_and_can_be_stopped(stock, tmp_path, monkeypatch, size):
    stock.dialog.detail.download.click()
    stock.settle()
    pack, go_on = tmp_path / "废钢 照片.zip", threading.Event()

    def slowly(cards, out, *, progress):
        progress(size // 4, size)
        go_on.wait(20)
        progress(size // 2, size)  # by now nobody wants it
        raise AssertionError

    monkeypatch.setattr("sscore.weight_packs.pack", slowly)
    monkeypatch.setattr("app.dialogs.models.QFileDialog.getSaveFileName", lambda *_a, **_k: (str(pack), ""))
    dialog = stock.dialog
    dialog.go("alpha")
    assert dialog.bar.isHidden() and dialog.halt.isHidden()
    dialog.pack.click()
    wait_until(lambda: dialog.bar.value() == 250, what="a quarter of it")
    assert "Packing" in stock.said and dialog.halt.isVisible()
    dialog.halt.click()
    go_on.set()
    stock.settle()
    assert "Stopped" in stock.said and dialog.bar.isHidden() and not pack.exists()


def test_the_message_takes_no_more_room_than_its_lines(stock):
    dialog = stock.dialog
    dialog._say("error", "alpha: The download failed", "Line one.\nLine two.\nLine three.")
    dialog._say("info", "Packing  123.4 MB of 975.0 MB · 33.1 MB/s · 26 s left")
    wait_until(lambda: dialog.headline.height() < 2 * dialog.fontMetrics().height(), what="one line")


def test_a_model_that_is_not_here_is_greyed_and_leads_to_the_manager(stock):
    stock.dialog.close()
    combo = stock.window.models.combos["segmenter"]
    index = combo.findData("beta")
    assert combo.itemText(index) == "beta  –  to download"
    combo.setCurrentIndex(index)
    combo.activated.emit(index)
    assert stock.dialog.isVisible()
    assert stock.dialog.list.current_id == "beta"
    assert combo.currentText() == "nano"


def test_the_manager_speaks_the_language_chosen_while_it_is_open(stock):
    stock.window.settings.set("language", "zh")
    dialog = stock.window._models_dialog
    assert dialog.isVisible()
    assert dialog.windowTitle() == "模型"
    assert dialog.list.current_id == "alpha"
    stock.window.settings.set("language", "en")
