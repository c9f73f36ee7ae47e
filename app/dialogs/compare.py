"""Several segmenters on one prompt: masks side by side or as difference, with figures; the best is taken by one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import model_words
from app.actions import native
from app.assistant import Assistant
from app.dialogs.compare_tile import Tile, part_to_show, picture
from app.jobs import Lane
from app.look import Look
from app.notices import of_error
from app.on_screen import open_at
from app.photos import Photo
from app.session import Session
from app.settings import Settings
from app.shelf import Shelf
from app.soon import Soon
from app.stock import Stock
from app.tick_menu import TickMenu
from sscore import compare, edits, review
from sscore.compare import Answer, Replayed
from sscore.errors import Cancelled, ModelMissing, SscError
from sscore.presence import now
from sscore.types import Annotation, Mask, Page, Prompt, Segmenter

_AT_MOST = 4  # models
_Subject = tuple[Photo, Prompt, Annotation | None]
"""What is compared: the prompt, and the object it belongs to if there is one."""


class CompareDialog(QWidget):
    """A window of its own. It works on the mask being made, else on the one selected object, and follows both."""

    _progressed = Signal(int, int)
    _answered = Signal(object, object, object, str)
    manager_wanted = Signal()

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        shelf: Shelf,
        stock: Stock,
        settings: Settings,
        lane: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("compare")
        self._session, self._assistant, self._shelf, self._stock = session, assistant, shelf, stock
        self._settings, self._lane, self._look = settings, lane, look
        self._loaded: dict[str, Segmenter] = {}
        self._stopped = False
        self.answers: list[Answer] = []
        self._of: _Subject | None = None
        self._asked: _Subject | None = None
        open_at(self, 1040, 640)
        self.models = QToolButton()
        self.models.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = TickMenu(self)
        self.menu.setToolTipsVisible(True)
        self._before: list[str] = []  # which were ticked when it was opened
        self.menu.aboutToShow.connect(self._on_menu)
        self.menu.aboutToHide.connect(self._on_menu_left)
        self.models.setMenu(self.menu)
        self.chosen: list[str] = []
        self.run, self.replay = QPushButton(), QPushButton()
        self.run.setProperty("primary", "true")
        self.differ = QCheckBox()
        self.follow = QCheckBox()
        self.follow.setChecked(True)
        self.says = QLabel(wordWrap=True)
        self.says.setProperty("role", "muted")
        self.legend = QLabel()
        self.legend.hide()
        self.tiles = [Tile(number, look) for number in range(_AT_MOST)]
        top = QHBoxLayout()
        top.setSpacing(10)
        for widget in (self.models, self.run, self.replay, self.differ, self.follow):
            top.addWidget(widget)
        top.addStretch()
        grid = QGridLayout()
        grid.setSpacing(10)
        for tile in self.tiles:
            grid.addWidget(tile, tile.number // 2, tile.number % 2)
            tile.taken.connect(lambda n=tile.number: self.take(n))
        self.tiles[0].resized.connect(Soon(self, self._show).ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(grid, 1)
        column.addWidget(self.legend)
        column.addWidget(self.says)
        self.run.clicked.connect(self.ask)
        self.replay.clicked.connect(self.ask_all)
        self.differ.toggled.connect(lambda _on: self._show())
        for number in range(_AT_MOST):
            QShortcut(QKeySequence(str(number + 1)), self, lambda n=number: self.take(n))
        # Space and Enter are for the control that has the keyboard.
        for keys, run in (
            ("D", self.differ.toggle),
            ("F5", self.ask),
            ("Shift+F5", self.ask_all),
            ("M", self.models.showMenu),
        ):
            QShortcut(QKeySequence(keys), self, run)
        self._take_back = QShortcut(QKeySequence(), self, lambda: self._move(session.undo_group.undo))
        self._give_again = QShortcut(QKeySequence(), self, lambda: self._move(session.undo_group.redo))
        self._progressed.connect(self._on_progress)
        self._answered.connect(self._on_answers)
        session.selection_changed.connect(lambda _ids: self._on_other())
        session.project_opened.connect(self._forget)
        assistant.proposed.connect(lambda _proposal: self._on_other())
        assistant.models_changed.connect(self._fill_models)
        stock.changed.connect(self._fill_models)
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        self.setWindowTitle(self.tr("Compare models"))
        for shortcut, action in ((self._take_back, "undo"), (self._give_again, "redo")):
            shortcut.setKeys([QKeySequence(key) for key in self._look.keys(action)])
        self.run.setText(self.tr("Compare  ({key})").format(key=native("F5")))
        self.replay.setText(self.tr("Compare on all objects  ({key})").format(key=native("Shift+F5")))
        self.differ.setText(self.tr("Difference  ({key})").format(key=native("D")))
        self.differ.setToolTip(
            self.tr("Where the masks agree, and who has what alone; the colours are explained below")
        )
        self.follow.setText(self.tr("Follow the selection"))
        self.follow.setToolTip(self.tr("Ask anew whenever another object is selected"))
        self._fill_models()
        self._show()

    # --- which models ------------------------------------------------------------------------------------------

    def _fill_models(self) -> None:
        if self.menu.isVisible():  # it would jump about under the mouse; filled anew when it is opened again
            return
        cards = [card for card in self._assistant.cards if card.kind == "segmenter"]
        if not self.chosen and cards:
            quick = [card.id for card in cards if card.embedded or card.family == "grabcut"]
            first = self._assistant.present("segmenter")
            self.chosen = list(dict.fromkeys([*([first] if first else []), *quick]))[:2]
        self.menu.clear()
        rows = {card.id: self._stock.row(card.id) for card in cards}
        missing = {name: model_words.place(row) for name, row in rows.items() if row is not None and not row.here}
        for card in sorted(cards, key=lambda one: one.id in missing):
            action = self.menu.addAction(f"{card.id}  –  {missing[card.id]}" if card.id in missing else card.id)
            action.setData((card.id, card.id not in missing))
            action.setCheckable(True)
            action.setChecked(card.id in self.chosen)
            action.triggered.connect(lambda on, one=card.id: self.choose(one, on))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Manage models…"), self.manager_wanted.emit)
        self._show_chosen()

    def _show_chosen(self) -> None:
        full = len(self.chosen) >= _AT_MOST
        for action in self.menu.actions():
            if action.isCheckable():
                name, here = action.data()
                on = name in self.chosen
                action.setChecked(on)
                action.setEnabled(on or (here and not full))
                too_many = self.tr("Four at most: take the tick from another first") if here and full and not on else ""
                action.setToolTip(too_many)
        names = ", ".join(self.chosen) or "–"
        brief = names if len(self.chosen) <= 2 else str(len(self.chosen))  # four names are wider than a window may be
        self.models.setText(self.tr("Models: {names}  ({key})").format(names=brief, key=native("M")) + "  ▾")
        self.models.setToolTip(names)
        asks = self.tr("The prompt of the mask being made, or the one stored with the selected object")
        asks_all = self.tr(
            "Asks with every stored prompt of this photo. Objects on which they disagree move up the review queue."
        )
        for button, tip in ((self.run, asks), (self.replay, asks_all)):
            button.setEnabled(bool(self.chosen))
            button.setToolTip(tip if self.chosen else self.tr("Tick a model first"))

    def _on_menu(self) -> None:
        self._fill_models()
        self._before = list(self.chosen)

    def _on_menu_left(self) -> None:
        """Whoever ticks other models wants to see their answers, at once when all have been ticked."""
        if self.chosen != self._before:
            self._on_other()

    def choose(self, model_id: str, on: bool = True) -> None:
        """Two to four; with a fifth the first one goes."""
        self.chosen = [one for one in self.chosen if one != model_id] + ([model_id] if on else [])
        self.chosen = self.chosen[-_AT_MOST:]
        self._show_chosen()

    def _segmenters(self) -> list[Segmenter]:
        return [self._segmenter(model_id) for model_id in self.chosen]

    def _segmenter(self, model_id: str) -> Segmenter:
        """Runs on the model lane. The model in use is not loaded twice."""
        present = self._assistant.segmenter
        if present is not None and present.card.id == model_id:
            self._loaded[model_id] = present
        elif model_id not in self._loaded:
            self._loaded[model_id] = self._shelf.segmenter(model_id)
        return self._loaded[model_id]

    # --- one prompt --------------------------------------------------------------------------------------------

    def _subject(self) -> _Subject | None:
        page, photo = self._session.page, self._assistant.photo
        if page is None or photo is None or photo.image != page.image:
            return None
        if not self._assistant.pending.empty:
            return photo, self._assistant.pending.prompt, None
        ids = self._session.selection
        found = page.find(ids[0]) if len(ids) == 1 else None
        if found is None:
            return None
        prompt = found.prompt if found.prompt is not None and not found.prompt.empty else Prompt(box=found.mask.box)
        return photo, prompt, found

    def _on_other(self) -> None:
        if self.isVisible() and self.follow.isChecked() and self._subject() is not None:
            self.ask()

    def ask(self) -> None:
        subject = self._subject()
        if subject is None:
            self.says.setText(self._ask_for())
            if self._of is not None and self._of[0].image != self._session.image:  # of a photo that is gone
                self._of, self._asked, self.answers = None, None, []
                self._show()
            return
        if not self.chosen:
            return
        photo, prompt, found = subject
        self._asked, chosen = subject, list(self.chosen)
        self.says.setText(self.tr("Asking {name}…").format(name=chosen[0]))
        truth = found.mask if found is not None else None

        def work() -> None:
            embed = lambda segmenter: self._assistant.embedding(segmenter, photo)  # noqa: E731
            answers: list[Answer] = []
            failed: dict[str, SscError] = {}
            for model_id, following in zip(chosen, [*chosen[1:], ""], strict=True):
                self._lane.let_pass(2)
                try:
                    answers += compare.ask([self._segmenter(model_id)], prompt, embed, truth)
                except SscError as error:  # one that does not load is told, the others go on
                    failed[model_id] = error
                self._answered.emit(subject, list(answers), dict(failed), following)

        self._lane.submit("compare", work, None, self._on_failed, priority=2)

    def _on_answers(
        self, subject: _Subject, answers: list[Answer], failed: dict[str, SscError], following: str
    ) -> None:
        """Of one model more; a slow one does not hold up what the quick ones said. following: who is asked now."""
        if subject is not self._asked:
            return
        self._of, self.answers = subject, answers
        lines = [f"{name}: {self._told(error)}" for name, error in failed.items()]
        if following:
            lines.append(self.tr("Asking {name}…").format(name=following))
        elif answers:
            lines.append(self._help())
        self.says.setText("\n".join(lines))
        self._show()

    def _forget(self) -> None:
        """Another folder may have photos of the same names."""
        for key in ("compare", "replay"):
            self._lane.cancel(key)
        self._stopped, self._of, self._asked, self.answers = True, None, None, []
        self._show()

    def _ask_for(self) -> str:
        return self.tr("Select one object, or draw a box around a piece.")

    def _help(self) -> str:
        text = self.tr("1–4 takes a mask, {key} shows the difference. {undo} takes it back.")
        return self._look.told(text, key=native("D"))

    def _move(self, step: Callable[[], None]) -> None:
        """A step back or forth. What the line below says of a mask that was taken holds no longer."""
        step()
        self.says.setText(self._help() if self.answers else "")

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.says.setText(self._told(error))

    def _told(self, error: Exception) -> str:
        """In one line; where a model should lie helps nobody here."""
        shown = of_error(error)
        if isinstance(error, ModelMissing):
            return self.tr("{what}. Choose another, or get it under Models…").format(what=shown.text)
        return self.tr("{what}. {detail}").format(what=shown.text, detail=shown.detail)

    def _show(self) -> None:
        subject, answers = self._of, self.answers
        self.legend.setVisible(self.differ.isChecked() and bool(answers))
        self.legend.setText(self._legend())
        for number, tile in enumerate(self.tiles):
            tile.setVisible(number < max(len(answers), 2))
            if subject is None or number >= len(answers):
                hint = "" if self._asked is not None else self._ask_for()
                tile.clear(self.chosen[number] if number < len(self.chosen) else "", hint)
                continue
            photo, _, found = subject
            reference = found.mask if found is not None else answers[0].mask
            shown = [one.mask for one in answers if one.mask is not None]
            if found is not None:
                shown.append(found.mask)
            part = part_to_show(photo.rgb, shown, subject[1], self.tiles[0].shape)
            shown_picture = picture(photo.rgb, part, answers[number].mask, reference, differ=self.differ.isChecked())
            tile.show_answer(answers[number], shown_picture)

    def _legend(self) -> str:
        """The colours of the difference: to the mask that the object has, else to that of the first model."""
        if self._of is not None and self._of[2] is not None:
            other = self.tr("only the mask of the object")
        else:
            other = self.tr("only {name}").format(name=self.answers[0].segmenter.card.id if self.answers else "")
        told = (compare.BOTH, self.tr("both")), (compare.MINE, self.tr("only this model")), (compare.OTHER, other)
        return "&nbsp;&nbsp;&nbsp;".join(f'<span style="color: rgb{rgb}">■</span> {text}' for rgb, text in told)

    def take(self, number: int) -> None:
        """The mask becomes that of the object, or a new object, as one undoable step."""
        page, subject = self._session.page, self._of
        if page is None or subject is None or number >= len(self.answers) or subject[0].image != page.image:
            return
        answer = self.answers[number]
        if answer.candidate is None or answer.mask is None:
            return
        from sscore.recognize import made_by

        record = made_by(answer.segmenter, None, answer.candidate)
        name = answer.segmenter.card.id
        if subject[2] is not None:
            old = page.find(subject[2].id)
            if old is None:
                return
            title = self.tr("take the mask of {name}").format(name=name)
            self._session.edit(title, edits.replace(page, compare.retake(old, answer, record)))
        else:
            self._add(page, subject[1], answer, record)
        self.says.setText(self.tr("Taken: {name}").format(name=name))

    def _add(self, page: Page, prompt: Prompt, answer: Answer, record: dict[str, object]) -> None:
        pending, mask = self._assistant.pending, cast(Mask, answer.mask)
        made = Annotation(
            id=0,
            mask=mask,
            label=pending.best_label(self._settings.get("unknown_below")),
            scores=pending.current_scores,
            made_by=record,
            prompt=prompt,
            author=self._settings.get("author"),
            time=now(),
        )
        self._assistant.clear()
        added = edits.add(page, made)
        self._session.edit(self.tr("add an object"), added, select=(added.annotations[-1].id,))

    # --- all prompts of the photo ------------------------------------------------------------------------------

    def ask_all(self) -> None:
        page, photo = self._session.page, self._assistant.photo
        if page is None or photo is None or photo.image != page.image:
            return
        self._stopped = False

        def progress(done: int, total: int) -> None:
            if self._stopped:
                raise Cancelled
            self._lane.let_pass(2)
            self._progressed.emit(done, total)

        def work() -> list[list[Replayed]]:
            embed = lambda segmenter: self._assistant.embedding(segmenter, photo)  # noqa: E731
            return compare.replay(self._segmenters(), page, embed, progress=progress)

        self._lane.submit("replay", work, lambda found: self._on_replayed(page, found), self._on_failed, priority=5)

    def _on_progress(self, done: int, total: int) -> None:
        self.says.setText(self.tr("Asking… {done} of {total}").format(done=done, total=total))

    def _on_replayed(self, page: Page, found: list[list[Replayed]]) -> None:
        lines = []
        for replayed in found:
            if replayed:
                dice = np.mean([one.dice for one in replayed])
                ms = 1000 * np.median([one.answer.seconds for one in replayed])
                name = replayed[0].answer.segmenter.card.id
                said = self.tr("{name}: mean DICE {dice} with your {n} masks, {ms} ms each")
                lines.append(said.format(name=name, dice=f"{dice:.3f}", n=len(replayed), ms=f"{ms:.0f}"))
        self.says.setText("\n".join(lines) or self.tr("No object of this photo has a stored prompt."))
        current = self._session.page
        if current is not None and current.image == page.image and lines:
            self._note_disagreement(current, found)

    def _note_disagreement(self, page: Page, found: list[list[Replayed]]) -> None:
        """The lowest agreement of any other model with the mask goes to the object, for the review queue."""
        lowest: dict[int, tuple[float, str]] = {}
        for replayed in found:
            for one in replayed:
                name, known = one.answer.segmenter.card.id, page.find(one.annotation.id)
                if known is not None and known.made_by.get("segmenter") != name:
                    lowest[known.id] = min(lowest.get(known.id, (2.0, "")), (one.iou, name))
        after = page
        for name in {name for _, name in lowest.values()}:
            mine = {i: iou for i, (iou, who) in lowest.items() if who == name}
            after = review.second_opinion(after, mine, segmenter=name)
        if after is not page:
            self._session.edit(self.tr("note where models disagree"), after)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        self._stopped = True
        self._lane.cancel("compare")
        self._loaded.clear()
        super().closeEvent(event)
