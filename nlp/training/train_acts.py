"""Fit the weights that tell a clause's act and its sides, from the cooperation layer of the annotated passages.

    python -m nlp.training.train_acts

Each annotated row names the words at which it stands (`at`): the clause there is an example of the row's act, and its sides are those
that the row names; a clause at which no row stands is "none". Passages that are held back are never read. The sentences of
`hostile.txt` tell threats, sanctions, protests and the like: their main clauses are `reject` or `suspend`.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from nlp import lexicons, pipeline
from nlp.act_candidates import candidates
from nlp.act_model import VECTOR_SCALE, clause_vectors
from nlp.actors import Actors
from nlp.acts import Clause
from nlp.records import ACTS, Text
from nlp.side_model import side_features
from nlp.training.corpus import Passage, is_held_back, load_passages

CLASSES = ("none", *ACTS)
MODEL = Path(__file__).parents[1] / "models" / "acts.json"
SIDES_MODEL = Path(__file__).parents[1] / "models" / "sides.json"
_SOURCE = "nlp/training/texts, four fifths, and nlp/training/hostile.txt; written by python -m nlp.training.train_acts"
STRENGTH = 0.3
"""Inverse strength of the L2 penalty; 1.0 is no better on held-out folds."""
THRESHOLD = 0.3
"""From this probability of any act on a clause gives a row: the flat top of F1 on held-back passages and documents is 0.3 to 0.4."""
HOSTILE_WEIGHT = 0.3
"""What a hostile sentence counts beside a clause of a passage: at 1 they make neutral clauses `reject`, below 0.1 they teach nothing."""
SIDES_STRENGTH = 0.2
"""Inverse strength of the L2 penalty of the sides' weights; 0.05 and 0.5 are no better on held-back clauses."""
SIDES_THRESHOLD = 0.55
"""From this probability on an actor near a clause is a side of it; 0.45 is alike on held-back clauses, but lets more hosts in."""
_MIN_COUNT = 2
_DIGITS = 4

HOSTILE = Path(__file__).parent / "hostile.txt"
_HOSTILE_GENRES = ("news", "joint_statement")

Matrix = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Example:
    """A clause, without its `Doc`: its act ("none" where no row stands), features and word vectors, and, where a row stands, each actor
    near it: whether it is a side of the row, and its features."""

    act: str
    features: list[str]
    vector: Matrix
    sides: list[tuple[bool, list[str]]]


def _extractor() -> pipeline.Extractor:
    components = (
        "communique_references",
        "communique_topics",
        "communique_officials",
        "communique_organizations",
        "communique_instruments",
    )
    return pipeline.Extractor(pipeline.build(components=components), "training")


def read_hostile(docs: Iterable[Doc]) -> list[Example]:
    """The clauses of hostile sentences: main ones are `suspend` where the lexicon says so, else `reject`."""
    examples = []
    for doc in docs:
        read = list(candidates(doc))
        vectors = clause_vectors([c.clause for c in read])
        for i, candidate in enumerate(read):
            told = "suspend" if candidate.clause.lexical_act == "suspend" else "reject"
            act = told if candidate.clause.kind in ("main", "reported") else "none"
            examples.append(Example(act, sorted(set(candidate.features)), vectors[i], []))
    return examples


def hostile_docs() -> Iterator[Doc]:
    """The annotated sentences of `hostile.txt`, as news and as part of a statement."""
    extractor = _extractor()
    for genre in _HOSTILE_GENRES:
        for sentence in HOSTILE.read_text(encoding="utf-8").splitlines():
            yield extractor.annotate([Text(text=sentence, genre=genre, parties=())])[0]


def read_documents(passages: Sequence[Passage]) -> list[Example]:
    """The clauses of all passages; the annotated parties stand in for the recognised ones."""
    extractor = _extractor()
    found: list[Example] = []
    for passage in passages:
        source = Text(
            text=passage.text,
            title=passage.title,
            published_on=dt.date.fromisoformat(passage.date) if passage.date else None,
            publisher=passage.publisher,
            parties=passage.parties,
        )
        found += read_examples(extractor.annotate([source])[0], passage.records["cooperations"])
    return found


def read_examples(doc: Doc, rows: Sequence[dict[str, Any]]) -> list[Example]:
    """The clauses of a document as examples of its annotated rows."""
    read = list(candidates(doc))
    vectors = clause_vectors([c.clause for c in read])
    told = clauses_of_rows(doc, rows, [c.clause for c in read])
    resolver = Actors(doc)
    found = []
    for i, candidate in enumerate(read):
        row = told.get(i)
        example = Example("none" if row is None else row["act"], sorted(set(candidate.features)), vectors[i], [])
        if row is not None:
            actors = {_actor(name) for name in row["actors"]}
            example.sides = [
                (_actor(actor.code) in actors, names)
                for actor, names in side_features(candidate.clause, candidate.sides, row["act"], resolver)
            ]
        found.append(example)
    return found


def clauses_of_rows(doc: Doc, rows: Sequence[dict[str, Any]], read: Sequence[Clause]) -> dict[int, dict[str, Any]]:
    """By number of the clause the row that stands there: its head is the first inside the row's words, else it is the smallest that
    covers their first one, else the first of the sentence. Where two rows stand at a clause, the first has it."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        for words in row.get("at", ()):
            place = find_words(doc.text, words)
            number = None if place is None else _clause_at(*place, read)
            if number is not None:
                found.setdefault(number, row)
    return found


def find_words(text: str, words: str) -> tuple[int, int] | None:
    """First and past-the-end offset of words in a text, however it is broken into lines; None where they are not in it."""
    match = re.search(r"\s+".join(map(re.escape, words.split())), text)
    return match.span() if match else None


def _clause_at(start: int, end: int, read: Sequence[Clause]) -> int | None:
    inside = [i for i, clause in enumerate(read) if start <= clause.head.idx < end]
    if inside:
        return inside[0]
    here = [i for i, clause in enumerate(read) if clause.sentence.start_char <= start < clause.sentence.end_char]
    covering = [i for i in here if _covers(read[i], start)]
    if covering:
        return min(covering, key=lambda i: read[i].head.right_edge.i - read[i].head.left_edge.i)
    return here[0] if here else None


def _covers(clause: Clause, offset: int) -> bool:
    last = clause.head.right_edge
    return clause.head.left_edge.idx <= offset < last.idx + len(last)


def _actor(code: str) -> str:
    return code if code.isupper() else " ".join(lexicons.name_key(code))


def vocabulary(features: Sequence[Sequence[str]]) -> dict[str, int]:
    """Column of each feature that at least two have."""
    counts = collections.Counter(name for names in features for name in set(names))
    return {name: i for i, name in enumerate(sorted(name for name, n in counts.items() if n >= _MIN_COUNT))}


def indicators(features: Sequence[Sequence[str]], columns: dict[str, int]) -> csr_matrix:
    """One row per list of features: 1 in the column of each."""
    places = [(i, columns[name]) for i, names in enumerate(features) for name in set(names) if name in columns]
    rows, cols = zip(*places) if places else ((), ())
    return csr_matrix((np.ones(len(places)), (rows, cols)), shape=(len(features), len(columns)))


def design(examples: Sequence[Example], columns: dict[str, int]) -> csr_matrix:
    """Indicators and word vectors, one row per clause."""
    told = indicators([e.features for e in examples], columns)
    return csr_matrix(hstack([told, csr_matrix(np.array([e.vector for e in examples]))]))


def fit(examples: Sequence[Example], hostile: Sequence[Example]) -> tuple[LogisticRegression, dict[str, int]]:
    """The acts' regression and the columns of its indicators, from the passages and the hostile sentences."""
    every = [*examples, *hostile]
    columns = vocabulary([e.features for e in every])
    classifier = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
    weights = [1.0] * len(examples) + [HOSTILE_WEIGHT] * len(hostile)
    classifier.fit(design(every, columns), [e.act for e in every], sample_weight=weights)
    return classifier, columns


def fit_sides(judged: Sequence[tuple[bool, list[str]]]) -> tuple[LogisticRegression, dict[str, int]]:
    """The regression that tells sides from actors that only stand near, and the columns of its indicators."""
    columns = vocabulary([names for _, names in judged])
    classifier = LogisticRegression(C=SIDES_STRENGTH, max_iter=500, tol=1e-3)
    classifier.fit(indicators([names for _, names in judged], columns), [is_side for is_side, _ in judged])
    return classifier, columns


def save(classifier: LogisticRegression, columns: dict[str, int], path: Path = MODEL) -> None:
    """Write the acts' weights as JSON, classes in the order of `CLASSES`."""
    places = [list(classifier.classes_).index(name) for name in CLASSES]
    weights = np.round(classifier.coef_[places].T, _DIGITS)
    features = {name: weights[i].tolist() for name, i in columns.items() if np.abs(weights[i]).max() > 0.01}
    model = {
        "source": _SOURCE,
        "classes": list(CLASSES),
        "threshold": THRESHOLD,
        "vector_scale": VECTOR_SCALE,
        "offset": np.round(classifier.intercept_[places], _DIGITS).tolist(),
        "vectors": weights[len(columns) :].tolist(),
        "features": features,
    }
    path.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def save_sides(classifier: LogisticRegression, columns: dict[str, int], path: Path = SIDES_MODEL) -> None:
    """Write the sides' weights as JSON."""
    weights = np.round(classifier.coef_[0], _DIGITS)
    model = {
        "source": _SOURCE,
        "threshold": SIDES_THRESHOLD,
        "offset": round(float(classifier.intercept_[0]), _DIGITS),
        "weights": {name: float(weights[i]) for name, i in columns.items() if abs(weights[i]) > 0.01},
    }
    path.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Train on all passages that are not held back."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    examples = read_documents([p for p in load_passages() if not is_held_back(p)])
    save(*fit(examples, read_hostile(hostile_docs())))
    save_sides(*fit_sides([side for e in examples for side in e.sides]))
    print(collections.Counter(example.act for example in examples))


if __name__ == "__main__":
    main()
