"""Which tellings are no deals (denied, given by a law, asked of a legislature, spent by a state on itself), and who only receives?"""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token

from nlp import columns
from nlp.deal_frames import Frame, actors
from nlp.deal_parties import Party
from nlp.deal_syntax import arguments, chain, direct_object, governor, is_passive, subject
from nlp.parties import namings

_DENYING = ("deny", "refute", "disclaim")
_INTENDING = (
    "plan",
    "intend",
    "agree",
    "want",
    "consider",
    "seek",
    "decide",
    "expect",
    "aim",
    "wish",
    "promise",
    "commit",
    "have",
    "make",
    "be",
)
_INTENTIONS = (
    "plan",
    "intention",
    "intent",
    "talk",
    "negotiation",
    "wish",
    "desire",
    "discussion",
    "interest",
    "agreement",
    "deal",
    "proposal",
)
_ONLY = ("only", "just", "merely", "yet", "until")
_HOLDING = ("own", "hold", "possess", "retain")
_STAKES = ("stake", "share", "holding", "interest", "majority", "minority")
_ASKING = ("call", "ask", "urge", "press", "push", "want", "need", "challenge", "invite", "beg", "implore")
_LAW = re.compile(r"(?<=\w )(?:Act|Bill|Budget|Plan)\b|\b(?:Deal|Agenda)$|^Medic(?:are|aid)$")
_LEGISLATURE = re.compile(
    r"\b(?:congress|senate|parliament|legislature|lawmakers|house of representatives|bundestag|knesset)\b", re.IGNORECASE
)
_GOVERNING = re.compile(r"\b(?:government|administration|white house|states)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|twelve|hundred|thousand|million)\b", re.IGNORECASE)
_RECEIVING = ("receive", "borrow", "obtain", "attract")
_STATES = ("COUNTRY", "NORP", "BLOC", "PUBLIC_BODY", "")
_RECEIVERS = ("FIRM", "FUND", "ORG")
_ABROAD = 3  # other states: a paper that names as many is not about home alone


def is_denied(trigger: Token, *, ended: bool = False) -> bool:
    """Is the deal said not to be: "denied that it would buy", "has no plans to acquire", "did not buy"?

    A negation counts at the word of dealing itself and at the words of saying no and of intending over it: "did not disclose the price
    of its purchase" denies no purchase. Of a deal that has `ended`, only what stands at the word of dealing itself: "no longer agrees to
    buy" tells its end, "did not buy" no deal.
    """
    if ended:
        return trigger.pos_ == "VERB" and _is_negated(trigger)
    for step, token in enumerate(chain(trigger)):
        lemma = token.lemma_.lower()
        if lemma in _DENYING and step and token.pos_ == "VERB":
            return True
        if token.pos_ in ("VERB", "AUX"):
            if (not step or lemma in _INTENDING) and _is_negated(token):
                return True
        elif (not step or lemma in _INTENTIONS) and any(c.lower_ in ("no", "neither") and c.dep_ in ("det", "neg") for c in token.children):
            return True
    return False


def _is_negated(verb: Token) -> bool:
    for child in verb.children:
        if child.dep_ == "neg":
            after = verb.doc[child.i + 1].lower_ if child.i + 1 < len(verb.doc) else ""
            return after not in _ONLY
    return False


def is_holding(trigger: Token) -> bool:
    """Is a stake only held: "owns a 20% stake in …"? What somebody will, would or is to own is none yet."""
    verb = governor(trigger) if trigger.pos_ != "VERB" else trigger
    if verb is None or verb.lemma_.lower() not in _HOLDING or is_passive(verb):
        return False
    held = direct_object(verb)
    coming = verb.tag_ in ("VB", "VBG") or any(c.tag_ in ("MD", "TO") for c in verb.children)
    return held is not None and held.lemma_.lower() in _STAKES and trigger in (verb, held) and not coming


def is_asked_for(trigger: Token) -> bool:
    """Is it only asked for: "calling on Congress to invest", "called for an investment of"?"""
    below = trigger
    for token in chain(trigger):
        if token.pos_ == "VERB" and token.lemma_.lower() in _ASKING and token != trigger:
            if token.lemma_.lower() == "call" and below.dep_ == "prep" and below.lower_ == "for":
                return True
            asked = [c for c in token.children if c.dep_ in ("dobj", "nsubj")]
            asked += [g for c in token.children if c.dep_ == "prep" and c.lower_ in ("on", "upon") for g in c.children if g.dep_ == "pobj"]
            asked += [g for c in token.children if c.dep_ == "ccomp" for g in c.children if g.dep_ == "nsubj"]
            if any(_LEGISLATURE.search(t.text) for t in asked):
                return True
        below = token
    return False


def is_law(party: Party, doc: Doc) -> bool:
    """Is the giver a law or a public plan, also under its short form ("the American Relief Plan (ARP) sent …")?"""
    if party.label in ("PERSON", "COUNTRY", "NORP", "BLOC", "PUBLIC_BODY"):
        return False
    if _LAW.search(party.name):
        return True
    short = party.name.isupper() and " " not in party.name
    pattern = rf"\b(?:Act|Law|Bill|Budget|Plan|Deal|Agenda)(?: of \d{{4}})? \((?:the )?[\"“]?{re.escape(party.name)}\b"
    return short and re.search(pattern, doc.text) is not None


def is_legislature(party: Party) -> bool:
    """Is the giver a parliament, which grants budgets and makes no deals?"""
    return party.label in ("PUBLIC_BODY", "ORG", "") and _LEGISLATURE.search(party.name) is not None


def is_own_money(frame: Frame, doc: Doc, own: frozenset[str]) -> bool:
    """Does a state spend at home, with nobody else in sight: its programmes and no deal? `own` are the codes of the document's state."""
    if frame.group not in ("finance", "investment") or not frame.buyers or frame.target_label in _RECEIVERS:
        return False
    if not all(_is_state(b, own) for b in frame.buyers) or not set(doc._.parties) <= own:
        return False
    if len({doc[i].ent_kb_id_ for i in columns.labelled(doc, ("COUNTRY", "BLOC"))} - own - {""}) >= _ABROAD:
        return False
    near = [*frame.trigger.sent, *(t for t in doc[:60] if t.idx < doc._.body_start)]
    codes = {t.ent_kb_id_ for t in near if t.ent_type_ in ("COUNTRY", "NORP", "BLOC")} - {""}
    capitals = {n.code for n in namings(frame.trigger.sent.text) if n.kind == "capital"}  # "a clinic in Bamako" is abroad too
    return codes | capitals <= own


def _is_state(party: Party, own: frozenset[str]) -> bool:
    if party.label in ("COUNTRY", "NORP"):
        return party.token.ent_kb_id_ in own or party.token.ent_type_ not in ("COUNTRY", "NORP", "BLOC")
    return party.label in ("PUBLIC_BODY", "") and _GOVERNING.search(party.name) is not None


def is_vague(frame: Frame) -> bool:
    """Is it a state that "invests in its people" or "delivers change": no value, nobody named on the other side, nothing counted?"""
    if frame.money is not None or frame.target_label or not all(p.label in _STATES for p in (*frame.buyers, *frame.sellers)):
        return False
    if frame.group == "investment":
        return bool(frame.buyers)
    return frame.group == "contract" and not (frame.buyers and frame.sellers) and _COUNTED.search(frame.target) is None


def turn_receiver(frame: Frame) -> None:
    """Who "received a loan" or "borrowed $5 million" is no giver: make it the target, and the giver who stands after "from"."""
    trigger = frame.trigger
    verb = trigger if trigger.pos_ == "VERB" else governor(trigger)
    if verb is None or verb.lemma_.lower() not in _RECEIVING or is_passive(verb) or frame.group not in ("finance", "investment"):
        return
    if direct_object(verb) not in (trigger, frame.money):  # "received permission for a plant worth …"
        return
    receivers = actors(subject(verb))
    names = {p.name for p in receivers}
    if not any(b.name in names for b in frame.buyers):
        return
    givers = [p for t in arguments([verb, trigger, frame.money], "from") for p in actors(t) if p.name not in names]
    frame.buyers = [b for b in frame.buyers if b.name not in names]
    frame.buyers += [g for g in givers if all(g.name != b.name for b in frame.buyers)]
    if not frame.target_label or any(frame.target == b.name for b in frame.buyers):
        frame.target, frame.target_label = receivers[0].name, receivers[0].label
