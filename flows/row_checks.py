"""Do the rows of a snapshot hold together: keys that stand once, evidence that is the text, a home for every row?

Each check gives the documents or raw inputs that something is wrong with, so that a repair knows what to make again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from flows.link import FINGERPRINT, build, fingerprint
from flows.query import open_tables
from flows.tables.schemas import month_of, primary_key, schema_of, sort, to_table
from flows.tables.snapshot import Snapshot
from nlp.records import RECORD_TABLES, TABLES

_EVIDENCE = ["doc_id", "published_on", "start", "end", "in_title", "evidence_spans", "evidence"]
_WITH_TEXT = ("mentions", "amounts")  # their `text` is the span itself


@dataclass(frozen=True)
class BadRows:
    """Rows of one table that one check found, by what they belong to: doc_ids, or (collection, source) for the ledger."""

    check: str
    table: str
    rows: int
    why: str
    keys: frozenset[Any] = frozenset()


# rows that belong to nothing, or that something belongs to and are missing: check, table, what is wrong, SQL that gives the keys
_BELONGING = (
    (
        "lost_document",
        "documents",
        "are missing though inputs names them",
        "SELECT DISTINCT doc_id FROM inputs WHERE doc_id IS NOT NULL AND doc_id NOT IN (SELECT doc_id FROM documents)",
    ),
    (
        "unknown_document",
        "inputs",
        "are missing for documents that are there",
        "SELECT doc_id FROM documents WHERE doc_id NOT IN (SELECT doc_id FROM inputs WHERE doc_id IS NOT NULL)",
    ),
    (
        "lost_reject",
        "rejects",
        "are missing though inputs says rejected",
        "SELECT collection, source FROM inputs i WHERE outcome = 'rejected' AND NOT EXISTS "
        "(FROM rejects r WHERE r.collection = i.collection AND r.source = i.source)",
    ),
    (
        "unknown_reject",
        "inputs",
        "are missing for rejects that are there",
        "SELECT collection, source FROM rejects r WHERE NOT EXISTS "
        "(FROM inputs i WHERE r.collection = i.collection AND r.source = i.source AND i.outcome = 'rejected')",
    ),
    (
        "lost_original",
        "documents",
        "are copies of a document that is not there or is a copy itself",
        "SELECT doc_id FROM documents WHERE duplicate_of IS NOT NULL AND duplicate_of NOT IN "
        "(SELECT doc_id FROM documents WHERE duplicate_of IS NULL)",
    ),
)
_AT_HOME = (
    ("orphan", "belong to a document that is not there", "d.doc_id IS NULL"),
    ("not_read", "belong to a document that is not to be read", "d.status <> 'ok'"),
    (
        "other_day",
        "have another published_on than their document",
        "d.doc_id IS NOT NULL AND t.published_on IS DISTINCT FROM d.published_on",
    ),
    ("no_run", "belong to a document that no run has read", "d.doc_id IS NOT NULL AND r.doc_id IS NULL"),
)


def bad_rows(snapshot: Snapshot) -> Iterator[BadRows]:
    """Everything that is wrong with the rows. Memory: the texts of one month, and what DuckDB needs to group the largest table."""
    with open_tables(snapshot) as connection:
        yield from _twice(connection)
        for check, table, why, sql in _BELONGING:
            keys = connection.execute(sql).fetchall()
            if keys:
                yield BadRows(check, table, len(keys), why, frozenset(key[0] if len(key) == 1 else tuple(key) for key in keys))
        yield from _homeless(connection)
    yield from _off_the_text(snapshot)
    if snapshot.manifest.component.get(FINGERPRINT) == fingerprint(snapshot):  # else the next run links anew
        made = sort("entities", to_table("entities", build(snapshot)))
        if not made.equals(snapshot.read("entities")):
            yield BadRows("other_entities", "entities", made.num_rows, "are not those that the records name")


def _twice(connection: duckdb.DuckDBPyConnection) -> Iterator[BadRows]:
    for table in TABLES:
        key = primary_key(table)
        names = schema_of(table).names
        of = ("collection", "source") if table in ("inputs", "rejects") else ("doc_id",) if "doc_id" in names else key[:1]
        counted = f"SELECT {', '.join(key)} FROM {table} GROUP BY {', '.join(key)} HAVING count(*) > 1"
        match = " AND ".join(f"t.{column} = d.{column}" for column in key)
        found = connection.execute(
            f"SELECT DISTINCT {', '.join(f't.{name}' for name in of)} FROM {table} t JOIN ({counted}) d ON {match}"
        ).fetchall()
        if found:
            keys = frozenset(row[0] if len(row) == 1 else tuple(row) for row in found)
            yield BadRows("twice", table, len(found), f"have the same {', '.join(key)} as another", keys)


def _homeless(connection: duckdb.DuckDBPyConnection) -> Iterator[BadRows]:
    for table in RECORD_TABLES:
        for check, why, where in _AT_HOME:
            found = connection.execute(
                f"SELECT t.doc_id, count(*) FROM {table} t LEFT JOIN documents d ON d.doc_id = t.doc_id "
                f"LEFT JOIN (SELECT DISTINCT doc_id FROM runs WHERE status = 'ok') r ON r.doc_id = t.doc_id WHERE {where} GROUP BY t.doc_id"
            ).fetchall()
            if found:
                yield BadRows(check, table, sum(number for _, number in found), why, frozenset(doc_id for doc_id, _ in found))
    counted = " UNION ALL ".join(f"SELECT doc_id FROM {table}" for table in RECORD_TABLES)
    missing = connection.execute(
        f"WITH counted AS (SELECT doc_id, count(*) AS rows FROM ({counted}) GROUP BY doc_id), "
        "last AS (SELECT doc_id, content_hash, arg_max(record_count, attempt) AS rows FROM runs WHERE status = 'ok' GROUP BY ALL) "
        "SELECT d.doc_id, last.rows - coalesce(counted.rows, 0) FROM documents d JOIN last USING (doc_id, content_hash) "
        "LEFT JOIN counted USING (doc_id) WHERE d.status = 'ok' AND coalesce(counted.rows, 0) < last.rows"
    ).fetchall()
    if missing:
        why = "are missing of those that their documents' runs have counted"
        yield BadRows("lost_records", "records", sum(number for _, number in missing), why, frozenset(doc_id for doc_id, _ in missing))


def _off_the_text(snapshot: Snapshot) -> Iterator[BadRows]:
    """Rows whose offsets lie outside of their text, whose evidence is not what stands there, or that are filed under another month."""
    off: dict[tuple[str, str], list[str]] = {}
    folders = sorted({file.folder for table in RECORD_TABLES for file in snapshot.manifest.tables[table].files})
    for folder in folders:
        texts: dict[str, tuple[str, str]] = {}
        for part in _month(snapshot, "documents", folder, ["doc_id", "title", "text", "published_on"]):
            for row in part.to_pylist():
                texts[row["doc_id"]] = row["title"], row["text"]
                if f"published={month_of(row['published_on'])}" != folder:
                    off.setdefault(("documents", "are filed under another month than they were published in"), []).append(row["doc_id"])
        for table in RECORD_TABLES:
            columns = [*_EVIDENCE, *(["text"] if table in _WITH_TEXT else [])]
            for part in _month(snapshot, table, folder, columns):
                for row in part.to_pylist():
                    why = _what_is_off(row, texts.get(row["doc_id"]), folder)
                    if why:
                        off.setdefault((table, why), []).append(row["doc_id"])
    for (table, why), doc_ids in off.items():
        yield BadRows("off", table, len(doc_ids), why, frozenset(doc_ids))


def _what_is_off(row: dict, texts: tuple[str, str] | None, folder: str) -> str:
    if f"published={month_of(row['published_on'])}" != folder:
        return "are filed under another month than they were published in"
    if texts is None:  # told as an orphan, or of another day than its document
        return ""
    origin = texts[0] if row["in_title"] else texts[1]
    start, end, spans = row["start"], row["end"], row["evidence_spans"]
    if not 0 <= start < end <= len(origin):
        return "have offsets outside of their text"
    if len(spans) % 2 or any(not 0 <= a <= b <= len(origin) for a, b in zip(spans[::2], spans[1::2])):
        return "have evidence_spans outside of their text"
    if row["evidence"] != " … ".join(origin[a:b] for a, b in zip(spans[::2], spans[1::2])):
        return "have evidence that does not stand at its place in the text"
    if "text" in row and row["text"] != origin[start:end]:
        return "have a text that does not stand at its place"
    return ""


def _month(snapshot: Snapshot, table: str, folder: str, columns: Collection[str]) -> Iterator[pa.Table]:
    others = [file.path for file in snapshot.manifest.tables[table].files if file.folder != folder]
    yield from snapshot.without({table: others}).scan(table, list(columns))
