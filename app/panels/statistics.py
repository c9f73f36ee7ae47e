"""The project in figures: classes, progress, people, places, confusions; all of it as CSV too."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import rows
from app.index import Index
from app.jobs import Lane
from app.look import Look
from app.notices import facts, of_error
from app.on_screen import open_at
from app.panels.charts import Bar, Bars, HeatMap, Line, Matrix
from app.session import Session
from sscore import statistics
from sscore.errors import SscError
from sscore.statistics import Figures
from sscore.types import UNKNOWN

_PAUSE_MS = 400
_STATUSES = ("reviewed", "accepted", "proposed")


class StatisticsPanel(QWidget):
    """A window of its own. `gallery_wanted` carries a query: the crops behind a figure."""

    gallery_wanted = Signal(str)

    def __init__(self, session: Session, index: Index, lane: Lane, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("statistics")
        self._session, self._index, self._lane, self._look = session, index, lane, look
        self.figures: Figures | None = None
        open_at(self, 980, 640)
        self.head = QLabel()
        self.head.setProperty("role", "heading")
        self.save = QPushButton()
        self.save.clicked.connect(self._choose)
        self.said = QLabel(wordWrap=True)
        self.said.setProperty("role", "muted")
        self.said.hide()
        self.classes, self.days, self.places = Bars(look), Line(look), HeatMap(look)
        self.people, self.matrix = QGridLayout(), Matrix(look)
        self._titles = [QLabel() for _ in range(5)]
        self._notes = [QLabel(wordWrap=True) for _ in range(5)]
        people = QWidget()
        people.setLayout(self.people)
        self.people.setContentsMargins(0, 0, 0, 0)
        self.people.setHorizontalSpacing(18)
        self.people.setVerticalSpacing(6)
        cards = [
            self._card(at, widget)
            for at, widget in enumerate((self.classes, self.days, people, self.places, self.matrix))
        ]
        grid = QGridLayout()
        grid.setSpacing(12)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.addWidget(cards[0], 0, 0)
        grid.addWidget(cards[4], 0, 1)
        grid.addWidget(cards[1], 1, 0)
        grid.addWidget(cards[3], 1, 1)
        grid.addWidget(cards[2], 2, 0, 1, 2)
        grid.setRowStretch(3, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        inner = QWidget()
        inner.setObjectName("plain")
        inner.setLayout(grid)
        scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        scroll.setObjectName("plain")
        scroll.setWidget(inner)
        top = QHBoxLayout()
        top.addWidget(self.head, 1)
        top.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 12, 14)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.said)
        column.addWidget(scroll, 1)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._count)
        index.changed.connect(lambda _rel: self._later.start())
        self.matrix.picked.connect(self._on_cell)
        look.changed.connect(self.refresh)
        index.want()
        self.refresh()
        self._count()

    def _card(self, at: int, widget: QWidget) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        self._titles[at].setProperty("role", "title")
        self._notes[at].setProperty("role", "muted")
        column.addWidget(self._titles[at])
        column.addWidget(self._notes[at])
        column.addWidget(widget)
        column.addStretch()
        return card

    def refresh(self) -> None:
        self.setWindowTitle(self.tr("Figures"))
        self.save.setText(self.tr("Save as CSV…"))
        titles = (
            self.tr("Classes"),
            self.tr("Objects over time"),
            self.tr("People"),
            self.tr("Where pieces lie on the photo"),
            self.tr("Where the model was wrong"),
        )
        for label, title in zip(self._titles, titles, strict=True):
            label.setText(title)
        for chart, title in zip((self.classes, self.days, self.places, self.matrix), (0, 1, 3, 4), strict=True):
            chart.setAccessibleName(titles[title])
        self._show()

    # --- counting ----------------------------------------------------------------------------------------------

    def _count(self) -> None:
        if not self.isVisible() and self.figures is not None:
            return  # shown anew when it is opened
        photos, labels = list(self._index.photos()), self._session.labels
        self._lane.submit("figures", lambda: statistics.figures(photos, labels), self._on_figures, priority=2)

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, N802 (Qt's name)
        super().showEvent(event)
        self._later.start()

    def _on_figures(self, figures: Figures) -> None:
        self.figures = figures
        self._show()

    def _show(self) -> None:
        found = self.figures
        if found is None:
            return
        count, begun = found.instances, found.holding
        tables = self.tr("Four tables: classes, people, days, and every object with all that is known of it")
        self.save.setEnabled(bool(count))
        self.save.setToolTip(tables if count else self.tr("There are no objects to write of yet"))
        objects = self.tr("1 object") if count == 1 else self.tr("{n} objects").format(n=count)
        photos = self.tr("1 photo") if begun == 1 else self.tr("{n} photos").format(n=begun)
        said = self.tr("{objects} on {photos}, {done} of {total} done")
        if not count:
            said = self.tr("No objects yet, {done} of {total} photos done")
        self.head.setText(said.format(objects=objects, photos=photos, done=found.done, total=found.photos))
        self.said.hide()
        colours, labels, lang = self._look.colours, self._session.labels, self._look.lang
        tones = {"reviewed": colours.ok, "accepted": colours.accent, "proposed": colours.faint}
        bars = []
        for row in found.classes:
            if row.count or row.label in labels:
                parts = tuple((float(getattr(row, status)), tones[status]) for status in _STATUSES)
                size = self.tr("median area {px} px").format(px=f"{row.area_median:,.0f}") if row.count else ""
                bars.append(Bar(rows.name_of(labels, row.label, lang), parts, str(row.count), size))
        self.classes.show_bars(bars)
        words = {"reviewed": self.tr("reviewed"), "accepted": self.tr("accepted"), "proposed": self.tr("proposed")}
        legend = "   ".join(f'<span style="color:{tones[s]}">■</span> {words[s]}' for s in _STATUSES)
        self._notes[0].setText(legend)
        self.days.show_points([(row.day, row.total) for row in found.days])
        self.days.setVisible(bool(found.days))
        self._notes[1].setVisible(not found.days)
        self._notes[1].setText(self.tr("Nothing has a date yet."))
        most = int(found.positions.max(initial=0))
        self.places.setVisible(most > 0)
        self._notes[3].setText(
            self.tr("The stronger the colour, the more objects; at most {n} in one field.").format(n=most)
            if most
            else self.tr("Fills with the objects that are accepted or proposed.")
        )
        self.places.show_table(found.positions)
        names = [rows.name_of(labels, label, lang) for label in found.labels]
        tip = self.tr("Click a cell to see its pictures")
        short = ["?" if label == UNKNOWN else label for label in found.labels]
        self.matrix.show_table(found.confusion, names, short, tip)
        wrong = int(found.confusion.sum() - found.confusion.trace())
        total = int(found.confusion.sum())
        self.matrix.setVisible(total > 0)
        self._notes[4].setText(
            self.tr("Rows: people, columns: the model. Named wrongly: {wrong} of {total}. {tip}.").format(
                wrong=wrong, total=total, tip=tip
            )
            if total
            else self.tr("Nothing was both classified by a model and accepted by a person yet.")
        )
        self._show_people(found)

    def _show_people(self, found: Figures) -> None:
        while self.people.count():
            item = self.people.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.deleteLater()
        self._notes[2].setVisible(not found.authors)
        self._notes[2].setText(self.tr("Nobody has accepted an object yet."))
        if not found.authors:
            return
        heads = (
            self.tr("Name"),
            self.tr("Objects"),
            self.tr("Seconds each"),
            self.tr("Prompts each"),
            self.tr("Reviewed"),
            self.tr("Rejected"),
        )
        lines: list[tuple[str, ...]] = [heads]
        for who in found.authors:
            seconds = "–" if who.seconds is None else f"{who.seconds:.1f}"
            clicks = "–" if who.clicks is None else f"{who.clicks:.1f}"
            lines.append((who.author, str(who.count), seconds, clicks, str(who.reviewed), str(who.rejected)))
        for at, line in enumerate(lines):
            for column, text in enumerate(line):
                label = QLabel(text)
                if at == 0:
                    label.setProperty("role", "muted")
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                self.people.addWidget(label, at, column, side)
        self.people.setColumnStretch(len(heads), 1)

    def _on_cell(self, row: int, column: int) -> None:
        if self.figures is not None:
            label, guess = self.figures.labels[row], self.figures.labels[column]
            self.gallery_wanted.emit(f"class:{label} guess:{guess or UNKNOWN} status:accepted,reviewed")

    # --- CSV ---------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        project = self._session.project
        if project is not None:
            start = str(project.folder)
            chosen = QFileDialog.getExistingDirectory(self, self.tr("A folder for the tables"), start)
            if chosen:
                self.write(Path(chosen))

    def write(self, folder: Path) -> None:
        photos, labels = list(self._index.photos()), self._session.labels

        def done(files: tuple[Path, ...]) -> None:
            self._say(self.tr("Written: {files}").format(files=", ".join(str(file) for file in files)))

        def failed(error: Exception) -> None:
            self._say(facts(error) if isinstance(error, SscError) else of_error(error).detail, "danger")

        self._lane.submit("csv", lambda: statistics.write_csv(photos, labels, folder), done, failed)

    def _say(self, text: str, colour: str = "muted") -> None:
        self.said.setText(text)
        self.said.setStyleSheet(f"color: {getattr(self._look.colours, colour)};")
        self.said.show()
