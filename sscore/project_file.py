"""The file project.toml: what it says, and how a table or a line of it is changed while all else stays."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from sscore import labels, naming
from sscore.errors import BadProject
from sscore.file_lock import only_one
from sscore.labels import LabelSet
from sscore.naming import Naming
from sscore.page_store import disk_errors
from sscore.paths import patiently, write_atomic

_WAIT_S = 10.0  # for who is just writing it; it takes them a moment

NEW = """\
# A Scrap-SAM-CLIP project: photos and their annotations.
images = "."                # folder of the photos, seen from here
labels = "scrap_shapes"     # a label set that ships with the program, or a .toml file seen from here
"""
"""Of a project that has none."""


def settings(file: Path) -> dict[str, Any]:
    """What project.toml says; nothing when there is none."""
    try:
        return tomllib.loads(patiently(file.read_bytes).decode("utf-8-sig"))  # Notepad puts a mark in front
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadProject(f"cannot be read: {error.strerror or error}", path=file, remedy="check your rights") from error
    except ValueError as error:
        raise BadProject(f"is not a valid project file: {error}", path=file, remedy="correct or delete it") from error


def begin(file: Path) -> None:
    """The file of a new project, unless somebody else has just written one. Raises BadProject."""
    with disk_errors(file), only_one(file, wait=_WAIT_S):
        if not file.exists():
            write_atomic(file, NEW.encode())


def set_naming(file: Path, new: Naming) -> None:
    """Write the table [naming]. Raises BadProject."""
    settings(file)
    with disk_errors(file), only_one(file, wait=_WAIT_S):
        others = re.sub(r"(?ms)^[ \t]*\[naming\].*?(?=^[ \t]*\[|\Z)", "", _text(file))
        write_atomic(file, f"{others.rstrip()}\n\n{naming.as_table(new)}".encode())


def set_words(file: Path, words: LabelSet) -> LabelSet:
    """Write a label set into a label file of the project's own, and name that in the line "labels".

    A set that ships, or lies in another folder, stays as it is; a file that is ours already is written anew, without
    its comments. Returns the set as it is read back. Raises BadLabels, BadProject.
    """
    named = str(settings(file).get("labels", ""))
    own = file.parent / named
    if not named.endswith(".toml") or own.parent != file.parent:
        free = (file.with_name(f"labels{n}.toml") for n in ("", *range(2, 1000)))
        own = next(path for path in free if not path.exists())
    words = labels.checked(words, own)
    with disk_errors(file), only_one(file, wait=_WAIT_S):
        write_atomic(own, labels.as_toml(words).encode())
        if own.name != named:
            line, text = f'labels = "{own.name}"', _text(file)
            changed = re.sub(r"(?m)^[ \t]*[\"']?labels[\"']?[ \t]*=.*$", line, text, count=1)
            write_atomic(file, (changed if named or text == NEW else f"{line}\n{text}").encode())
    return words


def _text(file: Path) -> str:
    """Of a project.toml, that of a new one where there is none."""
    return file.read_bytes().decode("utf-8-sig") if file.exists() else NEW
