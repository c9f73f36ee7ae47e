"""A user of the real window whose models are killed: `model_user.py FOLDER STORY`, see studio_user.py.

The models are tiny ones (breaking_models.py), in a process of their own as always. Prints what was seen as one JSON
line.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

import breaking_models
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio_user import User

from app.__main__ import main
from sscore.remote import child
from sscore.remote.process import ModelProcess

BOX, OTHER = [60.0, 60.0, 240.0, 200.0], [260.0, 60.0, 380.0, 200.0]  # around the pieces


class Killer(User):
    def kill_at(self, verb: str) -> None:
        """The process for models ends the next time it is asked this."""
        real, process = ModelProcess._ask, self.window.shelf.process

        def ask(me, run, spec, asked, *rest):
            if asked == verb and me is process:
                ModelProcess._ask = real
                os.kill(run.pid, breaking_models.KILL)
            return real(me, run, spec, asked, *rest)

        ModelProcess._ask = ask

    @property
    def said(self) -> list[str]:
        return [f"{notice.text} {notice.detail}" for notice in self.window.messages.notices]

    def killed(self, _box: list[float]):
        """One object, then the models are killed while the next photo is prepared, and at the next prompt."""
        yield
        self.key("w")
        self.drag(BOX)
        yield
        self.key("f")
        yield
        self.saw["accepted"] = self.labels
        first = self.window.shelf.process.pid
        self.kill_at("encode")
        self.key("d")
        yield
        self.saw["said"] = self.said
        self.saw["another"] = self.window.shelf.process.pid != first
        self.key("w")
        self.drag(BOX)
        yield
        self.key("f")
        yield
        self.kill_at("predict")
        self.key("a")
        yield
        self.saw["kept"] = self.labels
        self.key("w")
        self.drag(OTHER)
        self.key("f")
        yield
        self.saw["at last"] = self.labels
        self.saw["photos"] = {rel: self.window.session.state(rel).count for rel in self.window.session.images}
        self.saw["model"] = self.window.assistant.segmenter.card.id
        self.saw["pid"] = self.window.shelf.process.pid


if __name__ == "__main__":
    folder, story = sys.argv[1:]
    child.command = breaking_models.command
    application = QApplication([])
    user = Killer(story, [])
    QTimer.singleShot(110_000, lambda: os._exit(3))
    code = main([folder, "--lang", "zh", "--theme", "dark", "--size", "1280x800"])
    print(json.dumps(user.saw))
    sys.exit(code)
