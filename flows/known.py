"""What has been taken in before: which documents, with which text, and which of them a new one may be a copy of?

Built from `documents` when the first new input arrives (ids, hashes and signatures, never texts) and kept up while a run takes
documents in. Documents of the batch that is being made lie over those published, so that a decision never depends on where one
batch ends and the next begins.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.duplicates import PERMUTATIONS, SIGNATURE_VERSION, SignatureIndex, Story, first_copy, read_story, signature
from flows.tables.schemas import from_table, month_of
from flows.tables.snapshot import Snapshot
from flows.temporary import plain_temporary_errors, temporary_database
from nlp.records import Document

_CHUNK = 20_000
_DAY_0 = dt.date(1970, 1, 1)
_SIGNATURE = PERMUTATIONS + 1
_WORDS = 500_000  # of the texts of possible originals that are kept at hand: about 10 MB


_TABLES = """
CREATE TABLE documents (doc_id TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE originals (doc_id TEXT PRIMARY KEY, day INTEGER, number INTEGER) WITHOUT ROWID;
CREATE TABLE first (hash TEXT PRIMARY KEY, doc_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE stories (number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL);
CREATE TABLE copied (doc_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Known:
    """The documents taken in so far: those of a snapshot, and those added since.

    Ids, hashes and days lie in a database in the folder for temporary files that goes with the object: so memory does not grow with the
    number of documents. Raises `StoreError` where that disk is full.
    """

    def __init__(self, snapshot: Snapshot | None) -> None:
        """Reads what is needed of all documents of the snapshot, in the order in which they were taken in."""
        self._snapshot = snapshot
        self._database = temporary_database(_TABLES)
        self._signatures = SignatureIndex()
        self._pending: dict[str, Document] = {}
        self._stories: OrderedDict[str, Story] = OrderedDict()
        self._words = 0
        if snapshot is not None:
            self._read(snapshot)

    def _ask(self, sql: str, *values: object) -> Any:
        """The first column of the first row; None where there is no row."""
        with plain_temporary_errors():
            row = self._database.execute(sql, values).fetchone()
        return row[0] if row else None

    def _read(self, snapshot: Snapshot) -> None:
        """All documents; signatures lie in a file until they are wanted in the order of taking in."""
        columns = ["doc_id", "content_hash", "status", "duplicate_of", "published_on"]
        order = ["collected_at", "collection", "source"]
        parts, places, written = [], [], 0
        with plain_temporary_errors(), tempfile.TemporaryFile() as spool:
            for part in snapshot.scan("documents", [*columns, *order, "minhash"]):
                signed = np.asarray(pc.list_value_length(part["minhash"])) == _SIGNATURE
                spool.write(pc.list_flatten(part["minhash"].filter(pa.array(signed))).to_numpy().astype(np.int32).tobytes())
                places.append(np.where(signed, written + np.cumsum(signed) - 1, -1))
                written += int(signed.sum())
                parts.append(part.drop_columns(["minhash"]))
            if not parts:
                return
            spool.flush()
            rows = pa.concat_tables(parts)
            taken_in = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in order])
            rows, place = rows.select(columns).take(taken_in), np.concatenate(places)[np.asarray(taken_in)]
            self._database.execute("BEGIN")
            for start in range(0, rows.num_rows, _CHUNK):
                self._read_chunk(rows.slice(start, _CHUNK).to_pylist(), place[start : start + _CHUNK].tolist(), spool.fileno())
            self._database.execute("COMMIT")

    def _read_chunk(self, rows: list[dict[str, Any]], places: list[int], spool: int) -> None:
        originals = [(row, place) for row, place in zip(rows, places) if row["status"] == "ok"]
        numbers: dict[str, int] = {}
        if signed := [(row["doc_id"], place) for row, place in originals if place >= 0]:
            size = _SIGNATURE * 4
            read = b"".join(os.pread(spool, size, place * size) for _, place in signed)
            values = np.frombuffer(read, dtype=np.int32).reshape(len(signed), _SIGNATURE)
            if (values[:, 0] != SIGNATURE_VERSION).any():  # made by another version of the algorithm
                again = [(doc_id, signature(" ".join(self._story(doc_id).words))) for doc_id, _ in signed]
                signed = [(doc_id, number) for number, (doc_id, made) in enumerate(again) if made]
                values = np.array([made for _, made in again if made], dtype=np.int32).reshape(len(signed), _SIGNATURE)
            days = {row["doc_id"]: row["published_on"] for row, _ in originals}
            added = self._signatures.add_many(values, [days[doc_id] for doc_id, _ in signed])
            numbers = dict(zip((doc_id for doc_id, _ in signed), added))
        insert = self._database.executemany
        insert("INSERT INTO documents VALUES (?, ?)", ((row["doc_id"], row["content_hash"]) for row in rows))
        insert("INSERT OR IGNORE INTO copied VALUES (?)", ((row["duplicate_of"],) for row in rows if row["duplicate_of"]))
        insert("INSERT OR IGNORE INTO first VALUES (?, ?)", ((row["content_hash"], row["doc_id"]) for row, _ in originals))
        insert(
            "INSERT INTO originals VALUES (?, ?, ?)",
            ((row["doc_id"], _number(row["published_on"]), numbers.get(row["doc_id"])) for row, _ in originals),
        )
        insert("INSERT INTO stories VALUES (?, ?)", ((number, doc_id) for doc_id, number in numbers.items()))

    def content_hash(self, doc_id: str) -> str | None:
        """The hash of the document's text as it is now; None for a new document."""
        found: str | None = self._ask("SELECT hash FROM documents WHERE doc_id = ?", doc_id)
        return found

    def document(self, doc_id: str) -> Document | None:
        """The whole row of a document."""
        if doc_id in self._pending:
            return self._pending[doc_id]
        if self._snapshot is None or self.content_hash(doc_id) is None:
            return None
        found = from_table("documents", self._snapshot.read("documents", where=pc.field("doc_id") == doc_id))
        return found[0] if found else None

    def original_of(self, document: Document) -> str | None:
        """The doc_id of the first document taken in that this one is a copy of."""
        same: str | None = self._ask("SELECT doc_id FROM first WHERE hash = ?", document.content_hash)
        if same is not None and same != document.doc_id:
            return same
        candidates = [doc_id for doc_id in self._candidates(document) if doc_id != document.doc_id]
        if not candidates:
            return None
        story = read_story(document.title, document.text, document.published_on)
        return first_copy(story, ((doc_id, self._story(doc_id)) for doc_id in candidates))

    def _candidates(self, document: Document) -> list[str]:
        """The originals that may be the same story, first taken in first; a story whose text has changed has another number since."""
        sql = "SELECT doc_id FROM stories JOIN originals USING (doc_id, number) WHERE number = ?"
        with plain_temporary_errors():
            numbers = self._signatures.candidates(document.minhash, document.published_on)
        return [doc_id for number in numbers if (doc_id := self._ask(sql, number))]

    def add(self, document: Document) -> None:
        """Take a document in: a new one, or the new state of one that is known (`forget` it first)."""
        self._pending[document.doc_id] = document
        self._drop(document.doc_id)
        with plain_temporary_errors():
            execute = self._database.execute
            execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (document.doc_id, document.content_hash))
            if document.status == "ok":
                number = self._signatures.add(document.minhash, document.published_on)
                execute("INSERT OR IGNORE INTO first VALUES (?, ?)", (document.content_hash, document.doc_id))
                row = (document.doc_id, _number(document.published_on), number)
                execute("INSERT OR REPLACE INTO originals VALUES (?, ?, ?)", row)
                if number is not None:
                    execute("INSERT INTO stories VALUES (?, ?)", (number, document.doc_id))
            if document.duplicate_of:
                execute("INSERT OR IGNORE INTO copied VALUES (?)", (document.duplicate_of,))

    def describe(self, document: Document) -> None:
        """Other columns of a document whose text and status stay as they are; its day may be another."""
        self._pending[document.doc_id] = document
        number = self._ask("SELECT number FROM originals WHERE doc_id = ?", document.doc_id)
        if number is not None:
            self._signatures.redate(number, document.published_on)
        with plain_temporary_errors():
            values = (_number(document.published_on), document.doc_id)
            self._database.execute("UPDATE originals SET day = ? WHERE doc_id = ?", values)

    def forget(self, doc_id: str) -> list[Document]:
        """Drop the old state of a document; gives the copies that were marked by it, in the order in which they were taken in."""
        self._pending.pop(doc_id, None)
        self._drop(doc_id)
        with plain_temporary_errors():
            execute = self._database.execute
            execute("DELETE FROM first WHERE doc_id = ? AND hash = (SELECT hash FROM documents WHERE doc_id = ?)", (doc_id, doc_id))
            execute("DELETE FROM documents WHERE doc_id = ?", (doc_id,))
            execute("UPDATE originals SET number = NULL WHERE doc_id = ?", (doc_id,))
            if not execute("DELETE FROM copied WHERE doc_id = ?", (doc_id,)).rowcount:
                return []
        copies = {document.doc_id: document for document in self._published_copies(doc_id)}
        copies = {key: self._pending.get(key, document) for key, document in copies.items() if self.content_hash(key)}
        copies |= {key: document for key, document in self._pending.items() if document.duplicate_of == doc_id}
        still = [document for document in copies.values() if document.duplicate_of == doc_id]
        return sorted(still, key=lambda d: (str(d.collected_at), d.collection, d.source))

    def _published_copies(self, doc_id: str) -> Iterable[Document]:
        if self._snapshot is None:
            return []
        return from_table("documents", self._snapshot.read("documents", where=pc.field("duplicate_of") == doc_id))

    def published(self, snapshot: Snapshot) -> None:
        """The batch is committed: what was pending stands in this snapshot now."""
        self._snapshot = snapshot
        self._pending.clear()

    def look_up(self, documents: Iterable[Document]) -> None:
        """Have the texts that these documents must be compared with at hand, by one pass over the table for all of them."""
        self._fetch({doc_id for document in documents for doc_id in self._candidates(document)})

    def _fetch(self, doc_ids: Iterable[str]) -> None:
        missing = [doc_id for doc_id in doc_ids if doc_id not in self._stories and doc_id not in self._pending]
        if not missing or self._snapshot is None:
            return
        days = [self._ask("SELECT day FROM originals WHERE doc_id = ?", doc_id) for doc_id in missing]
        months = {month_of(None if day is None else _DAY_0 + dt.timedelta(days=day)) for day in days}
        where = pc.field("doc_id").isin(missing)
        for part in self._snapshot.scan("documents", ["doc_id", "title", "text", "published_on"], where, months=months):
            for row in part.to_pylist():
                self._keep(row["doc_id"], read_story(row["title"], row["text"], row["published_on"]))

    def _story(self, doc_id: str) -> Story:
        if doc_id not in self._stories:
            if doc_id in self._pending:
                document = self._pending[doc_id]
                self._keep(doc_id, read_story(document.title, document.text, document.published_on))
            else:
                self._fetch([doc_id])
        return self._stories.get(doc_id) or read_story("", "")

    def _keep(self, doc_id: str, story: Story) -> None:
        self._stories[doc_id] = story
        self._words += len(story.words)
        while self._words > _WORDS and len(self._stories) > 1:
            self._words -= len(self._stories.popitem(last=False)[1].words)

    def _drop(self, doc_id: str) -> None:
        if story := self._stories.pop(doc_id, None):
            self._words -= len(story.words)


def _number(day: dt.date | None) -> int | None:
    """Days since 1970."""
    return None if day is None else (day - _DAY_0).days


def judge_again(snapshot: Snapshot, gone: Iterable[str], copies: Sequence[Document]) -> list[Document]:
    """Copies of documents that are gone, in the order in which they were taken in: the first of them may be an original now."""
    if not copies:
        return []
    known = Known(snapshot)
    for doc_id in gone:
        known.forget(doc_id)
    judged = []
    for copy in copies:
        known.forget(copy.doc_id)
        judged.append(with_original(copy, known.original_of(copy)))
        known.add(judged[-1])
    return judged


def with_original(document: Document, original: str | None) -> Document:
    """The document marked as the copy that it is, or as none."""
    if document.status == "unsupported_language":
        return document
    return dataclasses.replace(document, duplicate_of=original, status="duplicate" if original else "ok")
