"""Legal forms as they are written, and media that only pass the news on."""

from __future__ import annotations

import pytest
from spacy.language import Language

from nlp.firm_names import is_none, legal_family, without_facilities
from nlp.pipeline import Extractor, build
from nlp.records import Firm, Text


@pytest.fixture(scope="module")
def language() -> Language:
    return build(components=())


def firms(extractor: Extractor, text: str) -> list[Firm]:
    (extraction,) = extractor.extract([Text(text=text)])
    return extraction.of("firms")  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Orion Freight Corp.", "corp"),
        ("Orion Freight Corporation", "corp"),
        ("Halmstad Kran Pty Ltd", "pty ltd"),
        ("Sierra Cobre S.A. de C.V.", "sa de cv"),
        ("Hansa Werke AG", "ag"),
        ("Aoba & Co., Ltd.", "ltd"),
        ("Meridian Group", None),
        ("AG", None),
    ],
)
def test_spellings_of_a_legal_form_are_one(name: str, family: str | None) -> None:
    assert legal_family(name) == family


def test_two_legal_forms_of_one_name_are_two_firms(extractor: Extractor) -> None:
    found = firms(extractor, "Hallgren Kran AB sold its yard to Hallgren Kran GmbH this year. Hallgren Kran GmbH will pay next year.")
    assert sorted((firm.name, firm.mention_count) for firm in found) == [("Hallgren Kran AB", 1), ("Hallgren Kran GmbH", 2)]


def test_two_spellings_of_one_legal_form_are_one_firm(extractor: Extractor) -> None:
    (firm,) = firms(extractor, "Orion Freight Corp. will close a yard. Orion Freight Corporation gave no date.")
    assert firm.mention_count == 2


@pytest.mark.parametrize(
    ("name", "aliases", "names"),
    [
        ("Tarn Foods Karlstad Campus", ("Tarn",), ("Tarn",)),
        ("Halmstad Kran", ("Halmstad", "Halmstad Kran Plant"), ("Halmstad Kran", "Halmstad")),
        ("New Harbour Facility", (), ()),
        ("Plant", (), ("Plant",)),
    ],
)
def test_works_and_buildings_are_no_firms(name: str, aliases: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert without_facilities(name, aliases) == names


@pytest.mark.parametrize(
    ("text", "word", "none"),
    [
        ("Shares of Norvik Oil <NVK> rose.", "NVK", True),
        ("Shares of NVK rose.", "NVK", False),
        ("Both Koreas sent teams.", "Koreas", True),
        ("The Initiative will end in May.", "Initiative", True),
        ("Initiative hired two lawyers.", "Initiative", False),
    ],
)
def test_a_ticker_a_pointing_noun_and_states_of_one_name_are_none(language: Language, text: str, word: str, none: bool) -> None:
    doc = language.make_doc(text)
    start = text.index(word)
    span = doc.char_span(start, start + len(word))
    with doc.retokenize() as merge:
        merge.merge(span)
    token = next(token for token in doc if token.idx == start)
    assert is_none(token) is none
