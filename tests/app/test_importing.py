"""A COCO file dropped on the window: its objects come to the photos of the folder, and can be taken back at once."""

from __future__ import annotations

import json

import numpy as np
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from studio_driver import wait_until

from sscore import coco, edits, intake, masks
from sscore.project import Project
from sscore.types import STATUSES, Annotation, Page


def dropped(window, file):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def labels_of(project):
    return {page.image: [one.label for one in page.annotations] for page in project.pages()}


def coco_file(folder, place, names):
    project = Project.open(folder)
    pages = []
    for name in names:
        height, width = (80, 120)
        if name in project.images():
            page = project.load(name)
            height, width = page.height, page.width
        mask = masks.tight(np.ones((8, 20), bool), 4, 6)
        pages.append(intake.added(Page(name, width, height), (Annotation(0, mask, "H", status="proposed"),)))
    file = place / "found.json"
    coco.export(pages, project.labels, file, options=coco.ExportOptions(statuses=STATUSES))
    return file


def test_a_dropped_file_is_brought_in_and_taken_back(studio, tmp_path):
    session, seen = studio.session, []
    session.notice.connect(seen.append)
    names = session.images[:2]
    file = coco_file(session.project.folder, tmp_path, names)
    dropped(studio.window, file)
    wait_until(lambda: any(one.kind == "done" and one.key == "import" for one in seen), what="the end")
    assert seen[-1].text.startswith("2 ") and len(session.images) > 1
    assert [one.status for one in session.page.annotations] == ["proposed"]
    wait_until(lambda: labels_of(session.project) == {name: ["H"] for name in names}, what="both on disk")
    seen[-1].run()
    wait_until(lambda: not any(labels_of(session.project).values()), what="both taken back")
    assert session.page.annotations == ()


def test_what_is_left_out_is_said(studio, tmp_path):
    session, seen = studio.session, []
    session.notice.connect(seen.append)
    file = coco_file(session.project.folder, tmp_path, [session.images[0], "elsewhere.jpg"])
    studio.window.flow.importing.bring(file)
    wait_until(lambda: any(one.kind == "warning" and one.key == "import" for one in seen), what="the end")
    assert "elsewhere.jpg: there is no such photo" in seen[-1].detail


def test_a_file_of_something_else_is_refused_and_nothing_changes(studio, tmp_path):
    session, seen = studio.session, []
    session.notice.connect(seen.append)
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"shapes": []}), encoding="utf-8")
    studio.window.flow.importing.bring(file)
    wait_until(lambda: any(one.key == "import" and one.kind == "error" for one in seen), what="the refusal")
    assert str(file) in seen[-1].detail and "images" in seen[-1].detail
    assert session.page.annotations == ()


def test_what_would_take_back_something_else_is_not_offered_any_more(studio, tmp_path):
    session, bulk, messages = studio.session, studio.window.flow.bulk, studio.window.messages
    studio.window.flow.importing.bring(coco_file(session.project.folder, tmp_path, session.images[:1]))
    wait_until(lambda: any(notice.run == bulk.undo for notice in messages.notices), what="the offer")
    bulk.edit("another", {session.images[0]: lambda page: edits.relabel(page, [1], "U")})
    wait_until(lambda: not any(notice.run == bulk.undo for notice in messages.notices), what="its end")
