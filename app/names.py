"""How the project wants its objects named: the models of the window heed it, and it is changed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.assistant import Assistant
from app.jobs import Lane, gone
from app.notices import of_error
from app.session import Session
from app.settings import Settings
from sscore.labels import LabelSet
from sscore.naming import Naming

Failed = Callable[[Exception], None]


class Names(QObject):
    """Temperature and views are the project's, and so is the threshold of the unknown, once one was taken for it: then
    the window's setting follows the project, and the project follows when it is set to another value. words_changed:
    the project's classes have other words now."""

    words_changed = Signal()

    def __init__(
        self, session: Session, assistant: Assistant, settings: Settings, disk: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._settings, self._disk = session, assistant, settings, disk
        session.project_opened.connect(self._read)
        settings.changed.connect(self._on_setting)

    @property
    def naming(self) -> Naming:
        """Of the project that is open."""
        return self._assistant.naming

    def use(self, naming: Naming, done: Callable[[], None], failed: Failed) -> None:
        """Write it into project.toml, and name by it from now on."""
        project = self._session.project
        if project is None:
            return

        def written(_nothing: None) -> None:
            if project is self._session.project:
                self._hold(naming)
            if not gone(done):
                done()

        self._disk.submit("naming", lambda: project.set_naming(naming), written, failed, priority=1)

    def set_words(self, words: LabelSet, done: Callable[[], None], failed: Failed) -> None:
        """Keep these words for the project's classes, and name by them from now on; words that no model of the family
        could read are refused."""
        project = self._session.project
        if project is None:
            return

        def work() -> None:
            from sscore.models.cn_clip import prompts_of

            for key in words.keys:
                prompts_of(words, key)
            project.set_words(words)

        def written(_nothing: None) -> None:
            if project is self._session.project:
                self._assistant.set_naming(self.naming, project.labels)
                self.words_changed.emit()
            if not gone(done):
                done()

        self._disk.submit("words", work, written, failed, priority=1)

    def _read(self) -> None:
        project = self._session.project
        self._hold(Naming())
        if project is None:
            return

        def read(naming: Naming) -> None:
            if project is self._session.project:
                self._hold(naming)

        self._disk.submit(
            "naming", lambda: project.naming, read, lambda error: self._session.notice.emit(of_error(error, key="open"))
        )

    def _hold(self, naming: Naming) -> None:
        """From now on, until another project is opened."""
        self._assistant.set_naming(naming)
        self._settings.lend("unknown_below", naming.unknown_below or None)

    def _on_setting(self, key: str) -> None:
        project, below = self._session.project, self._settings.get("unknown_below")
        if key != "unknown_below" or project is None or self.naming.unknown_below in (0, below):
            return
        naming = replace(self.naming, unknown_below=below)
        self._assistant.set_naming(naming)
        self._disk.submit(
            "naming",
            lambda: project.set_naming(naming),
            lambda _nothing: None,
            lambda error: self._session.notice.emit(of_error(error, key="naming")),
            priority=1,
        )
