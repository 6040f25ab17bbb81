"""What did the tables hold at one instant, and do two snapshots hold the same?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from flows.tables.errors import TableError
from flows.tables.manifest import DataFile, Manifest, TableFiles, is_current, read_manifest
from flows.tables.schemas import columns_of, schema_of, sort, sort_columns, table_name, upgrade
from nlp.records import HISTORIES, TABLES, UNPARTITIONED

# RECORDS.md, "Equal tables": columns that tell when and how often something was done, not what was found
CIRCUMSTANCES = ("collected_at", "seen_at", "started_at", "finished_at", "seconds", "attempt", "forgotten_at")
_SHOWN = 3  # rows that a difference quotes


class Snapshot:
    """All tables at one instant. It never changes; its files are there until it is pruned (`FileNotFoundError` from then on)."""

    def __init__(self, path: Path) -> None:
        """`path` is the snapshot's folder, or a link to it such as `processed/current`, resolved once and for all."""
        self.path = Path(path).resolve(strict=True)

    def __repr__(self) -> str:
        return f"Snapshot({str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def without(self, files: Mapping[str, Collection[str]]) -> Snapshot:
        """The same snapshot as if it did not list some files, given by table as paths below the table's folder; with every table."""
        reduced = Snapshot(self.path)
        listed = {name: self.manifest.tables.get(name) or TableFiles(columns_of(name), ()) for name in TABLES}
        tables = {
            name: dataclasses.replace(table, files=tuple(file for file in table.files if file.path not in files.get(name, ())))
            for name, table in listed.items()
        }
        reduced.__dict__["manifest"] = dataclasses.replace(self.manifest, tables=tables)
        return reduced

    @property
    def id(self) -> str:
        """The name of its folder; ids sort by age."""
        return self.path.name

    @functools.cached_property
    def manifest(self) -> Manifest:
        """The list of all files of all tables; raises what `read_manifest` raises."""
        return read_manifest(self.path)

    @property
    def created_at(self) -> dt.datetime:
        """When the commit that made it wrote it down (UTC)."""
        return self.manifest.created_at

    @property
    def message(self) -> str:
        return self.manifest.message

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables, in the order of `nlp.records.TABLES`."""
        return tuple(name for name in TABLES if name in self.manifest.tables)

    def rows(self, table: str) -> int:
        """How many rows the table has; read off the manifest."""
        name = table_name(table)
        return self.manifest.tables[name].rows if name in self.manifest.tables else 0

    def months(self, tables: Collection[str]) -> list[str]:
        """The months (`schemas.month_of`) in which one of the tables has files, in order."""
        return sorted({file.folder.removeprefix("published=") for table in tables for file in self._listed(table) if file.folder})

    def rows_of(self, table: str, month: str) -> int:
        """How many rows of a month the table has; read off the manifest."""
        return sum(file.rows for file in self._listed(table, (month,)))

    def files(self, table: str, *, months: Collection[str] | None = None) -> list[Path]:
        """The table's Parquet files (of some months), in order of month; one file of 0 rows where it has no rows."""
        return [self.path / table_name(table) / file.path for file in self._listed(table, months)]

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: pc.Expression | None = None,
        *,
        months: Collection[str] | None = None,
    ) -> pa.Table:
        """The table's rows in its order (`schemas.sort_columns`), with its schema.

        `columns` picks columns, in that order; `where` rows, e.g. `pyarrow.compute.field("doc_id") == "…"`; `months` the partitions that
        are opened (`schemas.month_of`), all where it is None. Raises `TableError` for an unknown table or column.
        """
        wanted = self._wanted(table, columns)
        needed = list(dict.fromkeys((*wanted, *sort_columns(table))))
        parts = list(self._parts(table, self._listed(table, months), needed, where))
        rows = pa.concat_tables(parts) if parts else schema_of(table).empty_table()
        return sort(table, rows.select(needed)).select(wanted)

    def scan(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: pc.Expression | None = None,
        *,
        months: Collection[str] | None = None,
    ) -> Iterator[pa.Table]:
        """What `read` returns, file by file: months in order, each file sorted, the whole not; for tables larger than memory."""
        wanted = self._wanted(table, columns)
        for file in self._listed(table, months):
            for part in self._parts(table, [file], wanted, where):
                yield part.select(wanted)

    def _listed(self, table: str, months: Collection[str] | None = None) -> Sequence[DataFile]:
        listed = self.manifest.tables.get(table_name(table))
        files = listed.files if listed else ()
        if months is None or table_name(table) in UNPARTITIONED:
            return files
        folders = {f"published={month}" for month in months}
        return [file for file in files if file.folder in folders]

    def _wanted(self, table: str, columns: Sequence[str] | None) -> list[str]:
        names = schema_of(table).names
        if columns is None:
            return list(names)
        if unknown := [column for column in columns if column not in names]:
            raise TableError(f"{table_name(table)} has no column {', '.join(unknown)}; its columns are {', '.join(names)}")
        return list(columns)

    def _parts(self, table: str, files: Sequence[DataFile], columns: list[str], where: pc.Expression | None) -> Iterator[pa.Table]:
        if not files:
            return
        paths = [str(self.path / table_name(table) / file.path) for file in files]
        if is_current(table, self.manifest.tables[table_name(table)]):
            yield ds.dataset(paths, schema=schema_of(table), format="parquet").to_table(columns=columns, filter=where)
            return
        for path in paths:  # written before the schema grew
            whole = upgrade(table, ds.dataset([path], format="parquet").to_table())
            yield (whole if where is None else whole.filter(where)).select(columns)


def equal_tables(a: Snapshot, b: Snapshot) -> list[str]:
    """How the tables of two snapshots differ, one sentence a table; [] where they are the same.

    The same: the same rows (each as often) in any file layout, without the columns `CIRCUMSTANCES` and the tables `HISTORIES`.
    Compared month by month, so that memory is that of the largest month.
    """
    differences = []
    for name in (name for name in TABLES if name not in HISTORIES):
        only_a: Counter[str] = Counter()
        only_b: Counter[str] = Counter()
        folders = sorted({file.folder for snapshot in (a, b) for file in snapshot._listed(name)})
        for folder in folders:
            left, right = (_comparable(snapshot, name, folder) for snapshot in (a, b))
            if left.equals(right):
                continue
            counted_a, counted_b = (Counter(map(repr, side.to_pylist())) for side in (left, right))
            only_a += counted_a - counted_b
            only_b += counted_b - counted_a
        if only_a or only_b:
            sides = (
                (f"{only.total()} rows only in {side.id}, e.g. {'; '.join(list(only)[:_SHOWN])}", only)
                for side, only in ((a, only_a), (b, only_b))
            )
            differences.append(f"{name}: " + " | ".join(text for text, only in sides if only))
    return differences


def _comparable(snapshot: Snapshot, name: str, folder: str) -> pa.Table:
    kept = [column for column in schema_of(name).names if column not in CIRCUMSTANCES]
    files = [file for file in snapshot._listed(name) if file.folder == folder]
    parts = list(snapshot._parts(name, files, schema_of(name).names, None))
    rows = pa.concat_tables(parts) if parts else schema_of(name).empty_table()
    return sort(name, rows).select(kept).combine_chunks()
