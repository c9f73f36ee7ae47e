"""The state of the program: which folder, which photo, its page, what is selected, what can be undone.

Everything else shows this or asks it to change. Reading and writing happen on the disk lane; every edit is queued for
saving at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoGroup, QUndoStack

from app import states
from app.jobs import Lane
from app.notices import Notice, in_words, of_aftermath, of_error, of_locked
from app.saving import Loaded, Saver
from app.settings import Settings
from app.states import ImageState
from app.undo import EditPage
from sscore.aftermath import Aftermath
from sscore.coco import page_to_json
from sscore.edits import untouched
from sscore.errors import FolderGone, PageChanged, SscError
from sscore.labels import LabelSet
from sscore.labels import load as load_labels
from sscore.project import Project
from sscore.types import Annotation, Mask, Page

_KEEP_PAGES = 4
_ASIDE = 32  # masks


@dataclass(frozen=True, slots=True)
class _Opened:
    project: Project
    images: list[str]
    locked: SscError | None  # why nothing may be written here
    aftermath: Aftermath | None


class Session(QObject):
    """The only mutable state of the program."""

    project_opened = Signal()
    project_failed = Signal(object)
    images_changed = Signal()
    image_changed = Signal(str)
    page_changed = Signal(object)
    page_edited = Signal(object)  # any page after a step, on screen or not
    stepped = Signal()  # a step was done or taken back that is of no page, see app.undo.Step
    selection_changed = Signal(tuple)
    state_changed = Signal(str)
    notice = Signal(object)
    whisper = Signal(str)  # a word on what was just tried with the mouse, to be said where that is

    def __init__(self, disk: Lane, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._disk = disk
        self._settings = settings
        self.project: Project | None = None
        self.images: list[str] = []
        self.listed: list[str] = []  # those of them that the list shows: next and previous walk through these
        self.image = ""
        self.page: Page | None = None
        self.selection: tuple[int, ...] = ()
        self.undo_group = QUndoGroup(self)
        self._labels = load_labels()
        self._states: dict[str, ImageState] = {}
        self._done = self._jobs = 0
        self._stacks: dict[str, QUndoStack] = {}
        self._pages: dict[str, Page] = {}  # all that have undo steps, so that those stay valid, and the last few
        self._aside: list[Mask] = []  # not on the page on screen any more, see _set_aside
        self._digests: dict[str, str] = {}
        self.unreadable: set[str] = set()  # photos, see app.readable
        self.saver = Saver(settings, self)
        self.saver.notice.connect(self.notice)
        self.saver.saved.connect(self._on_saved)
        self.saver.conflict.connect(self._on_conflict)

    # --- project and image -------------------------------------------------------------------------------------

    @property
    def labels(self) -> LabelSet:
        return self.project.labels if self.project else self._labels

    def open(self, folder: Path, prepare: Callable[[], None] | None = None) -> None:
        """Open a folder of photos; on failure what is on screen stays. `prepare` runs before, on the disk lane."""

        def work() -> _Opened:
            self.saver.settle()  # it may be the same folder again
            if prepare:
                prepare()
            if not os.path.exists(folder):
                raise FolderGone("there is no such folder", path=folder)
            project = Project.open(folder)
            images = project.images()
            aftermath, locked = project.look_after(), None
            try:
                project.enter()
            except SscError as error:  # a read-only folder can still be looked at
                locked = error
            return _Opened(project, images, locked, aftermath)

        self._disk.submit("open", work, self._on_opened, self.project_failed.emit)

    def _on_opened(self, opened: _Opened) -> None:
        self._release()
        for rel in self.images:
            if self.project is not None:
                self.saver.forget(self.project, rel)
        self.project = opened.project
        self.images = self.listed = opened.images
        self.image, self.page, self.selection, self._done = "", None, (), 0
        for memory in (self._states, self._pages, self._digests, self.unreadable):
            memory.clear()
        for stack in self._stacks.values():
            self.undo_group.removeStack(stack)
            stack.deleteLater()
        self._stacks.clear()
        self._settings.set("last_folder", str(opened.project.folder))
        self.project_opened.emit()
        if opened.locked is not None:
            self.notice.emit(of_locked(opened.locked, opened.project.folder))
        if opened.aftermath is not None:
            project, aftermath = opened.project, opened.aftermath
            self.notice.emit(of_aftermath(aftermath, self.tr("Go there"), self.go))
            self._disk.submit("told", lambda: project.told(aftermath), always=True)
        self._read_states()
        # In a turn of its own: with ten thousand photos the list has had its share of this one.
        QTimer.singleShot(0, self, lambda: self._go_first(opened.project))

    def _go_first(self, project: Project) -> None:
        if self.project is project and not self.image and self.images:
            self.go(self.images[0])

    def _read_states(self) -> None:
        project = self.project
        if project is None:
            return

        def done(found: list[tuple[str, ImageState]]) -> None:
            if self.project is project:
                for rel, state in found:
                    if rel not in self._pages:  # also of the one on screen: it may be left before it is read
                        self._set_state(rel, state)

        self._disk.walk("states", self.images, lambda rel: states.on_disk(project, rel), done, priority=8)

    def _tell_repairs(self, project: Project) -> None:
        """What the project put right by itself, such as a save that a crash had interrupted."""
        while project.notices:
            what = in_words(project.notices.pop(0))
            self.notice.emit(Notice("info", self.tr("Put right after an interruption"), what))

    def state(self, rel: str) -> ImageState:
        return self._states.get(rel, ImageState())

    @property
    def done_count(self) -> int:
        """Photos marked as done."""
        return self._done

    def go(self, rel: str) -> None:
        """Show another photo; its page arrives with `page_changed`."""
        if self.project is None or rel == self.image:
            return
        if self.page is not None:
            self._set_aside(self.page.annotations, (), at_once=True)
        self.image, self.page = rel, None
        self.undo_group.setActiveStack(self._stacks.get(rel))  # type: ignore[arg-type]
        self.select(())
        self.image_changed.emit(rel)
        self.page_changed.emit(None)
        if rel:
            self._load(rel)

    def step(self, offset: int) -> bool:
        """Next (+1) or previous (-1) photo; False at the end of the list."""
        if self.image not in self.images or not self.listed:
            return False
        if self.image in self.listed:
            index = self.listed.index(self.image) + offset
        else:  # the filter has hidden it: on to the nearest that is shown
            here = self.images.index(self.image)
            before = sum(self.images.index(rel) < here for rel in self.listed)
            index = before if offset > 0 else before - 1
        if not 0 <= index < len(self.listed):
            return False
        self.go(self.listed[index])
        return True

    def relist(self, images: list[str], go: str = "") -> None:
        """Photos have come or gone while the folder is open; `go` is shown next."""
        self.images = self.listed = images
        self.images_changed.emit()
        if go:
            self.go(go)

    def _load(self, rel: str) -> None:
        project = self.project
        if project is None:
            return
        unsaved = self.saver.waiting(project, rel)
        mine = unsaved or self._pages.get(rel)

        def work() -> Loaded:
            return Loaded(unsaved) if unsaved is not None else self._read(project, rel, mine)

        def done(loaded: Loaded) -> None:
            if self.project is project and self.image == rel:
                newer = self._pages.get(rel)
                if newer is not None and newer is not mine:  # an edit came in between, and is not of what was read
                    self._on_loaded(rel, newer, newer)
                else:
                    self.saver.go_on_from(project, loaded)
                    self._on_loaded(rel, loaded.page, mine)

        self._disk.submit("load", work, done, lambda error: self._on_load_failed(rel, error), priority=1)

    def refresh(self) -> None:
        """Read the page on screen again: somebody else may have changed it, or it could not be read."""
        if self.image:
            self._load(self.image)

    def _read(self, project: Project, rel: str, mine: Page | None) -> Loaded:
        """For the disk lane: what is on disk; `mine` itself where that says the same."""
        loaded = self.saver.load(project, rel, mine)
        same = mine is not None and _same(loaded.page, mine, project.labels)
        return replace(loaded, page=mine) if same else loaded

    def _on_loaded(self, rel: str, page: Page, mine: Page | None) -> None:
        if self.project is not None:
            self._tell_repairs(self.project)
        stack = self.stack(rel)
        self.undo_group.setActiveStack(stack)
        if mine is None or page is mine:
            self._put(rel, page)
            self._remember(rel)
            self._check_digest(self._with_digest(page))
        else:
            self.page = mine
            stack.push(EditPage(self, self.tr("changed on disk"), mine, page))

    def _remember(self, rel: str) -> None:
        """Keep the page in memory; of those without undo steps only the last few."""
        if self.page is not None:
            self._pages.pop(rel, None)
            self._pages[rel] = self.page
        idle = [r for r in self._pages if not self.stack(r).count()]
        for old in idle[:-_KEEP_PAGES]:
            del self._pages[old]
            if self.project is not None:
                self.saver.forget(self.project, old)

    def _on_load_failed(self, rel: str, error: Exception) -> None:
        if rel == self.image:
            self._set_state(rel, replace(self.state(rel), damaged=True))
            self.page = None
            self.select(())
            self.page_changed.emit(None)
            self.notice.emit(of_error(error, key="page"))

    # --- editing -----------------------------------------------------------------------------------------------

    def edit(self, title: str, page: Page, *, gesture: int = -1, select: Iterable[int] | None = None) -> None:
        """The one way to change the page. `gesture` >= 0 joins the steps of one drag; `select` applies afterwards."""
        if self.page is None or page is self.page:
            return
        self._stacks[self.image].push(EditPage(self, title, self.page, page, gesture))
        if select is not None:
            self.select(select)

    def show_page(self, page: Page, title: str) -> None:
        """Called by EditPage: do, undo or redo."""
        rel = page.image
        if rel == self.image:
            before = self.page
            self._put(rel, page)
            self._remember(rel)
            page = self.page or page
            if before is not None:
                known = untouched(before.annotations, page.annotations)
                self._set_aside(before.annotations[known:], page.annotations[known:])
        else:
            self._pages[rel] = page
            self._set_state(rel, states.of_page(page))
        if self.project is not None:
            self.saver.save(self.project, page, title)
        self.page_edited.emit(page)

    def _set_aside(self, gone: Sequence[Annotation], there: Sequence[Annotation], *, at_once: bool = False) -> None:
        """Masks that only undo steps and other photos' pages still hold need a hundredth of the room when they rest."""
        shown = {id(annotation.mask) for annotation in there}
        self._aside += [annotation.mask for annotation in gone if id(annotation.mask) not in shown]
        if len(self._aside) >= _ASIDE or (at_once and self._aside):
            masks, self._aside = self._aside, []

            def rest() -> None:
                for mask in masks:
                    mask.rest()

            self._disk.submit(("rest", id(masks)), rest, priority=9)

    def edit_elsewhere(
        self,
        rel: str,
        title: str,
        change: Callable[[Page], Page],
        done: Callable[[], None],
        beside: Callable[[bool], None] | None = None,
    ) -> None:
        """A step for a photo that need not be on screen: it is loaded first, and the step goes on its own undo stack.
        `done` is called afterwards, also when nothing came of it. beside: as of EditPage."""
        project = self.project

        def push(before: Page, after: Page) -> None:
            if after is not before:
                self.stack(rel).push(EditPage(self, title, before, after, beside=beside))

        if project is None or (rel == self.image and self.page is not None):
            if self.page is not None:
                push(self.page, change(self.page))
            done()
            return
        self._jobs += 1
        mine = self.saver.waiting(project, rel) or self._pages.get(rel)

        def loaded(found: Loaded) -> None:
            if self.project is project:
                page, here = found.page, rel == self.image and self.page is not None
                ours = self.page if here and self.page is not None else self._pages.get(rel)
                if ours is None or ours is mine:
                    self.saver.go_on_from(project, found)
                    if ours is not None and page is not ours:
                        self.stack(rel).push(EditPage(self, self.tr("changed on disk"), ours, page))
                    ours = self._pages[rel] = page
                push(ours, change(ours))
            done()

        def failed(error: Exception) -> None:
            self.notice.emit(of_error(error, key="page"))
            done()

        job = ("elsewhere", self._jobs)
        self._disk.submit(job, lambda: self._read(project, rel, mine), loaded, failed, priority=2)

    def stack(self, rel: str) -> QUndoStack:
        """The steps of one photo."""
        if rel not in self._stacks:
            self._stacks[rel] = QUndoStack(self.undo_group)
        return self._stacks[rel]

    def set_digest(self, rel: str, digest: str) -> None:
        """The pixels of a photo are known now."""
        self._digests[rel] = digest
        if self.page is not None and self.page.image == rel:
            self.page = self._with_digest(self.page)
            self._check_digest(self.page)

    def _check_digest(self, page: Page) -> None:
        """Report a page that was made for other pixels than the photo has now."""
        digest = self._digests.get(page.image, "")
        if digest and page.digest != digest:
            text = self.tr("The photo {name} was changed").format(name=page.image)
            detail = self.tr("Its annotations may not fit any more. They are kept as they are.")
            self.notice.emit(Notice("warning", text, detail, key="digest"))

    def select(self, ids: Iterable[int]) -> None:
        wanted = tuple(ids)
        if wanted:
            known = {a.id for a in self.page.annotations} if self.page else set()
            wanted = tuple(i for i in wanted if i in known)
        if wanted != self.selection:
            self.selection = wanted
            self.selection_changed.emit(wanted)

    def step_selection(self, offset: int) -> None:
        """Select the next or previous object, round and round."""
        if self.page is None or not self.page.annotations:
            return
        ids = [a.id for a in self.page.annotations]
        at = ids.index(self.selection[-1]) + offset if self.selection else (0 if offset > 0 else -1)
        self.select((ids[at % len(ids)],))

    def _put(self, rel: str, page: Page) -> None:
        page = self._with_digest(page)
        self.page = page
        self._set_state(rel, states.of_page(page))
        self.page_changed.emit(page)
        if self.page is not page:  # edited by who was told of it: those told later have heard of the older one last
            self.page_changed.emit(self.page)
        self.select(self.selection)

    def _with_digest(self, page: Page) -> Page:
        digest = self._digests.get(page.image, "")
        return replace(page, digest=digest) if digest and not page.digest else page

    def _set_state(self, rel: str, state: ImageState) -> None:
        before = self.state(rel)
        if before != state:
            self._states[rel] = state
            self._done += (state.progress == "done") - (before.progress == "done")
            self.state_changed.emit(rel)

    # --- saving ------------------------------------------------------------------------------------------------

    def _on_saved(self, project: Project) -> None:
        if self.project is project:
            self._tell_repairs(project)

    def _on_conflict(self, project: Project, rel: str, _error: PageChanged) -> None:
        """Somebody else saved this page meanwhile: go on from theirs, ours is a file and one undo step away."""
        if project is self.project and rel == self.image:
            self._load(rel)

    def close(self) -> None:
        """Release the folder; saves already queued are still written by the lane."""
        self._release()
        self.saver.close()

    def _release(self) -> None:
        project = self.project
        if project is not None:
            self.saver.lane.submit(("unlock", id(project)), project.leave, priority=9, always=True)


def _same(one: Page, other: Page, labels: LabelSet) -> bool:
    if one is other:
        return True
    digestless = replace(one, digest=""), replace(other, digest="")
    return page_to_json(digestless[0], labels) == page_to_json(digestless[1], labels)
