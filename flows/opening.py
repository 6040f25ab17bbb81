"""How do commands and flows get at the tables, and how does one run keep others away?

Every command and flow opens its store here, so that none can forget to refuse tables of another schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.errors import NoTablesError
from flows.memory import be_lean
from flows.tables.errors import StoreLockedError
from flows.tables.files import plain_errors
from flows.tables.store import Snapshot, Store

if TYPE_CHECKING:
    from flows.settings import Settings


class RunLockedError(StoreLockedError):
    """Another run is at work on the same tables."""


def open_store(settings: Settings, *, in_any_state: bool = False) -> Store:
    """The store of the settings' processed folder; there need not be tables in it yet.

    Raises `StoreError` where the folder is no store or its tables are damaged, `SchemaMismatchError` where they are of another schema;
    neither where `in_any_state`, which is for the commands that mend that.
    """
    store = Store(settings.processed, lock_timeout=settings.lock_seconds)
    if not in_any_state:
        store.current()
    return store


def tables_of(store: Store) -> Snapshot:
    """The newest tables of the store. Raises `NoTablesError` where there are none yet."""
    snapshot = store.current()
    if snapshot is None:
        raise NoTablesError(f"there are no tables in {store.path}: `communique run` makes them, --processed names another folder")
    return snapshot


@contextmanager
def run_lock(store: Store, seconds: float, *, shadow: str | None = None) -> Iterator[None]:
    """Hold the store for one run; the flows inside another flow share its hold. A shadow version has a hold of its own.

    Raises `RunLockedError`, `StoreError` where the folder cannot be written.
    """
    be_lean()
    with plain_errors(store.path):
        store.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(store.path / (f".run-{shadow}.lock" if shadow else ".run.lock"), is_singleton=True, thread_local=False)
        try:
            lock.acquire(timeout=seconds)
        except Timeout as error:
            raise RunLockedError(f"another run is at work on {store.path}: wait until it has ended") from error
    try:
        yield
    finally:
        lock.release()
