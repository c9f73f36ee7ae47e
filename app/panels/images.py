"""The photos of the folder with their state: to do, begun, done; all of them, or those a query picks."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app import rows
from app.ahead import Ahead
from app.index import Index as FactIndex
from app.look import Look
from app.panels.empty import EmptyHint
from app.panels.query_line import QueryLine
from app.panels.row_model import RowModel
from app.photos import Photos
from app.session import Session
from app.states import ImageState

Index = QModelIndex | QPersistentModelIndex
_ROW, _THUMB_W, _THUMB_H = 58, 60, 44
_LEAST_FOLDER = 24  # px: less says nothing
EXAMPLES = (
    "is:todo,begun",
    "is:rejected",
    "class:unknown",
    "margin<0.2",
    "status:proposed",
    "status:accepted",
    "count>20",
)
_PAUSE_MS = 250
_THUMBS = 64  # kept as they are on screen
_READINESS = Qt.ItemDataRole.UserRole + 1
_UNREADABLE = Qt.ItemDataRole.UserRole + 2


class ImagesModel(RowModel):
    """One row for each photo. Thumbnails are asked for when a row is painted, so only what is seen is read."""

    def __init__(self, session: Session, photos: Photos, ahead: Ahead, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._photos, self._ahead = session, photos, ahead
        self._rels: list[str] = []
        self._row_of: dict[str, int] = {}
        session.state_changed.connect(self.touch)
        photos.thumb_ready.connect(self.touch)
        ahead.changed.connect(self.touch)

    def show_photos(self, rels: list[str]) -> None:
        self._rels = rels
        self._row_of = {rel: row for row, rel in enumerate(rels)}
        self.reset_rows(len(rels))

    def shows(self, rels: list[str]) -> bool:
        return rels == self._rels

    def row_of(self, rel: str) -> int:
        return self._row_of.get(rel, -1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        rel = self._rels[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return rel
        if role == Qt.ItemDataRole.ToolTipRole:
            bad = rel in self._session.unreadable
            more = self.tr("The photo cannot be read") if bad else self._say_readiness(rel)
            return "\n".join(line for line in (rel, more) if line)
        if role == _UNREADABLE:
            return rel in self._session.unreadable
        if role == _READINESS:
            return self._ahead.readiness(rel)
        if role == Qt.ItemDataRole.UserRole:
            return self._session.state(rel)
        if role == Qt.ItemDataRole.DecorationRole and self._session.project is not None:
            return self._photos.thumbnail(rel, partial(self._session.project.image_path, rel))
        return None

    def _say_readiness(self, rel: str) -> str:
        words = {
            "todo": self.tr("Not embedded yet: the first click will wait for it"),
            "working": self.tr("Being embedded…"),
            "ready": self.tr("Embedded: the first click is answered at once"),
        }
        return words.get(self._ahead.readiness(rel), "")

    def touch(self, rel: str) -> None:
        """Paint the row of this photo anew."""
        row = self.row_of(rel)
        if row >= 0:
            self.touched.emit(self.index(row))


class ImageDelegate(QStyledItemDelegate):
    def __init__(self, model: ImagesModel, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._look = model, look
        self._thumbs: dict[tuple[int, float], QPixmap] = {}
        look.changed.connect(self._thumbs.clear)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(180, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, ask = self._look.colours, partial(self._model.data, index)  # by way of Qt it takes longer
        rel: Any = ask()
        state: Any = ask(Qt.ItemDataRole.UserRole)
        thumb: Any = ask(Qt.ItemDataRole.DecorationRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area: QRect = option.rect
        selected, hovered, focused = rows.states(option)
        back = area.adjusted(6, 2, -6, -2)
        rows.draw_ground(painter, back, colours, selected=selected, hovered=hovered, focused=focused)
        corner = QPoint(area.x() + 12, area.y() + (_ROW - _THUMB_H) // 2)
        painter.drawPixmap(corner, self._thumb(thumb, painter.device().devicePixelRatio()))
        left, right = corner.x() + _THUMB_W + 11, area.right() - 30
        font, metrics = rows.font_like(option.font, strong=selected)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        name = metrics.elidedText(PurePosixPath(rel).name, Qt.TextElideMode.ElideMiddle, right - left)
        painter.drawText(QRectF(left, area.y() + 9, right - left, 20), Qt.AlignmentFlag.AlignVCenter, name)
        font, metrics = rows.font_like(option.font, side=12)
        painter.setFont(font)
        unreadable = bool(ask(_UNREADABLE))
        strong = unreadable or state.damaged or state.sent_back
        painter.setPen(QColor(colours.danger if strong else colours.faint))
        said = self.tr("photo cannot be read") if unreadable else self._say(state)
        painter.drawText(QRectF(left, area.y() + 29, right - left, 18), Qt.AlignmentFlag.AlignVCenter, said)
        dot = QPointF(left + metrics.horizontalAdvance(said) + 11, area.y() + 38.5)
        self._draw_folder(painter, QRectF(dot.x() + 10, area.y() + 29, right - dot.x() - 16, 18), metrics, rel)
        if not unreadable:
            self._draw_readiness(painter, dot, str(ask(_READINESS)))
        end = QPointF(area.right() - 20, area.center().y() + 0.5)
        self._draw_state(painter, end, state, damaged=unreadable or state.damaged)
        painter.restore()

    def _draw_folder(self, painter: QPainter, room: QRectF, metrics: QFontMetrics, rel: str) -> None:
        """Of a photo in a folder below: names repeat from folder to folder."""
        folder = PurePosixPath(rel).parent.as_posix()
        if folder != "." and room.width() >= _LEAST_FOLDER:
            painter.setPen(QColor(self._look.colours.faint))
            text = metrics.elidedText(folder, Qt.TextElideMode.ElideLeft, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    def _say(self, state: ImageState) -> str:
        if state.damaged:
            return self.tr("page cannot be read")
        if state.sent_back:
            return self.tr("sent back by the reviewer")
        if not state.count:
            return self.tr("nothing here") if state.progress == "done" else self.tr("to do")
        return self.tr("1 object") if state.count == 1 else self.tr("{n} objects").format(n=state.count)

    def _thumb(self, thumb: QImage | None, ratio: float) -> QPixmap:
        """As it is on screen, with round corners: kept, since a row is painted at every edit of its photo."""
        key = (thumb.cacheKey() if thumb is not None else 0, ratio)
        if key not in self._thumbs:
            if len(self._thumbs) >= _THUMBS:
                self._thumbs.clear()
            self._thumbs[key] = self._draw_thumb(thumb, ratio)
        return self._thumbs[key]

    def _draw_thumb(self, thumb: QImage | None, ratio: float) -> QPixmap:
        frame = QRectF(0, 0, _THUMB_W, _THUMB_H)
        picture = QPixmap(frame.size().toSize() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        shape = QPainterPath()
        shape.addRoundedRect(frame, 5, 5)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillPath(shape, QColor(self._look.colours.hover))
        if thumb is not None and not thumb.isNull():
            scale = max(frame.width() / thumb.width(), frame.height() / thumb.height())
            width, height = frame.width() / scale, frame.height() / scale
            source = QRectF((thumb.width() - width) / 2, (thumb.height() - height) / 2, width, height)
            painter.setClipPath(shape)
            painter.drawImage(frame, thumb, source)
        painter.end()
        return picture

    def _draw_state(self, painter: QPainter, at: QPointF, state: ImageState, *, damaged: bool) -> None:
        """An empty ring: to do; half filled: begun; a tick: done. Shape and colour say the same."""
        colours = self._look.colours
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if damaged:
            painter.setPen(QPen(QColor(colours.danger), 2))
            painter.drawLine(QPointF(at.x(), at.y() - 6), QPointF(at.x(), at.y() + 1.5))
            painter.drawPoint(QPointF(at.x(), at.y() + 5.5))
        elif state.progress == "done":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.ok))
            painter.drawEllipse(at, 7.5, 7.5)
            pen = QPen(QColor(colours.surface), 1.8)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline([at + QPointF(-3.3, 0.2), at + QPointF(-0.9, 2.6), at + QPointF(3.4, -2.3)])
        else:
            colour = QColor(colours.warn if state.progress == "started" else colours.faint)
            painter.setPen(QPen(colour, 1.6))
            painter.drawEllipse(at, 6.5, 6.5)
            if state.progress == "started":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawPie(QRectF(at.x() - 4, at.y() - 4, 8, 8), 90 * 16, -180 * 16)

    def _draw_readiness(self, painter: QPainter, at: QPointF, readiness: str) -> None:
        """Of the embedding. A small ring: not yet; with a point, in colour: being made; a dot: there."""
        colours = self._look.colours
        if readiness == "ready":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.faint))
            painter.drawEllipse(at, 2.75, 2.75)
        elif readiness:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent if readiness == "working" else colours.faint), 1.2))
            painter.drawEllipse(at, 2.6, 2.6)
            if readiness == "working":
                painter.drawPoint(at)


class ImagesPanel(QFrame):
    """Folder name, progress, list."""

    def __init__(
        self,
        session: Session,
        photos: Photos,
        ahead: Ahead,
        index: FactIndex,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("left")
        self._session, self._index, self._look = session, index, look
        self._title = rows.ElidedLabel()
        self._title.setProperty("role", "title")
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._bar = QProgressBar(textVisible=False)
        head = QHBoxLayout()
        head.setContentsMargins(14, 12, 14, 6)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        self.model = ImagesModel(session, photos, ahead, self)
        self.list = QListView()
        self.model.paint_in(self.list)
        self.list.setItemDelegate(ImageDelegate(self.model, look, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self._empty = EmptyHint(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        bar_row = QHBoxLayout()
        bar_row.setContentsMargins(14, 0, 14, 8)
        bar_row.addWidget(self._bar)
        column.addLayout(bar_row)
        self.filter = QueryLine(session, look, EXAMPLES)
        filter_row = QHBoxLayout()
        filter_row.setContentsMargins(14, 0, 14, 8)
        filter_row.addWidget(self.filter)
        column.addLayout(filter_row)
        column.addWidget(self.list, 1)
        self._edited = ""
        self._owed = False  # a pick that waits for the facts
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(lambda: self._pick(keep=self._edited))
        session.project_opened.connect(self._on_project)
        session.images_changed.connect(self._on_project)
        self.filter.changed.connect(lambda _query: self._pick())
        index.changed.connect(self._on_facts)
        session.image_changed.connect(self._on_image)
        session.state_changed.connect(self._on_state)
        ahead.changed.connect(lambda rel: None if rel else self.list.viewport().update())
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self.list.setAccessibleName(self.tr("Photos"))
        self._bar.setAccessibleName(self.tr("Photos done"))
        project = self._session.project
        self._title.setText(project.folder.name if project else self.tr("Photos"))
        self._title.setToolTip(str(project.folder) if project else "")
        self._show_counts()
        self.list.viewport().update()

    def _show_counts(self) -> None:
        total = len(self._session.images)
        done = self._session.done_count
        said = self.tr("{done} of {total} done").format(done=done, total=total) if total else ""
        if not self.filter.query.empty:
            said = self.tr("{n} of {total}").format(n=self.model.rowCount(), total=total)
        self._count.setText(said)
        none = bool(total) and not self.model.rowCount()
        hint = self.tr("No photo matches. Empty the line above to see all {n}.").format(n=total)
        self._empty.say(hint if none else "")
        self._bar.setVisible(bool(total))
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)

    def _on_state(self, _rel: str) -> None:
        """Most changes are of how many objects a photo has."""
        if self._session.done_count != self._bar.value():
            self._show_counts()

    def _on_project(self) -> None:
        self._pick()
        self.refresh()

    def _on_facts(self, rel: str) -> None:
        if self._owed:
            self._pick()
        elif not self.filter.query.empty:
            self._edited = rel or self._edited
            self._later.start()

    def _pick(self, keep: str = "") -> None:
        """Show what the query picks. keep: a photo that stays if it is listed, since it is being worked on."""
        session, asked = self._session, self.filter.query
        if not asked.empty:
            self._index.want()
        self._owed = not asked.empty and not self._index.begun
        if self._owed:
            return
        if asked.empty:
            rels = list(session.images)
        else:
            keep = keep if self.model.row_of(keep) >= 0 else ""
            rels = [p.image for p in self._index.photos() if p.image == keep or asked.picks_photo(p)]
        if self.model.shows(rels):
            return
        session.listed = rels
        self.list.selectionModel().blockSignals(True)
        self.model.show_photos(rels)
        self.list.selectionModel().blockSignals(False)
        self._show_counts()
        if session.image:
            self._on_image(session.image)

    def _on_image(self, rel: str) -> None:
        index = self.model.index(self.model.row_of(rel)) if rel else QModelIndex()
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and current.data() != self._session.image:
            self._session.go(current.data())
