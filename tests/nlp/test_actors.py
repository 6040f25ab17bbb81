"""Which side a word stands for, by example."""

from __future__ import annotations

import pytest

from nlp.actors import Actors
from nlp.pipeline import Extractor
from nlp.records import Text


def sides(extractor: Extractor, text: str, word: str, **known: object) -> list[str]:
    (doc,) = extractor.annotate([Text(text=text, **known)])  # type: ignore[arg-type]
    token = next(t for t in doc if t.text == word)
    return [actor.code for actor in Actors(doc).of(token)]


@pytest.mark.parametrize(
    ("text", "word", "codes"),
    [
        ("Tokyo rejected the offer.", "Tokyo", ["JP"]),
        ("The meeting took place in Tokyo.", "Tokyo", []),
        ("Japanese officials left early.", "officials", ["JP"]),
        ("The government of Chad agreed.", "government", ["TD"]),
        ("Kenya, Ghana and Mali met in Accra.", "Kenya", ["KE", "GH", "ML"]),
        ("Niger and Georgia signed the text.", "Niger", ["NE", "GE"]),
    ],
)
def test_a_state_has_many_names(extractor: Extractor, text: str, word: str, codes: list[str]) -> None:
    assert sides(extractor, text, word) == codes


@pytest.mark.parametrize("word", ["We", "sides", "They"])
def test_we_both_sides_and_they_are_the_parties(extractor: Extractor, word: str) -> None:
    text = {"We": "We agreed.", "sides": "Both sides agreed.", "They": "They agreed."}[word]
    assert sides(extractor, text, word, parties=("PE", "JP"), genre="joint_statement") == ["PE", "JP"]


def test_an_office_holder_stands_for_the_state(extractor: Extractor) -> None:
    text = "President Tomas Okoro of Kenya spoke first. Okoro thanked the hosts."
    assert sides(extractor, text, "Okoro") == ["KE"]


@pytest.mark.parametrize("text", ["She speaks French, Lingala, and basic Spanish.", "Robinson speaks Russian and Spanish."])
def test_what_one_speaks_is_a_language_and_no_state(extractor: Extractor, text: str) -> None:
    (found,) = extractor.extract([Text(text=text, parties=())])
    assert found.of("cooperations") == []


def test_a_people_that_one_speaks_with_is_a_state(extractor: Extractor) -> None:
    assert sides(extractor, "Vietnam spoke with the Russians about grain.", "Russians") == ["RU"]
