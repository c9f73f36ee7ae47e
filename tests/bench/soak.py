"""A day at the studio in an hour: a user who does everything at random in the real window, without a screen.

    python tests/bench/soak.py [--minutes 10] [--seed 1] [--model quick|nano] [--folder DIR]

Menus, keys, mouse, wheel, context menus, dialogs, settings, folders, dropped files; beside that another process changes
photos and pages, models fail or are killed, the disk refuses. The user works in a process of its own, so that a crash
is a finding too. Findings, each printed once with the steps that led there: exceptions, warnings of Qt, a message that
is a traceback or English in a Chinese window, a page that is not as on disk, steps that do not undo and redo to the
same page, lists and selections that do not fit the page. At the end: memory, threads, handles and widgets per thousand
steps, and the longest times the window stood still (processor time of its thread), with the line it was at.

A seed gives the same steps; when answers of lanes and models arrive among them is up to the machine. DIR gets a copy
of its photos to work on. SSC_SOAK_GC=1 collects garbage all the time, on whichever thread.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1] / "app"))

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QLocale, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QFileDialog
from soak_deeds import Hands, MoodyShelf, draw, vandal

from app import __main__ as studio
from app.jobs import Lane
from app.look import Look
from app.messages import MessageBar
from app.notices import Notice
from app.settings import Settings
from app.window import Window
from sscore.errors import SscError
from sscore.project import Project

_LAST = 40  # steps told with a finding
_SLOW_S = 0.05
_ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,.]+){4,}")
_INTERNAL = re.compile(r"Traceback|\b[A-Z]\w+(?:Error|Exception)\b|NoneType|object at 0x")
_QUIET = ("This plugin does not support",)  # what the screenless platform says of itself


class User(Hands):
    def __init__(self, place: Path, seed: int, model: str, photos: Path | None) -> None:
        super().__init__(random.Random(seed))
        self.place, self.seed = place, seed
        self.steps: deque[str] = deque(maxlen=_LAST)
        self.log = (place / "steps.txt").open("a", encoding="utf-8", buffering=1)
        self.told: Counter[str] = Counter()
        self.blocks: dict[str, tuple[int, str]] = defaultdict(lambda: (0, ""))
        self.fsync = os.fsync
        self.folders = [self.make_folder(name, photos) for name in ("废钢 照片", "second")]
        self.files = self.make_files()
        self.other = subprocess.Popen(
            [sys.executable, __file__, "--vandal"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.watch()
        self.listen()
        self.app = QApplication([])
        settings = Settings(place / "home" / "studio.ini")
        settings.override("language", self.chance.choice(("zh", "en")))
        self.window = Window(settings, Look(self.app, settings), MoodyShelf() if model == "quick" else None)
        if os.environ.get("SSC_SOAK_GC"):
            gc.set_threshold(20, 3, 3)
        else:
            studio.spare_collections(self.window)
        studio.favour_window()
        studio.on_linux.give_photos_back()
        self.window.resize(1100, 720)
        self.window.show()
        self.window.start(self.folders[0])
        self.never = {self.window.actions_.by_key["quit"]}
        self.escape = QTimer(interval=150)  # a dialog that waits for an answer gets one
        self.escape.timeout.connect(self.answer)
        self.escape.start()
        self.busy = time.thread_time()
        self.heart = QTimer(interval=5)
        self.heart.timeout.connect(self.beat)
        self.heart.start()
        threading.Thread(target=self.doctor, name="doctor", daemon=True).start()

    def make_folder(self, name: str, photos: Path | None) -> Path:
        folder = self.place / name
        if not folder.exists():
            (folder / "子").mkdir(parents=True)
            for n in range(6):
                draw(folder / ("子" if n % 2 else "") / f"{n}.jpg", self.chance)
            for n, photo in enumerate(sorted(photos.rglob("*.jpg"))[:12] if photos else ()):
                shutil.copy(photo, folder / f"photo {n}.jpg")
        return folder

    def make_files(self) -> list[Path]:
        """What is dropped on the window or chosen in a file dialog."""
        video = self.place / "film.avi"
        writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 8, (160, 120))
        for n in range(8):
            writer.write(np.full((120, 160, 3), 30 * n + 10, np.uint8))
        writer.release()
        found = {
            "text.json": "[1, 2",
            "empty.json": "{}",
            "w.pth": "no weights",
            "words.txt": "x",
            "labels.toml": "a=1",
        }
        for name, text in found.items():
            (self.place / name).write_text(text, encoding="utf-8")
        return [video, *(self.place / name for name in found), self.place / "out.json", self.folders[0] / "0.jpg"]

    # --- what is watched ---

    def watch(self) -> None:
        def of(kind: str) -> Callable[..., None]:
            def hook(*facts: object) -> None:
                one = facts[0]
                error = one if isinstance(one, BaseException) else getattr(one, "exc_value", None) or facts[1]
                text = "".join(traceback.format_exception(error))
                self.finding(f"{kind}: {text.splitlines()[-1][:160]}", text)

            return hook

        sys.excepthook, threading.excepthook, sys.unraisablehook = map(of, ("exception", "in a thread", "unraisable"))

        def qt(kind: object, _where: object, text: str) -> None:
            if not any(word in text for word in _QUIET):
                self.finding(
                    f"Qt: {re.sub(r'0x[0-9a-f]+|[0-9]+', 'N', text)[:160]}", text + "".join(traceback.format_stack())
                )

        qInstallMessageHandler(qt)
        dialogs = {
            "getExistingDirectory": lambda *_: str(self.chance.choice([*self.folders, self.place / "new", ""])),
            "getOpenFileName": lambda *_: (str(self.chance.choice(self.files)), ""),
            "getOpenFileNames": lambda *_: ([str(self.chance.choice(self.files))], ""),
            "getSaveFileName": lambda *_: (str(self.place / "out.json"), ""),
        }
        for name, answer in dialogs.items():
            setattr(QFileDialog, name, staticmethod(answer))

    def finding(self, what: str, more: str = "") -> None:
        self.told[what] += 1
        if self.told[what] == 1:
            steps = "\n    ".join(list(self.steps)[-_LAST:])
            print(f"FINDING (seed {self.seed}, step {self.count}) {what}\n{more}\n    {steps}", flush=True)

    def beat(self) -> None:
        """Seconds of the thread since the event loop last came round."""
        now = time.thread_time()
        if now - self.busy > _SLOW_S:
            step, _, place = self.here.partition(" | ")
            ms = int(1000 * (now - self.busy))
            self.blocks[place] = max(self.blocks[place], (ms, step))
        self.busy, self.stamp = now, time.monotonic()
        self.here = ""

    here, stamp = "", 0.0

    def doctor(self) -> None:
        """Where the window's thread is when it has not come round for a while."""
        main = threading.main_thread().ident
        while True:
            time.sleep(0.02)
            frame = sys._current_frames().get(main)
            if time.monotonic() - self.stamp > _SLOW_S and frame is not None and not self.here:
                lines = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_stack(frame)]
                ours = [one for one in lines if not one.startswith("soak.py")][-4:]
                self.here = f"{self.steps[-1] if self.steps else ''} | " + " < ".join(reversed(ours))

    def listen(self) -> None:
        """To every message, as it comes."""
        show = MessageBar.show_notice

        def heard(bar: MessageBar, notice: Notice) -> None:
            text = f"{notice.text}\n{notice.detail}"
            if _INTERNAL.search(text) and "odd" not in text:
                self.finding(f"message: {notice.text[:60]}", text)
            if QLocale().language() == QLocale.Language.Chinese and (found := _ENGLISH.search(text)):
                self.finding(f"English in a Chinese window: {found[0][:60]}", text)
            show(bar, notice)

        MessageBar.show_notice = heard

    # --- what is done ---

    def note(self, what: str) -> None:
        line = f"{self.count} {what}"
        self.steps.append(line)
        self.log.write(line + "\n")

    def step(self) -> None:
        self.count += 1
        self.begin()
        kinds = {
            self.action: 20,
            self.key: 14,
            self.canvas_mouse: 26,
            self.widget: 26,
            self.close_something: 6,
            self.setting: 4,
            self.folder: 1.0,
            self.drop: 1.0,
            self.resize: 1.5,
            self.deed: 1.5,
            self.model_trouble: 1.0,
            self.disk_trouble: 0.6,
        }
        kind = self.chance.choices(list(kinds), list(kinds.values()))[0]
        try:
            kind()
        except RuntimeError as error:
            if "already deleted" not in str(error):  # by what was clicked, before our own hand was off it
                raise
        self.run(self.chance.choice((0, 0, 0.002, 0.01, 0.05)))
        self.check()

    def begin(self) -> None:
        self.busy, self.stamp, self.here = time.thread_time(), time.monotonic(), ""

    def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self.app.processEvents()
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.001)
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # --- what must hold ---

    def check(self) -> None:
        session, window = self.window.session, self.window
        if self.refusing and self.count > self.refusing:
            os.fsync, self.refusing = self.fsync, 0
            session.saver.save_now()
        page = session.page
        if page is not None:
            ids = [a.id for a in page.annotations]
            if len(set(ids)) != len(ids):
                self.finding("an id twice in a page", str(ids))
            if not set(session.selection) <= set(ids):
                self.finding("selected, but not there", f"{session.selection} {ids}")
            rows = window.objects.list.model().rowCount()
            if rows != len(ids):
                self.finding("the list has other objects than the page", f"{rows} {len(ids)}")
        if self.count % 25 == 0:
            self.settle()
            self.as_on_disk()
            self.begin()
        if self.count % 100 == 0:
            self.back_and_forth()
        if self.count % 250 == 0:
            for top in [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window]:
                top.close()
            self.run(0.05)
            self.measure()

    def settle(self, seconds: float = 20.0) -> bool:
        end = time.monotonic() + seconds
        while not self.window.settled and time.monotonic() < end:
            self.run(0.01)
        slow = [one._thread.name for one in self.window.findChildren(Lane) if not one.idle and not self.refusing]
        if set(slow) - {"lane-model", "lane-net", "lane-weights"}:
            self.finding("does not settle", str(slow))
        return self.window.settled

    def as_on_disk(self) -> None:
        session = self.window.session
        if session.page is None or session.saver.unsaved() or self.refusing or not session.project.folder.exists():
            return
        if session.saver.changed_outside(session.project, session.image):
            return  # by the other process; the window looks for that every few seconds
        try:
            there = Project.open(session.project.folder).load(session.image)
        except SscError as error:
            if (session.project.folder / session.image).exists() and session.page.annotations:
                self.finding("the page on screen cannot be read from disk", str(error))
            return
        if session.stack(session.image).count() and digest(there) != digest(session.page):
            self.finding("the page on disk is another", f"{digest(there)}\n{digest(session.page)}")

    def back_and_forth(self) -> None:
        session = self.window.session
        stack = session.undo_group.activeStack()
        if stack is None or session.page is None or not self.settle():
            return
        self.note("undo all, redo all")
        page, at, image, count = session.page, stack.index(), session.image, stack.count()
        stack.setIndex(0)
        self.run(0)
        stack.setIndex(at)
        if session.image == image and stack.count() == count and digest(session.page) != digest(page):
            self.finding("undone and redone, the page is another", f"{digest(page)}\n{digest(session.page)}")

    def measure(self) -> None:
        status = Path("/proc/self/status").read_text()
        rss = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024
        handles = len(os.listdir("/proc/self/fd"))
        widgets = len(QApplication.allWidgets())
        row = f"{rss} MB, {threading.active_count()} threads, {handles} handles, {widgets} widgets"
        print(f"step {self.count}: {row}, {len(gc.get_objects())} objects", flush=True)


def digest(page: object) -> list[tuple[object, ...]]:
    return [(a.id, a.label, a.status, a.mask.left, a.mask.top, a.mask.area) for a in page.annotations]


def work(options: argparse.Namespace, place: Path) -> None:
    faulthandler.enable()
    user = User(place, options.seed, options.model, options.folder)
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end:
        user.step()
    user.note("close")
    os.fsync = user.fsync
    user.settle()
    user.window.close()
    user.run(0.1)
    user.other.kill()
    left = [t.name for t in threading.enumerate() if t.name.startswith("lane")]
    if left and user.window.session.saver.failing == 0:
        user.finding("threads after closing", str(left))
    print(f"{user.count} steps, {len(user.told)} findings: {dict(user.told)}")
    print(f"windows beside the main one: {', '.join(sorted(user.seen))}")
    for place, (ms, step) in sorted(user.blocks.items(), key=lambda one: -one[1][0])[:15]:
        print(f"stood still {ms} ms: {place} ({step})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", choices=("quick", "nano"), default="quick")
    parser.add_argument("--folder", type=Path, help="photos to work on besides drawn ones")
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--vandal", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.vandal:
        vandal()
    elif options.place:
        work(options, options.place)
    else:
        sys.exit(watch_over(options))


def watch_over(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        place = Path(made)
        (place / "home").mkdir()
        offline = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
        homes = {"SSC_HOME": str(place / "home"), "SSC_CACHE": str(place / "cache"), "HOME": made}
        code = subprocess.run(
            [sys.executable, *sys.argv, "--place", made], env={**os.environ, **homes, **offline}
        ).returncode
        if code:
            steps = (place / "steps.txt").read_text(encoding="utf-8").splitlines()[-_LAST:]
            print(f"FINDING (seed {options.seed}) the program ended with {code}\n    " + "\n    ".join(steps))
    return code


if __name__ == "__main__":
    main()
