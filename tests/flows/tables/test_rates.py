"""Is an amount worth in dollars what the ECB or a fixed rate says, and nothing where neither does?"""

import datetime as dt
import json
from importlib import resources

import pytest

from flows.tables.rates import NO_RATE, Conversion, Rates

RATES = Rates()
FRIDAY = dt.date(2014, 3, 28)  # the ECB's rate: 1.3759 dollars for a euro


def test_the_ecbs_rate_of_the_day():
    assert RATES.usd(100, "EUR", FRIDAY) == Conversion(pytest.approx(137.59), FRIDAY, "ecb")
    assert RATES.usd(140.9, "JPY", FRIDAY).amount_usd == pytest.approx(1.3759, rel=1e-3)


def test_a_weekend_takes_fridays_rate():
    assert RATES.usd(100, "EUR", dt.date(2014, 3, 30)) == Conversion(pytest.approx(137.59), FRIDAY, "ecb")


def test_a_holiday_takes_the_last_rate_before_it():
    assert RATES.usd(1, "GBP", dt.date(2021, 4, 5)).fx_date == dt.date(2021, 4, 1)  # Easter Monday, Maundy Thursday


def test_dollars_need_no_rate_and_no_day():
    assert RATES.usd(5e9, "USD", None) == Conversion(5e9, None, "none")


@pytest.mark.parametrize(
    ("currency", "day"),
    [
        ("EUR", None),  # no day
        (None, FRIDAY),  # no currency
        ("XYZ", FRIDAY),  # no such currency
        ("TWD", FRIDAY),  # the ECB has none, and nothing is fixed
        ("EUR", dt.date(1999, 1, 3)),  # before the ECB's first rate
        ("INR", dt.date(2008, 12, 31)),  # before that currency's first rate
        ("RUB", dt.date(2022, 3, 3)),  # after its last, though only two days old
        ("DEM", dt.date(1998, 6, 1)),  # before the euro
        ("EUR", dt.date(2100, 1, 1)),  # after the data
        ("SAR", dt.date(1980, 1, 1)),  # before the peg
        ("ARS", dt.date(2002, 6, 1)),  # after the peg
    ],
)
def test_no_rate_no_value(currency, day):
    assert RATES.usd(100, currency, day) == NO_RATE


def test_no_amount_no_value_and_nan_is_refused():
    assert RATES.usd(None, "EUR", FRIDAY) == NO_RATE
    with pytest.raises(ValueError, match="nan is no amount"):
        RATES.usd(float("nan"), "EUR", FRIDAY)


def test_fixed_to_the_dollar():
    assert RATES.usd(37.5, "SAR", dt.date(2020, 1, 1)) == Conversion(pytest.approx(10), dt.date(2020, 1, 1), "peg")


@pytest.mark.parametrize(
    ("amount", "currency", "day"),
    [
        (78, "HKD", dt.date(1987, 3, 2)),
        (28.5, "TMT", dt.date(2014, 12, 31)),
        (35, "TMT", dt.date(2015, 1, 1)),
        (15075, "LBP", dt.date(2019, 9, 30)),
        (17.9, "AWG", dt.date(2024, 5, 2)),
    ],
)
def test_a_fixed_rate_holds_for_its_time(amount, currency, day):
    assert RATES.usd(amount, currency, day) == Conversion(pytest.approx(10), day, "peg")


def test_a_fixed_rate_that_the_market_left_holds_no_more():
    assert RATES.usd(15075, "LBP", dt.date(2019, 10, 1)) == NO_RATE


def test_fixed_to_the_euro_takes_the_day_of_the_ecbs_rate():
    assert RATES.usd(655.957, "XOF", dt.date(2014, 3, 30)) == Conversion(pytest.approx(1.3759), FRIDAY, "peg")
    assert RATES.usd(1.95583, "DEM", FRIDAY) == Conversion(pytest.approx(1.3759), FRIDAY, "peg")


def test_a_currency_that_became_the_euro_has_the_ecbs_rate_before_and_a_fixed_one_after():
    assert RATES.usd(1, "HRK", dt.date(2022, 12, 30)).source == "ecb"
    assert RATES.usd(1, "HRK", dt.date(2023, 1, 2)).source == "peg"


def test_fixed_to_another_currency():
    rand = RATES.usd(100, "ZAR", FRIDAY)
    assert RATES.usd(100, "NAD", FRIDAY) == Conversion(pytest.approx(rand.amount_usd), FRIDAY, "peg")


def test_a_gap_longer_than_allowed_has_no_rate():
    assert Rates(max_age_days=0).usd(1, "EUR", dt.date(2014, 3, 30)) == NO_RATE


def test_every_fixed_rate_is_whole_and_says_where_it_is_from():
    pegs = json.loads(resources.files("flows.tables").joinpath("pegs.json").read_text(encoding="utf-8"))["pegs"]
    assert len({(peg["currency"], peg["since"]) for peg in pegs}) == len(pegs)
    for peg in pegs:
        assert peg["per_base"] > 0
        assert peg["source"]
        since = dt.date.fromisoformat(peg["since"])
        first = since if peg["base"] == "USD" else max(since, dt.date(1999, 1, 4))  # the ECB's first rate
        day = first if peg["until"] else dt.date(2026, 3, 2)
        assert RATES.usd(1, peg["currency"], day).source == "peg", peg
