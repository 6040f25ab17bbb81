"""What does a reader give back, and within which limits does it work?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from nlp.records import REJECT_REASONS

JSON_FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "_id", "doc_id", "uid", "guid"),
    "title": ("title", "headline"),
    "standfirst": ("standfirst", "summary", "description"),
    "text": ("text", "body", "content", "article", "html"),
    "url": ("url", "source_url", "link"),
    "canonical_url": ("canonical_url",),
    "publisher": ("publisher", "source", "site_name", "site"),
    "authors": ("authors", "author", "byline"),
    "published": ("date", "published", "published_at", "published_time", "published_on", "date_published", "pubDate", "timestamp"),
    "language": ("language", "lang"),
}
"""Which names of a JSON record's members mean what; the first that has a value wins (`published`: all are looked at)."""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """What a reader makes of one document.

    `text` is clean plain text: paragraphs separated by one blank line, no boilerplate, soft wraps undone, the title not repeated,
    the standfirst once, no control, bidi or escape characters.
    """

    text: str
    title: str = ""
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    url: str | None = None
    canonical_url: str | None = None
    publisher: str | None = None
    published_on: date | None = None  # the day in the source's own zone, as printed
    published_at: datetime | None = None  # UTC
    published_precision: str | None = None  # 'second' or 'day'
    language: str | None = None  # declared by the source: a hint only
    media_type: str | None = None
    record: str | None = None  # inside a container: the record's own id, else its 1-based position; None for plain files
    fetched_url: str | None = None  # WARC target URI
    raw_hash: str = ""  # blake2b, 16 hexadecimal digits: of the record's bytes in a container, of the file otherwise
    size: int = 0  # bytes of the same


@dataclass(frozen=True, slots=True)
class RawReject:
    """An input that could not be read: why as a code, and as one sentence for a person."""

    reason: str  # one of nlp.records.REJECT_REASONS
    detail: str
    record: str | None = None
    raw_hash: str = ""
    size: int = 0

    def __post_init__(self) -> None:
        if self.reason not in REJECT_REASONS:
            raise ValueError(f"{self.reason!r} is no reject reason; use one of {', '.join(REJECT_REASONS)}")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one input may cost. What exceeds a limit is rejected whole, never cut in silence."""

    seconds: float = 60.0  # per document: a file, or one record of a container
    memory_mb: int = 2048  # address space of the child process that reads
    max_bytes: int = 100_000_000  # one document, after decompression
    max_container_bytes: int = 20_000_000_000  # a JSON Lines or WARC file, after decompression; it is streamed, never held
    max_ratio: int = 250  # decompressed to compressed bytes; prose reaches 5, logs 50, bombs 1,000
    max_pages: int = 2_000  # of a PDF
    max_characters: int = 5_000_000  # of a document's text: about 2,000 printed pages
    json_fields: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)  # replaces entries of JSON_FIELDS


class Unreadable(Exception):  # noqa: N818 - it names the input's state, as the reasons do
    """Raised by a reader for bytes that it cannot make a document of; becomes a `RawReject`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
