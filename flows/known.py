"""What has been taken in before: which documents, with which text, and which of them a new one may be a copy of?

Built from `documents` when the first new input arrives (ids, hashes and signatures, never texts) and kept up while a run takes
documents in. Documents of the batch that is being made lie over those published, so that a decision never depends on where one
batch ends and the next begins.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.duplicates import SIGNATURE_VERSION, SignatureIndex, Story, first_copy, read_story, signature
from flows.tables.schemas import from_table
from flows.tables.snapshot import Snapshot
from nlp.records import Document

_CHUNK = 10_000
_WORDS = 500_000  # of the texts of possible originals that are kept at hand: about 40 MB


class Known:
    """The documents taken in so far: those of a snapshot, and those added since."""

    def __init__(self, snapshot: Snapshot | None) -> None:
        """Reads what is needed of all documents of the snapshot, in the order in which they were taken in."""
        self._snapshot = snapshot
        self._hashes: dict[str, str] = {}
        self._first: dict[str, str] = {}
        self._copied: set[str] = set()
        self._days: dict[str, dt.date | None] = {}
        self._signatures = SignatureIndex()
        self._pending: dict[str, Document] = {}
        self._stories: OrderedDict[str, Story] = OrderedDict()
        self._words = 0
        if snapshot is not None:
            self._read(snapshot)

    def _read(self, snapshot: Snapshot) -> None:
        columns = ["doc_id", "content_hash", "status", "duplicate_of", "published_on", "minhash"]
        order = ["collected_at", "collection", "source"]
        rows = snapshot.read("documents", [*columns, *order])
        rows = rows.take(pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in order])).select(columns)
        for start in range(0, rows.num_rows, _CHUNK):
            self._read_chunk(rows.slice(start, _CHUNK))

    def _read_chunk(self, rows: pa.Table) -> None:
        texts = rows.select(["doc_id", "content_hash", "status", "duplicate_of", "published_on"]).to_pylist()
        signatures: list[list[int] | tuple[int, ...]] = rows["minhash"].to_pylist()
        for row in texts:
            self._hashes[row["doc_id"]] = row["content_hash"]
            if row["duplicate_of"]:
                self._copied.add(row["duplicate_of"])
            if row["status"] == "ok":
                self._first.setdefault(row["content_hash"], row["doc_id"])
                self._days[row["doc_id"]] = row["published_on"]
        originals = [(row["doc_id"], values) for row, values in zip(texts, signatures) if row["status"] == "ok" and values]
        if any(values[0] != SIGNATURE_VERSION for _, values in originals):  # made by another version of the algorithm
            originals = [(doc_id, signature(" ".join(self._story(doc_id).words))) for doc_id, _ in originals]
        if originals:
            self._signatures.add_many([doc_id for doc_id, _ in originals], np.array([values for _, values in originals], dtype=np.int32))

    def content_hash(self, doc_id: str) -> str | None:
        """The hash of the document's text as it is now; None for a new document."""
        return self._hashes.get(doc_id)

    def document(self, doc_id: str) -> Document | None:
        """The whole row of a document."""
        if doc_id in self._pending:
            return self._pending[doc_id]
        if doc_id not in self._hashes or self._snapshot is None:
            return None
        found = from_table("documents", self._snapshot.read("documents", where=pc.field("doc_id") == doc_id))
        return found[0] if found else None

    def original_of(self, document: Document) -> str | None:
        """The doc_id of the first document taken in that this one is a copy of."""
        same = self._first.get(document.content_hash)
        if same is not None and same != document.doc_id:
            return same
        candidates = [doc_id for doc_id in self._signatures.candidates(document.minhash) if doc_id != document.doc_id]
        if not candidates:
            return None
        story = read_story(document.title, document.text, document.published_on)
        return first_copy(story, ((doc_id, self._story(doc_id)) for doc_id in candidates))

    def add(self, document: Document) -> None:
        """Take a document in: a new one, or the new state of one that is known (`forget` it first)."""
        self._pending[document.doc_id] = document
        self._hashes[document.doc_id] = document.content_hash
        self._drop(document.doc_id)
        if document.status == "ok":
            self._first.setdefault(document.content_hash, document.doc_id)
            self._days[document.doc_id] = document.published_on
            self._signatures.add(document.doc_id, document.minhash)
        if document.duplicate_of:
            self._copied.add(document.duplicate_of)

    def describe(self, document: Document) -> None:
        """Other columns of a document whose text and status stay as they are."""
        self._pending[document.doc_id] = document

    def forget(self, doc_id: str) -> list[Document]:
        """Drop the old state of a document; gives the copies that were marked by it, in the order in which they were taken in."""
        before = self._hashes.pop(doc_id, None)
        self._pending.pop(doc_id, None)
        self._drop(doc_id)
        self._signatures.remove(doc_id)
        if before is not None and self._first.get(before) == doc_id:
            del self._first[before]
        if doc_id not in self._copied:
            return []
        self._copied.discard(doc_id)
        copies = {document.doc_id: document for document in self._published_copies(doc_id)}
        copies = {key: self._pending.get(key, document) for key, document in copies.items() if key in self._hashes}
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
        self._fetch({doc_id for document in documents for doc_id in self._signatures.candidates(document.minhash)})

    def _fetch(self, doc_ids: Iterable[str]) -> None:
        missing = [doc_id for doc_id in doc_ids if doc_id not in self._stories and doc_id not in self._pending]
        if not missing or self._snapshot is None:
            return
        days = {self._days.get(doc_id) for doc_id in missing}
        where = pc.field("doc_id").isin(missing)
        if None not in days:  # whole months need not be opened
            where &= pc.field("published_on").isin(pa.array(sorted(day for day in days if day), pa.date32()))
        for part in self._snapshot.scan("documents", ["doc_id", "title", "text", "published_on"], where):
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
