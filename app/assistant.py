"""Prompt in, proposal out: the loaded models, the embeddings of recent photos and the mask being made.

Models run on the model lane only. A box being dragged is tried one draft at a time: the newest draft waits while one
runs, so the preview follows the mouse at the model's own pace. A final prompt overtakes drafts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.jobs import Lane
from app.notices import Notice, of_error, out_of_memory
from app.pending import Pending, annotation_of
from app.photos import Photo
from app.settings import Settings
from app.shelf import LIMITS, STANDARD, Kind, Shelf, check_room_to_work, embedding_limits
from sscore.errors import BadPrompt, ModelCrashed
from sscore.labels import LabelSet
from sscore.models.cache import EmbeddingCache, needed_by
from sscore.models.known_classes import strangers
from sscore.models.zoom import Zoom
from sscore.naming import Naming
from sscore.types import Annotation, Box, Classifier, Embedding, ModelCard, Prompt, Proposal, Scores, Segmenter

log = logging.getLogger("app.assistant")


class Assistant(QObject):
    """Keeps one `Pending` for the photo on screen and one for every photo left in the middle of a mask."""

    pending_changed = Signal(object)
    proposed = Signal(object)
    accepted = Signal(object)
    owed = Signal(str, object)  # image, object: for a photo that was left
    models_changed = Signal()
    encoding = Signal(str)  # image
    encoded = Signal(object, object, bool)  # photo, segmenter, whether it worked
    load_failed = Signal(str, str, object)  # kind, id, error
    load_crashed = Signal(str, str, object)  # the same, for app.crashes
    work_failed = Signal(str, object)  # id, error
    notice = Signal(object)

    def __init__(self, lane: Lane, settings: Settings, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lane = lane
        self._settings = settings
        self._shelf = shelf
        self.looking_at: Callable[[], Box | None] = lambda: None  # the part of the photo in sight, image px
        self.cards: list[ModelCard] = []
        self.segmenter: Segmenter | None = None
        self.classifier: Classifier | None = None
        self.loading: dict[str, str] = {}  # kind -> id on its way
        self.pending = Pending()
        self.seconds: dict[str, float] = {}
        self.labels: LabelSet | None = None
        self.naming = Naming()
        self._image = ""
        self._photo: Photo | None = None
        self._stash: dict[str, Pending] = {}
        self.cache = EmbeddingCache(**embedding_limits(settings))
        settings.changed.connect(self._on_setting)
        self._drafting = self._next_draft = self.accept_wanted = False

    # --- models ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """List the models, then load the chosen ones."""
        failed = lambda error: self.notice.emit(of_error(error, key="model"))  # noqa: E731
        self.lane.submit("cards", self._shelf.cards, self._on_cards, failed)
        for kind in STANDARD:
            self.load(kind, self._settings.get(kind))

    def load(self, kind: Kind, model_id: str) -> None:
        """Load a model in the background; until it is there (or if it fails) the present one stays in use."""
        opened: Callable[[str], Any] = self._shelf.segmenter if kind == "segmenter" else self._shelf.classifier
        self.loading[kind] = model_id
        self.models_changed.emit()
        self.lane.submit(
            ("load", kind),
            lambda: opened(model_id),
            lambda model: self._on_loaded(kind, model_id, model),
            lambda error: self._on_load_failed(kind, model_id, error),
        )

    def present(self, kind: str) -> str:
        """Id of the model in use, or ""."""
        model = self.segmenter if kind == "segmenter" else self.classifier
        return model.card.id if model is not None else ""

    @property
    def strangers(self) -> tuple[str, ...]:
        """The project's classes that the classifier in use does not know."""
        return strangers(getattr(self.classifier, "classes", None), self.labels) if self.labels else ()

    @property
    def namer(self) -> Classifier | None:
        """The classifier, where it knows all classes of the project; masks are made all the same."""
        return None if self.strangers else self.classifier

    def _on_cards(self, cards: list[ModelCard]) -> None:
        self.cards = cards
        self.models_changed.emit()

    def _on_failed(self, error: Exception) -> None:
        """A model broke off at its work: it stays, and so does all else. Of one that crashed app.crashes tells."""
        if isinstance(error, ModelCrashed):
            return
        if out_of_memory(error):
            self.cache.forget()
        self.work_failed.emit(self.present("segmenter"), error)

    def _on_loaded(self, kind: Kind, model_id: str, model: Any) -> None:
        self.loading.pop(kind, None)
        setattr(self, kind, model)
        self._settings.set(kind, model_id)
        self.models_changed.emit()
        self._go_on(encode=kind == "segmenter")

    def _on_load_failed(self, kind: Kind, model_id: str, error: Exception) -> None:
        self.loading.pop(kind, None)
        self.models_changed.emit()
        told = self.load_crashed if isinstance(error, ModelCrashed) else self.load_failed
        told.emit(kind, model_id, error)

    # --- photo -------------------------------------------------------------------------------------------------

    def set_image(self, image: str, labels: LabelSet) -> None:
        """Another photo is on its way: what was begun on the old one is kept for it."""
        left = self.pending.left()
        if left.at and not (self.accept_wanted and self._owe(self._image, left)):
            self._keep(self._image, left)
        self.labels, self._image, self._photo = labels, image, None
        self._stop()
        self._show(self._stash.pop(image, Pending()))

    def _keep(self, left: str, pending: Pending) -> None:
        self._stash[left] = replace(pending, settled=False)
        text = self.tr("The mask you began on {name} is kept").format(name=left)
        self.notice.emit(Notice("info", text, self.tr("Go back to that photo to accept it."), key="stash"))

    def _owe(self, left: str, pending: Pending) -> bool:
        """It was accepted before it was there: the model goes on, and the object comes to the photo that was left."""
        work = self._work(pending.prompt, final=True)
        if work is None:
            return False

        stash = self._stash

        def done(proposal: Proposal | None) -> None:
            answered = pending if proposal is None else pending.answered(proposal, final=True)
            here = stash is self._stash  # and not another folder
            if here and proposal is not None and answered.mask is not None:
                self.owed.emit(left, self._annotation(answered))
            elif here:
                self._keep(left, pending)

        # Under a key of its own: another mask of this photo may be on its way.
        self.lane.submit(("owed", object()), work, done, lambda error: (done(None), self._on_failed(error)), priority=1)
        return True

    @property
    def how(self) -> Naming:
        """With the threshold of this window, as it is kept with an object."""
        return replace(self.naming, unknown_below=self._settings.get("unknown_below"))

    def set_naming(self, naming: Naming, labels: LabelSet | None = None) -> None:
        """How the project wants its objects named: what the classifier sees, how its sureness is corrected, and by
        which words."""
        self.naming, self.labels = naming, labels or self.labels
        self._go_on(encode=False)

    def forget(self) -> None:
        """Another folder: nothing begun is kept."""
        self._stash = {}
        self._image, self._photo = "", None
        self._stop()
        self._show(Pending())

    def set_photo(self, photo: Photo) -> None:
        if photo.image != self._image:
            return
        self._photo = photo
        self._go_on()

    def _go_on(self, *, encode: bool = True) -> None:
        """With the photo or a model of now: prepare the one for the other, and ask for the mask in hand."""
        if encode and self._photo is not None:
            self.embed(self._photo)
        if not self.pending.empty:
            self._ask(final=True)

    def embed(self, photo: Photo, *, ahead: bool = False) -> None:
        """Make the embedding before it is asked for. ahead: of a photo not on screen; its failure is only logged."""
        segmenter = self.segmenter
        if segmenter is None:
            return

        def work() -> None:
            done = False
            try:
                self.embedding(segmenter, photo)
                done = True
            finally:  # told even when another photo is wanted by now
                self.encoded.emit(photo, segmenter, done)

        def failed(error: Exception) -> None:
            log.warning("%s could not be embedded ahead: %s", photo.image, error)

        self.encoding.emit(photo.image)
        if ahead:
            self.lane.submit("ahead", work, None, failed, priority=9)
        else:
            self.lane.submit("encode", work, None, self._on_failed, priority=6)

    def _on_setting(self, key: str) -> None:
        if key in LIMITS:
            self.cache.set_limits(**embedding_limits(self._settings))

    @property
    def begun(self) -> int:
        """How many masks are in the making, on all photos of the folder."""
        return len(self._stash) + (not self.pending.empty)

    @property
    def photo(self) -> Photo | None:
        """The photo on screen, once it is read."""
        return self._photo

    def embedding(self, segmenter: Segmenter, photo: Photo) -> Embedding:
        """For work on the model lane, and only there."""
        if needed_by(segmenter) and not self.cache.has(segmenter, photo.digest):
            check_room_to_work(segmenter)
        return self.cache.get(segmenter, photo.rgb, photo.digest)

    # --- prompts -----------------------------------------------------------------------------------------------

    def ask(self, prompt: Prompt) -> None:
        """A finished step of the prompt: becomes part of its history."""
        self._show(self.pending.asked(prompt))
        self._ask(final=True)

    def draft(self, prompt: Prompt) -> None:
        """A prompt still moving under the mouse."""
        self._show(self.pending.drafted(prompt))
        if self._settings.get("preview_while_dragging"):
            self._ask(final=False)

    def drop_draft(self) -> None:
        """The drag was called off: back to the prompt before it."""
        if self.pending.draft is not None:
            self.lane.cancel("propose")
            self._drafting = self._next_draft = False
            self._show(replace(self.pending, draft=None, proposal=None))
            self._ask(final=True)

    def undo_prompt(self) -> bool:
        """Take back the last step of the prompt; False when there is none to take back."""
        if not self.pending.can_undo:
            return False
        self._move(self.pending.undone())
        return True

    def redo_prompt(self) -> bool:
        if not self.pending.can_redo:
            return False
        self._move(self.pending.redone())
        return True

    def _move(self, pending: Pending) -> None:
        self._show(pending)
        if not pending.settled:
            self._ask(final=True)

    def clear(self, *, for_good: bool = False) -> None:
        """Drop the prompt; only ever because the user said so. Unless that is for good, undo brings it back."""
        self._stop()
        self._show(Pending() if for_good else self.pending.dropped())

    def step_candidate(self, step: int) -> bool:
        """Show another of the model's masks; False when there is no choice."""
        if len(self.pending.candidates) < 2:
            return False
        self._show(self.pending.stepped(step))
        self._score_choice()
        return True

    def set_label(self, label: str) -> None:
        """The user's word for the mask in hand: a step that undo takes back."""
        self._show(self.pending.named(label))

    def accept(self) -> bool:
        """Accept the pending mask, at once or as soon as the model has answered; False when nothing is pending."""
        if self.pending.empty:
            return False
        if not self.pending.settled:
            self.accept_wanted = True
            self._show(self.pending)
        elif self.pending.mask is None:
            failed = self.tr("The model failed at this. Choose another one at the lower right, or try again.")
            found = self.tr("Nothing was found here. Add a point or draw the box again.")
            text = found if self.pending.proposal is not None else failed
            self.notice.emit(Notice("info", text, key="prompt"))
        else:
            made = self._annotation(self.pending.worked_on())
            self.clear(for_good=True)
            self.accepted.emit(made)
        return True

    def _annotation(self, pending: Pending) -> Annotation:
        author = self._settings.get("author")
        return annotation_of(pending, self.segmenter, self.namer, labels=self.labels, how=self.how, author=author)

    def _ask(self, *, final: bool) -> None:
        work = self._work(self.pending.prompt, final=final)
        if work is None:
            return
        if not final and self._drafting:
            self._next_draft = True
            return
        self._drafting, self._next_draft = not final, False
        self.lane.submit(
            "propose",
            work,
            lambda proposal: self._on_proposal(proposal, final),
            lambda error: self._on_no_proposal(error, final),
            priority=0,
        )

    def _work(self, prompt: Prompt, *, final: bool) -> Callable[[], Proposal] | None:
        """For the model lane: the answer to a prompt on this photo; None while something is missing for it."""
        photo, segmenter, labels = self._photo, self.segmenter, self.labels
        if photo is None or segmenter is None or labels is None or prompt.empty:
            return None
        classifier, naming = self.namer if final else None, self.naming
        # Not for a box still being drawn: each look closer costs an encoding.
        zoom: Zoom = "auto" if final and self._settings.get("zoom_small") else "off"
        view = self.looking_at() if zoom == "auto" else None

        def work() -> Proposal:
            from sscore.recognize import propose

            more = {"zoom": zoom, "view": view, "cache": self.cache, "naming": naming}
            embedding = self.embedding(segmenter, photo)
            # While the box is still moving one quick answer will do; candidates come when it is finished.
            return propose(segmenter, classifier, labels, photo.rgb, embedding, prompt, multimask=final, **more)

        return work

    def _on_proposal(self, proposal: Proposal, final: bool) -> None:
        if final and proposal.prompt is not self.pending.prompt:
            return
        self.seconds = dict(proposal.seconds)
        self._show(self.pending.answered(proposal, final=final))
        self.proposed.emit(proposal)
        if not final:
            self._after_draft()
        elif self.accept_wanted:
            self.accept_wanted = False
            self.accept()

    def _on_no_proposal(self, error: Exception, final: bool) -> None:
        if not final:
            self._after_draft()
            return
        if isinstance(error, ModelCrashed):  # it is asked again, or given up, see app.crashes
            return
        self.give_up()
        if isinstance(error, BadPrompt):
            self.notice.emit(of_error(error, key="prompt", kind="info"))
        else:
            self._on_failed(error)

    def give_up(self) -> None:
        """No answer will come to the prompt in hand; it stays on screen."""
        self.accept_wanted = False
        self._show(replace(self.pending, proposal=None, settled=True, scores={}))

    def _after_draft(self) -> None:
        self._drafting = False
        if self._next_draft and self.pending.draft is not None:
            self._ask(final=False)

    def _score_choice(self) -> None:
        choice, mask, proposal = self.pending.choice, self.pending.mask, self.pending.proposal
        photo, classifier, labels, naming = self._photo, self.namer, self.labels, self.naming
        if choice in self.pending.scores or mask is None or photo is None or classifier is None or labels is None:
            return

        def work() -> Scores:
            from sscore.recognize import classify

            return classify(classifier, labels, photo.rgb, [mask], naming=naming)[0]

        def done(scores: Scores) -> None:
            if self.pending.proposal is proposal:
                self._show(self.pending.scored(choice, scores))

        self.lane.submit("score", work, done, self._on_failed, priority=1)

    def _stop(self) -> None:
        self.lane.cancel("propose")
        self._drafting = self._next_draft = self.accept_wanted = False

    def _show(self, pending: Pending) -> None:
        self.pending = pending.worked_on()
        self.pending_changed.emit(self.pending)
