"""When was a document published: the day as printed, the instant, and how precisely the source says so?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from dateutil import parser as dateutil_parser
from dateutil.tz import tzoffset

EARLIEST, LATEST = 1800, 2100  # years a publication day is believed in

# Month names of the languages joint statements are issued in, by their stem; from the Unicode CLDR.
_STEMS = {
    1: "jan|ene|gen|janv|januar|styczni",
    2: "feb|fév|fev|févr|febr|febb|luty|lutego",
    3: "mar|mär|mars|març|marz|maart|marc",
    4: "apr|avr|abr|april|abril|aprile|avril|kwie",
    5: "may|mai|mag|maj|mei|mayo|maio",
    6: "jun|juin|giu|juni",
    7: "jul|juil|lug|juli",
    8: "aug|aoû|aou|ago",
    9: "sep|set|sept",
    10: "oct|okt|ott|out",
    11: "nov",
    12: "dec|déc|dez|dic",
}
_MONTH = {stem: month for month, stems in _STEMS.items() for stem in stems.split("|")}
_MONTH_WORD = (
    r"(?:jan(?:uary|uar|vier|eiro)?|enero|ene|gennaio|feb(?:ruary|ruar|rero|braio)?|fév(?:rier)?|fevereiro|mar(?:ch|s|zo|ço)?|märz|mrz"
    r"|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|maio|mayo|maggio|mei|june?|juni|junio|junho|juin|giugno|july?|juli|julio|julho|juillet|luglio"
    r"|aug(?:ust|ustus)?|août|aout|agosto|ago|sept?(?:ember|iembre|embre|tembre)?|setembro|settembre|oct(?:ober|ubre|obre)?|okt(?:ober)?|outubro|ottobre"
    r"|nov(?:ember|iembre|embre|embro)?|dec(?:ember)?|dez(?:ember|embro)?|déc(?:embre)?|dic(?:iembre|embre)?)"
)
_DAY_FIRST = rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?(?P<m1>{_MONTH_WORD})\.?,?\s+(?:de\s+|del\s+)?(?P<y1>\d{{4}})"
_MONTH_FIRST = rf"(?P<m2>{_MONTH_WORD})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
_ISO = r"(?P<y3>\d{4})-(?P<m3>\d{1,2})-(?P<d3>\d{1,2})"
_DOTTED = r"(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4})"
_EAST_ASIAN = r"(?P<y5>\d{4})\s*[年년]\s*(?P<m5>\d{1,2})\s*[月월]\s*(?P<d5>\d{1,2})\s*[日일]"
_WRITTEN = re.compile(rf"(?<![\w–-])(?:{_DAY_FIRST}|{_MONTH_FIRST}|{_ISO}|{_DOTTED}|{_EAST_ASIAN})(?!\d)", re.I)
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11,
}  # fmt: skip
_DATELINE_LEFT = re.compile(
    r"^(?:for (?:immediate )?release|published|posted|updated|date|issued|on|at|press release|statement|released|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|[\W\d:]|\d{1,2}:\d{2}\s*(?:[ap]\.?m\.?)?|(?-i:[A-Z]{2,4}))*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class When:
    """A publication time: its local day, its instant in UTC, and the precision ('second' or 'day')."""

    on: date
    at: datetime
    precision: str

    @classmethod
    def day(cls, on: date) -> When:
        """A day without a time: its instant is midnight UTC."""
        return cls(on, datetime.combine(on, time(), UTC), "day")

    @classmethod
    def instant(cls, at: datetime) -> When:
        """An instant with a zone; the day is that of its own zone."""
        return cls(at.date(), at.astimezone(UTC).replace(microsecond=0), "second")


def parse_when(value: Any) -> When | None:
    """The publication time that a metadata value means, or None where it names no certain day.

    Takes ISO 8601, RFC 2822, written dates, epoch seconds or milliseconds. A time without a zone gives the day alone; a date that
    could be read in two orders (03/04/2023) gives None.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _parse_epoch(float(value))
    if isinstance(value, datetime):
        return _believed(When.instant(value) if value.tzinfo else When.day(value.date()))
    if isinstance(value, date):
        return _believed(When.day(value))
    text = " ".join(str(value).split())
    if not 6 <= len(text) <= 80:
        return None
    if text.isdigit():
        return _parse_epoch(float(text)) if len(text) in (10, 13) else _parse_compact(text)
    return _believed(_parse_text(text))


def choose(values: Iterable[Any]) -> When | None:
    """One publication time out of several values for it: the first that says a day fixes the day; a time for the same moment adds
    the instant.

    `date: 2021-04-22` beside `published_time: 2021-04-22 23:06:11-04:00` gives that day and that instant.
    """
    parsed = [when for when in map(parse_when, values) if when]
    if not parsed:
        return None
    first = parsed[0]
    exact = next((w for w in parsed if w.precision == "second" and abs((w.on - first.on).days) <= 1), None)
    if exact is None:
        return first
    printed = next((w.on for w in parsed if w.precision == "day" and abs((w.on - exact.on).days) <= 1), exact.on)
    return When(printed, exact.at, "second")


def find_dates(text: str) -> list[tuple[int, int, date]]:
    """Full dates written in a text (day, month and year; English, French, German, Italian, Portuguese, Spanish month names, ISO,
    dd.mm.yyyy, East Asian), as (start, end, day)."""
    return [(m.start(), m.end(), day) for m in _WRITTEN.finditer(text) if (day := _day_of(m)) is not None]


def dateline_day(line: str) -> date | None:
    """The day of a line that says nothing but when (and where, or by which desk) a document was issued, else None."""
    if len(line) > 90:
        return None
    dates = find_dates(line)
    if len(dates) != 1:
        return None
    start, end, day = dates[0]
    left, right = line[:start].strip(" ,:-–—|()"), line[end:].strip(" ,:-–—|().")
    place = left.split(",")[0]
    left_fits = bool(_DATELINE_LEFT.match(left)) or (
        len(left.split()) <= 4 and left[:1].isupper() and not re.search(r"[a-z]{3} [a-z]{3,}", place)
    )
    right_fits = len(right.split()) <= 4 and (not right or right[:1].isupper() or right[:1].isdigit() or right.startswith("at "))
    return day if left_fits and right_fits else None


def _parse_epoch(value: float) -> When | None:
    seconds = value / 1000 if value >= 1e11 else value
    if not 1e8 <= seconds <= 4.1e9:  # a small number is a year or a count, no epoch
        return None
    return When.instant(datetime.fromtimestamp(seconds, UTC))


def _parse_compact(digits: str) -> When | None:
    if len(digits) not in (8, 14):
        return None
    try:
        return _believed(When.day(datetime.strptime(digits[:8], "%Y%m%d").date()))
    except ValueError:
        return None


def _parse_text(text: str) -> When | None:
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return _parse_loosely(text)
    bare_day = len(text) <= 10
    return When.instant(stamp) if stamp.tzinfo and not bare_day else When.day(stamp.date())


def _parse_loosely(text: str) -> When | None:
    numeric = re.match(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})\b", text)
    if numeric:
        return _parse_numeric(*map(int, numeric.groups()))
    found = find_dates(text)
    has_time = re.search(r"\d:\d\d|\d\s*[ap]\.?m\b", text, re.I)
    if found and not has_time:
        return When.day(found[0][2])
    stamps = []
    for default in (datetime(1904, 2, 3), datetime(1912, 5, 7)):  # a part that differs between the two was not in the text
        try:
            stamps.append(dateutil_parser.parse(text, default=default, tzinfos=_zone))
        except (ValueError, OverflowError, TypeError):
            return When.day(found[0][2]) if found else None
    if stamps[0] != stamps[1]:
        return When.day(found[0][2]) if found else None
    if found and stamps[0].date() != found[0][2]:
        return When.day(found[0][2])
    return When.instant(stamps[0]) if stamps[0].tzinfo and has_time else When.day(stamps[0].date())


def _zone(name: str | None, offset: int | None) -> tzoffset | None:
    """The zone dateutil read; names that several zones share (IST) are none."""
    if offset is None and name in _ZONES:
        offset = _ZONES[name] * 3600
    return None if offset is None else tzoffset(name, offset)


def _parse_numeric(first: int, second: int, year: int) -> When | None:
    """dd/mm/yyyy or mm/dd/yyyy, where only one of the two is a date."""
    readings = set()
    for day, month in ((first, second), (second, first)):
        try:
            readings.add(date(year, month, day))
        except ValueError:
            continue
    return When.day(readings.pop()) if len(readings) == 1 else None


def _day_of(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    for n in "12345":
        if groups[f"y{n}"]:
            month = groups[f"m{n}"]
            number = int(month) if month.isdigit() else _month_number(month)
            try:
                day = date(int(groups[f"y{n}"]), number, int(groups[f"d{n}"]))
            except ValueError:
                return None
            return day if EARLIEST <= day.year <= LATEST else None
    return None


def _month_number(word: str) -> int:
    folded = word.casefold()
    return next(month for length in (4, 3) if (month := _MONTH.get(folded[:length])))


def _believed(when: When | None) -> When | None:
    return when if when and EARLIEST <= when.on.year <= LATEST else None


def pdf_when(stamp: str | None) -> When | None:
    """A PDF's `D:YYYYMMDDHHmmSSOHH'mm'` stamp as a day in its own zone: when the file was made, not to the second when it appeared."""
    match = re.match(r"(?:D:)?(\d{8})(\d{6})?", stamp or "")
    if not match:
        return None
    return _parse_compact(match.group(1))
