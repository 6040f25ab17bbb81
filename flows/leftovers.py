"""Which runs does the server take to be at work, although nobody can be working on them?

A server and its worker that were ended, or lost power, in the middle of a run leave it RUNNING in the server's database, with its place
among the runs that may be at work. Nothing would ever end it, and every later run would be cancelled for it. When `communique
serve` starts, its server has no worker yet: whatever is said to be at work then is not.
"""

from __future__ import annotations

from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed, State

_AT_WORK = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
_PAGE = 200


def end_left_over_runs() -> list[str]:
    """Mark all runs that are said to be at work CRASHED and free their places; their names. To be called while there is no worker."""
    ended = []
    at_work = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_AT_WORK)))
    with get_client(sync_client=True) as client:
        while found := client.read_flow_runs(flow_run_filter=at_work, limit=_PAGE):
            for run in found:
                state: State[Any] = Crashed(message="The server was ended while this run was at work.")
                client.set_flow_run_state(run.id, state, force=True)
                ended.append(run.name)
        for limit in client.read_global_concurrency_limits(limit=_PAGE):
            if limit.name.startswith("deployment:") and limit.active_slots:
                client.update_global_concurrency_limit(limit.name, GlobalConcurrencyLimitUpdate(active_slots=0))
    return ended
