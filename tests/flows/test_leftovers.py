"""Runs that a server which was ended has left as if at work."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def harness(prefect_harness: None) -> None:
    """These ask a server."""


def test_a_run_left_at_work_is_crashed_and_gives_its_place_back() -> None:
    from prefect import flow
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
    from prefect.states import Completed, Running

    from flows.leftovers import end_left_over_runs

    @flow
    def work() -> None: ...

    with get_client(sync_client=True) as client:
        states: dict[str, Any] = {"left": Running(), "done": Completed()}
        ids = {name: client.create_flow_run(work, name=name, state=state).id for name, state in states.items()}
        client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="deployment:left", limit=1, active_slots=1))
        client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="others", limit=1, active_slots=1))
        assert end_left_over_runs() == ["left"]
        ended = {name: client.read_flow_run(run) for name, run in ids.items()}
        assert {name: run.state_type.value for name, run in ended.items()} == {"left": "CRASHED", "done": "COMPLETED"}
        assert client.read_global_concurrency_limit_by_name("deployment:left").active_slots == 0
        assert client.read_global_concurrency_limit_by_name("others").active_slots == 1
        assert end_left_over_runs() == []
