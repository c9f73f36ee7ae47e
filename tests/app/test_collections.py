"""The interpreter looks for garbage only in what came after the start."""

from __future__ import annotations

import gc

from app.__main__ import spare_collections


def test_no_collections_until_the_models_are_there(make_studio):
    window = make_studio().window
    try:
        window.assistant.loading["segmenter"] = "one"
        spare_collections(window)
        window.assistant.models_changed.emit()
        assert not gc.isenabled()
        window.assistant.loading.clear()
        window.assistant.models_changed.emit()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
        gc.enable()
