"""Which files lie in the raw folder, and which of them changed since they were last read?

The ledger is the table `inputs`, one row per raw input: a file, or a record of a container. A file whose size and time are those
of its rows is not opened; one whose bytes are those of its rows is not read.
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.errors import RawFolderError
from flows.identity import hash_file, name_of
from flows.readers.model import RawReject
from flows.tables.schemas import empty, from_table
from flows.tables.snapshot import Snapshot
from nlp.records import Input

_RECORD = r"(?s)#.*"  # what follows the file in a source


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of the raw folder, or what is in the place of one."""

    path: Path
    source: str
    size: int
    mtime: dt.datetime
    problem: RawReject | None = None
    """Why it must not be opened."""


def root_of(raw: Path) -> Path:
    """The folder that sources are relative to. Raises `RawFolderError` where there is neither folder nor file."""
    if raw.is_dir():
        return raw.resolve()
    if raw.is_file():
        return raw.resolve().parent
    raise RawFolderError(f"there is no folder or file {raw}: name the folder that holds your documents")


def walk(raw: Path) -> Iterator[RawFile]:
    """The files of a raw folder (or the one file), sorted by source, looked at one by one; hidden files and folders are left out.

    A link that leads out of the folder, or nowhere, and what is no regular file comes with its `problem`; a link to a folder inside
    is left out, for what lies there is found in its own place. Raises `RawFolderError`: where there is no such folder at once, where a
    folder in it cannot be read when it is reached.
    """
    root = root_of(raw)
    if raw.is_dir():
        return _files(root)
    file = raw.resolve()
    return iter(filter(None, [_look(file, name_of(file.name), root)]))


def _files(root: Path) -> Iterator[RawFile]:
    """What lies below a folder. A folder's name is sorted with its `/`, so that the files come in the order of their sources."""
    open_folders = [(root, "", iter(_entries(root)))]
    while open_folders:
        folder, prefix, entries = open_folders[-1]
        for name, plain in entries:
            path = folder / plain
            if name.endswith("/"):
                open_folders.append((path, prefix + name, iter(_entries(path))))
                break
            if file := _look(path, prefix + name, root):
                yield file
        else:
            open_folders.pop()


def _entries(folder: Path) -> list[tuple[str, str]]:
    """The names in a folder as they stand in sources, in order, and as they are; of folders with a `/`."""
    try:
        with os.scandir(folder) as entries:
            visible = (entry for entry in entries if not entry.name.startswith("."))
            return sorted((name_of(entry.name) + "/" * entry.is_dir(follow_symlinks=False), entry.name) for entry in visible)
    except FileNotFoundError:  # removed since its parent was listed
        return []
    except OSError as error:
        raise RawFolderError(f"cannot read the folder {error.filename} ({error.strerror}): change its permissions") from error


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # links in a circle: they lead nowhere, which is told where they are followed
        return True


def _look(path: Path, source: str, root: Path) -> RawFile | None:
    """A file as it is now; None for a link to a folder inside, and for what has gone since it was listed."""
    problem = None
    try:
        info = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(info.st_mode):
        if not _inside(path, root):
            problem = RawReject("outside_root", "The link leads out of the raw folder; put a copy of the file there.")
        elif path.is_dir():
            return None
        else:
            try:
                info = path.stat()
            except OSError as error:
                problem = RawReject("malformed", f"The link leads to nothing ({error.strerror}).")
    if problem is None and not stat.S_ISREG(info.st_mode):
        problem = RawReject("unknown_type", "This is no regular file.")
    mtime = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=info.st_mtime_ns // 1_000)
    return RawFile(path, source, info.st_size, mtime, problem)


class Ledger:
    """The rows of `inputs` of one collection, by file; kept as columns, which take a tenth of the memory of objects."""

    def __init__(self, snapshot: Snapshot | None, collection: str) -> None:
        if snapshot is None:
            rows = empty("inputs")
        else:
            rows = snapshot.read("inputs", where=pc.field("collection") == collection)
        files = pc.replace_substring_regex(rows["source"], _RECORD, "")  # as `file_of`
        order = pc.sort_indices(pa.table({"file": files, "source": rows["source"]}), [("file", "ascending"), ("source", "ascending")])
        self._rows = rows.take(order).combine_chunks()
        self._files = files.take(order).combine_chunks()

    def _place(self, file: RawFile) -> tuple[int, int]:
        """The first of the file's rows, and the one after its last."""
        start = bisect.bisect_left(range(len(self._files)), file.source, key=self._file)
        stop = start
        while stop < len(self._files) and self._file(stop) == file.source:
            stop += 1
        return start, stop

    def _file(self, row: int) -> str:
        return str(self._files[row].as_py())

    def _of(self, file: RawFile) -> list[Input]:
        start, stop = self._place(file)
        return from_table("inputs", self._rows.slice(start, stop - start)) if stop > start else []

    def rows(self, file: RawFile) -> dict[str, Input]:
        """What is known of a file's inputs, by source."""
        return {row.source: row for row in self._of(file)}

    def is_unchanged(self, file: RawFile, reader_version: str) -> bool:
        """Whether size and time say that the file was read whole and need not be opened.

        The rows of a container get their time when its last record is in, so those of one that was cut off by a kill never match.
        """
        start, stop = self._place(file)
        current = 0
        for row in range(start, stop):
            if self._value("mtime", row) == file.mtime and self._value("file_size", row) == file.size:
                current += 1
                rejected = self._value("outcome", row) == "rejected"
                if rejected and _try_again(self._value("reader_version", row), self._value("file_hash", row), reader_version):
                    return False
        return current > 0

    def _value(self, column: str, row: int) -> Any:
        return self._rows[column][row].as_py()

    def same_bytes(self, file: RawFile, reader_version: str) -> list[Input]:
        """The rows of a file that was touched but holds the same bytes, with the new time; [] where it must be read.

        Raises `OSError` where the file cannot be opened.
        """
        rows = [row for row in self._of(file) if row.file_size == file.size and row.mtime is not None]
        again = any(row.outcome == "rejected" and _try_again(row.reader_version, row.file_hash, reader_version) for row in rows)
        if not rows or file.problem or again:
            return []
        hashed = hash_file(file.path)
        return [dataclasses.replace(row, mtime=file.mtime) for row in rows if row.file_hash == hashed]


def _try_again(reader_then: str, file_hash: str, reader_now: str) -> bool:
    """A reject is read again when the reader changed, or when not even its bytes could be read."""
    return reader_then != reader_now or not file_hash


def changed_files(files: Iterable[RawFile], ledger: Ledger, reader_version: str) -> Iterator[RawFile]:
    """The files that must at least be opened."""
    return (file for file in files if not ledger.is_unchanged(file, reader_version))
