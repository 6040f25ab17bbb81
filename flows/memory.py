"""How does a long run keep the memory of a short one? What a batch has freed goes back to the system.

Arrow's own allocator keeps it: after 9,000 documents a process held 280 MB with it and 176 MB with that of the C library, by which
`flows` has Arrow begin (`flows/__init__.py`), and the former went on growing.
"""

from __future__ import annotations

import ctypes
import sys

import pyarrow as pa

_M_MMAP_THRESHOLD = -3  # of malloc.h
_LARGE = 1 << 20  # bytes


def be_lean() -> None:
    """Give what is larger than a megabyte pages of its own, which go back as soon as it is freed; for the whole process.

    glibc does so by itself at first, and then for ever larger blocks only. Other C libraries are left as they are.
    """
    library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if library is not None and hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Return freed memory to the system, that of the C library included; takes a millisecond, so once a batch."""
    pa.default_memory_pool().release_unused()
