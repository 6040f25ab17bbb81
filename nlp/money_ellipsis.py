"""Which numbers are money because they share what another amount says: its magnitude, or its currency?

"$2, $3 and $5 million" are three amounts of millions, "1.2 billion francs vs 1.1 billion" two amounts of francs. A number borrows only
where the grammar leaves no other reading: in a list of three or more or with "respectively", and where a number with a magnitude ends
its phrase in a sentence in which the number before it was money ("exports rose to 1.2 billion francs, imports to 1.1 billion").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from nlp.money_context import between_cue, tells_of_people
from nlp.money_quantities import Quantity, read_magnitude
from nlp.numbers import FIGURES, WORDS, parse_figures, parse_words

Bounds = tuple[Quantity, Quantity]

_NUMBER = re.compile(
    rf"(?<![\w.,$€£¥-])(?:(?:{FIGURES})|{WORDS})(?= ?(?:mln|million|bln|billion|bn|trillion|trn|tln|tn|crore)\b)", re.IGNORECASE
)
_ENDS = re.compile(
    r"(?: or so)?(?:[.,;:?!)\]”\"]|\Z|\n"
    r"| [–—] | (?:in|from|for|by|a|and|on|at|to|as|over|last|this|vs\.?|versus|against|up|down|before|after|during|or|but)\b"
    r"| (?:went|goes|go|going|will|would|has|have|had|is|are|was|were|came|comes|remains)\b"
    r"| of (?:\w+ )?(?:money|debt|aid|loans|investments?|notes|bonds|cash|credit|funding|capital|equity|revenues?|profits?|sales)\b)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s+(?=[^a-z])|\n")
_RESPECTIVELY = re.compile(r"[^.;\n]{0,60}\brespectively\b", re.IGNORECASE)
_EACH_ONE = re.compile(
    r" (?:loans|grants|tranches|contracts|deals|orders|prizes|payments|instalments|installments|fines|gifts|awards|projects)\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"(?:\A|[a-z:(–—] ?)\Z")
_LONGEST_LIST = 80


def with_borrowed(text: str, amounts: Sequence[Bounds]) -> list[Bounds]:
    """The amounts (in order) with those that borrow magnitude or currency from one of them."""
    complete: list[Bounds] = []
    for index, (low, high) in enumerate(amounts):
        if low is high and low.magnitude and low.unit:
            listed = _listed_before(text, low)
            if listed:
                while complete and complete[-1][0].start >= listed[0].start:
                    complete.pop()
                if not complete or complete[-1][1].end <= listed[0].start:
                    complete += [(item, item) for item in listed]
        complete.append((low, high))
        if high.magnitude and high.unit:
            following = amounts[index + 1][0].start if index + 1 < len(amounts) else len(text)
            starts = {bound.bare_start for bounds in amounts[: index + 1] for bound in bounds}
            complete += [(follower, follower) for follower in _followers(text, high, following, starts)]
    return complete


@lru_cache(maxsize=256)
def _list_of(sign: str) -> re.Pattern[str]:
    item = rf"{re.escape(sign)}\d{{1,3}}(?:\.\d+)?"
    return re.compile(rf"(?<![\w.,$€£¥])({item}(?:, {item})*),? and \Z", re.IGNORECASE)


def _listed_before(text: str, last: Quantity) -> list[Quantity]:
    """The numbers of a list that ends in this amount and shares its magnitude ("$2, $3 and $5 million"), else nothing."""
    sign = text[last.start : last.bare_start] if last.before else ""
    low = max(0, last.start - _LONGEST_LIST)
    found = _list_of(sign).search(text, low, last.start)
    if found is None or last.number >= 1000 or between_cue(text, found.start()):
        return []
    if not sign and not _FREE.search(text, low, found.start()):
        return []
    items = list(re.finditer(r"\d+(?:\.\d+)?", found[1]))
    if len(items) < 2 and not _RESPECTIVELY.match(text, last.end) and not _EACH_ONE.match(text, last.end):
        return []
    listed = []
    for item in items:
        bare = found.start(1) + item.start()
        listed.append(
            replace(last, start=bare - len(sign), end=found.start(1) + item.end(), number=float(item[0]), bare_start=bare, grouped=False)
        )
    return listed


def _followers(text: str, money: Quantity, stop: int, starts: set[int]) -> list[Quantity]:
    """The numbers after an amount, in its sentence and before `stop`, that name a magnitude and leave the currency out.

    A number with a noun of its own ("5 million tonnes") ends the series: what follows it may be of that noun. So there are
    none where the sentence began with such a number. `starts` are where the numbers of the amounts begin.
    """
    begin = max((found.end() for found in _SENTENCE_END.finditer(text, max(0, money.start - 300), money.start)), default=0)
    counted = any(found.start() not in starts for found in _NUMBER.finditer(text, max(begin, money.start - 300), money.start))
    if counted:
        return []
    end = _SENTENCE_END.search(text, money.end, stop)
    followers: list[Quantity] = []
    for found in _NUMBER.finditer(text, money.end, end.start() if end else stop):
        number = parse_figures(found[0]) if found[0][0].isdigit() else parse_words(found[0])
        magnitude, after = read_magnitude(text, found.end())
        if number is None or magnitude < 1e5 or not _ENDS.match(text, after) or tells_of_people(text, found.start()):
            break
        followers.append(
            replace(money, start=found.start(), end=after, number=number, magnitude=magnitude, bare_start=found.start(), grouped=False)
        )
    return followers
