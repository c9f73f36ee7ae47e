"""Review, checks, gallery, figures, comparison: what is opened when it is needed, and how it hangs together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from app.bulk import Bulk
from app.checks import Checks
from app.company import Company
from app.crashes import Crashes
from app.crops import Crops
from app.importing import Importing
from app.index import Index
from app.jobs import Lane
from app.learn_offer import LearnOffer
from app.leaving import Leaving
from app.model_news import ModelNews
from app.names import Names
from app.opening import Opening
from app.outdated import Outdated
from app.photos import Photo
from app.recent import Recent
from app.sent_back import SentBack
from app.shelf import Shelf
from app.trail import Trail
from sscore.types import Page

if TYPE_CHECKING:
    from app.dialogs.capture import CaptureDialog
    from app.dialogs.compare import CompareDialog
    from app.dialogs.evaluate import EvaluateDialog
    from app.dialogs.guide import GuideDialog
    from app.dialogs.help import AboutDialog, ShortcutsDialog
    from app.dialogs.naming import NamingDialog
    from app.dialogs.project_wizard import ProjectWizard
    from app.dialogs.settings import SettingsDialog
    from app.dialogs.shortcuts import KeysDialog
    from app.dialogs.train import TrainDialog
    from app.dialogs.versions import VersionsDialog
    from app.panels.gallery import Gallery
    from app.panels.review import ReviewPanel
    from app.panels.rules import RulesPanel
    from app.panels.statistics import StatisticsPanel
    from app.window import Window

_ROOM = 0.35  # of the canvas that an instance fills at most when it is jumped to

_Dialog = TypeVar("_Dialog", bound=QDialog)


class Flow(QObject):
    """Belongs to the window. Nothing here costs anything until it is asked for; `lane` cuts pictures and checks."""

    def __init__(self, window: Window, shelf: Shelf) -> None:
        super().__init__(window)
        self._window, self._shelf = window, shelf
        self.lane = Lane("flow", self)
        self.index = Index(window.session, window.disk_lane, self)
        self.bulk = Bulk(window.session, self)
        self.importing = Importing(window, self.bulk)
        self.trail = Trail(window.session, self)
        self.trail.back.connect(self.jump)
        SentBack(window.session, self).notice.connect(window.messages.show_notice)
        self.crops = Crops(self.lane, self)
        self.checks = Checks(window.session, self.index, self.lane, self)
        saver = window.session.saver
        saver.state_changed.connect(lambda _state: window.status.explain_saving(saver.trouble))
        self.crashes = Crashes(window.assistant, self)
        window.finder.answered.connect(self.crashes.forgive)
        Outdated(window, self.crashes, self)
        self.news = ModelNews(window, self.crashes, self)
        self.company = Company(window.session, window.disk_lane, self)
        self.company.notice.connect(window.messages.show_notice)
        self.company.returned.connect(self._on_return)
        self.company.versions_wanted.connect(self.show_versions)
        self.bulk.lapsed.connect(lambda: window.messages.clear("bulk"))
        self.company.decided.connect(lambda: window.messages.clear("conflict"))
        self.names = Names(window.session, window.assistant, window.settings, window.disk_lane, self)
        self.company.looked.connect(self.names.look)
        self.learning = LearnOffer(window, self.index, self)
        self._gallery: Gallery | None = None
        self._statistics: StatisticsPanel | None = None
        self._compare: CompareDialog | None = None
        self._guide: GuideDialog | None = None
        self._target: tuple[str, int] | None = None
        self.leaving = Leaving(window)
        self.opening = Opening(window, self.importing.bring, self.show_capture)
        window.session.project_opened.connect(self._on_project)
        window.session.page_changed.connect(self._on_page)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """For the window's table of actions."""
        return {
            "review": self.show_review,
            "checks": self.show_checks,
            "gallery": self.show_gallery,
            "statistics": self.show_statistics,
            "right": lambda: self.review.decide("reviewed"),
            "wrong": lambda: self.review.decide("rejected"),
            "photo_right": lambda: self.review.decide_photo("reviewed"),
            "photo_wrong": lambda: self.review.decide_photo("rejected"),
            "next_waiting": lambda: self.show_review().next(),
            "comment": lambda: self.show_review().comment.setFocus(),
            "mend": lambda: self.show_checks().mend_it(),
            "excuse": lambda: self.show_checks().excuse_it(),
            "compare": self.show_compare,
            "evaluate": self.show_evaluate,
            "train": self.show_train,
            "learn_names": self.learning.show,
            "naming": self.show_naming,
            "settings": self.show_settings,
            "keys": self.show_keys,
            "guide": self.show_guide,
            "shortcuts": self.show_shortcuts,
            "about": self.show_about,
            "wizard": self.show_wizard,
            "capture": lambda: self.show_capture(),
            "import": self.importing.ask,
        }

    def dress(self) -> None:
        """Menus, once the window has them."""
        window = self._window
        self._recent = Recent(window, window.settings, window.chrome.menus["file"], window.actions_.by_key["wizard"])
        self.names.words_changed.connect(window.labels.refresh)

    def close(self) -> None:
        self.company.close()
        for window in (self._gallery, self._statistics, self._compare, self._guide):
            if window is not None:
                window.close()
        self.lane.close()

    def refresh(self) -> None:
        """Words after a change of language."""
        self._window.side.refresh()
        self._recent.refresh()

    # --- what is opened ----------------------------------------------------------------------------------------

    @property
    def review(self) -> ReviewPanel:
        return self.show_review()

    def show_review(self) -> ReviewPanel:
        from app.panels.review import ReviewPanel

        window = self._window

        def make() -> QWidget:
            panel = ReviewPanel(
                window.session, self.index, self.crops, self.trail, window.settings, self.lane, window.look
            )
            panel.jump.connect(self.jump)
            return panel

        shown = window.side.open_page("review", make, lambda: self.tr("Review"))
        assert isinstance(shown, ReviewPanel)
        return shown

    def show_checks(self) -> RulesPanel:
        from app.panels.rules import RulesPanel

        window = self._window

        def make() -> QWidget:
            panel = RulesPanel(window.session, self.checks, self.index, self.bulk, self.crops, self.trail, window.look)
            panel.jump.connect(self.jump)
            return panel

        shown = window.side.open_page("checks", make, lambda: self.tr("Checks"))
        assert isinstance(shown, RulesPanel)
        return shown

    def show_gallery(self, query: str | None = None) -> Gallery:
        from app.panels.gallery import Gallery

        window = self._window
        if self._gallery is None:
            self._gallery = Gallery(
                window.session, self.index, self.bulk, self.crops, window.settings, self.lane, window.look, window
            )
            self._gallery.jump.connect(self._jump_from_afar)
            _let_esc_close(self._gallery)
        if query is not None:
            self._gallery.ask(query)
        _bring(self._gallery)
        return self._gallery

    def show_statistics(self) -> StatisticsPanel:
        from app.panels.statistics import StatisticsPanel

        window = self._window
        if self._statistics is None:
            self._statistics = StatisticsPanel(window.session, self.index, self.lane, window.look, window)
            self._statistics.gallery_wanted.connect(self.show_gallery)
            _let_esc_close(self._statistics)
        _bring(self._statistics)
        return self._statistics

    def show_compare(self) -> CompareDialog:
        from app.dialogs.compare import CompareDialog

        window = self._window
        if self._compare is None:
            lane, stock = window.model_lane, window.stock
            self._compare = CompareDialog(
                window.session, window.assistant, self._shelf, stock, window.settings, lane, window.look, window
            )
            self._compare.manager_wanted.connect(lambda: window.show_models())
            _let_esc_close(self._compare)
        _bring(self._compare)
        self._compare.ask()
        return self._compare

    def show_evaluate(self) -> EvaluateDialog | None:
        from app.dialogs.evaluate import EvaluateDialog

        window = self._window
        if window.session.project is None:
            return None
        if there := self._there(EvaluateDialog):
            return there
        dialog = EvaluateDialog(window.session, self.index, window.stock, window.disk_lane, window.look, window)
        dialog.jump.connect(self.jump)
        return self._once(dialog)

    def show_train(self) -> TrainDialog | None:
        from app.dialogs.train import TrainDialog

        window = self._window
        if window.session.project is None:
            return None
        if there := self._there(TrainDialog):
            return there
        dialog = TrainDialog(window.session, self.index, window.stock, window.disk_lane, window.look, window)
        dialog.use.connect(lambda model: window.assistant.load("segmenter", model))
        return self._once(dialog)

    def show_naming(self) -> NamingDialog | None:
        from app.dialogs.naming import NamingDialog

        window = self._window
        if window.session.project is None:
            return None
        if there := self._there(NamingDialog):
            return there
        dialog = NamingDialog(
            window.session, window.assistant, self.names, self.bulk, window.stock, window.disk_lane, window.look, window
        )
        dialog.jump.connect(self.jump)
        return self._once(dialog)

    def show_versions(self, rel: str, kept: Path) -> VersionsDialog:
        from app.dialogs.versions import VersionsDialog

        window = self._window
        again = self.company.look_for_versions
        return self._once(VersionsDialog(window.session, rel, kept, again, window.disk_lane, window.look, window))

    def show_settings(self) -> SettingsDialog:
        from app.dialogs.settings import SettingsDialog

        window = self._window
        return self._there(SettingsDialog) or self._once(
            SettingsDialog(window.settings, window.assistant, window.look, window)
        )

    def show_keys(self) -> KeysDialog:
        from app.dialogs.shortcuts import KeysDialog

        window = self._window
        return self._there(KeysDialog) or self._once(KeysDialog(window.settings, window.look, window))

    def show_shortcuts(self) -> ShortcutsDialog:
        from app.dialogs.help import ShortcutsDialog

        return self._there(ShortcutsDialog) or self._once(ShortcutsDialog(self._window.look, self._window))

    def show_guide(self) -> GuideDialog:
        from app.dialogs.guide import GuideDialog

        if self._guide is None:
            self._guide = GuideDialog(self._window.look, self._window)
        _bring(self._guide)
        return self._guide

    def show_about(self) -> AboutDialog:
        from app.dialogs.help import AboutDialog

        return self._there(AboutDialog) or self._once(AboutDialog(self._window.look, self._window))

    def show_wizard(self) -> ProjectWizard:
        from app.dialogs.project_wizard import ProjectWizard

        window = self._window
        return self._there(ProjectWizard) or self._once(
            ProjectWizard(window.open_folder, window.assistant, window.stock, window.disk_lane, window.look, window)
        )

    def show_capture(self, source: Path | None = None) -> CaptureDialog:
        from app.dialogs.capture import CaptureDialog

        window = self._window
        dialog = self._once(
            CaptureDialog(window.session, window.assistant, window.settings, self.lane, window.look, window)
        )
        if source is not None:
            dialog.open_source(source)
        return dialog

    def _there(self, kind: type[_Dialog]) -> _Dialog | None:
        """The one that is open already, brought to the front: nobody wants it twice."""
        found = next((one for one in self._window.findChildren(kind) if one.isVisible()), None)
        if found is not None:
            _bring(found)
        return found

    def _once(self, dialog: _Dialog) -> _Dialog:
        """Shown until it is closed, then gone."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        return dialog

    # --- going somewhere ---------------------------------------------------------------------------------------

    def jump(self, rel: str, number: int) -> None:
        """Show an instance of any photo: selected, in the middle, large enough to judge. number 0: only the photo."""
        session = self._window.session
        self._target = (rel, number)
        if session.image != rel:
            session.go(rel)
        elif session.page is not None:
            self._arrive(session.page)

    def _jump_from_afar(self, rel: str, number: int) -> None:
        self._window.activateWindow()
        self._window.raise_()
        self.jump(rel, number)

    def _on_page(self, page: Page | None) -> None:
        if page is not None:
            self._arrive(page)

    def on_photo(self, photo: Photo) -> None:
        """The canvas shows this photo now."""
        page = self._window.session.page
        if page is not None and page.image == photo.image:
            self._arrive(page)

    def _arrive(self, page: Page) -> None:
        if self._target is None or self._target[0] != page.image:
            return
        number, photo = self._target[1], self._window.assistant.photo
        found = page.find(number)
        if found is None:
            self._target = None
            return
        self._window.session.select((number,))
        if photo is None or photo.image != page.image:
            return  # on_photo comes
        self._target = None
        canvas, box = self._window.canvas, found.mask.box
        room = canvas.viewport().size()
        wanted = _ROOM * min(room.width() / max(box.width, 1), room.height() / max(box.height, 1))
        if wanted > canvas.zoom or canvas.zoom > 2.5 * wanted:
            factor = min(max(wanted, 0.05), 8.0) / canvas.zoom
            canvas.zoom_at(factor, QPointF(room.width() / 2, room.height() / 2))
        canvas.look_at(QPointF(*box.centre))

    def _on_project(self) -> None:
        self.crops.open(self._window.session.project)
        self._target = None

    def _on_return(self) -> None:
        """The folder was away and is back: what could not be read is read again."""
        window, project, rel = self._window, self._window.session.project, self._window.session.image
        window.messages.clear("page")
        window.photos.clear()
        window.session.refresh()
        if project is not None and rel:
            window.photos.show(rel, project.image_path(rel))


def _bring(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()


def _let_esc_close(window: QWidget) -> None:
    QShortcut(QKeySequence(Qt.Key.Key_Escape), window, window.close)
