"""Offers to learn class names from corrections: quietly, when it may help, and once for each step of the count."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app.index import Index
from app.notices import Notice
from sscore.edits import untouched
from sscore.train import head_data
from sscore.types import Annotation, ModelCard, Page

if TYPE_CHECKING:
    from app.dialogs.learn_names import LearnNamesDialog
    from app.window import Window

_KEEP = 200  # projects


def name_of(folder: str) -> str:
    """What the first head of a project in this folder is called; the next are numbered."""
    plain = re.sub(r"[\W_]+", "-", folder).strip("-")[:50]
    return f"{plain or 'own'}-head"


def free_name(folder: str, taken: Iterable[str]) -> str:
    first, used = name_of(folder), {one.casefold() for one in taken}
    names = (first if n == 1 else f"{first}-{n}" for n in range(1, len(used) + 2))
    return next(name for name in names if name.casefold() not in used)


class LearnOffer(QObject):
    """Looks when the user turns to another photo, never in the middle of one. The project is counted only once a
    correction was made in it, so that a folder which is merely looked at is not read through."""

    def __init__(self, window: Window, index: Index, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window, self._session, self._index = window, window.session, index
        self._seen: tuple[Annotation, ...] = ()
        self._session.page_edited.connect(self._on_page)
        self._session.image_changed.connect(lambda _rel: self.look())

    def show(self) -> LearnNamesDialog | None:
        """The dialog; None without a project."""
        from app.dialogs.learn_names import LearnNamesDialog

        window = self._window
        if window.session.project is None:
            return None
        model = window.assistant.classifier
        present = model.card if model is not None else None
        dialog = LearnNamesDialog(
            window.session, self._index, window.stock, present, window.disk_lane, window.look, window
        )
        dialog.use.connect(lambda model_id: window.assistant.load("classifier", model_id))
        dialog.learnt.connect(self.remember)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        return dialog

    def _on_page(self, page: Page) -> None:
        """Only what is new is looked at: an edit comes with hundreds that were there before."""
        before, self._seen = self._seen, page.annotations
        if any(map(_corrected, page.annotations[untouched(before, page.annotations) :])):
            self._index.want()

    def look(self) -> None:
        """Offer it if now is the time."""
        project = self._session.project
        if project is None or not self._index.ready:
            return
        found = head_data.tally(self._index.facts(), project.labels)
        if not found.promising or found.step <= max(self._said(), self._learnt()):
            return
        self.remember(found.step)
        text = self.tr("Your corrections can teach the program its class names")
        detail = self.tr(
            "{n} of {all} names were corrected. From the {pieces} accepted objects better ones may be learnt in a "
            "minute; you see how good they are before they are used."
        ).format(n=found.corrected, all=found.named, pieces=found.pieces)
        action = self.tr("Have a look…")
        self._window.messages.show_notice(Notice("info", text, detail, "learn", action, self._go))

    def _go(self) -> None:
        self.show()

    def remember(self, pieces: int) -> None:
        """Learning from so many pieces of this project was offered, or done."""
        kept = self._all()
        if self._session.project is not None:
            here = str(self._session.project.folder)
            kept = {here: max(pieces, kept.pop(here, 0)), **kept}
        self._window.settings.set("learning_offered", json.dumps(dict(list(kept.items())[:_KEEP])))

    def _said(self) -> int:
        assert self._session.project is not None
        return self._all().get(str(self._session.project.folder), 0)

    def _learnt(self) -> int:
        """Pieces the largest head called after this project learned from, also one made by the command line."""
        assert self._session.project is not None
        own = re.compile(re.escape(name_of(self._session.project.folder.name)) + r"(-\d+)?")
        cards = (row.card for row in self._window.stock.rows)
        return max((_pieces(card) for card in cards if own.fullmatch(card.id)), default=0)

    def _all(self) -> dict[str, int]:
        try:
            read = json.loads(self._window.settings.get("learning_offered") or "{}")
            return {str(folder): int(pieces) for folder, pieces in read.items()}
        except (ValueError, TypeError, AttributeError):  # damaged: it is offered once more
            return {}


def _pieces(card: ModelCard) -> int:
    return head_data.pieces_of_note(card.note) if card.family == "prototype" else 0


def _corrected(annotation: Annotation) -> bool:
    return annotation.scores is not None and annotation.label != annotation.scores.best
