"""Which small files of a month are merged when a commit writes there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.tables.manifest import DataFile

_TARGET_BYTES = 8_000_000  # of Arrow data in a file that is full: bounds the memory of a merge, however large a month is


@dataclass(frozen=True)
class Limits:
    """`target_file_rows`, `target_file_bytes` (of Arrow data): a file of as much is full and never merged; `max_files`: of a partition
    that are not full."""

    target_file_rows: int = 512_000
    max_files: int = 8
    target_file_bytes: int = _TARGET_BYTES

    def rows_per_file(self, rows: int, size: int) -> int:
        """How many of `rows` rows, `size` bytes in memory, go into one file."""
        by_size = max(1, rows * self.target_file_bytes // max(size, 1)) if rows else self.target_file_rows
        return min(self.target_file_rows, by_size)


def files_to_merge(files: Sequence[DataFile], incoming: int, limits: Limits, full: int) -> list[DataFile]:
    """The files of one partition to be merged with `incoming` new rows; none while there are few enough files.

    A file of `full` rows (`Limits.rows_per_file`) is left as it is. The smallest first, until half of the allowed number is left, and on
    while the next is no larger than what was merged already: so a row is rewritten about as often as the partition doubles, not at each
    commit.
    """
    small = sorted((file for file in files if file.rows < full), key=lambda file: (file.rows, file.path))
    if len(small) + bool(incoming) <= limits.max_files:
        return []
    merged: list[DataFile] = []
    rows = incoming
    for file in small:
        if len(small) - len(merged) + 1 <= max(1, limits.max_files // 2) and file.rows > rows:
            break
        merged.append(file)
        rows += file.rows
        if rows >= full:
            break
    return merged
