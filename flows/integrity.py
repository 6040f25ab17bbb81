"""Is everything there and right: files, rows, and for every raw input a document, a reject or a tombstone?

`examine` looks and changes nothing. What is broken is `flows.repair`'s to mend; what waits, the next run does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from flows.errors import RawFolderError
from flows.file_checks import BadFile, bad_files, description_problem
from flows.identity import collection_of, file_of
from flows.inputs import Ledger, walk
from flows.query import open_tables
from flows.readers import READER_VERSION
from flows.row_checks import BadRows, bad_rows
from flows.tables.errors import StoreError, TableError
from flows.tables.layout import DATAPACKAGE
from flows.tables.snapshot import Snapshot
from flows.tables.store import Store
from flows.terminal import shorten
from flows.tombstones import Tombstones

SHOWN = 3  # examples in a line
_WAITING = """
SELECT count(*) FILTER (NOT coalesce(read, false) AND NOT coalesce(failed, false)), count(*) FILTER (NOT coalesce(read, false) AND failed)
FROM documents d LEFT JOIN (
    SELECT doc_id, content_hash, bool_or(status = 'ok') AS read, bool_or(status = 'failed') AS failed FROM runs GROUP BY ALL
) r USING (doc_id, content_hash) WHERE d.status = 'ok'
"""


@dataclass
class Report:
    """What was looked at and what was found; `broken` and `waiting` are sentences for people."""

    snapshot: Snapshot
    files: list[BadFile] = field(default_factory=list)
    rows: list[BadRows] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def sound(self) -> Snapshot:
        """The snapshot without the files that cannot be used."""
        damaged: dict[str, set[str]] = {}
        for bad in self.files:
            if bad.file:
                damaged.setdefault(bad.table, set()).add(bad.path)
        return self.snapshot.without(damaged)

    def lines(self) -> Iterator[str]:
        """The report for a terminal or a log, one line a finding."""
        number = sum(len(table.files) for table in self.snapshot.manifest.tables.values())
        rows = sum(self.snapshot.rows(table) for table in self.snapshot.tables)
        documents = self.snapshot.rows("documents")
        yield f"snapshot {self.snapshot.id}: {number:,} files, {rows:,} rows of {documents:,} documents"
        yield from (f"broken   {line}" for line in self.broken)
        yield from (f"waiting  {line}" for line in self.waiting)
        if self.broken:
            yield "`communique repair` makes again what is broken"
        else:
            yield "whole: every file, key, offset and raw input was checked"


def examine(store: Store, snapshot: Snapshot, raw: Path | None) -> Report:
    """Check a snapshot, and the raw folder where there is one. Reads every file once, and texts month by month."""
    report = Report(snapshot, list(bad_files(snapshot)))
    report.broken += [f"{bad.table}/{bad.path}: {bad.why}" for bad in report.files]
    if why := description_problem(snapshot):
        report.broken.append(f"{DATAPACKAGE}: {why}")
    try:
        report.rows = list(bad_rows(report.sound))
    except (TableError, pa.ArrowException) as error:
        report.broken.append(f"the rows cannot be compared: {shorten(error, 200)}")
    report.broken += [f"{bad.table}: {bad.rows:,} rows {bad.why}{_some(bad)}" for bad in report.rows]
    report.waiting += _left_over(report.sound)
    report.waiting += _left_behind(store)
    if raw is not None:
        report.waiting += _raw_inputs(report.sound, raw)
    return report


def _some(bad: BadRows) -> str:
    if not bad.keys:
        return ""
    names = sorted(key if isinstance(key, str) else key[1] for key in bad.keys)
    return f" (e.g. {', '.join(shorten(name, 60) for name in names[:SHOWN])})"


def _left_over(snapshot: Snapshot) -> Iterator[str]:
    """Documents that the next run reads."""
    with open_tables(snapshot) as connection:
        fresh, failed = connection.execute(_WAITING).fetchone() or (0, 0)
    if fresh:
        yield f"{fresh:,} documents are not extracted yet: the next run reads them"
    if failed:
        yield f"{failed:,} documents have failed: `communique run --retry-failed` tries them again"


def _left_behind(store: Store) -> Iterator[str]:
    """What killed runs have left and the next one puts in order."""
    if number := len(store.unfinished()):
        yield f"{number} commits were begun and not finished: the next commit removes what they left"
    try:
        number = len(store.staged())
    except StoreError:  # the pointer is broken, which is told where it is read
        return
    if number:
        yield f"{number} staged batches of a run that was killed: the next run publishes or drops them"


def _raw_inputs(snapshot: Snapshot, raw: Path) -> Iterator[str]:
    """Raw files that no table accounts for yet."""
    collection = collection_of(raw)
    ledger, stones = Ledger(snapshot, collection), Tombstones(snapshot)
    fresh: list[str] = []
    changed: list[str] = []
    there: set[str] = set()
    try:
        for file in walk(raw):
            there.add(file.source)
            if stones.of_source(collection, file.source) or ledger.is_unchanged(file, READER_VERSION):
                continue
            (changed if ledger.rows(file) else fresh).append(file.source)
    except RawFolderError as error:
        yield str(error)
        return
    known = {
        file_of(row["source"]) for row in snapshot.read("inputs", ["collection", "source"]).to_pylist() if row["collection"] == collection
    }
    for sources, why in (
        (fresh, "were never read: the next run takes them in"),
        (changed, "have changed, or were not read to their end: the next run reads them again"),
        (sorted(known - there), "are gone from the raw folder; their rows stay until they are forgotten"),
    ):
        if sources:
            yield f"{len(sources):,} raw files {why} (e.g. {', '.join(shorten(source, 60) for source in sources[:SHOWN])})"
