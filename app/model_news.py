"""What the user is told of the models at work: one that broke off, one that crashed, one that does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app import fit, model_words
from app.notices import Notice
from app.soon import Soon
from sscore.errors import ModelCrashed

if TYPE_CHECKING:
    from app.crashes import Crashes
    from app.window import Window


class ModelNews(QObject):
    """Every message leads to the other models."""

    def __init__(self, window: Window, crashes: Crashes, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._misfit: tuple[object, ...] = ()
        window.assistant.work_failed.connect(self._on_failed)
        self._soon = Soon(self, self._on_fit)
        window.assistant.models_changed.connect(self._soon.ask)
        window.session.image_changed.connect(self._soon.ask)
        crashes.happened.connect(self._on_crash)

    def _tell(self, notice_kind: str, text: str, detail: str, key: str, model_id: str) -> None:
        show = lambda: self._window.show_models(model_id)  # noqa: E731
        kind = "error" if notice_kind == "error" else "warning"
        self._window.messages.show_notice(Notice(kind, text, detail, key, self.tr("Models…"), show))

    def _on_failed(self, model_id: str, error: Exception) -> None:
        """It broke off at its work: what is on screen stays."""
        self._tell("error", *model_words.work_trouble(error, model_id), "prompt", model_id)

    def _on_crash(self, error: ModelCrashed, goes_on: str, again: bool) -> None:
        """It ended its process: one message, whatever it was doing."""
        text, detail = model_words.crash(error, goes_on, again=again)
        self._tell("warning" if again else "error", text, detail, "crash", error.model)

    def _on_fit(self) -> None:
        """Said once, as soon as it is known: when the project opens, or the model is chosen."""
        assistant, labels = self._window.assistant, self._window.session.labels
        strangers, model_id = assistant.strangers, assistant.present("classifier")
        misfit = (model_id, labels.key, strangers) if strangers else ()
        if misfit == self._misfit:
            return
        self._misfit = misfit
        if not misfit:
            self._window.messages.clear("fit")
            return
        advice = fit.advice(labels, strangers, self._window.look.lang)
        self._tell("warning", fit.headline(model_id), advice, "fit", "cn-clip-vit-b-16")
