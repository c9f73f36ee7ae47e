"""Saving, on a lane of its own and at once after every edit. What could not be saved is kept and tried again."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from app.jobs import Lane
from app.notices import Notice, of_save
from app.settings import Settings
from sscore.errors import PageChanged
from sscore.page_store import Seen
from sscore.paths import NO_FILE, Stamp, stamp
from sscore.project import Project
from sscore.types import Page

_RETRY_MS = 5000
_AFTER_S = 0.02
"""From an edit until its save begins: first it is painted, undisturbed by a second thread. What follows at once, as
while a key is held down, is saved with it."""
_Key = tuple[int, str]


@dataclass(slots=True)
class _Waiting:
    """A page that is not on disk yet, and the names of the edits since the last save."""

    project: Project
    page: Page
    titles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page as it was read, on its way to the screen. seen: None when `page` is the one that we have already."""

    page: Page
    seen: Seen | None = None
    stamp: Stamp = NO_FILE


class Saver(QObject):
    """`state_changed`: "saved", "saving" or "failed". `conflict`: (project, image, error) when somebody else saved the
    page meanwhile. Pages of a folder that was left are still saved.

    lane: nothing but saves, so that none waits until a list of photos has been read or an export is done.
    """

    state_changed = Signal(str)
    saved = Signal(object)
    conflict = Signal(object, str, object)
    notice = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lane = Lane("save", self)
        self._settings = settings
        self._waiting: dict[_Key, _Waiting] = {}
        self._seen: dict[_Key, Seen] = {}
        self._stamps: dict[_Key, Stamp] = {}
        self._trouble = ""
        self._retry = QTimer(self, singleShot=True, interval=_RETRY_MS)
        self._retry.timeout.connect(self.save_now)

    @property
    def failing(self) -> int:
        """How many pages could not be saved."""
        return len(self._waiting) if self._trouble else 0

    @property
    def trouble(self) -> str:
        """Why saving fails at present, "" when it does not."""
        return self._trouble

    def unsaved(self) -> list[tuple[Project, Page]]:
        """What is not on disk yet."""
        return [(waiting.project, waiting.page) for waiting in self._waiting.values()]

    def waiting(self, project: Project, rel: str) -> Page | None:
        """Our version of a page that is not on disk yet."""
        found = self._waiting.get((id(project), rel))
        return found.page if found else None

    def save(self, project: Project, page: Page, title: str) -> None:
        """Queue a page; an older version that has not been written yet is skipped, its edits are named all the same."""
        waiting = self._waiting.setdefault((id(project), page.image), _Waiting(project, page))
        waiting.page = page
        waiting.titles.append(title)
        self._submit(waiting)

    def save_now(self) -> None:
        """Everything that is not on disk, again."""
        for waiting in list(self._waiting.values()):
            self._submit(waiting)
        if not self._waiting:
            self.state_changed.emit("saved")

    def load(self, project: Project, rel: str, mine: Page | None) -> Loaded:
        """For the disk lane: the page from disk, or `mine` itself when the file is as we last read or wrote it."""
        here = _stamp(project, rel)
        if mine is not None and self._stamps.get((id(project), rel)) == here:
            return Loaded(mine)
        page, seen = project.read(rel)
        return Loaded(page, seen, here)

    def go_on_from(self, project: Project, loaded: Loaded) -> None:
        """Edits from now on are made on this page. Until then a page that was only read is never saved over."""
        if loaded.seen is not None:
            key = (id(project), loaded.page.image)
            self._seen[key], self._stamps[key] = loaded.seen, loaded.stamp

    def forget(self, project: Project, rel: str) -> None:
        """The page left the memory without an edit: it will be read anew, and need not be known until then."""
        key = (id(project), rel)
        if key not in self._waiting:
            self._seen.pop(key, None)
            self._stamps.pop(key, None)

    def changed_outside(self, project: Project, rel: str) -> bool:
        """For other lanes: whether the file is another than the one that we read or wrote last."""
        known = self._stamps.get((id(project), rel))
        return known is not None and self.waiting(project, rel) is None and _stamp(project, rel) != known

    def finish(self, ms: int = 10_000) -> int:
        """Wait until everything has been tried, with the window still painting; how many pages are not on disk."""
        if self._waiting:
            loop, clock = QEventLoop(), QTimer(singleShot=True)
            clock.timeout.connect(loop.quit)
            clock.start(ms)
            told = self.state_changed.connect(lambda state: loop.quit() if state != "saving" else None)
            if self._trouble:
                self.save_now()  # the last chance
            while self._waiting and clock.isActive():  # an answer of a model may come as one more edit meanwhile
                loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
                if self._trouble:
                    break
            self.state_changed.disconnect(told)
            clock.stop()
        return len(self._waiting)

    def settle(self) -> None:
        """For other lanes, before they read what was edited: wait until all that is queued has been tried."""
        self.lane.drain()

    def close(self) -> None:
        """What is queued is still written; what failed is given up."""
        self._retry.stop()
        self.lane.close()

    def _submit(self, waiting: _Waiting) -> None:
        project, page, count = waiting.project, waiting.page, len(waiting.titles)
        key = (id(project), page.image)
        edit, author, seen = "; ".join(waiting.titles), self._settings.get("author"), self._seen.get(key)

        def work() -> None:
            written = project.save(page, edit=edit, author=author, seen=seen)
            if written is not None:  # else the file may be another's by now
                self._stamps[key] = written

        if not self._trouble:
            self.state_changed.emit("saving")
        self.lane.submit(
            ("save", *key),
            work,
            lambda _result: self._on_saved(waiting, page, count),
            lambda error: self._on_failed(waiting, page, error),
            priority=0,
            always=True,
            after=_AFTER_S,
        )

    def _on_saved(self, waiting: _Waiting, page: Page, count: int) -> None:
        del waiting.titles[:count]
        self._forget(waiting, page)
        self.saved.emit(waiting.project)
        self._tell_end()

    def _on_failed(self, waiting: _Waiting, page: Page, error: Exception) -> None:
        if isinstance(error, PageChanged):
            waiting.titles.clear()
            self._forget(waiting, page)
            self._stamps.pop((id(waiting.project), page.image), None)  # theirs is to be read, whatever is known
            self.conflict.emit(waiting.project, page.image, error)
            self._tell_end()
            return
        shown = of_save(error, waiting.project.folder, self.tr("Save now"), self.save_now)
        if shown.detail != self._trouble:  # said once, not at every attempt
            self._trouble = shown.detail
            self.notice.emit(shown)
        self.state_changed.emit("failed")
        self._retry.start()

    def _tell_end(self) -> None:
        if self._waiting:
            return
        if self._trouble:
            self._trouble = ""
            self._retry.stop()
            self.notice.emit(Notice("done", self.tr("Everything is saved again"), key="save"))
        self.state_changed.emit("saved")

    def _forget(self, waiting: _Waiting, page: Page) -> None:
        """Done with this version, unless a newer one has come."""
        key = (id(waiting.project), page.image)
        if self._waiting.get(key) is waiting and waiting.page is page:
            del self._waiting[key]


def _stamp(project: Project, rel: str) -> Stamp:
    return stamp(project.page_path(rel))
