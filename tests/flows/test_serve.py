"""What is deployed, and what the server does by itself; without a server."""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from flows.serve import HOST, ServeError, environment_of, find_plan, rescheduled
from flows.settings import HEARTBEAT_SECONDS, load

ROOT = Path(__file__).parents[2]
PLAN: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))


def flows_of(path: Path) -> dict[str, set[str]]:
    """The flows of a module with the names of their parameters."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any("flow" in ast.dump(decorator) for decorator in node.decorator_list):
            found[node.name] = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    return found


def test_every_deployment_is_a_flow_that_exists_and_takes_its_parameters() -> None:
    assert PLAN["deployments"]
    for one in PLAN["deployments"]:
        file, _, name = one["entrypoint"].partition(":")
        flows = flows_of(ROOT / file)
        assert name in flows, one["entrypoint"]
        assert set(one.get("parameters", {})) <= flows[name]


def test_one_run_at_a_time_on_the_process_pool() -> None:
    for one in PLAN["deployments"]:
        assert one["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert one["work_pool"]["name"] == "communique"


def test_the_pipeline_runs_hourly_or_as_told() -> None:
    def schedules(plan: dict[str, Any]) -> dict[str, Any]:
        return {one["name"]: [s["cron"] for s in one.get("schedules", [])] for one in plan["deployments"]}

    assert schedules(PLAN)["hourly"] == ["0 * * * *"]
    assert rescheduled(PLAN, None) == PLAN
    assert schedules(rescheduled(PLAN, "* * * * *")) == {**schedules(PLAN), "hourly": ["* * * * *"]}


def test_the_server_is_for_this_machine_alone_and_paths_hold_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment = environment_of(load(raw="news", processed="out", server_port=4301, keep_runs_days=2))
    assert HOST == "127.0.0.1"
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:4301/api"
    assert environment["COMMUNIQUE_RAW"] == str(tmp_path / "news")
    assert environment["COMMUNIQUE_PROCESSED"] == str(tmp_path / "out")
    assert environment["PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD"] == str(2 * 86_400)


def test_a_folder_without_a_plan_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_plan() == ROOT / "prefect.yaml"
    monkeypatch.setattr("flows.serve._DEPLOYMENTS", "elsewhere.yaml")
    with pytest.raises(ServeError, match="run `communique serve` in a checkout"):
        find_plan()


def test_a_run_without_heartbeats_is_crashed_within_three_minutes() -> None:
    from flows.automations import zombies

    automation = zombies()
    trigger: Any = automation.trigger
    assert dt.timedelta(seconds=2 * HEARTBEAT_SECONDS) < trigger.within <= dt.timedelta(seconds=150)
    assert "prefect.flow-run.Completed" in trigger.expect
    assert [getattr(action, "state", None) for action in automation.actions] == ["CRASHED"]


def test_messages_go_where_the_settings_say() -> None:
    from flows.automations import messages

    assert list(messages(None, None)) == []
    webhook, block = uuid4(), uuid4()
    runs, checks = messages(webhook, block)
    for automation in (runs, checks):
        assert [getattr(action, "block_document_id", None) for action in automation.actions] == [webhook, block]
    trigger: Any = runs.trigger
    assert trigger.expect == {"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"}
    assert trigger.match_related["prefect.resource.role"] == ["deployment"]


def test_no_two_triggers_cover_one_event() -> None:
    """An event that two cover is given to both again where one of them meets a locked database."""
    from flows.automations import messages, zombies

    covered: list[str] = []
    for automation in (zombies(), *messages(uuid4(), None)):
        trigger: Any = automation.trigger
        covered += trigger.expect | trigger.after
    assert len(covered) == len(set(covered))


def test_a_message_is_json_whatever_the_failure_says() -> None:
    from prefect.server.utilities.user_templates import render_user_template_sync

    from flows.automations import messages

    run, check = messages(uuid4(), None)
    failed = {
        "event": "prefect.flow-run.Failed",
        "occurred": "2024-03-01",
        "resource": {"name": "brave-otter", "prefect.state-message": 'no folder "x"\nat all'},
    }
    sent = json.loads(render_user_template_sync(run.actions[0].payload, {"event": failed}))  # type: ignore[union-attr]
    assert sent["subject"] == "communique: prefect.flow-run.Failed"
    assert sent["text"] == 'prefect.flow-run.Failed at 2024-03-01: brave-otter no folder "x"\nat all'
    checked = {
        "event": "communique.check.failed",
        "occurred": "2024-03-01",
        "resource": {"name": "p"},
        "payload": {"message": "half of it"},
    }
    sent = json.loads(render_user_template_sync(check.actions[0].payload, {"event": checked}))  # type: ignore[union-attr]
    assert sent["text"] == "communique.check.failed at 2024-03-01: p half of it"


def test_serving_ends_when_the_server_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a service manager starts it again; the worker goes too."""
    from flows import serve

    monkeypatch.setattr(serve, "_command", lambda: [sys.executable, "-c", "import time; time.sleep(100)"])
    monkeypatch.setattr(serve, "LOOK_SECONDS", 0.05)
    started: list[subprocess.Popen[bytes]] = []
    start = serve._start
    monkeypatch.setattr(serve, "_start", lambda *given: started.append(start(*given)) or started[-1])
    server = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ServeError, match=r"the Prefect server ended \(exit code 3\)"):
        serve._keep_a_worker(server)
    assert [worker.poll() is not None for worker in started] == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="the system ends children there alone")
def test_server_and_worker_end_with_a_serve_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from flows import serve;"
        "serve._command = lambda: [sys.executable, '-c', 'import time; time.sleep(100)'];"
        "print(serve._start([], None).pid, flush=True); time.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = Path(f"/proc/{int(parent.stdout.readline())}")
        assert child.exists()
        parent.kill()
    for _ in range(100):
        if not child.exists() or "Z" in child.joinpath("stat").read_text().rpartition(")")[2].split()[0]:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the child outlived its parent")
