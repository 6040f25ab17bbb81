"""How are .gz and .xz files opened so that bombs stop early and truncation is never silent?"""

from __future__ import annotations

import io
import lzma
import zlib
from typing import BinaryIO, Protocol

from flows.readers.model import Limits, Unreadable

GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"
_CHUNK = 1 << 16
_RATIO_FLOOR = 4_000_000  # bytes; below that no ratio is a danger


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def feed(self, data: bytes) -> bytes: ...
    @property
    def wants_input(self) -> bool: ...


class _Gzip:
    """One gzip member, decompressed in pieces of at most `_CHUNK` bytes."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def wants_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def feed(self, data: bytes) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, _CHUNK)


class _Xz:
    """One xz stream, decompressed in pieces of at most `_CHUNK` bytes."""

    def __init__(self) -> None:
        self._inner = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=256 << 20)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def wants_input(self) -> bool:
        return self._inner.needs_input

    def feed(self, data: bytes) -> bytes:
        return self._inner.decompress(data, _CHUNK)


class DecompressedStream(io.RawIOBase):
    """The decompressed bytes of a gzip (any number of members) or xz file, with limits.

    `read` raises `Unreadable`: `bomb` beyond the ratio, `too_large` beyond `max_bytes`, `truncated` where the data stops within a
    member, `malformed` where it is damaged. With `lenient`, truncation and damage end the stream instead and stand in `fault`, so
    that what came before can still be used.
    """

    def __init__(self, source: BinaryIO, limits: Limits, max_bytes: int, *, lenient: bool = False) -> None:
        self._source = source
        self._limits = limits
        self._max_bytes = max_bytes
        self._lenient = lenient
        self._decompressor: _Decompressor | None = None
        self._kind: type[_Gzip] | type[_Xz] | None = None
        self._pending = b""
        self._rest = b""  # decompressed, but more than the reader had room for
        self.taken = 0
        self.given = 0
        self.fault: Unreadable | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self.fault:
            return 0
        try:
            piece = self._next_piece()
        except Unreadable as fault:
            self.fault = fault
            if self._lenient and fault.reason in ("truncated", "malformed"):
                return 0
            raise
        self._rest = piece[len(buffer) :]
        buffer[: len(piece)] = piece[: len(buffer)]
        return min(len(piece), len(buffer))

    def _next_piece(self) -> bytes:
        if self._rest:
            return self._rest
        while True:
            if self._decompressor is None and not self._open_member():
                return b""
            piece = self._feed()
            if piece:
                self.given += len(piece)
                self._check()
                return piece

    def _take(self) -> bytes:
        data = self._pending or self._source.read(_CHUNK)
        self._pending = b""
        self.taken += len(data)
        return data

    def _open_member(self) -> bool:
        """Start the next member; False at the end of the file. Zero padding and other bytes after the last member are ignored."""
        padded = self._kind is not None
        self._pending = self._pending.lstrip(b"\x00") if padded else self._pending
        while len(self._pending) < 6 and (more := self._source.read(_CHUNK)):
            self._pending = (self._pending + more).lstrip(b"\x00") if padded else self._pending + more
        if self._pending.startswith(XZ):
            self._kind = _Xz
        elif self._pending.startswith(GZIP):
            self._kind = _Gzip
        else:
            if self._pending and self._kind is None:
                raise Unreadable("malformed", "The file is no gzip or xz data.")
            if self._pending and (GZIP.startswith(self._pending) or XZ.startswith(self._pending)):
                raise Unreadable("truncated", "The compressed file stops in the middle; fetch it again.")
            return False
        self._decompressor = self._kind()
        return True

    def _feed(self) -> bytes:
        decompressor = self._decompressor
        if decompressor is None:
            return b""
        data = b""
        if decompressor.wants_input:
            data = self._take()
            if not data:
                raise Unreadable("truncated", "The compressed file stops in the middle; fetch it again.")
        try:
            piece = decompressor.feed(data)
        except (zlib.error, lzma.LZMAError) as error:
            raise Unreadable("malformed", f"The compressed data are damaged ({error}).") from error
        if decompressor.eof:
            self._pending = decompressor.unused_data
            self.taken -= len(self._pending)
            self._decompressor = None
        return piece

    def _check(self) -> None:
        if self.given > _RATIO_FLOOR and self.given > self._limits.max_ratio * max(self.taken, 1):
            raise Unreadable("bomb", f"The compressed file grows more than {self._limits.max_ratio} times; it was not unpacked.")
        if self.given > self._max_bytes:
            raise Unreadable("too_large", f"The file is larger than {self._max_bytes:,} bytes when unpacked; raise the limit or split it.")


def is_compressed(head: bytes) -> bool:
    """Whether the first bytes of a file are those of gzip or xz."""
    return head.startswith((GZIP, XZ))


def decompress(data: bytes, limits: Limits) -> bytes:
    """All of some gzip or xz data; raises `Unreadable` as `DecompressedStream` does, with `limits.max_bytes`."""
    return io.BufferedReader(DecompressedStream(io.BytesIO(data), limits, limits.max_bytes)).read()


def read_at_most(stream: BinaryIO, length: int) -> bytes:
    """Up to `length` bytes, in pieces: `stream.read(length)` takes the memory before it knows that so much is there."""
    pieces: list[bytes] = []
    while length > 0 and (piece := stream.read(min(length, 1 << 20))):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)
