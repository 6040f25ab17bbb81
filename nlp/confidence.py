"""How probable is it that a row is right? The rules' own sureness, and what else the row and its place tell, weighed per table.

A logistic regression per table over `features`. `training/train_confidence.py` fits it on documents and passages that nothing else
was trained on, and writes `models/confidence.json`. Where leaving out the least probable rows of a table makes its F1 there better, they
are left out.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
from spacy.attrs import ENT_KB_ID, ENT_TYPE
from spacy.tokens import Doc, Span, Token

from nlp import capitals, columns, lexicons
from nlp.records import RECORD_TABLES, Amount, Cooperation, Deal, Firm, Fund, Instrument, Mention, Official, Quote, Record, Topic

MODEL = "confidence.json"

Features = dict[str, float]

_DECIMALS = 4  # float32 in the tables; and no trace of the neighbours in a batch
_SUREST = 0.995
_FAR = 30.0
_LONG_SENTENCE = 40  # tokens
_SHORT_DOCUMENT = 250  # tokens
_STATES = ("COUNTRY", "NORP", "BLOC")
_NEAR = 4  # tokens
_NAMES = ("firms", "funds", "instruments")
_OPENING = frozenset({".", "!", "?", ":", "•", "–", "—", "-", "“", '"', "*", ";"})
_LINKS = frozenset({"of", "the", "and", "for", "on", "in", "to"})
_PLACING = frozenset({"in", "near", "to", "from", "into"})
_PLAIN_NEWS = ("news", "other")


@dataclasses.dataclass(frozen=True, slots=True)
class Weights:
    """A table's regression: probability = logistic(`offset` + Σ weight · value), features that are missing count as 0.

    Rows less probable than `least` do not stand in the table.
    """

    offset: float
    weights: Mapping[str, float]
    least: float = 0.0

    def probability(self, features: Features) -> float:
        """Probability that a row with these features is right."""
        score = self.offset + sum(self.weights.get(name, 0.0) * value for name, value in sorted(features.items()))
        return round(min(_SUREST, max(1.0 - _SUREST, 1.0 / (1.0 + math.exp(-max(-_FAR, min(_FAR, score)))))), _DECIMALS)


@cache
def load_weights() -> dict[str, Weights]:
    """The shipped weights by table, read at first use."""
    raw: dict[str, Any] = json.loads(resources.files("nlp").joinpath("models", MODEL).read_text(encoding="utf-8"))
    return {table: Weights(one["offset"], one["weights"], one.get("least", 0.0)) for table, one in raw["tables"].items()}


def calibrate(doc: Doc, tables: Iterable[str] = tuple(RECORD_TABLES)) -> Doc:
    """Replace the rules' sureness on each record of a document by its probability, and leave out those less probable than the least.

    A table without weights keeps the rules' sureness. What tells on one table is read before any is changed.
    """
    weights, facts = load_weights(), _Facts(doc)
    found = {table: list(features(doc, table, facts)) for table in tables if table in weights}
    for table, rows in found.items():
        probable = [(weights[table].probability(row), record) for row, record in zip(rows, getattr(doc._, table), strict=True)]
        kept = [dataclasses.replace(record, confidence=sure) for sure, record in probable if sure >= weights[table].least]
        setattr(doc._, table, kept)
    return doc


class _Facts:
    """What the records of a document share, each found when it is first asked for: to walk the tokens is what costs here."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self._marks = doc.to_array([ENT_TYPE, ENT_KB_ID])
        self._sentences: dict[int, Features] = {}

    @cached_property
    def states(self) -> Counter[str]:
        """How often the document names each state and bloc."""
        strings = self.doc.vocab.strings
        codes = self._marks[
            np.isin(self._marks[:, 0], np.array([strings[label] for label in _STATES], dtype=np.uint64)) & (self._marks[:, 1] != 0), 1
        ]
        return Counter({strings[code]: int(count) for code, count in zip(*np.unique(codes, return_counts=True))})

    @cached_property
    def people(self) -> frozenset[str]:
        """The names of persons."""
        places = np.flatnonzero(self._marks[:, 0] == self.doc.vocab.strings["PERSON"])
        return frozenset(self.doc[int(i)].text.casefold() for i in places)

    @cached_property
    def headings(self) -> set[int]:
        """The tokens within headings."""
        return capitals.within_headings(self.doc)

    @cached_property
    def small(self) -> frozenset[str]:
        """The words that stand without a capital."""
        return columns.small_words(self.doc)

    @cached_property
    def sentences(self) -> int:
        """How many sentences there are, at least 1."""
        return max(1, sum(1 for _ in self.doc.sents))

    def of_sentence(self, sentence: Span) -> Features:
        """What a sentence tells of all records in it."""
        if sentence.start not in self._sentences:
            here = {token.ent_kb_id_ for token in sentence if token.ent_type_ in _STATES and token.ent_kb_id_}
            self._sentences[sentence.start] = {
                "long_sentence": float(len(sentence) > _LONG_SENTENCE),
                "no_verb": float(not any(token.pos_ in ("VERB", "AUX") for token in sentence)),
                "capitals": float(sentence.text.isupper()),
                "sentence_one_state": float(len(here) == 1),
                "sentence_states": float(len(here) > 1),
            }
        return self._sentences[sentence.start]


def features(doc: Doc, table: str, facts: _Facts | None = None) -> Iterator[Features]:
    """What tells whether they are right, for each of the records of a table that stand on a `Doc`, in their order."""
    records = getattr(doc._, table)
    if not records:
        return
    own, facts = _OWN[table], facts or _Facts(doc)
    parties = _deal_parties(doc) if table in ("firms", "funds") else frozenset()
    for place, record in enumerate(records):
        span = doc.char_span(record.start, record.end, alignment_mode="expand")
        if span is None or not len(span):
            yield {"raw": _logit(record.confidence)}
            continue
        common = _common(doc, record, span, facts)
        if table in ("firms", "funds"):
            common["in_deal"] = float(record.name.casefold() in parties)
        if table in _NAMES:
            common |= _where(doc, record, span, facts)
        if table == "topics":
            common["rank"] = _rank(records, place)
        yield common | own(doc, record, span, facts)


def _logit(probability: float) -> float:
    bounded = min(0.99, max(0.01, probability))
    return math.log(bounded / (1.0 - bounded))


def _common(doc: Doc, record: Record, span: Span, facts: _Facts) -> Features:
    states = facts.states
    total = states.total()
    return {
        "raw": _logit(record.confidence),
        "title": float(record.start < doc._.body_start),
        "news": float(doc._.genre in _PLAIN_NEWS),
        "short_document": float(len(doc) < _SHORT_DOCUMENT),
        "states_none": float(not total),
        "states_few": float(len(states) == 1),
        "states_home": max(states.values()) / total if total else 0.0,
    } | facts.of_sentence(span.sent)


def _where(doc: Doc, record: Any, span: Span, facts: _Facts) -> Features:
    """How a name stands at its first mention, and of what kind the document is."""
    before = doc[span.start - 1] if span.start else None
    after = doc[span.end] if span.end < len(doc) else None
    words = record.name.split()
    alphabetic = [word for word in words if word.isalpha() and word not in _LINKS]
    plain = not lexicons.has_legal_form(record.name) and not lexicons.is_known_firm(record.name)
    known_words = float(bool(alphabetic) and plain and all(capitals.is_word(doc, word.lower()) for word in alphabetic))
    near = [token for token in doc[max(0, span.start - _NEAR) : span.end + _NEAR] if token.i not in range(span.start, span.end)]
    return {
        "begins": float(before is None or before.is_space or before.text in _OPENING),
        "heading": float(span.start in facts.headings),
        "known_words": known_words,
        "known_words_once": known_words * float(record.mention_count == 1),
        "written_small": float(all(word.lower() in facts.small for word in words)),
        "given_name": float(lexicons.is_given_name(words[0])),
        "cue": float(any(token.lower_ in lexicons.firm_cues() for token in near)),
        "beside_firm": float(any(token.ent_type_ == "FIRM" for token in near)),
        "beside_person": float(any(token.ent_type_ == "PERSON" for token in near)),
        "beside_money": float(any(token.ent_type_ == "MONEY" for token in near)),
        "behind_in": float(before is not None and before.lower_ in _PLACING),
        "behind_comma": float(before is not None and before.text == ","),
        "before_comma": float(after is not None and after.text == ","),
        "in_brackets": float(before is not None and before.text == "("),
        "genre_" + doc._.genre: 1.0,
        "parties_none": float(not doc._.parties),
        "parties_one": float(len(doc._.parties) == 1),
    }


def _count(number: int) -> float:
    return math.log(max(1, number))


def _is_subject(token: Token) -> bool:
    return token.dep_ in ("nsubj", "nsubjpass", "agent")


def _name(name: str, span: Span) -> Features:
    words = name.split()
    return {
        "one_word": float(len(words) == 1),
        "many_words": float(len(words) > 4),
        "initials": float(name.isupper() and len(name) <= 5),
        "digits": float(any(c.isdigit() for c in name)),
        "lower": float(any(w[:1].islower() and len(w) > 3 for w in words)),
        "subject": float(any(_is_subject(token) for token in span)),
        "modifier": float(span.root.dep_ in ("compound", "amod", "nmod")),
        "possessive": float(any(child.tag_ == "POS" for child in span.root.children)),
    }


def _official(doc: Doc, record: Official, span: Span, facts: _Facts) -> Features:
    return {
        "no_country": float(record.jurisdiction is None and record.role != "organization_head"),
        "of_no_state": float(record.jurisdiction is None and record.role == "organization_head"),
        "party": float(record.jurisdiction in doc._.parties),
        "full_name": float(len(record.person.split()) > 1),
        "long_name": float(len(record.person.split()) > 4),
        "mentions": _count(record.mention_count),
        "portfolios": float(bool(record.portfolios)),
        "long_office": float(len(record.office.split()) > 6),
        "other_role": float(record.role == "other_official"),
        "top": float(record.role in ("head_of_state", "head_of_government", "minister")),
        "not_current": float(record.status != "current"),
        "office_of_one_word": float(len(record.office.split()) == 1),
    }


def _firm(doc: Doc, record: Firm, span: Span, facts: _Facts) -> Features:
    return _name(record.name, span) | {
        "legal_form": float(lexicons.has_legal_form(record.name)),
        "known": float(lexicons.is_known_firm(record.name)),
        "media": float(lexicons.is_media(record.name)),
        "mentions": _count(record.mention_count),
        "aliases": float(bool(record.aliases)),
        "country": float(record.country is not None),
    }


def _fund(doc: Doc, record: Fund, span: Span, facts: _Facts) -> Features:
    return _name(record.name, span) | {
        "named": float(record.named),
        "other_type": float(record.fund_type == "other"),
        "mentions": _count(record.mention_count),
        "aliases": float(bool(record.aliases)),
        "country": float(record.country is not None),
    }


def _amount(doc: Doc, record: Amount, span: Span, facts: _Facts) -> Features:
    return {
        "no_digits": float(not any(c.isdigit() for c in record.text)),
        "range": float(record.amount_min != record.amount_max),
        "small": float(record.amount_min < 1_000),
        "per": float(record.per is not None),
        "explicit": float(record.currency_source == "explicit"),
        "no_currency": float(record.currency is None),
        "restates": float(record.equivalent_of is not None),
    }


def _deal(doc: Doc, record: Deal, span: Span, facts: _Facts) -> Features:
    named = {form.casefold() for firm in (*doc._.firms, *doc._.funds) for form in (firm.name, *firm.aliases)}
    return {
        "value": float(record.amount_min is not None),
        "buyer": float(bool(record.buyers)),
        "known_buyer": float(any(name.casefold() in named for name in record.buyers)),
        "target": float(record.target is not None),
        "known_target": float((record.target or "").casefold() in named),
        "long_target": float(len((record.target or "").split()) > 6),
        "seller": float(bool(record.sellers)),
        "takeover": float(record.kind in ("acquisition", "merger", "stake_purchase", "divestiture")),
        "grant": float(record.kind == "grant"),
        "loan": float(record.kind in ("loan", "guarantee")),
        "contract": float(record.kind == "contract"),
        "proposed": float(record.status in ("proposed", "rumoured")),
        "failed": float(record.status in ("terminated", "blocked")),
        "sentences": _count(len(record.evidence_spans) // 2),
        "by_noun": float(span.root.pos_ in ("NOUN", "PROPN")),
    }


def _cooperation(doc: Doc, record: Cooperation, span: Span, facts: _Facts) -> Features:
    codes = set(record.actor_codes)
    parties = set(doc._.parties)
    coded = sum(code.isupper() and len(code) <= 8 for code in codes)
    return {f"act_{record.act}": 1.0} | {
        "actors": _count(len(codes)),
        "one_actor": float(len(codes) < 2),
        "uncoded": float(coded < len(codes)),
        "are_parties": float(bool(parties) and codes == parties),
        "among_parties": float(bool(codes & parties)),
        "no_parties": float(not parties),
        "topics": float(bool(record.topics)),
        "many_topics": float(len(record.topics) > 2),
        "instrument": float(record.instrument is not None),
        "sentences": _count(len(record.evidence_spans) // 2),
        "by_noun": float(span.root.pos_ in ("NOUN", "PROPN")),
        "speech": float(doc._.genre == "speech"),
    }


def _instrument(doc: Doc, record: Instrument, span: Span, facts: _Facts) -> Features:
    return (
        _name(record.name, span)
        | {f"kind_{record.kind}": 1.0}
        | {
            "mentions": _count(record.mention_count),
            "aliases": float(bool(record.aliases)),
            "parties": float(bool(record.parties)),
            "state_in_name": float(bool(lexicons.codes_in(record.name))),
            "states_in_name": float(len(lexicons.codes_in(record.name)) > 1),
            "complement": float(any(f" {word} " in record.name for word in ("of", "for", "on", "between"))),
        }
    )


def _topic(doc: Doc, record: Topic, span: Span, facts: _Facts) -> Features:
    return {
        "place": record.start / max(1, doc[-1].idx + len(doc[-1]) if len(doc) else 1),
        "sentences": _count(facts.sentences),
        "many": float(len(doc._.topics) > 6),
        "acts": float(any(record.topic in act.topics for act in doc._.cooperations)),
    }


def _rank(records: list[Topic], place: int) -> float:
    return _count(1 + sum(other.score > records[place].score for other in records))


def _quote(doc: Doc, record: Quote, span: Span, facts: _Facts) -> Features:
    speaker = record.speaker or ""
    return {
        "indirect": float(record.kind == "indirect"),
        "named": float(any(speaker.casefold() in person or person in speaker.casefold() for person in facts.people)) if speaker else 0.0,
        "cue": float(record.cue is not None),
        "said": float((record.cue or "").casefold() in ("said", "says", "told", "added")),
        "few_words": float(len(record.text.split()) < 6),
        "many_words": float(len(record.text.split()) > 30),
        "sentence": float(record.text[:1].isupper()),
        "speech": float(doc._.genre == "speech"),
    }


def _mention(doc: Doc, record: Mention, span: Span, facts: _Facts) -> Features:
    name = _name(record.text, span)
    label = record.label
    shape = {f"{label}_{key}": name[key] for key in ("one_word", "many_words", "initials", "digits", "subject")}
    return (
        {f"label_{label}": 1.0}
        | shape
        | {
            "starts_sentence": float(span.start == span.sent.start),
            "resolved": float(bool(span.root.ent_kb_id_)),
            f"{label}_legal_form": float(lexicons.has_legal_form(record.text)),
            f"{label}_lower": name["lower"],
        }
    )


def _deal_parties(doc: Doc) -> frozenset[str]:
    return frozenset(name.casefold() for deal in doc._.deals for name in (*deal.buyers, *deal.sellers, deal.target or ""))


_OWN: dict[str, Callable[[Doc, Any, Span, _Facts], Features]] = {
    "officials": _official,
    "firms": _firm,
    "funds": _fund,
    "amounts": _amount,
    "deals": _deal,
    "cooperations": _cooperation,
    "instruments": _instrument,
    "topics": _topic,
    "quotes": _quote,
    "mentions": _mention,
}
