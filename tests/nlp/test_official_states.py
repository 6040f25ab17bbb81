"""Whose office it is where no word beside the title says so: short texts and the state."""

from __future__ import annotations

import pytest

from nlp.leaders import states_of
from nlp.official_background import Background
from nlp.official_sides import Sides
from nlp.official_states import choose, scores
from nlp.officials import holdings_in
from nlp.pipeline import Extractor
from nlp.records import Official, Text


def states(extractor: Extractor, text: str, **source: str) -> dict[str, str | None]:
    (result,) = extractor.extract([Text(text=text, **source)])  # type: ignore[arg-type]
    return {r.person: r.jurisdiction for r in result.records if isinstance(r, Official)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The delegation of Chile was led by Deputy Minister Marta Quiroga and that of Peru by Vice Minister Renzo Cárdenas.",
            {"Marta Quiroga": "CL", "Renzo Cárdenas": "PE"},
        ),
        (
            "The Kenyan side was led by Trade Minister Samuel Wekesa, the British side by Minister for Africa Helen Marchmont.",
            {"Samuel Wekesa": "KE", "Helen Marchmont": "GB"},
        ),
        ("Ghana: Minister of Energy Kwaku Asante\n\nTogo: Minister of Mines Koffi Mensah", {"Kwaku Asante": "GH", "Koffi Mensah": "TG"}),
    ],
)
def test_the_side_that_somebody_speaks_for(extractor: Extractor, text: str, expected: dict[str, str]) -> None:
    assert states(extractor, text) == expected


def test_the_state_that_somebody_signs_for(extractor: Extractor) -> None:
    text = (
        "Three signed. Marta Quiroga, Minister of Energy, signed for Chile; Renzo Cárdenas, Minister of Energy, for Peru; "
        "and Julio Benítez, Minister of Energy, for Paraguay."
    )
    assert states(extractor, text) == {"Marta Quiroga": "CL", "Renzo Cárdenas": "PE", "Julio Benítez": "PY"}


def test_a_leader_that_the_list_knows_needs_no_state_in_the_text(extractor: Extractor) -> None:
    text = "The leaders of the region met in Accra. Ghana's finance minister, Kwaku Asante, welcomed President Macky Sall at the airport."
    assert states(extractor, text)["Macky Sall"] == "SN"
    assert states_of("Macky Sall", "head_of_state") == {"SN": "leads"}
    assert states_of("Sall", "minister") == {}


def test_a_commissioner_is_of_the_european_union(extractor: Extractor) -> None:
    text = "Polish farmers will ask Agriculture Commissioner Lars Wietholt for help when he visits Lublin on Monday."
    assert states(extractor, text) == {"Lars Wietholt": "EU"}


def test_who_stands_with_whom(extractor: Extractor) -> None:
    text = "Prime Minister Aino Lehtimäki met President Kwaku Asante. Trade Minister Ugo Re and Energy Minister Ann Bell signed."
    (doc,) = extractor.annotate([Text(text=text)])
    holdings = holdings_in(doc)
    number = {h.person.name: i for i, h in enumerate(holdings)}
    sides = Sides(holdings)
    assert sides.opposite[number["Aino Lehtimäki"]] == {number["Kwaku Asante"]}
    assert sides.joined[number["Ugo Re"]] == {number["Ann Bell"]}


def test_a_name_decides_between_the_two_that_met(extractor: Extractor) -> None:
    text = "Finland and Vietnam will work together on ports. Minister Aino Lehtimäki and Minister Nguyen Van Thanh signed in March."
    assert states(extractor, text) == {"Aino Lehtimäki": "FI", "Nguyen Van Thanh": "VN"}


def test_the_dateline_may_be_any_capital(extractor: Extractor) -> None:
    (doc,) = extractor.annotate([Text(text="NIAMEY, 3 May – The minister of mines opened a school.", title="School opened")])
    assert Background.of(doc).dateline == "NE"


def test_the_dateline_is_a_place_of_the_country(extractor: Extractor) -> None:
    text = "KARACHI, March 3 – Energy Minister Asad Mehmood said on Monday that the grid would hold this summer."
    assert states(extractor, text) == {"Asad Mehmood": "PK"}


def test_nothing_named_and_an_office_that_many_states_have_is_none(extractor: Extractor) -> None:
    assert states(extractor, "The deputy minister of works, Xyv Qrl, said that the bridge was safe.") in ({"Xyv Qrl": None}, {})


def test_the_background_counts_names_and_places(extractor: Extractor) -> None:
    (doc,) = extractor.annotate([Text(text="OSAKA – Japan and the EU met. Japanese officials spoke in Nagoya.", title="EU and Japan Meet")])
    background = Background.of(doc)
    assert background.order == ("EU", "JP")
    assert background.dateline == "JP"
    assert background.named["JP"] == pytest.approx(0.6)
    assert background.titled == {"EU", "JP"}


def test_the_choice_is_the_best_score_with_its_probability() -> None:
    weights = {"near": 1.0, "far": -1.0}
    choices = {"JP": {"near": 1.0}, "KR": {"far": 1.0}, "": {}}
    assert scores(choices, weights) == {"JP": 1.0, "KR": -1.0, "": 0}
    code, probability = choose(choices, weights)
    assert code == "JP"
    assert probability == pytest.approx(0.665, abs=0.001)
