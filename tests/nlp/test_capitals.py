"""Where capitals tell no name: headings, beginnings of sentences, defined short forms, codes and addresses."""

from __future__ import annotations

import spacy
from spacy.tokens import Doc, Span

from nlp import capitals
from nlp.pipeline import Extractor
from nlp.records import Text


def made(text: str) -> Doc:
    return spacy.blank("en")(text)


def span(doc: Doc, words: str) -> Span:
    start = doc.text.index(words)
    found = doc.char_span(start, start + len(words), label="FIRM")
    assert found is not None
    return found


def firms(extractor: Extractor, text: str) -> list[str]:
    return [record.name for found in extractor.extract([Text(text=text)]) for record in found.of("firms")]


def test_a_heading_of_words_that_the_text_writes_small_is_no_name() -> None:
    doc = made("Rural Clinics Open\nThe rural clinics open on Monday. Open talks with Acme Rural followed.")
    asked = [span(doc, "Rural Clinics"), span(doc, "Acme Rural")]
    assert capitals.ordinary_words(doc, asked) == {(0, 2)}


def test_a_name_written_with_capitals_within_a_sentence_stays_one_in_the_heading() -> None:
    doc = made("Target Opens Stores\nWe met Target in May; the target is ten stores.")
    first, second = span(doc, "Target"), doc[6:7]
    assert second.text == "Target"
    assert not capitals.ordinary_words(doc, [first, Span(doc, 6, 7, label="FIRM")])


def test_an_adverb_adjective_or_verb_that_begins_a_sentence_is_no_name(extractor: Extractor) -> None:
    text = "Additionally, ten plants open. Catalyze private money. Starting in May, loans rise. We met Slim. Slim agreed. Target agreed."
    doc = extractor.language.make_doc(text)
    words = ("Additionally", "Catalyze", "Starting", "Target")
    asked = [span(doc, word) for word in words] + [Span(doc, t.i, t.i + 1, label="FIRM") for t in doc if t.text == "Slim"]
    found = capitals.ordinary_words(doc, asked)
    assert {doc[a:b].text for a, b in found} == {"Additionally", "Catalyze", "Starting"}


def test_short_forms_in_brackets_are_told_from_what_they_stand_for() -> None:
    doc = made("The Clean Cookstoves Programme (CCP) and mobile health units (MHUs) met Acme (ABC).")
    assert {name: doc[place].text for name, place in capitals.defined_acronyms(doc).items()} == {"CCP": "Clean", "MHU": "mobile"}


def test_codes_are_told_by_their_form() -> None:
    doc = made("MPOX-22 spread while Rio-Tinto rose.")
    virus = doc.char_span(0, 7, alignment_mode="expand")
    assert virus is not None and capitals.is_code(doc, virus.start, virus.end)
    assert not capitals.is_code(doc, len(doc) - 3, len(doc) - 2)


def test_a_legal_form_behind_a_comma_stays_with_its_firm(extractor: Extractor) -> None:
    assert firms(extractor, "Shares of Qantas Airways, Ltd. fell after Boeing spoke.") == ["Qantas Airways, Ltd.", "Boeing"]


def test_addresses_hold_no_firms(extractor: Extractor) -> None:
    assert firms(extractor, "Siemens wrote on social.example/Bayer/status/16 about trains.") == ["Siemens"]
