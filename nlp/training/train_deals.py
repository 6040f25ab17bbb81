"""Fit the weights that tell deals, their parties and status, from the deal layer of the annotated passages.

    python -m nlp.training.train_deals

The passages say which deals a text has, not where they stand. An amount is aligned to the deal of that value; a deal without a value
in the text to the word of dealing whose sentence names its parties best. Passages that are held back are never read.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from nlp import deal_model, pipeline
from nlp.deal_anchors import Anchor, anchors
from nlp.deal_frames import GROUPS, Frame
from nlp.deal_lexicon import frames_of_verbs, kinds_of_nouns
from nlp.deal_model import DealModel, read_regression
from nlp.deal_reading import NONE, RIGHT, WRONG, readings, status_features
from nlp.deal_roles import Candidate, role_candidates
from nlp.records import Amount, Text
from nlp.training.corpus import Passage, is_held_back, load_passages, to_gold
from nlp.training.matching import name_words, same_amount, same_name, same_party, similar_name

MODEL = Path(deal_model.__file__).parent / "models" / "deals.json"
STRENGTH = {"money": 0.5, "trigger": 0.2, "roles": 0.2, "status": 0.3, "judge": 0.1}
"""Inverse strength of the L2 penalties."""
THRESHOLDS = {"anchor": 0.18, "party": 0.35, "least_party": 0.2, "target": 0.1, "money": 0.2, "word": 0.6, "rule": 0.1}
"""From these probabilities on an anchor, a party, the likeliest party, a target, a reading (at an amount, a word, by rule) count."""
FOLDS = 4
_MIN_COUNT = 2
_DIGITS = 3
_LEAST_WEIGHT = 0.02
_FAMILY_OF_FRAME = {
    "buy": ("takeover", "contract"), "pay": ("takeover", "contract", "finance"), "sell": ("takeover", "contract"), "take": ("takeover",),
    "invest": ("investment", "finance"), "lend": ("finance",), "give": ("finance", "contract"), "fund": ("finance", "investment"),
    "guarantee": ("finance",), "raise": ("investment", "listing", "takeover"), "receive": ("finance", "contract", "investment"),
    "order": ("contract",), "supply": ("contract",), "merge": ("takeover",), "build": ("investment", "contract"), "list": ("listing",),
}  # fmt: skip
_FAMILIES_OF_VERBS = {"takeover", "contract", "finance"}
_FAMILY_OF_NOUN = {
    "acquisition": ("takeover",), "bid": ("takeover",), "merger": ("takeover",), "stake": ("takeover",), "sale": ("takeover", "contract"),
    "investment": ("investment",), "loan": ("finance",), "grant": ("finance",), "guarantee": ("finance",),
    "contract": ("contract",), "joint_venture": ("investment",), "funding_round": ("investment",), "listing": ("listing",),
    "project": ("investment", "contract"),
}  # fmt: skip


@dataclasses.dataclass(slots=True, eq=False)
class Example:
    """An anchor without its `Doc`: its kind ("none" where no deal is told), features, and where it tells one its roles and status."""

    label: str
    by_money: bool
    features: list[str]
    roles: list[tuple[list[str], str]] = dataclasses.field(default_factory=list)
    status: tuple[list[str], str] | None = None


def read_examples(gold: dict[str, Any], doc: Doc) -> list[Example]:
    """The anchors of a document with what its annotated deals say of them; anchors that tell a deal a second time are left out."""
    found = list(anchors(doc))
    aligned = align(gold, doc, found)
    forms = _forms(gold)
    examples: list[Example] = []
    for i, anchor in enumerate(found):
        if i in aligned and aligned[i] is None:
            continue
        deal = aligned.get(i)
        example = Example(deal["kind"] if deal else NONE, anchor.money is not None, sorted(set(anchor.features)))
        if deal:
            candidates = role_candidates(anchor, deal["kind"])
            labels = role_labels(deal, candidates, forms)
            example.roles = [(sorted(set(c.features)), label) for c, label in zip(candidates, labels)]
            example.status = (sorted(set(status_features(anchor, deal["kind"]))), deal["status"])
        examples.append(example)
    return examples


def _forms(gold: dict[str, Any]) -> Callable[[str], list[str]]:
    organizations = [*gold["firms"], *gold["funds"]]
    return lambda name: [name, *(a for known in organizations if same_name(known["name"], name) for a in known.get("aliases", ()))]


def align(gold: dict[str, Any], doc: Doc, found: Sequence[Anchor]) -> dict[int, dict[str, Any] | None]:
    """The annotated deal of each anchor that tells one, by the anchor's number; None where it only tells again what another tells."""
    amounts = {row.start: row for row in doc._.amounts}
    forms = _forms(gold)
    aligned: dict[int, dict[str, Any] | None] = {}
    paid: set[int] = set()
    for number, anchor in enumerate(found):
        amount = amounts.get(anchor.money.idx) if anchor.money is not None else None
        if amount is None:
            continue
        same = [
            (n, d)
            for n, d in enumerate(gold["deals"])
            if d["amount"] is not None and d["currency"] == amount.currency and same_amount(d["amount"], amount.amount_min)
        ]
        if same:
            n, deal = max(same, key=lambda pair: (_named(pair[1], anchor, forms), pair[0] not in paid, -pair[0]))
            aligned[number] = deal
            paid.add(n)
    told = {number: anchor.place.number for number, anchor in enumerate(found) if number in aligned}
    for n, deal in enumerate(gold["deals"]):
        scores = {i: _fit(deal, a, forms) for i, a in enumerate(found) if a.money is None}
        best = max(scores.values(), default=0.0)
        if n in paid:
            for i, score in scores.items():
                if score >= 1.5 and i not in aligned:
                    same_place = any(found[k].place.number == found[i].place.number for k in told if aligned[k] is deal)
                    aligned[i] = None if same_place else deal if score == best else None
        elif best >= 1.5:
            for i, score in scores.items():
                if score == best and aligned.get(i) is None:
                    aligned[i] = deal
                    best = 10.0  # the first of the best
                elif score >= 1.5 and i not in aligned:
                    aligned[i] = None
    return aligned


def _named(deal: dict[str, Any], anchor: Anchor, forms: Callable[[str], list[str]]) -> float:
    """The share of a deal's parties that the anchor's sentence names."""
    text = set(name_words(anchor.place.sentence.text))
    clusters = [t.doc._.references.of(t) for t in anchor.place.tokens if t.ent_type_]
    names = {c.name for c in clusters if c is not None}
    parties = [*deal["buyers"], *deal["sellers"], *([deal["target"]] if deal["target"] else [])]
    if not parties:
        return 0.0
    hits = sum(any(same_party(p, name, forms) for name in names) or set(name_words(p)) <= text for p in parties)
    return hits / len(parties)


def _fit(deal: dict[str, Any], anchor: Anchor, forms: Callable[[str], list[str]]) -> float:
    """How well a word of dealing fits a deal: 1 for a fitting kind, up to 1 for named parties, 0.5 for a rule that reads both."""
    lemma, group = anchor.token.lemma_.lower(), GROUPS[deal["kind"]]
    if anchor.token.pos_ in ("VERB", "AUX"):
        groups = {g for frame in frames_of_verbs().get(lemma, ()) for g in _FAMILY_OF_FRAME.get(frame, ())} or {
            "takeover",
            "contract",
            "finance",
        }
    else:
        groups = set(_FAMILY_OF_NOUN.get(kinds_of_nouns().get(lemma, ""), ()))
    named = _named(deal, anchor, forms)
    if (group not in groups and group != "other") or named == 0.0:
        return 0.0
    ruled = any(f.group == group and any(same_party(b, p.name, forms) for b in deal["buyers"] for p in f.buyers) for f in anchor.frames)
    return 1.0 + named + 0.5 * ruled


def role_labels(deal: dict[str, Any], candidates: Sequence[Candidate], forms: Callable[[str], list[str]]) -> list[str]:
    """The role of each candidate; of the phrases that are like the target only those most like it are it."""
    labels = []
    target = deal["target"]
    likeness = [_likeness(target, c.party.name) if target else 0.0 for c in candidates]
    best = max(likeness, default=0.0)
    for candidate, like in zip(candidates, likeness):
        name = candidate.party.name
        if any(same_party(b, name, forms) for b in deal["buyers"]):
            labels.append("buyer")
        elif any(same_party(s, name, forms) for s in deal["sellers"]):
            labels.append("seller")
        elif target and (same_party(target, name, forms) if candidate.party.label else like == best and similar_name(target, name)):
            labels.append("target")
        else:
            labels.append("none")
    return labels


def _likeness(one: str, other: str) -> float:
    a, b = set(name_words(one)), set(name_words(other))
    return len(a & b) / len(a | b) if a | b else 0.0


def fit(features: Sequence[list[str]], labels: Sequence[str], strength: float) -> dict[str, Any]:
    """A regression as the JSON object that `deal_model.read_regression` reads."""
    counts = collections.Counter(name for names in features for name in names)
    columns = {name: i for i, name in enumerate(sorted(name for name, n in counts.items() if n >= _MIN_COUNT))}
    places = [(i, columns[name]) for i, names in enumerate(features) for name in names if name in columns]
    rows, cols = zip(*places)
    table = csr_matrix((np.ones(len(places)), (rows, cols)), shape=(len(features), len(columns)))
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-4).fit(table, list(labels))
    coefficients = model.coef_ if len(model.classes_) > 2 else np.vstack([-model.coef_ / 2, model.coef_ / 2])
    offset = model.intercept_ if len(model.classes_) > 2 else np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])
    weights = np.round(coefficients.T, _DIGITS)
    kept = {name: weights[i].tolist() for name, i in columns.items() if np.abs(weights[i]).max() >= _LEAST_WEIGHT}
    return {
        "classes": list(model.classes_),
        "offset": np.round(offset, _DIGITS).tolist(),
        "features": kept,
    }


def train(examples: Sequence[Example]) -> dict[str, Any]:
    """The regressions that make readings."""
    parts: dict[str, Any] = {}
    for name, by_money in (("money", True), ("trigger", False)):
        chosen = [e for e in examples if e.by_money == by_money]
        parts[name] = fit([e.features for e in chosen], [e.label for e in chosen], STRENGTH[name])
    roles = [pair for e in examples for pair in e.roles]
    parts["roles"] = fit([f for f, _ in roles], [label for _, label in roles], STRENGTH["roles"])
    statuses = [e.status for e in examples if e.status]
    parts["status"] = fit([f for f, _ in statuses], [label for _, label in statuses], STRENGTH["status"])
    return parts


def as_model(parts: dict[str, Any]) -> DealModel:
    """The trained parts ready to read with; without a judge where that is still to be trained."""
    regressions = {name: read_regression(parts[name]) for name in ("money", "trigger", "roles", "status")}
    judge = read_regression(parts["judge"]) if "judge" in parts else None
    return DealModel(**regressions, judge=judge, thresholds=dict(THRESHOLDS))


def judged(gold: dict[str, Any], doc: Doc, model: DealModel) -> list[tuple[list[str], str]]:
    """The features of each reading of a document, and whether an annotated deal is like it."""
    amounts = {row.start: row for row in doc._.amounts}
    forms = _forms(gold)
    found = []
    for reading in readings(doc, model):
        amount = amounts.get(reading.frame.money.idx) if reading.frame.money is not None else None
        right = any(_is_right(deal, reading.frame, amount, forms) for deal in gold["deals"])
        found.append((sorted(set(reading.features)), RIGHT if right else WRONG))
    return found


def _is_right(deal: dict[str, Any], frame: Frame, amount: Amount | None, forms: Callable[[str], list[str]]) -> bool:
    if GROUPS[deal["kind"]] != frame.group:
        return False
    paid = deal["amount"] is not None and amount is not None and same_amount(deal["amount"], amount.amount_min)
    if amount is not None and not paid:
        return False
    if deal["target"] and not paid and not same_party(deal["target"], frame.target, forms):
        return False
    return not deal["buyers"] or any(same_party(b, p.name, forms) for b in deal["buyers"] for p in frame.buyers)


def train_judge(documents: Sequence[tuple[dict[str, Any], Doc, str]], examples: Sequence[Sequence[Example]]) -> dict[str, Any]:
    """The judge, on readings by weights that have not seen the reading's file."""
    files = {name: i % FOLDS for i, name in enumerate(sorted({file for _, _, file in documents}))}
    pairs: list[tuple[list[str], str]] = []
    for fold in range(FOLDS):
        model = as_model(train([e for found, (_, _, file) in zip(examples, documents) if files[file] != fold for e in found]))
        for gold, doc, file in documents:
            if files[file] == fold:
                pairs += judged(gold, doc, model)
    return fit([f for f, _ in pairs], [label for _, label in pairs], STRENGTH["judge"])


def corpus_hash(passages: Sequence[Passage]) -> str:
    """Hash of the annotated passages that the committed weights must carry."""
    digest = hashlib.blake2b(digest_size=8)
    for passage in passages:
        digest.update(json.dumps(dataclasses.asdict(passage), sort_keys=True, default=str).encode())
    return digest.hexdigest()


def training_passages() -> list[Passage]:
    """The passages that are trained on."""
    return [p for p in load_passages() if not is_held_back(p)]


def read_passages(passages: Sequence[Passage]) -> list[tuple[dict[str, Any], Doc, str]]:
    """Annotation, `Doc` as the pipeline leaves it before the deals, and file of each passage."""
    components = pipeline.RECORD_COMPONENTS[: pipeline.RECORD_COMPONENTS.index("communique_deals")]
    extractor = pipeline.Extractor(pipeline.build(components=components), "training")
    found: list[tuple[dict[str, Any], Doc, str]] = []
    for start in range(0, len(passages), pipeline.BATCH_DOCUMENTS):
        batch = passages[start : start + pipeline.BATCH_DOCUMENTS]
        found += [(to_gold(p), doc, p.file) for p, doc in zip(batch, extractor.annotate([_text(p) for p in batch]))]
    return found


def _text(passage: Passage) -> Text:
    day = dt.date.fromisoformat(passage.date) if passage.date else None
    return Text(text=passage.text, title=passage.title, published_on=day, publisher=passage.publisher)


def train_all(documents: Sequence[tuple[dict[str, Any], Doc, str]]) -> dict[str, Any]:
    """All regressions, from annotated documents."""
    examples = [read_examples(gold, doc) for gold, doc, _ in documents]
    parts = train([e for found in examples for e in found])
    return {**parts, "judge": train_judge(documents, examples)}


def main() -> None:
    """Train on all passages that are not held back."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    passages = training_passages()
    model = {
        "source": "nlp/training/texts, four fifths; written by python -m nlp.training.train_deals",
        "texts": corpus_hash(passages),
        "thresholds": THRESHOLDS,
        **train_all(read_passages(passages)),
    }
    MODEL.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
