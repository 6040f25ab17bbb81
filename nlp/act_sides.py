"""Which sides stand in a clause: who acts, with or upon whom, and who else is named in it.

The grammar gives the sides that a clause names; a statement's parties fill in where it names none or one ("Cooperation on ports will
be expanded", "We thank Kenya"). `Sides.how` tells by which way the set was found; the act's weights read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Token

from nlp import lexicons
from nlp.actors import Actor, Actors, is_language, named_actor
from nlp.acts import Clause
from nlp.references import surface

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_WITH = {"with", "between", "among", "alongside", "from", "by", "along"}
_TO = {"to", "for", "against", "on", "of", "upon", "at", "towards", "toward", "over"}


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of an act. `subjects` act, `partners` stand on the other side, `actors` are all of them as the row has them.

    `how`: "named" (two or more in the clause), "parties" (none named: the document's), "party" (one party named, the others filled
    in), "outsider" (the parties and one named that is none), "memory" (one named, the other from the sentence before),
    "region" (one, and a region of the world that gets something or takes part).
    """

    subjects: tuple[Actor, ...]
    partners: tuple[Actor, ...]
    actors: tuple[Actor, ...]
    how: str


def sides_of(clause: Clause, resolver: Actors, lead: Sides | None) -> Sides | None:
    """The sides of a clause; None where fewer than two can be told or none of them is a state, bloc or body."""
    subjects, spoken = _subjects(clause, resolver)
    partners = _unique(_partners(clause, resolver))
    if not spoken and lead is not None:
        subjects = list(lead.actors)
    named = _unique((*subjects, *partners))
    everyone = resolver.party_actors()
    party_codes = {a.code for a in everyone}
    if len(named) < 2:
        named = _unique((*named, *_mentioned(clause, resolver)))
    how, actors = "named", named
    if len(everyone) > 1:
        outside = [a for a in named if a.code not in party_codes]
        inside = [a for a in named if a.code in party_codes]
        if not named:
            if spoken and clause.kind in ("embedded", "nominal"):
                return None
            how, actors = "parties", everyone
        elif len(inside) == len(everyone):
            how, actors = "parties" if not partners else "named", inside + [a for a in outside if a in partners and a.public]
        elif len(inside) >= 2 or (inside and outside and not spoken):
            how, actors = "named", named
        elif inside:
            if outside:
                how, actors = "named", named
            else:
                how, actors = (
                    "party",
                    (everyone if len(everyone) == 2 else named + [a for a in everyone if a.code not in {n.code for n in named}]),
                )
        elif len(outside) == 1:
            how, actors = "outsider", everyone + outside
    elif len(named) == 1 and clause.kind in ("main", "reported"):
        other = [a for a in (*everyone, *resolver.last_group) if a.code != named[0].code]
        if other:
            how, actors = "memory", _unique((*named, *other))
    if len(actors) == 1 or (not actors and len(everyone) == 1 and clause.kind in ("main", "reported")):
        giver = actors or everyone
        regions = list(_regions(clause))
        if regions and giver[0].public:
            how, actors, partners = "region", _unique((*giver, *regions)), regions
    if len(actors) < 2 or not any(a.public for a in actors):
        return None
    return Sides(tuple(subjects), tuple(partners), tuple(actors), how)


@cache
def _region_names() -> frozenset[str]:
    return frozenset(name.casefold() for name in lexicons.load("regions")["names"])


def _regions(clause: Clause) -> Iterator[Actor]:
    """Regions of the world that a clause names as who gets something or takes part: "will support small firms in the [Caribbean]"."""
    for token in clause.head.subtree:
        if token.ent_type_ in ("PLACE", "BLOC") and not token.ent_kb_id_ and token.dep_ in ("pobj", "dobj", "conj", "poss", "dative"):
            name = surface(token).removeprefix("the ").removeprefix("The ")
            if name.casefold() in _region_names():
                yield Actor(name, name, True)


def _unique(actors: Iterable[Actor]) -> list[Actor]:
    found: dict[str, Actor] = {}
    for actor in actors:
        found.setdefault(actor.code, actor)
    return list(found.values())


def _subjects(clause: Clause, resolver: Actors) -> tuple[list[Actor], bool]:
    """Who does it, and whether the clause (or the one it hangs on) has a subject at all."""
    if clause.kind == "nominal" or clause.head.pos_ not in ("VERB", "AUX"):
        return _owners(clause.head, resolver)
    current: Token = clause.head
    for _ in range(5):
        children = list(current.children)
        agents = [p for c in children if c.dep_ == "agent" for p in c.children if p.dep_ == "pobj"]
        if agents:
            return [a for p in agents for a in resolver.of(p)], True
        subjects = [c for c in children if c.dep_ in _SUBJECTS]
        if subjects:
            found = _unique(a for s in subjects for a in resolver.of(s))
            passive = any(s.dep_ == "nsubjpass" for s in subjects)
            if not found and all(s.lower_ in ("it", "there", "that", "which", "this") or s.dep_ == "csubj" for s in subjects):
                return [], False
            return found, bool(found) or not passive
        if current.dep_ in ("acl", "relcl"):
            return resolver.of(current.head), True
        if current.dep_ in ("conj", "xcomp", "advcl", "pcomp", "prep"):
            current = current.head
        else:
            break
    return [], False


def _owners(noun: Token, resolver: Actors) -> tuple[list[Actor], bool]:
    """Sides of a noun: "[Japan]'s talks with …", "[U.S.-Japan] cooperation", "(held by) [Japan]"."""
    found: list[Actor] = []
    for child in noun.lefts:
        if child.dep_ in ("poss", "compound", "amod", "nmod"):
            if child.ent_kb_id_ and child.ent_type_ in ("COUNTRY", "BLOC", "NORP", "PLACE"):
                found.append(named_actor(child))
                found += [named_actor(c) for c in child.children if c.ent_kb_id_ and c.ent_type_ in ("COUNTRY", "BLOC", "NORP")]
            elif child.dep_ == "poss":
                found += resolver.of(child)
    if found:
        return found, True
    head = noun.head if noun.dep_ in ("dobj", "nsubjpass", "attr") else noun.head.head if noun.dep_ == "pobj" else None
    if head is not None and head.pos_ in ("VERB", "AUX"):
        subjects = [c for c in head.children if c.dep_ in _SUBJECTS and c.i != noun.i]
        return [a for s in subjects for a in resolver.of(s)], bool(subjects)
    return [], False


def _partners(clause: Clause, resolver: Actors) -> list[Actor]:
    """Sides that the objects and prepositions of the clause name."""
    found: list[Actor] = []
    head = clause.head

    def look(node: Token, depth: int) -> None:
        for child in node.children:
            if child.dep_ in ("dobj", "dative", "attr", "oprd") or (child.dep_ == "nsubjpass" and node.i == head.i):
                found.extend(resolver.of(child))
                for inner in child.children:
                    if child.dep_ == "dative" and inner.dep_ == "pobj":
                        found.extend(resolver.of(inner))
                if depth < 2:
                    look(child, depth + 1)
            elif child.dep_ in ("prep", "agent") and (child.lower_ in _WITH or child.lower_ in _TO):
                for inner in child.children:
                    if inner.dep_ == "pobj":
                        if child.lower_ in _WITH or (child.lower_ in _TO and depth < 2):
                            found.extend(resolver.of(inner))
                        if depth < 2:
                            look(inner, depth + 1)
                    elif inner.dep_ == "prep":
                        found.extend(a for p in inner.children if p.dep_ == "pobj" for a in resolver.of(p))
            elif child.dep_ == "xcomp" and depth < 2 and not any(c.dep_ in _SUBJECTS for c in child.children):
                look(child, depth + 1)

    look(head, 0)
    return found


def _mentioned(clause: Clause, resolver: Actors) -> list[Actor]:
    """Sides inside the noun phrases of the clause: "summoned [Vietnam]'s ambassador", "aid for farmers in [Chad]"."""
    found: list[Actor] = []
    head = clause.head
    if head.ent_type_ in ("COUNTRY", "BLOC") and head.ent_kb_id_:
        found.append(named_actor(head))
    for child in head.children:
        if child.dep_ in (*_SUBJECTS, "dobj", "attr", "dative", "oprd", "appos", "compound", "poss", "amod", "nmod"):
            if is_language(child):
                continue
            if child.ent_kb_id_ and child.ent_type_ in ("COUNTRY", "BLOC", "NORP"):
                found.append(named_actor(child))
            found.extend(resolver.within(child))
        elif child.dep_ in ("prep", "agent", "xcomp"):
            found.extend(resolver.within(child))
    return found
