"""What the program tells the user in passing, and errors put into kind words."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QDateTime, QLocale, Qt

from app import error_words
from sscore import errors
from sscore.aftermath import Aftermath

log = logging.getLogger("app")

Kind = Literal["info", "done", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. A newer notice with the same non-empty `key` replaces the older. `action` is a button's text."""

    kind: Kind
    text: str
    detail: str = ""
    key: str = ""
    action: str = ""
    run: Callable[[], None] | None = None


_HEADLINES: tuple[tuple[type[Exception], str], ...] = (
    (errors.BadImage, QT_TRANSLATE_NOOP("Errors", "This photo cannot be used")),
    (errors.BadPage, QT_TRANSLATE_NOOP("Errors", "The annotations of this photo cannot be read")),
    (errors.BadDataset, QT_TRANSLATE_NOOP("Errors", "This data set cannot be read")),
    (errors.BadPrompt, QT_TRANSLATE_NOOP("Errors", "The model cannot work with this prompt")),
    (errors.BadLabels, QT_TRANSLATE_NOOP("Errors", "The label set is not right")),
    (errors.BadOption, QT_TRANSLATE_NOOP("Errors", "A choice is not right")),
    (errors.BadProject, QT_TRANSLATE_NOOP("Errors", "This folder cannot be opened")),
    (errors.PageChanged, QT_TRANSLATE_NOOP("Errors", "Somebody else changed this photo's annotations")),
    (errors.ExportFailed, QT_TRANSLATE_NOOP("Errors", "The export failed and left nothing behind")),
    (errors.ModelMissing, QT_TRANSLATE_NOOP("Errors", "The model is not on this computer")),
    (errors.WrongWeights, QT_TRANSLATE_NOOP("Errors", "This model file cannot be used")),
    (errors.ModelCrashed, QT_TRANSLATE_NOOP("Errors", "The model crashed; your work is kept")),
    (errors.DownloadFailed, QT_TRANSLATE_NOOP("Errors", "The download failed")),
    (errors.DiskFull, QT_TRANSLATE_NOOP("Errors", "The disk is full")),
    (errors.Busy, QT_TRANSLATE_NOOP("Errors", "Another program is writing the same file")),
    (MemoryError, QT_TRANSLATE_NOOP("Errors", "There is not enough memory for this")),
    (PermissionError, QT_TRANSLATE_NOOP("Errors", "This may not be written here")),
    (OSError, QT_TRANSLATE_NOOP("Errors", "The disk did not answer as expected")),
    (
        Exception,
        QT_TRANSLATE_NOOP(
            "Errors", "Something went wrong inside the program. Your work is kept; details are in the log"
        ),
    ),
)


FREE_MEMORY = QT_TRANSLATE_NOOP(
    "Errors", "Close other programs, or choose a smaller model: MobileSAM, EdgeSAM or nano."
)


def headline(error: Exception) -> str:
    """What kind of thing went wrong, in the user's language."""
    error = MemoryError() if out_of_memory(error) else error
    text = next(text for kind, text in _HEADLINES if isinstance(error, kind))
    return QCoreApplication.translate("Errors", text)


def of_unopened(error: Exception) -> Notice:
    """The notice for a folder that could not be opened, and what can be done about it."""
    if isinstance(error, errors.FolderGone):
        text = QCoreApplication.translate("Errors", "This folder is not there")
        advice = QCoreApplication.translate(
            "Errors", "If it is on a drive or in the network, connect that and try again. Else check the name."
        )
        return Notice("error", text, f"{error.path}\n{advice}", "open")
    shown = of_error(error, key="open")
    return replace(shown, text=QCoreApplication.translate("Errors", "This folder cannot be opened"))


def out_of_memory(error: Exception) -> bool:
    """Also as torch and OpenVINO say it."""
    text = str(error).lower()
    said = any(
        words in text
        for words in ("out of memory", "not enough memory", "can't allocate", "bad_alloc", "insufficient memory")
    )
    from_libraries = isinstance(error, RuntimeError) or type(error).__module__ == "cv2"
    return isinstance(error, MemoryError) or (from_libraries and said)


def facts(error: Exception) -> str:
    """The exact facts, below the headline: which file, what is wrong, what to do; in the user's language."""
    if out_of_memory(error):
        return headline(error)
    return error_words.facts(error, "zh" if _in_chinese() else "en")


def in_words(text: str) -> str:
    """A line of the core, for instance of a child process that failed, in the user's language."""
    return error_words.chinese(text) if _in_chinese() else text


def _in_chinese() -> bool:
    return QLocale().language() == QLocale.Language.Chinese


_DISK_WORDS = {
    errno.ENOSPC: QT_TRANSLATE_NOOP("Errors", "The disk is full. Free some space on it."),
    errno.EDQUOT: QT_TRANSLATE_NOOP("Errors", "Your share of the disk is used up. Free some space on it."),
    errno.EROFS: QT_TRANSLATE_NOOP("Errors", "The disk may not be written to."),
    errno.EACCES: QT_TRANSLATE_NOOP("Errors", "You have no right to write in this folder."),
    errno.EPERM: QT_TRANSLATE_NOOP("Errors", "You have no right to write in this folder."),
    errno.EIO: QT_TRANSLATE_NOOP("Errors", "The disk does not answer. Check the cable or the network."),
    errno.ENOENT: QT_TRANSLATE_NOOP("Errors", "The folder is not there. Connect the drive again, or put it back."),
}
if hasattr(errno, "ESTALE"):
    _DISK_WORDS[errno.ESTALE] = _DISK_WORDS[errno.EIO]


def of_save(error: Exception, folder: Path, action: str, run: Callable[[], None]) -> Notice:
    """The notice for a save in `folder` that did not succeed: nothing is lost, what is in the way, what helps."""
    text = QCoreApplication.translate("Errors", "Not saved yet: your work is kept here")
    again = QCoreApplication.translate("Errors", "Saving is tried again by itself.")
    return Notice("error", text, f"{_in_the_way(error, folder)}\n{again}", "save", action, run)


def of_locked(error: Exception, folder: Path) -> Notice:
    """The notice for a folder in which nothing can be saved, when it is opened."""
    text = QCoreApplication.translate("Errors", "Nothing can be saved in this folder")
    advice = QCoreApplication.translate("Errors", "You can look around. To keep your work, copy the photos elsewhere.")
    return Notice("warning", text, f"{_in_the_way(error, folder)}\n{advice}", "save")


def of_aftermath(found: Aftermath, action: str, go: Callable[[str], None]) -> Notice:
    """The notice after a program that did not end properly: whether all is there, what was saved last, what was put
    right. go: shows a photo."""
    text = QCoreApplication.translate("Errors", "The program did not end properly last time")
    if found.cut:
        lines = [QCoreApplication.translate("Errors", "Only the very last edit had not reached the disk yet.")]
    else:
        lines = [QCoreApplication.translate("Errors", "Everything that had been saved is here.")]
    if found.photos:
        rel, time, edit = found.photos[0]
        words = QCoreApplication.translate("Errors", "Saved last: “{edit}” on {photo}, {time}.")
        lines.append(words.format(edit=edit, photo=rel, time=clock(time)))
    lines += [in_words(text) for text in found.repairs[:3]]
    if len(found.repairs) > 3:
        lines.append(QCoreApplication.translate("Errors", "… and {n} more.").format(n=len(found.repairs) - 3))
    kind: Kind = "warning" if found.cut or found.repairs else "info"
    if not found.photos:
        return Notice(kind, text, "\n".join(lines), "open")
    return Notice(kind, text, "\n".join(lines), "open", action, lambda: go(found.photos[0][0]))


def clock(time: str) -> str:
    """ISO 8601 as day and time here; "" for none."""
    return QLocale().toString(QDateTime.fromString(time, Qt.DateFormat.ISODate).toLocalTime(), "yyyy-MM-dd HH:mm")


def _in_the_way(error: Exception, folder: Path) -> str:
    cause = error.__cause__ if isinstance(error, errors.SscError) else error
    number = cause.errno if isinstance(cause, OSError) else None
    if isinstance(error, errors.FolderGone):
        number = errno.ENOENT
    if number not in _DISK_WORDS:
        return of_error(error).detail
    return f"{QCoreApplication.translate('Errors', _DISK_WORDS[number])}\n{folder}"


def of_error(error: Exception, *, key: str = "", kind: Kind = "error") -> Notice:
    """The notice for an exception: headline, then the exact facts. What nobody foresaw goes to the log in full."""
    if out_of_memory(error):
        log.error("not enough memory", exc_info=error)
        exact = f"{type(error).__name__}: {error}" if str(error) else ""
        advice = QCoreApplication.translate("Errors", FREE_MEMORY)
        return Notice(kind, headline(error), f"{advice}\n{exact}".rstrip(), key=key)
    if isinstance(error, (errors.SscError, OSError)):
        return Notice(kind, headline(error), facts(error), key=key)
    log.error("unexpected failure", exc_info=error)
    return Notice(kind, headline(error), f"{type(error).__name__}: {error}", key=key)
