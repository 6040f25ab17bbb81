"""Whose office it is: the state or body that the words around a title tell, and the likeliest one where they do not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.office_words import word_set
from nlp.official_links import Link, Title, skip_forward

_COUNTRY_LABELS = ("COUNTRY", "NORP", "BLOC")


def code_of(token: Token) -> str | None:
    """The state or body of an entity token: its own code, or the state that a body's name has in it ("Australia's Department …")."""
    if token.ent_kb_id_:
        return token.ent_kb_id_
    if token.ent_type_ == "PUBLIC_BODY":
        named = lexicons.codes_in(token.text)
        return named[0] if named else None
    return None


_COUNTERPARTS = {"counterpart", "colleague", "counterparts", "colleagues", "host", "guest", "visitor"}


def told_before(doc: Doc, title: Title) -> str | None:
    """The state in front of a title: "Japan's", "the Emirati", "EU", "the Treasury's"; "the country's" is the state named last."""
    p = title.start - 1
    steps = 0
    if p >= 2 and doc[p].text == "," and doc[p - 1].lower_ in _COUNTERPARTS:
        p -= 2
    elif p >= 1 and doc[p].lower_ in _COUNTERPARTS:
        p -= 1
    while p >= 0 and steps < 6:
        token = doc[p]
        if token.ent_type_ in ("COUNTRY", "NORP", "BLOC", "PLACE", "PUBLIC_BODY") and code_of(token):
            if token.ent_type_ == "PLACE" and doc[p + 1].lower_ not in ("'s", "’s"):
                return None
            if (
                token.ent_type_ == "COUNTRY"
                and p
                and doc[p - 1].lower_ in ("in", "from", "to", "with", "visited")
                and doc[p + 1].lower_ not in ("'s", "’s", "’", "'")
            ):
                return None
            return code_of(token)
        if token.lower_ in ("country", "nation", "government", "bloc", "kingdom", "republic") and doc[p + 1].lower_ in ("'s", "’s"):
            return last_state(doc, p)
        if (
            token.lower_ not in word_set("between_state_and_title")
            and not (token.pos_ == "ADJ" and not token.ent_type_)
            and not (token.is_space and "\n" not in token.text)
        ):
            return None
        p -= 1
        steps += 1
    return None


def told_before_person(doc: Doc, person: Token) -> str | None:
    """The state in front of a name: "Argentina's Diana …, the chancellor"."""
    p = person.i - 1
    while p > 0 and (lexicons.is_honorific(doc[p].text) or doc[p].text == "."):
        p -= 1
    if p > 0 and doc[p].lower_ in ("'s", "’s", "'", "’"):
        p -= 1
    elif p < 0 or doc[p].ent_type_ != "NORP":
        return None
    return code_of(doc[p]) if p >= 0 and doc[p].ent_type_ in ("COUNTRY", "NORP", "BLOC") else None


def last_state(doc: Doc, before: int) -> str | None:
    """The state or bloc named last before token index `before`."""
    for token in reversed(doc[:before]):
        if token.ent_type_ in ("COUNTRY", "BLOC") and code_of(token):
            return code_of(token)
    return None


def told_after(doc: Doc, person: Token) -> str | None:
    """The state behind a name: "Mia Mottley of Barbados", "(Kenya)", ", Kenya" at the end of a line or item."""
    k = skip_forward(doc, person.i + 1)
    if k >= len(doc):
        return None
    if doc[k].lower_ in ("of", "from"):
        for token in doc[k + 1 : k + 4]:
            if token.ent_type_ in (*_COUNTRY_LABELS, "PUBLIC_BODY") and code_of(token):
                return code_of(token)
            if token.lower_ not in ("the", "a"):
                break
        return None
    if doc[k].text == "(" and k + 1 < len(doc) and doc[k + 1].ent_type_ in _COUNTRY_LABELS:
        return code_of(doc[k + 1])
    if doc[k].text in (",", "–", "-", "|") and k + 1 < len(doc) and doc[k + 1].ent_type_ == "COUNTRY":
        after = doc[k + 2] if k + 2 < len(doc) else None
        if after is None or "\n" in after.text or after.text in (";", ".", ")", "•"):
            return code_of(doc[k + 1])
    return None


def told_behind_title(doc: Doc, title: Title) -> str | None:
    """The state behind a title that a comma cuts off: "Minister of Trade, Kenya"."""
    k = skip_forward(doc, title.end)
    if k + 1 < len(doc) and doc[k].text in (",", "(", "–", "-", "|") and doc[k + 1].ent_type_ in ("COUNTRY", "BLOC"):
        after = doc[k + 2] if k + 2 < len(doc) else None
        if after is None or "\n" in after.text or after.text in (";", ".", ")", ",", "•"):
            return code_of(doc[k + 1])
    return None


_DELEGATION = re.compile(
    r"\b(?:represent(?:ed|ing|atives?)|delegations?|on behalf of|side|participants?|team|led by|headed by|attended|comprised|included)\b",
    re.I,
)


class Paragraphs:
    """For a token: the state that heads its list or delegation ("Mexico:", "Representing Canada were …", "From the Japanese side")."""

    def __init__(self, doc: Doc, links: list[Link]) -> None:
        self._head: dict[int, str] = {}
        starts = [0] + [t.i + 1 for t in doc if "\n" in t.text]
        ends = [*(s - 1 for s in starts[1:]), len(doc)]
        people = sorted(link.person.i for link in links)
        carried: str | None = None
        for start, end in zip(starts, ends):
            tokens = [t for t in doc[start:end] if not t.is_space]
            if not tokens:
                continue
            here = [i for i in people if start <= i < end]
            states = [t for t in tokens if t.ent_type_ in _COUNTRY_LABELS and code_of(t)]
            words = [t for t in tokens if not t.is_punct]
            heading = (
                len(words) <= 8
                and not here
                and len({code_of(s) for s in states}) == 1
                and (tokens[-1].text == ":" or len(words) <= 3 or words[0].lower_ in ("for", "from", "on"))
            )
            if heading:
                carried = code_of(states[0])
                continue
            if not here:
                carried = None if len(words) > 8 else carried
                continue
            lead = [s for s in states if s.i < min(here)]
            first = lead[0] if lead else None
            opening = doc[start : min(here)].text
            if (
                len(here) >= 2
                and first is not None
                and len({code_of(s) for s in lead if s.ent_type_ != "PLACE"}) <= 2
                and (_DELEGATION.search(opening) and first.i - start < 12)
            ) or (first is not None and tokens[0].lower_ in ("for", "from") and first.i - start < 4):
                code = code_of(first)
            elif len(states) >= 1 and states[0].i - start <= 1 and doc[states[0].i + 1].text == ":" and states[0].i + 1 < end:
                code = code_of(states[0])
            else:
                code = carried
            if code:
                for i in range(start, end):
                    self._head[i] = code

    def of(self, token: Token) -> str | None:
        """The code of the delegation or list that the token stands in, else None."""
        return self._head.get(token.i)


@cache
def _belongs() -> list[tuple[re.Pattern[str], frozenset[str]]]:
    return [(re.compile(pattern), frozenset(codes)) for pattern, codes in lexicons.load("offices")["belongs"]]


@cache
def _lacks() -> dict[str, frozenset[str]]:
    return {title: frozenset(codes) for title, codes in lexicons.load("offices")["lacks"].items()}


def owners(title: str) -> frozenset[str] | None:
    """The only states that have such an office, or None where many do."""
    text = f" {title.lower().replace('-', ' ')} "
    return next((codes for pattern, codes in _belongs() if pattern.search(text)), None)


def may_have(code: str, title: str) -> bool:
    """Can the state have such an office? ("Prime Minister" is no office of the United States.)"""
    text = f" {title.lower().replace('-', ' ')} "
    held = owners(title)
    if held is not None and code not in held:
        return False
    if (
        re.search(r" presidents? ", text)
        and not re.search(r"vice president|president of|deputy president|to the president", text)
        and code in _lacks()["president"]
    ):
        return False
    if " prime minister" in text and "to the" not in text and code in _lacks()["prime minister"]:
        return False
    if re.search(r"(?<!prime) ministers? ", text) and code in _lacks()["minister"]:
        return False
    return not (
        re.search(r" secretar(?:y|ies) ", text)
        and not re.search(r"secretary general|cabinet|state secretary|general secretary|secretary of|press|vice|parliament", text)
        and code in _lacks()["secretary"]
    )


@dataclass(slots=True)
class Background:
    """What the document as a whole tells: issuer, parties, how often each state is named, which are in the title."""

    issuer: str | None
    parties: list[str]
    news: bool
    counts: Counter[str]
    titled: frozenset[str]

    @classmethod
    def of(cls, doc: Doc) -> Background:
        source = doc._.source
        issuer = lexicons.publisher_country(source.publisher, source.url) if source else None
        counts: Counter[str] = Counter()
        for token in doc:
            if token.ent_type_ in _COUNTRY_LABELS and code_of(token):
                counts[token.ent_kb_id_] += 1
            elif token.ent_type_ in ("PLACE", "PUBLIC_BODY") and code_of(token):
                counts[token.ent_kb_id_] += 0.5  # type: ignore[assignment]
        body = doc._.body_start
        titled = frozenset(t.ent_kb_id_ for t in doc if t.idx < body and t.ent_kb_id_ and t.ent_type_ in _COUNTRY_LABELS)
        return cls(issuer, list(doc._.parties), doc._.genre in ("news", "other"), counts, titled)


def likeliest(
    name: str, title: str, role: str, mentions: list[Token], background: Background, taken: set[str], beside: set[str]
) -> tuple[str | None, float]:
    """The state that a title without one most likely belongs to, and how sure that is (0–1).

    `name` hints at its tradition; `mentions` are the person's tokens; `taken` the states whose office of this kind somebody else
    holds in the document; `beside` the states of the officials that the person meets in the same sentence.
    """
    scores: Counter[str] = Counter()

    def add(code: str, points: float) -> None:
        scores[code] += points  # type: ignore[assignment]

    total = sum(background.counts.values()) or 1
    for code, count in background.counts.items():
        add(code, count / total)
    for code in background.parties:
        add(code, 1)
    for code in background.titled:
        add(code, 0.4)
    if background.issuer and not lexicons.is_group(background.issuer):
        add(background.issuer, 0.35 if background.news else 1.6)
    for token in mentions[:3]:
        _add_sentence(token, background, add)
    home = lexicons.name_states(name)
    for code in list(scores):
        if home:
            add(code, 0.8 if code in home else -0.4)
    held = owners(title)
    if held and len(held) == 1:
        add(next(iter(held)), 1.5)
    if background.counts["EU"] and (_PRESS_CHIEF.search(title) or _COMMISSIONER.match(title)):
        add("EU", 1.5)
    for code in list(scores):
        if not code or not may_have(code, title) or (code in lexicons.blocs() and not _may_be_bodys(code, title, role)):
            del scores[code]
            continue
        if code in taken:
            add(code, -5)
        if code in beside and not background.news:
            add(code, -2)
        if role == "ambassador" and code == background.issuer and not background.news:
            add(code, -2)  # the envoys whom a government receives are others'
        if len(background.parties) > 1 and code not in background.parties and code != background.issuer:
            add(code, -1)
    if not scores:
        return (_us_department(title), 0.6)
    if max(scores.values()) < 0.4 and (again := max(scores, key=lambda c: scores[c] + (5 if c in taken else 0))) in taken:
        return again, 0.6  # two holders of one office, as predecessor and successor
    ranked = scores.most_common(2)
    code, score = ranked[0]
    margin = score - (ranked[1][1] if len(ranked) > 1 else 0)
    if score < _LEAST_SCORE:
        return code, 0.4
    return code, min(0.95, 0.5 + 0.25 * margin + 0.1 * score)


_LEAST_SCORE = 0.25


def _add_sentence(token: Token, background: Background, add: Callable[[str, float], None]) -> None:
    """What the sentence of a mention tells: its subject state, the nearest state, the place in front ("In Astana, …")."""
    sentence = list(token.sent)
    states = [t for t in sentence if t.ent_type_ in _COUNTRY_LABELS and t.ent_kb_id_]
    subject = next((t for t in states if t.dep_ in ("nsubj", "nsubjpass") and t.ent_type_ != "NORP" and t.i < token.i), None)
    if subject is not None:
        add(subject.ent_kb_id_, 0.5)
    if states:
        best = min(states, key=lambda t: abs(t.i - token.i) + (2 if t.i > token.i else 0))
        add(best.ent_kb_id_, 0.6 if background.news else 0.3)
    place = next((t for t in sentence if t.ent_type_ == "PLACE" and t.ent_kb_id_ and t.i < token.i), None)
    if place is not None:
        add(place.ent_kb_id_, 0.3)


# How the press calls the commissioners of the European Union.
_PRESS_CHIEF = re.compile(
    r"\b(?:trade|industry|competition|antitrust|tech|digital|climate|economy|foreign policy|internal market|budget) chief$", re.I
)
_COMMISSIONER = re.compile(r"(?:\w+ )?commissioner(?: for .+)?$|executive vice[- ]president|commission (?:vice-)?president", re.I)
_STATE_ROLES = frozenset(
    {
        "head_of_state",
        "head_of_government",
        "deputy_head_of_government",
        "minister",
        "deputy_minister",
        "ambassador",
        "legislator",
        "subnational",
        "military",
    }
)


def _may_be_bodys(code: str, title: str, role: str) -> bool:
    """Can an office without a state be one of a bloc? Presidents and ministers are not, commissioners of the European Union are."""
    if lexicons.is_group(code):
        return False
    if code == "EU" and re.search(r"commission|chief$|high representative|vice[- ]president|parliament|mep\b", title, re.I):
        return True
    return role not in _STATE_ROLES


def _us_department(title: str) -> str | None:
    """ "US" for "Secretary of Commerce" and the like where no other state with such offices is in sight."""
    named = re.match(r"(?:deputy |acting |assistant |under )*secretary of (?:the )?(.+)", title, re.I)
    departments = {d.lower() for d in lexicons.load("portfolios")["us_departments"]}
    return "US" if named and named[1].lower() in departments else None
