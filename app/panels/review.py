"""The review queue: what waits for a second look, the most uncertain first, and the verdict by one key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app import rows
from app.crops import Crops
from app.index import Index
from app.jobs import Lane
from app.look import Look
from app.notices import Notice
from app.panels.fact_list import Entry, FactList, Said
from app.panels.query_line import QueryLine, TextLine
from app.session import Session
from app.settings import Settings
from app.trail import Trail
from sscore import facts, review
from sscore.facts import Fact, PhotoFacts
from sscore.presence import now
from sscore.query import Query
from sscore.types import Status

EXAMPLES = ("status:proposed", "status:accepted", "class:unknown", "margin<0.2", "iou<0.7")
_PAUSE_MS = 300
_AT_ONCE = 300  # rows of the list; the next ones come up as these are decided


@dataclass(frozen=True, slots=True)
class _Queue:
    """first: the most uncertain of `waiting`; done of total: decided. Of those that were asked for."""

    first: list[Fact]
    waiting: int
    done: int
    total: int


def _queue(photos: list[PhotoFacts], asked: Query) -> _Queue:
    chosen = [fact for photo in photos if asked.picks_photo(photo) for fact in photo.facts if asked.picks(fact)]
    waiting = review.queue(chosen)
    return _Queue(waiting[:_AT_ONCE], len(waiting), len(chosen) - len(waiting), len(chosen))


class ReviewPanel(QFrame):
    """`jump`: (photo, instance) to be shown. The queue keeps its order while one works through it; what was decided
    leaves it, what is new comes at its place."""

    jump = Signal(str, int)

    def __init__(
        self,
        session: Session,
        index: Index,
        crops: Crops,
        trail: Trail,
        settings: Settings,
        lane: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("left")
        self._lane, self._trail = lane, trail
        self._session, self._index, self._settings, self._look = session, index, settings, look
        self._awaited: tuple[str, int] | None = None  # gone to, and not on screen yet
        self._last: tuple[object, int] = (None, 0)  # the last in hand and its row, from which the queue goes on
        self._hurry = False
        self._empty = ""  # why nothing waits
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._bar = QProgressBar(textVisible=False)
        self.filter = QueryLine(session, look, EXAMPLES)
        self.list = FactList(session, crops, look, lambda: self.tr("Objects that wait for review"))
        self.empty = QLabel(wordWrap=True)
        self.empty.setProperty("role", "muted")
        self.comment = TextLine()
        self.right, self.wrong = QPushButton(), QPushButton()
        self.right.setProperty("primary", "true")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.wrong)
        buttons.addWidget(self.right)
        head = QVBoxLayout()
        head.setContentsMargins(14, 12, 14, 8)
        head.setSpacing(8)
        for widget in (self._count, self._bar, self.filter, self.empty):
            head.addWidget(widget)
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 8, 14, 12)
        foot.setSpacing(8)
        foot.addWidget(self.comment)
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._fill)
        index.changed.connect(lambda _rel: self._later.start())
        self.filter.changed.connect(lambda _query: self._fill())
        self.list.wanted.connect(self._on_wanted)
        self.right.clicked.connect(lambda: self.decide("reviewed"))
        self.wrong.clicked.connect(lambda: self.decide("rejected"))
        self.comment.editingFinished.connect(self._save_comment)
        self.comment.returnPressed.connect(self.list.setFocus)
        self.comment.called_off = self._call_off_comment
        session.image_changed.connect(self._on_image)
        for told in (session.selection_changed, session.page_changed):
            told.connect(lambda _new: self._show_comment())
            told.connect(lambda _new: self._follow())
            told.connect(lambda _new: self._show_verdicts())
        look.changed.connect(self.refresh)
        index.want()
        self.refresh()
        self._fill()

    def refresh(self) -> None:
        self.right.setText(self._look.told(self.tr("Right  ({right})")))
        self.wrong.setText(self._look.told(self.tr("Wrong  ({wrong})")))
        self.comment.setAccessibleName(self.tr("Comment"))
        self._bar.setAccessibleName(self.tr("Objects reviewed"))
        self._show_comment()
        self._show_verdicts()
        self.list.refresh()
        self._fill()

    # --- the queue ---------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Sort on the lane: with twenty thousand objects it takes a moment."""
        self._later.stop()
        photos, asked, ready = list(self._index.photos()), self.filter.query, self._index.ready
        self._lane.submit(
            "queue", lambda: _queue(photos, asked), lambda found: self._on_queue(found, ready), priority=1
        )

    def _on_queue(self, found: _Queue, ready: bool) -> None:
        if not self._later.isActive():  # else an edit has come in between, and this is out of date
            self.list.show_entries([self._entry(fact) for fact in found.first])
            self._follow()
        self._bar.setRange(0, max(found.total, 1))
        self._bar.setValue(found.done)
        said = self.tr("{n} waiting, {done} of {total} decided")
        self._count.setText(said.format(n=found.waiting, done=found.done, total=found.total))
        self._empty = "" if found.waiting else self._why_empty(found, ready)
        self.empty.setVisible(bool(self._empty))
        self.empty.setText(self._empty)
        self._show_verdicts()
        if self._hurry and ready:
            self._hurry = False
            self._step()

    def _why_empty(self, found: _Queue, ready: bool) -> str:
        if not ready:
            return self.tr("The objects are being read…")
        if not self._session.images:
            return self.tr("There are no photos in this folder, so nothing waits for review.")
        if not self.filter.query.empty:
            return self.tr("Nothing that waits matches the line above. Empty it to see all.")
        if not found.total:
            text = self.tr(
                "Nothing to review yet. Draw a box around a piece ({box}), accept its mask ({accept}): it comes here."
            )
        else:
            text = self.tr(
                "Everything is decided. Go on with the next photo that is not done ({next_open}), or export ({export})."
            )
        return self._look.told(text)

    def _show_verdicts(self) -> None:
        """A verdict is on what is selected, or leads to the first that waits; with neither there is none to give."""
        chosen, waiting = bool(self._session.selection), bool(self.list.facts.entries)
        right = self.tr("Mask and class are right: mark as reviewed and go to the next")
        wrong = self.tr("Not a piece, or not worth mending: reject it and go to the next. It is kept.")
        for button, tip in ((self.right, right), (self.wrong, wrong)):
            button.setEnabled(chosen or waiting)
            if not chosen:
                tip = self.tr("No object is selected: this leads to the first that waits.") if waiting else self._empty
            button.setToolTip(tip)
        self.comment.setEnabled(self._session.page is not None)

    def _entry(self, fact: Fact) -> Entry:
        return Entry((fact.image, fact.id), fact.image, fact, partial(self._said, fact))

    def _said(self, fact: Fact) -> Said:
        name = rows.name_of(self._session.labels, fact.label, self._look.lang)
        return Said(name, self._why(fact), self.tr("proposed") if fact.status == "proposed" else "")

    def _why(self, fact: Fact) -> str:
        """What is uncertain about it, in a few words."""
        parts = []
        if fact.guess and fact.guess != fact.label:
            guess = rows.name_of(self._session.labels, fact.guess, self._look.lang)
            parts.append(self.tr("model: {name}").format(name=guess))
        elif fact.margin is not None:
            parts.append(self.tr("margin {value}").format(value=f"{fact.margin:.2f}"))
        if fact.iou is not None:
            parts.append(f"IoU {fact.iou:.2f}")
        if fact.second_iou is not None:
            other = self.tr("other model {value}").format(value=f"{fact.second_iou:.2f}")
            # What brought it here comes first, for the row is narrow.
            parts.insert(0 if 1 - fact.second_iou >= review.uncertainty(fact) else len(parts), other)
        if fact.comment:
            parts.append("“" + fact.comment + "”")
        return " · ".join(parts) or fact.image

    def next(self) -> None:
        """The next that waits, from the one in hand on and round; nothing in hand: the most uncertain."""
        if self.list.facts.entries:
            self._step()
        else:  # as soon as the queue is known
            self._hurry = True
            self._fill()

    def _step(self) -> None:
        entries = self.list.facts.entries
        row, place = self.list.facts.row_of(self._last[0]), self._last[1]
        at = row + 1 if row >= 0 else place  # another has come to the place of one that left the queue
        if not self.list.go(at if at < len(entries) else 0):
            self._session.notice.emit(Notice("done", self.tr("Nothing waits for review here."), key="review"))

    def _on_wanted(self, entry: Entry) -> None:
        if entry.fact is not None:
            self._awaited = (entry.image, entry.fact.id)
            self.jump.emit(entry.image, entry.fact.id)
            self._follow()

    def _on_image(self, image: str) -> None:
        if self._awaited is not None and self._awaited[0] != image:
            self._awaited = None

    def _follow(self) -> None:
        """The row in hand is that of the object selected on the canvas; none, when it is not listed."""
        image, page = self._session.image, self._session.page
        chosen = [(image, number) for number in self._session.selection]
        if self._awaited is not None and not chosen and (page is None or page.find(self._awaited[1]) is not None):
            chosen = [self._awaited]  # on its way
        else:
            self._awaited = None
        entry = self.list.entry
        if entry is None or entry.key not in chosen:
            self.list.mark(next((key for key in chosen if self.list.facts.row_of(key) >= 0), None))
        if self.list.entry is not None:
            self._last = self.list.entry.key, self.list.currentIndex().row()

    @property
    def _comment(self) -> str:
        """What is noted of the selected objects, if they agree; with none selected, of the photo."""
        page, ids = self._session.page, self._session.selection
        if page is None:
            return ""
        if not ids:
            return facts.of_page(replace(page, annotations=())).comment
        said = {facts.of_annotation(page.image, a).comment for a in page.find_all(ids)}
        return said.pop() if len(said) == 1 else ""

    def _show_comment(self) -> None:
        chosen = bool(self._session.selection)
        text = self.tr("Comment  ({comment})") if chosen else self.tr("Comment on the photo  ({comment})")
        self.comment.setPlaceholderText(self._look.told(text))
        if not (self.comment.hasFocus() and self.comment.isModified()):  # else somebody is writing
            self.comment.setText(self._comment)

    # --- verdicts ----------------------------------------------------------------------------------------------

    def decide(self, status: Status) -> None:
        """A verdict on the selected objects as one undoable step, then on to the next in the queue."""
        page, ids = self._session.page, self._session.selection
        if page is None or not ids:
            self.next()
            return
        titles = {"reviewed": self.tr("mark as reviewed"), "rejected": self.tr("reject")}
        text = self.comment.text() if len(ids) == 1 else None
        after = review.mark(page, ids, status, by=self._settings.get("author"), time=now(), comment=text)
        with self._trail.leading_on(page.image, ids[0]):
            self._session.edit(titles[status], after)
            here = {(page.image, number) for number in ids}
            self.list.show_entries([entry for entry in self.list.facts.entries if entry.key not in here])
            self._later.start()
            self.next()

    def decide_photo(self, status: Status) -> None:
        """A verdict on the whole photo. Reviewed: with all on it that waits. Rejected: it is to be done again."""
        page, by = self._session.page, self._settings.get("author")
        if page is None:
            return
        comment = None if self._session.selection else self.comment.text()  # else it is of what is selected
        after = review.mark_photo(page, status, by=by, time=now(), comment=comment)
        if status == "reviewed":
            waiting = [a.id for a in page.annotations if a.status in review.OPEN]
            after = review.mark(after, waiting, "reviewed", by=by, time=now())
            title = self.tr("photo reviewed")
        else:
            title = self.tr("photo sent back")
        self._session.edit(title, review.set_done(after, done=status == "reviewed"))
        self._session.notice.emit(Notice("done", title[0].upper() + title[1:], page.image, key="review"))

    def _call_off_comment(self) -> None:
        """Esc: as it was, and back to the list."""
        self.comment.setText(self._comment)
        self.list.setFocus()

    def _save_comment(self) -> None:
        page, ids = self._session.page, self._session.selection
        self.comment.setModified(False)
        text, by = self.comment.text(), self._settings.get("author")
        if page is None or text.strip() == self._comment:
            return
        if ids:
            self._session.edit(self.tr("comment"), review.comment(page, ids, text, by=by, time=now()))
        else:
            after = review.comment_photo(page, text, by=by, time=now())
            self._session.edit(self.tr("comment on the photo"), after)
