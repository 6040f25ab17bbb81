"""Which tokens are subject, object, agent and prepositional arguments of a deal's verb or noun in the merged parse?"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_CLIMB = ("xcomp", "conj", "advcl", "pcomp", "prep", "ccomp", "acl", "relcl", "dep")
_MOST_HOPS = 6
_INTENTIONS = ("plan", "pledge", "offer", "bid", "move", "proposal", "vow", "decision", "project", "agreement", "promise", "aim")


def is_passive(verb: Token) -> bool:
    """Is the verb passive, also as a bare participle ("a plant bought by …")?"""
    if any(c.dep_ in ("nsubjpass", "auxpass") for c in verb.children):
        return True
    return verb.tag_ == "VBN" and verb.dep_ in ("acl", "relcl") and not any(c.dep_ in ("aux", "nsubj") for c in verb.children)


def agent(verb: Token) -> Token | None:
    """Who does it in a passive: the noun after "by"."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def subject(verb: Token) -> Token | None:
    """The subject of a verb, taken from the verbs and nouns above it where it has none of its own.

    "X agreed to buy", "X announced plans to buy", "X, which bought", "by buying" and "X's plan to buy" all give X.
    """
    token = verb
    for _ in range(_MOST_HOPS):
        own = next((c for c in reversed(list(token.lefts)) if c.dep_ in _SUBJECTS), None)
        if own is None:
            own = next((c for c in token.rights if c.dep_ in _SUBJECTS), None)
        if own is not None and (
            token == verb or own.dep_ != "nsubjpass" or token.tag_ != "VBN" or token.lemma_ in ("expect", "set", "say", "report")
        ):
            return own
        if own is not None:
            return agent(token) or own
        if token.dep_ not in _CLIMB or token.head == token:
            return None
        if token.dep_ in ("acl", "relcl") and token.head.pos_ in ("NOUN", "PROPN", "PRON"):
            noun = token.head
            if noun.ent_type_ and token.tag_ in ("VBG", "VBD", "VBN", "VBZ", "VBP", "VB"):
                return noun
            owner = possessor(noun) or agent(noun) or _name_before(noun) or _name_after(noun)
            if owner is not None:
                return owner
            token = noun
            while (
                token.dep_ in ("pobj", "prep", "dobj", "attr", "nsubj", "nsubjpass", "compound", "conj", "appos")
                and token.head != token
                and token.pos_ != "VERB"
            ):
                token = token.head
            if token.pos_ not in ("VERB", "AUX"):
                return None
            if token == verb:
                return None
            continue
        token = token.head
    return None


def _name_before(noun: Token) -> Token | None:
    """The name just before "plans to", "pledge to" and the like: a subject whose verb the tagger took for a noun."""
    if noun.lemma_.lower() not in _INTENTIONS:
        return None
    return next((c for c in noun.children if c.dep_ in ("amod", "compound", "nmod") and c.ent_type_ and c.i == noun.i - 1), None)


def _name_after(noun: Token) -> Token | None:
    """The name after "of" in "a decision of the bank to lend"."""
    if noun.lemma_.lower() not in _INTENTIONS:
        return None
    return next((g for c in noun.children if c.dep_ == "prep" and c.lower_ == "of" for g in c.children if g.ent_type_), None)


def possessor(noun: Token) -> Token | None:
    """The owner: "Telstra's acquisition", "its bid"."""
    return next((c for c in noun.children if c.dep_ == "poss"), None)


def direct_object(verb: Token) -> Token | None:
    """What the verb acts on: its object, in a passive its subject, in "the firm it bought" the noun before."""
    if is_passive(verb):
        found = next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
        if found is None and verb.dep_ in ("acl", "relcl"):
            return verb.head
        return found or (subject(verb) if verb.dep_ in ("conj", "xcomp") else None)
    found = next((c for c in verb.children if c.dep_ == "dobj"), None)
    if found is None:
        found = next((c for c in verb.children if c.dep_ in ("attr", "oprd") and c.pos_ in ("NOUN", "PROPN")), None)
    if (
        found is None
        and verb.dep_ == "relcl"
        and any(c.dep_ == "nsubj" and c.lower_ not in ("which", "that", "who") for c in verb.children)
    ):
        return verb.head
    return found


def arguments(heads: list[Token | None], *prepositions: str) -> list[Token]:
    """The nouns that stand after any of these prepositions under the heads, nearest head first."""
    found: list[Token] = []
    for head in heads:
        if head is None:
            continue
        for child in head.children:
            if child.ent_type_ and child.dep_ in ("advcl", "xcomp", "ccomp", "relcl") and child.i and child.nbor(-1).lower_ in prepositions:
                found.append(child)  # a name that the tagger took for a verb: "to lend $5 million to X"
            if child.dep_ in ("prep", "agent", "dative") and child.lower_ in prepositions:
                found += [c for c in child.children if c.dep_ in ("pobj", "pcomp")]
            elif child.dep_ == "dative" and "to" in prepositions and child.pos_ != "ADP":
                found.append(child)
            elif child.dep_ == "prep":  # "in a deal with X", "according to": one level deeper for compound prepositions
                found += [
                    g for c in child.children if c.dep_ == "prep" and c.lower_ in prepositions for g in c.children if g.dep_ == "pobj"
                ]
    return found


def purpose(verb: Token | None) -> Token | None:
    """The object of "to build X", "to help finance X" below a verb or noun."""
    if verb is None:
        return None
    for child in verb.children:
        if child.dep_ in ("xcomp", "advcl", "acl", "relcl") and (child.tag_ == "VB" or any(c.lower_ == "to" for c in child.children)):
            found = next((c for c in child.children if c.dep_ == "dobj"), None)
            return found if found is not None else purpose(child)
        if child.dep_ == "prep" and child.lower_ in ("for", "in"):
            for inner in child.children:
                if inner.dep_ == "pcomp":
                    return next((c for c in inner.children if c.dep_ == "dobj"), None)
    return None


def governor(noun: Token) -> Token | None:
    """The verb that a deal's noun hangs on, through "plans for a takeover", "terms of the deal"."""
    token = noun
    for _ in range(_MOST_HOPS):
        if token.head == token:
            return token if token.pos_ in ("VERB", "AUX") else None
        token = token.head
        if token.pos_ in ("VERB", "AUX"):
            return token
    return None


def chain(token: Token) -> Iterator[Token]:
    """The token and the verbs and nouns above it that frame it ("plans", "agreed", "said"), nearest first."""
    seen = token
    yield seen
    for _ in range(_MOST_HOPS):
        if seen.head == seen or seen.dep_ in ("ROOT",):
            return
        if seen.dep_ in ("conj",) and seen.pos_ == "VERB" and any(c.dep_ in _SUBJECTS for c in seen.children):
            return
        seen = seen.head
        yield seen


def doer(verb: Token) -> Token | None:
    """Who does what the verb says, active or passive."""
    return agent(verb) if is_passive(verb) else subject(verb)
