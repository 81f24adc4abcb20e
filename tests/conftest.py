"""Fixtures of the whole suite, and the Hypothesis profiles.

The default profile draws the same examples at every run, so that a failure can be repeated.
`HYPOTHESIS_PROFILE=explore` draws other examples, and more of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.loopback import Loopback
from tests.newsroom import Newsroom

settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(autouse=True)
def default_logging() -> Iterator[None]:
    """A command that runs in the process of the test configures a log that ends with the test's captured streams."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    newsroom = Newsroom(tmp_path)
    yield newsroom
    newsroom.close()
