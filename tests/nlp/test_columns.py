"""Tests of what is read of all tokens in one go, against asking each token."""

from __future__ import annotations

import spacy
from spacy.attrs import LEMMA

from nlp import columns

TEXT = "Kenya signed.\n\nTwo (2) firms of Kenya met Japan's envoys;  the McDonald's plan\nwent on (so they said) in NAIROBI"


def test_columns_say_what_tokens_say() -> None:
    doc = spacy.blank("en")(TEXT)
    for token in doc:
        token.lemma_ = token.lower_.rstrip("s")
        if token.text in ("Kenya", "Japan"):
            token.ent_type_ = "COUNTRY"
        if token.text == "NAIROBI":
            token.ent_type_ = "PLACE"
    assert columns.labelled(doc, ("COUNTRY", "NORP")) == [t.i for t in doc if t.ent_type_ == "COUNTRY"] != []
    assert columns.written(doc, "(") == [t.i for t in doc if t.text == "("] != []
    assert columns.written(doc, "nowhere") == []
    assert columns.spaces(doc) == [t.i for t in doc if t.is_space] != []
    assert columns.line_ends(doc) == [t.i for t in doc if "\n" in t.text] != columns.spaces(doc)
    assert columns.small_words(doc) == {t.text for t in doc if t.is_alpha and t.is_lower}
    firms = columns.Kind(lambda lemma: lemma == "firm", LEMMA)
    assert firms.places(doc) == [t.i for t in doc if t.lemma_ == "firm"] != []


def test_a_kind_asks_once_a_word_and_forgets_when_there_are_too_many() -> None:
    asked: list[str] = []

    def test(word: str) -> bool:
        asked.append(word)
        return word[:1].isupper()

    kind = columns.Kind(test)
    kind.MOST = 3
    language = spacy.blank("en")
    assert kind.places(language("Rome and Rome and Oslo of old")) == [0, 2, 4]
    assert sorted(asked) == ["Oslo", "Rome", "and", "of", "old"]
    assert kind.places(language("and Rome")) == [1]
    assert len(asked) == 7
