"""What is read of one deal at one place of a document, before places are joined into rows: the frame and its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Token

from nlp.deal_lexicon import kinds_of_nouns, words
from nlp.deal_parties import Party, entity_party, parties, target_name

GROUPS = {
    "acquisition": "takeover", "merger": "takeover", "stake_purchase": "takeover", "divestiture": "takeover",
    "investment": "investment", "funding_round": "investment", "joint_venture": "investment",
    "loan": "finance", "guarantee": "finance", "grant": "finance", "contract": "contract", "listing": "listing", "other": "other",
}  # fmt: skip

_STAKE = re.compile(r"\b(?:stake|shares?|shareholding|interest|half|majority|minority|pct|percent|per cent|%)", re.IGNORECASE)
_LAW = re.compile(r"\b(?:act|law|bill|budget|plan|programme|program|agenda|legislation|congress)\b", re.IGNORECASE)


@dataclass(slots=True)
class Frame:
    """One telling of a deal. `strength` is how reliable the pattern that read it is (0–1)."""

    trigger: Token
    kind: str
    buyers: list[Party] = field(default_factory=list)
    target: str = ""
    target_label: str = ""
    sellers: list[Party] = field(default_factory=list)
    money: Token | None = None
    stake: float | None = None
    status: str = "agreed"
    strength: float = 0.5
    pattern: str = ""
    evidence: list[tuple[int, int]] = field(default_factory=list)

    @property
    def group(self) -> str:
        return GROUPS[self.kind]


def set_target(frame: Frame, token: Token | None) -> Frame:
    """Put the name of a noun phrase on the frame as its target."""
    if token is not None and token.ent_type_ not in ("MONEY", "PERCENT", "DATE"):
        frame.target, frame.target_label = target_name(token)
    return frame


def money_near(heads: Sequence[Token | None]) -> Token | None:
    """The amount that belongs to a verb or noun: nearest below its objects, at most four steps down, not past another clause."""
    level = [h for h in heads if h is not None]
    for _ in range(5):
        for token in level:
            if token.ent_type_ == "MONEY":
                return token
        level = [
            c
            for t in level
            for c in t.children
            if not (c.dep_ in ("conj", "relcl", "advcl", "ccomp", "parataxis") and c.pos_ in ("VERB", "AUX"))
        ]
    return None


def percent_near(head: Token | None) -> float | None:
    """The percentage in a noun phrase ("a 30% stake"), or 50 for "half"."""
    if head is None:
        return None
    for token in head.subtree:
        if token.ent_type_ == "PERCENT":
            found = re.search(r"\d+(?:[.,]\d+)?", token.text)
            return float(found[0].replace(",", ".")) if found else None
        if token.lower_ == "half" and token.pos_ in ("NOUN", "DET", "ADJ", "PRON"):
            return 50.0
    return None


def object_kind(token: Token, has_companies: bool) -> str:
    """What buying this is: a stake, a company or asset, or goods under a contract."""
    text = " ".join(t.text for t in token.subtree if abs(t.i - token.i) < 6)
    lemma = token.lemma_.lower()
    if (
        lemma in ("stake", "share", "interest", "shareholding", "half", "majority", "minority", "pct", "percent", "%")
        or token.ent_type_ == "PERCENT"
    ):
        return "stake_purchase"
    if token.ent_type_ in ("FIRM", "FUND", "ORG"):
        return "acquisition"
    if lemma in words("asset_nouns") or (has_companies and _STAKE.search(text) and lemma == "rest"):
        return "acquisition"
    if any(c.ent_type_ == "FIRM" and c.dep_ == "appos" for c in token.children):
        return "acquisition"
    return "contract"


def finance_kind(*tokens: Token | None) -> str:
    """Loan, guarantee, grant or investment by the words around the money ("$5 million in loans")."""
    for token in tokens:
        if token is None:
            continue
        near = [token, *token.children, *(g for c in token.children for g in c.children)]
        for word in near:
            kind = kinds_of_nouns().get(word.lemma_.lower())
            if kind in ("loan", "guarantee", "investment", "grant"):
                return kind
            if word.lower_ == "equity":
                return "investment"
    return "grant"


def by_giver(kind: str, buyers: list[Party]) -> str:
    """An "investment" of ministries, agencies and programmes alone is a grant."""
    if kind == "investment" and buyers and all(b.label in ("PUBLIC_BODY", "AGREEMENT") for b in buyers):
        return "grant"
    return kind


def is_aggregate(frame: Frame) -> bool:
    """Is the giver a law, a whole industry or nobody: a total and no deal?"""
    return any(_LAW.search(b.name) and b.label not in ("FIRM", "FUND", "BLOC", "COUNTRY") and not b.token.ent_type_ for b in frame.buyers)


def actors(token: Token | None) -> list[Party]:
    """The parties of a noun phrase, without people that merely speak for a firm."""
    found = parties(token)
    organised = [p for p in found if p.label != "PERSON"]
    return organised or [_state_of(p) for p in found]


def _state_of(person: Party) -> Party:
    """The country for which an official acts, where the officials of the document tell it; else the person."""
    doc = person.token.doc
    code = next((o.jurisdiction for o in doc._.officials if o.person == person.name and o.status != "former"), None)
    cluster = next((c for c in doc._.references.labelled("COUNTRY", "BLOC") if c.code == code), None) if code and doc._.references else None
    return Party(entity_party(cluster.first).name, cluster.label, person.token) if cluster else person
