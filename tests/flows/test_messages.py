"""Messages of failed runs, by a real server: each run is told once, also when several fail at once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

RUNS = 24
SECONDS = 180.0

# in a process of its own, for the address of the server is read when Prefect is imported
FAIL = """
import sys
from flows.settings import load, prepare_prefect
prepare_prefect(quiet=True)
from flows.automations import set_up
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Failed, Running
from concurrent.futures import ThreadPoolExecutor

@flow
def work(): ...

set_up(load())
with get_client(sync_client=True) as client:
    deployment = client.create_deployment(flow_id=client.create_flow(work), name="d")

def fail(number):
    with get_client(sync_client=True) as client:
        run = client.create_flow_run_from_deployment(deployment, name=f"run-{number}")
        client.set_flow_run_state(run.id, Running(), force=True)
        resource = {"prefect.resource.id": f"prefect.flow-run.{run.id}", "prefect.resource.name": run.name}
        emit_event("prefect.flow-run.heartbeat", resource=resource)
        client.set_flow_run_state(run.id, Failed(message=f'cannot read "{number}"\\nat all'), force=True)

with ThreadPoolExecutor(3) as several:
    list(several.map(fail, range(int(sys.argv[1]))))
"""


@pytest.fixture
def heard() -> Iterator[tuple[str, list[str]]]:
    """An address to send to, and the bodies that came."""
    bodies: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", bodies
    server.shutdown()
    server.server_close()


@pytest.fixture
def environment(tmp_path: Path, heard: tuple[str, list[str]]) -> Iterator[dict[str, str]]:
    """The environment of the clients of a server that runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "COMMUNIQUE"))}
    found = inherited | {
        "PREFECT_HOME": str(tmp_path),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_REQUEST_TIMEOUT": "120",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "COMMUNIQUE_WEBHOOK": heard[0],
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=found, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{found['PREFECT_API_URL']}/health", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        yield found
    finally:
        server.terminate()
        server.wait(60)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_each_of_many_failed_runs_is_told_once(environment: dict[str, str], heard: tuple[str, list[str]]) -> None:
    subprocess.run([sys.executable, "-c", FAIL, str(RUNS)], env=environment, check=True, timeout=SECONDS * 2)
    deadline = time.monotonic() + SECONDS
    while len(heard[1]) < RUNS and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(5)  # for what would come twice
    texts = [json.loads(body)["text"] for body in heard[1]]
    told = Counter(text.split(": ")[1] for text in texts)
    assert told == Counter(f'run-{number} cannot read "{number}"\nat all' for number in range(RUNS))
