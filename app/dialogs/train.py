"""A model fine-tuned on the accepted objects: are they enough, how long it takes, how it goes, what it gained."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.child import ChildProcess
from app.dialogs import train_runs
from app.dialogs.says import Says, fit_height, room
from app.dialogs.train_form import TrainForm
from app.dialogs.train_gain import GainTable
from app.index import Index
from app.jobs import Lane
from app.look import Look
from app.notices import in_words
from app.panels.curves import Curves
from app.session import Session
from app.stock import Stock
from sscore.paths import write_atomic
from sscore.train.decoder_time import ENOUGH, LEAST
from sscore.train.decoder_time import seconds as expected_seconds

_TRUTH = ("accepted", "reviewed")
_DOUBTS = 3
"""Sentences shown of what speaks against the figures."""


class TrainDialog(QDialog):
    """Options above, curves and result below. The work is a process of its own: it can be paused, ended with the best
    so far, and gone on with, also after a crash. use: id of the new model, when the user wants to switch to it."""

    use = Signal(str)

    def __init__(
        self, session: Session, index: Index, stock: Stock, lane: Lane, look: Look, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        assert session.project is not None
        self._session, self._index, self._stock, self._lane, self._look = session, index, stock, lane, look
        self._project = session.project
        self._result: dict[str, Any] = {}
        self._epochs = 0
        self._began = 0.0
        self._at_begin = -1.0
        self._paused = False
        self._enough = False
        self._stage = ""
        self._measuring = False
        self._doubts: list[str] = []
        self.folder = train_runs.latest(self._project.folder)
        self.child = ChildProcess(self)
        self.child.event.connect(self._on_event)
        self.child.ended.connect(self._on_ended)
        self.setWindowTitle(self.tr("Train on your own objects"))
        self.setMinimumWidth(620)
        self._build()
        index.want()
        index.changed.connect(self._show_data)
        stock.changed.connect(self._fill_models)
        self._fill_models()
        self._show_data()
        self._show_asked()

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.data = QLabel(wordWrap=True)
        self.form = TrainForm()
        self.form.changed.connect(self._show_data)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.bar.hide()
        self.says = Says(self._look)
        self.doubts = QLabel(wordWrap=True)
        self.doubts.setProperty("role", "muted")
        self.doubts.hide()
        self.curves = Curves(self._look, self.tr("DICE on photos not learnt from"), self.tr("loss"))
        self.curves.hide()
        self.gain = GainTable(self._look)
        self.gain.hide()

        self.switch = QPushButton(self.tr("Use the new model"))
        self.switch.setProperty("primary", "true")
        self.switch.setAutoDefault(False)
        self.switch.clicked.connect(self._use)
        self.switch.hide()
        self.finish = QPushButton(self.tr("End now with the best so far"))
        self.finish.setAutoDefault(False)
        self.finish.clicked.connect(lambda: self._order("finish"))
        self.finish.hide()
        self.anew = QPushButton(self.tr("Begin anew"))
        self.anew.setToolTip(self.tr("The run that was stopped stays in its folder"))
        self.anew.setAutoDefault(False)
        self.anew.clicked.connect(self._begin_anew)
        self.start = QPushButton()
        self.start.setDefault(True)
        self.start.clicked.connect(self._start_or_pause)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.finish)
        buttons.addWidget(self.anew)
        buttons.addStretch()
        for button in (close, self.switch, self.start):
            buttons.addWidget(button)

        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(14)
        for widget in (self.data, self.form, self.bar, self.says, self.doubts, self.curves, self.gain):
            column.addWidget(widget)
        column.addStretch(1)
        column.addLayout(buttons)

    def _fill_models(self) -> None:
        """The files may still be looked for, and what is learnt here comes too."""
        self.form.show_models(self._stock.rows, train_runs.asked(self.folder).get("model", ""))

    # --- what is asked -----------------------------------------------------------------------------------------

    @property
    def objects(self) -> int:
        """Accepted and reviewed ones of the project."""
        return sum(fact.status in _TRUTH for fact in self._index.facts())

    def _show_data(self) -> None:
        count = self.objects
        photos = len({fact.image for fact in self._index.facts() if fact.status in _TRUTH})
        if not self._index.ready:
            text = self.tr("Counting the objects…")
        elif count < LEAST or photos < 2:
            text = self.tr(
                "{n} accepted objects on {photos} photos: too few. At least {least} on two photos are needed; a "
                "gain can be expected from about {enough}."
            ).format(n=count, photos=photos, least=LEAST, enough=ENOUGH)
        else:
            enough = self.tr("enough") if count >= ENOUGH else self.tr("few; a gain can be expected from about {n}")
            text = self.tr(
                "{n} accepted objects on {photos} photos: {enough}. A fifth of them is kept for judging."
            ).format(n=count, photos=photos, enough=enough.format(n=ENOUGH))
            if card := self.form.card:
                seconds = expected_seconds(card, self.form.recipe.currentData(), count, photos)
                taking = self.tr("It takes about {time} on this computer.").format(time=self._time(seconds))
                text = self._both(text, taking)
        self.data.setText(text)
        fit_height(self)
        self._enough = self._index.ready and count >= LEAST and photos >= 2
        self._show_ready()

    @property
    def unfinished(self) -> bool:
        """Whether a run waits in the folder to be gone on with."""
        return train_runs.unfinished(self.folder)

    def arguments(self) -> list[str]:
        """Of `ssc`."""
        if self.unfinished:
            return ["train", "decoder", "--resume", "--out", str(self.folder)]
        return ["train", "decoder", str(self._project.folder), *self.form.arguments(), "--out", str(self.folder)]

    def _show_ready(self) -> None:
        running = self.child.running
        go_on = self.tr("Go on") if self.unfinished else self.tr("Start")
        self.start.setText(self.tr("Pause") if running else go_on)
        self.start.setEnabled(running or self.unfinished or (self._enough and self.form.card is not None))
        self.start.setToolTip("" if self.start.isEnabled() else self.data.text())
        self.form.setEnabled(not running and not self.unfinished)
        self.anew.setVisible(self.unfinished and not running)
        self.finish.setVisible(running and self._at_begin >= 0 and not self._measuring)

    def _show_asked(self) -> None:
        """Of the run that waits: what it was begun with."""
        if not self.unfinished:
            return
        self.form.show_asked(train_runs.asked(self.folder))
        self._say(self.tr("A run that was stopped waits here to be gone on with."), "muted")

    def _begin_anew(self) -> None:
        self.folder = train_runs.following(self.folder)
        self.says.hide()
        self.curves.hide()
        self.doubts.hide()
        self._show_ready()

    # --- what happens ------------------------------------------------------------------------------------------

    def _start_or_pause(self) -> None:
        if self.child.running:
            self._order("pause")
            return
        self._session.saver.save_now()
        self._result, self._paused, self._measuring, self._doubts = {}, False, False, []
        self.doubts.hide()
        self.gain.hide()
        self.switch.hide()
        self.start.setDefault(True)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._say(self.tr("Starting…"), "muted")
        # After all saves that wait: the process reads the pages from the disk.
        self._lane.submit("train", self._session.saver.settle, lambda _nothing: self._start())

    def _start(self) -> None:
        self._at_begin, self._began = -1.0, 0.0
        self.child.start(self.arguments())
        self._show_ready()

    def _order(self, order: str) -> None:
        """Before the first step of this start, and once all is learnt, there is nothing to keep: then the process just
        ends, and what it was at is done again."""
        self._paused = order == "pause"
        if self._at_begin < 0 or self._measuring:
            self.child.stop()
            return
        self.start.setEnabled(False)
        self.finish.setEnabled(False)
        self._say(self.tr("Finishing the step…"), "muted")
        # One word, written in the process's own folder: it looks for it after every step (sscore.train.control).
        write_atomic(self.folder / "order", order.encode())

    def _on_event(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "stage":
            self._stage = str(event["title"])
            self.bar.setRange(0, 0)
        elif kind == "progress":
            done, total = int(event["done"]), max(int(event["total"]), 1)
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            words = {
                "Reading": self.tr("Reading photo {done} of {total}"),
                "Encoding photos": self.tr("Encoding photo {done} of {total}; each only once"),
                "Measuring": self.tr("Measuring before and after: {done} of {total}"),
            }
            self._say(words.get(self._stage, "{done} / {total}").format(done=done, total=total), "muted")
        elif kind == "plan":
            self._epochs = int(event["epochs"])
            self.curves.begin_run(self._epochs)
            self.curves.show()
            fit_height(self)
            self._show_ready()
        elif kind == "warning":
            self._show_doubt(str(event["message"]))
        elif kind == "resumed":
            for row in event["curve"]:
                self._show_epoch(row)
        elif kind == "measuring":
            self._measuring = True
            self.bar.setRange(0, 0)
            self._say(self.tr("Measuring before and after…"), "muted")
            self._show_ready()
        elif kind == "step" and event.get("of"):
            part = (int(event["epoch"]) - 1) + int(event["step"]) / int(event["of"])
            self._show_part(part)
        elif kind == "epoch":
            self._show_epoch(event)
            self._show_part(float(event["epoch"]))
        elif kind == "result":
            self._result = event

    def _show_epoch(self, row: dict[str, Any]) -> None:
        self.curves.add(int(row["epoch"]), row["validation"].get("dice"), row["train"].get("loss"))

    def _show_doubt(self, sentence: str) -> None:
        """The first few are shown, the others counted; all are in the tip."""
        self._doubts.append(in_words(sentence))
        shown = self._doubts[:_DOUBTS]
        if more := len(self._doubts) - len(shown):
            shown.append(self.tr("… and {n} more").format(n=more))
        self.doubts.setText("\n".join(shown))
        self.doubts.setToolTip("\n".join(self._doubts[:40]))
        self.doubts.show()
        fit_height(self)

    def _show_part(self, epochs: float) -> None:
        """Bar, epoch and time left; the time of this start only, since the computer may be another than before."""
        if self._at_begin < 0:
            self._at_begin, self._began = epochs, time.monotonic()
            self._show_ready()
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * epochs / max(self._epochs, 1)))
        text = self.tr("Epoch {n} of {all}").format(n=min(int(epochs) + 1, self._epochs), all=self._epochs)
        if (gone := epochs - self._at_begin) >= 0.5:
            left = (time.monotonic() - self._began) / gone * (self._epochs - epochs)
            text += self.tr(", about {time} left").format(time=self._time(left))
        self._say(text, "muted")

    def _on_ended(self, code: int, error: str) -> None:
        self.bar.hide()
        self.finish.setEnabled(True)
        result = self._result
        if result.get("state") == "paused" or (self._paused and not result):
            self._say(self.tr("Paused. It goes on where it was, today or another day."), "muted")
        elif not result:
            text = self.tr("It could not be done.")
            self._say(f"{text} {in_words(error)}".rstrip(), "danger")
        elif not result["model"]:
            self._say(self.tr("No epoch was better than the model as it was: there is no new model."), "warn")
        else:
            self._show_result(result)
        if train_runs.finished(self.folder):
            self.folder = train_runs.following(self.folder)
        self._show_ready()
        self._stock.refresh()

    def _show_result(self, result: dict[str, Any]) -> None:
        overall = result["report"]["overall"]
        low, high = overall["interval"]
        text = self.tr("{model}: DICE {before:.3f} before, {after:.3f} after, on photos it did not learn from.").format(
            model=result["model"], before=overall["before"], after=overall["after"]
        )
        sure = low is not None and low > 0
        if not sure:
            text = self._both(text, self.tr("The difference is within chance."))
        self._say(text, "ok" if sure else "warn")
        self.gain.show_report(result["report"])
        self.gain.show()
        self.switch.setProperty(
            "primary", "true" if sure else "false"
        )  # offered either way, urged only when it is better
        self.switch.style().unpolish(self.switch)
        self.switch.style().polish(self.switch)
        self.switch.setVisible(True)
        self.start.setDefault(not sure)  # one button stands out: what is offered now
        QTimer.singleShot(0, self, self._fit_gain)  # when what is new has its size

    def _fit_gain(self) -> None:
        """The window no higher than the screen: rows of the table give way."""
        layout, inner = self.layout(), self.gain.layout()
        assert layout is not None and inner is not None
        layout.activate()
        self.gain.fit_into(room(self) - layout.totalHeightForWidth(self.width()))
        for one in (inner, layout):
            one.invalidate()
            one.activate()
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _use(self) -> None:
        self.use.emit(str(self._result["model"]))
        self.switch.setEnabled(False)

    def _both(self, first: str, second: str) -> str:
        """Two sentences; Chinese puts no space between them."""
        return self.tr("{first} {second}").format(first=first, second=second)

    def _time(self, seconds: float) -> str:
        minutes = round(seconds / 60)
        if minutes < 1:
            return self.tr("{n} s").format(n=max(round(seconds), 1))
        if minutes < 90:
            return self.tr("{n} min").format(n=minutes)
        return self.tr("{n} h").format(n=f"{seconds / 3600:.1f}")

    def _say(self, text: str, colour: str) -> None:
        self.says.say(text, colour)
        fit_height(self)

    def done(self, result: int) -> None:
        """By whatever way it is closed; Esc sends no close event."""
        self._paused = True
        self.child.stop()
        self._lane.cancel("train")
        super().done(result)
