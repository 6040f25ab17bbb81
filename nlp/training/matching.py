"""When do a name, a person, an office or an amount in the tables mean what an annotation says?

The rules of evaluation, apart from what is counted with them. They forgive what does not change the meaning (case, accents,
articles, legal forms, honorifics) and nothing else, unless a function says so.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

ARTICLES = frozenset({"the", "a", "an"})
LINKING_WORDS = ARTICLES | {"of", "for", "to", "in", "at", "on", "and"}
LEGAL_WORDS = ARTICLES | {
    *("inc", "corp", "corporation", "co", "company", "ltd", "limited", "plc", "llc"),
    *("ag", "sa", "nv", "bv", "gmbh", "se", "kk", "spa", "holdings", "holding", "group"),
}
FORMS_OF_ADDRESS = ARTICLES | {
    *("mr", "mrs", "ms", "dr", "sir", "dame", "h", "e", "sheikh", "king"),
    *("president", "minister", "prime", "chancellor", "secretary"),
}
DEAL_FAMILIES: Mapping[str, str] = {
    **dict.fromkeys(("acquisition", "merger", "stake_purchase", "divestiture"), "takeover"),
    **dict.fromkeys(("investment", "funding_round", "joint_venture"), "investment"),
    **dict.fromkeys(("loan", "guarantee", "grant"), "finance"),
}

AMOUNT_TOLERANCE = 0.005  # of the larger one: rounding in a text, "1.5 billion" for 1,499 million
PERSON_LIKENESS = 0.9  # spellings of one full name
QUOTE_LIKENESS = 0.7  # of the characters, where a quotation begins or ends a little elsewhere


def words(text: str | None) -> list[str]:
    """The words of a text without case, accents and possessive endings."""
    lowered = re.sub(r"['’]s\b", "", (text or "").casefold())
    return re.findall(r"\w+", "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c)))


def name_words(name: str | None) -> tuple[str, ...]:
    """The words that tell one name from another; all of them where nothing else is left."""
    every = words(name)
    return tuple(word for word in every if word not in LEGAL_WORDS) or tuple(every)


def same_name(one: str | None, other: str | None) -> bool:
    """Equal but for articles, legal forms, case and accents."""
    return bool(one) and bool(other) and name_words(one) == name_words(other)


def similar_name(one: str | None, other: str | None) -> bool:
    """One name's words are among the other's (of at least two), or half of all their words are common."""
    left, right = set(name_words(one)) - LINKING_WORDS, set(name_words(other)) - LINKING_WORDS
    if not left or not right:
        return False
    contained = min(len(left), len(right)) > 1 and (left <= right or right <= left)
    return left == right or contained or 2 * len(left & right) >= len(left | right)


def same_office(annotated: str, found: str | None) -> bool:
    """More than half of the annotated title's words are there; a longer title is as good."""
    wanted, given = set(words(annotated)) - LINKING_WORDS, set(words(found)) - LINKING_WORDS
    return 2 * len(wanted & given) > len(wanted)


def same_person(one: str | None, other: str | None) -> bool:
    """The same names but for forms of address; a single word stands for a person only as a family name, first or last."""
    left, right = ([word for word in words(name) if word not in FORMS_OF_ADDRESS] for name in (one, other))
    if not left or not right:
        return False
    if len(left) == 1:
        return left[0] in (right[0], right[-1])
    if len(right) == 1:
        return left[-1] == right[0]
    if set(left) <= set(right) or set(right) <= set(left):
        return True
    return difflib.SequenceMatcher(None, " ".join(left), " ".join(right)).ratio() >= PERSON_LIKENESS


def is_person(annotated: Mapping[str, Any], found: str) -> bool:
    """Whether a person found is the one annotated under any of its forms; short forms must be equal."""
    for form in (annotated["person"], *annotated.get("aliases", ())):
        whole = " " in form or form == annotated["person"]
        if same_person(form, found) if whole else words(form) == words(found):
            return True
    return False


def same_amount(one: float | None, other: float | None) -> bool:
    """Equal within half a per cent, or both missing."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= AMOUNT_TOLERANCE * max(abs(one), abs(other), 1e-9)


def same_party(annotated: str, found: str | None, forms_of: Callable[[str], Sequence[str]]) -> bool:
    """Whether a party to a deal is the one annotated, under any form that the annotations know for it."""
    return any(similar_name(form, found) for form in forms_of(annotated))


def same_family(one: str, other: str) -> bool:
    """Kinds of deal that one report calls this and another that."""
    return DEAL_FAMILIES.get(one, one) == DEAL_FAMILIES.get(other, other)


def same_quote(one: str, other: str) -> bool:
    """Most of the characters are the same, punctuation apart."""
    left, right = (re.sub(r"\W+", " ", unicodedata.normalize("NFKC", text)).strip().casefold() for text in (one, other))
    return difflib.SequenceMatcher(None, left, right, autojunk=False).ratio() >= QUOTE_LIKENESS


def actor_key(actor: str) -> str:
    """A code as it is, a name by its words."""
    return actor if actor.isupper() else " ".join(name_words(actor))
