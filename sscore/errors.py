"""Everything that can go wrong for a user, as one family of exceptions.

Each carries the file (when there is one), what is wrong and what to do about it, so that the command line can print
one clear line and the window one clear message. Anything that is not an `SscError` is a defect of the program.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


class SscError(Exception):
    """`problem` in plain words, `path` of the file concerned, `remedy`: the user's next step."""

    def __init__(self, problem: str, *, path: str | Path | None = None, remedy: str = "") -> None:
        self.problem = problem
        self.path = None if path is None else str(path)
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.path}: {self.problem}" if self.path else self.problem
        return f"{text} ({self.remedy})" if self.remedy else text

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled with all its facts, whatever its kind's own __init__ asks for."""
        return _made_again, (type(self), self.args), self.__dict__


class BadImage(SscError):
    """The photo cannot be used: missing, damaged, too large, not an image."""


class BadPage(SscError):
    """An annotation page of a project cannot be read; it is left as it is."""


class BadDataset(SscError):
    """A COCO or other dataset file is not what it claims to be."""


class BadPrompt(SscError):
    """A prompt is empty, outside the image or degenerate."""


class BadLabels(SscError):
    """A label set file is wrong, or a label is not in the set."""


class BadOption(SscError):
    """A command or function was given a value it cannot work with."""


class BadProject(SscError):
    """The folder cannot be used as a project."""


class FolderGone(BadProject):
    """The folder of an open project is not there any more: unplugged, unmounted, renamed."""


class PageChanged(SscError):
    """Somebody else saved this page since it was read; `kept` is where our version was put instead."""

    def __init__(self, problem: str, *, kept: str | Path, path: str | Path | None = None, remedy: str = "") -> None:
        self.kept = str(kept)
        super().__init__(problem, path=path, remedy=remedy)


class ExportFailed(SscError):
    """The exported file did not read back as what was written; nothing was left behind."""


class ModelMissing(SscError):
    """The catalogue has no such model, or its weight file is not on this computer."""


class WrongWeights(SscError):
    """A checkpoint is damaged or belongs to another architecture; `problem` names the first differences."""


class ModelCrashed(SscError):
    """The process in which models run ended while `model` was at work: a defect in native code, or the system ended it
    for lack of memory (`killed`). kind: segmenter or classifier, "" when it was neither."""

    def __init__(self, problem: str, *, model: str, kind: str = "", killed: bool = False, remedy: str = "") -> None:
        self.model, self.kind, self.killed = model, kind, killed
        super().__init__(problem, remedy=remedy)


class DownloadFailed(SscError):
    """No address gave the file; `attempts` are (URL, why) in the order tried."""

    def __init__(self, problem: str, *, attempts: tuple[tuple[str, str], ...], remedy: str = "") -> None:
        self.attempts = attempts
        super().__init__(problem, remedy=remedy)


class DiskFull(SscError):
    """The disk has not enough room for what is to be written."""


class Busy(SscError):
    """Another process is writing the same file."""


class Cancelled(SscError):
    """The user stopped a long job. Not a failure."""

    def __init__(self, problem: str = "cancelled") -> None:
        super().__init__(problem)


def _made_again(kind: type[SscError], args: tuple[object, ...]) -> SscError:
    return kind.__new__(kind, *args)
