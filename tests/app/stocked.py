"""A window whose models are files: a home with a tiny catalogue, and a web server that has them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "core"))

import file_server
import model_home
from studio_driver import FakeClassifier, FakeSegmenter, wait_until

from sscore import catalogue, weight_store


class FileShelf:
    """The catalogue; a segmenter loads when its file is there. `failing`: id -> what loading it raises."""

    def __init__(self):
        self.failing = {}

    def cards(self):
        return [card for card in catalogue.cards() if card.id in ("nano", "nano-cls", *model_home.PARTS, "mine")]

    def segmenter(self, model_id):
        if model_id in self.failing:
            raise self.failing[model_id]
        card = catalogue.card(model_id)
        if card.file:
            catalogue.weight_file(card)
        return FakeSegmenter(model_id)

    def classifier(self, model_id):
        return FakeClassifier(model_id)

    def add(self, file, *, as_id, progress):
        return weight_store.add(file, as_id=as_id, progress=progress)

    def close(self):
        pass


class Stocked:
    """Studio, server and the open model manager."""

    def __init__(self, studio, server):
        self.studio, self.server, self.window, self.stock = studio, server, studio.window, studio.window.stock
        self.stock.refresh()
        wait_until(lambda: bool(self.stock.rows), what="the list of models")
        self.dialog = self.window.show_models("alpha")

    def settle(self):
        lanes = (self.window.net_lane, self.window.weights_lane, self.window.model_lane)
        wait_until(lambda: all(lane.idle for lane in lanes), what="the files settling")

    def place(self, model_id):
        return self.stock.row(model_id).state.place

    @property
    def said(self):
        return f"{self.dialog.headline.text()}\n{self.dialog.explanation.text()}"


def slow(data, gate, at=10_000):
    """The first `at` bytes, as many more when the gate is opened, and never the rest."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.send_header("ETag", '"1"')
        handler.end_headers()
        handler.close_connection = True
        handler.wfile.write(data[:at])
        handler.wfile.flush()
        gate.wait(10)
        handler.wfile.write(data[at : 2 * at])

    return answer


def make_server():
    server = file_server.FileServer()
    for name, data in model_home.PARTS.items():
        server.serve(f"/{name}.pth", file_server.whole(data))
    return server
