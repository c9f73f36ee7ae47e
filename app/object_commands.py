"""What can be done with the selected objects: shape, order, flags, copies. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject

from app import keys
from app.jobs import Lane
from app.notices import Notice, of_error
from app.session import Session
from app.settings import Settings
from app.veil import Veil
from sscore import edits, masks
from sscore.edits import Depth
from sscore.errors import BadOption
from sscore.types import Annotation, Mask, Page

_AT_ONCE_PX = 400_000  # crops larger than this in all are worked on away from the window's thread
_SMOOTH_PX = 2.0
_PASTE_ASIDE = 0.015  # of the photo's longer side: how far a copy on the same photo lies from the original


class ObjectCommands(QObject):
    """Each command makes one undoable step, or says why it did nothing. Locked objects keep mask and place."""

    def __init__(
        self, session: Session, veil: Veil, settings: Settings, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._veil, self._settings, self._lane = session, veil, settings, lane
        self._copied: tuple[Annotation, ...] = ()
        self._copied_from = ""
        self._carried: tuple[str, tuple[Annotation, ...]] | None = None
        session.page_changed.connect(self._on_page)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """By the key of the action."""
        return {
            "merge": self.merge,
            "split": self.split,
            "cut_out": self.cut_out,
            "intersect": self.intersect,
            "fill_holes": lambda: self.reshape(self.tr("fill holes"), masks.fill_holes),
            "largest": lambda: self.reshape(self.tr("keep the largest part"), masks.largest_part),
            "smooth": lambda: self.reshape(self.tr("smooth"), lambda mask: masks.smooth(mask, _SMOOTH_PX)),
            "to_front": lambda: self.arrange("front"),
            "forward": lambda: self.arrange("forward"),
            "backward": lambda: self.arrange("backward"),
            "to_back": lambda: self.arrange("back"),
            "occluded": lambda: self.toggle(edits.OCCLUDED),
            "lock": lambda: self.toggle(edits.LOCKED),
            "hide": self.hide,
            "show_hidden": self.show_hidden,
            "copy": self.copy,
            "paste": self.paste,
            "duplicate": self.duplicate,
            "copy_next": self.copy_next,
        }

    def checked(self) -> dict[str, bool]:
        """Which flags all selected objects have, by the key of the action."""
        found = self.selected
        flags = {"occluded": edits.OCCLUDED, "lock": edits.LOCKED}
        return {key: bool(found) and all(a.extra.get(flag) for a in found) for key, flag in flags.items()}

    # --- the selection -----------------------------------------------------------------------------------------

    @property
    def selected(self) -> tuple[Annotation, ...]:
        """In the order of selecting."""
        page = self._session.page
        return page.find_all(self._session.selection) if page else ()

    def free(self) -> tuple[Annotation, ...]:
        """The selected objects that may be changed; says so when some are locked."""
        found = self.selected
        free = tuple(a for a in found if not a.extra.get(edits.LOCKED))
        if len(free) < len(found):
            text = self.tr("Locked objects stay as they are. {lock} unlocks them.")
            self._session.whisper.emit(keys.told(self._settings, text))
        return free

    def _tell(self, text: str) -> None:
        self._session.notice.emit(Notice("info", text, key="object"))

    def _edit(self, title: str, page: Page, unchanged: str = "", select: Sequence[int] | None = None) -> None:
        """One step; `unchanged` is said when there was nothing to do."""
        if page is self._session.page:
            if unchanged:
                self._tell(unchanged)
            return
        self._session.edit(title, page, select=select)

    # --- shape -------------------------------------------------------------------------------------------------

    def merge(self) -> None:
        page, free = self._session.page, self.free()
        if page is None or len(free) < 2:
            self._tell(self.tr("Select two or more objects to merge: Shift-click adds to the selection."))
            return
        ids = [a.id for a in free]
        title = self.tr("merge {n} objects").format(n=len(free))

        def done(_before: Page, merged: Page) -> None:
            self._edit(title, merged, select=[i for i in ids if merged.find(i)])

        self._work(_spanned(free), lambda page: edits.merge(page, ids), done)

    def split(self) -> None:
        free = self.free()
        if not free:
            return
        ids = [a.id for a in free]
        text = self.tr("It is in one part. To part what touches, draw a line through it with {knife}.")

        def change(page: Page) -> Page:
            for one in ids:
                page = edits.split(page, one)
            return page

        def done(before: Page, after: Page) -> None:
            old = {a.id for a in before.annotations}
            made = [a.id for a in after.annotations if a.id not in old]
            self._edit(self.tr("split"), after, keys.told(self._settings, text), select=[*ids, *made])

        self._work(_sum(free), change, done)

    def cut_out(self) -> None:
        """The object selected last is cut out of the others."""
        page, selected = self._session.page, self.selected
        if page is None or not selected:
            return
        cutter = selected[-1].id
        pool = selected[:-1] or page.annotations
        others = [a.id for a in pool if a.id != cutter and not a.extra.get(edits.LOCKED)]

        def done(before: Page, after: Page) -> None:
            gone = len(before.annotations) - len(after.annotations)
            self._edit(self.tr("cut out"), after, self.tr("It overlaps no other object."), select=(cutter,))
            if gone:
                self._tell(self.tr("{n} objects had no pixel left and are gone; undo brings them back.").format(n=gone))

        self._work(_sum(pool), lambda page: edits.cut_out(page, cutter, others), done)

    def intersect(self) -> None:
        """The others keep what they share with the object selected last."""
        page, selected = self._session.page, self.selected
        if page is None or len(selected) < 2:
            self._tell(self.tr("Select two or more objects; the one selected last says what remains of the others."))
            return
        frame, others = selected[-1].id, [a.id for a in selected[:-1] if not a.extra.get(edits.LOCKED)]
        unchanged = self.tr("The objects share no pixel, or the others lie in it already.")

        def done(_before: Page, after: Page) -> None:
            self._edit(self.tr("keep what they share"), after, unchanged)

        self._work(_sum(selected), lambda page: edits.intersect(page, frame, others), done)

    def _work(self, size: int, change: Callable[[Page], Page], done: Callable[[Page, Page], None]) -> None:
        """`done` with the page and what has become of it: at once, or after a while when `size`, px of masks, is large.
        An edit meanwhile stays: it is all done again on that page."""
        page = self._session.page
        if page is None:
            return
        if size <= _AT_ONCE_PX:
            done(page, change(page))
            return

        def made(after: Page) -> None:
            now = self._session.page
            if now is page:
                done(page, after)
            elif now is not None and now.image == page.image:
                self._work(size, change, done)

        def failed(error: Exception) -> None:
            gone = isinstance(error, BadOption)
            text = self.tr("The objects were changed meanwhile. Nothing else was done.")
            self._session.notice.emit(Notice("info", text, key="object") if gone else of_error(error, key="object"))

        # A key of its own: what is asked next must not take its place.
        self._lane.submit(("work", id(change)), lambda: change(page), made, failed, priority=1)

    def reshape(self, title: str, change: Callable[[Mask], Mask]) -> None:
        """`change` on each selected object."""
        old = {a.id: a.mask for a in self.free()}
        if not old:
            return

        def work() -> dict[int, Mask]:
            return {i: new if not (new := change(mask)).same_as(mask) else mask for i, mask in old.items()}

        if sum(mask.bits.size for mask in old.values()) <= _AT_ONCE_PX:
            self.put(title, old, work())
        else:
            self._lane.submit("reshape", work, lambda new: self.put(title, old, new), priority=1)

    def put(self, title: str, old: Mapping[int, Mask], new: Mapping[int, Mask]) -> None:
        """New masks for objects whose masks are still `old`: what was changed meanwhile is left alone."""
        page = self._session.page
        if page is None:
            return
        still = {a.id: new[a.id] for a in page.find_all(new) if a.mask is old[a.id]}
        self._edit(title, edits.reshape_all(page, still), self.tr("There was nothing to change."))

    # --- order and flags ---------------------------------------------------------------------------------------

    def arrange(self, where: Depth) -> None:
        page, ids = self._session.page, self._session.selection
        if page is None or not ids:
            return
        titles = {
            "front": self.tr("to the front"),
            "forward": self.tr("forward"),
            "backward": self.tr("backward"),
            "back": self.tr("to the back"),
        }
        nearer = where in ("front", "forward")
        unchanged = self.tr("It is in front already.") if nearer else self.tr("It is at the back already.")
        self._edit(titles[where], edits.arrange(page, ids, where), unchanged)

    def toggle(self, flag: str, ids: Sequence[int] | None = None) -> None:
        """Set a flag of these (default: the selected) objects, or take it away when all have it."""
        page = self._session.page
        chosen = self._session.selection if ids is None else ids
        if page is None or not chosen:
            return
        on = not all(a.extra.get(flag) for a in page.find_all(chosen))
        titles = {
            (edits.OCCLUDED, True): self.tr("mark as partly hidden"),
            (edits.OCCLUDED, False): self.tr("mark as wholly visible"),
            (edits.LOCKED, True): self.tr("lock"),
            (edits.LOCKED, False): self.tr("unlock"),
        }
        self._edit(titles[flag, on], edits.mark(page, chosen, flag, on))

    def hide(self) -> None:
        count = len(self._session.selection)
        self._veil.set_hidden(self._session.selection, True)
        if count:
            text = keys.told(self._settings, self.tr("{n} hidden; {show_hidden} shows them again."), n=count)
            self._session.notice.emit(Notice("info", text, "", "object", self.tr("Show all hidden"), self.show_hidden))

    def show_hidden(self) -> None:
        count = len(self._veil.hidden)
        self._veil.show_all()
        # In the place of what was said when they were hidden.
        self._tell(self.tr("{n} shown again.").format(n=count) if count else self.tr("No object is hidden."))

    # --- copies ------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        if self.selected:
            self._copied, self._copied_from = self.selected, self._session.image
            text = self.tr("{n} copied. {paste} pastes, on any photo.")
            self._tell(keys.told(self._settings, text, n=len(self._copied)))

    def paste(self) -> None:
        """On another photo at the same place, on the same one a little aside."""
        if not self._copied:
            text = self.tr("Nothing was copied yet: {copy} copies the selected objects.")
            self._tell(keys.told(self._settings, text))
            return
        self._paste(self._copied, self.tr("paste"), aside=self._copied_from == self._session.image)

    def duplicate(self) -> None:
        if self.selected:
            self._paste(self.selected, self.tr("duplicate"), aside=True)

    def copy_next(self) -> None:
        """The selected objects on the next photo, and on to it."""
        carried = self.selected
        if not carried:
            return
        if not self._session.step(1):
            self._tell(self.tr("This is the last photo."))
            return
        self._carried = (self._session.image, carried)

    def _on_page(self, page: Page | None) -> None:
        if page is not None and self._carried is not None:
            (image, carried), self._carried = self._carried, None
            if page.image == image:
                self._paste(carried, self.tr("copy from the photo before"), aside=False)

    def _paste(self, copied: tuple[Annotation, ...], title: str, *, aside: bool) -> None:
        page = self._session.page
        if page is None:
            return
        by = round(_PASTE_ASIDE * max(page.width, page.height)) if aside else 0
        author, time = self._settings.get("author"), datetime.now(UTC).isoformat(timespec="seconds")
        # A copy is looked at anew: it carries neither lock nor review.
        fresh = [
            replace(a, author=author, time=time, status="accepted", extra=_flags(a, edits.OCCLUDED)) for a in copied
        ]
        pasted = edits.paste(page, fresh, by, by)
        new = [a.id for a in pasted.annotations[len(page.annotations) :]]
        self._edit(title, pasted, self.tr("The copies would lie outside this photo."), select=new)


def _sum(annotations: Sequence[Annotation]) -> int:
    """px of their crops."""
    return sum(a.mask.bits.size for a in annotations)


def _spanned(annotations: Sequence[Annotation]) -> int:
    """px of the crop around all of them."""
    boxes = [a.mask.box for a in annotations]
    width = max(box.x1 for box in boxes) - min(box.x0 for box in boxes)
    return int(width * (max(box.y1 for box in boxes) - min(box.y0 for box in boxes)))


def _flags(annotation: Annotation, *kept: str) -> dict[str, object]:
    return {key: value for key, value in annotation.extra.items() if key in kept}
