"""Which countries, blocs and bodies meet, agree, pledge, support, aid, suspend or reject what, under which instrument.

`act_candidates` reads the clauses with their sides, `act_model` says how probable each act is, and here both become rows: hostile
clauses give `reject` and `suspend` alone, and acts that differ only in topic are one row.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from spacy.tokens import Doc

from nlp import act_model, dates, side_model
from nlp.act_candidates import Candidate, candidates
from nlp.act_hostility import is_against, is_reciprocal, is_under_hostility
from nlp.actors import Actors, act_words
from nlp.acts import REFUSALS
from nlp.records import Cooperation
from nlp.references import surface

_HOSTILE = ("reject", "suspend")
_MAIN = ("main", "reported")
_DEEDS = ("agree", "cooperate", "aid")
_MOST_EVIDENCE = 5
_REPEATED = 0.02  # what each further clause that says the same adds to the confidence
_LISTED = 0.6  # an item that continues its lead's sentence needs less of its own
_SUREST = 0.95
_MOST_OPPOSED = 3
_HOSTILE_LEAST = 0.3  # on annotated text two of three `reject` rows below were none
_HOSTILE_ALONE_LEAST = 0.6  # the same where no word of the sentence is hostile
_PRIVATE_LEAST = 0.5  # a firm or fund in one state's document is mostly its own


@dataclasses.dataclass(frozen=True, slots=True)
class Act:
    """A candidate that is an act, which one, and how probably."""

    candidate: Candidate
    act: str
    probability: float


def cooperations(doc: Doc) -> Iterator[Cooperation]:
    """One `Cooperation` per act, set of actors and instrument; acts that differ only in topic are merged."""
    merged: dict[tuple[str, frozenset[str], str | None], list[Act]] = {}
    for act in acts(doc):
        codes = frozenset(a.code for a in act.candidate.sides.actors)
        merged.setdefault((act.act, codes, act.candidate.instrument), []).append(act)
    for group in merged.values():
        yield _row(doc, group)


def acts(doc: Doc) -> Iterator[Act]:
    """The clauses of a document that are acts between its sides."""
    model = act_model.load_model()
    found = list(candidates(doc))
    if not found:
        return
    vectors = act_model.clause_vectors([c.clause for c in found])
    hostile = {
        c.clause.sentence.start for c in found if c.clause.kind in _MAIN and c.clause.lexical_act in _HOSTILE and not c.clause.negated
    }
    between_states = len(doc._.parties) > 1
    sides, resolver = side_model.load_model(), Actors(doc)
    for candidate, row in zip(found, act_model.probabilities(model, [c.features for c in found], vectors)):
        none = float(row[0])
        least = model.threshold * (_LISTED if candidate.follows_lead else 1)
        if not between_states and not all(a.public for a in candidate.sides.actors):
            least = max(least, _PRIVATE_LEAST)
        if 1 - none < least:
            if _is_plainly_hostile(candidate):
                yield Act(candidate, str(candidate.clause.lexical_act), max(1 - none, model.threshold))
            continue
        act, probability = model.classes[1 + int(row[1:].argmax())], float(row[1:].max())
        doubtful = probability < _least_hostile(candidate) or _nobody_opposed(candidate)
        if act in _HOSTILE and doubtful and not _is_plainly_hostile(candidate):
            continue
        if act not in _HOSTILE and candidate.clause.kind not in _MAIN and candidate.clause.sentence.start in hostile:
            continue  # "threatened to cut the [aid]" gives none
        allowed = _allowed(candidate, act, between_states)
        if allowed is not None:
            candidate.sides = side_model.chosen(sides, candidate.clause, candidate.sides, allowed, resolver)
            yield Act(candidate, allowed, probability)


def _least_hostile(candidate: Candidate) -> float:
    """From which probability on a clause is hostile: more is asked where no word of its sentence is."""
    clause = candidate.clause
    if clause.words[0] in REFUSALS and candidate.sides.how == "named":
        return 0.0  # "failed to agree with"
    return _HOSTILE_LEAST if candidate.hostile or clause.lexical_act in _HOSTILE else _HOSTILE_ALONE_LEAST


def _nobody_opposed(candidate: Candidate) -> bool:
    """All sides do it together, to nobody whom the text names: "both condemned all acts of sabotage"."""
    subjects = {a.code for a in candidate.sides.subjects}
    together = len(subjects) > 1 and subjects == {a.code for a in candidate.sides.actors}
    return together and not is_reciprocal(candidate.clause)


def _allowed(candidate: Candidate, act: str, has_parties: bool) -> str | None:
    """The act after a look at hostile words: between named sides a threat, sanction or protest is never a friendly act."""
    if act in _HOSTILE:
        return act
    clause = candidate.clause
    if any(word in act_words()["hostile_cues"] for word in clause.words[1:]):  # "vowed to retaliate"
        return "reject"
    if clause.negated and act in _DEEDS:
        return "reject" if clause.words[0] in REFUSALS and candidate.sides.how == "named" else None
    one_sided = 0 < len(candidate.sides.subjects) < len(candidate.sides.actors)
    if clause.lexical_act in _HOSTILE and not clause.negated and (one_sided or candidate.sides.how != "parties"):
        return clause.lexical_act
    if is_against(clause) or is_under_hostility(clause):
        return "reject" if clause.kind in _MAIN and not _nobody_opposed(candidate) and candidate.sides.how != "parties" else None
    if candidate.hostile and not (has_parties and candidate.sides.how in ("parties", "party")):
        return None
    return act


def _is_plainly_hostile(candidate: Candidate) -> bool:
    """A main clause in which one named side does to another what the lexicon calls hostile: "A accused B of …"."""
    clause, sides = candidate.clause, candidate.sides
    plain = clause.lexical_act in _HOSTILE and clause.kind in _MAIN and not clause.negated
    return (
        plain
        and sides.how == "named"
        and bool(sides.subjects)
        and len(sides.actors) <= _MOST_OPPOSED
        and all(a.public for a in sides.actors)
    )


def _row(doc: Doc, group: list[Act]) -> Cooperation:
    best = max(group, key=lambda a: a.probability)
    spans: list[int] = []
    for act in group[:_MOST_EVIDENCE]:
        for part in (act.candidate.lead, act.candidate.clause.sentence):
            if part is not None and part.start_char not in spans[::2]:
                spans += [part.start_char, part.end_char]
    actors = {a.code: a.name for a in best.candidate.sides.actors}
    codes = sorted(actors)
    head = best.candidate.clause.head
    row = Cooperation(
        start=head.idx,
        end=head.idx + len(head.text),
        evidence_spans=tuple(spans),
        confidence=min(_SUREST, best.probability + _REPEATED * (len(group) - 1)),
        actors=tuple(actors[c] for c in codes),
        actor_codes=tuple(codes),
        act=best.act,
        topics=tuple(dict.fromkeys(t for a in group for t in a.candidate.topics)),
        instrument=best.candidate.instrument,
    )
    return dataclasses.replace(row, **_when_and_where(doc, best))


def _when_and_where(doc: Doc, act: Act) -> dict[str, Any]:
    """The periods in which the act took place and is due, and its place, as the sentence tells."""
    published: dt.date | None = doc._.source.published_on if doc._.source else None
    clause = act.candidate.clause
    ahead = act.act == "pledge" or bool(clause.helpers & {"will", "shall"})
    found: dict[str, Any] = {}
    for token in clause.sentence:
        if token.ent_type_ == "DATE" and "held_on" not in found and "due_on" not in found:
            period = dates.resolve(token.text, published)
            if period is not None:
                begins = period.on or period.until  # "since May" has no last day, "before May" no first one
                prefix = "due" if ahead or (published and begins and begins > published) else "held"
                found |= {f"{prefix}_on": period.on, f"{prefix}_until": period.until, f"{prefix}_precision": period.precision}
        elif token.ent_type_ in ("PLACE", "COUNTRY") and token.dep_ == "pobj" and token.head.lower_ in ("in", "at"):
            found.setdefault("place", surface(token))
    return found
