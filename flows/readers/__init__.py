"""How do raw files become documents? One module per format; the type is told by content, then by name.

`read_file` reads in this process; `ReaderPool` does the same in a child process that hostile files may crash, hang or fill.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flows.readers.files import iter_file, read_file
from flows.readers.model import JSON_FIELDS, Limits, RawDocument, RawReject, Unreadable
from flows.readers.pool import ReaderPool

__all__ = ["JSON_FIELDS", "READER_VERSION", "Limits", "RawDocument", "RawReject", "ReaderPool", "Unreadable", "iter_file", "read_file"]


def _version() -> str:
    digest = hashlib.blake2b(digest_size=6)
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.name.encode() + b"\0" + module.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


READER_VERSION: str = _version()
"""A short hash of the readers' source code: inputs that were rejected are tried again when it changes."""
