"""How does a long run keep the memory of a short one? What a batch has freed goes back to the system.

Allocators keep it otherwise: after 20,000 documents 25 MB of what a run remembers were alive and 180 MB held by the pools of Arrow and
of the C library, and a run seemed to grow with its documents.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from typing import Any

import pyarrow as pa

_M_MMAP_THRESHOLD = -3  # of malloc.h
_LARGE = 1 << 20  # bytes; what is larger gets pages of its own, which go back as soon as it is freed


@functools.cache
def _c_library() -> Any:
    """The C library where it is glibc, else None: others give back by themselves."""
    library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    return library if hasattr(library, "malloc_trim") else None


def be_lean() -> None:
    """Let Arrow and the C library give large blocks back at once; for the whole process, from its first run on."""
    pa.set_memory_pool(pa.system_memory_pool())
    if _c_library() is not None:
        _c_library().mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Return the small blocks that were freed; takes a millisecond, so once a batch."""
    pa.default_memory_pool().release_unused()
    if _c_library() is not None:
        _c_library().malloc_trim(0)
