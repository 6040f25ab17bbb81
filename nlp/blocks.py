"""How a document becomes a `Doc`: title and text in one, in blocks, and in segments where it is long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp import columns, genre, parties
from nlp.records import RECORD_TABLES, Text

TITLE_GAP = "\n\n"

# Odd spaces break tokens and with them whole deals; each is replaced by one space so that offsets stay.
_ODD_SPACE = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\v\f\r]")
_SENTENCE_CLOSE = (".", "!", "?", "”", '"', "’", ")", ":")
_SEGMENT_TOKENS = 3_000
_KEPT = ("source", "body_start", "genre", "parties", "money", "model_spans", "merged_spans")  # on a Doc, over its annotation


def set_extensions() -> None:
    """Register what components leave on a `Doc`."""
    for name, default in {
        "source": None,
        "body_start": 0,
        "genre": "other",
        "money": (),
        "model_spans": (),
        "merged_spans": "",
        "references": None,
        "sentence_topics": None,
    }.items():
        Doc.set_extension(name, default=default, force=True)
    for name in ("parties", *RECORD_TABLES):
        Doc.set_extension(name, default=[], force=True)


def normalise(text: str) -> str:
    """The text with every odd space as a plain one; same length."""
    return _ODD_SPACE.sub(" ", text)


def make_doc(language: Language, source: Text) -> Doc:
    """Tokenise title and text as one `Doc` and mark where its blocks begin.

    A plain `language(text)` works too: then the whole text is the body.
    """
    doc = tokenise(language, source)
    place(doc, source, len(head(source)))
    return doc


def tokenise(language: Language, source: Text) -> Doc:
    """The tokens of title and text."""
    return language.make_doc(head(source) + normalise(source.text))


def head(source: Text) -> str:
    """What stands before the text in a `Doc`."""
    return normalise(source.title) + TITLE_GAP if source.title else ""


def place(doc: Doc, source: Text, body_start: int) -> None:
    """Put what is known of the document on its `Doc`."""
    doc._.source = source
    doc._.body_start = body_start
    doc._.genre = source.genre or genre.classify(source.title, source.text, publisher=source.publisher, url=source.url)
    given = source.parties
    if given is None:
        given = parties.find_parties(source.title, source.text, doc._.genre, publisher=source.publisher, url=source.url)
    doc._.parties = list(given)


def mark_block_starts(doc: Doc) -> None:
    """Make every token after a line break, or after two spaces that follow a sentence's end, begin a sentence.

    The parser keeps these boundaries: it splits headings, list items and table rows right that it would join otherwise.
    """
    for i in columns.spaces(doc):
        if i + 1 < len(doc):
            token, follower = doc[i], doc[i + 1]
            if "\n" in token.text or (token.i and doc[token.i - 1].text[-1:] in _SENTENCE_CLOSE and doc[token.i - 1].whitespace_):
                follower.is_sent_start = True


def segments(doc: Doc) -> list[tuple[int, int]]:
    """Token ranges of about 3,000 tokens that end at line breaks (or, where a block is longer, anywhere)."""
    cuts = [0]
    candidate = 0
    for token in doc:
        if token.is_space and "\n" in token.text:
            candidate = token.i + 1
        if token.i + 1 - cuts[-1] >= _SEGMENT_TOKENS:
            cuts.append(candidate if candidate > cuts[-1] else token.i + 1)
    if cuts[-1] < len(doc):
        cuts.append(len(doc))
    return list(pairwise(cuts))


def annotate_long(language: Language, doc: Doc, annotators: Sequence[str], only: Sequence[str] | None = None) -> Doc:
    """Run a long document through the models in segments, and through everything that needs the whole document as a whole.

    `only`: the components to run; all of them where it is None.
    """

    def rejoin(parts: list[Doc], before: Doc) -> Doc:
        whole = Doc.from_docs(parts, ensure_whitespace=False)
        assert whole is not None
        for name in _KEPT:
            setattr(whole._, name, getattr(before._, name))
        return whole

    def in_segments(step: tuple[str, Any]) -> bool:
        name = step[0]
        return name in annotators and (not name.startswith("communique_") or name == "communique_lemmas")

    steps = [(name, process) for name, process in language.pipeline if only is None or name in only]
    for cut, run in groupby(steps, in_segments):  # to cut a document and to join it costs more than some components
        parts = [doc[a:b].as_doc() for a, b in segments(doc)] if cut else [doc]
        for _, process in run:
            parts = list(process.pipe(parts, batch_size=4)) if cut and hasattr(process, "pipe") else [process(part) for part in parts]
        doc = rejoin(parts, doc) if cut else parts[0]
    return doc
