"""Saving, on the disk lane and at once after every edit. What could not be saved is kept and tried again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.jobs import Lane
from app.notices import of_error
from app.settings import Settings
from sscore.errors import PageChanged
from sscore.project import Project
from sscore.types import Page

_RETRY_MS = 5000


@dataclass(slots=True)
class _Waiting:
    """A page that is not on disk yet, and the names of the edits since the last save."""

    project: Project
    page: Page
    titles: list[str] = field(default_factory=list)


class Saver(QObject):
    """`state_changed`: "saved", "saving" or "failed". `conflict`: (project, image, error) when somebody else saved the
    page meanwhile. Pages of a folder that was left are still saved."""

    state_changed = Signal(str)
    saved = Signal(object)
    conflict = Signal(object, str, object)
    notice = Signal(object)

    def __init__(self, disk: Lane, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._disk, self._settings = disk, settings
        self._waiting: dict[tuple[int, str], _Waiting] = {}
        self._stamps: dict[tuple[int, str], tuple[int, int]] = {}
        self._failed = False
        self._retry = QTimer(self, singleShot=True, interval=_RETRY_MS)
        self._retry.timeout.connect(self.save_now)

    @property
    def failing(self) -> int:
        """How many pages could not be saved."""
        return len(self._waiting) if self._failed else 0

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

    def load(self, project: Project, rel: str, mine: Page | None) -> Page:
        """For the disk lane: the page from disk, or `mine` itself when the file is as we last read or wrote it."""
        key = (id(project), rel)
        if mine is not None and self._stamps.get(key) == _stamp(project, rel):
            return mine
        page = project.load(rel)
        self._stamps[key] = _stamp(project, rel)
        return page

    def close(self) -> None:
        self._retry.stop()

    def _submit(self, waiting: _Waiting) -> None:
        project, page, count = waiting.project, waiting.page, len(waiting.titles)
        key = (id(project), page.image)
        edit, author = "; ".join(waiting.titles), self._settings.get("author")

        def work() -> None:
            project.save(page, edit=edit, author=author)
            self._stamps[key] = _stamp(project, page.image)

        self.state_changed.emit("saving")
        self._disk.submit(
            ("save", *key),
            work,
            lambda _result: self._on_saved(waiting, page, count),
            lambda error: self._on_failed(waiting, page, error),
            priority=0,
            always=True,
        )

    def _on_saved(self, waiting: _Waiting, page: Page, count: int) -> None:
        del waiting.titles[:count]
        self._forget(waiting, page)
        self.saved.emit(waiting.project)
        if not self._waiting:
            self._failed = False
            self.state_changed.emit("saved")

    def _on_failed(self, waiting: _Waiting, page: Page, error: Exception) -> None:
        if isinstance(error, PageChanged):
            waiting.titles.clear()
            self._forget(waiting, page)
            self.state_changed.emit("saving" if self._waiting else "saved")
            self.conflict.emit(waiting.project, page.image, error)
            return
        self._failed = True
        self.state_changed.emit("failed")
        text = self.tr("Not saved yet. Your work is kept here and saving is tried again.")
        shown = of_error(error, key="save")
        self.notice.emit(replace(shown, detail=f"{text} {shown.detail}", action=self.tr("Save now"), run=self.save_now))
        self._retry.start()

    def _forget(self, waiting: _Waiting, page: Page) -> None:
        """Done with this version, unless a newer one has come."""
        key = (id(waiting.project), page.image)
        if self._waiting.get(key) is waiting and waiting.page is page:
            del self._waiting[key]


def _stamp(project: Project, rel: str) -> tuple[int, int]:
    """Time and size of a page file; (0, 0) when there is none."""
    try:
        found = project.page_path(rel).stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size
