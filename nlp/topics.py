"""Which topics does a sentence carry, and which are a document's subjects?

A sentence's topics come from the term list (`topic_terms`) and from a linear classifier over the sentence's mean word vector and its
words, joined by one logistic regression. A document's subjects come from those: how much of the text, title, lead and strongest
sentences speak of the topic, and whether the document's form (statement, readout, fact sheet) treats many subjects or one.

`training/train_topics.py` fits all three and writes `models/topics.skops`.
"""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from spacy.attrs import IS_ALPHA, IS_STOP, LOWER, ORTH
from spacy.strings import get_string_id
from spacy.tokens import Doc, Span

from nlp.records import Topic
from nlp.topic_terms import Hits, term_list

Matrix = NDArray[np.float64]

CARRIED = 0.5
"""From this probability on, `sentence_topics` says that a sentence carries a topic."""

ENUMERATING_GENRES = ("joint_statement", "readout", "fact_sheet")
"""Forms that treat many subjects, each in a few sentences."""

_LEAD_SENTENCES = 3
_TITLE_WEIGHT = 2.0
_LEAD_WEIGHT = 0.5  # what the first two sentences count beyond the others
_MOST_TERMS = 6  # further ones tell nothing
_CARRIED_SCALE = 3.0  # brings the logarithm of up to twenty topics near 1
WORD_WEIGHT = 0.7
"""Length of a sentence's word counts beside its mean vector, which has length 1 (0.5, 0.7 and none were tried on held-back sentences:
F1 0.645, 0.656 and 0.608)."""
_PROBABILITY_FLOOR = 0.02  # the classifier alone may not outvote a strong term of a rare topic
TOPIC_BIAS = 0.5
"""Scale of the topics' own columns in the document model: small, so that few documents move them little."""


class Words:
    """The words that the classifier knows, each with its column and how rare it is (inverse document frequency)."""

    def __init__(self, rarity: Mapping[str, float]) -> None:
        """`rarity` of each word in lower case, in the order of the columns."""
        self.rarity = dict(rarity)
        self._columns = {get_string_id(word): (i, weight) for i, (word, weight) in enumerate(self.rarity.items())}

    def counts(self, sentences: Iterable[Span]) -> csr_matrix:
        """One row per sentence, one column per word: 1 + log of how often it stands there, times rarity; rows of length `WORD_WEIGHT`."""
        places: list[int] = []
        values: list[float] = []
        ends = [0]
        doc: Doc | None = None
        for span in sentences:
            if span.doc is not doc:
                doc = span.doc
                tokens = doc.to_array([LOWER, IS_ALPHA, IS_STOP])
                lower, telling = tokens[:, 0].tolist(), ((tokens[:, 1] == 1) & (tokens[:, 2] == 0)).tolist()
            found = Counter(lower[i] for i in range(span.start, span.end) if telling[i])
            row = [(column[0], (1.0 + math.log(n)) * column[1]) for key, n in found.items() if (column := self._columns.get(key))]
            length = math.sqrt(sum(value * value for _, value in row)) / WORD_WEIGHT
            places += [place for place, _ in row]
            values += [value / length for _, value in row]
            ends.append(len(places))
        return csr_matrix((values, places, ends), shape=(len(ends) - 1, len(self.rarity)))


@dataclass(frozen=True, slots=True)
class TopicModel:
    """The fitted numbers. Classifier: one column per topic; `combine`, `lexical` and `document` are shared by all topics."""

    codes: tuple[str, ...]
    words: Words
    weights: Matrix
    offsets: Matrix
    combine: tuple[Matrix, float]
    lexical: tuple[Matrix, float]
    document: tuple[Matrix, float]
    threshold: float
    training_hash: str


@functools.cache
def load_model() -> TopicModel:
    """The shipped model, read at first use.

    Raises ValueError when it was made for another list of topics than the term list's.
    """
    import skops.io

    saved: dict[str, Any] = skops.io.loads(resources.files("nlp").joinpath("models", "topics.skops").read_bytes())
    if tuple(saved["codes"]) != term_list().codes:
        raise ValueError("nlp/models/topics.skops: made for another list of topics: run python -m nlp.training.train_topics")
    return TopicModel(
        codes=tuple(saved["codes"]),
        words=Words(saved["words"]),
        weights=saved["weights"].astype(np.float64),
        offsets=saved["offsets"],
        combine=(saved["combine"].coef_[0], float(saved["combine"].intercept_[0])),
        lexical=(saved["lexical"].coef_[0], float(saved["lexical"].intercept_[0])),
        document=(saved["document"].coef_[0], float(saved["document"].intercept_[0])),
        threshold=float(saved["threshold"]),
        training_hash=str(saved["training_hash"]),
    )


@functools.cache
def topic_table() -> tuple[dict[str, Any], ...]:
    """The rows of `lexicons/topics.json`: code, label, definition and the matching codes of other lists."""
    data = json.loads(resources.files("nlp.lexicons").joinpath("topics.json").read_text(encoding="utf-8"))
    return tuple(data["topics"])


def sentence_topics(text: str) -> dict[str, float]:
    """The topics a sentence's words name, with the probability that it is about them; only those of at least `CARRIED`.

    By terms alone: it finds each item of an enumeration and needs no `Doc`.
    """
    found = term_list().find(text)
    return {code: score for code, score in _by_terms(load_model(), found).items() if score >= CARRIED} if found else {}


def topics(doc: Doc) -> Iterator[Topic]:
    """The document's subjects, most probable first; offsets and evidence are those of the strongest sentence.

    Leaves on `doc._.sentence_topics` what it found in each sentence: first code point of the sentence → topic → probability.
    """
    model = load_model()
    text = doc.text
    sentences = [sentence for sentence in doc.sents if not text[sentence.start_char : sentence.end_char].isspace()]
    if not sentences:
        return
    found = [term_list().find(text[sentence.start_char : sentence.end_char]) for sentence in sentences]
    probabilities, terms = (
        combine(model, found, classify(model.words, model.weights, model.offsets, sentences)),
        strong_terms(model.codes, found),
    )
    carried = np.maximum(probabilities, named(model, found))
    doc._.sentence_topics = {
        sentence.start_char: {model.codes[t]: float(row[t]) for t in np.flatnonzero(row >= CARRIED)}
        for sentence, row in zip(sentences, carried)
    }
    in_title = np.array([sentence.start_char < doc._.body_start for sentence in sentences])
    scores = document_scores(model, probabilities, terms, in_title, doc._.genre)
    weighed = probabilities if in_title.all() else np.where(in_title[:, None], 0.0, probabilities)
    for topic in np.argsort(-scores, kind="stable"):
        if scores[topic] < model.threshold:
            break
        strongest = sentences[int(np.argmax(weighed[:, topic]))]
        start = strongest.start_char
        end = start + len(text[start : strongest.end_char].rstrip())
        score = float(scores[topic])
        yield Topic(
            start=start,
            end=end,
            evidence_spans=(start, end),
            confidence=score,
            topic=model.codes[topic],
            score=score,
        )


def classify(words: Words, weights: Matrix, offsets: Matrix, sentences: Sequence[Span]) -> Matrix:
    """The classifier's probabilities: one row per sentence, one column per topic."""
    vectors = sentence_vectors(sentences)
    return sigmoid(vectors @ weights[: vectors.shape[1]] + words.counts(sentences) @ weights[vectors.shape[1] :] + offsets)


def named(model: TopicModel, found: Sequence[dict[str, Hits]]) -> Matrix:
    """The probabilities by terms alone, as `sentence_topics` tells them: in a long enumeration the classifier sees no single item."""
    column = {code: i for i, code in enumerate(model.codes)}
    scores = np.zeros((len(found), len(model.codes)))
    for row, hits_of in enumerate(found):
        for code, score in _by_terms(model, hits_of).items():
            scores[row, column[code]] = score
    return scores


def _by_terms(model: TopicModel, found: Mapping[str, Hits]) -> dict[str, float]:
    if not found:
        return {}
    weights, offset = model.lexical
    scores = sigmoid(np.array([lexical_features(hits) for hits in found.values()]) @ weights + offset)
    return {code: float(score) for code, score in zip(found, scores)}


def strong_terms(codes: Sequence[str], found: Sequence[dict[str, Hits]]) -> Matrix:
    """How many different strong terms of each topic (column) each sentence (row) holds."""
    column = {code: i for i, code in enumerate(codes)}
    counts = np.zeros((len(found), len(codes)))
    for row, hits_of in enumerate(found):
        for code, hits in hits_of.items():
            counts[row, column[code]] = hits.strong
    return counts


def combine(model: TopicModel, found: Sequence[dict[str, Hits]], classified: Matrix) -> Matrix:
    """The joint probability from the terms found and the classifier's probabilities."""
    weights, offset = model.combine
    return np.asarray(sigmoid(combined_features(model.codes, found, classified) @ weights + offset))


def combined_features(codes: Sequence[str], found: Sequence[dict[str, Hits]], classified: Matrix) -> Matrix:
    """For each sentence and topic: the lexical features and the classifier's log-odds."""
    column = {code: i for i, code in enumerate(codes)}
    features = np.zeros((*classified.shape, 5))
    for row, hits_of in enumerate(found):
        for code, hits in hits_of.items():
            features[row, column[code], :4] = lexical_features(hits)
    clipped = np.clip(classified, _PROBABILITY_FLOOR, 1 - _PROBABILITY_FLOOR)
    features[:, :, 4] = np.log(clipped / (1 - clipped))
    return features


def lexical_features(hits: Hits) -> tuple[float, float, float, float]:
    """A strong term, a second one, a weak term, a second one."""
    return float(hits.strong > 0), float(hits.strong > 1), float(hits.weak > 0), float(hits.weak > 1)


def sentence_vectors(sentences: Iterable[Span]) -> Matrix:
    """The mean vector of a sentence's words (letters only, no stop words), of length 1; zeros where it has none."""
    rows = []
    doc: Doc | None = None
    for span in sentences:
        if span.doc is not doc:
            doc = span.doc
            table = doc.vocab.vectors
            words = doc.to_array([ORTH, IS_ALPHA, IS_STOP])
            telling = (words[:, 1] == 1) & (words[:, 2] == 0)
            places = np.full(len(doc), -1)
            if telling.any():
                places[telling] = table.find(keys=words[telling, 0])
        here = places[span.start : span.end]
        here = here[here >= 0]
        mean = table.data[here].mean(axis=0) if len(here) else np.zeros(table.shape[1])
        rows.append(mean / (np.linalg.norm(mean) + 1e-9))
    return np.asarray(rows, dtype=np.float64)


def document_scores(model: TopicModel, probabilities: Matrix, terms: Matrix, in_title: NDArray[np.bool_], genre: str) -> Matrix:
    """For each topic the probability that the document carries it."""
    weights, offset = model.document
    return np.asarray(sigmoid(document_features(probabilities, terms, in_title, genre) @ weights + offset))


def document_features(probabilities: Matrix, terms: Matrix, in_title: NDArray[np.bool_], genre: str) -> Matrix:
    """For each topic: title, best of the lead, root of the share of the text, best and second best sentence, weight beside the
    strongest topic, the form and its products with the best sentence and the weight, how many strong terms fall in the body, how many
    topics the body carries and that times the weight (many topics raise the bar for each), and the topic itself."""
    count = probabilities.shape[1]
    title = probabilities[in_title].max(axis=0) if in_title.any() else np.zeros(count)
    body = probabilities[~in_title] if not in_title.all() else np.zeros((1, count))
    ranked = np.sort(body, axis=0)[::-1]
    best = ranked[0]
    second = ranked[1] if len(ranked) > 1 else np.zeros(count)
    mass = body.sum(axis=0) + _TITLE_WEIGHT * title + _LEAD_WEIGHT * body[:2].sum(axis=0)
    beside = mass / (mass.max() + 1e-6)
    form = np.full(count, float(genre in ENUMERATING_GENRES))
    told = np.log1p(np.minimum(terms[~in_title].sum(axis=0), _MOST_TERMS))
    carried = np.full(count, np.log1p((body >= CARRIED).any(axis=0).sum()) / _CARRIED_SCALE)
    lead = body[:_LEAD_SENTENCES].max(axis=0)
    shared = [
        title,
        lead,
        np.sqrt(body.mean(axis=0)),
        best,
        second,
        beside,
        form,
        form * best,
        form * beside,
        told,
        carried,
        carried * beside,
    ]
    return np.hstack([np.stack(shared, axis=1), np.eye(count) * TOPIC_BIAS])


def sigmoid(x: Matrix) -> Matrix:
    """The logistic function, rounded: the last digits of a sum of floats differ with the memory layout of a batch."""
    return np.round(1.0 / (1.0 + np.exp(-x)), 6)
