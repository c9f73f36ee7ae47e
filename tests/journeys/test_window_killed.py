"""A window that is killed leaves no work behind that nobody waits for."""

import subprocess
import sys
import time

from sscore import presence

_WINDOW = """
import sys
from PySide6.QtCore import QCoreApplication
from app import child
# `ssc`, with a verb that says nothing for as long as one likes.
silent = "import time; from sscore.cli import console, entry; entry.run = lambda args: time.sleep(60)"
child.command = lambda: [sys.executable, "-c", f"{silent}; console._print('{{}}'); entry.main()"]
app = QCoreApplication([])
work = child.ChildProcess()
work.event.connect(lambda _event: print(work._process.processId(), flush=True))
work.start(["evaluate"])
app.exec()
"""


def test_work_that_a_window_has_started_ends_with_it():
    with subprocess.Popen([sys.executable, "-c", _WINDOW], stdout=subprocess.PIPE) as window:
        number = int(window.stdout.readline())
        assert presence._runs(number)
        window.kill()
    for _ in range(100):
        if not presence._runs(number):
            break
        time.sleep(0.1)
    assert not presence._runs(number)
