"""The window: builds the parts, connects their signals, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app import model_words, samples, theme
from app.actions import Actions
from app.ahead import Ahead
from app.assistant import Assistant
from app.available import Available
from app.canvas.view import CanvasView
from app.chrome import Chrome
from app.commands import Commands
from app.dialogs.unsaved import leave_begun, leave_unsaved
from app.editing import Editing
from app.finder import Finder
from app.flow import Flow
from app.jobs import Lane
from app.look import Look
from app.messages import MessageBar
from app.notices import Notice, facts, of_unopened
from app.on_screen import open_at
from app.panels.images import ImagesPanel
from app.panels.labels import LabelsPanel
from app.panels.models import ModelsPanel
from app.panels.side import Side
from app.panels.status import StatusLine
from app.photos import Photo, Photos
from app.readable import Readable
from app.retell import retell, words
from app.session import Session
from app.settings import Settings, recent_folders
from app.shelf import Catalogue, Shelf
from app.stock import Stock
from app.veil import Veil

if TYPE_CHECKING:
    from app.dialogs.models import ModelsDialog


class Window(QMainWindow):
    """Everything on screen. `shelf` says where models come from."""

    def __init__(self, settings: Settings, look: Look, shelf: Shelf | None = None) -> None:
        super().__init__()
        self.settings, self.look = settings, look
        self.model_lane, self.photo_lane, self.disk_lane = (Lane(name, self) for name in ("model", "photo", "disk"))
        self.session = Session(self.disk_lane, settings, self)
        self.net_lane, self.weights_lane = Lane("net", self), Lane("weights", self)
        self.shelf = shelf = shelf or Catalogue(settings)
        self.assistant = Assistant(self.model_lane, settings, shelf, self)
        self.stock = Stock(self.net_lane, self.weights_lane, shelf, self)
        self.finder = Finder(self.session, self.assistant, settings, self.model_lane, self)
        self.photos = Photos(self.photo_lane, self)
        self.ahead = Ahead(self.session, self.assistant, self.photos, settings, self.disk_lane, self)
        self.veil = Veil(self.session, self)
        self.commands = Commands(self.session, self.assistant, self.finder, look, self)
        self.canvas = CanvasView(
            self.session, self.assistant, self.finder, settings, look, self.veil, self.photo_lane, self
        )
        self.assistant.looking_at = self.canvas.seen
        self.messages = self.canvas.overlays.above = MessageBar(look, self.canvas)
        self.flow = Flow(self, shelf)
        readable = Readable(self.session, self.photos, self.disk_lane, self)
        self.images = ImagesPanel(self.session, self.photos, self.ahead, self.flow.index, look)
        readable.changed.connect(self.images.model.touch)
        self.side = Side("photos", self.images, lambda: self.tr("Photos"))
        self.labels = LabelsPanel(self.session, self.assistant, self.finder, settings, look)
        self.editing = Editing(
            self.session, self.veil, settings, look, self.photo_lane, self.canvas, self.commands.set_label
        )
        self.objects = self.editing.panel
        self.models = ModelsPanel(self.assistant, self.stock, look)
        self.status = StatusLine(self.assistant, look, self)
        self.actions_ = Actions(self._handlers(), look, self)
        self.chrome = Chrome(self, self.actions_, settings, look, self.commands.set_label_by_number)
        self.flow.dress()
        self._models_dialog: ModelsDialog | None = None
        self._worn = (look.lang, look.colours)
        self._closed = False
        self._open_again: Callable[[], None] = self.open_samples
        self.refused: Notice | None = None  # why nothing is open
        self.setWindowIcon(theme.app_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 530)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._available = Available(self)
        self._lay_out()
        self._connect()
        self._refresh()
        self.canvas.setFocus()

    # --- building ----------------------------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Callable[[], object]]:
        commands, canvas, session = self.commands, self.canvas, self.session
        return {
            "open": self.choose_folder,
            "samples": self.open_samples,
            "save": session.saver.save_now,
            "export": self.show_export,
            "quit": self.quit,
            "undo": lambda: self.editing.undo() or self._undo_verdict() or commands.undo(),
            "redo": commands.redo,
            "accept": lambda: self.editing.accept() or commands.accept(),
            "clear": self.assistant.clear,
            "cancel": lambda: self.editing.cancel() or commands.cancel() or canvas.pointer.put_away(),
            "delete": commands.delete,
            "select_all": commands.select_all,
            "done": commands.toggle_done,
            "done_next": commands.done_next,
            **self.editing.handlers(),
            "find_all": self.finder.start,
            "accept_all": self.finder.accept_shown,
            "discard_all": self.finder.discard,
            "models": self.show_models,
            "next_mask": lambda: canvas.focusNextPrevChild(True),
            "previous_mask": lambda: canvas.focusNextPrevChild(False),
            "next": lambda: commands.step_photo(1),
            "previous": lambda: commands.step_photo(-1),
            "next_open": commands.next_open,
            "pane": self.next_pane,
            "fit": canvas.fit,
            "actual": canvas.actual_size,
            "zoom_in": lambda: canvas.zoom_step(1),
            "zoom_out": lambda: canvas.zoom_step(-1),
            "show_masks": lambda: self._toggle("show_masks"),
            "show_names": lambda: self._toggle("show_names"),
            "zoom_small": lambda: self._toggle("zoom_small"),
            **self.flow.handlers(),
        }

    def _undo_verdict(self) -> bool:
        return self.assistant.pending.empty and self.flow.trail.undo()

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMinimumWidth(460)  # rather the lists beside it become narrow
        line = QHBoxLayout(middle)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.chrome.rail)
        line.addWidget(self.canvas, 1)
        right = QFrame()
        right.setObjectName("right")
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for panel, stretch in ((self.labels, 0), (self.objects, 1), (self.models, 0)):
            if column.count():
                rule = QFrame()
                rule.setObjectName("rule")
                column.addWidget(rule)
            column.addWidget(panel, stretch)
        self._lists = lists = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)  # on a low screen
        lists.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        lists.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        lists.setWidget(right)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for index, widget in enumerate((self.side, middle, lists)):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(index, 1 if index == 1 else 0)
        self.side.setMinimumWidth(240)
        lists.setMinimumWidth(250)
        self.splitter.setSizes([246, 900, 286])
        self.setCentralWidget(self.splitter)
        self.addToolBar(self.chrome.bar)
        self.setStatusBar(self.status)
        self._restore_layout()

    def _connect(self) -> None:
        session, assistant, photos = self.session, self.assistant, self.photos
        session.project_opened.connect(self._on_project)
        session.project_failed.connect(self._on_unopened)
        session.image_changed.connect(self._on_image)
        session.saver.state_changed.connect(self.status.show_saving)
        photos.ready.connect(self._on_photo)
        photos.failed.connect(lambda rel, error: self.canvas.show_bad_photo(rel, facts(error)))
        for source in (session, assistant, self.finder):
            source.notice.connect(self.messages.show_notice)
        self.canvas.pointer_moved.connect(self.status.show_pointer)
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        self.canvas.guide.open_wanted.connect(self.choose_folder)
        self.canvas.guide.samples_wanted.connect(self.open_samples)
        self.canvas.guide.again_wanted.connect(lambda: self._open_again())
        for place in (self.canvas, self.objects):
            place.menu_wanted.connect(lambda at: self.chrome.menus["object"].popup(at))
        self.labels.label_chosen.connect(self.commands.set_label)
        self.models.manager_wanted.connect(self.show_models)
        assistant.load_failed.connect(self._on_load_failed)
        self.look.changed.connect(self._refresh)
        self.look.spoken.connect(self._retell)
        menu = self.chrome.language_menu  # the words of another language are read while one chooses it
        menu.aboutToShow.connect(lambda: self.disk_lane.submit("words", lambda: words(self.session.labels)))

    # --- words and states --------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Words and icons after a change of language or theme."""
        self.actions_.refresh()
        self.chrome.refresh()
        self.flow.refresh()
        self.chrome.name_labels(self.session.labels)
        self._title()
        self._available.renew()
        self._renew_models()

    def _retell(self, lang: str) -> None:
        project = self.session.project
        folders = [*([project.folder] if project is not None else []), *map(Path, recent_folders(self.settings))]
        retell(lang, self.session.labels, self, {self.session.image, *(folder.name for folder in folders)})
        self.messages.place()
        self.canvas.whisper.hide()  # it is as wide as its words were

    def _title(self) -> None:
        parts = [self.session.image, self.session.project.folder.name if self.session.project else ""]
        self.setWindowTitle(" – ".join([*(part for part in parts if part), "Scrap-SAM-CLIP"]))

    def _toggle(self, key: str) -> None:
        self.settings.set(key, not self.settings.get(key))

    # --- what happens ------------------------------------------------------------------------------------------

    def start(self, *paths: Path) -> None:
        """Open the folder or photos (or the samples) and load the models; the window is up already."""
        if paths:
            self.flow.opening.open(paths)
        else:
            self.open_samples()
        self.assistant.start()
        self.stock.refresh()

    def choose_folder(self) -> None:
        start = self.settings.get("last_folder")
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Open a folder of photos"), start)
        if chosen:
            self.open_folder(Path(chosen))

    def open_folder(self, folder: Path) -> None:
        self.flow.leaving.ask(folder.name, lambda: self._open(lambda: self.session.open(folder)))

    def open_samples(self) -> None:
        open_them = lambda: self.session.open(samples.folder(), samples.copy)  # noqa: E731
        self.flow.leaving.ask(self.tr("The folder of samples"), lambda: self._open(open_them))

    def _open(self, run: Callable[[], None]) -> None:
        self._open_again = run
        run()

    def show_refused(self, notice: Notice, again: Callable[[], None]) -> None:
        """What was dropped or named is not opened, and why. What is on screen stays; with nothing there, it is said in
        its place, and can be tried again."""
        self._open_again, self.refused = again, notice
        if self.session.project is None:
            self.canvas.show_guide("unopened", notice.detail, notice.text)
        else:
            self.messages.show_notice(notice)

    def _on_unopened(self, error: Exception) -> None:
        again = self._open_again
        self.show_refused(replace(of_unopened(error), action=self.tr("Try again"), run=lambda: again()), again)

    def _on_project(self) -> None:
        self.photos.clear()
        self.assistant.forget()
        self.chrome.name_labels(self.session.labels)
        self.status.show_saving("failed" if self.session.saver.failing else "saved")
        if not self.session.images:
            self.canvas.show_guide("empty")

    def _on_image(self, image: str) -> None:
        self.assistant.set_image(image, self.session.labels)
        self._title()
        project = self.session.project
        if image and project is not None:
            self.photos.show(image, project.image_path(image))

    def _on_photo(self, photo: Photo) -> None:
        if photo.image != self.session.image:
            return
        self.canvas.set_photo(photo)
        self.assistant.set_photo(photo)
        self.flow.on_photo(photo)
        self.session.set_digest(photo.image, photo.digest)

    def show_export(self) -> None:
        from app.dialogs.export import ExportDialog

        if self.session.project is not None:
            self._show_dialog(ExportDialog(self.session, self.disk_lane, self.look, self))

    def show_models(self, model_id: str = "") -> ModelsDialog:
        """The model manager, with this model in hand."""
        from app.dialogs.models import ModelsDialog

        if self._models_dialog is None:
            self._models_dialog = ModelsDialog(self.stock, self.assistant, self.look, self)
        dialog = self._models_dialog
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        dialog.go(model_id)
        return dialog

    def _renew_models(self) -> None:
        """The manager speaks the new language; other keys are nothing to it."""
        before, self._worn = self._worn, (self.look.lang, self.look.colours)
        if before == self._worn:
            return
        old, self._models_dialog = self._models_dialog, None
        if old is not None:
            shown, current = old.isVisible(), old.list.current_id
            old.close()
            old.deleteLater()
            if shown:
                self.show_models(current)

    def _on_load_failed(self, kind: str, model_id: str, error: Exception) -> None:
        """The model that was in use stays; the message leads to the remedy."""
        text, detail = model_words.load_trouble(error, model_id, self.assistant.present(kind))

        def lead() -> None:
            self.show_models(model_id)

        self.messages.show_notice(Notice("error", text, detail, f"model-{kind}", self.tr("Models…"), lead))

    def _show_dialog(self, dialog: QWidget) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def show_failure(self, error: BaseException) -> None:
        """Something nobody foresaw: say so kindly and go on."""
        text = self.tr("Something went wrong inside the program")
        detail = self.tr("Your work is kept. Details are in the log: {file}").format(file=samples.log_file())
        self.messages.show_notice(Notice("error", text, f"{detail} ({type(error).__name__})", key="failure"))

    def next_pane(self) -> None:
        """F6: canvas, its bar, its messages, photos, classes, objects, models, and round."""
        if self.canvas.hasFocus() and self.canvas.overlays.take_focus():
            return
        panes = [self.canvas, self.side.list, self.labels.list, self.objects.list, self.models.combos["segmenter"]]
        here = self.focusWidget()
        on_canvas = here is self.canvas or (here is not None and self.canvas.isAncestorOf(here))
        if on_canvas and not self.messages.isAncestorOf(here) and self.messages.take_focus():
            return
        at = next((i for i, pane in enumerate(panes) if here is pane or (here and pane.isAncestorOf(here))), -1)
        pane = panes[(at + 1) % len(panes)]
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._lists.isAncestorOf(pane):
            self._lists.ensureWidgetVisible(pane, 0, 0)

    # --- window ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name, as below)
        if not self._available.explain(event):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if any(url.isLocalFile() for url in event.mimeData().urls()):  # whether it is there, the drop finds out
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        from app.dialogs.models import weight_files

        if files := weight_files(event):
            for file in files:
                self.show_models().add_file(file)
            return
        self.flow.opening.open([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def _restore_layout(self) -> None:
        geometry: QByteArray = self.settings.get("geometry")
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            open_at(self, 1280, 760)
        splitter: QByteArray = self.settings.get("splitter")
        if not splitter.isEmpty():
            self.splitter.restoreState(splitter)

    @property
    def settled(self) -> bool:
        """Nothing is being read, computed or written."""
        lanes = (self.model_lane, self.photo_lane, self.disk_lane, self.session.saver.lane, self.flow.lane)
        return all(lane.idle for lane in lanes)

    def quit(self) -> None:
        if self.session.saver.failing or self._may_leave():
            self.close()

    def _may_leave(self) -> bool:
        """Not asked of a program that closes the window, as one that takes pictures of it does."""
        begun = self.flow.leaving.begun()
        return not begun or leave_begun(self, begun)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self._closed:
            unsaved = self.session.saver.finish()
            may_leave = leave_unsaved(self, unsaved) if unsaved else not event.spontaneous() or self._may_leave()
            if not may_leave:
                event.ignore()
                return
            self._closed = True
            self.settings.set("geometry", self.saveGeometry())
            self.settings.set("splitter", self.splitter.saveState())
            self.settings.sync()
            self.hide()
            self.shelf.close()
            self.session.close()
            self.flow.close()
            self.stock.stop()
            self.finder.stop()
            for lane in (self.disk_lane, self.photo_lane, self.model_lane, self.weights_lane, self.net_lane):
                lane.close()
        super().closeEvent(event)
