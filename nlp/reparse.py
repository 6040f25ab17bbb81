"""Which blocks of a document must be parsed again when its entities have changed, and how does the parse of the others stay?"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp import blocks


def block_count(doc: Doc) -> int:
    """How many blocks a Doc has: what stands between line breaks."""
    return sum(1 for token in doc if token.is_space and "\n" in token.text) + 1


def parse(language: Language, doc: Doc, old: Doc | None, parsers: Sequence[str], *, long: bool) -> tuple[Doc, tuple[int, int]]:
    """The parsed Doc of merged tokens, and how many blocks it has and how many of them were parsed."""
    count = block_count(doc)
    if long:
        return blocks.annotate_long(language, doc, parsers, only=parsers), (count, count)
    for name in parsers:
        doc = language.get_pipe(name)(doc)
    return doc, (count, count)
