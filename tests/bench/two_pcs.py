"""Several people on one folder at the same time: is all that they accepted there afterwards?

    python tests/bench/two_pcs.py [--people 3] [--actions 300] [--rounds 5] [--seed 1] [--slow SECONDS] [--no-locks]
                                  [--kills 0] [--json FILE]

Each person is a process with the studio's own session, saver, look-out for others and dialog of two versions, without
a window, and does things at random on the same two photos, faster than anybody could: adds, changes and deletes
objects, undoes and redoes, goes to the other photo, edits it from afar, decides about kept versions, opens the folder
anew. Every object, and every change of one, bears a mark of its own. The computers' clocks are hours apart.

slow: pauses of up to so many seconds before and after everything that the first person writes; of the others 10 ms.
no-locks: as on a drive whose locks do not work. kills: so many of them are killed per round and start again.

lost: marks that somebody accepted (of who was killed: a second before that) and nobody took away, and that are neither
on the page nor in a version that is offered. Beside that: how many of these are only in a version that was decided on,
or in the journal. stale: what is on somebody's screen when all have come to rest and is not what is on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from app.company import Company
from app.dialogs.versions import VersionsDialog
from app.jobs import Lane
from app.look import Look
from app.session import Session
from app.settings import Settings
from sscore import edits, journal, masks, page_store, presence
from sscore.errors import SscError
from sscore.images import write_image
from sscore.project import Project
from sscore.types import Annotation, Page

RELS = ("a.jpg", "子 文件夹/照片 2.jpg")
NAME, FIRST = "废钢 照片", 6  # instances of a photo to begin with
MARK = "mark"
OTHERS_S = 0.01
PROMISED_S = 1.0
JOIN, THEIRS = "join two versions", "changed on disk"  # steps of the studio that nobody chose object by object
KINDS = {
    "add": 34,
    "change": 15,
    "delete": 10,
    "undo": 9,
    "redo": 5,
    "go": 6,
    "elsewhere": 5,
    "look": 6,
    "decide": 5,
    "rest": 5,
    "reopen": 0.5,
}


def marks(page: Page) -> set[str]:
    return {str(a.extra.get(MARK)) for a in page.annotations}


def mask(chance: random.Random) -> Annotation:
    bits = np.ones((8, 8), np.bool_)
    return Annotation(0, masks.tight(bits, chance.randrange(190), chance.randrange(140)), "Pipe")


# --- one of them ------------------------------------------------------------------------------------------------------


class Person:
    def __init__(self, place: Path, name: str, number: int, options: argparse.Namespace) -> None:
        self.name, self.chance, self.made = name, random.Random(f"{options.seed} {name}"), 0
        self.folder = place / NAME
        self.app = QApplication([])
        self.events = os.open(place / f"{name}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        settings = Settings(place / f"{name}.ini")
        settings.override("language", "en")
        settings.override("author", name)
        self.play_a_computer(number, options)
        self.dress, self.disk = Look(self.app, settings), Lane("disk")
        self.session = Session(self.disk, settings)
        self.company = Company(self.session, self.disk)
        self.seen: dict[str, set[str]] = {}  # by photo
        self.stepping = False
        self.session.page_changed.connect(self.on_page)
        self.listen()

    def play_a_computer(self, number: int, options: argparse.Namespace) -> None:
        apart = timedelta(hours=7 * number - 5)
        presence.host = lambda: f"lab-{number}"
        presence.now = lambda: (datetime.now(UTC) + apart).strftime("%Y-%m-%dT%H:%M:%SZ")

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + apart

        page_store.datetime = Clock
        if options.no_locks:
            journal._lock = lambda _file: True
        longest = options.slow if number == 0 else OTHERS_S
        write, append = page_store.write_atomic, journal.append

        def nap() -> None:
            time.sleep(self.chance.uniform(0, longest))

        def write_slowly(path: Path, data: bytes) -> None:
            nap()
            write(path, data)
            nap()

        def append_slowly(file: object, text: str) -> int:
            nap()
            return append(file, text)

        page_store.write_atomic, journal.append = write_slowly, append_slowly

    # --- what is noted ---

    def note(self, new: set[str], gone: set[str]) -> None:
        line = json.dumps([time.time(), sorted(new), sorted(gone)]) + "\n"
        os.write(self.events, line.encode())  # in one piece, and it stays when we are killed

    def listen(self) -> None:
        session = self.session
        show, elsewhere = session.show_page, session.edit_elsewhere

        def show_page(page: Page, title: str) -> None:
            before, after = self.seen.get(page.image, set()), marks(page)
            self.seen[page.image] = after
            if self.stepping or title != THEIRS:
                self.note(after - before, set() if title == JOIN and not self.stepping else before - after)
            show(page, title)

        def edit_elsewhere(rel: str, title: str, change: Callable[[Page], Page], *more: object) -> None:
            def changed(page: Page) -> Page:
                self.seen[rel] = marks(page)
                return change(page)

            elsewhere(rel, title, changed, *more)

        session.show_page, session.edit_elsewhere = show_page, edit_elsewhere

    def on_page(self, page: Page | None) -> None:
        if page is not None:
            self.seen[page.image] = marks(page)

    # --- what is done ---

    def until(self, happened: Callable[[], bool], seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name} waits for ever")
            self.app.processEvents()
            time.sleep(0.001)

    def pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self.app.processEvents()
        self.until(lambda: time.monotonic() >= end)

    def settle(self) -> None:
        saver = self.session.saver
        self.until(lambda: not saver.unsaved() and saver.lane.idle and self.disk.idle)

    def marked(self, annotation: Annotation) -> Annotation:
        self.made += 1
        return replace(annotation, extra={**annotation.extra, MARK: f"{self.name}-{self.made}"})

    def act(self) -> None:
        self.pause(self.chance.choice((0, 0, 0.005, 0.03, 0.08)))
        self.until(lambda: self.session.page is not None)
        getattr(self, self.chance.choices(list(KINDS), list(KINDS.values()))[0])(self.session.page)

    def add(self, page: Page) -> None:
        self.session.edit("add", edits.add(page, self.marked(mask(self.chance))))

    def change(self, page: Page) -> None:
        if page.annotations:
            one = replace(self.chance.choice(page.annotations), label=self.chance.choice(("Bar", "U", "H")))
            self.session.edit("change", edits.replace(page, self.marked(one)))

    def delete(self, page: Page) -> None:
        if len(page.annotations) > 3:
            some = self.chance.sample([a.id for a in page.annotations], self.chance.choice((1, 1, 2)))
            self.session.edit("delete", edits.remove(page, some))

    def undo(self, _page: Page) -> None:
        self.step(self.session.undo_group.undo)

    def redo(self, _page: Page) -> None:
        self.step(self.session.undo_group.redo)

    def step(self, once: Callable[[], None]) -> None:
        self.stepping = True
        for _ in range(self.chance.choice((1, 1, 3))):
            once()
        self.stepping = False

    def go(self, _page: Page) -> None:
        self.session.go(self.chance.choice(RELS))

    def elsewhere(self, _page: Page) -> None:
        one = self.marked(mask(self.chance))
        self.session.edit_elsewhere(self.chance.choice(RELS), "add", lambda page: edits.add(page, one), lambda: None)

    def look(self, _page: Page | None) -> None:
        self.company.look()

    def rest(self, _page: Page) -> None:
        self.pause(0.2)

    def reopen(self, _page: Page) -> None:
        self.settle()
        before = self.session.project
        self.session.open(self.folder)
        self.until(lambda: self.session.project is not before)

    def decide(self, _page: Page) -> None:
        kept = [(rel, file) for rel, files in self.session.project.kept().items() for file in files]
        if not kept:
            return
        rel, file = self.chance.choice(kept)
        dialog = VersionsDialog(self.session, rel, file, lambda: None, self.disk, self.dress)
        waits = dialog.says.text()
        self.until(lambda: dialog.says.text() != waits)
        if dialog._shown is not None:
            found, number = dialog._shown.versions, self.chance.choices((0, 1, 2), (1, 8, 1))[0]
            if number == 0:
                self.note(set(), marks(found.ours) - marks(found.theirs))
            dialog.take(number)
        dialog.deleteLater()

    def work(self, actions: int) -> None:
        self.session.open(self.folder)
        for _ in range(actions):
            self.act()
        self.settle()

    def screens(self) -> dict[str, list[str]]:
        """What is shown of each photo."""
        found = {}
        for rel in RELS:
            self.session.go(rel)
            self.until(lambda: self.session.page is not None)
            self.company.look()
            self.settle()
            found[rel] = sorted(marks(self.session.page))
        return found

    def close(self) -> None:
        self.company.close()
        self.session.close()
        self.disk.close()


def person(options: argparse.Namespace) -> None:
    """Works; then says so, and what is on screen whenever it is asked."""
    one = Person(options.place, options.person, int(options.person[1]), options)
    one.work(options.actions)
    print("done", flush=True)
    for _ in sys.stdin:
        print(json.dumps(one.screens()), flush=True)
    one.close()


# --- who starts them and looks ----------------------------------------------------------------------------------------


def start(place: Path, name: str, options: argparse.Namespace) -> subprocess.Popen[str]:
    how = [f"--seed={options.seed}", f"--actions={options.actions}", f"--slow={options.slow}"]
    command = [sys.executable, __file__, "--person", name, "--place", str(place), *how]
    env = {**os.environ, "SSC_HOME": str(place / name), "SSC_CACHE": str(place / name / "cache")}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*command, *(["--no-locks"] if options.no_locks else [])], stdin=pipe, stdout=pipe, env=env, text=True
    )


def one_round(place: Path, options: argparse.Namespace) -> Counter[str]:
    make_folder(place / NAME)
    chance, ends = random.Random(options.seed), dict[str, float]()  # when somebody was killed
    people = {f"p{n}": start(place, f"p{n}", options) for n in range(options.people)}
    for n in range(options.kills):
        time.sleep(chance.uniform(2.0, 5.0))
        name = chance.choice(list(people))
        if people[name].poll() is None:
            people[name].send_signal(signal.SIGKILL)
            people[name].wait()
            ends[name] = time.time()
            del people[name]
            again = f"{name[:2]}.{n}"
            people[again] = start(place, again, options)
    for name, one in people.items():
        if one.stdout.readline() != "done\n":
            raise SystemExit(f"{name} ended by itself")
    for _ in range(2):  # the second time all have seen what the first brought
        screens = [ask(one) for one in people.values()]
    for one in people.values():
        one.stdin.close()
        one.wait()
    return check(place, ends, screens)


def ask(one: subprocess.Popen[str]) -> dict[str, list[str]]:
    one.stdin.write("\n")
    one.stdin.flush()
    return json.loads(one.stdout.readline())


def check(place: Path, ends: dict[str, float], screens: list[dict[str, list[str]]]) -> Counter[str]:
    found: Counter[str] = Counter()
    wanted = {f"{rel} {n}" for rel in RELS for n in range(FIRST)}
    gone: set[str] = set()
    for file in place.glob("*.jsonl"):
        end = ends.get(file.stem, float("inf")) - PROMISED_S
        for line in file.read_bytes().splitlines():
            at, new, taken = json.loads(line)
            found["edits"] += 1
            gone.update(taken)
            wanted.update(new if at < end else ())
    wanted -= gone
    project = Project.open(place / NAME)
    pages, lines = {}, ""
    for rel in RELS:
        try:
            pages[rel] = marks(project.load(rel))
            found["not as the journal says"] += journal.replay(project.journal(rel)) != (
                project.page_path(rel).read_bytes(),
                True,
            )
        except (SscError, OSError) as error:
            print(f"unreadable: {rel}: {error!r}", file=sys.stderr)
            found["unreadable"] += 1
        lines += (place / NAME / "journal" / f"{rel}.jsonl").read_text(encoding="utf-8")
    offered = [file for files in project.kept().values() for file in files]
    decided = list((place / NAME / "journal").rglob("*@*.json"))
    on_pages, there, away = set().union(*pages.values()), of_files(offered), of_files(decided)
    lost = wanted - on_pages - there
    found["accepted and taken away by nobody"] = len(wanted)
    found["of these on the page"] = len(wanted & on_pages)
    found["only in a version on offer"] = len(wanted & there - on_pages)
    found["versions on offer"], found["versions decided on"] = len(offered), len(decided)
    found["lost"] = len(lost)
    found["lost, but decided on"] = len(lost & away)
    found["lost, but in the journal"] = sum(json.dumps(one) in lines for one in lost - away)
    found["stale"] = sum(set(screen[rel]) != pages.get(rel) for screen in screens for rel in RELS)
    found["kills"] = len(ends)
    return found


def of_files(files: list[Path]) -> set[str]:
    return {str(item["ssc"].get(MARK)) for file in files for item in json.loads(file.read_bytes())["annotations"]}


def make_folder(folder: Path) -> None:
    chance = random.Random(1)
    for rel in RELS:
        (folder / rel).parent.mkdir(parents=True, exist_ok=True)
        write_image(folder / rel, np.full((150, 200, 3), 90, np.uint8))
    project = Project.open(folder)
    for rel in RELS:
        page = Page(rel, 200, 150)
        for n in range(FIRST):
            page = edits.add(page, replace(mask(chance), extra={MARK: f"{rel} {n}"}))
        project.save(page, edit="bench")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--actions", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", type=float, default=OTHERS_S)
    parser.add_argument("--no-locks", action="store_true")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--person", help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.person:
        person(options)
        return
    total: Counter[str] = Counter()
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            found = one_round(Path(place), options)
        total.update(found)
        told = f"{found['edits']} edits, {found['lost']} lost, {found['stale']} stale"
        print(f"seed {options.seed}: {told}", file=sys.stderr, flush=True)
        options.seed += 1
    for name, value in total.items():
        print(f"{name:34} {value}")
    if options.json:
        options.json.write_text(json.dumps(total, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
