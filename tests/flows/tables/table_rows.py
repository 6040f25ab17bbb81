"""Small rows for the tests of the store: a document and what was found in it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.tables.schemas import to_table
from flows.tables.store import Change, Snapshot, Store
from nlp.records import Document, Input, Mention, Topic, digest


def quick_store(processed: Path, **options: Any) -> Store:
    """A store that waits neither for the disk nor for readers."""
    return Store(processed, durable=False, settle_seconds=0, **options)


def document(doc_id: str, day: dt.date | None, version: str = "1") -> Document:
    return Document(
        doc_id=doc_id, collection="news", source=f"{doc_id}.md", published_on=day, text=f"Text of {doc_id}.", pipeline_version=version
    )


def topic(doc_id: str, day: dt.date | None, code: str, version: str = "1") -> Topic:
    return Topic(
        doc_id=doc_id,
        record_id=digest(doc_id, code),
        published_on=day,
        start=0,
        end=4,
        evidence="Text",
        topic=code,
        pipeline_version=version,
    )


def mention(doc_id: str, day: dt.date | None, text: str) -> Mention:
    return Mention(doc_id=doc_id, record_id=digest(doc_id, text), published_on=day, start=0, end=4, label="FIRM", text=text)


def taken_in(doc_id: str) -> Input:
    return Input(
        collection="news",
        source=f"{doc_id}.md",
        size=1,
        raw_hash=doc_id,
        file_size=1,
        file_hash=doc_id,
        reader_version="1",
        outcome="document",
        doc_id=doc_id,
    )


def replace_document(doc_id: str, day: dt.date | None, version: str = "1", topics: tuple[str, ...] = ("trade", "energy")) -> list[Change]:
    """The changes that publish a document and its topics, in place of what was there for it."""
    ids = {"doc_id": {doc_id}}
    return [
        Change("documents", to_table("documents", [document(doc_id, day, version)]), ids),
        Change("topics", to_table("topics", [topic(doc_id, day, code, version) for code in topics]), ids),
        Change("inputs", to_table("inputs", [taken_in(doc_id)]), {("collection", "source"): {("news", f"{doc_id}.md")}}),
    ]


def versions(snapshot: Snapshot) -> dict[str, str]:
    """The version of each document; fails where the tables of the snapshot do not fit together."""
    documents = {row["doc_id"]: row["pipeline_version"] for row in snapshot.read("documents").to_pylist()}
    topics = [(row["doc_id"], row["pipeline_version"]) for row in snapshot.read("topics").to_pylist()]
    assert sorted(topics) == sorted([*documents.items(), *documents.items()])
    assert sorted(snapshot.read("inputs")["doc_id"].to_pylist()) == sorted(documents)
    return documents


def texts(table: pa.Table, column: str) -> list[str]:
    return table[column].to_pylist()
