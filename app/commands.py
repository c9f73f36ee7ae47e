"""What the user can do, in the words of session and assistant. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app import rows
from app.assistant import Assistant
from app.finder import Finder
from app.look import Look
from app.notices import Notice
from app.session import Session
from sscore import edits
from sscore.review import set_done
from sscore.types import UNKNOWN, Annotation


class Commands(QObject):
    """Each command makes one undoable step, or says why it did nothing."""

    def __init__(
        self, session: Session, assistant: Assistant, finder: Finder, look: Look, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._finder, self._look = session, assistant, finder, look
        assistant.accepted.connect(self._add)
        assistant.owed.connect(self._add_elsewhere)
        session.undo_group.indexChanged.connect(self._on_step)

    def accept(self) -> None:
        """The pending mask, the proposal under the mouse or in hand, or proposed objects that are selected."""
        page = self._session.page
        if page is None or self._assistant.accept():
            return
        if (find := self._finder.target) is not None:
            self._finder.accept(find)
            return
        proposed = [a.id for a in page.find_all(self._session.selection) if a.status == "proposed"]
        if proposed:
            self._session.edit(self.tr("accept"), edits.set_status(page, proposed, "accepted"))
        elif not self._session.selection:
            self._session.whisper.emit(self.tr("There is no mask to accept: draw a box around a piece, or click it."))

    def _add(self, annotation: Annotation) -> None:
        page = self._session.page
        if page is None:
            return
        added = edits.add(page, annotation)
        name = rows.name_of(self._session.labels, annotation.label, self._look.lang)
        self._session.edit(self.tr("add {name}").format(name=name), added, select=(added.annotations[-1].id,))

    def _add_elsewhere(self, image: str, annotation: Annotation) -> None:
        """Accepted on a photo that was left before the mask was there."""
        title = self.tr("add {name}").format(name=rows.name_of(self._session.labels, annotation.label, self._look.lang))
        self._session.edit_elsewhere(image, title, lambda page: edits.add(page, annotation), lambda: None)

    def _on_step(self, _index: int) -> None:
        """From now on undo means the page again, not the prompt that was dropped before."""
        if self._assistant.pending.cleared:
            self._assistant.clear(for_good=True)

    def set_label(self, label: str) -> None:
        """For the mask in hand, else for a proposal, else for the selected objects."""
        session, page = self._session, self._session.page
        if not self._assistant.pending.empty:
            self._assistant.set_label(label)
        elif (find := self._finder.target) is not None:
            self._finder.set_label(find, label)
        elif page is not None and session.selection:
            changed = [a.id for a in page.find_all(session.selection) if a.label != label]
            if changed:
                name = rows.name_of(session.labels, label, self._look.lang)
                session.edit(self.tr("change to {name}").format(name=name), edits.relabel(page, changed, label))
        elif page is not None:
            text = self.tr("Select an object first, or draw a box around a new one.")
            session.notice.emit(Notice("info", text, key="label"))

    def set_label_by_number(self, number: int) -> None:
        keys = self._session.labels.keys
        if number == 0:
            self.set_label(UNKNOWN)
        elif number <= len(keys):
            self.set_label(keys[number - 1])

    def delete(self) -> None:
        """The prompt in hand, the proposal under the mouse or in hand, else the selected objects."""
        if not self._assistant.pending.empty:
            self._assistant.clear()
            return
        page, ids = self._session.page, self._session.selection
        if (find := self._finder.target) is not None:
            self._finder.reject([find])
            return
        if page is not None and (locked := [a.id for a in page.find_all(ids) if a.extra.get(edits.LOCKED)]):
            text = self.tr("Locked objects are not deleted. {lock} unlocks them.")
            self._session.whisper.emit(self._look.told(text))
            ids = tuple(i for i in ids if i not in locked)
        if page is None or not ids:
            return
        title = self.tr("delete 1 object") if len(ids) == 1 else self.tr("delete {n} objects").format(n=len(ids))
        self._session.edit(title, edits.remove(page, ids), select=())

    def cancel(self) -> bool:
        """One thing at a time: a search under way, the prompt, the proposal in hand, the selection. False when there
        is none of them."""
        if self._finder.stop():
            return True
        if not self._assistant.pending.empty:
            self._assistant.clear()
        elif not self._finder.let_go():
            chosen = bool(self._session.selection)
            self._session.select(())
            return chosen
        return True

    def undo(self) -> None:
        """A step of the prompt while a mask is pending, else the last edit of this photo."""
        if not self._assistant.undo_prompt():
            self._session.undo_group.undo()

    def redo(self) -> None:
        if self._assistant.pending.empty and self._session.undo_group.canRedo():
            self._session.undo_group.redo()
        else:
            self._assistant.redo_prompt()

    def toggle_done(self) -> None:
        page = self._session.page
        if page is not None:
            done = not page.extra.get("done", False)
            title = self.tr("mark as done") if done else self.tr("mark as not done")
            self._session.edit(title, set_done(page, done=done))

    def done_next(self) -> None:
        page = self._session.page
        if page is None:
            return
        if not page.extra.get("done", False):
            self._session.edit(self.tr("mark as done"), set_done(page, done=True))
        self.next_open()

    def next_open(self) -> None:
        """The next photo that is not done, from here on and round."""
        session = self._session
        listed = session.listed or session.images
        at = listed.index(session.image) + 1 if session.image in listed else 0
        rest = [rel for rel in listed[at:] + listed[:at] if rel != session.image]
        found = next((r for r in rest if session.state(r).progress != "done" and r not in session.unreadable), "")
        if found:
            session.go(found)
        else:
            session.notice.emit(Notice("done", self.tr("Every photo of this folder is done."), key="end"))

    def step_photo(self, offset: int) -> None:
        if self._session.images and not self._session.step(offset):
            text = self.tr("This is the last photo.") if offset > 0 else self.tr("This is the first photo.")
            self._session.notice.emit(Notice("info", text, key="end"))

    def select_all(self) -> None:
        if self._session.page is not None:
            self._session.select(a.id for a in self._session.page.annotations)
