"""What is selected in a pile is seen whole, whatever lies on top of it."""

from __future__ import annotations

from labelled import instance
from PySide6.QtGui import QColor
from studio_driver import wait_until

from sscore import edits
from sscore.project import Project
from sscore.types import Page


def test_the_outline_of_the_selected_lies_on_top(make_studio, folder):
    page = Page("a.jpg", 400, 300)
    for box, name in (((60, 60, 200, 200), "Pipe"), ((20, 20, 360, 260), "Plate")):
        page = edits.add(page, instance(box, name, 0.9))
    Project.open(folder).save(page, edit="made", author="li")
    studio = make_studio()
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None and studio.assistant.photo is not None)
    edge = studio.at(60, 130)

    def white() -> bool:
        shown = studio.canvas.viewport().grab().toImage()
        near = [QColor(shown.pixel(edge.x() + step, edge.y())) for step in range(-3, 4)]
        return max(min(c.red(), c.green(), c.blue()) for c in near) > 225

    assert not white()
    studio.session.select((page.annotations[0].id,))
    wait_until(white, what="the outline, not tinted by the piece in front")
