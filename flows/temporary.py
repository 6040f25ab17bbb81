"""Where does a run put what may be more than memory holds, and what is said when there is no room for it?

In files without a name in the folder for temporary files: they go with the object, or the process, that made them.
"""

from __future__ import annotations

import errno
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.tables.files import plain_errors


def temporary_database(script: str) -> sqlite3.Connection:
    """An SQLite database that stays in memory while it is small; `script` makes its tables. One thread at a time may use it."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {script}")
    return database


@contextmanager
def plain_temporary_errors() -> Iterator[None]:
    """Turn the errors of a full disk into `StoreError`, as `plain_errors` does; those of SQLite too."""
    with plain_errors(Path(tempfile.gettempdir())):
        try:
            yield
        except sqlite3.OperationalError as error:
            full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error
