"""The flow `reprocess`: what changed components have made old is made new, batch by batch."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from prefect import flow

from flows.link import is_linked, keep_linked
from flows.link import link as link_entities
from flows.opening import open_store, run_lock
from flows.pipeline import extract_batch, kept_annotations, settings_of, show_progress, worker_count
from flows.reprocess import Reprocessing, Selection
from flows.settings import Settings
from flows.shadows import begin_shadow
from flows.tables.store import Store
from flows.workers import Source, Workers

IN_THIS_PROCESS = 400
"""Documents whose records are made from kept annotation before other processes, with a vocabulary of their own, are worth their start."""


@flow(name="reprocess", validate_parameters=False)
def reprocess(
    processed: str | None = None,
    since: dt.date | str | None = None,
    until: dt.date | str | None = None,
    source: str | None = None,
    component: Sequence[str] = (),
    where: str | None = None,
    into: str | None = None,
    retry_failed: bool = False,
    batch_size: int | None = None,
    workers: int | None = None,
    model: str | None = None,
    extractor: str | None = None,
) -> dict[str, Any]:
    """Make the rows of documents new that were read by components which have changed since. Documents, failed, records and seconds.

    All parameters choose documents (`Selection`), but for `into`: then the new rows go into a shadow version of that name beside the
    current tables. Begun again, it goes on where it was.
    """
    settings = settings_of(locals() | {"reprocess_batch_size": batch_size})
    current = open_store(settings)
    with run_lock(current, settings.lock_seconds, shadow=into), show_progress(settings) as progress:
        store: Store = begin_shadow(current, into) if into else current
        selection = Selection(_day(since), _day(until), source, where, tuple(component))
        with _early_workers(store, settings, selection) as early:
            work = Reprocessing(
                store,
                selection,
                extractor=settings.extractor,
                model=settings.model,
                attempts=settings.attempts,
                retry_failed=retry_failed,
                document_seconds=settings.document_seconds,
                annotations=kept_annotations(settings),
            )
            work.recover()
            batches = list(work.batches(settings.reprocess_batch_size))
            total = sum(map(len, batches))
            done = dataclasses.asdict(work.counts)
            if not total:
                progress.note("nothing is old: no document was read")
                return done | {"old": 0}
            linked = is_linked(store)
            progress.begin("reprocessing", total)
            with early if early.count else Workers(work.source, _processes(settings.workers, total, work)) as pool:
                for batch in batches:
                    done |= extract_batch(work, batch, pool, progress)
            if linked and work.leaves_entities():
                keep_linked(store)
            else:
                link_entities(store)
        return done | {"old": total}


def _early_workers(store: Store, settings: Settings, selection: Selection) -> Workers:
    """Processes that load what they need while it is still being found out what is old: where all of many documents are meant it
    is mostly all of them. Workers without processes where that is not worth it."""
    kept, snapshot = kept_annotations(settings), store.current()
    listed = snapshot.manifest.tables.get("documents") if snapshot else None
    documents = sum(file.rows for file in listed.files) if listed else 0
    worth_it = selection == Selection() and documents > IN_THIS_PROCESS and kept is not None and kept.path.exists()
    source = Source(settings.extractor, settings.model, store.path, settings.document_seconds, kept)
    workers = Workers(source, worker_count(settings.workers, documents) if worth_it else 0)
    workers.start(parsed=True)
    return workers


def _processes(setting: int | None, documents: int, work: Reprocessing) -> int:
    kept = work.source.annotations
    if setting is None and documents <= IN_THIS_PROCESS and not work.is_whole() and kept is not None and kept.path.exists():
        return 0
    return worker_count(setting, documents)


def _day(value: dt.date | str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
