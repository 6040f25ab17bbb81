"""How is a date that is written in words or in an office's shorthand written in figures?

"may twenty-nine" → "may 29", "january first nineteen eighty-six" → "january first 1986", "the thirty-first" → "the 31st",
"eoy" → "end of year". The rules of `nlp.date_expressions` then need to know figures only.
"""

from __future__ import annotations

import re

_ONES = dict(zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], range(1, 10)))
_TEENS = dict(
    zip(["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], range(10, 20)),
)
_TENS = dict(zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10)))
_ORDINAL_ONES = dict(zip(["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"], range(1, 10)))
_BELOW_HUNDRED = {**_ONES, **_TEENS, **_TENS}

#: What desks, spreadsheets and notes write short → the words for it.
SHORTHAND = {
    "eoy": "end of the year",
    "eom": "end of the month",
    "eow": "end of the week",
    "eoq": "end of the quarter",
    "ytd": "year to date",
    "mtd": "month to date",
    "qtd": "quarter to date",
    "w/c": "week commencing",
    "w/e": "week ending",
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
}
_SHORT = re.compile(rf"(?<![\w/])(?:{'|'.join(sorted(map(re.escape, SHORTHAND), key=len, reverse=True))})(?![\w/])", re.IGNORECASE)
_CALENDAR_YEAR = re.compile(r"\bcy ?'?(\d\d(?:\d\d)?)\b", re.IGNORECASE)
_RUN = re.compile(
    rf"\b(?:{'|'.join([*_TENS, *_TEENS, *_ONES])})\b(?:[ -](?:and[ -])?(?:{'|'.join([*_TENS, *_TEENS, *_ONES, *_ORDINAL_ONES])}"
    r"|hundred|thousand|oh)\b)*",
    re.IGNORECASE,
)


def in_figures(expression: str) -> str:
    """The expression with its shorthand written out and its cardinal numbers, years and ordinals above twenty in figures."""
    written = _SHORT.sub(lambda found: SHORTHAND[found[0].casefold()], expression)
    written = _CALENDAR_YEAR.sub(lambda found: found[1] if len(found[1]) == 4 else "20" + found[1], written)
    return _RUN.sub(lambda found: _numbers(re.split(r"[ -]", found[0].casefold()), found[0]), written)


def _numbers(words: list[str], written: str) -> str:
    """A run of number words, read from the left as few numbers as it may be; as it was where it makes no numbers."""
    read: list[str] = []
    position = 0
    while position < len(words):
        number, used = _year(words[position:])
        if not used:
            number, used = _up_to_99(words[position:])
        following = words[position + used] if position + used < len(words) else ""
        if used and words[position] in _TENS and used == 1 and following in _ORDINAL_ONES:
            read.append(_ordinal(number + _ORDINAL_ONES[following]))
            used += 1
        elif used:
            read.append(str(number))
        elif words[position] in _ORDINAL_ONES:
            read.append(words[position])
            used = 1
        else:
            return written
        position += used
    return " ".join(read)


def _up_to_99(words: list[str]) -> tuple[int, int]:
    """The number at the beginning, and how many words it took (0: none)."""
    if not words or words[0] not in _BELOW_HUNDRED:
        return 0, 0
    if words[0] in _TENS and len(words) > 1 and words[1] in _ONES:
        return _TENS[words[0]] + _ONES[words[1]], 2
    return _BELOW_HUNDRED[words[0]], 1


def _year(words: list[str]) -> tuple[int, int]:
    """A year at the beginning ("nineteen eighty-six", "two thousand and five", "seventeen hundred thirty-three") and its words."""
    if words[:2] == ["two", "thousand"]:
        skip = 3 if words[2:3] == ["and"] else 2
        added, used = _up_to_99(words[skip:])
        return (2000 + added, skip + used) if used else (2000, 2)
    century, used = _up_to_99(words[:1])
    if used and (15 <= century <= 20):
        if words[1:2] == ["hundred"] and century < 20:
            skip = 3 if words[2:3] == ["and"] else 2
            added, more = _up_to_99(words[skip:])
            return (century * 100 + added, skip + more) if more else (century * 100, 2)
        if words[1:2] == ["oh"] and words[2:3] and words[2] in _ONES:
            return century * 100 + _ONES[words[2]], 3
        added, more = _up_to_99(words[1:])
        if more and added >= 10:
            return century * 100 + added, 1 + more
    return 0, 0


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
