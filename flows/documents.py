"""How does what a reader gives become a row of `documents`?

Identity, language, genre and parties of one document; which of them are copies is `flows.known`'s question, which inputs are new
`flows.inputs`'s, and `flows.intake` brings them together.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from importlib import metadata
from pathlib import Path

from flows.duplicates import SIGNATURE_VERSION, signature
from flows.identity import content_hash, document_id
from flows.language import detect
from flows.readers.model import RawDocument
from nlp import genre as genres
from nlp import parties as party_finder
from nlp.records import Document

EXTRACTED_LANGUAGE = "en"

_MADE_BY = ("documents.py", "duplicates.py", "identity.py", "known.py", "language.py")


@functools.cache
def documents_version(reader_version: str) -> str:
    """The version of the code that makes rows of `documents`: a hash of that code, of the reader's version and of the genre rules."""
    hashed = hashlib.blake2b(f"{reader_version}|{SIGNATURE_VERSION}".encode(), digest_size=5)
    for name in _MADE_BY:
        hashed.update(Path(__file__).with_name(name).read_bytes())
    for rules in (genres, party_finder):
        hashed.update(Path(str(rules.__file__)).read_bytes())
    return f"{metadata.version('communique')}+{hashed.hexdigest()}"


def make_document(raw: RawDocument, collection: str, source: str, *, version: str, taken_at: dt.datetime) -> Document:
    """The row of a document, as if it were no copy of another."""
    language, confidence = detect(f"{raw.title}\n{raw.text}", raw.language, prefer=EXTRACTED_LANGUAGE)
    genre, parties = genre_and_parties(raw.title, raw.text, raw.publisher, raw.url)
    instant, precision = raw.published_at, raw.published_precision
    if raw.published_on and not instant:
        instant, precision = dt.datetime.combine(raw.published_on, dt.time(), dt.UTC), "day"
    return Document(
        doc_id=document_id(collection, source, raw.fetched_url),
        collection=collection,
        source=source,
        url=raw.url,
        canonical_url=raw.canonical_url,
        publisher=raw.publisher,
        title=raw.title,
        standfirst=raw.standfirst,
        authors=tuple(raw.authors),
        published_on=raw.published_on,
        published_at=instant,
        published_precision=precision,
        collected_at=taken_at,
        language=language,
        language_confidence=confidence,
        genre=genre,
        parties=parties,
        text=raw.text,
        word_count=len(raw.text.split()),
        content_hash=content_hash(raw.title, raw.text, raw.published_on),
        minhash=signature(raw.text),
        media_type=raw.media_type,
        status="ok" if language == EXTRACTED_LANGUAGE else "unsupported_language",
        pipeline_version=version,
    )


def genre_and_parties(title: str, text: str, publisher: str | None, url: str | None) -> tuple[str, tuple[str, ...]]:
    """What kind of text a document is, and who issues it or meets in it."""
    genre = genres.classify(title, text, publisher=publisher, url=url)
    return genre, tuple(party_finder.find_parties(title, text, genre, publisher=publisher, url=url))
