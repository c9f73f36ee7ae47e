"""How sure a classifier says it is and how right it is, on confirmed objects; and the threshold that follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from app import rows
from app.dialogs.says import lead
from app.panels.reliability import Reliability
from sscore.calibration import LEAST, Bin

if TYPE_CHECKING:
    from app.dialogs.naming import NamingDialog


class HowSure(QWidget):
    """Figures at the left, the figure of reliability at the right. Nothing is written before "Use"."""

    def __init__(self, dialog: NamingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._result: dict[str, Any] | None = None
        self._working = False
        text = self.tr(
            "Compares how sure the model says it is with how often it is right, on accepted and reviewed objects (at "
            "least {n} are needed), and corrects its sureness by one number, the temperature."
        ).format(n=LEAST)
        intro = QLabel(text, wordWrap=True)
        intro.setProperty("role", "muted")
        self.wanted = QSpinBox(minimum=50, maximum=99, singleStep=5, value=90, suffix=" %")
        self.wanted.setToolTip(self.tr("The threshold is chosen so that this share of the names given is right"))
        self.wanted.setAccessibleName(self.tr("Share of names to be right"))
        self.wanted.lineEdit().setTextMargins(6, 0, 0, 0)
        wanted = QLabel(self.tr("Share of names to be right"))
        wanted.setBuddy(self.wanted)
        self.measure = QPushButton(self.tr("Measure"))
        self.measure.setAutoDefault(False)
        self.measure.clicked.connect(self._measure)
        self.use = QPushButton(self.tr("Use"))
        self.use.setAutoDefault(False)
        self.use.setToolTip(self.tr("Temperature and threshold are written into project.toml and hold here at once"))
        self.use.clicked.connect(self._use)
        self.facts = QLabel(wordWrap=True)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts.setMinimumWidth(280)
        self.figure = Reliability(
            dialog.look,
            self.tr("how sure it says it is"),
            self.tr("how many are right"),
            self.tr("as the model says"),
            self.tr("corrected"),
        )
        self.figure.setAccessibleName(self.tr("Reliability"))
        self.figure.setToolTip(
            self.tr(
                "On the diagonal a model is as often right as it says. Large dots: many objects. Dotted line: the "
                "suggested threshold"
            )
        )
        asked = QHBoxLayout()
        asked.setSpacing(8)
        asked.addWidget(wanted)
        asked.addWidget(self.wanted)
        asked.addWidget(self.measure)
        asked.addStretch()
        asked.addWidget(self.use)
        found = QHBoxLayout()
        found.setSpacing(18)
        found.addWidget(self.facts, 1)
        found.addWidget(self.figure, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(10)
        column.addWidget(intro)
        column.addLayout(found, 1)
        column.addLayout(asked)
        self.forget()

    def arguments(self) -> list[str]:
        """Of `ssc`."""
        dialog, card = self._dialog, self._dialog.card
        words = ["calibrate", str(dialog.project.folder), "--wanted", f"{self.wanted.value() / 100:g}"]
        return [*words, "--classifier", card.id if card else ""]

    def forget(self) -> None:
        """What was found does not hold any more."""
        self._result = None
        self._show_facts(
            self.tr('Press "{button}": figures and a curve appear here.').format(button=self.measure.text()), "muted"
        )
        self.figure.hide()
        self._show_use()

    def _show_facts(self, text: str, role: str = "") -> None:
        """role: "muted" for what is no result."""
        self.facts.setText(text)
        self.facts.setProperty("role", role)
        self.facts.style().unpolish(self.facts)
        self.facts.style().polish(self.facts)

    def set_ready(self, ready: bool) -> None:
        self._working = not ready
        self.measure.setEnabled(ready)
        self._show_use()

    def _show_use(self) -> None:
        self.use.setEnabled(self._result is not None and not self._working)
        lead(self.measure if self._result is None else self.use, self.measure, self.use)

    def _measure(self) -> None:
        self.forget()
        self._show_facts("")
        self._dialog.ask(self.arguments(), self.show_found)

    def show_found(self, result: dict[str, Any]) -> None:
        """result: of `ssc calibrate`."""
        self._result = result
        threshold = result["threshold"]
        lines = [
            self.tr("{n} confirmed objects, {share} named rightly").format(
                n=result["count"], share=rows.percent(result["accuracy"])
            ),
            self.tr("Mean error of its sureness: {before}, corrected {after}").format(
                before=f"{result['error']:.3f}", after=f"{result['error_after']:.3f}"
            ),
            self.tr("Temperature {value} (1: no correction; above 1 it is too sure of itself)").format(
                value=f"{result['temperature']:.2f}"
            ),
        ]
        if threshold is None:
            text = self.tr("No threshold gives {share} right names. The present one, {below}, stays.")
            below = self._dialog.assistant.how.unknown_below
            lines.append(text.format(share=rows.percent(result["wanted"]), below=rows.percent(below)))
        else:
            text = self.tr(
                "Suggested: unknown below {below}. Then {share} of the names are right, and {named} get one."
            )
            shares = {"share": rows.percent(result["wanted"]), "named": rows.percent(result["named"])}
            lines.append(text.format(below=rows.percent(threshold), **shares))
        self._show_facts("\n\n".join(lines))
        self.figure.show_bins(_bins(result["bins"]), _bins(result["after"]), threshold)
        self.figure.show()
        self._dialog.say(self.tr("Measured. Nothing is written yet."), "ok")
        self._show_use()

    def _use(self) -> None:
        """As `ssc calibrate --apply` writes it, and the window names by it from now on."""
        result, card, dialog = self._result, self._dialog.card, self._dialog
        if result is None or card is None:
            return
        naming = replace(dialog.assistant.how, temperature=float(result["temperature"]), classifier=card.id)
        if result["threshold"] is not None:
            naming = replace(naming, unknown_below=float(result["threshold"]))

        def done() -> None:
            text = self.tr("In use: unknown below {below}, temperature {value} for {model}.")
            below, value = rows.percent(naming.unknown_below), f"{naming.temperature:.2f}"
            dialog.say(text.format(below=below, value=value, model=card.id), "ok")
            dialog.again.forget()

        dialog.names.use(naming, done, dialog.say_error)


def _bins(found: list[dict[str, Any]]) -> list[Bin]:
    return [Bin(**one) for one in found]
