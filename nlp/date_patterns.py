"""What are date expressions made of, and how is a rule for one written down?

The pieces of the patterns (month, weekday, day, count, link …) for the rules of `nlp.date_expressions`, `nlp.dates_relative` and
`nlp.dates_compound`; `nlp.date_resolution` tries them in that order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from nlp.periods import Period

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
SHORT_YEAR = r"(?:'\d\d|(?<=of )\d\d)"
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
LINK = r"(?:-|–|—|~|&|\bto\b|\band\b|\bthrough\b|\bthru\b|\buntil\b|\btill\b)"

#: Two expressions joined into one; the hyphen of "5-7" or "2023-07-05" joins figures only.
JOINED = re.compile(rf"(?<!\d)-|-(?!\d)|{LINK.replace('-|', '', 1)}", re.IGNORECASE)

Maker = Callable[[re.Match[str], dt.date | None, str | None], Period | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that fits a whole expression, and what makes its period from the match, the publication day and the clause's tense."""

    pattern: re.Pattern[str]
    make: Maker


def rule(pattern: str) -> Callable[[Maker], Rule]:
    """Turns a function into a `Rule`; the module's `RULES` lists it."""
    compiled = re.compile(rf"(?:{pattern})\Z", re.IGNORECASE)
    return lambda maker: Rule(compiled, maker)
