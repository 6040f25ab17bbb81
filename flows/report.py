"""What do the tables hold: one document with all that was read from it, and the state of the whole?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pyarrow.compute as pc

from flows.errors import NotFoundError
from flows.query import open_tables
from flows.tables.snapshot import Snapshot
from flows.terminal import plain, plain_lines, shorten
from nlp.records import RECORD_TABLES, Record, columns

LISTED = 5  # documents that an ambiguous name lists
_COMMON = frozenset(column.name for column in columns(Record))
_DOCUMENT = ("doc_id", "collection", "source", "url", "publisher", "authors", "published_on", "language", "genre", "parties", "word_count")
_ANSWERS_TO = (
    "doc_id = $name OR source = $name",
    "starts_with(doc_id, $name)",
    "ends_with(source, '/' || $name)",
    "contains(source, $name)",
)
_STATUS = """
SELECT
    (SELECT count(*) FROM documents d WHERE status = 'ok' AND NOT EXISTS (
        FROM runs r WHERE r.doc_id = d.doc_id AND r.content_hash = d.content_hash AND (r.status = 'ok' OR r.status = 'failed'))) AS waiting,
    (SELECT count(DISTINCT d.doc_id) FROM documents d JOIN runs r USING (doc_id, content_hash) WHERE r.status = 'failed') AS failed,
    (SELECT count(DISTINCT d.doc_id) FROM documents d JOIN runs r USING (doc_id, content_hash)
        WHERE r.status = 'ok' AND r.pipeline_version <> $version) AS older
"""


def find_document(snapshot: Snapshot, name: str) -> str:
    """The doc_id of the one document that has this id, an id that begins so, this source, or a source that ends so.

    Raises `NotFoundError` where there is none, or more than one.
    """
    with open_tables(snapshot) as connection:
        for condition in (
            "doc_id = $name OR source = $name",
            "starts_with(doc_id, $name)",
            "ends_with(source, '/' || $name) OR contains(source, $name)",
        ):
            sql = f"SELECT doc_id, source FROM documents WHERE {condition} ORDER BY source LIMIT {LISTED + 1}"
            found = connection.execute(sql, {"name": name}).fetchall() if name else []
            if len(found) == 1:
                return str(found[0][0])
            if found:
                some = ", ".join(shorten(source, 60) for _, source in found[:LISTED])
                raise NotFoundError(
                    f"{plain(name)!r} fits {'more than ' * (len(found) > LISTED)}{min(len(found), LISTED)} documents: {some}"
                )
    raise NotFoundError(f"no document has the id or source {plain(name)!r}: SELECT doc_id, source FROM documents lists them")


def document(snapshot: Snapshot, doc_id: str) -> dict[str, Any]:
    """A document's row and the records that were read from it, by table."""
    where = pc.field("doc_id") == doc_id
    row = snapshot.read("documents", where=where).to_pylist()[0]
    return {"document": row, "records": {table: snapshot.read(table, where=where).to_pylist() for table in RECORD_TABLES}}


def document_lines(found: dict[str, Any], *, mentions: bool = False) -> Iterator[str]:
    """The document with its records and their evidence, for a terminal."""
    row = found["document"]
    yield plain(row["title"]) or "(no title)"
    for name in _DOCUMENT:
        if row[name] not in (None, [], ""):
            value = ", ".join(map(str, row[name])) if isinstance(row[name], list) else row[name]
            yield f"  {name:13} {plain(value)}"
    yield f"  {'status':13} {row['status']}" + (f" of {row['duplicate_of']}" if row["duplicate_of"] else "")
    yield ""
    yield plain_lines(row["text"])
    for table, records in found["records"].items():
        if not records or (table == "mentions" and not mentions):
            continue
        yield ""
        yield f"{table} ({len(records)})"
        for record in records:
            yield f"  {_fields(record)}"
            yield f"      {plain(record['evidence'])}  [{_place(record)}, confidence {record['confidence']:.2f}]"
    if found["records"]["mentions"] and not mentions:
        yield ""
        yield f"mentions ({len(found['records']['mentions'])}): --mentions lists them"


def _fields(record: dict[str, Any]) -> str:
    """The columns of a record's own that say something."""
    own = {name: value for name, value in record.items() if name not in _COMMON and not name.endswith(("_id", "_ids"))}
    said = ((name, value) for name, value in own.items() if value is not None and value != [])
    return " · ".join(f"{name}: {plain(', '.join(value) if isinstance(value, list) else value)}" for name, value in said)


def _place(record: dict[str, Any]) -> str:
    return f"{'title ' if record['in_title'] else ''}{record['start']}–{record['end']}"


def status_lines(snapshot: Snapshot, version: str) -> Iterator[str]:
    """The state of the tables in one screen."""
    age = dt.datetime.now(dt.UTC) - snapshot.created_at
    yield f"snapshot {snapshot.id}, {_ago(age)} ago ({plain(snapshot.message) or 'no message'})"
    with open_tables(snapshot) as connection:
        documents = connection.execute("SELECT status, count(*) FROM documents GROUP BY status ORDER BY status").fetchall()
        rejects = connection.execute("SELECT reason, count(*) FROM rejects GROUP BY reason ORDER BY count(*) DESC, reason").fetchall()
        first = connection.execute(_STATUS, {"version": version}).fetchone()
    waiting, failed, older = first or (0, 0, 0)
    yield f"documents   {sum(number for _, number in documents):,}: " + (
        ", ".join(f"{number:,} {status}" for status, number in documents) or "none"
    )
    yield f"rejects     {sum(number for _, number in rejects):,}" + "".join(f", {number:,} {reason}" for reason, number in rejects)
    yield f"extraction  {waiting:,} waiting, {failed:,} failed, {older:,} read by another version than {version}"
    yield (
        "rows        "
        + ", ".join(f"{snapshot.rows(table):,} {table}" for table in RECORD_TABLES)
        + f", {snapshot.rows('entities'):,} entities"
    )
    yield f"folder      {snapshot.path}"


def _ago(age: dt.timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}{'s' * (seconds // length > 1)}"
    return f"{seconds} s"
