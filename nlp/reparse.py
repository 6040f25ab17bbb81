"""Which blocks of a document must be parsed again when its entities have changed, and how does the parse of the others stay?

A block is what stands between line breaks. What tagger and parser say of a token depends on the tokens of its block, and by the
windows of the model on a few tokens beyond: tok2vec sees as many on either side as it has layers, the parser looks at the next
ones to be read. So the blocks within `_REACH` tokens of a changed token are parsed again, with as many tokens around them for the
model to see; of these the result is thrown away. A test compares with the parse of whole documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import DEP, HEAD, LEMMA, POS, TAG
from spacy.language import Language
from spacy.tokens import Doc

from nlp import blocks

_ATTRIBUTES: Any = [TAG, DEP, HEAD, LEMMA, POS]  # spaCy's types know them as names only
_REACH = 8
"""Tokens: four layers of tok2vec with a window of one, and the three next words of the parser's state, rounded up."""

_MOST_PARSED = 0.7
"""Share of a document from which on the whole is parsed at once."""

Array = NDArray[np.uint64]


def block_count(doc: Doc) -> int:
    """How many blocks a Doc has."""
    return len(block_starts(doc)) - 1


def block_starts(doc: Doc) -> list[int]:
    """The first token of each block, and the number of tokens."""
    starts = [0, *(token.i + 1 for token in doc if token.is_space and "\n" in token.text)]
    return [*starts, len(doc)] if starts[-1] < len(doc) else [*starts[:-1], len(doc)]


def parse(language: Language, doc: Doc, old: Doc | None, parsers: Sequence[str], *, long: bool) -> tuple[Doc, tuple[int, int]]:
    """The parsed Doc of merged tokens, and how many blocks it has and how many of them were parsed.

    `old` is a parsed Doc of the same text with other entities, `parsers` the components from tok2vec to lemmas in their order. A `long`
    Doc is parsed in segments, as it was at first.
    """
    starts = block_starts(doc)
    count = len(starts) - 1
    if long:
        return blocks.annotate_long(language, doc, parsers, only=parsers), (count, count)
    again = list(range(count)) if old is None else _to_parse(doc, old, starts)
    share = sum(starts[block + 1] - starts[block] for block in again) / max(1, len(doc))
    if old is None or share > _MOST_PARSED:
        for name in parsers:
            doc = language.get_pipe(name)(doc)
        return doc, (count, count)
    kept, before = _rows(old), block_starts(old)
    found: Array = np.zeros((len(doc), len(_ATTRIBUTES)), dtype=np.uint64)
    parsed = set(again)
    for block in range(count):
        if block not in parsed:
            found[starts[block] : starts[block + 1]] = kept[before[block] : before[block + 1]]
    for first, last in _runs(again):
        start, end = starts[first], starts[last + 1]
        left, right = max(0, start - _REACH), min(len(doc), end + _REACH)
        part = _part(doc, left, right)
        for name in parsers:
            part = language.get_pipe(name)(part)
        found[start:end] = _rows(part)[start - left : end - left]
    return doc.from_array(_ATTRIBUTES, cast(Any, found)), (count, len(again))


def _rows(doc: Doc) -> Array:
    return cast(Array, doc.to_array(_ATTRIBUTES))


def _to_parse(doc: Doc, old: Doc, starts: list[int]) -> list[int]:
    """The blocks near a token that the old Doc does not have, or has with another norm; all where the blocks are others."""
    before = block_starts(old)
    if [doc[start].idx for start in starts[:-1]] != [old[start].idx for start in before[:-1]]:
        return list(range(len(starts) - 1))
    near: set[int] = set()
    for block, ((start, end), (old_start, old_end)) in enumerate(zip(pairwise(starts), pairwise(before))):
        mine = [(t.idx, t.idx + len(t), t.norm, bool(t.ent_type)) for t in doc[start:end]]
        theirs = [(t.idx, t.idx + len(t), t.norm, bool(t.ent_type)) for t in old[old_start:old_end]]
        if mine == theirs:
            continue
        same = set(mine) & set(theirs)
        changed = [start + i for i, token in enumerate(mine) if token not in same] or [start, end - 1]
        near.add(block)
        first, last = changed[0] - _REACH, changed[-1] + _REACH
        near |= {other for other, (a, b) in enumerate(pairwise(starts)) if a <= last and b > first}
    return sorted(near)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of consecutive numbers: first and last of each."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _part(doc: Doc, start: int, end: int) -> Doc:
    """Some tokens as a Doc of their own, with what tagger and parser look at."""
    part = doc[start:end].as_doc()
    for token, source in zip(part, doc[start:end]):
        token.norm_ = source.norm_
        if source.is_sent_start:
            token.is_sent_start = True
    return part
