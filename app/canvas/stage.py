"""The scene on the canvas: keeps what is drawn in step with the page, changing only what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRectF, QTimer
from PySide6.QtGui import QColor, QPixmapCache
from PySide6.QtWidgets import QGraphicsScene

from app.canvas.drawings import Drawings
from app.canvas.ghost import GhostItem
from app.canvas.items import PendingItem, PhotoItem
from app.canvas.layer import Instance, InstanceLayer
from app.canvas.paint import Art
from app.canvas.sketch import SketchItem
from app.canvas.tag_layer import TagLayer
from app.jobs import Lane, let_go
from app.pending import Pending
from app.photos import Photo
from sscore.edits import untouched
from sscore.types import Annotation, Mask, Page

_AT_ONCE, _AT_ONCE_PX = 8, 10_000_000  # more new masks or pixels of crops than this are prepared on the lane
_CHUNK = 64
_KEPT_PIXELS_KB = 192 * 1024  # of objects as they are on screen, and that may be a large and dense one
_TRACED_AT_ONCE = 16
_REST_MS = 120  # without another step of zoom
_NAMED = 8  # up to so many selected objects bear their names however small they are
_TRACED = 60  # up to so many objects in all, or selected ones, get exact outlines at any zoom


class Stage(QGraphicsScene):
    """Shows a photo, a page and a pending mask. `colour_of` gives an object's colour "#RRGGBB", `tag_of` the words on
    its name tag. Tags are shown of selected and hovered objects, or of all."""

    def __init__(
        self,
        lane: Lane,
        colour_of: Callable[[Annotation], str],
        tag_of: Callable[[Annotation], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _KEPT_PIXELS_KB))
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._lane = lane
        self._colour_of = colour_of
        self.photo = PhotoItem()
        self.pending = PendingItem(self._trace)
        self.ghost = GhostItem(self._trace)
        self.layer = InstanceLayer(self._trace)
        self.addItem(self.photo)
        self.addItem(self.layer)
        self.sketch = SketchItem(self.photo)
        self.addItem(self.ghost)
        self.addItem(self.sketch)
        self.addItem(self.pending)
        self.tags = TagLayer(lambda annotation: (tag_of(annotation), colour_of(annotation)))
        self.addItem(self.tags)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(lambda: self.layer.set_moving(False))
        self._items: dict[int, Instance] = {}
        self._art = Drawings()
        self._page: Page | None = None
        self._synced: tuple[Annotation, ...] = ()  # as the layer shows them
        self._selection: tuple[int, ...] = ()
        self._hovered: int | None = None
        self._pending_mask: Mask | None = None
        self._pending_art: Art | None = None
        self._untraced: list[tuple[Art, float]] = []
        self._left_art: Art | None = None  # of the mask that was pending just before
        self._opacity = 0.38
        self._shown = True
        self._names = False
        self._hidden: frozenset[int] = frozenset()
        self._count = 0

    # --- photo and page ----------------------------------------------------------------------------------------

    def set_photo(self, photo: Photo | None) -> None:
        let_go(self._lane, self.photo.set_levels(photo.levels if photo else ()))

    @property
    def photo_rect(self) -> QRectF:
        return self.photo.boundingRect()

    def zoomed(self, scale: float) -> None:
        """A step of zoom, to so many screen px per image px; the next may follow at once."""
        self.layer.set_moving(True)
        self.tags.rescale(scale)
        self._rest.start()

    def set_page(self, page: Page | None) -> None:
        self._page = page
        self._lane.cancel("art")
        if page is None:
            self._clear_items()
            return
        for art in (self._pending_art, self._left_art):  # when it is accepted, its drawing serves the new object too
            if art is not None:
                self._art.keep(art)
        self._left_art = None
        fresh = self._without_art(page)
        if len(fresh) <= _AT_ONCE and sum(mask.bits.size for mask in fresh) <= _AT_ONCE_PX:
            self._keep_art([Art(mask) for mask in fresh])
            fresh = []
        self._sync()
        if fresh:
            self._make_art(page)

    def _without_art(self, page: Page) -> list[Mask]:
        known = untouched(self._synced, page.annotations)
        return [a.mask for a in page.annotations[known:] if a.mask not in self._art]

    def _make_art(self, page: Page) -> None:
        """Prepare the rest on the lane, a handful at a time, so that other work comes in between."""
        some = self._without_art(page)[:_CHUNK]
        if not some:
            return

        def done(made: Sequence[Art]) -> None:
            if self._page is page:
                self._keep_art(made)
                self._sync()
                self._make_art(page)

        self._lane.submit("art", lambda: [Art(mask) for mask in some], done, priority=3)

    def _keep_art(self, made: Sequence[Art]) -> None:
        for art in made:
            self._art.keep(art)

    # --- outlines ----------------------------------------------------------------------------------------------

    def _trace(self, art: Art, tolerance: float) -> None:
        """An outline is needed: trace it on the lane, then draw anew. Called while painting, so nothing happens yet."""
        if (art, tolerance) not in self._untraced:
            self._untraced.append((art, tolerance))
            if len(self._untraced) == 1:
                QTimer.singleShot(0, self, self._trace_next)

    def wake(self, some: Sequence[Art], then: Callable[[], None]) -> None:
        """Make drawings that rested ready for painting, on the lane; a later wish takes the place of this one."""

        def work() -> None:
            for art in some:
                art.wake()

        self._lane.submit("wake", work, lambda _done: then(), priority=2)

    def _trace_next(self) -> None:
        some = self._untraced[:_TRACED_AT_ONCE]

        def done(_outlines: object) -> None:
            for art, _tolerance in some:
                self.layer.touch(art.place)
                self.update(art.place.adjusted(-12, -12, 12, 12))
            go_on()

        def go_on(_error: Exception | None = None) -> None:
            """Also when there was no memory for some: their border is drawn as it is in their stencils."""
            del self._untraced[: len(some)]
            if self._untraced:
                self._trace_next()

        def work() -> None:
            for art, tolerance in some:
                art.outline(tolerance)

        self._lane.submit("trace", work, done, go_on, priority=1)

    def _sync(self) -> None:
        page = self._page
        if page is None:
            return
        before, self._count = self._count, len(page.annotations)
        same = untouched(self._synced, page.annotations)
        # What follows is put in anew, in its order.
        order = [a.id for a in self._synced[same:]] if self._synced else list(self._items)
        old, fresh, late = {i: self._items.pop(i) for i in order}, set(), False
        for annotation in page.annotations[same:]:
            item = old.get(annotation.id)
            if item is not None and item.annotation.mask is annotation.mask:
                self._items[annotation.id] = old.pop(annotation.id)
                if item.annotation is not annotation:
                    item.restyle(annotation, self._colour(annotation), self._opacity)
                    self.layer.touch(item.place)
            elif annotation.mask in self._art:
                self._items[annotation.id] = self._new_item(annotation)
                fresh.add(annotation.id)
            elif item is not None:  # as it was, until the drawing of what it is now is ready
                self._items[annotation.id] = old.pop(annotation.id)
                late = True
        for gone in old.values():
            self.layer.touch(gone.place)
        shown = list(self._items.values())
        kept = [one.annotation.id for one in shown[same:] if one.annotation.id not in fresh]
        if kept != [i for i in order if i in self._items and i not in fresh]:  # others lie in front now
            self.layer.renew()
        self.layer.show_instances(shown, page.width, page.height, same)
        self._synced = page.annotations if len(shown) == len(page.annotations) and not late else ()
        self._restate(set(self._items) if (before <= _TRACED) != (self._count <= _TRACED) else fresh)
        if spare := self._art.take_spare(page):
            let_go(self._lane, spare)

    def _new_item(self, annotation: Annotation) -> Instance:
        item = Instance(annotation, self._art[annotation.mask], self._colour(annotation), self._opacity)
        item.visible = self._shown and annotation.id not in self._hidden
        self.layer.touch(item.place)
        return item

    def _clear_items(self) -> None:
        self._items.clear()
        self._art.leave()
        self.layer.show_instances((), 0, 0)
        self.layer.renew()
        self._synced = ()
        self._hovered = None
        self._sync_tags()

    def _sync_tags(self) -> None:
        wanted = {}
        if self._shown and self._page is not None:
            ids = self._items.keys() if self._names else {self._hovered, *self._selection} & self._items.keys()
            wanted = {i: self._items[i].annotation for i in ids if i is not None and i not in self._hidden}
        few = self._selection if len(self._selection) <= _NAMED else ()
        marked = [i for i in (self._hovered, *few) if i is not None]
        photo = QRectF(0, 0, self._page.width, self._page.height) if self._page is not None else QRectF()
        self.tags.show_tags(wanted, tuple(dict.fromkeys(marked)), photo, self.font())

    def _colour(self, annotation: Annotation) -> QColor:
        return QColor(self._colour_of(annotation))

    # --- states ------------------------------------------------------------------------------------------------

    def set_selection(self, ids: tuple[int, ...]) -> None:
        touched, self._selection = {*self._selection, *ids}, ids
        self._restate(touched)

    def set_hovered(self, annotation_id: int | None) -> None:
        if annotation_id == self._hovered:
            return
        touched = {i for i in (self._hovered, annotation_id) if i is not None}
        self._hovered = annotation_id
        self._restate(touched)

    @property
    def hovered(self) -> int | None:
        return self._hovered

    def _restate(self, ids: set[int]) -> None:
        all_traced, few = self._count <= _TRACED, len(self._selection) <= _TRACED
        for i in ids & self._items.keys():
            hovered, selected, item = i == self._hovered, i in self._selection, self._items[i]
            if item.set_state(hovered=hovered, selected=selected, traced=all_traced or hovered or (selected and few)):
                self.layer.touch(item.place)
        self._sync_tags()

    def tint(self) -> tuple[QColor, float]:
        """Colour and opacity in which new pixels of the selected object will be shown."""
        item = self._items.get(self._selection[0]) if len(self._selection) == 1 else None
        return (self._colour(item.annotation), self._opacity) if item is not None else (QColor("#3b82f6"), 0.4)

    def shift_selected(self, dx: int, dy: int) -> None:
        """Show the selected objects moved by image px while they are dragged."""
        self.layer.shift([self._items[i] for i in self._selection if i in self._items], dx, dy)
        self.tags.shift(self._selection, dx, dy)

    def set_style(self, *, opacity: float, shown: bool, names: bool) -> None:
        """opacity: 0..1 of the tint; shown: whether instances are drawn at all; names: tags of all of them."""
        self._opacity, self._shown, self._names = opacity, shown, names
        self.tags.clear()
        for item in self._items.values():
            item.restyle(item.annotation, self._colour(item.annotation), opacity)
        self.layer.renew()
        self._show_items()

    def set_hidden(self, ids: frozenset[int]) -> None:
        """Objects that are not drawn."""
        self._hidden = ids
        self._show_items()

    def _show_items(self) -> None:
        for i, item in self._items.items():
            visible = self._shown and i not in self._hidden
            if visible != item.visible:
                item.visible = visible
                self.layer.touch(item.place)
        self._sync_tags()

    # --- pending -----------------------------------------------------------------------------------------------

    def set_pending(self, pending: Pending, colour: str) -> None:
        """colour: "#RRGGBB" of the mask in the making."""
        mask = pending.mask
        if mask is not self._pending_mask:
            self._pending_mask, self._left_art = mask, self._pending_art
            self._pending_art = Art(mask) if mask is not None else None
        self.pending.show_mask(self._pending_art, QColor(colour))
        self.pending.show_prompt(pending.prompt)
