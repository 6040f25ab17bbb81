"""Which deals do verbs of investing, lending, giving and receiving money tell, and which does "$5 million from X" alone?"""

from __future__ import annotations

from spacy.tokens import Token

from nlp.deal_frames import Frame, actors, by_giver, finance_kind, money_near, set_target
from nlp.deal_lexicon import kinds_of_nouns, words
from nlp.deal_status import status_of
from nlp.deal_syntax import agent, arguments, direct_object, doer, is_passive, purpose, subject

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


_FROM_VERBS = (
    "include",
    "support",
    "leverage",
    "mobilize",
    "mobilise",
    "generate",
    "provide",
    "back",
    "fund",
    "finance",
    "attract",
    "comprise",
    "use",
    "get",
    "receive",
    "secure",
    "come",
    "be",
    "have",
    "match",
    "combine",
    "help",
    "draw",
    "stand",
    "put",
    "set",
)


def invest_frame(verb: Token, lemma: str) -> Frame | None:
    money = money_near([direct_object(verb)])
    inner = [c for c in arguments([money], "of") if not c.ent_type_]  # "$30 million of equity in X"
    places = arguments([verb, direct_object(verb), *inner], "in", "into", "on") + arguments([verb, direct_object(verb)], "to", "at", "for")
    places = [p for p in places if p.ent_type_ not in ("DATE", "MONEY", "PERCENT") and p.lemma_.lower() not in _NO_PLACE]
    built = purpose(verb)
    if money is None and (lemma != "invest" or not places):
        return None
    if lemma in _PUTTING and not (places or built is not None):
        return None
    buyers = actors(doer(verb))
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


def lend_frame(verb: Token, lemma: str) -> Frame | None:
    money = money_near([direct_object(verb), verb])
    buyers = actors(doer(verb))
    receivers = arguments([verb, direct_object(verb)], "to")
    thing = direct_object(verb)
    if thing is not None and thing.ent_type_ and thing.ent_type_ != "MONEY":
        receivers = [thing, *receivers]
    if (
        not buyers
        or (money is None and not receivers)
        or (thing is not None and thing.lemma_ in ("support", "hand", "weight", "name", "voice", "credence"))
    ):
        return None
    return set_target(Frame(verb, "loan", buyers=buyers, money=money, strength=0.7), receivers[0] if receivers else purpose(verb))


def give_frame(verb: Token, lemma: str) -> Frame | None:
    """ "provide $5 million to X": the object is the money itself (a loan, a grant, … as object is a noun's frame)."""
    thing = direct_object(verb)
    if thing is None:
        return None
    money = thing if thing.ent_type_ == "MONEY" else None
    if money is None and thing.lemma_.lower() in ("total", "sum", "maximum", "minimum", "amount"):
        money = money_near([thing])
    if money is None:
        return donate_frame(verb) if lemma in ("donate", "gift") else None
    buyers = actors(doer(verb))
    if lemma in ("announce", "make", "request", "add", "send", "generate", "deliver") and not buyers:
        return None
    receivers = [
        t for t in arguments([verb, money], "to", "for", "toward", "towards", "in") if t.ent_type_ not in ("DATE", "PERCENT", "MONEY")
    ]
    receivers = [t for t in receivers if t.lemma_.lower() not in _NO_PLACE]
    receivers = [
        t
        for t in receivers
        if not (kinds_of_nouns().get(t.lemma_.lower()) in ("grant", "loan", "investment", "guarantee") and not t.ent_type_)
    ]
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


def donate_frame(verb: Token) -> Frame | None:
    """Gifts in kind: "donated 2 million doses to X"."""
    thing = direct_object(verb)
    buyers = actors(doer(verb))
    if thing is None or thing.ent_type_ or not any(p.label in (*_STATES, *_ASSET) for p in buyers):
        return None
    receivers = arguments([verb, thing], "to")
    return set_target(Frame(verb, "grant", buyers=buyers, money=money_near([thing]), strength=0.5), receivers[0] if receivers else thing)


def fund_frame(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    if thing is None:
        return None
    direct = [c for c in thing.children if c.ent_type_ == "MONEY"]
    money = money_near([*arguments([verb, thing], "with", "by", "through"), *direct])
    if thing.ent_type_ == "MONEY":
        money = thing
    buyers = actors(doer(verb))
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


def guarantee_frame(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    buyers = actors(doer(verb))
    if thing is None or not any(p.label in ("FUND", "PUBLIC_BODY", "ORG", "COUNTRY", "FIRM") for p in buyers):
        return None
    money = money_near([verb])
    if money is None and kinds_of_nouns().get(thing.lemma_.lower()) not in ("loan", "grant"):
        return None
    receivers = arguments([verb, thing, *arguments([verb, thing], "in", "of")], "by", "to", "from", "for")
    receivers = [t for t in receivers if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    frame = Frame(verb, "guarantee", buyers=buyers, money=money, strength=0.6)
    return set_target(frame, receivers[0] if receivers else thing)


def raise_frame(verb: Token, lemma: str) -> Frame | None:
    thing = direct_object(verb)
    money = money_near([thing])
    if (
        thing is None
        or money is None
        or (thing != money and kinds_of_nouns().get(thing.lemma_.lower()) not in ("funding_round", "investment", "grant"))
    ):
        return None
    receivers = [p for p in actors(doer(verb)) if p.label in _ASSET]
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


def receive_frame(verb: Token, lemma: str) -> Frame | None:
    """ "received $5 million from X"; a loan or contract as object is a noun's frame."""
    money = direct_object(verb)
    if money is None:
        return None
    if money.ent_type_ != "MONEY":
        return receive_goods_frame(verb, money) if lemma in ("receive", "get") else None
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


def receive_goods_frame(verb: Token, thing: Token) -> Frame | None:
    """Gifts in kind with their value: "received three ambulances from X, worth $1 million"."""
    givers = [p for t in arguments([verb, thing], "from") for p in actors(t) if p.label in (*_STATES, "FUND", "BLOC")]
    receivers = actors(subject(verb))
    money = money_near([verb])
    if not givers or not receivers or money is None or thing.ent_type_ or thing.lemma_.lower() in kinds_of_nouns():
        return None
    frame = Frame(verb, "grant", buyers=givers, money=money, strength=0.45)
    frame.target, frame.target_label = receivers[0].name, receivers[0].label
    return frame


def money_from(money: Token) -> Frame | None:
    """ "$50 million from the United States": a giver told by the amount alone ("including", "supported with", "leveraged")."""
    sources = list(arguments([money], "from"))
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
