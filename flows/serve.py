"""How does a small site run by itself: one Prefect server, one worker, what prefect.yaml deploys, all on this machine?

`communique serve` is the parent of both processes: it starts the server, sets up work pool, deployments and automations (each start
does so anew, so that a changed prefect.yaml or setting counts), keeps a worker alive, and ends both when it is ended.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from flows.errors import InputError
from flows.settings import Settings, interim_folder, prefect_home, prepare_prefect

HOST = "127.0.0.1"  # Prefect's API has no password: never another address
POOL = "communique"
START_SECONDS = 600.0  # a machine that does much else has needed more than three minutes
LOOK_SECONDS = 1.0  # between two looks whether server and worker are there
REST_SECONDS = 5.0  # before a worker that ended is started again
FAREWELL_SECONDS = 30.0
_DEPLOYMENTS = "prefect.yaml"
_PR_SET_PDEATHSIG = 1

logger = logging.getLogger("communique")


class ServeError(InputError):
    """Server, deployments or worker do not start."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises `ServeError`, one line with the mend."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    plan = find_plan()
    environment = environment_of(settings)
    os.environ.update(environment)  # for the client in this process, before the first `import prefect`
    prepare_prefect(json_logs=settings.json_logs)
    with _ended_by_signals(), _server(settings, environment) as server:
        _prefect("work-pool", "create", POOL, "--type", "process", "--overwrite", cwd=plan.parent)
        with _own_schedule(plan, settings.schedule) as scheduled:
            _prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(scheduled), cwd=plan.parent)
        from flows.automations import set_up
        from flows.leftovers import end_left_over_runs

        for name in set_up(settings):
            logger.info("automation %s", name.removeprefix("communique: "))
        for name in end_left_over_runs():
            logger.info("run %s was at work when an earlier server ended: CRASHED", name)
        logger.info("http://%s:%d shows runs and logs; Ctrl-C ends", HOST, settings.server_port)
        _keep_a_worker(server)


def find_plan() -> Path:
    """prefect.yaml of the working folder, or of the checkout. Raises `ServeError` where there is none."""
    for folder in (Path.cwd(), Path(__file__).resolve().parent.parent):
        if (folder / _DEPLOYMENTS).is_file():
            return folder / _DEPLOYMENTS
    raise ServeError(f"there is no {_DEPLOYMENTS} here: run `communique serve` in a checkout of communique")


def environment_of(settings: Settings) -> dict[str, str]:
    """What server and worker find in their environment: where the API is, paths that hold in any folder, what is remembered."""
    return {
        "PREFECT_API_URL": f"http://{HOST}:{settings.server_port}/api",
        "COMMUNIQUE_RAW": str(settings.raw.absolute()),
        "COMMUNIQUE_PROCESSED": str(settings.processed.absolute()),
        "COMMUNIQUE_INTERIM": str(interim_folder(settings).absolute()),
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(settings.keep_runs_days * 24 * 3600),
    }


def rescheduled(plan: Mapping[str, Any], schedule: str | None) -> dict[str, Any]:
    """The content of prefect.yaml with another cron expression for the pipeline."""
    deployments = [dict(one) for one in plan["deployments"]]
    for one in deployments if schedule else ():
        if one["entrypoint"].endswith(":pipeline"):
            one["schedules"] = [{"cron": schedule, "timezone": "UTC"}]
    return {**plan, "deployments": deployments}


@contextmanager
def _own_schedule(plan: Path, schedule: str | None) -> Iterator[Path]:
    content = rescheduled(yaml.safe_load(plan.read_text(encoding="utf-8")), schedule)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        yaml.safe_dump(content, file)
        file.flush()
        yield Path(file.name)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends like Ctrl-C; neither leaves a traceback."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        logger.info("ended")
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _server(settings: Settings, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    if _answers(environment["PREFECT_API_URL"]):
        raise ServeError(f"port {settings.server_port} has a Prefect server already: end it, or choose another port with --port")
    log = Path(os.environ.get("PREFECT_HOME", prefect_home())) / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = _start(["server", "start", "--host", HOST, "--port", str(settings.server_port)], out)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(environment["PREFECT_API_URL"]):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServeError(f"the Prefect server does not start: {log} says why")
            time.sleep(0.5)
        yield process
    finally:
        _end(process)


def _keep_a_worker(server: subprocess.Popen[bytes]) -> None:
    """A worker, and another whenever it has ended. Raises `ServeError` when the server has ended: nothing runs without it."""
    while True:
        process = _start(["worker", "start", "--pool", POOL, "--type", "process"], None)
        logger.info("worker %d started", process.pid)
        try:
            while process.poll() is None:
                if server.poll() is not None:
                    raise ServeError(f"the Prefect server ended (exit code {server.returncode}): server.log says why; serve again")
                time.sleep(LOOK_SECONDS)
        finally:
            _end(process)
        logger.warning("the worker ended (exit code %d): another one starts in %g s", process.returncode, REST_SECONDS)
        time.sleep(REST_SECONDS)


def _start(arguments: list[str], out: Any) -> subprocess.Popen[bytes]:
    """`prefect …` in a session of its own: Ctrl-C reaches this process alone, which ends the others in order.

    Where this process is killed and cannot, the system ends them (Linux), so that the next `serve` finds the port free.
    """
    end_too = _end_with_parent if sys.platform == "linux" else None
    return subprocess.Popen([*_command(), *arguments], stdout=out, stderr=out, start_new_session=True, preexec_fn=end_too)


def _end_with_parent() -> None:
    """Run in a child: have it told to end when its parent is gone (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(FAREWELL_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _prefect(*arguments: str, cwd: Path) -> None:
    done = subprocess.run([*_command(), *arguments], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-500:]
        raise ServeError(f"`prefect {' '.join(arguments[:3])}` failed: {said}")


def _command() -> list[str]:
    return [sys.executable, "-m", "prefect"]


def _answers(api: str) -> bool:
    try:
        urllib.request.urlopen(f"{api}/health", timeout=2).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
