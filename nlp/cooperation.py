"""Which countries, blocs and bodies meet, agree, pledge, support, aid, suspend or reject what, under which instrument.

Each clause with a verb or noun of an act (`lexicons/acts.json`) gives a row where two sides stand in it: the subject's and those
that the verb's objects and prepositions name. "We" and "both sides" are the document's parties. The outermost verb tells the act
("agreed to cooperate" is `agree`), a future turns a deed into a `pledge`, a negation a friendly act into `reject`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span, Token

import importlib.util

from nlp import dates

if importlib.util.find_spec('nlp.topics'):
    from nlp import topics
else:
    topics = None
from nlp.actors import Actor, Actors, act_words
from nlp.records import Cooperation
from nlp.references import References, surface

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_WITH = {"with", "between", "among", "alongside"}
_TO = {"to", "for", "against", "on", "from", "of", "upon", "at", "towards", "toward"}
_HOSTILE = ("reject", "suspend")
_FRIENDLY = ("agree", "cooperate", "support", "consult", "aid", "pledge")
_INTENT = {"will", "shall", "plan", "intend", "aim"}
_UNREAL = {"would", "could", "might", "may", "should"}
_MIN_TOPIC = 0.5


@dataclass(slots=True)
class _Act:
    """An act found in one clause, before rows are merged."""

    act: str
    actors: list[Actor]
    trigger: Token
    sentence: Span
    topics: list[str]
    instrument: str | None
    score: float
    lead: Span | None = None
    spans: list[int] = field(default_factory=list)


def cooperations(doc: Doc) -> Iterator[Cooperation]:
    """One `Cooperation` per act, set of actors and instrument; acts that differ only in topic are merged."""
    resolver = Actors(doc)
    merged: dict[tuple[str, frozenset[str], str | None], list[_Act]] = {}
    for act in _acts(doc, resolver):
        key = (act.act, frozenset(a.code for a in act.actors), act.instrument)
        merged.setdefault(key, []).append(act)
    for group in merged.values():
        yield _row(doc, group)


def _row(doc: Doc, group: list[_Act]) -> Cooperation:
    best = max(group, key=lambda a: a.score)
    spans: list[int] = []
    for act in group[:5]:
        for part in (act.lead, act.sentence):
            if part is not None and part.start_char not in spans[::2]:
                spans += [part.start_char, part.end_char]
    actors = {a.code: a.name for a in best.actors}
    codes = sorted(actors)
    row = Cooperation(
        start=best.trigger.idx,
        end=best.trigger.idx + len(best.trigger.text),
        evidence_spans=tuple(spans),
        confidence=min(0.9, best.score + 0.03 * (len(group) - 1)),
        actors=tuple(actors[c] for c in codes),
        actor_codes=tuple(codes),
        act=best.act,
        topics=tuple(dict.fromkeys(t for a in group for t in a.topics)),
        instrument=best.instrument,
    )
    return dataclasses.replace(row, **_when_and_where(doc, best))


def _acts(doc: Doc, resolver: Actors) -> Iterator[_Act]:
    lead: tuple[Span, list[Actor], str] | None = None
    for sentence in doc.sents:
        found = list(_in_sentence(doc, sentence, resolver))
        text = sentence.text.rstrip()
        if not found and lead is not None and text and not _own_subject(sentence, resolver):
            item = _listed(doc, sentence, *lead)
            if item:
                yield item
        for act in found:
            if len(act.actors) > 1 and act.act != "reject":
                resolver.last_group = act.actors
            yield act
        if text.endswith(":"):
            subject = max(found, key=lambda a: a.score, default=None)
            lead = (sentence, subject.actors, subject.act) if subject else None
        elif (
            "\n\n" in sentence.text
            and lead is not None
            and sentence.start > lead[0].end
            and not text.startswith(("-", "•", "*"))
            and len(text) > 400
        ):
            lead = None


def _listed(doc: Doc, sentence: Span, lead: Span, actors: list[Actor], act: str) -> _Act | None:
    codes = _topics(sentence)
    if not codes:
        return None
    return _Act(act, actors, sentence.root, sentence, codes, _instrument(doc, sentence), 0.5, lead=lead)


def _own_subject(sentence: Span, resolver: Actors) -> bool:
    return any(t.dep_ in _SUBJECTS and t.head.dep_ == "ROOT" for t in sentence)


def _in_sentence(doc: Doc, sentence: Span, resolver: Actors) -> Iterator[_Act]:
    words = act_words()
    if sentence.end_char <= doc._.body_start and doc._.genre != "news":
        return
    instrument = _instrument(doc, sentence)
    codes: list[str] | None = None
    done: set[int] = set()
    for token in sentence:
        if token.pos_ not in ("VERB", "AUX", "NOUN") or token.ent_type_:
            continue
        verbal = token.pos_ != "NOUN"
        act = words["verb_act"].get(token.lemma_.lower()) if verbal else words["noun_act"].get(token.lemma_.lower())
        if act is None or _governed(token, done):
            continue
        sides = _sides(token, resolver, act, verbal)
        if sides is None:
            continue
        act = _modality(token, act) if verbal else act
        if act is None:
            continue
        if codes is None:
            codes = _topics(sentence) or _topics_around(doc, sentence)
        done.add(token.i)
        score = 0.62 if verbal else 0.5
        if len(sides) >= 2 and {a.code for a in sides} <= set(resolver.parties):
            score += 0.12
        yield _Act(act, sides, token, sentence, codes, instrument, score)


def _governed(token: Token, done: set[int]) -> bool:
    """Does an act verb above already tell this clause ("agreed to [cooperate]", "launched [cooperation]")?"""
    current = token
    for _ in range(4):
        if current.dep_ not in ("xcomp", "dobj", "pobj", "prep", "pcomp", "ccomp", "compound", "conj", "attr", "advcl", "acl"):
            return False
        if current.dep_ == "conj" and current.pos_ == "VERB" and any(c.dep_ in _SUBJECTS for c in current.children):
            return False
        if current.dep_ in ("ccomp", "advcl") and any(c.dep_ in _SUBJECTS for c in current.children):
            return False
        current = current.head
        if current.i in done:
            return True
    return False


def _modality(token: Token, act: str) -> str | None:
    """The act after auxiliaries and negation; None for what is only supposed."""
    helpers = {c.lemma_.lower() for c in token.children if c.dep_ in ("aux", "auxpass")}
    negated = any(c.dep_ == "neg" for c in token.children)
    head = token.head if token.dep_ == "xcomp" else None
    if head is not None and head.lemma_.lower() in ("fail", "refuse", "decline"):
        negated = True
    if any(c.dep_ == "mark" and c.lower_ in ("if", "unless", "whether") for c in token.children):
        return None
    if negated:
        return "reject" if act in ("agree", "cooperate", "support", "pledge", "consult", "aid") else None
    if helpers & _UNREAL and act not in _HOSTILE:
        return "pledge" if act in ("cooperate", "aid", "support") and "should" not in helpers else None
    if (helpers & _INTENT or (head is not None and head.lemma_.lower() in _INTENT)) and act in ("cooperate", "agree", "aid", "consult"):
        return act if act in ("aid", "consult") else "pledge"
    return act


def _sides(token: Token, resolver: Actors, act: str, verbal: bool) -> list[Actor] | None:
    """All sides of the clause, the subject's first; None where fewer than two stand in it."""
    subjects = _subject_actors(token, resolver) if verbal else _owner_actors(token, resolver)
    others = _other_actors(token, resolver, hostile=act in _HOSTILE, giving=act in ("aid", "support"))
    sides: list[Actor] = []
    for actor in (*subjects, *others):
        if actor.code not in (a.code for a in sides):
            sides.append(actor)
    if len(sides) < 2 or not any(a.public for a in sides):
        return None
    return sides


def _subject_actors(verb: Token, resolver: Actors) -> list[Actor]:
    current = verb
    for _ in range(5):
        passive = any(c.dep_ == "auxpass" for c in current.children)
        if passive:
            agents = [p for c in current.children if c.dep_ == "agent" for p in c.children if p.dep_ == "pobj"]
            if agents:
                return [a for p in agents for a in resolver.of(p)]
        subjects = [c for c in current.children if c.dep_ in _SUBJECTS]
        if subjects:
            return [a for s in subjects for a in resolver.of(s)]
        if current.dep_ in ("conj", "xcomp", "advcl", "ccomp", "acl", "pcomp", "prep", "relcl"):
            if current.dep_ in ("acl", "relcl"):
                return resolver.of(current.head)
            current = current.head
        else:
            break
    return []


def _owner_actors(noun: Token, resolver: Actors) -> list[Actor]:
    """Sides of a noun: "[Japan]'s talks with …", "[U.S.-Japan] cooperation", "cooperation between [A] and [B]"."""
    found: list[Actor] = []
    for child in noun.lefts:
        if (
            child.dep_ in ("poss", "compound", "amod", "nmod")
            and child.ent_type_ in ("COUNTRY", "BLOC", "NORP", "PLACE")
            and child.ent_kb_id_
        ):
            found.append(Actor(surface(child), child.ent_kb_id_, True))
            found += [
                Actor(surface(c), c.ent_kb_id_, True) for c in child.children if c.ent_kb_id_ and c.ent_type_ in ("COUNTRY", "BLOC", "NORP")
            ]
        elif child.dep_ == "poss":
            found += resolver.of(child)
    if not found and noun.dep_ in ("dobj", "pobj", "nsubjpass", "attr"):
        head = noun.head if noun.dep_ != "pobj" else noun.head.head
        if head.pos_ in ("VERB", "AUX"):
            found += _subject_actors(head, resolver)
    return found


def _other_actors(token: Token, resolver: Actors, *, hostile: bool, giving: bool) -> list[Actor]:
    """Sides that objects and prepositions of a verb or noun name, one noun deep ("held talks with X")."""
    found: list[Actor] = []
    wanted = _WITH | (_TO if hostile or giving else set())

    def look(node: Token, depth: int) -> None:
        for child in node.children:
            if child.dep_ in ("dobj", "nsubjpass", "attr") and child.i != token.i:
                found.extend(resolver.of(child) if child.dep_ != "nsubjpass" or hostile else [])
                if depth < 2:
                    look(child, depth + 1)
            elif child.dep_ == "dative":
                for inner in (child, *child.children):
                    found.extend(resolver.of(inner))
            elif child.dep_ in ("prep", "agent") and child.lower_ in wanted:
                for inner in child.children:
                    if inner.dep_ == "pobj":
                        found.extend(resolver.of(inner))
                        if hostile or giving:
                            found.extend(a for c in inner.lefts if c.ent_type_ in ("COUNTRY", "NORP", "BLOC") for a in _modifier(c))
                            if depth < 2:
                                look(inner, depth + 1)
            elif child.dep_ == "prep" and depth < 1:
                for inner in child.children:
                    if inner.dep_ == "pobj":
                        look(inner, depth + 1)
            elif child.dep_ in ("xcomp", "ccomp", "advcl") and depth < 1 and not any(c.dep_ in _SUBJECTS for c in child.children):
                look(child, depth + 1)
            elif (
                (hostile or giving)
                and child.ent_type_ in ("COUNTRY", "NORP", "BLOC")
                and child.dep_ in ("poss", "amod", "compound", "nmod")
                and node.i != token.i
            ):
                found.extend(_modifier(child))

    look(token, 0)
    return found


def _modifier(token: Token) -> list[Actor]:
    return [Actor(surface(token), token.ent_kb_id_, True)] if token.ent_kb_id_ else []


def _topics(span: Span) -> list[str]:
    if topics is None:
        return []
    scores = topics.sentence_topics(span.text)
    return [code for code, score in sorted(scores.items(), key=lambda kv: (-kv[1], kv[0])) if score >= _MIN_TOPIC]


def _topics_around(doc: Doc, sentence: Span) -> list[str]:
    """For a clause without a subject matter of its own: the document's first subjects."""
    return [row.topic for row in sorted(doc._.topics, key=lambda r: -r.score)[:2]]


def _instrument(doc: Doc, sentence: Span) -> str | None:
    references: References = doc._.references
    names = {row.name for row in doc._.instruments}
    for token in sentence:
        if token.ent_type_ == "AGREEMENT":
            cluster = references.of(token)
            if cluster is not None and cluster.name in names:
                return cluster.name
    return None


def _when_and_where(doc: Doc, act: _Act) -> dict[str, object]:
    published: dt.date | None = doc._.source.published_on if doc._.source else None
    found: dict[str, object] = {}
    due = act.act == "pledge" or any(c.lemma_.lower() in ("will", "shall") for c in act.trigger.children)
    for token in act.sentence:
        if token.ent_type_ == "DATE" and "held_on" not in found and "due_on" not in found:
            period = dates.resolve(token.text, published)
            if period is not None:
                later = published is not None and period.on > published
                prefix = "due" if due or later else "held"
                found |= {f"{prefix}_on": period.on, f"{prefix}_until": period.until, f"{prefix}_precision": period.precision}
        elif (
            token.ent_type_ in ("PLACE", "COUNTRY") and token.dep_ == "pobj" and token.head.lower_ in ("in", "at") and "place" not in found
        ):
            found["place"] = surface(token)
    return found
