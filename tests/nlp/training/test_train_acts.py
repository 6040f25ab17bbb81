"""Annotated acts are found again at the words at which they stand, with what is a side of them and what is not."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from nlp.act_candidates import candidates
from nlp.pipeline import RECORD_COMPONENTS, Extractor, build
from nlp.records import Text
from nlp.training.corpus import is_held_back, load_passages
from nlp.training.train_acts import Example, clauses_of_rows, find_words, fit_sides, read_examples

TEXT = (
    "Chile and Norway signed a memorandum on salmon farming in Geneva, Switzerland.\n\n"
    "Norway will train forty Chilean veterinarians. The weather was fine."
)
SIGNED = {"actors": ["CL", "NO"], "act": "agree", "topics": ["agriculture_food"], "instrument": None, "at": ["signed a memorandum"]}
TRAINED = {"actors": ["CL", "NO"], "act": "aid", "topics": ["education_research"], "instrument": None, "at": ["train forty Chilean"]}


@pytest.fixture(scope="module")
def doc() -> Doc:
    language = build(components=RECORD_COMPONENTS[: RECORD_COMPONENTS.index("communique_deals")])
    return Extractor(language, "test").annotate([Text(text=TEXT, genre="news")])[0]


@pytest.fixture(scope="module")
def examples(doc: Doc) -> list[Example]:
    return read_examples(doc, [SIGNED, TRAINED])


def test_words_are_found_however_lines_are_broken() -> None:
    assert find_words("They signed\na  memorandum.", "signed a memorandum") == (5, 25)
    assert find_words("They signed (twice) a pact.", "signed (twice)") == (5, 19)
    assert find_words("They met.", "signed") is None


def test_a_row_stands_at_the_clause_whose_head_is_among_its_words(doc: Doc) -> None:
    read = [candidate.clause for candidate in candidates(doc)]
    told = {read[number].head.text: row["act"] for number, row in clauses_of_rows(doc, [SIGNED, TRAINED], read).items()}
    assert told == {"signed": "agree", "train": "aid"}


def test_words_before_the_clause_s_head_lead_to_the_clause_that_covers_them(doc: Doc) -> None:
    read = [candidate.clause for candidate in candidates(doc)]
    (number,) = clauses_of_rows(doc, [SIGNED | {"at": ["Chile and"]}], read)
    assert read[number].head.text == "signed"


def test_a_clause_without_a_row_is_an_example_of_none(examples: list[Example]) -> None:
    assert sorted(e.act for e in examples if e.act != "none") == ["agree", "aid"]
    assert all(not e.sides for e in examples if e.act == "none")


def test_a_host_is_near_the_clause_but_no_side(examples: list[Example]) -> None:
    (signed,) = [e for e in examples if e.act == "agree"]
    assert sorted(is_side for is_side, _ in signed.sides) == [False, True, True]
    (host,) = [names for is_side, names in signed.sides if not is_side]
    assert "named" in host and "subject" not in host


def test_what_tells_apart_gets_weight() -> None:
    judged = [(True, ["subject", "x"]), (False, ["host", "x"])] * 5
    classifier, columns = fit_sides(judged)
    assert classifier.coef_[0][columns["subject"]] > 0 > classifier.coef_[0][columns["host"]]


def test_nearly_every_annotated_act_is_placed() -> None:
    rows = [row for passage in load_passages() if not is_held_back(passage) for row in passage.records["cooperations"]]
    assert sum(bool(row["at"]) for row in rows) > 0.97 * len(rows)
