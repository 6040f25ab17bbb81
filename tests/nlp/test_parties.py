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
