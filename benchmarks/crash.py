"""Do the tables end the same when runs are killed at random moments? At least 100 kills, compared with an undisturbed run.

python benchmarks/crash.py                  100 kills: most of light runs, some of `communique run` with the real extractor
python benchmarks/crash.py --kills 20 --real 0

A light run is the pipeline without Prefect, with the extractor of the tests; it takes in texts, a container, copies, damaged files and
a text in another language. A kill is a SIGKILL of the whole process group, of the committer alone, or of one of its children (workers,
readers), after a time drawn between nothing and most of what an undisturbed run takes. A round ends with a run that gets through;
then the tables are compared with the undisturbed ones (RECORDS.md, "Equal tables") and examined as `communique verify` does.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests" / "flows"
KINDS = ("group", "committer", "child")
PER_ROUND = 12  # kills; a round of many more would never end
LATEST = 0.7  # of an undisturbed run; what a killed run has done makes the next one shorter, so every step is met

NAMES = ["Gull", "Heron", "Ibis", "Jay", "Kite", "Lark", "Merlin", "Nightjar", "Osprey", "Plover", "Quail", "Raven"]
PEOPLE = ["Aiko Abe", "Bela Baba", "Chie Chiba", "Daan Doi", "Ema Endo", "Femi Fuji", "Goro Goto", "Hana Hori"]


@dataclass
class Tally:
    """What happened so far."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    different: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    failed: int = 0
    """Documents that were killed three times and read by the last run of their round."""


def write_corpus(folder: Path, number: int) -> None:
    """The raw folder of the light rounds."""
    folder.mkdir(parents=True)
    for i in range(number):
        name, person = NAMES[i % len(NAMES)], PEOPLE[i % len(PEOPLE)]
        text = (
            f"{name} Corp gave {i + 10} million euros for quay {i}, said Minister {person} on day {i} of the slow works at pier {i * 7}. "
            f"The {name.lower()} yard of berth {i * 3} counts {i * 11} boats, and {i + 400} people came to see the first of them leave."
        )
        day = f"2023-{1 + i % 9:02}-{1 + i % 27:02}"
        (folder / f"{i:04}.md").write_text(f"---\ntitle: Quay {i} of {name}\ndate: {day}\n---\n\n{text}\n", encoding="utf-8")
    lines = [
        json.dumps({"id": f"r{i}", "title": f"Wire {i}", "date": f"2023-05-{1 + i % 27:02}", "text": f"{NAMES[i % 12]} Corp met pier {i}."})
        for i in range(number // 3)
    ]
    (folder / "wire.jsonl").write_text("\n".join(lines) + "\nno JSON\n", encoding="utf-8")
    (folder / "x-copy.txt").write_text((folder / "0003.md").read_text(encoding="utf-8").split("---\n\n")[1] + "\n", encoding="utf-8")
    (folder / "x-empty.txt").write_bytes(b"")
    (folder / "x-damaged.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    french = "Après cinq semaines de travaux, le ferry a repris la mer lundi matin avec trois cents passagers à son bord."
    (folder / "x-ferry.txt").write_text(f"Le ferry reprend la mer\n\n{french}\n", encoding="utf-8")


def start(command: list[str], home: Path) -> subprocess.Popen[bytes]:
    """A run in a process group of its own; what it says goes to a file."""
    path = os.pathsep.join([str(ROOT), str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    with (home / "log.txt").open("ab") as log:
        return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=log, start_new_session=True)


def children(process: int) -> list[int]:
    """The living children of a process, and theirs."""
    found: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found.setdefault(int(fields[1]), []).append(int(status.parent.name))
    below, waiting = [], [process]
    while waiting:
        of = found.get(waiting.pop(), [])
        below += of
        waiting += of
    return below


def kill(process: subprocess.Popen[bytes], kind: str, chance: random.Random) -> bool:
    """Kill as told; whether there was something to kill."""
    if process.poll() is not None:
        return False
    try:
        if kind == "child":
            below = children(process.pid)
            if not below:
                return False
            os.kill(chance.choice(below), signal.SIGKILL)
        elif kind == "committer":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def disturbed(command: list[str], home: Path, seconds: float, most: int, chance: random.Random, tally: Tally) -> None:
    """Run again and again, killed at random moments, until a run gets through or there were `most` kills and one more run did."""
    done = 0
    while done < most:
        process = start(command, home)
        while process.poll() is None and done < most:
            kind = chance.choice(KINDS)
            try:
                process.wait(timeout=chance.uniform(0.0, LATEST * seconds))
            except subprocess.TimeoutExpired:
                if kill(process, kind, chance):
                    tally.kills[kind] += 1
                    done += 1
        if process.poll() == 0:
            return
        end(process)
    let_through(command, home)


def end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of the group may go on beside the next run."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def let_through(command: list[str], home: Path) -> float:
    """A run that nobody disturbs; its seconds. Raises `RuntimeError` with the end of its log where it fails."""
    clock = time.perf_counter()
    process = start(command, home)
    if process.wait(timeout=1800):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{(home / 'log.txt').read_text()[-2000:]}")
    return time.perf_counter() - clock


def compare(undisturbed: Path, processed: Path, raw: Path, tally: Tally) -> None:
    """Count what differs from the undisturbed tables, and what is broken."""
    from flows.integrity import examine
    from flows.tables.store import Store, equal_tables

    store = Store(processed)
    snapshot, wanted = store.current(), Store(undisturbed).current()
    assert snapshot and wanted
    different = equal_tables(wanted, snapshot)
    report = examine(store, snapshot, raw)
    for line in (*different, *report.broken, *report.waiting):
        print(f"  {line}"[:1000], flush=True)
    tally.different += different
    tally.broken += report.broken + report.waiting


def rounds(name: str, command: list[str], raw: Path, home: Path, kills: int, until: float, chance: random.Random, tally: Tally) -> None:
    """Rounds of one kind of run until there were so many kills more, or the time is up. The last argument of `command` is the folder."""
    undisturbed = home / f"{name}-undisturbed"
    seconds = let_through([*command, str(undisturbed)], home)
    print(f"{name}: an undisturbed run takes {seconds:.1f} s", flush=True)
    wanted = tally.kills.total() + kills
    while tally.kills.total() < wanted and time.monotonic() < until:
        processed = home / f"{name}-{tally.rounds}"
        before = tally.kills.total()
        disturbed([*command, str(processed)], home, seconds, min(PER_ROUND, wanted - before), chance, tally)
        tally.failed += failed_documents(processed)
        if failed_documents(processed):
            retry = (
                [sys.executable, str(TESTS / "plain_run.py"), "--retry-failed"]
                if name == "light"
                else [*command[:-1], "--retry-failed", command[-1]]
            )
            let_through([*retry, *(command[2:] if name == "light" else []), str(processed)], home)
        compare(undisturbed, processed, raw, tally)
        tally.rounds += 1
        print(
            f"round {tally.rounds} ({name}): {tally.kills.total() - before} kills, {len(tally.different)} tables differ so far", flush=True
        )
        shutil.rmtree(processed, ignore_errors=True)


def failed_documents(processed: Path) -> int:
    """Documents with no `ok` row for their text."""
    from flows.query import open_tables
    from flows.tables.store import Store

    snapshot = Store(processed).current()
    assert snapshot
    sql = "SELECT count(*) FROM documents d WHERE status = 'ok' AND NOT EXISTS (FROM runs r WHERE r.doc_id = d.doc_id AND r.status = 'ok')"
    with open_tables(snapshot) as connection:
        row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    """See above; exit code 1 where a table differs or is broken."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=100, help="at least so many kills")
    options.add_argument(
        "--real", type=int, default=10, help="so many of them of `communique run` with the real extractor on the sample corpus"
    )
    options.add_argument("--documents", type=int, default=60, help="documents of a light run")
    options.add_argument("--minutes", type=float, default=60.0, help="stop after the round in which this time is up")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--folder", type=Path, help="where to work; a temporary folder otherwise")
    given = options.parse_args()
    sys.path[:0] = [str(ROOT)]
    home = Path(tempfile.mkdtemp(prefix="crash-", dir=given.folder))
    chance, tally, until = random.Random(given.seed), Tally(), time.monotonic() + given.minutes * 60
    raw = home / "news"
    write_corpus(raw, given.documents)
    light = [sys.executable, str(TESTS / "plain_run.py"), str(raw), "--workers", "2", "--processed"]
    rounds("light", light, raw, home, given.kills - given.real, until, chance, tally)
    if given.real:
        sample = ROOT / "data" / "raw" / "sample"
        real = [sys.executable, "-m", "flows.cli", "run", str(sample), "--workers", "1", "--batch-size", "4", "--processed"]
        rounds("real", real, sample, home, given.real, until, chance, tally)
    kinds = ", ".join(f"{number} of {kind}" for kind, number in sorted(tally.kills.items()))
    print(f"{tally.kills.total()} kills ({kinds}) in {tally.rounds} rounds; documents that were killed three times: {tally.failed}")
    print("all tables equal" if not tally.different else "\n".join(tally.different))
    print("verify: nothing broken, nothing waiting" if not tally.broken else "\n".join(tally.broken))
    shutil.rmtree(home, ignore_errors=True)
    return 1 if tally.different or tally.broken else 0


if __name__ == "__main__":
    sys.exit(main())
