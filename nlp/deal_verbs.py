"""Which deals do the verbs of a sentence tell: who buys, sells, invests, lends, gives, orders or supplies what, from or to whom?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spacy.tokens import Token

from nlp.deal_frames import Frame, actors, by_giver, finance_kind, money_near, object_kind, percent_near, set_target
from nlp.deal_lexicon import frames_of_verbs, kinds_of_nouns, words
from nlp.deal_status import status_of
from nlp.deal_syntax import agent, arguments, direct_object, is_passive, purpose, subject

_ASSET = ("FIRM", "FUND", "ORG")
_STATES = ("COUNTRY", "BLOC", "PUBLIC_BODY", "NORP")
_NO_PLACE = ("part", "partnership", "response", "addition", "line", "funding", "order", "total", "cooperation", "collaboration", "support", "cash", "stock", "year", "return", "exchange")
_PUTTING = ("put", "spend", "pour", "sink", "channel", "commit", "earmark", "plough", "plow", "deploy", "inject", "infuse")


def verb_frames(token: Token) -> Iterator[Frame]:
    """The frames that a verb opens; none where the parties or the value that its pattern needs are missing."""
    lemma = token.lemma_.lower()
    if lemma == "take":
        yield from _taken(token)
        return
    for name in frames_of_verbs().get(lemma, ()):
        frame = _BUILDERS[name](token, lemma) if name in _BUILDERS else None
        if frame is not None:
            frame.status = status_of(token)
            frame.pattern = f"verb:{name}"
            yield frame
            return


def _doer(verb: Token) -> Token | None:
    return agent(verb) if is_passive(verb) else subject(verb)


def _taken(verb: Token) -> Iterator[Frame]:
    """"take over X", "take X private"."""
    thing = direct_object(verb)
    if thing is not None and thing.ent_type_ == "PERCENT":  # "takes 65 per cent of X"
        company = next((t for t in arguments([thing, verb], "of", "in") if t.ent_type_ in _ASSET), None)
        buyers = actors(_doer(verb))
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
    taken = _buy(verb, "buy")
    if taken:
        frame = taken
        frame.kind = "acquisition"
        frame.status, frame.pattern = status_of(verb), "verb:buy"
        yield frame


def _buy(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if thing is None or thing.ent_type_ in ("PERSON", "DATE"):
        return None
    if lemma in ("snap", "swallow") and not any(c.lower_ == "up" for c in verb.children):
        return None
    buyers = actors(_doer(verb))
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


def _pay(verb: Token, lemma: str) -> Frame | None:
    money = money_near([direct_object(verb)])
    things = [t for t in arguments([verb, money], "for", "toward", "towards") if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    buyers = actors(_doer(verb))
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


def _sell(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if lemma == "dispose":
        thing = next(iter(arguments([verb], "of")), None)
    if lemma == "spin" and not any(c.lower_ == "off" for c in verb.children):
        return None
    if thing is None or thing.ent_type_ in ("PERSON", "DATE", "MONEY"):
        return None
    sellers = actors(_doer(verb))
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


def _invest(verb: Token, lemma: str) -> Frame | None:
    money = money_near([direct_object(verb)])
    inner = [c for c in arguments([money], "of") if not c.ent_type_]  # "$30 million of equity in X"
    places = arguments([verb, direct_object(verb), *inner], "in", "into", "on") + arguments([verb, direct_object(verb)], "to", "at", "for")
    places = [p for p in places if p.ent_type_ not in ("DATE", "MONEY", "PERCENT") and p.lemma_.lower() not in _NO_PLACE]
    built = purpose(verb)
    if money is None and (lemma != "invest" or not places):
        return None
    if lemma in _PUTTING and not (places or built is not None):
        return None
    buyers = actors(_doer(verb))
    if not buyers:
        return None
    kind = "investment"
    if finance_kind(money) in ("loan", "guarantee"):
        kind = finance_kind(money)
    elif lemma in ("commit", "earmark", "spend", "channel", "deploy") and all(p.label in _STATES for p in buyers):
        kind = "grant"
    elif not places or built is not None:
        kind = by_giver(kind, buyers)
    frame = Frame(verb, kind, buyers=buyers, money=money, strength=0.75 if money is not None else 0.45)
    best = built if built is not None and (not places or places[0].ent_type_ in ("PLACE", "COUNTRY")) else places[0] if places else None
    return set_target(frame, best)


def _lend(verb: Token, lemma: str) -> Frame | None:
    money = money_near([direct_object(verb), verb])
    buyers = actors(_doer(verb))
    receivers = arguments([verb, direct_object(verb)], "to")
    thing = direct_object(verb)
    if thing is not None and thing.ent_type_ and thing.ent_type_ != "MONEY":
        receivers = [thing, *receivers]
    if not buyers or (money is None and not receivers) or (thing is not None and thing.lemma_ in ("support", "hand", "weight", "name", "voice", "credence")):
        return None
    return set_target(Frame(verb, "loan", buyers=buyers, money=money, strength=0.7), receivers[0] if receivers else purpose(verb))


def _give(verb: Token, lemma: str) -> Frame | None:
    """"provide $5 million to X": the object is the money itself (a loan, a grant, … as object is a noun's frame)."""
    thing = direct_object(verb)
    if thing is None:
        return None
    money = thing if thing.ent_type_ == "MONEY" else None
    if money is None and thing.lemma_.lower() in ("total", "sum", "maximum", "minimum", "amount"):
        money = money_near([thing])
    if money is None:
        return _donate(verb) if lemma in ("donate", "gift") else None
    buyers = actors(_doer(verb))
    if lemma in ("announce", "make", "request", "add", "send", "generate", "deliver") and not buyers:
        return None
    receivers = [t for t in arguments([verb, money], "to", "for", "toward", "towards", "in") if t.ent_type_ not in ("DATE", "PERCENT", "MONEY")]
    receivers = [t for t in receivers if t.lemma_.lower() not in _NO_PLACE]
    receivers = [t for t in receivers if not (kinds_of_nouns().get(t.lemma_.lower()) in ("grant", "loan", "investment", "guarantee") and not t.ent_type_)]
    inner = [t for t in arguments(list(arguments([verb, money], "in", "of")), "to", "for", "in") if t.ent_type_ not in ("DATE", "MONEY")]
    built = purpose(verb) if purpose(verb) is not None else purpose(money)
    if lemma == "announce" and not arguments([money], "in", "of", "for", "to"):
        return None
    if not buyers:
        return None
    if lemma in ("work", "partner"):
        return None
    if verb.head.lemma_ in ("work", "partner", "join", "team"):  # "X is working with Y to provide"
        buyers += [p for t in arguments([verb.head], "with") for p in actors(t) if all(p.name != b.name for b in buyers)]
    kind = finance_kind(money, *arguments([verb, money], "in", "of"))
    if any(c.dep_ in ("advcl", "xcomp", "relcl", "acl") and c.lemma_ in ("guarantee", "insure") for h in (verb, money) for c in h.children):
        kind = "guarantee"
    frame = Frame(verb, kind, buyers=buyers, money=money, strength=0.7)
    best = next(iter(receivers + inner), None)
    if kind == "grant" and best is not None and best.lemma_.lower() in words("project_nouns") and all(p.label == "FIRM" for p in buyers):
        frame.kind = "investment"
    return set_target(frame, best if best is not None else built)


def _donate(verb: Token) -> Frame | None:
    """Gifts in kind: "donated 2 million doses to X"."""
    thing = direct_object(verb)
    buyers = actors(_doer(verb))
    if thing is None or thing.ent_type_ or not any(p.label in (*_STATES, *_ASSET) for p in buyers):
        return None
    receivers = arguments([verb, thing], "to")
    return set_target(Frame(verb, "grant", buyers=buyers, money=money_near([thing]), strength=0.5), receivers[0] if receivers else thing)


def _fund(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if thing is None:
        return None
    direct = [c for c in thing.children if c.ent_type_ == "MONEY"]
    money = money_near([*arguments([verb, thing], "with", "by", "through"), *direct])
    if thing.ent_type_ == "MONEY":
        money = thing
    buyers = actors(_doer(verb))
    if not buyers and is_passive(verb):
        buyers = [p for t in arguments([verb], "from", "with") for p in actors(t)]
    if not buyers or (money is None and lemma not in ("finance", "fund", "bankroll", "underwrite")):
        return None
    if money is None and not any(p.label in ("FUND", "FIRM") for p in buyers):
        return None
    banks = any(p.label == "FUND" or "bank" in p.name.casefold() for p in buyers)
    kind = finance_kind(money, *arguments([verb], "with")) if money is not None else "loan"
    if kind == "grant" and (banks or lemma == "finance"):
        kind = "loan"
    return set_target(Frame(verb, kind, buyers=buyers, money=money, strength=0.5), thing if thing.ent_type_ != "MONEY" else purpose(verb))


def _guarantee(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    buyers = actors(_doer(verb))
    if thing is None or not any(p.label in ("FUND", "PUBLIC_BODY", "ORG", "COUNTRY", "FIRM") for p in buyers):
        return None
    money = money_near([verb])
    if money is None and kinds_of_nouns().get(thing.lemma_.lower()) not in ("loan", "grant"):
        return None
    receivers = arguments([verb, thing, *arguments([verb, thing], "in", "of")], "by", "to", "from", "for")
    receivers = [t for t in receivers if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    frame = Frame(verb, "guarantee", buyers=buyers, money=money, strength=0.6)
    return set_target(frame, receivers[0] if receivers else thing)


def _raise(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    money = money_near([thing])
    if thing is None or money is None or (thing != money and kinds_of_nouns().get(thing.lemma_.lower()) not in ("funding_round", "investment", "grant")):
        return None
    receivers = [p for p in actors(_doer(verb)) if p.label in _ASSET]
    if not receivers:
        return None
    givers = [p for t in arguments([verb, money, thing], "from", "by") for p in actors(t)]
    givers += [p for c in verb.subtree if c.lemma_ == "lead" and c.pos_ == "VERB" for p in actors(agent(c))]
    text = verb.sent.text.casefold()
    kind = "listing" if any(w in text for w in ("ipo", "initial public offering", "listing", "debut", "flotation")) else "funding_round"
    if any(w in text for w in (" bond", " notes", "sukuk")):
        return None
    frame = Frame(verb, kind, buyers=[] if kind == "listing" else givers, money=money, strength=0.65)
    frame.target, frame.target_label = receivers[0].name, receivers[0].label
    return frame


def _receive(verb: Token, lemma: str) -> Frame | None:
    """"received $5 million from X"; a loan or contract as object is a noun's frame."""
    money = direct_object(verb)
    if money is None:
        return None
    if money.ent_type_ != "MONEY":
        return _receive_goods(verb, money) if lemma in ("receive", "get") else None
    givers = [p for t in arguments([verb, money], "from") for p in actors(t)]
    if is_passive(verb):
        givers = actors(agent(verb))
    receivers = actors(subject(verb))
    if not givers or not receivers:
        return None
    kind = "loan" if lemma == "borrow" else finance_kind(money, *arguments([money, verb], "in", "of"))
    frame = Frame(verb, kind, buyers=givers, money=money, strength=0.65)
    frame.target, frame.target_label = receivers[0].name, receivers[0].label
    return frame


def _receive_goods(verb: Token, thing: Token) -> Frame | None:
    """Gifts in kind with their value: "received three ambulances from X, worth $1 million"."""
    givers = [p for t in arguments([verb, thing], "from") for p in actors(t) if p.label in (*_STATES, "FUND", "BLOC")]
    receivers = actors(subject(verb))
    money = money_near([verb])
    if not givers or not receivers or money is None or thing.ent_type_ or thing.lemma_.lower() in kinds_of_nouns():
        return None
    frame = Frame(verb, "grant", buyers=givers, money=money, strength=0.45)
    frame.target, frame.target_label = receivers[0].name, receivers[0].label
    return frame


def _order(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if thing is None:
        return None
    buyers = [p for p in actors(_doer(verb)) if p.label != "PERSON"]
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
    if purpose(verb) is not None and not counted or not (sellers or counted or money is not None):
        return None
    return set_target(Frame(verb, "contract", buyers=buyers, sellers=sellers, money=money, strength=0.6), thing)


def _supply(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    sellers = [p for p in actors(_doer(verb)) if p.label in (*_ASSET, "COUNTRY")]
    buyers = [p for t in arguments([verb, thing], "to", "for") for p in actors(t) if p.label in (*_ASSET, *_STATES)]
    if thing is not None and thing.ent_type_ in (*_ASSET, *_STATES):
        buyers, thing = actors(thing), next(iter(arguments([verb], "with")), None)
    if thing is None or not sellers or (not buyers and lemma in ("construct",)):
        return None
    if not buyers and not (money_near([verb]) is not None and sellers[0].label == "FIRM"):
        return None
    return set_target(Frame(verb, "contract", buyers=buyers, sellers=sellers, money=money_near([verb]), strength=0.5), thing)


def _merge(verb: Token, lemma: str) -> Frame | None:
    buyers = [p for p in actors(_doer(verb)) if p.label in _ASSET]
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


def _build(verb: Token, lemma: str) -> Frame | None:
    """"X will build a $5 million plant": an investment of X in the plant."""
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
    buyers = [p for p in actors(_doer(verb)) if p.label in ("FIRM", "FUND", "ORG")]
    partners = [p for t in arguments([verb, thing], "with") for p in actors(t) if p.label in _ASSET]
    money = money_near([thing, *arguments([verb], "for", "at")])
    if venture:
        return None  # told by its noun
    if not buyers or thing.lemma_.lower() not in words("project_nouns"):
        return None
    frame = Frame(verb, "investment", buyers=buyers + partners, money=money, strength=0.6 if money is not None else 0.4)
    return set_target(frame, thing)


def _list(verb: Token, lemma: str) -> Frame | None:
    firms = [p for p in actors(subject(verb)) if p.label in _ASSET]
    where = arguments([verb], "on", "in")
    exchange = any("exchange" in t.text.casefold() or "stock" in t.text.casefold() for w in where for t in w.subtree)
    if not firms or not exchange:
        return None
    frame = Frame(verb, "listing", money=money_near([verb]), strength=0.5)
    frame.target, frame.target_label = firms[0].name, firms[0].label
    return frame


def money_from(money: Token) -> Frame | None:
    """"$50 million from the United States": a giver told by the amount alone ("including", "supported with", "leveraged")."""
    sources = [t for t in arguments([money], "from")]
    following = money.nbor(1) if money.i + 1 < len(money.doc) else None
    if not sources and following is not None and following.lower_ == "from":
        sources = [c for c in following.children if c.dep_ == "pobj"]
    if not sources and following is not None and following.lower_ in ("of", "in") and following.dep_ == "prep":
        sources = arguments([c for c in following.children if c.dep_ == "pobj"], "from")
    givers = [p for t in sources for p in actors(t) if p.label in (*_STATES, *_ASSET, "AGREEMENT") and p.label != "NORP"]
    head = money.head
    while head.dep_ in ("prep", "pobj", "conj", "nummod", "compound") and head.head != head and head.pos_ not in ("VERB", "AUX"):
        head = head.head
    if not givers or head.lemma_.lower() not in _FROM_VERBS:
        return None
    kind = finance_kind(money, *arguments([money], "of", "in"))
    if kind == "grant" and all(p.label == "FIRM" for p in givers):
        kind = "investment"
    frame = Frame(money, kind, buyers=givers, money=money, strength=0.55, pattern="money:from")
    frame.status = status_of(money)
    return set_target(frame, purpose(head))


_FROM_VERBS = ("include", "support", "leverage", "mobilize", "mobilise", "generate", "provide", "back", "fund", "finance", "attract", "comprise", "use", "get", "receive", "secure", "come", "be", "have", "match", "combine", "help", "draw", "stand", "put", "set")


_BUILDERS: dict[str, Callable[[Token, str], Frame | None]] = {
    "buy": _buy,
    "pay": _pay,
    "sell": _sell,
    "invest": _invest,
    "lend": _lend,
    "give": _give,
    "fund": _fund,
    "guarantee": _guarantee,
    "raise": _raise,
    "receive": _receive,
    "order": _order,
    "supply": _supply,
    "merge": _merge,
    "build": _build,
    "list": _list,
}
