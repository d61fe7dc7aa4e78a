from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def unheard() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield
