"""Whose are the words? From a cue's subject to a name or description: names, pronouns, roles, bodies and documents."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from spacy.tokens import Doc, Token

from nlp.references import Cluster, References, surface

STATEMENT_GENRES = ("joint_statement", "fact_sheet")

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_NAME_DEPS = ("appos", "compound", "nmod", "flat", "npadvmod")
_TRIMMED_DEPS = ("relcl", "appos", "acl", "parataxis", "punct")
_CLIMBED = ("xcomp", "advcl", "conj", "pcomp", "prep", "ccomp", "acl", "dep")
_BODIES = ("ORG", "PUBLIC_BODY", "FIRM", "FUND", "BLOC", "COUNTRY", "AGREEMENT")
_SPOKEN_PASSIVES = frozenset({"quote", "cite", "report", "hear"})
_DEMANDS = frozenset({"demand", "urge", "request", "ask", "insist", "recommend", "propose"})
_FIRST_PERSON = frozenset({"we", "i", "us", "me"})
_STATES = ("COUNTRY", "NORP", "BLOC")
_RANKS = frozenset({"vice", "deputy", "former", "assistant", "under", "ex", "junior"})  # a vice president is no president
_TITLE_REACH = 9  # tokens from a title to the name, over "of the Bank of Thailand,"
_LEADING = re.compile(r"^(?:to|by|of|as)\s+", re.I)


@dataclass(frozen=True, slots=True)
class Cues:
    """Lemmas: `speech` introduce any quotation, `indirect` also a clause, `describing` only words that are woven into the sentence;
    `nouns` are documents that say something, `roles` what people are called by."""

    speech: frozenset[str]
    indirect: frozenset[str]
    describing: frozenset[str]
    nouns: frozenset[str]
    roles: frozenset[str]


@functools.cache
def cues() -> Cues:
    """The shipped list, `lexicons/quote_cues.json`."""
    data = json.loads(resources.files("nlp.lexicons").joinpath("quote_cues.json").read_text(encoding="utf-8"))
    return Cues(*(frozenset(data[name]) for name in ("speech", "indirect", "describing", "nouns", "roles")))


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker's name or description; `sureness` scales the row's confidence."""

    name: str
    person: bool = False
    sureness: float = 1.0
    plural: bool = False

    @property
    def first_person(self) -> bool:
        """ "We" in a statement is no speaker whom the text names."""
        return self.name.lower() in _FIRST_PERSON


def of_verb(doc: Doc, verb: Token, inside: Sequence[int]) -> Speaker | None:
    """The speaker of a cue verb: its subject, or that of the verb it depends on ("went on to say", "…, adding")."""
    token = verb
    for _ in range(5):
        if token is not verb and token.dep_ == "ccomp" and token.head.lemma_.lower() in cues().speech and not inside[token.head.i]:
            token = token.head  # "told us the deal was “…”, adding …": the one who told adds
        if is_passive(token) and token.lemma_.lower() not in _SPOKEN_PASSIVES:
            return _agent(doc, token)
        if token.dep_ == "ccomp" and token.lower_ == token.lemma_ and token.head.lemma_ in _DEMANDS:
            token = token.head  # "demanded that he explain": the one who demands speaks
        for child in token.children:
            if child.dep_ in _SUBJECTS and not inside[child.i]:
                return resolve(doc, child)
        if token.dep_ == "acl" and token.head.pos_ in ("NOUN", "PROPN"):
            return resolve(doc, token.head)
        if token.dep_ == "relcl":
            return resolve(doc, token.head)
        if token.dep_ not in _CLIMBED or token.head is token or inside[token.head.i]:
            return None
        token = token.head
    return None


def is_passive(verb: Token) -> bool:
    """ "was called", "had been asked": its subject is not the one who speaks."""
    return any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children)


def _agent(doc: Doc, verb: Token) -> Speaker | None:
    for child in verb.children:
        if child.dep_ == "agent":
            return next((resolve(doc, c) for c in child.children if c.dep_ == "pobj"), None)
    return None


def quoted_as_saying(doc: Doc, verb: Token, inside: Sequence[int]) -> Speaker | None:
    """ "The statement quoted X as saying": X, not the statement."""
    if verb.tag_ != "VBG" or verb.i == 0 or doc[verb.i - 1].lower_ != "as":
        return None
    for i in range(verb.i - 2, max(-1, verb.i - 25), -1):
        token = doc[i]
        if token.lemma_.lower() in ("quote", "cite"):
            if any(child.dep_ == "nsubjpass" for child in token.children):
                return of_verb(doc, token, inside)
            spoken = [t for t in doc[i + 1 : verb.i - 1] if t.ent_type_ == "PERSON"] or [
                c for c in token.children if c.dep_ in ("dobj", "obj")
            ]
            return resolve(doc, spoken[0]) if spoken else None
    return None


def following(doc: Doc, verb: Token, inside: Sequence[int]) -> Speaker | None:
    """The name after an inverted cue, "said Energy Minister X", where the parse gives no subject."""
    for token in doc[verb.i + 1 : verb.i + 9]:
        if token.text in (".", ";") or inside[token.i]:
            return None
        if token.text == "," and (token.i + 1 >= len(doc) or doc[token.i + 1].ent_type_ != "PERSON" or not _is_role(doc[token.i - 1])):
            return None
        if token.ent_type_ == "PERSON" or (token.i < verb.i + 4 and token.lemma_.lower() in cues().nouns):  # "read the letter"
            return resolve(doc, token)
    return None


def _is_role(token: Token) -> bool:
    return token.ent_type_ == "OFFICE" or token.lemma_.lower() in cues().roles


def preceding(doc: Doc, tokens: Sequence[Token], inside: Sequence[int]) -> Speaker | None:
    """The last person or pronoun before a cue that has no subject in the parse."""
    for token in reversed(tokens):
        if not inside[token.i] and (token.ent_type_ == "PERSON" or token.lower_ in ("he", "she", "they")) and token.dep_ != "pobj":
            return resolve(doc, token)
    return None


def resolve(doc: Doc, token: Token) -> Speaker | None:
    """The speaker that a noun, name or pronoun stands for; None for words that nobody can be ("it", "this") without an antecedent."""
    references: References = doc._.references
    if token.ent_type_ == "PERSON":
        return _person(references, token)
    word = token.lower_
    if word in ("he", "she"):
        cluster = references.resolve(token) or _last_person(references, token)
        return Speaker(cluster.name, person=True, sureness=0.95) if cluster else Speaker(word, sureness=0.3)
    if word in ("who", "that", "which") and token.head.dep_ == "relcl":
        return resolve(doc, token.head.head)
    if word in ("they", "it"):
        return _antecedent(doc, token)
    if token.pos_ == "PRON" and word not in _FIRST_PERSON and word not in ("some", "many", "one", "others", "both", "another"):
        return None
    if word in _FIRST_PERSON:
        return Speaker(token.text, sureness=0.2)
    for child in token.children:
        if child.ent_type_ == "PERSON" and child.dep_ in _NAME_DEPS:
            return _person(references, child)
    named = _named_beside(doc, token)
    if named is not None:
        return _person(references, named)
    role = _holder(doc, token)
    if role is not None:
        return role
    return _described(references, token)


def _person(references: References, token: Token) -> Speaker:
    cluster = references.of(token)
    name = cluster.name if cluster else surface(token)
    others = [c for c in token.conjuncts if c.i > token.i and c.head in (token, *token.conjuncts)]
    if others and token.dep_ in _SUBJECTS:
        last = max(others, key=lambda t: t.i)
        joined = token.doc[token.i : max(t.i for t in last.subtree if t.dep_ not in _TRIMMED_DEPS) + 1].text
        if "," not in joined:  # past a comma the coordination is the parser's guess
            return Speaker(_plain(joined), plural=True, sureness=0.9)
    return Speaker(name, person=True)


def _last_person(references: References, token: Token) -> Cluster | None:
    before = [(max(t.i for t in c.tokens if t.i < token.i), c) for c in references.labelled("PERSON") if c.first.i < token.i]
    return max(before, key=lambda pair: pair[0])[1] if before else None


def _named_beside(doc: Doc, token: Token) -> Token | None:
    """The name right behind a role where the parse left them apart: "said Chair [X]", "our policy chief, [X], admitted"."""
    if token.ent_type_ in ("COUNTRY", "NORP") and token.i + 1 < len(doc) and doc[token.i + 1].ent_type_ == "OFFICE":
        token = doc[token.i + 1]  # "said [U.S.] Secretary of Commerce X", where the parse takes the state for the speaker
    if token.ent_type_ != "OFFICE" and (token.ent_type_ or token.lemma_.lower() not in cues().roles):
        return None
    at = token.i + 1
    if at < len(doc) and doc[at].lower_ in ("of", "for"):  # "the mayor of Z, [X], told"
        stop = next((i for i in range(at, min(len(doc), at + _TITLE_REACH)) if doc[i].text == "," or doc[i].pos_ == "VERB"), at)
        at = stop if doc[stop].text == "," else at
    comma = at < len(doc) and doc[at].text == ","
    at += comma
    if at >= len(doc) or doc[at].ent_type_ != "PERSON" or doc[at].sent.start != token.sent.start:
        return None
    closed = at + 1 >= len(doc) or doc[at + 1].text in ",.;" or doc[at + 1].pos_ in ("VERB", "AUX") or doc[at + 1].is_space
    return doc[at] if closed or not comma else None


def _holder(doc: Doc, token: Token) -> Speaker | None:
    """ "The minister", "the Deputy Governor", "the French president": the person named with that title, nearest before, else after.

    "The President" with a capital in a state's own paper is that state's, not a guest's.
    """
    if not any(c.lower_ in ("the", "this") and c.dep_ == "det" for c in token.children) and not token.text.lower().startswith("the "):
        return None
    title = surface(token).lower().removeprefix("the ").split()
    state = ""
    for child in sorted((c for c in token.children if c.i < token.i and c.dep_ != "det"), key=lambda c: -c.i):
        if child.ent_type_ in _STATES and child.ent_kb_id_ and not state:
            state = child.ent_kb_id_
        elif child.dep_ == "compound" and child.text[:1].isupper() and not child.ent_type_:
            title.insert(0, child.lower_)
        else:
            return None
    if any(c.dep_ in ("prep", "conj") for c in token.children) or not title or not _is_role_word(token, title):
        return None
    named = list(_holders(doc, token, set(title)))
    if state:
        named = [(person, home) for person, home in named if home == state]
    elif token.text[:1].isupper():
        named = [pair for pair in named if pair[1] is None] or named
    if not named:
        return None
    person = named[0][0]
    cluster = doc._.references.of(person)
    return Speaker(cluster.name if cluster else surface(person), person=True, sureness=0.95)


def _is_role_word(token: Token, title: Sequence[str]) -> bool:
    return token.ent_type_ == "OFFICE" or title[-1] in cues().roles


def _holders(doc: Doc, token: Token, title: set[str]) -> Iterator[tuple[Token, str | None]]:
    """The people named with a title, and the state named with it; those before the token first, nearest first."""
    for i in (*range(token.i - 1, -1, -1), *range(token.i + 1, len(doc))):
        other = doc[i]
        if other.ent_type_ == "OFFICE":
            words = set(surface(other).lower().split())
            if title <= words and title & _RANKS == words & _RANKS and (person := _named_with(doc, i)) is not None:
                yield person, _state_of(doc, i, person)
        elif other.ent_type_ == "PERSON":
            called = _called(other)
            if title <= called and title & _RANKS == called & _RANKS:
                yield other, _state_of(doc, i, other)


def _state_of(doc: Doc, office: int, person: Token) -> str | None:
    """The state in "[French] President X" or "President X of [France]", as its code."""
    for i in range(office - 1, max(-1, office - 3), -1):
        if doc[i].ent_type_ in _STATES:
            return doc[i].ent_kb_id_ or None
        if doc[i].text not in ("'s", "’s"):
            break
    last = max(office, person.i)
    if last + 1 < len(doc) and doc[last + 1].lower_ == "of":
        return next((t.ent_kb_id_ for t in doc[last + 2 : last + 4] if t.ent_type_ in _STATES and t.ent_kb_id_), None)
    return None


def _called(person: Token) -> set[str]:
    """The nouns beside a name: "fund manager X", "X, a retired farmer", "the chief executive, X"."""
    beside = [c for c in person.children if c.dep_ in _NAME_DEPS]
    if person.dep_ == "appos":
        beside.append(person.head)
    return {t.lower_ for noun in beside for t in (noun, *(c for c in noun.children if c.dep_ in ("compound", "amod")))}


def _named_with(doc: Doc, office: int) -> Token | None:
    """The person whose title the OFFICE token is: "X, President of Y" or "President [of Y,] X"."""
    for i in range(office - 1, max(-1, office - 4), -1):
        if doc[i].ent_type_ == "PERSON":
            if any(t.text == "," for t in doc[i + 1 : office]):
                return doc[i]
            break
        if doc[i].text != "," and doc[i].dep_ != "det" and doc[i].ent_type_ not in ("NORP", "COUNTRY", "BLOC"):
            break
    for token in doc[office + 1 : office + _TITLE_REACH]:
        if token.ent_type_ == "PERSON":
            return token
        if token.ent_type_ == "OFFICE" or token.pos_ in ("VERB", "AUX") or token.text in ".;:" or "\n" in token.text:
            return None
    return None


def _described(references: References, token: Token) -> Speaker | None:
    """A body by its fullest name, or the words that describe the speaker, without relative clauses."""
    if token.ent_type_ in _BODIES and not any(c.dep_ in ("compound", "amod") for c in token.children):
        cluster = references.of(token)
        if token.dep_ in _SUBJECTS or token.dep_ == "pobj":
            return Speaker(cluster.name if cluster and token.ent_type_ not in ("COUNTRY", "BLOC") else surface(token), sureness=0.9)
    if token.ent_type_ == "PLACE" and token.ent_kb_id_ and token.dep_ in _SUBJECTS and token.head.dep_ != "ccomp":
        return Speaker(surface(token), sureness=0.9)  # a capital that stands for its government
    if token.ent_type_ in ("DATE", "MONEY", "PERCENT", "PLACE") or token.pos_ not in ("NOUN", "PROPN", "PRON", "ADJ", "NUM"):
        return None
    dropped: set[int] = set()
    for child in token.subtree:
        if child is not token and child.dep_ in _TRIMMED_DEPS and child.i > token.i:
            dropped |= {t.i for t in child.subtree}
    kept = [t for t in token.subtree if t.i not in dropped]
    start, end = kept[0].i, token.i
    for t in kept:
        if t.i == end + 1:
            end = t.i
    text = _plain(token.doc[start : end + 1].text)
    plural = token.tag_ in ("NNS", "NNPS") or any(c.dep_ == "conj" for c in token.children)
    return Speaker(text, plural=plural, sureness=0.9) if text else None


def _plain(text: str) -> str:
    text = re.sub(r"['’]s$", "", " ".join(text.split()))
    text = _LEADING.sub("", text).strip(' ,;:.–—-"“”')
    return text[:1].lower() + text[1:] if re.match(r"(?:The|A|An|Some|One|Many|Several|Two|Three)\b", text) else text


def _antecedent(doc: Doc, token: Token) -> Speaker | None:
    """ "They", "it": the last subject of that number before it that could speak."""
    plural = token.lower_ == "they"
    found: Token | None = None
    body: Token | None = None
    for other in doc[max(0, token.i - 160) : token.i]:
        if other.dep_ not in _SUBJECTS or other.pos_ == "PRON" or other.ent_type_ in ("DATE", "MONEY", "PERCENT", "PLACE", "NORP"):
            continue
        if other.ent_type_ in ("ORG", "PUBLIC_BODY", "FIRM", "FUND"):
            body = other
        many = other.tag_ in ("NNS", "NNPS") or any(c.dep_ == "conj" for c in other.children)
        if plural == many and (plural or other.ent_type_ != "PERSON") and (other.ent_type_ in _BODIES or _can_speak(other)):
            found = other
    found = found or body  # "the company … they said"
    if found is None:
        return None
    speaker = resolve(doc, found)
    return Speaker(speaker.name, speaker.person, 0.75, speaker.plural) if speaker else None


def _can_speak(token: Token) -> bool:
    return token.lemma_.lower() in cues().nouns or token.head.lemma_.lower() in cues().speech
