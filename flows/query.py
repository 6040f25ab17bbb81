"""How are questions asked of the tables: in SQL, of one snapshot, and with no way to anything else?

DuckDB sees one view a table over the files of the resolved snapshot; then file access is closed but for these files, extensions are
neither loaded nor fetched, and the configuration is locked. Only what reads is let through.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.errors import QueryError
from flows.tables.schemas import schema_of
from flows.tables.snapshot import Snapshot

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BATCH_ROWS = 10_000
_THREADS = 1  # where memory is bounded: each has buffers of its own
QUERY_MB = 256  # for the questions of a run; they are put so that they need a fraction of it
_CLOSED: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "temp_directory": str(Path(tempfile.gettempdir()) / "communique-duckdb"),
}


def open_tables(
    snapshot: Snapshot,
    tables: Collection[str] | None = None,
    *,
    without: Collection[str] = (),
    months: Collection[str] | None = None,
    memory_mb: int | None = None,
) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in which each table of the snapshot (or each of `tables`) is a view, and nothing else can be read.

    The views show no row of the documents whose doc_ids are in `without`, and those of `months` alone where these are given.
    `memory_mb` bounds what is held in memory; what does not fit waits in a temporary folder, or the question fails.
    """
    connection = duckdb.connect(":memory:", config=_CLOSED | ({"memory_limit": f"{memory_mb}MB", "threads": _THREADS} if memory_mb else {}))
    files = {
        table: [str(path) for path in snapshot.files(table, months=months)]
        for table in snapshot.tables
        if tables is None or table in tables
    }
    allowed = [path for paths in files.values() for path in paths]
    connection.execute(f"SET allowed_paths = {_list(allowed)}")
    for table, paths in files.items():
        if paths:
            rows = f"read_parquet({_list(paths)}, hive_partitioning = false, union_by_name = true)"
            hidden = f" WHERE doc_id IS NULL OR doc_id NOT IN ({_quoted(without)})"
            connection.execute(
                f"CREATE VIEW {table} AS SELECT * FROM {rows}{hidden if without and 'doc_id' in schema_of(table).names else ''}"
            )
        else:
            connection.register(table, schema_of(table).empty_table())
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _list(texts: Iterable[str]) -> str:
    return f"[{_quoted(texts)}]"


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.RecordBatchReader:
    """The rows that one SELECT gives, as a stream. Raises `QueryError` for anything else and for SQL that does not run."""
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise QueryError("give one statement" if statements else "give a statement, e.g. SELECT count(*) FROM documents")
        if statements[0].type != duckdb.StatementType.SELECT:
            raise QueryError(
                f"only SELECT is allowed, and this is {statements[0].type.name}: the tables are written by `communique run` alone"
            )
        return connection.sql(statements[0].query).to_arrow_reader(_BATCH_ROWS)
    except duckdb.Error as error:
        raise QueryError(" ".join(str(error).split("\n\nLINE")[0].split())) from error


def rows(reader: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    """The rows as dictionaries. Raises `QueryError` where the query fails on its way."""
    try:
        for batch in reader:
            yield from batch.to_pylist()
    except (duckdb.Error, pa.ArrowException) as error:
        raise QueryError(" ".join(str(error).split())) from error


def csv_lines(reader: pa.RecordBatchReader) -> Iterator[str]:
    """CSV lines with a header. A text that a spreadsheet would take for a formula gets an apostrophe before it; lists are JSON."""
    yield _csv_line(map(_disarm, reader.schema.names))
    for row in rows(reader):
        yield _csv_line(_disarm(_cell(value)) if isinstance(value, (str, list, dict)) else _cell(value) for value in row.values())


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_as_text)
    return _as_text(value)


def _disarm(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime, dt.time)) else str(value)


def json_lines(reader: pa.RecordBatchReader) -> Iterator[str]:
    """The pieces of one JSON array of objects."""
    before = "[\n"
    for row in rows(reader):
        yield f"{before}{json.dumps(row, ensure_ascii=False, default=_as_text)}"
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def write_parquet(reader: pa.RecordBatchReader, path: Path) -> int:
    """Write the rows to a Parquet file, whole or not at all; how many there are. Raises `QueryError` and `OSError`."""
    partial = path.with_name(f".{path.name}.partial")
    count = 0
    try:
        with pq.ParquetWriter(partial, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
                count += batch.num_rows
        partial.replace(path)
    except (duckdb.Error, pa.ArrowException) as error:
        raise QueryError(" ".join(str(error).split())) from error
    finally:
        partial.unlink(missing_ok=True)
    return count
