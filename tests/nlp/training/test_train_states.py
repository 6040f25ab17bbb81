"""The committed choice of states belongs to the committed corpus, and the fit finds what decides."""

from __future__ import annotations

import json

from nlp.official_states import choose
from nlp.training.train_states import WEIGHTS, corpus_hash, fit, training_passages


def test_the_weights_carry_the_hash_of_the_corpus() -> None:
    """Where this fails the corpus was changed: run `python -m nlp.training.train_states` and commit the weights."""
    card = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert card["texts"] == corpus_hash(training_passages())
    assert card["accuracy"]["five_fold"] > 0.8
    assert card["accuracy"]["held_back"] > 0.8


def test_the_fit_learns_which_clue_decides_and_is_the_same_twice() -> None:
    cases = [({"JP": {"possessive": 1.0}, "KR": {"near": 1.0}, "": {"none": 1.0}}, "JP")] * 30
    cases += [({"JP": {"near": 1.0}, "KR": {"far": 1.0}, "": {"none": 1.0}}, "JP")] * 20
    weights = fit(cases)
    assert weights == fit(cases)
    assert weights["possessive"] > weights["near"] > weights["far"]
    assert choose({"FR": {"near": 1.0}, "DE": {"possessive": 1.0}}, weights)[0] == "DE"


def test_an_office_whose_state_is_no_candidate_teaches_nothing() -> None:
    cases = [({"JP": {"near": 1.0}, "KR": {}}, "JP")] * 5
    assert fit([*cases, ({"JP": {"near": 1.0}}, "BR")]) == fit(cases)
