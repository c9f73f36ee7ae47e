"""Runs the rules over the project, away from the window's thread, and again over every photo that is edited."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.index import Index
from app.jobs import Lane
from app.session import Session
from sscore import rules
from sscore.errors import SscError
from sscore.facts import PhotoFacts
from sscore.project import Project
from sscore.rules import Finding, Sizes
from sscore.types import Page

_TELL_MS = 500


class Checks(QObject):
    """`changed` when findings have come or gone. `left`: photos not checked yet."""

    changed = Signal()

    def __init__(self, session: Session, index: Index, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._index, self._lane = session, index, lane
        self._found: dict[str, list[Finding]] = {}
        self._listed: list[Finding] | None = None
        self._sizes = Sizes({})
        self.changed.connect(self._forget_list)
        self._wanted = self._pending = False
        self.left = 0
        self._told = QTimer(self, singleShot=True, interval=_TELL_MS)
        index.changed.connect(self._on_index)
        session.project_opened.connect(self._begin_anew)
        session.page_edited.connect(self._on_page)

    @property
    def findings(self) -> list[Finding]:
        """Those of one rule together, in the order of the rules, then of the photos."""
        if self._listed is None:
            by_rule: dict[str, list[Finding]] = {rule: [] for rule in rules.RULES}
            for rel in self._session.images:
                for one in self._found.get(rel, ()):
                    by_rule[one.rule].append(one)
            self._listed = [one for found in by_rule.values() for one in found]
        return self._listed

    @property
    def waits(self) -> bool:
        """The objects are still being read."""
        return self._pending

    def _forget_list(self) -> None:
        self._listed = None

    def run(self) -> None:
        """Check every photo, now or as soon as the facts are known."""
        self._wanted = self._pending = True
        self._index.want()
        self._on_index("")

    def _begin_anew(self) -> None:
        self._lane.cancel("check")
        self._found, self.left = {}, 0
        self._pending = self._wanted
        self.changed.emit()

    def _on_index(self, _rel: str) -> None:
        project = self._session.project
        if not self._pending or not self._index.ready or project is None:
            return
        self._pending, self._found = False, {}
        photos = list(self._index.photos())
        self.left = len(photos)

        def begin(first: tuple[Sizes, dict[str, list[Finding]]]) -> None:
            if project is not self._session.project:
                return
            known, fresh = first
            self._sizes, self._found = known, fresh | self._found  # an edit meanwhile knows better
            rest = [photo.image for photo in photos if photo.image not in self._found]
            self.left = len(rest)
            self.changed.emit()
            self._lane.walk("check", rest, lambda rel: _check(project, rel, known), checked, priority=8)

        def checked(found: list[tuple[str, list[Finding]]]) -> None:
            if project is self._session.project:
                for rel, one in found:
                    self._found.setdefault(rel, one)
                self.left -= len(found)
                if not self.left or not self._told.isActive():
                    self._told.start()
                    self.changed.emit()

        self._lane.submit("check", lambda: _first(project, photos), begin, priority=8)

    def _on_page(self, page: Page) -> None:
        project = self._session.project
        if not self._wanted or project is None:
            return
        known = self._sizes

        def done(found: list[Finding]) -> None:
            if project is self._session.project:
                self._found[page.image] = found
                self.changed.emit()

        work = lambda: rules.check(page, project.labels, known)  # noqa: E731
        self._lane.submit(("check", page.image), work, done, priority=3)


def _first(project: Project, photos: list[PhotoFacts]) -> tuple[Sizes, dict[str, list[Finding]]]:
    """The usual sizes, and what is found on photos that nobody has opened."""
    fresh = [photo.image for photo in photos if not photo.width]
    found = {rel: rules.check(Page(rel, 1, 1), project.labels) for rel in fresh}
    return rules.sizes(rules.shares(photos)), found


def _check(project: Project, rel: str, known: Sizes) -> list[Finding]:
    try:
        return rules.check(project.look(rel), project.labels, known)
    except SscError:  # the list of photos says that it is damaged
        return []
