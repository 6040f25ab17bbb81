"""How does a document leave the tables for good?

In one commit: its rows go from every table, `entities` is made anew without it, copies of it are judged again, and tombstones take its
place, so that no later run takes it in again, under whatever name (`flows.tombstones`). What lies outside of the newest tables is
`flows.purge`'s to remove.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from flows.entities import LINKED_LABELS
from flows.errors import NotFoundError
from flows.identity import file_of
from flows.known import judge_again
from flows.link import build
from flows.tables.errors import TableError
from flows.tables.schemas import from_table, schema_of, to_table
from flows.tables.snapshot import Snapshot
from flows.tables.store import Change, Staged, Store
from flows.terminal import plain, shorten
from flows.tombstones import Key, Tombstones, doc_id_key, keys_of, plain_address, source_key, url_key
from nlp.records import TABLES, Document, Forgotten

LISTED = 5  # documents that an ambiguous name lists
_SHORTEST_ID = 6  # characters of the beginning of a doc_id that may stand for it

Place = tuple[str, str]
"""Collection and source of a raw input."""


@dataclass
class Found:
    """What a name leads to."""

    documents: list[Document] = field(default_factory=list)
    places: set[Place] = field(default_factory=set)
    """Where its raw inputs stand, also those that became no document; a container's file where that was named."""
    copies: list[Document] = field(default_factory=list)
    """Copies of these documents that are not among them, in the order in which they were taken in."""

    @property
    def doc_ids(self) -> set[str]:
        return {document.doc_id for document in self.documents}


@dataclass(frozen=True)
class Done:
    """What was forgotten: how many documents, with how many rows of other tables, and how many copies stay and are judged anew."""

    documents: int
    rows: int
    copies: int


def find(snapshot: Snapshot, name: str, *, copies: bool = False) -> Found:
    """The documents and raw inputs that a name leads to.

    A doc_id, a source, an address or a container's file stands for all that have it; the beginning of a doc_id, the end of a source or
    a title for the one document that has it. With `copies` the copies of these are forgotten too. Raises `NotFoundError`.
    """
    columns = ["doc_id", "collection", "source", "url", "canonical_url", "title"]
    rows = snapshot.read("documents", columns).to_pylist()
    inputs = snapshot.read("inputs", ["collection", "source", "doc_id"]).to_pylist()
    places = {(row["collection"], row["source"]) for row in inputs if name in (row["source"], file_of(row["source"]))}
    ids = {row["doc_id"] for row in inputs if (row["collection"], row["source"]) in places and row["doc_id"]}
    ids |= {row["doc_id"] for row in rows if _is_named(row, name)}
    if not ids and not places:
        ids = _one(rows, name)
    if not ids and not places:
        raise NotFoundError(f"no document or raw file has the id, source, address or title {plain(name)!r}")
    if copies:
        ids |= set(snapshot.read("documents", ["doc_id"], pc.field("duplicate_of").isin(list(ids)))["doc_id"].to_pylist())
    places |= {(collection, name) for collection, source in places if source != name and file_of(source) == name}
    documents = from_table("documents", snapshot.read("documents", where=pc.field("doc_id").isin(list(ids))))
    places |= {(row["collection"], row["source"]) for row in inputs if row["doc_id"] in ids}
    places |= {(document.collection, document.source) for document in documents}
    found = Found(documents, places)
    marked = from_table("documents", snapshot.read("documents", where=pc.field("duplicate_of").isin(list(ids))))
    found.copies = sorted((one for one in marked if one.doc_id not in ids), key=lambda d: (str(d.collected_at), d.collection, d.source))
    return found


def _is_named(row: dict[str, str | None], name: str) -> bool:
    addresses = (row["url"], row["canonical_url"])
    return name in (row["doc_id"], row["source"]) or plain_address(name) in {plain_address(one) for one in addresses if one}


def _one(rows: Sequence[dict[str, str | None]], name: str) -> set[str | None]:
    """The one document whose id begins so, whose source ends so, or whose title it is."""
    for fits in (
        lambda row: len(name) >= _SHORTEST_ID and row["doc_id"].startswith(name),
        lambda row: row["source"].endswith(f"/{name}"),
        lambda row: bool(name.strip()) and row["title"].casefold() == name.strip().casefold(),
    ):
        found = [row for row in rows if fits(row)]
        if len(found) > 1:
            some = ", ".join(shorten(source, 60) for source in sorted(str(row["source"]) for row in found)[:LISTED])
            more = "more than " * (len(found) > LISTED)
            raise NotFoundError(f"{plain(name)!r} fits {more}{min(len(found), LISTED)} documents: {some}: name one by its source or id")
        if found:
            return {found[0]["doc_id"]}
    return set()


def forget(store: Store, found: Found, reason: str, *, also: Iterable[Place] = ()) -> Done:
    """Take what was found out of all tables, in one commit that also lays the tombstones.

    `also` are more places that must not be read again. Raises what `Store.commit` raises; then nothing has changed.
    """
    snapshot = store.current()
    assert snapshot is not None
    ids = found.doc_ids
    now = dt.datetime.now(dt.UTC)
    stones = list(_tombstones(snapshot, found, {*found.places, *also}, reason, now))
    changes = []
    rows = 0
    for table in TABLES:
        if table != "documents" and "doc_id" in schema_of(table).names and table != "inputs" and ids:
            changes.append(Change(table, None, {"doc_id": ids}))
            rows += sum(part.num_rows for part in snapshot.scan(table, ["doc_id"], pc.field("doc_id").isin(list(ids))))
    judged = judge_again(snapshot, ids, found.copies)
    gone = ids | {copy.doc_id for copy in judged}
    changes += [
        Change("documents", to_table("documents", judged), {"doc_id": gone} if gone else None),
        *(Change(table, None, {("collection", "source"): found.places}) for table in ("inputs", "rejects")),
        Change("entities", to_table("entities", build(snapshot, without=ids)), {"label": set(LINKED_LABELS)}),
        Change("forgotten", to_table("forgotten", stones)),
    ]
    store.commit(changes, message="forget", discard=[staged for staged in store.staged() if _may_hold(staged, ids)])
    return Done(len(ids), rows, len(found.copies))


def lift(store: Store, name: str, collections: Iterable[str]) -> int:
    """Remove the tombstones of a document, so that the next run takes it in again; how many documents these were.

    `name` is a doc_id, an address or a source, the last in one of the `collections`. Raises `NotFoundError`.
    """
    snapshot = store.current()
    groups = tombstone_groups(Tombstones(snapshot), name, collections)
    if not groups:
        raise NotFoundError(f"nothing that was forgotten has the id, source or address {plain(name)!r}")
    keys = {row.key_hash for row in Tombstones(snapshot).of_group(groups)}
    store.commit([Change("forgotten", None, {"key_hash": keys})], message="lift")
    return len(groups)


def tombstone_groups(stones: Tombstones, name: str, collections: Iterable[str]) -> set[str]:
    """The documents, by the column `document`, whose tombstones a doc_id, an address or a source leads to."""
    keys = [doc_id_key(name), url_key(name), *(source_key(collection, name) for collection in collections)]
    found = (stones.find([key]) for key in keys)
    return {row.document for row in found if row}


def _tombstones(snapshot: Snapshot, found: Found, places: set[Place], reason: str, now: dt.datetime) -> Iterator[Forgotten]:
    laid = {row["key_hash"] for row in snapshot.read("forgotten", ["key_hash"]).to_pylist()}
    kept = _keys_that_stay(snapshot, found)
    by_place = {(document.collection, document.source): document.doc_id for document in found.documents}
    for row in snapshot.read("inputs", ["collection", "source", "doc_id"]).to_pylist():
        if row["doc_id"] in found.doc_ids:
            by_place[row["collection"], row["source"]] = row["doc_id"]
    keys: list[tuple[Key, str]] = [(key, document.doc_id) for document in found.documents for key in keys_of(document)]
    keys += [(source_key(*place), by_place.get(place, "\x1f".join(place))) for place in sorted(places)]
    for (kind, hashed), document in keys:
        if hashed not in laid and hashed not in kept:
            laid.add(hashed)
            yield Forgotten(key_hash=hashed, kind=kind, document=doc_id_key(document)[1], reason=reason, forgotten_at=now)


def _keys_that_stay(snapshot: Snapshot, found: Found) -> set[str]:
    """Hashes of the keys of documents that stay and could share an address or the words with one that goes."""
    counts = sorted({document.word_count for document in found.documents})
    addresses = {plain_address(one) for document in found.documents for one in (document.url, document.canonical_url) if one}
    ids: set[str] = set()
    for row in snapshot.read("documents", ["doc_id", "url", "canonical_url"]).to_pylist() if addresses else ():
        if addresses & {plain_address(one) for one in (row["url"], row["canonical_url"]) if one}:
            ids.add(row["doc_id"])
    where = pc.field("word_count").isin(pa.array(counts, pa.int32())) | pc.field("doc_id").isin(pa.array(sorted(ids), pa.string()))
    staying: set[str] = set()
    for part in snapshot.scan("documents", where=where):
        for document in from_table("documents", part):
            if document.doc_id not in found.doc_ids:
                staying |= {hashed for _, hashed in keys_of(document)}
    return staying


def _may_hold(staged: Staged, ids: set[str]) -> bool:
    """Whether a staged batch holds rows of one of the documents; one that cannot be read may."""
    try:
        return any("doc_id" in schema_of(table).names and ids & set(staged.read(table)["doc_id"].to_pylist()) for table in staged.tables)
    except (TableError, pa.ArrowException, OSError):
        return True
