"""How many of the published date expressions of Recognizers-Text does `nlp.dates.resolve` read right?

    python benchmarks/date_expressions.py [--shared ../shared] [--errors 20]

Of the cases of `data/dates/DateTimeModel.json` (Microsoft Recognizers-Text, MIT licence) those count whose one result is a date or a
date range. The expression is resolved against the case's reference day. It is right where first and last day equal any of the listed
values; a listed `end` is the day after the last one, and a side that is not listed is open. Wrong ones are shown by kind.

"Named end counted" are ranges of two dates where the two readings differ by design: Recognizers-Text stops before the second date ("May
18-19" is one day, "2014 to 2018" four years), our periods hold it. They count as wrong in the share.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from nlp.dates import Period, resolve

CASES = "data/dates/DateTimeModel.json"
_KINDS = ("datetimeV2.date", "datetimeV2.daterange")

Days = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Case:
    """An expression, the sentence it stands in, the day it is seen from, and the first and last days that count as right."""

    expression: str
    sentence: str
    seen_from: dt.date | None
    kind: str
    listed: tuple[Days, ...]


def load_cases(shared: Path) -> list[Case]:
    """The cases with one result, a date or a date range, in the order of the file. Raises `FileNotFoundError`."""
    cases = []
    for entry in json.loads((shared / CASES).read_text(encoding="utf-8-sig")):
        results = entry["Results"]
        if len(results) != 1 or results[0]["TypeName"] not in _KINDS:
            continue
        reference = entry.get("Context", {}).get("ReferenceDateTime")
        result = results[0]
        listed = tuple(days for value in result["Resolution"]["values"] if (days := listed_days(value)))
        cases.append(
            Case(
                expression=result["Text"],
                sentence=entry["Input"],
                seen_from=dt.date.fromisoformat(reference[:10]) if reference else None,
                kind=result["TypeName"].split(".")[1],
                listed=listed,
            )
        )
    return cases


def listed_days(value: dict[str, str]) -> Days | None:
    """First and last day of a listed value; None where it is not resolved."""
    if value["type"] == "date":
        day = _day(value.get("value"))
        return (day, day) if day else None
    first, after = _day(value.get("start")), _day(value.get("end"))
    return (first, after - dt.timedelta(1) if after else None) if first or after else None


def _day(written: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written[:10]) if written else None
    except ValueError:  # "not resolved"
        return None


def verdict(case: Case, period: Period | None) -> str:
    """ "right", or how the answer differs."""
    if period is None:
        return "right" if not case.listed else "not read"
    if (period.on, period.until) in case.listed:
        return "right"
    begun = [last for first, last in case.listed if period.on == first]
    if any(last and period.until and _begin_of_last(period) == last + dt.timedelta(1) for last in begun):
        return "named end counted"
    if begun:
        return "other end"
    if any(period.until == last for _, last in case.listed):
        return "other beginning"
    return "other days"


def _begin_of_last(period: Period) -> dt.date:
    """The first day of the unit that a period ends with: 1 January 2018 for "2014 to 2018"."""
    assert period.until is not None
    if period.precision == "year":
        return period.until.replace(month=1, day=1)
    if period.precision in ("month", "quarter"):
        months = 1 if period.precision == "month" else 3
        return period.until.replace(month=period.until.month - months + 1, day=1)
    return period.until


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--errors", type=int, default=0, help="wrong cases to show of each kind")
    args = parser.parse_args()
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    wrong: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    for case in load_cases(args.shared):
        period = resolve(case.expression, case.seen_from)
        found = verdict(case, period)
        counts[case.kind][found] += 1
        if found != "right":
            listed = " | ".join(f"{first or ''}..{last or ''}" for first, last in case.listed)
            read = f"{period.on or ''}..{period.until or ''}" if period else "nothing"
            wrong[case.kind, found].append(f"{case.expression!r} seen from {case.seen_from}: {read}, listed {listed or 'nothing'}")
    total, right = sum(sum(c.values()) for c in counts.values()), sum(c["right"] for c in counts.values())
    by_design = sum(c["named end counted"] for c in counts.values())
    print(
        f"right: {right} of {total} ({right / total:.3f}); by design another end: {by_design} (with them {(right + by_design) / total:.3f})"
    )
    for kind, by_verdict in counts.items():
        print(f"{kind:10}", ", ".join(f"{name} {count}" for name, count in by_verdict.most_common()))
    for (kind, found), lines in sorted(wrong.items()):
        for line in lines[: args.errors]:
            print(f"  {kind}, {found}: {line}")


if __name__ == "__main__":
    main()
