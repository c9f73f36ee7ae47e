"""Facts of every instance of the project, read when first wanted and kept up with every edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from app.jobs import Lane
from app.session import Session
from sscore import facts
from sscore.errors import SscError
from sscore.facts import Fact, PhotoFacts
from sscore.project import Project
from sscore.types import Annotation, Page

_TOLD = 200  # pages: how many are taken in before everybody who shows figures is told


class Index(QObject):
    """`changed` names a photo whose facts are others now, "" means many of them. `ready`: all pages have been read."""

    changed = Signal(str)

    def __init__(self, session: Session, disk: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._disk = session, disk
        self._photos: dict[str, PhotoFacts] = {}
        self._blank: dict[str, PhotoFacts] = {}  # of photos without a page, made once: a filter asks for all of them
        self._known: WeakKeyDictionary[Annotation, Fact] = WeakKeyDictionary()
        self._wanted = False
        self._to_read = -1
        session.project_opened.connect(self._begin_anew)
        session.images_changed.connect(lambda: self.changed.emit(""))
        session.page_edited.connect(self._on_page)
        session.page_changed.connect(self._on_page)

    def want(self) -> None:
        """Read the project unless that was done; a folder opened later is read by itself."""
        if not self._wanted:
            self._wanted = True
            self._read()

    @property
    def begun(self) -> bool:
        """Which photos have facts is known, though not all of these facts may be read."""
        return self._to_read >= 0

    @property
    def ready(self) -> bool:
        return self._to_read == 0

    def photo(self, rel: str) -> PhotoFacts:
        found = self._photos.get(rel) or self._blank.get(rel)
        if found is None:
            found = self._blank[rel] = PhotoFacts(rel)
        return found

    def photos(self) -> Iterator[PhotoFacts]:
        """Every photo of the folder, in the order of the list."""
        return map(self.photo, self._session.images)

    def facts(self) -> Iterator[Fact]:
        for photo in self.photos():
            yield from photo.facts

    def find(self, rel: str, number: int) -> Fact | None:
        return next((fact for fact in self.photo(rel).facts if fact.id == number), None)

    def _begin_anew(self) -> None:
        self._photos, self._blank, self._to_read = {}, {}, -1
        if self._wanted:
            self._read()
        self.changed.emit("")

    def _read(self) -> None:
        project, images = self._session.project, self._session.images
        if project is None:
            return

        def work() -> tuple[list[str], dict[str, PhotoFacts]]:
            return project.annotated(), {rel: PhotoFacts(rel) for rel in images}

        def listed(found: tuple[list[str], dict[str, PhotoFacts]]) -> None:
            if project is not self._session.project:
                return
            rels, self._blank = found
            self._to_read = len(rels)
            self._disk.walk("facts", rels, lambda rel: _facts(project, rel), read, priority=7)
            if not rels:
                self.changed.emit("")

        def read(found: list[tuple[str, PhotoFacts]]) -> None:
            if project is not self._session.project:
                return
            before, self._to_read = self._to_read, self._to_read - len(found)
            for rel, photo in found:
                self._photos.setdefault(rel, photo)  # an edit meanwhile knows better
            self._on_page(self._session.page)  # one just before may not have been on the disk
            if self.ready or before // _TOLD != self._to_read // _TOLD:
                self.changed.emit("")

        self._disk.submit("index", work, listed, priority=7)

    def _on_page(self, page: Page | None) -> None:
        if page is None or not self._wanted:
            return
        own = tuple(self._fact(page.image, annotation) for annotation in page.annotations)
        now = replace(facts.of_page(replace(page, annotations=())), facts=own)
        if now != self._photos.get(page.image):
            self._photos[page.image] = now
            self.changed.emit(page.image)

    def _fact(self, rel: str, annotation: Annotation) -> Fact:
        """Untouched instances cost nothing: an edit of one of five hundred must not count the pixels of all."""
        fact = self._known.get(annotation)
        if fact is None:
            fact = self._known[annotation] = facts.of_annotation(rel, annotation)
        return fact


def _facts(project: Project, rel: str) -> PhotoFacts:
    try:
        return project.facts(rel)
    except SscError:  # the list of photos says that it is damaged
        return PhotoFacts(rel)
