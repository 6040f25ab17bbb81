"""Which period does a date expression mean that names its year or month itself: "13 July 2022", "Q3 2024", "the 1990s", "May 18-19"?

Rules for `nlp.date_resolution.resolve`.
"""

from __future__ import annotations

import datetime as dt
import re

from nlp import periods
from nlp.date_patterns import DAY, LINK, MONTH, NTH, PART, RELATIVE, SHORT_YEAR, WEEKDAY, YEAR, Rule, rule
from nlp.periods import Period, read_ordinal


@rule(
    rf"(?:(?:{WEEKDAY}),? (?:the )?)?(?P<month>{MONTH}),?[ /-]?(?:the )?(?P<day>{DAY}),?(?:[ -]| of | in )?,?(?P<year>{YEAR}|{SHORT_YEAR})?"
)
def _month_day(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return periods.day_of(found["year"], periods.month_number(found["month"]), read_ordinal(found["day"]), published, tense)


@rule(
    rf"(?:(?:{WEEKDAY}),? (?:the )?)?(?P<day>{DAY})(?: day)?(?:[ /-]?| of |)(?P<month>{MONTH}),?(?:[ /-]| of | in )?"
    rf"(?P<year>{YEAR}|{SHORT_YEAR})?"
)
def _day_month(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return periods.day_of(found["year"], periods.month_number(found["month"]), read_ordinal(found["day"]), published, tense)


@rule(rf"(?P<year>{YEAR})[-/. ](?P<month>0?[1-9]|1[0-2])[-/. ](?P<day>0?[1-9]|[12]\d|3[01])(?:T[\d:.]+Z?)?")
def _iso(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period:
    return periods.day(dt.date(int(found["year"]), int(found["month"]), int(found["day"])))


@rule(rf"(?P<year>{YEAR})[-/. ]?(?P<month>{MONTH})[-/. ]?(?P<day>{DAY})?")
def _year_month(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    number = periods.month_number(found["month"])
    if not found["day"]:
        return periods.month(int(found["year"]), number)
    return periods.day_of(found["year"], number, read_ordinal(found["day"]), published, tense)


@rule(rf"(?:(?:{WEEKDAY}),? )?(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?:(?P=sep)|, ?)(?P<year>{YEAR}|\d\d)")
def _numeric(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """Month first, as in the United States; day first where the first number can be no month, or dots separate."""
    first, second = int(found["a"]), int(found["b"])
    if first > 12 or (found["sep"] == "." and second <= 12):
        first, second = second, first
    return periods.day_of(found["year"], first, second, published, tense)


@rule(rf"(?:(?:{WEEKDAY}),? )?(?P<a>0?[1-9]|[12]\d|3[01])(?P<sep>[-/.])(?P<b>0?[1-9]|[12]\d|3[01])")
def _numeric_without_year(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    first, second = int(found["a"]), int(found["b"])
    if first > 12:
        first, second = second, first
    return periods.day_of(None, first, second, published, tense)


@rule(rf"(?P<year>{YEAR})[-/](?P<month>0?[1-9]|1[0-2])|(?P<m>0?[1-9]|1[0-2])[-/](?P<y>{YEAR})|(?P<compact>(?:19|20)\d\d[01]\d[0-3]\d)")
def _year_and_number(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period:
    if compact := found["compact"]:
        return periods.day(dt.date(int(compact[:4]), int(compact[4:6]), int(compact[6:])))
    return periods.month(int(found["year"] or found["y"]), int(found["month"] or found["m"]))


@rule(rf"(?P<month>{MONTH}) (?:the )?(?P<from>{DAY}) ?{LINK} ?(?:the )?(?P<to>{DAY}),?(?: of)?(?: (?P<year>{YEAR}))?")
def _month_days(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return _days(found, published, tense)


@rule(rf"(?P<from>{DAY}) ?{LINK} ?(?:the )?(?P<to>{DAY})(?: of)? (?P<month>{MONTH}),?(?: (?P<year>{YEAR}))?")
def _days_month(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return _days(found, published, tense)


def _days(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    number = periods.month_number(found["month"])
    first = periods.day_of(found["year"], number, read_ordinal(found["from"]), published, tense)
    last = periods.day_of(found["year"], number, read_ordinal(found["to"]), published, tense)
    if not first or not last or not first.on or not last.until or first.on > last.until:
        return None
    return Period(first.on, last.until, "day")


@rule(
    rf"(?P<part>{PART})?(?:[ -]| of |)(?P<which>last|this|next)? ?(?P<month>{MONTH}),?(?: of| in)?,? ?[-/]?"
    rf"(?P<year>{YEAR}|{SHORT_YEAR}|(?:last|this|next) year)?"
)
def _month(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    number = periods.month_number(found["month"])
    year = year_value(found["year"], published)
    if found["year"] and year is None:
        return None
    if year is None:
        if published is None:
            return None
        year = periods.year_of_month(
            number, published, {"last": "past", "next": "future"}.get((found["which"] or "").casefold(), tense), found["which"]
        )
    return periods.part(periods.month(year, number), found["part"])


@rule(
    rf"(?:(?P<part>{PART})(?:[ -]| of )(?:the )?)?(?:fiscal(?: year)?|FY|financial year|calendar year|the year"
    rf"|year|school year)?[ -]?(?P<year>{YEAR}|'\d\d|fy\d\d)"
)
def _year(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    year = year_value(found["year"], published)
    return periods.part(periods.year(year), found["part"]) if year else None


@rule(rf"(?:fiscal(?: year)?|FY|financial year)?[ -]?(?P<from>{YEAR})[-/–](?P<to>\d\d)")
def _split_year(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    first = int(found["from"])
    last = first - first % 100 + int(found["to"])
    return Period(dt.date(first, 1, 1), dt.date(last, 12, 31), "year") if 0 < last - first < 50 else None


@rule(rf"(?:(?P<part>{PART})(?:[ -]| of )(?:the )?)?(?P<decade>(?:1[5-9]|20)\d0|'?[2-9]0)'?s")
def _decade(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period:
    written = found["decade"].lstrip("'")
    first = int(written) if len(written) == 4 else 1900 + int(written)
    period = Period(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), "year")
    return periods.part(period, found["part"])


@rule(r"(?:(?P<part>early|mid|late)[ -])?(?P<word>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)")
def _decade_word(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period:
    words = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
    first = 1920 + 10 * words.index(found["word"].casefold())
    return periods.part(Period(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), "year"), found["part"])


@rule(r"(?P<nth>\d\d?)(?:st|nd|rd|th) century")
def _century(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period:
    first = (int(found["nth"]) - 1) * 100
    return Period(dt.date(first, 1, 1), dt.date(first + 99, 12, 31), "year")


@rule(rf"week (?P<week>\d\d?)(?: (?:of|in) (?P<year>{YEAR}|(?:last|this|next) year))?")
def _week_number(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    year = year_value(found["year"], published) if found["year"] else (published.year if published else None)
    return periods.unit("week", dt.date.fromisocalendar(year, int(found["week"]), 1), 0) if year else None


@rule(
    rf"(?:(?P<nth>{NTH}) (?P<unit>quarter|half)|(?P<short>[QH][1-4])|(?P<digit>[1-4])(?P<letter>[QH]))(?:[ -]"
    rf"|,? (?:of|in) (?:the )?|)(?:fiscal(?: year)?|FY)?[ -]?(?P<year>{YEAR}|'?\d\d|{RELATIVE} (?:fiscal "
    rf"|calendar )?year|the year)?(?P<s>'s)?"
)
def _quarter(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return _part_of_year(found, published, tense, found["year"])


@rule(
    rf"(?P<year>{YEAR}|{RELATIVE} year)(?:'s)?[ -]?(?:the )?(?:(?P<nth>{NTH}) (?P<unit>quarter|half)|"
    rf"(?P<short>[QH][1-4])|(?P<digit>[1-4])(?P<letter>[QH]))"
)
def _quarter_after_year(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return _part_of_year(found, published, tense, found["year"])


def _part_of_year(found: re.Match[str], published: dt.date | None, tense: str | None, written: str | None) -> Period | None:
    code = found["short"] or (found["letter"] + found["digit"] if found["letter"] else "")
    unit = {"q": "quarter", "h": "half"}[code[0].casefold()] if code else found["unit"].casefold()
    nth = int(code[1]) if code else (read_ordinal(found["nth"]) if found["nth"].casefold() not in ("final", "last") else 0)
    parts = 4 if unit == "quarter" else 2
    if not written and found["nth"] and found["nth"].casefold() == "last":
        return None  # "last quarter" is the one before this
    nth = nth or parts
    if nth > parts:
        return None
    year = year_value(written, published)
    if year is None:
        if published is None:
            return None
        year = published.year
        this = (published.month - 1) // (12 // parts) + 1
        if nth > this and tense != "future" and (nth - this) > parts // 2:
            year -= 1  # "the fourth quarter", said in spring, is the one reported on
        elif nth < this and tense == "future":
            year += 1
    return periods.quarter(year, nth) if unit == "quarter" else periods.half(year, nth)


def year_value(written: str | None, published: dt.date | None) -> int | None:
    """A year as written: 2023, '23, FY23, "next year", "the year"; None where it is relative and the publication day unknown."""
    if not written:
        return None
    digits = re.search(r"\d+", written)
    if digits:
        value = int(digits[0])
        return value if value > 99 else periods.full_year(value, published)
    if published is None:
        return None
    shift = periods.direction(written)
    return published.year + shift


RULES: tuple[Rule, ...] = (
    _month_day,
    _day_month,
    _iso,
    _year_month,
    _numeric,
    _numeric_without_year,
    _year_and_number,
    _month_days,
    _days_month,
    _month,
    _year,
    _split_year,
    _decade,
    _decade_word,
    _century,
    _week_number,
    _quarter,
    _quarter_after_year,
)
