"""Places of a `Doc`'s tokens by what they are, read in one go: to ask an array costs a hundredth of asking every token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ENT_TYPE, IS_ALPHA, IS_LOWER, IS_SPACE, ORTH
from spacy.tokens import Doc


def _column(doc: Doc, attribute: Any) -> NDArray[np.uint64]:
    return np.asarray(doc.to_array([attribute]), dtype=np.uint64).reshape(len(doc))


def labelled(doc: Doc, labels: Iterable[str]) -> list[int]:
    """The tokens that carry one of some entity labels."""
    strings = doc.vocab.strings
    wanted = np.array([strings[label] for label in labels], dtype=np.uint64)
    places: list[int] = np.flatnonzero(np.isin(_column(doc, ENT_TYPE), wanted)).tolist()
    return places


def written(doc: Doc, word: str) -> list[int]:
    """The tokens written so."""
    places: list[int] = np.flatnonzero(_column(doc, ORTH) == np.uint64(doc.vocab.strings[word])).tolist()
    return places


def spaces(doc: Doc) -> list[int]:
    """The tokens that are white space."""
    places: list[int] = np.flatnonzero(_column(doc, IS_SPACE)).tolist()
    return places


def line_ends(doc: Doc) -> list[int]:
    """The tokens that are or hold a line break."""
    return [i for i in spaces(doc) if "\n" in doc[i].text]


def small_words(doc: Doc) -> frozenset[str]:
    """The words that stand without a capital."""
    kinds = doc.to_array([ORTH, IS_ALPHA, IS_LOWER]).reshape(len(doc), 3)
    strings = doc.vocab.strings
    return frozenset(strings[int(one)] for one in np.unique(kinds[(kinds[:, 1] != 0) & (kinds[:, 2] != 0), 0]))


class Kind:
    """The tokens whose text, or lemma, passes a test, which is made once per word and remembered.

    What is remembered is the hash of the string alone, so it holds beyond the memory zone of a batch and for any vocabulary.
    """

    MOST = 100_000  # words that are remembered

    def __init__(self, test: Callable[[str], bool], attribute: Any = ORTH) -> None:
        self._test = test
        self._attribute = attribute
        self._told: dict[int, bool] = {}

    def places(self, doc: Doc) -> list[int]:
        """Their indices, in order."""
        told, strings = self._told, doc.vocab.strings
        if len(told) > self.MOST:
            told.clear()
        found = []
        for i, key in enumerate(_column(doc, self._attribute).tolist()):
            passes = told.get(key)
            if passes is None:
                passes = told[key] = self._test(strings[key])
            if passes:
                found.append(i)
        return found
