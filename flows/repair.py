"""What is broken: how is it made whole again, from raw, from files of older snapshots, from kept annotation, and from what stands?

A repair is one commit: files that cannot be used are left out, rows that are whole in an older snapshot's copy of such a file come
back, and rows that contradict others go, together with the rows of the ledger that say they were made. What is missing then is what
the next run makes, as for any new document. A row that nothing can make again is not dropped unasked: it is told.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.errors import InputError
from flows.file_checks import BadFile, what_is_wrong
from flows.identity import collection_of, file_of
from flows.inputs import walk
from flows.integrity import Report, examine
from flows.known import judge_again
from flows.link import FINGERPRINT
from flows.opening import tables_of
from flows.row_checks import BadRows
from flows.tables.errors import SchemaMismatchError, StoreError, TableError
from flows.tables.layout import snapshot_time
from flows.tables.manifest import DataFile, Manifest, TableFiles, data_file
from flows.tables.schemas import columns_of, from_table, primary_key, schema_of, to_table, upgrade
from flows.tables.snapshot import Snapshot
from flows.tables.store import Change, Store
from flows.terminal import shorten
from nlp.records import RECORD_TABLES, TABLES, Document, Input

Place = tuple[str, str]


class LossError(InputError):
    """Some of what is broken cannot be made again."""


@dataclass
class Plan:
    """What a repair does; `lost` are sentences on what it cannot bring back."""

    restored: dict[str, list[pa.Table]] = field(default_factory=dict)
    """Rows by table that are whole in an older snapshot."""
    reread: set[Place] = field(default_factory=set)
    """Raw inputs that are taken in again."""
    extracted: set[str] = field(default_factory=set)
    """Documents that are extracted again."""
    orphans: set[str] = field(default_factory=set)
    """Documents whose records go, for they are not there."""
    lost: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    link_anew: bool = False


def usable(store: Store) -> tuple[Snapshot, str]:
    """The newest tables, also where the pointer or their manifest is broken; and a sentence on what was broken, "" where nothing was.

    Raises `NoTablesError` where there is nothing to be repaired, `SchemaMismatchError` where `communique upgrade` comes first.
    """
    try:
        return tables_of(store), ""
    except SchemaMismatchError:
        raise
    except StoreError as error:
        snapshots = store.snapshots()
        if not snapshots:
            raise
        link = store.path / "current"
        newest = next((one for one in snapshots if link.is_symlink() and one.path == link.resolve()), snapshots[-1])
        try:
            newest.manifest  # noqa: B018  read now, so that what is wrong is told here
        except (StoreError, FileNotFoundError):
            newest.__dict__["manifest"] = _manifest_of(newest)
        return newest, f"{error}: taken up from snapshot {newest.id}"


def _manifest_of(snapshot: Snapshot) -> Manifest:
    """A manifest made of the files that are there and can be read."""
    tables = {}
    for table in TABLES:
        folder = snapshot.path / table
        files = []
        for path in sorted(folder.rglob("*.parquet")):
            try:
                rows = _read(table, path)
            except (OSError, pa.ArrowException, TableError):
                continue
            with path.open("rb") as opened:
                sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            files.append(data_file(table, path.relative_to(folder).as_posix(), rows, path.stat().st_size, sha256))
        tables[table] = TableFiles(columns_of(table), tuple(files))
    return Manifest(snapshot.id, None, snapshot_time(snapshot.id), "", {}, tables)


def repair(store: Store, raw: Path | None, *, drop: bool = False) -> list[str]:
    """Publish what is whole, so that the next run makes the rest again; what was broken, [] where nothing was.

    `drop` gives up what nothing can make again; else `LossError` is raised for it and nothing changes. To be called under the run lock.
    """
    snapshot, pointer = usable(store)
    report = examine(store, snapshot, None)
    if not report.broken and not pointer:
        return []
    carry_out(store, report, plan_repair(store, report, raw), drop=drop)
    return [pointer] * bool(pointer) + report.broken


def plan_repair(store: Store, report: Report, raw: Path | None) -> Plan:
    """What is to be done about a report's findings."""
    return _Planner(store, report, raw).plan()


def carry_out(store: Store, report: Report, plan: Plan, *, drop: bool = False) -> Snapshot:
    """Publish the repair. Raises `LossError` where rows would be lost and that was not agreed to by `drop`."""
    if plan.lost and not drop:
        raise LossError(f"{'; '.join(plan.lost)}: put the raw files back, or give them up with --drop")
    component = dict(report.snapshot.manifest.component)
    if plan.link_anew:
        component.pop(FINGERPRINT, None)
    return store.mend(report.sound, plan.changes, message="repair", component=component)


class _Planner:
    """Collects what to do, finding by finding."""

    def __init__(self, store: Store, report: Report, raw: Path | None) -> None:
        self.report = report
        self.sound = report.sound
        self.older = [one for one in reversed(store.snapshots()) if one.id != report.snapshot.id and _is_readable(one)]
        self.there = {(collection_of(raw), file.source) for file in walk(raw)} if raw else set()
        self.work = Plan()

    def plan(self) -> Plan:
        damaged = [bad for bad in self.report.files if bad.file]
        left = [bad for bad in damaged if not self._from_a_twin(bad)]
        if len(left) < len(damaged):  # what those rows would have explained is no finding any more
            self._look_again()
        handlers: dict[str, Callable[[BadRows], None]] = {
            "twice": self._twice,
            "lost_document": self._lost_documents,
            "unknown_document": self._unknown_documents,
            "lost_reject": self._lost_rejects,
            "unknown_reject": lambda bad: self._remove("rejects", ("collection", "source"), bad.keys),
            "lost_original": lambda bad: None,  # judged below, when it is known which documents stay
            "orphan": lambda bad: self.work.orphans.update(map(str, bad.keys)),
            "not_read": lambda bad: self._remove(bad.table, "doc_id", bad.keys),
            "other_day": self._extract,
            "no_run": self._extract,
            "lost_records": self._extract,
            "off": self._extract,
            "other_entities": lambda bad: None,
        }
        for bad in left:
            self._unusable(bad)
        self._count_documents(left)
        for found in self.rows:
            handlers[found.check](found)
        self.work.link_anew = bool(damaged or self.rows)
        self._finish()
        return self.work

    @property
    def rows(self) -> list[BadRows]:
        return self.report.rows

    # --- files

    def _from_a_twin(self, bad: BadFile) -> bool:
        """Whether the same file is whole in an older snapshot, under whatever name."""
        assert bad.file
        for snapshot in self.older:
            listed = snapshot.manifest.tables.get(bad.table)
            for twin in listed.files if listed else ():
                path = snapshot.path / bad.table / twin.path
                if twin.sha256 == bad.file.sha256 and not what_is_wrong(path, twin):
                    self.work.restored.setdefault(bad.table, []).append(_read(bad.table, path))
                    return True
        return False

    def _unusable(self, bad: BadFile) -> None:
        """A file whose rows are gone. Of records: every document that may have stood in it is extracted again."""
        assert bad.file
        if bad.table in RECORD_TABLES:
            self.work.extracted |= _documents_in(self.sound, bad.file)
        elif bad.table in ("forgotten", "run_metrics"):
            rows = self._older_rows(bad.table, lambda table: table)
            self.work.restored.setdefault(bad.table, []).append(rows)
            if rows.num_rows < bad.file.rows:
                self.work.lost.append(f"{bad.file.rows - rows.num_rows} rows of {bad.table} stand nowhere else")

    def _count_documents(self, left: Iterable[BadFile]) -> None:
        """Documents of which neither row nor input is known any more come back only if their raw files are still there."""
        missing = sum(bad.file.rows for bad in left if bad.file and bad.table == "documents")
        known = {key for bad in self.rows if bad.check == "lost_document" for key in bad.keys}
        if missing > len(known):
            self.work.lost.append(f"{missing - len(known)} documents are known to nothing but their raw files, if these are still there")

    def _look_again(self) -> None:
        """Findings of rows that are missing no more."""
        restored = {table: set(pa.concat_tables(rows)[_key(table)[0]].to_pylist()) for table, rows in self.work.restored.items()}
        if "documents" in restored:
            for check in ("lost_document", "orphan", "lost_original"):
                self._drop_keys(check, restored["documents"])
        if "runs" in restored:
            self._drop_keys("no_run", set(pa.concat_tables(self.work.restored["runs"])["doc_id"].to_pylist()))
        if "inputs" in restored:
            rows = pa.concat_tables(self.work.restored["inputs"])
            self._drop_keys("unknown_document", set(rows["doc_id"].to_pylist()))
            self._drop_keys("unknown_reject", set(zip(rows["collection"].to_pylist(), rows["source"].to_pylist())))
        if "rejects" in restored:
            rows = pa.concat_tables(self.work.restored["rejects"])
            self._drop_keys("lost_reject", set(zip(rows["collection"].to_pylist(), rows["source"].to_pylist())))
        if any(table in RECORD_TABLES for table in restored):
            self.report.rows = [bad for bad in self.rows if bad.check != "lost_records"]

    def _drop_keys(self, check: str, known: set[Any]) -> None:
        kept = [dataclasses.replace(bad, keys=frozenset(bad.keys) - known) if bad.check == check else bad for bad in self.rows]
        self.report.rows = [bad for bad in kept if bad.check != check or bad.keys]

    # --- rows

    def _twice(self, bad: BadRows) -> None:
        if bad.table in RECORD_TABLES or bad.table == "runs":
            self._extract(bad)
        elif bad.table == "documents":
            self._remove("documents", "doc_id", bad.keys)
            self._take_in_again(set(map(str, bad.keys)))
        elif bad.table in ("inputs", "rejects"):
            self.work.reread |= {key for key in bad.keys if isinstance(key, tuple)}
            self._remove("rejects", ("collection", "source"), bad.keys)
        elif bad.table in ("forgotten", "run_metrics"):
            key = primary_key(bad.table)[0]
            rows = self.sound.read(bad.table, where=pc.field(key).isin(pa.array(sorted(map(str, bad.keys)))))
            once = {tuple(row[name] for name in primary_key(bad.table)): row for row in rows.to_pylist()}
            table = pa.Table.from_pylist(list(once.values()), schema=schema_of(bad.table))
            self.work.changes.append(Change(bad.table, table, {key: set(bad.keys)}))

    def _lost_documents(self, bad: BadRows) -> None:
        self._take_in_again(set(map(str, bad.keys)))

    def _take_in_again(self, doc_ids: set[str]) -> None:
        """From raw, which says what the document is now; what is gone from there, from an older snapshot."""
        where = pc.field("doc_id").isin(pa.array(sorted(doc_ids), pa.string()))
        places = {(row["collection"], row["source"]): row["doc_id"] for row in self.sound.read("inputs", where=where).to_pylist()}
        in_raw = {place for place in places if self._is_there(place)}
        self.work.reread |= in_raw
        gone = {doc_id for place, doc_id in places.items()} - {places[place] for place in in_raw}
        rows = self._older_rows("documents", lambda table: table.filter(pc.is_in(table["doc_id"], pa.array(sorted(gone), pa.string()))))
        self.work.restored.setdefault("documents", []).append(rows)
        if none := gone - set(rows["doc_id"].to_pylist()):
            self._give_up("documents", {place for place, doc_id in places.items() if doc_id in none})
            self.work.orphans |= none

    def _unknown_documents(self, bad: BadRows) -> None:
        """Documents whose inputs are not known: what is in the raw folder is read again anyway; for the rest a row is written."""
        where = pc.field("doc_id").isin(pa.array(sorted(map(str, bad.keys)), pa.string()))
        for document in from_table("documents", self.sound.read("documents", where=where)):
            if not self._is_there((document.collection, document.source)):
                row = _vanished(document)
                self.work.restored.setdefault("inputs", []).append(to_table("inputs", [row]))

    def _lost_rejects(self, bad: BadRows) -> None:
        places = {key for key in bad.keys if isinstance(key, tuple)}
        in_raw = {place for place in places if self._is_there(place)}
        self.work.reread |= in_raw
        if gone := places - in_raw:
            self._give_up("rejects", gone)

    def _give_up(self, table: str, places: set[Place]) -> None:
        some = ", ".join(shorten(source, 60) for _, source in sorted(places)[:3])
        self.work.lost.append(f"{len(places)} rows of {table} cannot be made again, for their raw files are gone (e.g. {some})")
        self._remove("inputs", ("collection", "source"), places)

    def _extract(self, bad: BadRows) -> None:
        self.work.extracted |= set(map(str, bad.keys))

    # --- the commit

    def _finish(self) -> None:
        work = self.work
        for name, tables in work.restored.items():
            rows = pa.concat_tables(tables)
            key = _key(name)
            rows = rows.filter(pc.invert(pc.is_in(rows[key[0]], self.sound.read(name, [key[0]])[key[0]]))) if len(key) == 1 else rows
            work.changes.append(Change(name, rows))
        if work.reread:
            self._remove("inputs", ("collection", "source"), work.reread)
            self._remove("rejects", ("collection", "source"), work.reread)
            self._open_again()
        documents = self.sound.read("documents", ["doc_id", "status"])
        to_read = set(documents.filter(pc.equal(documents["status"], "ok"))["doc_id"].to_pylist())
        again = work.extracted & to_read
        gone = work.orphans - {doc_id for doc_id in work.orphans if self._will_be_back(doc_id)}
        if again or gone:
            for table in RECORD_TABLES:
                self._remove(table, "doc_id", again | gone)
        if again:
            self._remove("runs", "doc_id", again)
        self._judge_copies()

    def _open_again(self) -> None:
        """A container of which one record is read again must be opened: its other rows no longer say that it was read whole."""
        files = {(collection, file_of(source)) for collection, source in self.work.reread}
        others = [
            dataclasses.replace(row, mtime=None)
            for row in from_table("inputs", self.sound.read("inputs"))
            if (row.collection, file_of(row.source)) in files and (row.collection, row.source) not in self.work.reread
        ]
        self._remove("inputs", ("collection", "source"), {(row.collection, row.source) for row in others})
        self.work.changes.append(Change("inputs", to_table("inputs", others)))

    def _will_be_back(self, doc_id: str) -> bool:
        """Whether the document is read again, or comes from an older snapshot: then its records may stay."""
        if any(doc_id in rows["doc_id"].to_pylist() for rows in self.work.restored.get("documents", ())):
            return True
        rows = self.sound.read("inputs", ["collection", "source"], pc.field("doc_id") == doc_id).to_pylist()
        return any((row["collection"], row["source"]) in self.work.reread for row in rows)

    def _judge_copies(self) -> None:
        """Copies of a document that is gone for good."""
        marked = {str(key) for bad in self.rows if bad.check == "lost_original" for key in bad.keys}
        if not marked:
            return
        copies = from_table("documents", self.sound.read("documents", where=pc.field("doc_id").isin(pa.array(sorted(marked)))))
        alone = [copy for copy in copies if not self._will_be_back(copy.duplicate_of)]
        judged = judge_again(self.sound, [], alone)
        self.work.changes.append(Change("documents", to_table("documents", judged), {"doc_id": {copy.doc_id for copy in judged}}))

    def _remove(self, table: str, key: str | Place, values: Iterable[Any]) -> None:
        if listed := set(values):
            self.work.changes.append(Change(table, None, {key: listed}))

    def _is_there(self, place: Place) -> bool:
        return (place[0], file_of(place[1])) in self.there

    def _older_rows(self, table: str, choose: Callable[[pa.Table], pa.Table]) -> pa.Table:
        """The newest state of rows in whole files of older snapshots."""
        found = schema_of(table).empty_table()
        key = _key(table)[0]
        for snapshot in self.older:
            listed = snapshot.manifest.tables.get(table)
            for file in listed.files if listed else ():
                path = snapshot.path / table / file.path
                if not what_is_wrong(path, file):
                    rows = choose(_read(table, path))
                    found = pa.concat_tables([found, rows.filter(pc.invert(pc.is_in(rows[key], found[key])))])
        return found


def _is_readable(snapshot: Snapshot) -> bool:
    try:
        return bool(snapshot.manifest)
    except (StoreError, FileNotFoundError):
        return False


def _key(table: str) -> tuple[str, ...]:
    return primary_key(table)


def _read(table: str, path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return upgrade(table, file.read())


def _documents_in(snapshot: Snapshot, file: DataFile) -> set[str]:
    """The documents whose rows may have stood in a file: those of its months, between its first and last doc_id."""
    folder = [one.path for one in snapshot.manifest.tables["documents"].files if one.folder != file.folder]
    found: set[str] = set()
    for part in snapshot.without({"documents": folder}).scan("documents", ["doc_id"]):
        found |= {doc_id for doc_id in part["doc_id"].to_pylist() if file.spans("doc_id", doc_id)}
    return found


def _vanished(document: Document) -> Input:
    """The row of an input of which only its document is known; should its file come back, it is read."""
    return Input(
        collection=document.collection,
        source=document.source,
        size=0,
        raw_hash="",
        file_size=0,
        file_hash="",
        reader_version="",
        outcome="document",
        doc_id=document.doc_id,
        seen_at=dt.datetime.now(dt.UTC),
    )
