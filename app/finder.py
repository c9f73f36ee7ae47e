"""Everything mode in the window: finds all pieces of the photo on the model lane, and keeps what it found for each
photo until the user has said yes or no."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from weakref import WeakSet

from PySide6.QtCore import QObject, Signal

from app import keys, rows
from app.assistant import Assistant
from app.canvas.paint import Art
from app.effort import Spell
from app.finds import Find, Finds
from app.jobs import Lane
from app.look import resolve
from app.notices import Notice, of_error
from app.photos import Photo
from app.searching import all_pieces, piece_in
from app.second_try import CRASHED, SecondTry
from app.session import Session
from app.settings import Settings
from app.undo import Step
from sscore import edits
from sscore.errors import Cancelled
from sscore.facts import EFFORT
from sscore.project import Project
from sscore.types import Annotation, Box, Page, Prompt, Segmenter

_OWN_IDS = 1_000_000  # from here on count the proposals that somebody drew a box for
_URGENT = 2  # prompts and their classes do not wait for a search


class Finder(QObject):
    """`finds` of the photo on screen, None when there are none. `changed` when they, what is hovered, or `running` are
    others; `progressed` with the share 0..1 that is done; `answered` when the models gave what they were asked for."""

    changed = Signal()
    progressed = Signal(float)
    answered = Signal()
    notice = Signal(object)
    _reported = Signal(object, float)

    def __init__(
        self, session: Session, assistant: Assistant, settings: Settings, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._settings, self._lane = session, assistant, settings, lane
        self.finds: Finds | None = None
        self.hovered: int | None = None
        self._asked: list[tuple[str, Box]] = []  # image and box, not answered yet
        self._ids = itertools.count(_OWN_IDS)
        self._image = ""
        self._kept: dict[str, Finds] = {}
        self._arts: WeakSet[Art] = WeakSet()  # of all finds there are; steps hold those that were decided on
        self._stop: threading.Event | None = None
        self._second = SecondTry(assistant, self)
        self._unanswered: list[tuple[str, Box]] = []  # image and box
        self.spell = Spell()
        session.image_changed.connect(self._on_image)
        session.project_opened.connect(self._forget)
        session.page_changed.connect(self._on_page)
        session.selection_changed.connect(self._on_selection)
        self._reported.connect(self._on_report)

    # --- finding -----------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._stop is not None

    def start(self) -> None:
        """Find all pieces of the photo on screen; what was found before is replaced."""
        photo, segmenter, page = self._assistant.photo, self._assistant.segmenter, self._session.page
        if self.running or photo is None or page is None or photo.image != page.image:
            return
        if segmenter is None:
            self.notice.emit(Notice("info", self.tr("There is no model for masks yet"), key="find"))
            return
        self._stop = threading.Event()
        self._search(self._stop, again=False)
        self.changed.emit()
        self.progressed.emit(0.0)

    def _search(self, stop: threading.Event, *, again: bool) -> None:
        """again: the model crashed at it the first time; there is no third."""
        photo, segmenter = self._assistant.photo, self._assistant.segmenter
        if stop is not self._stop or photo is None or segmenter is None:
            return
        self._lane.submit(
            "find",
            lambda: self._find(segmenter, photo, stop),
            lambda finds: self._on_found(photo.image, stop, finds),
            lambda error: self._on_failed(stop, error, again),
        )

    def _find(self, segmenter: Segmenter, photo: Photo, stop: threading.Event) -> Finds:
        """Runs on the model lane."""
        told = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal told
            if stop.is_set():
                raise Cancelled
            self._lane.let_pass(_URGENT)
            share = done / max(total, 1)
            if share - told >= 0.01:
                told = share
                self._reported.emit(stop, share)

        progress(0, 1)
        classifier, labels, naming = self._assistant.namer, self._session.labels, self._assistant.naming
        embedding = self._assistant.embedding(segmenter, photo)
        return all_pieces(segmenter, classifier, labels, naming, photo.rgb, embedding, progress)

    # --- several boxes -----------------------------------------------------------------------------------------

    def ask(self, box: Box) -> None:
        """One of several boxes drawn one after the other: answered when the model has time, and then a proposal."""
        photo, project, page = self._assistant.photo, self._session.project, self._session.page
        if photo is None or page is None or photo.image != page.image or self._assistant.segmenter is None:
            return
        self._asked.append((photo.image, box))
        self._ask(box, photo, project, again=False)
        self.changed.emit()

    def _ask(self, box: Box, photo: Photo, project: Project | None, *, again: bool) -> None:
        """again: as of `_search`. The models are those of now."""
        segmenter = self._assistant.segmenter
        if segmenter is None or project is not self._session.project:
            self._asked.remove((photo.image, box))
            self.changed.emit()
            return
        classifier, labels, naming = self._assistant.namer, self._session.labels, self._assistant.naming

        def work() -> Find | None:
            embedding = self._assistant.embedding(segmenter, photo)
            return piece_in(segmenter, classifier, labels, naming, photo.rgb, embedding, Prompt(box=box))

        self._lane.submit(
            ("piece", box),
            work,
            lambda find: self._on_piece(project, photo.image, box, Finds((), segmenter, classifier, 0.0), find),
            lambda error: self._on_no_piece(error, box, photo, project, again),
            priority=1,
        )

    def _on_piece(self, project: Project | None, image: str, box: Box, none: Finds, find: Find | None) -> None:
        """none: what there is when nothing was found before. The answer waits where its photo is left meanwhile."""
        self._asked.remove((image, box))
        self.answered.emit()
        if project is not self._session.project:
            return
        if find is None:
            self.notice.emit(Notice("info", self.tr("Nothing was found in one of the boxes."), key="find"))
            self.changed.emit()
            return
        before = self.finds if image == self._image else self._kept.get(image)
        known = before or none
        self._arts.add(find.art)
        after = replace(known, all=(*known.all, replace(find, id=next(self._ids))))
        self._step(self.tr("box: a proposal"), image, before, after)
        self.changed.emit()

    def _on_no_piece(self, error: Exception, box: Box, photo: Photo, project: Project | None, again: bool) -> None:
        crashed = isinstance(error, CRASHED)
        if crashed and not again:
            self._second.later(lambda: self._ask(box, photo, project, again=True))
            return
        self._asked.remove((photo.image, box))
        self.changed.emit()
        if not crashed:
            self.notice.emit(of_error(error, key="find"))
            return
        self._unanswered.append((photo.image, box))
        text = self.tr("Boxes without an answer: {n}").format(n=len(self._unanswered))
        self.notice.emit(Notice("warning", text, self._second.refused(), "find", self.tr("Ask again"), self._ask_again))

    @property
    def asked(self) -> int:
        """How many boxes are not answered yet, on any photo."""
        return len(self._asked)

    @property
    def asked_here(self) -> list[Box]:
        return [box for image, box in self._asked if image == self._image]

    def _ask_again(self) -> None:
        """The boxes that crashed a model twice, on the photo they were drawn on."""
        boxes, self._unanswered = self._unanswered, []
        for image, box in boxes:
            if image == self._image:
                self.ask(box)

    def stop(self) -> bool:
        """Call off a search under way; False when there is none."""
        if self._stop is None:
            return False
        self._stop.set()
        self._lane.cancel("find")
        self._stop = None
        self.changed.emit()
        return True

    def _on_report(self, stop: threading.Event, share: float) -> None:
        if stop is self._stop:
            self.progressed.emit(share)

    def _on_found(self, image: str, stop: threading.Event, finds: Finds) -> None:
        self.answered.emit()
        page = self._session.page
        if stop is not self._stop or image != self._image or page is None:
            return
        self._stop = None
        finds = finds.beside(page)
        self._arts.update(find.art for find in finds.all)
        self.spell.begin()
        if finds.open or (self.finds is not None and self.finds.open):
            title = self.tr("find {n} proposals").format(n=len(finds.open))
            self._step(title, image, self.finds, finds)
        self.changed.emit()  # the progress has gone
        if not finds.all:
            self.notice.emit(Notice("info", self.tr("No pieces were found on this photo."), key="find"))
        elif not finds.open:
            self.notice.emit(Notice("done", self.tr("Every piece that was found is an object already."), key="find"))

    def _on_failed(self, stop: threading.Event, error: Exception, again: bool) -> None:
        """Cancelled though nobody stopped it: a prompt that went before it was the end of the process."""
        wanted, crashed = stop is self._stop, isinstance(error, CRASHED)
        if wanted and crashed and not again:
            self._second.later(lambda: self._search(stop, again=True))
            return
        if wanted:
            self._stop = None
            self.changed.emit()
        if wanted and crashed:
            text, action = self.tr("The search for pieces was not finished"), self.tr("Search again")
            self.notice.emit(Notice("warning", text, self._second.refused(), "find", action, self.start))
        elif not crashed:
            self.notice.emit(of_error(error, key="find"))

    # --- the photo on screen -----------------------------------------------------------------------------------

    def _on_image(self, image: str) -> None:
        if self.stop():
            text = self.tr("The search for pieces on {name} was stopped").format(name=self._image)
            self.notice.emit(Notice("info", text, key="stopped"))
        if self.finds is not None:
            self._kept[self._image] = replace(self.finds, current=None)
        if self._image:
            self._rest()
        self._image = image
        self.spell.begin()
        self._show(self._kept.pop(image, None))

    def _rest(self) -> None:
        """The photo is left. A day's finds are thousands, and taken back one may still be."""
        arts = [art for art in self._arts if not art.resting]

        def rest() -> None:
            for art in arts:
                art.rest()

        if arts:
            self._lane.submit(("rest", id(arts)), rest, priority=9)

    def _forget(self) -> None:
        self.stop()
        self._kept.clear()
        self._image = ""
        self._show(None)

    def _on_page(self, page: Page | None) -> None:
        self.spell.elsewhere()
        if page is not None and self.finds is not None and page.image == self._image:
            self._show(self.finds.beside(page))

    def _on_selection(self, ids: tuple[int, ...]) -> None:
        if ids and self.finds is not None and self.finds.current is not None:
            self._show(replace(self.finds, current=None))

    @property
    def shown(self) -> tuple[Find, ...]:
        return self.finds.shown if self.finds is not None else ()

    @property
    def undecided(self) -> int:
        """Proposals shown on any photo of the folder."""
        below = self._settings.get("finds_from")
        return len(self.shown) + sum(len(replace(one, threshold=below).shown) for one in self._kept.values())

    @property
    def target(self) -> Find | None:
        """What the keys mean: the find under the mouse, else the one in hand."""
        if self.finds is None:
            return None
        return self.finds.get(self.hovered) or self.finds.get(self.finds.current)

    def hover(self, find: Find | None) -> None:
        wanted = find.id if find is not None else None
        if wanted != self.hovered:
            self.hovered = wanted
            self.changed.emit()

    def step(self, step: int) -> bool:
        """Take the next or previous find in hand; False when there is none."""
        if self.finds is None or not self.finds.shown:
            return False
        self._session.select(())
        self._show(self.finds.stepped(step))
        return True

    def let_go(self) -> bool:
        """Nothing in hand any more; False when nothing was."""
        if self.finds is None or self.finds.current is None:
            return False
        self._show(replace(self.finds, current=None))
        return True

    def set_threshold(self, value: float) -> None:
        """value: smallest predicted IoU to show, 0..1."""
        self._settings.set("finds_from", value)
        if self.finds is not None and value != self.finds.threshold:
            self._show(replace(self.finds, threshold=value))

    # --- yes and no --------------------------------------------------------------------------------------------

    def accept(self, find: Find) -> None:
        """Make it an object, as one undoable step. By keyboard the next one comes into hand."""
        page, finds = self._session.page, self.finds
        if page is None or finds is None:
            return
        in_hand = finds.current == find.id and self.hovered != find.id
        following = finds.stepped(1).current if in_hand else None
        added = edits.add(page, self._annotation(finds, find, self.spell.share(1)))
        select = () if in_hand else (added.annotations[-1].id,)
        title = self.tr("accept a proposal: {name}").format(name=self._name(added.annotations[-1].label))
        self._session.edit(title, added, select=select)
        if in_hand and self.finds is not None and self.finds.get(following) is not None:
            self._show(replace(self.finds, current=following))

    def accept_shown(self) -> None:
        """All that are shown, as one step."""
        self.accept_all(self.shown)

    def accept_all(self, shown: Sequence[Find]) -> None:
        """These, as one step."""
        page, finds = self._session.page, self.finds
        if page is None or finds is None or not shown:
            return
        seconds = self.spell.share(len(shown))
        small_in_front = sorted(shown, key=lambda one: -one.mask.area)
        page = edits.add_all(page, [self._annotation(finds, find, seconds) for find in small_in_front])
        self._session.edit(self.tr("accept {n} proposals").format(n=len(shown)), page, select=())

    def reject(self, finds: Iterable[Find]) -> None:
        """These are no pieces."""
        self.spell.decided()
        gone = tuple(finds)
        self._take_away(gone, self.tr("reject 1 proposal") if len(gone) == 1 else self.tr("reject {n} proposals"))

    def discard(self) -> None:
        """None of them, shown or not."""
        gone = self.finds.open if self.finds is not None else ()
        self._take_away(gone, self.tr("discard {n} proposals"))
        if gone:
            text = self.tr("{n} proposals discarded. {undo} brings them back.")
            text = keys.told(self._settings, text, n=len(gone))
            self.notice.emit(Notice("info", text, key="find"))

    def _take_away(self, gone: Sequence[Find], title: str) -> None:
        finds, ids = self.finds, [find.id for find in gone]
        if finds is None or not gone:
            return
        following = finds.stepped(1).current if finds.current in ids else finds.current
        left = finds.without(ids)
        current = following if left.get(following) else None
        self._step(title.format(n=len(gone)), self._image, finds, replace(left, current=current))

    def set_label(self, find: Find, label: str) -> None:
        """The user's word for it, as one undoable step."""
        finds = self.finds
        if finds is not None and label != find.label:
            title = self.tr("call a proposal {name}").format(name=self._name(label))
            self._step(title, self._image, finds, finds.named(find.id, label))

    def _name(self, label: str) -> str:
        return rows.name_of(self._session.labels, label, resolve(self._settings.get("language")))

    def _step(self, title: str, image: str, before: Finds | None, after: Finds) -> None:
        """One undoable step of what is proposed for a photo."""
        put = self._put
        step = Step(self._session, title, lambda: put(image, after), lambda: put(image, before))
        self._session.stack(image).push(step)

    def _put(self, image: str, finds: Finds | None) -> None:
        """As they were before or after a step, with the slider as it is now."""
        if finds is not None:
            finds = replace(finds, threshold=self._settings.get("finds_from"))
        if image == self._image:
            page = self._session.page
            self._show(finds.beside(page) if finds is not None and page is not None else finds)
        elif finds is not None:
            self._kept[image] = replace(finds, current=None)
        else:
            self._kept.pop(image, None)

    def _annotation(self, finds: Finds, find: Find, seconds: float) -> Annotation:
        """With the seconds its decision took; prompts it has cost only if somebody drew a box for it."""
        from sscore.recognize import annotate

        how = self._assistant.how
        models = finds.segmenter, finds.classifier
        made = annotate(0, find.candidate, find.scores, find.prompt, *models, labels=find.labels, naming=how)
        return replace(
            made,
            label=find.best_label(self._settings.get("unknown_below")),
            status="accepted",
            author=self._settings.get("author"),
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            extra={**made.extra, EFFORT: {"seconds": seconds, "clicks": int(find.prompt is not None)}},
        )

    def _show(self, finds: Finds | None) -> None:
        self.finds = finds
        if finds is None or finds.get(self.hovered) is None:
            self.hovered = None
        self.changed.emit()
