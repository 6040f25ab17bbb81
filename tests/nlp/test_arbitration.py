"""Where model and rules disagree, by example."""

from __future__ import annotations

from nlp.arbitration import Candidate, settle


def labels(model: list[Candidate], rules: list[Candidate]) -> list[tuple[int, int, str]]:
    return [(c.start, c.end, c.label) for c in settle(model, rules)]


def test_a_country_within_a_firm_that_the_model_sees_is_part_of_its_name() -> None:
    assert labels([Candidate(0, 2, "FIRM", 0.8)], [Candidate(0, 1, "COUNTRY", 0.9, "JP")]) == [(0, 2, "FIRM")]


def test_a_country_of_the_same_extent_stays_in_the_contest() -> None:
    assert (0, 1, "COUNTRY") in labels([Candidate(0, 1, "PLACE", 0.8)], [Candidate(0, 1, "COUNTRY", 0.9, "GE")])


def test_the_model_sees_where_a_body_ends() -> None:
    assert labels([Candidate(2, 4, "PUBLIC_BODY", 0.8)], [Candidate(0, 4, "PUBLIC_BODY", 0.82)]) == [(2, 4, "PUBLIC_BODY")]


def test_a_rule_does_not_grow_a_body_over_a_country() -> None:
    assert labels([Candidate(0, 1, "COUNTRY", 0.7)], [Candidate(0, 3, "PUBLIC_BODY", 0.82)]) == [(0, 1, "COUNTRY")]


def test_what_does_not_overlap_stays() -> None:
    assert labels([Candidate(0, 1, "COUNTRY", 0.7)], [Candidate(1, 3, "PUBLIC_BODY", 0.82)]) == [(0, 1, "COUNTRY"), (1, 3, "PUBLIC_BODY")]
