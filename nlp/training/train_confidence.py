"""Fit the probabilities on the rows: `python -m nlp.training.train_confidence`.

The pipeline reads the documents of `documents/` and the held-back fifth of the passages, which nothing else is trained on; each row it
finds is right or not by the rules of evaluation (`scoring`; mentions: same span, same label). A logistic regression per table learns
that from `nlp.confidence.features`; its strength is chosen, and its figures are made, on documents that it has not seen (ten folds).
So is the probability below which rows are left out: the lowest whose F1 is within `_LEAST_GAIN` of the best.
Writes `nlp/models/confidence.json`: weights, figures, and the hash of the texts. Indirect quotations are not annotated: they take the
weights of the direct ones.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlp import confidence
from nlp.pipeline import BATCH_DOCUMENTS, RECORD_COMPONENTS, Extractor, build
from nlp.records import RECORD_TABLES, Record, Text
from nlp.training.corpus import TEXTS, Passage, is_held_back, load_passages, to_gold
from nlp.training.matching import actor_key
from nlp.training.scoring import QUOTE_WORDS, pair, score_document

DOCUMENTS = TEXTS.parent / "documents"
MODEL = Path(confidence.__file__).parent / "models" / confidence.MODEL
MEASURES = {
    "officials": "officials (person, jurisdiction, role, office)",
    "firms": "firms",
    "funds": "funds",
    "amounts": "amounts (value, currency)",
    "deals": "deals (kind, parties, value)",
    "cooperations": "cooperation (actors, act)",
    "instruments": "instruments",
    "topics": "topics",
    "quotes": "quotes (speaker, text)",
}
"""By which measure a row of a table is right."""

DOCUMENT_WEIGHT = 3.0
"""What a row of a whole document counts beside a row of a passage: passages are cut and packed with what is hard, documents are what is
read in the end. Officials in documents are right in 0.91, in passages in 0.76."""
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
_FOLDS = 10
_LEAST_ROWS = 40  # below, a table keeps the rules' sureness
_DIGITS = 4
_LEAST = {"officials", "firms"}  # of the others a single sentence without context would lose rows that are right
_LEAST_GAIN = 0.005
_THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3)  # no higher: documents of other kinds hold more rows that are right


@dataclasses.dataclass
class Sample:
    """The rows of one table: what tells, whether right, which document each is from, and what it counts."""

    features: list[confidence.Features] = dataclasses.field(default_factory=list)
    right: list[bool] = dataclasses.field(default_factory=list)
    source: list[str] = dataclasses.field(default_factory=list)
    weight: list[float] = dataclasses.field(default_factory=list)
    annotated: int = 0
    """Annotated records, found or not."""


def texts() -> list[Passage]:
    """Documents and passages that no weights but these have seen."""
    documents = load_passages(DOCUMENTS) if DOCUMENTS.is_dir() else []
    return documents + [passage for passage in load_passages() if is_held_back(passage)]


def texts_hash() -> str:
    """Hash of the annotated texts that the committed weights must carry."""
    digest = hashlib.blake2b(digest_size=8)
    for passage in texts():
        digest.update(json.dumps(dataclasses.asdict(passage), sort_keys=True, default=str).encode())
    return digest.hexdigest()


def read(passages: Sequence[Passage]) -> dict[str, Sample]:
    """All rows that the pipeline finds in some texts, by table."""
    extractor = Extractor(language=build(components=[c for c in RECORD_COMPONENTS if c != "communique_confidence"]), version="")
    samples: dict[str, Sample] = defaultdict(Sample)
    whole = {document.id for document in load_passages(DOCUMENTS)} if DOCUMENTS.is_dir() else set()
    for start in range(0, len(passages), BATCH_DOCUMENTS):
        batch = passages[start : start + BATCH_DOCUMENTS]
        for passage, doc in zip(batch, extractor.annotate([_text(passage) for passage in batch])):
            judged_rows = list(_judge(passage, doc))
            right = {table: judged for table, judged, _ in judged_rows}
            for table, _, annotated in judged_rows:
                samples[table].annotated += annotated
            for table in RECORD_TABLES:
                for found, judged in zip(confidence.features(doc, table), right[table], strict=True):
                    if judged is not None:
                        samples[table].features.append(found)
                        samples[table].right.append(judged)
                        samples[table].source.append(passage.id)
                        samples[table].weight.append(DOCUMENT_WEIGHT if passage.id in whole else 1.0)
    return samples


def _text(passage: Passage) -> Text:
    day = dt.date.fromisoformat(passage.date) if passage.date else None
    return Text(text=passage.text, title=passage.title, published_on=day, publisher=passage.publisher, doc_id=passage.id)


def _judge(passage: Passage, doc: Any) -> Iterator[tuple[str, list[bool | None], int]]:
    """By table whether each record is right (None where its kind is not annotated), and how many records are annotated."""
    records: dict[str, list[Record]] = {table: list(getattr(doc._, table)) for table in RECORD_TABLES}
    rows = {table: [_row(record) for record in found] for table, found in records.items()}
    comparisons = {c.measure: c for c in score_document(to_gold(passage), {"genre": "", "published_on": None, "parties": []}, rows)}
    for table, measure in MEASURES.items():
        comparison = comparisons[measure]
        annotated = len(comparison.annotated)
        hits = [comparison.found[number] for number in pair(comparison.annotated, comparison.found, comparison.same).values()]
        judged: list[bool | None]
        if table == "cooperations":
            judged = [(tuple(sorted(map(actor_key, row["actor_codes"]))), row["act"]) in hits for row in rows[table]]
        elif table == "topics":
            judged = [row["topic"] in hits for row in rows[table]]
        elif table == "instruments":
            judged = [row["name"] in hits for row in rows[table]]
        elif table == "quotes":
            direct = [row["kind"] == "direct" and len(row["text"].split()) >= QUOTE_WORDS for row in rows[table]]
            judged = [any(row is hit for hit in hits) if kind else None for row, kind in zip(rows[table], direct)]
        else:
            judged = [any(row is hit for hit in hits) for row in rows[table]]
        yield table, judged, annotated
    body = doc._.body_start
    spans = set(passage.title_spans) | {(a + body, b + body, label) for a, b, label in passage.spans}
    yield "mentions", [(row["start"], row["end"], row["label"]) in spans for row in rows["mentions"]], len(spans)


def _row(record: Record) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def fit(sample: Sample, strength: float, chosen: NDArray[np.intp] | None = None) -> confidence.Weights:
    """The regression over all rows of a sample, or the chosen ones; features are scaled to equal spread and back."""
    places = range(len(sample.right)) if chosen is None else chosen
    names = sorted({name for i in places for name in sample.features[i]})
    table = np.array([[sample.features[i].get(name, 0.0) for name in names] for i in places])
    right = np.array([sample.right[i] for i in places])
    weight = np.array([sample.weight[i] if sample.weight else 1.0 for i in places])
    if right.all() or not right.any():  # nothing to tell apart: the share, kept off certainty by one row of the other kind
        share = (right.sum() + 0.5) / (len(right) + 1)
        return confidence.Weights(float(np.log(share / (1 - share))), {})
    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=strength, max_iter=1000).fit((table - mean) / spread, right, sample_weight=weight)
    weights = model.coef_[0] / spread
    offset = float(model.intercept_[0] - (weights * mean).sum())
    kept = {name: round(float(w), _DIGITS) for name, w in zip(names, weights) if abs(w) >= 10.0**-_DIGITS}
    return confidence.Weights(round(offset, _DIGITS), kept)


def unseen(sample: Sample, strength: float) -> NDArray[np.float64]:
    """The probability of each row by weights that have not seen its document."""
    found = np.zeros(len(sample.right))
    places = np.arange(len(sample.right))
    folds = GroupKFold(min(_FOLDS, len(set(sample.source))))
    for inside, outside in folds.split(places, groups=sample.source):
        weights = fit(sample, strength, inside)
        found[outside] = [weights.probability(sample.features[i]) for i in outside]
    return found


def log_loss(probabilities: NDArray[np.float64], right: Sequence[bool]) -> float:
    """Mean negative log-likelihood, in nats."""
    truth = np.array(right)
    return float(-np.mean(np.log(np.where(truth, probabilities, 1 - probabilities))))


def figures(probabilities: NDArray[np.float64], right: Sequence[bool]) -> dict[str, float]:
    """Rows, precision, mean probability, and precision in the upper and in the lower third by probability."""
    order = np.argsort(probabilities, kind="stable")
    third = max(1, len(order) // 3)
    truth = np.array(right)
    return {
        "rows": len(order),
        "precision": round(float(truth.mean()), 3),
        "mean": round(float(probabilities.mean()), 3),
        "upper_third": round(float(truth[order[-third:]].mean()), 3),
        "lower_third": round(float(truth[order[:third]].mean()), 3),
    }


def least(probabilities: NDArray[np.float64], right: Sequence[bool], annotated: int) -> float:
    """The probability below which rows are best left out: the lowest of 0 and `_THRESHOLDS` with F1 within `_LEAST_GAIN` of the best."""
    truth = np.array(right)

    def f1(threshold: float) -> float:
        kept = probabilities >= threshold
        return float(2 * truth[kept].sum() / (kept.sum() + annotated))

    best = max(f1(one) for one in (0.0, *_THRESHOLDS))
    return next(one for one in (0.0, *_THRESHOLDS) if f1(one) >= best - _LEAST_GAIN)


def main() -> None:
    """Fit each table and write the weights."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    samples = read(texts())
    tables: dict[str, Any] = {}
    for table in RECORD_TABLES:
        sample = samples[table]
        if len(sample.right) < _LEAST_ROWS:
            print(f"{table:13} {len(sample.right)} rows are too few: the rules' sureness stays")
            continue
        trials = {strength: unseen(sample, strength) for strength in STRENGTHS}
        strength = min(STRENGTHS, key=lambda s: log_loss(trials[s], sample.right))
        weights = fit(sample, strength)
        lowest = least(trials[strength], sample.right, sample.annotated) if table in _LEAST else 0.0
        kept = trials[strength] >= lowest
        seen = figures(trials[strength][kept], [right for right, one in zip(sample.right, kept) if one])
        print(f"{table:13} strength {strength:<6} least {lowest:<5} " + "  ".join(f"{name} {value}" for name, value in seen.items()))
        tables[table] = {
            "offset": weights.offset,
            "least": lowest,
            "weights": dict(weights.weights),
            "strength": strength,
            "unseen": seen,
        }
    model = {
        "source": "nlp/training/documents, held-back fifth of nlp/training/texts; written by python -m nlp.training.train_confidence",
        "texts": texts_hash(),
        "tables": tables,
    }
    MODEL.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
