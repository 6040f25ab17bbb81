"""Which rows came, went and changed between two snapshots?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from flows.tables.schemas import primary_key, schema_of
from flows.tables.snapshot import CIRCUMSTANCES, Snapshot
from nlp.records import HISTORIES, TABLES

# When, by which version and how often something was done are no differences of what was found.
IGNORED = (*CIRCUMSTANCES, "pipeline_version", "component_versions", "minhash")
_NOT_COMPARED = ("runs", *HISTORIES)


@dataclass(frozen=True)
class Difference:
    """What is different in a table: how many rows of `after` are not in `before` and the other way round, and of how many that are in
    both (by primary key) another column has changed, which columns in how many of them. The samples are rows as dictionaries; of a
    changed row: its key, and by column what it was and is."""

    table: str
    came: int
    went: int
    changed: int
    columns: dict[str, int] = field(default_factory=dict)
    came_rows: list[dict[str, Any]] = field(default_factory=list)
    went_rows: list[dict[str, Any]] = field(default_factory=list)
    changed_rows: list[dict[str, Any]] = field(default_factory=list)


def differences(before: Snapshot, after: Snapshot, samples: int = 3) -> Iterator[Difference]:
    """The tables that differ. Files that both snapshots share are not read."""
    for table in TABLES:
        if table in _NOT_COMPARED:
            continue
        old, new = _own_files(before, after, table), _own_files(after, before, table)
        if old or new:
            found = _compare(table, old, new, samples)
            if found.came or found.went or found.changed:
                yield found


def _own_files(one: Snapshot, other: Snapshot, table: str) -> list[Path]:
    """The files of a table that the other snapshot does not have too."""
    shared = {file.sha256 for file in other.manifest.tables[table].files} if table in other.manifest.tables else set()
    files = one.manifest.tables[table].files if table in one.manifest.tables else ()
    return [one.path / table / file.path for file in files if file.sha256 not in shared]


def _compare(table: str, old: Sequence[Path], new: Sequence[Path], samples: int) -> Difference:
    key = primary_key(table)
    compared = [name for name in schema_of(table).names if name not in IGNORED and name not in key]
    with duckdb.connect(":memory:") as connection:
        for name, files in (("old", old), ("new", new)):
            connection.register(f"{name}_schema", schema_of(table).empty_table())
            source = f"SELECT * FROM {name}_schema"
            if files:
                listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
                source += f" UNION ALL BY NAME SELECT * FROM read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
            connection.execute(f"CREATE VIEW {name} AS {source}")
        using = ", ".join(map(_quoted, key))
        differs = " OR ".join(f"old.{_quoted(name)} IS DISTINCT FROM new.{_quoted(name)}" for name in compared) or "false"
        counts = ", ".join(f"count(*) FILTER (old.{_quoted(name)} IS DISTINCT FROM new.{_quoted(name)})" for name in compared)
        came, went = (
            _one(connection, f"SELECT count(*) FROM {mine} ANTI JOIN {theirs} USING ({using})")[0]
            for mine, theirs in (("new", "old"), ("old", "new"))
        )
        changed, *by_column = _one(
            connection, f"SELECT count(*){', ' + counts if counts else ''} FROM old JOIN new USING ({using}) WHERE {differs}"
        )
        both = ", ".join(
            f"old.{_quoted(name)} AS {_quoted('was ' + name)}, new.{_quoted(name)} AS {_quoted('is ' + name)}" for name in compared
        )
        order = f"ORDER BY {using} LIMIT {samples}"
        return Difference(
            table,
            came,
            went,
            changed,
            {name: count for name, count in zip(compared, by_column) if count},
            _rows(connection, f"SELECT new.* FROM new ANTI JOIN old USING ({using}) {order}") if came else [],
            _rows(connection, f"SELECT old.* FROM old ANTI JOIN new USING ({using}) {order}") if went else [],
            [
                _changed(row, key, compared)
                for row in (
                    _rows(connection, f"SELECT {using}, {both} FROM old JOIN new USING ({using}) WHERE {differs} {order}")
                    if changed
                    else ()
                )
            ],
        )


def _changed(row: dict[str, Any], key: Sequence[str], compared: Sequence[str]) -> dict[str, Any]:
    values = {name: [row[f"was {name}"], row[f"is {name}"]] for name in compared}
    return {name: row[name] for name in key} | {name: pair for name, pair in values.items() if pair[0] != pair[1]}


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    found = connection.execute(query).fetchone()
    assert found is not None
    return tuple(found)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def _quoted(name: str) -> str:
    return f'"{name}"'
