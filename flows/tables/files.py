"""How do bytes get on disk so that neither a crash nor another reader ever finds half of them under a published name?"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.tables.errors import StoreError

ROW_GROUP_ROWS = 128_000  # MEASUREMENTS.md, "Parquet store"
COMPRESSION_LEVEL = 3  # of zstd; same source

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_HARD_LINK = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK, errno.EINVAL}


def write_parquet(table: pa.Table, path: Path, *, durable: bool = True) -> tuple[int, str]:
    """Write a new read-only Parquet file; its size in bytes and its SHA-256 in hexadecimal.

    The same rows in the same order make the same bytes. Read-only because snapshots share a file by hard links: whoever changed it
    in place would change all of them.
    """
    with path.open("xb") as out:
        pq.write_table(
            table.combine_chunks(),
            out,
            row_group_size=ROW_GROUP_ROWS,
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            version="2.6",
        )
        if durable:
            out.flush()
            os.fsync(out.fileno())
    path.chmod(0o444)
    with path.open("rb") as written:
        return path.stat().st_size, hashlib.file_digest(written, "sha256").hexdigest()


def write_text(text: str, path: Path, *, durable: bool = True) -> None:
    """Write a new UTF-8 file."""
    with path.open("x", encoding="utf-8") as out:
        out.write(text)
        if durable:
            out.flush()
            os.fsync(out.fileno())


def link_or_copy(source: Path, target: Path, *, durable: bool = True) -> None:
    """Give the file a second name; where the file system has no hard links (or no more of them), a second copy."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINK:
            raise
        shutil.copyfile(source, target)
        target.chmod(0o444)
        if durable:
            with target.open("rb") as copied:
                os.fsync(copied.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """`sync_folder` for a folder and all below it, innermost first."""
    for path, _, _ in os.walk(folder, topdown=False):
        sync_folder(Path(path))


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it; one that is gone already is fine."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        if folder.exists():
            raise


@contextmanager
def plain_errors(processed: Path) -> Iterator[None]:
    """Turn the errors of a disk that a user can mend into one line: disk full, folder read-only, a file where a folder should be."""
    try:
        yield
    except OSError as error:
        place = error.filename or processed
        if error.errno in _FULL:
            message = f"disk full while writing to {processed}: free some space and run again; the published tables are unchanged"
        elif error.errno in _REFUSED:
            message = f"cannot write {place} ({error.strerror}): change its permissions or choose another folder with --processed"
        elif isinstance(error, (NotADirectoryError, FileExistsError)):
            message = f"{place} is a file where a folder is needed: move it away or choose another folder with --processed"
        else:
            raise
        raise StoreError(message) from error
