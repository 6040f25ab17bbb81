"""Which deals do nouns of ownership tell: takeovers, bids, sales, mergers, stakes, joint ventures, funding rounds, listings?"""

from __future__ import annotations

from spacy.tokens import Token

from nlp.deal_frames import Frame, actors, money_near, percent_near, set_target
from nlp.deal_lexicon import words
from nlp.deal_noun_context import named_before, owners_of, ruling_verb
from nlp.deal_parties import Party
from nlp.deal_syntax import agent, arguments, governor, is_passive, purpose, subject

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


def takeover_noun(noun: Token, kind: str) -> Frame | None:
    if noun.lemma_.lower() == "offer" and noun.tag_ == "NNS":
        return None
    things = arguments([noun], "of", "for")
    things = arguments([t for t in things if t.ent_type_ == "MONEY"], "of") + things  # "the purchase of $31 million of equipment"
    things = [t for t in things if t.ent_type_ not in ("MONEY", "DATE", "PERCENT", "PERSON")]
    by = [p for t in arguments([noun], "by") for p in actors(t)]
    verb, doer, _ = ruling_verb(noun)
    owner = owners_of(noun)
    sellers = [p for t in arguments([noun], "from") for p in actors(t)]
    buyers = by or owner or doer
    if noun.lemma_.lower() == "bid" or kind == "bid":
        buyers = by or owner or doer or sellers
        sellers = []
    if verb is not None and verb.lemma_.lower() in ("block", "reject", "veto", "prohibit", "spurn", "rebuff", "approve", "refuse"):
        buyers = by or owner
    named = named_before(noun, ("FIRM",))
    money = money_near([noun])
    if not things and not named:
        return None
    thing = things[0] if things else None
    if (
        thing is not None
        and thing.ent_type_ not in _ASSET
        and thing.lemma_.lower() not in words("asset_nouns")
        and thing.lemma_.lower() not in ("stake", "share", "interest", "half", "asset")
    ):
        if not (buyers and (money is not None or sellers)) or thing.lower_ in ("it", "them"):
            return None
        frame = Frame(
            noun,
            "contract" if noun.lemma_.lower() == "purchase" else "acquisition",
            buyers=buyers,
            sellers=sellers,
            money=money,
            strength=0.5,
        )
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


def sale_noun(noun: Token, kind: str) -> Frame | None:
    if noun.tag_ == "NNS" or noun.lower_ == "sales":
        return None
    things = [t for t in arguments([noun], "of") if t.ent_type_ not in ("MONEY", "DATE")]
    buyers = [p for t in arguments([noun], "to") for p in actors(t)]
    sellers = [p for t in arguments([noun], "by") for p in actors(t)] or owners_of(noun) or ruling_verb(noun)[1]
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


def merger_noun(noun: Token, kind: str) -> Frame | None:
    firms = [p for t in arguments([noun], "of", "between", "with") for p in actors(t) if p.label in _ASSET]
    before = [p for p in [*owners_of(noun), *ruling_verb(noun)[1]] if p.label in _ASSET]
    everyone: list[Party] = []
    for party in [*before, *firms]:
        if all(party.name != p.name for p in everyone):
            everyone.append(party)
    if len(everyone) < 2:
        return None
    frame = Frame(noun, "merger", buyers=everyone[:-1], money=money_near([noun]), strength=0.65)
    frame.target, frame.target_label = everyone[-1].name, everyone[-1].label
    return frame


def stake_noun(noun: Token, kind: str) -> Frame | None:
    """A stake that changes hands, not one that is held."""
    lemma = noun.lemma_.lower()
    verb = governor(noun)
    if (
        verb is None
        or verb.lemma_.lower() not in words("stake_verbs")
        or (lemma in ("interest", "minority", "majority") and percent_near(noun) is None)
    ):
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


def venture_noun(noun: Token, kind: str) -> Frame | None:
    joint = (
        noun.lemma_.lower() in ("jv", "joint-venture")
        or any(c.lower_ == "joint" for c in noun.children)
        or "joint venture" in noun.sent.text.lower()
    )
    if not joint:
        return None
    verb, doer, _ = ruling_verb(noun)
    if (
        not doer
        and verb is not None
        and verb.lemma_ in ("form", "create", "establish", "set", "build", "enter", "sign", "own", "plan", "develop", "invest", "agree")
    ):
        doer = actors(subject(verb))
    partners = [p for t in arguments([noun, verb], "between", "of", "with", "by") for p in actors(t) if p.label in _ASSET]
    everyone: list[Party] = []
    for party in [*doer, *owners_of(noun), *partners]:
        if party.label in (*_ASSET, "COUNTRY", "PUBLIC_BODY") and all(party.name != p.name for p in everyone):
            everyone.append(party)
    if len(everyone) < 2:
        return None
    money = money_near([noun]) or money_near([verb])
    places = [t for t in arguments([noun], "in", "for") if t.ent_type_ not in ("DATE", "MONEY")]
    built = purpose(noun) if purpose(noun) is not None else purpose(verb)
    frame = Frame(noun, "joint_venture", buyers=everyone, money=money, strength=0.65)
    return set_target(frame, built if built is not None else places[0] if places else noun)


def round_noun(noun: Token, kind: str) -> Frame | None:
    text = noun.sent.text.casefold()
    if not any(w in text for w in ("funding", "financing", "series", "investors", "seed", "led by", "venture")) or (
        noun.lower_ == "round" and "talks" in text and "funding" not in text
    ):
        return None
    money = money_near([noun])
    _verb, doer, _gets = ruling_verb(noun)
    leaders = [
        p
        for t in noun.sent
        if t.lemma_ == "lead" and t.pos_ == "VERB"
        for p in (actors(agent(t)) or ([] if is_passive(t) else actors(subject(t))))
    ]
    firms = [p for p in doer if p.label in _ASSET and all(p.name != q.name for q in leaders)]
    owner = [p for p in owners_of(noun) if p.label in _ASSET]
    inside = [p for t in arguments([noun], "in", "for", "of") for p in actors(t) if p.label in _ASSET]
    firms = owner or inside or firms
    if not (firms and (money is not None or leaders)) or (money is None and not leaders):
        return None
    frame = Frame(noun, "funding_round", buyers=leaders, money=money, strength=0.55)
    frame.target, frame.target_label = firms[0].name, firms[0].label
    return frame


def listing_noun(noun: Token, kind: str) -> Frame | None:
    _, doer, _ = ruling_verb(noun)
    firms = [
        p for p in [*owners_of(noun), *[q for t in arguments([noun], "of", "by", "from") for q in actors(t)], *doer] if p.label in _ASSET
    ]
    if not firms:
        return None
    frame = Frame(noun, "listing", money=money_near([noun]), strength=0.5)
    frame.target, frame.target_label = firms[0].name, firms[0].label
    return frame
