"""What may import what: the core starts quickly, knows no window, and its arrows go down only."""

import functools
import re
from pathlib import Path

import sscore

ROOT = Path(sscore.__file__).parent

LAYERS = (
    ("types", "errors", "paths", "file_lock", "disk", "digests", "memory", "msvc_runtime"),
    ("masks", "mask_sets", "rle", "polygons", "outlines", "measure"),
    ("images", "photo_names", "frames", "labels", "metrics", "naming", "calibration"),
    ("coco", "formats", "edits", "prompts", "prompt_file", "facts", "query", "review", "rules", "statistics"),
    (
        "fetch",
        "catalogue",
        "weight_store",
        "weight_packs",
        "models",
        "project",
        "project_file",
        "page_store",
        "journal",
        "presence",
        "aftermath",
        "versions",
        "dataset",
        "scenes",
    ),
    ("recognize", "compare", "features", "rescore", "intake", "remote"),
    ("bench", "evaluate", "report", "train"),
    ("cli", "__main__"),
)
"""From the bottom up, by the first name below sscore. A module may import its own layer and those before it."""

ALLOWED = {("types", "rle")}
"""Mask.rle is a convenience on the value itself; it imports its code only when called."""


def modules():
    """(name, path) of every module of the core."""
    for path in sorted(ROOT.rglob("*.py")):
        yield ".".join(("sscore", *path.relative_to(ROOT).with_suffix("").parts)), path


IMPORT = re.compile(r"^[ \t]*(?:from (\.*[\w.]*) import (\([^)]*\)|[^\n#]+)|import ([^\n#]+))", re.MULTILINE)
"""Either form at the beginning of a line, where every import is (ruff sees to it); syntax trees would take a second."""


@functools.cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@functools.cache
def imported(path):
    """Every module name imported anywhere in a file, inside functions too; `from a import b` gives a.b."""
    return tuple(_imported(path))


def _imported(path):
    for start, names, modules in IMPORT.findall(text_of(path)):
        assert not start.startswith("."), f"{path}: relative import"
        for name in re.sub(r"#.*", "", names or modules).strip("() \n").split(","):
            if name.strip():
                yield ".".join(filter(None, (start, name.split()[0])))


def layer(name):
    found = [i for i, names in enumerate(LAYERS) if name in names]
    assert found, f"sscore.{name} has no place in LAYERS: give it the lowest that works"
    return found[0]


def test_the_core_knows_no_window():
    for name, path in modules():
        tops = {target.split(".")[0] for target in imported(path)}
        assert not tops & {"app", "PySide6", "PyQt5", "PyQt6", "qtpy"}, name


def test_arrows_go_down_only():
    seen = 0
    for name, path in modules():
        here = name.split(".")[1]
        if here == "__init__":
            continue
        for target in imported(path):
            parts = target.split(".")
            if parts[0] != "sscore" or len(parts) < 2 or not _is_module(parts[1]) or (here, parts[1]) in ALLOWED:
                continue
            seen += 1
            assert layer(parts[1]) <= layer(here), f"{name} must not import {target}"
    assert seen > 20


def _is_module(name):
    return (ROOT / f"{name}.py").exists() or (ROOT / name).is_dir()


def test_files_stay_short_and_have_honest_names():
    for name, path in modules():
        assert path.stem not in {"utils", "helpers", "common", "base", "manager"}, name
        assert len(text_of(path).splitlines()) <= 500, name


def test_no_opencv_file_access():
    """cv2.imread and imwrite cannot open paths with Chinese letters on Windows."""
    for name, path in modules():
        assert not any(word in text_of(path) for word in ("imread", "imwrite")), name
