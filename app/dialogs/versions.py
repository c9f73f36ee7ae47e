"""Two people changed one photo at the same time: both versions as pictures, and both together; one key takes one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainter, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app import rows
from app.jobs import Lane
from app.look import Look
from app.notices import clock, of_error
from app.on_screen import open_at
from app.session import Session
from app.undo import Step
from sscore import edits, facts, images, measure, presence, versions
from sscore.errors import SscError
from sscore.paths import Stamp, stamp
from sscore.project import Project
from sscore.types import Annotation, ByteArray, Mask, Page
from sscore.versions import Author, Done, Versions

_SIDE = 1120  # px of a picture at most
_ROOM = 0.6  # of what differs, shown around it
_Name = tuple[int, int, str, bool]  # px of the picture, a label, and whether that instance was deleted
_Named = tuple[int, int, str]  # the same in words
_DASH = 18  # px
_SAME, _OTHER = (120, 140, 170), (245, 150, 30)  # RGB: as in both versions, and what differs


@dataclass(frozen=True, slots=True)
class _Shown:
    versions: Versions
    stamp: Stamp  # of the kept version's file
    together: Page
    clashes: int
    pictures: tuple[QImage, QImage, QImage]
    names: tuple[list[_Name], ...]  # of what differs, for each picture
    did: tuple[Done, ...]  # since the common beginning, where that is known


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
        self._decided, self._look = decided, look
        self._session, self._project, self._rel, self._kept, self._lane = session, session.project, rel, kept, lane
        self._shown: _Shown | None = None
        self._gone = False  # somebody else has decided
        self._error: Exception | None = None
        open_at(self, 1080, 560)
        self._title = QLabel(wordWrap=True)
        self._title.setStyleSheet("font-size: 16px; font-weight: 600;")
        self.says = QLabel(wordWrap=True)
        self.says.setProperty("role", "muted")
        self.cards = [_Card(number) for number in range(3)]
        line = QHBoxLayout()
        line.setSpacing(10)
        for card in self.cards:
            card.button.setAutoDefault(False)
            line.addWidget(card, 1)
            card.taken.connect(lambda n=card.number: self.take(n))
            QShortcut(QKeySequence(str(card.number + 1)), self, lambda n=card.number: self.take(n))
        self.cards[1].button.setProperty("primary", "true")
        self._later = QPushButton()
        self._later.setAutoDefault(False)
        self._later.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.says, 1)
        foot.addWidget(self._later)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addLayout(line, 1)
        column.addLayout(foot)
        look.changed.connect(self.refresh)
        self.refresh()
        self._read()

    def refresh(self) -> None:
        self.setWindowTitle(self.tr("Two versions"))
        self._title.setText(self.tr("Two versions of {photo}").format(photo=self._rel))
        words = (self.tr("Keep this"), self.tr("Take both together"), self.tr("Take this"))
        for card, text in zip(self.cards, words, strict=True):
            card.button.setText(f"{text}  ({card.number + 1})")
        self._later.setText(self.tr("Close") if self._gone else self.tr("Decide later"))
        if self._shown is not None:
            self._say(self._shown)
        elif self._gone:
            self.says.setText(self.tr("Somebody has decided about this meanwhile; the photo is as they left it."))
        elif self._error is not None:
            told = of_error(self._error)
            self.says.setText(f"{told.text}\n{told.detail}")
        else:
            self.says.setText(self.tr("Reading both versions…"))

    def _read(self) -> None:
        project, rel, kept = self._project, self._rel, self._kept
        if project is not None:
            self._lane.submit("versions", lambda: _read(project, rel, kept), self._show, self._on_failed, priority=2)

    def _on_failed(self, error: Exception) -> None:
        self._error = error
        self.refresh()

    def _show(self, shown: _Shown | None) -> None:
        self._shown, self._gone = shown, shown is None
        self.refresh()
        if shown is None:
            self._later.setFocus()
            self._decided()
        else:
            self.cards[1].button.setFocus()

    def _say(self, shown: _Shown) -> None:
        found = shown.versions
        us = found.by_us.host == presence.host()
        heads = (
            self.tr("As it is now"),
            self.tr("Both together"),
            self.tr("Yours") if us else self.tr("The kept version"),
        )
        texts = (
            f"{self._by(found.by_them)}\n{self._counts(0)}",
            self._together(shown),
            f"{self._by(found.by_us)}\n{self._counts(2)}",
        )
        marks = self._marks(found.theirs, shown.together, found.ours)
        for card, head, text, mark in zip(self.cards, heads, texts, marks, strict=True):
            card.show_version(
                head, f"{text}\n{mark}".rstrip(), shown.pictures[card.number], self._named(shown.names[card.number])
            )
        self._align()
        self.says.setText(
            self.tr("Orange: what is different. Nothing is lost: undo takes your choice back, and all stays on disk.")
            + ("\n" + self.tr("Dashed: what was deleted there.") if any(done.deleted for done in shown.did) else "")
        )

    def _named(self, names: list[_Name]) -> list[_Named]:
        found = []
        for x, y, label, gone in names:
            name = rows.name_of(self._session.labels, label, self._look.lang)
            found.append((x, y, self.tr("{name} deleted").format(name=name) if gone else name))
        return found

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

    def _counts(self, number: int) -> str:
        """What that side did, where it is known with what both began."""
        shown = self._shown
        if shown is None:
            return ""
        found = shown.versions
        page, other = (found.theirs, found.ours) if number == 0 else (found.ours, found.theirs)
        if not shown.did:
            text = self.tr("Objects: {n}; different from the other version: {m}")
            return text.format(n=len(page.annotations), m=len(versions.differing(page, other)))
        done = shown.did[number]
        counts = (
            (len(done.added), self.tr("{n} added")),
            (len(done.changed), self.tr("{n} changed")),
            (len(done.deleted), self.tr("{n} deleted")),
        )
        parts = [words.format(n=count) for count, words in counts if count]
        did = self.tr(", ").join(parts) or self.tr("none changed")
        return self.tr("Objects: {n} ({did})").format(n=len(page.annotations), did=did)

    def _marks(self, *pages: Page) -> tuple[str, ...]:
        """Of the photo itself, what is not the same on all, for each."""
        keys = dict.fromkeys(key for page in pages for key in page.extra if key != edits.NEXT_ID)
        other = [key for key in keys if any(page.extra.get(key) != pages[0].extra.get(key) for page in pages)]
        return tuple("\n".join(self._mark(key, page.extra.get(key)) for key in other) for page in pages)

    def _mark(self, key: str, value: object) -> str:
        if key == "done":
            return self.tr("The photo is done") if value else self.tr("The photo is not done")
        if key == measure.SCALE:
            return self.tr("Scale: {value} mm/px").format(value=f"{value:.4g}") if value else self.tr("No scale")
        if key == facts.REVIEW:
            note = value if isinstance(value, dict) else {}
            verdict = {"reviewed": self.tr("photo right"), "rejected": self.tr("photo sent back")}
            said = (verdict.get(str(note.get("status")), ""), str(note.get("comment", "")))
            return self.tr("Review: {text}").format(text=": ".join(part for part in said if part) or "–")
        return f"{key}: {value}"

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

        seen: list[Page] = []  # by then

        def change(page: Page) -> Page:
            """The page may have been edited since the pictures were made."""
            seen.append(page)
            if number == 1:
                return versions.join(shown.versions.base, page, shown.versions.ours).page
            return replace(shown.versions.ours, digest=page.digest)

        decided = _decision(project, self._rel, shown, session, self._lane, self._decided)
        if number:
            title = self.tr("join two versions") if number == 1 else self.tr("take the other version")
            session.edit_elsewhere(self._rel, title, change, lambda: decided(bool(seen)), decided)
        else:
            keep = Step(session, self.tr("keep this version"), lambda: decided(True), lambda: decided(False))
            session.stack(self._rel).push(keep)
        self.accept()


def _decision(
    project: Project, rel: str, shown: _Shown, session: Session, lane: Lane, told: Callable[[], None]
) -> Callable[[bool], None]:
    """Puts the kept version away once the choice is on disk, and offers it again when the choice is taken back."""
    kept = shown.versions.kept
    now, key, saver = [False], ("put away", str(kept)), session.saver

    def work() -> None:
        if not now[0]:
            project.offer_again(rel, kept)
        elif stamp(kept) == shown.stamp:  # else the choice could not be saved beside theirs, and is kept there now
            project.put_away(rel, kept)

    def move(_settled: None) -> None:
        if saver.waiting(project, rel) is None:  # else the disk refuses just now, and it is offered again
            lane.submit(key, work, lambda _done: told(), lambda _error: None)

    def decided(on: bool) -> None:
        now[0] = on
        lane.submit(key, saver.settle, move)

    return decided


def _read(project: Project, rel: str, kept: Path) -> _Shown | None:
    """None when the version is not there any more: somebody has decided."""
    if os.path.exists(project.folder) and not os.path.exists(kept):
        return None
    here = stamp(kept)
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
    did = tuple(versions.since(found.base, page) for page in pages) if found.base is not None else ()
    gone = [list(one.deleted) for one in did] or [[], [], []]
    part = _part([a.mask for page in (*different, *gone) for a in page], rgb.shape[0], rgb.shape[1])
    drawn = [
        picture(rgb, part, page, {a.id for a in other}, away)
        for page, other, away in zip(pages, different, gone, strict=True)
    ]
    names = tuple(
        [
            _place(one, part, away)
            for away, ones in ((False, other), (True, lost))
            for one in {a.id: a for a in ones}.values()
        ]
        for other, lost in zip(different, gone, strict=True)
    )
    return _Shown(found, here, joined.page, len(joined.clashes), (drawn[0], drawn[1], drawn[2]), names, did)


def _part(masks: list[Mask], height: int, width: int) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the photo that is shown: what differs and some room; the whole photo when nothing does."""
    if not masks:
        return 0, 0, width, height
    boxes = [mask.box.as_tuple() for mask in masks]
    x0, y0 = (min(box[n] for box in boxes) for n in (0, 1))
    x1, y1 = (max(box[n] for box in boxes) for n in (2, 3))
    room = _ROOM * max(x1 - x0, y1 - y0)
    return max(int(x0 - room), 0), max(int(y0 - room), 0), min(int(x1 + room), width), min(int(y1 + room), height)


def _place(annotation: Annotation, part: tuple[int, int, int, int], gone: bool) -> _Name:
    """Where the name of an instance is written, px of the picture."""
    (x0, y0, x1, y1), (x, y) = part, annotation.mask.box.centre
    scale = min(1.0, _SIDE / max(x1 - x0, y1 - y0))
    return round((x - x0) * scale), round((y - y0) * scale), annotation.label, gone


def picture(
    rgb: ByteArray, part: tuple[int, int, int, int], page: Page, different: set[int], gone: Sequence[Annotation] = ()
) -> QImage:
    """A part of the photo with a page's masks on it, those that are `different` in another colour and last; of those
    that are `gone` a dashed outline."""
    x0, y0, x1, y1 = part
    scale = min(1.0, _SIDE / max(x1 - x0, y1 - y0))
    size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
    drawn = cv2.resize(rgb[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA).copy()

    def inside(mask: Mask) -> npt.NDArray[np.bool_]:
        moved = np.array([[scale, 0, (mask.left - x0) * scale], [0, scale, (mask.top - y0) * scale]], np.float32)
        return np.asarray(cv2.warpAffine(mask.bits.astype(np.uint8) * 255, moved, size)) > 127

    for annotation in sorted(page.annotations, key=lambda a: a.id in different):
        other, there = annotation.id in different, inside(annotation.mask)
        if there.any():
            weight = 0.55 if other else 0.35
            colour = np.array(_OTHER if other else _SAME)
            drawn[there] = ((1 - weight) * drawn[there] + weight * colour).astype(np.uint8)
            drawn[_ring(there, 1)] = colour
    dashes = (np.add.outer(np.arange(size[1]), np.arange(size[0])) // _DASH) % 2 == 0
    for annotation in gone:
        drawn[_ring(inside(annotation.mask), 4) & dashes] = _OTHER
    drawn = np.ascontiguousarray(drawn)
    return QImage(drawn.data, size[0], size[1], 3 * size[0], QImage.Format.Format_RGB888).copy()


def _ring(there: npt.NDArray[np.bool_], px: int) -> npt.NDArray[np.bool_]:
    """Its border, so many px wide."""
    border = there.copy()
    border[cv2.erode(there.astype(np.uint8), np.ones((2 * px + 1, 2 * px + 1), np.uint8)) > 0] = False
    return border
