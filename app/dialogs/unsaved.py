"""What the program asks on its way out, and only when something would be lost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.notices import facts
from sscore.errors import SscError
from sscore.page_store import PageStore
from sscore.project import Project
from sscore.types import Page

if TYPE_CHECKING:
    from app.window import Window


def leave_unsaved(window: Window, count: int) -> bool:
    """Ask whether to close although work on `count` photos would be lost; it can be put somewhere else first."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(QCoreApplication.translate("Window", "Some photos are not saved yet: {n}").format(n=count))
    lost = QCoreApplication.translate("Window", "If you close now, what was done on them since is lost.")
    box.setInformativeText("\n".join(part for part in (window.session.saver.trouble, lost) if part))
    stay = box.addButton(QCoreApplication.translate("Window", "Stay"), QMessageBox.ButtonRole.RejectRole)
    copy = box.addButton(
        QCoreApplication.translate("Window", "Save a copy elsewhere…"), QMessageBox.ButtonRole.AcceptRole
    )
    leave = box.addButton(QCoreApplication.translate("Window", "Close anyway"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.exec()
    if box.clickedButton() is copy:
        return _save_elsewhere(window)
    return box.clickedButton() is leave


def leave_begun(window: Window, begun: list[str]) -> bool:
    """Ask whether to close although what was begun, in words, is kept nowhere."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(QCoreApplication.translate("Window", "Not finished yet: {what}").format(what="; ".join(begun)))
    lost = QCoreApplication.translate("Window", "It would be gone; everything accepted is saved.")
    box.setInformativeText(lost)
    stay = box.addButton(QCoreApplication.translate("Window", "Stay"), QMessageBox.ButtonRole.RejectRole)
    leave = box.addButton(QCoreApplication.translate("Window", "Close anyway"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is leave


def _save_elsewhere(window: Window) -> bool:
    """True when everything is in a folder that the user chose."""
    title = QCoreApplication.translate("Window", "A folder for the copy")
    chosen = QFileDialog.getExistingDirectory(window, title)
    if not chosen:
        return False
    try:
        copy_to(Path(chosen), window.session.saver.unsaved())
    except SscError as error:
        QMessageBox.warning(window, title, facts(error))
        return False
    return True


def copy_to(folder: Path, unsaved: Iterable[tuple[Project, Page]]) -> None:
    """Pages and journals as in a project: copied over those of the project later, they are its pages again.

    Raises BadProject, and PageChanged where there is a page of that name already (ours is then kept beside it)."""
    for project, page in unsaved:
        PageStore(folder, project.labels).save(page, edit="saved elsewhere")
