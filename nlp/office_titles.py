"""What a title of office says: its role, its portfolios, whose it is and whether it is still held.

`parse_office("Deputy Minister for Trade of Kenya")` → deputy_minister, (trade), KE, current. The text of the title is all it reads,
but for `context_country`, which tells what "Secretary" or "Foreign Secretary" mean there. Roles follow RECORDS.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from nlp import lexicons
from nlp.offices import OfficeSpan, find_offices

ORGANISATIONS = frozenset({"EU", "UN", "NATO", "AFU", "OECD", "WTO", "WHO", "IMF", "WB", "ASEAN", "GCC", "UNESCO", "IAEA", "ILO", "OSCE", "OAS", "CARICOM", "OPEC", "SCO", "PIF",
                           "APEC", "MERCOSUR", "CELAC", "BRICS", "G7", "G20", "QUAD"})  # fmt: skip
# Where a ministry's "Secretary" is its first civil servant, not its political head.
_CIVIL_SECRETARIES = frozenset({"IN", "PK", "BD", "LK", "NP", "BT"})
# In the United Kingdom heads of departments are Secretaries of State; whoever is "Minister for …" serves below one.
_BRITISH_JUNIOR = re.compile(
    r"^ (?!prime |deputy prime )(?:\w+ )*?ministers? (?:for|of) (?!the cabinet office|without|agriculture|women|defence )"
)
_FIXED = re.compile(r"^(?:U\.?S\.?|United States) (?:trade representative|ambassador|special|consul|charg)", re.I)
_STATUS = (
    ("acting", re.compile(r"\b(?:acting|interim|caretaker|ad interim|a\.i\.)(?!\w)", re.I)),
    ("designate", re.compile(r"(?:\b|-)(?:designate|elect|nominee|incoming)\b|\bnominated\b", re.I)),
    ("former", re.compile(r"\b(?:former|ex|previous|past|one-time|erstwhile|ousted|deposed|retired|late|then)\b(?!-officio)", re.I)),
)
_STATUS_EDGES = re.compile(
    r"^(?:(?:the|a|an|its|his|her|their|current|incumbent|new|newly appointed|acting|interim|caretaker|former|ex|previous|past|one-time|erstwhile|ousted|deposed|retired|late|then|outgoing|incoming|longtime|veteran)(?:-|\s+))+"
    r"|(?:\s+ad interim|\s+a\.i\.|-(?:elect|designate)|\s+(?:elect|designate|nominee))$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Office:
    """A title read: `title` without the country's adjective, role and portfolios of RECORDS.md, code or None, status."""

    title: str
    role: str
    portfolios: tuple[str, ...]
    jurisdiction: str | None
    status: str


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
        previous, shorter = shorter, _STATUS_EDGES.sub("", shorter).strip()
    if own is None and shorter != written:
        own, shorter = _jurisdiction(shorter)
    acronym = _acronym(shorter)
    code = own or (acronym[0] if acronym else None)
    country = code or context_country
    lowered = f" {shorter.lower().replace('’', chr(39)).replace('-', ' ').replace('–', ' ')} "
    role = _role(lowered, country, code)
    return Office(shorter, role, _portfolios(lowered, country, role, acronym), code, status)


def _jurisdiction(title: str) -> tuple[str | None, str]:
    """The state or body a title names in front ("Japan's", "Emirati", "EU") or at its end ("of Ecuador"), and the title without it in front."""
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
        if lexicons.codes_in(piece) and re.match(
            r"(?:Kingdom|Republic|State|Sultanate|Government|Parliament|Council|Central Bank|Bank|National|Ministry|House) ", piece
        ):
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
        if any(body.startswith(piece + " ") and title.startswith(body) for body in _known_bodies()):
            continue
        surface = lexicons.codes_by_form().get(re.sub(r"['’]s?$", "", piece).removeprefix("the ").removeprefix("The "))
        if (code and surface and surface.kind in ("name", "adjective")) or (code and re.search(r"['’]s?$", piece)):
            return code, " ".join(words[length:])
    return None


@cache
def _known_bodies() -> dict[str, str]:
    return {s.form: s.code for s in lexicons.surfaces() if s.label == "PUBLIC_BODY" and s.code and not s.ambiguous and len(s.form) > 5}


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


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns over the lower-case title with hyphens as spaces, and the role each tells; the first that fits decides."""
    return tuple((re.compile("|".join(rule["patterns"])), rule["role"]) for rule in lexicons.load("office_roles")["rules"])


def _role(title: str, country: str | None, own: str | None) -> str:
    """The role of a lower-case title with hyphens as spaces, in a state or body where it is known."""
    if title.split()[:1] in (["fm"], ["eam"]):
        return "minister"
    if title.strip() in ("dpm", "vp"):
        return "deputy_head_of_government"
    title = re.sub(r"^ (?:deputy |special |senior )?assistant to the president (?:and|&) (?=.*(?:director|chair))", " ", title)
    head = re.split(r" (?:to|at) the ", title)[0] + " " if re.search(r"general|secretary|director|counsel", title) else title
    organisation = own in ORGANISATIONS or (country in ORGANISATIONS and own is None)
    if organisation:
        role = _organisation_role(title, country)
        if role:
            return role
    if re.search(r" secretary general\b| secretaries general\b", head) and not re.search(
        r"deputy|under|assistant|secretary general of the (?:ministry|cabinet|government)", head
    ):
        return (
            "organization_head"
            if organisation or (not re.search(r"ministry|council|party|parliament|government", title) and own is None)
            else "other_official"
        )
    if re.search(r" director general\b| managing director\b", head):
        if re.search(r" deputy | assistant | vice ", head):
            return "other_official"
        if organisation and country != "EU":
            return "organization_head"
        return (
            "agency_head"
            if re.search(r"agency|authority|institute|service|office of|board|monetary|bureau|regulator", title)
            else "other_official"
        )
    if re.search(r" general\b", head) and re.search(
        r" (?:surgeon|auditor|comptroller|inspector|prosecutor|attorney|solicitor|consul|secretary|governor|director|registrar|paymaster|advocate|general secretary|accountant) general",
        title,
    ):
        if " governor general" in title:
            return "head_of_state"
        if re.search(r" (?:surgeon|auditor|comptroller|inspector|accountant|registrar) general", title):
            return "agency_head"
        if " prosecutor general" in title:
            return "other_official"
    if (
        country in _CIVIL_SECRETARIES
        and re.search(r" secretary\b", head)
        and not re.search(r" press secretary| general| cabinet secretary| secretary to the prime| private", title)
    ):
        return "deputy_minister"
    if country == "GB" and _BRITISH_JUNIOR.search(title):
        return "deputy_minister"
    for pattern, role in _rules():
        if pattern.search(title if role in ("spokesperson", "adviser", "legislator") else head):
            return role
    return _weak_role(title, head, country)


def _organisation_role(title: str, code: str | None) -> str | None:
    if re.search(r"spokes|adviser|advisor|counsel|envoy|representative|ambassador|minister|parliament", title):
        return None
    if re.search(r"foreign policy chief", title):
        return "ambassador"
    if code == "EU":
        if re.search(r"vice president|commissioner| evp | (?!commission )\w+ chief\b", title) and not re.search(
            r"european council|parliament|bank|police", title
        ):
            return "minister"
        if re.search(r" president\b", title) and not re.search(r"parliament|bank|vice", title):
            return "organization_head"
        return None
    if re.search(
        r" (?:deputy|vice|assistant|under) (?:secretary general|director general|managing director|president|executive secretary)\b", title
    ):
        return "organization_head"
    if re.search(r"deputy|vice|assistant|under|associate|senior", title):
        return "other_official"
    if re.search(r" (?:president|secretary|chair\w*|chief|head|director|commissioner for human rights)\b", title):
        return "organization_head"
    return None


def _weak_role(title: str, head: str, country: str | None) -> str:
    """Roles of heads that mean little alone: president of what, governor of what, chief of what."""
    if re.search(r" (?:deputy|vice) governor\b", head):
        return "subnational"
    bank = re.search(r" bank\b|monetary authority|federal reserve|riksbank|bundesbank|reserve board", title)
    agency = re.search(
        r"agency|authority|commission\b|regulator|bureau|administration|office of|inspectorate|council|board\b|service\b|institute|intelligence|fbi|cia|police|environmental protection|drug control|survey|management and budget|department",
        title,
    )
    if bank and re.search(r" (?:governor|president|chair\w*|chief|head)\b", head):
        return "agency_head"
    if re.search(r" governor general", title):
        return "head_of_state"
    if re.search(r" governors?\b", head):
        return "subnational"
    if re.search(
        r" (?:presidents?|kings?|queens?|emirs?|amir|sultan|emperor|empress|monarchs?|popes?|head of state|heads of state|supreme leader|captain regent|(?:\w+ )?co prince|sovereign prince|grand duke|yang di pertuan agong|paramount leader|druk gyalpo|ngwenyama|o le ao o le malo|presidential council|pope)\b",
        head,
    ):
        if re.search(r" (?:president|chair\w*) of the (?:council of ministers|government|executive yuan)\b", head):
            return "head_of_government"
        if (
            re.search(
                r" presidents? of the (?!republic|state|union|federation|federal republic|federated|people|kingdom|united|swiss|islamic|democratic)",
                head,
            )
            and agency
        ):
            return "agency_head"
        return "head_of_state"
    if re.search(r" prince of (?:monaco|liechtenstein|lichtenstein)", title):
        return "head_of_state"
    if re.search(r" (?:premiers?|chancellors?|head of government)\b", head):
        return "head_of_government"
    if re.search(r" national economic council director| director of the national economic council", title):
        return "adviser"
    if re.search(r" coordinator| co ordinator| counsell?or to| chief of staff", head):
        return "adviser" if country == "US" or "white house" in title or "to the president" in title else "other_official"
    if re.search(r" (?:secretary|secretaries)\b", head):
        return "other_official" if re.search(r"embassy|general secretary|joint|private|council|committee|party", title) else "minister"
    if re.search(r" (?:intelligence|spy|police|central bank|security) chiefs?\b", title):
        return "agency_head"
    if re.search(r" chief $| chief of ", head) and _portfolios(title, country, "minister", None) and not agency:
        return "minister"
    if re.search(
        r" (?:director|administrator|commissioner|chair\w*|head|chief|comptroller|president|superintendent|registrar|chief executive|ombudsman|commissioner general)\b",
        head,
    ):
        if (
            re.search(
                r"executive director|senior director|country director|division|department of|unit head|director of the \w+ (?:department|division|team)|team| co chair",
                title,
            )
            and not bank
        ):
            return "other_official"
        if agency or re.search(r" national \w+ director", title):
            return "agency_head"
    return "other_official"


@cache
def _portfolio_pattern() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    table: dict[str, list[str]] = {}
    for code, terms in lexicons.load("portfolios")["portfolios"].items():
        for term in terms:
            table.setdefault(term.replace("-", " "), []).append(code)
    forms = sorted(table, key=len, reverse=True)
    return re.compile(r"(?<![\w'])(?:" + "|".join(map(re.escape, forms)) + r")(?![\w])"), {k: tuple(v) for k, v in table.items()}


_MASK = re.compile(
    r"\bsecretar(?:y|ies) of state\b|\bministers? of state\b|\bstate (?:minister|secretar)\w*|\bhome secretary of\b|\b(?:prime )?ministers?\b|\bchief of staff\b|\bassistant to the president\b|\bpress secretary\b|\bto the (?:prime minister|president)\b"
    r"|\bcouncil of ministers\b|\bcabinet secretary\b|\bgovernment\b|\bhigh representative of the union\b|\bhead of government\b|\bplanning director\b|\bduchy of lancaster\b|\bhouse of (?:commons|lords|representatives|councillors)\b|\bunited states\b"
)


def _portfolios(title: str, country: str | None, role: str, acronym: tuple[str | None, tuple[str, ...]] | None) -> tuple[str, ...]:
    """The policy fields of a lower-case title, in the order of its words; longer terms hide the words inside them."""
    if role in ("head_of_state", "head_of_government", "legislator", "subnational", "spokesperson") and not re.search(
        r"minister (?:of|for)|, | and ", title
    ):
        return ()
    if country in ("US", None) or "secretary of" in title:
        departments = _us_department(title) if country == "US" else None
        if departments:
            return departments
    if (re.search(r"secretary of state(?! for | at )", title) and role == "minister" and country in ("US", "VA", None)) or re.search(
        r"secretar(?:y|ies) of state for (?:political|management|arms control|economic growth|east asian|european|global public|civilian)",
        title,
    ):
        return ("foreign_affairs", *(p for p in _terms(title) if p in ("security",) and "arms" in title))
    if re.search(r"attorney general|solicitor general", title):
        return ("justice",)
    if re.search(r"chancellor of the exchequer", title):
        return ("finance",)
    if role in ("ambassador",):
        title = re.sub(r" (?:to|in) .*?(?= for |$)", " ", title)
        if " ambassador" in title and " for " not in title and " at large" not in title:
            return ()
    if role == "military":
        return tuple(p for p in _terms(title) if p == "defence")
    found = list(acronym[1]) if acronym else []
    found += [p for p in _terms(title) if p not in found]
    if not found and role in ("agency_head", "organization_head", "other_official"):
        found = ["finance"] if _BANK.search(title) else list(_BODY_FIELDS.get(country or "", ()))
    if len(found) > 1 and "other" in found:
        found.remove("other")
    return tuple(found)


_BANK = re.compile(
    r" bank of |central bank|reserve bank|national bank|monetary authority|federal reserve|development bank|investment bank|bank governor|banque|banco |riksbank|bundesbank"
)
# What an organisation works on, where its title says no more ("Director-General" of the WHO).
_BODY_FIELDS = {"WHO": ("health",), "IMF": ("finance",), "WTO": ("trade",), "IAEA": ("energy",), "ILO": ("labour",), "OPEC": ("energy",), "WB": ("development", "finance")}  # fmt: skip


def _terms(title: str) -> list[str]:
    pattern, table = _portfolio_pattern()
    masked = _MASK.sub(lambda m: "|" * len(m[0]), title.replace(",", " , "))
    found: dict[str, None] = {}
    for m in pattern.finditer(re.sub(r"\s+", " ", masked)):
        for code in table[m[0]]:
            found[code] = None
    return list(found)


def _us_department(title: str) -> tuple[str, ...] | None:
    """Portfolios of a US department's Secretary ("Secretary of the Interior" keeps lands there, not the police)."""
    for name, codes in lexicons.load("portfolios")["us_departments"].items():
        low = name.lower()
        if re.search(
            rf" (?:secretary|secretaries) of (?:the )?{low} (?!for)| {low} (?:deputy |under |assistant )?secretary | department of (?:the )?{low} ",
            title,
        ) and not (
            low == "state" and re.search(r"secretary of state for (?!management|political|economic|arms|civilian|global|public)", title)
        ):
            return tuple(codes)
    return None


def richer(a: Office, b: Office) -> Office:
    """Of two readings of one office the longer title, with the portfolios and the jurisdiction of both."""
    longer, other = (a, b) if len(a.title) >= len(b.title) else (b, a)
    return replace(
        longer,
        portfolios=longer.portfolios or other.portfolios,
        jurisdiction=longer.jurisdiction or other.jurisdiction,
        status=longer.status if longer.status != "current" else other.status,
    )
