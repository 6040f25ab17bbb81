"""How probable are the kinds of deal at an anchor, the roles of what stands around it, and its status, by learned weights?

Multinomial logistic regressions over indicator features; word vectors beside them were no better on held-out folds.
`training/train_deals.py` fits them on the deal layer of the annotated passages and writes `models/deals.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

# Sums of floats differ in their last digits with the memory layout of a batch: without rounding a text's neighbours would show in its rows.
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Regression:
    """One row of `table` per indicator feature, one column per class."""

    classes: tuple[str, ...]
    rows: dict[str, int]
    table: Matrix
    offset: Matrix

    def probabilities(self, features: Sequence[Sequence[str]]) -> Matrix:
        """One row per item, one column per class; rows sum to 1 but for rounding."""
        scores = np.tile(self.offset, (len(features), 1))
        places: list[int] = []
        starts: list[int] = []
        told: list[int] = []
        known = self.rows
        for i, names in enumerate(features):
            here = {known[name] for name in names if name in known}
            if here:
                told.append(i)
                starts.append(len(places))
                places += sorted(here)
        if told:
            scores[told] += np.add.reduceat(self.table[places], starts, axis=0)
        scores -= scores.max(axis=1, keepdims=True)
        exponents = np.exp(scores)
        return np.asarray(np.round(exponents / exponents.sum(axis=1, keepdims=True), _DECIMALS))


@dataclass(frozen=True, slots=True)
class DealModel:
    """The regressions: kinds at amounts and at words of dealing, roles, statuses, the judge of readings; the least probabilities."""

    money: Regression
    trigger: Regression
    roles: Regression
    status: Regression
    judge: Regression | None
    thresholds: dict[str, float]


def read_regression(raw: dict[str, Any]) -> Regression:
    """A regression from its JSON object."""
    classes = tuple(raw["classes"])
    width = len(classes)
    return Regression(
        classes=classes,
        rows={name: i for i, name in enumerate(raw["features"])},
        table=np.array(list(raw["features"].values())).reshape(-1, width),
        offset=np.array(raw["offset"]),
    )


@cache
def load_model() -> DealModel:
    """The shipped weights, read at first use."""
    raw: dict[str, Any] = json.loads(resources.files("nlp").joinpath("models", "deals.json").read_text(encoding="utf-8"))
    parts = {name: read_regression(raw[name]) for name in ("money", "trigger", "roles", "status", "judge")}
    return DealModel(**parts, thresholds=raw["thresholds"])
