"""Which actors near a clause are its sides: the host and the third state stay out, what the grammar missed comes in."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from nlp.act_candidates import Candidate, candidates
from nlp.actors import Actors
from nlp.pipeline import RECORD_COMPONENTS, Extractor, build
from nlp.records import Text
from nlp.side_model import SideModel, chosen, load_model, mentions, side_features


@pytest.fixture(scope="module")
def annotate() -> Extractor:
    return Extractor(build(components=RECORD_COMPONENTS[: RECORD_COMPONENTS.index("communique_deals")]), "test")


def clause_of(doc: Doc, word: str) -> Candidate:
    return next(candidate for candidate in candidates(doc) if candidate.clause.head.text == word)


def test_names_of_a_sentence_stand_for_actors_and_peoples_too(annotate: Extractor) -> None:
    (doc,) = annotate.annotate([Text(text="Kenya will train Ugandan pilots who speak French.", genre="news")])
    found = [(token.text, [actor.code for actor in actors]) for token, actors in mentions(next(doc.sents), Actors(doc))]
    assert found == [("Kenya", ["KE"]), ("Ugandan", ["UG"])]


@pytest.mark.parametrize(
    ("text", "word", "act", "sides"),
    [
        ("Chile and Norway signed a memorandum on salmon farming in Geneva, Switzerland.", "signed", "agree", {"CL", "NO"}),
        ("Brazil will lend Angola 40 million dollars to buy tractors.", "lend", "aid", {"AO", "BR"}),
        ("Canada imposed sanctions on Belarus.", "imposed", "reject", {"BY", "CA"}),
    ],
)
def test_the_sides_are_those_that_act_and_those_they_act_with(annotate: Extractor, text: str, word: str, act: str, sides: set[str]) -> None:
    (doc,) = annotate.annotate([Text(text=text, genre="news")])
    candidate = clause_of(doc, word)
    found = chosen(load_model(), candidate.clause, candidate.sides, act, Actors(doc))
    assert {actor.code for actor in found.actors} == sides


def test_where_too_few_are_left_the_proposed_sides_stand(annotate: Extractor) -> None:
    (doc,) = annotate.annotate([Text(text="Chile and Norway signed a memorandum on salmon farming.", genre="news")])
    candidate = clause_of(doc, "signed")
    assert chosen(SideModel({}, -5.0, 0.5), candidate.clause, candidate.sides, "agree", Actors(doc)) is candidate.sides


def test_features_tell_where_a_name_stands(annotate: Extractor) -> None:
    (doc,) = annotate.annotate([Text(text="Chile signed a pact with Norway in Peru.", genre="news")])
    candidate = clause_of(doc, "signed")
    names = {actor.code: told for actor, told in side_features(candidate.clause, candidate.sides, "agree", Actors(doc))}
    assert {"subject", "inside", "before", "top=nsubj"} <= set(names["CL"])
    assert {"partner", "after", "prep=with"} <= set(names["NO"])
    assert "prep=in" in names["PE"]
