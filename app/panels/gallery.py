"""All instances of the project as pictures: the doubtful first, renamed by number keys, many at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from PySide6.QtCore import (
    QItemSelectionModel,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import rows
from app.bulk import Bulk
from app.crops import Crops
from app.index import Index as FactIndex
from app.jobs import Lane
from app.look import Look
from app.on_screen import open_at
from app.panels.empty import EmptyHint
from app.panels.gallery_grid import BADGE, MARKS, GalleryModel, Grid, PictureDelegate, Pictures, draw_mark
from app.panels.gallery_list import COUNT, CountDelegate
from app.panels.query_line import QueryLine
from app.session import Session
from app.settings import Settings
from sscore import edits, review
from sscore.facts import Fact, PhotoFacts
from sscore.presence import now
from sscore.query import Query
from sscore.types import UNKNOWN, Page, Status

EXAMPLES = ("class:unknown", "margin<0.2", "iou<0.7", "status:proposed", "status:accepted")
_PAUSE_MS = 250


class Gallery(QWidget):
    """A window of its own, so that it can lie on a second screen. `jump`: (photo, instance) to be shown there."""

    jump = Signal(str, int)

    def __init__(
        self,
        session: Session,
        index: FactIndex,
        bulk: Bulk,
        crops: Crops,
        settings: Settings,
        lane: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._lane = lane
        self.setObjectName("gallery")
        self._session, self._index, self._bulk, self._settings, self._look = session, index, bulk, settings, look
        open_at(self, 1000, 640)
        self.classes = QListWidget()
        self.classes.setFixedWidth(170)
        self.classes.setIconSize(QSize(14, 14))
        self.classes.setItemDelegate(CountDelegate(look, self.classes))
        self._marks = {status: (QLabel(), QLabel()) for status in MARKS}
        self.filter = QueryLine(session, look, EXAMPLES)
        self.order = QComboBox()
        self.undo = QPushButton()
        self.undo.setAutoDefault(False)
        self.grid = Grid(look)
        self.model = GalleryModel(crops, self._describe, self)
        self.model.paint_in(self.grid)
        self.grid.setItemDelegate(PictureDelegate(session, crops, look, self.grid))
        self._empty = EmptyHint(self.grid)
        self.says = QLabel()
        self.says.setProperty("role", "muted")
        self.chosen = QLabel()
        self.chosen.setProperty("role", "muted")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.filter, 1)
        top.addWidget(self.order, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(self.says, 1)
        foot.addWidget(self.chosen)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addLayout(top)
        right.addWidget(self.grid, 1)
        right.addLayout(foot)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 14, 14, 12)
        line.setSpacing(14)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.classes, 1)
        left.addLayout(self._legend())
        line.addLayout(left)
        line.addLayout(right, 1)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._fill)
        self._count = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._count.timeout.connect(self._count_classes)
        self.classes.currentRowChanged.connect(lambda _row: self._fill())
        self.order.currentIndexChanged.connect(lambda _at: self._fill())
        self.filter.changed.connect(lambda _query: self._fill())
        self.undo.clicked.connect(self._undo)
        self.grid.pressed_key.connect(self._on_key)
        self.grid.doubleClicked.connect(lambda _index: self._on_key("return"))
        self.grid.selectionModel().selectionChanged.connect(lambda *_both: self._show_chosen())
        index.changed.connect(self._on_index)
        bulk.done.connect(self._show_chosen)
        look.changed.connect(self.refresh)
        index.want()
        self.refresh()
        self.classes.setCurrentRow(0)
        self.grid.setFocus()

    def _legend(self) -> QGridLayout:
        """What marks and numbers on the pictures mean."""
        grid = QGridLayout()
        grid.setContentsMargins(10, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        self._number = QLabel("0.52"), QLabel()
        for row, (mark, name) in enumerate((*self._marks.values(), self._number)):
            name.setProperty("role", "muted")
            mark.setProperty("role", "muted")
            grid.addWidget(mark, row, 0)
            grid.addWidget(name, row, 1)
        return grid

    def refresh(self) -> None:
        self.setWindowTitle(self.tr("Gallery"))
        self.classes.setAccessibleName(self.tr("Classes"))
        self.grid.setAccessibleName(self.tr("Objects"))
        self.order.setAccessibleName(self.tr("Order"))
        states = self._states()
        for status, (mark, name) in self._marks.items():
            picture = QPixmap(QSize(BADGE, BADGE) * self._look.ratio)
            picture.setDevicePixelRatio(self._look.ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_mark(painter, self._look.colours, status, 0, 0)
            painter.end()
            mark.setPixmap(picture)
            name.setText(states[status])
        self._number[1].setText(self.tr("margin of the model"))
        self._number[1].setToolTip(self.tr("First minus second probability. A small margin means: look twice."))
        at = max(self.order.currentIndex(), 0)
        self.order.blockSignals(True)
        self.order.clear()
        self.order.addItems([self.tr("Doubtful first"), self.tr("By class"), self.tr("By photo")])
        self.order.setCurrentIndex(at)
        self.order.blockSignals(False)
        self.undo.setText(self.tr("Undo"))
        self.undo.setToolTip(self._look.told(self.tr("Take back the last change made here  ({undo})")))
        does = (
            ("", self.tr("1–9: class of the selected, 0: unknown")),
            ("right", self.tr("{right}: right")),
            ("wrong", self.tr("{wrong}: wrong")),
            ("", self.tr("Enter: show on the photo")),
        )
        said = [self._look.told(text) for action, text in does if not action or self._look.key(action)]
        self.says.setText("   ·   ".join(said))
        self._fill()

    def ask(self, text: str) -> None:
        """Show what a query picks, of all classes."""
        self.classes.setCurrentRow(0)
        self.filter.set(text)

    # --- what is shown -----------------------------------------------------------------------------------------

    def _on_index(self, rel: str) -> None:
        """One photo: the rows stay where they are. Many: all anew, when it has become quiet."""
        if not rel:
            self._later.start()
            return
        here = self._index.photo(rel).facts
        for fact in here:
            self.model.renew(fact)
        if self.model.lost(rel, {fact.id for fact in here}) or not self.grid.selectionModel().hasSelection():
            self._later.start()
        self._count.start()

    def _fill(self) -> None:
        """Pick and sort on the lane: with twenty thousand objects it takes a moment."""
        self._later.stop()
        item = self.classes.currentItem()
        label = item.data(Qt.ItemDataRole.UserRole) if item is not None else ""
        photos, asked, order = list(self._index.photos()), self.filter.query, self.order.currentIndex()
        place = {one: at for at, one in enumerate((UNKNOWN, *self._session.labels.keys))}
        self._lane.submit(
            "pick", lambda: Pictures(_picked(photos, asked, label, order, place)), self._on_picked, priority=1
        )
        self._count_classes()

    def _on_picked(self, picked: Pictures) -> None:
        if picked.facts != self.model.facts:
            self.model.show_all(picked)
        self._show_chosen()

    def _count_classes(self) -> None:
        photos = list(self._index.photos())
        work = lambda: Counter(fact.label for photo in photos for fact in photo.facts)  # noqa: E731
        self._lane.submit("classes", work, self._fill_classes, priority=1)

    def _fill_classes(self, counts: Counter[str]) -> None:
        labels, lang = self._session.labels, self._look.lang
        listed = ["", UNKNOWN, *labels.keys, *sorted(counts.keys() - {*labels.keys, UNKNOWN})]
        chosen = max(self.classes.currentRow(), 0)
        self.classes.blockSignals(True)
        while self.classes.count() > len(listed):
            self.classes.takeItem(self.classes.count() - 1)
        while self.classes.count() < len(listed):
            self.classes.addItem(QListWidgetItem())
        for row, label in enumerate(listed):
            item = self.classes.item(row)
            name = rows.name_of(labels, label, lang) if label else self.tr("All")
            item.setText(name)
            count = counts[label] if label else counts.total()
            item.setData(COUNT, count)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {count}")
            item.setData(Qt.ItemDataRole.UserRole, label)
            item.setIcon(rows.swatch(rows.colour_of(labels, label)) if label else QIcon())
        self.classes.setCurrentRow(chosen if chosen < len(listed) else 0)
        self.classes.blockSignals(False)

    def _show_chosen(self) -> None:
        count = len(self.grid.selectionModel().selectedIndexes())
        total = self.model.rowCount()
        said = self.tr("{n} of {total} selected") if count else self.tr("{total} objects")
        self.chosen.setText(said.format(n=count, total=total))
        self.undo.setEnabled(self._bulk.can_undo)
        self._empty.say("" if total or not self._index.ready else self._nothing())

    def _nothing(self) -> str:
        """Why there is no picture, and what to do about it."""
        if any(photo.facts for photo in self._index.photos()):
            return self.tr('No object matches. Choose "All" at the left and empty the line above to see every one.')
        return self.tr("No objects yet. What is accepted or proposed on the photos appears here.")

    def _states(self) -> dict[str, str]:
        return {
            "proposed": self.tr("proposed"),
            "accepted": self.tr("accepted"),
            "reviewed": self.tr("reviewed"),
            "rejected": self.tr("rejected"),
        }

    def _describe(self, fact: Fact) -> str:
        """For the tip of its picture: its name, what the model said, where it is."""
        named, lang = self._session.labels, self._look.lang
        state = self._states().get(fact.status, fact.status)
        lines = [self.tr("{name}, {state}").format(name=rows.name_of(named, fact.label, lang), state=state)]
        if fact.guess and fact.score is not None and fact.margin is not None:
            said = self.tr("The model: {name} {share}, margin {margin}")
            share, margin = rows.percent(fact.score), f"{fact.margin:.2f}"
            lines.append(said.format(name=rows.name_of(named, fact.guess, lang), share=share, margin=margin))
        lines.append(f"{fact.image} #{fact.id}")
        return "\n".join([*lines, *([fact.comment] if fact.comment else [])])

    # --- what is done ------------------------------------------------------------------------------------------

    @property
    def selected(self) -> list[Fact]:
        return [self.model.facts[index.row()] for index in self.grid.selectionModel().selectedIndexes()]

    def _on_key(self, key: str) -> None:
        selected = self.selected
        if key == "undo":
            self._undo()
        elif key == "redo":
            self._bulk.redo()
        elif not selected:
            return
        elif key == "return":
            self.jump.emit(selected[0].image, selected[0].id)
        elif key in ("right", "wrong"):
            self._decide(selected, "reviewed" if key == "right" else "rejected")
        else:
            keys = (UNKNOWN, *self._session.labels.keys)
            if int(key) < len(keys):
                self._relabel(selected, keys[int(key)])

    def _relabel(self, facts: list[Fact], label: str) -> None:
        def change(page: Page, ids: set[int]) -> Page:
            there = [a.id for a in page.annotations if a.id in ids and a.label != label]
            return edits.relabel(page, there, label) if there else page

        name = rows.name_of(self._session.labels, label, self._look.lang)
        self._edit(self.tr("change to {name}").format(name=name), facts, change)

    def _decide(self, facts: list[Fact], status: Status) -> None:
        by, time = self._settings.get("author"), now()

        def change(page: Page, ids: set[int]) -> Page:
            there = [a.id for a in page.annotations if a.id in ids]
            return review.mark(page, there, status, by=by, time=time) if there else page

        self._edit(self.tr("mark as reviewed") if status == "reviewed" else self.tr("reject"), facts, change)

    def _edit(self, title: str, facts: list[Fact], change: Callable[[Page, set[int]], Page]) -> None:
        ids: dict[str, set[int]] = {}
        for fact in facts:
            ids.setdefault(fact.image, set()).add(fact.id)
        self._bulk.edit(title, {rel: (lambda page, n=numbers: change(page, n)) for rel, numbers in ids.items()})
        after = self.grid.currentIndex().row() + 1
        if len(facts) == 1 and 0 < after < self.model.rowCount():  # one by one: on to the next
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.grid.selectionModel().setCurrentIndex(self.model.index(after), flag)

    def _undo(self) -> None:
        self._bulk.undo()


def _picked(photos: list[PhotoFacts], asked: Query, label: str, order: int, place: Mapping[str, int]) -> list[Fact]:
    """order 0: doubtful first, 1: by class (`place`), 2: by photo. label "": of all classes."""
    picked = [
        fact
        for photo in photos
        if asked.picks_photo(photo)
        for fact in photo.facts
        if (not label or fact.label == label) and asked.picks(fact)
    ]
    if order == 0:
        picked.sort(key=lambda fact: -review.uncertainty(fact))
    elif order == 1:
        picked.sort(key=lambda fact: (place.get(fact.label, len(place)), -review.uncertainty(fact)))
    return picked
