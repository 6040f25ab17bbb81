"""Which rows of another snapshot are those of documents that were forgotten since, and must not come back with it?

A snapshot of before, or a version made beside the current one, still holds them. Whoever makes it current takes the tombstones of
today over and those rows out, in the same commit.
"""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from flows.tables.changes import Change
from flows.tables.schemas import from_table, schema_of, to_table
from flows.tables.snapshot import Snapshot
from nlp.records import TABLES, Document, digest

_BY_PLACE = ("inputs", "rejects")


def hash_of_id(doc_id: str) -> str:
    """The `key_hash` of a doc_id; also what `forgotten.document` holds."""
    return digest("forgotten", "doc_id", doc_id)


def hash_of_place(collection: str, source: str) -> str:
    """The `key_hash` of a raw input's place."""
    return digest("forgotten", "source", collection, source)


def keep_out(snapshot: Snapshot, current: Snapshot | None) -> list[Change]:
    """The changes that make of `snapshot` what may follow `current`.

    Where a document goes all `entities` go too, since only the next linking knows which of them it shared with others.
    """
    if current is None or not current.rows("forgotten"):
        return []
    stones = current.read("forgotten")
    hashes = set(stones["key_hash"].to_pylist())
    ids = [one for one in snapshot.read("documents", ["doc_id"])["doc_id"].to_pylist() if hash_of_id(one) in hashes]
    changes = [Change("forgotten", stones, {"key_hash": snapshot.read("forgotten", ["key_hash"])["key_hash"].to_pylist()})]
    for table in _BY_PLACE:
        places = snapshot.read(table, ["collection", "source"]).to_pylist()
        gone = {(row["collection"], row["source"]) for row in places if hash_of_place(row["collection"], row["source"]) in hashes}
        changes.append(Change(table, None, {("collection", "source"): gone}))
    if ids:
        changes += [Change(table, None, {"doc_id": ids}) for table in TABLES if "doc_id" in schema_of(table).names]
        changes.append(Change("entities", None, {"entity_id": snapshot.read("entities", ["entity_id"])["entity_id"].to_pylist()}))
        changes.append(_orphaned_copies(snapshot, ids))
    return changes


def _orphaned_copies(snapshot: Snapshot, ids: list[str]) -> Change:
    """Copies of a document that goes: the first that was taken in takes its place."""
    where = pc.field("duplicate_of").isin(pa.array(ids)) & ~pc.field("doc_id").isin(pa.array(ids))
    copies: list[Document] = from_table("documents", snapshot.read("documents", where=where))
    first: dict[str | None, str] = {}
    decided = []
    for copy in sorted(copies, key=lambda one: (str(one.collected_at), one.collection, one.source)):
        original = first.get(copy.duplicate_of)
        first.setdefault(copy.duplicate_of, copy.doc_id)
        decided.append(dataclasses.replace(copy, duplicate_of=original, status="duplicate" if original else "ok"))
    return Change("documents", to_table("documents", decided), {"doc_id": [copy.doc_id for copy in decided]})
