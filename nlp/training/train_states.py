"""Fit the choice of whose an office is, from the officials layer of the annotated passages: `python -m nlp.training.train_states`.

Conditional logit with a ridge penalty over the candidates of `nlp.official_states`, both looks; the second learns from first choices
made by weights of the other four folds, as it will meet them. An office counts where the passage's annotations know the person; where
a person holds several, the one with most words of the title. Held-back passages are never read for the fit. Writes
`nlp/models/states.json` with the hash of the passages.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from spacy.tokens import Doc

from nlp import pipeline
from nlp.official_holdings import Holding, person_name
from nlp.official_states import MODEL, NONE, Choices, choose, first_look, scores, second_look
from nlp.officials import holdings_in
from nlp.records import Text
from nlp.training.corpus import Passage, is_held_back, load_passages
from nlp.training.matching import is_person, words

WEIGHTS = Path(__file__).parents[1] / "models" / MODEL
RIDGE = 4.0
FOLDS = 5
PRIOR = {
    "told": 4.0,
    "told by all": 1.0,
    "told side": 2.0,
    "told heading": 3.0,
    "delegation": 1.5,
    "person told": 2.0,
    "has no such office": -3.0,
    "posted there": -2.0,
    "none, issued by a state": -2.0,
    "same person": 1.0,
    "rival": -1.0,
    "first look": 1.0,
    "commissioner": 2.0,
    "leads": 3.0,
    "leads, by family name": 2.0,
    "told for": 3.0,
    "none, own international body": 4.0,
    "commissioner of a state": -4.0,
    "sent by a body, of a state": -5.0,
    "secretary-general": 1.0,
}
"""What the ridge draws a weight to where the passages say little: clues that are sure but rare in them. Others are drawn to 0."""

Weights = dict[str, float]


@dataclass(slots=True)
class Sample:
    """A passage's offices with their candidates, and the right code of each; None where the annotations do not tell."""

    doc: Doc
    holdings: list[Holding]
    looks: list[Choices]
    right: list[str | None]


def corpus_hash(passages: Sequence[Passage]) -> str:
    """Hash of what the fit reads of the passages; the committed weights must carry it."""
    digest = hashlib.blake2b(digest_size=8)
    for p in passages:
        digest.update(json.dumps([p.id, p.date, p.publisher, p.title, p.text, p.records["officials"]], sort_keys=True).encode())
    return digest.hexdigest()


def training_passages() -> list[Passage]:
    """The passages that are not held back."""
    return [passage for passage in load_passages() if not is_held_back(passage)]


def samples(passages: Sequence[Passage]) -> list[Sample]:
    """The passages read by the pipeline."""
    language = pipeline.build(components=("communique_references",))
    extractor = pipeline.Extractor(language, "")
    found: list[Sample] = []
    for start in range(0, len(passages), pipeline.BATCH_DOCUMENTS):
        batch = passages[start : start + pipeline.BATCH_DOCUMENTS]
        texts = [
            Text(text=p.text, title=p.title, publisher=p.publisher, published_on=dt.date.fromisoformat(p.date) if p.date else None)
            for p in batch
        ]
        found += [sample(passage, doc) for passage, doc in zip(batch, extractor.annotate(texts))]
    return found


def sample(passage: Passage, doc: Doc) -> Sample:
    """The candidates of a passage's offices with the right one."""
    holdings = holdings_in(doc)
    return Sample(doc, holdings, first_look(doc, holdings), [right_code(passage.records["officials"], h) for h in holdings])


def right_code(annotated: Sequence[Mapping[str, Any]], holding: Holding) -> str | None:
    """The code that the annotations give the office (`NONE` for a null); None where they do not know the person."""
    mine = [row for row in annotated if is_person(row, person_name(holding.person))]
    if not mine:
        return None
    title = set(words(holding.best.office.title))
    row = max(mine, key=lambda r: (r["role"] == holding.best.office.role) + len(title & set(words(r["office"]))))
    return row["jurisdiction"] or NONE


def fit(cases: Sequence[tuple[Choices, str]]) -> Weights:
    """Weights of the conditional logit by L-BFGS; cases whose right candidate is not there are left out."""
    usable = [(choices, right) for choices, right in cases if right in choices]
    names = sorted({name for choices, _ in usable for found in choices.values() for name in found})
    column = {name: i for i, name in enumerate(names)}
    data: list[float] = []
    rows: list[int] = []
    columns: list[int] = []
    starts: list[int] = []
    gold: list[int] = []
    row = 0
    for choices, right in usable:
        starts.append(row)
        for code, found in choices.items():
            if code == right:
                gold.append(row)
            for name, value in found.items():
                data.append(value)
                rows.append(row)
                columns.append(column[name])
            row += 1
    matrix = csr_matrix((data, (rows, columns)), shape=(row, len(names)))
    sizes = np.diff([*starts, row])
    prior = np.array([PRIOR.get(name, 0.0) for name in names])
    right_sum = np.asarray(matrix[gold].sum(axis=0)).ravel()

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score = matrix @ weights
        top = np.maximum.reduceat(score, starts)
        grown = np.exp(score - np.repeat(top, sizes))
        total = np.add.reduceat(grown, starts)
        likelihood = float(score[gold].sum() - (np.log(total) + top).sum())
        expected = matrix.T @ (grown / np.repeat(total, sizes))
        away = weights - prior
        return -likelihood + RIDGE / 2 * float(away @ away), expected - right_sum + RIDGE * away

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(w), 3) for name, w in zip(names, found.x) if abs(w) >= 0.0005}


def cases_of(read: Sequence[Sample]) -> list[tuple[Choices, str]]:
    """First-look candidates with the right one."""
    return [(choices, right) for s in read for choices, right in zip(s.looks, s.right) if right is not None]


def seconds_of(read: Sequence[Sample], first: Weights) -> list[tuple[Choices, str]]:
    """Second-look candidates with the right one, after first choices by given weights."""
    found: list[tuple[Choices, str]] = []
    for s in read:
        choices = second_look(s.doc, s.holdings, s.looks, [scores(c, first) for c in s.looks])
        found += [(c, right) for c, right in zip(choices, s.right) if right is not None]
    return found


def train(read: Sequence[Sample]) -> tuple[Weights, Weights]:
    """The weights of both looks."""
    crossed: list[tuple[Choices, str]] = []
    for k in range(FOLDS):
        others = fit(cases_of([s for i, s in enumerate(read) if i % FOLDS != k]))
        crossed += seconds_of(read[k::FOLDS], others)
    return fit(cases_of(read)), fit(crossed)


def accuracy(read: Sequence[Sample], first: Weights, second: Weights) -> float:
    """Share of the offices whose person is annotated that get the right state."""
    cases = seconds_of(read, first)
    return sum(choose(choices, second)[0] == right for choices, right in cases) / max(1, len(cases))


def main() -> None:
    passages = training_passages()
    read = samples(passages)
    folds = [accuracy(read[k::FOLDS], *train([s for i, s in enumerate(read) if i % FOLDS != k])) for k in range(FOLDS)]
    first, second = train(read)
    held = samples([p for p in load_passages() if is_held_back(p)])
    card = {
        "source": "nlp/training/texts, four fifths; written by python -m nlp.training.train_states",
        "texts": corpus_hash(passages),
        "offices": len(cases_of(read)),
        "accuracy": {"five_fold": round(float(np.mean(folds)), 3), "held_back": round(accuracy(held, first, second), 3)},
        "first": first,
        "second": second,
    }
    WEIGHTS.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{card['offices']} offices; right: five-fold {np.mean(folds):.3f}, held-back {accuracy(held, first, second):.3f}")


if __name__ == "__main__":
    main()
