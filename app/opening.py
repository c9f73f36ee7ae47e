"""What is dropped on the window or named at the start: looked at first, away from the window, and opened only when it
is something to work with. A drop by mistake leaves everything as it is."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer

from app.notices import Notice, of_error, of_unopened
from sscore import frames, images
from sscore.errors import BadImage
from sscore.project import Project

if TYPE_CHECKING:
    from app.window import Window

Kind = Literal["photo", "folder", "video", "dataset", "other", "several", "here", "empty"]
_NAMED = 3  # of what was left aside


@dataclass(frozen=True, slots=True)
class Found:
    """path: what is to be opened; first: the photo to be shown then; left: names of what was dropped besides; of
    "here", which is in the open folder already: its photos as they are now, and the one to show ("" for none)."""

    kind: Kind
    path: Path
    first: Path | None = None
    left: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    show: str = ""


def sort_out(paths: Sequence[Path], project: Project | None) -> Found:
    """What is meant by these files and folders. Reads the disk. Raises BadImage for a photo that is none, BadProject
    and BadLabels for a project that cannot be opened."""
    kinds = {path: _kind(path) for path in paths}
    photos = [path for path, kind in kinds.items() if kind == "photo"]
    if photos and "folder" not in kinds.values():
        left = tuple(path.name for path, kind in kinds.items() if kind != "photo")
        images.size(photos[0])
        here = [_here(path, project) for path in photos]
        if project is not None and here[0]:
            listed = tuple(project.images())
            kind: Kind = "here" if here[0] in listed else "other"  # such as in a hidden folder
            return Found(kind, photos[0], left=left, listed=listed, show=here[0])
        if len({path.parent for path in photos}) > 1:
            return Found("several", photos[0])
        return Found("folder", _project_around(photos[0]), photos[0], left)
    if len(paths) > 1:
        return Found("other" if set(kinds.values()) == {"other"} else "several", paths[0])
    path, kind = paths[0], kinds[paths[0]]
    if kind != "folder" or not os.path.isdir(path):
        return Found(kind, path)
    if project is None:
        return Found("folder", path)
    inside = "." if _same(path, project.folder) else _here(path, project)
    if inside == "." or (inside and not _is_project(path)):
        listed = tuple(project.images())
        show = next((rel for rel in listed if rel.startswith(f"{inside}/")), "")
        return Found("here", path, listed=listed, show=show)
    Project.open(path)
    return Found("folder" if _is_project(path) or _has_photos(path) else "empty", path)


def _kind(path: Path) -> Kind:
    if os.path.isdir(path) or not os.path.exists(path):  # of what is not there, opening it says so
        return "folder"
    suffix = path.suffix.lower()
    known: dict[Kind, bool] = {
        "photo": suffix in images.EXTENSIONS,
        "video": suffix in frames.EXTENSIONS,
        "dataset": suffix == ".json",
    }
    return next((kind for kind, fits in known.items() if fits), "other")


def _here(path: Path, project: Project | None) -> str:
    """Its name in the open folder, "." for that itself, "" when it is elsewhere."""
    if project is None:
        return ""
    try:
        rel = os.path.relpath(os.path.realpath(path), os.path.realpath(project.photos))
    except ValueError:  # on another drive
        return ""
    return "" if rel.startswith("..") else unicodedata.normalize("NFC", Path(rel).as_posix())


def _same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _is_project(folder: Path) -> bool:
    return (folder / "project.toml").is_file() or (folder / "pages").is_dir()


def _project_around(photo: Path) -> Path:
    """The project that a photo belongs to, in whatever folder of it; else just its folder."""
    photo = Path(os.path.abspath(photo))
    return next((folder for folder in photo.parents if (folder / "project.toml").is_file()), photo.parent)


def _has_photos(folder: Path) -> bool:
    """As soon as the first one is found."""
    try:
        os.scandir(folder).close()
    except OSError:
        return True  # which opening it explains
    names = (name for _, _, names in os.walk(folder) for name in names)
    return any(os.path.splitext(name)[1].lower() in images.EXTENSIONS for name in names)


class Opening(QObject):
    """bring: takes in a COCO file; capture: takes frames from a video."""

    def __init__(self, window: Window, bring: Callable[[Path], None], capture: Callable[[Path], object]) -> None:
        super().__init__(window)
        self._window, self._bring, self._capture = window, bring, capture
        self._first: Path | None = None
        session = window.session
        session.project_opened.connect(lambda: QTimer.singleShot(0, self, self._show_first))
        session.project_failed.connect(lambda _error: setattr(self, "_first", None))

    def open(self, paths: Sequence[Path]) -> None:
        window, project = self._window, self._window.session.project

        def failed(error: Exception) -> None:
            told = of_error(error, key="open") if isinstance(error, BadImage) else of_unopened(error)
            again = lambda: self.open(paths)  # noqa: E731
            window.show_refused(replace(told, action=self.tr("Try again"), run=again), again)

        def done(found: Found) -> None:
            if window.session.project is project:
                self._take(found, paths)

        if paths:
            window.disk_lane.submit("dropped", lambda: sort_out(paths, project), done, failed, priority=1)

    def _take(self, found: Found, paths: Sequence[Path]) -> None:
        window, session = self._window, self._window.session
        if found.kind == "folder":
            self._first = found.first
            window.open_folder(found.path)
        elif found.kind == "here":
            if list(found.listed) != session.images:
                session.relist(list(found.listed))
            if found.show:
                session.go(found.show)
        elif found.kind in ("video", "dataset") and session.project is not None:
            (self._capture if found.kind == "video" else self._bring)(found.path)
        else:
            window.show_refused(self._refusal(found), lambda: self.open(paths))
        if found.left:
            self._tell_left(found.left)

    def _refusal(self, found: Found) -> Notice:
        name = found.path.name
        if found.kind == "empty":
            text = self.tr("There are no photos in {folder}").format(folder=name)
            detail = self.tr("It was not opened. As a place for frames of a video it can be, all the same.")
            again = self.tr("Open it all the same")
            return Notice("warning", text, detail, "open", again, lambda: self._window.open_folder(found.path))
        if found.kind in ("video", "dataset"):
            text = self.tr("{name} needs an open folder").format(name=name)
            return Notice("warning", text, self.tr("Open the folder of photos first, then drop it there."), "open")
        if found.kind == "several":
            text = self.tr("That is more than one thing to open")
            detail = self.tr("Drop one folder, photos of one folder, one video or one COCO file. Nothing was changed.")
            return Notice("warning", text, detail, "open")
        text = self.tr("{name} is nothing to open here").format(name=name)
        detail = self.tr(
            "Photos, folders of photos, videos, COCO files (.json) and model weights can be. Nothing was changed."
        )
        return Notice("warning", text, detail, "open")

    def _tell_left(self, names: Sequence[str]) -> None:
        some = ", ".join(names[:_NAMED])
        if len(names) > _NAMED:
            some += " " + self.tr("and {n} more").format(n=len(names) - _NAMED)
        text = self.tr("Left aside: {names}").format(names=some)
        detail = self.tr("Videos and COCO files are taken one at a time, without photos.")
        self._window.session.notice.emit(Notice("info", text, detail, key="left"))

    def _show_first(self) -> None:
        """The photo that was named, once the first of the folder has had its turn."""
        session, first = self._window.session, self._first
        self._first = None
        if first is None or session.project is None:
            return
        place = Path(os.path.abspath(session.project.photos))
        with_name = Path(os.path.abspath(first))
        if with_name.is_relative_to(place):
            rel = unicodedata.normalize("NFC", with_name.relative_to(place).as_posix())
            if rel in session.images:
                QTimer.singleShot(0, self, lambda: session.go(rel))
