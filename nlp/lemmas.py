"""Lemma and part of speech of each token, by asking the base model's own rules once per word and tag.

Attribute ruler and lemmatizer are 14 % of md's time and depend on little but word and tag; a table of what they said saves most of it.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

_MOST_ENTRIES = 200_000


class CachedLemmas:
    """Component `communique_lemmas`. The table holds plain Python strings, so it may outlive a memory zone."""

    def __init__(self) -> None:
        self._base: Language | None = None
        self._table: dict[tuple[str, str], tuple[str, str]] = {}

    def learn_from(self, base: Language) -> None:
        """Use the attribute ruler and lemmatizer of `base`, which must share the vocabulary."""
        self._base = base

    def _ask(self, word: str, tag: str) -> tuple[str, str]:
        assert self._base is not None, "communique_lemmas: learn_from() was not called"
        single = Doc(self._base.vocab, words=[word], tags=[tag])
        for name in ("attribute_ruler", "lemmatizer"):
            single = self._base.get_pipe(name)(single)
        return single[0].lemma_, single[0].pos_

    def __call__(self, doc: Doc) -> Doc:
        table = self._table
        for token in doc:
            if token.ent_type:
                token.lemma_, token.pos_ = token.text, "PROPN"
                continue
            key = (token.text, token.tag_)
            found = table.get(key)
            if found is None:
                found = self._ask(*key)
                if len(table) < _MOST_ENTRIES:
                    table[key] = found
            token.lemma_, token.pos_ = found
        return doc
