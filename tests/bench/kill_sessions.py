"""kill -9 at random moments of a session in the real window: is all that was accepted there afterwards?

    python tests/bench/kill_sessions.py [--kills 200] [--seed 1] [--json FILE]

Each session is a process with the real window, session, saver and disk format, offscreen, driven by mouse and keys:
boxes accepted, classes changed, objects deleted, steps taken back, photos changed, as fast as it goes. Only segmenter
and classifier are quick stand-ins. Every tenth session is killed at any moment from its very start, the others up to
0.3 s after one of their first 15 edits. After each kill the pages are read from a copy of the folder; the next session
starts on the folder itself, as a user would, and what it says is noted.

accepted: edits that the window took. saved: versions whose line in the journal was flushed to the disk when the kill
came: from it the page is made again. lost: edits that were saved, or accepted more than 200 ms before the kill, and not
there afterwards. latency: from accepting to that flush; whole: until the page itself is replaced and flushed too.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1] / "app"))

import cv2
import numpy as np
import studio_driver
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from studio_driver import FakeShelf, Studio

from app.look import Look
from app.settings import Settings
from app.window import Window
from sscore import edits, journal, labels, masks
from sscore.images import write_image
from sscore.project import Project
from sscore.types import Annotation, Page

wait_until = studio_driver.wait_until = functools.partial(
    studio_driver.wait_until, seconds=120.0
)  # also on a busy machine
RELS = ("a.jpg", "b.jpg", "子 文件夹/照片 3.jpg")
MANY, FEW = 200, 5  # instances of the first photo, and of the others, to begin with
PROMISED_S = 0.2


def state(page: Page) -> int:
    """What of a page must come back."""
    return zlib.crc32(repr([(a.id, a.label, a.mask.left, a.mask.top, a.mask.area) for a in page.annotations]).encode())


# --- the session that is killed ---------------------------------------------------------------------------------------


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())  # in one piece, and nothing stays in a buffer


def session(folder: Path, home: Path, seed: int) -> None:
    """Works until it is killed. Prints: R (ready), N notice, E number time photo state (accepted), and with number and
    time J (in the journal) and S (saved as a whole)."""
    os.environ["SSC_HOME"], os.environ["SSC_CACHE"] = str(home), str(home / "cache")
    app = QApplication([])
    settings, shelf = Settings(home / "studio.ini"), FakeShelf()
    settings.override("language", "en")
    window = Window(settings, Look(app, settings), shelf)
    window.resize(1100, 720)
    window.show()
    window.activateWindow()
    window.messages.show_notice = lambda notice: say("N", f"{notice.text} {notice.detail}".replace("\n", " | "))
    window.session.notice.connect(window.messages.show_notice)
    numbers: dict[int, tuple[int, Page]] = {}
    count = itertools.count()

    def watch() -> None:
        project, saver = window.session.project, window.session.saver
        write, queue, append = project.save, saver.save, journal.append

        def save(page: Page, **how: object) -> None:
            number = numbers[id(page)][0]

            def to_journal(file: object, text: str) -> int:
                size = append(file, text)
                say("J", number, time.time())
                return size

            journal.append = to_journal
            write(page, **how)
            say("S", number, time.time())

        def accepted(of: Project, page: Page, title: str) -> None:
            numbers[id(page)] = (next(count), page)  # a step back brings an earlier page: it is one more edit
            say("E", numbers[id(page)][0], time.time(), RELS.index(page.image), state(page))
            queue(of, page, title)

        project.save, saver.save = save, accepted

    window.session.project_opened.connect(watch)
    window.assistant.start()
    studio = Studio(window, shelf)
    studio.open(folder)
    wait_until(lambda: window.session.page is not None and window.assistant.segmenter is not None)
    say("R")
    work(studio, random.Random(seed))


def work(studio: Studio, chance: random.Random) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    while True:
        studio.window.activateWindow()
        ids = [a.id for a in studio.session.page.annotations]
        what = chance.random()
        if what < 0.5 or len(ids) < 3:
            x, y = chance.randrange(10, 250), chance.randrange(10, 170)
            studio.box(x, y, x + chance.randrange(20, 60), y + chance.randrange(20, 60))
            studio.key("f")
        elif what < 0.7:
            studio.session.select((chance.choice(ids),))
            studio.key(str(chance.randrange(1, 8)))
        elif what < 0.85:
            studio.session.select(chance.sample(ids, 2))
            studio.key(Qt.Key.Key_Delete)
        elif what < 0.95:
            studio.key("z", control)
        else:
            studio.key("d" if studio.session.image != RELS[-1] else "a")
            wait_until(lambda: studio.session.page is not None)
        QApplication.processEvents()


# --- who kills and looks ----------------------------------------------------------------------------------------------


@dataclass
class Found:
    kills: int = 0
    accepted: int = 0
    saved: int = 0
    lost: int = 0
    unreadable: int = 0
    mended: int = 0
    untold: int = 0
    ages: list[float] = field(default_factory=list)  # s, of accepted edits that were not on disk when the kill came
    latency: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def start(folder: Path, home: Path, seed: int) -> tuple[int, int]:
    """A session as a process of its own: its id and the end of the pipe it prints to."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(writing, 1)
        os.dup2(os.open(home.with_name("stderr.txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        try:
            session(folder, home, seed)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(3)
    os.close(writing)
    return child, reading


def lines(pipe: int) -> Iterator[list[str]]:
    rest = b""
    while more := os.read(pipe, 65536):
        *whole, rest = (rest + more).split(b"\n")
        for line in whole:
            yield line.decode().split(" ", 4)


def one(folder: Path, home: Path, chance: random.Random, before: list[int], found: Found) -> list[int]:
    """One session and its end. before: states of the pages; returns those after."""
    early = found.kills % 10 == 9
    child, pipe = start(folder, home, chance.randrange(1 << 30))
    said: list[list[str]] = []
    heard = lines(pipe)
    if not early:
        left = chance.randrange(16)  # edits that are waited for
        for line in heard:
            said.append(line)
            left -= line[0] == "E"
            if left <= 0 and any(one[0] == "R" for one in said):
                break
        else:
            raise SystemExit(by_itself(home))
    time.sleep(chance.uniform(0.0, 1.5 if early else 0.3))
    killed = time.time()
    os.kill(child, signal.SIGKILL)
    said += heard
    os.close(pipe)
    if os.waitpid(child, 0)[1] != signal.SIGKILL:
        raise SystemExit(by_itself(home))
    found.kills += 1
    told = any(line[0] == "N" and "did not end properly" in " ".join(line) for line in said)
    ready = any(line[0] == "R" for line in said)
    found.untold += ready and found.kills > 1 and not told
    return check(folder, said, killed, before, found)


def by_itself(home: Path) -> str:
    return "a session ended by itself:\n" + home.with_name("stderr.txt").read_text(encoding="utf-8", errors="replace")


def check(folder: Path, said: list[list[str]], killed: float, before: list[int], found: Found) -> list[int]:
    edits_ = [(int(n), float(at), int(rel), int(what)) for kind, n, at, rel, what in (s for s in said if s[0] == "E")]
    saves, whole = ({int(s[1]): float(s[2]) for s in said if s[0] == kind} for kind in "JS")
    found.accepted += len(edits_)
    found.saved += len(saves)
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy)
        project = Project.open(copy)
        after = []
        for index, rel in enumerate(RELS):
            try:
                page = project.load(rel)
                exact = journal.replay(project.journal(rel)) == (project.page_path(rel).read_bytes(), True)
            except Exception as error:  # whatever it is, it counts
                print(f"unreadable: {rel}: {error!r}", file=sys.stderr)
                found.unreadable += 1
                after.append(before[index])
                continue
            found.unreadable += not exact
            after.append(state(page))
            mine = [edit for edit in edits_ if edit[2] == index]
            there = max((n for n, _, _, what in mine if what == after[-1]), default=-1)
            if there < 0 and after[-1] != before[index]:
                print(f"{rel}: neither an accepted state nor the one before", file=sys.stderr)
                found.lost += 1
            for n, at, _, _ in mine:
                done, all_done = ([on[m] for m, *_ in mine if m >= n and m in on] for on in (saves, whole))
                if done:
                    found.latency.append(min(done) - at)
                if all_done:
                    found.whole.append(min(all_done) - at)
                if n > there:
                    found.ages.append(killed - at)
                    found.lost += bool(done) or killed - at > PROMISED_S
        found.mended += len(project.notices)
    return after


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    labels.load()  # imports on first use what else every session would import
    chance, found = random.Random(options.seed), Found()
    with tempfile.TemporaryDirectory() as place:
        folder = make_folder(Path(place) / "废钢 照片")
        states = [state(Project.open(folder).load(rel)) for rel in RELS]
        for number in range(options.kills):
            states = one(folder, Path(place) / "home", chance, states, found)
            if (number + 1) % 20 == 0:
                print(f"{number + 1} kills, {found.accepted} accepted, {found.lost} lost", file=sys.stderr, flush=True)
    row = report(found)
    if options.json:
        options.json.write_text(json.dumps(row, indent=1), encoding="utf-8")


def make_folder(folder: Path) -> Path:
    project, rng = None, np.random.default_rng(3)
    for rel in RELS:
        (folder / rel).parent.mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(40, 215, (15, 20, 3), np.uint8)
        write_image(folder / rel, cv2.resize(coarse, (400, 300), interpolation=cv2.INTER_CUBIC))
    project = Project.open(folder)
    for rel, count in zip(RELS, (MANY, FEW, FEW), strict=True):
        page = Page(rel, 400, 300)
        for _ in range(count):
            mask = masks.tight(rng.random((40, 40)) < 0.6, int(rng.integers(0, 350)), int(rng.integers(0, 250)))
            page = edits.add(page, Annotation(0, mask, "Pipe"))
        project.save(page, edit="bench")
    return folder


def report(found: Found) -> dict[str, object]:
    def ms(times: list[float]) -> str:
        return " / ".join(f"{1000 * value:.1f}" for value in np.percentile(times or [0.0], (50, 95, 100)))

    row = {
        "kills": found.kills,
        "accepted": found.accepted,
        "saved": found.saved,
        "lost": found.lost,
        "unreadable": found.unreadable,
        "saves finished from the journal": found.mended,
        "starts that did not tell": found.untold,
        "not on disk yet when killed": len(found.ages),
        "oldest of these, ms": round(1000 * max(found.ages, default=0.0), 1),
        "latency, ms p50 / p95 / max": ms(found.latency),
        "whole, ms p50 / p95 / max": ms(found.whole),
        "load": round(os.getloadavg()[0], 1),
    }
    for name, value in row.items():
        print(f"{name:34} {value}")
    return row


if __name__ == "__main__":
    main()
