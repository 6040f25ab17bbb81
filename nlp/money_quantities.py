"""Where may a number be money: the figures or words with the currency before and the magnitude and currency behind them?

It reads from number to number: one compiled pattern finds numbers, and only there the symbol before and the magnitude and currency
behind are looked up. `nlp.money` joins the quantities into amounts and ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nlp.currencies import Unit, load_currencies
from nlp.money_context import (
    between_cue,
    is_kind_of_money,
    is_price_move,
    is_price_of,
    is_priced,
    is_weight,
    looks_like_other,
    phrase_ends,
    read_per,
)
from nlp.numbers import FIGURES, WORDS, parse_figures, parse_words


@dataclass(frozen=True, slots=True)
class Quantity:
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
        after, before = self.after, self.before
        if after is None or before is None:
            return after or before
        if after.divisor != 1:  # "£1.50p"
            return before
        return after if after.code or (before.family == "dollar" and after.family != "dollar") else before

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
    r"\b(?i:one[ -]|t(?:wo|hree|hirt|en[ -]|housand|went|welve)|f(?:our|ive|ift|ort)|s(?:ix|even)|e(?:ight|leven)|nine"
    r"|h(?:alf[ -](?:an?\b|[mbt])|undred)|an?(?=[ -](?:hu|th|si|ha|qu|mi|bi|tr|ml|bl|la|cr)))"
)
_MAGNITUDE_WORDS = "|".join(sorted((w for w in load_currencies().magnitudes if len(w) > 1 and " " not in w), key=len, reverse=True))
# A footnote's figure may follow a word ("$52 billion1"), but "5 m2" is an area; 万 and 億 stand before 円 and 元.
_MAGNITUDE = re.compile(
    rf"(?P<glue>[ -]?)(?P<mag>(?i:(?:hundred|thousand|lakh|million|k(?= cr))[ -])?(?i:{_MAGNITUDE_WORDS})(?![^\W\d¹²³⁴-⁹]|\d\d|&)"
    r"|[万萬億亿兆](?![^\W\d円元圆])"
    r"|(?:[kKmMbBtT]|MM)(?![\w&’']|\.\d))"
)
# A letter apart from its number is a magnitude where money follows ("12.5 M EUR", "5 M€").
_MONEY_NEXT = re.compile(rf"[€£]| (?:{'|'.join(sorted(load_currencies().strong_codes))}|dollars|euros|yen|pounds)(?!\w)")
_SIGNS = "".join(sorted({sign for sign in load_currencies().words if len(sign) == 1 and not sign.isalnum()}))
_LAST_OF_PREFIX = frozenset(sign[-1] for sign in load_currencies().prefixes if not sign[-1].isalpha())
_WORD = re.compile(rf"[ -]?([^\W\d_]+(?:[.’'&][^\W\d_]+)*\$?|[{re.escape(_SIGNS)}])|(/-)(?!\w)")
_MAGNITUDE_BEFORE = re.compile(r"(?<=[A-Z$€£¥ ])(mln|mn|bn|tn|m|(?<=\$)M) ?\Z")
_DOLLAR_COUNTRY = re.compile(r"(?<!the )(?<!The )\b(US|U\.S\.|NZ|HK|CDN|Cdn|USD|AUD|CAD|NZD|HKD|SGD|TWD) \Z")
_NEGATIVE = re.compile(r"[$€£¥]([-−(])\Z")  # "a loss of $(1.2) million", "$-5 million"
_THOUSAND_BEFORE = re.compile(r"(?<![A-Za-z0-9])[kM]\Z")  # "M€ 5"
_RANGE_BEFORE = re.compile(rf"\d[ -]?(?:[kmbt]|{_MAGNITUDE_WORDS})?[-–—]\Z", re.IGNORECASE)
_MORE_WORDS = re.compile(WORDS + r"\b", re.IGNORECASE)
_DOUBLED = re.compile(r" \(\d[\d.,]*\)(?=[ -])")
_GLUE = re.compile(r"(?:,| and|, and)? ", re.IGNORECASE)
_AND_A_PART = re.compile(r"[ -]and[ -](a half|a quarter|three[ -]quarters|a-half)(?=[ -])", re.IGNORECASE)
_PARTS = {"a half": 0.5, "a-half": 0.5, "a quarter": 0.25, "three quarters": 0.75, "three-quarters": 0.75}
_IN_BRACKETS = re.compile(r" ?\(([A-Z][A-Za-z.]+)\)")
_IN_OR_OF = re.compile(r" (?:in|of) ", re.IGNORECASE)
_NATIONALITY = re.compile(rf",? ({'|'.join(sorted(map(re.escape, load_currencies().nationalities), key=len, reverse=True))})(?!\w)")
# Currencies without parts: a dot before three figures groups thousands, as their countries write them.
_THOUSANDS_BY_DOT = frozenset({"IDR", "VND", "CLP", "COP", "PYG", "ESP", "ITL", "CRC", "HUF"})
_DOTTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")
# Where they write so too but the currency has cents, whole hundreds are no price of a litre ("€12.500", not "€1.659").
_OFTEN_BY_DOT = frozenset({"EUR", "BRL", "ARS", "DKK", "TRY", "UYU", "DEM", "FRF"})
_DOTTED_HUNDREDS = re.compile(r"[1-9]\d{0,2}\.\d00")
_GOODS = frozenset({"litre", "gallon", "kWh", "MWh", "kg", "share", "mmBtu"})
_CENTS_NEXT = re.compile(r" (?:from|to) (?:[A-Z]{0,2}\$\d|\d+(?:\.\d+)?c\b)")
_NOT_ENDED = re.compile(
    r" (?!(?:a|an|per|each|in|for|on|by|more|from|at|and|or|to|with|as|over|is|was|will|has|had|last|this|worth|note|notes|coin)\b)[a-z]"
)
_NUMBER_NEXT = re.compile(r" ?\d")
_AMOUNT_NEXT = re.compile(rf" ?\d[\d.,]*(?:,\d{{3}}| ?(?:{_MAGNITUDE_WORDS}|[mbk])\b)", re.IGNORECASE)
_DASH = re.compile(r" ?[-–—~] ?| to | and ", re.IGNORECASE)
LINK = re.compile(
    r" ?[-–—~] ?| (?:(?:up )?to|and|or) (?:(?:as (?:much|high) as|up to|upwards? of|at least|about|around|roughly|over|just over|more than"
    r"|well over|in excess of|nearly|almost|close to|an estimated|some|perhaps|possibly|even) )?",
    re.IGNORECASE,
)


def read_magnitude(text: str, end: int) -> tuple[float, int]:
    """Factor (0 where there is none) and end of a magnitude behind a number that has no currency ("2.5 billion")."""
    return _magnitude(text, end, False)


def quantities(text: str, own: frozenset[str] = frozenset()) -> Iterator[Quantity]:
    """The numbers that may be money, left to right: with a currency, or next to a link that may lead to one.

    `own` are the currencies of the text's own country: their letters count before smaller numbers too ("R350" in South Africa).
    """
    position, linked = 0, -1
    figures, words = _starts(text, _FIGURE_START), _starts(text, _WORD_START)
    at_figure, at_word = next(figures), next(words)
    while (start := min(at_figure, at_word)) < len(text):
        in_figures = start == at_figure
        if in_figures:
            found = _FIGURES.match(text, start)
            if start and text[start - 1] == "." and not (start > 1 and (text[start - 2].isalnum() or text[start - 2] == "/")):
                found = _FIGURES.match(text, start - 1) or found
        else:
            found = _WORDS.match(text, start)
            if found and parse_words(found[0]) is None:  # "costs the five nine billion yen"
                found, position = None, start + 1
        if found:
            quantity = _read(text, found, in_figures, own)
            link = LINK.match(text, quantity.end) if quantity else None
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


def _read(text: str, found: re.Match[str], in_figures: bool, own: frozenset[str]) -> Quantity | None:
    """The quantity at a number: its value with the currency before it, and the magnitude and currency behind it."""
    start, end = found.span()
    if in_figures:
        number = parse_figures(found[0])
        if number is None:
            return None
        before, span_start = _before(text, start)
        if before is None and (sign := _NEGATIVE.search(text, max(0, start - 2), start)) and (sign[1] != "(" or text[end : end + 1] == ")"):
            before, span_start = _before(text, sign.start(1))
            end += sign[1] == "(" and before is not None
        thousand = None
        if before and before.code == "EUR" and (thousand := _THOUSAND_BEFORE.search(text, max(0, span_start - 2), span_start)):
            span_start = thousand.start()
        if before is None and start and (text[start - 1].isalnum() or text[start - 1] in "_#."):
            return None
    else:
        if start and text[start - 1] == "-":
            return None
        number, (before, span_start), thousand = parse_words(found[0]), _before(text, start), None
        if before and not text[span_start].isalpha():  # "$ five"
            before, span_start = None, start
        if number is None:
            return None
        if doubled := _DOUBLED.match(text, end):  # "five (5) million"
            end = doubled.end()
    magnitude, after_magnitude = _magnitude(text, end, before is not None)
    if thousand and not magnitude:
        magnitude = load_currencies().magnitudes[thousand[0]]
    if before is None and in_figures and not magnitude:
        before, span_start, magnitude = _before_magnitude(text, start)
    if magnitude >= 1e6 and (added := _AND_A_PART.match(text, after_magnitude)):  # "a million and a half"
        number, after_magnitude = number + _PARTS[added[1].casefold()], added.end()
    elif magnitude >= 1e5 and not in_figures:
        number, after_magnitude = _more_words(text, number, magnitude, after_magnitude)
    after, after_end = _after(text, after_magnitude, number, end) if not before else _after_sign(text, after_magnitude, number, end, before)
    if after is None and before is None and magnitude and text[after_magnitude : after_magnitude + 2] == ". ":  # "5 mio. kr."
        after, after_end = _after(text, after_magnitude + 1, number, end)
    if after is None and before is None and magnitude:
        after, after_end = _after_link(text, after_magnitude, number, end)
    unit = (after if after and after.code else None) or before
    if unit and in_figures and not magnitude and _groups_by_dot(unit, found[0], read_per(text, after_end if after else after_magnitude)):
        number *= 1000  # "Rp 10.000"
    if unit and unit.code == "BRL" and magnitude == 1e6 and text[end:after_magnitude].strip().casefold() == "mil":
        magnitude = 1e3  # "R$ 500 mil"
    grouped = "," in found[0] or (" " in found[0] if in_figures else "thousand" in found[0].casefold())
    quantity = Quantity(span_start, after_end if after else after_magnitude, number, magnitude, before, after, grouped, start, end)
    return _strong(text, quantity, own)


def _groups_by_dot(unit: Unit, written: str, per: str | None) -> bool:
    """Does the dot in figures behind this currency group thousands ("Rp 10.000", "€12.500 a year")?"""
    if unit.code in _THOUSANDS_BY_DOT:
        return _DOTTED.fullmatch(written) is not None
    return unit.code in _OFTEN_BY_DOT and per not in _GOODS and _DOTTED_HUNDREDS.fullmatch(written) is not None


def _more_words(text: str, number: float, magnitude: float, end: int) -> tuple[float, int]:
    """The number (in units of its magnitude) and its end, with what smaller ones add ("one million, two hundred thousand")."""
    smallest = magnitude
    while (glue := _GLUE.match(text, end)) and (found := _MORE_WORDS.match(text, glue.end())):
        more = parse_words(found[0])
        factor, after = _magnitude(text, found.end(), False)
        if more is None or more * (factor or 1.0) >= smallest or (not factor and text[end] == "," and more < 1000):
            break
        number, smallest, end = number + more * (factor or 1.0) / magnitude, factor or 1.0, after if factor else found.end()
    return number, end


def _before(text: str, start: int) -> tuple[Unit | None, int]:
    """The currency written just before a number, and where it begins."""
    known = load_currencies()
    stop = start - 1 if start and text[start - 1] == " " else start
    if not stop or not (text[stop - 1].isalpha() or text[stop - 1] in _LAST_OF_PREFIX):
        return None, start
    low = max(0, stop - known.longest_prefix)
    for begin in range(low, stop):
        written = text[begin:stop]
        unit = known.prefixes.get(written)
        if unit and not (written[0].isalpha() and begin and _no_word_begins(text, begin)):
            if (
                written[0] in "$€£¥"
                and begin
                and text[begin - 1].isalpha()
                and text[begin - 1].islower()
                and text[begin - 3 : begin] != "and"
            ):
                return None, start
            if written == "$" and (country := _DOLLAR_COUNTRY.search(text, max(0, begin - 12), begin)):
                return known.prefixes[country[1].replace(".", "") + "$"], country.start()
            return unit, begin
    return None, start


def _no_word_begins(text: str, begin: int) -> bool:
    """Do letters that begin here belong to what stands before ("A-R5", "TOP 10")? A range's hyphen parts ("R10m-R20m")."""
    previous = text[begin - 1]
    if previous == "/" and text[begin - 4 : begin - 1].isupper():  # "EUR/USD 1.08"
        return True
    if previous in "'’":  # an opening mark begins a word ("'GBP 2 million'")
        return begin > 1 and text[begin - 2].isalnum()
    return previous.isalnum() or previous in "$&_" or (previous == "-" and not _RANGE_BEFORE.search(text, max(0, begin - 14), begin))


def _before_magnitude(text: str, start: int) -> tuple[Unit | None, int, float]:
    """The currency and magnitude before a number, as accounts write them ("£m 250", "US$ mn 45", "EURm12.5")."""
    written = _MAGNITUDE_BEFORE.search(text, max(0, start - 6), start)
    if written is None:
        return None, start, 0.0
    unit, begin = _before(text, written.start())
    if unit is None or unit.weak or begin == written.start():
        return None, start, 0.0
    return unit, begin, load_currencies().magnitudes[written[1]]


def _magnitude(text: str, end: int, has_currency: bool) -> tuple[float, int]:
    """Factor (0 where there is none) and end of a magnitude behind a number; single letters count only where they cannot be units."""
    found = _MAGNITUDE.match(text, end)
    if not found or (text[found.end() : found.end() + 1] == "/" and text[found.end() + 1 : found.end() + 2] != "-" and not has_currency):
        return 0.0, end
    word, glue = found["mag"], found["glue"]
    has_currency = has_currency or _MONEY_NEXT.match(text, found.end()) is not None
    known = load_currencies().magnitudes
    if len(word) == 1 or word == "MM":
        if glue and not (has_currency and word in (("M", "B", "T") if glue == "-" else ("m", "M", "b", "B", "MM", "k"))):
            return 0.0, end
        return known[word], found.end()
    parts = re.split(r"[ -]", word.casefold())
    if len(parts) == 1 and word.casefold() in ("hundred", "thousand", "k") and not text[end - 1].isdigit():
        return 0.0, end
    factor = 1.0
    for part in parts:
        factor *= known[part]
    if word[-1] in "sS" and parts[-1] in ("millions", "billions", "trillions") and not has_currency:
        return 0.0, end
    return factor, found.end()


def _after(text: str, position: int, number: float, number_end: int) -> tuple[Unit | None, int]:
    """The currency in the (up to four) words behind a number, and its end; the longest known phrase counts."""
    known = load_currencies()
    first = _WORD.match(text, position)
    if not first:
        return None, position
    word = (first[1] or first[2]).casefold()
    if word not in known.first_words and word + "." not in known.first_words:
        return None, position
    ends: list[int] = []
    phrase = ""
    phrases: list[str] = []
    match: re.Match[str] | None = first
    while match and len(phrases) < 4:
        phrase = f"{phrase} {(match[1] or match[2]).casefold()}".strip()
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
        if phrase in ("p", "c") and text[end - 1].isupper() and (float(number).is_integer() or phrase == "c"):  # "Category 2P"
            continue
        if unit.code in known.word_codes and phrase == unit.code.casefold() and not text[position:end].isupper():  # "25 billion all told"
            continue
        if (unit.weak and position == number_end and text[position:end].isupper()) and (
            text[position] not in " -" or _NOT_ENDED.match(text, end)
        ):  # "a Boeing 747SR", "1,000 SOS calls"
            continue
        if phrase == "p" and (position != number_end or text[position] == " " or number in (144, 240, 360, 480, 720, 1080, 1440, 2160)):
            continue
        if text[position] == "-" and _NUMBER_NEXT.match(text, end):  # "EUR 3m-EUR 4m"
            continue
        if phrase == "/-" and text[number_end - 1] != "0" and position == number_end:  # prices in shillings are round
            continue
        if position == number_end and text[end - 1].isupper() and _AMOUNT_NEXT.match(text, end):  # "in 2022 EUR 5m"
            continue
        if phrase == "won" and position == number_end and _NOT_ENDED.match(text, end) and not is_price_of(text, end):  # "500 won seats"
            continue
        if phrase == "c" and (number_end != position or not _read_as_cents(text, end, glued=text[position] != " ")):
            continue
        if phrase in ("us", "u.s", "u.s."):
            continue
        if number == 50 and text[position:end] == " Cent":  # the rapper
            continue
        return unit, end
    return None, position


def _read_as_cents(text: str, end: int, glued: bool) -> bool:
    """Is a "c" that ends here cents ("5c a share", "12.5 c/kWh", "85c from $1.05")?"""
    if not glued:
        return text[end : end + 1] == "/" and read_per(text, end) is not None
    return read_per(text, end) is not None or _CENTS_NEXT.match(text, end) is not None


def _after_sign(text: str, position: int, number: float, number_end: int, before: Unit) -> tuple[Unit | None, int]:
    """The currency behind an amount that has a sign before: a name as ever, or a nationality alone ("$500 million Canadian")."""
    after, end = _after(text, position, number, number_end)
    if after and after.family == "/-":  # "Rs.5000/-"
        return None, position
    if after is None and before.family == "dollar":
        if (found := _NATIONALITY.match(text, position)) and phrase_ends(text, found.end()):
            return Unit(code=load_currencies().nationalities[found[1]]), found.end()
        if (found := _IN_BRACKETS.match(text, position)) and (code := _code_of_dollars(found[1])):
            return Unit(code=code), found.end()
    return after, end


def _code_of_dollars(written: str) -> str | None:
    """ "AUD", "Australian" → the currency, where it is one of dollars."""
    known = load_currencies()
    return known.nationalities.get(written) or (written if written in known.members["dollar"] else None)


def _after_link(text: str, position: int, number: float, number_end: int) -> tuple[Unit | None, int]:
    """The currency named behind a preposition ("15 million in US dollars", "5 millions of euros")."""
    link = _IN_OR_OF.match(text, position)
    if link is None:
        return None, position
    unit, end = _after(text, link.end() - 1, number, number_end)
    if unit is None or unit.weak or unit.symbol or text[end - 1].isupper() or not phrase_ends(text, end):
        return None, position
    return unit, end


def _same_money(before: Unit, after: Unit) -> bool:
    """May a code behind the number name the money of the sign before it ("$5 million BBD")?"""
    return before.code == after.code or (before.family is not None and after.code in load_currencies().members.get(before.family, ()))


def _leads_to_magnitude(text: str, quantity: Quantity) -> bool:
    """Is a number the lower bound of one with a magnitude ("R3-4m")?"""
    link = _DASH.match(text, quantity.end)
    if link and link[0].casefold() == " and " and not between_cue(text, quantity.start):
        return False
    upper = _FIGURES.match(text, link.end()) if link else None
    return upper is not None and _magnitude(text, upper.end(), True)[0] > 0


def _is_own(unit: Unit, number: float, own: frozenset[str]) -> bool:
    """Is it the home currency before a number as prices have ("R350", "K500", "Re 1"), not roads and models ("N95")?"""
    if unit.code not in own and own.isdisjoint(load_currencies().members.get(unit.family or "", ())):
        return False
    return number >= 100 or not float(number).is_integer() or (unit.family == "rupee" and number == 1)


def _strong(text: str, quantity: Quantity, own: frozenset[str]) -> Quantity | None:
    """The quantity without a currency that is more likely another word here ("5 won", "TOP 10", "200 pounds of cocaine")."""
    large = bool(quantity.magnitude) or quantity.grouped or (quantity.value >= 100 and not 1900 <= quantity.value <= 2100)
    before, after = quantity.before, quantity.after
    # "45.678 Ecus per 100 kilos", "R18.50 a litre": what is counted by a unit is a price.
    priced = is_priced(text, quantity.end)
    if after and after.weak and after.family not in ("pound", "won"):
        large = large or priced or is_price_move(text, quantity.start, quantity.end)
    if after and after.weak and text[quantity.to_end_of_number] == "-":  # "a one-rand coin", "a fifty-pound note"
        large = large or is_price_of(text, quantity.end)
    # Letters before small whole numbers are names ("Q1 per share"); "Sh17.20" is a price.
    cents = text[quantity.bare_start : quantity.to_end_of_number][-3:-2] in (".", ",")
    if before and not (quantity.number >= 10 or cents):
        priced = False
    if before and cents and not text[quantity.start : quantity.bare_start].strip(". ").isupper():
        priced = True
    surely = quantity.magnitude or quantity.grouped or after or priced
    if before and before.weak and not (surely or _is_own(before, quantity.number, own) or _leads_to_magnitude(text, quantity)):
        before = None
    if before and looks_like_other(text, quantity.start, quantity.end, before):
        before = None
    if before and after and after.weak and after.code and not _same_money(before, after):  # "$52 million ARP"
        after = None
    if after and after.weak and not large and not before:
        after = None
    if after and is_weight(text, quantity.start, quantity.end, after, bool(quantity.magnitude)):
        after = None
    if after and not before and not quantity.magnitude and is_kind_of_money(text, quantity.end):
        after = None
    if before is quantity.before and after is quantity.after:
        return quantity
    if not before and not after and quantity.before and quantity.bare_start and text[quantity.bare_start - 1].isalnum():
        return None
    end = quantity.end
    if after is None and quantity.after is not None:
        _, end = _magnitude(text, quantity.to_end_of_number, before is not None)
    return replace(quantity, before=before, after=after, start=quantity.start if before else quantity.bare_start, end=end)
