"""Amounts that are made up: whatever amount is written in whatever supported style reads back, and no string breaks the grammar.

The styles come from the lexicon itself: every sign, code and word for a currency, before and behind the number, every magnitude,
every way to group figures, numbers in words, ranges.
"""

from __future__ import annotations

import random
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.currencies import Unit, load_currencies
from nlp.money import MoneySpan, find_amounts
from nlp.numbers import parse_words

_KNOWN = load_currencies()
# Read by rules of their own: "c" and "p" only glued, "US" alone is no currency.
_UNUSUAL = {"c", "p", "us", "u.s", "u.s."}
_PLAIN_PHRASE = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,3}|[^\w\s$]")
# Codes that are words of the language count in capitals only ("25 billion all told").
_WORD_CODES = {code.casefold() for code in _KNOWN.word_codes}
_BEFORE = sorted(_KNOWN.prefixes)
_BEHIND = sorted(phrase for phrase in _KNOWN.words if phrase not in _UNUSUAL and _PLAIN_PHRASE.fullmatch(phrase))
_WORD_MAGNITUDES = sorted(
    word for word in _KNOWN.magnitudes if len(word) > 2 and word not in ("hundred", "thousand", "thou") and word[-1] != "s"
)
_LETTERS = ["k", "m", "bn", "M", "B", "mn", "tn"]


def currency_of(unit: Unit) -> str | None:
    """The currency that a unit stands for where neither document nor publisher is known."""
    if unit.code:
        return unit.code
    family = {"cent": "dollar", "centavo": "peso", "centime": "franc"}.get(str(unit.family), str(unit.family))
    return _KNOWN.defaults[family]


def grouped(whole: int, separator: str) -> str:
    return f"{whole:,}".replace(",", separator)


def indian(whole: int) -> str:
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail])


def written_forms(whole: int, cents: int) -> list[str]:
    """A number as the world's English writes it; without forms that mean another number elsewhere ("1.234" is 1.234)."""
    tail = f".{cents:02d}" if cents else ""
    forms = [f"{whole}{tail}", f"{whole:,}{tail}", f"{indian(whole)}{tail}"]
    if whole >= 1000:
        forms += [grouped(whole, " ") + tail, grouped(whole, "'") + tail]
    if whole >= 1000 and cents:
        forms.append(f"{grouped(whole, '.')},{cents:02d}")
    if whole >= 1_000_000 and not cents:
        forms.append(grouped(whole, "."))
    return forms


_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
          "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    """An English number name below a million."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_SMALL[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{_SMALL[number // 100]} hundred" + (f" and {in_words(number % 100)}" if number % 100 else "")
    return f"{in_words(number // 1000)} thousand" + (f" {in_words(number % 1000)}" if number % 1000 else "")


WHOLE = st.one_of(st.integers(3, 999), st.integers(1000, 999_999_999))
CENTS = st.one_of(st.just(0), st.integers(1, 99))
AROUND = st.sampled_from([("", ""), ("It paid ", "."), ("(", ")"), ("worth ", " for the plant"), ("a fund of ", ", he said"), ("“", "”")])


def only(text: str) -> MoneySpan:
    spans = find_amounts(text)
    assert len(spans) == 1, (text, spans)
    return spans[0]


@given(
    sign=st.sampled_from(_BEFORE),
    space=st.sampled_from(["", " "]),
    whole=WHOLE,
    cents=CENTS,
    form=st.integers(0, 9),
    magnitude=st.sampled_from([*(f" {word}" for word in _WORD_MAGNITUDES), *_LETTERS]),
    around=AROUND,
)
@settings(max_examples=500, deadline=None)
def test_every_sign_and_code_before_a_number_reads_back(
    sign: str, space: str, whole: int, cents: int, form: int, magnitude: str, around: tuple[str, str]
) -> None:
    if sign[-1].isalpha() and len(sign) > 3:
        space = " "  # "Euro 5 million" is two words
    forms = written_forms(whole, cents)
    written = sign + space + forms[form % len(forms)] + magnitude
    text = around[0] + written + around[1]
    span = only(text)
    value = (whole + cents / 100) * _KNOWN.magnitudes[magnitude.strip()]
    assert span.text == written
    assert span.amount_min == span.amount_max == pytest.approx(value / _KNOWN.prefixes[sign].divisor, rel=1e-9)
    assert span.currency == currency_of(_KNOWN.prefixes[sign])


@given(
    phrase=st.sampled_from(_BEHIND),
    whole=WHOLE,
    cents=CENTS,
    form=st.integers(0, 9),
    magnitude=st.sampled_from(_WORD_MAGNITUDES),
    around=AROUND,
)
@settings(max_examples=500, deadline=None)
def test_every_word_behind_a_number_reads_back(
    phrase: str, whole: int, cents: int, form: int, magnitude: str, around: tuple[str, str]
) -> None:
    forms = written_forms(whole, cents)
    written = f"{forms[form % len(forms)]} {magnitude} {phrase.upper() if phrase in _WORD_CODES else phrase}"
    unit = _KNOWN.words[phrase]
    span = only(around[0] + written + around[1])
    assert span.text == written
    assert span.amount_min == pytest.approx((whole + cents / 100) * _KNOWN.magnitudes[magnitude] / unit.divisor, rel=1e-9)
    assert span.currency == currency_of(unit)


def test_every_unit_of_the_lexicon_reads_back() -> None:
    for sign in _BEFORE:
        unit = _KNOWN.prefixes[sign]
        span = only(f"It paid {sign} 3.4 billion.")
        assert (span.text, span.currency) == (f"{sign} 3.4 billion", currency_of(unit))
        assert span.amount_min == pytest.approx(3.4e9 / unit.divisor)
    for phrase in _BEHIND:
        unit, written = _KNOWN.words[phrase], phrase.upper() if phrase in _WORD_CODES else phrase
        span = only(f"It paid 3.4 billion {written}.")
        assert (span.text, span.currency) == (f"3.4 billion {written}", currency_of(unit))
        assert span.amount_min == pytest.approx(3.4e9 / unit.divisor)


@given(
    number=st.integers(1, 999_999),
    magnitude=st.sampled_from(["", " million", " billion", " crore"]),
    unit=st.sampled_from(["dollars", "euros", "yen"]),
)
@settings(max_examples=400, deadline=None)
def test_numbers_in_words_read_back(number: int, magnitude: str, unit: str) -> None:
    words = in_words(number)
    assert parse_words(words) == number
    written = f"{words}{magnitude} {unit}"
    span = only(f"It paid {written}.")
    assert span.text == written
    assert span.amount_min == number * _KNOWN.magnitudes.get(magnitude.strip(), 1.0)


@given(
    sign=st.sampled_from(["$", "US$", "€", "£", "A$", "Rs ", "EUR ", "EUR", "¥", "R", "HK$"]),
    low=st.integers(3, 400),
    more=st.integers(1, 300),
    magnitude=st.sampled_from(["m", "bn", " million", " billion", "M", "B", "k"]),
    style=st.sampled_from(
        [
            *["{s}{a}-{b}{m}", "{s}{a}{m}-{s}{b}{m}", "{s}{a}–{b}{m}", "{s}{a} to {b}{m}", "{s}{a}{m} to {s}{b}{m}", "{s}{a}{m}-{b}{m}"],
            *["between {s}{a}{m} and {s}{b}{m}", "between {s}{a} and {b}{m}", "{s}{a}{m} to as much as {s}{b}{m}"],
        ]
    ),
)
@settings(max_examples=500, deadline=None)
def test_ranges_read_back(sign: str, low: int, more: int, magnitude: str, style: str) -> None:
    written = style.format(s=sign, a=low, b=low + more, m=magnitude)
    span = only(f"It will cost {written}.")
    factor = _KNOWN.magnitudes[magnitude.strip()]
    assert (span.amount_min, span.amount_max) == (low * factor, (low + more) * factor)
    assert span.text == written.removeprefix("between ")


_PIECES = [
    *[
        "$",
        "€",
        "US$",
        " ",
        "5",
        "1,5",
        "2.5",
        "-",
        " to ",
        " and ",
        "million",
        "bn",
        "dollars",
        "between ",
        "(",
        ")",
        "half a ",
        "p",
        "cents",
    ],
    *[
        "/",
        "½",
        "won",
        ".",
        ",",
        "Rs ",
        "crore",
        " per share",
        "EUR",
        "5,000",
        "%",
        "1 000 000",
        "three hundred ",
        "a ",
        "£",
        "¥",
        "–",
        "'",
    ],
    *[
        "1'000",
        " point ",
        " or ",
        "Canadian",
        " in US dollars",
        "k",
        "m",
        "M€",
        "0",
        "00",
        " of ",
        "one million, ",
        "two hundred thousand ",
    ],
    *["=", "a million and a half ", "$m ", "\u00a0", "\n"],
]


def random_string(rng: random.Random, kind: int) -> str:
    """Pieces of amounts in disorder, printable ASCII, or any characters of the first planes."""
    if kind == 0:
        return "".join(rng.choices(_PIECES, k=rng.randint(1, 25)))
    if kind == 1:
        return "".join(rng.choices(string.printable, k=rng.randint(1, 200)))
    return "".join(chr(rng.randint(1, 0x2FFF)) for _ in range(rng.randint(1, 120)))


def check_spans(text: str) -> None:
    end = 0
    for index, span in enumerate(find_amounts(text)):
        assert end <= span.start < span.end <= len(text), text
        assert text[span.start : span.end] == span.text
        assert 0 <= span.amount_min <= span.amount_max < float("inf"), text
        assert span.paired_with is None or span.paired_with < index
        end = span.end


@pytest.mark.slow
def test_a_hundred_thousand_random_strings_break_nothing() -> None:
    rng = random.Random(20230705)
    for number in range(100_000):
        check_spans(random_string(rng, number % 3))


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)))
@settings(max_examples=500, deadline=None)
def test_no_string_breaks_the_grammar(text: str) -> None:
    check_spans(text)
