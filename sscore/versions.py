"""Two versions of one page, as two people who worked on it at the same time leave them, and how to join them.

When a save finds that somebody else changed the page meanwhile, ours is kept beside it (see `sscore.page_store`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sscore import edits, journal
from sscore.coco import pages as page_json
from sscore.errors import BadOption, BadPage
from sscore.page_store import PageStore, disk_errors
from sscore.paths import put_in_place
from sscore.types import Annotation, Page


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a version: name, computer, when (ISO 8601 UTC); "" what is not known."""

    name: str = ""
    host: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """theirs: the page as it is; ours: the one in the file `kept`; base: the page that both began with, None when that
    is not known any more."""

    kept: Path
    theirs: Page
    ours: Page
    base: Page | None
    by_them: Author
    by_us: Author


@dataclass(frozen=True, slots=True)
class Joined:
    """clashes: ids of instances that both changed (without a common beginning: that are not the same), each in its own
    way; both are on the page, ours under a new id."""

    page: Page
    clashes: tuple[int, ...]


def is_kept(name: str) -> bool:
    """Whether a file among the pages is a version that was kept: PHOTO.WHO@COMPUTER-WHEN.json."""
    return re.fullmatch(r".+\.[\w-]+@[\w-]+-\d{8}T\d{6}(-\d+)?\.json", name) is not None


def kept(store: PageStore, rel: str) -> list[Path]:
    """Files with versions of a page that were kept, oldest first. Raises BadProject for a disk that refuses."""
    path = store.page_path(rel)
    start = path.name.removesuffix("json")
    with disk_errors(path):
        found = path.parent.iterdir() if path.parent.is_dir() else ()
        return sorted(p for p in found if p.name.startswith(start) and is_kept(p.name))


def read(store: PageStore, rel: str, path: Path) -> Versions:
    """A page as it is and a version of it that was kept. Raises BadPage, BadProject where one cannot be read."""
    theirs, seen = store.read(rel)
    with disk_errors(path):
        data = path.read_bytes()
    ours = replace(_page(data, path), image=rel)
    lines = store.journal(rel)
    notes = [one for one in lines if one.get("kept") == path.name]
    saves = [one for one in lines if "kept" not in one]
    began = str(notes[-1].get("base")) if notes else None
    if began is not None and any(one["after"] == seen.digest for one in saves):
        began = journal.common(saves, began, seen.digest)  # on a drive without locks theirs need not come from there
    blank = Page(rel, ours.width, ours.height)
    base = blank if began == "" else _page_at(saves, str(began), path)
    return Versions(path, theirs or blank, ours, base, _author(saves), _author(notes))


def put_away(store: PageStore, rel: str, path: Path) -> None:
    """A kept version has been dealt with: it goes to the journals, for good, and is not offered any more."""
    with disk_errors(path):
        put_in_place(path, store.journal_path(rel).with_name(path.name))


def offer_again(store: PageStore, rel: str, path: Path) -> None:
    """The other way round, when the choice is taken back: `path` is where it was before."""
    away = store.journal_path(rel).with_name(path.name)
    with disk_errors(path):
        if away.exists():
            put_in_place(away, path)


def _page_at(saves: list[dict[str, Any]], digest: str, path: Path) -> Page | None:
    """The page as it was when its file had this digest, by its journal."""
    data = journal.state_at(saves, digest)
    return None if data is None else _page(data, path)


def _page(data: bytes, path: Path) -> Page:
    try:
        return page_json.page_from_json(json.loads(data), path=path)
    except (ValueError, RecursionError) as error:
        raise BadPage(f"this annotation page is damaged: {error}", path=path) from error


def _author(lines: list[dict[str, Any]]) -> Author:
    """Of the last line."""
    return Author(*(str(lines[-1].get(key, "")) for key in ("author", "host", "time"))) if lines else Author()


def differing(page: Page, other: Page) -> list[Annotation]:
    """Instances of `page` that the other does not have in just this way."""
    there = _contents(other)
    return [a for a in page.annotations if there.get(a.id) != _content(page, a)]


@dataclass(frozen=True, slots=True)
class Done:
    """What one side did since the common beginning: instances added, changed and deleted."""

    added: tuple[Annotation, ...]
    changed: tuple[Annotation, ...]
    deleted: tuple[Annotation, ...]


def since(base: Page, page: Page) -> Done:
    """What was done on `page` since it was `base`."""
    before, after = _contents(base), _contents(page)
    other = [a for a in page.annotations if before.get(a.id) != after[a.id]]
    return Done(
        added=tuple(a for a in other if a.id not in before),
        changed=tuple(a for a in other if a.id in before),
        deleted=tuple(a for a in base.annotations if a.id not in after),
    )


def join(base: Page | None, theirs: Page, ours: Page) -> Joined:
    """One page with what each side did since `base`: added, changed and removed instances, marks of the whole page.

    What only one side touched is as that side has it; an instance that one changed and the other removed stays. Without
    `base` whatever is different is on the page in both ways. Raises BadOption when the photo has another size now.
    """
    if (theirs.width, theirs.height) != (ours.width, ours.height):
        raise BadOption("the two versions are for photos of different sizes", path=theirs.image)
    at_first = {} if base is None else _contents(base)
    here, mine = _contents(theirs), _contents(ours)
    page, again = theirs, []
    for annotation in ours.annotations:
        number, content = annotation.id, mine[annotation.id]
        if content in (at_first.get(number), here.get(number)):
            continue  # not touched by us, or both did the same
        if number not in here:
            page = edits.add(page, annotation)
        elif here[number] == at_first.get(number):
            page = edits.replace(page, annotation)
        else:  # new on both sides under one number, or changed on both sides
            again.append(annotation)
    for annotation in again:
        page = edits.add(page, replace(annotation, id=0))
    gone = [number for number in at_first if number not in mine and here.get(number) == at_first[number]]
    page = edits.remove(page, gone)
    clashes = tuple(a.id for a in again if base is None or a.id in at_first)
    return Joined(replace(page, extra=_extra(base, page, ours)), clashes)


def _extra(base: Page | None, page: Page, ours: Page) -> Mapping[str, Any]:
    """Marks of the whole page: those that we changed are ours."""
    before = {} if base is None else base.extra
    changed = {k: v for k, v in ours.extra.items() if before.get(k) != v and k != edits.NEXT_ID}
    return {**page.extra, **changed}


def _contents(page: Page) -> dict[int, str]:
    return {a.id: _content(page, a) for a in page.annotations}


def _content(page: Page, annotation: Annotation) -> str:
    """All that is saved of an instance."""
    item = page_json.annotation_to_json(annotation, page.height, page.width, 0)
    return page_json.dumps({**item, "label": annotation.label})
