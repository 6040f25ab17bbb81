"""How do the responses in a WARC file become documents?"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.readers.compression import decompress
from flows.readers.model import Limits, RawDocument, Unreadable
from flows.readers.records import RawRecord

ReadPayload = Callable[[bytes, str, str | None, str | None, str], RawDocument]
"""(payload, name, media type the server said, its charset, address) → document."""

_KINDS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
_BLOCK_END = b"\r\n\r\n"


class _Watched(io.RawIOBase):
    """A stream that remembers its last bytes, so that a file which stops within a record's header is told from one that ends."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.tail = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        if data:
            self.tail = (self.tail + data[-4:])[-4:]
        return len(data)


def iter_warc(stream: BinaryIO, limits: Limits, read_payload: ReadPayload) -> Iterator[RawRecord]:
    """The records of an uncompressed WARC stream that hold documents: responses, resources, conversions.

    Raises `Unreadable("truncated")` after the last whole record where the file stops in the middle of one, and `malformed` where it
    cannot be followed any further: what came before has been given by then.
    """
    watched = _Watched(stream)
    archive = ArchiveIterator(
        io.BufferedReader(watched, 1 << 16), record_types=WarcRecordType.any_type, parse_http=False, quirks_mode=True, stream_detect=False
    )
    while True:
        try:
            record = next(archive, None)
            if record is None:
                break
            wanted = bool(record.record_type & _KINDS)
            length = record.content_length
            content = record.reader.read(limits.max_bytes + 1) if wanted else b""
            got = len(content) if wanted else _consumed(record)
        except (OSError, ValueError, EOFError) as error:
            raise Unreadable("malformed", f"The WARC file is damaged from here on ({error}).") from error
        if got < min(length, limits.max_bytes + 1):
            raise Unreadable("truncated", "The WARC file stops in the middle of a record; the rest is missing.")
        if wanted:
            yield _record(record, content, limits, read_payload)
    if watched.tail and watched.tail != _BLOCK_END and not watched.tail.endswith(b"\n\n"):
        raise Unreadable("truncated", "The WARC file stops in the middle of a record's header; the rest is missing.")


def _consumed(record: WarcRecord) -> int:
    total = 0
    while piece := record.reader.read(1 << 16):
        total += len(piece)
    return total


def _record(record: WarcRecord, content: bytes, limits: Limits, read_payload: ReadPayload) -> RawRecord:
    headers = {key.lower(): value for key, value in record.headers.items()}
    address = headers.get("warc-target-uri", "").strip("<> ")
    name = headers.get("warc-record-id", "").strip("<> ")
    is_http = "http" in headers.get("content-type", "").lower() and record.record_type == WarcRecordType.response

    def read() -> RawDocument:
        if len(content) > limits.max_bytes:
            raise Unreadable("too_large", f"The record is larger than {limits.max_bytes:,} bytes.")
        if headers.get("warc-truncated"):
            raise Unreadable("truncated", f"The crawler cut the record off ({headers['warc-truncated']}).")
        payload, kind = _payload(content, limits) if is_http else (content, headers.get("content-type"))
        charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", kind or "", re.I)
        document = read_payload(payload, urlsplit(address).path, kind, charset.group(1) if charset else None, address)
        return replace(document, fetched_url=address or None, url=address or document.url)

    return RawRecord(name or f"offset-{record.stream_pos}", content, read)


def _payload(content: bytes, limits: Limits) -> tuple[bytes, str | None]:
    """An HTTP response's body, unchunked and decompressed, and its Content-Type. Raises `Unreadable` for anything but success."""
    head, separator, body = content.partition(b"\r\n\r\n")
    if not separator:
        head, _, body = content.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    status = re.match(r"HTTP/\d(?:\.\d)?\s+(\d{3})", lines[0] if lines else "")
    if not status:
        raise Unreadable("malformed", "The record holds no HTTP response.")
    if not status.group(1).startswith("2"):
        raise Unreadable("no_text", f"The server answered {status.group(1)}; there is no document.")
    fields = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    return _decoded(body, fields.get("content-encoding", "").lower(), limits), fields.get("content-type")


def _unchunked(body: bytes) -> bytes:
    """A chunked body in one piece; crawlers often store it unchunked under the old header, then it is given back as it is."""
    pieces, position = [], 0
    while match := re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r\n").match(body, position):
        size = int(match.group(1), 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[match.end() : match.end() + size])
        position = match.end() + size + 2
    return body


def _decoded(body: bytes, coding: str, limits: Limits) -> bytes:
    if coding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
        return decompress(body, limits)
    if coding == "deflate":
        try:
            return _inflated(body, limits)
        except zlib.error:
            return body  # stored decoded under the old header
    if coding in ("br", "zstd") and not re.match(rb"\s*[<%{A-Za-z]", body[:20]):
        raise Unreadable("unknown_type", f"The record is compressed with {coding}, which is not read; have the crawler ask for gzip.")
    return body


def _inflated(body: bytes, limits: Limits) -> bytes:
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS)
    data = decompressor.decompress(body, limits.max_bytes + 1)
    if len(data) > limits.max_bytes or len(data) > max(4_000_000, limits.max_ratio * len(body)):
        raise Unreadable("bomb", f"The response grows more than {limits.max_ratio} times; it was not unpacked.")
    return data
