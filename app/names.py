"""How the project wants its objects named: the models of the window heed it, and it is changed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.assistant import Assistant
from app.jobs import Lane, gone
from app.notices import Notice, of_error
from app.session import Session
from app.settings import Settings
from sscore.labels import LabelSet
from sscore.naming import Naming
from sscore.paths import Stamp

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
        self._stamps: tuple[Stamp, Stamp] | None = None  # of what is held now
        self.words_before: list[LabelSet] = []  # of this project, each time before they were saved here
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

        def work() -> tuple[Stamp, Stamp]:
            from sscore.models.cn_clip import prompts_of

            for key in words.keys:
                prompts_of(words, key)
            project.set_words(words)
            return project.naming_stamps()

        before = project.labels

        def written(stamps: tuple[Stamp, Stamp]) -> None:
            if project is self._session.project:
                self._stamps = stamps
                self.words_before.append(before)
                self._assistant.set_naming(self.naming, project.labels)
                self.words_changed.emit()
            if not gone(done):
                done()

        self._disk.submit("words", work, written, failed, priority=1)

    def look(self) -> None:
        """Somebody else may have changed how pieces are named in this folder: then it is so here too."""
        project, known = self._session.project, self._stamps
        if project is None or known is None:
            return

        before = project.labels

        def work() -> tuple[tuple[Stamp, Stamp], bool, Naming] | None:
            now = project.naming_stamps()
            return None if now == known else (now, project.renew_words(), project.naming)

        def done(found: tuple[tuple[Stamp, Stamp], bool, Naming] | None) -> None:
            if found is None or project is not self._session.project or found[0] == self._stamps:
                return
            self._stamps, same, naming = found
            if same and naming == self.naming and project.labels == before:
                return  # such as a project.toml that came with the first save
            self._hold(naming)
            self._assistant.set_naming(naming, project.labels)
            self.words_changed.emit()
            if same:
                text = self.tr("Somebody else changed how pieces are named in this folder")
                detail = self.tr("It holds here too from now on. Objects that have a name keep it.")
            else:
                text = self.tr("Somebody else gave this folder other classes")
                detail = self.tr("Open the folder again to work with them. Until then it goes on with the ones before.")
            self._session.notice.emit(Notice("info" if same else "warning", text, detail, key="naming"))

        self._disk.submit("look at names", work, done, lambda _error: None, priority=4)

    def _read(self) -> None:
        project = self._session.project
        self._stamps = None
        self.words_before.clear()
        self._hold(Naming())
        if project is None:
            return

        def read(found: tuple[tuple[Stamp, Stamp], Naming]) -> None:
            if project is self._session.project:
                self._stamps = found[0]
                self._hold(found[1])

        self._disk.submit(
            "naming",
            lambda: (project.naming_stamps(), project.naming),
            read,
            lambda error: self._session.notice.emit(of_error(error, key="open")),
        )

    def _hold(self, naming: Naming) -> None:
        """From now on, until another project is opened."""
        self._assistant.set_naming(naming)
        self._settings.lend("unknown_below", naming.unknown_below or None)

    def _on_setting(self, key: str) -> None:
        project, below = self._session.project, self._settings.get("unknown_below")
        if key != "unknown_below" or project is None or self.naming.unknown_below in (0, below):
            return
        self._assistant.set_naming(replace(self.naming, unknown_below=below))

        def work() -> tuple[Stamp, Stamp]:
            project.set_naming(replace(project.naming, unknown_below=below))  # all else as it is there by now
            return project.naming_stamps()

        self._disk.submit(
            "naming",
            work,
            lambda stamps: setattr(self, "_stamps", stamps) if project is self._session.project else None,
            lambda error: self._session.notice.emit(of_error(error, key="naming")),
            priority=1,
        )
