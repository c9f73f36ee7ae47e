"""A classifier learnt from the accepted objects: are they enough, how good it is on unseen photos, the switch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import rows
from app.child import ChildProcess
from app.dialogs.learn_table import ReadTable
from app.dialogs.says import Says, fit_height, room
from app.index import Index
from app.jobs import Lane
from app.learn_offer import free_name
from app.look import Look
from app.notices import in_words
from app.session import Session
from app.stock import Stock
from sscore import catalogue
from sscore.errors import BadOption
from sscore.train import head_data
from sscore.train.head_data import Enough, Tally
from sscore.types import ModelCard

_BASE = "nano-cls"
_ROWS, _LEAST = 8, 3  # classes shown without scrolling
_AROUND = 34  # px of a button beside its words
_DOUBTS = 3
"""Sentences shown of what speaks against the figures."""


class LearnNamesDialog(QDialog):
    """Classes and their objects above; then how often the new classifier is right beside the present one. The work is a
    process of its own: closing stops it, and then nothing is kept.

    use: id of the new classifier, when the user wants it; learnt: from how many objects there is one now.
    """

    use = Signal(str)
    learnt = Signal(int)

    def __init__(
        self,
        session: Session,
        index: Index,
        stock: Stock,
        present: ModelCard | None,
        lane: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        """present: the classifier in use. A head cannot stand on a head, but on what that one stands on."""
        super().__init__(parent)
        assert session.project is not None
        self._session, self._index, self._stock, self._lane, self._look = session, index, stock, lane, look
        self._project = session.project
        self._present = present.id if present is not None else ""
        on_head = present is not None and present.family == "prototype"
        self.base = (present.variant if on_head else present.id) if present is not None else _BASE
        self.base = self.base or _BASE
        self._on_head = on_head
        self._tally = Tally((), 0, 0, 0)
        self._result: dict[str, Any] = {}
        self._doubts: list[str] = []
        self._stopped = False
        self._urged: QPushButton | None = None
        self.child = ChildProcess(self)
        self.child.event.connect(self._on_event)
        self.child.ended.connect(self._on_ended)
        self.setWindowTitle(self.tr("Learn class names"))
        self.setMinimumWidth(600)
        self._build()
        index.want()
        index.changed.connect(self._show_data)
        stock.changed.connect(self._show_ready)
        session.project_opened.connect(self.close)
        self._show_data()

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.about = QLabel(wordWrap=True)
        self.about.setText(
            self.tr(
                "What {model} sees of an object stays; which class that means is learnt anew from the accepted "
                "objects. It takes seconds to a few minutes, and is used only when you say so."
            ).format(model=self.base)
        )
        self.about.setProperty("role", "muted")
        self.data = QLabel(wordWrap=True)
        heads = [self.tr("Class"), self.tr("Objects"), self.tr("Photos"), self.tr("Enough?")]
        self.classes = ReadTable(self.tr("Classes and their objects"), heads, words=True)
        self.name = QLineEdit(free_name(self._project.folder.name, (row.card.id for row in self._stock.rows)))
        self.name.setAccessibleName(self.tr("Name"))
        self.name.setToolTip(self.tr("It is in the list of models under this name."))
        self.name.textChanged.connect(self._show_ready)
        self.trouble = QLabel(wordWrap=True)
        self.trouble.hide()
        self.together = QComboBox()
        self.together.setAccessibleName(self.tr("Kept together"))
        self.together.addItem(self.tr("Each photo by itself"), "photo")
        self.together.addItem(self.tr("The photos of one folder (a truckload, a railcar)"), "folder")
        self.together.setToolTip(
            self.tr("Photos of the same pieces must not be both learnt from and judged by: it would flatter.")
        )
        self.form = QWidget()
        form = QFormLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Kept together"), self.together)

        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.bar.hide()
        heads = [self.tr("Classifier"), self.tr("Right"), self.tr("Mean F1 of the classes")]
        self.figures = ReadTable(self.tr("How often each is right"), heads)
        self.figures.hide()
        self.says = Says(self._look)
        self.doubts = QLabel(wordWrap=True)
        self.doubts.setProperty("role", "muted")
        self.doubts.hide()

        self.later = QPushButton()
        self.later.setAutoDefault(False)
        self.later.clicked.connect(self._cancel_or_close)
        self.learn = QPushButton(self.tr("Learn"))
        self.learn.setAutoDefault(False)
        self.learn.clicked.connect(self._begin)
        self.switch = QPushButton(self.tr("Use it"))
        self.switch.setToolTip(self.tr("From now on it names the classes, as if chosen in the list of models."))
        self.switch.setAutoDefault(False)
        self.switch.clicked.connect(self._use)
        self.switch.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        for button in (self.later, self.switch, self.learn):
            buttons.addWidget(button)

        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(10)
        for widget in (self.about, self.data, self.classes, self.form, self.trouble, self.bar):
            column.addWidget(widget)
        for widget in (self.figures, self.says, self.doubts):
            column.addWidget(widget)
        column.addStretch()
        column.addLayout(buttons)

    # --- what is asked -----------------------------------------------------------------------------------------

    def _show_data(self) -> None:
        """Not while it learns: what is shown is what it learns from."""
        if self.child.running or self._result:
            return
        self._tally = found = head_data.tally(self._index.facts(), self._project.labels)
        lacking = any(one.enough == "none" for one in found.classes)
        if not self._index.ready:
            text = self.tr("Counting the objects…")
        elif not found.possible:
            text = self.tr("{n} accepted objects on {photos} photos: too few. Two classes on two photos are the least.")
        elif found.pieces < head_data.STEPS[0]:
            text = self.tr("{n} accepted objects on {photos} photos: few. It can be judged from about {least}.")
        elif lacking:
            text = self.tr("{n} accepted objects on {photos} photos: enough, but not for every class.")
        elif any(one.enough != "enough" for one in found.classes):
            text = self.tr("{n} accepted objects on {photos} photos: enough to try; some classes want more.")
        else:
            text = self.tr("{n} accepted objects on {photos} photos: enough.")
        self.data.setText(text.format(n=found.pieces, photos=found.photos, least=head_data.STEPS[0]))
        self._show_classes()
        self._show_ready()

    def _show_classes(self) -> None:
        words: dict[Enough, tuple[str, str]] = {
            "none": (self.tr("none: it would never be proposed"), "danger"),
            "single": (self.tr("a single one: nothing to judge it by"), "warn"),
            "one photo": (self.tr("on one photo only: nothing to judge it by"), "warn"),
            "few": (self.tr("few; reliable from about {n}").format(n=head_data.RELIABLE), "warn"),
            "enough": (self.tr("enough"), "ok"),
        }
        self.classes.clear()
        for one in self._tally.classes:
            text, colour = words[one.enough]
            texts = [self._name(one.label), str(one.pieces), str(one.photos), text]
            self.classes.add(texts, getattr(self._look.colours, colour))
        self.classes.fit(_ROWS)

    def _fit(self) -> None:
        """On a low screen fewer classes are seen at once, and the buttons are still in sight."""
        self.classes.fit(_ROWS)
        fit_height(self, shrink=True)
        layout = self.layout()
        for rows_seen in range(_ROWS - 1, _LEAST - 1, -1):
            if layout is None or layout.totalHeightForWidth(self.width()) <= room(self):
                return
            self.classes.fit(rows_seen)
            fit_height(self, shrink=True)

    def _name(self, label: str) -> str:
        return rows.name_of(self._project.labels, label, self._look.lang)

    def arguments(self) -> list[str]:
        """Of `ssc`."""
        words = ["train", "head", str(self._project.folder), "--name", self.name.text().strip(), "--base", self.base]
        return [*words, "--group-by", str(self.together.currentData())]

    def _name_trouble(self) -> str:
        """Why it cannot be called so, "" when it can."""
        from sscore import weight_store

        name = self.name.text().strip()
        if any(row.card.id.casefold() == name.casefold() for row in self._stock.rows):
            return self.tr("There is a model of this name already.")
        try:
            weight_store.check_own_id(name)
        except BadOption as error:
            return in_words(error.problem)
        return ""

    def _show_ready(self) -> None:
        running, over = self.child.running, bool(self._result)
        trouble = "" if running or over else self._name_trouble()
        self.trouble.setText(trouble)
        self.trouble.setStyleSheet(f"color: {self._look.colours.danger};")
        self.trouble.setVisible(bool(trouble))
        self.form.setVisible(not over)
        self.form.setEnabled(not running)
        self.learn.setVisible(not over)
        self.learn.setEnabled(not running and self._index.ready and self._tally.possible and not trouble)
        self.learn.setToolTip("" if self.learn.isEnabled() else trouble or self.data.text())
        self.switch.setVisible(over)
        self.later.setText(self.tr("Cancel") if running else self.tr("Not now") if over else self.tr("Close"))
        told = self.tr("It stays in the list of models, to be chosen or removed there.") if over else ""
        self.later.setToolTip(told)
        self._urge(self._urged or self.learn)
        self._fit()

    def _urge(self, button: QPushButton) -> None:
        """One button stands out: what comes next."""
        if self._result:
            button.setFocus()  # the one that had it is gone
        for one in (self.learn, self.later, self.switch):
            one.setDefault(one is button)
        strong = rows.font_like(button.font(), strong=True)[1]  # what stands out is bold, and Qt leaves no room for it
        button.setMinimumWidth(strong.horizontalAdvance(button.text()) + _AROUND)

    # --- what happens ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._session.saver.save_now()
        self._stopped, self._result, self._doubts = False, {}, []
        self.doubts.hide()
        self.learn.setEnabled(False)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._say(self.tr("Starting…"), "muted")
        # After all saves that wait: the process reads the pages from the disk.
        self._lane.submit("learn", self._session.saver.settle, lambda _nothing: self._start())

    def _start(self) -> None:
        self.child.start(self.arguments())
        self._show_ready()

    def _on_event(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "progress":
            done, total = int(event["done"]), max(int(event["total"]), 1)
            self.bar.setRange(0, total if done < total else 0)
            self.bar.setValue(done)
            text = self.tr("Looking at photo {done} of {total}").format(done=done, total=total)
            self._say(text if done < total else self.tr("Learning and judging…"), "muted")
        elif kind == "warning":
            # Of the classes the table tells already.
            if not str(event["message"]).startswith("the class "):
                self._doubts.append(in_words(str(event["message"])))
        elif kind == "result":
            self._result = event

    def _on_ended(self, code: int, error: str) -> None:
        self.bar.hide()
        if self._stopped and not self._result:
            self._say(self.tr("Stopped. There is no new classifier."), "muted")
        elif not self._result:
            text = self.tr("It could not be done.")
            self._say(f"{text} {in_words(error)}".rstrip(), "danger")
        else:
            self._show_result(self._result)
            self.learnt.emit(int(self._result["pieces"]))
            self._stock.refresh()
        self._show_ready()
        self._show_doubts()

    def _show_result(self, result: dict[str, Any]) -> None:
        before = result["compared"].get(self.base)
        self.figures.clear()
        for name, one in ((self.base, before), (str(result["name"]), result["cross_validated"])):
            if one is not None:
                self.figures.add([name, f"{100 * one['accuracy']:.1f} %", f"{100 * one['macro_f1']:.1f} %"])
        self.figures.fit(2)
        self.figures.show()
        judged = self.tr(
            "Judged on {n} objects of {photos} photos, each by what was learnt from other photos only."
        ).format(n=result["pieces"], photos=result["photos"])
        better = self._verdict(result["gain"])
        self.says.setToolTip(judged)
        self._doubts.insert(0, judged)
        if self._on_head:
            text = self.tr("{present} learnt from such objects itself, so {base} beneath it is what is compared.")
            self._doubts.insert(1, text.format(present=self._present, base=self.base))
        elif self._result["gain"] is not None and self.base in catalogue.user_ids():
            text = self.tr("{model} is a model of your own: if it learnt from these objects, its figures flatter it.")
            self._doubts.insert(1, text.format(model=self.base))
        if missing := [self._name(one.label) for one in self._tally.classes if one.enough == "none"]:
            text = self.tr("It never proposes: {classes}.").format(classes=self.tr(", ").join(missing))
            self._doubts.insert(1, text)
        self._urged = self.switch if better else self.later  # offered either way, urged only when it is better

    def _verdict(self, gain: dict[str, Any] | None) -> bool:
        """Says what is to be thought of it; whether it is to be used."""
        if gain is None:
            text = self.tr("{model} does not know these classes: there is nothing to compare it with.")
            self._say(text.format(model=self.base), "ok")
            return True
        by, (low, high) = float(gain["accuracy"]), gain["interval"]
        better = low > 0
        if better:
            text, colour = self.tr("Better by {by} percentage points (95 % interval {low} to {high})."), "ok"
        elif high < 0:
            text = self.tr("Worse by {by} percentage points (95 % interval {low} to {high}): better not use it.")
            by, low, high, colour = -by, -high, -low, "danger"
        elif by > 0:
            text = self.tr(
                "Perhaps better: {by} percentage points, which may be chance (95 % interval {low} to {high})."
            )
            colour = "warn"
        else:
            text = self.tr("Not better: {by} percentage points (95 % interval {low} to {high}). Better keep {model}.")
            colour = "warn"
        said = {"by": _points(by), "low": _points(low), "high": _points(high)}
        self._say(text.format(**said, model=self._present or self.base), colour)
        return better

    def _show_doubts(self) -> None:
        """The first few are shown, the others counted; all are in the tip."""
        shown = self._doubts[: _DOUBTS + bool(self._result)]
        if more := len(self._doubts) - len(shown):
            shown.append(self.tr("… and {n} more").format(n=more))
        self.doubts.setText("\n".join(shown))
        self.doubts.setToolTip("\n".join(self._doubts[:40]))
        self.doubts.setVisible(bool(shown))
        self._fit()

    def _use(self) -> None:
        self.use.emit(str(self._result["name"]))
        self.close()

    def _cancel_or_close(self) -> None:
        if self.child.running:
            self._stopped = True
            self.child.stop()
        else:
            self.close()

    def _say(self, text: str, colour: str) -> None:
        self.says.say(text, colour)
        self._fit()

    def done(self, result: int) -> None:
        """By whatever way it is closed; Esc sends no close event."""
        self._stopped = True
        self._lane.cancel("learn")
        self.child.stop()
        super().done(result)


def _points(share: float) -> str:
    return f"{round(100 * share, 1) + 0.0:.1f}".replace("-", "−")  # no minus before a nought
