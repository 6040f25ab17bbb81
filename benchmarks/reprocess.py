"""How much of a first extraction does reprocessing cost after a change, and are the tables those of a fresh extraction?

    python benchmarks/reprocess.py [--documents 2000] [--shared ../shared] [--no-fresh]

Documents of the statements archive are taken in and extracted, with annotation kept. Then copies of the package are changed as a
maintainer would change it, so that versions tell by themselves what is old:

1. `lexicons/quote_cues.json` loses two cues: one record component reads it. Target: at most a tenth of the first extraction.
2. `lexicons/blocs.json` gets an alias more: entities read it, and the blocks whose entities change are parsed again.

After each change the old documents are reprocessed twice: in a copy of the tables for the time it takes, then while another process
polls the tables, which takes time of its own and must never see a record twice, a document without its rows, or a document half old
and half new. The tables are then compared with those of a fresh extraction by the
changed package (`--no-fresh` leaves that out; it takes as long as the first). Clock and CPU are of the whole command with all its
processes, Prefect's start included; a Prefect server is used where PREFECT_API_URL names one.
"""

from __future__ import annotations

import argparse
import compileall
import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from flows.tables.store import Store, equal_tables

ARCHIVE = "data/wh-statements-2021-2023.tar.xz"
PACKAGE = Path(__file__).resolve().parent.parent
DROPPED_CUES = ("say", "add")
NEW_ALIAS = ("QUAD", "Indo-Pacific")
_PAUSE = 0.5  # seconds between two looks of the reader

_FLOW = """
import json, sys, time
from flows.settings import prepare_prefect
prepare_prefect(quiet=True)
began = time.perf_counter()
from flows import pipeline, reprocess_flow
module = reprocess_flow if sys.argv[1] == "reprocess" else pipeline
done = getattr(module, sys.argv[1])(**json.loads(sys.argv[2]))
if sys.argv[1] == "extract":
    pipeline.link(json.loads(sys.argv[2])["processed"])
print(json.dumps({"done": done, "seconds": time.perf_counter() - began}, default=str))
"""


def unpack(shared: Path, count: int, folder: Path) -> None:
    """`count` documents of the archive, drawn with a fixed seed."""
    with tarfile.open(shared / ARCHIVE) as tar:
        members = sorted((m for m in tar.getmembers() if m.isfile() and m.name.endswith(".md")), key=lambda m: m.name)
        chosen = random.Random(11).sample(members, min(count, len(members)))
        tar.extractall(folder, sorted(chosen, key=lambda member: member.offset), filter="data")


def copied_package(package: Path, root: Path) -> Path:
    """A copy, so that whoever works on the checkout meanwhile changes nothing that is measured."""
    for part in ("flows", "nlp"):
        shutil.copytree(package / part, root / part, ignore=shutil.ignore_patterns("training", "__pycache__"))
    compileall.compile_dir(str(root), quiet=2)  # as an installer does
    return root


def changed_package(package: Path, root: Path, lexicon: str, change: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of the package in which one lexicon is another."""
    copied_package(package, root)
    path = root / "nlp" / "lexicons" / lexicon
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return root


def drop_cues(lexicon: dict[str, Any]) -> None:
    """Forget some verbs that introduce what somebody says."""
    lexicon["speech"] = [cue for cue in lexicon["speech"] if cue not in DROPPED_CUES]


def add_alias(lexicon: dict[str, Any]) -> None:
    """Give a bloc another name."""
    code, alias = NEW_ALIAS
    next(bloc for bloc in lexicon["blocs"] if bloc["code"] == code)["aliases"].append(alias)


def run(flow: str, package: Path, **parameters: Any) -> dict[str, Any]:
    """Run a flow in a process of its own with a package's code: what it did, clock and CPU seconds of all its processes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {"PREFECT_HOME": str(package.parent / "prefect"), **os.environ, "PYTHONPATH": str(package)}  # a fresh home costs seconds
    command = [sys.executable, "-c", _FLOW, flow, json.dumps(parameters)]
    found = subprocess.run(command, env=environment, cwd=package, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(found.stdout.splitlines()[-1]) | {"clock": time.perf_counter() - began, "cpu": cpu}


def poll(processed: Path, table: str, stop: Event, found: Any) -> None:
    """Read the tables again and again; what is wrong is counted."""
    store = Store(processed)
    first: set[str] | None = None
    while not stop.is_set():
        snapshot = store.current()
        assert snapshot is not None
        mentions = snapshot.read("mentions", ["record_id"])["record_id"].to_pylist()
        rows = snapshot.read(table, ["record_id", "doc_id", "pipeline_version"]).to_pylist()
        read = snapshot.read("runs", ["doc_id", "status"]).to_pylist()
        versions: dict[str, set[str]] = {}
        for row in rows:
            versions.setdefault(row["doc_id"], set()).add(row["pipeline_version"])
        documents = {row["doc_id"] for row in read if row["status"] == "ok"}
        first = documents if first is None else first
        found["reads"] += 1
        found["twice"] += len(mentions) - len(set(mentions)) + len(rows) - len({row["record_id"] for row in rows})
        found["missing"] += len(first - documents)
        found["mixed"] += sum(len(of) > 1 for of in versions.values())
        time.sleep(_PAUSE)


def reprocess(folder: Path, package: Path, table: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Reprocess a copy of the tables for its time, then the tables themselves while another process reads them."""
    alone = folder / "alone"
    for part in ("processed", "interim"):
        shutil.copytree(folder / part, alone / part, symlinks=True)
    done = run("reprocess", package, processed=str(alone / "processed"))
    shutil.rmtree(alone)
    with multiprocessing.Manager() as manager:
        found, stop = manager.dict(reads=0, twice=0, missing=0, mixed=0), multiprocessing.Event()
        reader = multiprocessing.Process(target=poll, args=(folder / "processed", table, stop, found))
        reader.start()
        try:
            run("reprocess", package, processed=str(folder / "processed"))
        finally:
            stop.set()
            reader.join()
        return done, dict(found)


def compare(folder: Path, name: str, package: Path) -> list[str]:
    """The differences of the reprocessed tables and those of a fresh extraction by the same package."""
    fresh = folder / f"fresh-{name}"
    run("ingest", package, raw=str(folder / "raw"), processed=str(fresh))
    run("extract", package, processed=str(fresh))
    ours, theirs = Store(folder / "processed").current(), Store(fresh).current()
    assert ours is not None and theirs is not None
    return equal_tables(ours, theirs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--shared", type=Path, default=PACKAGE.parent / "shared")
    parser.add_argument("--no-fresh", action="store_true", help="do not compare with a fresh extraction")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="communique-reprocess-") as name:
        folder = Path(name)
        unpack(arguments.shared, arguments.documents, folder / "raw")
        before = copied_package(PACKAGE, folder / "before")
        run("ingest", before, raw=str(folder / "raw"), processed=str(folder / "processed"))
        first = run("extract", before, processed=str(folder / "processed"))
        words = first["done"]["words"]
        print(
            f"first extraction: {first['done']['documents']} documents, {words:,} words: {first['clock']:.1f} s, CPU {first['cpu']:.1f} s"
        )
        kept = sum(path.stat().st_size for path in (folder / "interim").iterdir())
        print(f"kept annotation: {kept / 1e6:.1f} MB, {kept / max(1, words):.1f} bytes a word", flush=True)
        changes = (("quotes", "quote_cues.json", drop_cues, "quotes"), ("entities", "blocs.json", add_alias, "mentions"))
        for what, lexicon, change, table in changes:
            package = changed_package(before, folder / what, lexicon, change)
            done, seen = reprocess(folder, package, table)
            counts = done["done"]
            print(
                f"{what} changed ({lexicon}): {counts['documents']} documents in {done['clock']:.1f} s, CPU {done['cpu']:.1f} s; "
                f"{done['clock'] / first['clock']:.3f} of the first extraction by the clock, {done['cpu'] / first['cpu']:.3f} of its CPU"
            )
            print(f"  blocks parsed again: {counts['parsed_blocks']:,} of {counts['blocks']:,}")
            print(f"  a reader meanwhile: {seen}", flush=True)
            if not arguments.no_fresh:
                differences = compare(folder, what, package)
                print(f"  compared with a fresh extraction: {'; '.join(differences)[:2000] or 'the same rows'}", flush=True)


if __name__ == "__main__":
    main()
