"""How do raw inputs get into `documents`, `rejects` and `inputs`, so that a kill at any moment costs one batch and changes nothing?

Inputs are taken in sorted order of source, each decision rests on those taken before it, and a batch is one commit. A document that
changed takes its old rows out of all tables in the same commit, and copies that it was the original of are judged again at once.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import pickle
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc

from flows.documents import documents_version, make_document
from flows.identity import clean_record, file_of, hash_file
from flows.inputs import Ledger, RawFile
from flows.known import Known, with_original
from flows.readers import READER_VERSION, ReaderPool
from flows.readers.model import RawDocument, RawReject
from flows.tables.files import plain_errors
from flows.tables.schemas import from_table, to_table
from flows.tables.store import Change, Store
from flows.tombstones import Tombstones, source_key
from nlp.records import RECORD_TABLES, Document, Forgotten, Input, Reject

CHARACTERS = 20_000_000  # a batch is also full when its texts reach this
_KEY = ("collection", "source")


@dataclass
class Counts:
    """What an intake did, counted in raw inputs."""

    unchanged: int = 0
    new: int = 0
    changed: int = 0
    rejected: int = 0
    duplicates: int = 0
    unsupported: int = 0
    forgotten: int = 0

    def add(self, other: Counts) -> None:
        """Count what another intake, or batch, did."""
        for name, number in dataclasses.asdict(other).items():
            setattr(self, name, getattr(self, name) + number)


@dataclass(slots=True)
class Item:
    """One raw input that waits to be taken in."""

    file: RawFile
    file_hash: str
    source: str
    read: RawDocument | RawReject
    before: Input | None


@dataclass
class Batch:
    """What the next commit will hold."""

    documents: dict[str, Document] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)  # doc_ids whose row in `documents` is replaced or goes
    stale: set[str] = field(default_factory=set)  # doc_ids whose records go: their text has changed, or is no longer extracted
    inputs: dict[str, Input] = field(default_factory=dict)
    known_inputs: set[str] = field(default_factory=set)  # sources that have a row in `inputs`
    rejects: dict[str, Reject] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)  # sources whose row in `rejects` goes
    tombstones: dict[str, Forgotten] = field(default_factory=dict)  # by key_hash: other names of what was forgotten
    counts: Counts = field(default_factory=Counts)


class Intake:
    """Takes the files of one collection in: `take` them in sorted order, then `commit`. One at a time on a store."""

    def __init__(self, store: Store, collection: str, readers: ReaderPool, *, batch_size: int) -> None:
        self.counts = Counts()
        self._store = store
        self._collection = collection
        self._readers = readers
        self._batch_size = batch_size
        self._version = documents_version(READER_VERSION)
        self._clock = dt.datetime.min.replace(tzinfo=dt.UTC)
        self.reset()

    def reset(self) -> None:
        """Forget what is not committed and what was known, so that the same files can be taken again after an error."""
        snapshot = self._store.current()
        self._ledger = Ledger(snapshot, self._collection)
        self._tombstones = Tombstones(snapshot)
        self._known: Known | None = None
        self._queue: list[Item] = []
        self._characters = 0
        self._batch = Batch()
        self._whole: set[str] = set()
        self._cut: str | None = None

    @property
    def ledger(self) -> Ledger:
        """What was known of the collection's inputs at the start."""
        return self._ledger

    def is_forgotten(self, file: RawFile) -> bool:
        """Whether the file was forgotten on purpose: it is not opened."""
        return self._tombstones.of_source(self._collection, file.source) is not None

    def take(self, file: RawFile) -> None:
        """Read one file and queue what is new in it; commits whenever a batch is full.

        Raises `StoreError` and `OSError`; then `reset` before another try.
        """
        try:
            same = self._ledger.same_bytes(file, READER_VERSION)
            file_hash = "" if file.problem or same else hash_file(file.path)
        except FileNotFoundError:
            return  # gone since the folder was listed: its rows stay, like those of any file that vanished
        except OSError as error:
            why = RawReject("malformed", f"The file cannot be opened ({error.strerror}): change its permissions.")
            file, same, file_hash = dataclasses.replace(file, problem=why), [], ""
        if same:
            self._batch.counts.unchanged += len(same)
            for row in same:
                self._write_input(row, known=True)
        else:
            self._read(file, file_hash)
        if self._is_full():
            self.commit()

    def commit(self) -> None:
        """Decide on what is queued and publish it."""
        self._decide()
        batch, self._batch = self._batch, Batch()
        self._whole.clear()
        if not batch.inputs and not batch.known_inputs and not batch.tombstones:
            self.counts.add(batch.counts)
            return
        snapshot = self._store.commit(self._changes(batch), message="ingest")
        self.counts.add(batch.counts)
        if self._known:
            self._known.published(snapshot)

    def _is_full(self) -> bool:
        return len(self._queue) + len(self._batch.inputs) >= self._batch_size or self._characters >= CHARACTERS

    def _read(self, file: RawFile, file_hash: str) -> None:
        before = self._ledger.rows(file)
        seen: set[str] = set()
        for source, read in self._sources(file):
            if self._tombstones.of_source(self._collection, source):
                self._batch.counts.forgotten += 1
                continue
            if self._is_full():
                self._cut = file.source if seen else self._cut
                self.commit()
            seen.add(source)
            self._queue.append(Item(file, file_hash, source, read, before.get(source)))
            self._characters += len(read.text) if isinstance(read, RawDocument) else 0
        self._whole.add(file.source)
        for source, row in before.items():  # the reject of a file that was damaged, of a record that is gone
            if row.outcome == "rejected" and source not in seen:
                self._batch.known_inputs.add(source)
                self._batch.cleared.add(source)
        if self._cut == file.source:
            self._stamp(file)

    def _sources(self, file: RawFile) -> Iterator[tuple[str, RawDocument | RawReject]]:
        """What the file holds, sorted by source; a record id that stands a second time gets `~2`."""
        if file.problem:
            yield file.source, file.problem
            return
        with tempfile.TemporaryFile() as spool:  # a container may be larger than memory
            places: list[tuple[str, int]] = []
            counted: Counter[str] = Counter()
            for read in self._readers.iter(file.path):
                source = file.source if read.record is None else f"{file.source}#{clean_record(read.record)}"
                counted[source] += 1
                places.append((source if counted[source] == 1 else f"{source}~{counted[source]}", spool.tell()))
                with plain_errors(Path(tempfile.gettempdir())):
                    pickle.dump(read, spool)
            for source, place in sorted(places):
                spool.seek(place)
                yield source, pickle.load(spool)

    def _stamp(self, file: RawFile) -> None:
        """Give the rows of a container that were committed before its end the time that says it was read whole."""
        snapshot = self._store.current()
        if snapshot is None:
            return
        open_rows = snapshot.read("inputs", where=(pc.field("collection") == self._collection) & pc.field("mtime").is_null())
        for row in from_table("inputs", open_rows):
            if file_of(row.source) == file.source and row.source not in self._batch.inputs:
                self._write_input(dataclasses.replace(row, mtime=file.mtime), known=True)

    def _write_input(self, row: Input, *, known: bool) -> None:
        self._batch.inputs[row.source] = row
        if known:
            self._batch.known_inputs.add(row.source)

    def _now(self) -> dt.datetime:
        """The time, a little later at each call: the order of taking in can be read off `collected_at`."""
        self._clock = max(dt.datetime.now(dt.UTC), self._clock + dt.timedelta(microseconds=1))
        return self._clock

    def _decide(self) -> None:
        queue, self._queue, self._characters = self._queue, [], 0
        made: dict[int, Document] = {}
        refused: dict[int, Forgotten] = {}
        for number, item in enumerate(queue):
            if isinstance(item.read, RawDocument) and not _is_same_record(item):
                made[number] = make_document(item.read, self._collection, item.source, version=self._version, taken_at=self._now())
                if stone := self._tombstones.of_document(made[number]):
                    refused[number] = stone
                    del made[number]
        goes = (
            number in refused or isinstance(item.read, RawReject) for number, item in enumerate(queue) if item.before and item.before.doc_id
        )
        if made or any(goes):
            self._known = self._known or Known(self._store.current())
            self._known.look_up(made.values())
        for number, item in enumerate(queue):
            doc_id = None
            if number in refused:
                self._refuse(item, refused[number])
                continue
            if isinstance(item.read, RawReject):
                self._reject(item, item.read)
            elif number in made:
                doc_id = made[number].doc_id
                self._judge(made[number])
            else:
                doc_id = item.before.doc_id if item.before else None
                self._batch.counts.unchanged += 1
            if item.before and item.before.outcome == "rejected":
                self._batch.cleared.add(item.source)
            self._write_input(self._input_row(item, doc_id), known=item.before is not None)

    def _input_row(self, item: Item, doc_id: str | None) -> Input:
        return Input(
            collection=self._collection,
            source=item.source,
            size=item.read.size or item.file.size,
            mtime=item.file.mtime if item.file.source in self._whole else None,
            raw_hash=item.read.raw_hash or item.file_hash,
            file_size=item.file.size,
            file_hash=item.file_hash,
            reader_version=READER_VERSION,
            outcome="rejected" if isinstance(item.read, RawReject) else "document",
            doc_id=doc_id,
            seen_at=self._now(),
        )

    def _reject(self, item: Item, reject: RawReject) -> None:
        self._batch.counts.rejected += 1
        self._batch.rejects[item.source] = Reject(
            collection=self._collection, source=item.source, reason=reject.reason, detail=reject.detail, seen_at=self._now()
        )
        self._withdraw_document(item)

    def _refuse(self, item: Item, stone: Forgotten) -> None:
        """Something that was forgotten has come back under another name: that name is forgotten too, so that it is not opened again."""
        self._batch.counts.forgotten += 1
        kind, hashed = source_key(self._collection, item.source)
        self._batch.tombstones[hashed] = dataclasses.replace(stone, key_hash=hashed, kind=kind, forgotten_at=self._now())
        if item.before:
            self._batch.known_inputs.add(item.source)
            self._batch.cleared.add(item.source)
        self._withdraw_document(item)

    def _withdraw_document(self, item: Item) -> None:
        """Take away the document that was read from this input before."""
        doc_id = item.before.doc_id if item.before else None
        if doc_id and self._known:
            old = self._known.document(doc_id)
            if old and old.source == item.source:  # a fetched page may have come from another input since
                self._batch.documents.pop(doc_id, None)
                self._batch.replaced.add(doc_id)
                self._batch.stale.add(doc_id)
                self._judge_copies(self._known.forget(doc_id))

    def _judge(self, document: Document) -> None:
        """Decide whether a document is new, changed or a copy, and what that means for others."""
        assert self._known is not None
        before = self._known.content_hash(document.doc_id)
        if before is None:
            self._batch.counts.new += 1
        else:
            self._batch.replaced.add(document.doc_id)
        old = self._known.document(document.doc_id) if before == document.content_hash else None
        if old and (old.status == "unsupported_language") == (document.status == "unsupported_language"):
            self._batch.counts.unchanged += 1  # another wrapping of the same text: what was decided on it stands
            kept = dataclasses.replace(document, status=old.status, duplicate_of=old.duplicate_of, collected_at=old.collected_at)
            self._batch.documents[document.doc_id] = kept
            self._known.describe(kept)
            return
        copies = []
        if before is not None:
            self._batch.counts.changed += 1
            self._batch.stale.add(document.doc_id)
            copies = self._known.forget(document.doc_id)
        supported = document.status != "unsupported_language"
        decided = with_original(document, self._known.original_of(document) if supported else None)
        self._batch.counts.duplicates += decided.status == "duplicate"
        self._batch.counts.unsupported += not supported
        self._batch.documents[document.doc_id] = decided
        self._known.add(decided)
        self._judge_copies(copies)

    def _judge_copies(self, copies: list[Document]) -> None:
        """Documents that were copies of one that is no more what it was: the first of them may be an original now."""
        assert self._known is not None
        for copy in copies:
            self._known.forget(copy.doc_id)
            decided = with_original(copy, self._known.original_of(copy))
            self._known.add(decided)
            if decided != copy:
                self._batch.documents[copy.doc_id] = decided
                self._batch.replaced.add(copy.doc_id)

    def _changes(self, batch: Batch) -> list[Change]:
        known = {(self._collection, source) for source in batch.known_inputs}
        cleared = {(self._collection, source) for source in batch.cleared}
        changes = [
            Change("documents", to_table("documents", batch.documents.values()), {"doc_id": batch.replaced} if batch.replaced else None),
            Change("inputs", to_table("inputs", batch.inputs.values()), {_KEY: known} if known else None),
            Change("rejects", to_table("rejects", batch.rejects.values()), {_KEY: cleared} if cleared else None),
        ]
        if batch.tombstones:
            changes.append(Change("forgotten", to_table("forgotten", batch.tombstones.values())))
        if batch.stale:
            changes += [Change(table, None, {"doc_id": batch.stale}) for table in RECORD_TABLES]
        return changes


def _is_same_record(item: Item) -> bool:
    """A record that did not change in a container that did."""
    before = item.before
    return before is not None and before.outcome == "document" and bool(before.raw_hash) and before.raw_hash == item.read.raw_hash
