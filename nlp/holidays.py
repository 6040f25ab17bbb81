"""On which day of a year does a named day fall: Christmas, Thanksgiving, Good Friday?

The days stand in `lexicons/holidays.json`; only such as mean the same day wherever English news names them so. Easter is that of the
western church (`dateutil.easter`).
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from dateutil.easter import easter


@cache
def _days() -> dict[str, tuple[str, dict[str, Any]]]:
    data = json.loads(files("nlp.lexicons").joinpath("holidays.json").read_text(encoding="utf-8"))
    return {name: (rule, row) for rule in ("fixed", "weekdays", "easter") for row in data[rule] for name in row["names"]}


@cache
def holiday_pattern() -> str:
    """A regular expression (without groups, lower case) for the names."""
    return "|".join(sorted(map(re.escape, _days()), key=len, reverse=True))


def holiday_names() -> list[str]:
    """The names as they are written in running text, the longest first."""
    small = ("of", "de")
    return sorted((" ".join(w if w in small else w[:1].upper() + w[1:] for w in name.split()) for name in _days()), key=len, reverse=True)


def holiday(name: str, year: int) -> dt.date:
    """The day of that name in a year. Raises `KeyError` for a name that is not listed."""
    rule, row = _days()[name.casefold()]
    if rule == "easter":
        return easter(year) + dt.timedelta(row["days"])
    if rule == "fixed":
        return dt.date(year, row["month"], row["day"])
    return nth_weekday(year, row["month"], row["weekday"], row["nth"]) + dt.timedelta(row["days"])


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """The nth (-1: the last) weekday (0: Monday) of a month. Raises `ValueError` where the month has no fifth."""
    if nth < 0:
        last = dt.date(year, month, calendar.monthrange(year, month)[1])
        return last - dt.timedelta((last.weekday() - weekday) % 7)
    first = dt.date(year, month, 1)
    return first.replace(day=1 + (weekday - first.weekday()) % 7 + 7 * (nth - 1))
