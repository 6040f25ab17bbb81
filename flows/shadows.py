"""How are other tables made beside the current ones, and how do they take their place?

A shadow version is another pointer into the same folder of snapshots: it begins with the current tables, shares every file that is
equal, and changes when `reprocess --into` commits to it. Readers of `current` notice nothing until it is promoted.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.errors import NoTablesError, NotFoundError
from flows.link import link
from flows.tables.layout import SHADOW
from flows.tables.schemas import primary_key
from flows.tables.snapshot import Snapshot
from flows.tables.store import Change, Store
from nlp.records import RECORD_TABLES, TABLES

# What tells that a document of the current tables is another one than the shadow's
_STATE = ("doc_id", "content_hash", "status", "duplicate_of", "published_on")
_NOT_COPIED = ("documents", "entities", "runs", *RECORD_TABLES)


def shadow_names(store: Store) -> list[str]:
    """The shadow versions beside the current tables."""
    return [name.removeprefix(SHADOW) for name in store.pointers() if name.startswith(SHADOW)]


def begin_shadow(store: Store, name: str) -> Store:
    """The shadow version of this name; where there is none it begins with the current tables. Raises `NoTablesError`, `StoreError`."""
    shadow = store.shadow(name)
    if shadow.current() is None:
        current = store.current()
        if current is None:
            raise NoTablesError(f"there are no tables in {store.path} to begin a shadow version with: `communique run` makes them")
        shadow.fork(current)
    return shadow


def find_shadow(store: Store, name: str) -> tuple[Store, Snapshot]:
    """A shadow version that is there. Raises `NotFoundError`, which lists those that are."""
    shadow = store.shadow(name)
    snapshot = shadow.current()
    if snapshot is None:
        there = ", ".join(shadow_names(store)) or "none; `communique reprocess --into NAME` makes one"
        raise NotFoundError(f"there is no shadow version {name!r} in {store.path}; there are: {there}")
    return shadow, snapshot


def promote(store: Store, name: str) -> tuple[Snapshot, int]:
    """Make a shadow version the current tables, by one swap; the snapshot, and how many documents it had to take over first.

    What came into the current tables since the shadow began (documents, and what was forgotten) is taken over before. To be called
    while no run is at work on either. The tables of before stay among the snapshots.
    """
    shadow, _ = find_shadow(store, name)
    taken = catch_up(store, shadow)
    link(shadow)
    promoted = shadow.current()
    assert promoted is not None
    snapshot = store.restore(promoted, message=f"promote {name}")
    shadow.drop()
    return snapshot, taken


def catch_up(store: Store, shadow: Store) -> int:
    """Take over what came into the current tables, or left them, since the shadow began; of how many documents."""
    current, other = store.current(), shadow.current()
    if current is None or other is None:
        return 0
    ours, theirs = _states(current), _states(other)
    read, read_there = _read(current), _read(other)
    new = {doc_id for doc_id, state in ours.items() if theirs.get(doc_id) != state or doc_id in read - read_there}
    moved = new | (theirs.keys() - ours.keys())
    changes = [Change(table, *_exchanged(current, other, table)) for table in TABLES if table not in _NOT_COPIED]
    if moved:
        where = pc.field("doc_id").isin(sorted(new))
        for table in ("documents", "runs", *RECORD_TABLES):
            changes.append(Change(table, current.read(table, where=where), {"doc_id": moved}))
    shadow.commit(changes, message=f"take over {len(moved)} documents")
    return len(moved)


def _states(snapshot: Snapshot) -> dict[str, tuple[Any, ...]]:
    rows = snapshot.read("documents", list(_STATE))
    return {row[0]: row for row in zip(*(rows[name].to_pylist() for name in _STATE))}


def _read(snapshot: Snapshot) -> set[str]:
    """The documents that were read."""
    return set(snapshot.read("runs", ["doc_id"], pc.field("status") == "ok")["doc_id"].to_pylist())


def _exchanged(current: Snapshot, other: Snapshot, table: str) -> tuple[pa.Table | None, dict[Any, Any] | None]:
    """All rows of a ledger in the place of another's; nothing where they are equal."""
    rows, there = current.read(table), other.read(table)
    if rows.equals(there):
        return None, None
    key = primary_key(table)
    gone = set(zip(*(there[name].to_pylist() for name in key)))
    return rows, {key: gone} if gone else None
