"""What was drawn by hand, put on the page: added to the selected object, taken from it, or a new object."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QObject

from app import keys
from app.assistant import Assistant
from app.finder import Finder
from app.notices import Notice
from app.photos import Photo
from app.second_try import CRASHED, SecondTry
from app.session import Session
from app.settings import Settings
from sscore import edits, masks, outlines
from sscore.errors import BadOption
from sscore.polygons import Ring
from sscore.types import UNKNOWN, Annotation, Mask, Scores

_INSIDE = 0.5  # share of a proposal that must lie in a lasso to be meant by it


@dataclass(frozen=True, slots=True)
class Patch:
    """Something drawn: a brush's "stroke" of `radius` px along the points, the "area" inside them, or a knife's "cut"
    along them. Image px."""

    kind: Literal["stroke", "area", "cut"]
    points: tuple[tuple[float, float], ...]
    erase: bool = False
    radius: float = 0.0

    def mask(self) -> Mask | None:
        """Its pixels, also those beyond the photo; None when there are none."""
        if self.kind == "stroke":
            return masks.stroke(self.points, self.radius)
        return masks.polygon_fill(self.points) if len(self.points) >= 3 else None


class Drawing(QObject):
    """Each patch is one undo step. One that meets a mask in the making accepts that first, so that drawing goes on
    where the model has stopped."""

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        finder: Finder,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._finder, self._settings = session, assistant, finder, settings
        self._gestures = itertools.count(1)
        self._second = SecondTry(assistant, self)
        self._unnamed: list[tuple[Annotation, Photo, int]] = []
        self._corners: tuple[Mask, list[Ring]] | None = None

    def put(self, patch: Patch) -> None:
        if self._session.page is None:
            return
        if not self._assistant.pending.empty and not self._take_pending():
            return
        if patch.kind == "cut":
            self._cut(patch)
            return
        if (drawn := patch.mask()) is None:
            return
        if patch.kind == "area" and not self._session.selection and self._decide(drawn, reject=patch.erase):
            return
        targets = self.targets()
        if targets is None:
            return
        if patch.erase:
            self._erase(drawn, targets)
        elif targets:
            self._add(drawn, targets)
        else:
            self._new(drawn)

    def _take_pending(self) -> bool:
        """Accept the mask in the making; False when there is none yet."""
        if not self._assistant.pending.settled or self._assistant.pending.mask is None:
            self._tell(keys.told(self._settings, self.tr("Wait for the mask, or clear the prompt with {clear}.")))
            return False
        return self._assistant.accept()

    def targets(self) -> tuple[Annotation, ...] | None:
        """The selected objects; None (and a word why) when all are locked."""
        page = self._session.page
        found = page.find_all(self._session.selection) if page else ()
        free = tuple(a for a in found if not a.extra.get(edits.LOCKED))
        if found and not free:
            self._tell(keys.told(self._settings, self.tr("The object is locked. {lock} unlocks it.")))
            return None
        return free

    def _add(self, drawn: Mask, targets: tuple[Annotation, ...]) -> None:
        page = self._session.page
        if page is None:
            return
        if len(targets) > 1:
            self._tell(self.tr("Select the one object to add to."))
            return
        self._session.edit(self.tr("add pixels"), edits.paint(page, targets[0].id, drawn, add=True))

    def _erase(self, drawn: Mask, targets: tuple[Annotation, ...]) -> None:
        page = self._session.page
        if page is None:
            return
        if not targets:
            self._tell(self.tr("Select the object to erase from."))
            return
        before = len(page.annotations)
        for target in targets:
            page = edits.paint(page, target.id, drawn, add=False)
        self._session.edit(self.tr("erase"), page)
        if len(page.annotations) < before:
            self._tell(self.tr("Nothing was left of the object, so it is gone; undo brings it back."))

    def _cut(self, patch: Patch) -> None:
        """The selected objects, or else the frontmost that the line goes through from side to side."""
        page, targets = self._session.page, self.targets()
        if page is None or targets is None:
            return
        before = page
        for target in targets or reversed(page.annotations):
            if targets or not target.extra.get(edits.LOCKED):
                page = edits.cut(page, target.id, patch.points)
            if page is not before and not targets:
                break
        if page is before:
            self._tell(self.tr("The line must go through the object, from side to side."))
            return
        known = {a.id for a in before.annotations}
        cut = [a.id for a in page.annotations if a is not before.find(a.id)]
        self._session.edit(self.tr("cut"), page, select=sorted(cut, key=lambda i: (i not in known, i)))

    def _new(self, drawn: Mask) -> None:
        """An object of its own, named by the classifier as soon as that has looked."""
        page = self._session.page
        if page is None:
            return
        mask = masks.clip(drawn, page.height, page.width)
        if mask is None:
            return
        made = Annotation(
            id=0,
            mask=mask,
            label=UNKNOWN,
            made_by={"segmenter": "by hand"},
            author=self._settings.get("author"),
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        gesture = next(self._gestures)
        added = edits.add(page, made)
        new = added.annotations[-1]
        self._session.edit(self.tr("draw an object"), added, gesture=gesture, select=(new.id,))
        if (photo := self._assistant.photo) is not None and photo.image == page.image:
            self._name(new, photo, gesture, again=False)

    def _name(self, made: Annotation, photo: Photo, gesture: int, *, again: bool) -> None:
        """again: the model crashed at it the first time; there is no third."""
        classifier, labels, naming = self._assistant.namer, self._session.labels, self._assistant.naming
        if classifier is None:
            return

        def work() -> Scores:
            from sscore.recognize import classify

            return classify(classifier, labels, photo.rgb, [made.mask], naming=naming)[0]

        self._assistant.lane.submit(
            ("name", gesture),
            work,
            lambda scores: self._on_scores(made, gesture, scores),
            lambda error: self._on_no_scores(error, made, photo, gesture, again),
        )

    def _on_no_scores(self, error: Exception, made: Annotation, photo: Photo, gesture: int, again: bool) -> None:
        if not isinstance(error, CRASHED):
            self._assistant.work_failed.emit(self._assistant.present("classifier"), error)
        elif not again:
            self._second.later(lambda: self._name(made, photo, gesture, again=True))
        else:
            self._unnamed.append((made, photo, gesture))
            text = self.tr("Drawn objects without a class: {n}").format(n=len(self._unnamed))
            ask = self.tr("Ask again")
            self._session.notice.emit(Notice("warning", text, self._second.refused(), "name", ask, self._name_again))

    def _name_again(self) -> None:
        """What crashed a model twice."""
        unnamed, self._unnamed = self._unnamed, []
        for made, photo, gesture in unnamed:
            self._name(made, photo, gesture, again=False)

    def _on_scores(self, made: Annotation, gesture: int, scores: Scores) -> None:
        """The class comes as part of the same step, unless the user was quicker."""
        page = self._session.page
        now = page.find(made.id) if page is not None else None
        if page is None or now is None or now.label != UNKNOWN or now.scores is not None or now.time != made.time:
            return
        sure = float(scores.values[0]) >= self._settings.get("unknown_below")
        named = edits.relabel(page, [made.id], scores.best if sure else UNKNOWN, scores=scores)
        self._session.edit(self.tr("draw an object"), named, gesture=gesture)

    def _decide(self, drawn: Mask, *, reject: bool) -> bool:
        """A lasso around proposals accepts or rejects them; False when it holds none."""
        meant = []
        for find in self._finder.shown:
            shared = masks.intersect(find.mask, drawn)
            if shared is not None and shared.area >= _INSIDE * find.mask.area:
                meant.append(find)
        if meant and reject:
            self._finder.reject(meant)
        elif meant:
            self._finder.accept_all(meant)
        return bool(meant)

    # --- moving ------------------------------------------------------------------------------------------------

    def grabs(self, x: float, y: float) -> bool:
        """Whether a drag from this image point means the selection."""
        page = self._session.page
        chosen = page.find_all(self._session.selection) if page is not None else ()
        return any(_holds(a.mask, x, y) for a in chosen)

    def move(self, dx: int, dy: int, *, gesture: int = -1) -> None:
        """Move the selected objects by whole image px, as far as they stay on the photo."""
        page = self._session.page
        free = [a.id for a in self.targets() or ()]
        if page is None or not free:
            return
        try:
            self._session.edit(self.tr("move"), edits.move(page, free, dx, dy), gesture=gesture)
        except BadOption:
            self._tell(self.tr("It would leave the photo."))

    # --- corners -----------------------------------------------------------------------------------------------

    def rings(self, scale: float) -> list[Ring]:
        """The outlines of the one selected object that may be changed, as fine as `scale` (screen px per image px)
        can show; those just edited stay as they were left."""
        page, chosen = self._session.page, self._session.selection
        target = page.find(chosen[0]) if page is not None and len(chosen) == 1 else None
        if target is None or target.extra.get(edits.LOCKED):
            return []
        if self._corners is None or self._corners[0] is not target.mask:
            finest = 0.1 * max(target.mask.bits.shape)  # of a few px every corner counts
            self._corners = (target.mask, masks.to_polygons(target.mask, min(max(1.0, 2.5 / scale), finest)))
        return self._corners[1]

    def redraw(self, number: int, before: Ring, after: Ring) -> None:
        """Outline `number` of the selected object was changed."""
        page, chosen, corners = self._session.page, self._session.selection, self._corners
        target = page.find(chosen[0]) if page is not None and len(chosen) == 1 else None
        if page is None or target is None or corners is None or corners[0] is not target.mask:
            return
        mask = outlines.redrawn(target.mask, before, after, page.height, page.width)
        if mask is None:
            self._session.edit(self.tr("move a corner"), edits.remove(page, [target.id]), select=())
            return
        changed = edits.reshape(page, target.id, mask) if mask is not target.mask else page
        rings = list(corners[1])
        rings[number] = after
        shown = changed.find(target.id)
        self._corners = (shown.mask if shown is not None else mask, rings)
        self._session.edit(self.tr("move a corner"), changed)

    def _tell(self, text: str) -> None:
        self._session.whisper.emit(text)


def _holds(mask: Mask, x: float, y: float) -> bool:
    i, j = math.floor(y) - mask.top, math.floor(x) - mask.left
    return 0 <= i < mask.bits.shape[0] and 0 <= j < mask.bits.shape[1] and bool(mask.bits[i, j])
