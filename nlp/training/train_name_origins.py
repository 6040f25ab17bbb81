"""Fit the guess of a name's origin from lists of names by country: `python -m nlp.training.train_name_origins`.

Multinomial logistic regression over the letters of single words (`nlp.name_origins.pieces`). Words of `names.json` count for every
tradition that their country has, those of `lexicons/name_traditions.json` three times. Writes `nlp/models/name_origins.json` and
prints the share of words of the held-back tenth, chosen by hash, that get a tradition of their country.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp import lexicons
from nlp.name_origins import MODEL, pieces

NAMES = Path(__file__).parent / "names.json"
WEIGHTS = Path(__file__).parents[1] / "models" / MODEL
OWN_WEIGHT = 3.0
LEAST_COUNT = 3
SMALLEST = 0.15


def names_hash() -> str:
    """Hash of both lists that the committed weights must carry."""
    digest = hashlib.blake2b(NAMES.read_bytes(), digest_size=8)
    digest.update(json.dumps(lexicons.load("name_traditions"), sort_keys=True).encode())
    return digest.hexdigest()


def read() -> tuple[list[str], list[tuple[str, int, float]]]:
    """The traditions, and words with their tradition's number and weight."""
    entries = lexicons.load("name_traditions")["traditions"]
    of_country: dict[str, list[int]] = defaultdict(list)
    for k, entry in enumerate(entries):
        for code in entry["countries"]:
            of_country[code].append(k)
    rows = [(word, k, OWN_WEIGHT) for k, entry in enumerate(entries) for word in entry["names"]]
    for code, words in json.loads(NAMES.read_text(encoding="utf-8"))["names"].items():
        for k in of_country.get(code, ()):
            rows += [(word, k, 1.0 / len(of_country[code])) for word in words]
    return [entry["name"] for entry in entries], rows


def main() -> None:
    traditions, rows = read()
    counts: dict[str, int] = defaultdict(int)
    for word, _, _ in rows:
        for piece in set(pieces(word)):
            counts[piece] += 1
    names = sorted(piece for piece, count in counts.items() if count >= LEAST_COUNT)
    column = {piece: i for i, piece in enumerate(names)}
    pairs = [(i, column[p]) for i, (word, _, _) in enumerate(rows) for p in pieces(word) if p in column]
    matrix = csr_matrix((np.ones(len(pairs)), tuple(np.array(pairs).T)), shape=(len(rows), len(names)))
    right = np.array([k for _, k, _ in rows])
    weight = np.array([w for _, _, w in rows])
    size = np.bincount(right, weights=weight, minlength=len(traditions))
    weight = weight / np.sqrt(size[right]) * 10
    held = np.array([hashlib.blake2b(word.casefold().encode(), digest_size=1).digest()[0] % 10 == 0 for word, _, _ in rows])
    model = LogisticRegression(C=0.5, max_iter=150)
    model.fit(matrix[~held], right[~held], sample_weight=weight[~held])
    score = float(np.mean(model.predict(matrix[held]) == right[held]))
    every = {
        piece: {str(k): round(float(w), 2) for k, w in enumerate(model.coef_[:, i]) if abs(w) >= SMALLEST} for piece, i in column.items()
    }
    table = {piece: row for piece, row in every.items() if row}
    card = {
        "source": "nlp/training/names.json and lexicons/name_traditions.json; written by python -m nlp.training.train_name_origins",
        "names": names_hash(),
        "held_back": round(score, 3),
        "traditions": [traditions[k] for k in model.classes_],
        "bias": [round(float(b), 3) for b in model.intercept_],
        "pieces": table,
    }
    WEIGHTS.write_text(json.dumps(card, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(rows)} words, {len(table)} pieces; right on the held-back tenth {score:.3f}")


if __name__ == "__main__":
    main()
