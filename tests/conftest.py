"""Settings of all tests: property tests try the same examples in CI (`CI=true`) every time, and new ones elsewhere.

One Prefect harness serves the whole run: it takes 15 seconds to enter.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI", "").lower() in {"1", "true"} else "dev")


@pytest.fixture(scope="session")
def prefect_harness() -> Iterator[None]:
    """A Prefect server with a database of its own, for the tests that run a flow and not only its parts."""
    from flows.settings import prepare_prefect

    prepare_prefect()
    with pytest.MonkeyPatch.context() as environment:  # not for the processes that tests start
        environment.setenv("PREFECT_LOGGING_LEVEL", "CRITICAL")  # its console would write to a stream that pytest has closed
        from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
