"""Which instruments a text names, by example."""

from __future__ import annotations

import pytest

from nlp.instruments import instrument_kind
from nlp.pipeline import Extractor
from nlp.records import Instrument, Text


def read(extractor: Extractor, text: str, title: str = "") -> list[Instrument]:
    (found,) = extractor.extract([Text(text=text, title=title)])
    return [row for row in found.records if isinstance(row, Instrument)]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The ministers met under the Kestrel Bay Partnership on Cables.", "Kestrel Bay Partnership on Cables", "partnership"),
        ("We announced it at the G20 Summit, with Brazil in the chair.", "G20 Summit", "summit"),
        ("They launched the Harvest and Growth (HaGro) Partnership in May.", "Harvest and Growth (HaGro) Partnership", "partnership"),
        ("The Quad welcomed the plan.", "Quad", "format"),
    ],
)
def test_a_named_instrument_is_a_row(extractor: Extractor, text: str, name: str, kind: str) -> None:
    assert [(row.name, row.kind) for row in read(extractor, text)] == [(name, kind)]


def test_a_date_behind_the_name_is_no_part_of_it(extractor: Extractor) -> None:
    (row,) = read(extractor, "They met at the ASEAN-Japan Summit on January 9, 2023.")
    assert row.name == "ASEAN-Japan Summit"
    assert set(row.parties) == {"ASEAN", "JP"}


@pytest.mark.parametrize(
    "text",
    [
        "The two sides signed a Memorandum of Understanding.",
        "Parliament passed the Clean Rivers Act on Monday.",
        "The UN Security Council met twice.",
        "The G7 and the G20 disagree.",
    ],
)
def test_papers_without_a_name_laws_and_organs_are_none(extractor: Extractor, text: str) -> None:
    assert read(extractor, text) == []


def test_a_documents_own_heading_is_none(extractor: Extractor) -> None:
    assert read(extractor, "Both sides agreed to share data.", "Joint Statement on Quantum, Batteries and Hydrogen") == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Treaty of Friendship", "treaty"), ("Partnership for Green Jobs", "partnership"), ("Kigali Compact on Cables", "agreement")],
)
def test_the_head_word_tells_the_kind(name: str, kind: str) -> None:
    assert instrument_kind(name) == kind
