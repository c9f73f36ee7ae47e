"""Microsoft's C++ runtime, which OpenVINO and torch need under Windows, and which not every Windows has.

Their wheels leave it out; scikit-learn's and Qt's bring it along. A library that is loaded once is what everybody in
the process gets who asks Windows for that name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_NAME = "msvcp140.dll"
_LENDERS = (("sklearn", ".libs"), ("shiboken6", "."))
"""Packages that bring it along, the newer one first, and where in them."""


def lend() -> None:
    """To be called before a model library is loaded. Quick, and nothing elsewhere than under Windows."""
    if sys.platform == "win32":
        import ctypes

        borrowed(ctypes.WinDLL)


def borrowed(load: Callable[[str], object]) -> Path | None:
    """The file that had to be loaded from another package; None where the system has one, or no package does."""
    with suppress(OSError):
        load(_NAME)
        return None
    for package, folder in _LENDERS:
        spec = find_spec(package)
        if spec is not None and spec.origin:
            file = Path(spec.origin).parent / folder / _NAME
            with suppress(OSError):
                load(str(file))
                return file
    return None
