"""Who acts: the countries, blocs, bodies, firms and funds that a token stands for in an act between states.

A state appears under its name, its capital ("Tokyo said"), its people ("Japanese officials"), its ministry or its minister; in
statements it is "we" and "both sides". Each of them leads to one code (`actor_codes`), with the words as written beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.references import Cluster, References, surface

_WE = {"we", "us", "our", "ours", "ourselves"}
_THEY = {"they", "them", "their", "themselves"}
_STATE_NOUNS = {"government", "side", "official", "minister", "delegation", "authority", "leader", "ministry", "administration", "counterpart", "ally",
                "partner", "people", "envoy", "diplomat", "team", "representative", "leadership", "president", "negotiator", "army", "military", "force"}  # fmt: skip
_FIRM_NOUNS = {"company", "firm", "maker", "business", "manufacturer", "bank", "investor", "developer", "university"}


@cache
def act_words() -> dict[str, Any]:
    """The lexicon of acts: verbs and nouns per act, nouns and determiners that stand for the parties."""
    raw: dict[str, Any] = json.loads((Path(__file__).parent / "lexicons" / "acts.json").read_text(encoding="utf-8"))
    raw["verb_act"] = {verb: act for act, verbs in raw["verbs"].items() for verb in verbs}
    raw["noun_act"] = {noun: act for act, nouns in raw["nouns"].items() for noun in nouns}
    return raw


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting side: its words in the text, its code (or name, where it has none), and whether it is a state, bloc or body."""

    name: str
    code: str
    public: bool


class Actors:
    """Resolves tokens of one document to the sides they stand for."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.references: References = doc._.references
        self.home = {}
        for official in doc._.officials:
            if official.jurisdiction:
                self.home.setdefault(official.person, official.jurisdiction)
        self.parties: list[str] = list(doc._.parties)
        self.issuer = lexicons.publisher_country(doc._.source.publisher, doc._.source.url) if doc._.source else None
        self.last_group: list[Actor] = []

    def party_actors(self) -> list[Actor]:
        """The document's parties as actors."""
        return [Actor(lexicons.country_name(code), code, True) for code in self.parties]

    def of(self, token: Token) -> list[Actor]:
        """The sides that a noun, name or pronoun stands for, coordinated ones included; empty where it is no side."""
        found: list[Actor] = []
        for part in (token, *_coordinated(token)):
            for actor in self._single(part):
                if actor.code not in (a.code for a in found):
                    found.append(actor)
        return found

    def _single(self, token: Token) -> list[Actor]:
        label = token.ent_type_
        if label in ("COUNTRY", "BLOC"):
            code = token.ent_kb_id_
            return [Actor(surface(token), code, True)] if code else []
        if label == "PLACE":
            return [Actor(surface(token), token.ent_kb_id_, True)] if token.ent_kb_id_ and _acts_as_state(token) else []
        if label == "PERSON":
            return self._person(self.references.of(token), token)
        if label in ("OFFICE", "PUBLIC_BODY"):
            return self._office_or_body(token)
        if label in ("FIRM", "FUND"):
            cluster = self.references.of(token)
            name = cluster.name if cluster else surface(token)
            return [Actor(name, name, False)]
        if label == "NORP":
            return [Actor(surface(token), token.ent_kb_id_, True)] if token.ent_kb_id_ and token.tag_ in ("NNPS", "NNS") else []
        if label:
            return []
        return self._common(token)

    def _person(self, cluster: Cluster | None, token: Token) -> list[Actor]:
        if cluster is None:
            return []
        code = self.home.get(cluster.name)
        return [Actor(surface(token), code, True)] if code else []

    def _office_or_body(self, token: Token) -> list[Actor]:
        for other in (*token.children, *(g for c in token.children if c.dep_ in ("appos", "prep") for g in (c, *c.children))):
            if (
                other.ent_type_ in ("COUNTRY", "NORP", "BLOC")
                and other.ent_kb_id_
                and other.dep_ in ("poss", "compound", "amod", "nmod", "pobj", "appos")
            ):
                return [Actor(surface(other), other.ent_kb_id_, True)]
            if other.ent_type_ == "PERSON" and other.dep_ in ("appos", "compound"):
                person = self._person(self.references.of(other), other)
                if person:
                    return person
        if token.ent_kb_id_:
            return [Actor(surface(token), token.ent_kb_id_, True)]
        return []

    def _common(self, token: Token) -> list[Actor]:
        word, lemma = token.lower_, token.lemma_.lower()
        if word in _WE:
            return self.party_actors()
        if word in _THEY:
            return self.last_group if len(self.last_group) > 1 else (self.party_actors() if len(self.parties) > 1 else self.last_group)
        words = act_words()
        modifiers = {c.lower_ for c in token.children}
        for child in token.lefts:
            if child.ent_type_ in ("NORP", "COUNTRY", "BLOC") and child.ent_kb_id_:
                if lemma in _STATE_NOUNS:
                    return [
                        Actor(f"{surface(child)} {token.text}", a.code, True)
                        for a in self.of(child) or [Actor(surface(child), child.ent_kb_id_, True)]
                    ]
                if lemma in _FIRM_NOUNS:
                    start = min(t.i for t in token.subtree if t.i <= token.i and t.sent == token.sent)
                    name = self.doc[max(start, child.i) : token.i + 1].text
                    return [Actor(name, name, False)]
        if lemma in words["party_nouns"] and modifiers & {"both", "two", "three", "four", "five", "six", "seven", "our", "these"}:
            return self.last_group if len(self.last_group) > 1 and not len(self.parties) > 1 else self.party_actors()
        if (
            lemma in ("leader", "minister", "side", "country", "government", "participant", "party", "official", "principal", "delegation")
            and "the" in modifiers
            and token.tag_ == "NNS"
        ):
            return self.party_actors() if len(self.parties) > 1 else (self.last_group if len(self.last_group) > 1 else [])
        cluster = self.references.resolve(token)
        if cluster is not None:
            if cluster.label == "PERSON":
                return self._person(cluster, token)
            if cluster.label in ("BLOC", "COUNTRY") and cluster.code:
                return [Actor(cluster.name, cluster.code, True)]
            if cluster.label in ("FIRM", "FUND"):
                return [Actor(cluster.name, cluster.name, False)]
            if cluster.label == "PUBLIC_BODY" and cluster.code:
                return [Actor(cluster.name, cluster.code, True)]
        return []


def _coordinated(token: Token) -> Iterable[Token]:
    """Tokens joined to this one by "and" or commas, and its apposed list."""
    stack = [c for c in token.children if c.dep_ == "conj"]
    while stack:
        item = stack.pop(0)
        yield item
        stack += [c for c in item.children if c.dep_ == "conj"]


def _acts_as_state(token: Token) -> bool:
    """A capital stands for its government where it does something, not where something takes place in it."""
    if token.dep_ in ("nsubj", "nsubjpass", "poss"):
        return True
    if token.dep_ == "pobj":
        return token.head.lower_ in ("with", "between", "against", "by") or token.head.dep_ == "agent"
    if token.dep_ == "conj":
        return token.head.ent_type_ in ("PLACE", "COUNTRY") and _acts_as_state(token.head)
    return token.dep_ == "dobj"
