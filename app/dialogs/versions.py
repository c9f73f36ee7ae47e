"""Two people changed one photo at the same time: both versions as pictures, and both together; one key takes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainter, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app import rows
from app.jobs import Lane
from app.look import Look
from app.notices import clock, of_error
from app.session import Session
from sscore import images, presence, versions
from sscore.errors import SscError
from sscore.project import Project
from sscore.types import Annotation, ByteArray, Mask, Page
from sscore.versions import Author, Versions

_SIDE = 1120  # px of a picture at most
_ROOM = 0.6  # of what differs, shown around it
_Name = tuple[int, int, str]  # px of the picture, and a label
_Named = tuple[int, int, str]  # the same with the class in words
_SAME, _OTHER = (120, 140, 170), (245, 150, 30)  # RGB: as in both versions, and what differs


@dataclass(frozen=True, slots=True)
class _Shown:
    versions: Versions
    together: Page
    clashes: int
    pictures: tuple[QImage, QImage, QImage]
    names: tuple[list[_Name], ...]  # of what differs, for each picture


class _Card(QFrame):
    """One of the three: what it is, a picture, and the button that takes it."""

    taken = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setObjectName("card")
        self.head, self.text, self.button = QLabel(), QLabel(wordWrap=True), QPushButton()
        self.head.setProperty("role", "title")
        self.text.setProperty("role", "muted")
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.picture.setMinimumSize(250, 180)
        self.number, self._drawn, self._names = number, QImage(), list[_Named]()
        self.button.setEnabled(False)
        self.button.clicked.connect(self.taken)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addWidget(self.head)
        column.addWidget(self.text)
        column.addWidget(self.picture, 1)
        column.addWidget(self.button)

    def show_version(self, head: str, text: str, picture: QImage, names: list[_Named]) -> None:
        """names: of what differs, written on the picture; the classes may be all that does."""
        self.head.setText(head)
        self.text.setText(text)
        self.picture.setAccessibleName(f"{head}: {text}")
        self.button.setEnabled(True)
        self._drawn, self._names = picture, names
        self._fit()

    def _fit(self) -> None:
        if self._drawn.isNull():
            return
        room, ratio = self.picture.size(), self.devicePixelRatioF()
        kept, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        shown = QPixmap.fromImage(self._drawn.scaled(room * ratio, kept, smooth))
        shown.setDevicePixelRatio(ratio)
        scale = shown.deviceIndependentSize().width() / self._drawn.width()
        self._write_names(shown, scale)
        self.picture.setPixmap(shown)

    def _write_names(self, shown: QPixmap, scale: float) -> None:
        """One below the other where they would meet: an object may be there twice, with two classes."""
        painter = QPainter(shown)
        painter.setFont(rows.font_like(self.font(), side=12, strong=True)[0])
        taken: list[QRect] = []
        for x, y, text in self._names:
            room = painter.fontMetrics().boundingRect(text).adjusted(-5, -2, 5, 2)
            room.moveCenter(QPoint(round(x * scale), round(y * scale)))
            step = room.height() + 1
            if room.bottom() + step > shown.deviceIndependentSize().height():
                step = -step  # there is no room below
            while any(room.intersects(one) for one in taken):
                room.translate(0, step)
            taken.append(room)
            painter.fillRect(room, QColor(0, 0, 0, 190))
            painter.setPen(QColor(*_OTHER))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._fit()


class VersionsDialog(QDialog):
    """Nothing is decided by closing it: the kept version is offered again when the folder is opened."""

    def __init__(
        self,
        session: Session,
        rel: str,
        kept: Path,
        decided: Callable[[], None],
        lane: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        """decided: called when the kept version has been dealt with."""
        super().__init__(parent)
        self._decided, self._lang = decided, look.lang
        self._session, self._project, self._rel, self._kept, self._lane = session, session.project, rel, kept, lane
        self._shown: _Shown | None = None
        self.setWindowTitle(self.tr("Two versions"))
        self.resize(1080, 560)
        title = QLabel(self.tr("Two versions of {photo}").format(photo=rel), wordWrap=True)
        title.setStyleSheet("font-size: 16px; font-weight: 600;")
        self.says = QLabel(self.tr("Reading both versions…"), wordWrap=True)
        self.says.setProperty("role", "muted")
        self.cards = [_Card(number) for number in range(3)]
        words = (self.tr("Keep this"), self.tr("Take both together"), self.tr("Take this"))
        line = QHBoxLayout()
        line.setSpacing(10)
        for card, text in zip(self.cards, words, strict=True):
            card.button.setText(f"{text}  ({card.number + 1})")
            card.button.setAutoDefault(False)
            line.addWidget(card, 1)
            card.taken.connect(lambda n=card.number: self.take(n))
            QShortcut(QKeySequence(str(card.number + 1)), self, lambda n=card.number: self.take(n))
        self.cards[1].button.setProperty("primary", "true")
        later = QPushButton(self.tr("Decide later"))
        later.setAutoDefault(False)
        later.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.says, 1)
        foot.addWidget(later)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(title)
        column.addLayout(line, 1)
        column.addLayout(foot)
        look.changed.connect(self.reject)  # rare; it is offered again
        self._read()

    def _read(self) -> None:
        project, rel, kept = self._project, self._rel, self._kept
        if project is not None:
            self._lane.submit("versions", lambda: _read(project, rel, kept), self._show, self._on_failed, priority=2)

    def _on_failed(self, error: Exception) -> None:
        shown = of_error(error)
        self.says.setText(f"{shown.text}\n{shown.detail}")

    def _show(self, shown: _Shown) -> None:
        self._shown, found = shown, shown.versions
        us = found.by_us.host == presence.host()
        theirs, ours = versions.differing(found.theirs, found.ours), versions.differing(found.ours, found.theirs)
        heads = (
            self.tr("As it is now"),
            self.tr("Both together"),
            self.tr("Yours") if us else self.tr("The kept version"),
        )
        texts = (
            f"{self._by(found.by_them)}\n{self._counts(found.theirs, theirs)}",
            self._together(shown),
            f"{self._by(found.by_us)}\n{self._counts(found.ours, ours)}",
        )
        for card, head, text in zip(self.cards, heads, texts, strict=True):
            card.show_version(head, text, shown.pictures[card.number], self._named(shown.names[card.number]))
        self._align()
        self.says.setText(
            self.tr("Orange: what is different. Nothing is lost: undo takes your choice back, and all stays on disk.")
        )
        self.cards[1].button.setFocus()

    def _named(self, names: list[_Name]) -> list[_Named]:
        return [(x, y, rows.name_of(self._session.labels, label, self._lang)) for x, y, label in names]

    def _align(self) -> None:
        """The same room for the words of all three, so that the pictures lie side by side, none over its button."""
        width = min(card.text.width() for card in self.cards)
        needed = max(0, *(card.text.heightForWidth(width) for card in self.cards))
        for card in self.cards:
            card.text.setFixedHeight(needed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._align()

    def _by(self, author: Author) -> str:
        who = f"{author.name} ({author.host})" if author.host else author.name
        return "  ·  ".join(part for part in (who, clock(author.time)) if part)

    def _counts(self, page: Page, other: list[Annotation]) -> str:
        text = self.tr("Objects: {n}; different from the other version: {m}")
        return text.format(n=len(page.annotations), m=len(other))

    def _together(self, shown: _Shown) -> str:
        text = self.tr("Objects: {n}. What each of you did, on one photo.").format(n=len(shown.together.annotations))
        if shown.clashes:
            both = self.tr("You both changed some objects ({n}): these are there twice, so delete the wrong ones.")
            text += "\n" + both.format(n=shown.clashes)
        return text

    def take(self, number: int) -> None:
        """0: the page as it is; 1: both together; 2: the kept one."""
        shown, project, session = self._shown, self._project, self._session
        if shown is None or project is None or session.project is not project:
            return
        self._shown = None

        def change(page: Page) -> Page:
            """The page may have been edited since the pictures were made."""
            if number == 1:
                return versions.join(shown.versions.base, page, shown.versions.ours).page
            return replace(shown.versions.ours, digest=page.digest)

        if number:
            title = self.tr("join two versions") if number == 1 else self.tr("take the other version")
            session.edit_elsewhere(self._rel, title, change, self._put_away)
        else:
            self._put_away()
        self.accept()

    def _put_away(self) -> None:
        project, rel, kept, saver = self._project, self._rel, self._kept, self._session.saver
        if project is None:
            return

        lane, decided = self._lane, self._decided  # the dialog is gone by then

        def put_away(_saved: None) -> None:
            if saver.waiting(project, rel) is None:  # else the disk refuses just now, and it is offered again
                lane.submit(key, lambda: project.put_away(rel, kept), lambda _done: decided(), lambda _error: None)

        key = ("put away", str(kept))
        lane.submit(key, saver.settle, put_away)


def _read(project: Project, rel: str, kept: Path) -> _Shown:
    found = project.versions(rel, kept)
    joined = versions.join(found.base, found.theirs, found.ours)
    try:
        rgb = images.read(project.image_path(rel))
    except SscError:  # the masks alone tell much
        rgb = np.full((found.ours.height, found.ours.width, 3), 40, np.uint8)
    pages = (found.theirs, joined.page, found.ours)
    different = [
        versions.differing(found.theirs, found.ours),
        versions.differing(joined.page, found.theirs) + versions.differing(joined.page, found.ours),
        versions.differing(found.ours, found.theirs),
    ]
    part = _part([a.mask for page in different for a in page], rgb.shape[0], rgb.shape[1])
    drawn = [picture(rgb, part, page, {a.id for a in other}) for page, other in zip(pages, different, strict=True)]
    names = tuple([_place(one, part) for one in {a.id: a for a in other}.values()] for other in different)
    return _Shown(found, joined.page, len(joined.clashes), (drawn[0], drawn[1], drawn[2]), names)


def _part(masks: list[Mask], height: int, width: int) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the photo that is shown: what differs and some room; the whole photo when nothing does."""
    if not masks:
        return 0, 0, width, height
    boxes = [mask.box.as_tuple() for mask in masks]
    x0, y0 = (min(box[n] for box in boxes) for n in (0, 1))
    x1, y1 = (max(box[n] for box in boxes) for n in (2, 3))
    room = _ROOM * max(x1 - x0, y1 - y0)
    return max(int(x0 - room), 0), max(int(y0 - room), 0), min(int(x1 + room), width), min(int(y1 + room), height)


def _place(annotation: Annotation, part: tuple[int, int, int, int]) -> _Name:
    """Where the name of an instance is written, px of the picture."""
    (x0, y0, x1, y1), (x, y) = part, annotation.mask.box.centre
    scale = min(1.0, _SIDE / max(x1 - x0, y1 - y0))
    return round((x - x0) * scale), round((y - y0) * scale), annotation.label


def picture(rgb: ByteArray, part: tuple[int, int, int, int], page: Page, different: set[int]) -> QImage:
    """A part of the photo with a page's masks on it, those that are `different` in another colour and last."""
    x0, y0, x1, y1 = part
    scale = min(1.0, _SIDE / max(x1 - x0, y1 - y0))
    size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
    drawn = cv2.resize(rgb[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA).copy()
    for annotation in sorted(page.annotations, key=lambda a: a.id in different):
        other = annotation.id in different
        mask = annotation.mask
        moved = np.float32([[scale, 0, (mask.left - x0) * scale], [0, scale, (mask.top - y0) * scale]])
        inside = cv2.warpAffine(mask.bits.astype(np.uint8) * 255, moved, size) > 127
        if inside.any():
            weight = 0.55 if other else 0.35
            colour = np.array(_OTHER if other else _SAME)
            drawn[inside] = ((1 - weight) * drawn[inside] + weight * colour).astype(np.uint8)
            ring = inside & ~cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
            drawn[ring] = colour
    drawn = np.ascontiguousarray(drawn)
    return QImage(drawn.data, size[0], size[1], 3 * size[0], QImage.Format.Format_RGB888).copy()
