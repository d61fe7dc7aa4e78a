"""A pytest plugin for runs under libfaketime, which refuses the absolute sleeps of Python's `time.sleep`."""

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
