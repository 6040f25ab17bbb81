"""Publication times: the day as printed, the instant in UTC, None rather than a guess."""

from datetime import UTC, date, datetime

import pytest

from flows.readers.dates import choose, dateline_day, find_dates, parse_when, pdf_when

DAY = date(2023, 3, 4)


@pytest.mark.parametrize(
    "value",
    [
        "2023-03-04",
        "20230304",
        "4 March 2023",
        "March 4th, 2023",
        "4 de marzo de 2023",
        "4 mars 2023",
        "4. März 2023",
        "04.03.2023",
        "Sat, 4 Mar 2023",
        "2023年3月4日",
        "2023-03-04 10:15:00",
        "2023-03-04T10:15",
        DAY,
    ],
)
def test_values_that_say_a_day_alone(value: object):
    when = parse_when(value)
    assert when and (when.on, when.at, when.precision) == (DAY, datetime(2023, 3, 4, tzinfo=UTC), "day")


@pytest.mark.parametrize(
    ("value", "on", "at"),
    [
        ("2023-03-04T23:30:00-05:00", DAY, datetime(2023, 3, 5, 4, 30, tzinfo=UTC)),
        ("2023-03-04 23:30:00-0500", DAY, datetime(2023, 3, 5, 4, 30, tzinfo=UTC)),
        ("2023-03-04T08:00:00.123Z", DAY, datetime(2023, 3, 4, 8, tzinfo=UTC)),
        ("Sat, 04 Mar 2023 20:00:00 EST", DAY, datetime(2023, 3, 5, 1, tzinfo=UTC)),
        ("March 4, 2023 2:20pm EST", DAY, datetime(2023, 3, 4, 19, 20, tzinfo=UTC)),
        (1677916800, DAY, datetime(2023, 3, 4, 8, tzinfo=UTC)),
        ("1677916800000", DAY, datetime(2023, 3, 4, 8, tzinfo=UTC)),
    ],
)
def test_values_with_a_zone_say_an_instant(value: object, on: date, at: datetime):
    when = parse_when(value)
    assert when and (when.on, when.at, when.precision) == (on, at, "second")


@pytest.mark.parametrize(
    "value",
    ["", None, True, "03/04/2023", "March 2023", "2023", "yesterday", "2023-13-45", "0001-01-01", "9999-01-01", 17, "x" * 200, "20231345"],
)
def test_values_that_say_no_certain_day(value: object):
    assert parse_when(value) is None


def test_a_numeric_date_with_one_reading():
    when = parse_when("25/12/2023")
    assert when and when.on == date(2023, 12, 25)


def test_a_zone_name_of_several_zones_gives_the_day_alone():
    when = parse_when("March 4, 2023 2:20pm IST")
    assert when and (when.on, when.precision) == (DAY, "day")


def test_choose_takes_the_printed_day_and_the_exact_time():
    when = choose(["2023-03-04", "2023-03-05T01:00:00Z"])
    assert when and (when.on, when.at, when.precision) == (DAY, datetime(2023, 3, 5, 1, tzinfo=UTC), "second")
    assert choose(["nothing", ""]) is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Lisbon, 4 March 2023", DAY),
        ("4 March 2023", DAY),
        ("04.03.2023 Press Team", DAY),
        ("FOR IMMEDIATE RELEASE: March 4, 2023", DAY),
        ("Montevideo, 4 de marzo de 2023", DAY),
        ("Montevideo, 2–4 March 2023", None),
        ("We adopted the plan of 4 March 2023", None),
        ("Between 1 March 2023 and 4 March 2023", None),
    ],
)
def test_dateline(line: str, day: date | None):
    assert dateline_day(line) == day


def test_find_dates_gives_offsets():
    line = "On 4 March 2023 and on 2023-03-05."
    assert [(line[a:b], d) for a, b, d in find_dates(line)] == [("4 March 2023", DAY), ("2023-03-05", date(2023, 3, 5))]


def test_pdf_stamps_are_days_of_their_own_zone():
    when = pdf_when("D:20230304233000-05'00'")
    assert when and (when.on, when.precision) == (DAY, "day")
    assert pdf_when("garbage") is None
