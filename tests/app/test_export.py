"""The export dialog writes what its options say and shows the report."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest
from pycocotools.coco import COCO
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app.dialogs import export
from app.dialogs.export import ExportDialog
from sscore import edits
from sscore.project import Project


@pytest.fixture
def dialog(studio):
    studio.add(20, 20, 120, 120)
    studio.window.actions_.by_key["export"].trigger()
    return studio.window.findChild(ExportDialog)


def run(dialog) -> None:
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    wait_until(lambda: dialog.report.isVisible(), what="the report")


def test_export_writes_a_file_that_pycocotools_reads(dialog, folder, tmp_path, capsys):
    out = tmp_path / "导出" / "coco.json"
    dialog.path.setText(str(out))
    run(dialog)
    assert "Written, read back" in dialog.verdict.text()
    assert "1" in dialog.report.toPlainText()
    coco = COCO(str(out))
    (found,) = coco.loadAnns(coco.getAnnIds())
    assert coco.loadCats(found["category_id"])[0]["name"] == "Pipe"
    assert isinstance(found["segmentation"], dict)
    assert [image["file_name"] for image in coco.dataset["images"]] == ["a.jpg"]


@pytest.mark.parametrize(("typed", "name"), [("", "coco.json"), ("铁", "铁.json"), ("v1.txt", "v1.txt")])
def test_a_mere_name_lies_with_the_photos(dialog, folder, typed, name):
    dialog.path.setText(typed)
    run(dialog)
    assert (folder / name).is_file()
    assert dialog.path.text() == str(folder / name)


def test_options_reach_the_file(dialog, tmp_path, capsys):
    out = tmp_path / "coco.json"
    dialog.path.setText(str(out))
    dialog.polygon.setChecked(True)
    dialog.include_empty.setChecked(True)
    dialog.strict.setChecked(True)
    run(dialog)
    coco = COCO(str(out))
    assert len(coco.dataset["images"]) == 3
    assert isinstance(coco.dataset["annotations"][0]["segmentation"], list)
    assert "ssc" not in coco.dataset["annotations"][0]


def test_unknown_goes_along_only_when_asked_for(dialog, studio, folder, tmp_path, monkeypatch, capsys):
    studio.session.select((1,))
    studio.key("0")
    studio.settle()
    out = tmp_path / "coco.json"
    dialog.path.setText(str(out))
    run(dialog)
    assert "no object in the file" in dialog.verdict.text(), "an empty file is no success"
    dialog.include_unknown.setChecked(True)
    run(dialog)
    assert "Written, read back" in dialog.verdict.text()
    assert len(COCO(str(out)).dataset["annotations"]) == 1
    opened = []
    monkeypatch.setattr(export.QDesktopServices, "openUrl", opened.append)
    QTest.mouseClick(dialog.show_file, Qt.MouseButton.LeftButton)
    assert opened == [QUrl.fromLocalFile(str(tmp_path))]


def test_what_could_not_be_saved_is_missing_and_that_is_said(dialog, studio, tmp_path, monkeypatch, capsys):
    def refuse(*_args, **_more):
        raise OSError(errno.ENOSPC, "no room")

    out = tmp_path / "coco.json"
    dialog.path.setText(str(out))
    with monkeypatch.context() as patch:
        patch.setattr(Project, "save", refuse)
        page = studio.session.page
        studio.session.edit("another", edits.add(page, replace(page.annotations[0], id=0)))
        studio.settle()
        run(dialog)
        assert len(COCO(str(out)).dataset["annotations"]) == 1
        assert "not saved yet, on photos: 1" in dialog.verdict.text()
    studio.session.saver.save_now()
    studio.settle()
    run(dialog)
    assert len(COCO(str(out)).dataset["annotations"]) == 2 and "Written, read back" in dialog.verdict.text()


def test_without_a_status_there_is_nothing_to_export(dialog):
    for box in dialog.statuses.values():
        box.setChecked(False)
    assert not dialog.start.isEnabled()


def test_a_place_that_cannot_be_written_is_explained(dialog, tmp_path):
    (tmp_path / "file").write_text("x")
    dialog.path.setText(str(tmp_path / "file" / "coco.json"))
    run(dialog)
    assert dialog.verdict.text()
    assert dialog.report.toPlainText()
    assert dialog.start.isEnabled()
