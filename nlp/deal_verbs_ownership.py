"""Which deals do verbs of buying, selling, merging and listing tell: who takes over what, from whom, for how much?"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from nlp.deal_frames import Frame, actors, money_near, object_kind, percent_near, set_target
from nlp.deal_status import status_of
from nlp.deal_syntax import arguments, direct_object, doer, is_passive, subject

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


def taken_frame(verb: Token) -> Iterator[Frame]:
    """ "take over X", "take X private"."""
    thing = direct_object(verb)
    if thing is not None and thing.ent_type_ == "PERCENT":  # "takes 65 per cent of X"
        company = next((t for t in arguments([thing, verb], "of", "in") if t.ent_type_ in _ASSET), None)
        buyers = actors(doer(verb))
        if company is not None and buyers:
            money = money_near([*arguments([verb, thing], "for", "at")])
            sellers = [p for t in arguments([verb, thing], "from") for p in actors(t)]
            frame = Frame(verb, "stake_purchase", buyers=buyers, sellers=sellers, money=money, stake=percent_near(thing), strength=0.65)
            frame.status, frame.pattern = status_of(verb), "verb:buy"
            yield set_target(frame, company)
        return
    particle = {c.lower_ for c in verb.children if c.dep_ in ("prt", "advmod", "oprd", "acomp")}
    if not particle & {"over", "private"}:
        return
    taken = buy_frame(verb, "buy")
    if taken:
        frame = taken
        frame.kind = "acquisition"
        frame.status, frame.pattern = status_of(verb), "verb:buy"
        yield frame


def buy_frame(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if thing is None or thing.ent_type_ in ("PERSON", "DATE"):
        return None
    if lemma in ("snap", "swallow") and not any(c.lower_ == "up" for c in verb.children):
        return None
    buyers = actors(doer(verb))
    sellers = [p for t in arguments([verb, thing], "from") for p in actors(t)]
    worth = thing if thing.ent_type_ == "MONEY" else None
    if worth is not None:  # "bought 90 million kroner of timber"
        thing = next(iter(arguments([worth], "of")), None)
        if thing is None:
            return None
    kind = object_kind(thing, bool(buyers))
    if lemma == "obtain" and kind == "contract":
        return None
    money = worth if worth is not None else money_near([*arguments([verb, thing], "for", "at", "of", "worth"), verb])
    frame = Frame(verb, kind, buyers=buyers, sellers=sellers, money=money, strength=0.75)
    if kind == "stake_purchase":
        inner = next(iter(arguments([thing], "in", "of")), None)
        company = next((c for c in thing.children if c.ent_type_ in _ASSET and c.dep_ in ("compound", "nmod", "poss")), None)
        frame.stake = percent_near(thing)
        set_target(frame, company if company is not None else inner if inner is not None else thing)
    else:
        set_target(frame, thing)
    if kind == "contract":
        frame.strength = 0.5
        states = any(p.label in (*_STATES, *_ASSET) for p in buyers)
        if not (states and (sellers or money or any(c.dep_ == "nummod" for c in thing.children))):
            return None
    if not buyers and not (money or sellers) and frame.target_label not in _ASSET:
        return None
    if not buyers:
        frame.strength -= 0.25
    return frame if frame.target or buyers else None


def pay_frame(verb: Token, lemma: str) -> Frame | None:
    money = money_near([direct_object(verb)])
    things = [t for t in arguments([verb, money], "for", "toward", "towards") if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    buyers = actors(doer(verb))
    funds = [t for t in arguments([verb, money], "into", "toward", "towards") if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    if money is not None and funds and buyers:
        return set_target(Frame(verb, "grant", buyers=buyers, money=money, strength=0.55), funds[0])
    if money is None or not things:
        return None
    kind = object_kind(things[0], bool(buyers))
    frame = Frame(verb, kind, buyers=buyers, money=money, strength=0.7, stake=percent_near(things[0]))
    inner = next(iter(arguments([things[0]], "of", "in")), None) if kind == "stake_purchase" else None
    set_target(frame, inner if inner is not None else things[0])
    frame.sellers = [p for t in arguments([verb], "to") for p in actors(t)]
    return frame if buyers and (kind != "contract" or frame.sellers) else None


def sell_frame(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if lemma == "dispose":
        thing = next(iter(arguments([verb], "of")), None)
    if lemma == "spin" and not any(c.lower_ == "off" for c in verb.children):
        return None
    if thing is None or thing.ent_type_ in ("PERSON", "DATE", "MONEY"):
        return None
    sellers = actors(doer(verb))
    buyers = [p for t in arguments([verb, thing], "to") for p in actors(t)]
    kind = object_kind(thing, True)
    money = money_near([*arguments([verb, thing], "for", "at", "of"), verb])
    if kind == "contract":
        if not buyers or not sellers:
            return None
    elif kind == "acquisition" and not buyers:
        kind = "divestiture"
    frame = Frame(verb, kind, buyers=buyers, sellers=sellers, money=money, strength=0.65 if buyers else 0.5)
    if kind == "stake_purchase":
        inner = next(iter(arguments([thing], "in", "of")), None)
        company = next((c for c in thing.children if c.ent_type_ in _ASSET and c.dep_ in ("compound", "nmod")), None)
        frame.stake = percent_near(thing)
        return set_target(frame, company if company is not None else inner if inner is not None else thing) if sellers or buyers else None
    return set_target(frame, thing) if sellers and (buyers or frame.money or thing.ent_type_ in _ASSET) else None


def merge_frame(verb: Token, lemma: str) -> Frame | None:
    buyers = [p for p in actors(doer(verb)) if p.label in _ASSET]
    thing = direct_object(verb)
    if is_passive(verb):
        buyers = [p for p in actors(thing) if p.label in _ASSET]
    others = [p for t in arguments([verb, thing], "with", "into") for p in actors(t) if p.label in _ASSET]
    everyone = buyers + [p for p in others if all(p.name != b.name for b in buyers)]
    if len(everyone) < 2:
        return None
    frame = Frame(verb, "merger", buyers=everyone[:-1], money=money_near([verb]), strength=0.65)
    frame.target, frame.target_label = everyone[-1].name, everyone[-1].label
    return frame


def list_frame(verb: Token, lemma: str) -> Frame | None:
    firms = [p for p in actors(subject(verb)) if p.label in _ASSET]
    where = arguments([verb], "on", "in")
    exchange = any("exchange" in t.text.casefold() or "stock" in t.text.casefold() for w in where for t in w.subtree)
    if not firms or not exchange:
        return None
    frame = Frame(verb, "listing", money=money_near([verb]), strength=0.5)
    frame.target, frame.target_label = firms[0].name, firms[0].label
    return frame
