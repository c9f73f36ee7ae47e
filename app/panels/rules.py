"""What the rules found: jump to it, mend it with one key, or say that it is right."""

from __future__ import annotations

from collections import Counter
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from app import rows
from app.bulk import Bulk, Change
from app.checks import Checks
from app.crops import Crops
from app.index import Index
from app.look import Look
from app.panels.fact_list import Entry, FactList, Said
from app.session import Session
from app.trail import Trail
from sscore import rules
from sscore.rules import Finding

_AT_ONCE = 500  # rows of the list; the next ones come up as these are settled


class RulesPanel(QFrame):
    """`jump`: (photo, instance; 0 for the photo itself) to be shown."""

    jump = Signal(str, int)

    def __init__(
        self,
        session: Session,
        checks: Checks,
        index: Index,
        bulk: Bulk,
        crops: Crops,
        trail: Trail,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("left")
        self._session, self._checks, self._index, self._bulk, self._look = session, checks, index, bulk, look
        self._trail = trail
        self._count = QLabel(wordWrap=True)
        self._count.setProperty("role", "muted")
        self._shown: dict[object, Finding] = {}
        self._place = 0  # of the last in hand: where the list goes on after it has left
        self.kind = QComboBox()
        self.list = FactList(session, crops, look, lambda: self.tr("Findings"))
        self.mend, self.right = QPushButton(), QPushButton()
        self.mend.setProperty("primary", "true")
        head = QVBoxLayout()
        head.setContentsMargins(14, 12, 14, 8)
        head.setSpacing(8)
        head.addWidget(self._count)
        head.addWidget(self.kind)
        self.says = QLabel(wordWrap=True)
        self.says.setProperty("role", "muted")
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 8, 14, 12)
        foot.setSpacing(8)
        for widget in (self.says, self.mend, self.right):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        checks.changed.connect(self._fill)
        session.page_changed.connect(lambda _page: self._show_current())
        self.kind.currentIndexChanged.connect(lambda _at: self._fill())
        self.list.wanted.connect(self._on_wanted)
        self.mend.clicked.connect(self.mend_it)
        self.right.clicked.connect(self.excuse_it)
        look.changed.connect(self.refresh)
        self.refresh()
        checks.run()

    def refresh(self) -> None:
        self.kind.setAccessibleName(self.tr("Kind of finding"))
        self.right.setText(self._look.told(self.tr("It is right  ({excuse})")))
        self.list.refresh()
        self._fill()

    # --- what is shown -----------------------------------------------------------------------------------------

    def _fill(self) -> None:
        found = self._checks.findings
        self._fill_kinds(Counter(one.rule for one in found))
        wanted = self.kind.currentData()
        shown = [one for one in found if wanted in (None, "", one.rule)][:_AT_ONCE]
        self._shown = {_key(one): one for one in shown}
        if self.list.entry is not None:
            self._place = self.list.currentIndex().row()
        self.list.show_entries([self._entry(one) for one in shown])
        if self._checks.waits:
            self._count.setText(self.tr("The objects are being read…"))
        elif self._checks.left:
            self._count.setText(self.tr("Checking… {n} photos left").format(n=self._checks.left))
        elif found:
            self._count.setText(self.tr("These may be mistakes. Nothing is changed unless you say so."))
        elif self._session.images:
            self._count.setText(self.tr("Nothing unusual was found."))
        else:
            self._count.setText(self.tr("There are no photos in this folder, so there is nothing to check."))
        self._show_current()

    def _fill_kinds(self, counts: Counter[str]) -> None:
        names = self._kinds()
        chosen = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        self.kind.addItem(self.tr("All findings ({n})").format(n=counts.total()), "")
        for rule in rules.RULES:
            if counts[rule] or rule == chosen:
                self.kind.addItem(self.tr("{name} ({n})").format(name=names[rule], n=counts[rule]), rule)
        self.kind.setCurrentIndex(max(self.kind.findData(chosen), 0))
        self.kind.blockSignals(False)

    def _kinds(self) -> dict[str, str]:
        return {
            "tiny": self.tr("Tiny masks"),
            "cut": self.tr("Cut off by the box"),
            "parts": self.tr("Many parts"),
            "area": self.tr("Unusual size"),
            "overlap": self.tr("Two on one piece"),
            "shape": self.tr("Class against shape"),
            "label": self.tr("Without a class"),
            "empty": self.tr("Photos without objects"),
        }

    def _entry(self, one: Finding) -> Entry:
        fact = self._index.find(one.image, one.ids[0]) if one.ids else None
        return Entry(_key(one), one.image, fact, partial(self._said, one))

    def _said(self, one: Finding) -> Said:
        one_of_them = {
            "tiny": self.tr("Tiny mask"),
            "empty": self.tr("Photo without objects"),
        }
        return Said(one_of_them.get(one.rule, self._kinds()[one.rule]), self._line(one))

    def _line(self, one: Finding) -> str:
        """How much, and where: what has room in a row."""
        percent, whole = rows.percent(one.value), round(one.value)
        figures = {
            "tiny": self.tr("{value} px").format(value=whole),
            "cut": self.tr("{value} of a side").format(value=percent),
            "parts": self.tr("{value} parts").format(value=whole),
            "area": self.tr("{value} × the usual").format(value=f"{one.value:.2g}"),
            "overlap": self.tr("{value} shared").format(value=percent),
            "shape": self.tr("{value} : 1").format(value=f"{one.value:.1f}"),
        }
        return " · ".join(part for part in (figures.get(one.rule, ""), one.image) if part)

    def _sentence(self, one: Finding) -> str:
        name = rows.name_of(self._session.labels, one.label, self._look.lang) if one.label else ""
        texts = {
            "tiny": self.tr("only {value} px large").format(value=round(one.value)),
            "cut": self.tr("runs along {value} of a side of its box").format(value=rows.percent(one.value)),
            "parts": self.tr("falls into {value} parts").format(value=round(one.value)),
            "area": self.tr("{value} times the usual size of {name}").format(value=f"{one.value:.2g}", name=name),
            "overlap": self.tr("two objects share {value} of their area").format(value=rows.percent(one.value)),
            "shape": self.tr("{name}, but {value} times as long as wide").format(name=name, value=f"{one.value:.1f}"),
            "label": self.tr("accepted without a class of this set"),
            "empty": self.tr("{photo} has no objects and is not done").format(photo=one.image),
        }
        return texts[one.rule]

    @property
    def finding(self) -> Finding | None:
        entry = self.list.entry
        return self._shown.get(entry.key) if entry is not None else None

    def _show_current(self) -> None:
        one = self.finding
        fixes = {
            "delete": self.tr("Delete it  ({mend})"),
            "largest_part": self.tr("Keep the largest part  ({mend})"),
            "second": self._second_class(one),
            "unknown": self.tr("Call it unknown  ({mend})"),
            "done": self.tr("Photo is done  ({mend})"),
        }
        self.mend.setText(self._look.told(fixes.get(one.mend if one else "", self.tr("Mend  ({mend})"))))
        self.mend.setEnabled(one is not None and bool(one.mend))
        self.right.setEnabled(one is not None and bool(one.ids))
        mends = self._look.told(self.tr("Mend it and go to the next; {undo} takes it back"))
        leaves = self.tr("This rule leaves it alone from now on")
        if one is None:
            shown = bool(self.list.facts.entries)
            mends = leaves = self.tr("Choose a finding in the list first") if shown else self._count.text()
        elif not one.mend:
            mends = self.tr("This has to be mended by hand, on the photo")
        elif not one.ids:
            leaves = self.tr("Mark the photo as done, and it is no longer listed")
        self.mend.setToolTip(mends)
        self.right.setToolTip(leaves)
        told = [self._sentence(one), *([one.image] if one.ids else [])] if one else []
        self.says.setText("\n".join(told))

    def _second_class(self, one: Finding | None) -> str:
        """Which class it would get, once its page is on screen."""
        page = self._session.page
        found = page.find(one.ids[0]) if page and one and one.ids and page.image == one.image else None
        if found is None or found.scores is None:
            return self.tr("Second class  ({mend})")
        name = rows.name_of(self._session.labels, rules.second(found), self._look.lang)
        return self.tr("Call it {name}  ({mend})").replace("{name}", name)

    def _on_wanted(self, entry: Entry) -> None:
        self._show_current()
        self.jump.emit(entry.image, entry.fact.id if entry.fact else 0)

    # --- what is done ------------------------------------------------------------------------------------------

    def mend_it(self) -> None:
        one = self.finding
        if one is None:
            self.next()
        elif one.mend:
            self._do(self.tr("mend: {kind}"), one, lambda page: rules.mend(page, one))

    def excuse_it(self) -> None:
        one = self.finding
        if one is None:
            self.next()
        elif one.ids:
            self._do(self.tr("it is right: {kind}"), one, lambda page: rules.excuse(page, one))

    def _do(self, title: str, one: Finding, change: Change) -> None:
        """As one step, then on to the next."""
        with self._trail.leading_on(one.image, one.ids[0] if one.ids else 0):
            self._bulk.edit(title.format(kind=self._kinds()[one.rule]), {one.image: change})
            self.list.go(self.list.currentIndex().row() + 1)

    def next(self) -> None:
        at = self._place if self.list.entry is None else self.list.currentIndex().row() + 1
        if not self.list.go(at):
            self.list.go(0)


def _key(one: Finding) -> tuple[str, str, tuple[int, ...]]:
    return one.rule, one.image, one.ids
