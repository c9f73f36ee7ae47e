"""When a message says what holds no longer, it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sscore.errors import ModelCrashed
from sscore.types import Page

if TYPE_CHECKING:
    from app.crashes import Crashes
    from app.window import Window

_OF_PROJECT = (
    *("open", "holder", "page", "conflict", "digest", "stash", "prompt", "label", "end", "find", "name", "learn"),
    *("object", "review", "naming"),
)
_OF_PHOTO = ("page", "find", "digest", "prompt", "name", "object")


class Outdated(QObject):
    """Messages are known by their keys."""

    def __init__(self, window: Window, crashes: Crashes, parent: QObject) -> None:
        super().__init__(parent)
        self._messages, self._assistant, self._saver = window.messages, window.assistant, window.session.saver
        self._loading: set[str] = set()
        self._restarted = ""  # a model that crashed and has not answered since
        self._follower = ("", "")  # kind and id of the model that took the place of one that crashed
        session, finder = window.session, window.finder
        session.project_opened.connect(self._on_project)
        session.image_changed.connect(lambda _image: self._clear(_OF_PHOTO))
        session.page_changed.connect(self._on_page)
        crashes.happened.connect(self._on_crash)
        self._assistant.proposed.connect(lambda _proposal: self._on_answer())
        self._assistant.encoded.connect(lambda _photo, _model, worked: self._on_encoded(worked))
        self._assistant.models_changed.connect(self._on_models)
        finder.answered.connect(self._on_answer)
        finder.changed.connect(lambda: self._clear(("find",)) if finder.running else None)
        window.veil.changed.connect(lambda: None if window.veil.hidden else self._clear(("object",)))

    def _clear(self, keys: tuple[str, ...]) -> None:
        if self._messages.notices:
            for key in keys:
                self._messages.clear(key)

    def _on_project(self) -> None:
        self._clear(_OF_PROJECT)
        if not self._saver.trouble:
            self._clear(("save",))

    def _on_page(self, page: Page | None) -> None:
        """What was sent back is mended."""
        if page is not None and page.extra.get("done"):
            self._clear(("page",))

    def _on_crash(self, error: ModelCrashed, goes_on: str, again: bool) -> None:
        self._restarted = error.model if again else ""
        self._follower = (error.kind, goes_on)

    def _on_answer(self) -> None:
        self._clear(("prompt",))
        self._on_encoded(True)

    def _on_encoded(self, worked: bool) -> None:
        """The model that was started again works. Whoever looked away can still read what had happened."""
        if worked and self._restarted:
            self._restarted = ""
            self._messages.expire("crash")

    def _on_models(self) -> None:
        """A model has come: what is wrong with it would be told after this."""
        before, self._loading = self._loading, set(self._assistant.loading)
        for kind in before - self._loading:
            self._clear((f"model-{kind}",))
            if kind == self._follower[0] and self._assistant.present(kind) != self._follower[1]:
                self._clear(("crash",))
