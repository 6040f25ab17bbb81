"""Train the choice of a document's parties on the annotated passages: `python -m nlp.training.train_parties`.

Logistic regression over `nlp.genre.party_features`, one row per country or bloc that a passage names (news left out: it has none);
writes `nlp/models/parties.json` and prints F1 on the held-back fifth and by five-fold cross-validation. Each passage is seen with
and without its title and publisher.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.genre import _PARTY_WEIGHTS, party_features
from nlp.training.corpus import Passage, is_held_back, load_passages


def rows(passages: Sequence[Passage], *, views: bool) -> tuple[list[dict[str, float]], list[bool]]:
    """Features and answer for each candidate of the passages; with `views` also as it looks without publisher and title."""
    found: list[dict[str, float]] = []
    right: list[bool] = []
    for p in passages:
        seen = [(p.title, p.publisher), (p.title, None), ("", None)] if views else [(p.title, p.publisher)]
        for title, publisher in seen:
            for code, features in party_features(title, p.text, p.genre, publisher=publisher).items():
                found.append(features)
                right.append(code in p.parties)
    return found, right


def fit(passages: Sequence[Passage]) -> tuple[DictVectorizer, LogisticRegression]:
    """Vectorizer and classifier over all views."""
    found, right = rows(passages, views=True)
    vectorizer = DictVectorizer(sparse=True)
    model = LogisticRegression(C=1.0, max_iter=3000)
    model.fit(vectorizer.fit_transform(found), right)
    return vectorizer, model


def f1(passages: Sequence[Passage], vectorizer: DictVectorizer, model: LogisticRegression) -> float:
    """F1 over all parties of the passages, those that the text does not name included."""
    found, right = rows(passages, views=False)
    predicted = model.predict(vectorizer.transform(found))
    hit = int(np.sum(predicted & np.array(right)))
    gold = sum(len(p.parties) for p in passages)
    return 2 * hit / (int(predicted.sum()) + gold)


def main() -> None:
    passages = [p for p in load_passages() if p.genre != "news"]
    folds = [f1(passages[k::5], *fit([p for i, p in enumerate(passages) if i % 5 != k])) for k in range(5)]
    vectorizer, model = fit([p for p in passages if not is_held_back(p)])
    held = f1([p for p in passages if is_held_back(p)], vectorizer, model)
    card: dict[str, Any] = {
        "held_back_f1": round(held, 3),
        "bias": round(float(model.intercept_[0]), 3),
        "features": {name: round(float(w), 3) for name, w in zip(vectorizer.get_feature_names_out(), model.coef_[0])},
    }
    _PARTY_WEIGHTS.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(passages)} passages; F1 held-back {held:.3f}, five-fold {np.mean(folds):.3f}")


if __name__ == "__main__":
    main()
