"""How is `models/topics.skops` made? `python -m nlp.training.train_topics [--check]`

Input: the labelled sentences of `training/topics/sentences.tsv` (codes, tab, sentence; `-` for none) and the passages of
`training/texts/` with their topics and with what each of their sentences is about (`training/topics/passages.tsv`: passage, codes,
sentence). A fifth of the sentences and of the passages, chosen by hash, is held back: nothing is fitted on it, and the figures in
`models/topics.json` are measured there. The same input gives the same model.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
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
PASSAGES = Path(__file__).parent / "topics" / "passages.tsv"
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


def read_passage_sentences(path: Path = PASSAGES) -> dict[str, list[tuple[frozenset[str], str]]]:
    """By id of the passage (codes, sentence) of each of its sentences. Raises ValueError naming the line with an unknown code."""
    known = set(term_list().codes)
    rows: dict[str, list[tuple[frozenset[str], str]]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        passage, codes, sentence = [*line.split("\t", 2), "", ""][:3]
        labels = frozenset(codes.split(",")) - {"-"}
        if not sentence or not labels <= known:
            raise ValueError(f"{path.name}, line {number}: unknown topic {sorted(labels - known)} or no sentence: see lexicons/topics.json")
        rows.setdefault(passage, []).append((labels, sentence))
    return rows


def sentence_held_back(sentence: str) -> bool:
    """The fifth of the sentences that nothing is fitted on, by hash of the sentence."""
    return hashlib.blake2b(sentence.encode("utf-8"), digest_size=4).digest()[0] % 5 == 0


def training_hash() -> str:
    """Hash of the labelled sentences, those of the passages included, and of the term list that the committed model was fitted on."""
    digest = hashlib.blake2b(digest_size=8)
    for path in (SENTENCES, PASSAGES, TERMS):
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


@dataclass(slots=True)
class Material:
    """What the model is fitted on. Sentences with their topics and terms; `owner` tells of each which unit it belongs to: the passage of
    that number, or, from the number of passages on, a unit of its own."""

    passages: list[Passage]
    documents: list[Doc]
    sentences: list[Span]
    found: list[dict[str, Hits]]
    labels: NDArray[np.int_]
    owner: NDArray[np.int_]


def read_material(extractor: Extractor, passages: Sequence[Passage]) -> Material:
    """The labelled sentences and passages that are not held back, read by the pipeline."""
    kept = [passage for passage in passages if not is_held_back(passage)]
    documents = [_annotated(extractor, passage) for passage in kept]
    spans: list[Span] = []
    labelled: list[tuple[frozenset[str], str]] = []
    owner: list[int] = []
    by_passage = read_passage_sentences()
    for number, (passage, doc) in enumerate(zip(kept, documents)):
        for codes, sentence in by_passage.get(passage.id, ()):
            span = _span(doc, sentence)
            if span is not None:
                spans.append(span)
                labelled.append((codes, sentence))
                owner.append(number)
    alone = [row for row in read_sentences() if not sentence_held_back(row[1])]
    spans += [doc[:] for doc in _docs(extractor, alone)]
    labelled += alone
    owner += range(len(kept), len(kept) + len(alone))
    found = [term_list().find(sentence) for _, sentence in labelled]
    return Material(kept, documents, spans, found, truth([codes for codes, _ in labelled]), np.array(owner))


def _span(doc: Doc, sentence: str) -> Span | None:
    """Where a sentence of a passage stands in its document."""
    match = re.search(r"\s+".join(map(re.escape, sentence.split())), doc.text)
    return None if match is None else doc.char_span(*match.span(), alignment_mode="expand")


@dataclass(slots=True)
class Classifier:
    """Words, weights (a column per topic) and offsets of the classifier."""

    words: topics.Words
    weights: Matrix
    offsets: Matrix

    def __call__(self, sentences: Sequence[Span]) -> Matrix:
        """Probabilities: one row per sentence, one column per topic."""
        return topics.classify(self.words, self.weights, self.offsets, sentences)


def train(material: Material, places: NDArray[np.int_]) -> Classifier:
    """The classifier of the sentences at these places."""
    sentences = [material.sentences[i] for i in places]
    words = fit_words(sentences)
    return Classifier(words, *fit_classifier(_features(words, sentences), material.labels[places]))


def out_of_fold(material: Material) -> tuple[Matrix, list[Classifier]]:
    """For each sentence the probabilities, and for each passage the classifier, by sentences of other units alone."""
    probabilities = np.zeros(material.labels.shape)
    blind: dict[int, Classifier] = {}
    units = np.arange(material.owner.max() + 1)
    for _, unseen in KFold(FOLDS, shuffle=True, random_state=0).split(units):
        hidden = np.isin(material.owner, unseen)
        classifier = train(material, np.flatnonzero(~hidden))
        probabilities[hidden] = classifier([material.sentences[i] for i in np.flatnonzero(hidden)])
        blind |= {int(unit): classifier for unit in unseen if unit < len(material.passages)}
    return probabilities, [blind[number] for number in range(len(material.passages))]


def _features(words: topics.Words, sentences: Sequence[Span]) -> csr_matrix:
    return csr_matrix(hstack([topics.sentence_vectors(sentences), words.counts(sentences)]))


def fit(material: Material) -> dict[str, Any]:
    """All that `models/topics.skops` holds."""
    codes, labels, found = term_list().codes, material.labels, material.found
    probabilities, blind = out_of_fold(material)
    features = topics.combined_features(codes, found, probabilities).reshape(-1, 5)
    classifier = train(material, np.arange(len(labels)))
    fitted: dict[str, Any] = {
        "codes": list(codes),
        "words": classifier.words.rarity,
        "weights": classifier.weights.astype(_DIGITS),
        "offsets": classifier.offsets,
        "combine": LogisticRegression(C=COMBINE_C).fit(features, labels.ravel()),
        "lexical": _fit_lexical(found, labels),
        "training_hash": training_hash(),
    }
    documents = [_document(fitted, one, doc) for one, doc in zip(blind, material.documents)]
    subject = truth([_labels(passage) for passage in material.passages])
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


def _annotated(extractor: Extractor, passage: Passage) -> Doc:
    return extractor.annotate([Text(title=passage.title, text=passage.text, genre=passage.genre, parties=passage.parties)])[0]


def _document(fitted: dict[str, Any], classifier: Classifier, doc: Doc) -> Matrix:
    spans = [span for span in doc.sents if span.text.strip()]
    title = np.array([span.start_char < doc._.body_start for span in spans])
    classified = classifier(spans)
    found = [term_list().find(s.text) for s in spans]
    features = topics.combined_features(fitted["codes"], found, classified)
    probabilities = fitted["combine"].predict_proba(features.reshape(-1, 5))[:, 1].reshape(classified.shape)
    return topics.document_features(probabilities, topics.strong_terms(fitted["codes"], found), title, doc._.genre)


def _fitted_classifier(fitted: dict[str, Any]) -> Classifier:
    return Classifier(topics.Words(fitted["words"]), fitted["weights"].astype(np.float64), fitted["offsets"])


def _best_threshold(documents: Sequence[Matrix], subject: NDArray[np.int_]) -> float:
    """The probability from which a subject is told: best F1 over passages, each by a model that has not seen it.

    The curve is flat: of all that are as good as the best the highest is taken, for a subject that is told wrongly costs a reader more
    than one that is missing.
    """
    scores = np.zeros(subject.shape)
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=0).split(subject):
        model = LogisticRegression(C=DOCUMENT_C, max_iter=3000)
        model.fit(np.vstack([documents[i] for i in seen]), subject[seen].ravel())
        for i in unseen:
            scores[i] = model.predict_proba(documents[i])[:, 1]
    steps = np.arange(0.15, 0.51, 0.01)
    values = np.array([f1(scores >= step, subject) for step in steps])
    return float(round(steps[values >= values.max() - _FLAT].max(), 2))


def f1(predicted: NDArray[Any], expected: NDArray[Any]) -> float:
    """Micro-averaged F1 of two tables of yes and no."""
    both = int(np.logical_and(predicted, expected).sum())
    return 2 * both / max(1, int(np.sum(predicted) + np.sum(expected)))


def measure(fitted: dict[str, Any], extractor: Extractor, passages: Sequence[Passage]) -> dict[str, Any]:
    """F1 on the held-back sentences (terms alone, joined) and passages, over all topics and for each."""
    rows = [row for row in read_sentences() if sentence_held_back(row[1])]
    expected = truth([row[0] for row in rows]).astype(bool)
    found = [term_list().find(sentence) for _, sentence in rows]
    classifier = _fitted_classifier(fitted)
    features = topics.combined_features(fitted["codes"], found, classifier([doc[:] for doc in _docs(extractor, rows)]))
    joined = fitted["combine"].predict_proba(features.reshape(-1, 5))[:, 1].reshape(expected.shape) >= topics.CARRIED
    terms = (features[:, :, 0] > 0) | (features[:, :, 3] > 0)
    held = [passage for passage in passages if is_held_back(passage)]
    subject = truth([_labels(passage) for passage in held]).astype(bool)
    documents = [_document(fitted, classifier, _annotated(extractor, passage)) for passage in held]
    told = np.array([fitted["document"].predict_proba(document)[:, 1] for document in documents]) >= fitted["threshold"]
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
    fitted = fit(read_material(extractor, passages))
    MODEL.write_bytes(skops.io.dumps(fitted))
    figures = measure(fitted, extractor, passages)
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: figures[key] for key in ("sentences", "passages")} | {"threshold": fitted["threshold"]}))


if __name__ == "__main__":
    main()
