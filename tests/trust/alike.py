"""`rekindle` where everybody's lists are drawn alike, so that those of two couples can be compared.

With `leaky` before the command, what somebody is afraid of shapes what is pooled: a leak that is to be found.
"""

import sys

import pytest

from app.cli import main
from app.service import view, week
from tests.privacy.test_two_lives import private_answers_shape_the_pool

if __name__ == "__main__":
    patch = pytest.MonkeyPatch()
    patch.setattr(week, "new_seed", lambda: "one")
    patch.setattr(view, "own_seed", lambda _partner: "one")
    if sys.argv[1] == "leaky":
        private_answers_shape_the_pool(patch)
        del sys.argv[1]
    main()
