"""The committed weights of deals belong to the committed passages; annotated deals are found again at their places."""

from __future__ import annotations

import json

import pytest
from spacy.tokens import Doc

from nlp.deal_anchors import anchors
from nlp.deal_roles import role_candidates
from nlp.pipeline import RECORD_COMPONENTS, Extractor, build
from nlp.records import Text
from nlp.training.train_deals import MODEL, THRESHOLDS, align, corpus_hash, fit, role_labels, training_passages

TEXT = "Siemens agreed to buy Varian Systems Inc. from Oaktree Capital for $16 billion. Siemens had sales of $3 billion."
DEAL = {
    "kind": "acquisition",
    "status": "agreed",
    "buyers": ["Siemens"],
    "target": "Varian Systems Inc.",
    "sellers": ["Oaktree Capital"],
    "amount": 16e9,
    "currency": "USD",
}
GOLD = {"firms": [], "funds": [], "deals": [DEAL]}


@pytest.fixture(scope="module")
def doc() -> Doc:
    language = build(components=RECORD_COMPONENTS[: RECORD_COMPONENTS.index("communique_deals")])
    return Extractor(language, "test").annotate([Text(text=TEXT)])[0]


def test_the_weights_carry_the_hash_of_the_passages() -> None:
    """Where this fails the passages were changed: run `python -m nlp.training.train_deals` and commit the weights."""
    model = json.loads(MODEL.read_text(encoding="utf-8"))
    assert model["texts"] == corpus_hash(training_passages())
    assert model["thresholds"] == THRESHOLDS


def test_a_deal_is_aligned_to_the_amount_of_its_value_alone(doc: Doc) -> None:
    found = list(anchors(doc))
    told = {found[i].token.text for i, deal in align(GOLD, doc, found).items() if deal is not None}
    assert told == {"$16 billion"}


def test_the_parties_of_an_aligned_deal_have_their_roles(doc: Doc) -> None:
    anchor = next(a for a in anchors(doc) if a.money is not None)
    candidates = role_candidates(anchor, "acquisition")
    labels = role_labels(DEAL, candidates, lambda name: [name])
    roles = {c.party.name: label for c, label in zip(candidates, labels) if label != "none"}
    assert roles == {"Siemens": "buyer", "Varian Systems Inc.": "target", "Oaktree Capital": "seller"}


def test_a_fit_is_the_same_twice() -> None:
    features = [["a", "b"], ["a"], ["b", "c"], ["c"], ["a", "c"], ["b"]]
    labels = ["yes", "yes", "no", "no", "yes", "no"]
    assert fit(features, labels, 0.5) == fit(features, labels, 0.5)
