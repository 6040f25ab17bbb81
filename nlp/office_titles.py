"""What a title of office says: its role, its portfolios, whose it is and whether it is still held.

`parse_office("Deputy Minister for Trade of Kenya")` → deputy_minister, (trade), KE, current. The text of the title is all it reads,
but for `context_country`, which tells what "Secretary" or "Foreign Secretary" mean there. Roles follow RECORDS.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from nlp import lexicons
from nlp.office_portfolios import read_portfolios, sign
from nlp.office_roles import read_role
from nlp.offices import OfficeSpan, find_offices

_FIXED = re.compile(r"^(?:U\.?S\.?|United States) (?:trade representative|ambassador|special|consul|charg)", re.I)
_STATUS = (
    ("acting", re.compile(r"\b(?:acting|interim|caretaker|ad interim|a\.i\.)(?!\w)", re.I)),
    ("designate", re.compile(r"(?:\b|-)(?:designate|elect|nominee|incoming)\b|\bnominated\b", re.I)),
    ("former", re.compile(r"\b(?:former|ex|previous|past|one-time|erstwhile|ousted|deposed|retired|late|then)\b(?!-officio)", re.I)),
)


@cache
def _status_edges() -> re.Pattern[str]:
    return re.compile(sign("status_edges").pattern, re.I)


@dataclass(frozen=True, slots=True)
class Office:
    """A title read: `title` without the country's adjective, role and portfolios of RECORDS.md, code or None, status."""

    title: str
    role: str
    portfolios: tuple[str, ...]
    jurisdiction: str | None
    status: str


@lru_cache(16_384)
def parse_office(title: str, *, context_country: str | None = None) -> Office:
    """Read a title such as "Japan's State Minister for Economy, Trade and Industry".

    `context_country` is the code of the state or body that the text's context tells, used where the title has none.
    """
    text = re.sub(r"\s+", " ", title.replace("’", "'")).strip(" ,;:.")
    status = next((name for name, sign in _STATUS if sign.search(text)), "current")
    written = re.sub(r"\s+", " ", title).strip(" ,;:")
    own, shorter = _jurisdiction(written)
    previous = ""
    while previous != shorter:
        previous, shorter = shorter, _status_edges().sub("", shorter).strip()
    if own is None and shorter != written:
        own, shorter = _jurisdiction(shorter)
    acronym = None if shorter in lexicons.load("offices")["abbreviations"] else _acronym(shorter)  # a title, not the agency of that name
    code = own or (acronym[0] if acronym else None)
    country = code or context_country
    lowered = f" {shorter.lower().replace('’', chr(39)).replace('-', ' ').replace('–', ' ')} "
    role = read_role(lowered, country, code)
    return Office(shorter, role, read_portfolios(lowered, country, role, acronym), code, status)


def _jurisdiction(title: str) -> tuple[str | None, str]:
    """The state or body a title names in front ("Japan's", "EU") or at its end ("of Ecuador"), and the title without it in front."""
    lead = _leading_country(title)
    if lead:
        code, rest = lead
        return code, title if _FIXED.match(title) else rest
    tail = re.search(r"\b(?:of|at|for|to|in) (?:the )?(.+)$", title)
    while tail:
        piece = tail[1]
        code_found = lexicons.code_of(piece) if piece[:1].isupper() else None
        if (
            code_found
            and re.search(r"\b(?:to|for) (?:the )?$", title[: tail.start(1)])
            and re.search(r"ambassador|envoy|representative|commissioner|consul|charg", title, re.I)
        ):
            return None, title
        if code_found and not re.search(r" in (?:the )?$", title[: len(title) - len(piece)]):
            return code_found, title
        if lexicons.codes_in(piece) and sign("body_of_country").match(piece):
            return lexicons.codes_in(piece)[-1], title
        lead = _leading_country(piece) if piece[:1].isupper() and not re.search(r"ambassador|envoy", title, re.I) else None
        if lead and lead[1][:1].isupper():  # "Director of the U.S. Geological Survey", "Counsellor at the Canadian Embassy"
            return lead[0], title
        tail = re.search(r"\b(?:of|at|for|in) (?:the )?(.+)$", piece)
    for surface in _bodies_in(title):
        return surface, title
    return None, title


def _leading_country(title: str) -> tuple[str, str] | None:
    words = title.split(" ")
    for length in range(min(6, len(words) - 1), 0, -1):
        piece = " ".join(words[:length])
        code = lexicons.code_of(piece)
        if not code or _begins_a_body(title, piece + " "):
            continue
        surface = lexicons.codes_by_form().get(re.sub(r"['’]s?$", "", piece).removeprefix("the ").removeprefix("The "))
        if (surface and surface.kind in ("name", "adjective")) or re.search(r"['’]s?$", piece):
            return code, " ".join(words[length:])
    return None


def _begins_a_body(title: str, opening: str) -> bool:
    """Do the opening words of a title belong to the name of a body: "European Bank for Reconstruction and Development"?"""
    return any(body.startswith(opening) and title.startswith(body) for body in (*_known_bodies(), *_bodies_of_many()))


@cache
def _known_bodies() -> dict[str, str]:
    return {s.form: s.code for s in lexicons.surfaces() if s.label == "PUBLIC_BODY" and s.code and not s.ambiguous and len(s.form) > 5}


@cache
def _bodies_of_many() -> tuple[str, ...]:
    """Funds and banks of several states, which no code stands for: "European Bank for Reconstruction and Development"."""
    return tuple(fund.name for fund in lexicons.funds() if fund.country is None)


def _bodies_in(title: str) -> list[str]:
    return [code for form, code in _known_bodies().items() if form in title]


def _acronym(title: str) -> tuple[str | None, tuple[str, ...]] | None:
    table = lexicons.load("portfolios")["acronyms"]
    for word in re.findall(r"\b[A-Z][A-Za-z]*[A-Z]\b", title):
        if word in table:
            country, portfolios = table[word]
            return country, tuple(portfolios)
    return None


def parts(title: str) -> list[str]:
    """The offices that one title joins: "Prime Minister and Minister of Finance" → both; "Assistant to the President and …" stays whole."""
    if re.match(r"(?:Deputy |Special |Senior )?Assistant to the (?:President|Prime Minister)\b", title, re.I):
        return [title]
    cuts = []
    for m in re.finditer(r"(?:,? (?:and|&) | [–/] |; )(?=[A-Z])", title):
        before, after = title[: m.start()], title[m.end() :]
        if find_offices(before) and (spans := find_offices(after)) and _begins(spans[0], after):
            cuts.append((m.start(), m.end()))
    pieces, last = [], 0
    for start, end in cuts:
        pieces.append(title[last:start])
        last = end
    return [*pieces, title[last:]]


def _begins(span: OfficeSpan, text: str) -> bool:
    return span.start == 0 and (not span.plural)


def richer(a: Office, b: Office) -> Office:
    """Of two readings of one office the longer title, with the portfolios and the jurisdiction of both."""
    longer, other = (a, b) if len(a.title) >= len(b.title) else (b, a)
    return replace(
        longer,
        portfolios=longer.portfolios or other.portfolios,
        jurisdiction=longer.jurisdiction or other.jurisdiction,
        status=longer.status if longer.status != "current" else other.status,
    )
