"""Which role of RECORDS.md a title of office tells, from its words and the state or body it belongs to."""

from __future__ import annotations

import re
from functools import cache

from nlp import lexicons
from nlp.office_portfolios import read_portfolios, sign

ORGANISATIONS = frozenset(
    {
        *("EU", "UN", "NATO", "AFU", "OECD", "WTO", "WHO", "IMF", "WB", "ASEAN", "GCC", "UNESCO", "IAEA", "ILO", "OSCE", "OAS", "CARICOM"),
        *("OPEC", "SCO", "PIF", "APEC", "MERCOSUR", "CELAC", "BRICS", "G7", "G20", "QUAD"),
    }
)
"""Codes whose presidents and secretaries-general head an organisation, not a state."""

# Where a ministry's "Secretary" is its first civil servant, not its political head.
_CIVIL_SECRETARIES = frozenset({"IN", "PK", "BD", "LK", "NP", "BT", "PG"})
# Where a Secretary of State, or a "Secretary of/for X", serves below a minister.
_JUNIOR_SECRETARIES_OF_STATE = frozenset({"PT", "PL", "FR", "ES", "RO", "HU", "AO", "MZ", "CV", "LU", "MC", "TN", "MA"})
_JUNIOR_SECRETARIES = frozenset({"BR", "AR", "UY"})
# Where a Minister of State sits in the cabinet: Japan's special missions, the Gulf, and the French "ministre d'État".
_SENIOR_MINISTERS_OF_STATE = frozenset(
    {
        *(
            "JP",
            "AE",
            "SA",
            "QA",
            "KW",
            "BH",
            "OM",
            "CI",
            "TD",
            "GA",
            "CM",
            "CG",
            "CD",
            "SN",
            "DJ",
            "BF",
            "NE",
            "ML",
            "BJ",
            "TG",
            "GN",
            "DZ",
            "MR",
        )
    }
)
# Where a Premier leads a province or state, and where the Treasurer is the minister of finance.
_REGIONAL_PREMIERS = frozenset({"CA", "AU"})
_MINISTERIAL_TREASURERS = frozenset({"AU", "NR"})
_MINISTER_PRESIDENTS = frozenset({"DE", "BE"})
# Where no region has a governor, so that a "Governor" is that of the central bank.
_BANK_GOVERNORS = frozenset(
    {
        *("GB", "IE", "SE", "NO", "DK", "PL", "CZ", "HU", "PT", "FR", "ES", "IL", "JO", "KW", "AE", "QA", "BH", "OM", "MA", "TN", "LB"),
        *("MY", "SG", "LK", "NP", "BD", "BT", "MV", "KH", "LA", "MM", "AU", "NZ", "FJ", "CA", "JM", "TT", "BB", "BS", "GH", "ZM", "UG"),
        *("TZ", "MW", "BW", "NA", "ZA", "MU", "RW", "SL", "GM"),
    }
)
# In the United Kingdom heads of departments are Secretaries of State; whoever is "Minister for …" serves below one.
_BRITISH_JUNIOR = re.compile(
    r"^ (?!prime |deputy prime )(?:\w+ )*?ministers? (?:for|of) (?!the cabinet office|without|agriculture|women|defence )"
)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns over the lower-case title with hyphens as spaces, and the role each tells; the first that fits decides."""
    return tuple((re.compile("|".join(rule["patterns"])), rule["role"]) for rule in lexicons.load("office_roles")["rules"])


def read_role(title: str, country: str | None, own: str | None) -> str:
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
        r"deputy|under|assistant|secretary general of (?:the )?(?:ministry|cabinet|government|national security)", head
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
        return "agency_head" if re.search(_RUN_BY_DIRECTORS_GENERAL, title) else "other_official"
    if re.search(r" general\b", head) and sign("general_officials").search(title):
        if " governor general" in title:
            return "head_of_state"
        if re.search(r" (?:surgeon|auditor|comptroller|inspector|accountant|registrar) general", title):
            return "agency_head"
        if " prosecutor general" in title:
            return "other_official"
    if (
        country in _CIVIL_SECRETARIES
        and re.search(r" secretary\b", head)
        and not re.search(r" joint | press secretary| general| cabinet secretary| secretary to the prime| private", title)
    ):
        return "deputy_minister"
    if (special := _role_by_country(title, country)) is not None:
        return special
    if country == "GB" and _BRITISH_JUNIOR.search(title):
        return "deputy_minister"
    for pattern, role in _rules():
        if pattern.search(title if role in ("spokesperson", "adviser", "legislator") else head):
            return role
    return _weak_role(title, head, country)


def _role_by_country(title: str, country: str | None) -> str | None:
    """The role of a title that means something else in this state than elsewhere."""
    if country in _JUNIOR_SECRETARIES_OF_STATE and re.search(r" secretar(?:y|ies) of state\b", title):
        return "deputy_minister"
    if country in _JUNIOR_SECRETARIES and re.search(r"^ secretary (?:of|for) ", title):
        return "deputy_minister"
    if country in _SENIOR_MINISTERS_OF_STATE and re.search(r"^ ministers? of state\b", title):
        return "minister"
    if country in _REGIONAL_PREMIERS and re.search(r"^ premier ", title):
        return "subnational"
    if country in _MINISTERIAL_TREASURERS and re.search(r"^ treasurer ", title):
        return "minister"
    if re.search(r" (?:provincial|regional) (?:\w+ )?(?:minister|secretary)\b", title):
        return "subnational"
    if country in _MINISTER_PRESIDENTS and " minister president" in title:
        return "subnational"
    if country in _BANK_GOVERNORS and re.search(r"^ (?:senior |first |second |acting )*(?:deputy )?governor $", title):
        return "agency_head"
    if country == "US" and re.search(r"^ (?:state )?representative $", title):
        return "legislator"
    if country == "US" and re.search(r"^ (?:deputy )?chief of staff $", title):
        return "adviser"
    if country == "HK" and re.search(r"^ (?:financial|chief) secretary $", title):
        return "minister"
    if country == "MC" and re.search(r"^ minister of state\b", title):
        return "head_of_government"
    if country == "BD" and title == " chief adviser ":
        return "head_of_government"
    return None


def _organisation_role(title: str, code: str | None) -> str | None:
    if code == "UN" and re.search(r"^ high commissioner\b", title):
        return "organization_head"
    if re.search(r"spokes|press secretary|adviser|advisor|counsel|envoy|representative|ambassador|minister|parliament", title):
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
    if code == "AFU" and re.search(r"^ commissioner for ", title):
        return "minister"
    if re.search(r"deputy|vice|assistant|under|associate|senior| (?:country|mission|resident|division) |division of", title):
        return "other_official"
    if re.search(r" (?:president|secretary|chair\w*|chief|head|director|commissioner for human rights)\b", title):
        return "organization_head"
    return None


_RUN_BY_DIRECTORS_GENERAL = re.compile(
    r"agency|authority|institute|service|office of|board|monetary|bureau|regulator"
    r"|^ director general (?:of|for) (?:migration|immigration|customs|police|taxes|taxation|revenue|civil aviation|prisons)\b"
)
_BARE_HEAD = re.compile(r" (?:acting )?(?:chair(?:man|woman|person)?|director) ")


def _weak_role(title: str, head: str, country: str | None) -> str:
    """Roles of heads that mean little alone: president of what, governor of what, chief of what."""
    bank = sign("bank").search(title)
    agency = sign("agency").search(title)
    if bank and re.search(r" (?:governor|president|chair\w*|chief|head)\b", head):
        return "agency_head"
    if re.search(r" (?:deputy|vice) governor\b", head):
        return "agency_head" if bank else "subnational"
    if re.search(r" governor general", title):
        return "head_of_state"
    if re.search(r" governors?\b", head):
        return "subnational"
    if sign("heads_of_state").search(head):
        if re.search(r" (?:president|chair\w*) of the (?:council of ministers|government|executive yuan)\b", head):
            return "head_of_government"
        if sign("president_of_body").search(head) and agency:
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
    if re.search(r" chief $| chief of ", head) and read_portfolios(title, country, "minister", None) and not agency:
        return "minister"
    if country in lexicons.countries() and _BARE_HEAD.fullmatch(title):
        return "agency_head"
    if sign("agency_heads").search(head):
        if sign("below_agency_head").search(title) and not bank:
            return "other_official"
        if agency or re.search(r" national \w+ director", title):
            return "agency_head"
    return "other_official"
