"""Which period does a date expression mean that is made of others: "the first Friday of May", "two weeks from today", "the week of
7 March", "the six months ended June 30", "Friday of last week"?

Rules for `nlp.date_resolution.resolve`, tried after those of simple expressions. Weeks of a month or
year are counted as ISO 8601 counts those of a year: the first is the one whose Thursday lies in it.
"""

from __future__ import annotations

import datetime as dt
import re

from nlp import periods
from nlp.date_patterns import COUNT, DAY, JOINED, LINK, MONTH, NTH, UNIT, WEEKDAY, YEAR, Rule, rule
from nlp.date_resolution import resolve
from nlp.holidays import holiday, holiday_pattern, nth_weekday
from nlp.periods import WEEKDAYS, Period, read_count, read_ordinal

_DURATION = rf"{COUNT} {UNIT}(?:,? (?:and )?{COUNT} {UNIT})*"
_STEP = re.compile(rf"({COUNT}) ({UNIT})", re.IGNORECASE)
_WHICH = r"last|past|previous|this|next|coming|following|upcoming|current"
_NAMES_ITS_DAY = re.compile(rf"{MONTH}|\d[-/.]\d", re.IGNORECASE)


def _duration(written: str) -> list[tuple[int, str]] | None:
    """ "2 years, 1 month and 21 days" → [(2, "year"), (1, "month"), (21, "day")]; None where a count is vague ("several")."""
    steps = [(read_count(count), unit.casefold().rstrip("s")) for count, unit in _STEP.findall(written)]
    return [(count, unit) for count, unit in steps if count is not None] if all(c is not None for c, _ in steps) else None


def _walk(seen_from: dt.date, steps: list[tuple[int, str]], sign: int) -> dt.date:
    for count, unit in steps:
        seen_from = periods.at_distance(sign * count, unit, seen_from).on or seen_from
    return seen_from


# -- weekdays ---------------------------------------------------------------------------------------------------------------------


@rule(
    rf"(?:(?:{_WHICH}) )?(?P<day>{WEEKDAY}),?(?: |-|(?= ?\())(?:of )?\(?(?P<rest>[^()]+)\)?"
    rf"|(?P<before>.+?),? on (?:a )?(?P<after>{WEEKDAY})"
)
def _weekday_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "Friday of last week", "Monday two weeks from now", "this Friday (June 15)": a date's own day, else that weekday of the week."""
    rest, name = found["rest"] or found["before"], found["day"] or found["after"]
    whole = resolve(rest, published, tense=tense)
    if whole is None or whole.on is None or whole.until is None:
        return None
    number = WEEKDAYS[name[:3].casefold()]
    if whole.precision == "day":
        if _NAMES_ITS_DAY.search(rest):
            return whole if whole.on == whole.until else None
        return periods.day(_of_week(whole.on, number)) if whole.on == whole.until else None
    if whole.precision == "week":
        return periods.day(_of_week(whole.on, number))
    if whole.on == whole.until:  # counted in months or years from a day: the first such weekday from there
        return periods.day(whole.on + dt.timedelta((number - whole.on.weekday()) % 7))
    return None


def _whole(written: str, published: dt.date | None, tense: str | None) -> Period | None:
    """The period that a part is of; None for two joined ones ("the middle of 2007 to the end of 2008" begins with its middle)."""
    return None if JOINED.search(written) else resolve(written, published, tense=tense)


def _of_week(day: dt.date, number: int) -> dt.date:
    return day - dt.timedelta(day.weekday()) + dt.timedelta(number)


@rule(rf"(?P<nth>{NTH}|fifth|5th) (?P<day>{WEEKDAY})(?: of| in|,)? (?:the month of )?(?P<whole>.+)")
def _nth_weekday(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    whole = _whole(found["whole"], published, tense)
    if whole is None or whole.on is None or whole.precision not in ("month", "year"):
        return None
    nth = -1 if found["nth"].casefold() in ("last", "final") else read_ordinal(found["nth"])
    month = whole.until.month if nth < 0 and whole.until else whole.on.month
    return periods.day(nth_weekday(whole.on.year, month, WEEKDAYS[found["day"][:3].casefold()], nth))


@rule(
    rf"weekend (?:of|after|following|before) (?P<day>.+)|(?P<named>(?:{holiday_pattern()})(?:,? {YEAR})?) weekend"
    rf"(?:,? (?:of |in )?(?P<year>{YEAR}))?"
)
def _weekend_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """The weekend next to a day, with the day where it adjoins ("Labor Day weekend": Saturday to Monday)."""
    written = found["day"] or f"{found['named']} {found['year'] or ''}".strip()
    day = resolve(written, published, tense=tense)
    if day is None or day.on is None or day.on != day.until:
        return None
    saturday = _of_week(day.on, 5) - dt.timedelta(7 if day.on.weekday() < 2 else 0)
    return Period(min(saturday, day.on), max(saturday + dt.timedelta(1), day.on), "day")


@rule(rf"(?:(?P<which>{_WHICH}) )?(?:working|work|business)[ -]?week")
def _working_week(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if published is None:
        return None
    week = periods.unit("week", published, periods.direction(found["which"] or "this"))
    return Period(week.on, week.on + dt.timedelta(4), "week") if week.on else None


# -- distances and lengths --------------------------------------------------------------------------------------------------------


@rule(r"(?P<unit>day|week|weekend|month|quarter|year) (?P<where>after next|before last|after this|before this)")
def _after_next(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    if published is None:
        return None
    shift = {"after next": 2, "before last": -2, "after this": 1, "before this": -1}[found["where"].casefold()]
    return periods.unit(found["unit"].casefold(), published, shift)


@rule(
    rf"(?:in |within )?(?:exactly |about |around |some )?(?P<duration>{_DURATION}) (?:(?P<where>ago|earlier|later|hence|from now)"
    r"|(?P<link>after|before|from|since|prior to|ahead of|following|starting|of) (?P<anchor>.+))"
)
def _at_a_distance(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "2 years, 1 month and 21 days later", "three days from Tuesday": the day counted off; "3 days starting Monday" is a length."""
    steps = _duration(found["duration"])
    if not steps:
        return None
    if where := found["where"]:
        if published is None:
            return None
        return _as_exact(_walk(published, steps, -1 if where.casefold() in ("ago", "earlier") else 1), steps)
    link = found["link"].casefold()
    if link == "of":
        return None
    ahead = tense or (None if link in ("before", "prior to", "since", "ahead of") else "future")
    anchor = resolve(re.sub(r"^(?:on|from|in) ", "", found["anchor"], flags=re.I), published, tense=ahead)
    if anchor is None or anchor.on is None or anchor.precision != "day":
        return None
    if link == "starting":
        return Period(anchor.on, _walk(anchor.on, steps, 1) - dt.timedelta(1), _finest(steps))
    return _as_exact(_walk(anchor.on, steps, -1 if link in ("before", "prior to", "ahead of") else 1), steps)


def _as_exact(day: dt.date, steps: list[tuple[int, str]]) -> Period:
    return Period(day, day, _finest(steps))


def _finest(steps: list[tuple[int, str]]) -> str:
    """The precision of a length: that of its smallest unit."""
    order = ("day", "week", "month", "quarter", "half", "year")
    exact = [{"decade": "year", "fortnight": "week"}.get(unit, unit if unit in order else "day") for _, unit in steps]
    return min(exact, key=order.index)


@rule(
    rf"(?P<plan>for )?(?:a (?:period|term) of )?(?P<duration>{_DURATION}),? "
    rf"(?:starting|beginning|commencing|from)(?: on| from| in)? (?P<anchor>.+)"
)
def _length_from(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "for 3 days from today", "two weeks beginning May 20th"."""
    ahead = tense or ("future" if found["plan"] or re.match(WEEKDAY, found["anchor"], re.IGNORECASE) else None)
    steps, anchor = _duration(found["duration"]), resolve(found["anchor"], published, tense=ahead)
    if not steps or anchor is None or anchor.on is None:
        return None
    return Period(anchor.on, _walk(anchor.on, steps, 1) - dt.timedelta(1), _finest(steps))


@rule(
    rf"(?P<duration>{_DURATION}|(?:fiscal |financial |calendar |half[ -]|full )?year|quarter|half|month|week)"
    r" (?:period )?(?:ended|ending|end|to|through|up to)(?: on)? (?:the )?(?P<last>.+)"
)
def _length_until(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "the six months ended June 30", "the year to March 2023": the length that ends with a day or month."""
    written = found["duration"].casefold()
    months = {"quarter": 3, "half": 6, "month": 1}.get(written, 6 if written.startswith("half") else 12)
    steps = (
        [(1, "week")] if written == "week" else _duration(written) if written[0].isdigit() or _STEP.match(written) else [(months, "month")]
    )
    last = resolve(found["last"], published, tense=tense or "past")
    if not steps or last is None or last.until is None or last.precision not in ("day", "month"):
        return None
    precision = (
        {3: "quarter", 6: "half", 12: "year"}.get(months, "month") if not _STEP.match(written) and written != "week" else _finest(steps)
    )
    return Period(_walk(last.until + dt.timedelta(1), steps, -1), last.until, precision)


@rule(rf"(?P<which>last|past|previous|next|coming|following) (?P<duration>{_DURATION})")
def _long_span(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "the last 3 months and 2 weeks" (one unit alone is read elsewhere)."""
    steps = _duration(found["duration"])
    if published is None or not steps:
        return None
    if periods.direction(found["which"]) < 0:
        return Period(_walk(published, steps, -1), published - dt.timedelta(1), _finest(steps))
    return Period(published + dt.timedelta(1), _walk(published, steps, 1), _finest(steps))


@rule(rf"(?P<more>more|less|fewer) than (?P<duration>{_DURATION}) (?:(?P<ago>ago)|(?P<link>before|after|from|prior to) (?P<anchor>.+))")
def _beyond(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "more than two weeks ago" is open on the far side, "less than 3 days after tomorrow" ends within that reach."""
    steps = _duration(found["duration"])
    anchor = resolve(found["anchor"], published, tense=tense) if found["anchor"] else periods.day(published) if published else None
    if not steps or anchor is None or anchor.on is None or anchor.precision != "day":
        return None
    back = bool(found["ago"]) or found["link"].casefold() in ("before", "prior to")
    reached = _walk(anchor.on, steps, -1 if back else 1)
    one = dt.timedelta(1)
    if found["more"].casefold() == "more":
        return Period(None, reached - one, _finest(steps)) if back else Period(reached + one, None, _finest(steps))
    return Period(reached + one, anchor.on, _finest(steps)) if back else Period(anchor.on, reached - one, _finest(steps))


@rule(r"(?:up )?(?:to|till|until) (?:date|now|the present|the present day)")
def _to_date(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    return Period(None, published, "day") if published else None


# -- parts of a longer period -----------------------------------------------------------------------------------------------------


@rule(rf"(?P<nth>{NTH}|fifth|5th) (?:full )?week(?: of| in|,)? (?:the month of |the year )?(?P<whole>.+)")
def _nth_week(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    weeks = _weeks_of(found["whole"], published, tense)
    nth = -1 if found["nth"].casefold() in ("last", "final") else read_ordinal(found["nth"]) - 1
    return periods.unit("week", weeks[nth], 0) if weeks and nth < len(weeks) else None


@rule(rf"(?P<which>first|1st|last|final) (?P<count>{COUNT}) weeks(?: of| in) (?P<whole>.+)")
def _some_weeks(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    weeks, count = _weeks_of(found["whole"], published, tense), read_count(found["count"])
    if not weeks or not count or count > len(weeks):
        return None
    chosen = weeks[:count] if found["which"].casefold() in ("first", "1st") else weeks[-count:]
    return Period(chosen[0], chosen[-1] + dt.timedelta(6), "week")


def _weeks_of(written: str, published: dt.date | None, tense: str | None) -> list[dt.date]:
    """The Mondays of the weeks whose Thursday lies in a month, quarter or year."""
    whole = _whole(written, published, tense)
    if whole is None or whole.on is None or whole.until is None or whole.precision not in ("month", "quarter", "half", "year"):
        return []
    thursday = whole.on + dt.timedelta((3 - whole.on.weekday()) % 7)
    count = (whole.until - thursday).days // 7 + 1 if thursday <= whole.until else 0
    return [thursday + dt.timedelta(7 * week - 3) for week in range(count)]


@rule(r"(?P<nth>first|second|1st|2nd|latter) half (?:of |in )?(?P<whole>.+)")
def _half_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """Half a month or decade (those of a year are read elsewhere)."""
    whole = _whole(found["whole"], published, tense)
    if whole is None or whole.on is None or whole.until is None:
        return None
    first = found["nth"].casefold() in ("first", "1st")
    if whole.precision == "month" and whole.on.month == whole.until.month:
        return Period(whole.on, whole.on.replace(day=15), "week") if first else Period(whole.on.replace(day=16), whole.until, "week")
    if whole.precision == "year":
        years = whole.until.year - whole.on.year + 1
        if years == 1:
            return periods.half(whole.on.year, 1 if first else 2)
        if years % 2 == 0:
            middle = dt.date(whole.on.year + years // 2, 1, 1)
            return Period(whole.on, middle - dt.timedelta(1), "year") if first else Period(middle, whole.until, "year")
    return None


@rule(
    r"(?P<part>early|mid|middle|late|later|beginning|start|end|close|opening|turn)"
    r"(?:[ -]| of | in | part of | days of )(?:the )?(?P<whole>.+)"
)
def _part_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """A part of anything longer than a day ("the end of the third quarter", "early in the second half of 2024")."""
    whole = _whole(found["whole"], published, tense)
    if whole is None or whole.on is None or whole.until is None or whole.on == whole.until:
        return None
    part = {"later": "late", "opening": "early", "turn": "beginning"}.get(found["part"].casefold(), found["part"])
    return periods.part(whole, part)


@rule(rf"(?P<month>march|june|september|december) quarter(?:(?:,? of|,? in|,)? (?P<year>{YEAR}|(?:last|this|next) year))?")
def _quarter_to_month(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """The quarter named by its last month, as in Australia and India."""
    month = resolve(f"{found['month']} {found['year'] or ''}".strip(), published, tense=tense or "past")
    return periods.quarter(month.on.year, month.on.month // 3) if month and month.on else None


@rule(rf"(?P<from>{DAY}) ?{LINK} ?(?:the )?(?P<to>{DAY})(?: of| in) (?P<whole>.+)")
def _days_of(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "the 4th to the 23rd of next month"."""
    whole = _whole(found["whole"], published, tense)
    if whole is None or whole.on is None or whole.precision != "month":
        return None
    first, last = whole.on.replace(day=read_ordinal(found["from"])), whole.on.replace(day=read_ordinal(found["to"]))
    return Period(first, last, "day") if first < last else None


# -- named days, and days of a named year -----------------------------------------------------------------------------------------


@rule(
    rf"(?:(?P<which>{_WHICH}) )?(?P<name>{holiday_pattern()})(?:,? (?:of |in )?(?P<year>{YEAR}|(?:last|this|next|the previous"
    r"|the following) year))?"
)
def _holiday(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    written, which = found["year"], found["which"]
    if written and written.isdigit():
        return periods.day(holiday(found["name"], int(written)))
    if published is None:
        return None
    if written:
        return periods.day(holiday(found["name"], published.year + periods.direction(written)))
    return periods.day(_occurrence([holiday(found["name"], published.year + shift) for shift in (-1, 0, 1)], published, which, tense))


def _occurrence(days: list[dt.date], published: dt.date, which: str | None, tense: str | None) -> dt.date:
    """Of the same day in three years: "next" and "last" are strictly ahead and behind, "this" is this year's, else the tense decides."""
    if which and which.casefold() in ("this", "current"):
        return days[1]
    shift = periods.direction(which or "")
    if shift:
        tense = "past" if shift < 0 else "future"
        days = [d for d in days if d != published]
    fitting = [d for d in days if (tense == "past" and d <= published) or (tense == "future" and d >= published)] or days
    return min(fitting, key=lambda d: (abs((d - published).days), d))


@rule(
    rf"(?P<which>{_WHICH}) (?:the )?(?:(?P<month>{MONTH}) (?:the )?(?P<day>{DAY})|(?P<day2>{DAY})(?: of)? (?P<month2>{MONTH})"
    r"|(?P<m>0?[1-9]|1[0-2])[-/](?P<d>0?[1-9]|[12]\d|3[01]))"
)
def _named_day(found: re.Match[str], published: dt.date | None, tense: str | None) -> Period | None:
    """ "next 6th of April", "last May 5"."""
    if published is None:
        return None
    month = periods.month_number(found["month"] or found["month2"]) if not found["m"] else int(found["m"])
    number = int(found["d"]) if found["d"] else read_ordinal(found["day"] or found["day2"])
    days = [periods.day_of(str(published.year + shift), month, number, published, None) for shift in (-1, 0, 1)]
    return periods.day(_occurrence([d.on for d in days if d and d.on], published, found["which"], tense))


RULES: tuple[Rule, ...] = (
    _weekday_of,
    _nth_weekday,
    _weekend_of,
    _working_week,
    _after_next,
    _at_a_distance,
    _length_from,
    _length_until,
    _long_span,
    _beyond,
    _to_date,
    _nth_week,
    _some_weeks,
    _half_of,
    _part_of,
    _quarter_to_month,
    _days_of,
    _holiday,
    _named_day,
)
