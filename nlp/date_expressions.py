"""Which period does a date expression mean that names its year or month itself: "13 July 2022", "Q3 2024", "the 1990s", "May 18-19"?

`resolve` tries the rules of this file and of `nlp.dates_relative` in turn; the first whose pattern fits the whole expression wins.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from nlp import periods
from nlp.periods import Period, read_ordinal

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct"
    r"(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b\.?"
ORDINAL_WORD = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
DAY = rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:])|{ORDINAL_WORD})"
YEAR = r"(?:1[5-9]|20|21)\d\d"
COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|few|several|couple of)"
UNIT = r"(?:days?|weeks?|months?|quarters?|years?|decades?|fortnights?|weekdays?|business days?|working days?)"
PERIOD_UNIT = r"(?:day|week|weekend|fortnight|month|quarter|year|decade)"
RELATIVE = (
    r"(?:the (?:past|last|previous|coming|upcoming|following|current|same|next)|last|this|next|past|previous"
    r"|coming|upcoming|following|current|same|that)"
)
NTH = r"(?:first|second|third|fourth|1st|2nd|3rd|4th|final|last)"
PART = r"(?:early|mid|middle|late|beginning|start|end|close)"
SEASON = r"(?:spring|summer|autumn|fall|winter)"

_OPENING = re.compile(
    r"(since|after|before|until|till|prior to|starting(?: on| from| in)?|beginning(?: on| in)?|from|later than"
    r"|earlier than|as early as|as late as"
    r"|no later than|not before)\s+(.+)",
    re.IGNORECASE,
)
_LINKED = re.compile(r"\b(?:to|until|till|through|and)\b|[-–—~]")
_LATER = re.compile(r"(.+?) (?:or|and) (?:later|after|onwards?|beyond)\Z", re.IGNORECASE)
_LEADING = re.compile(r"^(?:on|in|by|at|during|over|within|for|from|as of|of|throughout|around|about|between|through)\s+", re.IGNORECASE)


Maker = Callable[[re.Match[str], dt.date | None, str | None], Period | None]
RULES: list[tuple[re.Pattern[str], Maker]] = []


def rule(pattern: str) -> Callable[[Maker], Maker]:
    def register(maker: Maker) -> Maker:
        RULES.append((re.compile(rf"(?:{pattern})\Z", re.IGNORECASE), maker))
        return maker

    return register


def resolve(expression: str, published_on: dt.date | None, *, tense: str | None = None) -> Period | None:
    """The period that an expression means in a text published on a day; None where it means none or the day is needed and unknown.

    `tense` ("past", "future" or None) is the tense of the clause and decides between the last and the coming "Monday" or "May":
    without it a weekday or month is the last one up to and including the publication day, a day and month without a year the
    nearest. An open period ("since May", "before 2020") has None for the side that is open. "by" names the period it ends in.
    """
    text = _tidied(expression)
    if not text:
        return None
    whole = _read(text, published_on, tense)
    if whole:
        return whole
    opened = _OPENING.match(text)
    if opened and not _LINKED.search(opened[2]):
        return _open(opened[1].casefold().split()[0], resolve(opened[2], published_on, tense=tense))
    if closing := _LATER.match(text):
        return _open("since", resolve(closing[1], published_on, tense=tense))
    text = _LEADING.sub("", text)
    return _read(text, published_on, tense) or _between(text, published_on, tense)


def _tidied(expression: str) -> str:
    text = re.sub(r"\s+", " ", expression.strip(" ,.;()'\"")).replace("’", "'")
    text = re.sub(r"\b(\d{1,2})\s+(st|nd|rd|th)\b", r"\1\2", text)
    text = re.sub(r"(\d0)\s+s\b", r"\1s", text)
    return re.sub(r"\s+,", ",", text)


def _read(text: str, published: dt.date | None, tense: str | None) -> Period | None:
    for form in dict.fromkeys((text, re.sub(r"^the ", "", text, flags=re.I))):
        for pattern, maker in RULES:
            found = pattern.match(form)
            if found:
                try:
                    period = maker(found, published, tense)
                except (ValueError, OverflowError):
                    period = None  # 30 February, a year out of the calendar
                if period:
                    return period
    return None


def _open(word: str, period: Period | None) -> Period | None:
    if period is None:
        return None
    if word in ("after", "later") and period.until:
        return Period(period.until + dt.timedelta(1), None, period.precision)
    if word in ("before", "prior", "earlier") and period.on:
        return Period(None, period.on - dt.timedelta(1), period.precision)
    if word in ("until", "till", "no"):
        return Period(None, period.until, period.precision)
    return Period(period.on, None, period.precision)


def _between(text: str, published: dt.date | None, tense: str | None) -> Period | None:
    """Two expressions joined into one: "May 18 to June 2", "from 2014 through 2018", "between March and May 2023"."""
    for link in re.finditer(r"\s*(?:[-–—~]|\b(?:to|until|till|through|thru|and)\b)\s*", text):
        left, right = text[: link.start()], re.sub(r"^(?:the|from|on|in)\s+", "", text[link.end() :])
        if not left or not right or re.fullmatch(r"(?i)mid|early|late|year|month|quarter", left):
            continue
        upper = _read(right, published, tense)
        year = re.search(rf",? ({YEAR})$", right)
        lower = _read(left + (f" {year[1]}" if year and not re.search(YEAR, left) else ""), published, tense)
        if lower is None and upper is not None:
            lower = _read(left, published, tense)
        if lower and upper and lower.on and upper.until:
            if lower.on > upper.until:  # "November to February 2017"
                lower = periods.back_a_year(lower)
            if lower.on and lower.on <= upper.until:
                return Period(lower.on, upper.until, upper.precision)
    return None


@rule(rf"(?:(?:{WEEKDAY}),? (?:the )?)?(?P<month>{MONTH}),?[ /-]?(?:the )?(?P<day>{DAY}),?(?:[ -]| of | in )?,?(?P<year>{YEAR}|'\d\d)?")
def _month_day(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return periods.day_of(found["year"], periods.month_number(found["month"]), read_ordinal(found["day"]), published, tense)


@rule(
    rf"(?:(?:{WEEKDAY}),? (?:the )?)?(?P<day>{DAY})(?: day)?(?:[ /-]?| of |)(?P<month>{MONTH}),?(?:[ /-]| of | in )?(?P<year>{YEAR}|'\d\d)?"
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


@rule(rf"(?:(?:last|this|next) )?(?:(?:{WEEKDAY}),? )?(?P<a>0?[1-9]|[12]\d|3[01])(?P<sep>[-/.])(?P<b>0?[1-9]|[12]\d|3[01])")
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


@rule(rf"(?P<month>{MONTH}) (?P<from>{DAY}) ?(?:-|–|—|to|and|through|until|&) ?(?P<to>{DAY}),?(?: of)?(?: (?P<year>{YEAR}))?")
def _month_days(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return _days(found, published, tense)


@rule(rf"(?P<from>{DAY}) ?(?:-|–|—|to|and|through|until|&) ?(?:the )?(?P<to>{DAY})(?: of)? (?P<month>{MONTH}),?(?: (?P<year>{YEAR}))?")
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
    rf"(?P<year>{YEAR}|'\d\d|(?:last|this|next) year)?"
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
        return value if value > 99 else (2000 + value if value < 50 else 1900 + value)
    if published is None:
        return None
    shift = periods.direction(written)
    return published.year + shift
