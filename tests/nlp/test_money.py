"""Amounts of money: the written cases of `money_cases.tsv`, currencies by context, and properties over made-up amounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.money import MoneySpan, find_amounts

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
    (span,) = find_amounts(text, country=country, publisher_country=publisher)
    assert (span.currency, span.currency_source) == expected


def test_countries_that_are_only_mentioned_do_not_reprice_dollars() -> None:
    (pesos,) = find_amounts("5 billion pesos", publisher_country="US", mentioned=["AU", "CL"])
    (dollars,) = find_amounts("$5 billion", publisher_country="US", mentioned=["AU", "CL"])
    assert (pesos.currency, dollars.currency) == ("CLP", "USD")


def test_the_span_leaves_the_modifier_out() -> None:
    text = "It may cost up to $5 billion."
    (span,) = find_amounts(text)
    assert (span.text, text[span.modifier_start : span.start], span.modifier) == ("$5 billion", "up to ", "up_to")
    assert text[span.start : span.end] == span.text


def test_odd_spaces_are_spaces() -> None:
    assert describe(find_amounts("€\u00a05\u202fmillion")[0]) == "EUR 5000000"


_STYLES = {
    "${n}": "USD",
    "US${n}": "USD",
    "A${n}": "AUD",
    "EUR {n}": "EUR",
    "EUR{n}": "EUR",
    "€{n}": "EUR",
    "£{n}": "GBP",
    "CHF {n}": "CHF",
    "{n} euros": "EUR",
    "{n} yen": "JPY",
    "{n} U.S. dollars": "USD",
    "{n} Swiss francs": "CHF",
    "{n} dlrs": "USD",
    "₹{n}": "INR",
    "{n} EUR": "EUR",
    "R${n}": "BRL",
}
_MAGNITUDES = {"": 1.0, " million": 1e6, " billion": 1e9, " mln": 1e6, " bn": 1e9, " trillion": 1e12, " crore": 1e7}


@given(
    style=st.sampled_from(sorted(_STYLES)),
    magnitude=st.sampled_from(sorted(_MAGNITUDES)),
    number=st.integers(1, 99_999_999).map(lambda cents: cents / 100),
    grouped=st.booleans(),
    before=st.sampled_from(["", "It paid ", "(", "for up to ", "worth "]),
    after=st.sampled_from(["", ".", " for the plant", ", he said", ")"]),
)
@settings(max_examples=400, deadline=None)
def test_any_amount_in_any_style_reads_back(style: str, magnitude: str, number: float, grouped: bool, before: str, after: str) -> None:
    figures = f"{number:,.2f}" if grouped else f"{number:.2f}"
    written = style.format(n=figures + magnitude)
    text = before + written + after
    (span,) = find_amounts(text)
    assert span.text == written
    assert span.amount_min == pytest.approx(number * _MAGNITUDES[magnitude], rel=1e-9)
    assert span.currency == _STYLES[style]


_PIECES = st.sampled_from(
    [
        "$",
        "€",
        "US$",
        " ",
        "5",
        "1,5",
        "2.5",
        "-",
        " to ",
        "and",
        "million",
        "bn",
        "dollars",
        "between ",
        "(",
        ")",
        "half a ",
        "p",
        "cents",
        "/",
        "½",
        "won",
        ".",
        ",",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map("".join)))
@settings(max_examples=1000, deadline=None)
def test_no_string_crashes_and_spans_are_true_and_apart(text: str) -> None:
    end = 0
    for span in find_amounts(text):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        assert 0 <= span.amount_min <= span.amount_max
        end = span.end
