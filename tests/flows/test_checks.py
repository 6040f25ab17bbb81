"""What a run is measured by, and when a check fails."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows import checks
from flows.checks import Limits, Measure, as_markdown, check_run, compare, last_checks, sentence
from flows.tables.schemas import to_table
from flows.tables.store import Change, Store, equal_tables
from nlp.records import Deal, Document, Input, Reject, Run, RunMetric

NOON = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.date(2024, 2, 29)


def publish(store: Store, first: int, count: int, *, at: dt.datetime, deals: int = 1, rejects: int = 0, confidence: float = 0.8) -> None:
    """`count` documents with so many deals each, taken in and read at that time."""
    ids = [f"d{number:04d}" for number in range(first, first + count)]
    documents = [
        Document(doc_id=i, collection="c", source=i, published_on=DAY, collected_at=at, content_hash="h" + i, language="en", publisher="P")
        for i in ids
    ]
    inputs = [
        Input(
            collection="c",
            source=source,
            size=1,
            raw_hash="r",
            file_size=1,
            file_hash="r",
            reader_version="1",
            outcome="document" if source in ids else "rejected",
            seen_at=at,
        )
        for source in (*ids, *(f"r{first + number:04d}" for number in range(rejects)))
    ]
    rejected = [
        Reject(collection="c", source=one.source, reason="empty", detail="Nothing.", seen_at=at) for one in inputs if one.source not in ids
    ]
    runs = [Run(doc_id=i, content_hash="h" + i, pipeline_version="1", started_at=at, finished_at=at, status="ok") for i in ids]
    found = [
        Deal(
            record_id=f"{i}-{number}",
            doc_id=i,
            published_on=DAY,
            start=number,
            end=number + 1,
            kind="grant",
            buyers=("X",),
            target="Y",
            confidence=confidence,
        )
        for i in ids
        for number in range(deals)
    ]
    rows = {"documents": documents, "inputs": inputs, "rejects": rejected, "runs": runs, "deals": found}
    store.commit([Change(table, to_table(table, of)) for table, of in rows.items()])


def statuses(rows: list[RunMetric]) -> dict[tuple[str, str], str]:
    return {(row.metric, row.subject): row.status for row in rows}


def test_a_run_is_measured_on_its_own_documents(tmp_path: Path) -> None:
    store = Store(tmp_path, durable=False)
    publish(store, 0, 40, at=NOON, deals=2)
    publish(store, 100, 30, at=NOON + dt.timedelta(hours=1), deals=1, rejects=10)
    rows = check_run(store, "second", NOON + dt.timedelta(minutes=30), "1")
    values = {(row.metric, row.subject): (row.value, row.units) for row in rows}
    assert values["documents", "documents"] == (30.0, 40)
    assert values["rejected_share", "documents"] == (0.25, 40)
    assert values["rows_per_document", "deals"] == (1.0, 30)
    assert values["rows_per_document", "quotes"] == (0.0, 30)
    assert values["null_share", "documents.publisher"] == (0.0, 30)
    assert values["null_share", "deals.amount_usd"] == (1.0, 30)
    assert values["mean_confidence", "deals"][0] == pytest.approx(0.8)
    assert ("mean_confidence", "quotes") not in values
    current = store.current()
    assert current is not None
    assert {row.run_id for row in last_checks(current)} == {"second"}


def test_a_run_that_does_nothing_measures_nothing_and_makes_no_snapshot(tmp_path: Path) -> None:
    store = Store(tmp_path, durable=False)
    assert check_run(store, "none", NOON, "1") == []
    publish(store, 0, 3, at=NOON)
    before = store.current()
    assert check_run(store, "idle", NOON + dt.timedelta(hours=1), "1") == []
    assert store.current() == before


def test_a_run_unlike_those_before_fails_and_one_like_them_passes(tmp_path: Path) -> None:
    store = Store(tmp_path, durable=False)
    publish(store, 0, 40, at=NOON, deals=2)
    assert statuses(check_run(store, "1", NOON, "1"))["rows_per_document", "deals"] == "unchecked"  # nothing to compare with
    later = NOON + dt.timedelta(hours=1)
    publish(store, 100, 40, at=later, deals=2)
    assert "failed" not in statuses(check_run(store, "2", later, "1")).values()
    latest = NOON + dt.timedelta(hours=2)
    publish(store, 200, 40, at=latest, deals=5, confidence=0.4)
    found = statuses(check_run(store, "3", latest, "1"))
    assert [key for key, status in found.items() if status == "failed"] == [("rows_per_document", "deals"), ("mean_confidence", "deals")]


def test_few_documents_prove_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path, durable=False)
    publish(store, 0, 40, at=NOON, deals=2)
    check_run(store, "1", NOON, "1")
    later = NOON + dt.timedelta(hours=1)
    publish(store, 100, checks.ENOUGH - 1, at=later, deals=9, confidence=0.1)  # many rows of few documents prove no more
    found = statuses(check_run(store, "2", later, "1"))
    assert found["rows_per_document", "deals"] == "unchecked"
    assert found["mean_confidence", "deals"] == "unchecked"
    assert found["null_share", "deals.amount_usd"] == "unchecked"


def test_a_run_measured_again_replaces_its_measures(tmp_path: Path) -> None:
    store = Store(tmp_path, durable=False)
    publish(store, 0, 5, at=NOON)
    first = check_run(store, "1", NOON, "1")
    assert len(check_run(store, "1", NOON, "1")) == len(first)
    current = store.current()
    assert current is not None
    assert current.rows("run_metrics") == len(first)


def test_how_often_somebody_ran_does_not_make_tables_differ(tmp_path: Path) -> None:
    one, other = Store(tmp_path / "a", durable=False), Store(tmp_path / "b", durable=False)
    for store in (one, other):
        publish(store, 0, 5, at=NOON)
    check_run(one, "1", NOON, "1")
    a, b = one.current(), other.current()
    assert a is not None
    assert b is not None
    assert equal_tables(a, b) == []


def test_baselines_weigh_runs_by_their_size() -> None:
    def earlier(run: str, value: float, units: int) -> RunMetric:
        return RunMetric(
            run_id=run, metric="rejected_share", subject="documents", finished_at=NOON, pipeline_version="1", value=value, units=units,
            status="ok",
        )  # fmt: skip

    now = Measure("rejected_share", "documents", 0.3, 100)
    rows = compare([now], [earlier("a", 0.0, 90), earlier("b", 1.0, 10), earlier("now", 0.9, 500)], run_id="now", version="1", now=NOON)
    assert (rows[0].baseline, rows[0].lower, rows[0].upper, rows[0].status) == (0.1, None, 0.25, "failed")
    assert sentence(rows[0]) == "rejected share of documents: 0.30, expected at most 0.25 (0.10 in the runs before)"
    assert as_markdown(rows).splitlines()[-1] == "| failed | rejected_share | documents | 0.300 | 0.100 | – | 0.250 | 100 |"


@pytest.mark.parametrize(
    ("limits", "baseline", "expected"),
    [
        (Limits(times=2.0), 3.0, (1.5, 6.0)),
        (Limits(times=2.0), None, (None, None)),
        (Limits(away=0.25), 0.1, (0.0, 0.35)),
        (Limits(away=0.15, most=0.5, up_only=True), 0.45, (None, 0.5)),
        (Limits(most=0.05, up_only=True), None, (None, 0.05)),
    ],
)
def test_limits(limits: Limits, baseline: float | None, expected: tuple[float | None, float | None]) -> None:
    assert limits.of(baseline) == pytest.approx(expected) if None not in expected else limits.of(baseline) == expected
