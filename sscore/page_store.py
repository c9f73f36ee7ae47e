"""The pages of a project on disk: load one, save one, and put right what a crash left.

A save appends to the journal, waits until that is on disk, and then replaces the page file as a whole. So at any moment
the page is either the old or the new one, and what a save reported as done is in the journal whatever happens to the
page: a page that is one edit behind its journal, or gone, is restored from it. (To start a photo afresh, delete both.)
A page in any other state was changed by other means and is left alone; a page that cannot be read is never written.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sscore import journal, paths, presence
from sscore.coco import pages as page_json
from sscore.errors import BadOption, BadPage, BadProject, FolderGone, PageChanged
from sscore.journal import PageText
from sscore.labels import LabelSet
from sscore.paths import NO_FILE, Stamp, patiently, stamp, write_atomic
from sscore.types import Annotation, Page

_REMEDIES = {
    errno.ENOSPC: "the disk is full: free some space, then save again; what was saved before is safe",
    errno.EDQUOT: "your share of the disk is used up: free some space, then save again",
    errno.EROFS: "the disk is read-only: copy the folder to another one",
    errno.EACCES: "you may not write in this folder: ask for the right, or copy it elsewhere",
    errno.EPERM: "you may not write in this folder: ask for the right, or copy it elsewhere",
    errno.ENAMETOOLONG: "the name of the photo is too long: rename it",
    errno.ETIMEDOUT: "wait a moment, then save again",
}
_TOO_LONG = "the path is too long for Windows: move the folder nearer to the beginning of the drive, or shorten names"


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A page file as somebody read it: a save names the one it goes on from. digest: "" when there was none."""

    digest: str = ""
    print: journal.Fingerprint | None = None


@dataclass(slots=True)
class _Known:
    """A page as we last read or wrote it.

    digest: of the file, "" when there was none; print: what it held; journal_size: bytes of the journal when its last
    line led to this page, -1 when that is to be found out; pending: digest of the page that the journal got and the
    file did not, because the disk failed between the two; kept: where our version is, when somebody else's stands in
    its place; seen: what `PageStore.read` gave and our saves go on from.
    """

    digest: str = ""
    print: journal.Fingerprint | None = None
    journal_size: int = -1
    pending: str = ""
    kept: Path | None = None
    seen: Seen | None = None


class PageStore:
    """Pages in `folder`/pages, journals in `folder`/journal. May be used from several threads.

    notices: sentences about what was put right on the way, such as a save that a crash had interrupted.
    """

    def __init__(self, folder: Path, labels: LabelSet) -> None:
        self.folder, self.labels = folder, labels
        self.notices: list[str] = []
        self._known: dict[str, _Known] = {}
        self._texts: WeakKeyDictionary[Annotation, tuple[tuple[int, int, int], str]] = WeakKeyDictionary()
        self._guard = threading.RLock()
        self._place = _identity(folder)

    def page_path(self, rel: str) -> Path:
        """rel: the photo's relative path with '/'. Raises BadProject for a name that leads out of the folder."""
        return spelled(self.folder / "pages", f"{checked(rel)}.json")

    def journal_path(self, rel: str) -> Path:
        return spelled(self.folder / "journal", f"{checked(rel)}.jsonl")

    def load(self, rel: str) -> Page | None:
        """The page of a photo; None when it has none. A save that a crash interrupted is finished first.

        Raises BadPage for a page that cannot be read (it is left as it is) and BadProject for a disk that refuses.
        """
        with self._guard:
            page, seen = self.read(rel)
            self._known[rel] = _Known(seen.digest, seen.print)
            return page

    def read(self, rel: str) -> tuple[Page | None, Seen]:
        """The page as `load` gives it, but saves still compare with the one that was loaded before, until one of them
        hands in this `Seen`. So who reads in one thread and edits in another cannot save an older page over it."""
        with self._guard:
            data, on_disk, _ = self._recovered(rel)
            if data is None:
                return None, Seen()
            page, text = self._parsed(rel, data)
            known = self._known.get(rel)
            if known is not None and known.journal_size >= 0 and known.digest != on_disk:
                known.journal_size = -1
                self._keep_overwritten(rel, known.digest, on_disk)
            return page, Seen(on_disk, text.print())

    def look(self, rel: str) -> Page | None:
        """The page as `load` gives it, but saves still compare with the one that was loaded before."""
        return self.read(rel)[0]

    def peek(self, rel: str) -> dict[str, Any] | None:
        """The page as JSON, without making its masks: for lists of many photos. Raises BadPage."""
        with self._guard:
            data, _, _ = self._recovered(rel)
            return None if data is None else self._json(rel, data)

    def save(self, page: Page, *, edit: str, author: str = "", seen: Seen | None = None) -> Stamp | None:
        """Write a page: first its journal, then the file, each on disk before the next.

        Returns the stamp of the file that we wrote (NO_FILE when another stands there already, as can be where a drive
        does not lock), or None, at once, when nothing changed. author: the login name when empty. seen: what `read`
        gave with the page that was edited; the same one for every save that follows from it. Raises PageChanged when
        the file is not the one we read (ours is then kept beside it), BadProject when the disk refuses.
        """
        rel = checked(page.image)
        path, log = self.page_path(rel), self.journal_path(rel)
        with self._guard, disk_errors(path):
            text = self._text(page if page.image == rel else replace(page, image=rel))
            data = text.encode()
            after = journal.digest(data)
            known = self._known.setdefault(rel, _Known())
            if seen is not None and known.seen is not seen:
                known = self._known[rel] = _Known(seen.digest, seen.print, seen=seen)
            nothing = not known.digest and not page.annotations and not page.extra
            if not known.pending and not known.kept and (known.digest == after or nothing):
                return None
            if self._gone() or (known.digest and not (path.exists() or log.exists())):
                raise FolderGone(
                    "the folder of the project is not there any more",
                    path=self.folder,
                    remedy="connect the drive again, or put the folder back, then save again",
                )
            about = {"author": author or presence.user(), "edit": edit, "host": presence.host(), "time": presence.now()}
            with journal.opened(log, create=True) as file:
                start = os.fstat(file.fileno()).st_size
                found = _caught_up(path, log, start, known)
                on_disk = "" if found is None else journal.digest(found)
                if on_disk not in ("", after, known.digest):
                    self._keep_both(rel, data, about | {"after": on_disk, "before": on_disk}, file, known)
                before = _before(known, on_disk, log, start)
                known.pending = after
                line = journal.line(before, text, about | {"after": after, "before": on_disk})
                size = journal.append(file, line)
                theirs = _quicker(file, start, size, line, after)
                if theirs:
                    known.pending = ""
                    self._keep_both(rel, data, about | {"after": theirs, "before": theirs}, file, known)
                write_atomic(path, data)
                if os.fstat(file.fileno()).st_size != size:
                    _let_newer_stand(path, log, after)
                here = stamp(path)  # before it is read: what comes later has another one
                ours = _read(path) == data
            self._known[rel] = _Known(after, text.print(), size, seen=known.seen)
            return here if ours else NO_FILE

    def _gone(self) -> bool:
        """Whether the folder is not there, or an empty one in its place, such as the mount point of an unplugged drive:
        what is written there would be hidden as soon as the drive is back."""
        if not os.path.isdir(self.folder):
            return True
        return _identity(self.folder) != self._place and not any(self.folder.iterdir())

    def _keep_both(self, rel: str, data: bytes, about: dict[str, Any], file: FileIO, known: _Known) -> None:
        """Put our version beside one that somebody else wrote, note it in the journal and raise PageChanged."""
        path = self.page_path(rel)
        if known.kept is None or not known.kept.exists():  # it may have been decided on
            known.kept = _name_to_keep(path, self.journal_path(rel))
        write_atomic(known.kept, data)
        journal.append(file, page_json.dumps({**about, "kept": known.kept.name, "base": known.digest}))
        raise PageChanged(
            "somebody else changed this page since you opened it; both versions are kept",
            path=path,
            kept=known.kept,
            remedy=f"yours is in {known.kept.name}; open the photo again to go on from theirs",
        )

    def _keep_overwritten(self, rel: str, ours: str, theirs: str) -> None:
        """Where a drive cannot lock, two people can save at the very same moment, and one page replaces the other. When
        nobody went on from the version that we wrote, it is made again from the journal and kept beside theirs."""
        log, lines = self.journal_path(rel), self.journal(rel)
        data = journal.state_at(lines, ours)
        since = max((n for n, one in enumerate(lines) if one["after"] == ours), default=0)  # it may have been so before
        if data is None or any(one.get("before") == ours for one in lines[since + 1 :] if "kept" not in one):
            return
        with contextlib.suppress(OSError), journal.opened(log, create=False) as file:
            kept = _name_to_keep(self.page_path(rel), log)
            write_atomic(kept, data)
            base = next(str(one.get("before")) for one in reversed(lines) if one["after"] == ours)
            about = {"author": presence.user(), "edit": "", "host": presence.host(), "time": presence.now()}
            about |= {"after": theirs, "before": theirs, "kept": kept.name, "base": base}
            journal.append(file, page_json.dumps(about))
            self._notice(f"{rel}: somebody else saved at the same moment; both versions are kept")

    def recover(self, rel: str) -> bool:
        """Bring a page that a crash left behind its journal up to date, or make one that is gone again from it.

        Returns whether there was something to do. `load` does the same.
        """
        with self._guard:
            return self._recovered(rel)[2]

    def _recovered(self, rel: str) -> tuple[bytes | None, str, bool]:
        """The page file as it should be (None: there is none), the digest of what is on disk ("": nothing), and
        whether these had been different."""
        path, log = self.page_path(rel), self.journal_path(rel)
        with disk_errors(path):
            data = _read(path)
            if not log.exists() or _behind(data, log) == (None, False):
                return data, "" if data is None else journal.digest(data), False
            with _locked(log):
                data = _read(path)  # the one who was just saving may have finished
                last, torn = _behind(data, log)
                on_disk = "" if data is None else journal.digest(data)
                if torn:
                    self._notice(f"{rel}: an edit at the end of the journal was cut off before it was saved; ignored")
                if last is None:
                    return data, on_disk, False
                new, notice = _restored(data, last, log)
                self._notice(f"{rel}: {notice}")
                if new is None:
                    return data, on_disk, False
                with contextlib.suppress(OSError):  # a read-only folder can still be looked at
                    write_atomic(path, new)
                    on_disk = journal.digest(new)
                known = self._known.get(rel)
                if known is not None and known.pending == on_disk:
                    # It was our own save, which the disk had not let finish.
                    self._known[rel] = _Known(on_disk, seen=known.seen)
                return new, on_disk, True

    def journal(self, rel: str) -> list[dict[str, Any]]:
        """Every edit of a page, oldest first, as in its journal (see sscore.journal); lines that cannot be read are
        left out, with a notice."""
        path = self.journal_path(rel)
        with disk_errors(path):
            lines, damaged = journal.read(path) if path.exists() else ([], 0)
        if damaged:
            self._notice(f"{rel}: lines of the journal that were cut off or damaged are left out: {damaged}")
        return lines

    def _notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def _text(self, page: Page) -> PageText:
        """The page file in pieces; annotations that were there before cost nothing."""
        ids = page_json.category_ids(page, self.labels)
        items: dict[int, str] = {}
        for annotation in page.annotations:
            if annotation.id < 1 or annotation.id in items:
                raise BadOption(f"two instances have the id {annotation.id}, or it is not above 0", path=page.image)
            key = (page.height, page.width, ids[annotation.label])
            known = self._texts.get(annotation)
            if known is None or known[0] != key:
                known = (key, page_json.dumps(page_json.annotation_to_json(annotation, *key)))
                self._texts[annotation] = known
            items[annotation.id] = known[1]
        return PageText(page_json.dumps(page_json.head_to_json(page, self.labels, ids)), items)

    def _parsed(self, rel: str, data: bytes) -> tuple[Page, PageText]:
        """A page and its text. Annotations in our own form keep theirs until they are edited."""
        read = self._json(rel, data)
        # The name of the opened photo counts: a page that was renamed with its photo must not save to the old name.
        page = replace(page_json.page_from_json(read, path=self.page_path(rel)), image=rel)
        text = PageText.of(read)
        ids = page_json.category_ids(page, self.labels)
        for annotation, item in zip(page.annotations, read["annotations"], strict=True):
            category = ids[annotation.label]
            if (item["category_id"], item.get("image_id")) == (category, 1) and "counts" in item["segmentation"]:
                self._texts[annotation] = ((page.height, page.width, category), text.items[annotation.id])
        return page, text

    def _json(self, rel: str, data: bytes) -> dict[str, Any]:
        problem = "it does not hold a COCO dataset with annotations"
        try:
            read = json.loads(data, parse_constant=_no_number)
            if isinstance(read, dict) and isinstance(read.get("annotations"), list):
                return read
        except (ValueError, RecursionError) as error:
            problem = str(error)
        raise BadPage(
            f"this annotation page is damaged: {problem}", path=self.page_path(rel), remedy=page_json.BAD_PAGE_REMEDY
        )


def spelled(folder: Path, name: str) -> Path:
    """A file by its NFC name, also when the disk spells its accents in two parts (as copies from macOS do)."""
    path = folder / name
    if not name.isascii() and not os.path.exists(path):  # which raises nothing when the network is gone
        apart = folder / unicodedata.normalize("NFD", name)
        if os.path.exists(apart):
            return apart
    return path


def checked(rel: str) -> str:
    """A photo's name as pages are filed under. Raises BadProject for one that leads out of the folder."""
    try:
        return page_json.relative_name(rel)
    except page_json.Wrong as error:
        raise BadProject(str(error), path=rel) from error


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """OSErrors as BadProject with a remedy."""
    try:
        yield
    except OSError as error:
        problem = f"the disk refuses: {error.strerror or error}"
        remedy = _TOO_LONG if paths.too_long(path) else _REMEDIES.get(error.errno or 0, "check the disk")
        raise BadProject(problem, path=path, remedy=remedy) from error


def _identity(folder: Path) -> tuple[int, int]:
    """Which folder of which disk stands there; (0, 0) when none does."""
    try:
        found = folder.stat()
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino


def _read(path: Path) -> bytes | None:
    try:
        return patiently(path.read_bytes)  # somebody may just be replacing it
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _locked(log: Path) -> Iterator[None]:
    """Alone in the journal, as far as we have the right to."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            stack.enter_context(journal.opened(log, create=False))
        yield


def _caught_up(path: Path, log: Path, size: int, known: _Known) -> bytes | None:
    """The page file. What others have in the journal and could not write to the page is finished first: their program
    ended, or is just about to where a drive cannot lock. Else our page would take its place. size: of the journal."""
    found = _read(path)
    if not size or size == known.journal_size:
        return found
    new = None
    if found is not None:
        last, _ = _behind(found, log)
        if last is not None and last["after"] != known.pending:
            new = journal.step(found, last)
    elif not known.digest and not known.pending:  # somebody else's first save
        new = (journal.replay(journal.read(log)[0]) or (None,))[0]
    if new is None:
        return found
    write_atomic(path, new)
    return new


def _quicker(file: FileIO, start: int, end: int, ours: str, after: str) -> str:
    """The digest of a page that somebody else put into the journal between our look at it (of `start` bytes) and our
    line, which ends at `end`: only where a drive cannot lock. "" when nobody did."""
    if end - start <= len(ours) + 2:
        return ""
    lines = [one for one in journal.between(file, start, end) if "kept" not in one and one["after"] != after]
    return str(lines[-1]["after"]) if lines else ""


def _let_newer_stand(path: Path, log: Path, ours: str) -> None:
    """Others have saved between our line of the journal and our page, as can be where a drive cannot lock."""
    lines = journal.read(log)[0]
    newest = str(lines[-1]["after"]) if lines else ours
    made = journal.state_at(lines, newest) if newest != ours else None
    if made is not None:
        write_atomic(path, made)


def _before(known: _Known, on_disk: str, log: Path, size: int) -> journal.Fingerprint | None:
    """What the page on disk holds, when the journal of that size leads to it; else None: the next line must be full."""
    if not on_disk or on_disk != known.digest or known.pending:
        return None
    if size == known.journal_size:
        return known.print
    last, torn = journal.last(log)
    return known.print if last is not None and not torn and last["after"] == on_disk else None


def _behind(data: bytes | None, log: Path) -> tuple[dict[str, Any] | None, bool]:
    """The last line of a journal, when the page is just that edit behind or gone, else None; and whether a line after
    it was cut off."""
    last, torn = journal.last(log)
    if last is not None and data is not None:
        digest = journal.digest(data)
        if digest != last.get("before") or digest == last["after"]:
            last = None
    return last, torn


def _restored(data: bytes | None, last: dict[str, Any], log: Path) -> tuple[bytes | None, str]:
    """The page after its journal (None when that cannot be told) and a sentence about it."""
    if data is not None:
        new = journal.step(data, last)
        if new is None:
            return None, "the last edit in the journal does not fit the page and was not applied"
        return new, f"an interrupted save was finished from the journal ({last.get('edit') or 'edit'})"
    made = journal.replay(journal.read(log)[0])
    if made is None:
        return None, "the page is gone, and its journal does not reach far enough back to make it again"
    exact = "" if made[1] else "; parts of the journal are damaged, so look it through"
    return made[0], f"the page was gone and was made again from its journal{exact}"


def _name_to_keep(path: Path, log: Path) -> Path:
    """A free name beside a page for a second version of it: who, on which computer, when. Free beside its journal too,
    where those go that were decided on."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    me = f"{_word(presence.user())}@{_word(presence.host())}-{now}"
    stem = path.name.removesuffix(".json")
    names = (f"{stem}.{me}{number}.json" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return path.with_name(next(n for n in names if not path.with_name(n).exists() and not log.with_name(n).exists()))


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _word(text: str) -> str:
    """A name as part of a file name."""
    return re.sub(r"[^\w-]", "-", text) or "-"
