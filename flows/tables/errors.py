"""What can go wrong with the tables that a caller can mend?"""

from __future__ import annotations


class TableError(ValueError):
    """Rows that do not fit their table: a wrong type, a missing or unknown value, a key that stands twice."""


class StoreError(RuntimeError):
    """The store cannot be read or written; the message says what, where and what to do. What is published stands untouched."""


class StoreLockedError(StoreError):
    """Another process holds the committer's lock for longer than the lock's timeout."""


class SchemaMismatchError(StoreError):
    """The published tables were written with a schema that this version cannot read or carry on."""
