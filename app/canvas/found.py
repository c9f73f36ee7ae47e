"""Proposals of everything mode on the canvas: dim dashed pieces, and the bar that decides on all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QGraphicsItem,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QStyleOptionGraphicsItem,
    QWidget,
)

from app.canvas import paint
from app.canvas.foot_bar import FootBar
from app.canvas.items import CRISP_FROM, LIGHT, SHADE, density_of, set_pen
from app.canvas.layer import TRACED_FROM
from app.canvas.outlines import in_sight
from app.canvas.stage import Stage
from app.canvas.tags import TagItem
from app.canvas.tools import DRAWING, ToolKey, hit
from app.finder import Finder
from app.finds import Find
from app.look import Look
from app.session import Session
from app.settings import Settings
from sscore.types import Box

_DIM, _BRIGHT = 0.10, 0.34
_DRAWN = 3
_AT_ONCE = 8  # drawings that are made while painting
_DEPTH = 800_000  # above all objects, below their name tags and the mask in hand


class FindItem(QGraphicsItem):
    """One proposal: a dashed outline with a breath of its class's colour."""

    def __init__(self, find: Find, colour: QColor) -> None:
        super().__init__()
        self.find = find
        self._colour = colour
        self._marked = False
        self._drawn: dict[tuple[int, bool], QImage] = {}  # by level and whether its border is broken
        self.setZValue(_DEPTH)
        # Pushing the photo about paints the picture that Qt has kept.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def restyle(self, find: Find, colour: QColor, *, marked: bool) -> None:
        """marked: under the mouse or in hand."""
        if (marked, colour) != (self._marked, self._colour):
            self._marked, self._colour = marked, colour
            self._drawn.clear()
            self.setZValue(_DEPTH + marked)
            self.update()
        self.find = find

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return self.find.art.place.adjusted(-12, -12, 12, 12)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Close by, and of the one in hand, the exact outline; far away the border is part of the picture, as dashes
        take milliseconds each."""
        art, density = self.find.art, density_of(painter)
        line = art.outline().path(painter, in_sight(self)) if self._marked or density > TRACED_FROM else None
        exact = line is not None
        level = paint.halvings(density) + (not exact)  # the coarser one has the thicker border
        key = (min(level, len(art.stencils) - 1), not exact)
        if key not in self._drawn:
            if len(self._drawn) >= _DRAWN:
                self._drawn.clear()
            self._drawn[key] = self._tinted(*key)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, density < CRISP_FROM)
        painter.drawImage(art.place, self._drawn[key])
        if line is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        set_pen(painter, SHADE, 3.4 if self._marked else 2.4)
        painter.drawPath(line)
        set_pen(painter, LIGHT if self._marked else self._colour.lighter(125), 1.8 if self._marked else 1.2, _DASHES)
        painter.drawPath(line)

    def _tinted(self, level: int, broken: bool) -> QImage:
        stencil, opacity = self.find.art.stencils[level], _BRIGHT if self._marked else _DIM
        if broken:
            return paint.tinted(paint.dashed(stencil), self._colour, opacity, self._colour.lighter(125), SHADE)
        border = QColor(self._colour)
        border.setAlphaF(opacity)
        return paint.tinted(stencil, self._colour, opacity, border)


_DASHES = Qt.PenStyle.DashLine


class AskedItem(QGraphicsItem):
    """The boxes that the model has not answered yet."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(_DEPTH)
        self._frames: list[QRectF] = []
        self._bounds = QRectF()

    def show_boxes(self, boxes: list[Box]) -> None:
        frames = [QRectF(box.x0, box.y0, box.width, box.height) for box in boxes]
        if frames != self._frames:
            self.prepareGeometryChange()
            self._frames, self._bounds = frames, QRectF()
            for frame in frames:
                self._bounds = self._bounds.united(frame)
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return self._bounds.adjusted(-12, -12, 12, 12) if self._frames else QRectF()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width, style in ((SHADE, 3.0, Qt.PenStyle.SolidLine), (LIGHT, 1.4, _DASHES)):
            set_pen(painter, colour, width, style)
            painter.drawRects(self._frames)


class FindsLayer(QObject):
    """Keeps one item for each shown find on `scene`, and says which one the mouse means. `colour_of` gives a label's
    colour "#RRGGBB", `name_of` its name."""

    def __init__(
        self,
        finder: Finder,
        session: Session,
        settings: Settings,
        scene: Stage,
        colour_of: Callable[[str], str],
        name_of: Callable[[str], str],
    ) -> None:
        super().__init__(scene)
        self._finder, self._session, self._settings, self._scene = finder, session, settings, scene
        self._colour_of, self._name_of = colour_of, name_of
        self._tag: TagItem | None = None
        self._items: dict[int, FindItem] = {}  # by id() of the mask, which the item keeps alive
        self._asked = AskedItem()
        scene.addItem(self._asked)
        finder.changed.connect(self.sync)
        self._settings.changed.connect(self._on_setting)

    def _on_setting(self, key: str) -> None:
        if key == "unknown_below":
            self.sync()

    def sync(self) -> None:
        self._asked.show_boxes(self._finder.asked_here)
        shown = {id(find.mask): find for find in self._finder.shown}
        resting = [find.art for find in shown.values() if find.art.resting]
        if len(resting) > _AT_ONCE:  # of a photo that was left: they come when their drawings are made
            self._scene.wake(resting, self.sync)
            shown = {key: find for key, find in shown.items() if not find.art.resting}
        for gone in self._items.keys() - shown.keys():
            self._scene.removeItem(self._items.pop(gone))
        target, unsure = self._finder.target, self._settings.get("unknown_below")
        for key, find in shown.items():
            colour = QColor(self._colour_of(find.best_label(unsure)))
            item = self._items.get(key)
            if item is None:
                item = self._items[key] = FindItem(find, colour)
                self._scene.addItem(item)
            item.restyle(find, colour, marked=target is not None and target.mask is find.mask)
        self._name(target)

    def _name(self, target: Find | None) -> None:
        """A tag on the one in hand: what it would be called, and its score."""
        if self._tag is not None:
            self._scene.removeItem(self._tag)
            self._tag = None
        if target is not None:
            label = target.best_label(self._settings.get("unknown_below"))
            text = f"{self._name_of(label)}  {target.score:.2f}"
            self._tag = TagItem(target.mask, text, self._colour_of(label), self._scene.font())
            self._scene.addItem(self._tag)

    def at(self, x: float, y: float) -> Find | None:
        """The proposal at this image point, unless a smaller object lies there too."""
        page, finds = self._session.page, self._finder.finds
        find = finds.at(x, y) if finds is not None else None
        if find is None or page is None:
            return None
        over = page.find(hit(page, x, y) or 0) if self._settings.get("show_masks") else None
        return None if over is not None and over.mask.area < find.mask.area else find

    def ask(self, box: Box) -> None:
        """A box drawn beside others: its answer becomes a proposal too."""
        self._finder.ask(box)

    def hover(self, find: Find | None) -> None:
        self._finder.hover(find)

    def accept(self, find: Find | None) -> bool:
        """With the mouse; False when there is none."""
        if find is not None:
            self._finder.hover(find)
            self._finder.accept(find)
        return find is not None

    def reject(self, find: Find | None) -> bool:
        if find is not None:
            self._finder.reject([find])
        return find is not None


class FindsBar(FootBar):
    """At the foot of the canvas: how far the search is; then how many proposals there are, from which score on they
    are shown, and yes or no to all."""

    def __init__(self, finder: Finder, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._finder, self._look = finder, look
        self._share, self._tool = 0.0, ""
        self.count, self.keys = QLabel(), QLabel()
        self.keys.setProperty("role", "muted")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.bar.setRange(0, 100)
        self.bar.setFixedWidth(180)
        self.score = QLabel()
        self.score.setProperty("role", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(50, 99)
        self.slider.setFixedWidth(120)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.valueChanged.connect(lambda value: finder.set_threshold(value / 100))
        self.stop, self.accept, self.discard = QPushButton(), QPushButton(), QPushButton()
        self.accept.setProperty("primary", "true")
        self.stop.clicked.connect(lambda: finder.stop())
        self.accept.clicked.connect(lambda: finder.accept_shown())
        self.discard.clicked.connect(lambda: finder.discard())
        for button in (self.stop, self.accept, self.discard):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        says, does = (self.count, self.bar, self.score, self.slider), (self.accept, self.discard, self.stop)
        self.arrange(says, does, foot=self.keys, wrapping=(self.keys,))
        finder.changed.connect(self.refresh)
        finder.progressed.connect(self._on_progress)
        look.changed.connect(self.refresh)
        self.refresh()

    def set_tool(self, key: ToolKey) -> None:
        """What the mouse does to proposals depends on the tool in hand."""
        self._tool = key
        self.keys.setText(self._look.told(self._advice()))

    def _advice(self) -> str:
        if self._tool == "lasso":
            return self.tr(
                "Draw around some: accept   ·   with Ctrl: reject   ·   "
                "{next_mask}, then {accept} or {delete}: one by one"
            )
        if self._tool in DRAWING:
            return self.tr(
                "{next_mask}: the next one   ·   {accept}: accept   ·   {delete}: reject   ·   "
                "with the mouse: {select} or {box} first"
            )
        return self.tr(
            "Click or {accept}: accept   ·   right click or {delete}: reject   ·   {next_mask}: the next one"
        )

    def _on_progress(self, share: float) -> None:
        self._share = share
        self.bar.setValue(round(100 * share))

    def refresh(self) -> None:
        finds, running = self._finder.finds, self._finder.running
        waiting = not running and finds is not None and bool(finds.open)
        asked = self._finder.asked
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        for widget in (self.score, self.slider, self.accept, self.discard, self.keys):
            widget.setVisible(waiting)
        if running:
            self.count.setText(self.tr("Looking for all pieces…"))
        elif waiting and finds is not None:
            shown, there = len(finds.shown), len(finds.open)
            words = self.tr("{n} proposals") if shown == there else self.tr("{n} of {all} proposals")
            self.count.setText(words.format(n=shown, all=there))
            self.score.setText(self.tr("score from {value}").format(value=f"{finds.threshold:.2f}"))
            self.slider.blockSignals(True)
            self.slider.setValue(round(100 * finds.threshold))
            self.slider.blockSignals(False)
            self.accept.setEnabled(shown > 0)
        elif asked:
            self.count.setText(self.tr("Working on {n} boxes…").format(n=asked))
        self.count.setStyleSheet("font-weight: 600;")
        self.stop.setText(self._look.told(self.tr("Stop ({cancel})")))
        self.accept.setText(self.tr("Accept all shown"))
        self.discard.setText(self.tr("Discard all"))
        self.slider.setAccessibleName(self.tr("Smallest score shown"))
        self.slider.setToolTip(self.tr("How good the model thinks its mask is (predicted IoU)"))
        self.accept.setToolTip(self._look.key("accept_all"))
        self.discard.setToolTip(self._look.key("discard_all"))
        self.keys.setText(self._look.told(self._advice()))
        self.setVisible(running or waiting or bool(asked))
