"""What is an amount worth in US dollars on a day? By the European Central Bank's reference rates, or a fixed rate; never by a guess.

The ECB's daily rates since 4 January 1999 come with the package CurrencyConverter, so nothing is fetched; fixed rates stand in
`pegs.json`, each with its source and the time it holds for. A document newer than the installed package's rates gets no value.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources

from currency_converter import CurrencyConverter, RateNotFoundError

MAX_AGE_DAYS = 7  # the longest gaps between two of the ECB's rates, at Easter and the turn of the year, are five days


@dataclass(frozen=True)
class Conversion:
    """An amount in US dollars: the columns `amount_usd`, `fx_date` and `fx_source` of `amounts` and `deals`.

    `source` is `ecb` (the ECB has the currency's rate), `peg` (a fixed rate stands in between) or `none`. Dollars need no rate:
    the amount itself, with source `none` and no day. Where there is no rate, `amount_usd` and `fx_date` are None.
    """

    amount_usd: float | None
    fx_date: dt.date | None
    source: str


@dataclass(frozen=True)
class Peg:
    """A fixed rate: `per_base` units of `currency` are one of `base`, from `since` to `until` (None: still)."""

    currency: str
    base: str
    per_base: float
    since: dt.date
    until: dt.date | None
    source: str

    def holds(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


NO_RATE = Conversion(None, None, "none")


class Rates:
    """Exchange rates to the US dollar; loading takes 0.2 s, at the first use."""

    def __init__(self, max_age_days: int = MAX_AGE_DAYS) -> None:
        """A day without a rate takes the last one before it that is at most `max_age_days` old."""
        self.max_age_days = max_age_days
        self._rate = functools.lru_cache(maxsize=65_536)(self._find_rate)

    def usd(self, amount: float | None, currency: str | None, day: dt.date | None) -> Conversion:
        """`amount` units of `currency` (ISO 4217, also historic codes) in US dollars on `day`.

        `NO_RATE` where amount, currency or day is None or no rate holds on that day. Raises `ValueError` for NaN and infinity.
        """
        if amount is not None and not math.isfinite(amount):
            raise ValueError(f"{amount} is no amount: a missing one is None")
        if amount is None or currency is None:
            return NO_RATE
        if currency == "USD":
            return Conversion(float(amount), None, "none")
        found = self._rate(currency, day) if day else None
        if found is None:
            return NO_RATE
        rate, fx_date, source = found
        return Conversion(amount * rate, fx_date, source)

    def _find_rate(self, currency: str, day: dt.date) -> tuple[float, dt.date, str] | None:
        """Dollars for one unit, the day of the rate, and its source."""
        published = self._ecb_rate(currency, day)
        if published:
            return (*published, "ecb")
        for peg in _pegs().get(currency, ()):
            if peg.holds(day):
                base = (1.0, day) if peg.base == "USD" else self._ecb_rate(peg.base, day)
                return (base[0] / peg.per_base, base[1], "peg") if base else None
        return None

    def _ecb_rate(self, currency: str, day: dt.date) -> tuple[float, dt.date] | None:
        """The ECB's last rate at `day`; None before the currency's first and after its last, and where it is too old."""
        table = _ecb()
        if currency not in table.currencies:
            return None
        first, last = table.bounds[currency]
        # a currency that is no longer quoted ends with its last rate; one that is quoted outlives the end of the data by the usual gap
        ended = last < table.bounds["USD"].last_date
        if day < first or (ended and day > last):
            return None
        for age in range(self.max_age_days + 1):
            rate_day = day - dt.timedelta(days=age)
            with suppress(RateNotFoundError):  # a weekend or holiday
                return float(table.convert(1.0, currency, "USD", rate_day)), rate_day
        return None


@functools.cache
def _ecb() -> CurrencyConverter:
    return CurrencyConverter()


@functools.cache
def _pegs() -> dict[str, tuple[Peg, ...]]:
    """The fixed rates of `pegs.json` by currency."""
    listed = json.loads(resources.files("flows.tables").joinpath("pegs.json").read_text(encoding="utf-8"))["pegs"]
    by_currency: dict[str, tuple[Peg, ...]] = {}
    for entry in listed:
        until = dt.date.fromisoformat(entry["until"]) if entry["until"] else None
        peg = Peg(**{**entry, "since": dt.date.fromisoformat(entry["since"]), "until": until})
        by_currency[peg.currency] = (*by_currency.get(peg.currency, ()), peg)
    return by_currency
