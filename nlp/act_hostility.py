"""Is a clause hostile by its construction, where its verb alone is not: "hold X responsible", "call on X to withdraw", "exchange fire"?

The words are data (`lexicons/acts.json`, `hostility`); here stand the constructions that they make hostile.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from nlp.actors import act_words
from nlp.acts import Clause

_HOSTILE = ("reject", "suspend")
_OBJECTS = ("dobj", "nsubjpass", "attr", "oprd", "acomp")


def is_against(clause: Clause) -> bool:
    """What the clause does is hostile by what it governs, while its verb could be friendly."""
    words, head = act_words()["hostility"], clause.head
    verb = clause.words[0]
    if verb in words["demands"] and any(word in words["endings"] or _is_hostile_verb(word) for word in _demanded(head)):
        return True  # "called on X to withdraw"
    if verb in words["announcing"] and any(c.dep_ == "ccomp" and _is_hostile(c) for c in head.children):
        return True  # "announced that it would impose duties"
    governed = list(_governed(head))
    if verb in words["holding"] and any(word in words["blamed"] for word, _ in governed):
        return True  # "hold X responsible", "put X on notice"
    if any(word in words["courts"] for word in _after_prepositions(head)) and verb in words["suing"]:
        return True  # "pursue it before the court"
    for word, noun in governed:
        if verb in words["voicing"] and (word in words["voiced"] or any(c.lemma_.lower() in words["voiced"] for c in noun.children)):
            return True  # "conveyed its anger at", "reiterated its opposition to"
        if verb in words["imposing"] and (word in words["measures"] or any(c.lemma_.lower() in words["measures"] for c in noun.lefts)):
            return True  # "seek punitive measures"
        if verb in words["trading"] and word in words["traded"]:
            return True  # "exchanged fire"
        if word.split()[-1] in words["diplomats"] and any(f"{verb} {child.lower_}" in words["dismissing"] for child in head.children):
            return True  # "sent home the ambassador", "called in the envoy"
    return False


def is_reciprocal(clause: Clause) -> bool:
    """Both sides do it to each other: "exchanged fire", "accused one another"."""
    words = act_words()["hostility"]
    near = {token.lower_ for token in clause.head.subtree}
    return clause.words[0] in words["trading"] or ("each" in near and "other" in near) or ("one" in near and "another" in near)


def is_under_hostility(clause: Clause) -> bool:
    """The clause is only what is threatened, blamed or not put up with: "would not tolerate [support] for …"."""
    words, token = act_words()["hostility"], clause.head
    for _ in range(8):
        if token.dep_ == "ROOT" or token.head is token:
            return False
        joined = token.dep_ == "conj"
        token = token.head
        if joined or token.pos_ not in ("VERB", "AUX"):
            continue
        lemma = token.lemma_.lower()
        if lemma in words["threats"] or (lemma in words["tolerating"] and any(c.dep_ == "neg" for c in token.children)):
            return True
    return False


def _is_hostile(verb: Token) -> bool:
    return act_words()["verb_act"].get(verb.lemma_.lower()) in _HOSTILE and not any(c.dep_ == "neg" for c in verb.children)


def _is_hostile_verb(word: str) -> bool:
    return act_words()["verb_act"].get(word) == "suspend"


def _demanded(head: Token) -> Iterator[str]:
    """The verbs that the clause's verb asks somebody to do."""
    for child in head.children:
        if child.dep_ in ("xcomp", "ccomp", "advcl") and child.pos_ == "VERB" and child.i > head.i:
            yield child.lemma_.lower()
        elif child.dep_ == "prep":
            yield from (g.lemma_.lower() for p in child.children for g in p.children if g.dep_ in ("acl", "relcl") and g.pos_ == "VERB")
        elif child.dep_ == "dobj":
            yield from (g.lemma_.lower() for g in child.children if g.dep_ in ("acl", "relcl") and g.tag_ == "VB")


def _governed(head: Token) -> Iterator[tuple[str, Token]]:
    """Lemma and token of what the verb governs, objects of its prepositions and coordinated ones included."""
    stack = [c for c in head.children if c.dep_ in _OBJECTS]
    stack += [c for p in head.children if p.dep_ == "prep" and p.lower_ in ("on", "to", "for") for c in p.children if c.dep_ == "pobj"]
    stack += [c for c in head.children if c.dep_ in ("ccomp", "xcomp") and c.pos_ == "ADJ"]
    while stack:
        token = stack.pop()
        yield token.lemma_.lower(), token
        stack += [c for c in token.children if c.dep_ in ("conj", "amod", "acomp") and not c.ent_type_]


def _after_prepositions(head: Token) -> Iterator[str]:
    for preposition in head.children:
        if preposition.dep_ == "prep":
            for token in preposition.children:
                yield token.lemma_.lower()
                yield from (part.lower() for part in token.text.split())
