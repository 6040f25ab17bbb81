"""Who issues a document or meets in it, by example."""

from __future__ import annotations

import pytest

from nlp.parties import find_parties, namings, party_features


def test_dollars_are_no_state_and_the_longest_form_wins() -> None:
    assert [n.code for n in namings("US$ 3 million for South Sudan and the Central African Republic")] == ["SS", "CF"]


def test_capitals_and_bodies_name_their_state() -> None:
    assert {n.code: n.kind for n in namings("Officials of NASA flew to Tokyo.")} == {"US": "body", "JP": "capital"}


def test_a_roll_behind_the_words_of_participants_is_told() -> None:
    text = "We, the ministers of Chile, Peru, Fiji and Kenya, met in Suva today. We agreed on fish. " + "Nothing else was said. " * 40
    features = party_features("", text, "joint_statement")
    assert all("roll: cue" in features[code] for code in ("CL", "PE", "FJ", "KE"))
    assert set(find_parties("", text, "joint_statement")) == {"CL", "PE", "FJ", "KE"}


def test_a_side_that_is_only_spoken_of_is_no_party() -> None:
    text = "Chile and Peru met in Lima. They expressed concern over the drought in Kenya and thanked no one else for anything."
    assert set(find_parties("Joint Statement of Chile and Peru", text, "joint_statement")) == {"CL", "PE"}


def test_the_government_that_tells_of_a_meeting_is_a_party_though_it_does_not_name_itself() -> None:
    title = "Readout of President Halvorsen's Call with President Omar Tadesse of Ethiopia"
    text = "President Halvorsen spoke today with President Tadesse of Ethiopia. The leaders discussed Sudan and the Red Sea."
    told = find_parties(title, text, "readout", publisher=None, url="https://www.regjeringen.no/en/readout")
    assert set(told) >= {"NO", "ET"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We, the governments of ", ", share coasts and the storms that cross them."),
        ("The following statement was released by the Governments of ", ":\n\nTwo cables were cut in a week."),
        ("The ministers of ", " met by video and agreed on one register of ships."),
    ],
)
@pytest.mark.parametrize("size", [4, 9, 12])
def test_a_roll_of_those_who_state_something_is_in_as_a_whole(before: str, after: str, size: int) -> None:
    names = ["Chile", "Fiji", "Ghana", "Iceland", "Ireland", "Malta", "Mexico", "Norway", "Panama", "Peru", "the Philippines", "Uruguay"]
    roll = ", ".join(names[: size - 1]) + f" and {names[size - 1]}"
    found = find_parties("Joint Statement on Safe Harbours", before + roll + after, "joint_statement")
    assert set(found) == set(["CL", "FJ", "GH", "IS", "IE", "MT", "MX", "NO", "PA", "PE", "PH", "UY"][:size])


def test_a_roll_of_those_spoken_of_is_out_as_a_whole() -> None:
    text = (
        "Prime Minister Arne Solberg-Dahl and President Lucía Ferreyra met in Oslo. Norway and Argentina will help farmers in "
        "Malawi, Mali, Nepal, Niger, Senegal and Togo with seed that bears drought."
    )
    assert set(find_parties("Norway and Argentina: Joint Statement", text, "joint_statement")) == {"NO", "AR"}


def test_a_publisher_in_a_roll_does_not_draw_the_others_in() -> None:
    text = "The United States, Canada, Japan, Norway and Sweden sell most of these engines. The Department of Energy will test them."
    assert find_parties("Engine Tests Begin", text, "press_release", publisher="The White House") == ("US",)
