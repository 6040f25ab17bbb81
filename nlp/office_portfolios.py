"""Which policy fields a title of office names: its own words first, then what its body works on."""

from __future__ import annotations

import re
from functools import cache

from nlp import lexicons


@cache
def sign(name: str) -> re.Pattern[str]:
    """A named expression of `lexicons/office_roles.json`, for lower-case titles with hyphens as spaces."""
    return re.compile(lexicons.load("office_roles")["signs"][name])


@cache
def _portfolio_pattern() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    table: dict[str, list[str]] = {}
    for code, terms in lexicons.load("portfolios")["portfolios"].items():
        for term in terms:
            table.setdefault(term.replace("-", " "), []).append(code)
    forms = sorted(table, key=len, reverse=True)
    return re.compile(r"(?<![\w'])(?:" + "|".join(map(re.escape, forms)) + r")(?![\w])"), {k: tuple(v) for k, v in table.items()}


def read_portfolios(title: str, country: str | None, role: str, acronym: tuple[str | None, tuple[str, ...]] | None) -> tuple[str, ...]:
    """The policy fields of a lower-case title, in the order of its words; longer terms hide the words inside them."""
    if role == "spokesperson":
        return ("foreign_affairs",) if re.search(r"foreign (?:ministry|office)|foreign affairs|state department", title) else ()
    if role in ("head_of_state", "head_of_government", "legislator", "subnational") and not re.search(
        r"minister (?:of|for)|, | and ", title
    ):
        return ()
    if country in ("US", None) or "secretary of" in title:
        departments = _us_department(title) if country == "US" else None
        if departments:
            return departments
    if (re.search(r"secretary of state(?! for | at )", title) and role == "minister" and country in ("US", "VA", None)) or sign(
        "state_department"
    ).search(title):
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
        return ("defence",) if re.search(r"chief|commander|staff", title) else tuple(p for p in _terms(title) if p == "defence")
    found = list(acronym[1]) if acronym else []
    found += [p for p in _terms(title) if p not in found]
    if not found and role in ("agency_head", "organization_head", "other_official"):
        found = (
            ["finance"] if sign("central_bank").search(title) else list(lexicons.load("office_roles")["body_fields"].get(country or "", ()))
        )
    if len(found) > 1 and "other" in found:
        found.remove("other")
    if not found and role == "minister" and re.search(r" ministers? (?:of|for) (?!state |the (?:crown|government) )", title):
        found = ["other"]
    return tuple(found)


def _terms(title: str) -> list[str]:
    pattern, table = _portfolio_pattern()
    masked = sign("mask").sub(lambda m: "|" * len(m[0]), title.replace(",", " , "))
    found: dict[str, None] = {}
    for m in pattern.finditer(re.sub(r"\s+", " ", masked)):
        for code in table[m[0]]:
            found[code] = None
    return list(found)


def _us_department(title: str) -> tuple[str, ...] | None:
    """Portfolios of a US department's Secretary ("Secretary of the Interior" keeps lands there, not the police)."""
    for name, codes in lexicons.load("portfolios")["us_departments"].items():
        low = name.lower()
        named = (
            rf" (?:secretary|secretaries) of (?:the )?{low} (?!for)"
            rf"| {low} (?:deputy |under |assistant )?secretary | department of (?:the )?{low} "
        )
        own_field = low == "state" and re.search(
            r"secretary of state for (?!management|political|economic|arms|civilian|global|public)", title
        )
        if re.search(named, title) and not own_field:
            return tuple(codes)
    return None
