"""Which spans are entities, by example: long titles, bodies, funds, instruments, money, and what is none."""

from __future__ import annotations

import pytest
from spacy.lang.en import English
from spacy.tokens import Span

from nlp import lexicons
from nlp.alias_vote import vote
from nlp.parties import namings
from nlp.pipeline import Extractor
from nlp.records import Text


def entities(extractor: Extractor, text: str) -> list[tuple[str, str]]:
    (doc,) = extractor.annotate([Text(text=text)])
    return [(e.text, e.label_) for e in doc.ents]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Minister of Internal Affairs and Communications Takeru Onodera met Kenya's Foreign Minister.",
            [("Minister of Internal Affairs and Communications", "OFFICE"), ("Takeru Onodera", "PERSON"), ("Kenya", "COUNTRY")],
        ),
        ("The Ministry of Economy, Trade and Industry said so.", [("Ministry of Economy, Trade and Industry", "PUBLIC_BODY")]),
        ("Peru and the European Union signed the Lima-Brussels Lithium Partnership.", [("Lima-Brussels Lithium Partnership", "AGREEMENT")]),
        (
            "Hansa Werke GmbH paid EUR 1.2bn, or 40 percent more.",
            [("Hansa Werke GmbH", "FIRM"), ("EUR 1.2bn", "MONEY"), ("40 percent", "PERCENT")],
        ),
        ("Rosa Lind is a partner at Corwen, Weyl and Simonsen LLP in Houston.", [("Corwen, Weyl and Simonsen LLP", "FIRM")]),
        ("He left Morven, Lewsey & Bock LLP for Orange.", [("Morven, Lewsey & Bock LLP", "FIRM")]),
        ("Norton Vale advised, and Baker Marsh LLP.", [("Baker Marsh LLP", "FIRM")]),
        ("The African Development Bank lent $20 million.", [("African Development Bank", "FUND"), ("$20 million", "MONEY")]),
        ("U.S.-Japan talks will go on in Tokyo on Friday.", [("U.S.", "COUNTRY"), ("Japan", "COUNTRY"), ("Friday", "DATE")]),
    ],
)
def test_entities_are_found_with_their_labels(extractor: Extractor, text: str, expected: list[tuple[str, str]]) -> None:
    found = entities(extractor, text)
    assert [pair for pair in expected if pair not in found] == []


def test_acronyms_of_common_words_are_no_names(extractor: Extractor) -> None:
    found = entities(extractor, "Makers of electric vehicles (EVs) asked for help. EVs are dear in Norway.")
    assert [text for text, _ in found if text.startswith("EV")] == []


def test_the_document_votes_a_surname_follows_its_full_name(extractor: Extractor) -> None:
    found = entities(
        extractor, "Finance Minister Ingrid Halvorsen spoke in Oslo. Later Halvorsen flew to Lima. Critics of Halvorsen stayed."
    )
    assert [label for text, label in found if text == "Halvorsen"] == ["PERSON", "PERSON"]


def test_the_document_votes_a_surname_of_several_tokens_follows_its_full_name() -> None:
    doc = English()("Salim Al-Habsi and Piet van der Zwan met; Al-Habsi and van der Zwan agreed.")
    places = {"Salim Al-Habsi": "PERSON", "Piet van der Zwan": "PERSON"}
    spans = [doc.char_span(doc.text.index(name), doc.text.index(name) + len(name), label=label) for name, label in places.items()]
    spans += [
        doc.char_span(doc.text.rindex(name), doc.text.rindex(name) + len(name), label="FIRM") for name in ("Al-Habsi", "van der Zwan")
    ]
    assert [(s.text, s.label_) for s in vote(doc, spans)][2:] == [("Al-Habsi", "PERSON"), ("van der Zwan", "PERSON")]


def test_the_document_votes_a_given_name_follows_its_full_name() -> None:
    doc = English()("Lisette Halvorsen teaches in Georgia. Lisette was born there, as was Georgia Halvorsen. GEORGIA HALVORSEN")
    spans = [(0, 2, "PERSON", ""), (4, 5, "COUNTRY", "GE"), (6, 7, "FIRM", ""), (13, 15, "PERSON", ""), (16, 18, "PLACE", "")]
    voted = vote(doc, [Span(doc, a, b, label=label, kb_id=code) for a, b, label, code in spans])
    assert [s.label_ for s in voted] == ["PERSON", "COUNTRY", "PERSON", "PERSON", "PERSON"]


def test_a_given_name_that_is_mostly_taken_for_a_firm_stays_a_person() -> None:
    doc = English()("Lisette Halvorsen sings. Lisette won. Lisette toured. Lisette rests.")
    spans = [(0, 2, "PERSON"), (4, 5, "FIRM"), (7, 8, "FIRM"), (10, 11, "PERSON")]
    assert {s.label_ for s in vote(doc, [Span(doc, a, b, label=label) for a, b, label in spans])} == {"PERSON"}


def test_a_place_that_bears_the_name_of_a_state_is_none(extractor: Extractor) -> None:
    title = "President Amends New Mexico Disaster Declaration"
    text = "Aid was made available to the State of New Mexico. New Jersey, New Zealand and Mexico sent crews."
    (doc,) = extractor.annotate([Text(text=text, title=title, genre="press_release")])
    assert sorted(e.kb_id_ for e in doc.ents if e.label_ == "COUNTRY") == ["MX", "NZ"]
    assert lexicons.codes_in("New Mexico, New Zealand and New Jersey") == ["NZ"]
    assert "MX" not in [naming.code for naming in namings(title)]


def test_codes_of_countries_and_blocs_stand_on_their_entities(extractor: Extractor) -> None:
    (doc,) = extractor.annotate([Text(text="The Dutch and the EU warned Beijing, South Korea and the U.K.")])
    codes = {token.text: token.ent_kb_id_ for token in doc if token.ent_type_}
    assert codes["Dutch"] == "NL"
    assert codes["EU"] == "EU"
    assert codes["Beijing"] == "CN"
    assert codes["South Korea"] == "KR"
    assert codes["U.K."] == "GB"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("President Tobias R. Lindqvist, Jr. met the governors in Oslo.", "Tobias R. Lindqvist, Jr."),
        ("Tobias R. Lindqvist Jr. met the governors in Oslo.", "Tobias R. Lindqvist Jr."),
        ("Tobias R. Lindqvist, a lawyer, met the governors in Oslo.", "Tobias R. Lindqvist"),
    ],
)
def test_the_generation_belongs_to_the_name(extractor: Extractor, text: str, name: str) -> None:
    (doc,) = extractor.annotate([Text(text=text)])
    assert [span.text for span in doc.ents if span.label_ == "PERSON"] == [name]


def test_entities_are_single_tokens_for_the_parser(extractor: Extractor) -> None:
    (doc,) = extractor.annotate([Text(text="Rivera Castellanos, Minister for Trade, agreed to buy Orion Freight Ltd for $2 million.")])
    assert all(e.end - e.start == 1 for e in doc.ents)


def test_a_heading_adds_no_word_to_a_name(extractor: Extractor) -> None:
    doc = extractor.language.make_doc(
        "Minister Lund Asks Parliament for Patience\nKarin Lund asked for patience. Lund spoke after Tom White."
    )
    spans = [doc.char_span(9, 18, label="PERSON"), doc.char_span(43, 53, label="PERSON"), doc.char_span(74, 78, label="PERSON")]
    assert [s.text for s in vote(doc, [s for s in spans if s is not None])] == ["Lund", "Karin Lund", "Lund"]


def test_a_name_that_the_text_has_too_stays_whole_in_a_heading(extractor: Extractor) -> None:
    doc = extractor.language.make_doc("Minister Tom White Asks Parliament\nTom White asked for patience. White spoke.")
    spans = [doc.char_span(9, 18, label="PERSON"), doc.char_span(35, 44, label="PERSON"), doc.char_span(65, 70, label="PERSON")]
    assert [s.text for s in vote(doc, [s for s in spans if s is not None])] == ["Tom White", "Tom White", "White"]


def test_native_peoples_of_america_are_not_of_india(extractor: Extractor) -> None:
    text = (
        "American Indian families and Indian tribes asked the Indian Health Service. "
        "Indian officials and the Indian navy met Kenyan officers."
    )
    (doc,) = extractor.annotate([Text(text=text)])
    assert [e.kb_id_ for e in doc.ents if e.text == "Indian"] == ["", "", "IN", "IN"]
    assert [n.code for n in namings(text)] == ["US", "IN", "IN", "KE"]
