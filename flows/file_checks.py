"""Are the files of a snapshot there, whole and what its manifest says?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.tables.layout import DATAPACKAGE
from flows.tables.manifest import DataFile
from flows.tables.snapshot import Snapshot
from nlp.records import SCHEMA_VERSION, TABLES


@dataclass(frozen=True)
class BadFile:
    """A file that cannot be used, or is not known; `file` is None where it stands for itself and is in no table's list."""

    table: str
    path: str
    why: str
    file: DataFile | None = None


def bad_files(snapshot: Snapshot) -> Iterator[BadFile]:
    """The files that are damaged, missing, or in a table's folder though the manifest does not list them."""
    for table in TABLES:
        listed = snapshot.manifest.tables.get(table)
        if listed is None:
            yield BadFile(table, "", "the table is missing")
            continue
        for file in listed.files:
            if why := what_is_wrong(snapshot.path / table / file.path, file):
                yield BadFile(table, file.path, why, file)
        folder = snapshot.path / table
        known = {file.path for file in listed.files}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.relative_to(folder).as_posix() not in known:
                yield BadFile(table, path.relative_to(folder).as_posix(), "the manifest does not list it")


def what_is_wrong(path: Path, file: DataFile) -> str:
    """In a few words what is wrong with a data file; "" where nothing is."""
    try:
        if path.stat().st_size != file.bytes:
            return f"it has {path.stat().st_size:,} bytes, not {file.bytes:,}"
        with path.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != file.sha256:
                return "its checksum is not that of the manifest"
        with pq.ParquetFile(path) as parquet:
            if parquet.metadata.num_rows != file.rows:
                return f"it has {parquet.metadata.num_rows:,} rows, not {file.rows:,}"
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    except pa.ArrowException:
        return "it is no Parquet file that can be read"
    return ""


def description_problem(snapshot: Snapshot) -> str:
    """In a few words what is wrong with `datapackage.json`; "" where nothing is."""
    try:
        content = json.loads((snapshot.path / DATAPACKAGE).read_text(encoding="utf-8"))
        listed = {resource["name"]: set(resource["path"]) for resource in content["resources"]}
        version = content["schema_version"]
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    except (ValueError, KeyError, TypeError):
        return "it is damaged"
    if version != snapshot.manifest.schema_version or version != SCHEMA_VERSION:
        return f"it says schema {version}"
    files = {name: {f"{name}/{file.path}" for file in table.files} for name, table in snapshot.manifest.tables.items()}
    return "" if listed == files else "it lists other files than the manifest"
