"""How is one chunk of documents read, in this process or in one of a pool, and what does a worker leave behind?

A worker loads the model once, turns documents into rows and stages them; what goes back to the committer is a few numbers. A worker
that loses its parent ends itself.
"""

from __future__ import annotations

import datetime as dt
import faulthandler
import functools
import importlib
import itertools
import json
import logging
import math
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import pyarrow as pa

from flows.annotations import Annotations
from flows.entities import with_entities
from flows.errors import ModelError
from flows.tables.rates import Rates
from flows.tables.schemas import to_table
from flows.tables.store import Store
from nlp.annotation import Annotation, DamagedAnnotationError
from nlp.records import RECORD_TABLES, Amount, Deal, Extraction, Record, Run, Text

CHUNK_DOCUMENTS = 16  # as many as the extractor reads at once; what a worker that dies takes along
CHUNK_CHARACTERS = 150_000
LIMIT_CHARACTERS = 100_000  # for each as many, or a part of them, `document_seconds` are allowed


@dataclass(frozen=True, slots=True)
class Task:
    """One document to be read."""

    text: Text
    content_hash: str
    attempt: int
    words: int
    kept: tuple[Record, ...] = ()
    """Published records of tables that are not made anew, by which the names in the others are understood."""
    version: str | None = None
    components: str | None = None
    """What `runs` says of it; None: the extractor's versions."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Documents that are read and staged together.

    `tables`: those to be made anew, all where it is None; `staged`: those whose records are staged, also kept ones with other ids.
    """

    name: str
    tasks: tuple[Task, ...]
    tables: tuple[str, ...] | None = None
    staged: tuple[str, ...] = tuple(RECORD_TABLES)

    @property
    def doc_ids(self) -> list[str]:
        """Its documents."""
        return [task.text.doc_id for task in self.tasks]


@dataclass(slots=True)
class Read:
    """What became of some documents: staged batches, errors by doc_id of those that failed, and how many blocks of text were parsed."""

    staged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    blocks: int = 0
    parsed_blocks: int = 0


@dataclass(frozen=True)
class Source:
    """What a worker needs to know before its first chunk."""

    extractor: str
    model: str
    processed: Path
    document_seconds: float = math.inf
    """Time limit of a document for each 100,000 characters; kept by worker processes only."""
    annotations: Annotations | None = None


def chunks(name: str, tasks: Sequence[Task], documents: int = CHUNK_DOCUMENTS, characters: int = CHUNK_CHARACTERS) -> list[Chunk]:
    """The documents in order, in chunks of at most so many documents and characters (a longer one stands alone)."""
    found: list[list[Task]] = []
    size = 0
    for task in tasks:
        length = len(task.text.text)
        if not found or len(found[-1]) >= documents or size + length > characters:
            found.append([])
            size = 0
        found[-1].append(task)
        size += length
    return [Chunk(f"{name}-{number:05d}", tuple(part)) for number, part in enumerate(found)]


Blocks = tuple[int, int]
"""How many blocks of text were read through kept annotation, and how many of them had to be parsed."""


class ReadError(RuntimeError):
    """The extractor failed on these documents; the message is one line."""


@functools.lru_cache(maxsize=1)
def _reader(extractor: str, model: str) -> Any:
    try:
        return importlib.import_module(extractor).load(model)
    except Exception as error:
        raise ModelError(f"cannot load the extractor {extractor} with model {model}: {one_line(error)}") from error


def _prepare(source: Source, parsed: bool) -> None:
    """Load the extractor of this process, with what it loads at its first text where it can be asked to."""
    prepare = getattr(_reader(source.extractor, source.model), "prepare", None)
    if prepare is not None:
        prepare(parsed=parsed)
    if parsed:
        _rates()


@functools.cache
def _rates() -> Rates:
    return Rates()


def read_chunk(source: Source, chunk: Chunk, overtime: Path | None = None) -> Blocks:
    """Extract the documents of a chunk and stage their rows, with their rows of `runs`; how many blocks were parsed.

    With `overtime` this process ends itself when a document takes too long, after writing to that file where it was. Raises
    `ReadError` (a document is to blame), `ModelError`, and what `Store.stage` raises when the disk is.
    """
    extractor = _reader(source.extractor, source.model)
    try:
        tables, blocks = _tables(source, extractor, chunk, overtime)
    except Exception as error:  # whatever a component raises is a failure of these documents, not of the run
        raise ReadError(one_line(error)) from error
    Store(source.processed, durable=False).stage(chunk.name, tables)
    return blocks


@contextmanager
def _time_limit(document_seconds: float, chunk: Chunk, overtime: Path | None) -> Iterator[None]:
    """End this process when the chunk takes longer than its longest document may.

    The watch is a thread of C (`faulthandler`): it ends also a process that hangs in a library and holds Python's lock.
    """
    seconds = document_seconds * max(math.ceil(len(task.text.text) / LIMIT_CHARACTERS) or 1 for task in chunk.tasks)
    if overtime is None or math.isinf(seconds):
        yield
        return
    with overtime.open("w", encoding="utf-8") as file:
        faulthandler.dump_traceback_later(seconds, exit=True, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _tables(source: Source, extractor: Any, chunk: Chunk, overtime: Path | None) -> tuple[dict[str, pa.Table], Blocks]:
    module = importlib.import_module(source.extractor)
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    with _time_limit(source.document_seconds, chunk, overtime):
        extractions, blocks = _extractions(source, module, extractor, chunk)
    seconds = time.perf_counter() - clock
    characters = sum(len(task.text.text) for task in chunk.tasks) or 1
    rows: dict[str, list[Any]] = {table: [] for table in RECORD_TABLES}
    runs = []
    for task, extraction in zip(chunk.tasks, extractions, strict=True):
        records = finish(_only(extraction, chunk.tables), task.text.published_on, task.kept, chunk.staged)
        for record in records:
            rows[_TABLE[type(record)]].append(record)
        runs.append(
            Run(
                doc_id=task.text.doc_id,
                content_hash=task.content_hash,
                pipeline_version=task.version or module.pipeline_version(source.model),
                component_versions=task.components or json.dumps(module.component_versions(source.model), sort_keys=True),
                attempt=task.attempt,
                started_at=started,
                finished_at=dt.datetime.now(dt.UTC),
                status="ok",
                seconds=seconds * len(task.text.text) / characters,
                record_count=len(records),
            )
        )
    made = {table: to_table(table, of) for table, of in rows.items() if of}
    return made | {"runs": to_table("runs", runs)}, blocks


_TABLE = {kind: table for table, kind in RECORD_TABLES.items()}
_ORDER = {kind: number for number, kind in enumerate(RECORD_TABLES.values())}


def _extractions(source: Source, module: Any, extractor: Any, chunk: Chunk) -> tuple[list[Extraction], Blocks]:
    """What the extractor reads, from annotation that is kept where there is any."""
    texts = [task.text for task in chunk.tasks]
    if source.annotations is None or not hasattr(module, "annotation_versions"):
        return list(extractor.extract(texts)), (0, 0)
    versions = module.annotation_versions(source.model)
    try:
        found = list(extractor.extract_annotated(texts, source.annotations.read(texts, versions), chunk.tables))
    except DamagedAnnotationError as error:
        logger.warning("%s: it is made again", error)
        found = list(extractor.extract_annotated(texts, [Annotation()] * len(texts), chunk.tables))
    source.annotations.write([(text, one.made) for text, one in zip(texts, found)], versions)
    return [one.extraction for one in found], (sum(one.blocks for one in found), sum(one.parsed_blocks for one in found))


def _only(extraction: Extraction, tables: tuple[str, ...] | None) -> Extraction:
    """Without the records of tables that were made on the way alone."""
    if tables is None:
        return extraction
    return replace(extraction, records=tuple(record for record in extraction.records if _TABLE[type(record)] in tables))


def finish(
    extraction: Extraction, published_on: dt.date | None, kept: Sequence[Record] = (), tables: Sequence[str] = tuple(RECORD_TABLES)
) -> list[Record]:
    """A document's records of some tables with entities, and with dollars at the rate of its publication day.

    `kept`: published records of tables that were not made anew; they tell names, and those of `tables` are among the records.
    """
    everything = sorted((*extraction.records, *kept), key=lambda record: _ORDER[type(record)]) if kept else extraction.records
    wanted = [record for record in everything if _TABLE[type(record)] in tables]
    return [_with_dollars(record, published_on) for record in with_entities(wanted, everything)]


def _with_dollars(record: Record, day: dt.date | None) -> Record:
    if not isinstance(record, (Amount, Deal)) or record.amount_min is None:
        return record
    worth = _rates().usd(record.amount_min, record.currency, day)
    if isinstance(record, Amount):
        return replace(record, amount_usd=worth.amount_usd, fx_date=worth.fx_date, fx_source=worth.source)
    return replace(record, amount_usd=worth.amount_usd, fx_date=worth.fx_date)


def one_line(error: BaseException) -> str:
    """An error as one line for `runs.error`."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]


DIED = "the process that read it ended without an answer"
OVERTIME = "reading it took longer than document_seconds allows"

logger = logging.getLogger(__name__)


class Workers:
    """Reads chunks in `count` processes (0: in this one). A context manager; the processes start with the first chunk."""

    def __init__(self, source: Source, count: int) -> None:
        self.source = source
        self.count = count
        self._pool: ProcessPoolExecutor | None = None
        self._notes: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop(wait_for_it=kind is None)
        if self._notes is not None:
            self._notes.cleanup()

    def start(self, *, parsed: bool) -> None:
        """Let the processes start and load what they need while the first chunks are still being made.

        `parsed`: of all texts annotation is kept. Without processes of their own nothing happens.
        """
        for _ in range(self.count):
            self._started().submit(_prepare, self.source, parsed)

    def read(self, parts: Iterable[Chunk], *, on_done: Callable[[Chunk], None] | None = None) -> Read:
        """Read chunks; those that fail are in `failed` with all their documents.

        No more chunks are on their way than there are processes, so that a process that dies takes only these along. `on_done` is
        called with each chunk that was staged.
        """
        done = Read()
        if self.count == 0:
            for part in parts:
                try:
                    blocks = read_chunk(self.source, part)
                except ReadError as error:
                    done.failed |= dict.fromkeys(part.doc_ids, str(error))
                else:
                    _note(done, part, blocks, on_done)
            return done
        waiting = iter(parts)
        running: dict[Future[Blocks], tuple[Chunk, ProcessPoolExecutor]] = {}
        while True:
            for part in itertools.islice(waiting, self.count - len(running)):
                future = self._submit(part)
                running[future] = part, cast(ProcessPoolExecutor, self._pool)
            if not running:
                return done
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                part, pool = running.pop(future)
                try:
                    blocks = future.result()
                except BrokenProcessPool:
                    if pool is self._pool:
                        self._stop(wait_for_it=False)
                    done.failed |= dict.fromkeys(part.doc_ids, self._cause(part))
                except ReadError as error:
                    done.failed |= dict.fromkeys(part.doc_ids, str(error))
                else:
                    _note(done, part, blocks, on_done)

    def _submit(self, part: Chunk) -> Future[Blocks]:
        try:
            return self._started().submit(read_chunk, self.source, part, self._overtime(part))
        except BrokenProcessPool:  # a process was ended while it had nothing to do
            self._stop(wait_for_it=False)
            return self._started().submit(read_chunk, self.source, part, self._overtime(part))

    def _overtime(self, part: Chunk) -> Path:
        """The file in which a worker writes where it was when its time was up."""
        if self._notes is None:
            self._notes = tempfile.TemporaryDirectory(prefix="communique-")
        return Path(self._notes.name) / part.name

    def _cause(self, part: Chunk) -> str:
        """Why the worker that read these documents ended."""
        note = self._overtime(part)
        said = note.read_text(encoding="utf-8", errors="replace") if note.exists() else ""
        note.unlink(missing_ok=True)
        if not said:
            return DIED
        logger.warning("reading %s took too long; the worker was ended at:\n%s", ", ".join(part.doc_ids), said)
        return OVERTIME

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # fork would copy locks of Prefect's threads
            self._pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=_end_with_parent)
        return self._pool

    def _stop(self, *, wait_for_it: bool) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=wait_for_it, cancel_futures=True)


def _note(done: Read, part: Chunk, blocks: Blocks, on_done: Callable[[Chunk], None] | None) -> None:
    done.staged.append(part.name)
    done.blocks += blocks[0]
    done.parsed_blocks += blocks[1]
    if on_done:
        on_done(part)


def _end_with_parent() -> None:
    """End this worker when the process that started it is gone: it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        cast(Any, parent).join()
        os._exit(1)

    if parent is not None:
        threading.Thread(target=watch, daemon=True).start()
