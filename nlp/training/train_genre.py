"""Train the genre classifier on the annotated passages: `python -m nlp.training.train_genre`.

Logistic regression over `nlp.genre.features`; writes `nlp/models/genre.json` (weights as numbers, no pickle) and prints the
accuracy on the held-back fifth and by five-fold cross-validation. Each passage is seen with and without title and publisher, since
real documents lack either.
"""

from __future__ import annotations

import json

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.genre import _WEIGHTS, features
from nlp.training.corpus import Passage, is_held_back, load_passages


def views(passage: Passage) -> list[dict[str, float]]:
    """The passage's features as written, without publisher, and without title and publisher."""
    return [
        features(passage.title, passage.text, passage.publisher),
        features(passage.title, passage.text, None),
        features("", passage.text, None),
    ]


def fit(passages: list[Passage]) -> tuple[DictVectorizer, LogisticRegression]:
    """Vectorizer and classifier over all views of the passages."""
    rows = [view for p in passages for view in views(p)]
    labels = [p.genre for p in passages for _ in range(3)]
    vectorizer = DictVectorizer(sparse=True)
    model = LogisticRegression(C=20, max_iter=2000)
    model.fit(vectorizer.fit_transform(rows), labels)
    return vectorizer, model


def accuracy(passages: list[Passage], vectorizer: DictVectorizer, model: LogisticRegression) -> float:
    """Share of passages whose genre is told right from title, text and publisher."""
    predicted = model.predict(vectorizer.transform([views(p)[0] for p in passages]))
    return float(np.mean(predicted == np.array([p.genre for p in passages])))


def main() -> None:
    passages = load_passages()
    folds = [accuracy(passages[k::5], *fit([p for i, p in enumerate(passages) if i % 5 != k])) for k in range(5)]
    train = [p for p in passages if not is_held_back(p)]
    vectorizer, model = fit(train)
    held = accuracy([p for p in passages if is_held_back(p)], vectorizer, model)
    kept = {
        name: [round(float(w), 3) for w in model.coef_[:, k]]
        for k, name in enumerate(vectorizer.get_feature_names_out())
        if np.abs(model.coef_[:, k]).max() >= 0.12
    }
    card = {
        "genres": list(model.classes_),
        "held_back_accuracy": round(held, 3),
        "bias": [round(float(b), 3) for b in model.intercept_],
        "features": kept,
    }
    _WEIGHTS.write_text(json.dumps(card, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(train)} passages, {len(kept)} features; accuracy held-back {held:.3f}, five-fold {np.mean(folds):.3f}")


if __name__ == "__main__":
    main()
