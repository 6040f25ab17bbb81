"""Who holds which public office, and whose: one record per document, person and office."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.office_portfolios import sign
from nlp.office_titles import parse_office, parts
from nlp.official_background import place_state
from nlp.official_countries import Delegations, body_behind, clues, told
from nlp.official_holdings import Holding, Reading, holdings_of, person_name, status_of
from nlp.official_links import Link, links
from nlp.official_rows import add_bodies, item_of
from nlp.official_states import INTERNATIONAL, POSTED, own_bodies, settle_states
from nlp.records import Official
from nlp.references import Cluster, References

# Roles whose bare titles firms and clubs have too: they need a state, a public body or a portfolio.
_WEAK_ROLES = frozenset({"agency_head", "other_official", "organization_head", "adviser"})
_SURE = {"direct": 0.95, "list": 0.9, "comma": 0.88, "verb": 0.75, "counterpart": 0.8, "succession": 0.8}


def officials(doc: Doc) -> Iterator[Official]:
    """One `Official` per named person and public office, in the order of their first mention."""
    holdings = holdings_in(doc)
    settle_states(doc, holdings)
    _same_state(holdings)
    for holding in holdings:
        record = _record(doc, holding)
        if record is not None:
            yield record


def _same_state(holdings: list[Holding]) -> None:
    """Who held an office before another held it for the same state."""
    for holding in holdings:
        if any(r.link.how != "succession" for r in holding.readings):
            continue
        title = holding.readings[0].link.title.token.i
        other = next((h for h in holdings if h is not holding and any(r.link.title.token.i == title for r in h.readings)), None)
        if other is not None:
            holding.code, holding.sure = other.code, other.sure


def holdings_in(doc: Doc) -> list[Holding]:
    """The offices that named persons hold by a parsed document, in the order of their first mention, without their state."""
    references: References = doc._.references
    found = links(doc)
    add_bodies(doc, found)
    delegations = Delegations(doc, found)
    by_person: dict[str, list[Reading]] = defaultdict(list)
    clusters: dict[str, Cluster] = {}
    for reading in _public(doc, [r for link in found if references.of(link.person) for r in _read(doc, link, delegations)]):
        cluster = references.of(reading.link.person)
        if cluster is not None:
            key = lexicons.fold(person_name(cluster))
            clusters.setdefault(key, cluster)
            by_person[key].append(reading)
    holdings = [h for key, readings in by_person.items() for h in holdings_of(clusters[key], readings)]
    holdings.sort(key=lambda h: min(r.link.person.i for r in h.readings))
    return holdings


def _read(doc: Doc, link: Link, delegations: Delegations) -> Iterator[Reading]:
    text = link.title.text
    if link.title.plural:
        text = singular(text)
    found = clues(doc, link)
    tells = told(link, found)
    for place, states in (("side", delegations.side), ("heading", delegations.heading), ("label", delegations.label)):
        if link.person.i in states:
            found[place] = states[link.person.i]
    delegation = delegations.of(link.person)
    pieces = parts(text)
    if len(pieces) > 1:
        roles = [parse_office(piece, context_country=tells or delegation).role for piece in pieces]
        if len(set(roles)) < len(roles) or roles == _ONE_POST:
            pieces = [text]
    for piece in pieces:
        office = parse_office(piece, context_country=tells or delegation)
        code = office.jurisdiction
        if code is None or (tells and office.role == "ambassador"):
            code = tells or found.get("body") or code
        if re.search(r"\bambassador of\b", piece, re.I):
            code = office.jurisdiction or code
        if _AFFILIATION.match(_behind(link.person)) and code in (None, "US"):
            # "(R-Ohio)" tells a member of the United States Congress.
            office = parse_office(piece, context_country="US")
            yield Reading(link, piece, replace(office, role="legislator"), "US", delegation, found | {"party": "US"})
            continue
        own = {"title": office.jurisdiction} if office.jurisdiction else {}
        yield Reading(link, piece, parse_office(piece, context_country=code or delegation), code, delegation, found | own)


# "Deputy Prime Minister and Minister of Finance" is one seat in a cabinet; a Prime Minister or Vice President heads another body besides.
_ONE_POST = ["deputy_head_of_government", "minister"]

_PLURAL = re.compile(
    r"\b(Minister|President|Secretar(?:ie)|Chancellor|Premier|King|Ambassador|Senator|Governor|Leader|Director|Adviser|Advisor|Commissioner"
    r"|Envoy)s\b",
    re.I,
)


def singular(title: str) -> str:
    """ "Foreign Ministers" → "Foreign Minister", for the office of one person."""
    return _PLURAL.sub(lambda m: "Secretary" if m[1].lower() == "secretarie" else m[1], title)


_BEHIND = 12


def _behind(token: Token) -> str:
    """The characters behind a name, as many as its party and state take."""
    return (token.whitespace_ + token.doc[token.i + 1 : token.i + 1 + _BEHIND].text)[:_BEHIND]


_AFFILIATION = re.compile(r"^,? ?\(?[RDI]-[A-Z][A-Za-z.]+")


def _public(doc: Doc, readings: list[Reading]) -> list[Reading]:
    """Those that are public office by themselves, and those that stand in one list with them."""
    public = [not _is_private(doc, r) and _is_public(doc, r) for r in readings]
    items = [item_of(doc, r.link.person) for r in readings]
    order = sorted(range(len(readings)), key=lambda i: items[i])
    for way in (order, order[::-1]):
        last: tuple[int, int] | None = None
        for i in way:
            if public[i]:
                last = items[i]
            elif last is not None and last != items[i] and _in_list(doc, readings[i], items[i], last):
                public[i] = not _is_private(doc, readings[i])
                last = items[i] if public[i] else last
    return [r for r, yes in zip(readings, public) if yes]


def _in_list(doc: Doc, reading: Reading, item: tuple[int, int], other: tuple[int, int]) -> bool:
    """Is it a row of its own next to another item, with a capital title and no firm, club or party?"""
    between = other[0] - item[1] if other[0] > item[0] else item[0] - other[1]
    title = reading.link.title
    return (
        between <= 1
        and item[1] - item[0] <= _LONGEST_ITEM
        and reading.link.how in ("comma", "direct", "list")
        and title.token.text[:1].isupper()
        and not any(t.ent_type_ in ("FIRM", "ORG", "FUND") for t in doc[item[0] : item[1]])
    )


_LONGEST_ITEM = 25


def _is_private(doc: Doc, reading: Reading) -> bool:
    """Do the words of a title, or the firm that it belongs to, tell that it is no public office?"""
    office, title = reading.office, reading.link.title
    kinds = {t.ent_type_ for t in doc[title.start : title.end]}
    text = office.title.lower()
    body_words = re.search(
        r"\b(?:unit|council|office|agency|authority|commission|department|ministry|service|bureau|board)\b", title.text, re.I
    )
    if (
        title.firm
        and not _OF_A_BANK.fullmatch(text)
        and not ((reading.told or reading.delegation) and body_words)
        and office.role not in ("minister", "deputy_minister", "ambassador", "head_of_government", "military", "spokesperson")
    ):
        return True
    if title.firm and office.role == "spokesperson":
        return True
    if re.search(r"\b(?:professor|chief executive officer|ceo|party|football|university|editor|club|church|bishop)\b", text):
        return True
    if re.search(r"\bcompany secretar|\b(?:financial|legal) advis[eo]rs\b", text) or (title.firm and text.endswith(" chief")):
        return True
    told = reading.told or reading.delegation
    if "ORG" in kinds and not told and office.role in (_WEAK_ROLES | {"head_of_state"}):
        return True
    if office.role in (_WEAK_ROLES | {"head_of_state", "deputy_head_of_government"}) and _of_firm_behind(doc, title.end):
        return True
    return bool(re.match(r"co-?chair", text))  # of a meeting or a working group


def _of_firm_behind(doc: Doc, end: int) -> bool:
    """Does a firm that no central bank is stand behind a title and a comma: "Chairman, X Limited"?"""
    k = end
    while k < len(doc) and doc[k].is_space and "\n" not in doc[k].text:
        k += 1
    if k + 1 >= len(doc) or doc[k].text not in (",", "/", "|") or doc[k + 1].ent_type_ != "FIRM":
        return False
    return not sign("central_bank").search(f" {doc[k + 1].text.lower()} ")


# Firms have no governors: it is the central bank, whatever its name looks like.
_OF_A_BANK = re.compile(r"(?:(?:first|senior|deputy|vice|acting) )*governor(?: of .*)?")


def _is_public(doc: Doc, reading: Reading) -> bool:
    """Is it an office of a state or public body, not of a firm, a club or a university?"""
    office, title = reading.office, reading.link.title
    kinds = {t.ent_type_ for t in doc[title.start : title.end]}
    text = office.title.lower()
    told = reading.told or reading.delegation
    if re.search(r"\bto the (?:president|prime minister|king|minister|secretary|chancellor|cabinet)", text):
        return True
    if kinds & {"PUBLIC_BODY", "AGREEMENT"} or told or (office.portfolios and office.role not in ("other_official",)):
        return True
    capital = title.token.text[:1].isupper()
    named = reading.link.how in ("direct", "list")
    set_off = capital and reading.link.how == "comma" and title.start > 0 and doc[title.start - 1].lower_ == "the" and _alone(reading.link)
    if office.role == "head_of_state":
        if (capital and named) or set_off or reading.link.how == "list" or _state_words(doc, title.start, title.end):
            return True
        if title.start and doc[title.start - 1].lower_ in ("its", "their") and not _of_a_state(doc, title.start - 1):
            return False
        return not capital and _alone(reading.link) and any(t.ent_type_ == "COUNTRY" for t in doc)
    if office.role == "deputy_head_of_government":
        return "vice president" not in text.replace("-", " ") or (capital and named) or set_off
    if office.role == "spokesperson":
        if kinds & {"PUBLIC_BODY", "BLOC"} or "government" in text:
            return True
        return capital and ("press secretary" in text or (reading.link.how == "direct" and _alone(reading.link)))
    if POSTED.fullmatch(text) and any(t.ent_type_ in ("BLOC", "FUND", "PUBLIC_BODY") for t in reading.link.person.sent):
        return True
    if office.role in _WEAK_ROLES:
        if body_behind(doc, reading.link) is not None:
            return True
        if re.search(r"government|ministry|parliament|cabinet|embassy|council|administration|congress", text):
            return True
        return (
            capital
            and (named or set_off)
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


_NEAR = 25


def _of_a_state(doc: Doc, i: int) -> bool:
    """Does "its" or "their" at token i stand behind the name of a state rather than of another body?"""
    near = doc[max(0, i - _NEAR) : i]
    last = next((t for t in reversed(near) if t.ent_type_ in ("COUNTRY", "FIRM", "FUND", "ORG", "PUBLIC_BODY", "BLOC")), None)
    return last is not None and last.ent_type_ == "COUNTRY"


def _alone(link: Link) -> bool:
    """No firm, fund, body or organisation stands in the sentences of title and person, whose office it could be."""
    sentences = (link.person.sent, link.title.token.sent)
    return not any(t.ent_type_ in ("FIRM", "ORG", "FUND", "PUBLIC_BODY") for sentence in sentences for t in sentence)


def _state_words(doc: Doc, start: int, end: int) -> bool:
    return any(t.ent_type_ in ("COUNTRY", "BLOC") for t in doc[start:end])


_GOVERNOR = re.compile(r"(?:(?:senior|first|second) )?(?:deputy |vice |acting )?governor", re.I)


def _at_central_bank(doc: Doc, holding: Holding) -> bool:
    """Does a bare "Governor" stand in a document about a central bank, and not behind a region's name ("Ohio Governor")?"""
    starts = [r.link.title.start for r in holding.readings]
    if any(i and doc[i - 1].ent_type_ == "PLACE" for i in starts):
        return False
    bodies = (t.text.lower() for t in doc if t.ent_type_ in ("PUBLIC_BODY", "ORG", "FUND", "FIRM"))
    return any(sign("central_bank").search(f" {body} ") and not _DEVELOPMENT_BANK.search(body) for body in bodies)


_DEVELOPMENT_BANK = re.compile(r"development|investment|export|commercial")


_HEADS_A_BODY = re.compile(
    r"(?:president|(?:executive|managing) director|director[- ]general|(?:executive )?secretary|secretary[- ]general|head|chair\w*"
    r"|chief executive(?: officer)?)(?: of\b|$)",
    re.I,
)


def _bodies(doc: Doc, holding: Holding) -> list[str]:
    return [body for reading in holding.readings for body in own_bodies(doc, reading)]


_OF_GOVERNMENT = ("minister", "deputy_minister", "head_of_government")


def _of_a_region(doc: Doc, link: Link) -> bool:
    """Does a region that is no capital stand right in front of the title: "Quebec Economy Minister", "Bavaria's Premier"?"""
    k = link.title.start - 1
    if k > 0 and doc[k].lower_ in ("'s", "’s"):
        k -= 1
    if k < 0 or doc[k].ent_kb_id_ or lexicons.code_of(doc[k].text) is not None:
        return False
    return doc[k].ent_type_ in ("PLACE", "NORP") or (not doc[k].ent_type_ and place_state(doc[k]) is not None)


def _record(doc: Doc, holding: Holding) -> Official | None:
    best = holding.best
    office = parse_office(best.title, context_country=holding.code)
    if _GOVERNOR.fullmatch(office.title) and _at_central_bank(doc, holding):
        office = replace(parse_office(f"{best.title} of the central bank", context_country=holding.code), title=office.title)
    if " of " not in office.title and (body := next((b for r in holding.readings if (b := body_behind(doc, r.link)) is not None), None)):
        whole = parse_office(f"{best.title} of the {body.text}", context_country=holding.code)
        office = replace(office, role=whole.role, portfolios=office.portfolios or whole.portfolios)
    if holding.code is None and _HEADS_A_BODY.match(office.title) and any(INTERNATIONAL.search(b) for b in _bodies(doc, holding)):
        office = replace(office, role="organization_head")
    if office.role in _OF_GOVERNMENT and any(_of_a_region(doc, r.link) for r in holding.readings):
        office = replace(office, role="subnational")
    if best.office.role == "legislator":
        office = replace(office, role="legislator")
    portfolios = office.portfolios or next(
        (p for r in holding.readings if (p := parse_office(r.title, context_country=holding.code).portfolios)), ()
    )
    first = min(holding.readings, key=lambda r: r.link.person.i)
    statuses = [status_of(doc, r) for r in holding.readings]
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
