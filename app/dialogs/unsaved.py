"""The one question the program asks on its way out."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def leave_unsaved(parent: QWidget, count: int) -> bool:
    """Ask whether to close although work on `count` photos would be lost."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(QCoreApplication.translate("Window", "Some photos are not saved yet: {n}").format(n=count))
    box.setInformativeText(
        QCoreApplication.translate("Window", "If you close now, what was done on them since is lost.")
    )
    stay = box.addButton(QCoreApplication.translate("Window", "Stay"), QMessageBox.ButtonRole.RejectRole)
    leave = box.addButton(QCoreApplication.translate("Window", "Close anyway"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is leave
