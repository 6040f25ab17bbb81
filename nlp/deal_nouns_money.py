"""Which deals do nouns of money and works tell: investments, plants, loans, guarantees, grants, contracts?"""

from __future__ import annotations

from spacy.tokens import Token

from nlp.deal_frames import Frame, actors, by_giver, money_near, set_target
from nlp.deal_lexicon import kinds_of_nouns
from nlp.deal_noun_context import named_before, owners_of, ruling_verb
from nlp.deal_syntax import agent, arguments, is_passive, purpose, subject

_ASSET = ("FIRM", "FUND", "ORG")
_STATES = ("COUNTRY", "BLOC", "PUBLIC_BODY", "NORP")
_SUPPLYING = (
    "supply",
    "deliver",
    "build",
    "construct",
    "provide",
    "sell",
    "manufacture",
    "design",
    "develop",
    "produce",
    "install",
    "operate",
    "upgrade",
    "maintain",
    "lay",
)
_FINANCE = ("loan", "grant", "guarantee")
_VAGUE_FINANCE = (
    "fund",
    "line",
    "facility",
    "cover",
    "bond",
    "money",
    "debt",
    "support",
    "award",
    "incentive",
    "pledge",
    "commitment",
    "announcement",
    "allocation",
    "sum",
    "endowment",
)


def investment_noun(noun: Token, kind: str) -> Frame | None:
    money = money_near([noun])
    verb, doer, gets = ruling_verb(noun)
    by = [p for t in arguments([noun], "by", "from") for p in actors(t)]
    buyers = by or owners_of(noun) or ([] if gets else doer)
    if not buyers:
        buyers = named_before(noun, ("FIRM", "FUND"))
    if not buyers and money is not None and verb is not None:
        for child in noun.children:
            if child.dep_ in ("acl", "relcl") and child.lemma_ in ("make", "announce"):
                buyers = actors(agent(child))
    places = [t for t in arguments([noun], "in", "into", "for", "at", "of") if t.ent_type_ not in ("MONEY", "DATE", "PERCENT")]
    built = purpose(noun)
    if built is None and verb is not None and (verb.lemma_ in ("announce", "make")):
        built = purpose(verb)
    if not buyers or (
        money is None
        and not by
        and not (
            places
            and verb is not None
            and verb.lemma_.lower() in ("announce", "make", "complete", "plan", "launch", "consider", "evaluate")
        )
    ):
        return None
    if noun.tag_ == "NNS" and money is None and not by:
        return None
    if verb is not None and places == [] and noun.dep_ == "pobj":
        places = [c for c in verb.children if c.dep_ == "dobj"]
    frame = Frame(noun, by_giver("investment", buyers), buyers=buyers, money=money, strength=0.65 if money is not None else 0.4)
    place = places[0] if places else None
    best = built if built is not None and (place is None or place.ent_type_ in ("PLACE", "COUNTRY")) else place
    return set_target(frame, best if best is not None else noun)


def project_noun(noun: Token, kind: str) -> Frame | None:
    """ "announced a $4 billion plant in X": the plant itself as the announced thing."""
    verb, doer, _ = ruling_verb(noun)
    if (
        verb is None
        or noun.head != verb
        or verb.lemma_.lower() not in ("announce", "unveil", "plan", "launch", "approve", "confirm", "open", "propose", "finance")
    ):
        by = [p for t in arguments([noun], "by") for p in actors(t) if p.label in _ASSET]
        owner = by or [p for p in [*owners_of(noun), *named_before(noun, ("FIRM",))] if p.label in _ASSET]
        direct = next((c for c in noun.children if c.ent_type_ == "MONEY"), None)
        if not owner or (direct is None and not by):
            return None
        return set_target(Frame(noun, "investment", buyers=owner, money=direct, strength=0.5 if direct is not None else 0.42), noun)
    buyers = [p for p in doer if p.label in _ASSET] or [p for p in owners_of(noun) if p.label in _ASSET]
    money = next((c for c in noun.children if c.ent_type_ == "MONEY"), None) or money_near(arguments([noun], "of", "worth", "for"))
    if not buyers or (verb.lemma_.lower() in ("launch", "open", "confirm", "approve") and money is None):
        return None
    return set_target(Frame(noun, "investment", buyers=buyers, money=money, strength=0.6 if money is not None else 0.4), noun)


def finance_noun(noun: Token, kind: str) -> Frame | None:
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
    verb, doer, gets = ruling_verb(noun)
    sources = [p for t in arguments([noun], "from", "by") for p in actors(t)]
    if not sources and verb is not None and gets:
        sources = [p for t in arguments([verb], "from") for p in actors(t)]
    receivers = [t for t in arguments([noun], "to", "for", "toward", "towards") if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    if not receivers and verb is not None and not gets:
        receivers = [t for t in arguments([verb], "to", "for") if t.ent_type_ not in ("DATE", "MONEY", "PERCENT")]
    owner = owners_of(noun) or named_before(noun, ("FUND", "PUBLIC_BODY", "COUNTRY", "BLOC", "ORG", "NORP", "FIRM"))
    givers = sources or ([] if gets else doer) or owner
    if not givers and verb is not None and verb.lemma_ in ("use", "include"):
        return None
    strong = lemma in (
        "loan",
        "grant",
        "guarantee",
        "aid",
        "donation",
        "subsidy",
        "credit",
        "facility",
        "line",
        "financing",
        "insurance",
        "package",
    )
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


def contract_noun(noun: Token, kind: str) -> Frame | None:
    lemma = noun.lemma_.lower()
    if lemma in ("order", "supply", "deal") and any(
        c.ent_type_ == "OFFICE" or c.lower_ in ("executive", "court", "new", "trade", "world", "green", "peace") for c in noun.children
    ):
        return None
    verb, doer, gets = ruling_verb(noun)
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
    if (
        lemma in ("deal", "supply")
        and (task is None or task.lemma_ not in (*_SUPPLYING, "buy", "purchase", "import", "export"))
        and lemma != "supply"
    ):
        return None
    if lemma == "supply":
        return None
    owner = owners_of(noun)
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
    if (
        not (buyers or sellers)
        or (goods is None and money is None)
        or not (len(buyers) + len(sellers) > 1 or money is not None or (goods is not None and (gets or lemma == "contract")))
    ):
        return None
    frame = Frame(noun, "contract", buyers=buyers, sellers=sellers, money=money, strength=0.6 if buyers and sellers else 0.45)
    return set_target(frame, goods)
