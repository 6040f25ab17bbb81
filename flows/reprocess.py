"""Which documents were read by components that have changed since, and how are their rows made new?

The marks are the tables: `runs` says by which component versions each document was read, so that a reprocessing that was stopped goes
on when it is begun again. A batch is read and published like one of `extract`, with two differences: its documents have rows
already, which stay until the commit that replaces them, and only the tables that are old are made, from kept annotation where there
is any.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from flows.entities import LINKED_LABELS
from flows.errors import InputError
from flows.extract import Extraction, Waiting
from flows.link import FROM as ENTITIES_FROM
from flows.query import open_tables
from flows.staleness import Versions, Work
from flows.tables.schemas import empty, from_table, month_of, to_table
from flows.tables.snapshot import Snapshot
from flows.tables.store import Change, Staged, Store
from flows.workers import CHUNK_DOCUMENTS, Chunk, Task, chunks
from nlp.records import RECORD_TABLES, TABLES, Record, Run, Text

logger = logging.getLogger(__name__)

# Reading from kept annotation costs a hundredth: chunks are larger, so that staging does not cost more than reading.
_LIGHT_DOCUMENTS = 100
_LIGHT_CHARACTERS = 1_500_000
_AT_ONCE = 10_000  # rows of the question what is old

_OLD = """
WITH read AS (
    SELECT doc_id, content_hash, max(attempt) AS last, arg_max(component_versions, attempt) FILTER (status = 'ok') AS components,
           arg_max(pipeline_version, attempt) FILTER (status = 'ok') AS version,
           count(*) FILTER (status <> 'ok' AND pipeline_version = $version) AS failures
    FROM runs GROUP BY doc_id, content_hash
)
SELECT d.doc_id, d.content_hash, d.published_on, r.last, r.failures, r.components, r.version
FROM documents d JOIN read r ON r.doc_id = d.doc_id AND r.content_hash = d.content_hash
WHERE d.status = 'ok' AND r.components IS NOT NULL AND (r.failures < $attempts OR $again)
  AND ($since IS NULL OR d.published_on >= $since) AND ($until IS NULL OR d.published_on <= $until)
  AND ($source IS NULL OR d.source GLOB $source OR contains(d.source, $source)) {where}
ORDER BY d.published_on NULLS LAST, d.doc_id
"""
_WHERE = "AND d.doc_id IN (SELECT documents.doc_id FROM documents WHERE ({condition}))"
# columns that a record of a naming table needs for its names to be known, beside those that have defaults
_NAME_COLUMNS = {
    "officials": ("person", "jurisdiction", "office", "role"),
    "firms": ("name", "aliases", "country"),
    "funds": ("name", "aliases", "named", "country"),
    "instruments": ("name", "aliases"),
    "mentions": ("label", "text"),
}


@dataclass(frozen=True)
class Selection:
    """Which documents are meant: published in a period (both days included), of a source (part or pattern), that an SQL condition on
    `documents` holds for; and which components, with what depends on them. All where nothing is given."""

    since: dt.date | None = None
    until: dt.date | None = None
    source: str | None = None
    where: str | None = None
    components: tuple[str, ...] = ()


class Reprocessing(Extraction):
    """Makes old rows new. As an `Extraction`: `recover` first, then each of `batches` through `run`."""

    name = "reprocess"
    staged_prefix = "reprocess-"

    def __init__(self, store: Store, selection: Selection, **options: Any) -> None:
        super().__init__(store, **options)
        if store.pointer != "current":
            self.staged_prefix = f"reprocess-{store.pointer}-"
        self.selection = selection
        self.versions = Versions(self.source.extractor, self.source.model)
        self.wanted = self.versions.of_components(selection.components)
        self._work: dict[str, Work] = {}

    def recover(self) -> None:
        """Drop what a killed reprocessing has staged and not published; its documents have their old rows and are still to be done."""
        for staged in self.store.staged():
            if staged.name.startswith(self.staged_prefix):
                self.store.commit([], discard=[staged])
        self.mark_died()

    def pending(self) -> Sequence[Waiting]:
        """The documents of the selection that have old tables. Raises `InputError` where the SQL condition does not run."""
        snapshot = self.store.current()
        if snapshot is None:
            return []
        where = _WHERE.format(condition=self.selection.where) if self.selection.where else ""
        values = {
            "version": self.version,
            "attempts": self.attempts,
            "again": self.retry_failed,
            "since": self.selection.since,
            "until": self.selection.until,
            "source": self.selection.source,
        }
        found = []
        with open_tables(snapshot) as connection:
            if self.selection.where:
                _check_condition(connection, self.selection.where)
            result = connection.execute(_OLD.format(where=where), values)
            rows = itertools.chain.from_iterable(iter(lambda: result.fetchmany(_AT_ONCE), []))
            for doc_id, content_hash, day, last, failures, components, version in rows:
                work = self.versions.work(components, version, self.wanted)
                if work is not None:
                    self._work[doc_id] = work
                    found.append(Waiting(doc_id, content_hash, day, last, failures, replaces=True))
        return found

    def batches(self, size: int, waiting: Sequence[Waiting] | None = None) -> Iterator[list[Waiting]]:
        """What is old, in batches of at most `size` documents with the same work, whole months together: a month's files are written
        anew as seldom as can be. Documents that failed before come alone, and last."""
        waiting = self.pending() if waiting is None else waiting
        by_work: dict[Work, list[Waiting]] = {}
        for one in waiting:
            if not one.failures:
                by_work.setdefault(self._work[one.doc_id], []).append(one)
        for alike in by_work.values():
            batch: list[Waiting] = []
            for _, of_month in itertools.groupby(alike, key=lambda one: month_of(one.published_on)):
                month = list(of_month)
                if batch and len(batch) + len(month) > size:
                    yield batch
                    batch = []
                batch += month
                while len(batch) > size:
                    yield batch[:size]
                    batch = batch[size:]
            if batch:
                yield batch
        for one in waiting:
            if one.failures:
                yield [one]

    def is_whole(self) -> bool:
        """Whether documents are read as a whole, for what was recognised or parsed has changed."""
        return any(set(work.tables) == set(RECORD_TABLES) for work in self._work.values())

    def leaves_entities(self) -> bool:
        """Whether nothing is made anew that entities are made of."""
        return not any(set(work.staged) & set(ENTITIES_FROM) for work in self._work.values())

    def _tasks(self, batch: Sequence[Waiting]) -> list[Task]:
        work = self._work[batch[0].doc_id]
        kept = self._kept(batch, work)
        tasks = super()._tasks(batch) if work.tables else []
        return [
            dataclasses.replace(
                task,
                text=_unplaced(task.text) if work.genre else task.text,
                kept=tuple(kept.get(task.text.doc_id, ())),
                version=work.version,
                components=work.components,
            )
            for task in tasks
        ]

    def _chunks(self, name: str, batch: Sequence[Waiting], tasks: Sequence[Task]) -> list[Chunk]:
        work = self._work[batch[0].doc_id]
        everything = set(work.tables) == set(RECORD_TABLES)
        limits = (CHUNK_DOCUMENTS, None) if everything else (_LIGHT_DOCUMENTS, _LIGHT_CHARACTERS)
        parts = chunks(name, tasks, limits[0], *(limits[1:] if limits[1] else ()))
        return [dataclasses.replace(part, tables=None if everything else work.tables, staged=work.staged) for part in parts]

    def _kept(self, batch: Sequence[Waiting], work: Work) -> dict[str, list[Record]]:
        """Published records by document: whole where they are staged again, else as much of them as names need."""
        snapshot = self._snapshot()
        found: dict[str, list[Record]] = {}
        again = [table for table in work.staged if table not in work.tables]
        for table in dict.fromkeys((*work.naming, *again)):
            if table in again:
                rows = from_table(table, snapshot.read(table, **_of(batch)))
                version = {"pipeline_version": self.version} if work.complete else {}
                rows = [dataclasses.replace(row, **version) for row in rows]
            else:
                rows = _names(snapshot, table, batch)
            for row in rows:
                found.setdefault(row.doc_id, []).append(row)
        return found

    def _publish(self, staged: Sequence[Staged], done: Sequence[Waiting], failed: Sequence[Run], *, message: str) -> None:
        """One commit: the new rows in the place of the old ones; rows that are still right get the name of the new version."""
        if not done:
            super()._publish(staged, done, failed, message=message)
            return
        snapshot = self._snapshot()
        work = self._work[done[0].doc_id]
        ids = {one.doc_id for one in done}
        counts = dict.fromkeys(ids, 0)
        changes = []
        for table in RECORD_TABLES:
            if table in work.staged:
                rows = pa.concat_tables([empty(table), *(one.read(table) for one in staged)])
            else:
                rows = snapshot.read(table, None if work.complete else ["doc_id"], **_of(done))
            for doc_id, count in zip(*(column.to_pylist() for column in rows["doc_id"].value_counts().flatten())):
                counts[doc_id] += count
            if table not in work.staged and work.complete:
                rows = _with_version(rows, self.version)
            if table in work.staged or work.complete:
                changes.append(Change(table, rows, {"doc_id": ids}))
        if work.genre:
            changes.append(Change("documents", self._documents(done), {"doc_id": ids}))
        runs = pa.concat_tables([to_table("runs", self._runs(staged, done, work, counts)), to_table("runs", failed)])
        remove: dict[Any, set[Any]] = {("doc_id", "content_hash"): {(one.doc_id, one.content_hash) for one in done}}
        if failed:
            remove["doc_id", "content_hash", "attempt"] = {(run.doc_id, run.content_hash, run.attempt) for run in failed}
        self.store.commit([*changes, Change("runs", runs, remove)], message=message, discard=staged)
        self.counts.documents += len(done)
        self.counts.records += sum(counts.values())

    def _runs(self, staged: Iterable[Staged], done: Sequence[Waiting], work: Work, counts: dict[str, int]) -> list[Run]:
        """How each document was read, with the number of all its rows; one that had nothing to be read but its version's name too."""
        read = {run.doc_id: run for one in staged for run in from_table("runs", one.read("runs"))}
        runs = []
        for one in done:
            run = read.get(one.doc_id) or dataclasses.replace(self._row(one, "ok"), seconds=0.0)
            runs.append(
                dataclasses.replace(run, pipeline_version=work.version, component_versions=work.components, record_count=counts[one.doc_id])
            )
        return runs

    def _documents(self, batch: Sequence[Waiting]) -> pa.Table:
        """Their rows of `documents` with genre and parties told again."""
        from flows.documents import documents_version, genre_and_parties
        from flows.readers import READER_VERSION

        rows = from_table("documents", self._snapshot().read("documents", **_of(batch)))
        version = documents_version(READER_VERSION)
        again = []
        for row in rows:
            genre, parties = genre_and_parties(row.title, row.text, row.publisher, row.url)
            again.append(dataclasses.replace(row, genre=genre, parties=parties, pipeline_version=version))
        return to_table("documents", again)

    def _snapshot(self) -> Snapshot:
        snapshot = self.store.current()
        if snapshot is None:  # nobody takes tables away
            raise RuntimeError(f"the tables in {self.store.path} are gone")
        return snapshot


def _unplaced(text: Text) -> Text:
    from flows.documents import genre_and_parties

    genre, parties = genre_and_parties(text.title, text.text, text.publisher, text.url)
    return dataclasses.replace(text, genre=genre, parties=parties)


def _of(batch: Iterable[Waiting]) -> dict[str, Any]:
    """What chooses the rows of some documents; of their months alone, so that the files of others are not opened."""
    ids, months = zip(*((one.doc_id, month_of(one.published_on)) for one in batch))
    return {"where": pc.field("doc_id").isin(ids), "months": set(months)}


def _names(snapshot: Snapshot, table: str, batch: Sequence[Waiting]) -> list[Record]:
    """The records of a naming table with the columns that names are told by, each of them once for a document."""
    columns = _NAME_COLUMNS[table]
    chosen = _of(batch)
    if table == "mentions":
        chosen["where"] &= pc.field("label").isin(LINKED_LABELS)
    rows = snapshot.read(table, ["doc_id", *columns], **chosen)
    if table == "mentions":
        rows = rows.group_by(["doc_id", *columns], use_threads=False).aggregate([])
    kind: Any = TABLES[table]
    return [kind(start=0, end=0, **{key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}) for row in rows.to_pylist()]


def _with_version(rows: pa.Table, version: str) -> pa.Table:
    place = rows.schema.get_field_index("pipeline_version")
    return rows.set_column(place, rows.schema.field(place), pa.array([version] * rows.num_rows, pa.string()))


def _check_condition(connection: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Raise `InputError` where what was given is no condition on `documents`."""
    try:
        statements = connection.extract_statements(f"SELECT 1 FROM documents WHERE ({condition})")
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InputError(f"--where {condition!r} is more than one condition")
        connection.execute(f"SELECT documents.doc_id FROM documents WHERE ({condition}) LIMIT 0")
    except duckdb.Error as error:
        raise InputError(f"--where {condition!r}: {' '.join(str(error).split(chr(10) + chr(10) + 'LINE')[0].split())}") from error
