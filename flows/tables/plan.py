"""Which files does a commit take over as they are, and which does it write anew from which rows?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.tables.changes import Condition, KeyCache, TableChange, files_to_rewrite
from flows.tables.compaction import Limits, files_to_merge
from flows.tables.errors import TableError
from flows.tables.manifest import DataFile, is_current
from flows.tables.migrations import Convert, Step, converter
from flows.tables.schemas import check_keys, empty, primary_key, split_by_month, upgrade
from flows.tables.snapshot import Snapshot
from nlp.records import TABLES


@dataclass(frozen=True)
class TablePlan:
    """What a commit does to one table.

    `stays`: files of the table's folder `source` that are linked. `added`: new rows, `rewritten`: files of `source` to be read again,
    both by the partition's folder: together, without the rows that the change takes away, they become new files.
    """

    change: TableChange
    source: Path
    stays: tuple[DataFile, ...]
    added: Mapping[str, pa.Table]
    rewritten: Mapping[str, tuple[DataFile, ...]]
    convert: Convert | None = None
    """What is done to the rows of `source` before they get today's columns."""

    @property
    def changes_nothing(self) -> bool:
        return not self.added and not self.rewritten

    @property
    def folders(self) -> list[str]:
        """The partitions that get new files."""
        return sorted({*self.added, *self.rewritten})

    def rows(self, folder: str) -> pa.Table:
        """The rows of the new files of one partition; raises `TableError` where a primary key would stand there twice."""
        name = self.change.table
        parts = [self.added.get(folder, empty(name))]
        for file in self.rewritten.get(folder, ()):
            with pq.ParquetFile(self.source / file.path) as source:
                before = source.read()
            parts.append(self.change.remaining(upgrade(name, self.convert(before) if self.convert else before)))
        rows = pa.concat_tables(parts)
        check_keys(name, rows)
        return rows


def plan_tables(
    base: Snapshot | None, changes: Mapping[str, TableChange], limits: Limits, cache: KeyCache, steps: Sequence[Step] = ()
) -> dict[str, TablePlan]:
    """A plan for every table, for a commit upon `base`, whose tables are of an older schema where there are `steps` to today's.

    Raises `TableError` where an added row's key is published already.
    """
    return {name: _plan_table(base, changes.get(name, TableChange(name, (), empty(name))), limits, cache, steps) for name in TABLES}


def _plan_table(base: Snapshot | None, change: TableChange, limits: Limits, cache: KeyCache, steps: Sequence[Step]) -> TablePlan:
    name = change.table
    convert = converter(name, steps)
    added = split_by_month(name, change.add)
    listed = base.manifest.tables.get(name) if base else None
    if base is None or listed is None:
        return TablePlan(change, Path(name), (), added, {})
    source = base.path / name
    filled = [file for file in listed.files if file.rows]
    today = is_current(name, listed) and convert is None
    # a new schema rewrites its whole table in one commit
    rewrite = files_to_rewrite(change, filled, source, cache) if today else filled
    rewritten = _by_folder(rewrite)
    stays = _by_folder([file for file in filled if file not in rewrite])
    for folder in {*added, *rewritten}:
        incoming = sum(file.rows for file in rewritten.get(folder, ())) + (added[folder].num_rows if folder in added else 0)
        new = added.get(folder)
        full = limits.rows_per_file(new.num_rows, new.nbytes) if new is not None else limits.target_file_rows
        merged = files_to_merge(stays.get(folder, []), incoming, limits, full)
        if merged:
            rewritten.setdefault(folder, []).extend(merged)
            stays[folder] = [file for file in stays[folder] if file not in merged]
    for folder, rows in added.items():
        _check_new(name, rows, source, stays.get(folder, []))
    kept = [file for files in stays.values() for file in files]
    if today and not filled and not added:
        kept = list(listed.files)  # the file that stands for the empty table
    return TablePlan(change, source, tuple(kept), added, {folder: tuple(files) for folder, files in rewritten.items()}, convert)


def _by_folder(files: list[DataFile]) -> dict[str, list[DataFile]]:
    folders: dict[str, list[DataFile]] = {}
    for file in files:
        folders.setdefault(file.folder, []).append(file)
    return folders


def _check_new(name: str, rows: pa.Table, source: Path, files: list[DataFile]) -> None:
    """Raise `TableError` where a row's primary key stands in one of the files that stay."""
    key = primary_key(name)
    if not files:
        return
    condition = Condition(name, key, frozenset(zip(*(rows[column].to_pylist() for column in key))))
    for file in files:
        with pq.ParquetFile(source / file.path) as published:
            keys = published.read(columns=list(key), use_threads=False)
        twice = keys.filter(condition.mask(keys))
        if twice.num_rows:
            values = ", ".join(f"{column} {value!r}" for column, value in twice.slice(0, 1).to_pylist()[0].items())
            raise TableError(f"{name}: a row with {values} is published already: remove it in the same change that adds it")
