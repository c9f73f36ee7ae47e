"""What all tests share: they neither wait for the disk nor have the garbage collector look at them over and over."""

import gc
import os

import pytest


def pytest_collection_finish():
    """Collected tests and imported modules stay to the end: the collector need not walk over them hundreds of times."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def quick_disk():
    """What is written, and in which order, is tested; what a power cut leaves is not, so nothing waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda fd: None)
        yield
