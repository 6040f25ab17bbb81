"""How are the records of a container named, hashed and read, one by one, so that one bad record spoils no other?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from flows.readers.model import RawDocument, RawReject, Unreadable
from flows.readers.prose import clean_characters

LONGEST_NAME = 200  # characters of a record's name


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record of a container before it is read: its name, its bytes and how to read it (raises `Unreadable`)."""

    name: str
    data: bytes
    read: Callable[[], RawDocument]


def raw_hash(data: bytes) -> str:
    """blake2b of some bytes, 16 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def hash_stream(stream: BinaryIO) -> tuple[str, int]:
    """`raw_hash` and size in bytes of all of a seekable stream."""
    stream.seek(0)
    digest, size = hashlib.blake2b(digest_size=8), 0
    while piece := stream.read(1 << 20):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def attempt(read: Callable[[], RawDocument]) -> RawDocument | RawReject:
    """What a reader makes of a document, or why it makes nothing of it; it raises nothing but interrupts.

    A foreign library may fail in any way on hostile bytes, and one such file must not end a run: whatever it raises is a reject
    that names it.
    """
    try:
        document = read()
    except Unreadable as problem:
        return RawReject(problem.reason, problem.detail)
    except MemoryError:
        return RawReject("memory", "The document needs more memory than a reader may have.")
    except RecursionError:
        return RawReject("malformed", "The document is nested too deeply.")
    except Exception as error:
        said = " ".join(clean_characters(str(error)).split())[:200]
        return RawReject("malformed", f"The reader failed on the document ({type(error).__name__}{': ' + said if said else ''}).")
    if not any(c.isalnum() for c in document.text):
        return RawReject("no_text", "The document holds no text (a picture, a shell page or only furniture).")
    return document


def read_records(
    records: Iterable[RawRecord], *, skip: int, begin: Callable[[str | None, str, int], None]
) -> Iterator[RawDocument | RawReject]:
    """One document or reject per record, in order; the first `skip` are passed over unread.

    `begin(name, raw_hash, size)` is called before a record is read, so that a supervisor knows which one killed the reader. A
    second record of the same name gets `~2`.
    """
    seen: dict[str, int] = {}
    for number, record in enumerate(records):
        name = _unique(_short(record.name), seen)
        if number < skip:
            continue
        hashed, size = raw_hash(record.data), len(record.data)
        begin(name, hashed, size)
        yield replace(attempt(record.read), record=name, raw_hash=hashed, size=size)


def _short(name: str) -> str:
    name = re.sub(r"\s+", " ", clean_characters(name)).strip()
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 17]}~{raw_hash(name.encode('utf-8', 'replace'))}"


def _unique(name: str, seen: dict[str, int]) -> str:
    count = seen[name] = seen.get(name, 0) + 1
    if count == 1:
        return name
    return _unique(f"{name}~{count}", seen)
