"""How does an expression become a period: by one of the rules, opened by a word ("since May"), or joined from two ("May to July")?"""

from __future__ import annotations

import datetime as dt
import functools
import re

from nlp import periods
from nlp.date_patterns import LINK, YEAR, Rule
from nlp.date_words import in_figures
from nlp.periods import Period

#: Words before an expression that open its period, and which side of it they keep.
_OPENINGS = {
    "from": r"since|(?:starting|beginning|commencing)(?: on| from| in)?|from|as early as|(?:no|not) earlier than|not before|> ?= ?|≥ ?",
    "past": r"after|later than|greater than|newer than|more recent than|following|> ?",
    "until": r"until|till|through|as late as|(?:no|not) later than|not after|at the latest(?: by)?|up to|< ?= ?|≤ ?",
    "ahead": r"before|prior to|earlier than|older than|less than|smaller than|ahead of|< ?",
}
_OPENING = re.compile(
    rf"(?:{'|'.join(rf'(?P<{side}>{words})' for side, words in _OPENINGS.items())})(?:(?<=[=<>≥≤ ])|\s+)(?P<rest>.+)", re.IGNORECASE
)
#: Longer strings are no date expressions; so the nested reading of compound ones stays short.
_LONGEST = 90
_LATER = re.compile(r"(.+?) (?:or|and) (?:later|after|onwards?|beyond|greater|newer|more recent|above|up)\Z", re.IGNORECASE)
_EARLIER = re.compile(r"(.+?) (?:or|and) (?:earlier|before|older|less|below)\Z", re.IGNORECASE)
_ENDING = re.compile(r"(?:the )?(?:end|close) (?:of )?", re.IGNORECASE)
_TO_DATE = re.compile(r"(?:the )?(?:current|present) (?:date|day)|date|the present|present", re.IGNORECASE)
_LEADING = re.compile(r"^(?:on|in|by|at|during|over|within|for|from|as of|of|throughout|around|about|between|through)\s+", re.IGNORECASE)


def resolve(expression: str, published_on: dt.date | None, *, tense: str | None = None) -> Period | None:
    """The period that an expression means in a text published on a day; None where it means none or the day is needed and unknown.

    `tense` ("past", "future" or None) is the tense of the clause and decides between the last and the coming "Monday" or "May":
    without it a weekday or month is the last one up to and including the publication day, a day and month without a year the
    nearest. An open period ("since May", "before 2020") has None for the side that is open. "by" names the period it ends in.
    """
    text = _tidied(expression)
    if not text or len(text) > _LONGEST:
        return None
    try:
        return _resolve(text, published_on, tense)
    except (ValueError, OverflowError):  # a day out of the calendar
        return None


def _resolve(text: str, published_on: dt.date | None, tense: str | None) -> Period | None:
    whole = _read(text, published_on, tense)
    if whole:
        return whole
    if opened := _OPENING.match(text):
        side, rest = next(name for name in _OPENINGS if opened[name]), opened["rest"]
        if side == "from" and (closed := _closed(rest, published_on, tense)):
            return closed
        return _open(side, rest, resolve(rest, published_on, tense=tense))
    if closing := _LATER.match(text):
        return _open("from", closing[1], resolve(closing[1], published_on, tense=tense))
    if closing := _EARLIER.match(text):
        return _open("until", closing[1], resolve(closing[1], published_on, tense=tense))
    text = _LEADING.sub("", text)
    return _read(text, published_on, tense) or _between(text, published_on, tense)


def _closed(text: str, published: dt.date | None, tense: str | None) -> Period | None:
    """What "from" does not open, since it names its end too: "from 2014 to 2018", "from May 5-7"."""
    if not re.search(LINK, text, re.IGNORECASE):
        return None
    whole = _read(text, published, tense)
    if whole is None:
        return _between(text, published, tense)
    return whole if whole.precision == "day" and whole.on != whole.until else None


def _tidied(expression: str) -> str:
    text = re.sub(r"\s+", " ", expression.strip(" ,.;()'\"")).replace("’", "'")
    text = re.sub(r"\b(\d{1,2})\s+(st|nd|rd|th)\b", r"\1\2", text)
    text = re.sub(r"(\d0)\s+s\b", r"\1s", text)
    return in_figures(re.sub(r"\s+,", ",", text))


@functools.cache
def _rules() -> tuple[Rule, ...]:
    """The rules in the order in which they are tried (some of them resolve the parts of an expression with `resolve` in turn)."""
    from nlp import date_expressions, dates_compound, dates_relative

    return (*date_expressions.RULES, *dates_relative.RULES, *dates_compound.RULES)


def _read(text: str, published: dt.date | None, tense: str | None) -> Period | None:
    for form in dict.fromkeys((text, re.sub(r"^the ", "", text, flags=re.I))):
        for rule in _rules():
            found = rule.pattern.match(form)
            if found:
                try:
                    period = rule.make(found, published, tense)
                except (ValueError, OverflowError):
                    period = None  # 30 February, a year out of the calendar
                if period:
                    return period
    return None


def _open(side: str | None, written: str, period: Period | None) -> Period | None:
    """The period from, after, until or before another one ("before the end of May" is before its end, so May counts)."""
    if period is None:
        return None
    one = dt.timedelta(1)
    if side == "past":
        return Period(period.until + one, None, period.precision) if period.until else None
    if side == "until" or (side == "ahead" and _ENDING.match(written)):
        return Period(None, period.until, period.precision) if period.until else None
    if side == "ahead":
        return Period(None, period.on - one, period.precision) if period.on else None
    return Period(period.on, None, period.precision) if period.on else None


def _between(text: str, published: dt.date | None, tense: str | None) -> Period | None:
    """Two expressions joined into one: "May 18 to June 2", "from 2014 through 2018", "between March and May 2023"."""
    for link in re.finditer(rf"\s*{LINK}\s*", text, re.IGNORECASE):
        left, right = text[: link.start()], re.sub(r"^(?:the|from|on|in)\s+", "", text[link.end() :], flags=re.I)
        if not left or not right or re.fullmatch(r"(?i)(?:the )?(?:mid|early|late|year|month|quarter)", left):
            continue
        joined = _joined(left, right, published, tense)
        if joined:
            return joined
    return None


def _joined(left: str, right: str, published: dt.date | None, tense: str | None) -> Period | None:
    """From one expression to another; a year written with the later one is both's, a later one without a year follows the earlier."""
    if _TO_DATE.fullmatch(right):
        right = "today"
    year = re.search(rf"(?:,? |[-/])({YEAR})$", right)
    lower = None
    if year and not re.search(rf"{YEAR}|\b(?:last|this|next) ", left, re.IGNORECASE):
        lower = _read(f"{left}/{year[1]}" if re.search(r"\d[-/]\d+$", left) else f"{left} {year[1]}", published, tense)
    lower = lower or _read(left, published, tense)
    upper = _read(right, published, tense)
    if lower is None or upper is None or lower.on is None or upper.until is None:
        return None
    if lower.on > upper.until:
        relative = _read(right, None, tense) is None
        if _read(left, None, tense) is None and (year or not relative):
            lower = periods.back_a_year(lower)  # "November to February 2017"
        elif relative:
            upper = _read(right, lower.on, "future") or upper  # "from next Monday to Friday"
    if lower.on and upper.until and published and not year and not re.search(r"\d{4}|last|this|next", f"{left} {right}", re.IGNORECASE):
        lower, upper = _nearest_year(lower, upper, published, tense)
    return Period(lower.on, upper.until, upper.precision) if lower.on and upper.until and lower.on <= upper.until else None


def _nearest_year(lower: Period, upper: Period, published: dt.date, tense: str | None) -> tuple[Period, Period]:
    """Months or days without a year, joined: in the year that brings them nearest to publication ("between August and October")."""
    if lower.precision not in ("day", "month") or upper.precision not in ("day", "month"):
        return lower, upper
    if tense == "past" or (lower.on and upper.until and lower.on <= published <= upper.until):
        return lower, upper
    later_lower, later_upper = periods.on_a_year(lower), periods.on_a_year(upper)
    if not (later_lower.on and later_upper.until and upper.until):
        return lower, upper
    missed = tense == "future" and upper.until < published
    return (later_lower, later_upper) if missed or later_lower.on <= published <= later_upper.until else (lower, upper)
