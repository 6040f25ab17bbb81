"""Which rows does a commit take away and add, and in which files do the rows to be taken away stand?"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.tables.errors import TableError
from flows.tables.manifest import DataFile
from flows.tables.schemas import conform, empty, schema_of, table_name

_KEYS_AT_ONCE = 50_000

Key = str | tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A change of one table: rows whose `remove` columns hold one of the values go, then the rows of `add` come.

    `remove` maps a column to values (`{"doc_id": {…}}`), or a tuple of columns to tuples of values
    (`{("collection", "source"): {("news", "a.md")}}`); a row goes when any of its entries matches. The changes of a commit are made
    in their order.
    """

    table: str
    add: pa.Table | None = None
    remove: Mapping[Key, Collection[Any]] | None = None


@dataclass(frozen=True)
class Condition:
    """One entry of `Change.remove`: rows match whose `columns` together hold one of `values`."""

    table: str
    columns: tuple[str, ...]
    values: frozenset[tuple[Any, ...]]

    @functools.cached_property
    def by_column(self) -> tuple[pa.Array, ...]:
        """The values of each column, in its type."""
        schema = schema_of(self.table)
        return tuple(pa.array({value[i] for value in self.values}, schema.field(name).type) for i, name in enumerate(self.columns))

    @functools.cached_property
    def hashes(self) -> np.ndarray:
        """The values as `KeyCache` keeps keys."""
        return np.fromiter(map(hash, self.values), np.int64, len(self.values))

    def may_match(self, file: DataFile) -> bool:
        """Whether the file can hold a matching row, by the ends of its columns in the manifest."""
        return any(all(file.spans(column, part) for column, part in zip(self.columns, value)) for value in self.values)

    def mask(self, rows: pa.Table) -> pa.Array | pa.ChunkedArray:
        """True for each row that matches; `rows` holds at least the condition's columns."""
        found = functools.reduce(pc.and_, (pc.is_in(rows[name], values) for name, values in zip(self.columns, self.by_column)))
        if len(self.columns) == 1 or not pc.any(found).as_py():
            return found
        # each column holds one of its values, so the row is a candidate; whether they stand together decides
        candidates = pc.indices_nonzero(found)
        combinations = zip(*(rows[column].take(candidates).to_pylist() for column in self.columns))
        right = [index for index, value in zip(candidates.to_pylist(), combinations) if value in self.values]
        return pc.is_in(pa.array(range(rows.num_rows), pa.int64()), pa.array(right, pa.int64()))


@dataclass(frozen=True)
class TableChange:
    """All changes of one table in one commit, put together."""

    table: str
    conditions: tuple[Condition, ...]
    add: pa.Table

    def remaining(self, rows: pa.Table) -> pa.Table:
        """The rows that stay."""
        return without(rows, self.conditions)


def put_together(changes: Sequence[Change]) -> dict[str, TableChange]:
    """The changes of a commit by table. Raises `TableError` where a table, a column or a row does not fit."""
    by_table: dict[str, TableChange] = {}
    for change in changes:
        name = table_name(change.table)
        before = by_table.get(name, TableChange(name, (), empty(name)))
        conditions = _conditions(name, change.remove or {})
        add = without(before.add, conditions)
        if change.add is not None:
            add = conform(name, pa.concat_tables([add, conform(name, change.add)]))
        by_table[name] = TableChange(name, (*before.conditions, *conditions), add)
    return by_table


def without(rows: pa.Table, conditions: Sequence[Condition]) -> pa.Table:
    """The rows that match none of the conditions."""
    for condition in conditions:
        if rows.num_rows:
            rows = rows.filter(pc.invert(condition.mask(rows)))
    return rows


def _conditions(name: str, remove: Mapping[Key, Collection[Any]]) -> tuple[Condition, ...]:
    conditions = []
    for key, values in remove.items():
        columns = (key,) if isinstance(key, str) else tuple(key)
        if unknown := [column for column in columns if column not in schema_of(name).names]:
            raise TableError(f"{name} has no column {', '.join(unknown)} to remove rows by")
        if isinstance(values, str):
            raise TableError(f"{name}: the values to remove rows by are a set, not the text {values!r}")
        tuples = frozenset((value,) if isinstance(key, str) else tuple(value) for value in values)
        if any(len(value) != len(columns) for value in tuples):
            raise TableError(f"{name}: each value to remove rows by needs {len(columns)} parts ({', '.join(columns)})")
        if tuples:
            condition = Condition(name, columns, tuples)
            try:
                condition.by_column  # noqa: B018  a value of the wrong type is told now, not under the lock
            except (pa.ArrowException, OverflowError, TypeError) as error:
                raise TableError(f"{name}: a value to remove rows by does not fit {', '.join(columns)}: {error}") from error
            conditions.append(condition)
    return tuple(conditions)


class KeyCache:
    """Hashes of the keys of data files, which never change, kept while they fit in `limit` bytes (the least used go first)."""

    def __init__(self, limit: int = 16_000_000) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[tuple[str, tuple[str, ...]], np.ndarray] = OrderedDict()

    def may_hold(self, condition: Condition, path: Path, sha256: str) -> bool:
        """Whether a row of a Parquet file with this content matches; a False is sure, a True all but sure (64 bits)."""
        keys = self._keys(path, sha256, condition.columns)
        places = np.searchsorted(keys, condition.hashes)
        return bool((keys[np.minimum(places, len(keys) - 1)] == condition.hashes).any()) if len(keys) else False

    def _keys(self, path: Path, sha256: str, columns: tuple[str, ...]) -> np.ndarray:
        """The sorted hashes of the combinations of the columns: 8 bytes a row."""
        place = (sha256, columns)
        if place in self._kept:
            self._kept.move_to_end(place)
            return self._kept[place]
        hashes = []
        with pq.ParquetFile(path) as file:
            for rows in file.iter_batches(_KEYS_AT_ONCE, columns=list(columns), use_threads=False):
                values = zip(*(rows.column(name).to_pylist() for name in columns))
                hashes.append(np.fromiter(map(hash, values), np.int64, rows.num_rows))
        keys = np.unique(np.concatenate(hashes)) if hashes else np.empty(0, np.int64)
        self._kept[place] = keys
        self.size += keys.nbytes
        while self.size > self.limit and len(self._kept) > 1:
            self.size -= self._kept.popitem(last=False)[1].nbytes
        return keys


def files_to_rewrite(change: TableChange, files: Sequence[DataFile], folder: Path, cache: KeyCache) -> list[DataFile]:
    """The files that hold a row to be taken away: by the manifest first, then by the hashes of their keys."""
    found = []
    for file in files:
        for condition in change.conditions:
            if not file.rows or not condition.may_match(file):
                continue
            if cache.may_hold(condition, folder / file.path, file.sha256):
                found.append(file)
                break
    return found
