"""How much of what people annotated stands in the tables, and how much of what stands there did they annotate?

The annotations are JSON Lines, one document a line; a document that is not in the tables counts all its records as missed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from flows.errors import GoldError
from flows.tables.snapshot import Snapshot
from nlp.training.scoring import TABLES, Measure, Row, count, score_document


def read_gold(path: Path) -> list[dict[str, Any]]:
    """The annotated documents of a JSON Lines file. Raises `GoldError`."""
    documents = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except json.JSONDecodeError as error:
            raise GoldError(f"{path}, line {number} is not JSON ({error.msg} at character {error.pos})") from error
        if not isinstance(document, dict) or not isinstance(document.get("source"), str):
            raise GoldError(f"{path}, line {number} is not an object with a `source`")
        documents.append(document)
    if not documents:
        raise GoldError(f"{path} holds no annotated document")
    return documents


def evaluate(snapshot: Snapshot, gold: Sequence[dict[str, Any]]) -> list[Measure]:
    """The measures of the tables against annotated documents. Raises `GoldError` where an annotation lacks a field."""
    found = _found(snapshot, [document["source"] for document in gold])
    measures: dict[str, Measure] = {}
    for document in gold:
        source = document["source"]
        row, records = found.get(source, (None, {}))
        try:
            for comparison in score_document(document, row, records):
                count(measures.setdefault(comparison.measure, Measure(comparison.measure)), source, comparison)
        except (KeyError, TypeError, AttributeError) as error:
            raise GoldError(f"the annotations of {source} do not fit: {type(error).__name__} {error}") from error
    return list(measures.values())


def _found(snapshot: Snapshot, sources: Sequence[str]) -> dict[str, tuple[Row, dict[str, list[Row]]]]:
    """Document and records of each annotated source: the one of that name, else one whose path ends in it."""
    listed = snapshot.read("documents", ["doc_id", "source", "genre", "published_on", "parties"]).to_pylist()
    exact = {row["source"]: row for row in listed}
    chosen: dict[str, Row] = {}
    for source in sources:
        row = exact.get(source) or next((row for row in exact.values() if row["source"].endswith(f"/{source}")), None)
        if row:
            chosen[source] = row
    wanted = pc.field("doc_id").isin([row["doc_id"] for row in chosen.values()])
    records: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for table in TABLES:
        for record in snapshot.read(table, where=wanted).to_pylist():
            records[record["doc_id"]][table].append(record)
    return {source: (row, records[row["doc_id"]]) for source, row in chosen.items()}
