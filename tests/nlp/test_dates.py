"""Dates as periods: what each expression means seen from a day, and where a text names dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.dates import Period, find_dates, is_date, resolve

WEDNESDAY = dt.date(2023, 7, 5)

RELATIVE = {
    "last week": ("2023-06-26", "2023-07-02", "week"),
    "this week": ("2023-07-03", "2023-07-09", "week"),
    "next week": ("2023-07-10", "2023-07-16", "week"),
    "on Tuesday": ("2023-07-04", "2023-07-04", "day"),
    "Wednesday": ("2023-07-05", "2023-07-05", "day"),
    "on Thursday": ("2023-06-29", "2023-06-29", "day"),
    "last Friday": ("2023-06-30", "2023-06-30", "day"),
    "next Friday": ("2023-07-14", "2023-07-14", "day"),
    "yesterday": ("2023-07-04", "2023-07-04", "day"),
    "today": ("2023-07-05", "2023-07-05", "day"),
    "tomorrow": ("2023-07-06", "2023-07-06", "day"),
    "in the first half of next year": ("2024-01-01", "2024-06-30", "half"),
    "by year-end": ("2023-12-31", "2023-12-31", "day"),
    "by the end of the year": ("2023-12-31", "2023-12-31", "day"),
    "on May 18-19": ("2023-05-18", "2023-05-19", "day"),
    "the fourth quarter": ("2023-10-01", "2023-12-31", "quarter"),
    "fourth quarter of last year": ("2022-10-01", "2022-12-31", "quarter"),
    "last quarter": ("2023-04-01", "2023-06-30", "quarter"),
    "early next month": ("2023-08-01", "2023-08-10", "week"),
    "last month": ("2023-06-01", "2023-06-30", "month"),
    "next year": ("2024-01-01", "2024-12-31", "year"),
    "in October": ("2022-10-01", "2022-10-31", "month"),
    "in May": ("2023-05-01", "2023-05-31", "month"),
    "13th of July": ("2023-07-13", "2023-07-13", "day"),
    "three weeks ago": ("2023-06-14", "2023-06-14", "week"),
    "two days ago": ("2023-07-03", "2023-07-03", "day"),
    "the next 3 days": ("2023-07-06", "2023-07-08", "day"),
    "later this year": ("2023-07-06", "2023-12-31", "year"),
    "earlier this month": ("2023-07-01", "2023-07-04", "month"),
    "since May": ("2023-05-01", None, "month"),
}
ABSOLUTE = {
    "Q3 2024": ("2024-07-01", "2024-09-30", "quarter"),
    "the third quarter of 2024": ("2024-07-01", "2024-09-30", "quarter"),
    "H1 2023": ("2023-01-01", "2023-06-30", "half"),
    "fiscal 2023": ("2023-01-01", "2023-12-31", "year"),
    "FY2022-23": ("2022-01-01", "2023-12-31", "year"),
    "mid-2025": ("2025-05-01", "2025-08-31", "half"),
    "early 2024": ("2024-01-01", "2024-06-30", "half"),
    "the 1990s": ("1990-01-01", "1999-12-31", "year"),
    "2023-07-13": ("2023-07-13", "2023-07-13", "day"),
    "July 13, 2022": ("2022-07-13", "2022-07-13", "day"),
    "Monday, July 3, 2023": ("2023-07-03", "2023-07-03", "day"),
    "13 July 2022": ("2022-07-13", "2022-07-13", "day"),
    "13th of July 2022": ("2022-07-13", "2022-07-13", "day"),
    "7/13/2022": ("2022-07-13", "2022-07-13", "day"),
    "13/7/2022": ("2022-07-13", "2022-07-13", "day"),
    "November 2022": ("2022-11-01", "2022-11-30", "month"),
    "late November 2022": ("2022-11-21", "2022-11-30", "week"),
    "18–19 May 2023": ("2023-05-18", "2023-05-19", "day"),
    "June 30-July 2, 2023": ("2023-06-30", "2023-07-02", "day"),
    "from June 2021 to May 2023": ("2021-06-01", "2023-05-31", "month"),
    "between 2021 and 2023": ("2021-01-01", "2023-12-31", "year"),
    "in 2020": ("2020-01-01", "2020-12-31", "year"),
    "by 2030": ("2030-01-01", "2030-12-31", "year"),
    "before 2030": (None, "2029-12-31", "year"),
    "after 2030": ("2031-01-01", None, "year"),
    "summer 2022": ("2022-06-01", "2022-08-31", "quarter"),
    "end-2025": ("2025-12-31", "2025-12-31", "day"),
}


def as_text(period: Period | None) -> tuple[str | None, str | None, str] | None:
    if period is None:
        return None
    return (period.on.isoformat() if period.on else None, period.until.isoformat() if period.until else None, period.precision)


@pytest.mark.parametrize("expression, expected", RELATIVE.items(), ids=list(RELATIVE))
def test_a_relative_expression_needs_the_publication_day(expression: str, expected: tuple[str | None, str | None, str]) -> None:
    assert as_text(resolve(expression, WEDNESDAY)) == expected
    assert resolve(expression, None) is None


@pytest.mark.parametrize("expression, expected", ABSOLUTE.items(), ids=list(ABSOLUTE))
def test_an_absolute_expression_does_not(expression: str, expected: tuple[str | None, str | None, str]) -> None:
    assert as_text(resolve(expression, WEDNESDAY)) == expected
    assert as_text(resolve(expression, None)) == expected


@pytest.mark.parametrize(
    "expression, tense, expected",
    [
        ("Monday", "past", "2023-07-03"),
        ("Monday", "future", "2023-07-10"),
        ("Wednesday", "past", "2023-07-05"),
        ("Friday", "future", "2023-07-07"),
        ("September 5", "past", "2022-09-05"),
        ("September 5", "future", "2023-09-05"),
        ("in October", "future", "2023-10-01"),
        ("in May", "future", "2024-05-01"),
    ],
)
def test_the_tense_tells_the_last_from_the_coming(expression: str, tense: str, expected: str) -> None:
    period = resolve(expression, WEDNESDAY, tense=tense)
    assert period is not None and str(period.on) == expected


@pytest.mark.parametrize(
    "expression", ["30 February 2022", "recent years", "some time", "", "the deal", "2023 people", "32 May", "Q5 2022"]
)
def test_what_is_no_date_is_not_resolved(expression: str) -> None:
    assert resolve(expression, WEDNESDAY) is None
    assert not is_date(expression)


def test_dates_in_running_text() -> None:
    text = (
        "On Monday, March 6, 2023, Mr May said in May that he may march in March. Signed on 13 July 2022 and closed last week, it runs "
        "through 2030. In the first half of next year and by year-end; in Q3 2024; on May 18-19; 2023 people; three weeks ago."
    )
    assert [d.text for d in find_dates(text)] == [
        "Monday, March 6, 2023",
        "May",
        "March",
        "13 July 2022",
        "last week",
        "2030",
        "the first half of next year",
        "year-end",
        "Q3 2024",
        "May 18-19",
        "three weeks ago",
    ]
    assert all(text[d.start : d.end] == d.text for d in find_dates(text))


_FORMATS = ["%B %d, %Y", "%d %B %Y", "%d %b %Y", "%b %d, %Y", "%Y-%m-%d", "%A, %B %d, %Y", "%d.%m.%Y", "%Y%m%d", "%d of %B %Y"]


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(_FORMATS))
@settings(max_examples=300, deadline=None)
def test_any_day_in_any_format_reads_back(day: dt.date, written: str) -> None:
    assert as_text(resolve(day.strftime(written), None)) == (day.isoformat(), day.isoformat(), "day")


@given(
    st.sampled_from([*RELATIVE, *ABSOLUTE]), st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)), st.sampled_from([None, "past", "future"])
)
@settings(max_examples=300, deadline=None)
def test_a_period_never_ends_before_it_begins(expression: str, published: dt.date, tense: str | None) -> None:
    period = resolve(expression, published, tense=tense)
    assert period is None or period.on is None or period.until is None or period.on <= period.until


@given(st.text(max_size=60), st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_no_string_crashes(text: str, published: dt.date) -> None:
    resolve(text, published)
    find_dates(text)
