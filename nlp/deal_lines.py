"""Which deals do verbless lines tell: the items of a fact sheet ("Qatar Airways – Boeing: $96 billion for up to 210 aircraft")?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Token

from nlp.deal_frames import Frame, finance_kind, set_target
from nlp.deal_lexicon import kinds_of_nouns
from nlp.deal_parties import ACTORS, Party, entity_party
from nlp.deal_status import status_of
from nlp.deal_tokens import Tokens

_DASH = re.compile(r"^[\s]*[-–—:]+[\s]*$|^:$")
_LONGEST_HEAD = 12


def line_frames(doc: Doc, known: Tokens) -> Iterator[Frame]:
    """The frames of paragraphs that begin with names, a colon or dash, and an amount near."""
    for first, last in _lines(doc, known):
        if "MONEY" in known.labels[first:last]:
            frame = _read([t for t in doc[first:last] if not t.is_space])
            if frame is not None:
                yield frame


def _lines(doc: Doc, known: Tokens) -> Iterator[tuple[int, int]]:
    """First and last token index, half-open, of each line."""
    start = 0
    for i, tag in enumerate(known.tags):
        if tag == "SPACE" and "\n" in doc[i].text:
            if i > start:
                yield start, i
            start = i + 1
    if start < len(doc):
        yield start, len(doc)


def _read(tokens: list[Token]) -> Frame | None:
    while tokens and tokens[0].text in ("-", "–", "—", "•", "*", "·"):
        tokens.pop(0)
    if not tokens or len(tokens) > 60:
        return None
    mark = next((i for i, t in enumerate(tokens[:_LONGEST_HEAD]) if t.text in (":", "–", "—", "-") and i), None)
    if mark is None:
        return None
    colon = next((i for i, t in enumerate(tokens[:_LONGEST_HEAD]) if t.text == ":"), mark)
    head, rest = tokens[:colon], tokens[colon + 1 :]
    named = [t for t in head if t.ent_type_ in ("FIRM", "FUND", "PUBLIC_BODY", "COUNTRY", "ORG", "BLOC")]
    if not named or sum(1 for t in head if not t.ent_type_ and t.is_alpha and t.lower_ not in ("and", "the", "with", "in", "of")) > 1:
        return None
    first_sentence = rest[: next((i + 1 for i, t in enumerate(rest) if t.text in (".", ";")), len(rest))]
    if any(t.pos_ == "VERB" and t.tag_ in ("VBD", "VBZ", "VBP", "MD") for t in first_sentence[:12]):
        return None
    money = next((t for t in first_sentence if t.ent_type_ == "MONEY"), None)
    if money is None:
        return None
    return _frame(named, first_sentence, money)


def _frame(named: list[Token], rest: list[Token], money: Token) -> Frame | None:
    kinds = [kinds_of_nouns().get(t.lemma_.lower()) for t in rest if not t.ent_type_]
    parties: list[Party] = []
    for token in named:
        party = entity_party(token)
        if token.ent_type_ in ACTORS and all(party.name != p.name for p in parties):
            parties.append(party)
    after = next((t for t in rest if t.i > money.i and t.lower_ in ("for", "to", "in", "into", "on", "of")), None)
    thing = next((c for c in after.children if c.dep_ in ("pobj", "dobj")), None) if after is not None else None
    if thing is None and after is not None:
        thing = next((t for t in rest if t.i > after.i and t.pos_ in ("NOUN", "PROPN")), None)
    if after is not None and after.lower_ == "to" and thing is None:
        thing = next((c for c in after.head.children if c.dep_ == "dobj"), None)
    told = next(
        (k for k in kinds if k in ("loan", "guarantee", "grant", "investment", "acquisition", "contract", "project", "joint_venture")), None
    )
    frame = Frame(money, "investment", money=money, strength=0.6, pattern="line")
    if told in ("loan", "guarantee", "grant"):
        frame.kind, frame.buyers = told, parties[:1]
    elif told == "acquisition":
        frame.kind, frame.buyers = "acquisition", parties[:1]
    elif told == "joint_venture":
        frame.kind, frame.buyers = "joint_venture", parties
    elif (
        len(parties) == 2
        and parties[0].label in ("FIRM", "COUNTRY", "PUBLIC_BODY")
        and parties[1].label == "FIRM"
        and after is not None
        and after.lower_ == "for"
    ):
        frame.kind, frame.buyers, frame.sellers = "contract", parties[:1], parties[1:]
    elif told == "contract":
        frame.kind, frame.buyers, frame.sellers = "contract", parties[:1], parties[1:]
        if len(parties) > 1 and rest[0].lemma_.lower() in ("supply", "delivery", "sale", "export"):
            frame.buyers, frame.sellers = parties[1:], parties[:1]
    elif parties and parties[0].label in ("FUND", "PUBLIC_BODY", "COUNTRY", "BLOC"):
        frame.kind, frame.buyers = finance_kind(money, *rest[:8]), parties[:1]
    else:
        frame.buyers = parties
    frame.status = status_of(money)
    return set_target(frame, thing)
