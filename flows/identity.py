"""What is a raw input called, and by which hashes do we know a document and its text again?"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path

from nlp.records import digest

_BLOCK = 1 << 20


def collection_of(raw: Path) -> str:
    """The name of the raw folder; for a single file the name of the folder it lies in."""
    folder = raw.resolve()
    if not folder.is_dir():
        folder = folder.parent
    return folder.name or "raw"


def source_of(relative: Path, record: str | None = None) -> str:
    """The path below the raw folder with `/` between its parts; for a record of a container `path#id`.

    A `#` in a file's own name is written `%23`, so that the first `#` always divides file and record; bytes of a name that are no
    UTF-8 are written as `\\xNN`.
    """
    name = name_of(relative.as_posix())
    return name if record is None else f"{name}#{clean_record(record)}"


def name_of(name: str) -> str:
    """A file's name, or a path with `/`, as it stands in a source."""
    plain = os.fsencode(name).decode("utf-8", "backslashreplace")
    return plain.replace("%23", "%2523").replace("#", "%23")


def clean_record(record: str) -> str:
    """The record's own id as text that any table can hold."""
    return record.encode("utf-8", "backslashreplace").decode("utf-8")


def file_of(source: str) -> str:
    """The file part of a source."""
    return source.split("#", 1)[0]


def document_id(collection: str, source: str, fetched_url: str | None = None) -> str:
    """`doc_id`: by the address for a fetched page, so that it is one document however often it is fetched; else by the place."""
    return digest("fetched", fetched_url) if fetched_url else digest(collection, source)


def content_hash(title: str, text: str, published_on: dt.date | None) -> str:
    """The hash of everything that extraction depends on and that differs between two states of a document."""
    joined = "\x1f".join((title, text, published_on.isoformat() if published_on else ""))
    return hashlib.blake2b(joined.encode("utf-8"), digest_size=16).hexdigest()


def hash_file(path: Path) -> str:
    """The hash of a file's bytes, as the readers make it for a whole file. Raises `OSError`."""
    hashed = hashlib.blake2b(digest_size=8)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hashed.update(block)
    return hashed.hexdigest()
