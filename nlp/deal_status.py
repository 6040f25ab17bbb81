"""How far is a deal: rumoured, proposed, agreed, completed, terminated or blocked?

Read from the verbs and nouns above the trigger, its modal and tense, and the words around it. By the conventions of the gold:
announced, committed, pledged, letter of intent = agreed; plans, intends, offered, subject to approval = proposed.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from nlp.deal_lexicon import status_words, words
from nlp.deal_syntax import chain

_UNSURE = re.compile(
    r"\b(?:reportedly|rumou?r\w*|speculat\w+|people familiar|people close to|is said to|are said to|sources said|sources close"
    r"|in (?:early |advanced |exclusive )?talks|according to (?:two|three|four|several) (?:people|sources)|unconfirmed|a person familiar"
    r"|bankers say)\b",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(
    r"\b(?:subject to (?:\w+ ){0,3}(?:approvals?|availability|congress\w*|clearance|parliament\w*)"
    r"|pending (?:\w+ ){0,3}(?:approvals?|availability)|still (?:lacks|needs)|if (?:approved|finali[sz]ed)|non-binding (?:offer|bid))",
    re.IGNORECASE,
)
_LETTER = re.compile(r"\bletter of intent\b|\bmemorandum\b|\bmou\b", re.IGNORECASE)
_FUTURE = ("will", "shall", "'ll", "’ll")
ENDED = ("terminated", "blocked")
_RANK = {"terminated": 6, "blocked": 5, "completed": 4, "agreed": 3, "proposed": 2, "rumoured": 1}


def status_of(trigger: Token) -> str:
    """The status that the clause of a trigger tells."""
    told = status_words()
    sentence = trigger.sent
    text = sentence.text
    path = list(chain(trigger))
    verbs = [t for t in path if t.pos_ in ("VERB", "AUX", "NOUN", "ADJ")]
    found: list[str] = []
    for step, token in enumerate(verbs):
        if token.ent_type_:
            continue
        lemma = token.lemma_.lower()
        status = told.get(lemma)
        if status and not (token == trigger and status in ("agreed",)):
            if status in ENDED and not _ends(token, trigger):
                continue
            if not any(c.dep_ == "neg" for c in token.children) or status in ENDED:
                found.append(status)
        for child in token.children:
            word = told.get(child.lemma_.lower())
            if child.dep_ in ("amod", "advmod", "compound", "acomp", "prt") and word in (
                "proposed",
                "terminated",
                "rumoured",
                "blocked",
                "completed",
            ):
                found.append(word)
        if step > 4:
            break
    for ended in ENDED:
        if ended in found:
            return ended
    if _UNSURE.search(text):
        return "rumoured"
    if "rumoured" in found:
        return "rumoured"
    auxiliaries = {c.lower_ for t in verbs[:3] for c in t.children if c.dep_ in ("aux", "auxpass")}
    if _LETTER.search(text) and "proposed" not in found[:1]:
        return "agreed"
    if "proposed" in found and not ("agreed" in found and found.index("agreed") > found.index("proposed") and "ask" not in found):
        return "proposed"
    if auxiliaries & words("modal_proposed"):
        return "proposed"
    if _CONDITIONAL.search(text):
        return "proposed"
    if "agreed" in found and "completed" not in found:
        return "agreed"
    if "completed" in found and not auxiliaries & set(_FUTURE):
        return "completed"
    verb = trigger if trigger.pos_ == "VERB" else next((t for t in verbs[1:] if t.pos_ == "VERB"), None)
    if verb is not None and not auxiliaries & set(_FUTURE) and _is_past(verb) and verb.lemma_.lower() in words("final_verbs"):
        return "completed"
    return "agreed"


def _ends(token: Token, trigger: Token) -> bool:
    """Does an ending word really end this deal ("dropped its bid", "the sale collapsed"), or only stand above it?"""
    if token == trigger:
        return True
    if trigger.pos_ in ("NOUN", "PROPN"):
        return trigger.head == token or trigger.head.head == token
    path = trigger
    for _ in range(4):
        if path.head == token:
            return path.dep_ in ("xcomp", "dobj", "acl", "pcomp", "nsubj", "nsubjpass", "prep", "pobj", "ccomp")
        path = path.head
    return False


def _is_past(verb: Token) -> bool:
    if verb.tag_ in ("VBD", "VBN"):
        return not any(c.lower_ in ("to", "be", "being") for c in verb.children if c.dep_ in ("aux", "auxpass"))
    return False


def stronger(first: str, second: str) -> str:
    """Of two statuses told of one deal the one that is further on."""
    return max(first, second, key=_RANK.__getitem__)
