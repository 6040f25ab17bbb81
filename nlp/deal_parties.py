"""Who or what does a noun phrase of a deal stand for: a firm by its fullest name, "the company", "it", "the U.S. government", a plant?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from nlp import fund_names
from nlp.deal_lexicon import words

ACTORS = ("FIRM", "FUND", "PUBLIC_BODY", "ORG", "COUNTRY", "BLOC", "PERSON", "NORP")
_COMPANIES = ("FIRM", "FUND", "ORG")
_STATES = ("COUNTRY", "BLOC", "PUBLIC_BODY")
_OF_OTHERS = ("consortium", "alliance", "group", "venture", "team", "partnership", "pair")
_LONGEST_TARGET = 12
_FAR_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the row will name it: the entity's fullest name or the phrase; its label ("" for a phrase) and its token."""

    name: str
    label: str
    token: Token


def with_conjuncts(token: Token) -> list[Token]:
    """The token and what is joined to it by "and", commas or an apposition of names ("A, B and C")."""
    found = [token]
    for conjunct in token.conjuncts:
        if conjunct.i > token.i and conjunct.pos_ in ("PROPN", "NOUN", "PRON", "X", "ADJ") and conjunct not in found:
            found.append(conjunct)
    return found


def parties(token: Token | None, *, strict: bool = True) -> list[Party]:
    """The acting parties that a noun phrase names; with `strict` only entities, pronouns and phrases whose head is an actor."""
    if token is None:
        return []
    named: list[Party] = []
    members = with_conjuncts(token)
    for member in list(members):  # "a consortium of A and B", "a unit of C"
        if not member.ent_type_ and member.lemma_.lower() in _OF_OTHERS:
            inner = [
                g
                for c in member.children
                if c.dep_ == "prep" and c.lower_ in ("of", "between")
                for g in c.children
                if g.ent_type_ in _COMPANIES
            ]
            if inner:
                members.remove(member)
                members += [m for t in inner for m in with_conjuncts(t)]
    for member in members:
        party = _party(member, strict)
        if party and all(party.name != p.name for p in named):
            named.append(party)
    return named


def _party(token: Token, strict: bool) -> Party | None:
    doc = token.doc
    if token.ent_type_ in ACTORS:
        return entity_party(token)
    if token.ent_type_ in ("MONEY", "PERCENT", "DATE", "OFFICE", "AGREEMENT", "PLACE"):
        if token.ent_type_ == "AGREEMENT" and (not strict or _ACTING_FORMAT.search(token.text)):
            return entity_party(token)
        if token.ent_type_ == "OFFICE":
            return next((entity_party(c) for c in token.children if c.ent_type_ == "PERSON"), None)
        return None
    for child in token.children:  # "the maker of photoresists, JSR"; "supermarket chain Pasar Hijau"
        if child.dep_ in ("appos", "compound") and child.ent_type_ in _COMPANIES and abs(child.i - token.i) < 8:
            if (
                child.dep_ == "compound"
                and child.i < token.i
                and token.lemma_.lower() in ("shareholder", "executive", "chairman", "share", "stock")
            ):
                continue
            return entity_party(child)
    lower = token.lower_
    if lower in ("it", "itself", "they", "we", "which", "that", "who", "them"):
        return antecedent(token)
    cluster = doc._.references.resolve(token) if doc._.references else None
    if cluster is not None:
        return Party(cluster.name, cluster.label, token)
    lemma = token.lemma_.lower()
    if lemma in ("administration", "government") and all(c.dep_ in ("det", "prep", "punct") for c in token.children):
        return _issuer(token)
    if lemma in words("actor_nouns"):
        plural = token.tag_ in ("NNS", "NNPS")
        modifiers = [c for c in token.subtree if c.ent_type_ in (*ACTORS, "NORP") and c.i < token.i]
        if modifiers or (
            not plural and lemma in ("government", "fund", "consortium", "investor", "bank", "lender", "ministry", "agency", "foundation")
        ):
            return Party(phrase(token), "", token)
        return None
    return None if strict else Party(phrase(token), "", token)


def _issuer(token: Token) -> Party | None:
    """ "The Administration" in a government's own paper: the country that issues it."""
    doc = token.doc
    if doc._.genre == "news" or not doc._.parties or not doc._.references:
        return None
    for cluster in doc._.references.labelled("COUNTRY"):
        if cluster.code == doc._.parties[0]:
            return entity_party(cluster.first)
    return None


def entity_party(token: Token) -> Party:
    """The party that an entity token is, under its cluster's fullest name."""
    references = token.doc._.references
    cluster = references.of(token) if references else None
    name = cluster.name if cluster else re.sub(r"['’]s$", "", token.text)
    described = fund_names.recognised(cluster.first if cluster else token) if token.ent_type_ == "FUND" else None
    if described is not None:  # "a Danish climate fund", as the table of funds has it
        name = described.text
    if cluster and cluster.label in ("COUNTRY", "BLOC"):  # the fullest form, "United States" rather than "U.S."
        forms = [re.sub(r"['’]s?$", "", t.text) for t in cluster.tokens if t.ent_type_ == token.ent_type_]
        name = max(forms, key=lambda f: (len(re.sub(r"\W", "", f)), f), default=name)
    if token.ent_type_ in ("NORP", "COUNTRY") and token.i + 1 < len(token.doc):
        head = token.head
        if head.i > token.i and head.lemma_.lower() in ("government", "administration", "state") and head.i - token.i <= 2:
            return Party(f"{token.text} {head.text}", token.ent_type_, token)
    return Party(name, token.ent_type_, token)


def antecedent(token: Token) -> Party | None:
    """What "it", "they", "we", "which" stand for: the relative clause's noun, else the nearest earlier subject that can act."""
    doc: Doc = token.doc
    lower = token.lower_
    if lower in ("which", "that", "who"):
        clause = token.head
        while clause.dep_ not in ("relcl", "ROOT") and clause.head != clause:
            clause = clause.head
        return _party(clause.head, True) if clause.dep_ == "relcl" and clause.head != token else None
    if lower == "we" and doc._.genre not in ("news", "joint_statement") and len(doc._.parties) == 1:
        return _issuer(token)
    labels = ("FIRM", "FUND", "ORG", "PUBLIC_BODY", "COUNTRY", "BLOC") if lower != "we" else _COMPANIES
    best: tuple[int, int, int] | None = None
    chosen: Token | None = None
    near: list[Span] = []
    position = token.i
    while position >= 0 and len(near) <= _FAR_SENTENCES:
        near.append(doc[position].sent)
        position = near[-1].start - 1
    for distance, sentence in enumerate(near):
        for candidate in sentence:
            if candidate.i >= token.i or candidate.ent_type_ not in labels:
                continue
            subject = candidate.dep_ in ("nsubj", "nsubjpass") or candidate.head.dep_ in ("nsubj", "nsubjpass")
            company = candidate.ent_type_ in ("FIRM", "FUND")
            rank = (-distance, int(subject) * 2 + int(company), candidate.i if not subject else -candidate.i)
            if best is None or rank > best:
                best, chosen = rank, candidate
    return entity_party(chosen) if chosen is not None else None


# Formats that hold money of their own, unlike treaties and laws.
_ACTING_FORMAT = re.compile(
    r"\b(?:group|initiative|fund|facility|mechanism|alliance|council|corporation|foundation|trust|program(?:me)?)\b", re.IGNORECASE
)

_STOP_CHILD = {"relcl", "advcl", "ccomp", "punct", "parataxis", "cc", "conj", "appos", "mark", "csubj", "dep"}


def phrase(token: Token) -> str:
    """The noun phrase of a token as text: articles, money and relative clauses left out, at most a dozen words."""
    kept = [t for t in _phrase_tokens(token) if t.ent_type_ not in ("MONEY",)]
    kept.sort(key=lambda t: t.i)
    while kept and (
        kept[0].lower_ in ("the", "its", "their", "of", "to", "up", "more", "than", "over", "about", "nearly") or kept[0].is_punct
    ):
        kept.pop(0)
    while kept and (kept[-1].is_punct or kept[-1].dep_ in ("prep", "det", "mark", "aux") or kept[-1].is_space):
        kept.pop()
    if not kept:
        return ""
    first, last = kept[0].i, kept[-1].i
    if not any(t.ent_type_ == "MONEY" for t in token.doc[first : last + 1]):
        kept = list(token.doc[first : last + 1])[:_LONGEST_TARGET]
        while len(kept) > 1 and (kept[-1].is_punct or kept[-1].dep_ in ("prep", "det", "mark", "aux", "cc", "amod") or kept[-1].is_space):
            kept.pop()
    return re.sub(r"\s+", " ", "".join(t.text_with_ws for t in kept)).strip(" ,;:–—-\n").strip()


def _phrase_tokens(token: Token) -> Iterator[Token]:
    yield token
    for child in token.children:
        if child.dep_ in _STOP_CHILD and not (child.dep_ == "punct" and child.text in ("-", "’", "'", "&")):
            continue
        if child.dep_ == "prep" and (
            child.lower_ in ("by", "from", "with", "after", "since", "as", "at", "over", "through", "under", "via") or _has_date(child)
        ):
            continue
        if child.dep_ in ("acl", "relcl"):
            continue
        yield from _phrase_tokens(child)


def _has_date(preposition: Token) -> bool:
    return any(c.ent_type_ == "DATE" for c in preposition.children)


def target_name(token: Token) -> tuple[str, str]:
    """Name and label of what a deal is about: an organisation by its fullest name, else the phrase."""
    if token.ent_type_ in (*_COMPANIES, "COUNTRY", "BLOC", "PUBLIC_BODY", "PERSON", "AGREEMENT"):
        return entity_party(token).name, token.ent_type_
    for child in token.children:
        if child.dep_ in ("appos",) and child.ent_type_ in _COMPANIES:
            return entity_party(child).name, child.ent_type_
    lemma = token.lemma_.lower()
    if token.pos_ != "PRON" and lemma in (
        "company",
        "firm",
        "maker",
        "group",
        "chain",
        "startup",
        "producer",
        "operator",
        "unit",
        "rival",
        "business",
    ):
        for child in token.children:
            if child.dep_ == "compound" and child.ent_type_ in _COMPANIES and lemma not in ("unit", "business"):
                return entity_party(child).name, child.ent_type_
        cluster = token.doc._.references.resolve(token) if token.doc._.references else None
        if cluster is not None:
            return cluster.name, cluster.label
    if token.lower_ in ("it", "them", "which"):
        found = antecedent(token)
        return (found.name, found.label) if found else ("", "")
    return phrase(token), ""
