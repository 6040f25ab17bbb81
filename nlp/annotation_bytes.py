"""How does an annotated document become bytes that can be kept, and a `Doc` again?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from spacy.attrs import ORTH
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab
from srsly import msgpack_decoders

from nlp.annotation import DamagedAnnotationError
from nlp.records import digest

ATTRIBUTES = ("TAG", "DEP", "HEAD", "LEMMA", "POS", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "NORM")
"""What is kept of each token beside its text; sentences follow from heads. Morphology is not set in our pipeline."""

Spans = tuple[tuple[int, int, str], ...]


def spans_of(doc: Doc) -> Spans:
    """The entities of a Doc: first token, token after the last, label."""
    return tuple((span.start, span.end, span.label_) for span in doc.ents)


def spans_hash(doc: Doc) -> str:
    """Identity of the entities that will be merged: places, labels and codes."""
    return digest(*(f"{span.start} {span.end} {span.label_} {span.kb_id_}" for span in doc.ents))


def encode_ner(spans: Spans) -> bytes:
    """The model's spans as bytes."""
    return json.dumps(spans, separators=(",", ":")).encode()


def with_ner(doc: Doc, kept: bytes) -> Doc:
    """The tokenised Doc with the entities that the model found in it before."""
    doc.ents = tuple(Span(doc, start, end, label=label) for start, end, label in json.loads(kept))
    return doc


def encode(doc: Doc) -> bytes:
    """A parsed Doc as bytes, 13 a token."""
    kept = DocBin(attrs=ATTRIBUTES, store_user_data=False)
    kept.add(doc)
    return kept.to_bytes()


def decode(vocab: Vocab, kept: bytes) -> Doc:
    """The Doc that `encode` was given, without what stood on `doc._`. Raises `DamagedAnnotationError` where the bytes are damaged."""
    try:
        with _own_decoders():
            found = DocBin().from_bytes(kept)
        for string in found.strings:  # `get_docs` makes a word of each of them, also of lemmas that are none
            vocab.strings.add(string)
        tokens: Any = found.tokens[0]
        spaces: Any = found.spaces[0]
        return Doc(vocab, words=tokens[:, found.attrs.index(ORTH)], spaces=spaces).from_array(list(found.attrs), tokens)
    except Exception as error:  # zlib, msgpack and numpy each raise their own
        raise DamagedAnnotationError(f"kept annotation is damaged: {error}") from error


@contextmanager
def _own_decoders() -> Iterator[None]:
    """Keep msgpack from asking every installed package for decoders at each message, which takes longer than the message."""
    before, msgpack_decoders.entry_points = msgpack_decoders.entry_points, False
    try:
        yield
    finally:
        msgpack_decoders.entry_points = before
