"""What is told at each anchor of a document: the kind of deal, its parties and status, as frames with the probability that they are right.

For an anchor there are several readings: the one that the learned roles make, and those of the rules. A last regression, the judge,
says how probable each is, and the best is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc, Span

from nlp.deal_anchors import Anchor, anchors
from nlp.deal_frames import GROUPS, Frame, actors, percent_near
from nlp.deal_lexicon import frames_of_verbs, status_words, words
from nlp.deal_model import DealModel, Matrix
from nlp.deal_parties import Party
from nlp.deal_roles import Candidate, role_candidates
from nlp.deal_status import status_of
from nlp.deal_syntax import agent, is_passive, subject

NONE = "none"
RIGHT, WRONG = "right", "wrong"
LEARNED = "learned"
_MOST_GROUPS = 2
_SURE_KINDS = ("funding_round", "listing")  # told by words of their own: "raised … in a Series C round", "initial public offering"
_OUTSIDE_SHARE = 0.8
_RULE_BONUS = 0.4  # a rule's parties are kept unless others are much likelier
_LAW = re.compile(r"\b(?:Act|Law|Bill|Budget)\b")
_REPORTERS = ("company", "firm", "business", "employer", "manufacturer", "automaker")
_LEAST_SHARE = 0.25  # of the probability of a deal, for a second group of kinds to be read


@dataclass(slots=True, eq=False)
class Reading:
    """One way to read an anchor, with what tells whether it is right."""

    anchor: Anchor
    frame: Frame
    features: list[str]


def learned_frames(doc: Doc, model: DealModel) -> list[Frame]:
    """The best reading of each anchor as a frame whose `strength` is the probability that it is right."""
    found = list(readings(doc, model))
    if not found:
        return []
    assert model.judge is not None
    right = model.judge.classes.index(RIGHT)
    table = model.judge.probabilities([r.features for r in found])
    best: dict[int, tuple[float, Reading]] = {}
    for reading, row in zip(found, table):
        frame, ruled = reading.frame, reading.frame.pattern != LEARNED
        frame.strength = float(row[right])
        least = model.thresholds["rule" if ruled else "money" if frame.money is not None else "word"]
        worth = frame.strength + _RULE_BONUS * ruled
        known = best.get(reading.anchor.token.i)
        if frame.strength >= least and (known is None or worth > known[0]):
            best[reading.anchor.token.i] = (worth, reading)
    return sorted((reading.frame for _, reading in best.values()), key=lambda f: f.trigger.i)


def _take_giver_of_lead(frame: Frame, lead: Span | None) -> bool:
    """In a list the giver may stand only above it: "Australia announced:", "– a $20 million loan to …"; whether it was found there."""
    if frame.buyers or frame.sellers or frame.group not in ("finance", "investment") or lead is None or ":" not in lead.text:
        return False
    verb = lead.root
    if verb.pos_ == "VERB" and verb.lemma_.lower() in words("giving_verbs") | frames_of_verbs().keys():
        frame.buyers = [p for p in actors(subject(verb)) if p.name != frame.target]
    return bool(frame.buyers)


def readings(doc: Doc, model: DealModel) -> list[Reading]:
    """The readings of all anchors at which a deal is not too improbable."""
    every = list(anchors(doc))
    told: list[_Told] = []
    for regression, chosen in (
        (model.money, [a for a in every if a.money is not None]),
        (model.trigger, [a for a in every if a.money is None]),
    ):
        if not chosen:
            continue
        table = regression.probabilities([a.features for a in chosen])
        for anchor, row in zip(chosen, table):
            strength = 1.0 - float(row[regression.classes.index(NONE)])
            if (strength >= model.thresholds["anchor"] or anchor.frames) and not is_total(anchor):
                told += _kinds_told(anchor, regression.classes, row, strength)
    _learn(told, model)
    found = [reading for one in told for reading in _readings_of(one)]
    _tell_status(found, model)
    return found


@dataclass(slots=True, eq=False)
class _Told:
    """A kind of deal that an anchor may tell, with the reading by learned roles and the roles' probabilities by name of the party."""

    anchor: Anchor
    kind: str
    strength: float
    groups: dict[str, float]
    frame: Frame
    first: Frame
    """The frame of the anchor's likeliest kind."""
    roles: dict[str, dict[str, float]]


def _kinds_told(anchor: Anchor, classes: Sequence[str], row: Matrix, strength: float) -> list[_Told]:
    groups = _by_group(classes, row)
    ranked = sorted(groups, key=lambda g: (-groups[g], g))
    kinds = [likely_kind(classes, row, g) for g in ranked[:_MOST_GROUPS] if g == ranked[0] or groups[g] >= _LEAST_SHARE * strength]
    ruled = next((f.kind for f in anchor.frames if f.kind in _SURE_KINDS), None)
    if ruled is not None:
        kinds = [ruled, *(k for k in kinds if k != ruled)][:_MOST_GROUPS]
    trigger = anchor.trigger
    frames = [Frame(trigger, kind, money=anchor.money, pattern=LEARNED) for kind in kinds]
    return [_Told(anchor, kind, strength, groups, frame, frames[0], {}) for kind, frame in zip(kinds, frames)]


def likely_kind(classes: Sequence[str], row: Matrix, group: str | None = None) -> str:
    """The likeliest kind of a group of kinds, by default of the likeliest group."""
    groups = _by_group(classes, row)
    best = group or max(groups, key=lambda g: (groups[g], g))
    return str(max((n for n in classes if n != NONE and GROUPS[n] == best), key=lambda n: (row[classes.index(n)], n)))


def _by_group(classes: Sequence[str], row: Matrix) -> dict[str, float]:
    groups: dict[str, float] = {}
    for name, value in zip(classes, row):
        if name != NONE:
            groups[GROUPS[name]] = groups.get(GROUPS[name], 0.0) + float(value)
    return groups


def _learn(told: Sequence[_Told], model: DealModel) -> None:
    """Put the parties by learned roles, given the kind, on the frames."""
    found = [role_candidates(one.anchor, one.kind) for one in told]
    table = model.roles.probabilities([c.features for candidates in found for c in candidates])
    start = 0
    for one, candidates in zip(told, found):
        if candidates:
            roles = best_roles(candidates, table[start : start + len(candidates)], model.roles.classes)
            _place_parties(one.frame, roles, model.thresholds)
            one.roles = {party.name: known for party, known in roles}
        start += len(candidates)
        if one.frame.group == "takeover":
            stakes = [f.stake for f in one.anchor.frames if f.stake]
            one.frame.stake = stakes[0] if stakes else percent_near(one.frame.trigger)


def _readings_of(told: _Told) -> Iterator[Reading]:
    """The learned reading, and beside that of the likeliest kind those of the rules."""
    yield _reading(told, told.frame)
    if told.frame is told.first:
        for frame in told.anchor.frames or told.anchor.unpriced:
            if frame.buyers or frame.sellers or frame.target:
                yield _reading(told, frame)


def _reading(told: _Told, frame: Frame) -> Reading:
    sentence = told.anchor.place.sentence
    frame.evidence = [(sentence.start_char, sentence.end_char)]
    above = _take_giver_of_lead(frame, told.anchor.place.lead)
    features = _judge_features(told.anchor, frame, told.first, told.strength, told.groups, told.roles)
    return Reading(told.anchor, frame, [*features, *(["giverabove", f"giverabove|{frame.group}"] if above else [])])


def _tell_status(found: Sequence[Reading], model: DealModel) -> None:
    """Put the likeliest status on the frame of each reading."""
    asked = list({(id(r.anchor), r.frame.kind): r for r in found}.values())
    table = model.status.probabilities([status_features(r.anchor, r.frame.kind) for r in asked])
    told = {(id(r.anchor), r.frame.kind): model.status.classes[int(np.argmax(row))] for r, row in zip(asked, table)}
    for reading in found:
        reading.frame.status = told[id(reading.anchor), reading.frame.kind]


def _tenth(value: float) -> int:
    return min(9, int(value * 10))


def _judge_features(
    anchor: Anchor, frame: Frame, learned: Frame, strength: float, groups: dict[str, float], roles: dict[str, dict[str, float]]
) -> list[str]:
    by = "money" if anchor.money is not None else "word"
    source = "learned" if frame.pattern == LEARNED else "rule"
    doc = anchor.token.doc
    group = frame.group
    names = [by, source, f"group={group}", f"group={group}|{by}", f"genre={doc._.genre}", f"pattern={frame.pattern}"]
    names += [f"deal>{n}|{by}" for n in range(_tenth(strength) + 1)]
    names += [f"group>{n}" for n in range(_tenth(groups.get(group, 0.0) / max(strength, 1e-6)) + 1)]
    buyer = max((roles.get(p.name, {}).get("buyer", 0.0) for p in frame.buyers), default=0.0)
    target = roles.get(frame.target, {}).get("target", 0.0)
    names += [f"buyer>{n}" for n in range(_tenth(buyer) + 1)] + [f"target>{n}" for n in range(_tenth(target) + 1)]
    names += [f"target>{n}|{by}" for n in range(_tenth(target) + 1)]
    names += [f"buyerlabel={p.label or 'phrase'}|{group}" for p in frame.buyers[:1]] or [f"nobuyer|{group}", f"nobuyer|{by}"]
    names.append(f"targetlabel={frame.target_label or ('phrase' if frame.target else '-')}|{group}")
    names.append(f"targetlabel={frame.target_label or ('phrase' if frame.target else '-')}|{by}")
    names.append(f"sellers={min(2, len(frame.sellers))}|{group}")
    names.append(f"buyers={min(3, len(frame.buyers))}|{group}")
    if frame.target:
        names.append(f"targetwords={min(6, len(frame.target.split()))}")
    if source == "learned" and frame is not learned:
        names.append("second")
    for other in anchor.frames if source == "learned" else [learned]:
        agree = [
            "kind" if other.group == group else "",
            "buyer" if {p.name for p in other.buyers} & {p.name for p in frame.buyers} else "",
            "target" if other.target and other.target == frame.target else "",
        ]
        names += [f"agree={source}|{'+'.join(a for a in agree if a)}", *(f"agrees={a}" for a in agree if a)]
    if not anchor.frames:
        names.append("norule")
    if source == "rule":
        names += [f"strength={round(frame.strength, 1)}", f"{frame.pattern}|{group}"]
    names += [n for n in anchor.features if n.startswith(_CARRIED)]
    return names


_CARRIED = (
    *("title", "led", "item", "own=", "monies=", "verbless", "negated"),
    *("money_here", "money_below", "role=", "told=", "aux=", "word="),
)


def is_total(anchor: Anchor) -> bool:
    """Is the doer a law or a whole industry ("companies have invested …"): a total and no deal?"""
    verb = anchor.verb
    doer = (agent(verb) if is_passive(verb) else subject(verb)) if verb is not None else None
    if doer is None:
        return False
    if doer.ent_type_:
        return doer.ent_type_ not in ("FIRM", "FUND") and bool(_LAW.search(doer.text))
    lemma = doer.lemma_.lower()
    if lemma not in words("aggregates") or any(c.ent_type_ in ("FIRM", "FUND", "ORG") for c in doer.subtree):
        return False
    return doer.tag_ in ("NNS", "NNPS") or (lemma not in words("actor_nouns") and lemma not in _REPORTERS)


def best_roles(candidates: Sequence[Candidate], table: Matrix, classes: Sequence[str]) -> list[tuple[Party, dict[str, float]]]:
    """Each party once, with the highest probability of each role over its mentions, in the order of the text.

    What stands outside the anchor's sentence must be surer: its probabilities count by a share.
    """
    found: dict[str, tuple[Party, dict[str, float]]] = {}
    for candidate, row in zip(candidates, table):
        share = 1.0 if candidate.where == "here" else _OUTSIDE_SHARE
        here = {name: share * float(value) for name, value in zip(classes, row)}
        name = candidate.party.name
        if name not in found:
            found[name] = (candidate.party, here)
        else:
            party, known = found[name]
            found[name] = (party, {role: max(known[role], here[role]) for role in here})
    return list(found.values())


def _place_parties(frame: Frame, roles: list[tuple[Party, dict[str, float]]], thresholds: dict[str, float]) -> None:
    acting = [(p, r) for p, r in roles if p.label != "PLACE"]
    frame.buyers = _above(acting, "buyer", thresholds)
    names = {p.name for p in frame.buyers}
    frame.sellers = [p for p in _above(acting, "seller", thresholds, best=False) if p.name not in names]
    names |= {p.name for p in frame.sellers}
    things = [(r["target"], -n, p) for n, (p, r) in enumerate(roles) if p.name not in names]
    if things:
        probability, _, thing = max(things, key=lambda t: t[:2])
        if probability >= thresholds["target"]:
            frame.target, frame.target_label = thing.name, thing.label if thing.label != "PLACE" else ""


def _above(roles: list[tuple[Party, dict[str, float]]], role: str, thresholds: dict[str, float], *, best: bool = True) -> list[Party]:
    """The parties that play a role: all that are likelier than not, else the likeliest one where that is enough."""
    sure = [p for p, r in roles if r[role] >= thresholds["party"]]
    if sure or not best or not roles:
        return sure
    party, found = max(roles, key=lambda pair: pair[1][role])
    return [party] if found[role] >= thresholds["least_party"] else []


def status_features(anchor: Anchor, kind: str) -> list[str]:
    """What tells how far a deal is: the rules' status, tense and mood, and the words of status around."""
    ruled = status_of(anchor.trigger)
    genre = anchor.token.doc._.genre
    names = [f"ruled={ruled}", f"ruled={ruled}|{GROUPS[kind]}", f"kind={kind}", f"genre={genre}", f"genre={genre}|{ruled}"]
    names += [f"rule={f.status}" for f in anchor.frames]
    names += anchor.verbal
    if anchor.verb is not None:
        names += [f"verb={anchor.verb.lemma_.lower()}", f"verb={anchor.verb.lemma_.lower()}|{anchor.verb.tag_}"]
        names.append(f"tag={anchor.verb.tag_}|{GROUPS[kind]}")
    known, told = anchor.place.known, status_words()
    for lemma in [known.words[t.i] for t in anchor.place.tokens if not known.labels[t.i]]:
        if lemma in told:
            names += [f"said={told[lemma]}", f"said={lemma}"]
    names += [n for n in anchor.features if n.startswith(("word=", "title", "led", "item", "verbless", "modifier=", "told="))]
    return names
