"""The flows that people run and deploy: `ingest`, `extract`, `link`, and `pipeline`, which runs them one after the other.

A Prefect task is a batch and returns counts, never rows (Prefect keeps results until the flow ends). Every flow can be run again at
any time: it does what the tables say is not done. Parameters left out come from the settings.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import itertools
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.runtime import flow_run

from flows import checks
from flows.annotations import Annotations
from flows.extract import Extraction, Waiting
from flows.identity import collection_of
from flows.inputs import Ledger, RawFile, root_of, walk
from flows.intake import Intake
from flows.link import link as link_entities
from flows.memory import give_back
from flows.opening import open_store, run_lock
from flows.progress import Bar, Lines, Progress, wants_bar
from flows.readers import READER_VERSION, Limits, ReaderPool
from flows.settings import Settings, interim_folder, load
from flows.summary import as_markdown, headline, sections
from flows.tables.errors import StoreLockedError
from flows.tables.store import Store
from flows.workers import Workers

SMALL_JOB = 50  # documents; below, a second process costs more than it saves (MEASUREMENTS.md, "spaCy")
CHECK_FAILED = "communique.check.failed"  # the event that an automation may send a message for
MOST_WORKERS = 4  # by default: each holds a model of 345 MB


def is_transient(flow_task: Any, task_run: Any, state: Any) -> bool:
    """Whether a second try may succeed: another committer was at work, or the disk or network had a moment."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, (StoreLockedError, OSError)) and not isinstance(error, (FileNotFoundError, PermissionError))


_RETRIES: dict[str, Any] = {"retries": 2, "retry_delay_seconds": [2, 10], "retry_condition_fn": is_transient}


@contextmanager
def show_progress(settings: Settings) -> Iterator[Progress]:
    """A bar or log lines, as set."""
    with Bar() if wants_bar(settings.progress) else Lines(get_run_logger()) as progress:
        yield progress


def settings_of(given: dict[str, Any]) -> Settings:
    """The settings with the parameters of a flow that were given."""
    return load(**{name: value for name, value in given.items() if name in Settings.model_fields})


@task(name="ingest batch", cache_policy=NO_CACHE, persist_result=False, **_RETRIES)
def ingest_batch(intake: Intake, files: Sequence[RawFile]) -> dict[str, int]:
    """Take some files in; what was counted so far."""
    try:
        for file in files:
            intake.take(file)
        intake.commit()
    except BaseException:
        intake.reset()
        raise
    finally:
        give_back()
    return dataclasses.asdict(intake.counts)


@task(name="extract batch", cache_policy=NO_CACHE, persist_result=False, **_RETRIES)
def extract_batch(extraction: Extraction, batch: Sequence[Waiting], workers: Workers, progress: Progress) -> dict[str, float]:
    """Read some documents; what was counted so far."""
    try:
        extraction.run(batch, workers, lambda chunk: progress.advance(len(chunk.tasks)))
    finally:
        give_back()
    return dataclasses.asdict(extraction.counts)


@flow(name="ingest", validate_parameters=False)
def ingest(raw: str | None = None, processed: str | None = None, batch_size: int | None = None) -> dict[str, int]:
    """Take new and changed raw files in: into `documents`, `rejects` and `inputs`. How many inputs met which fate."""
    settings = settings_of(locals())
    root = root_of(settings.raw)
    store = open_store(settings)
    limits = Limits(seconds=settings.reader_seconds, memory_mb=settings.reader_memory_mb)
    with run_lock(store, settings.lock_seconds), ReaderPool(limits, root=root) as readers, show_progress(settings) as progress:
        intake = Intake(store, collection_of(settings.raw), readers, batch_size=settings.batch_size)
        ledger = intake.ledger  # that of the start, also when a batch is tried again
        seen = Counter(_fate(file, intake, ledger) for file in walk(settings.raw))
        if seen["changed"]:
            progress.begin("reading raw files", seen["changed"])
            # walked again and not kept, for a list of all files takes memory with each of them
            changed = (file for file in walk(settings.raw) if _fate(file, intake, ledger) == "changed")
            while part := list(itertools.islice(changed, settings.batch_size)):
                ingest_batch(intake, part)
                progress.advance(len(part))
        counts = dataclasses.asdict(intake.counts)
        counts["unchanged"] += seen["unchanged"]
        counts["forgotten"] += seen["forgotten"]
        return {"files": seen.total(), **counts}


def _fate(file: RawFile, intake: Intake, ledger: Ledger) -> str:
    """What an intake has to do about a file: nothing where it was `forgotten` or is `unchanged`."""
    if intake.is_forgotten(file):
        return "forgotten"
    return "unchanged" if ledger.is_unchanged(file, READER_VERSION) else "changed"


@flow(name="extract", validate_parameters=False)
def extract(
    processed: str | None = None,
    batch_size: int | None = None,
    workers: int | None = None,
    model: str | None = None,
    extractor: str | None = None,
    retry_failed: bool = False,
) -> dict[str, float]:
    """Read the documents that no run has read yet. Documents, records, words and seconds."""
    settings = settings_of(locals())
    store = open_store(settings)
    with run_lock(store, settings.lock_seconds), show_progress(settings) as progress:
        extraction = Extraction(
            store,
            extractor=settings.extractor,
            model=settings.model,
            attempts=settings.attempts,
            retry_failed=retry_failed,
            document_seconds=settings.document_seconds,
            annotations=kept_annotations(settings),
        )
        extraction.recover()
        waiting = extraction.pending()
        total = len(waiting)
        if not total:
            progress.note("no document waits to be read: the model was not loaded")
            return dataclasses.asdict(extraction.counts)
        progress.begin("extracting", total)
        with Workers(extraction.source, worker_count(settings.workers, total)) as pool:
            for batch in extraction.batches(settings.batch_size, waiting):
                extract_batch(extraction, batch, pool, progress)
        return dataclasses.asdict(extraction.counts)


def kept_annotations(settings: Settings) -> Annotations | None:
    """Where annotation is kept; None where it is not to be."""
    return Annotations(interim_folder(settings), settings.processed) if settings.keep_annotation else None


def worker_count(setting: int | None, documents: int) -> int:
    """How many processes read: as set, else one a core, at most four, and one for a small job."""
    if setting is not None:
        return setting
    return (
        min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST_WORKERS)
        if documents > SMALL_JOB
        else 1
    )


@flow(name="link", validate_parameters=False)
def link(processed: str | None = None) -> int | None:
    """Bring `entities` up to date; how many there are, None where nothing had changed."""
    settings = settings_of(locals())
    store = open_store(settings)
    with run_lock(store, settings.lock_seconds):
        return link_entities(store)


@flow(name="pipeline", validate_parameters=False)
def pipeline(
    raw: str | None = None,
    processed: str | None = None,
    batch_size: int | None = None,
    workers: int | None = None,
    model: str | None = None,
    extractor: str | None = None,
    retry_failed: bool = False,
    strict: bool | None = None,
) -> dict[str, Any]:
    """Raw documents to tables: ingest, extract, link, and checks of what came out; `strict` fails the run where one fails."""
    began = dt.datetime.now(dt.UTC)
    settings = settings_of(locals())
    store = open_store(settings)
    with run_lock(store, settings.lock_seconds):
        taken = ingest(raw, processed, batch_size)
        read = extract(processed, batch_size, workers, model, extractor, retry_failed)
        entities = link(processed)
        failed = watch(store, began, settings)
        done = {"ingest": taken, "extract": read, "entities": entities, "failed_checks": failed}
        snapshot = store.current()
        if snapshot is not None:
            summary = as_markdown(headline(done), sections(snapshot))
            create_markdown_artifact(key="communique-run", markdown=summary, description=f"What the run into {store.path.name} did")
        if failed and settings.strict:
            raise checks.ChecksFailedError(f"{len(failed)} of the checks after the run failed: {'; '.join(failed)}")
        return done


def watch(store: Store, began: dt.datetime, settings: Settings) -> list[str]:
    """Check what was done since `began`: rows of `run_metrics`, an artifact, and an event where checks failed; a sentence for each.

    The rows are published whatever the checks say: they tell people where to look, and never hide what was read.
    """
    version = importlib.import_module(settings.extractor).pipeline_version(settings.model)
    rows = checks.check_run(store, str(flow_run.id or began.isoformat()), began, version)
    failed = [checks.sentence(row) for row in rows if row.status == "failed"]
    if rows:
        create_markdown_artifact(key="communique-checks", markdown=checks.as_markdown(rows), description="How the run compares with others")
    for one in failed:
        get_run_logger().warning("check failed: %s", one)
    if failed:
        resource = {"prefect.resource.id": f"communique.tables.{store.path.name}", "prefect.resource.name": store.path.name}
        emit_event(CHECK_FAILED, resource=resource, payload={"message": "; ".join(failed)})
    return failed
