"""How is `models/topics.skops` made? `python -m nlp.training.train_topics [--check]`

Input: the labelled sentences of `training/topics/sentences.tsv` (codes, tab, sentence; `-` for none) and the passages of
`training/texts/` with their topics. A fifth of both, chosen by hash, is held back: nothing is fitted on it, and the figures in
`models/topics.json` are measured there. The same input gives the same model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from spacy.language import Language
from spacy.tokens import Span

from nlp import topics
from nlp.blocks import normalise
from nlp.pipeline import load_base
from nlp.topic_terms import Hits, term_list
from nlp.training.corpus import Passage, is_held_back, load_passages

SENTENCES = Path(__file__).parent / "topics" / "sentences.tsv"
TERMS = Path(topics.__file__).parent / "lexicons" / "topic_terms.json"
MODEL = Path(topics.__file__).parent / "models" / "topics.skops"
FIGURES = MODEL.with_suffix(".json")

FOLDS = 5
CLASSIFIER_C = 30.0
COMBINE_C = 10.0
DOCUMENT_C = 1.0
_FLAT = 0.01

Matrix = NDArray[np.float64]


def read_sentences(path: Path = SENTENCES) -> list[tuple[frozenset[str], str]]:
    """(codes, sentence) of each line. Raises ValueError naming the line with an unknown code."""
    known = set(term_list().codes)
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        codes, _, sentence = line.partition("\t")
        labels = frozenset(codes.split(",")) - {"-"}
        if not sentence or not labels <= known:
            raise ValueError(f"{path.name}, line {number}: unknown topic {sorted(labels - known)} or no sentence: see lexicons/topics.json")
        rows.append((labels, sentence))
    return rows


def sentence_held_back(sentence: str) -> bool:
    """The fifth of the sentences that nothing is fitted on, by hash of the sentence."""
    return hashlib.blake2b(sentence.encode("utf-8"), digest_size=4).digest()[0] % 5 == 0


def training_hash() -> str:
    """Hash of the labelled sentences and of the term list that the committed model was fitted on."""
    digest = hashlib.blake2b(digest_size=8)
    for path in (SENTENCES, TERMS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def truth(labels: Sequence[frozenset[str]]) -> NDArray[np.int_]:
    """One row per text, one column per topic, 1 where it carries it."""
    return np.array([[int(code in row) for code in term_list().codes] for row in labels])


def fit_classifier(vectors: Matrix, labels: NDArray[np.int_]) -> OneVsRestClassifier:
    """One logistic regression per topic over sentence vectors."""
    return OneVsRestClassifier(LogisticRegression(C=CLASSIFIER_C, max_iter=500)).fit(vectors, labels)


def out_of_fold(vectors: Matrix, labels: NDArray[np.int_]) -> Matrix:
    """The classifier's probability for each sentence by a model that has not seen it."""
    result = np.zeros(labels.shape)
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=0).split(vectors):
        result[unseen] = fit_classifier(vectors[seen], labels[seen]).predict_proba(vectors[unseen])
    return result


def fit(language: Language, passages: Sequence[Passage]) -> dict[str, Any]:
    """All that `models/topics.skops` holds, from the sentences and passages that are not held back."""
    codes = term_list().codes
    rows = [row for row in read_sentences() if not sentence_held_back(row[1])]
    labels = truth([row[0] for row in rows])
    vectors = topics.sentence_vectors(language.make_doc(sentence)[:] for _, sentence in rows)
    found = [term_list().find(sentence) for _, sentence in rows]
    features = topics.combined_features(codes, found, out_of_fold(vectors, labels)).reshape(-1, 5)
    fitted: dict[str, Any] = {
        "codes": list(codes),
        "classifier": fit_classifier(vectors, labels),
        "combine": LogisticRegression(C=COMBINE_C).fit(features, labels.ravel()),
        "lexical": _fit_lexical(found, labels),
        "training_hash": training_hash(),
    }
    documents = [_document(fitted, language, passage) for passage in passages if not is_held_back(passage)]
    subject = truth([_labels(passage) for passage in passages if not is_held_back(passage)])
    fitted["document"] = LogisticRegression(C=DOCUMENT_C, max_iter=3000).fit(np.vstack(documents), subject.ravel())
    fitted["threshold"] = _best_threshold(documents, subject)
    return fitted


def _fit_lexical(found: Sequence[dict[str, Hits]], labels: NDArray[np.int_]) -> LogisticRegression:
    """The probability of a topic whose terms were found, for a sentence without its `Doc`."""
    column = {code: i for i, code in enumerate(term_list().codes)}
    pairs = [(row, code, hits) for row, hits_of in enumerate(found) for code, hits in hits_of.items()]
    features = np.array([topics.lexical_features(hits) for _, _, hits in pairs])
    return LogisticRegression(C=COMBINE_C).fit(features, [labels[row, column[code]] for row, code, _ in pairs])


def _labels(passage: Passage) -> frozenset[str]:
    return frozenset(passage.records["topics"])


def _sentences(language: Language, passage: Passage) -> tuple[list[Span], NDArray[np.bool_]]:
    """The passage's sentences, by paragraph, and which of them are the title."""
    blocks = ([passage.title] if passage.title else []) + normalise(passage.text).split("\n")
    spans: list[Span] = []
    title: list[bool] = []
    for i, block in enumerate(blocks):
        parts = [language(block)[:]] if passage.title and i == 0 else list(language(block).sents)
        parts = [part for part in parts if part.text.strip()]
        spans += parts
        title += [bool(passage.title) and i == 0] * len(parts)
    return spans, np.array(title)


def _document(fitted: dict[str, Any], language: Language, passage: Passage) -> Matrix:
    spans, title = _sentences(language, passage)
    classified = fitted["classifier"].predict_proba(topics.sentence_vectors(spans))
    found = [term_list().find(s.text) for s in spans]
    features = topics.combined_features(fitted["codes"], found, classified)
    probabilities = fitted["combine"].predict_proba(features.reshape(-1, 5))[:, 1].reshape(classified.shape)
    return topics.document_features(probabilities, topics.strong_terms(fitted["codes"], found), title, passage.genre)


def _best_threshold(documents: Sequence[Matrix], subject: NDArray[np.int_]) -> float:
    """The probability from which a subject is told: best F1 over passages, each by a model that has not seen it.

    The curve is flat: the middle of all that are as good as the best is steadier than the best.
    """
    scores = np.zeros(subject.shape)
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=0).split(subject):
        model = LogisticRegression(C=DOCUMENT_C, max_iter=3000)
        model.fit(np.vstack([documents[i] for i in seen]), subject[seen].ravel())
        for i in unseen:
            scores[i] = model.predict_proba(documents[i])[:, 1]
    steps = np.arange(0.15, 0.51, 0.01)
    values = np.array([f1(scores >= step, subject) for step in steps])
    return float(round(steps[values >= values.max() - _FLAT].mean(), 2))


def f1(predicted: NDArray[Any], expected: NDArray[Any]) -> float:
    """Micro-averaged F1 of two tables of yes and no."""
    both = int(np.logical_and(predicted, expected).sum())
    return 2 * both / max(1, int(np.sum(predicted) + np.sum(expected)))


def measure(fitted: dict[str, Any], language: Language, passages: Sequence[Passage]) -> dict[str, Any]:
    """F1 on the held-back sentences (terms alone, joined) and passages, over all topics and for each."""
    rows = [row for row in read_sentences() if sentence_held_back(row[1])]
    expected = truth([row[0] for row in rows]).astype(bool)
    vectors = topics.sentence_vectors(language.make_doc(sentence)[:] for _, sentence in rows)
    found = [term_list().find(sentence) for _, sentence in rows]
    features = topics.combined_features(fitted["codes"], found, fitted["classifier"].predict_proba(vectors))
    joined = fitted["combine"].predict_proba(features.reshape(-1, 5))[:, 1].reshape(expected.shape) >= topics.CARRIED
    terms = (features[:, :, 0] > 0) | (features[:, :, 3] > 0)
    held = [passage for passage in passages if is_held_back(passage)]
    subject = truth([_labels(passage) for passage in held]).astype(bool)
    told = (
        np.array([fitted["document"].predict_proba(_document(fitted, language, passage))[:, 1] for passage in held]) >= fitted["threshold"]
    )
    return {
        "sentences": {"count": len(rows), "terms_f1": round(f1(terms, expected), 3), "joined_f1": round(f1(joined, expected), 3)},
        "passages": {"count": len(held), "f1": round(f1(told, subject), 3)},
        "topics": {
            code: {
                "sentences": int(expected[:, i].sum()),
                "sentences_f1": round(f1(joined[:, i], expected[:, i]), 2),
                "passages": int(subject[:, i].sum()),
                "passages_f1": round(f1(told[:, i], subject[:, i]), 2),
            }
            for i, code in enumerate(fitted["codes"])
        },
    }


def main() -> None:
    """Train, measure and write; with --check only say whether the committed model belongs to the committed data."""
    import skops.io

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare the model's hash with the data's")
    if parser.parse_args().check:
        same = topics.load_model().training_hash == training_hash()
        raise SystemExit(0 if same else "models/topics.skops is older than its data: run python -m nlp.training.train_topics")
    language = load_base()
    for name in ("ner", "attribute_ruler", "lemmatizer", "tagger"):
        language.remove_pipe(name)
    passages = load_passages()
    fitted = fit(language, passages)
    MODEL.write_bytes(skops.io.dumps(fitted))
    figures = measure(fitted, language, passages)
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: figures[key] for key in ("sentences", "passages")} | {"threshold": fitted["threshold"]}))


if __name__ == "__main__":
    main()
