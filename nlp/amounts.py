"""What does each amount of a document look like as a row, and what is the money?

`amounts` makes the rows from the spans of `nlp.money`; `amount_role` guesses from the words that govern the amount whether it is
revenue, a fine, a budget, … A value that belongs to a deal gets its role "deal_value" from `nlp.deals`, which knows the deals.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from spacy.tokens import Doc, Span, Token

from nlp.money import MoneySpan, Places, find_amounts
from nlp.records import Amount

# How far a word is from governing the amount: the steps up the parse that still count, and the words around it.
_STEPS_UP = 4
_WINDOW = 6
_PRICE_UNITS = {
    "share",
    "barrel",
    "tonne",
    "ton",
    "ounce",
    "pound",
    "kg",
    "gallon",
    "litre",
    "bushel",
    "unit",
    "MWh",
    "kWh",
    "mmBtu",
    "bond",
    "ticket",
    "night",
}


@cache
def _role_words() -> dict[str, str]:
    data = json.loads(files("nlp.lexicons").joinpath("amount_roles.json").read_text(encoding="utf-8"))
    return {word: role for role, words in reversed(data["roles"].items()) for word in words}


def places_of(doc: Doc) -> Places:
    """Where a document comes from and which countries it names, for the currencies that share a sign or name.

    Where nobody knows the publisher, the document's country is that of its only party, if that party speaks itself (not in news).
    """
    from nlp import columns, lexicons

    source = doc._.source
    states = (doc[i] for i in columns.labelled(doc, ("COUNTRY", "NORP")))
    named = [(t.idx, t.ent_kb_id_) for t in states if len(t.ent_kb_id_) == 2]
    publisher = lexicons.publisher_country(source.publisher, source.url) if source else None
    issuers = doc._.parties if publisher is None and doc._.genre not in ("news", "other") else []
    return Places(
        document=issuers[0] if len(issuers) == 1 else None,
        publisher=publisher,
        named=named,
        year=source.published_on.year if source and source.published_on else None,
    )


def amounts(doc: Doc) -> Iterator[Amount]:
    """One `Amount` per mention of money, with offsets into the Doc; evidence is the sentence around it."""
    spans = find_amounts(doc.text, places_of(doc))
    body = doc._.body_start
    for span in spans:
        where = doc.char_span(span.start, span.end, alignment_mode="expand")
        if where is None:
            continue
        sentence = where.sent
        other = spans[span.paired_with] if span.paired_with is not None else None
        shift = 0 if span.start < body else body
        yield Amount(
            start=span.start,
            end=span.end,
            evidence_spans=(sentence.start_char, sentence.end_char),
            confidence=_confidence(span),
            text=span.text,
            amount_min=span.amount_min,
            amount_max=span.amount_max,
            modifier=span.modifier,
            currency=span.currency,
            currency_source=span.currency_source,
            per=span.per,
            equivalent_of=f"{other.start - shift}:{other.end - shift}" if other else None,
            role=amount_role(where, span),
        )


def amount_role(where: Span, span: MoneySpan) -> str:
    """What the money is (a role of RECORDS.md), by the words that govern it in the parse and stand around it.

    A governing word counts the more the fewer steps it is above the amount, a neighbouring one half as much; the best role wins.
    """
    if span.per in _PRICE_UNITS:
        return "price"
    words = _role_words()
    scores: dict[str, float] = {}

    def count(token: Token, weight: float) -> None:
        role = words.get(token.lemma_.lower()) or words.get(token.lower_)
        if role:
            scores[role] = scores.get(role, 0.0) + weight

    root = where.root
    token, step = root, 0
    while token.head is not token and step < _STEPS_UP:
        token, step = token.head, step + 1
        count(token, 1.0 / step)
        for child in token.children:
            if child.dep_ in ("dobj", "nsubj", "nsubjpass", "compound", "amod", "attr") and child.i != root.i:
                count(child, 0.5 / step)
                for grandchild in child.children:
                    if grandchild.dep_ in ("compound", "amod", "pobj", "prep"):
                        count(grandchild, 0.2 / step)
    for neighbour in where.doc[max(where.sent.start, where.start - _WINDOW) : min(where.sent.end, where.end + _WINDOW)]:
        if not where.start <= neighbour.i < where.end:
            count(neighbour, 0.5 / (1 + min(abs(neighbour.i - where.start), abs(neighbour.i - where.end + 1))))
    return max(scores, key=lambda role: (scores[role], role)) if scores else "other"


def _confidence(span: MoneySpan) -> float:
    """How often such an amount is right: explicit currencies nearly always, one taken by default less often."""
    base = {"explicit": 0.985, "document": 0.95, "publisher": 0.97, "default": 0.94}[span.currency_source]
    if span.currency is None:
        base = 0.5
    if not any(c.isdigit() for c in span.text):
        base -= 0.04
    return base


def with_deal_values(rows: Sequence[Amount], values: set[tuple[int, int]]) -> list[Amount]:
    """The rows with role "deal_value" where a deal took its value from (by offsets); the guess "deal_value" falls elsewhere to "other"."""
    marked: list[Amount] = []
    for row in rows:
        if (row.start, row.end) in values:
            row = replace(row, role="deal_value")
        elif row.role == "deal_value":
            row = replace(row, role="other")
        marked.append(row)
    return marked
