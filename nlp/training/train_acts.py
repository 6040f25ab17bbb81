"""Fit the weights that tell a clause's act, from the cooperation layer of the annotated passages.

    python -m nlp.training.train_acts

The passages say which acts a text has, not where they stand. So clauses and annotated rows are aligned first by sides, act, topics
and order, then again with the weights of the fit before. A clause that no row takes is "none". Passages that are held back are
never read. The sentences of `hostile.txt` tell threats, sanctions, protests and the like: their main clauses are `reject` or `suspend`.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from nlp import lexicons, pipeline
from nlp.act_candidates import Candidate, candidates
from nlp.act_model import VECTOR_SCALE, clause_vectors
from nlp.records import ACTS, Text
from nlp.training.corpus import Passage, is_held_back, load_passages

CLASSES = ("none", *ACTS)
MODEL = Path(__file__).parents[1] / "models" / "acts.json"
STRENGTH = 0.3
"""Inverse strength of the L2 penalty; 1.0 is no better on held-out folds."""
THRESHOLD = 0.23
"""From this probability of any act on a clause gives a row: the flat top of F1 on held-back passages and documents is 0.2 to 0.25."""
HOSTILE_WEIGHT = 0.3
"""What a hostile sentence counts beside a clause of a passage: at 1 they make neutral clauses `reject`, below 0.1 they teach nothing."""
_ROUNDS = 2
_FOLDS = 5
_MIN_COUNT = 2
_ALIGNED = 1.2
_FITTED_ALIGNED = 1.5
_DIGITS = 4

HOSTILE = Path(__file__).parent / "hostile.txt"
_HOSTILE_GENRES = ("news", "joint_statement")

Matrix = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Example:
    """A clause, without its `Doc`: sides, topics, features and word vectors."""

    codes: frozenset[str]
    topics: frozenset[str]
    own_topics: bool
    lexical_act: str | None
    main: bool
    has_instrument: bool
    features: list[str]
    vector: Matrix


Document = tuple[list[dict[str, Any]], list[Example]]
Labelled = tuple[list[Example], list[str]]


def _extractor() -> pipeline.Extractor:
    components = (
        "communique_references",
        "communique_topics",
        "communique_officials",
        "communique_organizations",
        "communique_instruments",
    )
    return pipeline.Extractor(pipeline.build(components=components), "training")


def read_hostile(docs: Iterable[Doc]) -> Labelled:
    """The clauses of hostile sentences and their classes: main ones are `suspend` where the lexicon says so, else `reject`."""
    examples, labels = [], []
    for doc in docs:
        read = list(candidates(doc))
        vectors = clause_vectors([c.clause for c in read])
        for i, candidate in enumerate(read):
            examples.append(_example(candidate, vectors[i]))
            told = "suspend" if candidate.clause.lexical_act == "suspend" else "reject"
            labels.append(told if candidate.clause.kind in ("main", "reported") else "none")
    return examples, labels


def hostile_docs() -> Iterator[Doc]:
    """The annotated sentences of `hostile.txt`, as news and as part of a statement."""
    extractor = _extractor()
    for genre in _HOSTILE_GENRES:
        for sentence in HOSTILE.read_text(encoding="utf-8").splitlines():
            yield extractor.annotate([Text(text=sentence, genre=genre, parties=())])[0]


def read_documents(passages: Sequence[Passage]) -> list[Document]:
    """Annotated rows and clauses of each passage; the annotated parties stand in for the recognised ones."""
    extractor = _extractor()
    found: list[Document] = []
    for passage in passages:
        source = Text(
            text=passage.text,
            title=passage.title,
            published_on=dt.date.fromisoformat(passage.date) if passage.date else None,
            publisher=passage.publisher,
            parties=passage.parties,
        )
        doc = extractor.annotate([source])[0]
        read = list(candidates(doc))
        vectors = clause_vectors([c.clause for c in read])
        found.append((list(passage.records["cooperations"]), [_example(c, vectors[i]) for i, c in enumerate(read)]))
    return found


def _example(candidate: Candidate, vector: Matrix) -> Example:
    return Example(
        codes=frozenset(_actor(a.code) for a in candidate.sides.actors),
        topics=frozenset(candidate.topics),
        own_topics=candidate.own_topics,
        lexical_act=candidate.clause.lexical_act,
        main=candidate.clause.kind in ("main", "reported"),
        has_instrument=candidate.instrument is not None,
        features=sorted(set(candidate.features)),
        vector=vector,
    )


def _actor(code: str) -> str:
    return code if code.isupper() else " ".join(lexicons.name_key(code))


def align(documents: Sequence[Document], fitted: dict[int, Matrix] | None = None) -> list[list[str]]:
    """The class of each clause: the act of the row it is aligned to, else "none". `fitted` holds probabilities by id of the example."""
    return [_align_one(rows, examples, fitted) for rows, examples in documents]


def _align_one(rows: list[dict[str, Any]], examples: list[Example], fitted: dict[int, Matrix] | None) -> list[str]:
    labels = ["none"] * len(examples)
    if not rows or not examples:
        return labels
    fits = np.zeros((len(rows), len(examples)))
    for i, row in enumerate(rows):
        for j, example in enumerate(examples):
            fits[i, j] = _fit_of(row, example, abs(i / len(rows) - j / len(examples)), None if fitted is None else fitted[id(example)])
    least = _ALIGNED if fitted is None else _FITTED_ALIGNED
    for i, j in zip(*linear_sum_assignment(-fits)):
        if fits[i, j] >= least:
            labels[j] = rows[i]["act"]
    for j, example in enumerate(examples):  # clauses that say an aligned act again
        for row in rows if labels[j] == "none" else ():
            same = _same_sides(row, example) and example.lexical_act == row["act"]
            if same and example.own_topics and example.topics & set(row["topics"]):
                labels[j] = row["act"]
    return labels


def _same_sides(row: dict[str, Any], example: Example) -> bool:
    actors = {_actor(a) for a in row["actors"]}
    return 2 * len(actors & example.codes) >= len(actors | example.codes)


def _fit_of(row: dict[str, Any], example: Example, distance: float, probabilities: Matrix | None) -> float:
    """How well a clause fits an annotated row; 0 where the sides differ."""
    if not _same_sides(row, example):
        return 0.0
    actors, topics = {_actor(a) for a in row["actors"]}, set(row["topics"])
    fit = 0.6 * len(actors & example.codes) / len(actors | example.codes)
    fit += (1.0 if example.own_topics else 0.5) * len(topics & example.topics) / max(1, len(topics | example.topics))
    fit += 0.3 * (1 - distance) + 0.15 * example.main
    fit += 0.7 * (example.lexical_act == row["act"]) + 0.2 * bool(row.get("instrument") and example.has_instrument)
    return fit if probabilities is None else fit + 1.5 * float(probabilities[CLASSES.index(row["act"])])


def vocabulary(examples: Sequence[Example]) -> dict[str, int]:
    """Column of each feature that at least two clauses have."""
    counts = collections.Counter(name for example in examples for name in example.features)
    return {name: i for i, name in enumerate(sorted(name for name, n in counts.items() if n >= _MIN_COUNT))}


def design(examples: Sequence[Example], columns: dict[str, int]) -> csr_matrix:
    """Indicators and word vectors, one row per clause."""
    places = [(i, columns[name]) for i, example in enumerate(examples) for name in example.features if name in columns]
    rows, cols = zip(*places) if places else ((), ())
    indicators = csr_matrix((np.ones(len(places)), (rows, cols)), shape=(len(examples), len(columns)))
    return csr_matrix(hstack([indicators, csr_matrix(np.array([e.vector for e in examples]))]))


def fit(documents: Sequence[Document], labels: Sequence[list[str]], hostile: Labelled) -> tuple[LogisticRegression, dict[str, int]]:
    """The regression and the columns of its indicators, from the passages and the hostile sentences."""
    told = [label for found in labels for label in found]
    examples = [e for _, found in documents for e in found] + hostile[0]
    columns = vocabulary(examples)
    classifier = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
    weights = [1.0] * len(told) + [HOSTILE_WEIGHT] * len(hostile[1])
    classifier.fit(design(examples, columns), told + hostile[1], sample_weight=weights)
    return classifier, columns


def cross_fitted(documents: Sequence[Document], labels: Sequence[list[str]], hostile: Labelled) -> dict[int, Matrix]:
    """Probabilities of each clause by weights that never saw its document; keys are the ids of the examples."""
    order = list(range(len(documents)))
    random.Random(0).shuffle(order)
    found: dict[int, Matrix] = {}
    for fold in range(_FOLDS):
        inside = [i for k, i in enumerate(order) if k % _FOLDS != fold]
        classifier, columns = fit([documents[i] for i in inside], [labels[i] for i in inside], hostile)
        places = [list(classifier.classes_).index(name) for name in CLASSES]
        examples = [e for k, i in enumerate(order) if k % _FOLDS == fold for e in documents[i][1]]
        rows = classifier.predict_proba(design(examples, columns))[:, places]
        found |= {id(example): row for example, row in zip(examples, rows)}
    return found


def save(classifier: LogisticRegression, columns: dict[str, int], path: Path = MODEL) -> None:
    """Write the weights as JSON, classes in the order of `CLASSES`."""
    places = [list(classifier.classes_).index(name) for name in CLASSES]
    weights = np.round(classifier.coef_[places].T, _DIGITS)
    features = {name: weights[i].tolist() for name, i in columns.items() if np.abs(weights[i]).max() > 0.01}
    model = {
        "source": "nlp/training/texts, four fifths, and nlp/training/hostile.txt; written by python -m nlp.training.train_acts",
        "classes": list(CLASSES),
        "threshold": THRESHOLD,
        "vector_scale": VECTOR_SCALE,
        "offset": np.round(classifier.intercept_[places], _DIGITS).tolist(),
        "vectors": weights[len(columns) :].tolist(),
        "features": features,
    }
    path.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Train on all passages that are not held back."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    documents = read_documents([p for p in load_passages() if not is_held_back(p)])
    hostile = read_hostile(hostile_docs())
    labels = align(documents)
    for _ in range(_ROUNDS):
        labels = align(documents, cross_fitted(documents, labels, hostile))
    save(*fit(documents, labels, hostile))
    print(collections.Counter(label for found in labels for label in found))


if __name__ == "__main__":
    main()
