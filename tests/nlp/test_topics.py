"""What the topics promise: terms in any spelling, masks, subjects of a document, and a model that belongs to its data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlp import topics
from nlp.pipeline import Extractor
from nlp.records import Text
from nlp.topic_terms import Hits, TermList, term_list
from nlp.training import topics_page, train_topics
from nlp.training.corpus import load_passages


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("They agreed on submarine cables, semiconductors and cybersecurity.", {"submarine_cables", "semiconductors", "cybersecurity"}),
        ("The partners will decarbonise steel and cut methane.", {"climate"}),
        ("The two sides discussed civil nuclear cooperation and hydrogen.", {"nuclear_energy", "hydrogen"}),
        ("Labour ministers spoke of forced labor.", {"labour"}),
        ("AI rules were discussed.", {"ai"}),
        ("The ministers shook hands and left.", set()),
        ("He has a chip on his shoulder.", set()),
        ("The European Union welcomed the visit.", set()),
        ("It was the aid of a friend that saved him.", set()),
    ],
)
def test_a_sentence_carries_what_its_terms_name(sentence: str, expected: set[str]) -> None:
    assert set(topics.sentence_topics(sentence)) == expected


def test_a_term_is_found_in_british_and_american_spelling_in_the_plural_and_hyphenated() -> None:
    terms = TermList({"labour": {"strong": ["labour programme", "cyber attack"], "weak": [], "never": []}})
    for text in ("labor programs", "Labour programme", "a cyber-attack", "cyber attacks"):
        assert terms.find(text) == {"labour": Hits(1, 0)}, text


def test_a_term_with_capitals_must_stand_so_in_the_text() -> None:
    terms = TermList({"health": {"strong": ["WHO"], "weak": [], "never": []}})
    assert terms.find("The WHO agreed.") == {"health": Hits(1, 0)}
    assert terms.find("Those who agreed.") == {}


def test_nothing_counts_within_a_phrase_that_is_never_meant() -> None:
    terms = TermList({"trade": {"strong": ["trade"], "weak": [], "never": ["trade union"]}})
    assert terms.find("A trade union met.") == {}
    assert terms.find("A trade union met on trade.") == {"trade": Hits(1, 0)}


def test_the_longest_term_counts_once_and_a_weak_one_in_a_heading_is_strong() -> None:
    terms = TermList({"environment": {"strong": ["water sharing"], "weak": ["water", "river"], "never": []}})
    assert terms.find("On water sharing they agreed at last.") == {"environment": Hits(1, 0)}
    assert terms.find("Water: two dams for the upper valley.") == {"environment": Hits(1, 0)}
    assert terms.find("They drank some water by the small river.") == {"environment": Hits(0, 2)}


def test_every_topic_has_terms_a_definition_and_only_known_codes() -> None:
    assert tuple(row["code"] for row in topics.topic_table()) == term_list().codes
    assert all(row["definition"] and row["label"] for row in topics.topic_table())
    assert len(term_list().codes) == 38


def test_a_document_has_subjects_not_every_word(extractor: Extractor) -> None:
    text = (
        "The two countries signed an agreement on the supply of semiconductors on Tuesday. "
        "The pact obliges chipmakers to share forecasts of wafer output.\n\n"
        "Ministers said that new fabs would open within three years. They met at a hotel near the university."
    )
    (found,) = extractor.extract([Text(text=text, title="Chip pact signed", genre="news")])
    rows: list[Any] = found.of("topics")
    assert max(rows, key=lambda row: row.score).topic == "semiconductors"
    assert {"education_research", "people_culture"}.isdisjoint(row.topic for row in rows)
    strongest = next(row for row in rows if row.topic == "semiconductors")
    evidence = text[strongest.start : strongest.end]
    assert "semiconductors" in evidence or "wafer" in evidence
    assert all(topics.load_model().threshold <= row.score <= 1 for row in rows)


def test_an_empty_document_has_no_topics(extractor: Extractor) -> None:
    (found,) = extractor.extract([Text(text="\n\n")])
    assert found.of("topics") == []


def test_the_committed_model_belongs_to_the_committed_data() -> None:
    assert topics.load_model().training_hash == train_topics.training_hash()
    assert topics.load_model().codes == term_list().codes


def test_joining_terms_and_classifier_wins_on_held_back_sentences() -> None:
    import json

    figures = json.loads(train_topics.FIGURES.read_text(encoding="utf-8"))
    assert figures["sentences"]["joined_f1"] > figures["sentences"]["terms_f1"]


def test_the_labelled_sentences_are_many_distinct_and_cover_every_topic() -> None:
    rows = train_topics.read_sentences()
    assert len(rows) >= 1200
    assert len({sentence for _, sentence in rows}) == len(rows)
    for code in term_list().codes:
        assert sum(code in labels for labels, _ in rows) >= 15, code
    assert sum(not labels for labels, _ in rows) >= 80


def test_the_sentences_of_the_passages_stand_in_them_and_cover_nearly_all() -> None:
    passages = {passage.id: " ".join(f"{passage.title} {passage.text}".split()) for passage in load_passages()}
    rows = train_topics.read_passage_sentences()
    assert set(rows) <= set(passages)
    assert len(rows) > 0.95 * len(passages)
    assert [sentence for one, found in rows.items() for _, sentence in found if " ".join(sentence.split()) not in passages[one]] == []


def test_an_unknown_code_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "sentences.tsv"
    path.write_text("trade\tTariffs rose.\nnonsense\tWhat is this?\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2: unknown topic \['nonsense'\]"):
        train_topics.read_sentences(path)
    path.write_text("news-europe-001\ttrade\tTariffs rose.\nnews-europe-001\tnonsense\tWhat is this?\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2: unknown topic \['nonsense'\]"):
        train_topics.read_passage_sentences(path)


def test_the_page_on_topics_is_up_to_date() -> None:
    committed = Path(topics.__file__).parents[1] / "docs" / "topics.md"
    assert committed.read_text(encoding="utf-8") == topics_page.page()
