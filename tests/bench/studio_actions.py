"""How long the window stands still at each of its actions: every menu entry once, on a 24-MP photo with 500 instances.

    python tests/bench/studio_actions.py [--top 30]

Each action is done twice with three instances selected, and once with all of them; what it opened is closed and what it
changed is undone before the next. Theme and language are changed as well. Prints the longest time the event loop did
not come round, by the clock and as processor time of the window's thread in ms, the longest first. The first time is
told apart, since that is when panels and dialogs are made.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import studio_large
import studio_speed
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

LEFT_OUT = {"quit"}  # it would end this
NO_FILE = ("", "")
DRESSES = (("theme", "light"), ("theme", "dark"), ("language", "zh"), ("language", "en"))
SELECTIONS = {"first time": 3, "again": 3, "all selected": studio_speed.INSTANCES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--top", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["SSC_HOME"], os.environ["SSC_CACHE"] = f"{place}/home", f"{place}/cache"
        rows = measure(studio_speed.make_folder(Path(place) / "废钢 照片"))
        print(f"load {os.getloadavg()[0]:.1f}, empty loop {studio_speed.empty_loop():.1f} ms, {len(rows)} actions")
        print(f"more than 50 ms of the thread: {sum(busy > 50 for _, _, (_, busy) in rows)}")
        for when, what, (clock, busy) in sorted(rows, key=lambda row: -row[2][0])[: options.top]:
            print(f"{what:28} {when:13} clock {clock:7.1f}   thread {busy:7.1f}")
        os._exit(0)  # lanes and models of a window that nobody closed


def measure(folder: Path) -> list[tuple[str, str, tuple[float, float]]]:
    """When, which action, and ms by the clock and of the thread."""
    from app import on_linux
    from app.__main__ import favour_window
    from app.code_ahead import read_code
    from app.garbage import spare_collections
    from app.look import Look
    from app.settings import Settings
    from app.window import Window

    app = QApplication([])
    favour_window()
    on_linux.give_photos_back()
    settings = Settings()
    for key, value in (("language", "en"), ("theme", "dark")):
        settings.set(key, value)
    window = Window(settings, Look(app, settings))
    spare_collections(window)
    window.resize(1280, 760)
    window.show()
    window.start()
    session = window.session

    def rest() -> None:
        studio_speed.wait(app, lambda: window.settled and session.page is not None, 60.0)

    def again() -> None:
        """Nothing open, nothing changed, the first photo."""
        for one in app.topLevelWidgets():
            if one is not window and one.isVisible():
                one.close()
        rest()
        window.actions_.by_key["select"].trigger()
        for rel in list(session.images):
            while session.stack(rel).canUndo():
                session.stack(rel).undo()
        session.go(session.images[0])
        rest()

    window.open_folder(folder)
    studio_speed.wait(app, lambda: window.assistant.segmenter is not None and len(session.images) == 2, 60.0)
    read_code(window.disk_lane)
    rest()
    QFileDialog.getOpenFileName = QFileDialog.getSaveFileName = staticmethod(lambda *_a, **_k: NO_FILE)
    QFileDialog.getExistingDirectory = staticmethod(lambda *_a, **_k: "")
    closer = QTimer(interval=300)
    closer.timeout.connect(lambda: (m := app.activeModalWidget()) is not None and m.close())
    closer.start()
    heart, rows = studio_large.Heart(), []
    for when, count in SELECTIONS.items():
        for key, action in window.actions_.by_key.items():
            session.select([one.id for one in session.page.annotations[:count]])
            studio_large.turn(app, 0.05)
            if key in LEFT_OUT or not action.isEnabled():
                continue
            with heart.beating():
                action.trigger()
                studio_large.turn(app, 0.3)
                studio_speed.wait(app, lambda: window.settled, 60.0)
            rows.append((when, key, heart.longest))
            if len(session.images) != 2:
                window.open_folder(folder)
                studio_speed.wait(app, lambda: len(session.images) == 2, 60.0)
            again()
        for key, value in DRESSES:
            with heart.beating():
                settings.set(key, value)
                studio_large.turn(app, 0.3)
            rows.append((when, f"{key} {value}", heart.longest))
    return rows


if __name__ == "__main__":
    main()
