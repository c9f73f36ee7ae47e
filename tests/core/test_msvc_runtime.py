"""The C++ runtime of Windows: the system's own where there is one, else that of a package that brings it along."""

from types import SimpleNamespace

import pytest

from sscore import msvc_runtime


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Both that bring it along, as they are installed under Windows."""
    top = tmp_path / "张 三" / "site-packages"
    found = {name: SimpleNamespace(origin=str(top / name / "__init__.py")) for name in ("sklearn", "shiboken6")}
    monkeypatch.setattr(msvc_runtime, "find_spec", found.get)
    return top


@pytest.mark.parametrize(
    ("there", "gets"),
    [
        (["msvcp140.dll", "sklearn/.libs/msvcp140.dll"], None),
        (["sklearn/.libs/msvcp140.dll", "shiboken6/msvcp140.dll"], "sklearn/.libs/msvcp140.dll"),
        (["shiboken6/msvcp140.dll"], "shiboken6/msvcp140.dll"),
        ([], None),
    ],
)
def test_it_is_borrowed_only_where_the_system_has_none(packages, there, gets):
    def load(name):
        if name not in [*there, *(str(packages / one) for one in there)]:
            raise OSError(126, "The specified module could not be found")

    assert msvc_runtime.borrowed(load) == (None if gets is None else packages / gets)


def test_a_package_that_is_not_installed_lends_nothing(monkeypatch):
    def missing(_name):
        raise OSError(126, "The specified module could not be found")

    monkeypatch.setattr(msvc_runtime, "find_spec", lambda _name: None)
    assert msvc_runtime.borrowed(missing) is None
    msvc_runtime.lend()
