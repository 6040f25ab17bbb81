"""Who or what a mention stands for, by example."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from nlp.pipeline import Extractor
from nlp.records import Text
from nlp.references import References, initials, name_words


def read(extractor: Extractor, text: str) -> tuple[Doc, References]:
    (doc,) = extractor.annotate([Text(text=text)])
    return doc, doc._.references


def test_a_surname_leads_to_the_full_name(extractor: Extractor) -> None:
    _, references = read(extractor, "Finance Minister Ingrid Halvorsen met reporters in Oslo. Halvorsen left early.")
    (person,) = references.labelled("PERSON")
    assert person.name == "Ingrid Halvorsen"
    assert person.aliases == ("Halvorsen",)
    assert len(person.tokens) == 2


def test_he_and_she_are_the_last_subject_of_their_gender(extractor: Extractor) -> None:
    doc, references = read(extractor, "Minister Maria Okafor met Chancellor David Brandt. She thanked him.")
    resolved = {token.lower_: references.resolve(token) for token in doc if token.lower_ in ("she", "him")}
    assert {word: cluster.name for word, cluster in resolved.items() if cluster} == {"she": "Maria Okafor", "him": "David Brandt"}


def test_an_acronym_is_its_long_form(extractor: Extractor) -> None:
    _, references = read(extractor, "The African Development Bank (AfDB) lent $20 million. The AfDB will lend more.")
    (fund,) = references.labelled("FUND")
    assert fund.name == "African Development Bank"
    assert fund.aliases == ("AfDB",)


def test_a_country_is_one_thing_under_all_its_names(extractor: Extractor) -> None:
    _, references = read(extractor, "The United States and Britain agreed. The U.S. and the United Kingdom will report in May.")
    assert sorted(c.code or "" for c in references.labelled("COUNTRY")) == ["GB", "US"]


def test_words_that_tell_people_apart() -> None:
    assert name_words("José R. de la Cruz, Jr.") == ("jose", "de", "la", "cruz")
    assert initials("Japan Bank for International Cooperation") == "jbic"


def people(extractor: Extractor, text: str) -> dict[str, tuple[str, ...]]:
    """Full name → its other forms."""
    _, references = read(extractor, text)
    return {person.name: person.aliases for person in references.labelled("PERSON")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Minister Taro Hayashi left Tokyo. Mr. Hayashi will be back on Friday.", {"Taro Hayashi": ("Hayashi",)}),
        ("Matsuda spoke first. MATSUDA Takeaki, Minister for Communications, then signed.", {"MATSUDA Takeaki": ("Matsuda",)}),
        ("Prime Minister Olga Petrenko met President José Almeida. Petrenko and Jose Almeida signed.",
         {"Olga Petrenko": ("Petrenko",), "José Almeida": ("Jose Almeida",)}),
        ("President Ursula von Hartenau spoke in Berlin. Later President von Hartenau left.", {"Ursula von Hartenau": ("von Hartenau",)}),
    ],
)  # fmt: skip
def test_every_form_of_a_name_is_one_person(extractor: Extractor, text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert people(extractor, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Minister Anna Kowalska met Minister Jan Kowalski in Warsaw.",
        "Senator David Marlowe spoke. Senator Helen Marlowe of Ohio answered.",
        "President Peter Lindholm spoke in Stockholm. Mrs. Lindholm was in Paris.",
        "President Marcus Weller spoke in Vienna. Governor Weller of Salzburg was not there.",
        "Minister Thomas Brandt signed in March. Ambassador J. Brandt was not there.",
    ],
)
def test_two_people_of_one_surname_stay_two(extractor: Extractor, text: str) -> None:
    assert len(people(extractor, text)) == 2


def test_a_surname_that_two_share_is_told_by_address_and_title(extractor: Extractor) -> None:
    text = "Minister David Brandt met Ambassador Maria Brandt in Bonn. Mr. Brandt left early. Ambassador Brandt stayed."
    doc, references = read(extractor, text)
    mentions = [(token.text, cluster.name) for token in doc if (cluster := references.of(token)) and cluster.label == "PERSON"]
    assert mentions[2:] == [("Brandt", "David Brandt"), ("Brandt", "Maria Brandt")]


def test_the_minister_is_the_last_person_with_that_title(extractor: Extractor) -> None:
    text = "Finance Minister Ingrid Halvorsen met Ambassador Luis Ferrer. The minister left early."
    doc, references = read(extractor, text)
    token = [t for t in doc if t.lower_ == "minister"][-1]
    cluster = references.resolve(token)
    assert cluster is not None and cluster.name == "Ingrid Halvorsen"


def test_a_title_that_nobody_in_the_text_has_is_nobody(extractor: Extractor) -> None:
    doc, references = read(extractor, "Ambassador Luis Ferrer came to Oslo. The minister was in Bergen.")
    assert references.resolve([t for t in doc if t.lower_ == "minister"][-1]) is None
