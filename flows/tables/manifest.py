"""What does a snapshot consist of? Its manifest lists every file of every table, with what tells whether a row can be in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.tables.errors import SchemaMismatchError, StoreError
from flows.tables.layout import MANIFEST
from flows.tables.migrations import steps_from
from flows.tables.schemas import columns_of, sort_columns
from nlp.records import SCHEMA_VERSION, TABLES

_RANGED = (pa.types.is_string, pa.types.is_integer, pa.types.is_date)  # the types whose least and greatest values are listed


@dataclass(frozen=True)
class DataFile:
    """One Parquet file. `path` is relative to its table's folder; `min` and `max` hold, by column, the ends of its values as JSON."""

    path: str
    rows: int
    bytes: int
    sha256: str
    min: Mapping[str, Any]
    max: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The partition's folder below the table's; "" where the table is not partitioned."""
        return self.path.rpartition("/")[0]

    def as_dict(self) -> dict[str, Any]:
        """Its fields by name; not copied through and through, for a manifest lists thousands of files at each commit."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def spans(self, column: str, value: Any) -> bool:
        """Whether the value lies between the ends of the column; True also where that is not known."""
        if value is None or column not in self.min:
            return True
        return bool(self.min[column] <= as_json(value) <= self.max[column])


@dataclass(frozen=True)
class TableFiles:
    """The files of one table, and its columns with their Arrow types at the time of writing."""

    columns: Mapping[str, str]
    files: tuple[DataFile, ...]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True)
class Manifest:
    """One snapshot: the state of all tables after a commit."""

    id: str
    parent: str | None
    created_at: dt.datetime
    message: str
    component: Mapping[str, Any]
    tables: Mapping[str, TableFiles]
    consumed: tuple[str, ...] = ()  # staged batches that this commit took in; what is left of them is swept
    schema_version: str = field(default=SCHEMA_VERSION)

    def to_json(self) -> str:
        """The text of `manifest.json`: one line a file, so that people and `diff` can read it."""
        head = {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "tables"}
        head["created_at"] = self.created_at.isoformat()
        lines = json.dumps(head, indent=1, ensure_ascii=False, default=list)[:-2] + ',\n "tables": {\n'
        tables = []
        for name, table in self.tables.items():
            summary = json.dumps({"rows": table.rows, "bytes": table.bytes, "columns": table.columns})
            files = ",\n".join(f"   {json.dumps(file.as_dict(), ensure_ascii=False)}" for file in table.files)
            tables.append(f'  {json.dumps(name)}: {summary[:-1]}, "files": [\n{files}\n  ]}}')
        return lines + ",\n".join(tables) + "\n }\n}\n"


def read_manifest(snapshot: Path) -> Manifest:
    """The manifest of a snapshot's folder.

    Tables of an older version that `communique upgrade` knows to migrate can be looked at: new columns hold their defaults.

    Raises `SchemaMismatchError` where the tables were written under a newer schema, or one that there is no way from,
    `FileNotFoundError` where there is none, `StoreError` where it is damaged.
    """
    text = (snapshot / MANIFEST).read_text(encoding="utf-8")
    try:
        content = json.loads(text)
        version = content["schema_version"]
        check_version(version, snapshot)
        tables = {
            name: TableFiles(table["columns"], tuple(DataFile(**file) for file in table["files"]))
            for name, table in content["tables"].items()
        }
        manifest = Manifest(
            id=content["id"],
            parent=content["parent"],
            created_at=dt.datetime.fromisoformat(content["created_at"]),
            message=content["message"],
            component=content["component"],
            tables=tables,
            consumed=tuple(content["consumed"]),
            schema_version=version,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StoreError(
            f"{snapshot / MANIFEST} is damaged ({error}): point {snapshot.parent.parent / 'current'} at another snapshot"
        ) from error
    if unknown := set(tables) - set(TABLES):
        raise SchemaMismatchError(
            f"{snapshot} holds tables that this version does not know ({', '.join(sorted(unknown))}): install a newer communique"
        )
    return manifest


def check_version(version: str, place: Path, ours: str = SCHEMA_VERSION) -> None:
    """Raise `SchemaMismatchError` where there is no way from tables of schema `version` to `ours` ("major.minor")."""
    theirs, own = (tuple(int(part) for part in v.split(".")) for v in (version, ours))
    if theirs > own:
        raise SchemaMismatchError(
            f"{place} was written with schema {version}, newer than this version's {ours}: install a newer communique"
        )
    if steps_from(version, to=ours) is None:
        raise SchemaMismatchError(
            f"{place} was written with schema {version}, and there is no way from it to this version's {ours}: "
            f"run again into another folder with --processed"
        )


def check_current(manifest: Manifest, place: Path) -> None:
    """Raise `SchemaMismatchError` where the tables are of an older schema than today's."""
    if manifest.schema_version != SCHEMA_VERSION:
        raise SchemaMismatchError(
            f"{place} was written with schema {manifest.schema_version}, and this version reads {SCHEMA_VERSION}: "
            f"`communique upgrade` migrates it in one commit"
        )


def is_current(name: str, table: TableFiles) -> bool:
    """Whether the table's files have today's columns."""
    return dict(table.columns) == columns_of(name)


def data_file(name: str, path: str, rows: pa.Table, size: int, sha256: str) -> DataFile:
    """The manifest's entry for a file just written; the ends are those of the columns the table is sorted or found by."""
    least, greatest = {}, {}
    for column in dict.fromkeys((*sort_columns(name), *(("doc_id",) if "doc_id" in rows.column_names else ()))):
        values = rows[column]
        if values.null_count or not rows.num_rows or not any(test(values.type) for test in _RANGED):
            continue
        ends = pc.min_max(values).as_py()
        least[column], greatest[column] = as_json(ends["min"]), as_json(ends["max"])
    return DataFile(path, rows.num_rows, size, sha256, least, greatest)


def as_json(value: Any) -> Any:
    """A value as it stands in `min` and `max`; the order of days is kept."""
    return value.isoformat() if isinstance(value, dt.date) else value
