"""What does a raw file hold: opened safely, unpacked, its type told, handed to the reader of its format?"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path, PurePath
from stat import S_ISREG
from typing import BinaryIO, cast

from flows.readers.compression import DecompressedStream, decompress, is_compressed, read_at_most
from flows.readers.encoding import decode, unmarked_utf16
from flows.readers.model import Limits, RawDocument, RawReject, Unreadable
from flows.readers.records import RawRecord, attempt, hash_stream, raw_hash, read_records
from flows.readers.sniff import CONTAINERS, DOCX, HEAD, HTML, JSON, MARKDOWN, PDF, TEXT, WARC, media_type

Item = RawDocument | RawReject
Begin = Callable[[str | None, str, int], None]
"""Called with record, raw_hash and size before a document is read, so that a supervisor knows which one killed the reader."""

_READERS = {HTML: "html", MARKDOWN: "markdown", TEXT: "text", PDF: "pdf", DOCX: "docx"}


def _nobody_watches(record: str | None, raw_hash: str, size: int) -> None:
    """The `begin` of a reading without a supervisor."""


def read_file(path: Path, limits: Limits = Limits(), *, root: Path | None = None) -> list[Item]:  # noqa: B008 - it is frozen
    """What a raw file holds: one item for a plain file, one per record for a container (JSON, JSON Lines, WARC), never none.

    Bad content never raises. With `root`, a file that lies outside it through a symbolic link is rejected as `outside_root`.
    """
    return list(iter_file(path, limits, root=root))


def iter_file(
    path: Path,
    limits: Limits = Limits(),  # noqa: B008 - it is frozen
    *,
    root: Path | None = None,
    skip: int = 0,
    begin: Begin = _nobody_watches,
) -> Iterator[Item]:
    """As `read_file`, one item at a time: a container is streamed, its documents are not held.

    The first `skip` records of a container are passed over unread. What concerns a container as a whole (it is truncated, it holds
    nothing) is a reject without `record`, after the items that could be read.
    """
    try:
        problem = _refused(path, root)
        if problem:
            yield problem
            return
        with path.open("rb") as file:
            yield from _iter_open(file, path.name, limits, skip, begin)
    except OSError as error:
        yield RawReject("malformed", f"The file cannot be opened ({error.strerror or type(error).__name__}).")
    except MemoryError:
        yield RawReject("memory", f"The file needs more than {limits.memory_mb:,} MB to be read.")


def _refused(path: Path, root: Path | None) -> RawReject | None:
    if root is not None and not path.resolve().is_relative_to(root.resolve()):
        return RawReject("outside_root", "The file is a link to a place outside the raw folder; copy it there instead.")
    status = path.stat()
    if not S_ISREG(status.st_mode):
        return RawReject("unknown_type", "This is no regular file.")
    if status.st_size == 0:
        return RawReject("empty", "The file is empty.", raw_hash=raw_hash(b""))
    return None


def _iter_open(file: BinaryIO, name: str, limits: Limits, skip: int, begin: Begin) -> Iterator[Item]:
    unpacked: DecompressedStream | None = None
    stream = file
    if is_compressed(file.read(6)):
        name = PurePath(name).stem if PurePath(name).suffix.lower() in (".gz", ".xz") else name
        unpacked = DecompressedStream(file, limits, limits.max_container_bytes, lenient=True)
        stream = cast(BinaryIO, io.BufferedReader(unpacked, 1 << 16))
    file.seek(0)
    kind = None
    try:
        head = stream.read(HEAD)
        kind = _kind(head, name, unpacked)
        if kind in CONTAINERS:
            rest = cast(BinaryIO, io.BufferedReader(_Rejoined(head, stream), 1 << 16))
            yield from _iter_container(rest, head, kind, unpacked, limits, skip, begin)
            return
    except Unreadable as problem:
        item: Item = RawReject(problem.reason, problem.detail)
        if kind not in CONTAINERS:
            hashed, size = hash_stream(file)
            yield replace(item, raw_hash=hashed, size=size)
        else:
            yield item
        return
    position = file.tell()
    hashed, size = hash_stream(file)
    file.seek(position)
    begin(None, hashed, size)
    item = attempt(lambda: _read_plain(kind, head, stream, unpacked, name, limits))
    yield replace(item, raw_hash=hashed, size=size)


def _kind(head: bytes, name: str, unpacked: DecompressedStream | None) -> str:
    if not head:
        if unpacked and unpacked.fault:
            raise unpacked.fault
        raise Unreadable("empty", "The file holds nothing when unpacked.")
    if is_compressed(head):
        raise Unreadable("unknown_type", "The file is compressed twice; unpack it once.")
    if not head.strip():
        raise Unreadable("empty", "The file holds only white space.")
    return media_type(head, name)


def _read_plain(kind: str, head: bytes, stream: BinaryIO, unpacked: DecompressedStream | None, name: str, limits: Limits) -> RawDocument:
    data = head + _read_rest(stream, limits.max_bytes - len(head))
    if unpacked and unpacked.fault:
        raise unpacked.fault
    return read_bytes(data, kind, name, limits)


def _read_rest(stream: BinaryIO, allowed: int) -> bytes:
    data = read_at_most(stream, allowed + 1)
    if len(data) > allowed:
        raise Unreadable("too_large", "The file is larger than one document may be; raise the limit or split it.")
    return data


def read_bytes(data: bytes, kind: str, name: str, limits: Limits, charset: str | None = None, url: str | None = None) -> RawDocument:
    """The document of some bytes of a known media type, by the reader of its format. Raises `Unreadable`."""
    reader = import_module(f"flows.readers.{_READERS[kind]}")  # imported when needed: some of their libraries are slow to start
    document: RawDocument = reader.read(data, name, limits, charset, url) if kind == HTML else reader.read(data, name, limits, charset)
    return document


def _read_payload(limits: Limits) -> Callable[[bytes, str, str | None, str | None, str], RawDocument]:
    def read(payload: bytes, name: str, said: str | None, charset: str | None, url: str) -> RawDocument:
        if is_compressed(payload):
            payload = decompress(payload, limits)
            name = PurePath(name).stem
        if not payload.strip():
            raise Unreadable("empty", "The response is empty.")
        kind = media_type(payload[:HEAD], name, hint=said)
        if kind not in _READERS:
            raise Unreadable("unknown_type", f"The response is {kind}, which is data and no document.")
        return read_bytes(payload, kind, name, limits, charset, url or None)

    return read


def _iter_container(
    stream: BinaryIO, head: bytes, kind: str, unpacked: DecompressedStream | None, limits: Limits, skip: int, begin: Begin
) -> Iterator[Item]:
    count = skip
    fault: Unreadable | None = None
    try:
        for item in read_records(_records(stream, head, kind, limits), skip=skip, begin=begin):
            count += 1
            yield item
    except Unreadable as problem:
        fault = problem
    except (ValueError, RecursionError, OverflowError) as error:
        fault = Unreadable("malformed", f"The file cannot be read as records ({type(error).__name__}).")
    fault = (unpacked.fault if unpacked else None) or fault
    if fault:
        yield RawReject(fault.reason, fault.detail)
    elif not count:
        yield RawReject("no_text", "The file holds no records of documents.")


def _records(stream: BinaryIO, head: bytes, kind: str, limits: Limits) -> Iterable[RawRecord]:
    if kind == WARC:
        return import_module("flows.readers.warc").iter_warc(stream, limits, _read_payload(limits))
    from flows.readers import jsonl

    if kind == JSON:
        return jsonl.iter_array(_read_rest(stream, limits.max_bytes), limits)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or unmarked_utf16(head):
        stream = io.BytesIO(decode(_read_rest(stream, limits.max_bytes)).encode("utf-8", "replace"))
    return jsonl.iter_lines(stream, limits)


class _Rejoined(io.RawIOBase):
    """A stream whose beginning was read to tell its type, from the beginning."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)
