"""How do the tables stand: what they hold, what waits, what failed, how the last runs went, and how much disk that takes?

One screen for `communique status`, from the tables and the disk alone: no server needs to run.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from flows.checks import last_checks, sentence
from flows.query import open_tables
from flows.tables.snapshot import Snapshot
from flows.terminal import plain
from nlp.records import RECORD_TABLES

VERSIONS, RUNS, CHECKS = 4, 5, 6  # lines of each that one screen has room for

_STATUS = """
SELECT
    (SELECT count(*) FROM documents d WHERE status = 'ok' AND NOT EXISTS (
        FROM runs r WHERE r.doc_id = d.doc_id AND r.content_hash = d.content_hash AND (r.status = 'ok' OR r.status = 'failed'))) AS waiting,
    (SELECT count(DISTINCT d.doc_id) FROM documents d JOIN runs r USING (doc_id, content_hash) WHERE r.status = 'failed') AS failed,
    (SELECT count(DISTINCT d.doc_id) FROM documents d JOIN runs r USING (doc_id, content_hash)
        WHERE r.status = 'ok' AND r.pipeline_version <> $version) AS older
"""
_VERSIONS = """
SELECT r.pipeline_version, count(DISTINCT r.doc_id) AS documents, max(r.finished_at) AS last
FROM documents d JOIN runs r USING (doc_id, content_hash) WHERE r.status = 'ok' GROUP BY ALL ORDER BY last DESC NULLS LAST
"""
_RUNS = """
SELECT finished_at, sum(value) FILTER (metric = 'documents') AS documents, sum(units) FILTER (metric = 'failed_share') AS read,
       count(*) FILTER (status = 'failed') AS failed, count(*) FILTER (status = 'ok') AS passed
FROM run_metrics GROUP BY run_id, finished_at ORDER BY finished_at DESC
"""


def status_lines(snapshot: Snapshot, version: str, folders: Iterable[Path]) -> Iterator[str]:
    """The state of the tables; `version` is the one that runs would have now, `folders` are those whose disk use is told."""
    now = dt.datetime.now(dt.UTC)
    yield f"snapshot    {snapshot.id}, {ago(now - snapshot.created_at)} ago ({plain(snapshot.message) or 'no message'})"
    with open_tables(snapshot, ("documents", "rejects", "runs", "run_metrics")) as connection:
        documents = connection.execute("SELECT status, count(*) FROM documents GROUP BY status ORDER BY status").fetchall()
        rejects = connection.execute("SELECT reason, count(*) FROM rejects GROUP BY reason ORDER BY count(*) DESC, reason").fetchall()
        waiting, failed, older = connection.execute(_STATUS, {"version": version}).fetchall()[0]
        versions = connection.execute(_VERSIONS).fetchall()
        runs = connection.execute(_RUNS).fetchall() if snapshot.rows("run_metrics") else []
    yield f"documents   {sum(number for _, number in documents):,}: " + (
        ", ".join(f"{number:,} {status}" for status, number in documents) or "none"
    )
    yield f"rejects     {sum(number for _, number in rejects):,}" + "".join(f", {number:,} {reason}" for reason, number in rejects)
    yield f"extraction  {waiting:,} waiting, {failed:,} failed, {older:,} read by another version than {version}"
    for name, number, last in versions[:VERSIONS]:
        yield f"            {number:,} by {plain(name)}{' (this one)' if name == version else ''}, last {ago(now - last)} ago"
    if versions[VERSIONS:]:
        yield f"            {sum(number for _, number, _ in versions[VERSIONS:]):,} by {len(versions) - VERSIONS} older versions"
    yield (
        "rows        "
        + ", ".join(f"{snapshot.rows(table):,} {table}" for table in RECORD_TABLES)
        + f", {snapshot.rows('entities'):,} entities"
    )
    for number, (finished, taken, read, bad, good) in enumerate(runs[:RUNS]):
        checked = f"{bad} of {bad + good} checks failed" if bad else f"{good} checks passed" if good else "too few to check"
        done = f"{int(taken or 0):,} documents taken in, {int(read or 0):,} read"
        yield f"{'' if number else 'last runs':11} {ago(now - finished)} ago: {done}; {checked}"
    wrong = [sentence(row) for row in last_checks(snapshot) if row.status == "failed"]
    for number, one in enumerate(wrong[:CHECKS]):
        yield f"{'' if number else 'failed':11} {one}"
    yield from _disk(snapshot, folders)
    yield f"folder      {snapshot.path}"


def _disk(snapshot: Snapshot, folders: Iterable[Path]) -> Iterator[str]:
    used = ", ".join(f"{size(disk_use(folder))} in {folder}" for folder in folders if folder.is_dir())
    tables = sum(table.bytes for table in snapshot.manifest.tables.values())
    yield f"disk        this snapshot {size(tables)}; {used}; {size(shutil.disk_usage(snapshot.path).free)} free"


def disk_use(folder: Path) -> int:
    """Bytes of the files below a folder; one that has several names (snapshots share files) counts once."""
    seen: dict[tuple[int, int], int] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                info = os.lstat(Path(place, name))
            except FileNotFoundError:  # pruned while we looked
                continue
            seen[info.st_dev, info.st_ino] = info.st_size
    return sum(seen.values())


def size(count: float) -> str:
    """Bytes for a person."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def ago(age: dt.timedelta) -> str:
    """A span of time in its largest unit."""
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}{'s' * (seconds // length > 1)}"
    return f"{seconds} s"
