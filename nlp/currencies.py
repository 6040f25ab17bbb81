"""Which currency does a word, a symbol or a code stand for, and in which country?

Reads `lexicons/currencies.json`. A *family* is a word or symbol that several currencies share ("dollar", "$", "crown"); only a
nationality before it, or a country of the document or the publisher, tells which one is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Unit:
    """What a word or symbol says: a currency, or a family of currencies; `weak` ones are other words as well.

    `divisor` is 100 for minor units (cents, pence), below 1 for multiples (MEUR). A minor unit's family names its currencies' shared word.
    """

    code: str | None = None
    family: str | None = None
    weak: bool = False
    divisor: float = 1
    symbol: bool = False


@dataclass(frozen=True, slots=True)
class Currencies:
    """The lexicon, indexed for reading."""

    countries: dict[str, frozenset[str]]
    until: dict[str, int]
    variants: frozenset[str]
    members: dict[str, frozenset[str]]
    defaults: dict[str, str | None]
    plain: frozenset[str]
    words: dict[str, Unit]
    first_words: frozenset[str]
    prefixes: dict[str, Unit]
    longest_prefix: int
    magnitudes: dict[str, float]
    minor_currencies: dict[str, frozenset[str]]
    nationalities: dict[str, str]
    successions: dict[str, tuple[tuple[str, int], ...]]
    strong_codes: frozenset[str]
    word_codes: frozenset[str]

    def resolve(self, family: str, places: Sequence[str | None], year: int | None = None) -> str | None:
        """The family's currency that is (else, was last) used in the first of the countries (ISO alpha-2) that has one.

        With a `year` only such as were still in use then.
        """
        for country in places:
            if not country:
                continue
            here = [
                code
                for code in self.members[family]
                if country in self.countries.get(code, ())
                and code not in self.variants
                and not (year and self.until.get(code, year) < year)
            ]
            if here:
                return max(sorted(here), key=lambda c: (self.until.get(c, 9999), c[:2] == country))
        return None

    def in_year(self, code: str, year: int) -> str:
        """The currency of a code's name and country that was the ordinary one in a year ("RUB" in 1988 → "SUR")."""
        return next((earlier for earlier, last in self.successions.get(code, ()) if year <= last), code)

    def of_country(self, country: str | None) -> frozenset[str]:
        """The currencies that are, or were, used in a country (ISO alpha-2)."""
        return frozenset(code for code, countries in self.countries.items() if country in countries)


@cache
def load_currencies() -> Currencies:
    """The currencies of `lexicons/currencies.json` (codes and names: Unicode CLDR; words and symbols: our own list)."""
    data: dict[str, Any] = json.loads(files("nlp.lexicons").joinpath("currencies.json").read_text(encoding="utf-8"))
    rows = data["currencies"]
    variants = frozenset(r["code"] for r in rows if "(" in r["name"])
    words, prefixes = _words(data, variants), _prefixes(data)
    return Currencies(
        countries={r["code"]: frozenset(r["countries"]) for r in rows},
        until={r["code"]: r["until"] for r in rows if "until" in r},
        variants=variants,
        members={name: frozenset(f["members"]) for name, f in data["families"].items()},
        defaults={name: f["default"] for name, f in data["families"].items()},
        plain=frozenset(data["plain_families"]),
        words=words,
        first_words=frozenset(re.split(r"(?<=[^/])[ -]", phrase)[0] for phrase in words),
        prefixes=prefixes,
        longest_prefix=max(map(len, prefixes)),
        magnitudes={word: float(value) for word, value in data["magnitudes"].items()},
        nationalities={
            word: code
            for code, words in data["families"]["dollar"]["members"].items()
            for word in words
            if code not in ("USN", "USS", "ZWR")
        },
        minor_currencies={name: frozenset(m.get("currencies", ())) for name, m in data["minor_units"].items()},
        successions={code: tuple((earlier, last) for earlier, last in rows) for code, rows in data["successions"].items()},
        strong_codes=frozenset(data["strong_codes"]),
        word_codes=frozenset(data["word_codes"]),
    )


def _words(data: dict[str, Any], variants: frozenset[str]) -> dict[str, Unit]:
    """Casefolded phrases that follow a number → their unit ("u.s. dollars", "markka", "eur", "¢")."""
    weak = {w.casefold() for w in data["weak_units"]}
    strong = set(data["strong_codes"])
    words: dict[str, Unit] = {}
    rows = data["currencies"]
    for row in rows:
        code = row["code"]
        words[code.casefold()] = Unit(code=code, weak=code not in strong)
        if code not in variants:
            for name in (row["name"], row["plural"]):
                if " " in name:
                    words[name.casefold()] = Unit(code=code)
    for name, family in data["families"].items():
        for code, adjectives in family["members"].items():
            if code in variants:
                continue
            for adjective in adjectives:
                for form in family["forms"]:
                    words[f"{adjective} {form}".casefold()] = Unit(code=code)
        for form in family["forms"]:
            words[form.casefold()] = Unit(family=name, weak=form.casefold() in weak)
        for symbol in family["symbols"]:
            if len(symbol) > 1 or not symbol.isalpha():
                words.setdefault(symbol.casefold(), Unit(family=name, weak=symbol[0].isalpha(), symbol=True))
    adjectives_of = {r["code"]: r["name"].rsplit(" ", 1)[0].casefold() for r in rows if " " in r["name"] and r["code"] not in variants}
    for code, forms in data["units"].items():
        for form in forms:
            if code in adjectives_of:
                words.setdefault(f"{adjectives_of[code]} {form}".casefold(), Unit(code=code))
            words[form.casefold()] = Unit(code=code, weak=form.casefold() in weak)
    for code, symbols in data["symbols"].items():
        for symbol in symbols:
            letters = symbol.replace(".", "").isalpha()
            if letters and len(symbol) == 1:  # "500 K" is no kwacha
                continue
            words.setdefault(symbol.casefold(), Unit(code=code, weak=letters and len(symbol) < 4, symbol=not letters))
    for written, unit in _account_units(data):
        words[written.casefold()] = unit
    for written in data["before_only"]:  # "10,000 ft", "20,000 MT" are no sums
        words.pop(written, None)
    for name, minor in data["minor_units"].items():
        for form in minor["forms"]:
            words[form.casefold()] = Unit(
                code=minor.get("currency"), family=name if "family" in minor else None, divisor=minor["divisor"], symbol=form in "¢p"
            )
    return words


def _prefixes(data: dict[str, Any]) -> dict[str, Unit]:
    """Symbols, codes and words that stand before a number → their unit (case matters)."""
    weak, strong = set(data["weak_symbols"]), set(data["strong_codes"])
    prefixes: dict[str, Unit] = {}
    for row in data["currencies"]:
        code = row["code"]
        prefixes[code] = Unit(code=code, weak=code not in strong)
        prefixes[code + "$"] = Unit(code=code)
    for name, family in data["families"].items():
        for symbol in family["symbols"]:
            prefixes[symbol] = Unit(family=name, weak=symbol in weak, symbol=True)
    for code, symbols in data["symbols"].items():
        for symbol in symbols:
            if symbol not in prefixes:
                prefixes[symbol] = Unit(code=code, weak=symbol in weak, symbol=True)
    for written, unit in _account_units(data):
        prefixes[written] = unit
    for written, code in data["minor_prefixes"].items():
        prefixes[written] = Unit(code=code, divisor=100, symbol=True)
    for word, code in data["prefix_words"].items():
        prefixes.setdefault(word, Unit(code=code, weak=True))
    for written, unit in list(prefixes.items()):  # texts in small letters or capitals
        if "$" in written:
            for form in (written.lower(), written.upper(), written.capitalize()):
                prefixes.setdefault(form, unit)
        elif written in data["prefix_words"]:
            if written != "Won":  # "PARTY WON 3 MILLION VOTES"
                prefixes.setdefault(written.upper(), unit)
        elif written in strong or written in data["any_case"]:
            for form in (written.lower(), written.upper(), written.capitalize()):
                prefixes.setdefault(form, replace(unit, weak=True))
    return prefixes


def _account_units(data: dict[str, Any]) -> Iterator[tuple[str, Unit]]:
    """A currency's thousands and millions as Nordic and German accounts write them ("MEUR 5", "120 TEUR")."""
    for letter, factor in data["account_letters"].items():
        for code in data["account_codes"]:
            yield letter + code, Unit(code=code, divisor=1 / factor)
