"""Does a schedule do every document once, one run at a time, also when its worker is killed in the middle?

    python benchmarks/schedule.py [--shared ../shared] [--minutes 10] [--documents 240]

`communique serve` with a run due every minute, over a raw folder into which archive documents are put one by one. In the middle, while
a run is reading, the worker and everything it started is killed (SIGKILL). Reported: the runs and their ends, whether two were at
work at once, how long after the kill its run was CRASHED, whether every document stands in the tables once and was read once, and
whether the tables are those of one undisturbed run. Exits with 1 where something of this is not as promised.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from flows.tables.store import Store, equal_tables

ARCHIVE = "data/wh-statements-2021-2023.tar.xz"
CRASHED_WITHIN = 180.0  # seconds
LAST_RUN = 600.0  # seconds that the run after the last document may take to come and to end


def draw(shared: Path, count: int, folder: Path) -> list[Path]:
    """`count` documents of the archive, drawn with a fixed seed, with names in the order in which they will arrive."""
    with tarfile.open(shared / ARCHIVE) as tar:
        tar.extractall(folder / "archive", filter="data")
    files = random.Random(7).sample(sorted((folder / "archive").rglob("*.md")), count)
    return [file.rename(folder / f"{number:05d}-{file.name}") for number, file in enumerate(files)]


def feed(files: list[Path], raw: Path, seconds: float, stop: threading.Event) -> None:
    """Put the files into the raw folder, whole, evenly over the time."""
    for file in files:
        if stop.wait(seconds / len(files)):
            return
        arriving = raw / f".{file.name}"
        shutil.copyfile(file, arriving)
        arriving.rename(raw / file.name)


def runs(api: str) -> list[dict[str, Any]]:
    """The deployed runs that are no more only scheduled, by start."""
    body = {"flow_runs": {"parent_task_run_id": {"is_null_": True}}, "limit": 200, "sort": "START_TIME_ASC"}
    request = urllib.request.Request(f"{api}/flow_runs/filter", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return [run for run in found if run["state_type"] not in ("SCHEDULED", "PENDING")]


def moment(text: str) -> dt.datetime:
    """An instant of the API."""
    return dt.datetime.fromisoformat(text)


def descendants(pid: int) -> list[int]:
    """The process and all that came from it, by /proc."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):  # ended meanwhile
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def worker_of(server: int) -> int | None:
    """The worker that `communique serve` keeps."""
    for pid in descendants(server)[1:]:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in command and b"prefect" in command:
            return pid
    return None


def reading(store: Store) -> bool:
    """Whether a run has announced documents that it has not published."""
    snapshot = store.current() if store.path.exists() else None
    return snapshot is not None and "started" in snapshot.read("runs", ["status"])["status"].to_pylist()


def kill_while_reading(server: int, api: str, store: Store, deadline: float) -> tuple[str, dt.datetime]:
    """Kill the worker with all its processes while its run reads; the run's id and when."""
    while time.monotonic() < deadline:
        at_work = [run["id"] for run in runs(api) if run["state_type"] == "RUNNING"]
        worker = worker_of(server)
        if at_work and worker and reading(store):
            for pid in reversed(descendants(worker)):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            return at_work[0], dt.datetime.now(dt.UTC)
        time.sleep(0.2)
    raise SystemExit("no run was reading: nothing was killed")


def wait_until(condition: Any, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {seconds:.0f} s")
        time.sleep(1)


def answers(api: str) -> bool:
    try:
        return bool(runs(api) or True)
    except (urllib.error.URLError, OSError):
        return False


def report(found: list[dict[str, Any]], killed: str, when: dt.datetime, store: Store, whole: Store, count: int) -> bool:
    """Print what happened; whether all is as promised."""
    print("runs:", ", ".join(f"{number} {state}" for state, number in Counter(run["state_name"] for run in found).items()))
    spans = []
    for run in found:
        if run["start_time"] and run["end_time"] and run["state_type"] != "CANCELLED":  # those were refused before they began
            end = when if run["id"] == killed else moment(run["end_time"])
            spans.append((moment(run["start_time"]), end, run["name"]))
    spans.sort()
    overlaps = [f"{a[2]} and {b[2]}" for a, b in itertools.pairwise(spans) if b[0] < a[1]]
    print("at work at once:", ", ".join(overlaps) or "never more than one")
    ended = next(run for run in found if run["id"] == killed)
    after = (moment(ended["end_time"]) - when).total_seconds() if ended["end_time"] else float("inf")
    print(f"killed run: {ended['state_name']} {after:.0f} s after the kill")
    tables, undisturbed = store.current(), whole.current()
    assert tables is not None and undisturbed is not None
    sources = Counter(tables.read("inputs", ["source"])["source"].to_pylist())
    read = Counter(row["doc_id"] for row in tables.read("runs", ["doc_id", "status"]).to_pylist() if row["status"] == "ok")
    once = len(sources) == count and set(sources.values()) == {1} and set(read.values()) == {1}
    print(f"{len(sources)} of {count} documents taken in, {len(read)} read; each once: {once}")
    differences = equal_tables(tables, undisturbed)
    print("tables against an undisturbed run:", "; ".join(differences) or "equal")
    return not overlaps and ended["state_type"] == "CRASHED" and after <= CRASHED_WITHIN and once and not differences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--documents", type=int, default=240)
    args = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    seconds = args.minutes * 60
    command = [str(Path(sys.executable).with_name("communique"))]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        raw = folder / "raw"
        raw.mkdir()
        files = draw(args.shared, args.documents, folder)
        store = Store(folder / "tables")
        log = (folder / "serve.log").open("wb")
        serve = [*command, "serve", str(raw), "--processed", str(store.path), "--schedule", "* * * * *", "--port", str(port)]
        server = subprocess.Popen(serve, env={**os.environ, "PREFECT_HOME": str(folder / "prefect")}, stdout=log, stderr=log)
        stop = threading.Event()
        try:
            wait_until(lambda: answers(api) and worker_of(server.pid) is not None, 900, "server and worker")
            feeder = threading.Thread(target=feed, args=(files, raw, seconds, stop))
            began = time.monotonic()
            feeder.start()
            while time.monotonic() < began + seconds / 2:
                time.sleep(1)
            killed, when = kill_while_reading(server.pid, api, store, time.monotonic() + 300)
            print(f"killed the worker and its processes {time.monotonic() - began:.0f} s after the start", flush=True)
            feeder.join()
            last = dt.datetime.now(dt.UTC)

            def done() -> bool:
                return any(run["state_type"] == "COMPLETED" and moment(run["start_time"]) > last for run in runs(api))

            wait_until(done, LAST_RUN, "a run after the last document")
            found = runs(api)
        finally:
            stop.set()
            server.send_signal(signal.SIGTERM)
            server.wait(60)
            log.close()
            text = (folder / "serve.log").read_text("utf-8", "replace")
            Path("schedule-serve.log").write_text(text, encoding="utf-8")
        undisturbed = [*command, "run", str(raw), "--processed", str(folder / "whole")]
        subprocess.run(undisturbed, env={**os.environ, "PREFECT_HOME": str(folder / "prefect-2")}, check=True, capture_output=True)
        good = report(found, killed, when, store, Store(folder / "whole"), args.documents)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
