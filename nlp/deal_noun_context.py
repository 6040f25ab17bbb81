"""Who stands around a noun of a deal: its governing verb with that verb's doer, its owner, the names before it?"""

from __future__ import annotations

from spacy.tokens import Token

from nlp.deal_frames import actors
from nlp.deal_lexicon import words
from nlp.deal_parties import Party
from nlp.deal_syntax import agent, governor, is_passive, possessor, subject

_ASSET = ("FIRM", "FUND", "ORG")
_STATES = ("COUNTRY", "BLOC", "PUBLIC_BODY", "NORP")
_SUPPLYING = (
    "supply",
    "deliver",
    "build",
    "construct",
    "provide",
    "sell",
    "manufacture",
    "design",
    "develop",
    "produce",
    "install",
    "operate",
    "upgrade",
    "maintain",
    "lay",
)
_FINANCE = ("loan", "grant", "guarantee")
_VAGUE_FINANCE = (
    "fund",
    "line",
    "facility",
    "cover",
    "bond",
    "money",
    "debt",
    "support",
    "award",
    "incentive",
    "pledge",
    "commitment",
    "announcement",
    "allocation",
    "sum",
    "endowment",
)


def is_credit(noun: Token) -> bool:
    """Is this "facility" or "line" one of credit, not of production?"""
    near = {t.lemma_.lower() for t in noun.subtree}
    if near & {"credit", "loan", "lending", "swap", "liquidity", "guarantee", "revolving", "trade"}:
        return True
    verb = governor(noun)
    giver = actors(subject(verb)) if verb is not None else []
    return any(p.label == "FUND" or "bank" in p.name.casefold() for p in giver)


def ruling_verb(noun: Token) -> tuple[Token | None, list[Party], bool]:
    """The verb over a noun that is its object, that verb's doer, and whether the doer receives ("won a contract")."""
    verb = governor(noun)
    if verb is None:
        return None, [], False
    lemma = verb.lemma_.lower()
    below = noun
    while below.head != verb and below.head != below and below.dep_ in ("compound", "conj", "pobj", "prep", "appos", "nmod"):
        below = below.head
    is_object = below.head == verb and below.dep_ in ("dobj", "attr", "oprd")
    is_passive_subject = below.head == verb and below.dep_ == "nsubjpass"
    if is_passive_subject:
        return verb, actors(agent(verb)), False
    with_noun = below.head == verb and below.dep_ == "prep" and below.lower_ in ("on", "with", "for", "in", "through", "to")
    if (is_object or with_noun) and lemma in words("giving_verbs") | words("getting_verbs"):
        doer = actors(agent(verb)) if is_passive(verb) else actors(subject(verb))
        gets = lemma in words("getting_verbs") and lemma not in words("giving_verbs")
        return verb, doer, gets
    return verb, [], False


def owners_of(noun: Token) -> list[Party]:
    return actors(possessor(noun))


def named_before(noun: Token, labels: tuple[str, ...]) -> list[Party]:
    return [p for c in noun.children if c.dep_ in ("compound", "amod", "nmod") and c.ent_type_ in labels for p in actors(c)]
