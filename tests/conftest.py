"""What all tests share: they neither wait for the disk nor have the garbage collector look at them over and over."""

import gc
import itertools
import os
import re
import shutil
import subprocess
import sys

import pytest

gc.disable()  # until all is collected: importing makes hundreds of thousands of objects, and hardly any garbage

# Compiled modules are kept, as they are for users: the programs that tests start would each compile the core anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

MEMORY = "/dev/shm"


def pytest_configure(config):
    """Where Linux has room for them, folders of tests lie in memory: a busy disk needs longer to make and remove
    thousands of small files than the tests do."""
    if os.path.isdir(MEMORY) and shutil.disk_usage(MEMORY).free > 4 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


def pytest_collection_finish():
    """Collected tests and imported modules stay to the end: the collector need not walk over them hundreds of times."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def quick_disk():
    """What is written, and in which order, is tested; what a power cut leaves is not, so nothing waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda fd: None)
        yield


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory):
    """A function that makes an empty folder with a number and a name: {base}/17-test_name."""
    base, numbers = tmp_path_factory.getbasetemp(), itertools.count()

    def make(name):
        folder = base / f"{next(numbers)}-{re.sub(r'[^a-zA-Z0-9]', '_', name)[:30]}"
        folder.mkdir(mode=0o700)
        return folder

    return make


@pytest.fixture
def tmp_path(new_folder, request):
    """An empty folder of the test's own. pytest's costs twice as much: it links the latest of each name too."""
    return new_folder(request.node.name)


_ONCE = """
from sscore import models
from sscore.models import engine_choice
engine_choice._measured = lambda: {"torch": 2.0, "openvino": 1.0}
models.load_segmenter("nano"), models.load_classifier("nano-cls")
"""


@pytest.fixture(scope="session")
def second_start(new_folder):
    """A function that makes a cache as a program finds it that was started here before: which engine is the faster is
    known (OpenVINO, whatever else the machine does just now), and the embedded models lie there as it runs them.
    Without it every program that a test starts would spend seconds on that."""
    kept = new_folder("kept by the first")
    subprocess.run([sys.executable, "-c", _ONCE], check=True, env=os.environ | {"SSC_CACHE": str(kept)})
    assert any(kept.rglob("nano*"))

    def make(cache):
        shutil.copytree(kept, cache, dirs_exist_ok=True)
        return cache

    return make


@pytest.fixture(scope="session")
def own_places(new_folder, second_start):
    """Home and cache of all tests that ask for no other: the user's own models neither help nor suffer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSC_HOME", str(new_folder("home")))
        patch.setenv("SSC_CACHE", str(second_start(new_folder("cache"))))
        yield
