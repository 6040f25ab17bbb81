"""Which documents must not come back, and how is one of them known again without a word about it being kept?

A document that is forgotten leaves hashes of what it can be known by: its doc_id, the places it was read from, its address and its
words. A key that a document which stays has too leaves none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit, urlunsplit

from flows.duplicates import SHORT_WORDS
from flows.tables.forgotten import hash_of_id, hash_of_place
from flows.tables.schemas import from_table
from flows.tables.snapshot import Snapshot
from nlp.records import Document, Forgotten, digest

Key = tuple[str, str]
"""What a key is (`records.FORGOTTEN_KEYS`) and its hash."""


class Tombstones:
    """The rows of `forgotten`, looked up by key."""

    def __init__(self, snapshot: Snapshot | None) -> None:
        rows: list[Forgotten] = from_table("forgotten", snapshot.read("forgotten")) if snapshot else []
        self._rows = {row.key_hash: row for row in rows}

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, keys: Iterable[Key]) -> Forgotten | None:
        """The first tombstone that one of the keys leads to."""
        return next((self._rows[hashed] for _, hashed in keys if hashed in self._rows), None)

    def of_source(self, collection: str, source: str) -> Forgotten | None:
        """The tombstone of a raw input by its place."""
        return self._rows.get(source_key(collection, source)[1]) if self._rows else None

    def of_document(self, document: Document) -> Forgotten | None:
        """The tombstone of a document by anything it can be known by."""
        return self.find(keys_of(document)) if self._rows else None

    def of_group(self, documents: Iterable[str]) -> list[Forgotten]:
        """All tombstones of documents given by the column `document`."""
        wanted = set(documents)
        return [row for row in self._rows.values() if row.document in wanted]


def keys_of(document: Document) -> Iterator[Key]:
    """Everything a document can be known by: doc_id, source, address, words."""
    yield doc_id_key(document.doc_id)
    yield source_key(document.collection, document.source)
    for address in dict.fromkeys(filter(None, (document.url, document.canonical_url))):
        yield url_key(address)
    yield content_key(document)


def doc_id_key(doc_id: str) -> Key:
    return "doc_id", hash_of_id(doc_id)


def source_key(collection: str, source: str) -> Key:
    return "source", hash_of_place(collection, source)


def url_key(url: str) -> Key:
    return "url", digest("forgotten", "url", plain_address(url))


def content_key(document: Document) -> Key:
    """The words of a text, however they are laid out; of a short one also title and day, for others may say as little."""
    words = document.text.split()
    return "content", digest("forgotten", "content", document.content_hash if len(words) < SHORT_WORDS else " ".join(words))


def plain_address(url: str) -> str:
    """An address without its fragment, with scheme and host in small letters."""
    parts = urlsplit(url.strip())
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, parts.query, ""))
