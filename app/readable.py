"""Which photos of the folder cannot be read: found out from the first bytes of each file before anybody opens it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.jobs import Lane
from app.photos import Photo, Photos
from app.session import Session
from sscore import images
from sscore.errors import SscError
from sscore.project import Project


class Readable(QObject):
    """Keeps `session.unreadable`; `changed` names a photo that has come or gone there. What a header hides, the
    thumbnail or the photo itself shows once it is decoded."""

    changed = Signal(str)

    def __init__(self, session: Session, photos: Photos, disk: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._disk = session, disk
        session.project_opened.connect(self._look)
        session.images_changed.connect(self._look)
        photos.ready.connect(self._on_photo)
        photos.unreadable.connect(lambda rel: self._set(rel, True))

    def _look(self) -> None:
        project = self._session.project
        if project is None:
            return

        def done(found: list[tuple[str, bool]]) -> None:
            if self._session.project is project:
                for rel, opens in found:
                    if not opens:
                        self._set(rel, True)

        self._disk.walk("readable", self._session.images, lambda rel: _opens(project, rel), done, priority=9)

    def _on_photo(self, photo: Photo) -> None:
        self._set(photo.image, False)

    def _set(self, rel: str, bad: bool) -> None:
        known = self._session.unreadable
        if bad != (rel in known):
            (known.add if bad else known.discard)(rel)
            self.changed.emit(rel)


def _opens(project: Project, rel: str) -> bool:
    try:
        images.size(project.image_path(rel))
    except (SscError, OSError):
        return False
    return True
