"""What is asked of every token of a document while deals are read: read from the `Doc` in one go, as lists by token index."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from spacy.strings import StringStore
from spacy.tokens import Doc

_COLUMNS: list[int | str] = ["ENT_TYPE", "POS", "DEP", "LEMMA", "HEAD", "SENT_START"]
_SENTENCE_BEGINS = 1


@dataclass(slots=True, eq=False)
class Tokens:
    """Lists by token index. `lemmas` are in lower case; `words` are the label of an entity, else the lemma.

    `heads` are token indices. `sentences` are the first and last index, half-open, of each sentence.
    """

    doc: Doc
    labels: list[str]
    tags: list[str]
    deps: list[str]
    lemmas: list[str]
    words: list[str]
    heads: list[int]
    sentences: list[tuple[int, int]]
    _lowers: dict[int, str] = field(default_factory=dict)

    def lower(self, i: int) -> str:
        """The token in lower case."""
        found = self._lowers.get(i)
        if found is None:
            found = self._lowers[i] = self.doc[i].lower_
        return found

    def step(self, i: int) -> str:
        """The token's dependency, of a preposition the word itself."""
        dep = self.deps[i]
        return dep if dep != "prep" else self.lower(i)


def read_tokens(doc: Doc) -> Tokens:
    """The lists of a parsed document."""
    table: NDArray[np.uint64] = np.asarray(doc.to_array(_COLUMNS), dtype=np.uint64).reshape(len(doc), len(_COLUMNS))
    strings = doc.vocab.strings
    labels, tags, deps, lemmas = (_named(table[:, i], strings) for i in range(4))
    lemmas = [lemma.lower() for lemma in lemmas]
    offsets = table[:, 4].astype(np.int64)
    begins = [i for i, begin in enumerate(table[:, 5].tolist()) if begin == _SENTENCE_BEGINS or i == 0]
    return Tokens(
        doc=doc,
        labels=labels,
        tags=tags,
        deps=deps,
        lemmas=lemmas,
        words=[label or lemma for label, lemma in zip(labels, lemmas)],
        heads=(np.arange(len(doc)) + offsets).tolist(),
        sentences=list(zip(begins, [*begins[1:], len(doc)])),
    )


def _named(column: NDArray[np.uint64], strings: StringStore) -> list[str]:
    found = {number: strings[number] if number else "" for number in set(column.tolist())}
    return [found[number] for number in column.tolist()]
