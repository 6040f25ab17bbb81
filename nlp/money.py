"""Where does a text speak of an amount of money, how much is it, and in which currency?

A grammar of our own for how the world's English writes money: `US$300m`, `EUR 1.2bn`, `6.4 trillion yen`, `51.3 mln dlrs`,
`Rs 1,500 crore`, `half a billion dollars`, `$2-3 billion`, `€500 million ($545 million)`. (Of 20 typical amounts four public
libraries read at most 8 right.) It reads from number to number: one compiled pattern finds numbers in figures or words, and only
there the symbol before and the magnitude and currency behind are looked up.

`nlp.currencies` knows the words, `nlp.numbers` the figures, `nlp.amounts` makes the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nlp.currencies import Unit, load_currencies
from nlp.money_context import between_cue, is_change, is_weight, looks_like_other, read_modifier, read_per
from nlp.numbers import FIGURES, WORDS, parse_figures, parse_words


@dataclass(frozen=True, slots=True)
class MoneySpan:
    """One mention of money. Offsets are half-open in code points; `text` is without the modifier.

    `modifier_start` is where the modifier begins (`start` where there is none or it follows). `paired_with` is the index, in the
    list that `find_amounts` gives, of the amount that this one restates in another currency.
    """

    start: int
    end: int
    text: str
    amount_min: float
    amount_max: float
    modifier: str = "exact"
    modifier_start: int = 0
    currency: str | None = None
    currency_source: str = "explicit"
    per: str | None = None
    paired_with: int | None = None


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number as read: its span with currency, its value without magnitude, and what was written around it."""

    start: int
    end: int
    number: float
    magnitude: float
    before: Unit | None
    after: Unit | None
    grouped: bool
    bare_start: int
    to_end_of_number: int

    @property
    def unit(self) -> Unit | None:
        return self.after if self.after and (not self.before or self.after.code) else self.before

    @property
    def value(self) -> float:
        unit = self.unit
        divisor = unit.divisor if unit else 1
        return self.number * (self.magnitude or 1.0) / divisor


_FIGURES = re.compile(FIGURES)
_WORDS = re.compile(rf"{WORDS}(?=[ -])", re.IGNORECASE)
# Cheap patterns that find where a number may begin; only there the full grammar is tried.
_FIGURE_START = re.compile(r"\d+|[½¼¾⅓⅔⅛⅜⅝⅞]")
_WORD_START = re.compile(
    r"\b(?:[Oo]ne[ -]|[Tt](?:wo|hree|hirt|en[ -]|housand|went|welve)|[Ff](?:our|ive|ift|ort)|[Ss](?:ix|even)|[Ee](?:ight|leven)|[Nn]ine"
    r"|[Hh](?:alf[ -]an?\b|undred)|[Aa]n?(?=[ -](?:hu|th|si|ha|qu|mi|bi|tr|ml|bl|la|cr)))"
)
_MAGNITUDE_WORDS = "|".join(sorted((w for w in load_currencies().magnitudes if len(w) > 1 and " " not in w), key=len, reverse=True))
_MAGNITUDE = re.compile(
    rf"(?P<glue>[ -]?)(?P<mag>(?:(?:hundred|thousand|lakh|million)[ -])?(?i:{_MAGNITUDE_WORDS})|[kKmMbBtT]|MM)(?![\w&’'/]|\.\d)"
)
_WORD = re.compile(r"[ -]?([^\W\d_]+(?:[.’'&][^\W\d_]+)*\$?|[€£¥₹$₩¢₽₺₴₪฿₫₦₱])")
_LINK = re.compile(r" ?[-–—] ?| (?:to|and) ")
_PAIR = re.compile(
    r" ?[(\[][^\d()\[\]$€£¥]{0,25}"
    r"|(?:,? (?:or|i\.e\.,?|equivalent to|equal to|equivalent of|worth)|;|,| ?/| ?=)[ ]?"
    r"(?:(?:about|around|some|roughly|approximately|nearly|the equivalent of) )?"
)
_ODD_SPACE = re.compile(r"[\u00a0\u2000-\u200a\u202f]")
_POUND_SIGN = re.compile(r"£|\b(?:sterling|stg|pence|British)\b|\b(?:million|billion|m|bn) pounds\b(?! of)")
_NEAR = 300
_WHOLE = {"cent": "dollar", "centavo": "peso", "centime": "franc"}


def find_amounts(
    text: str, *, country: str | None = None, publisher_country: str | None = None, mentioned: Sequence[str] = ()
) -> list[MoneySpan]:
    """Every amount of money in a text, in order, never overlapping.

    `country` is the document's, `publisher_country` the publisher's (ISO alpha-2): the first of them whose currency bears a shared
    name ("$", "crown", "dlrs") decides it. `mentioned` are countries that the document names, asked after those, and never for
    dollars: a story about Australia is not priced in its dollars by that alone. Else the name's most usual currency is taken
    (`currency_source` "default"), or none. Percentages, counts, weights and amounts without a number are no amounts.
    """
    plain = text if text.isascii() else _ODD_SPACE.sub(" ", text)
    quantities = list(_apart(_combined(plain, list(_quantities(plain)))))
    if not _POUND_SIGN.search(plain) and not {"GBP", "EGP", "LBP", "SYP", "IEP"} & {
        load_currencies().resolve("pound", (place,)) for place in (country, publisher_country)
    }:
        quantities = [q for q in quantities if not _bare_pounds(q[1])]
    spans = [_finish(plain, text, low, high) for low, high in quantities]
    spans = _resolve(spans, [low.unit if low.unit else high.unit for low, high in quantities], country, publisher_country, mentioned)
    return _pair(plain, spans)


def _quantities(text: str) -> Iterator[_Quantity]:
    """The numbers that may be money, left to right: with a currency, or next to a link that may lead to one."""
    position, linked = 0, -1
    figures, words = _starts(text, _FIGURE_START), _starts(text, _WORD_START)
    at_figure, at_word = next(figures), next(words)
    while (start := min(at_figure, at_word)) < len(text):
        in_figures = start == at_figure
        if in_figures:
            found = _FIGURES.match(text, start)
            if start and text[start - 1] == "." and not (start > 1 and text[start - 2].isdigit()):
                found = _FIGURES.match(text, start - 1) or found
        else:
            found = _WORDS.match(text, start)
        if found:
            quantity = _read(text, found, in_figures)
            link = _LINK.match(text, quantity.end) if quantity else None
            if quantity and (quantity.unit or link or start == linked or quantity.start == linked):
                yield quantity
                position = quantity.end
            linked = link.end() if link else linked
            position = max(position, found.end())
        # The rest of a number that was read (or refused) is no new number.
        while at_figure < position or at_figure == start:
            at_figure = next(figures)
        while at_word < position or at_word == start:
            at_word = next(words)


def _starts(text: str, pattern: re.Pattern[str]) -> Iterator[int]:
    """Where a pattern begins, then for ever the text's length."""
    for found in pattern.finditer(text):
        yield found.start()
    while True:
        yield len(text)


def _read(text: str, found: re.Match[str], in_figures: bool) -> _Quantity | None:
    """The quantity at a number: its value with the currency before it, and the magnitude and currency behind it."""
    start, end = found.span()
    if in_figures:
        number = parse_figures(found[0])
        if number is None:
            return None
        before, span_start = _before(text, start)
        if before is None and start and (text[start - 1].isalnum() or text[start - 1] in "_#."):
            return None
    else:
        if start and text[start - 1] == "-":
            return None
        number, before, span_start = parse_words(found[0]), None, start
        if number is None:
            return None
    magnitude, after_magnitude, glued = _magnitude(text, end, before is not None)
    after, after_end = _after(text, after_magnitude, number, end)
    if before is None and after is None and glued == "loose":
        magnitude, after_magnitude = 0.0, end
    grouped = "," in found[0] or (in_figures and " " in found[0])
    quantity = _Quantity(span_start, after_end if after else after_magnitude, number, magnitude, before, after, grouped, start, end)
    return _strong(text, quantity)


def _before(text: str, start: int) -> tuple[Unit | None, int]:
    """The currency written just before a number, and where it begins."""
    known = load_currencies()
    stop = start - 1 if start and text[start - 1] == " " else start
    if not stop or not (text[stop - 1].isalpha() or text[stop - 1] in "$€£¥￥₹₩₽₺₴₪฿₫₦₱₡₵₸₾₲₮₭৳.֏¢/"):
        return None, start
    low = max(0, stop - known.longest_prefix)
    for begin in range(low, stop):
        written = text[begin:stop]
        unit = known.prefixes.get(written)
        if unit and not (written[0].isalpha() and begin and (text[begin - 1].isalnum() or text[begin - 1] in "$&-'’_")):
            if (
                written[0] in "$€£¥"
                and begin
                and text[begin - 1].isalpha()
                and text[begin - 1].islower()
                and text[begin - 3 : begin] != "and"
            ):
                return None, start
            if written == "$" and (country := re.search(r"(?<!the )(?<!The )\b(US|U\.S\.|NZ|HK) \Z", text[max(0, begin - 12) : begin])):
                unit = known.prefixes[country[1].replace(".", "") + "$"]
                return unit, begin - len(country[0])
            return unit, begin
    return None, start


def _magnitude(text: str, end: int, has_currency: bool) -> tuple[float, int, str]:
    """Factor (0 where there is none) and end of a magnitude behind a number; single letters count only where they cannot be units."""
    found = _MAGNITUDE.match(text, end)
    if not found:
        return 0.0, end, ""
    word, glue = found["mag"], found["glue"]
    known = load_currencies().magnitudes
    if len(word) == 1 or word == "MM":
        if glue and (not has_currency or word not in "mMbB" or glue == "-"):
            return 0.0, end, ""
        return known[word], found.end(), "" if has_currency else "loose"
    parts = re.split(r"[ -]", word.casefold())
    if len(parts) == 1 and word.casefold() in ("hundred", "thousand", "k") and not text[end - 1].isdigit():
        return 0.0, end, ""
    factor = 1.0
    for part in parts:
        factor *= known[part]
    if word[-1] in "sS" and parts[-1] in ("millions", "billions", "trillions") and not has_currency:
        return 0.0, end, ""
    return factor, found.end(), ""


def _after(text: str, position: int, number: float, number_end: int) -> tuple[Unit | None, int]:
    """The currency in the (up to four) words behind a number, and its end; the longest known phrase counts."""
    known = load_currencies()
    first = _WORD.match(text, position)
    if not first:
        return None, position
    word = first[1].casefold()
    if word not in known.first_words and word + "." not in known.first_words:
        return None, position
    ends: list[int] = []
    phrase = ""
    phrases: list[str] = []
    match: re.Match[str] | None = first
    while match and len(phrases) < 4:
        phrase = f"{phrase} {match[1].casefold()}".strip()
        phrases.append(phrase)
        ends.append(match.end())
        following = match.end()
        if text[following : following + 1] == "." and _WORD.match(text, following + 1):
            following += 1
        match = _WORD.match(text, following)
    for phrase, end in zip(reversed(phrases), reversed(ends)):
        unit = (
            known.words.get(phrase) or known.words.get(phrase.replace(".", "")) or known.words.get(re.sub(r"(\.\w)(?= )", r"\1.", phrase))
        )
        if unit is None:
            continue
        if text[end : end + 1].isalnum() or (unit.symbol and text[end : end + 1].isdigit()):
            continue
        if phrase == "p" and (position != number_end or text[position] == " " or number in (144, 240, 360, 480, 720, 1080, 1440, 2160)):
            continue
        if phrase in ("us", "u.s", "u.s."):
            continue
        return unit, end
    return None, position


def _strong(text: str, quantity: _Quantity) -> _Quantity | None:
    """The quantity without a currency that is more likely another word here ("5 won", "TOP 10", "200 pounds of cocaine")."""
    large = bool(quantity.magnitude) or quantity.grouped or (quantity.value >= 100 and not 1900 <= quantity.value <= 2100)
    before, after = quantity.before, quantity.after
    if before and before.weak and not (quantity.magnitude or quantity.grouped or after):
        before = None
    if before and looks_like_other(text, quantity.start, quantity.end, before):
        before = None
    if after and ((after.weak and not large and not before) or is_weight(text, quantity.end, after, bool(quantity.magnitude))):
        after = None
    if before is quantity.before and after is quantity.after:
        return quantity
    if not before and not after and quantity.before and quantity.bare_start and text[quantity.bare_start - 1].isalnum():
        return None
    end = quantity.end
    if after is None and quantity.after is not None:
        _, end, _ = _magnitude(text, quantity.to_end_of_number, before is not None)
    return replace(quantity, before=before, after=after, start=quantity.start if before else quantity.bare_start, end=end)


def _bare_pounds(quantity: _Quantity) -> bool:
    """Small counts of pounds: a weight, where nothing in the text speaks of the currency."""
    unit = quantity.unit
    return unit is not None and unit.family == "pound" and not unit.symbol and not quantity.magnitude and not quantity.grouped


def _combined(text: str, quantities: list[_Quantity]) -> Iterator[tuple[_Quantity, _Quantity]]:
    """Lower and upper bound of each amount: two quantities linked into a range, or twice the same one."""
    index = 0
    while index < len(quantities):
        low = quantities[index]
        if index + 1 < len(quantities):
            high = quantities[index + 1]
            link = _LINK.fullmatch(text, low.end, high.start)
            bounds = _range(text, low, high, link[0].strip()) if link else None
            if bounds:
                yield bounds
                index += 2
                continue
        if low.unit:
            yield low, low
        index += 1


def _apart(amounts: Iterable[tuple[_Quantity, _Quantity]]) -> Iterator[tuple[_Quantity, _Quantity]]:
    """The amounts without those that take a sign which the one before has used ("0$.0" is one amount)."""
    end = 0
    for low, high in amounts:
        if low.start >= end:
            yield low, high
            end = high.end


def _range(text: str, low: _Quantity, high: _Quantity, link: str) -> tuple[_Quantity, _Quantity] | None:
    """The bounds where two linked quantities are one range, else None."""
    left, right = low.unit, high.unit
    if not left and not right:
        return None
    if link == "and" and not between_cue(text, low.start):
        return None
    if link == "to" and is_change(text, low.start):
        return None
    if left and right:
        if (left.code, left.family) != (right.code, right.family) and left.family != "dollar" and right.family != "dollar":
            return None
    elif left:
        if (link == "to" and (low.magnitude or not (high.magnitude or _closes(text, high.end)))) or (
            link != "to" and low.magnitude and high.magnitude != low.magnitude
        ):
            return None
        high = replace(high, before=low.before, after=low.after)
    else:
        if not low.magnitude and 1900 <= low.number <= 2100 and float(low.number).is_integer():
            return None
        low = replace(low, after=high.after, before=high.before)
    if not low.magnitude and high.magnitude and low.number < 1000 and low.number <= high.number:
        low = replace(low, magnitude=high.magnitude)
    return (low, high) if low.value < high.value else None


def _closes(text: str, end: int) -> bool:
    """Does a phrase end here? ("$5 to 10." but not "$5 to 30 schools")."""
    return re.match(r"\s*(?:[^\w\s]|\Z|\n|(?:a|an|per|each|in|for|on|by|more|from|at)\b)", text[end : end + 8]) is not None


def _finish(plain: str, text: str, low: _Quantity, high: _Quantity) -> MoneySpan:
    start, end = low.start, high.end
    modifier, modifier_start, modifier_end = read_modifier(plain, start, end)
    per = read_per(plain, modifier_end)
    return MoneySpan(start, end, text[start:end], _tidy(low.value), _tidy(high.value), modifier, modifier_start, per=per)


def _tidy(value: float) -> float:
    """The value without what binary multiplication adds (1.33 × 1e9)."""
    return round(value, 6) if value < 1e9 else float(f"{value:.12g}")


def _resolve(
    spans: list[MoneySpan], units: Sequence[Unit | None], country: str | None, publisher: str | None, mentioned: Sequence[str]
) -> list[MoneySpan]:
    """Put the currency on each span."""
    known = load_currencies()
    stated = {unit.code for unit in units if unit and unit.code}
    resolved: list[MoneySpan] = []
    for span, unit in zip(spans, units):
        assert unit is not None
        code, source, family = unit.code, "explicit", unit.family
        if code is None and family and family not in known.minor_currencies:
            code, source = _resolve_family(family, country, publisher, mentioned, stated)
        resolved.append(replace(span, currency=code, currency_source=source))
    # Cents are those of the nearest amount that has cents.
    for index, (span, unit) in enumerate(zip(resolved, units)):
        family = unit.family if unit else None
        if family in known.minor_currencies:
            whole = [o for o in resolved if o.currency in known.minor_currencies[family] and abs(o.start - span.start) < _NEAR]
            if whole:
                code, source = min(whole, key=lambda o: abs(o.start - span.start)).currency, "document"
            else:
                code, source = _resolve_family(_WHOLE[family], country, publisher, mentioned, stated)
            resolved[index] = replace(span, currency=code, currency_source=source)
    return resolved


def _resolve_family(
    family: str, country: str | None, publisher: str | None, mentioned: Sequence[str], stated: set[str]
) -> tuple[str | None, str]:
    """Which currency of a family is meant, and what told it."""
    known = load_currencies()
    places: tuple[tuple[str, Sequence[str | None]], ...] = (("document", (country,)), ("publisher", (publisher,)))
    if family != "dollar":
        places += (("document", mentioned),)
    for source, where in places:
        code = known.resolve(family, where)
        if code:
            return code, source
    elsewhere = sorted(stated & known.members[family]) if family != "dollar" else []
    if elsewhere:
        return elsewhere[0], "document"
    return known.defaults[family], "explicit" if family in known.plain else "default"


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
    if between.lstrip()[:1] in ("(", "["):
        return True
    if between.strip() in (",", "/", ";"):
        return previous.paired_with is not None or "/" in between
    return True
