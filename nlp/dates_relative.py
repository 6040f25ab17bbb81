"""Which period does a date expression mean that is seen from the publication day: "last week", "on Tuesday", "three weeks ago"?

Rules for `nlp.date_resolution.resolve`.
"""

from __future__ import annotations

import datetime as dt
import re

from nlp import periods
from nlp.date_expressions import year_value
from nlp.date_patterns import COUNT, DAY, PERIOD_UNIT, RELATIVE, SEASON, UNIT, WEEKDAY, YEAR, Rule, rule
from nlp.date_resolution import resolve
from nlp.periods import WEEKDAYS, Period, read_count, read_ordinal


@rule(
    rf"(?:(?P<part>earlier|later|early|late|mid|middle|beginning|start|end|close)(?:[ -]| of | in )(?:the )?)?"
    rf"(?P<which>{RELATIVE}) (?:fiscal |calendar |financial )?(?P<unit>{PERIOD_UNIT})(?: end)?"
)
def _relative_unit(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if published is None:
        return None
    which, part = found["which"].casefold(), (found["part"] or "").casefold()
    if which == "the past":  # "the past year" runs up to the day
        period = periods.span_of(1, found["unit"].casefold(), published, -1)
    else:
        period = periods.unit(found["unit"].casefold(), published, periods.direction(which))
    return _earlier_or_later(period, part, published)


def _earlier_or_later(period: Period, part: str, published: dt.date) -> Period:
    """ "earlier this year" ends the day before publication, "later this year" begins after it; other parts by the calendar."""
    if part in ("earlier", "later") and period.on and period.until:
        if part == "earlier" and period.on < published <= period.until:
            return Period(period.on, published - dt.timedelta(1), period.precision)
        if part == "later" and period.on <= published < period.until:
            return Period(published + dt.timedelta(1), period.until, period.precision)
        part = {"earlier": "early", "later": "late"}[part]
    return periods.part(period, part or None)


@rule(
    r"(?:(?P<part>earlier|later|early|late|end|close|middle|beginning|start|rest|remainder|remaining|balance)"
    r"(?: of| in)? )?(?:the )?(?P<unit>day|week|weekend|fortnight|month|quarter|year|decade)(?P<end>[ -]end)?"
)
def _this_unit(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if published is None:
        return None
    whole = periods.unit(found["unit"].casefold(), published, 0)
    if (found["part"] or "").casefold() in ("rest", "remainder", "remaining", "balance"):
        return Period(published, whole.until, whole.precision)
    return _earlier_or_later(whole, "end" if found["end"] else (found["part"] or "").casefold(), published)


@rule(r"(?P<unit>year|month|quarter|week)[ -]to[ -]date")
def _to_date(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return Period(periods.unit(found["unit"].casefold(), published, 0).on, published, "day") if published else None


@rule(rf"(?P<unit>year|month|quarter)-end(?:,? (?P<year>{YEAR}))?|end-(?P<at>{YEAR})")
def _unit_end(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if found["at"] or found["year"]:
        return periods.part(periods.year(int(found["at"] or found["year"])), "end")
    return periods.part(periods.unit(found["unit"].casefold(), published, 0), "end") if published else None


@rule(
    rf"(?:(?P<which>last|this|next|this coming|this past|this upcoming|upcoming|coming|following|previous|past"
    rf"|earlier this week,?|later this week,?) |(?P<week>(?:this|next|last|previous|following) week(?:'s)?)"
    rf"(?: on| -)? )?(?P<day>{WEEKDAY})(?: (?:of )?(?:the )?(?P<after>(?:this|next|last|previous"
    rf"|following) week))?(?:,? (?:morning|afternoon|evening|night))?"
)
def _weekday(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if published is None:
        return None
    which = (found["which"] or found["week"] or found["after"] or "").casefold()
    return periods.weekday(WEEKDAYS[found["day"][:3].casefold()], published, which, tense)


@rule(rf"(?:this |next |last )?(?P<day>{WEEKDAY}),? (?:the )?(?P<number>{DAY})")
def _weekday_and_number(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "Monday 21": the nearest month in which that day is that weekday."""
    if published is None:
        return None
    number, day = WEEKDAYS[found["day"][:3].casefold()], read_ordinal(found["number"])
    return periods.nearest_weekday(number, day, published, tense)


@rule(rf"(?P<which>last|this|next) (?P<season>{SEASON})|(?P<other>{SEASON})(?: of)?,? ?(?P<year>{YEAR}|(?:last|this|next) year)?")
def _season(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[(found["season"] or found["other"]).casefold()]
    year = year_value(found["year"], published)
    if year is None:
        if published is None:
            return None
        year = periods.year_of_month(
            first, published, {"last": "past", "next": "future"}.get((found["which"] or "").casefold(), tense), found["which"]
        )
    return Period(dt.date(year, first, 1), periods.month(year + first // 12, (first + 2 - 1) % 12 + 1).until, "quarter")


@rule(
    r"(?P<word>the day before yesterday|the day after tomorrow|yesterday|today|tonight|tomorrow|now|this "
    r"(?:morning|afternoon|evening)|day before yesterday|day after tomorrow)(?: (?:morning|afternoon|evening"
    r"|night))?"
)
def _day_word(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if published is None:
        return None
    word = found["word"].casefold().removeprefix("the ")
    shift = {"day before yesterday": -2, "yesterday": -1, "tomorrow": 1, "day after tomorrow": 2}.get(word, 0)
    return periods.day(published + dt.timedelta(shift))


@rule(
    rf"(?:(?P<count>{COUNT}) )(?P<unit>{UNIT}) (?P<where>ago|earlier|later|from now|from today|hence)|(?:in"
    rf"|within) (?P<in_count>{COUNT}) (?P<in_unit>{UNIT})(?:'s?)?(?: time)?|(?P<ahead>{COUNT}) "
    rf"(?P<ahead_unit>{UNIT})(?:'s?)? time"
)
def _distance(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    count = read_count(found["count"] or found["in_count"] or found["ahead"])
    unit = (found["unit"] or found["in_unit"] or found["ahead_unit"]).casefold().rstrip("s")
    if published is None or count is None:
        return None
    sign = -1 if found["where"] and found["where"].casefold() in ("ago", "earlier") else 1
    return periods.at_distance(sign * count, unit, published)


_WHICH_SPAN = "last|past|previous|next|coming|upcoming|following"


@rule(
    rf"(?:the )?(?P<which>{_WHICH_SPAN}) (?P<count>{COUNT}|couple) (?P<unit>{UNIT})|(?P<count2>{COUNT}) "
    rf"(?P<which2>{_WHICH_SPAN}) (?P<unit2>{UNIT})"
)
def _span(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    count = read_count(found["count"] or found["count2"])
    if published is None or count is None:
        return None
    unit, which = (found["unit"] or found["unit2"]).casefold().rstrip("s"), found["which"] or found["which2"]
    return periods.span_of(count, unit, published, periods.direction(which))


@rule(rf"(?P<which>first|last) (?P<count>{COUNT}) (?P<unit>days|months|quarters|years)(?: of| in) (?P<whole>.+)")
def _first_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    whole, count = resolve(found["whole"], published, tense=tense), read_count(found["count"])
    if whole is None or whole.on is None or whole.until is None or count is None:
        return None
    unit = found["unit"].casefold().rstrip("s")
    if found["which"].casefold() == "first":
        return Period(whole.on, periods.shifted(whole.on, count, unit) - dt.timedelta(1), unit)
    return Period(periods.shifted(whole.until + dt.timedelta(1), -count, unit), whole.until, unit)


@rule(rf"(?P<nth>{DAY}) (?P<unit>day|month) of (?P<whole>.+)")
def _nth_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    whole, nth = resolve(found["whole"], published, tense=tense), read_ordinal(found["nth"])
    if whole is None or whole.on is None:
        return None
    if found["unit"].casefold() == "month" and whole.precision == "year":
        return periods.month(whole.on.year, nth)
    return periods.day(whole.on.replace(day=nth)) if found["unit"].casefold() == "day" and whole.precision == "month" else None


@rule(r"week (?:of|starting(?: on)?|beginning(?: on)?|commencing|ending(?: on)?) (?:the )?(?P<day>.+)")
def _week_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    anchor = resolve(found["day"], published, tense=tense)
    return periods.unit("week", anchor.on, 0) if anchor and anchor.on and anchor.precision == "day" else None


@rule(r"(?:the )?(?P<day>(?:[1-9]|[12]\d|3[01])(?:st|nd|rd|th))(?: (?:of )?(?P<which>this|last|next|the) month)?")
def _day_alone(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if published is None:
        return None
    number = read_ordinal(found["day"])
    shift = periods.direction(found["which"] or "this")
    if not found["which"]:
        shift = -1 if number > published.day and tense == "past" else 1 if number < published.day and tense == "future" else 0
    whole = periods.unit("month", published, shift)
    return periods.day(dt.date(whole.on.year, whole.on.month, number)) if whole.on else None


RULES: tuple[Rule, ...] = (
    _relative_unit,
    _this_unit,
    _to_date,
    _unit_end,
    _weekday,
    _weekday_and_number,
    _season,
    _day_word,
    _distance,
    _span,
    _first_of,
    _nth_of,
    _week_of,
    _day_alone,
)
