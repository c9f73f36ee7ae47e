"""Lanes: latest wins under a key, errors reach whoever asked, closing keeps what must not be lost."""

from __future__ import annotations

import threading
import time

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel
from shiboken6 import isValid
from studio_driver import wait_until

from app import jobs
from app.jobs import Lane


def test_only_the_latest_job_under_a_key_answers(app):
    lane, gate, answers, ran = Lane("test"), threading.Event(), [], []
    lane.submit("a", lambda: gate.wait(5) and 0, answers.append)
    for number in range(1, 6):
        lane.submit("a", lambda n=number: ran.append(n) or n, answers.append)
    lane.submit("b", lambda: "b", answers.append)
    gate.set()
    wait_until(lambda: lane.idle)
    assert ran == [5]
    assert answers == [5, "b"]
    assert lane.close()


def test_lower_priority_numbers_run_first(app):
    lane, gate, order = Lane("test"), threading.Event(), []
    lane.submit("block", lambda: gate.wait(5))
    for key, priority in (("late", 9), ("soon", 0), ("middle", 5)):
        lane.submit(key, lambda k=key: order.append(k), priority=priority)
    gate.set()
    wait_until(lambda: lane.idle)
    assert order == ["soon", "middle", "late"]
    assert lane.close()


def test_an_error_goes_to_failed_and_the_lane_lives_on(app):
    lane, errors, answers = Lane("test"), [], []
    lane.submit("a", lambda: 1 / 0, failed=errors.append)
    lane.submit("b", lambda: 2, answers.append)
    wait_until(lambda: lane.idle)
    assert isinstance(errors[0], ZeroDivisionError)
    assert answers == [2]
    assert lane.close()


def test_an_answer_whose_function_knows_a_name_without_a_value_is_told(app):
    lane, answers = Lane("test"), []

    def done(answer):
        answers.append(answer if answer else later)

    lane.submit("a", lambda: 1, done)
    wait_until(lambda: lane.idle)
    later = 2
    assert answers == [1]
    assert lane.close()


def test_a_cancelled_job_is_not_answered(app):
    lane, gate, answers = Lane("test"), threading.Event(), []
    lane.submit("a", lambda: gate.wait(5), answers.append)
    lane.cancel("a")
    gate.set()
    wait_until(lambda: lane.idle)
    assert answers == []
    assert lane.close()


def test_closing_finishes_saves_and_drops_the_rest(app):
    lane, gate, ran = Lane("test"), threading.Event(), []
    lane.submit("block", lambda: gate.wait(5))
    lane.submit("save", lambda: ran.append("save"), always=True)
    lane.submit("thumb", lambda: ran.append("thumb"))
    threading.Timer(0.05, gate.set).start()
    assert lane.close()
    assert ran == ["save"]


def test_answers_arrive_in_the_thread_of_the_lane_owner(app):
    lane, seen = Lane("test"), []
    lane.submit("a", threading.get_ident, lambda there: seen.append((there, threading.get_ident())))
    wait_until(lambda: lane.idle)
    there, here = seen[0]
    assert here == threading.get_ident() != there
    assert lane.close()


def test_a_job_that_is_put_off_begins_with_the_first_of_its_key(app):
    lane, ran, begun = Lane("test"), [], time.monotonic()
    for number in range(3):
        lane.submit(
            "save", lambda n=number: ran.append((n, time.monotonic() - begun)), after=0.05 + number, always=True
        )
    lane.submit("unlock", lambda: ran.append("unlock"), priority=9)
    wait_until(lambda: lane.idle)
    assert ran[0][0] == 2 and ran[0][1] >= 0.05, "the latest, at the time of the first"
    assert ran[1] == "unlock"
    assert lane.close()


@pytest.mark.parametrize("hurry", [Lane.close, Lane.drain])
def test_nothing_is_put_off_when_somebody_waits(app, hurry):
    lane, ran = Lane("test"), []
    lane.submit("save", lambda: ran.append("save"), after=60, always=True)
    hurry(lane)
    assert ran == ["save"]
    lane.close()


def test_a_walk_waits_for_the_window_between_its_turns(app, monkeypatch):
    monkeypatch.setattr(jobs, "_TURN_S", 0.0)  # one item a turn
    lane, looked, answers = Lane("test"), [], []
    lane.walk("all", [3, 1, 2], lambda item: looked.append(item) or item * 10, answers.extend)
    lane.drain()
    time.sleep(0.05)
    assert looked == [3]  # the window has not taken in the first answer
    wait_until(lambda: lane.idle)
    assert answers == [(3, 30), (1, 10), (2, 20)]
    assert lane.close()


def test_a_newer_walk_takes_the_place_of_one_under_way(app, monkeypatch):
    monkeypatch.setattr(jobs, "_TURN_S", 0.0)
    lane, answers = Lane("test"), []
    second = lambda: lane.walk("all", "xy", str.upper, answers.extend)  # noqa: E731
    lane.walk("all", "abc", str.upper, lambda found: (answers.extend(found), second()))
    wait_until(lambda: lane.idle)
    assert answers == [("a", "A"), ("x", "X"), ("y", "Y")]
    lane.walk("all", "abc", str.upper, answers.extend)
    lane.walk("all", "", str.upper, answers.extend)  # nothing to look at is a newer walk too
    wait_until(lambda: lane.idle)
    assert len(answers) == 3
    assert lane.close()


def test_a_dialog_that_is_gone_is_not_answered(app):
    lane, gate, told = Lane("test"), threading.Event(), []

    class Dialog(QLabel):
        def show_answer(self, answer):
            told.append(answer)
            self.setText(answer)

        def ask(self):
            def failed(error):
                self.setText(str(error))

            lane.submit("method", lambda: gate.wait(5) and "a", self.show_answer)
            lane.submit("lambda", lambda: "b", lambda answer: self.show_answer(answer))
            lane.submit("error", lambda: 1 / 0, failed=failed)
            lane.submit("must", lambda: "c", lambda answer: told.append(f"{answer} {isValid(self)}"), always=True)

    dialog = Dialog()
    dialog.ask()
    shiboken6.delete(dialog)
    gate.set()
    wait_until(lambda: lane.idle)
    assert told == ["c False"]
    assert lane.close()


def test_what_a_job_held_ends_in_the_thread_of_the_window(app):
    """A dialog's parts that have no parent, for instance: the lane's own thread must not take them down."""
    lane, threads = Lane("test"), []

    class Part(QObject):
        pass

    def ask(fails):
        part = Part()
        part.destroyed.connect(lambda: threads.append(threading.current_thread()), Qt.ConnectionType.DirectConnection)
        lane.submit("a", lambda: part and 1 / (not fails), lambda _answer: part, lambda _error: part)

    for fails in (False, True, False, True):
        ask(fails)
        time.sleep(0.02)
        wait_until(lambda: lane.idle)
    lane.submit("a", lambda: None)
    wait_until(lambda: lane.idle)
    assert threads == 4 * [threading.main_thread()]
    assert lane.close()
