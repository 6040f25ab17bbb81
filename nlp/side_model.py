"""Which of the actors near a clause are the sides of its act, by weights learned from the project's annotated passages.

The grammar of `act_sides` proposes a set; here each actor that the sentence names, each party of the document and each proposed side is
weighed by where it stands to the clause's head, so that a state that only hosts, is spoken of or gets something is left out, and one
that the grammar missed comes in. A binary logistic regression over indicator features; `training/train_acts.py` fits it and writes
`models/sides.json`.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from spacy.tokens import Span, Token

from nlp.act_sides import Sides
from nlp.actors import Actor, Actors
from nlp.acts import Clause

_LABELS = frozenset(("COUNTRY", "BLOC", "NORP", "PLACE", "PUBLIC_BODY", "FUND", "FIRM", "PERSON", "OFFICE"))
_MOST_STEPS = 8
_MOST_DEPTH = 5
_MOST_UP = 5
_MOST_PATH = 4
_MOST_COUNTED = 6
_DECIMALS = 6  # the last digits of a sum of floats differ with its order

Mention = tuple[Token, tuple[Actor, ...]]


@dataclasses.dataclass(frozen=True, slots=True)
class SideModel:
    """`weights` by feature name, `offset`, and the probability `threshold` from which an actor is a side."""

    weights: dict[str, float]
    offset: float
    threshold: float


@cache
def load_model() -> SideModel:
    """The shipped weights, read at first use."""
    raw: dict[str, Any] = json.loads(resources.files("nlp").joinpath("models", "sides.json").read_text(encoding="utf-8"))
    return SideModel(raw["weights"], float(raw["offset"]), float(raw["threshold"]))


def chosen(model: SideModel, clause: Clause, proposed: Sides, act: str, resolver: Actors) -> Sides:
    """The sides of a clause that is `act`: those above the threshold, or the proposed ones where fewer than two, or no public one, are."""
    least = math.log(model.threshold / (1 - model.threshold))
    kept = [
        actor
        for actor, names in side_features(clause, proposed, act, resolver)
        if round(model.offset + sum(model.weights.get(name, 0.0) for name in names), _DECIMALS) >= least
    ]
    if len(kept) < 2 or not any(actor.public for actor in kept):
        return proposed
    return dataclasses.replace(proposed, actors=tuple(kept))


def side_features(clause: Clause, proposed: Sides, act: str, resolver: Actors) -> Iterator[tuple[Actor, list[str]]]:
    """Each actor that could be a side, with the names of its indicator features."""
    found: dict[str, tuple[Actor, set[str]]] = {}

    def add(actor: Actor, *names: str) -> None:
        found.setdefault(actor.code, (actor, set()))[1].update(names)

    for actor in proposed.actors:
        add(actor, "proposed")
    for actor in proposed.subjects:
        add(actor, "subject")
    for actor in proposed.partners:
        add(actor, "partner")
    parties = {actor.code for actor in resolver.party_actors()}
    for actor in resolver.party_actors():
        add(actor, "party")
    for token, actors in mentions(clause.sentence, resolver):
        place = _mention_features(token, clause)
        for actor in actors:
            add(actor, "named", *place)
    context = [
        f"how={proposed.how}",
        f"kind={clause.kind}",
        f"act={act}",
        f"word={clause.words[0]}",
        f"parties={min(_MOST_PATH, len(parties))}",
        f"near={min(_MOST_COUNTED, len(found))}",
        f"proposed={min(_MOST_DEPTH, len(proposed.actors))}",
        f"subjects={min(2, len(proposed.subjects))}",
    ]
    for actor, names in found.values():
        if not actor.public:
            names.add("private")
        way = "+".join(name for name in ("proposed", "subject", "partner", "party", "named") if name in names)
        told = sorted(names)
        yield (
            actor,
            [way, *told, *(f"{way}|{c}" for c in context), *(f"{n}|{context[0]}" for n in told), *(f"{n}|{context[2]}" for n in told)],
        )


def mentions(sentence: Span, resolver: Actors) -> list[Mention]:
    """The names of a sentence that stand for an actor."""
    found: list[Mention] = []
    for token in sentence:
        if token.ent_type_ in _LABELS:
            actors = resolver.named(token)
            if actors:
                found.append((token, tuple(actors)))
    return found


def _mention_features(token: Token, clause: Clause) -> list[str]:
    """Where a name stands to the clause's head."""
    head = clause.head
    path: list[tuple[str, str]] = []
    current, inside = token, False
    for _ in range(_MOST_STEPS):
        if current.i == head.i:
            inside = True
            break
        path.append((current.dep_, current.head.lower_ if current.dep_ == "pobj" else ""))
        if current.head.i == current.i:
            break
        current = current.head
    names = [f"dep={token.dep_}", f"label={token.ent_type_}", "before" if token.i < head.i else "after"]
    if inside:
        names += [
            "inside",
            f"top={path[-1][0] if path else 'self'}",
            f"depth={min(_MOST_DEPTH, len(path))}",
            "path=" + ">".join(dep for dep, _ in path[::-1][:_MOST_PATH]),
        ]
    else:
        names += ["outside", f"outside={token.dep_}", *_above(token, head)]
    preposition = next((word for _, word in path if word), None)
    if preposition:
        names.append(f"prep={preposition}")
    return names


def _above(token: Token, head: Token) -> Iterator[str]:
    """How many steps above the clause's head the name's branch leaves."""
    current = head
    for step in range(1, _MOST_UP + 1):
        if current.head.i == current.i:
            return
        current = current.head
        if current.i == token.i or current.is_ancestor(token):
            yield f"above={min(3, step)}"
            return
