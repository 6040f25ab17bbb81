"""Which deals do the nouns of a sentence tell: "X's $5bn takeover of Y", "a loan to Z from W", "won a contract", "a joint venture with V"?"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from nlp.deal_frames import Frame, actors, by_giver, money_near, percent_near, set_target
from nlp.deal_lexicon import kinds_of_nouns, words
from nlp.deal_parties import Party
from nlp.deal_status import status_of
from nlp.deal_syntax import agent, arguments, governor, is_passive, possessor, purpose, subject

_ASSET = ("FIRM", "FUND", "ORG")
_STATES = ("COUNTRY", "BLOC", "PUBLIC_BODY", "NORP")
_SUPPLYING = ("supply", "deliver", "build", "construct", "provide", "sell", "manufacture", "design", "develop", "produce", "install", "operate", "upgrade", "maintain", "lay")
_FINANCE = ("loan", "grant", "guarantee")
_VAGUE_FINANCE = ("fund", "line", "facility", "cover", "bond", "money", "debt", "support", "award", "incentive", "pledge", "commitment", "announcement", "allocation", "sum", "endowment")


def noun_frames(token: Token) -> Iterator[Frame]:
    """The frames that a noun opens; none where it names no deal here."""
    kind = kinds_of_nouns().get(token.lemma_.lower())
    if kind is None or token.ent_type_:
        return
    if kind == "loan" and token.lemma_.lower() in words("project_nouns") and not _is_credit(token):
        kind = "project"
    builder = {
        "acquisition": _takeover,
        "bid": _takeover,
        "sale": _sale,
        "merger": _merger,
        "stake": _stake,
        "investment": _investment,
        "project": _project,
        "loan": _finance,
        "grant": _finance,
        "guarantee": _finance,
        "contract": _contract,
        "joint_venture": _venture,
        "funding_round": _round,
        "listing": _listing,
    }[kind]
    frame = builder(token, kind)
    if frame is not None:
        frame.status = status_of(token)
        if token.lemma_.lower() in ("bid", "offer", "approach") and frame.status in ("agreed", "completed"):
            frame.status = "proposed"
        if any(c.lower_ in ("planned", "proposed", "possible", "potential", "would-be") for c in token.children) and frame.status in ("agreed", "completed"):
            frame.status = "proposed"
        frame.pattern = f"noun:{kind}"
        yield frame


def _is_credit(noun: Token) -> bool:
    """Is this "facility" or "line" one of credit, not of production?"""
    near = {t.lemma_.lower() for t in noun.subtree}
    if near & {"credit", "loan", "lending", "swap", "liquidity", "guarantee", "revolving", "trade"}:
        return True
    verb = governor(noun)
    giver = actors(subject(verb)) if verb is not None else []
    return any(p.label == "FUND" or "bank" in p.name.casefold() for p in giver)


def _ruling(noun: Token) -> tuple[Token | None, list[Party], bool]:
    """The verb over a noun that is its object, that verb's doer, and whether the doer receives ("won a contract")."""
    verb = governor(noun)
    if verb is None:
        return None, [], False
    lemma = verb.lemma_.lower()
    below = noun
    while below.head != verb and below.head != below and below.dep_ in ("compound", "conj", "pobj", "prep", "appos", "nmod"):
        below = below.head
    is_object = below.head == verb and below.dep_ in ("dobj", "attr", "oprd")
    is_passive_subject = below.head == verb and below.dep_ == "nsubjpass"
    if is_passive_subject:
        return verb, actors(agent(verb)), False
    with_noun = below.head == verb and below.dep_ == "prep" and below.lower_ in ("on", "with", "for", "in", "through", "to")
    if (is_object or with_noun) and lemma in words("giving_verbs") | words("getting_verbs"):
        doer = actors(agent(verb)) if is_passive(verb) else actors(subject(verb))
        gets = lemma in words("getting_verbs") and lemma not in words("giving_verbs")
        return verb, doer, gets
    return verb, [], False


def _owner(noun: Token) -> list[Party]:
    return actors(possessor(noun))


def _named_before(noun: Token, labels: tuple[str, ...]) -> list[Party]:
    return [p for c in noun.children if c.dep_ in ("compound", "amod", "nmod") and c.ent_type_ in labels for p in actors(c)]


def _takeover(noun: Token, kind: str) -> Frame | None:
    if noun.lemma_.lower() == "offer" and noun.tag_ == "NNS":
        return None
    things = arguments([noun], "of", "for")
    things = arguments([t for t in things if t.ent_type_ == "MONEY"], "of") + things  # "the purchase of $31 million of equipment"
    things = [t for t in things if t.ent_type_ not in ("MONEY", "DATE", "PERCENT", "PERSON")]
    by = [p for t in arguments([noun], "by") for p in actors(t)]
    verb, doer, _ = _ruling(noun)
    owner = _owner(noun)
    sellers = [p for t in arguments([noun], "from") for p in actors(t)]
    buyers = by or owner or doer
    if noun.lemma_.lower() == "bid" or kind == "bid":
        buyers = by or owner or doer or sellers
        sellers = []
    if verb is not None and verb.lemma_.lower() in ("block", "reject", "veto", "prohibit", "spurn", "rebuff", "approve", "refuse"):
        buyers = by or owner
    named = _named_before(noun, ("FIRM",))
    money = money_near([noun])
    if not things and not named:
        return None
    thing = things[0] if things else None
    if thing is not None and thing.ent_type_ not in _ASSET and thing.lemma_.lower() not in words("asset_nouns") and thing.lemma_.lower() not in ("stake", "share", "interest", "half", "asset"):
        if not (buyers and (money is not None or sellers)) or thing.lower_ in ("it", "them"):
            return None
        frame = Frame(noun, "contract" if noun.lemma_.lower() == "purchase" else "acquisition", buyers=buyers, sellers=sellers, money=money, strength=0.5)
        return set_target(frame, thing)
    frame = Frame(noun, "acquisition", buyers=buyers, sellers=sellers, money=money, strength=0.7 if buyers else 0.45)
    if thing is None:
        others = [p for p in named if all(p.name != b.name for b in buyers)]
        if not others or not buyers:
            return None
        frame.target, frame.target_label = others[0].name, others[0].label
        return frame
    if thing.lemma_.lower() in ("stake", "share", "interest", "half"):
        frame.kind, frame.stake = "stake_purchase", percent_near(thing)
        company = next((c for c in thing.children if c.ent_type_ in _ASSET), None)
        inner = next(iter(arguments([thing], "in", "of")), None)
        return set_target(frame, company if company is not None else inner if inner is not None else thing)
    return set_target(frame, thing)


def _sale(noun: Token, kind: str) -> Frame | None:
    if noun.tag_ == "NNS" or noun.lower_ == "sales":
        return None
    things = [t for t in arguments([noun], "of") if t.ent_type_ not in ("MONEY", "DATE")]
    buyers = [p for t in arguments([noun], "to") for p in actors(t)]
    sellers = [p for t in arguments([noun], "by") for p in actors(t)] or _owner(noun) or _ruling(noun)[1]
    if not things or not (buyers or sellers):
        return None
    thing = things[0]
    lemma = thing.lemma_.lower()
    if lemma in ("stake", "share", "interest"):
        inner = next(iter(arguments([thing], "in", "of")), thing)
        frame = Frame(noun, "stake_purchase", buyers=buyers, sellers=sellers, stake=percent_near(thing), strength=0.55)
        frame.money = money_near([noun])
        return set_target(frame, inner)
    if thing.ent_type_ not in _ASSET and lemma not in words("asset_nouns"):
        if not (buyers and sellers):
            return None
        return set_target(Frame(noun, "contract", buyers=buyers, sellers=sellers, money=money_near([noun]), strength=0.5), thing)
    kind = "acquisition" if buyers else "divestiture"
    return set_target(Frame(noun, kind, buyers=buyers, sellers=sellers, money=money_near([noun]), strength=0.55), thing)


def _merger(noun: Token, kind: str) -> Frame | None:
    firms = [p for t in arguments([noun], "of", "between", "with") for p in actors(t) if p.label in _ASSET]
    before = [p for p in [*_owner(noun), *_ruling(noun)[1]] if p.label in _ASSET]
    everyone: list[Party] = []
    for party in [*before, *firms]:
        if all(party.name != p.name for p in everyone):
            everyone.append(party)
    if len(everyone) < 2:
        return None
    frame = Frame(noun, "merger", buyers=everyone[:-1], money=money_near([noun]), strength=0.65)
    frame.target, frame.target_label = everyone[-1].name, everyone[-1].label
    return frame


def _stake(noun: Token, kind: str) -> Frame | None:
    """A stake that changes hands, not one that is held."""
    lemma = noun.lemma_.lower()
    verb = governor(noun)
    if verb is None or verb.lemma_.lower() not in words("stake_verbs") or lemma in ("interest", "minority", "majority") and percent_near(noun) is None:
        return None
    if lemma in ("share", "shares") and verb.lemma_.lower() not in ("buy", "acquire", "purchase", "sell", "offload"):
        return None
    if verb.lemma_.lower() in ("buy", "acquire", "purchase", "sell", "divest", "offload", "dispose", "pay"):
        return None  # told by the verb
    if not (noun.dep_ == "dobj" and noun.head == verb):
        return None
    things = [t for t in arguments([noun, verb], "in", "of") if t.ent_type_ not in ("DATE", "PERCENT", "MONEY")]
    company = next((c for c in noun.children if c.ent_type_ in _ASSET and c.dep_ in ("compound", "nmod")), None)
    who = actors(subject(verb)) or actors(agent(verb))
    if not who or (not things and company is None):
        return None
    money = money_near([*arguments([verb, noun], "for", "at"), noun, verb])
    frame = Frame(noun, "stake_purchase", money=money, stake=percent_near(noun), strength=0.6)
    if verb.lemma_.lower() in ("cut", "reduce", "trim"):
        frame.sellers = who
    else:
        frame.buyers = who
    return set_target(frame, company if company is not None else things[0])


def _investment(noun: Token, kind: str) -> Frame | None:
    money = money_near([noun])
    verb, doer, gets = _ruling(noun)
    by = [p for t in arguments([noun], "by", "from") for p in actors(t)]
    buyers = by or _owner(noun) or ([] if gets else doer)
    if not buyers:
        buyers = _named_before(noun, ("FIRM", "FUND"))
    if not buyers and money is not None and verb is not None:
        for child in noun.children:
            if child.dep_ in ("acl", "relcl") and child.lemma_ in ("make", "announce"):
                buyers = actors(agent(child))
    places = [t for t in arguments([noun], "in", "into", "for", "at", "of") if t.ent_type_ not in ("MONEY", "DATE", "PERCENT")]
    built = purpose(noun)
    if built is None and verb is not None and (verb.lemma_ in ("announce", "make")):
        built = purpose(verb)
    if not buyers or (money is None and not by and not (places and verb is not None and verb.lemma_.lower() in ("announce", "make", "complete", "plan", "launch", "consider", "evaluate"))):
        return None
    if noun.tag_ == "NNS" and money is None and not by:
        return None
    if verb is not None and places == [] and noun.dep_ == "pobj":
        places = [c for c in verb.children if c.dep_ == "dobj"]
    frame = Frame(noun, by_giver("investment", buyers), buyers=buyers, money=money, strength=0.65 if money is not None else 0.4)
    place = places[0] if places else None
    best = built if built is not None and (place is None or place.ent_type_ in ("PLACE", "COUNTRY")) else place
    return set_target(frame, best if best is not None else noun)


def _project(noun: Token, kind: str) -> Frame | None:
    """"announced a $4 billion plant in X": the plant itself as the announced thing."""
    verb, doer, _ = _ruling(noun)
    if verb is None or noun.head != verb or verb.lemma_.lower() not in ("announce", "unveil", "plan", "launch", "approve", "confirm", "open", "propose", "finance"):
        by = [p for t in arguments([noun], "by") for p in actors(t) if p.label in _ASSET]
        owner = by or [p for p in [*_owner(noun), *_named_before(noun, ("FIRM",))] if p.label in _ASSET]
        direct = next((c for c in noun.children if c.ent_type_ == "MONEY"), None)
        if not owner or (direct is None and not by):
            return None
        return set_target(Frame(noun, "investment", buyers=owner, money=direct, strength=0.5 if direct is not None else 0.42), noun)
    buyers = [p for p in doer if p.label in _ASSET] or [p for p in _owner(noun) if p.label in _ASSET]
    money = next((c for c in noun.children if c.ent_type_ == "MONEY"), None) or money_near(arguments([noun], "of", "worth", "for"))
    if not buyers or verb.lemma_.lower() in ("launch", "open", "confirm", "approve") and money is None:
        return None
    return set_target(Frame(noun, "investment", buyers=buyers, money=money, strength=0.6 if money is not None else 0.4), noun)


def _finance(noun: Token, kind: str) -> Frame | None:
    """A loan, guarantee or grant: to whom or for what, and from whom."""
    if noun.dep_ == "compound" and kinds_of_nouns().get(noun.head.lemma_.lower()) in _FINANCE and not noun.head.ent_type_:
        return None  # "loan guarantee", "aid package": told by the last noun
    money = money_near([noun])
    if money is None and noun.head.ent_type_ == "MONEY" and noun.dep_ == "pobj":
        return None
    if money is None and noun.dep_ == "pobj" and noun.head.head.ent_type_ == "MONEY":
        return None  # "$5 million in grants": told by the verb
    lemma = noun.lemma_.lower()
    if kind == "grant" and any(kinds_of_nouns().get(c.lemma_.lower()) == "loan" for c in noun.children if c.dep_ == "compound"):
        kind = "loan"
    verb, doer, gets = _ruling(noun)
    sources = [p for t in arguments([noun], "from", "by") for p in actors(t)]
    if not sources and verb is not None and gets:
        sources = [p for t in arguments([verb], "from") for p in actors(t)]
    receivers = [t for t in arguments([noun], "to", "for", "toward", "towards") if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    if not receivers and verb is not None and not gets:
        receivers = [t for t in arguments([verb], "to", "for") if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    owner = _owner(noun) or _named_before(noun, ("FUND", "PUBLIC_BODY", "COUNTRY", "BLOC", "ORG", "NORP", "FIRM"))
    givers = sources or ([] if gets else doer) or owner
    if not givers and verb is not None and verb.lemma_ in ("use", "include"):
        return None
    strong = lemma in ("loan", "grant", "guarantee", "aid", "donation", "subsidy", "credit", "facility", "line", "financing", "insurance", "package")
    if money is None and not (strong and givers and (receivers or gets) and lemma in ("loan", "grant", "guarantee", "financing")):
        return None
    if lemma in _VAGUE_FINANCE and not (money is not None and givers):
        return None
    frame = Frame(noun, kind, buyers=givers, money=money, strength=0.65 if money is not None else 0.45)
    if gets and doer:
        frame.target, frame.target_label = doer[0].name, doer[0].label
    else:
        best = receivers[0] if receivers else purpose(noun)
        if best is None and verb is not None and not gets:
            best = purpose(verb)
        set_target(frame, best)
    if not givers:
        if not (money is not None and frame.target):
            return None
        frame.strength = 0.35
    return frame


def _contract(noun: Token, kind: str) -> Frame | None:
    lemma = noun.lemma_.lower()
    if lemma in ("order", "supply", "deal") and any(c.ent_type_ == "OFFICE" or c.lower_ in ("executive", "court", "new", "trade", "world", "green", "peace") for c in noun.children):
        return None
    verb, doer, gets = _ruling(noun)
    others = [p for t in arguments([noun, verb], "with", "from", "between") for p in actors(t) if p.label in (*_ASSET, *_STATES)]
    receivers = [p for t in arguments([noun, verb], "to") for p in actors(t) if p.label in _ASSET]
    doer = [p for p in doer if p.label != "PERSON"]
    task = next((c for c in noun.children if c.dep_ in ("acl", "relcl", "xcomp") and c.pos_ == "VERB"), None)
    if task is None and verb is not None:
        task = next((c for c in verb.children if c.dep_ in ("xcomp", "advcl") and c.tag_ == "VB"), None)
    goods = next((c for c in task.children if c.dep_ == "dobj"), None) if task is not None else None
    if goods is None:
        goods = next((t for t in arguments([noun], "for", "of", "on") if t.ent_type_ not in ("MONEY", "DATE")), None)
        if goods is not None and goods.ent_type_ in _ASSET:
            goods = None
    money = money_near([noun])
    if lemma in ("deal", "supply") and (task is None or task.lemma_ not in (*_SUPPLYING, "buy", "purchase", "import", "export")) and lemma != "supply":
        return None
    if lemma == "supply":
        return None
    owner = _owner(noun)
    if verb is not None and verb.lemma_.lower() in ("win", "secure", "land", "clinch", "bag", "get", "receive", "obtain"):
        sellers, buyers = doer, others or owner
    elif verb is not None and verb.lemma_.lower() in ("award", "give", "place", "grant", "hand"):
        buyers, sellers = doer or owner, receivers or [p for p in others if p.label in _ASSET]
        if is_passive(verb) and not sellers:
            sellers = actors(subject(verb))
    elif len(doer) > 1 and not others and all(p.label in _ASSET for p in doer):
        supplied = any(c.lower_ in ("supply", "sales", "delivery", "offtake", "export") for c in noun.children)
        buyers, sellers = (doer[1:], doer[:1]) if supplied else (doer[:1], doer[1:])
    elif doer and others:
        supplying = task is not None and task.lemma_.lower() in _SUPPLYING
        doer_firm, other_state = doer[0].label in _ASSET, others[0].label in _STATES
        if (supplying and not (doer[0].label in _STATES and others[0].label in _ASSET)) or (doer_firm and other_state):
            sellers, buyers = doer, others
        else:
            buyers, sellers = doer, others
    elif doer or owner:
        buyers, sellers = (doer or owner), receivers
    elif any(c.lower_ in ("construction", "supply", "works", "building", "service", "engineering") for c in noun.children):
        buyers, sellers = [p for p in others if p.label in _STATES], [p for p in others if p.label in _ASSET]
    else:
        buyers, sellers = others, []
    if not (buyers or sellers) or (goods is None and money is None) or not (len(buyers) + len(sellers) > 1 or money is not None or goods is not None and (gets or lemma == "contract")):
        return None
    frame = Frame(noun, "contract", buyers=buyers, sellers=sellers, money=money, strength=0.6 if buyers and sellers else 0.45)
    return set_target(frame, goods)


def _venture(noun: Token, kind: str) -> Frame | None:
    joint = noun.lemma_.lower() in ("jv", "joint-venture") or any(c.lower_ == "joint" for c in noun.children) or "joint venture" in noun.sent.text.lower()
    if not joint:
        return None
    verb, doer, _ = _ruling(noun)
    if not doer and verb is not None and verb.lemma_ in ("form", "create", "establish", "set", "build", "enter", "sign", "own", "plan", "develop", "invest", "agree"):
        doer = actors(subject(verb))
    partners = [p for t in arguments([noun, verb], "between", "of", "with", "by") for p in actors(t) if p.label in _ASSET]
    everyone: list[Party] = []
    for party in [*doer, *_owner(noun), *partners]:
        if party.label in (*_ASSET, "COUNTRY", "PUBLIC_BODY") and all(party.name != p.name for p in everyone):
            everyone.append(party)
    if len(everyone) < 2:
        return None
    money = money_near([noun]) or money_near([verb])
    places = [t for t in arguments([noun], "in", "for") if t.ent_type_ not in ("DATE", "MONEY")]
    built = purpose(noun) if purpose(noun) is not None else purpose(verb)
    frame = Frame(noun, "joint_venture", buyers=everyone, money=money, strength=0.65)
    return set_target(frame, built if built is not None else places[0] if places else noun)


def _round(noun: Token, kind: str) -> Frame | None:
    text = noun.sent.text.casefold()
    if not any(w in text for w in ("funding", "financing", "series", "investors", "seed", "led by", "venture")) or (noun.lower_ == "round" and "talks" in text and "funding" not in text):
        return None
    money = money_near([noun])
    verb, doer, gets = _ruling(noun)
    leaders = [p for t in noun.sent if t.lemma_ == "lead" and t.pos_ == "VERB" for p in (actors(agent(t)) or ([] if is_passive(t) else actors(subject(t))))]
    firms = [p for p in doer if p.label in _ASSET and all(p.name != q.name for q in leaders)]
    owner = [p for p in _owner(noun) if p.label in _ASSET]
    inside = [p for t in arguments([noun], "in", "for", "of") for p in actors(t) if p.label in _ASSET]
    firms = owner or inside or firms
    if not (firms and (money is not None or leaders)) or (money is None and not leaders):
        return None
    frame = Frame(noun, "funding_round", buyers=leaders, money=money, strength=0.55)
    frame.target, frame.target_label = firms[0].name, firms[0].label
    return frame


def _listing(noun: Token, kind: str) -> Frame | None:
    _, doer, _ = _ruling(noun)
    firms = [p for p in [*_owner(noun), *[q for t in arguments([noun], "of", "by", "from") for q in actors(t)], *doer] if p.label in _ASSET]
    if not firms:
        return None
    frame = Frame(noun, "listing", money=money_near([noun]), strength=0.5)
    frame.target, frame.target_label = firms[0].name, firms[0].label
    return frame
