"""Who else has the folder open, what they change on the photo on screen, and whether the folder is there at all.

Looked up every few seconds on the disk lane; nothing here is needed for saving safely.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.jobs import Lane
from app.notices import Notice
from app.session import Session
from sscore import presence
from sscore.errors import PageChanged, SscError
from sscore.presence import Holder
from sscore.project import Project

_EVERY_MS = 5000


@dataclass(frozen=True, slots=True)
class _Found:
    """there: the folder and the photo can be read; others: None when that could not be told; theirs: the last edit of
    the page on screen, when it was made by somebody else since we read it; folder: it at least is there."""

    there: bool = False
    others: list[Holder] | None = None
    theirs: dict[str, object] | None = None
    folder: bool = True


class Company(QObject):
    """`returned`: the folder was away and is back, so what could not be read then can be now. `versions_wanted`: the
    user wants to see both versions of a photo: its name and the file of the kept one."""

    notice = Signal(object)
    returned = Signal()
    versions_wanted = Signal(str, object)
    decided = Signal()  # no version waits any more
    looked = Signal()  # the folder is there

    def __init__(self, session: Session, disk: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._disk = session, disk
        self._known: set[Holder] = set()
        self._away = self._told_away = False
        self._looks = 0
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        session.project_opened.connect(self._begin)
        session.saver.conflict.connect(self._on_conflict)

    def close(self) -> None:
        self._timer.stop()
        self._disk.cancel("company")

    def _begin(self) -> None:
        self._known, self._looks = set(), 0
        self._away = self._told_away = False
        self._timer.start()
        self.look()
        self.look_for_versions()

    def look_for_versions(self) -> None:
        """Offer what nobody has decided about."""
        project = self._session.project
        if project is None:
            return

        def done(kept: dict[str, list[Path]]) -> None:
            self._tell_kept(project, kept)

        self._disk.submit("kept", project.kept, done, lambda _error: None, priority=8)

    def look(self) -> None:
        """Have a look around now."""
        session, project, rel = self._session, self._session.project, self._session.image
        if project is None:
            return
        self._looks += 1
        renew = self._looks % (presence.RENEW_S * 1000 // _EVERY_MS) == 0

        def work() -> _Found:
            # os.path: a Path raises when the network is gone, and Windows takes half a minute to say so.
            if not os.path.exists(project.image_path(rel) if rel else project.folder):
                return _Found(folder=os.path.exists(project.folder))
            with suppress(SscError):
                if renew:
                    project.enter()
                others = project.others()
                changed = bool(rel) and session.saver.changed_outside(project, rel)
                return _Found(True, others, dict(project.last_edit(rel)) if changed else None)
            return _Found(True)

        self._disk.submit("company", work, lambda found: self._on_found(project, rel, found), priority=3)

    def _on_found(self, project: Project, rel: str, found: _Found) -> None:
        session = self._session
        if session.project is not project:
            return
        self._tell_whether_there(found, project)
        if found.folder:
            self.looked.emit()
        if found.others is not None:
            if set(found.others) - self._known:
                self._tell_others(found.others)
            self._known = set(found.others)
        if found.theirs is not None and rel == session.image and session.page is not None:
            who = str(found.theirs.get("author") or found.theirs.get("host") or "")
            text = self.tr("{user} has just changed this photo").format(user=who or self.tr("Somebody else"))
            self.notice.emit(Notice("info", text, self.tr("You see their version now; undo shows the one before.")))
            session.refresh()
            self.look_for_versions()  # on a drive without locks, theirs may have replaced ours

    def _on_conflict(self, project: Project, rel: str, error: PageChanged) -> None:
        kept = Path(error.kept)
        text = self.tr("Somebody else changed {photo} at the same time").format(photo=rel)
        detail = self.tr("Nothing is overwritten: their version is shown now, and yours is kept beside it.")
        offered = replace(Notice("warning", text, detail, key="conflict"), **self._offer(rel, kept))
        self.notice.emit(offered if project is self._session.project else Notice("warning", text, detail, "conflict"))

    def _tell_kept(self, project: Project, kept: dict[str, list[Path]]) -> None:
        """After the folder was opened: versions that nobody has decided about."""
        if project is self._session.project and not kept:
            self.decided.emit()
        elif project is self._session.project:
            rel, files = next(iter(kept.items()))
            text = self.tr("There are two versions of {photo}").format(photo=rel)
            detail = self.tr("Two people changed it at the same time. Nothing is lost; choose when you like.")
            if len(kept) > 1:
                detail += " " + self.tr("The same goes for more photos: {n}.").format(n=len(kept) - 1)
            notice = Notice("warning", text, detail, key="conflict")
            self.notice.emit(replace(notice, **self._offer(rel, files[0])))

    def _offer(self, rel: str, kept: Path) -> dict[str, Any]:
        return {"action": self.tr("Look at both…"), "run": lambda: self.versions_wanted.emit(rel, kept)}

    def _tell_whether_there(self, found: _Found, project: Project) -> None:
        there = found.there
        if there is not self._away:
            return
        self._away = not there
        if there:
            if self._told_away:
                self.notice.emit(Notice("done", self.tr("The folder is there again"), key="open"))
            self.returned.emit()
        self._told_away = False
        if not found.folder and not self._session.saver.trouble:  # which says it already
            self._told_away = True
            text = self.tr("The folder is not there any more")
            detail = self.tr("Connect the drive again, or put the folder back. Work goes on in memory until then.")
            self.notice.emit(Notice("warning", text, f"{detail}\n{project.folder}", key="open"))

    def _tell_others(self, others: list[Holder]) -> None:
        names = ", ".join(dict.fromkeys(f"{holder.user} ({holder.host})" for holder in others))
        text = self.tr("Also working in this folder: {names}").format(names=names)
        detail = self.tr("You can both annotate. If you both change one photo, both versions are kept.")
        self.notice.emit(Notice("info", text, detail, key="holder"))
