"""Where do workers put rows that are not published yet? Into folders of their own, which appear whole or not at all."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.tables.errors import StoreError, TableError
from flows.tables.files import remove_tree, sync_folder, write_parquet
from flows.tables.layout import PARTIAL, Layout
from flows.tables.schemas import conform, empty, table_name

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_FOLDER = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,127})~(?P<order>\d{20}-[0-9a-f]{8})")
_GRACE_SECONDS = 24 * 3600  # an unfinished batch of this age has no worker any more


@dataclass(frozen=True)
class Staged:
    """A batch of rows that waits to be committed, one Parquet file a table."""

    name: str
    path: Path

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it holds rows for."""
        return tuple(sorted(path.stem for path in self.path.glob("*.parquet")))

    def read(self, table: str) -> pa.Table:
        """The rows for one table, in the order they were staged; no rows where it holds none."""
        name = table_name(table)
        path = self.path / f"{name}.parquet"
        if not path.exists():
            if not self.path.is_dir():
                raise StoreError(f"the staged batch {self.path} is gone: another run has committed it")
            return empty(name)
        with pq.ParquetFile(path) as file:
            return conform(name, file.read())


def write_staged(layout: Layout, name: str, tables: Mapping[str, pa.Table], *, durable: bool = True) -> Staged:
    """Write a batch and let it appear; any number of processes may do so at once. Raises `TableError` where rows do not fit."""
    if not _NAME.fullmatch(name):
        raise TableError(f"{name!r} cannot name a staged batch: use letters, digits, '.', '_' and '-'")
    checked = {table_name(table): conform(table, rows) for table, rows in tables.items()}
    folder = layout.staging / f"{name}~{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
    partial = folder.with_name(folder.name + PARTIAL)
    partial.mkdir(parents=True)
    try:
        for table, rows in checked.items():
            write_parquet(rows, partial / f"{table}.parquet", durable=durable)
        if durable:
            sync_folder(partial)
        partial.rename(folder)
    except BaseException:
        remove_tree(partial)
        raise
    if durable:
        sync_folder(layout.staging)
    return Staged(name, folder)


def list_staged(layout: Layout, consumed: Iterable[str] = ()) -> list[Staged]:
    """The batches that wait, by name; of several with one name the newest. `consumed` are folders that were committed already."""
    if not layout.staging.is_dir():
        return []
    gone = set(consumed)
    newest: dict[str, Path] = {}
    for path in sorted(layout.staging.iterdir()):
        found = _FOLDER.fullmatch(path.name)
        if found and path.name not in gone:
            newest[found["name"]] = path
    return [Staged(name, path) for name, path in sorted(newest.items())]


def folders_of(layout: Layout, staged: Iterable[Staged]) -> tuple[str, ...]:
    """The folders that go when these batches have been committed: theirs, and older ones of the same name."""
    newest = {batch.name: batch.path.name for batch in staged}
    if not newest or not layout.staging.is_dir():
        return ()
    found = (_FOLDER.fullmatch(path.name) for path in layout.staging.iterdir())
    return tuple(sorted(match[0] for match in found if match and match[0] <= newest.get(match["name"], "")))


def remove_staged(layout: Layout, folders: Iterable[str]) -> None:
    """Remove batches; each takes another name first, so that one that is listed is always whole."""
    for name in folders:
        folder = layout.staging / name
        if _FOLDER.fullmatch(name) and folder.is_dir():
            leaving = folder.with_name(name + PARTIAL)
            folder.rename(leaving)
            remove_tree(leaving)


def sweep_unfinished(layout: Layout) -> None:
    """Remove what workers that died have left half-written."""
    if not layout.staging.is_dir():
        return
    for path in layout.staging.iterdir():
        if path.name.endswith(PARTIAL) and time.time() - path.stat().st_mtime > _GRACE_SECONDS:
            remove_tree(path)
