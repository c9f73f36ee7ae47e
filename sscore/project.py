"""A project is a folder of photos with their annotations beside them.

    project.toml                                    where the photos are, which label set
    pages/<photo with its extension>.json           one-image COCO file, see sscore.coco.pages
    journal/<photo with its extension>.jsonl        every edit, see sscore.journal
    ids.json                                        export ids, see sscore.coco.registry
    .here/                                          who is here, see sscore.presence

Nothing is written before the first save. Several people may work in one folder on a shared drive: a save compares the
page on disk with the one that was read, and when somebody else changed it both versions are kept.
"""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sscore import coco, facts, images, journal, naming, presence, project_file, versions
from sscore import labels as label_sets
from sscore.aftermath import Aftermath, look_after
from sscore.errors import BadImage, BadOption, BadPage, BadProject
from sscore.facts import PhotoFacts
from sscore.labels import LabelSet
from sscore.naming import Naming
from sscore.page_store import PageStore, Seen, checked, disk_errors, spelled
from sscore.paths import NO_FILE, Stamp, stamp, write_atomic
from sscore.presence import Holder
from sscore.types import UNKNOWN, Page, Progress
from sscore.versions import Versions

__all__ = ["Holder", "PageSummary", "Project"]

_STALE_TEMP_S = 3600
_NOTES = ".here"


@dataclass(frozen=True, slots=True)
class PageSummary:
    """A page in a list of photos. count: instances; statuses: how many of each status; unknown: without a label;
    done: whether somebody marked the photo as finished (`Page.extra["done"]`); verdict: a reviewer's status for the
    whole photo, else ""."""

    count: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    unknown: int = 0
    done: bool = False
    verdict: str = ""


class Project:
    """The photos and pages of one folder. May be used from several threads."""

    def __init__(self, folder: Path, photos: Path, labels: LabelSet) -> None:
        self.folder, self.photos, self.labels = folder, photos, labels
        self._store = PageStore(folder, labels)
        self._summaries: dict[str, tuple[Stamp, PageSummary]] = {}

    @classmethod
    def open(cls, folder: str | Path, *, create: bool = True) -> Project:
        """The project in a folder of photos; with create=False it must have been saved before. Writes nothing.

        Raises BadProject, and BadLabels for the label set that project.toml names.
        """
        folder = Path(folder)
        if not os.path.isdir(folder):  # a Path raises when the network is gone
            problem = "is not a folder" if os.path.exists(folder) else "there is no such folder"
            raise BadProject(problem, path=folder, remedy="choose the folder that holds the photos")
        file = folder / "project.toml"
        if not create and not (file.is_file() or (folder / "pages").is_dir()):
            raise BadProject("has no annotations", path=folder, remedy="annotate some of its photos first")
        settings = project_file.settings(file)
        photos = folder / str(settings.get("images", "."))
        if not photos.is_dir():
            raise BadProject(
                f"there is no folder of photos {photos}", path=file, remedy='correct the line "images" in project.toml'
            )
        return cls(folder, photos, label_sets.load(_labels_of(folder, settings)))

    @classmethod
    def create(cls, folder: str | Path, labels: str | Path = "scrap_shapes") -> Project:
        """Make a folder of photos a project with a label set of its own: a key, or a .toml file, which is copied in.

        Raises BadProject where there is one already or the disk refuses, BadLabels for the label set.
        """
        folder = Path(folder)
        file = folder / "project.toml"
        if file.exists() or (folder / "pages").is_dir():
            raise BadProject("is a project already", path=folder, remedy="open it; its label set is in project.toml")
        if not folder.is_dir():
            raise BadProject("there is no such folder", path=folder, remedy="choose the folder that holds the photos")
        own = Path(labels) if str(labels).endswith(".toml") else None
        label_sets.load(own or str(labels))
        with disk_errors(file):
            if own is not None and own.resolve() != (folder / "labels.toml").resolve():
                write_atomic(folder / "labels.toml", own.read_bytes())
            text = project_file.NEW.replace(
                '"scrap_shapes"  ', '"labels.toml"   ' if own is not None else f'"{labels}"  '
            )
            write_atomic(file, text.encode())
        return cls.open(folder)

    @property
    def naming(self) -> Naming:
        """How pieces are named here: the table [naming] of project.toml. Raises BadProject."""
        file = self.folder / "project.toml"
        table = project_file.settings(file).get("naming", {})
        try:
            return naming.from_table(table if isinstance(table, dict) else {"views": None})
        except BadOption as error:
            raise BadProject(error.problem, path=file, remedy="correct or delete the table [naming]") from error

    def set_naming(self, new: Naming) -> None:
        """Write the table [naming] of project.toml; all else in the file stays. Raises BadProject."""
        project_file.set_naming(self.folder / "project.toml", new)

    def set_words(self, words: LabelSet) -> None:
        """Our classes with other words, in a label file of our own. words: the classes of `labels`, in their order.
        Raises BadLabels, BadProject."""
        self.labels = self._store.labels = project_file.set_words(self.folder / "project.toml", words)

    def naming_stamps(self) -> tuple[Stamp, Stamp]:
        """Of the files that say how pieces are named; others once somebody has changed them. Raises BadProject."""
        file = self.folder / "project.toml"
        labels = _labels_of(self.folder, project_file.settings(file))
        return stamp(file), stamp(labels) if isinstance(labels, Path) else NO_FILE

    def renew_words(self) -> bool:
        """Take over the words that somebody else has given our classes; False, and all as before, when the classes
        themselves are others now. Raises BadProject, BadLabels."""
        found = label_sets.load(_labels_of(self.folder, project_file.settings(self.folder / "project.toml")))
        if found.keys != self.labels.keys:
            return False
        self.labels = self._store.labels = found
        return True

    @property
    def notices(self) -> list[str]:
        """Sentences about what was put right on the way, such as a save that a crash had interrupted."""
        return self._store.notices

    # --- photos -------------------------------------------------------------------------------------------------------

    def images(self) -> list[str]:
        """Names of the photos: relative paths with '/', NFC, in natural order. Raises BadImage for the folder."""
        found = (path.relative_to(self.photos).as_posix() for path in images.list_images(self.photos))
        return list(dict.fromkeys(unicodedata.normalize("NFC", name) for name in found))

    def image_path(self, rel: str) -> Path:
        return spelled(self.photos, checked(rel))

    # --- one page -----------------------------------------------------------------------------------------------------

    def page_path(self, rel: str) -> Path:
        return self._store.page_path(rel)

    def load(self, rel: str) -> Page:
        """The page of a photo; an empty one when it has none. A save that a crash interrupted is finished first.

        Raises BadPage for a page that cannot be read (it is left as it is), BadImage for a photo without a page that
        cannot be read either, BadProject for a disk that refuses.
        """
        page = self._store.load(rel)
        return page or self._blank(rel)

    def read(self, rel: str) -> tuple[Page, Seen]:
        """The page as `load` gives it, and what to hand to the saves that go on from it; see PageStore.read."""
        page, seen = self._store.read(rel)
        return page or self._blank(rel), seen

    def _blank(self, rel: str) -> Page:
        height, width = images.size(self.image_path(rel))
        return Page(checked(rel), width, height)

    def save(self, page: Page, *, edit: str, author: str = "", seen: Seen | None = None) -> Stamp | None:
        """Write a page: first its journal, then the file, each on disk before the next.

        Returns the stamp of what we wrote (see PageStore.save); None, at once, when nothing changed. edit: what was
        done, for the journal; author: the login name when empty; seen: what `read` gave with the page that was edited,
        when not `load` did.
        Raises PageChanged when the file is not the one that was loaded (`kept` says where ours is), BadProject when
        the disk refuses: then nothing that was saved before is lost, and saving can be tried again.
        """
        file = self.folder / "project.toml"
        written = self._store.save(page, edit=edit, author=author, seen=seen)
        self._summaries.pop(checked(page.image), None)
        if written is not None and not file.exists():
            project_file.begin(file)
        return written

    def recover(self, rel: str) -> bool:
        """Bring a page that a crash left behind its journal up to date, or make one that is gone again from it.

        Returns whether there was something to do. `load` does the same.
        """
        return self._store.recover(rel)

    def kept(self) -> dict[str, list[Path]]:
        """Photos with versions that were kept because two people had changed them, and the files of these."""
        top = self.folder / "pages"
        found: dict[str, list[Path]] = {}
        for here, _, files in os.walk(top):
            for name in filter(versions.is_kept, files):
                page = Path(here, name.rpartition("@")[0]).with_suffix("")
                rel = unicodedata.normalize("NFC", page.relative_to(top).as_posix())
                found[rel] = versions.kept(self._store, rel)
        return found

    def versions(self, rel: str, kept: Path) -> Versions:
        """A page as it is beside a version of it that was kept. Raises BadPage, BadProject."""
        return versions.read(self._store, rel, kept)

    def put_away(self, rel: str, kept: Path) -> None:
        """A version that was kept has been dealt with: it is not offered any more, though never deleted."""
        versions.put_away(self._store, rel, kept)

    def offer_again(self, rel: str, kept: Path) -> None:
        """A version that was put away is to be decided about once more. Raises BadProject."""
        versions.offer_again(self._store, rel, kept)

    def journal(self, rel: str) -> list[dict[str, Any]]:
        """Every edit of a page, oldest first: "author", "time", "host", "edit" and what changed (sscore.journal)."""
        return self._store.journal(rel)

    # --- all pages ----------------------------------------------------------------------------------------------------

    def annotated(self) -> list[str]:
        """Names of the photos that have a page, in natural order."""
        top = self.folder / "pages"
        found = []
        for here, folders, files in os.walk(top):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                if name.startswith("."):
                    _sweep(Path(here, name))
                elif name.endswith(".json") and Path(name).with_suffix("").suffix.lower() in images.EXTENSIONS:
                    rel = Path(here, name).relative_to(top).as_posix().removesuffix(".json")
                    found.append(unicodedata.normalize("NFC", rel))
        return sorted(found, key=images.natural_key)

    def pages(self, progress: Progress | None = None, *, unread: list[tuple[str, str]] | None = None) -> Iterator[Page]:
        """Every page there is, one at a time. One that cannot be read is noted in `unread` as (photo, why); without
        that list it raises BadPage."""
        rels = self.annotated()
        for done, rel in enumerate(rels, start=1):
            try:
                page = self._store.look(rel)
            except BadPage as error:
                if unread is None:
                    raise
                unread.append((rel, error.problem))
                page = None
            if page is not None:
                yield page
            if progress:
                progress(done, len(rels))

    def damaged(self) -> list[tuple[str, str]]:
        """(photo, what is wrong) of every page that cannot be read."""
        return [(rel, page.problem) for rel, page in self._tried(self.annotated()) if not isinstance(page, Page)]

    def _tried(self, rels: list[str]) -> Iterator[tuple[str, Page | BadPage | BadImage]]:
        for rel in rels:
            try:
                yield rel, self._store.look(rel) or self._blank(rel)
            except (BadPage, BadImage) as error:
                yield rel, error

    def summary(self, rel: str) -> PageSummary:
        """What a list of photos shows of a page; quick when the file did not change. Raises BadPage."""
        path = self.page_path(rel)
        with disk_errors(path):
            here = stamp(path)
            if here == NO_FILE and not self._store.journal_path(rel).exists():
                return PageSummary()  # so it is with most of ten thousand new photos
        cached = self._summaries.get(rel)
        if cached is None or cached[0] != here or here == NO_FILE:
            page = self._store.peek(rel)
            cached = self._summaries[rel] = (here, PageSummary() if page is None else _summary(page))
        return cached[1]

    def look(self, rel: str) -> Page:
        """The page of a photo, but saves still compare with the one that was loaded before. Raises as `load` does."""
        return self._store.look(rel) or self._blank(rel)

    def facts(self, rel: str) -> PhotoFacts:
        """What lists and figures need of a photo's instances, without masks. Raises BadPage, BadProject."""
        return facts.of_json(rel, self._store.peek(rel))

    # --- export -------------------------------------------------------------------------------------------------------

    def registry(self) -> coco.IdRegistry:
        """The ids of earlier exports. Raises BadProject when the list is damaged."""
        return coco.IdRegistry(self.folder / "ids.json")

    def export(
        self, out: str | Path, *, options: coco.ExportOptions | None = None, progress: Progress | None = None
    ) -> coco.ExportReport:
        """All pages as one COCO file; with include_empty also the photos that have none.

        A page that cannot be read does not stop the others: it is listed as dropped. Raises ExportFailed.
        """
        rels = self.annotated()
        if options and options.include_empty:
            # By their pages: where capitals do not count, a photo may be called a.jpg and its page a.JPG.json.
            others = (rel for rel in self.images() if not os.path.exists(self.page_path(rel)))
            rels = sorted({*rels, *others}, key=images.natural_key)
        unread: list[tuple[str, int, str]] = []
        pages = _Readable(rels, self._tried, unread)
        report = coco.export(
            pages, self.labels, out, options=options, ids=self.registry(), photo=self.image_path, progress=progress
        )
        return replace(report, dropped=(*unread, *report.dropped))

    # --- who is here --------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Leave a note that we work here, or renew it (every presence.RENEW_S). Keeps nobody out.

        Raises BadProject where nothing may be written.
        """
        with disk_errors(self.folder):
            presence.enter(self.folder / _NOTES)

    def leave(self) -> None:
        presence.leave(self.folder / _NOTES)

    def others(self) -> list[Holder]:
        """Everybody else who works here now."""
        return presence.others(self.folder / _NOTES)

    def look_after(self) -> Aftermath | None:
        """Put right what a program of this computer left when it ended improperly; None when none did. The same again
        until it is `told`."""
        return look_after(self._store, self.folder / _NOTES)

    def told(self, aftermath: Aftermath) -> None:
        """The user knows: take away the notes of the programs that ended improperly. Not before `enter`, or who is
        killed between the two leaves no trace."""
        for note in aftermath.notes:
            presence.forget(note)

    def last_edit(self, rel: str) -> dict[str, Any]:
        """The last line of a page's journal: "author", "time", "host", "edit"; empty when there is none."""
        path = self._store.journal_path(rel)
        with disk_errors(path):
            return (journal.last(path)[0] if path.exists() else None) or {}


@dataclass(frozen=True, slots=True)
class _Readable:
    """The pages that can be read, with a length for the progress bar; the others are entered in `unread`."""

    rels: list[str]
    tried: Callable[[list[str]], Iterator[tuple[str, Page | BadPage | BadImage]]]
    unread: list[tuple[str, int, str]]

    def __len__(self) -> int:
        return len(self.rels)

    def __iter__(self) -> Iterator[Page]:
        for rel, page in self.tried(self.rels):
            if isinstance(page, Page):
                yield page
            else:
                self.unread.append((rel, 0, f"page: {page.problem}"))


def _labels_of(folder: Path, settings: Mapping[str, Any]) -> str | Path:
    """The label set that project.toml names: a key of those that ship, or a file."""
    named = str(settings.get("labels", "scrap_shapes"))
    return folder / named if named.endswith(".toml") else named


def _summary(page: Mapping[str, Any]) -> PageSummary:
    """page: JSON as it was read. What has the wrong form counts as little as possible; `load` will refuse it."""
    items = [item for item in page["annotations"] if isinstance(item, dict)]
    private = [item["ssc"] if isinstance(item.get("ssc"), dict) else {} for item in items]
    listed = page.get("categories")
    categories = [c for c in listed if isinstance(c, dict)] if isinstance(listed, list) else []
    unknown = [c.get("id") for c in categories if c.get("name") == UNKNOWN]
    head = page.get("ssc")
    review = head.get(facts.REVIEW) if isinstance(head, dict) else None
    return PageSummary(
        count=len(items),
        statuses=dict(Counter(str(ssc.get("status", "accepted")) for ssc in private)),
        unknown=sum(item.get("category_id") in unknown for item in items),
        done=isinstance(head, dict) and bool(head.get("done")),
        verdict=str(review.get("status", "")) if isinstance(review, dict) else "",
    )


def _sweep(path: Path) -> None:
    """Remove a temp file that a crash left behind an hour ago or more."""
    if path.suffix == ".tmp":
        with contextlib.suppress(OSError):
            if datetime.now(UTC).timestamp() - path.stat().st_mtime > _STALE_TEMP_S:
                path.unlink()
