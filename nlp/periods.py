"""What days does a week, month, quarter or part of one have, seen from a given day? The calendar under `nlp.dates`."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
WEEKDAYS = {name[:3].casefold(): number for number, name in enumerate(calendar.day_name)}

_COUNTS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day (inclusive; None where the period is open on that side) and how exact the expression is.

    `precision` is one of day, week, month, quarter, half, year.
    """

    on: dt.date | None
    until: dt.date | None
    precision: str


def read_count(written: str) -> int | None:
    """ "3", "three", "a", "couple of" → a number; "few" and "several" name none."""
    word = written.casefold()
    if word.isdigit():
        return int(word)
    if word in ("a", "an"):
        return 1
    if word in ("couple of", "couple"):
        return 2
    if word in _COUNTS:
        return _COUNTS.index(word) + 1
    return {"twenty": 20, "thirty": 30}.get(word)


def read_ordinal(written: str) -> int:
    """ "13", "13th", "third", "twenty-second" → the number."""
    digits = "".join(c for c in written if c.isdigit())
    if digits:
        return int(digits)
    parts = written.casefold().replace("-", " ").split()
    tens = {"twenty": 20, "thirty": 30, "thirtieth": 30}
    return sum(tens.get(p, 0) or _ORDINALS.index(p) + 1 for p in parts)


def month_number(written: str) -> int:
    """ "Sept." → 9."""
    return next(number for name, number in MONTHS.items() if name.startswith(written[:3].casefold()))


def direction(which: str) -> int:
    """-1 for "last" and the like, 1 for "next", else 0."""
    words = which.casefold().split()
    if {"last", "past", "previous"} & set(words):
        return -1
    return 1 if {"next", "coming", "upcoming", "following"} & set(words) else 0


def day(on: dt.date) -> Period:
    """One day."""
    return Period(on, on, "day")


def month(year: int, number: int) -> Period:
    """A calendar month."""
    return Period(dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1]), "month")


def quarter(year: int, nth: int) -> Period:
    """A calendar quarter, 1 to 4."""
    return Period(dt.date(year, 3 * nth - 2, 1), month(year, 3 * nth).until, "quarter")


def half(year: int, nth: int) -> Period:
    """A half of a year, 1 or 2."""
    return Period(dt.date(year, 6 * nth - 5, 1), month(year, 6 * nth).until, "half")


def year(number: int) -> Period:
    """A calendar year."""
    return Period(dt.date(number, 1, 1), dt.date(number, 12, 31), "year")


def unit(name: str, seen_from: dt.date, shift: int) -> Period:
    """The week (from Monday), month, … that holds a day, or the one `shift` further on."""
    if name == "day":
        return day(seen_from + dt.timedelta(shift))
    if name == "fortnight":
        monday = seen_from - dt.timedelta(seen_from.weekday()) + dt.timedelta(14 * shift)
        return Period(monday, monday + dt.timedelta(13), "week")
    if name == "week":
        monday = seen_from - dt.timedelta(seen_from.weekday()) + dt.timedelta(7 * shift)
        return Period(monday, monday + dt.timedelta(6), "week")
    if name == "weekend":
        saturday = seen_from - dt.timedelta(seen_from.weekday()) + dt.timedelta(5 + 7 * shift)
        return Period(saturday, saturday + dt.timedelta(1), "day")
    if name == "decade":
        first = seen_from.year - seen_from.year % 10 + 10 * shift
        return Period(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), "year")
    if name == "year":
        return year(seen_from.year + shift)
    months = {"month": 1, "quarter": 3}[name]
    index = (seen_from.year * 12 + seen_from.month - 1) // months + shift
    first_month = index * months
    if months == 1:
        return month(first_month // 12, first_month % 12 + 1)
    return quarter(first_month // 12, first_month % 12 // 3 + 1)


def span_of(count: int, name: str, seen_from: dt.date, sign: int) -> Period:
    """ "the next 3 days", "the past year": `count` units that begin after, or end before, the day; years and decades whole ones ahead."""
    precision = {"decade": "year", "fortnight": "week"}.get(name, name)
    if name in ("quarter", "decade"):  # whole ones
        whole = [unit(name, seen_from, sign * step) for step in range(1, count + 1)]
        return Period(min(p.on for p in whole if p.on), max(p.until for p in whole if p.until), precision)
    if name.endswith(" day") or name == "weekday":
        return working_days(count, seen_from, sign)
    other = shifted(seen_from, sign * count, name)
    if sign < 0:
        return Period(other, seen_from - dt.timedelta(1), precision)
    return Period(seen_from + dt.timedelta(1), other, precision)


def working_days(count: int, seen_from: dt.date, sign: int) -> Period:
    """The next or last `count` days from Monday to Friday, without the day itself."""
    reached: list[dt.date] = []
    current = seen_from
    while len(reached) < count:
        current += dt.timedelta(sign)
        if current.weekday() < 5:
            reached.append(current)
    return Period(min(reached), max(reached), "day") if reached else day(seen_from)


def at_distance(count: int, name: str, seen_from: dt.date) -> Period:
    """ "two weeks ago", "in 3 months": the day at that distance, as exact as the unit that it is counted in."""
    if name.endswith(" day") or name == "weekday":
        days = working_days(abs(count), seen_from, 1 if count > 0 else -1)
        reached = days.until if count > 0 else days.on
        return Period(reached, reached, "day")
    reached = shifted(seen_from, count, name)
    precision = {"decade": "year", "fortnight": "week"}.get(name, name)
    return Period(reached, reached, precision)


def shifted(seen_from: dt.date, count: int, name: str) -> dt.date:
    """The day `count` units away; a day that its month does not have becomes its last."""
    if name in ("day", "week", "fortnight"):
        return seen_from + dt.timedelta(count * {"day": 1, "week": 7, "fortnight": 14}[name])
    months = seen_from.year * 12 + seen_from.month - 1 + count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[name]
    to_year, to_month = months // 12, months % 12 + 1
    return dt.date(to_year, to_month, min(seen_from.day, calendar.monthrange(to_year, to_month)[1]))


def weekday(number: int, published: dt.date, which: str, tense: str | None) -> Period:
    """A named weekday: the last one up to and including publication, the coming one in the future, or that of a named week."""
    this = published - dt.timedelta(published.weekday()) + dt.timedelta(number)
    if "past" in which:
        tense, which = "past", ""
    if "coming" in which:
        return day(this if this > published else this + dt.timedelta(7))
    if "last" in which or "previous" in which:
        return day(this - dt.timedelta(7))
    if "next" in which or "following" in which:
        return day(this + dt.timedelta(7))
    if "this" in which:
        return day(this)
    if tense == "future":
        return day(this if this >= published else this + dt.timedelta(7))
    return day(this if this <= published else this - dt.timedelta(7))


def nearest_weekday(number: int, of_month: int, published: dt.date, tense: str | None) -> Period | None:
    """The day `of_month` that falls on a weekday, in the month nearest to publication (this one first, then the coming, then the past)."""
    for distance in range(14):
        for sign in (1, -1) if distance else (1,):
            if (tense == "past" and sign > 0 and distance) or (tense == "future" and sign < 0):
                continue
            index = published.year * 12 + published.month - 1 + sign * distance
            if of_month <= calendar.monthrange(index // 12, index % 12 + 1)[1]:
                candidate = dt.date(index // 12, index % 12 + 1, of_month)
                if candidate.weekday() == number:
                    return day(candidate)
    return None


def full_year(two_digits: int, published: dt.date | None) -> int:
    """The year that two figures mean: of the hundred years that end twenty after publication (1950 to 2049 where it is unknown)."""
    if published is None:
        return two_digits + (2000 if two_digits < 50 else 1900)
    last = published.year + 20
    return last - (last - two_digits) % 100


def day_of(written_year: str | None, number: int, of_month: int, published: dt.date | None, tense: str | None) -> Period | None:
    """A day of a month. Without a year: the last such day in the past tense, the coming one in the future, else the nearest.

    Raises `ValueError` for a day that the month does not have.
    """
    if written_year:
        value = int("".join(c for c in written_year if c.isdigit()))
        if value < 100:
            value = full_year(value, published)
        return day(dt.date(value, number, of_month))
    if published is None:
        return None
    near: list[dt.date] = []
    for candidate in range(published.year - 1, published.year + 2):
        if of_month <= calendar.monthrange(candidate, number)[1]:
            near.append(dt.date(candidate, number, of_month))
    fitting = [d for d in near if (tense == "past" and d <= published) or (tense == "future" and d >= published)] or near
    return day(min(fitting, key=lambda d: (abs((d - published).days), d))) if fitting else None


def year_of_month(number: int, published: dt.date, tense: str | None, which: str | None) -> int:
    """The year that a month without one belongs to: the last such month up to publication, or the coming one."""
    if which and which.casefold() == "this":
        return published.year
    if tense == "future":
        return published.year + (number < published.month or (which is not None and number == published.month))
    if which:  # "last May" is never this month
        return published.year - (number >= published.month)
    return published.year - (number > published.month)


def part(period: Period, name: str | None) -> Period:
    """The early, middle or late part of a period, or its first or last day."""
    word = (name or "").casefold()
    on, until = period.on, period.until
    if not word or on is None or until is None:
        return period
    if word in ("end", "close"):
        return Period(until, until, "day")
    if word in ("beginning", "start"):
        word = "early"
    length = (until - on).days + 1
    if period.precision == "year" and length < 400:
        first, last = {"early": (1, 6), "mid": (5, 8), "middle": (5, 8), "late": (7, 12)}[word]
        return Period(dt.date(on.year, first, 1), month(on.year, last).until, "half")
    if period.precision == "month":
        days = {"early": (1, 10), "mid": (11, 20), "middle": (11, 20), "late": (21, until.day)}[word]
        return Period(on.replace(day=days[0]), on.replace(day=days[1]), "week")
    if period.precision == "year":  # a decade: its first, middle and last years
        offset = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (6, 9)}[word]
        return Period(dt.date(on.year + offset[0], 1, 1), dt.date(on.year + offset[1], 12, 31), "year")
    middle = on + dt.timedelta(length // 2)
    if word == "early":
        return Period(on, middle - dt.timedelta(1), period.precision)
    return Period(middle, until, period.precision) if word == "late" else Period(on, until, period.precision)


def back_a_year(period: Period) -> Period:
    """The same days a year earlier ("November to February 2017": the November before)."""
    return _moved_a_year(period, -1)


def on_a_year(period: Period) -> Period:
    """The same days a year later."""
    return _moved_a_year(period, 1)


def _moved_a_year(period: Period, years: int) -> Period:
    if period.on is None or period.until is None:
        return period
    on, until = shifted(period.on, years, "year"), shifted(period.until, years, "year")
    if period.precision == "month":  # February ends where its year ends it
        until = until.replace(day=calendar.monthrange(until.year, until.month)[1])
    return Period(on, until, period.precision)
