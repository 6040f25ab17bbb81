"""What do the tables hold of one document, with all that was read from it?"""

from __future__ import annotations

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
