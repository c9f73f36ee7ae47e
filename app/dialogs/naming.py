"""How objects get their names: named again by another model, how sure the names are, the words compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app import fit
from app.assistant import Assistant
from app.bulk import Bulk
from app.child import ChildProcess
from app.dialogs.how_sure import HowSure
from app.dialogs.name_again import NameAgain
from app.dialogs.name_views import NameViews
from app.dialogs.name_words import NameWords
from app.dialogs.says import Says
from app.jobs import Lane
from app.look import Look
from app.names import Names
from app.notices import in_words, of_error
from app.on_screen import open_at
from app.session import Session
from app.stock import Stock
from sscore.types import ModelCard

Answered = Callable[[dict[str, Any]], None]


class NamingDialog(QDialog):
    """A classifier above, pages below it, and a line that says how it goes. The models work in a process of their own.

    jump: a photo and the id of an object on it.
    """

    jump = Signal(str, int)

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        names: Names,
        bulk: Bulk,
        stock: Stock,
        lane: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        assert session.project is not None
        self.session, self.assistant, self.names, self.bulk, self.look = session, assistant, names, bulk, look
        self.project = session.project
        self._stock, self._lane = stock, lane
        self._answered: Answered | None = None
        self._result: dict[str, Any] | None = None
        self._stopped = False
        self.child = ChildProcess(self)
        self.child.event.connect(self._on_event)
        self.child.ended.connect(self._on_ended)
        self.setWindowTitle(self.tr("Names of pieces"))
        self.setMinimumSize(760, 500)
        open_at(self, 800, 630)
        self._build()
        self._list_models()
        self.classifier.currentIndexChanged.connect(self._on_classifier)
        stock.changed.connect(self._list_models)
        session.project_opened.connect(self.close)
        self._on_classifier()

    def _build(self) -> None:
        self.classifier = QComboBox()
        self.classifier.setAccessibleName(self.tr("Named by"))
        self.classifier.setToolTip(self.tr("The model that names the objects; those on this computer are listed"))
        self.classifier.setMinimumWidth(240)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.addRow(self.tr("Named by"), self.classifier)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self.sees = NameViews(self)
        self.sees.show_views(self.names.naming.views)
        self.sees.changed.connect(self._on_views)
        form.addRow(self.tr("What it sees"), self.sees)
        self.again = NameAgain(self)
        self.tabs = QTabBar(expanding=False, drawBase=False)
        self.tabs.setAccessibleName(self.tr("What to do"))
        self.pages = QStackedWidget()
        self.sure = HowSure(self)
        self.words = NameWords(self)
        titles = (self.tr("Name again"), self.tr("How sure?"), self.tr("Words"))
        for page, title in zip(self._pages(), titles, strict=True):
            self.tabs.addTab(title)
            self.pages.addWidget(page)
        self.tabs.currentChanged.connect(self._turn)

        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.bar.hide()
        self.says = Says(self.look)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self._stop)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.says, 1)
        below.addStretch()
        below.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignBottom)
        below.addWidget(close, 0, Qt.AlignmentFlag.AlignBottom)

        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        column.addWidget(self.bar)
        column.addLayout(below)

    # --- the model ---------------------------------------------------------------------------------------------

    def _list_models(self) -> None:
        """Those that are on this computer, and come to it while the dialog is open; the present one is chosen."""
        present = self.assistant.present("classifier")
        here = [row.card for row in self._stock.rows if row.card.kind == "classifier" and row.here]
        if not here and self.assistant.classifier is not None:  # the files are still being looked for
            here = [self.assistant.classifier.card]
        for card in here:
            if self.classifier.findText(card.id) < 0:
                self.classifier.addItem(card.id, card)
                if card.id == present:
                    self.classifier.setCurrentIndex(self.classifier.count() - 1)

    @property
    def card(self) -> ModelCard | None:
        """The chosen classifier."""
        card = self.classifier.currentData()
        return card if isinstance(card, ModelCard) else None

    def _on_classifier(self) -> None:
        """What was found was found by another."""
        for page in self._pages():
            page.forget()
        self._show_ready()
        self._show_fit()

    def _on_views(self) -> None:
        """It holds for the project at once: for what is drawn next, and for what is asked here."""

        def done() -> None:
            self._on_classifier()

        def failed(error: Exception) -> None:
            self.sees.show_views(self.names.naming.views)
            self._show_ready()
            self.say_error(error)

        for page in self._pages():
            page.set_ready(False)
        self.names.use(replace(self.names.naming, views=self.sees.views), done, failed)

    @property
    def _strangers(self) -> tuple[str, ...]:
        return self._stock.strangers(self.card.id, self.session.labels) if self.card is not None else ()

    def _show_fit(self) -> None:
        """A model that does not know the classes says so before it is asked."""
        if strangers := self._strangers:
            self.say(fit.advice(self.session.labels, strangers, self.look.lang), "warn")
        else:
            self.says.hide()

    def _pages(self) -> tuple[Any, ...]:
        return self.again, self.sure, self.words

    def _turn(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        if not self.child.running:
            self._show_fit()

    # --- work --------------------------------------------------------------------------------------------------

    def ask(self, arguments: list[str], answered: Answered) -> None:
        """Run `ssc ARGUMENTS` after all that was edited is on disk; `answered` gets its result."""
        if self.child.running:
            return
        self.session.saver.save_now()
        self._answered, self._result, self._stopped = answered, None, False
        self.bar.setRange(0, 0)
        self.bar.show()
        self.say(self.tr("Starting…"), "muted")
        self._lane.submit("naming-dialog", self.session.saver.settle, lambda _nothing: self._start(arguments))
        for page in self._pages():
            page.set_ready(False)

    def _start(self, arguments: list[str]) -> None:
        self.child.start(arguments)
        self._show_ready()

    def _stop(self) -> None:
        self._stopped = True
        self.child.stop()

    def _show_ready(self) -> None:
        running = self.child.running
        self.stop.setVisible(running)
        self.classifier.setEnabled(not running)
        self.sees.setEnabled(not running)
        for page in self._pages():
            page.set_ready(not running and self.card is not None and not self._strangers)

    def _on_event(self, event: dict[str, Any]) -> None:
        if event.get("event") == "progress":
            done, total = int(event["done"]), max(int(event["total"]), 1)
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.say(self.tr("{done} of {total} photos").format(done=done, total=total), "muted")
        elif event.get("event") == "result":
            self._result = event

    def _on_ended(self, _code: int, error: str) -> None:
        self.bar.hide()
        self._show_ready()
        if self._stopped:
            self.say(self.tr("Stopped. Nothing was changed."), "muted")
        elif self._result is None or self._answered is None:
            text = self.tr("It could not be done.")
            self.say(f"{text} {in_words(error)}".rstrip(), "danger")
        else:
            self._answered(self._result)

    def say(self, text: str, colour: str) -> None:
        """colour: an entry of the palette."""
        self.says.say(text, colour)

    def say_error(self, error: Exception) -> None:
        shown = of_error(error)
        self.say(self.tr("{what}: {why}").format(what=shown.text, why=shown.detail), "danger")

    def done(self, result: int) -> None:
        """By whatever way it is closed; Esc sends no close event."""
        self._stopped = True
        self.child.stop()
        self._lane.cancel("naming-dialog")
        super().done(result)
