"""What will be wanted next, made while nobody waits: neighbours are read, and embedded where the model needs it.

First the photo on screen (the assistant's own job), then the next, the one after it, the one before. One photo at a
time, only when the model has nothing to do and the user has paused; whatever the user asks for goes first.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from app.assistant import Assistant
from app.jobs import Lane
from app.photos import Photo, Photos
from app.session import Session
from app.settings import Settings
from sscore.models.cache import needed_by
from sscore.types import Segmenter

Readiness = Literal["", "todo", "working", "ready"]
"""Of a photo's embedding; "": the model needs none."""

ORDER = (1, 2, -1)
_PAUSE_MS = 300
_KEY = "ahead"


class Ahead(QObject):
    """`changed` names a photo whose readiness is another now, "" means all of them."""

    changed = Signal(str)

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        photos: Photos,
        settings: Settings,
        disk: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._photos, self._settings = session, assistant, photos, settings
        self._disk = disk
        self._segmenter: Segmenter | None = None
        self._ready: set[str] = set()
        self._given_up: set[str] = set()
        self._working = ""
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._go)
        session.project_opened.connect(self._begin_anew)
        photos.ready.connect(self._on_photo)
        assistant.models_changed.connect(self._on_models)
        assistant.pending_changed.connect(lambda _pending: self._step_back())
        assistant.encoding.connect(self._set_working)
        assistant.encoded.connect(self._on_encoded)
        assistant.lane.busy_changed.connect(lambda busy: None if busy else self._wait())
        settings.changed.connect(self._on_setting)

    @property
    def wanted(self) -> bool:
        """Whether the model in use encodes photos at all; if not, there is nothing to show either."""
        return self._segmenter is not None and needed_by(self._segmenter)

    def readiness(self, rel: str) -> Readiness:
        if not self.wanted:
            return ""
        return "working" if rel == self._working else "ready" if rel in self._ready else "todo"

    # --- what changes ------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        """Another folder or another model: find out which photos are ready."""
        self._assistant.lane.cancel(_KEY)
        self._ready, self._given_up, self._working = set(), set(), ""
        self.changed.emit("")
        segmenter, project, known = self._segmenter, self._session.project, self._photos.known
        if segmenter is None or project is None or not self.wanted:
            return
        images, cache = self._session.images, self._assistant.cache

        def look(rel: str) -> bool:
            digest = known.get(project.image_path(rel))
            return bool(digest) and cache.has(segmenter, digest)

        def done(found: list[tuple[str, bool]]) -> None:
            ready = {rel for rel, there in found if there}
            if self._segmenter is segmenter and self._session.project is project and ready:
                self._ready |= ready
                self.changed.emit("")

        go_on = lambda _nothing: self._disk.walk("ready", images, look, done, priority=9)  # noqa: E731
        self._disk.submit("ready", known.refresh, go_on, priority=9)

    def _on_models(self) -> None:
        if self._assistant.segmenter is not self._segmenter:
            self._segmenter = self._assistant.segmenter
            self._begin_anew()
            self._wait()

    def _on_setting(self, key: str) -> None:
        if key == "prefetch":
            self._step_back()

    def _on_photo(self, photo: Photo) -> None:
        """A photo is on screen: the next one is read at once, without waiting for a pause."""
        if photo.image == self._session.image:
            following = self._neighbours()[:1]
            if following and self._photos.kept(following[0]) is None:
                self._read(following[0])
            self._step_back()

    def _on_encoded(self, photo: Photo, segmenter: Segmenter, worked: bool) -> None:
        """May come late: for another folder or model than the present one."""
        rel = photo.image
        if self._working == rel:
            self._set_working("")
        if segmenter is not self._segmenter or self._photos.kept(rel) is not photo:
            return
        if worked:
            self._set_ready(rel)
        else:
            self._given_up.add(rel)

    # --- one photo after the other -----------------------------------------------------------------------------

    def _neighbours(self) -> list[str]:
        images, image = self._session.images, self._session.image
        if image not in images:
            return []
        at = images.index(image)
        return [images[at + step] for step in ORDER if 0 <= at + step < len(images)]

    def _step_back(self) -> None:
        """The user is at work: what has not begun goes back, and a pause is awaited."""
        self._assistant.lane.cancel(_KEY)
        if self._working and self._working != self._session.image:
            self._set_working("")
        self._wait()

    def _wait(self) -> None:
        if self.wanted and self._settings.get("prefetch"):
            self._pause.start()
        else:
            self._pause.stop()

    def _go(self) -> None:
        """The user has paused: embed the first neighbour that is not ready. `busy_changed` calls for the next."""
        segmenter, assistant = self._segmenter, self._assistant
        if segmenter is None or not assistant.lane.idle or assistant.pending.draft is not None:
            return
        for rel in self._neighbours():
            if rel in self._given_up:
                continue
            photo = self._photos.kept(rel)
            if photo is not None and not assistant.cache.has(segmenter, photo.digest):
                assistant.embed(photo, ahead=True)
                return
            if photo is not None:
                self._set_ready(rel)
            elif rel not in self._ready:
                self._read(rel)
                return

    def _read(self, rel: str) -> None:
        """A photo that is read waits among the latest ones, also for being shown."""
        project = self._session.project
        if project is None:
            return

        def done(photo: Photo | None) -> None:
            if self._session.project is not project:
                return
            if photo is None or self._photos.kept(rel) is None:  # unreadable, or too large to be kept
                self._given_up.add(rel)
            self._wait()

        self._photos.prefetch(rel, project.image_path(rel), done)

    def _set_ready(self, rel: str) -> None:
        if self.wanted and rel not in self._ready:
            self._ready.add(rel)
            self.changed.emit(rel)

    def _set_working(self, rel: str) -> None:
        before, self._working = self._working, rel
        for one in {before, rel} - {""}:
            self.changed.emit(one)
