"""How do the responses in a WARC file become documents?"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO
from urllib.parse import urlsplit

from flows.readers.compression import decompress, read_at_most
from flows.readers.model import Limits, RawDocument, Unreadable
from flows.readers.records import RawRecord

ReadPayload = Callable[[bytes, str, str | None, str | None, str], RawDocument]
"""(payload, name, media type the server said, its charset, address) → document."""

_KINDS = ("response", "resource", "conversion")
_LONGEST_LINE = 1 << 16
_MOST_FIELDS = 1_000
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r\n")


@dataclass(frozen=True, slots=True)
class _Header:
    """A WARC record's header: its fields by lower-case name."""

    fields: dict[str, str]

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "").lower()

    @property
    def length(self) -> int:
        stated = self.fields.get("content-length", "")
        if not stated.isdigit():
            raise Unreadable("malformed", "A record of the WARC file does not say its length; the rest cannot be read.")
        return int(stated)


def iter_warc(stream: BinaryIO, limits: Limits, read_payload: ReadPayload) -> Iterator[RawRecord]:
    """The records of an uncompressed WARC stream that hold documents: responses, resources, conversions.

    Raises `Unreadable` at the end of what can be read, after all whole records were given: `truncated` where the file stops in the
    middle of a record or its header, `malformed` where there was something else between records. (The libraries at hand end such
    files as if they were whole, or take the process with them; the format is a few lines.)
    """
    number, damaged = 0, False
    while True:
        line = _next_line(stream)
        if not line:
            break
        if b"WARC/".startswith(line):
            raise Unreadable("truncated", "The WARC file stops in the middle of a record's header; the rest is missing.")
        if not line.startswith(b"WARC/"):
            damaged = True
            continue
        header = _header(stream)
        wanted = header.kind in _KINDS
        kept = min(header.length, limits.max_bytes + 1) if wanted else 0
        content = read_at_most(stream, kept)
        if len(content) < kept or not _skip(stream, header.length - kept):
            raise Unreadable("truncated", "The WARC file stops in the middle of a record; the rest is missing.")
        number += 1
        if wanted:
            yield _record(header, content, number, limits, read_payload)
    if damaged:
        raise Unreadable("malformed", "There are bytes between the records of the WARC file that belong to none.")


def _next_line(stream: BinaryIO) -> bytes:
    """The next line that is not blank; empty at the end of the stream."""
    while line := stream.readline(_LONGEST_LINE):
        if line.strip():
            return line
    return b""


def _header(stream: BinaryIO) -> _Header:
    fields: dict[str, str] = {}
    for _ in range(_MOST_FIELDS):
        line = stream.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise Unreadable("truncated", "The WARC file stops in the middle of a record's header; the rest is missing.")
        if not line.strip():
            return _Header(fields)
        name, _, value = line.decode("utf-8", "replace").partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    raise Unreadable("malformed", f"A record's header in the WARC file has more than {_MOST_FIELDS:,} fields.")


def _skip(stream: BinaryIO, length: int) -> bool:
    """Pass over the rest of a record; False where the stream ends before."""
    while length > 0 and (piece := stream.read(min(length, 1 << 20))):
        length -= len(piece)
    return length == 0


def _record(header: _Header, content: bytes, number: int, limits: Limits, read_payload: ReadPayload) -> RawRecord:
    headers = header.fields
    address = headers.get("warc-target-uri", "").strip("<> ")
    name = headers.get("warc-record-id", "").strip("<> ")
    is_http = header.kind == "response" and address.lower().startswith("http")

    def read() -> RawDocument:
        if len(content) > limits.max_bytes:
            raise Unreadable("too_large", f"The record is larger than {limits.max_bytes:,} bytes.")
        if headers.get("warc-truncated"):
            raise Unreadable("truncated", f"The crawler cut the record off ({headers['warc-truncated']}).")
        payload, kind = _payload(content, limits) if is_http else (content, headers.get("content-type"))
        charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", kind or "", re.I)
        document = read_payload(payload, urlsplit(address).path, kind, charset.group(1) if charset else None, address)
        return replace(document, fetched_url=address or None, url=address or document.url)

    return RawRecord(name or str(number), content, read)


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
    pieces: list[bytes] = []
    position = 0
    while match := _CHUNK_SIZE.match(body, position):
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
