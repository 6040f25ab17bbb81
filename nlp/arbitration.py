"""Which of the proposed spans of a document stand: where model and rules disagree, the one that was right more often on held text.

The preferences below were read off the disagreements of both sources on texts that the model never saw
(`benchmarks/arbitration.py` prints the outcome per label); everything else is decided by score and length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal: tokens [start, end), label, how sure its source is (0–1), and the country or bloc code where known."""

    start: int
    end: int
    label: str
    score: float
    code: str = ""


SURE = 0.98
"""Score of a rule's proposal that the model's view does not refute: the model sees the names in "Reid, Priest & Olson LLP" one by one."""

# A country, place or people inside a longer name of these labels that the model sees is part of that name ("Japan Airlines").
_WHOLE = frozenset({"FIRM", "FUND", "PLACE", "ORG", "PUBLIC_BODY", "PERSON"})
_PARTS = frozenset({"COUNTRY", "PLACE", "NORP"})
# Names whose extent the model sees better than rules that grow a name from its head.
_MODEL_EXTENT = frozenset({"FUND", "PUBLIC_BODY", "FIRM"})


def settle(model: Iterable[Candidate], rules: Iterable[Candidate]) -> list[Candidate]:
    """The proposals of both sources without those of the rules that the model's view of the same words refutes."""
    kept = list(model)
    at: dict[int, list[Candidate]] = {}
    for seen in kept:
        for token in range(seen.start, seen.end):
            at.setdefault(token, []).append(seen)
    for rule in rules:
        overlapping = {id(seen): seen for token in range(rule.start, rule.end) for seen in at.get(token, ())}
        if not any(_refutes(seen, rule) for seen in overlapping.values()):
            kept.append(rule)
    return kept


def _refutes(seen: Candidate, rule: Candidate) -> bool:
    """Does the model's span speak against an overlapping one of the rules?"""
    contains = seen.start <= rule.start and rule.end <= seen.end and (seen.start, seen.end) != (rule.start, rule.end)
    contained = rule.start <= seen.start and seen.end <= rule.end and (seen.start, seen.end) != (rule.start, rule.end)
    if contains and rule.label in _PARTS and seen.label in _WHOLE:
        return True
    if seen.label == rule.label and seen.label in _MODEL_EXTENT:
        with_legal_form = seen.label == "FIRM" and rule.start == seen.start and rule.end > seen.end
        return (seen.start, seen.end) != (rule.start, rule.end) and not with_legal_form and rule.score < SURE
    # A body that a rule grows over a country which the model keeps apart ("Japan Ministry").
    return contained and seen.label == "COUNTRY" and rule.label == "PUBLIC_BODY"


def arbitrate(doc: Doc, proposals: Iterable[Candidate]) -> list[Span]:
    """Of overlapping proposals the best: by score, a longer one first where the scores are near; none crosses a line break."""
    best: dict[tuple[int, int], Candidate] = {}
    for c in proposals:
        if c.end <= c.start or any("\n" in doc[k].text for k in range(c.start, c.end)):
            continue
        held = best.get((c.start, c.end))
        if held is None or c.score > held.score or (c.score == held.score and c.label == held.label and c.code and not held.code):
            best[(c.start, c.end)] = c
    ranked = sorted(best.values(), key=lambda c: (-(c.score + 0.03 * min(c.end - c.start, 6)), c.start, -c.end))
    taken = [False] * len(doc)
    kept: list[Span] = []
    for c in ranked:
        if not any(taken[c.start : c.end]):
            taken[c.start : c.end] = [True] * (c.end - c.start)
            kept.append(Span(doc, c.start, c.end, label=c.label, kb_id=c.code))
    return sorted(kept, key=lambda s: s.start)
