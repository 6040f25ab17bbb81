"""Who holds which public office, and whose: one record per document, person and office."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from nlp import lexicons
from nlp.office_roles import ORGANISATIONS
from nlp.office_titles import Office, parse_office, parts
from nlp.official_countries import (
    Background,
    Paragraphs,
    likeliest,
    may_have,
    told_after,
    told_before,
    told_before_person,
    told_behind_title,
)
from nlp.official_links import Link, links
from nlp.records import Official
from nlp.references import Cluster, References

_TOP_ROLES = frozenset({"head_of_state", "head_of_government"})
# Roles whose bare titles firms and clubs have too: they need a state, a public body or a portfolio.
_WEAK_ROLES = frozenset({"agency_head", "other_official", "organization_head", "adviser"})
_RANK = re.compile(
    r"(?:(?:lt|maj|brig|vice|rear|lieutenant|major|brigadier|air|field)\.? ?)?"
    r"(?:gen|adm|col|general|admiral|colonel|marshal|amb|captain|capt|major|lt|judge|justice)\.?",
    re.I,
)
_SURE = {"direct": 0.95, "list": 0.9, "comma": 0.88, "verb": 0.75}


@dataclass(slots=True)
class Reading:
    """One link read: the title's office, the state its own words tell, the one its delegation tells, and how it was found."""

    link: Link
    title: str
    office: Office
    told: str | None
    delegation: str | None


@dataclass(slots=True)
class Holding:
    """An office of one person: the readings that speak of it and the state that was settled on."""

    person: Cluster
    readings: list[Reading] = field(default_factory=list)
    code: str | None = None
    sure: float = 0.0

    @property
    def best(self) -> Reading:
        """The reading with the longest title; of equals the first."""
        return max(self.readings, key=lambda r: (len(_words(r.office.title)), -r.link.person.i))


def officials(doc: Doc) -> Iterator[Official]:
    """One `Official` per named person and public office, in the order of their first mention."""
    references: References = doc._.references
    found = links(doc)
    paragraphs = Paragraphs(doc, found)
    background = Background.of(doc)
    by_person: dict[str, list[Reading]] = defaultdict(list)
    clusters: dict[str, Cluster] = {}
    for link in found:
        cluster = references.of(link.person)
        if cluster is None:
            continue
        key = lexicons.fold(person_name(cluster))
        clusters.setdefault(key, cluster)
        for reading in _read(doc, link, paragraphs):
            if _is_public(doc, reading):
                by_person[key].append(reading)
    holdings = [h for key, readings in by_person.items() for h in _holdings(clusters[key], readings)]
    _settle_states(doc, holdings, background)
    holdings.sort(key=lambda h: min(r.link.person.i for r in h.readings))
    for holding in holdings:
        record = _record(doc, holding)
        if record is not None:
            yield record


def _read(doc: Doc, link: Link, paragraphs: Paragraphs) -> Iterator[Reading]:
    text = link.title.text
    if link.title.plural:
        text = singular(text)
    told = None
    if link.title.plural:
        told = link.code or told_after(doc, link.person)
    if told is None:
        told = (
            told_before(doc, link.title)
            or (told_after(doc, link.person) if link.how == "direct" else None)
            or told_behind_title(doc, link.title)
        )
        if told is None and link.how != "direct" and link.person.i < link.title.token.i:
            told = told_before_person(doc, link.person)
        if told is None and link.how != "direct":
            told = told_after(doc, link.person) if link.person.i > link.title.token.i else None
    delegation = paragraphs.of(link.person)
    pieces = parts(text)
    if len(pieces) > 1:
        offices = [parse_office(piece, context_country=told or delegation) for piece in pieces]
        if len({office.role for office in offices}) < len(offices):
            pieces = [text]
    for piece in pieces:
        office = parse_office(piece, context_country=told or delegation)
        code = office.jurisdiction
        if code is None or (told and office.role == "ambassador"):
            code = told or _body_code(doc, link) or code
        if re.search(r"\bambassador of\b", piece, re.I):
            code = office.jurisdiction or code
        if _AFFILIATION.match(doc.text[link.person.idx + len(link.person.text) :][:12]) and code in (None, "US"):
            # "(R-Ohio)" tells a member of the United States Congress.
            office = parse_office(piece, context_country="US")
            yield Reading(link, piece, replace(office, role="legislator"), "US", delegation)
            continue
        yield Reading(link, piece, parse_office(piece, context_country=code or delegation), code, delegation)


_PLURAL = re.compile(
    r"\b(Minister|President|Secretar(?:ie)|Chancellor|Premier|King|Ambassador|Senator|Governor|Leader|Director|Adviser|Advisor|Commissioner"
    r"|Envoy)s\b",
    re.I,
)


def singular(title: str) -> str:
    """ "Foreign Ministers" → "Foreign Minister", for the office of one person."""
    return _PLURAL.sub(lambda m: "Secretary" if m[1].lower() == "secretarie" else m[1], title)


_AFFILIATION = re.compile(r"^,? ?\(?[RDI]-[A-Z][A-Za-z.]+")


def _body_code(doc: Doc, link: Link) -> str | None:
    """The state of a body inside the title ("FBI Director")."""
    for token in doc[link.title.start : link.title.end]:
        if token.ent_type_ in ("PUBLIC_BODY", "FUND", "BLOC") and token.ent_kb_id_:
            return token.ent_kb_id_
    return None


def _is_public(doc: Doc, reading: Reading) -> bool:
    """Is it an office of a state or public body, not of a firm, a club or a university?"""
    office, title = reading.office, reading.link.title
    body_words = re.search(
        r"\b(?:unit|council|office|agency|authority|commission|department|ministry|service|bureau|board)\b", title.text, re.I
    )
    if (
        title.firm
        and not ((reading.told or reading.delegation) and body_words)
        and office.role not in ("minister", "deputy_minister", "ambassador", "head_of_government", "military", "spokesperson")
    ):
        return False
    if title.firm and office.role == "spokesperson":
        return False
    inside = doc[title.start : title.end]
    kinds = {t.ent_type_ for t in inside}
    text = office.title.lower()
    if re.search(r"\b(?:professor|chief executive officer|ceo|party|football|university|editor|club|church|bishop)\b", text):
        return False
    told = reading.told or reading.delegation
    if "ORG" in kinds and not told and office.role in (_WEAK_ROLES | {"head_of_state"}):
        return False
    if re.match(r"co-?chair", text):  # of a meeting or a working group
        return False
    if re.search(r"\bto the (?:president|prime minister|king|minister|secretary|chancellor|cabinet)", text):
        return True
    if kinds & {"PUBLIC_BODY", "AGREEMENT"} or told or (office.portfolios and office.role not in ("other_official",)):
        return True
    capital = title.token.text[:1].isupper()
    named = reading.link.how in ("direct", "list")
    if office.role == "head_of_state":
        return (capital and named) or reading.link.how == "list" or _state_words(doc, title.start, title.end)
    if office.role == "deputy_head_of_government":
        return "vice president" not in text.replace("-", " ") or (capital and named)
    if office.role == "spokesperson":
        return bool(kinds & {"PUBLIC_BODY", "BLOC"}) or (capital and "press secretary" in text)
    if office.role in _WEAK_ROLES:
        if re.search(r"government|ministry|parliament|cabinet|embassy|committee|council|administration|congress", text):
            return True
        return (
            capital
            and named
            and "ORG" not in kinds
            and not _PRIVATE.search(text)
            and (bool(office.portfolios) or not _BARE.fullmatch(text))
        )
    return True


# Titles that firms and clubs have too, and those that say nothing without their body.
_PRIVATE = re.compile(
    r"\b(?:executive|managing|chief executive|marketing|sales|president|board|group|founder|partner|manager|financial officer)\b"
)
_BARE = re.compile(
    r"(?:co-?)?(?:chair|chairman|chairwoman|chairperson|president|officer|head|chief|director|representative|member|delegate)"
)


def _state_words(doc: Doc, start: int, end: int) -> bool:
    return any(t.ent_type_ in ("COUNTRY", "BLOC") for t in doc[start:end])


def _words(title: str) -> set[str]:
    return set(re.findall(r"\w+", lexicons.fold(title))) - {"of", "the", "for", "and", "to", "in", "at", "a"}


def _holdings(person: Cluster, readings: list[Reading]) -> Iterator[Holding]:
    """Readings of one office together: one title within the other, or the same role for the same state with a bare title."""
    groups: list[Holding] = []
    for reading in sorted(readings, key=lambda r: -len(_words(r.office.title))):
        words = _words(reading.office.title)
        home = next((g for g in groups if _same_office(reading, words, g)), None)
        if home is None:
            groups.append(Holding(person, [reading]))
        else:
            home.readings.append(reading)
    if len(groups) > 1:  # "Secretary of the Navy, Adm. X": a bare rank is no office of its own
        groups = [g for g in groups if not _RANK.fullmatch(g.best.office.title)] or groups
    yield from groups


def _same_office(reading: Reading, words: set[str], group: Holding) -> bool:
    other = group.best
    codes = {r.told for r in group.readings if r.told}
    if reading.told and codes and reading.told not in codes:
        return False
    longer = _words(other.office.title)
    if words <= longer or (words & longer and reading.office.role == other.office.role and 2 * len(words & longer) >= len(words)):
        return True
    # "trade minister" and "Minister of Industry and Trade": one kind of office, one field in common
    mine, theirs = reading.office, other.office
    shared = not mine.portfolios or bool(set(mine.portfolios) & set(theirs.portfolios))
    return mine.role == theirs.role and shared and mine.role not in ("adviser", "other_official")


def _settle_states(doc: Doc, holdings: list[Holding], background: Background) -> None:
    """The state of each office: told by its words, by the person's other offices, by its delegation, else the likeliest one."""
    taken: dict[str, set[str]] = defaultdict(set)
    known: dict[int, str] = {}
    for holding in holdings:
        told = [r.told for r in holding.readings if r.told]
        delegation = [r.delegation for r in holding.readings if r.delegation and may_have(r.delegation, r.office.title)]
        if told:
            holding.code, holding.sure = max(dict.fromkeys(told), key=told.count), 0.95
        elif delegation:
            holding.code, holding.sure = delegation[0], 0.85
        if holding.code:
            known.setdefault(id(holding.person), holding.code)
            if holding.best.office.role in _TOP_ROLES and _current(doc, holding):
                taken[_kind(holding)].add(holding.code)
    order = sorted((h for h in holdings if not h.code), key=lambda h: (h.best.office.role == "ambassador", h.person.first.i))
    for holding in order:
        other = known.get(id(holding.person))
        title = holding.best.office.title
        if other and may_have(other, title) and not (other in ORGANISATIONS and holding.best.office.role in _TOP_ROLES):
            holding.code, holding.sure = other, 0.85
            continue
        mentions = sorted({r.link.person.i for r in holding.readings})
        best = holding.best.office
        held = taken[_kind(holding)] if best.role in _TOP_ROLES and best.status == "current" else set()
        holding.code, holding.sure = likeliest(
            person_name(holding.person), title, best.role, [doc[i] for i in mentions], background, held, _beside(holding, holdings)
        )
        if holding.code:
            known.setdefault(id(holding.person), holding.code)
            if holding.best.office.role in _TOP_ROLES and _current(doc, holding):
                taken[_kind(holding)].add(holding.code)


def _beside(holding: Holding, holdings: list[Holding]) -> set[str]:
    """The states of the other officials in the person's sentences, where at most three are there: counterparts, not a delegation."""
    sentences = {r.link.person.sent.start for r in holding.readings}
    others = [h for h in holdings if h.person is not holding.person and any(r.link.person.sent.start in sentences for r in h.readings)]
    if len({id(h.person) for h in others}) > 3:
        return set()
    return {h.code for h in others if h.code and h.sure >= 0.8}


def _current(doc: Doc, holding: Holding) -> bool:
    return all(_status(doc, reading) == "current" for reading in holding.readings)


def _kind(holding: Holding) -> str:
    return holding.best.office.role


def _record(doc: Doc, holding: Holding) -> Official | None:
    best = holding.best
    office = parse_office(best.title, context_country=holding.code)
    if best.office.role == "legislator":
        office = replace(office, role="legislator")
    portfolios = office.portfolios or next(
        (p for r in holding.readings if (p := parse_office(r.title, context_country=holding.code).portfolios)), ()
    )
    first = min(holding.readings, key=lambda r: r.link.person.i)
    statuses = [_status(doc, r) for r in holding.readings]
    status = next((s for s in statuses if s != "current"), "current")
    name = person_name(holding.person)
    if not name:
        return None
    title, person = first.link.title, first.link.person
    start = min(doc[title.start].idx, person.idx)
    last = doc[title.end - 1]
    end = max(last.idx + len(last.text), person.idx + len(person.text))
    evidence: list[int] = []
    for reading in sorted(holding.readings, key=lambda r: r.link.person.i)[:3]:
        for sentence in {
            reading.link.person.sent.start: reading.link.person.sent,
            reading.link.title.token.sent.start: reading.link.title.token.sent,
        }.values():
            if sentence.start_char not in evidence[::2]:
                evidence += [sentence.start_char, sentence.end_char]
    sure = max(_SURE[r.link.how] for r in holding.readings) * (holding.sure if holding.code else 0.55)
    return Official(
        start=start,
        end=end,
        evidence_spans=tuple(evidence),
        confidence=round(min(0.98, sure + 0.02 * (len(holding.readings) - 1)), 3),
        person=name,
        office=office.title,
        role=office.role,
        portfolios=portfolios,
        jurisdiction=holding.code,
        status=status,
        mention_count=len(holding.person.tokens),
    )


def _status(doc: Doc, reading: Reading) -> str:
    """The status by the title's own words or the word in front of it ("then Prime Minister", "the late President")."""
    if reading.office.status != "current":
        return reading.office.status
    k = reading.link.title.start - 1
    for _ in range(4):
        if k < 0:
            break
        word = doc[k].lower_
        if word in ("former", "ex", "then", "late", "ousted", "deposed", "erstwhile"):
            return "former"
        if word in ("acting", "interim", "caretaker"):
            return "acting"
        if word in ("incoming", "designate"):
            return "designate"
        if word not in ("-", "’s", "'s", "the") and doc[k].ent_type_ not in ("COUNTRY", "NORP", "BLOC", "PUBLIC_BODY"):
            break
        k -= 1
    return "current"


def person_name(person: Cluster) -> str:
    """The fullest form of a name without honorifics and possessive."""
    words = re.sub(r"['’][sS]?$", "", " ".join(person.name.split())).split(" ")
    while len(words) > 1 and (
        lexicons.is_honorific(words[0])
        or words[0].lower().rstrip(".") in ("president", "secretary", "minister", "general", "admiral", "colonel")
    ):
        words.pop(0)
    return " ".join(words).strip(" ,;")
