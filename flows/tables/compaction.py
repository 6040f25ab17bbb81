"""Which small files of a month are merged when a commit writes there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.tables.manifest import DataFile

_TARGET_BYTES = 512_000_000  # of Arrow data in a file: keeps the memory of a rewrite bounded where rows are whole documents


@dataclass(frozen=True)
class Limits:
    """`target_file_rows`: a file of as many rows is full and never merged; `max_files`: of a partition that are not full."""

    target_file_rows: int = 512_000
    max_files: int = 8

    def rows_per_file(self, rows: int, size: int) -> int:
        """How many of `rows` rows, `size` bytes in memory, go into one file."""
        by_size = max(1, rows * _TARGET_BYTES // max(size, 1))
        return min(self.target_file_rows, by_size)


def files_to_merge(files: Sequence[DataFile], incoming: int, limits: Limits) -> list[DataFile]:
    """The files of one partition to be merged with `incoming` new rows; none while there are few enough files.

    The smallest first, until half of the allowed number is left, and on while the next is no larger than what was merged already:
    so a row is rewritten about as often as the partition doubles, not at each commit.
    """
    small = sorted((file for file in files if file.rows < limits.target_file_rows), key=lambda file: (file.rows, file.path))
    if len(small) + bool(incoming) <= limits.max_files:
        return []
    merged: list[DataFile] = []
    rows = incoming
    for file in small:
        if len(small) - len(merged) + 1 <= max(1, limits.max_files // 2) and file.rows > rows:
            break
        merged.append(file)
        rows += file.rows
    return merged
