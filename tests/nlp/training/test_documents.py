"""Are the whole documents valid, of every genre and region, and strange to what the models are trained on?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nlp.training import corpus
from nlp.training.corpus import REGIONS, Passage, load_passages

DOCUMENTS = Path(corpus.__file__).parent / "documents"
GENRES = {"news", "joint_statement", "readout", "press_release", "fact_sheet", "speech"}


@pytest.fixture(scope="module")
def documents() -> list[Passage]:
    return load_passages(DOCUMENTS)


def long_sentences(passages: list[Passage]) -> set[str]:
    """Sentences of at least eight words, without case and punctuation."""
    parts = (re.findall(r"\w+", s.casefold()) for p in passages for s in re.split(r"(?<=[.!?])\s+|\n+", p.text))
    return {" ".join(words) for words in parts if len(words) >= 8}


def test_every_genre_and_region_has_several(documents: list[Passage]) -> None:
    assert len(documents) >= 60
    assert {d.genre for d in documents} == GENRES
    for region in REGIONS:
        assert sum(d.region == region for d in documents) >= 5, region


def test_they_are_named_after_genre_and_region(documents: list[Passage]) -> None:
    for document in documents:
        assert document.id.startswith(f"doc-{document.genre}-{document.region}-")
        assert document.file.startswith(f"{document.genre}-")


def test_they_are_whole_documents(documents: list[Passage]) -> None:
    for document in documents:
        assert document.title and document.date, document.id
        assert len(f"{document.title} {document.text}".split()) >= 200, document.id
        assert document.records["topics"], document.id


def test_no_sentence_is_shared_with_the_training_passages(documents: list[Passage]) -> None:
    assert not long_sentences(documents) & long_sentences(load_passages())


def test_no_sentence_stands_in_two_documents(documents: list[Passage]) -> None:
    assert sum(len(long_sentences([d])) for d in documents) == len(long_sentences(documents))
