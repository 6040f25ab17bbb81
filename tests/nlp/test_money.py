"""Amounts of money: the written cases of `money_cases.tsv`, and currencies by context."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.money import MoneySpan, Places, find_amounts

_CASES = [
    line.rstrip("\n").split("\t")
    for line in Path(__file__).with_name("money_cases.tsv").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


def describe(span: MoneySpan) -> str:
    """A span in the notation of the case file."""
    parts = [f"{span.currency} {span.amount_min:.12g}" + (f"..{span.amount_max:.12g}" if span.amount_max != span.amount_min else "")]
    parts += [span.modifier] if span.modifier != "exact" else []
    parts += [f"/{span.per}"] if span.per else []
    parts += [f"={span.paired_with}"] if span.paired_with is not None else []
    return " ".join(parts)


def normal(expected: str) -> list[str]:
    """The case file's notation with its numbers written one way."""
    rows = []
    for row in filter(None, expected.split(";")):
        currency, number, *rest = row.split()
        bounds = "..".join(f"{float(n):.12g}" for n in number.split(".."))
        rows.append(" ".join([currency, bounds, *rest]))
    return rows


def test_there_are_enough_written_cases() -> None:
    assert len(_CASES) >= 300


@pytest.mark.parametrize("text, expected", [(c[0], c[1] if len(c) > 1 else "") for c in _CASES], ids=[c[0] for c in _CASES])
def test_written_case(text: str, expected: str) -> None:
    assert [describe(span) for span in find_amounts(text)] == normal(expected)


@pytest.mark.parametrize(
    "text, country, publisher, expected",
    [
        ("$5 million", None, "AU", ("AUD", "publisher")),
        ("$5 million", "CA", "AU", ("CAD", "document")),
        ("$5 million", "FR", "GB", ("USD", "default")),
        ("US$5 million", "CA", "AU", ("USD", "explicit")),
        ("5 mln dlrs", None, "US", ("USD", "publisher")),
        ("¥5 million", "CN", None, ("CNY", "document")),
        ("¥5 million", None, None, ("JPY", "default")),
        ("500 mln crowns", "CZ", None, ("CZK", "document")),
        ("500 mln crowns", None, "DK", ("DKK", "publisher")),
        ("500 mln francs", "FR", None, ("FRF", "document")),
        ("5 billion pesos", "PH", "US", ("PHP", "document")),
        ("5 million pounds", "EG", "GB", ("EGP", "document")),
        ("Rs 500 crore", "PK", None, ("PKR", "document")),
        ("40 cents", "AU", None, ("AUD", "document")),
        ("5 million dinars", None, None, (None, "default")),
    ],
)
def test_a_shared_name_is_resolved_by_country(
    text: str, country: str | None, publisher: str | None, expected: tuple[str | None, str]
) -> None:
    (span,) = find_amounts(text, Places(document=country, publisher=publisher))
    assert (span.currency, span.currency_source) == expected


def test_a_country_named_beside_or_first_in_the_sentence_decides() -> None:
    text = (
        "Norway waited. Romania sells power to Moldova at a capped price of 450 lei. In Norway it was 6 billion crowns, "
        "in Sweden 7 billion crowns."
    )
    named = [(text.index(name), code) for name, code in (("Romania", "RO"), ("Moldova", "MD"), ("Norway it", "NO"), ("Sweden", "SE"))]
    assert [span.currency for span in find_amounts(text, Places(named=named))] == ["RON", "NOK", "SEK"]


@pytest.mark.parametrize(
    "text, places, expected",
    [
        ("£40 million", Places(named=[(0, "IL"), (3, "ID")]), "GBP"),
        ("850 million roubles", Places(named=[(0, "KG"), (9, "RU")], year=2025), "RUB"),
        ("FCFA 9 billion", Places(publisher="SN", year=2024), "XOF"),
        ("P1 billion", Places(named=[(0, "BW")], year=2025), "BWP"),
        ("500 million francs", Places(publisher="FR", named=[(0, "CH")], year=2015), "CHF"),
        ("500 million francs", Places(publisher="FR", named=[(0, "CH")], year=1995), "FRF"),
        ("500 million francs", Places(publisher="FR", year=2015), "FRF"),
    ],
)
def test_a_currency_that_had_ended_comes_last(text: str, places: Places, expected: str) -> None:
    (span,) = find_amounts(text, places)
    assert span.currency == expected


def test_countries_that_are_only_mentioned_do_not_reprice_dollars() -> None:
    places = Places(publisher="US", named=[(0, "AU"), (1, "CL")])
    (pesos,) = find_amounts("5 billion pesos", places)
    (dollars,) = find_amounts("$5 billion", places)
    assert (pesos.currency, dollars.currency) == ("CLP", "USD")


def test_the_span_leaves_the_modifier_out() -> None:
    text = "It may cost up to $5 billion."
    (span,) = find_amounts(text)
    assert (span.text, text[span.modifier_start : span.start], span.modifier) == ("$5 billion", "up to ", "up_to")
    assert text[span.start : span.end] == span.text


def test_odd_spaces_are_spaces() -> None:
    assert describe(find_amounts("€\u00a05\u202fmillion")[0]) == "EUR 5000000"


@pytest.mark.parametrize(
    "text, publisher, year, expected",
    [
        ("K1.5 billion", "MM", None, "MMK 1500000000"),
        ("K1.5 billion", "PG", None, "PGK 1500000000"),
        ("B$20 million", "BS", None, "BSD 20000000"),
        ("Bs 350 million", "BO", None, "BOB 350000000"),
        ("L. 300 million", "HN", None, "HNL 300000000"),
        ("500bn/- was paid.", "TZ", None, "TZS 500000000000"),
        ("Fuel costs 3,200/- a litre.", "UG", None, "UGX 3200 /litre"),
        ("The R350 grant", "ZA", None, "ZAR 350"),
        ("A fine of K500", "ZM", None, "ZMW 500"),
        ("The fee is Re 1.", "IN", None, "INR 1"),
        ("65 billion roubles", None, 1989, "SUR 65000000000"),
        ("65 billion roubles", None, 1995, "RUR 65000000000"),
        ("65 billion roubles", None, 2001, "RUB 65000000000"),
        ("RUB 65 billion", None, 1989, "RUB 65000000000"),
        ("3 billion Turkish lira", None, 1999, "TRL 3000000000"),
        ("30 billion bolivars", "VE", 2014, "VEF 30000000000"),
        ("Le 30 billion", None, 2015, "SLL 30000000000"),
        ("4 billion zlotys", "PL", 1991, "PLZ 4000000000"),
        ("$2.5M US", "CA", None, "USD 2500000"),
    ],
)
def test_signs_and_names_by_place_and_year(text: str, publisher: str | None, year: int | None, expected: str) -> None:
    assert [describe(span) for span in find_amounts(text, Places(publisher=publisher, year=year))] == [expected]


@pytest.mark.parametrize(
    "text, publisher",
    [("The N95 mask", "NG"), ("on the N25 road", "ZA"), ("the R44 helicopter", "ZA"), ("K9 howitzers", "ZM"), ("P5 nations", "PH")],
)
def test_letters_before_small_numbers_are_names_at_home_too(text: str, publisher: str) -> None:
    assert find_amounts(text, Places(publisher=publisher)) == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("It lends $2.5\nbillion to Kyiv.", ["USD 2500000000"]),
        ("It lends 300 million\neuros to Chisinau.", ["EUR 300000000"]),
        ("Aid of EUR\n25 million was signed.", ["EUR 25000000"]),
        ("as much as 300\nmln dlrs in tariffs", ["USD 300000000 up_to"]),
        ("from $2 billion to\n$3 billion", ["USD 2000000000..3000000000"]),
        ("Item 3\n$5 million", ["USD 5000000"]),
        ("- Laos: $25 million\n- Cambodia: 12 million dollars", ["USD 25000000", "USD 12000000"]),
        ("Total\t$ 12,345\t$ 11,200", ["USD 12345", "USD 11200"]),
        ("Cost: $5\n\nmillion-year-old rock", ["USD 5"]),
    ],
)
def test_lines_that_end_within_an_amount(text: str, expected: list[str]) -> None:
    spans = find_amounts(text)
    assert [describe(span) for span in spans] == expected
    assert all(text[span.start : span.end] == span.text for span in spans)


def test_a_headlines_dollars_are_those_of_the_text() -> None:
    spans = find_amounts("Otway drops $5.9 bln bid\n\nOtway Ltd withdrew its A$5.9 billion offer, a unit for $2 million.")
    assert [(span.currency, span.currency_source) for span in spans] == [("AUD", "document"), ("AUD", "explicit"), ("USD", "default")]
    unclear = find_amounts("It drops $5.9 bln bid\n\nThe A$5.9 billion offer, or HK$5.9 billion")
    assert unclear[0].currency == "USD"
