from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _places(own_places):
    """Also for the programs that tests start."""
