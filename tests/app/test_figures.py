"""The figures window counts, draws, writes CSV, and leads from a confusion to its pictures."""

from __future__ import annotations

import numpy as np
import pytest
from labelled import label
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from studio_driver import wait_until


@pytest.fixture
def figures(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    studio.key(Qt.Key.Key_F4)
    shown = studio.window.flow._statistics
    wait_until(lambda: shown.figures is not None and shown.figures.instances == 5, what="the figures")
    return studio, shown


def test_without_objects_it_says_what_will_be_there_instead_of_empty_charts(make_studio, folder):
    studio = make_studio()
    studio.open(folder)
    shown = studio.window.flow.show_statistics()
    wait_until(lambda: shown.head.text() == "No objects yet, 0 of 3 photos done", what="the figures")
    assert all(chart.isHidden() for chart in (shown.days, shown.places, shown.matrix))
    assert not any(note.isHidden() for note in shown._notes)
    shown.close()
    studio.window.activateWindow()
    wait_until(lambda: studio.window.isActiveWindow(), what="its turn")
    studio.add(40, 40, 120, 120)
    studio.window.flow.show_statistics()
    wait_until(lambda: not shown.places.isHidden() and not shown.days.isHidden(), what="the charts")


def test_one_object_is_not_several(make_studio, folder):
    studio = make_studio()
    studio.open(folder)
    studio.add(40, 40, 120, 120)
    shown = studio.window.flow.show_statistics()
    wait_until(lambda: shown.head.text().startswith("1 object on 1 photo, 0 of 3 done"), what="the figures")


def test_counts_stand_in_a_column_and_the_map_has_a_scale(figures):
    """A class without objects has its 0 where the others have their number."""
    _, shown = figures
    bars = {bar.name: bar for bar in shown.classes._bars}
    assert (bars["Pipe"].count, bars["H-beam"].count, bars["H-beam"].note) == ("2", "0", "")
    assert bars["Pipe"].note.startswith("median area ")
    places = shown.places
    places.resize(500, places.minimumHeight())
    empty = places.grab().toImage()
    places.show_table(places._table * 0)
    assert empty != places.grab().toImage()


def test_it_counts_and_says_so(figures):
    _, shown = figures
    assert shown.head.text().startswith("5 objects on 2 photos")
    assert "Pipe: 2" in shown.classes.accessibleDescription()
    assert shown.people.itemAtPosition(1, 0).widget().text() == "li"


def test_it_follows_edits(figures):
    studio, shown = figures
    studio.session.select((3,))
    studio.window.actions_.by_key["delete"].trigger()
    wait_until(lambda: shown.figures.instances == 4, what="the new count")


def test_everything_is_painted(figures):
    """Each chart leaves marks on its ground."""
    _, shown = figures
    for chart in (shown.classes, shown.days, shown.places, shown.matrix):
        image = chart.grab().toImage()
        pixels = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        assert len(pixels) > 3, chart


def test_tables_for_spreadsheets(figures, tmp_path):
    _, shown = figures
    shown.write(tmp_path / "表格")
    wait_until(lambda: shown.said.isVisible(), what="the tables")
    rows = (tmp_path / "表格" / "instances.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 6
    (tmp_path / "file").write_text("x")
    shown.write(tmp_path / "file")
    wait_until(lambda: "Written" not in shown.said.text(), what="the explanation")
    assert "classes.csv: cannot be written" in shown.said.text() and "choose another folder" in shown.said.text()


def test_a_confusion_opens_its_pictures(figures):
    studio, shown = figures
    labels = shown.figures.labels
    row, column = labels.index("Plate"), labels.index("Pipe")
    assert shown.figures.confusion[row, column] == 1
    matrix = shown.matrix
    left = matrix._left(QFontMetrics(matrix.small()))
    at = QPoint(left + column * matrix._wide(left) + 10, (row + 1) * matrix._HIGH + 10)
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    gallery = studio.window.flow._gallery
    wait_until(lambda: gallery is not None and [fact.label for fact in gallery.model.facts] == ["Plate"])
    assert np.trace(shown.figures.confusion) == 2


def test_arrow_keys_and_enter_do_what_the_mouse_does(figures):
    studio, shown = figures
    labels, matrix = shown.figures.labels, shown.matrix
    matrix.setFocus()
    for key, count in ((Qt.Key.Key_Down, labels.index("Plate")), (Qt.Key.Key_Right, labels.index("Pipe"))):
        for _ in range(count):
            QTest.keyClick(matrix, key)
    assert matrix.accessibleName() == "Plate → Pipe: 1"
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    gallery = studio.window.flow._gallery
    wait_until(lambda: gallery is not None and [fact.label for fact in gallery.model.facts] == ["Plate"])
