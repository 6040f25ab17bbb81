"""Train the choice of a document's parties on the annotated passages: `python -m nlp.training.train_parties`.

Logistic regression over `nlp.parties.party_features`, one row per side that a passage names (news left out: it has none); writes
`nlp/models/parties.json` and prints F1 on the held-back fifth and by five-fold cross-validation. Each passage is seen with and
without its title and publisher. The bias holds the threshold of best F1 over folds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.parties import _WEIGHTS, party_features
from nlp.training.corpus import TEXTS, Passage, is_held_back, load_passages

SIDES = TEXTS.parent / "parties"
"""Documents without marks: many sides, and many states named of which few are sides."""
STRENGTH = 0.3
"""Inverse strength of the L2 penalty."""
_MIN_COUNT = 4
_FOLDS = 5


@dataclass(frozen=True)
class Sides:
    """What a passage's candidates look like, in each of its views, and which of them are parties."""

    passage: Passage
    views: list[list[dict[str, float]]]
    right: list[list[bool]]


def read(passages: Sequence[Passage]) -> list[Sides]:
    """Features and answers of each passage as written, without publisher, and without title and publisher."""
    found = []
    for p in passages:
        views, right = [], []
        for title, publisher in ((p.title, p.publisher), (p.title, None), ("", None)):
            features = party_features(title, p.text, p.genre, publisher=publisher)
            views.append(list(features.values()))
            right.append([code in p.parties for code in features])
        found.append(Sides(p, views, right))
    return found


def fit(sides: Sequence[Sides]) -> tuple[DictVectorizer, LogisticRegression]:
    """Vectorizer and classifier over all views; features that fewer than four candidates have are left out."""
    rows = [f for s in sides for view in s.views for f in view]
    right = [r for s in sides for view in s.right for r in view]
    counts = Counter(name for f in rows for name in f)
    kept = [{name: v for name, v in f.items() if counts[name] >= _MIN_COUNT} for f in rows]
    vectorizer = DictVectorizer(sparse=True)
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(vectorizer.fit_transform(kept), right)
    return vectorizer, model


def scores(sides: Sequence[Sides], vectorizer: DictVectorizer, model: LogisticRegression, view: int = 0) -> list[NDArray[np.float64]]:
    """Log-odds of each candidate of each passage, in one of its views."""
    return [model.decision_function(vectorizer.transform(s.views[view])) if s.views[view] else np.zeros(0) for s in sides]


def f1(sides: Sequence[Sides], found: Sequence[NDArray[np.float64]], threshold: float, view: int = 0) -> float:
    """F1 over all parties of the passages, those that the text does not name included."""
    hit = sum(int(np.sum((row > threshold) & np.array(s.right[view], dtype=bool))) for s, row in zip(sides, found))
    told = sum(int(np.sum(row > threshold)) for row in found)
    return 2 * hit / max(1, told + sum(len(s.passage.parties) for s in sides))


def best_threshold(sides: Sequence[Sides]) -> tuple[float, float]:
    """The threshold of best F1, and that F1, where each passage is scored by weights that have not seen it."""
    unseen: dict[int, NDArray[np.float64]] = {}
    for fold in range(_FOLDS):
        fitted = fit([s for i, s in enumerate(sides) if i % _FOLDS != fold])
        places = range(fold, len(sides), _FOLDS)
        unseen |= dict(zip(places, scores([sides[i] for i in places], *fitted)))
    found = [unseen[i] for i in range(len(sides))]
    steps = np.arange(-1.5, 1.51, 0.05)
    values = np.array([f1(sides, found, step) for step in steps])
    flat = steps[values >= values.max() - 0.003]  # the middle of the flat top is steadier than its peak
    threshold = float(np.round(flat.mean(), 2))
    return threshold, f1(sides, found, threshold)


def main() -> None:
    """Fit on the passages that are not held back and write the weights."""
    passages = [p for p in [*load_passages(), *load_passages(SIDES)] if p.genre != "news"]
    train = read([p for p in passages if not is_held_back(p)])
    held = read([p for p in passages if is_held_back(p)])
    threshold, folds = best_threshold(train)
    vectorizer, model = fit(train)
    figure = f1(held, scores(held, vectorizer, model), threshold)
    card: dict[str, Any] = {
        "held_back_f1": round(figure, 3),
        "bias": round(float(model.intercept_[0]) - threshold, 3),
        "features": {
            name: round(float(w), 3) for name, w in zip(vectorizer.get_feature_names_out(), model.coef_[0]) if abs(round(float(w), 3)) > 0
        },
    }
    _WEIGHTS.write_text(json.dumps(card, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(train)} passages, threshold {threshold}; F1 held-back {figure:.3f}, five-fold {folds:.3f}")


if __name__ == "__main__":
    main()
