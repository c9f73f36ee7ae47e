"""Lanes: latest wins under a key, errors reach whoever asked, closing keeps what must not be lost."""

from __future__ import annotations

import threading
import time

import pytest
from studio_driver import wait_until

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
