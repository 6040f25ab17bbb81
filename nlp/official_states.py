"""Whose office it is: a learned choice among the states and bodies that a document points at, and "none".

A conditional logit (McFadden 1974): each candidate of an office gets a score from the clues that speak for it (`Evidence`), the choice is
the best one and its probability the softmax. Two looks: the first sees what the text tells of each office by itself, the second also what
the first chose for the person's other offices, for rivals and neighbours. `training/train_states.py` fits both and writes
`models/states.json`.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from spacy.tokens import Doc, Token

from nlp import leaders, lexicons, name_origins
from nlp.office_roles import ORGANISATIONS
from nlp.official_background import Background
from nlp.official_countries import COUNTRY_LABELS, body_behind, code_of, may_have, owners
from nlp.official_holdings import Holding, Reading, person_name, status_of
from nlp.official_sides import Sides
from nlp.references import Cluster

MODEL = "states.json"
NONE = ""
"""The candidate that stands for no state at all."""

Features = dict[str, float]
Choices = dict[str, Features]
"""Candidate code (or `NONE`) → what speaks for and against it."""

_TOP = ("head_of_state", "head_of_government")
_GROUP = {
    "head_of_state": "top",
    "head_of_government": "top",
    "deputy_head_of_government": "minister",
    "minister": "minister",
    "deputy_minister": "minister",
    "ambassador": "envoy",
    "agency_head": "body",
    "organization_head": "body",
    "legislator": "region",
    "subnational": "region",
    "spokesperson": "staff",
    "adviser": "staff",
    "military": "staff",
    "other_official": "staff",
}
_US_LIKE = re.compile(r"(?:deputy |acting |assistant |under )*secretary of (?:the )?(.+)", re.I)
_US_PRESS = re.compile(r"(?:deputy |acting |assistant |under )*(.+) secretary", re.I)
# How the press calls the commissioners of the European Union.
_COMMISSIONER = re.compile(
    r"\b(?:trade|industry|competition|antitrust|tech|digital|climate|economy|foreign policy|internal market|budget) chief$"
    r"|^(?:(?!(?:high|police|privacy|tax|customs|information|assistant|deputy)\b)[\w ]+ )?commissioner(?: for .+)?$"
    r"|executive vice[- ]president|commission (?:vice-)?president|high representative",
    re.I,
)
_UNITED_NATIONS = re.compile(r"(?:(?:deputy|under|assistant)[- ])?secretary[- ]general(?:[- ]designate)?", re.I)
INTERNATIONAL = re.compile(
    r"\b(?:international|regional|world|global|african|asian|european|inter-american|islamic|continental|eurasian|nordic|caribbean|pacific"
    r"|development bank|bank for reconstruction|basel|organi[sz]ation|united nations)\b",
    re.I,
)
"""Words in the names of bodies of several states."""
POSTED = re.compile(r"(?:(?:country|mission|resident|regional) )(?:director|chief|head|representative|coordinator)")
"""Whom international bodies send to a country, in lower case."""
_NEAR_PREPOSITIONS = frozenset({"in", "to", "with", "of", "from", "between", "by", "for", "and", "at", "against"})
_MENTIONS = 4
_FEW_OWNERS = 3


def settle_states(doc: Doc, holdings: Sequence[Holding]) -> None:
    """Write `code` and `sure` (its probability) on each office."""
    if not holdings:
        return
    first, second = load_weights()
    looks = first_look(doc, holdings)
    seconds = second_look(doc, holdings, looks, [scores(c, first) for c in looks])
    for holding, choices in zip(holdings, seconds):
        code, holding.sure = choose(choices, second)
        holding.code = code or None
        labels = {r.clues["label"] for r in holding.readings if "label" in r.clues}
        bodies = {r.clues["body"] for r in holding.readings if "body" in r.clues}
        told = any(r.told for r in holding.readings)
        if len(labels) == 1 and bodies <= labels and not told:  # "Togo: Minister …": no likeness of names outweighs that
            holding.code = labels.pop()
    for group in _fellows(holdings):
        _share_out([holdings[i] for i in group], [scores(seconds[i], second) for i in group])


def _fellows(holdings: Sequence[Holding]) -> list[list[int]]:
    """Offices that one plural title, or a counterpart, gives to persons of different states: "the energy ministers A, B and C"."""
    by_title: dict[int, list[int]] = defaultdict(list)
    for i, holding in enumerate(holdings):
        best = holding.best
        if any(r.link.how == "succession" for r in holding.readings):
            continue  # of the same state as whom it succeeds
        if best.office.role in _TOP or (best.office.role == "minister" and best.office.portfolios):
            shared = {r.link.title.token.i for r in holding.readings if r.link.title.plural or r.link.how == "counterpart"}
            for token in shared or {r.link.title.token.i for r in holding.readings}:
                by_title[token].append(i)
    return [group for group in by_title.values() if len({id(holdings[i].person) for i in group}) == len(group) > 1]


def _share_out(group: Sequence[Holding], found: Sequence[Mapping[str, float]]) -> None:
    """Give each its own state, so that the sum of scores is the largest (Kuhn 1955); nothing changes where there are too few states."""
    from scipy.optimize import linear_sum_assignment  # takes longer to import than most runs of the records alone need it for

    codes = sorted({code for row in found for code in row} - {NONE})
    if len(codes) < len(group):
        return
    least = min(score for row in found for score in row.values()) - 10.0
    for i, k in zip(*linear_sum_assignment([[-row.get(code, least) for code in codes] for row in found])):
        if codes[k] in found[i] and codes[k] != group[i].code:
            group[i].code = codes[k]
            top = max(found[i].values())
            group[i].sure = min(0.6, math.exp(found[i][codes[k]] - top))


@cache
def load_weights() -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The shipped weights of both looks, read at first use."""
    raw = json.loads(resources.files("nlp").joinpath("models", MODEL).read_text(encoding="utf-8"))
    return raw["first"], raw["second"]


def scores(choices: Choices, weights: Mapping[str, float]) -> dict[str, float]:
    """The weighted sum of each candidate's features."""
    return {code: sum(weights.get(name, 0.0) * value for name, value in found.items()) for code, found in choices.items()}


def choose(choices: Choices, weights: Mapping[str, float]) -> tuple[str, float]:
    """The best candidate and its probability among all; of equals the first in the order of the alphabet."""
    found = scores(choices, weights)
    best = max(sorted(found), key=found.__getitem__)
    return best, 1.0 / sum(math.exp(max(-50.0, score - found[best])) for score in found.values())


def first_look(doc: Doc, holdings: Sequence[Holding]) -> list[Choices]:
    """For each office its candidates with what the document says of them."""
    background = Background.of(doc)
    told: dict[int, set[str]] = defaultdict(set)
    for holding in holdings:
        told[id(holding.person)].update(r.told for r in holding.readings if r.told)
    people = list(dict.fromkeys(id(holding.person) for holding in holdings))
    looks = []
    for holding in holdings:
        choices = _candidates(doc, holding, background, told[id(holding.person)])
        place = people.index(id(holding.person))
        _add_order(choices, place, len(people), background)
        if background.issuer in choices:
            _add_home(doc, choices[background.issuer], holding, place, background)
        looks.append(choices)
    return looks


def _add_order(choices: Choices, place: int, people: int, background: Background) -> None:
    """Of two sides the state named first often has the official named first."""
    if len(background.parties) != 2 or people < 2 or place > 1:
        return
    sides = [code for code in background.order if code in background.parties]
    for number, code in enumerate(sides):
        if code in choices:
            choices[code]["in the order of the parties" if number == place else "against the order of the parties"] = 1.0


def _add_home(doc: Doc, found: Features, holding: Holding, place: int, background: Background) -> None:
    """Who is named first, in the title, or bare of any state is often of the issuer's state."""
    manner = "news" if background.news else "issued"
    titled = any(t.idx < doc._.body_start for t in holding.person.tokens)
    found[f"issuer, {manner}, {'first' if place == 0 else 'later'} person"] = 1.0
    if titled:
        found[f"issuer, {manner}, in title"] = 1.0
    if len(holding.person.tokens) > 2:
        found[f"issuer, {manner}, often named"] = 1.0


def _candidates(doc: Doc, holding: Holding, background: Background, of_person: set[str]) -> Choices:
    office = holding.best.office
    name = person_name(holding.person)
    home = lexicons.name_states(name)
    own = owners(office.title)
    near = _around(holding, background)
    told = {code for r in holding.readings for code in (r.told, r.delegation, *r.clues.values()) if code}
    codes = {*background.named, *background.placed, *background.parties, *told, *of_person, *(code for code in near)}
    codes |= {code for code in (background.issuer, background.dateline) if code}
    if own is not None and len(own) <= _FEW_OWNERS:
        codes |= own
    if len(home) <= 2 and not background.named and not background.placed:
        codes |= home
    if _is_department(office.title) or _is_press_department(office.title) or office.role == "legislator":
        codes.add("US")
    if _COMMISSIONER.search(office.title):
        codes.add("EU")
    if _UNITED_NATIONS.fullmatch(office.title):
        codes.add("UN")
    group = _GROUP[office.role]
    fits = name_origins.sounds_from(name)
    best_fit = max((fits[code] for code in codes if code in fits and code in background.named), default=None)
    leads = leaders.states_of(name, office.role)
    codes |= leads.keys()
    choices: Choices = {NONE: _none(doc, holding, background, told, group)}
    for code in sorted(codes):
        found: Features = {f"{group} {_kind(code)}": 1.0}
        _add_told(found, holding, code)
        _add_document(found, background, code, group)
        _add_title(found, office.title, code, own)
        if home:
            found["name of there" if code in home else "name of elsewhere"] = 1.0
        for clue, value in near.get(code, {}).items():
            found[clue] = value
        _add_manner(found, news=background.news)
        if code in of_person:
            found["person told"] = 1.0
        if code in leads:
            found[leads[code]] = 1.0
        elif leads:
            found["leads elsewhere"] = 1.0
        if code in fits:
            found["name fits"] = fits[code]
            found["name fits best"] = float(fits[code] == best_fit)
        posted = re.search(r"\b(?:to|in) (?:the )?(.+)$", office.title) if group == "envoy" else None
        if posted and code in lexicons.codes_in(posted[1]):
            found["posted there"] = 1.0
        choices[code] = found
    return choices


_WEIGHED_BY_GENRE = ("near before", "last before", "most named", "dateline")


def _add_manner(found: Features, *, news: bool) -> None:
    """News names an official's state nearby; a statement that its issuer made need not."""
    for name in _WEIGHED_BY_GENRE:
        if name in found:
            found[f"{name}, {'news' if news else 'issued'}"] = found[name]


def _none(doc: Doc, holding: Holding, background: Background, told: set[str], group: str) -> Features:
    bodies = [body for reading in holding.readings for body in own_bodies(doc, reading)]
    return {
        "none, own body": float(bool(bodies)),
        "none, own international body": float(any(INTERNATIONAL.search(body) for body in bodies)),
        "none": 1.0,
        f"none {group}": 1.0,
        "none, told": float(bool(told)),
        "none, nothing named": float(not background.named),
        "none, one named": float(len(background.named) == 1),
        "none, news": float(background.news),
        "none, lower case": float(holding.best.office.title[:1].islower()),
        "none, issued by a state": float(not background.news and background.issuer in lexicons.countries()),
        "none, issuer": float(background.issuer is not None),
        "none, parties": float(bool(background.parties)),
    }


def own_bodies(doc: Doc, reading: Reading) -> list[str]:
    """The bodies without a code of a state in a title, or behind the name that it stands before."""
    title, person = reading.link.title, reading.link.person
    inside = list(doc[title.start : title.end])
    if (behind := body_behind(doc, reading.link)) is not None:
        inside.append(behind)
    if person.i > title.token.i and doc[person.i + 1 : person.i + 2].text.lower() in ("of", "from"):
        inside += [t for t in doc[person.i + 2 : person.i + 4] if t.ent_type_ in ("FUND", "ORG")]
    return [t.text for t in inside if t.ent_type_ in ("PUBLIC_BODY", "FUND", "ORG", "AGREEMENT") and code_of(t) is None]


def _kind(code: str) -> str:
    if code == "EU":
        return "EU"
    if lexicons.is_group(code):
        return "group"
    return "body" if code in ORGANISATIONS else "state"


def _add_told(found: Features, holding: Holding, code: str) -> None:
    readings = holding.readings
    share = sum(r.told == code for r in readings) / len(readings)
    if share:
        found["told"] = 1.0
        found["told by all"] = float(share == 1.0)
    if any(r.delegation == code for r in readings):
        found["delegation"] = 1.0
    for place in sorted({place for r in readings for place, told in r.clues.items() if told == code}):
        found[f"told {place}"] = 1.0


def _add_document(found: Features, background: Background, code: str, group: str) -> None:
    named = background.named.get(code, 0.0)
    found["named"] = named
    found["placed"] = background.placed.get(code, 0.0)
    if not named:
        found["placed only" if code in background.placed else "not named"] = 1.0
    elif named == 1.0:
        found["only state"] = 1.0
    elif named == max(background.named.values()):
        found["most named"] = 1.0
    if code == (background.order or (None,))[0]:
        found["first named"] = 1.0
    if code in background.titled:
        found["in title"] = 1.0
    if code in background.parties:
        found["party"] = 1.0
        found["party, two"] = float(len(background.parties) == 2)
    elif background.parties:
        found["no party"] = 1.0
    if code == background.issuer:
        manner = "news" if background.news else "issued"
        found[f"issuer, {manner}"] = 1.0
        found[f"issuer, {manner}, {group}"] = 1.0
        if not named:
            found[f"issuer, {manner}, not named"] = 1.0
    if code == background.dateline:
        found["dateline"] = 1.0


def _is_department(title: str) -> bool:
    named = _US_LIKE.match(title)
    return bool(named) and named[1].lower() in {d.lower() for d in lexicons.load("portfolios")["us_departments"]}  # type: ignore[index]


def _is_press_department(title: str) -> bool:
    named = _US_PRESS.fullmatch(title)
    return bool(named) and named[1].lower() in {d.lower() for d in lexicons.load("portfolios")["us_departments"]}  # type: ignore[index]


def _add_title(found: Features, title: str, code: str, own: frozenset[str] | None) -> None:
    if not may_have(code, title):
        found["has no such office"] = 1.0
    if own is not None and code in own:
        found["one of few with such an office" if len(own) <= _FEW_OWNERS else "one of those with such an office"] = 1.0
    if _COMMISSIONER.search(title):
        if code == "EU":
            found["commissioner"] = 1.0
        elif code in lexicons.countries():
            found["commissioner of a state"] = 1.0
    if POSTED.fullmatch(title.lower()) and code in lexicons.countries():
        found["sent by a body, of a state"] = 1.0
    if code == "US" and _is_department(title):
        found["department"] = 1.0
    if code == "US" and _is_press_department(title):
        found["department, as the press calls it"] = 1.0
    if code == "UN" and _UNITED_NATIONS.fullmatch(title):
        found["secretary-general"] = 1.0


def _around(holding: Holding, background: Background) -> dict[str, Features]:
    """Per code what the sentences of the person's mentions tell; the first mention in words of its own, the others as "again"."""
    found: dict[str, Features] = defaultdict(dict)
    mentions = sorted({r.link.person.i: r.link.person for r in holding.readings}.items())[:_MENTIONS]
    for number, (_, token) in enumerate(mentions):
        for code, clue, value in _sentence_clues(token, background):
            name = clue if number == 0 else f"again {clue}"
            found[code][name] = max(found[code].get(name, 0.0), value)
    return found


def _sentence_clues(token: Token, background: Background) -> list[tuple[str, str, float]]:
    at = bisect_right(background.sentences, (token.i, len(token.doc))) - 1
    here = background.states[at]
    clues: list[tuple[str, str, float]] = []
    names = [(t, code) for t, code in here if t.ent_type_ in COUNTRY_LABELS]
    places = [(t, code) for t, code in here if t.ent_type_ not in COUNTRY_LABELS]
    before = [(t, code) for t, code in names if t.i < token.i]
    after = [(t, code) for t, code in names if t.i > token.i]
    if before:
        nearest, code = before[-1]
        clues += [(code, "near before", 1 / (1 + (token.i - nearest.i) / 6)), (code, f"before, {_manner(nearest)}", 1.0)]
    if after:
        nearest, code = after[0]
        clues += [(code, "near after", 1 / (1 + (nearest.i - token.i) / 6)), (code, f"after, {_manner(nearest)}", 1.0)]
    if len({code for _, code in names}) == 1:
        clues.append((names[0][1], "only in sentence", 1.0))
    for t, code in names:
        clues.append((code, "in sentence", 1.0))
        if t.dep_ in ("nsubj", "nsubjpass") and t.ent_type_ != "NORP" and t.i < token.i:
            clues.append((code, "subject", 1.0))
    for t, code in places:
        side = "before" if t.i < token.i else "after"
        clues.append((code, f"{'place' if t.ent_type_ == 'PLACE' else 'body'} {side}", 1.0))
    if at:
        earlier = [code for t, code in background.states[at - 1] if t.ent_type_ in COUNTRY_LABELS]
        clues += [(code, "sentence before", 1 / len(earlier)) for code in set(earlier)]
        if earlier and not here:
            clues.append((earlier[-1], "last before", 1.0))
    if not here and not (at and background.states[at - 1]):
        last = next((group[-1][1] for group in reversed(background.states[:at]) if group), None)
        if last:
            clues.append((last, "last before", 0.5))
    return clues


def _manner(token: Token) -> str:
    """How a state stands in its sentence: as an adjective, a possessive, behind which preposition."""
    doc = token.doc
    if token.ent_type_ == "NORP":
        return "adjective"
    if token.i + 1 < len(doc) and doc[token.i + 1].lower_ in ("'s", "’s", "’", "'"):
        return "possessive"
    k = token.i - 1
    if k >= 0 and doc[k].lower_ == "the":
        k -= 1
    return doc[k].lower_ if k >= 0 and doc[k].lower_ in _NEAR_PREPOSITIONS else "bare"


def second_look(doc: Doc, holdings: Sequence[Holding], looks: Sequence[Choices], first: Sequence[Mapping[str, float]]) -> list[Choices]:
    """For each office its candidates with the first look's score and what that chose for the offices around it."""
    chosen = [max(sorted(found), key=found.__getitem__) for found in first]
    sentences = [{r.link.person.sent.start for r in h.readings} for h in holdings]
    current = [all(status_of(doc, r) == "current" for r in h.readings) for h in holdings]
    titles = [lexicons.fold(h.best.office.title) for h in holdings]
    sides = Sides(holdings)
    seconds: list[Choices] = []
    for i, (holding, choices) in enumerate(zip(holdings, looks)):
        office = holding.best.office
        others = [j for j in range(len(holdings)) if j != i]
        same = {chosen[j] for j in others if holdings[j].person is holding.person}
        apart = [j for j in others if holdings[j].person is not holding.person]
        rivals = {
            chosen[j] for j in apart if office.role in _TOP and holdings[j].best.office.role == office.role and current[i] and current[j]
        }
        alike = {chosen[j] for j in apart if titles[j] == titles[i] and office.role not in _TOP and current[i] and current[j]}
        beside = [j for j in apart if sentences[i] & sentences[j]]
        few = {chosen[j] for j in beside} if len(beside) <= 3 else set()
        many = {chosen[j] for j in beside} if len(beside) > 3 else set()
        best = max(first[i].values())
        joined = {chosen[j] for j in sides.joined[i]}
        company = {chosen[j] for j in sides.company[i]}
        opposite = {chosen[j] for j in sides.opposite[i]}
        above = _superiors(doc, holding)
        superiors = {chosen[j] for j in apart if holdings[j].person in above} if above else set()
        seconds.append({})
        for code in choices:
            seconds[i][code] = {
                "first look": max(-12.0, first[i][code] - best),
                "same person": float(code in same and code != NONE),
                "same person, none": float(code in same and code == NONE),
                "rival": float(code in rivals and code != NONE),
                "same title": float(code in alike and code != NONE),
                "beside": float(code in few and code != NONE),
                "among many": float(code in many and code != NONE),
                "joined": float(code in joined and code != NONE),
                "company": float(code in company and code != NONE),
                "opposite": float(code in opposite and code != NONE),
                "his superior": float(code in superiors and code != NONE),
                "neighbour": float(
                    code != NONE and any(0 <= j < len(holdings) and j in apart and chosen[j] == code for j in (i - 1, i + 1))
                ),
            }
    return seconds


def _superiors(doc: Doc, holding: Holding) -> list[Cluster]:
    """Whom "his energy minister" calls his: the persons that a pronoun in front of the title stands for."""
    found: list[Cluster] = []
    for reading in holding.readings:
        k = reading.link.title.start - 1
        if k >= 0 and doc[k].lower_ in ("his", "her") and (person := doc._.references.resolve(doc[k])) is not None:
            found.append(person)
    return found
