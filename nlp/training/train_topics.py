"""How is `models/topics.skops` made? `python -m nlp.training.train_topics [--check]`

Input: the labelled sentences of `training/topics/sentences.tsv` (codes, tab, sentence; `-` for none) and the passages of
`training/texts/` with their topics. A fifth of both, chosen by hash, is held back: nothing is fitted on it, and the figures in
`models/topics.json` are measured there. The same input gives the same model.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from spacy.tokens import Doc, Span

from nlp import topics
from nlp.pipeline import Extractor, build
from nlp.records import Text
from nlp.topic_terms import Hits, term_list
from nlp.training.corpus import Passage, is_held_back, load_passages

SENTENCES = Path(__file__).parent / "topics" / "sentences.tsv"
TERMS = Path(topics.__file__).parent / "lexicons" / "topic_terms.json"
MODEL = Path(topics.__file__).parent / "models" / "topics.skops"
FIGURES = MODEL.with_suffix(".json")

FOLDS = 5
CLASSIFIER_C = 10.0
_LEAST_SENTENCES = 2  # a word of one sentence alone tells nothing
_DIGITS = np.float16  # of the classifier's weights
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


def _docs(extractor: Extractor, rows: Sequence[tuple[frozenset[str], str]]) -> list[Doc]:
    """The labelled sentences, each entity one token as in a document."""
    return [extractor.annotate([Text(text=sentence, genre="other", parties=())])[0] for _, sentence in rows]


def truth(labels: Sequence[frozenset[str]]) -> NDArray[np.int_]:
    """One row per text, one column per topic, 1 where it carries it."""
    return np.array([[int(code in row) for code in term_list().codes] for row in labels])


def fit_words(sentences: Sequence[Span]) -> topics.Words:
    """The words of at least two sentences with their rarity: 1 + log((1 + sentences) / (1 + sentences with the word))."""
    counts = collections.Counter(word for s in sentences for word in {t.lower_ for t in s if t.is_alpha and not t.is_stop})
    kept = sorted(word for word, n in counts.items() if n >= _LEAST_SENTENCES)
    return topics.Words({word: round(1 + math.log((1 + len(sentences)) / (1 + counts[word])), 4) for word in kept})


def fit_classifier(features: csr_matrix, labels: NDArray[np.int_]) -> tuple[Matrix, Matrix]:
    """One logistic regression per topic over the sentences' vectors and words: weights (a column per topic) and offsets."""
    fitted = OneVsRestClassifier(LogisticRegression(C=CLASSIFIER_C, max_iter=500)).fit(features, labels).estimators_
    return np.stack([e.coef_[0] for e in fitted], axis=1), np.array([e.intercept_[0] for e in fitted])


def out_of_fold(sentences: Sequence[Span], labels: NDArray[np.int_]) -> Matrix:
    """The classifier's probability for each sentence by a model that has not seen it."""
    result = np.zeros(labels.shape)
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=0).split(labels):
        train = [sentences[i] for i in seen]
        words = fit_words(train)
        weights, offsets = fit_classifier(_features(words, train), labels[seen])
        result[unseen] = topics.classify(words, weights, offsets, [sentences[i] for i in unseen])
    return result


def _features(words: topics.Words, sentences: Sequence[Span]) -> csr_matrix:
    return csr_matrix(hstack([topics.sentence_vectors(sentences), words.counts(sentences)]))


def fit(extractor: Extractor, passages: Sequence[Passage]) -> dict[str, Any]:
    """All that `models/topics.skops` holds, from the sentences and passages that are not held back."""
    codes = term_list().codes
    rows = [row for row in read_sentences() if not sentence_held_back(row[1])]
    labels = truth([row[0] for row in rows])
    sentences = [doc[:] for doc in _docs(extractor, rows)]
    found = [term_list().find(sentence) for _, sentence in rows]
    features = topics.combined_features(codes, found, out_of_fold(sentences, labels)).reshape(-1, 5)
    words = fit_words(sentences)
    weights, offsets = fit_classifier(_features(words, sentences), labels)
    fitted: dict[str, Any] = {
        "codes": list(codes),
        "words": words.rarity,
        "weights": weights.astype(_DIGITS),
        "offsets": offsets,
        "combine": LogisticRegression(C=COMBINE_C).fit(features, labels.ravel()),
        "lexical": _fit_lexical(found, labels),
        "training_hash": training_hash(),
    }
    documents = [_document(fitted, extractor, passage) for passage in passages if not is_held_back(passage)]
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


def _sentences(extractor: Extractor, passage: Passage) -> tuple[list[Span], NDArray[np.bool_]]:
    """The passage's sentences as the pipeline parts them, and which of them are the title."""
    doc = extractor.annotate([Text(title=passage.title, text=passage.text, genre=passage.genre, parties=passage.parties)])[0]
    spans = [span for span in doc.sents if span.text.strip()]
    return spans, np.array([span.start_char < doc._.body_start for span in spans])


def _document(fitted: dict[str, Any], extractor: Extractor, passage: Passage) -> Matrix:
    spans, title = _sentences(extractor, passage)
    classified = _classified(fitted, spans)
    found = [term_list().find(s.text) for s in spans]
    features = topics.combined_features(fitted["codes"], found, classified)
    probabilities = fitted["combine"].predict_proba(features.reshape(-1, 5))[:, 1].reshape(classified.shape)
    return topics.document_features(probabilities, topics.strong_terms(fitted["codes"], found), title, passage.genre)


def _classified(fitted: dict[str, Any], sentences: Sequence[Span]) -> Matrix:
    return topics.classify(topics.Words(fitted["words"]), fitted["weights"].astype(np.float64), fitted["offsets"], sentences)


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


def measure(fitted: dict[str, Any], extractor: Extractor, passages: Sequence[Passage]) -> dict[str, Any]:
    """F1 on the held-back sentences (terms alone, joined) and passages, over all topics and for each."""
    rows = [row for row in read_sentences() if sentence_held_back(row[1])]
    expected = truth([row[0] for row in rows]).astype(bool)
    found = [term_list().find(sentence) for _, sentence in rows]
    features = topics.combined_features(fitted["codes"], found, _classified(fitted, [doc[:] for doc in _docs(extractor, rows)]))
    joined = fitted["combine"].predict_proba(features.reshape(-1, 5))[:, 1].reshape(expected.shape) >= topics.CARRIED
    terms = (features[:, :, 0] > 0) | (features[:, :, 3] > 0)
    held = [passage for passage in passages if is_held_back(passage)]
    subject = truth([_labels(passage) for passage in held]).astype(bool)
    told = (
        np.array([fitted["document"].predict_proba(_document(fitted, extractor, passage))[:, 1] for passage in held]) >= fitted["threshold"]
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
    extractor = Extractor(build(components=()), "training")
    passages = load_passages()
    fitted = fit(extractor, passages)
    MODEL.write_bytes(skops.io.dumps(fitted))
    figures = measure(fitted, extractor, passages)
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: figures[key] for key in ("sentences", "passages")} | {"threshold": fitted["threshold"]}))


if __name__ == "__main__":
    main()
