"""Lanes: latest wins under a key, errors reach whoever asked, closing keeps what must not be lost."""

from __future__ import annotations

import threading

from conftest import wait_until

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
