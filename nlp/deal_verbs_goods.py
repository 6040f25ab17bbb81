"""Which deals do verbs of ordering, supplying and building tell: contracts for goods and works, investments in plants?"""

from __future__ import annotations

from spacy.tokens import Token

from nlp.deal_frames import Frame, actors, money_near, set_target
from nlp.deal_lexicon import kinds_of_nouns, words
from nlp.deal_syntax import arguments, direct_object, doer, is_passive, purpose

_ASSET = ("FIRM", "FUND", "ORG")
_STATES = ("COUNTRY", "BLOC", "PUBLIC_BODY", "NORP")
_NO_PLACE = (
    "part",
    "partnership",
    "response",
    "addition",
    "line",
    "funding",
    "order",
    "total",
    "cooperation",
    "collaboration",
    "support",
    "cash",
    "stock",
    "year",
    "return",
    "exchange",
)
_PUTTING = ("put", "spend", "pour", "sink", "channel", "commit", "earmark", "plough", "plow", "deploy", "inject", "infuse")


def order_frame(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if thing is None:
        return None
    buyers = [p for p in actors(doer(verb)) if p.label != "PERSON"]
    if not buyers:
        return None
    if lemma in ("hire", "commission", "contract", "select", "pick", "choose"):
        sellers = [p for p in actors(thing) if p.label in _ASSET]
        goods = purpose(verb) if purpose(verb) is not None else next(iter(arguments([verb, thing], "for")), None)
        if not sellers or (goods is None and money_near([verb]) is None):
            return None
        return set_target(Frame(verb, "contract", buyers=buyers, sellers=sellers, money=money_near([verb]), strength=0.55), goods)
    if thing.ent_type_ and thing.ent_type_ not in ("FIRM", "ORG"):
        return None
    if lemma in ("license", "licence", "lease", "rent", "charter") and not any(p.label in _ASSET for p in buyers):
        return None
    sellers = [p for t in arguments([verb, thing], "from") for p in actors(t)]
    counted = any(c.dep_ == "nummod" for c in thing.children)
    money = money_near([verb])
    if (purpose(verb) is not None and not counted) or not (sellers or counted or money is not None):
        return None
    return set_target(Frame(verb, "contract", buyers=buyers, sellers=sellers, money=money, strength=0.6), thing)


def supply_frame(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    sellers = [p for p in actors(doer(verb)) if p.label in (*_ASSET, "COUNTRY")]
    buyers = [p for t in arguments([verb, thing], "to", "for") for p in actors(t) if p.label in (*_ASSET, *_STATES)]
    if thing is not None and thing.ent_type_ in (*_ASSET, *_STATES):
        buyers, thing = actors(thing), next(iter(arguments([verb], "with")), None)
    if thing is None or not sellers or (not buyers and lemma in ("construct",)):
        return None
    if not buyers and not (money_near([verb]) is not None and sellers[0].label == "FIRM"):
        return None
    return set_target(Frame(verb, "contract", buyers=buyers, sellers=sellers, money=money_near([verb]), strength=0.5), thing)


def build_frame(verb: Token, lemma: str) -> Frame | None:
    """ "X will build a $5 million plant": an investment of X in the plant."""
    thing = direct_object(verb)
    if thing is None or is_passive(verb):
        return None
    if lemma == "set" and not any(c.lower_ == "up" for c in verb.children):
        return None
    if any(kinds_of_nouns().get(t.lemma_.lower()) == "contract" for t in (verb.head, verb.head.head)):
        return None  # the contractor's task, or "award a contract to build"
    if any(kinds_of_nouns().get(c.lemma_.lower()) == "contract" for c in verb.head.children if c.dep_ == "dobj"):
        return None
    venture = thing.lemma_.lower() in ("venture", "company") and ("joint" in thing.sent.text or thing.lemma_.lower() == "venture")
    buyers = [p for p in actors(doer(verb)) if p.label in ("FIRM", "FUND", "ORG")]
    partners = [p for t in arguments([verb, thing], "with") for p in actors(t) if p.label in _ASSET]
    money = money_near([thing, *arguments([verb], "for", "at")])
    if venture:
        return None  # told by its noun
    if not buyers or thing.lemma_.lower() not in words("project_nouns"):
        return None
    frame = Frame(verb, "investment", buyers=buyers + partners, money=money, strength=0.6 if money is not None else 0.4)
    return set_target(frame, thing)
