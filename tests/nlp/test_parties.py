"""Who issues a document or meets in it, by example."""

from __future__ import annotations

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
