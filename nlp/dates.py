"""Where does a text name a date, and which period is it, seen from the day of publication?

`find_dates` gives the spans; `resolve` turns an expression into a `Period` ("last week", "on May 18-19", "the first half of next
year", "Q3 2024"). Nothing is ever resolved against today: a relative expression without a publication day stays unresolved.

The rules stand in `nlp.date_expressions`, `nlp.dates_relative` and `nlp.dates_compound`, how they are tried in `nlp.date_resolution`,
the calendar arithmetic in `nlp.periods`. Weeks begin on Monday; "next week" is the calendar week after the publication's, "the next 3
days" begin on the day after it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from nlp.date_patterns import COUNT, SEASON, YEAR
from nlp.date_resolution import resolve
from nlp.holidays import holiday_names
from nlp.periods import MONTHS, Period

__all__ = ["DateSpan", "Period", "find_dates", "is_date", "resolve"]


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date expression: half-open offsets in code points, and what is written there."""

    start: int
    end: int
    text: str


_MONTH_NAME = "|".join(sorted((m.title() for m in MONTHS), key=len, reverse=True))
_ABBREVIATED = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
_MONTH_CASED = rf"(?:{_MONTH_NAME}|{_ABBREVIATED}(?= ?\d))"
_WEEKDAY_CASED = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY_CASED = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)"
_LINKED_DAY = rf"(?:\s?(?:-|–|—|to|and|through|&)\s?{_DAY_CASED})?"
_SAFE_MONTH = (
    rf"(?:(?!May\b|March\b)(?:{_MONTH_NAME})|(?<=[Ii]n )(?:May|March)|(?<=[Ss]ince )(?:May|March)|(?<=[Ll]ast )"
    rf"(?:May|March)|(?<=[Bb]y )(?:May|March)|(?<=[Uu]ntil )(?:May|March)|(?<=[Oo]f )(?:May|March))"
)
_YEAR_OR_RELATIVE = rf"(?:{YEAR}|(?:last|this|next) year|the year)"
_DAY_AND_MONTH = rf"(?:{_MONTH_CASED}\s{_DAY_CASED}|{_DAY_CASED}(?:\sof)?\s{_MONTH_CASED})"
_FULL_DAY = rf"{_DAY_AND_MONTH}(?:,?\s{YEAR}(?!\d))?"
_FULL_MONTH = rf"(?:{_MONTH_NAME})\b(?:,?(?: of)? (?:{YEAR}(?!\d)|(?:last|this|next) year))?"
_LONGER = rf"(?:{_FULL_MONTH}|(?:the year )?{YEAR}(?!\d)|(?:last|this|next|the) (?:month|quarter|year)\b)"
_TO = r"\s?(?:-|–|—|\bto\b|\bthrough\b|\buntil\b)\s?"
_NUMBER_WORD = r"(?:\d{1,2}|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ee]leven|[Tt]welve)"
_HOLIDAY = "|".join(re.escape(name) for name in holiday_names())
# What is made of several dates; tried first, since each of them begins with a simple one.
_COMPOUND = (
    rf"{_FULL_DAY}{_TO}{_FULL_DAY}",
    rf"(?<!Mr )(?<!Mrs )(?<!Ms ){_FULL_MONTH}(?: to | through | until | ?[-–] ?)(?:[Ee]arly |[Ll]ate |mid-)?{_FULL_MONTH}",
    rf"(?<=[Bb]etween )(?:{_FULL_DAY}\sand\s{_FULL_DAY}|{_FULL_MONTH}\sand\s{_FULL_MONTH}|{YEAR} and {YEAR}(?![\d%]))",
    rf"(?<=[Ff]rom ){YEAR} (?:to|through|until) {YEAR}(?![\d%])",
    rf"(?:[Tt]he )?(?:[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ll]ast|[Ff]inal) (?:full )?(?:{_WEEKDAY_CASED}|week(?:end)?|half"
    rf"|{_NUMBER_WORD} (?:days|weeks|months)) (?:of|in) {_LONGER}",
    rf"(?:[Tt]he )?week(?:end)? (?:of|beginning|starting|ending|commencing)(?: on)? (?:the )?{_FULL_DAY}",
    rf"{_WEEKDAY_CASED}(?: of)? (?:last|this|next) week\b",
    rf"(?:[Tt]he )?(?:{_NUMBER_WORD} (?:months|weeks)|quarter|half[ -]year|(?:[Ff]iscal |[Ff]inancial )?year) (?:ended|ending)(?: on)? "
    rf"(?:{_FULL_DAY}|{_FULL_MONTH})",
    rf"(?:[Tt]he )?(?:March|June|September|December) quarter\b(?: of {YEAR}(?!\d))?",
    r"(?:[Tt]he )?(?:day before yesterday|day after tomorrow|(?:week|month|year) (?:after next|before last))\b",
    r"[Tt]his (?:morning|afternoon|evening)\b",
    r"(?:[QH][1-4] )?FY ?'?\d\d(?:[-/–]\d\d)?(?![\d.,]\d|\d)",
    rf"(?<=[a-z] )(?:{_HOLIDAY})(?:,? {YEAR}(?!\d))?(?= ?[.,;:)\n]|\s(?:and|in|at|with|the|this|last|next|of)\b|\Z)",
)
# How any of them begins; it spares most words the trial of them all.
_BEGINS = (
    r"(?=\d|[Tt]h(?:e|is|ree)\b|(?:[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]i(?:nal|scal|nancial|ve)|[Ff](?:ull|our|ollowing)|[Ll]a(?:te|st)"
    r"|[Ee]arl|[Mm]id|[Nn]ext|[Pp](?:ast|revious)|[Cc]oming|[Ee]nd|[Bb]eginning|[Mm]iddle|[Ss]tart|[Yy]e(?:ar|ster)|[Mm]onth|[Qq]uarter|[Ww]eek"
    r"|[Dd]ay|[Hh]alf|[Tt](?:o(?:day|night|morrow)|wo|en|welve)|[Oo]ne|[Ss](?:ix|ev|pring|ummer)|[Ee](?:ight|leven)|[Nn]ine|[Aa]n? "
    rf"|[Aa]utumn|[Ff]all|[Ww]inter|[QH][1-4]|FY|{'|'.join(sorted({m[:3].title() for m in MONTHS}))}|Mon|Tue|Wed|Thu|Fri|Sat|Sun"
    rf"|{'|'.join(sorted({re.escape(name[:4]) for name in holiday_names()}))}))"
)
_FIND = re.compile(
    rf"(?<![\w$€£¥/.-]){_BEGINS}(?:"
    + "|".join(
        (
            *_COMPOUND,
            rf"(?:{_WEEKDAY_CASED},?\s)?{_MONTH_CASED}\s{_DAY_CASED}{_LINKED_DAY}(?:,?\s{YEAR}(?!\d))?",
            rf"(?:{_WEEKDAY_CASED},?\s)?(?:the\s)?{_DAY_CASED}{_LINKED_DAY}(?:\sof)?\s{_MONTH_CASED}(?:,?\s{YEAR}(?!\d))?",
            rf"{YEAR}-\d\d-\d\d(?!\d)",
            r"\d{1,2}/\d{1,2}/(?:19|20)\d\d(?!\d)",
            rf"(?:(?:[Ee]arly|[Mm]id|[Ll]ate|(?:the )?(?:end|beginning|middle|start) of)[ -])?(?:{_MONTH_CASED},?\s"
            rf"(?:of )?{YEAR}(?!\d)|(?:{_MONTH_NAME})(?: of)? (?:last|this|next) year)",
            rf"(?:[Ee]arly|[Mm]id|[Ll]ate|(?:[Tt]he )?(?:[Ee]nd|[Bb]eginning|[Mm]iddle|[Ss]tart) of)[ -](?:{_MONTH_NAME}"
            rf"|(?:the )?{YEAR}s?(?!\d)|(?:last|next|this|the) (?:year|month|week|quarter|decade))",
            rf"(?:[Tt]he )?(?:[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]inal|[Ll]ast) (?:quarter|half)(?:,? (?:of |in )?"
            rf"(?:fiscal )?{_YEAR_OR_RELATIVE})?",
            rf"[QH][1-4](?:[ -]| of )?(?:FY)?{YEAR}(?!\d)|[QH][1-4]\b|{YEAR} ?[QH][1-4]\b|[1-4][QH](?:[ -]?(?:20)?\d\d\b)?",
            rf"(?:[Ff]iscal(?: year)?|FY|[Ff]inancial year) ?{YEAR}(?:[-/–]\d\d)?(?!\d)",
            r"(?:[Tt]he )?(?:(?:[Ee]arly|[Mm]id|[Ll]ate)[ -])?(?:1[5-9]|20)\d0'?s\b",
            r"(?:(?:[Ee]arlier|[Ll]ater) (?:in )?)?(?:[Ll]ast|[Tt]his|[Nn]ext|[Tt]he (?:past|coming|following"
            r"|previous)) (?:week(?:end)?|month|quarter|year|decade)\b(?! (?:of|old)\b)",
            rf"(?:[Tt]he )?(?:[Ll]ast|[Pp]ast|[Nn]ext|[Cc]oming|[Ff]ollowing|[Pp]revious) {COUNT} (?:days|weeks|months"
            rf"|quarters|years|decades)\b",
            r"(?:[Aa]n?|\d{1,3}|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en"
            r"|[Ss]everal) (?:days?|weeks?|months?|years?|decades?) (?:ago|from now)\b",
            rf"(?<!Good )(?<!Black )(?:(?:[Ll]ast|[Tt]his|[Nn]ext) )?{_WEEKDAY_CASED}(?: (?:morning|afternoon|evening|night))?\b(?!s)",
            rf"(?:[Ll]ast|[Tt]his|[Nn]ext) (?:{_MONTH_NAME}|{SEASON})\b",
            rf"{SEASON}(?: of)? {YEAR}(?!\d)|(?:Spring|Summer|Autumn|Fall|Winter) {YEAR}(?!\d)",
            rf"(?:[Yy]ear|[Mm]onth|[Qq]uarter)-end\b|end-{YEAR}|mid-{YEAR}",
            r"(?:[Tt]he end of the (?:year|month|week|quarter))",
            r"(?:[Yy]esterday|[Tt]oday|[Tt]onight|[Tt]omorrow)(?: (?:morning|afternoon|evening|night))?\b",
            rf"{_SAFE_MONTH}\b",
            r"(?:(?<=[Ii]n )|(?<=[Ss]ince )|(?<=[Bb]y )|(?<=[Uu]ntil )|(?<=[Oo]f )|(?<=[Ff]rom )|(?<=[Dd]uring )|"
            r"(?<=[Ff]or )|(?<=[Tt]hrough )|(?<=[Bb]efore )|(?<=[Aa]fter )|(?<=\()|(?<=[Tt]o ))(?:19|20)\d\d(?:[-–](?:"
            r"(?:19|20)?\d\d))?(?![\d%]|[.,]\d| (?:million|billion|people|jobs))",
        )
    )
    + r")"
)


def find_dates(text: str) -> list[DateSpan]:
    """The date expressions of a text, in order, never overlapping; leading prepositions are left out."""
    spans: list[DateSpan] = []
    for found in _FIND.finditer(text):
        spans.append(DateSpan(found.start(), found.end(), found[0]))
    return spans


def is_date(text: str) -> bool:
    """Does this read as a date expression (whatever it means)? Used to check a model's DATE spans."""
    return resolve(text, dt.date(2020, 1, 15)) is not None
