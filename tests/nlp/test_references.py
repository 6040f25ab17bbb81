"""Who or what a mention stands for, by example."""

from __future__ import annotations

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
