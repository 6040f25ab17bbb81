"""Who acts: the countries, blocs, bodies, firms and funds that a token stands for in an act between states.

A state appears under its name, its capital ("Tokyo said"), its people ("Japanese officials"), its ministry or its minister; in
statements it is "we" and "both sides". Each of them leads to one code (`actor_codes`), with the words as written beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.references import Cluster, References, surface

_WE = {"we", "us", "our", "ours", "ourselves"}
_THEY = {"they", "them", "their", "themselves", "both", "each", "all"}
_NAMES = ("COUNTRY", "BLOC", "NORP")
_GROUP_MODIFIERS = {
    "both",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "our",
    "these",
    "each",
    "all",
    "respective",
    "participating",
}
_OF_LANGUAGES = frozenset({"speak", "learn", "teach", "study", "understand", "write", "read", "translate"})
_OWN_VOICE = ("speech", "press_release", "readout", "fact_sheet")


@cache
def act_words() -> dict[str, Any]:
    """The lexicon of acts: verbs and nouns per act, nouns that stand for a state, a firm or the parties."""
    raw: dict[str, Any] = json.loads((Path(__file__).parent / "lexicons" / "acts.json").read_text(encoding="utf-8"))
    raw["verb_act"] = {verb: act for act, verbs in raw["verbs"].items() for verb in verbs}
    raw["noun_act"] = {noun: act for act, nouns in raw["nouns"].items() for noun in nouns}
    raw["hostility"] = {name: frozenset(words) for name, words in raw["hostility"].items()}
    for name in ("state_nouns", "firm_nouns", "collective_nouns", "hostile_cues"):
        raw[name] = frozenset(raw[name])
    return raw


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting side: its words in the text, its code (or name, where it has none), and whether it is a state, bloc or body."""

    name: str
    code: str
    public: bool


class Actors:
    """Resolves tokens of one document to the sides they stand for.

    `last_group` is what "they" means where the document has no parties: the sides of the last friendly act.
    """

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.references: References = doc._.references
        self.home: dict[str, str] = {}
        for official in doc._.officials:
            if official.jurisdiction:
                self.home.setdefault(official.person, official.jurisdiction)
        self.parties: list[str] = list(doc._.parties)
        source = doc._.source
        issuer = lexicons.publisher_country(source.publisher, source.url) if source else None
        self.issuer = issuer if doc._.genre in _OWN_VOICE else None
        self.last_group: list[Actor] = []
        codes = self.parties or ([self.issuer] if self.issuer else [])
        self._party_actors = tuple(Actor(lexicons.country_name(code), code, True) for code in codes)

    def party_actors(self) -> list[Actor]:
        """The document's parties as actors; its issuer where it has none."""
        return list(self._party_actors)

    def of(self, token: Token) -> list[Actor]:
        """The sides that a noun, name or pronoun stands for, coordinated ones included; empty where it is no side."""
        found: dict[str, Actor] = {}
        for part in (token, *_coordinated(token)):
            for actor in self._single(part):
                found.setdefault(actor.code, actor)
        return list(found.values())

    def named(self, token: Token) -> list[Actor]:
        """The sides that one name stands for, a people's adjective included ("[Kenyan] ports")."""
        actors = self._single(token)
        if not actors and token.ent_type_ in _NAMES and token.ent_kb_id_ and not is_language(token):
            return [named_actor(token)]
        return actors

    def _single(self, token: Token) -> list[Actor]:
        label = token.ent_type_
        if label in ("COUNTRY", "BLOC"):
            return [named_actor(token)] if token.ent_kb_id_ else [Actor(surface(token), surface(token), True)] if label == "BLOC" else []
        if label == "PLACE":
            return [named_actor(token)] if token.ent_kb_id_ and _acts_as_state(token) else []
        if label == "PERSON":
            return self._person(self.references.of(token), token)
        if label in ("OFFICE", "PUBLIC_BODY"):
            return self._office_or_body(token)
        if label in ("FIRM", "FUND"):
            cluster = self.references.of(token)
            name = cluster.name if cluster else surface(token)
            if label == "FUND" and token.ent_kb_id_ in lexicons.blocs():
                return [Actor(name, token.ent_kb_id_, True)]
            return [Actor(name, name, False)]
        if is_language(token):
            return []
        if label == "NORP":
            return [named_actor(token)] if token.ent_kb_id_ and (token.tag_ in ("NNPS", "NNS") or _stands_alone(token)) else []
        if label == "AGREEMENT":
            return self.party_actors() if len(self.parties) > 1 and token.dep_ in ("nsubj", "nsubjpass") else []
        return [] if label else self._common(token)

    def _person(self, cluster: Cluster | None, token: Token) -> list[Actor]:
        if cluster is None:
            return []
        code = self.home.get(cluster.name)
        return [Actor(surface(token), code, True)] if code else []

    def _office_or_body(self, token: Token) -> list[Actor]:
        for other in (*token.children, *(g for c in token.children if c.dep_ in ("appos", "prep") for g in (c, *c.children))):
            if other.ent_type_ in _NAMES and other.ent_kb_id_ and other.dep_ in ("poss", "compound", "amod", "nmod", "pobj", "appos"):
                return [named_actor(other)]
            if other.ent_type_ == "PERSON" and other.dep_ in ("appos", "compound"):
                person = self._person(self.references.of(other), other)
                if person:
                    return person
        if token.head.ent_type_ == "PERSON" and token.dep_ in ("appos", "compound", "nmod"):
            person = self._person(self.references.of(token.head), token.head)
            if person:
                return person
        if token.ent_kb_id_:
            return [named_actor(token)]
        return self.party_actors() if len(self.parties) == 2 and token.ent_type_ == "OFFICE" else []

    def _common(self, token: Token) -> list[Actor]:
        word, lemma = token.lower_, token.lemma_.lower()
        many = len(self.parties) > 1
        if word in _WE or (word == "i" and self.parties):
            return self.party_actors()
        if word in _THEY:
            return self.party_actors() if many else self.last_group
        words = act_words()
        modified = self._of_a_country(token, lemma, words)
        if modified is not None:
            return modified
        modifiers = {c.lower_ for c in token.children}
        if lemma in words["collective_nouns"] and (modifiers & _GROUP_MODIFIERS or "the" in modifiers):
            if many:
                return self.party_actors()
            if len(self.last_group) > 1 and (modifiers & _GROUP_MODIFIERS or token.tag_ == "NNS"):
                return self.last_group
        return self._referred(token)

    def _of_a_country(self, token: Token, lemma: str, words: dict[str, Any]) -> list[Actor] | None:
        """ "The Japanese side", "Ukraine's army", "the government of Chad", "a German company"; None for other nouns."""
        owner = next((c for c in token.lefts if c.ent_type_ in (*_NAMES, "PLACE") and c.ent_kb_id_), None)
        if owner is None and lemma in words["state_nouns"]:
            for preposition in token.rights:
                if preposition.lower_ in ("of", "from"):
                    owner = next((c for c in preposition.children if c.ent_type_ in _NAMES and c.ent_kb_id_), None)
                    break
        if owner is None:
            return None
        if lemma in words["state_nouns"]:
            return [named_actor(part) for part in (owner, *_coordinated(owner)) if part.ent_kb_id_]
        if lemma in words["firm_nouns"]:
            name = self.doc[owner.i : token.i + 1].text
            return [Actor(name, name, False)]
        return None

    def _referred(self, token: Token) -> list[Actor]:
        cluster = self.references.resolve(token)
        if cluster is None:
            return []
        if cluster.label == "PERSON":
            return self._person(cluster, token)
        if cluster.label in ("BLOC", "COUNTRY", "PUBLIC_BODY") and cluster.code:
            return [Actor(cluster.name, cluster.code, True)]
        return [Actor(cluster.name, cluster.name, False)] if cluster.label in ("FIRM", "FUND") else []

    def within(self, token: Token) -> Iterator[Actor]:
        """Sides named anywhere in a noun phrase: "[Vietnam]'s ambassador", "steel from [Korea]"; places of events stay out."""
        stack = [token]
        while stack:
            current = stack.pop()
            for child in current.children:
                if child.dep_ in ("relcl", "acl", "advcl"):
                    continue
                if child.ent_type_ in ("COUNTRY", "BLOC", "NORP") and child.ent_kb_id_:
                    if not (child.dep_ == "pobj" and current.lower_ in ("in", "at", "near")):
                        yield named_actor(child)
                elif child.ent_type_ in ("PERSON", "OFFICE", "PUBLIC_BODY"):
                    yield from self._single(child)
                stack.append(child)


def named_actor(token: Token) -> Actor:
    """The side that a country's, people's or bloc's name is."""
    return Actor(surface(token), token.ent_kb_id_, True)


def is_language(token: Token) -> bool:
    """Is a people's adjective its language: what one speaks, learns or is fluent in ("She speaks French, Lingala and Spanish")?"""
    if token.ent_type_ != "NORP":
        return False
    head = token
    while head.dep_ == "conj" and head.head != head:
        head = head.head
    governor = head.head
    if head.dep_ == "pobj":
        return token.tag_ != "NNPS" and governor.lower_ in ("in", "into")
    return head.dep_ in ("dobj", "nsubjpass", "attr", "npadvmod") and governor.lemma_.lower() in _OF_LANGUAGES


def _stands_alone(token: Token) -> bool:
    return token.dep_ in ("nsubj", "nsubjpass", "pobj", "dobj", "conj") and token.tag_ not in ("JJ",)


def _coordinated(token: Token) -> Iterable[Token]:
    """Tokens joined to this one by "and" or commas, and its apposed list ("three states, A, B and C")."""
    children = list(token.rights)  # what is joined on stands behind
    stack = [c for c in children if c.dep_ == "conj"]
    stack += [c for c in children if c.dep_ == "appos" and c.ent_type_ in ("COUNTRY", "BLOC") and not token.ent_type_]
    while stack:
        item = stack.pop(0)
        yield item
        stack += [c for c in item.rights if c.dep_ == "conj"]


def _acts_as_state(token: Token) -> bool:
    """A capital stands for its government where it does something, not where something takes place in it."""
    if token.dep_ in ("nsubj", "nsubjpass", "poss"):
        return True
    if token.dep_ == "pobj":
        return token.head.lower_ in ("with", "between", "against", "by") or token.head.dep_ == "agent"
    if token.dep_ == "conj":
        return token.head.ent_type_ in ("PLACE", "COUNTRY") and _acts_as_state(token.head)
    return token.dep_ == "dobj"
