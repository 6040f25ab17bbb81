"""Did the last run look like those before it: as many rows a document, as few rejects, as sure of itself?

What a run took in and read is measured on its own documents and compared with the runs before; a measure outside its limits is a
failed check. Everything is kept in the table `run_metrics`. A run that found nothing new measures nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow.compute as pc

from flows.errors import InputError
from flows.query import QUERY_MB, open_tables
from flows.tables.schemas import from_table, to_table
from flows.tables.snapshot import Snapshot
from flows.tables.store import Change, Store
from nlp.records import RECORD_TABLES, RunMetric

LAST_RUNS = 20  # that a baseline is made of, the newest
ENOUGH = 30  # units that a run, and all runs of a baseline together, need: below, chance decides

# columns that are filled for most rows; a reader or component that breaks empties one of them first
_NULLS = {
    "documents": ("published_on", "publisher", "language"),
    "officials": ("jurisdiction",),
    "firms": ("country",),
    "amounts": ("currency", "amount_usd"),
    "deals": ("target", "amount_usd"),
    "cooperations": ("instrument",),
    "quotes": ("speaker",),
}


class ChecksFailedError(InputError):
    """A check failed, and the run was told to be strict."""


@dataclass(frozen=True)
class Limits:
    """How far a measure may be from its baseline: `times` (a factor up or down), `away` (a difference); `most` holds without one."""

    times: float | None = None
    away: float | None = None
    most: float | None = None
    up_only: bool = False

    def of(self, baseline: float | None) -> tuple[float | None, float | None]:
        """The least and the greatest value that pass; None where there is no such limit."""
        lower: float | None = None
        upper = self.most
        if baseline is not None and self.times:
            lower, upper = baseline / self.times, baseline * self.times
        if baseline is not None and self.away:
            lower, upper = max(0.0, baseline - self.away), min(x for x in (baseline + self.away, self.most) if x is not None)
        return (None if self.up_only else lower), upper


LIMITS = {
    "rejected_share": Limits(away=0.15, most=0.5, up_only=True),
    "unsupported_share": Limits(away=0.25, most=0.9, up_only=True),
    "duplicate_share": Limits(away=0.4, up_only=True),
    "failed_share": Limits(most=0.05, up_only=True),
    "rows_per_document": Limits(times=2.0),
    "null_share": Limits(away=0.25),
    "mean_confidence": Limits(away=0.1),
}


@dataclass(frozen=True)
class Measure:
    """One number of a run, on `units` inputs, documents or rows; rows stand in few `documents`, and are alike within one."""

    metric: str
    subject: str
    value: float
    units: int
    documents: int | None = None

    @property
    def is_enough(self) -> bool:
        """Whether it rests on enough to be compared."""
        return min(self.units, self.units if self.documents is None else self.documents) >= ENOUGH


def check_run(store: Store, run_id: str, began: dt.datetime, version: str) -> list[RunMetric]:
    """Measure what was taken in and read since `began`, compare it, and commit it to `run_metrics`; [] where nothing was.

    Raises what `Store.commit` raises.
    """
    snapshot = store.current()
    measures = list(measure(snapshot, began)) if snapshot else []
    if snapshot is None or not measures:
        return []
    rows = compare(measures, before(snapshot), run_id=run_id, version=version, now=dt.datetime.now(dt.UTC))
    store.commit([Change("run_metrics", to_table("run_metrics", rows), {"run_id": {run_id}})], message="checks")
    return rows


def measure(snapshot: Snapshot, began: dt.datetime) -> Iterator[Measure]:
    """The run's numbers; none where it did nothing."""
    with open_tables(snapshot, memory_mb=QUERY_MB) as connection:
        taken = _one(connection, _TAKEN, began)
        read = _one(connection, _READ, began)
        if taken["inputs"] + read["ok"] + read["failed"] == 0:
            return
        yield Measure("documents", "documents", float(taken["documents"]), taken["inputs"])
        if taken["inputs"]:
            yield Measure("rejected_share", "documents", taken["rejected"] / taken["inputs"], taken["inputs"])
        if taken["documents"]:
            for name in ("unsupported", "duplicate"):
                yield Measure(f"{name}_share", "documents", taken[name] / taken["documents"], taken["documents"])
            yield from _null_shares(connection, "documents", "collected_at >= $began", {"began": began})
        if read["ok"] + read["failed"]:
            yield Measure("failed_share", "documents", read["failed"] / (read["ok"] + read["failed"]), read["ok"] + read["failed"])
        if read["ok"]:
            # the days let DuckDB leave out months and row groups in which no document of this run can be
            where = "doc_id IN (FROM of_run) AND (published_on BETWEEN $first AND $last OR published_on IS NULL)"
            values = {"first": read["first"] or dt.date.min, "last": read["last"] or dt.date.max}
            connection.execute(_OF_RUN, {"began": began})
            for table in RECORD_TABLES:
                yield from _of_records(connection, table, where, values, read["ok"])


_TAKEN = """
SELECT (SELECT count(*) FROM inputs WHERE seen_at >= $began) AS inputs,
       (SELECT count(*) FROM rejects WHERE seen_at >= $began) AS rejected,
       count(*) AS documents, count(*) FILTER (status = 'unsupported_language') AS unsupported,
       count(*) FILTER (status = 'duplicate') AS duplicate
FROM documents WHERE collected_at >= $began
"""
_READ = """
SELECT count(DISTINCT r.doc_id) FILTER (r.status = 'ok') AS ok, count(DISTINCT r.doc_id) FILTER (r.status = 'failed') AS failed,
       min(published_on) AS first, max(published_on) AS last
FROM runs r JOIN documents d USING (doc_id, content_hash) WHERE finished_at >= $began
"""
_OF_RUN = "CREATE TEMP TABLE of_run AS SELECT DISTINCT doc_id FROM runs WHERE finished_at >= $began AND status = 'ok'"


def _of_records(connection: duckdb.DuckDBPyConnection, table: str, where: str, values: dict[str, Any], documents: int) -> Iterator[Measure]:
    found = _one(connection, f"SELECT count(*) AS rows, avg(confidence) AS confidence FROM {table} WHERE {where}", None, values)
    yield Measure("rows_per_document", table, found["rows"] / documents, documents)
    if found["rows"]:
        yield Measure("mean_confidence", table, float(found["confidence"]), found["rows"], documents)
        if table in _NULLS:
            yield from _null_shares(connection, table, where, values, documents)


def _null_shares(
    connection: duckdb.DuckDBPyConnection, table: str, where: str, values: dict[str, Any], documents: int | None = None
) -> Iterator[Measure]:
    shares = ", ".join(f"count(*) FILTER ({column} IS NULL) AS {column}" for column in _NULLS[table])
    found = _one(connection, f"SELECT count(*) AS rows, {shares} FROM {table} WHERE {where}", None, values)
    for column in _NULLS[table] if found["rows"] else ():
        yield Measure("null_share", f"{table}.{column}", found[column] / found["rows"], found["rows"], documents)


def _one(
    connection: duckdb.DuckDBPyConnection, sql: str, began: dt.datetime | None, values: dict[str, Any] | None = None
) -> dict[str, Any]:
    result = connection.execute(sql, {"began": began} if began else values)
    row = result.fetchone()
    assert row is not None  # an aggregate without GROUP BY
    return dict(zip((column[0] for column in result.description), row))


def before(snapshot: Snapshot) -> list[RunMetric]:
    """The measures of the last runs."""
    rows: list[RunMetric] = from_table("run_metrics", snapshot.read("run_metrics"))
    newest = sorted({row.run_id: row.finished_at for row in rows}.items(), key=lambda run: run[1])[-LAST_RUNS:]
    kept = {run_id for run_id, _ in newest}
    return [row for row in rows if row.run_id in kept]


def compare(measures: Sequence[Measure], earlier: Sequence[RunMetric], *, run_id: str, version: str, now: dt.datetime) -> list[RunMetric]:
    """Each measure with its baseline (the mean of the runs before, weighted by their units), limits and verdict."""
    weights: dict[tuple[str, str], int] = defaultdict(int)
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in earlier:
        if row.run_id != run_id:
            weights[row.metric, row.subject] += row.units
            sums[row.metric, row.subject] += row.units * row.value
    rows = []
    for one in measures:
        key = one.metric, one.subject
        baseline = sums[key] / weights[key] if weights[key] >= ENOUGH else None
        lower, upper = LIMITS[one.metric].of(baseline) if one.metric in LIMITS else (None, None)
        checked = one.is_enough and (lower is not None or upper is not None)
        passed = (lower is None or one.value >= lower) and (upper is None or one.value <= upper)
        rows.append(
            RunMetric(
                run_id=run_id,
                metric=one.metric,
                subject=one.subject,
                finished_at=now,
                pipeline_version=version,
                value=one.value,
                units=one.units,
                baseline=baseline,
                lower=lower,
                upper=upper,
                status="unchecked" if not checked else "ok" if passed else "failed",
            )
        )
    return rows


def last_checks(snapshot: Snapshot) -> list[RunMetric]:
    """The measures of the newest run that has any."""
    newest = pc.max(snapshot.read("run_metrics", ["finished_at"])["finished_at"]).as_py() if snapshot.rows("run_metrics") else None
    return from_table("run_metrics", snapshot.read("run_metrics", where=pc.field("finished_at") == newest)) if newest else []


def sentence(row: RunMetric) -> str:
    """A measure for a person: "rows_per_document of deals: 0.12, expected 0.40 to 1.60 (as 0.80 in the runs before)"."""
    limits = [f"{one:.2f}" if one is not None else "" for one in (row.lower, row.upper)]
    expected = f"at most {limits[1]}" if not limits[0] else f"at least {limits[0]}" if not limits[1] else " to ".join(limits)
    usual = f" ({row.baseline:.2f} in the runs before)" if row.baseline is not None else ""
    return f"{row.metric.replace('_', ' ')} of {row.subject}: {row.value:.2f}, expected {expected}{usual}"


def as_markdown(rows: Sequence[RunMetric]) -> str:
    """The measures as a table, the failed ones first."""

    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    order = {"failed": 0, "ok": 1, "unchecked": 2}
    lines = ["| status | measure | of | value | before | least | most | measured on |", "|---|---|---|--:|--:|--:|--:|--:|"]
    for row in sorted(rows, key=lambda row: (order[row.status], row.metric, row.subject)):
        numbers = (number(row.value), number(row.baseline), number(row.lower), number(row.upper))
        lines.append(f"| {row.status} | {row.metric} | {row.subject} | {' | '.join(numbers)} | {row.units:,} |")
    return "\n".join(lines)
