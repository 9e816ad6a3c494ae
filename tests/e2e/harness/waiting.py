"""Waiting for something to become true, with a deadline. Nothing in these tests sleeps blindly."""

import time

from harness import sanitizers


def until(condition, seconds=10, what=None, interval=0.01):
    """Calls `condition` until it returns something true, and returns that. AssertionError after
    `seconds`, or more where programs are slow; `what` says what was waited for, as text or as a function
    that makes it."""
    seconds *= sanitizers.PATIENCE
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            said = what() if callable(what) else what or getattr(condition, "__name__", "it")
            raise AssertionError(f"not within {seconds} s: {said}")
        time.sleep(interval)


def stays(condition, seconds):
    """True when `condition` holds all the time for `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            return False
        time.sleep(0.02)
    return True
