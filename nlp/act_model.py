"""How probable each act is for a clause, by weights learned from the project's annotated passages.

A multinomial logistic regression over indicator features (`acts.features`) and the word vectors of the clause's verb and object, so
that verbs no passage uses still fall beside those it does. `training/train_acts.py` fits it and writes `models/acts.json`.
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
from spacy.tokens import Token

from nlp.acts import Clause, act_tokens

Matrix = NDArray[np.float64]
VECTOR_SCALE = 1.0
"""Length of a word vector beside the indicators, which are 1."""

# Sums of floats differ in their last digits with the memory layout of a batch: without rounding a text's neighbours would show in its rows.
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class ActModel:
    """Weights: one row of `table` per indicator feature, `vectors` for the two word vectors; one column per class ("none" first)."""

    classes: tuple[str, ...]
    rows: dict[str, int]
    table: Matrix
    vectors: Matrix
    offset: Matrix
    threshold: float


@cache
def load_model() -> ActModel:
    """The shipped weights, read at first use."""
    raw: dict[str, Any] = json.loads(resources.files("nlp").joinpath("models", "acts.json").read_text(encoding="utf-8"))
    return ActModel(
        classes=tuple(raw["classes"]),
        rows={name: i for i, name in enumerate(raw["features"])},
        table=np.array(list(raw["features"].values())),
        vectors=np.array(raw["vectors"]),
        offset=np.array(raw["offset"]),
        threshold=float(raw["threshold"]),
    )


def probabilities(model: ActModel, features: Sequence[Sequence[str]], vectors: Matrix) -> Matrix:
    """One row per clause, one column per class; rows sum to 1 but for rounding."""
    scores = vectors @ model.vectors + model.offset
    for i, names in enumerate(features):
        places = [row for name in names if (row := model.rows.get(name)) is not None]
        if places:
            scores[i] += model.table[places].sum(axis=0)
    scores -= scores.max(axis=1, keepdims=True)
    exponents = np.exp(scores)
    return np.round(exponents / exponents.sum(axis=1, keepdims=True), _DECIMALS)


def clause_vectors(clauses: Sequence[Clause]) -> Matrix:
    """For each clause the vector of its governing verb and the mean of the words it governs, each of length `VECTOR_SCALE` or zero."""
    if not clauses:
        return np.zeros((0, 0))
    table = clauses[0].head.vocab.vectors
    width = table.shape[1]
    result = np.zeros((len(clauses), 2 * width))
    for i, clause in enumerate(clauses):
        verb, governed = act_tokens(clause)
        for offset, words in ((0, [verb]), (width, governed)):
            found = [vector for word in words if (vector := _vector(word)) is not None]
            if found:
                mean = np.mean(found, axis=0)
                result[i, offset : offset + width] = VECTOR_SCALE * mean / (np.linalg.norm(mean) + 1e-9)
    return result


def _vector(token: Token) -> NDArray[np.float32] | None:
    if token.ent_type:
        return None
    table = token.vocab.vectors
    for key in (token.lemma, token.lower, token.orth):
        row = table.key2row.get(key)
        if row is not None and row >= 0:
            return np.asarray(table.data[row])
    return None
