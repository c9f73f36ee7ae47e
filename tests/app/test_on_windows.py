"""What Windows does in another way, as far as it can be played elsewhere: no console, frames drawn by the system, odd
folders, servers that do not answer."""

import errno
import json
import os
import shutil
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

import app.__main__ as studio
from app import on_windows, theme
from sscore import paths


class Shown:
    """A window as the exception hook sees it."""

    def __init__(self):
        self.failures = []

    def show_failure(self, error):
        self.failures.append(error)


def test_a_failure_reaches_the_window_without_a_console(monkeypatch):
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, None)
    window, error = Shown(), ValueError("odd")
    studio._reporter(window)(ValueError, error, None)
    assert window.failures == [error]


def test_what_keeps_it_from_starting_is_told_and_logged(tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "废钢 用户"))
    told = []
    error = ImportError("DLL load failed while importing QtCore: The specified module could not be found.")
    on_windows.tell(ImportError, error, None, show=told.append)
    assert "无法启动" in told[0] and "QtCore" in told[0] and "vc_redist" in told[0]
    assert "QtCore" in (tmp_path / "废钢 用户" / "studio.log").read_text(encoding="utf-8")
    assert "vc_redist" not in on_windows.words(ValueError("odd"))


def test_a_start_without_console_on_windows_hangs_the_hook_in():
    code = (
        "import sys; sys.platform, sys.stderr = 'win32', None; import app; from app import on_windows; "
        "sys.exit(0 if sys.excepthook is on_windows.tell else 3)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.parametrize("name", ["O'Brien (x86)", "钢)铁", "a(b"])
def test_the_stylesheet_bears_any_folder(app, tmp_path, monkeypatch, name):
    """Of the user or the installation; a quote or bracket in it left the whole window bare."""
    before = app.styleSheet()
    shipped = paths.resources() / "icons"
    shutil.copytree(shipped, tmp_path / name / "icons")
    pictures = []
    for folder in (shipped.parent, tmp_path / name, tmp_path / "none"):
        monkeypatch.setattr(paths, "resources", lambda folder=folder: folder)
        app.setStyleSheet(theme.stylesheet(theme.DARK))
        box = QCheckBox()
        box.setChecked(True)
        pictures.append(box.grab().toImage())
    app.setStyleSheet(before)
    assert pictures[0] == pictures[1] != pictures[2]


def test_title_bars_wear_the_chosen_theme(app, monkeypatch):
    asked = []

    class Hints:
        def setColorScheme(self, scheme):  # noqa: N802 (Qt's name)
            asked.append(scheme)

        def colorScheme(self):  # noqa: N802
            return Qt.ColorScheme.Dark

    monkeypatch.setattr(theme.QGuiApplication, "styleHints", staticmethod(Hints), raising=False)
    sheet = app.styleSheet()
    for choice in ("dark", "light", "system"):
        theme.apply(app, choice)
    app.setStyleSheet(sheet)
    assert asked == [Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Unknown]


def test_the_menu_of_recent_folders_asks_no_server(studio, monkeypatch):
    recent = studio.window.flow._recent
    studio.window.settings.set("recent", json.dumps(["//gone/share/废钢", "/photos/yard"]))

    def asked(*_arguments, **_options):
        raise AssertionError("that may take half a minute")

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", asked)
        recent.menu.aboutToShow.emit()
    assert [action.text().split()[0] for action in recent.menu.actions()[:2]] == ["废钢", "yard"]


def test_a_network_that_is_gone_is_told_and_never_waited_for_in_the_window(studio, folder, monkeypatch):
    """Windows then answers "invalid argument", which is no way to say that there is no such file."""
    real, here = os.stat, threading.current_thread()
    window_asked = []

    def gone(path, *arguments, **options):
        if str(path).startswith(str(folder)):
            if threading.current_thread() is here:
                window_asked.append(path)
            raise OSError(errno.EINVAL, "The specified network name is no longer available")
        return real(path, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", gone)
        studio.window.flow.company.look()
        studio.settle()
    words = [f"{notice.text} {notice.detail}" for notice in studio.window.messages.notices]
    assert any("The folder is not there any more" in one for one in words) and not window_asked
    studio.window.flow.company.look()
    studio.settle()
    assert any("there again" in notice.text for notice in studio.window.messages.notices)
