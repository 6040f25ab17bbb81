"""Questions are answered from the tables, and from nothing else."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.errors import QueryError
from flows.query import ask, csv_lines, json_lines, open_tables, rows, write_parquet
from flows.tables.schemas import to_table
from flows.tables.store import Change, Store
from nlp.records import TABLES, Firm


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two firms, one of which is a formula."""
    store = Store(tmp_path_factory.mktemp("store") / "it's here" / "p", durable=False)
    firms = [
        Firm(record_id="1", doc_id="d", start=0, end=3, published_on=dt.date(2023, 1, 2), name='=HYPERLINK("x")', aliases=("-a", "b")),
        Firm(record_id="2", doc_id="d", start=5, end=9, name="Ünal, A.Ş.\x1b[31m", mention_count=-3),
    ]
    store.commit([Change("firms", to_table("firms", firms))])
    return store


@pytest.fixture
def tables(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    snapshot = store.current()
    assert snapshot
    with open_tables(snapshot) as connection:
        yield connection


def test_every_table_is_a_view(tables: duckdb.DuckDBPyConnection):
    assert sorted(row["name"] for row in rows(ask(tables, "SHOW TABLES"))) == sorted(TABLES)
    assert list(rows(ask(tables, "SELECT count(*) AS n FROM deals"))) == [{"n": 0}]
    assert [row["column_name"] for row in rows(ask(tables, "DESCRIBE rejects"))][:2] == ["collection", "source"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_parquet('*.parquet')",
        "SELECT * FROM sql",
        "COPY firms TO '/tmp/firms.csv'",
        "CREATE TABLE mine AS SELECT 1",
        "DROP VIEW firms",
        "INSERT INTO firms SELECT * FROM firms",
        "ATTACH '/tmp/other.db'",
        "INSTALL httpfs",
        "LOAD icu",
        "SET enable_external_access = true",
        "PRAGMA enable_external_access = true",
        "EXPLAIN ANALYZE COPY firms TO '/tmp/firms.csv'",
        "SELECT 1; SELECT 2",
        "",
        "SELEC 1",
        "SELECT nothing FROM firms",
        "SELECT * FROM nothing",
        "SELECT CAST(name AS INTEGER) FROM firms",
    ],
)
def test_what_is_no_question_to_the_tables_is_refused_in_one_line(tables: duckdb.DuckDBPyConnection, sql: str):
    with pytest.raises(QueryError) as refused:
        list(rows(ask(tables, sql)))
    assert "\n" not in str(refused.value)
    assert str(refused.value)


def test_a_spreadsheet_finds_no_formula(tables: duckdb.DuckDBPyConnection):
    text = "".join(csv_lines(ask(tables, 'SELECT name, aliases, mention_count AS "=n", published_on FROM firms ORDER BY record_id')))
    assert list(csv.reader(io.StringIO(text))) == [
        ["name", "aliases", "'=n", "published_on"],
        ['\'=HYPERLINK("x")', '["-a", "b"]', "1", "2023-01-02"],
        ["Ünal, A.Ş.\x1b[31m", "[]", "-3", ""],
    ]


def test_json_is_one_array(tables: duckdb.DuckDBPyConnection):
    text = "".join(json_lines(ask(tables, "SELECT name, aliases, published_on FROM firms ORDER BY record_id")))
    assert json.loads(text)[0] == {"name": '=HYPERLINK("x")', "aliases": ["-a", "b"], "published_on": "2023-01-02"}
    assert json.loads("".join(json_lines(ask(tables, "SELECT 1 WHERE false")))) == []


def test_parquet_holds_the_answer_whole_or_not_at_all(tables: duckdb.DuckDBPyConnection, tmp_path: Path):
    assert write_parquet(ask(tables, "SELECT name FROM firms"), tmp_path / "answer.parquet") == 2
    assert pq.read_table(tmp_path / "answer.parquet").column_names == ["name"]
    with pytest.raises(QueryError):
        write_parquet(ask(tables, "SELECT CAST(name AS INTEGER) AS n FROM firms"), tmp_path / "broken.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["answer.parquet"]
