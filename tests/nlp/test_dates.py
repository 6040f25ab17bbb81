"""Dates as periods: what each expression means seen from a day, and where a text names dates."""

from __future__ import annotations

import datetime as dt
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import date_expressions, dates_compound, dates_relative
from nlp.date_patterns import Rule
from nlp.date_words import in_figures
from nlp.dates import Period, find_dates, is_date, resolve
from nlp.holidays import holiday

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
COMPOUND = {
    "Friday of last week": ("2023-06-30", "2023-06-30", "day"),
    "Monday two weeks from now": ("2023-07-17", "2023-07-17", "day"),
    "two months from today on Tuesday": ("2023-09-05", "2023-09-05", "day"),
    "this Friday (July 7)": ("2023-07-07", "2023-07-07", "day"),
    "Tuesday the eleventh": ("2023-07-11", "2023-07-11", "day"),
    "the first Friday of May": ("2023-05-05", "2023-05-05", "day"),
    "the last Monday in August 2022": ("2022-08-29", "2022-08-29", "day"),
    "first week of next month": ("2023-07-31", "2023-08-06", "week"),
    "the last week of 2019": ("2019-12-23", "2019-12-29", "week"),
    "the first two weeks of 2021": ("2021-01-04", "2021-01-17", "week"),
    "the week of March 7, 2022": ("2022-03-07", "2022-03-13", "week"),
    "w/c 4 Sept 2023": ("2023-09-04", "2023-09-10", "week"),
    "the week after next": ("2023-07-17", "2023-07-23", "week"),
    "the month before last": ("2023-05-01", "2023-05-31", "month"),
    "next working week": ("2023-07-10", "2023-07-14", "week"),
    "two weeks from today": ("2023-07-19", "2023-07-19", "week"),
    "three days from Friday": ("2023-07-10", "2023-07-10", "day"),
    "three business days ago": ("2023-06-30", "2023-06-30", "day"),
    "2 years, 1 month and 21 days later": ("2025-08-26", "2025-08-26", "day"),
    "the last 3 months and 2 weeks": ("2023-03-22", "2023-07-04", "week"),
    "a week starting tomorrow": ("2023-07-06", "2023-07-12", "week"),
    "the six months ended June 30, 2023": ("2023-01-01", "2023-06-30", "month"),
    "the year to March 2023": ("2022-04-01", "2023-03-31", "year"),
    "the first half of next month": ("2023-08-01", "2023-08-15", "week"),
    "the second half of the 1990s": ("1995-01-01", "1999-12-31", "year"),
    "the end of the third quarter": ("2023-09-30", "2023-09-30", "day"),
    "the March quarter of 2022": ("2022-01-01", "2022-03-31", "quarter"),
    "the 4th to the 23rd of next month": ("2023-08-04", "2023-08-23", "day"),
    "from May 5 to 7": ("2023-05-05", "2023-05-07", "day"),
    "between August and October": ("2022-08-01", "2022-10-31", "month"),
    "between June and August": ("2023-06-01", "2023-08-31", "month"),
    "from March to date": ("2023-03-01", "2023-07-05", "day"),
    "from next Monday to Friday": ("2023-07-10", "2023-07-14", "day"),
    "from now to November 15th": ("2023-07-05", "2023-11-15", "day"),
    "5/1-5/7, 2020": ("2020-05-01", "2020-05-07", "day"),
    "January first nineteen eighty-six": ("1986-01-01", "1986-01-01", "day"),
    "August two thousand and fifteen": ("2015-08-01", "2015-08-31", "month"),
    "15 April of 87": ("1987-04-15", "1987-04-15", "day"),
    "Thanksgiving 2023": ("2023-11-23", "2023-11-23", "day"),
    "Labor Day weekend 2021": ("2021-09-04", "2021-09-06", "day"),
    "next Christmas": ("2023-12-25", "2023-12-25", "day"),
    "two days before Good Friday 2023": ("2023-04-05", "2023-04-05", "day"),
    "next 5th of July": ("2024-07-05", "2024-07-05", "day"),
}
OPEN = {
    "until May 2024": (None, "2024-05-31", "month"),
    "no later than Friday": (None, "2023-06-30", "day"),
    "before the end of the year": (None, "2023-12-31", "day"),
    "2016 or later": ("2016-01-01", None, "year"),
    "from 2025": ("2025-01-01", None, "year"),
    "more than two weeks ago": (None, "2023-06-20", "week"),
    "less than 3 days after tomorrow": ("2023-07-06", "2023-07-08", "day"),
    "later than March 3, 2023": ("2023-03-04", None, "day"),
    "to date": (None, "2023-07-05", "day"),
}


def as_text(period: Period | None) -> tuple[str | None, str | None, str] | None:
    if period is None:
        return None
    return (period.on.isoformat() if period.on else None, period.until.isoformat() if period.until else None, period.precision)


@pytest.mark.parametrize("expression, expected", RELATIVE.items(), ids=list(RELATIVE))
def test_a_relative_expression_needs_the_publication_day(expression: str, expected: tuple[str | None, str | None, str]) -> None:
    assert as_text(resolve(expression, WEDNESDAY)) == expected
    assert resolve(expression, None) is None


@pytest.mark.parametrize("expression, expected", [*COMPOUND.items(), *OPEN.items()], ids=[*COMPOUND, *OPEN])
def test_a_compound_expression_is_read_from_its_parts(expression: str, expected: tuple[str | None, str | None, str]) -> None:
    assert as_text(resolve(expression, WEDNESDAY)) == expected


@pytest.mark.parametrize(
    "written, figures",
    [
        ("may twenty-nine", "may 29"),
        ("the thirty-first", "the 31st"),
        ("twenty five january nineteen eighty six", "25 january 1986"),
        ("seventeen hundred and thirty-three", "1733"),
        ("twenty twenty-five", "2025"),
        ("nineteen oh five", "1905"),
        ("the first half", "the first half"),
        ("cy 2008", "2008"),
        ("eoy", "end of the year"),
    ],
)
def test_numbers_in_words_become_figures(written: str, figures: str) -> None:
    assert in_figures(written) == figures


@pytest.mark.parametrize(
    "name, year, day",
    [
        ("thanksgiving", 2024, "2024-11-28"),
        ("black friday", 2019, "2019-11-29"),
        ("Memorial Day", 2021, "2021-05-31"),
        ("good friday", 2022, "2022-04-15"),
        ("pentecost", 2021, "2021-05-23"),
        ("christmas eve", 2020, "2020-12-24"),
    ],
)
def test_a_holiday_has_its_day(name: str, year: int, day: str) -> None:
    assert holiday(name, year).isoformat() == day


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
    "expression",
    [
        "two thousand people",
        "Independence Day",
        "from the deal",
        "the week of the deal",
        "fifth Friday of February 2023",
        "30 February 2022",
        "recent years",
        "some time",
        "",
        "the deal",
        "2023 people",
        "32 May",
        "Q5 2022",
    ],
)
def test_what_is_no_date_is_not_resolved(expression: str) -> None:
    assert resolve(expression, WEDNESDAY) is None
    assert not is_date(expression)


@pytest.mark.parametrize("module", [date_expressions, dates_relative, dates_compound], ids=lambda module: module.__name__)
def test_every_rule_is_in_its_modules_list(module: ModuleType) -> None:
    assert {id(value) for value in vars(module).values() if isinstance(value, Rule)} == {id(rule) for rule in module.RULES}


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


def test_a_weekday_in_a_name_is_no_date() -> None:
    assert [d.text for d in find_dates("The Good Friday Agreement holds. It met on Good Friday, on Friday and on Black Friday 2021.")] == [
        "Good Friday",
        "Friday",
        "Black Friday 2021",
    ]


def test_compound_dates_in_running_text_are_one_span() -> None:
    text = (
        "It met from March 5 to April 7, 2024, then between January and March 2023, on the first Friday of May and in the week of March 7. "
        "Profit in the six months ended June 30, 2023 beat that of Q1 FY24 and FY2024-25; on Friday of last week, before Thanksgiving, "
        "under Christmas trees; the first week of next month, the last three months of 2022 and this morning. Mr May to march. "
        "From 2019 to 2023."
    )
    assert [d.text for d in find_dates(text)] == [
        "March 5 to April 7, 2024",
        "January and March 2023",
        "the first Friday of May",
        "the week of March 7",
        "the six months ended June 30, 2023",
        "Q1 FY24",
        "FY2024-25",
        "Friday of last week",
        "Thanksgiving",
        "the first week of next month",
        "the last three months of 2022",
        "this morning",
        "2019 to 2023",
    ]


_FORMATS = ["%B %d, %Y", "%d %B %Y", "%d %b %Y", "%b %d, %Y", "%Y-%m-%d", "%A, %B %d, %Y", "%d.%m.%Y", "%Y%m%d", "%d of %B %Y"]


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(_FORMATS))
@settings(max_examples=300, deadline=None)
def test_any_day_in_any_format_reads_back(day: dt.date, written: str) -> None:
    assert as_text(resolve(day.strftime(written), None)) == (day.isoformat(), day.isoformat(), "day")


@given(
    st.sampled_from([*RELATIVE, *ABSOLUTE, *COMPOUND, *OPEN]),
    st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)),
    st.sampled_from([None, "past", "future"]),
)
@settings(max_examples=300, deadline=None)
def test_a_period_never_ends_before_it_begins(expression: str, published: dt.date, tense: str | None) -> None:
    period = resolve(expression, published, tense=tense)
    assert period is None or period.on is None or period.until is None or period.on <= period.until


_PIECES = [
    "the",
    "first",
    "last",
    "week",
    "of",
    "month",
    "to",
    "from",
    "between",
    "and",
    "until",
    "early",
    "late",
    "end",
    "year",
    "next",
    "Monday",
    "May",
    "5",
    "2023",
    "twenty",
    "nine",
    "two",
    "thousand",
    "days",
    "after",
    "before",
    "starting",
    "on",
    "half",
    "weekend",
    "-",
    ",",
    "(",
    ")",
    "Christmas",
    "quarter",
    "more",
    "than",
    "less",
    "in",
    "ago",
    "mid-",
    "12/5",
    "1986-02",
    "business",
]


@given(
    st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join)),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
)
@settings(max_examples=300, deadline=None)
def test_no_string_crashes(text: str, published: dt.date) -> None:
    resolve(text, published)
    find_dates(text)
