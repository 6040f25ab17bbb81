"""Kind and parties of a document, by example."""

from __future__ import annotations

import pytest

from nlp.genre import classify
from nlp.parties import find_parties


@pytest.mark.parametrize(
    ("title", "text", "genre"),
    [
        ("Fact Sheet: New Ports for the Gulf", "Ports: three.", "fact_sheet"),
        ("Joint Statement of Chile and Peru", "We met in Lima.", "joint_statement"),
        ("Readout of Minister Aune's Call with Minister Brandt", "They spoke today.", "readout"),
        ("Remarks by the Commissioner at the Trade Forum", "Ladies and gentlemen, thank you.", "speech"),
        ("Oslo shares slip", "OSLO (Reuters) - Shares slipped on Monday, traders said.", "news"),
        ("", "FOR IMMEDIATE RELEASE. Hallgren opens a plant. Media contact: press@hallgren.example", "press_release"),
        (
            "Ship yard lays off 300",
            "The yard in Gdynia will lay off 300 workers, its manager said on Tuesday. Unions told reporters they would fight.",
            "news",
        ),
    ],
)
def test_the_genre_is_told(title: str, text: str, genre: str) -> None:
    assert classify(title, text) == genre


def test_news_has_no_parties() -> None:
    assert find_parties("Chile and Peru sign pact", "Chile and Peru signed a pact.", "news") == ()


def test_the_title_names_those_who_state() -> None:
    assert set(find_parties("Joint Statement of Chile and Peru on Copper", "The two presidents met in Lima.", "joint_statement")) == {
        "CL",
        "PE",
    }


def test_issuer_and_counterpart_of_a_readout() -> None:
    url = "https://treasury.example.gov/readouts/1"
    assert set(
        find_parties("Readout of Secretary Calloway's Meeting with Finance Minister of the Netherlands", "They met.", "readout", url=url)
    ) == {"US", "NL"}


def test_leaders_that_are_listed_are_parties() -> None:
    text = (
        "The Vice President met with Prime Minister Ada Browne of Barbados, President Leo Hinds of Guyana "
        "and Prime Minister Ike Noel of Grenada."
    )
    assert {"BB", "GY", "GD"} <= set(find_parties("Readout of the Vice President's Meeting with Island Leaders", text, "readout"))


def test_people_in_a_title_stand_for_their_countries() -> None:
    text = "French President Odile Marchand and Prime Minister Arvid Lunde of Norway met in Paris. France and Norway agreed on cables."
    assert set(find_parties("Joint Statement by President Marchand and Prime Minister Lunde", text, "joint_statement")) == {"FR", "NO"}


def test_the_quad_gives_way_to_its_members_where_they_are_named() -> None:
    text = "Officials of Australia, India, Japan and the United States met for the Quad."
    assert set(find_parties("Joint Statement of the Quad", text, "joint_statement")) == {"AU", "IN", "JP", "US"}
