"""Probabilities of rows: a logistic function of what tells, fitted on text that nothing else has seen."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import numpy as np
import pytest

from nlp import confidence
from nlp.confidence import Weights, features, load_weights
from nlp.pipeline import Extractor
from nlp.records import RECORD_TABLES, Text
from nlp.training.train_confidence import MODEL, Sample, figures, fit, least, texts_hash, unseen

TEXT = Text(
    text=(
        "The prime minister of Estonia, Liisa Kõrge, met Finnish President Antti Halmela in Tallinn on Monday. The two countries agreed to "
        "cooperate on hydrogen and grid security.\n\n"
        "Nordvik Kraft ASA said it would buy Saare Wind for €340 million. “We have waited for this for years,” said Kõrge."
    ),
    title="Estonia and Finland move closer on energy",
    published_on=dt.date(2024, 5, 14),
)


def test_a_probability_is_the_logistic_of_the_weighted_sum() -> None:
    weights = Weights(offset=-1.0, weights={"raw": 2.0})
    assert weights.probability({"raw": 0.5}) == 0.5
    assert weights.probability({"raw": 1.0, "never seen": 9.0}) == pytest.approx(0.7311, abs=1e-4)
    assert weights.probability({"raw": 1e9}) == 0.995
    assert weights.probability({"raw": -1e9}) == pytest.approx(0.005)


def test_the_weights_belong_to_the_annotated_texts() -> None:
    """Where this fails the texts were changed: run `python -m nlp.training.train_confidence` and commit the weights."""
    assert json.loads(MODEL.read_text(encoding="utf-8"))["texts"] == texts_hash()


def test_every_table_was_fitted_and_is_calibrated_on_unseen_texts() -> None:
    tables = json.loads(MODEL.read_text(encoding="utf-8"))["tables"]
    assert set(tables) == set(RECORD_TABLES)
    for table, one in tables.items():
        assert abs(one["unseen"]["mean"] - one["unseen"]["precision"]) < 0.03, table


def test_rows_leave_with_the_probability_that_their_features_give(extractor: Extractor) -> None:
    without = [name for name in extractor.language.pipe_names if name != "communique_confidence"]
    with extractor.language.select_pipes(enable=without):
        (raw,) = extractor.annotate([TEXT])
    (done,) = extractor.annotate([TEXT])
    rows = 0
    for table in RECORD_TABLES:
        weights = load_weights()[table]
        probable = [(weights.probability(found), record) for found, record in zip(features(raw, table), getattr(raw._, table))]
        expected = [dataclasses.replace(record, confidence=sure) for sure, record in probable if sure >= weights.least]
        assert getattr(done._, table) == expected
        rows += len(expected)
    assert rows > 15


def test_rows_less_probable_than_the_least_are_left_out(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    without = [name for name in extractor.language.pipe_names if name != "communique_confidence"]
    with extractor.language.select_pipes(enable=without):
        (doc,) = extractor.annotate([TEXT])
    sure = sorted(load_weights()["mentions"].probability(found) for found in features(doc, "mentions"))
    between = (sure[0] + sure[-1]) / 2
    raised = dataclasses.replace(load_weights()["mentions"], least=between)
    monkeypatch.setattr(confidence, "load_weights", lambda: {"mentions": raised})
    confidence.calibrate(doc, ["mentions"])
    assert sorted(record.confidence for record in doc._.mentions) == [one for one in sure if one >= between]


def test_the_least_is_that_of_best_f1() -> None:
    probabilities = np.array([0.9, 0.8, 0.7, 0.12, 0.11, 0.42])
    right = [True, True, True, False, False, True]
    assert least(probabilities, right, 4) == pytest.approx(0.15)
    assert least(probabilities, [True] * 6, 6) == 0.0


def test_features_are_numbers_for_every_row(extractor: Extractor) -> None:
    (doc,) = extractor.annotate([TEXT])
    for table in RECORD_TABLES:
        found = list(features(doc, table))
        assert len(found) == len(getattr(doc._, table))
        assert all(isinstance(value, float) and np.isfinite(value) for one in found for value in one.values()), table


def test_a_feature_that_tells_gets_weight_and_one_that_does_not_gets_none() -> None:
    sample = Sample()
    for i in range(120):
        right = i % 3 > 0
        sample.features.append({"tells": float(right != (i % 20 == 0)), "constant": 1.0})
        sample.right.append(right)
        sample.source.append(f"document {i // 4}")
    weights = fit(sample, 1.0)
    assert weights.weights["tells"] > 1.0
    assert "constant" not in weights.weights
    seen = figures(unseen(sample, 1.0), sample.right)
    assert seen["upper_third"] > seen["lower_third"] + 0.5
    assert seen["mean"] == pytest.approx(seen["precision"], abs=0.03)


def test_rows_that_are_all_right_are_not_called_certain() -> None:
    sample = Sample([{"raw": 1.0}] * 50, [True] * 50, ["one"] * 50)
    assert 0.98 < fit(sample, 1.0).probability({"raw": 1.0}) < 1.0


def test_the_component_is_last_and_can_be_left_out(extractor: Extractor) -> None:
    assert extractor.language.pipe_names[-1] == "communique_confidence"
    assert MODEL.name == confidence.MODEL
