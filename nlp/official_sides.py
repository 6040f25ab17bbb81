"""Who stands with whom in a sentence: "A and B", "A, accompanied by B", "A met B"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from spacy.tokens import Token

from nlp.official_holdings import Holding

_SUBJECTS = ("nsubj", "nsubjpass")
_COMPANY = frozenset({"accompany", "assist", "flank", "join", "include", "comprise", "support"})
_WITH = frozenset({"with", "to", "from", "at"})
_STEPS = 6


class Sides:
    """For each office those of other persons, by number, that its sentences set beside it or against it.

    `joined` by "and" or in one list, `company` by "accompanied by", "together with", `opposite` as subject and object of one verb, or
    as whom something is done with.
    """

    def __init__(self, holdings: Sequence[Holding]) -> None:
        self.joined: dict[int, set[int]] = defaultdict(set)
        self.company: dict[int, set[int]] = defaultdict(set)
        self.opposite: dict[int, set[int]] = defaultdict(set)
        by_sentence: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        tokens: dict[int, Token] = {}
        for number, holding in enumerate(holdings):
            for token in {r.link.person.i: r.link.person for r in holding.readings}.values():
                by_sentence[token.sent.start][token.i].append(number)
                tokens[token.i] = token
        for places in by_sentence.values():
            if len(places) < 2:
                continue
            found = [(numbers, *_place(tokens[i])) for i, numbers in places.items()]
            for k, (mine, top, verb, way) in enumerate(found):
                for others, other_top, other_verb, other_way in found[k + 1 :]:
                    self._relate(mine, others, _relation(top, verb, way, other_top, other_verb, other_way))

    def _relate(self, mine: list[int], others: list[int], relation: str | None) -> None:
        if relation is None:
            return
        table: dict[int, set[int]] = getattr(self, relation)
        for one in mine:
            for other in others:
                if one != other:
                    table[one].add(other)
                    table[other].add(one)


def _relation(top: Token, verb: Token | None, way: str, other_top: Token, other_verb: Token | None, other_way: str) -> str | None:
    if top.i == other_top.i:
        return "joined"
    if verb is None or other_verb is None or verb.i != other_verb.i:
        return None
    if "company" in (way, other_way):
        return "company"
    if verb.lemma_.lower() in _COMPANY:
        return "company"
    return "opposite" if way != other_way else "joined"


def _place(token: Token) -> tuple[Token, Token | None, str]:
    """The first of a name's chain of "and" and appositions, the verb that it belongs to, and how."""
    top = token
    for _ in range(_STEPS):
        if top.dep_ in ("conj", "appos", "compound", "nmod") and top.head.i != top.i and top.head.pos_ not in ("VERB", "AUX"):
            top = top.head
        else:
            break
    if top.dep_ in _SUBJECTS:
        return top, _main(top.head), "subject"
    if top.dep_ in ("dobj", "dative", "attr", "oprd"):
        return top, _main(top.head), "object"
    if top.dep_ == "pobj":
        preposition = top.head
        over = preposition.head
        way = "object" if preposition.lower_ in _WITH else "agent" if preposition.lower_ == "by" else "other"
        if preposition.lower_ == "with" and preposition.i and preposition.nbor(-1).lower_ in ("together", "along", "alongside"):
            way = "company"
        for _ in range(_STEPS):
            if over.lemma_.lower() in _COMPANY:
                way = "company"
            if over.pos_ in ("VERB", "AUX") and over.dep_ not in ("advcl", "acl", "prep"):
                return top, _main(over), way
            if over.head.i == over.i:
                break
            over = over.head
    return top, None, ""


def _main(verb: Token) -> Token:
    """The first of verbs joined by "and"."""
    for _ in range(_STEPS):
        if verb.dep_ != "conj" or verb.head.i == verb.i:
            break
        verb = verb.head
    return verb
