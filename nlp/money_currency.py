"""Which currency is each amount of a text in, where its sign or word is shared by several ("$", "crowns", "cents")?

The first of these decides that has a currency of the name: the document's country, the publisher's, a country named right before the
amount, the first one named in its sentence, the others in the order in which the document names them most. Countries that are only
named never decide about dollars and the pound's sign: a story about Australia is not priced in its dollars by that alone. Currencies
that had ended when the document was published come last, and only for document and publisher.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlp.currencies import Unit, load_currencies


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
class Places:
    """Where a text comes from and of what it speaks.

    `document` and `publisher` are countries (ISO alpha-2), `named` the countries that the text names, as (offset in code points,
    code) in order, `year` the year of publication.
    """

    document: str | None = None
    publisher: str | None = None
    named: Sequence[tuple[int, str]] = ()
    year: int | None = None


NOWHERE = Places()
_NEAR = 300
_BESIDE = 15
_WHOLE = {"cent": "dollar", "centavo": "peso", "centime": "franc"}
_SENTENCE_END = re.compile(r"[.!?;][\"”’)]?\s|\n")


def resolve_currencies(text: str, spans: list[MoneySpan], units: Sequence[Unit | None], places: Places) -> list[MoneySpan]:
    """Put the currency on each span, and what told it (`currency_source`). `units` are what was written with each."""
    known = load_currencies()
    stated = {unit.code for unit in units if unit and unit.code}
    resolved: list[MoneySpan] = []
    for span, unit in zip(spans, units):
        assert unit is not None
        code, source, family = unit.code, "explicit", unit.family
        if code is None and family and family not in known.minor_currencies:
            code, source = _of_family(unit, text, span, places, stated)
        resolved.append(replace(span, currency=code, currency_source=source))
    # Cents are those of the nearest amount that has cents.
    for index, (span, unit) in enumerate(zip(resolved, units)):
        family = unit.family if unit else None
        if family in known.minor_currencies:
            whole = [o for o in resolved if o.currency in known.minor_currencies[family] and abs(o.start - span.start) < _NEAR]
            if whole:
                code, source = min(whole, key=lambda o: abs(o.start - span.start)).currency, "document"
            else:
                code, source = _of_family(Unit(family=_WHOLE[family]), text, span, places, stated)
            resolved[index] = replace(span, currency=code, currency_source=source)
    resolved = [_of_the_headline(span, unit, resolved) for span, unit in zip(resolved, units)]
    return [_of_the_year(span, places.year) for span in resolved]


def _of_the_headline(span: MoneySpan, unit: Unit | None, spans: list[MoneySpan]) -> MoneySpan:
    """A bare "$5.9 bln" that nothing decides is the "A$5.9 billion" of the same text, where all that is named so is of one currency."""
    if unit is None or unit.family != "dollar" or span.currency_source != "default" or span.amount_max < 1e6:
        return span
    bounds, dollars = (span.amount_min, span.amount_max), load_currencies().members["dollar"]
    named = {o.currency for o in spans if o.currency_source == "explicit" and (o.amount_min, o.amount_max) == bounds}
    same = named & dollars
    return replace(span, currency=same.pop(), currency_source="document") if len(same) == 1 else span


def _of_the_year(span: MoneySpan, year: int | None) -> MoneySpan:
    """The amount in the currency that bore the name when the text was published; an ISO code says itself which one it is."""
    if year is None or span.currency is None or span.currency in span.text:
        return span
    return replace(span, currency=load_currencies().in_year(span.currency, year))


def _of_family(unit: Unit, text: str, span: MoneySpan, places: Places, stated: set[str]) -> tuple[str | None, str]:
    """Which currency of a family is meant, and what told it."""
    known, family = load_currencies(), str(unit.family)
    own = (("document", places.document), ("publisher", places.publisher))
    for source, place in own:
        if code := known.resolve(family, (place,), places.year):
            return code, source
    if family != "dollar" and not (family == "pound" and unit.symbol):
        if code := known.resolve(family, _named(text, span.start, places), places.year):
            return code, "document"
        if elsewhere := sorted(code for code in stated if code in known.members[family]):
            return elsewhere[0], "document"
    for source, place in own:
        if code := known.resolve(family, (place,)):
            return code, source
    return known.defaults[family], "explicit" if family in known.plain else "default"


def _named(text: str, start: int, places: Places) -> list[str]:
    """The countries that the text names, in the order in which they are asked about an amount that starts here."""
    if not places.named:
        return []
    begin = max((end.end() for end in _SENTENCE_END.finditer(text, max(0, start - 400), start)), default=max(0, start - 400))
    following = _SENTENCE_END.search(text, start)
    end = following.start() if following else len(text)
    sentence = [(at, code) for at, code in places.named if begin <= at < end]
    beside = [code for at, code in sentence if at < start and start - at < _BESIDE + len(code)]
    counts = Counter(code for _, code in places.named)
    return [*reversed(beside), *(code for _, code in sentence), *(code for code, _ in counts.most_common())]
