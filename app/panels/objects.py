"""The objects of the page, front to back as they were made."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import colouring, rows
from app.look import Look
from app.panels.history import HistoryPanel
from app.panels.row_model import RowModel
from app.session import Session
from app.settings import Settings
from app.veil import Veil
from sscore import edits
from sscore.types import UNKNOWN, Annotation, Page

Index = QModelIndex | QPersistentModelIndex
_ROW = 32


class ObjectsModel(RowModel):
    """One row for each annotation; UserRole gives the annotation itself."""

    def __init__(self, session: Session, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._look = session, look
        self._listed: tuple[Annotation, ...] = ()
        self._rows: dict[int, int] = {}

    def show_page(self, page: Page | None) -> None:
        """Only what has changed is told: rows that come or go, and those that look different now."""
        before, now = self._listed, page.annotations if page else ()
        if before is now:
            return
        same, most = edits.untouched(before, now), min(len(before), len(now))
        head = next((n for n in range(same, most) if before[n].id != now[n].id), most)
        tail = next((n for n in range(most - head) if before[-1 - n].id != now[-1 - n].id), most - head)
        gone, come = len(before) - head - tail, len(now) - head - tail
        if gone:
            self.removeRows(head, gone)  # asked meanwhile, `data` still knows them
        self._listed = now
        for annotation in before[same:]:
            del self._rows[annotation.id]
        self._rows.update((now[row].id, row) for row in range(same, len(now)))
        if come:
            self.insertRows(head, come)
        for row in (*range(same, head), *range(len(now) - tail, len(now))):
            if now[row] is not before[row if row < head else row - len(now) + len(before)]:
                self.touched.emit(self.index(row))

    def row_of(self, annotation_id: int) -> int:
        """-1 for one that is not listed."""
        return self._rows.get(annotation_id, -1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        annotation = self._listed[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return annotation
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{rows.name_of(self._session.labels, annotation.label, self._look.lang)} #{annotation.id}"
        return None


class ObjectDelegate(QStyledItemDelegate):
    def __init__(
        self, model: ObjectsModel, session: Session, veil: Veil, settings: Settings, look: Look, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._session, self._veil, self._settings, self._look = session, veil, settings, look
        self._pictures = rows.Pictures()
        look.changed.connect(self._pictures.clear)
        session.project_opened.connect(self._pictures.clear)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """An edit of one object may move all the others up or down."""
        annotation: Annotation = self._model.data(index, Qt.ItemDataRole.UserRole)  # type: ignore[assignment]
        states = rows.states(option)
        hidden, colour_by = annotation.id in self._veil.hidden, self._settings.get("colour_by")

        def draw(paints: QPainter, area: QRect) -> None:
            self._draw(paints, area, option, annotation, states, hidden=hidden)

        key = (annotation, states, hidden, colour_by, self._settings.get("unknown_below"))
        self._pictures.draw(painter, option.rect, self._look.colours.surface, key, draw)

    def _draw(
        self,
        painter: QPainter,
        area: QRect,
        option: QStyleOptionViewItem,
        annotation: Annotation,
        states: tuple[bool, bool, bool],
        *,
        hidden: bool,
    ) -> None:
        colours, labels = self._look.colours, self._session.labels
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected, hovered, focused = states
        back = area.adjusted(6, 1, -6, -1)
        rows.draw_ground(painter, back, colours, selected=selected, hovered=hovered, focused=focused)
        middle = area.center().y() + 0.5
        colour = colouring.colour_of(annotation, labels, self._settings.get("colour_by"))
        rows.draw_swatch(painter, colour, area.x() + 16, middle)
        painter.setFont(option.font)
        painter.setPen(QColor(colours.faint if hidden else colours.text))
        name = rows.name_of(labels, annotation.label, self._look.lang)
        painter.drawText(QRectF(area.x() + 38, area.y(), area.width() - 150, area.height()), _LEFT, name)
        right = area.right() - 118
        for icon in self._flags(annotation, hidden):
            painter.drawPixmap(QPointF(right - 14, middle - 7), self._look.pixmap(icon, "muted", 14))
            right -= 18
        painter.setFont(rows.font_like(option.font, side=12)[0])
        painter.setPen(QColor(colours.faint))
        painter.drawText(QRectF(area.right() - 120, area.y(), 40, area.height()), _RIGHT, f"#{annotation.id}")
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRectF(area.right() - 74, area.y(), 60, area.height()), _RIGHT, self._certainty(annotation))

    def _flags(self, annotation: Annotation, hidden: bool) -> list[str]:
        """The icons of what is true of it."""
        extra = annotation.extra
        found = ["occluded"] if extra.get(edits.OCCLUDED) else []
        found += ["lock"] if extra.get(edits.LOCKED) else []
        return [*found, "eye-off"] if hidden else found

    def _certainty(self, annotation: Annotation) -> str:
        """The classifier's probability, or that it was not sure enough, or that a human decided otherwise."""
        scores = annotation.scores
        if scores is None:
            return ""
        if annotation.label == UNKNOWN and float(scores.values[0]) < self._settings.get("unknown_below"):
            return self.tr("unsure")
        return rows.percent(float(scores.values[0])) if scores.best == annotation.label else self.tr("by hand")


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ObjectsPanel(QFrame):
    """List and canvas show one selection: the session's. The history of the photo takes the list's place on demand.
    `menu_wanted`: what can be done with the selection, at this point of the screen."""

    menu_wanted = Signal(QPoint)

    def __init__(
        self, session: Session, veil: Veil, settings: Settings, look: Look, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._veil, self._settings, self._look = session, veil, settings, look
        self._mirroring = False
        self.switch = QToolButton()
        self.switch.setCheckable(True)
        self.switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.switch.setIconSize(QSize(16, 16))
        self.switch.clicked.connect(lambda on: settings.set("show_history", on))
        self.history = HistoryPanel(session, look)
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setContentsMargins(12, 10, 12, 4)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._count)
        head.addWidget(self.switch)
        self.model = ObjectsModel(session, look, self)
        self.list = QListView()
        self.model.paint_in(self.list)
        self.list.setItemDelegate(ObjectDelegate(self.model, session, veil, settings, look, self.list))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.list.viewport().mapToGlobal(at))
        )
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setMinimumHeight(5 * _ROW // 2)
        self.list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.selectionModel().selectionChanged.connect(self._on_list_selection)
        self._empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._empty.setProperty("role", "muted")
        self._empty.setContentsMargins(24, 18, 24, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.history, 1)
        veil.changed.connect(self.list.viewport().update)
        settings.changed.connect(self._on_setting)
        session.page_changed.connect(self._on_page)
        session.selection_changed.connect(self._on_selection)
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self.switch.setIcon(self._look.icon("history"))
        self.switch.setToolTip(self.tr("Steps done on this photo: click one to go back to it"))
        self.switch.setAccessibleName(self.tr("History of this photo"))
        self.list.setAccessibleName(self.tr("Objects on this photo"))
        self._on_page(self._session.page)
        self.list.viewport().update()

    def _on_setting(self, key: str) -> None:
        if key == "show_history":
            self._on_page(self._session.page)
        elif key in ("colour_by", "unknown_below"):
            self.list.viewport().update()

    def _on_page(self, page: Page | None) -> None:
        steps = self._settings.get("show_history")
        self.switch.setChecked(steps)
        self._title.setText(self.tr("History") if steps else self.tr("Objects"))
        self.history.setVisible(steps)
        self.list.setVisible(not steps)
        self._mirroring = True
        self.model.show_page(page)
        self._mirroring = False
        count = len(page.annotations) if page else 0
        self._count.setText(str(count) if count and not steps else "")
        self._empty.setText(self.tr("Objects you accept are listed here.") if page else "")
        self._empty.setVisible(not count and not steps)
        self._on_selection(self._session.selection)

    def _on_selection(self, ids: tuple[int, ...]) -> None:
        chosen = QItemSelection()
        for row in (self.model.row_of(i) for i in ids):
            if row >= 0:
                chosen.select(self.model.index(row), self.model.index(row))
        self._mirroring = True
        self.list.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if ids and (row := self.model.row_of(ids[-1])) >= 0:
            index = self.model.index(row)
            self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.list.scrollTo(index)
        self._mirroring = False

    def _on_list_selection(self, *_: object) -> None:
        if not self._mirroring:
            chosen = sorted(self.list.selectionModel().selectedIndexes(), key=lambda index: index.row())
            self._session.select(index.data(Qt.ItemDataRole.UserRole).id for index in chosen)
