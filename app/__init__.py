import sys

if sys.platform == "win32" and sys.stderr is None:
    # Started without a console: what goes wrong before there is a window would be seen by nobody.
    from app import on_windows

    sys.excepthook = on_windows.tell
