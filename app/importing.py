"""Annotations of a COCO file for the photos of the open folder: brought in as one thing to take back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.bulk import Bulk
from app.notices import Notice, in_words, of_error
from sscore import intake
from sscore.intake import Intake

if TYPE_CHECKING:
    from app.window import Window

_LISTED = 3  # of what was left out, in the message
_KEY = "import"


class Importing(QObject):
    """Reads on the disk lane, after what is still to be saved; each photo gets a step of its own in its history."""

    def __init__(self, window: Window, bulk: Bulk) -> None:
        super().__init__(window)
        self._window, self._bulk = window, bulk
        self._end: Notice | None = None
        bulk.done.connect(self._tell)
        window.session.project_opened.connect(self._forget)

    def ask(self) -> None:
        project = self._window.session.project
        if project is not None:
            title = self.tr("Annotations in a COCO file")
            chosen, _ = QFileDialog.getOpenFileName(self._window, title, str(project.folder), "COCO (*.json)")
            if chosen:
                self.bring(Path(chosen))

    def bring(self, file: Path) -> None:
        session = self._window.session
        project = session.project
        if project is None:
            return

        def work() -> Intake:
            session.saver.settle()
            return intake.read(project, file)

        def done(found: Intake) -> None:
            if session.project is project:
                self._put(file, found)

        def failed(error: Exception) -> None:
            session.notice.emit(of_error(error, key=_KEY))

        session.notice.emit(Notice("info", self.tr("Reading {name}…").format(name=file.name), key=_KEY))
        self._window.disk_lane.submit(_KEY, work, done, failed, priority=6)

    def _put(self, file: Path, found: Intake) -> None:
        said = self.tr("{n} objects on {photos} photos brought in").format(n=found.instances, photos=len(found.new))
        lines = []
        if found.known:
            lines.append(self.tr("{n} were there already.").format(n=found.known))
        if found.problems:
            some = "; ".join(f"{image}: {in_words(why)}" for image, why in found.problems[:_LISTED])
            more = len(found.problems) - _LISTED
            left = some + (" " + self.tr("and {n} more").format(n=more) if more > 0 else "")
            lines.append(self.tr("Left out: {what}.").format(what=left))
        lines += map(in_words, found.warnings[:_LISTED])
        kind = "warning" if found.problems or found.warnings else "done"
        undo = self.tr("Take it back") if found.new else ""
        self._end = Notice(kind, said, " ".join(lines), _KEY, undo, self._bulk.undo if found.new else None)
        if found.new:
            changes = {rel: partial(intake.added, instances=new) for rel, new in found.new.items()}
            self._bulk.edit(self.tr("bring in {name}").format(name=file.name), changes)
        else:
            self._tell()

    def _tell(self) -> None:
        """After any edit of many photos: ours, or one since, and then "Take it back" would take back that one."""
        if self._end is None:
            self._window.messages.clear(_KEY)
        else:
            end, self._end = self._end, None
            self._window.session.notice.emit(end)

    def _forget(self) -> None:
        self._end = None
