"""Where does a text speak of an amount of money, how much is it, and in which currency?

A grammar of our own for how the world's English writes money: `US$300m`, `EUR 1.2bn`, `6.4 trillion yen`, `51.3 mln dlrs`,
`Rs 1,500 crore`, `half a billion dollars`, `$2-3 billion`, `€500 million ($545 million)`. (Of 20 typical amounts four public
libraries read at most 8 right.) It reads from number to number: one compiled pattern finds numbers in figures or words, and only
there the symbol before and the magnitude and currency behind are looked up.

`nlp.money_quantities` finds the numbers, `nlp.money_ellipsis` those that share what another amount says, `nlp.money_context` reads the
words around and `nlp.money_currency` decides between currencies of one name. `nlp.currencies` knows the words, `nlp.numbers` the
figures, `nlp.amounts` makes the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from nlp.currencies import load_currencies
from nlp.money_context import (
    between_cue,
    equated,
    is_change,
    is_move,
    is_price_of,
    is_price_year,
    phrase_ends,
    quoted_rate,
    read_modifier,
    read_per,
)
from nlp.money_currency import NOWHERE, MoneySpan, Places, resolve_currencies
from nlp.money_ellipsis import with_borrowed
from nlp.money_quantities import LINK, Quantity, quantities

__all__ = ["MoneySpan", "Places", "find_amounts"]


_PAIR = re.compile(
    r" ?[(\[][^\d()\[\]$€£¥]{0,25}"
    r"|(?:,? (?:or|i\.e\.,?|equivalent to|equal to|equivalent of|worth)|;|,| ?/| ?=)[ ]?"
    r"(?:(?:about|around|some|roughly|approximately|nearly|the equivalent of) )?",
    re.IGNORECASE,
)
_TO_ONE = re.compile(r" (?:to|per|for|against) (?:the )?")
_TO_THE_ONE = re.compile(r"\d(?: [a-z]+)? (?:to|per) (?:the )?\Z")
_ENUMERATED = re.compile(r"[,;] ?(?!.*\b(?:or|i\.e|equivalent|equal|worth)\b)")
_ODD_SPACE = re.compile(r"[\u00a0\u2000-\u200a\u202f]")
# A line that ends within an amount, where a text comes with its lines as printed.
_WRAP = re.compile(
    r"(?<=\S)\n(?=[a-z]{2})|(?<=[$€£¥])\n(?=\d)|(?<=\b[A-Z]{3})\n(?=\d[\d.,]* ?(?:[mb]n?|[mb]illion|trillion|crore)\b)"
    r"|(?<=\b(?:to|or))\n(?=[$€£¥\d])|(?<=\band)\n(?=[$€£¥\d])"
)
_POUND_SIGN = re.compile(r"£|\b(?:sterling|stg|pence|British)\b|\b(?:million|billion|m|bn) pounds\b(?! of)")


def find_amounts(text: str, places: Places = NOWHERE) -> list[MoneySpan]:
    """Every amount of money in a text, in order, never overlapping.

    `places` tell which currency a shared sign or name stands for ("$", "crown", "dlrs"); `nlp.money_currency` says how. Percentages,
    counts, weights, exchange rates and amounts without a number are no amounts.
    """
    plain = text if text.isascii() else _ODD_SPACE.sub(" ", text)
    if "\n" in plain:
        plain = _WRAP.sub(" ", plain)
    own = load_currencies().of_country(places.document) | load_currencies().of_country(places.publisher)
    read = with_borrowed(plain, list(_apart(_combined(plain, list(quantities(plain, own))))))
    if not _POUND_SIGN.search(plain) and not _uses_pounds(places):
        read = [bounds for bounds in read if not _bare_pounds(plain, bounds[1])]
    read = list(_without_rates(plain, read))
    spans = [_finish(plain, text, low, high) for low, high in read]
    spans = resolve_currencies(plain, spans, [low.unit or high.unit for low, high in read], places)
    return _pair(plain, spans)


def _uses_pounds(places: Places) -> bool:
    known = load_currencies()
    return any(known.resolve("pound", (place,)) in ("GBP", "EGP", "LBP", "SYP", "IEP") for place in (places.document, places.publisher))


def _without_rates(text: str, amounts: list[tuple[Quantity, Quantity]]) -> Iterator[tuple[Quantity, Quantity]]:
    """The amounts without exchange rates ("83 rupees to the dollar", "at 1,300 won to one dollar")."""
    rate_end = 0
    for index, (low, high) in enumerate(amounts):
        if low.start < rate_end:
            continue
        if (end := quoted_rate(text, high.end)) > high.end:
            rate_end = end
            continue
        following = amounts[index + 1] if index + 1 < len(amounts) else None
        if high.value == 1 and following and following[0].start - high.end < 12 and equated(text, high.end):
            rate_end = following[1].end
            continue
        if following and _is_rate(text, low, high, following):
            rate_end = following[1].end
            continue
        if low is high and low.value == 1 and _TO_THE_ONE.search(text, max(0, low.start - 20), low.start):
            continue
        if low is high and not low.before and not low.magnitude and is_price_year(text, low.start):
            continue
        yield low, high


def _is_rate(text: str, low: Quantity, high: Quantity, one: tuple[Quantity, Quantity]) -> bool:
    """Is an amount what one unit of another currency costs ("P56.20 to $1")?"""
    units = low.unit, one[0].unit
    if one[1].value != 1 or one[1].magnitude or high.magnitude or None in units:
        return False
    return units[0] != units[1] and _TO_ONE.fullmatch(text, high.end, one[0].start) is not None


def _bare_pounds(text: str, quantity: Quantity) -> bool:
    """Small counts of pounds: a weight, where nothing in the text speaks of the currency and no fine or fee follows."""
    unit = quantity.unit
    if is_price_of(text, quantity.end):
        return False
    return unit is not None and unit.family == "pound" and not unit.symbol and not quantity.magnitude and not quantity.grouped


def _combined(text: str, quantities: list[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """Lower and upper bound of each amount: two quantities linked into a range, or twice the same one."""
    index = 0
    while index < len(quantities):
        low = quantities[index]
        if index + 1 < len(quantities):
            high = quantities[index + 1]
            link = LINK.fullmatch(text, low.end, high.start)
            bounds = _range(text, low, high, _link_word(link[0])) if link else None
            if bounds:
                yield bounds
                index += 2
                continue
        if low.unit:
            yield low, low
        index += 1


def _link_word(written: str) -> str:
    """ "to", "and", "or", or the dash of a link (" up to about " → "to")."""
    words = written.casefold().split() or [written]
    return "to" if words[0] == "up" else words[0]


def _apart(amounts: Iterable[tuple[Quantity, Quantity]]) -> Iterator[tuple[Quantity, Quantity]]:
    """The amounts without those that take a sign which the one before has used ("0$.0" is one amount)."""
    end = 0
    for low, high in amounts:
        if low.start >= end:
            yield low, high
            end = high.end


def _range(text: str, low: Quantity, high: Quantity, link: str) -> tuple[Quantity, Quantity] | None:
    """The bounds where two linked quantities are one range, else None."""
    left, right = low.unit, high.unit
    if not left and not right:
        return None
    if link == "or" and left:  # "$5m or $10m" are two
        return None
    if link == "and" and not between_cue(text, low.start):
        return None
    if link == "to" and (is_change(text, low.start) or (is_move(text, low.start) and high.value > 3 * low.value)):
        return None
    if left and right:
        if (left.code, left.family) != (right.code, right.family) and left.family != "dollar" and right.family != "dollar":
            return None
    elif left:
        same, ends = high.magnitude == low.magnitude, phrase_ends(text, high.end)
        if (link == "to" and (not (same and ends) if low.magnitude else not (high.magnitude or ends))) or (
            link != "to" and low.magnitude and not same
        ):
            return None
        high = replace(high, before=low.before, after=low.after)
    else:
        if not low.magnitude and 1900 <= low.number <= 2100 and float(low.number).is_integer():
            return None
        low = replace(low, after=high.after, before=high.before)
    if not low.magnitude and high.magnitude and low.number <= high.number:
        low = replace(low, magnitude=high.magnitude)
    return (low, high) if low.value < high.value else None


def _finish(plain: str, text: str, low: Quantity, high: Quantity) -> MoneySpan:
    start, end = low.start, high.end
    modifier, modifier_start, modifier_end = read_modifier(plain, start, end)
    per = read_per(plain, modifier_end)
    return MoneySpan(start, end, text[start:end], _tidy(low.value), _tidy(high.value), modifier, modifier_start, per=per)


def _tidy(value: float) -> float:
    """The value without what binary multiplication adds (1.33 × 1e9)."""
    return round(value, 6) if value < 1e9 else float(f"{value:.12g}")


def _pair(text: str, spans: list[MoneySpan]) -> list[MoneySpan]:
    """Mark the amounts that restate the one before in another currency ("€500 million ($545 million)")."""
    paired: list[MoneySpan] = []
    for index, span in enumerate(spans):
        if index:
            previous = paired[index - 1]
            between = text[previous.end : span.start]
            # A pair is two currencies whose bare numbers are of one transaction: no exchange rate is beyond 1 : 100,000.
            if (
                previous.currency != span.currency
                and len(between) < 40
                and _PAIR.fullmatch(between)
                and _restates(text, between, span, previous)
            ):
                target = previous.paired_with if previous.paired_with is not None else index - 1
                span = replace(span, paired_with=target)
        paired.append(span)
    return paired


def _restates(text: str, between: str, span: MoneySpan, previous: MoneySpan) -> bool:
    if not previous.amount_min or not span.amount_min:
        return False
    ratio = span.amount_min / previous.amount_min
    if not 1e-5 <= ratio <= 1e5:
        return False
    if _ENUMERATED.match(between):
        return previous.paired_with is not None
    return True
