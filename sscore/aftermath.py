"""What is told after a program that did not end properly: what it saved last, and what was put right."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sscore import journal, presence
from sscore.errors import SscError
from sscore.page_store import PageStore

_SKEW_S = 86_400  # clocks of a computer and of a drive may differ; which edits count is told by the journal's own times


@dataclass(frozen=True, slots=True)
class Aftermath:
    """since: when the program had opened the folder (ISO 8601 UTC); notes: the files that tell of it; photos: those it
    saved, newest first, with time and words of the last edit of each; repairs: what was put right; cut: photos whose
    very last edit was not on disk."""

    since: str
    notes: tuple[Path, ...] = ()
    photos: tuple[tuple[str, str, str], ...] = ()
    repairs: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


def look_after(store: PageStore, notes: Path) -> Aftermath | None:
    """Finish what programs of this computer that ended improperly had begun. None when all ended properly.

    Their notes stay until `Project.told`: who is killed before telling it leaves all to be told at the next start.
    """
    ended = presence.ended(notes)
    if not ended:
        return None
    since = min(holder.time for holder in ended.values())
    found, repairs, cut = [], [], []
    for rel in _written_since(store.folder / "journal", since):
        said = len(store.notices)
        with contextlib.suppress(SscError, OSError):  # a page that cannot be read is told when it is opened
            last, torn = journal.last(store.journal_path(rel))
            store.recover(rel)
            if torn:
                cut.append(rel)
            if last is not None and last.get("host") == presence.host() and str(last.get("time", "")) >= since:
                found.append((rel, str(last["time"]), str(last.get("edit", ""))))
        repairs += store.notices[said:]
        del store.notices[said:]
    found.sort(key=lambda one: one[1], reverse=True)
    return Aftermath(since, tuple(ended), tuple(found), tuple(repairs), tuple(cut))


def _written_since(top: Path, since: str) -> list[str]:
    """Photos whose journal was written about that time or later."""
    try:
        earliest = datetime.fromisoformat(since).timestamp() - _SKEW_S
    except ValueError:
        earliest = 0.0
    found = []
    for here, _, files in os.walk(top):
        for name in files:
            path = Path(here, name)
            with contextlib.suppress(OSError):
                if path.suffix == ".jsonl" and path.stat().st_mtime >= earliest:
                    rel = path.relative_to(top).as_posix().removesuffix(".jsonl")
                    found.append(unicodedata.normalize("NFC", rel))
    return sorted(found)
