"""Who and what stands around the anchor of a deal that could buy, sell, give or be bought, built or funded: candidates and features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from spacy.tokens import Span, Token

from nlp.deal_anchors import Anchor
from nlp.deal_frames import GROUPS, actors
from nlp.deal_lexicon import frames_of_verbs, kinds_of_nouns, words
from nlp.deal_parties import Party, entity_party, target_name
from nlp.deal_syntax import agent, is_passive, subject
from nlp.deal_tokens import Tokens

_ACTING = ("FIRM", "FUND", "PUBLIC_BODY", "ORG", "COUNTRY", "BLOC", "NORP", "PERSON", "AGREEMENT", "OFFICE")
_OUTSIDE = ("FIRM", "FUND", "PUBLIC_BODY", "ORG", "COUNTRY", "BLOC")
_PRONOUNS = ("it", "they", "we", "he", "she", "which", "who", "that", "its", "their", "our", "i")
_HEADS = ("nsubj", "nsubjpass", "dobj", "pobj", "attr", "appos", "conj", "ROOT", "oprd", "dative", "dep")
_NO_THINGS = ("year", "month", "week", "day", "time", "part", "total", "amount", "sum", "percent", "addition", "value", "today")
_NAMED = ("FIRM", "FUND", "ORG", "PUBLIC_BODY")
_LONGEST_PATH = 4
_SEPARATORS = (":", "–", "—", "-", ",", ";", "(")


@dataclass(slots=True, eq=False)
class Candidate:
    """A mention that may play a role. `party` is how the row would name it; `where` is `here`, `before`, `lead`, `title` or `issuer`."""

    token: Token
    party: Party
    where: str
    features: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Scene:
    """What the candidates of an anchor share: the acting ones in the sentence with their marks, and who does what the verb says."""

    acting: list[tuple[int, Party, str]]
    """Token index, party and preposition of each."""
    doer: set[int]
    """Token indices of the verb's doers."""


def role_candidates(anchor: Anchor, kind: str) -> list[Candidate]:
    """The candidates of an anchor with their features, given the kind of deal that it tells."""
    place = anchor.place
    if place.candidates is None:
        place.candidates = list(_candidates(anchor))
    found = [Candidate(c.token, c.party, c.where) for c in place.candidates]
    scene = _scene(anchor, found)
    for candidate in found:
        candidate.features = _features(candidate, anchor, kind, scene)
    return found


def _scene(anchor: Anchor, found: Sequence[Candidate]) -> _Scene:
    acting = [(c.token.i, c.party, mark_of(c.token)) for c in found if c.where == "here" and c.party.label]
    verb = anchor.verb
    doer = None if verb is None else agent(verb) if is_passive(verb) else subject(verb)
    return _Scene(acting, {t.i for t in (doer, *doer.conjuncts)} if doer is not None else set())


def _candidates(anchor: Anchor) -> Iterator[Candidate]:
    names: set[str] = set()
    for token in anchor.place.tokens:
        party = _party(token)
        if party is not None and party.name:
            names.add(party.name)
            yield Candidate(token, party, "here")
    for where, tokens in _outside(anchor):
        for token in tokens:
            if token.ent_type_ in _OUTSIDE:
                party = entity_party(token)
                if party.name not in names:
                    names.add(party.name)
                    yield Candidate(token, party, where)


def _party(token: Token) -> Party | None:
    if token.ent_type_ in _ACTING:
        if token.ent_type_ in ("PERSON", "OFFICE"):
            return next(iter(actors(token)), None)
        return entity_party(token)
    if token.ent_type_ == "PLACE" and token.dep_ in _HEADS:
        return Party(token.text, "PLACE", token)
    if token.ent_type_:
        return None
    if token.lower_ in _PRONOUNS:
        if token.lower_ in ("its", "their", "our"):
            return None
        return next(iter(actors(token)), None)
    if token.pos_ in ("NOUN", "PROPN", "NUM", "X") and token.dep_ in _HEADS and token.lemma_.lower() not in _NO_THINGS:
        found = next((p for p in actors(token) if p.token == token or not p.token.ent_type_), None)
        if found is not None and found.label:
            return found
        name, label = target_name(token)
        return Party(name, label if label else "", token) if name else None
    return None


def _outside(anchor: Anchor) -> Iterator[tuple[str, list[Token]]]:
    doc, place = anchor.token.doc, anchor.place
    if place.lead is not None:
        yield "lead", list(place.lead)
    start = place.sentence.start
    before: Span | None = None
    while start > 0:
        before = doc[start - 1].sent
        if before.text.strip():
            break
        start = before.start
    if before is not None and before.start_char >= doc._.body_start:
        yield "before", list(before)
    if place.sentence.start_char >= doc._.body_start:
        start = doc._.body_start
        yield "title", [t for t in doc[: min(len(doc), 60)] if t.idx < start]
    if doc._.references and doc._.parties:
        own = [c.first for c in doc._.references.labelled("COUNTRY", "BLOC") if c.code in doc._.parties[:2]]
        yield "issuer", own


def path_between(start: int, end: int, known: Tokens) -> tuple[str, int | None]:
    """Dependencies from one token up and down to another ("dobj<nsubj>"), and the word where the path turns; tokens by their index."""
    heads, step = known.heads, known.step
    ups = [start]
    while heads[ups[-1]] != ups[-1] and len(ups) <= 12:
        ups.append(heads[ups[-1]])
    downs: list[str] = []
    at = end
    while at not in ups:
        downs.append(step(at))
        if heads[at] == at or len(downs) > 12:
            return "far", None
        at = heads[at]
    climbed = [step(i) for i in ups[: ups.index(at)]]
    if len(climbed) > _LONGEST_PATH or len(downs) > _LONGEST_PATH:
        return f"long{min(3, len(climbed) // 3)}>{'/'.join(reversed(downs[:2]))}", at
    return f"{'/'.join(climbed)}>{'/'.join(reversed(downs))}", at


def _features(candidate: Candidate, anchor: Anchor, kind: str, scene: _Scene) -> list[str]:
    token, label = candidate.token, candidate.party.label or "phrase"
    group = GROUPS.get(kind, kind)
    names = [f"lab={label}", f"where={candidate.where}", f"where={candidate.where}|{label}", f"group={group}|{label}"]
    names.append(f"where={candidate.where}|{group}")
    for frame in anchor.frames:
        for role, members in (("buyer", frame.buyers), ("seller", frame.sellers)):
            if any(p.name == candidate.party.name for p in members):
                names += [f"rule={role}", f"rule={role}|{label}", f"rule={role}|{frame.pattern}"]
        if frame.target and frame.target == candidate.party.name:
            names += ["rule=target", f"rule=target|{label}", f"rule=target|{frame.pattern}"]
    if not anchor.frames:
        names.append("norule")
    count = min(3, len({p.name for _, p, _ in scene.acting if p.label not in ("PLACE",)}))
    names += [f"actors={count}|{candidate.where}", f"actors={count}|{label}"]
    others = [(p.label, mark) for _, p, mark in scene.acting if p.name != candidate.party.name]
    company = {other for other, _ in others if other != "PLACE"}
    names += [f"with={other}|{label}|{group}" for other in sorted(company)] or [f"alone|{label}|{group}"]
    marks = {mark for _, mark in others} - {""}
    names += [f"withmark={mark}|{group}" for mark in sorted(marks)]
    if candidate.where != "here":
        names += _outside_features(candidate)
        return names
    if token.ent_type_ == "" and token.pos_ == "PRON":
        names += ["pronoun", f"pronoun|{token.lower_}"]
    names += _place_features(candidate, anchor, group, scene)
    names += _word_features(token, group)
    return names


def mark_of(token: Token) -> str:
    """The preposition that a mention hangs on, or that it owns something."""
    head = _first_conjunct(token).head
    if token.dep_ == "poss":
        return "'s"
    return head.lower_ if head.dep_ in ("prep", "agent") and head.lower_ in ("from", "by", "to", "with", "for") else ""


def _first_conjunct(token: Token) -> Token:
    """What a name hangs on for its role: the first member of a list of names, and the noun that describes it ("from the maker X")."""
    while token.head != token and token.dep_ in ("conj", "appos", "compound"):
        head = token.head
        described = token.ent_type_ in _NAMED and token.dep_ != "conj" and head.lemma_.lower() in _describing()
        if not (head.ent_type_ and token.dep_ != "compound") and not described:
            break
        token = head
    return token


@cache
def _describing() -> frozenset[str]:
    return words("asset_nouns") | words("actor_nouns")


def _outside_features(candidate: Candidate) -> list[str]:
    token = candidate.token
    names = [f"{candidate.where}|{token.dep_}", f"{candidate.where}|{candidate.party.label}|{token.dep_}"]
    if token.dep_ in ("nsubj", "nsubjpass") or token.head.dep_ == "nsubj":
        names.append(f"{candidate.where}|subject")
    if token.head.pos_ == "VERB":
        lemma = token.head.lemma_.lower()
        giving = "giving" if lemma in words("giving_verbs") or lemma in frames_of_verbs() else "other"
        names.append(f"{candidate.where}|{token.dep_}|{giving}")
    return names


def _place_features(candidate: Candidate, anchor: Anchor, group: str, scene: _Scene) -> list[str]:
    token, label = _first_conjunct(candidate.token), candidate.party.label or "phrase"
    known, at, here = anchor.place.known, anchor.token.i, token.i
    path, turn = path_between(at, here, known)
    names = [f"path={path}", f"path={path}|{label}"]
    if turn is not None:
        lemma = known.words[turn]
        down = path.rpartition(">")[2]
        names += [f"turn={lemma}|{down}", f"down={down}", f"down={down}|{group}"]
        names += [f"turnframe={f}|{down}" for f in frames_of_verbs().get(lemma, ())]
        if lemma in kinds_of_nouns():
            names.append(f"turnkind={kinds_of_nouns()[lemma]}|{down}")
        if known.tags[turn] == "VERB" and is_passive(known.doc[turn]):
            names.append(f"passive|{down}")
    verb = anchor.verb
    if verb is not None:
        lemma = known.lemmas[verb.i]
        frames = frames_of_verbs().get(lemma, ())
        vpath = path if verb.i == at else path_between(verb.i, here, known)[0]
        names += [f"vpath={vpath}", f"vpath={vpath}|{lemma}", f"vpath={vpath}|{group}"]
        names += [f"vpath={vpath}|{f}" for f in frames]
        if here in scene.doer:
            names += ["doer", f"doer|{label}", f"doer|{group}", f"doer|{lemma}"]
            names += [f"doer|{f}" for f in frames]
    side = "left" if here < at else "right"
    distance = abs(here - at)
    names += [f"side={side}", f"side={side}|{label}", f"side={side}|{group}|{label}", f"distance={side}{min(5, distance // 3)}"]
    others = [i for i, _, _ in scene.acting if i != candidate.token.i]
    if not any(abs(i - at) < distance for i in others if (i < at) == (side == "left")):
        names += [f"nearest|{side}", f"nearest|{side}|{label}", f"nearest|{side}|{group}"]
    if candidate.party.label and not any(i < here for i in others):
        names += ["firstactor", f"firstactor|{label}", f"firstactor|{group}"]
    for i in range(min(here, at) + 1, max(here, at)):
        if known.deps[i] in ("prep", "agent") or known.lower(i) in _SEPARATORS:
            names.append(f"between|{side}|{known.lower(i)}")
    return sorted(set(names))


def _word_features(token: Token, group: str) -> list[str]:
    lemma = token.lemma_.lower() if not token.ent_type_ else token.ent_type_
    names = [f"dep={token.dep_}", f"dep={token.dep_}|{group}"]
    head = token.head
    token_here, token = token, _first_conjunct(token)
    head = token.head
    if token.dep_ in ("pobj", "conj") and head.dep_ in ("prep", "agent", "dative", "pobj"):
        prep = head if head.dep_ != "pobj" else head.head
        above = prep.head.lemma_.lower() if not prep.head.ent_type_ else prep.head.ent_type_
        names += [f"prep={prep.lower_}", f"prep={prep.lower_}|{group}", f"prep={prep.lower_}|{token.ent_type_ or 'phrase'}|{group}"]
        names += [f"prep={prep.lower_}|{above}"]
    else:
        names.append(f"head={head.lemma_.lower() if not head.ent_type_ else head.ent_type_}|{token.dep_}")
    if any(c.tag_ == "POS" for c in token.children) or token.dep_ == "poss" or token.text.endswith(("'s", "’s")):
        names += ["owner", f"owner|{group}"]
    if not token.ent_type_:
        names.append(f"word={lemma}")
        names += [f"is={name}" for name in ("asset_nouns", "project_nouns", "actor_nouns", "aggregates") if lemma in words(name)]
        if lemma in kinds_of_nouns():
            names += [f"kindnoun={kinds_of_nouns()[lemma]}", f"kindnoun|{group}"]
        if any(c.dep_ == "nummod" for c in token.children):
            names.append("counted")
        if any(c.ent_type_ == "MONEY" for c in token.children):
            names.append("holdsmoney")
        names.append(f"det={next((c.lower_ for c in token.children if c.dep_ in ('det', 'poss')), '-')}")
    token = token_here
    if token.dep_ == "conj":
        names.append("conjunct")
    if token.i and token.nbor(-1).text in ("(", "by", "from", "to", "with", "in", "and", "for", "of", "between", ":", ",", "–", "—"):
        names += [f"after={token.nbor(-1).text}", f"after={token.nbor(-1).text}|{group}"]
    if token.i + 1 < len(token.doc):
        follower = token.nbor(1)
        names.append(f"then={follower.ent_type_ or (follower.lower_ if follower.is_punct or follower.is_stop else follower.pos_)}")
    return names
