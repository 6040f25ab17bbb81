"""Every clause of a document that could be an act between sides, with its sides, topics and instrument, before it is weighed.

Lists are read with their lead ("The leaders committed to: …"): an item without a subject of its own has the lead's sides, and the
lead's act is among its features.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span

from nlp.act_sides import Sides, sides_of
from nlp.actors import Actors
from nlp.acts import Clause, SentenceFacts, clauses, features, read_sentence
from nlp.references import References
from nlp.topics import CARRIED, sentence_topics

_HOSTILE = ("reject", "suspend")
_LEADING = ("agree", "pledge", "cooperate", "support", "aid")
_MAIN_TOPICS = 2
_SHORT_LABEL = 60


@dataclass(slots=True, eq=False)
class Candidate:
    """A clause with its sides. `hostile`: its sentence speaks of threats, sanctions, protests or the like. `follows_lead`: an item
    that continues the sentence of its list's lead. `features` are indicator
    names for `act_model`; `lead` is the sentence that opened its list."""

    clause: Clause
    sides: Sides
    topics: tuple[str, ...]
    own_topics: bool
    instrument: str | None
    hostile: bool
    follows_lead: bool = False
    lead: Span | None = None
    features: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Lead:
    clause: Clause
    sides: Sides | None
    sentence: Span
    items: int = 0


def candidates(doc: Doc) -> Iterator[Candidate]:
    """The candidates of a document in order."""
    resolver = Actors(doc)
    instruments = _instruments_by_token(doc)
    main_topics = tuple(row.topic for row in sorted(doc._.topics, key=lambda r: -r.score)[:_MAIN_TOPICS])
    lead: _Lead | None = None
    context: tuple[str, ...] = ()
    new_paragraph, number = True, 0
    label_topics: tuple[str, ...] = ()
    for sentence in doc.sents:
        tokens = list(sentence)
        facts = read_sentence(sentence, tokens)
        text, breaks = facts.text.strip(), "\n" in facts.text
        if not text:
            new_paragraph = new_paragraph or breaks
            continue
        here = _topics(doc, sentence)
        found = list(clauses(sentence, tokens))
        instrument = next((instruments[t.i] for t in tokens if t.i in instruments), None) if instruments else None
        if lead is not None and new_paragraph and not facts.is_item and lead.items and _stands_alone(found):
            lead = None
        kept: list[Candidate] = []
        for clause in found:
            inherited = lead.sides if lead is not None else None
            sides = sides_of(clause, resolver, inherited)
            if sides is None or clause.supposed:
                continue
            own = _clause_topics(clause, here, len(found)) or here
            known = own or label_topics
            candidate = Candidate(
                clause=clause,
                sides=sides,
                topics=known or context or main_topics,
                own_topics=bool(known),
                instrument=instrument,
                hostile=facts.hostile,
                follows_lead=lead is not None and lead.clause.lexical_act in _LEADING and not _stands_alone([clause]),
                lead=lead.sentence if lead is not None else None,
            )
            candidate.features = _features(candidate, facts, lead.clause if lead else None, doc, number)
            kept.append(candidate)
            yield candidate
            if sides.how == "named" and clause.lexical_act not in (None, *_HOSTILE):
                resolver.last_group = list(sides.actors)
        if (text.endswith(":") and len(text) > _SHORT_LABEL) or (text.endswith(":") and kept):
            main = next((c for c in kept if c.clause.kind == "main"), kept[0] if kept else None)
            lead = _Lead(main.clause if main else found[0], main.sides if main else None, sentence)
        elif lead is not None:
            lead.items += 1
        label_topics = here if text.endswith(":") and not breaks else ()
        if here:
            context = here
        new_paragraph = breaks
        number += 1


def _stands_alone(found: list[Clause]) -> bool:
    return any(c.kind == "main" and any(k.dep_ in ("nsubj", "nsubjpass") for k in c.head.children) for c in found)


def _topics(doc: Doc, sentence: Span) -> tuple[str, ...]:
    known = doc._.sentence_topics
    scores = known.get(sentence.start_char) if known is not None else None
    if scores is None:
        scores = sentence_topics(sentence.text)
    return tuple(code for code, score in sorted(scores.items(), key=lambda kv: (-kv[1], kv[0])) if score >= CARRIED)


def _clause_topics(clause: Clause, here: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Those of a sentence's topics that the clause's own words name, where the sentence has several clauses and topics."""
    if count < 2 or len(here) < 2:
        return here
    doc, head = clause.sentence.doc, clause.head
    text = doc[head.left_edge.i : head.right_edge.i + 1].text
    return tuple(code for code in sentence_topics(text) if code in here)


def _instruments_by_token(doc: Doc) -> dict[int, str]:
    references: References = doc._.references
    names = {row.name for row in doc._.instruments}
    found: dict[int, str] = {}
    for cluster in references.labelled("AGREEMENT"):
        if cluster.name in names:
            for token in cluster.tokens:
                found[token.i] = cluster.name
    return found


def _features(candidate: Candidate, facts: SentenceFacts, lead: Clause | None, doc: Doc, number: int) -> list[str]:
    clause, sides = candidate.clause, candidate.sides
    names = features(clause, facts, lead, doc)
    act = clause.lexical_act or "none"
    parties = len(doc._.parties)
    count = "none" if not parties else "one" if parties == 1 else "many"
    names += [f"how={sides.how}", f"how={sides.how}|{act}", f"how={sides.how}|{clause.kind}", f"parties={count}", f"parties={count}|{act}"]
    names += [f"subj={min(2, len(sides.subjects))}", f"part={min(2, len(sides.partners))}", f"subj={min(2, len(sides.subjects))}|{act}"]
    names.append(f"part={min(2, len(sides.partners))}|{act}")
    if not all(a.public for a in sides.actors):
        names += ["private", f"private|{count}"]
    if number < 2:
        names += ["opening", f"opening|{act}"]
    if candidate.instrument:
        names += ["instrument", f"instrument|{act}"]
    names += [f"topics={min(3, len(candidate.topics)) if candidate.own_topics else 0}"]
    return names
