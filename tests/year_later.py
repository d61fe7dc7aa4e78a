"""A pytest plugin for runs under libfaketime, which refuses the absolute sleeps of Python's `time.sleep`."""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
