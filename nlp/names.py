"""Where names of bodies, funds, firms and instruments begin and end, told by their head words and capitals.

A name is grown from a capitalised head ("… Digital [Partnership]", "[Ministry] of …"): to the left over capitalised modifiers, to
the right over "of/for/on …" complements. The stock model knows neither funds nor instruments; heads are few and names are many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from spacy.tokens import Doc, Token

from nlp import columns

_WHOLE_NAMES = ("COUNTRY", "PLACE", "PERSON", "NORP", "FIRM", "BLOC")
_RIGHT_LINKS = {"of", "for", "on", "to", "in", "against", "between", "with", "among"}
_INNER = {"of", "the", "and", "for", "&", "on", "’s", "'s", "-", "–", "/", "’", "'", "in"}


@cache
def heads() -> dict[str, dict[str, str]]:
    """Head word (lower case, possibly two words) → kind, per class: instrument, public_body, organisation, firm."""
    raw = json.loads((Path(__file__).parent / "lexicons" / "heads.json").read_text(encoding="utf-8"))
    table: dict[str, dict[str, str]] = {"instrument": {w: kind for kind, words in raw["instrument"].items() for w in words}}
    for name in ("public_body", "organisation", "firm", "bilateral", "weak_instrument", "no_modifier", "sentence_openers"):
        table[name] = dict.fromkeys(raw[name], name)
    return table


_NATIVE = frozenset({"Indian", "Indians", "INDIAN", "INDIANS"})
_NATIVE_BEFORE = re.compile(r"\b(?:American|Canadian|Plains|Pueblo|Urban|non)[ -]$", re.I)
_NATIVE_BEHIND = re.compile(r"\s+(?:[Tt]rib(?:es?|al)|TRIB(?:ES?|AL)|Country|Reservations?|Health Service|Affairs(?! Minister))\b")
_LONGEST_BEFORE = 10


def is_native_people(text: str, start: int, end: int) -> bool:
    """Is [start, end) of a text the native peoples of America, not India's: "American [Indian]", "[Indian] tribes", "[Indian] Country"?"""
    if text[start:end] not in _NATIVE:
        return False
    return bool(_NATIVE_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start) or _NATIVE_BEHIND.match(text, end))


@dataclass(frozen=True, slots=True)
class Run:
    """Token range [start, end) of a name and the index of its head."""

    start: int
    end: int
    head: int


def is_name_token(token: Token) -> bool:
    """Capitalised, or an acronym, or a word like "eBay" or "6G" that carries capitals."""
    return is_name(token.text)


@lru_cache(maxsize=65_536)
def is_name(text: str) -> bool:
    """The same of a token's text."""
    return text[:1].isupper() or (len(text) > 1 and any(c.isupper() for c in text[1:]) and text[0].isalnum())


NAMES = columns.Kind(is_name)


def capitalised_runs(doc: Doc) -> Iterator[tuple[int, int]]:
    """Maximal ranges of capitalised tokens of the text, joined by hyphens, "&" and possessives inside."""
    i, n = 0, len(doc)
    while i < n:
        if not is_name_token(doc[i]):
            i += 1
            continue
        j = i + 1
        while j < n:
            if is_name_token(doc[j]) and "\n" not in doc[j - 1].text:
                j += 1
            elif j + 1 < n and doc[j].text in ("-", "–", "&", "/") and is_name_token(doc[j + 1]):
                j += 2
            else:
                break
        yield i, j
        i = j


def grow_left(doc: Doc, index: int, floor: int = 0, *, parentheses: bool = False) -> int:
    """First token of the capitalised modifiers before a head; sentence-initial function words stay out.

    With `parentheses` over an acronym inside the name: "Competitiveness and Growth (CoGro) [Partnership]".
    """
    start = index
    while start > floor:
        if is_name_token(doc[start - 1]):
            start -= 1
        elif start - 2 >= floor and _links(doc, start - 1, floor):
            start -= 2
        elif parentheses and start - 4 >= floor and acronym_after(doc, start - 3) and is_name_token(doc[start - 4]):
            start -= 4
        else:
            break
    while start < index and doc[start].text in heads()["no_modifier"]:
        start += 1
    return start


def _links(doc: Doc, index: int, floor: int) -> bool:
    """Does a hyphen, "&", "and" or possessive join the name words before and after it?"""
    link = doc[index]
    if not is_name_token(doc[index - 1]):
        return False
    if link.text in ("-", "–", "&", "/") and not link.whitespace_:
        return True
    return link.text in ("’s", "'s", "’", "'") or (link.text in ("&", "and") and _joins(doc, index - 1, floor))


def _joins(doc: Doc, index: int, floor: int) -> bool:
    """Is the word before "and" itself a modifier inside a name ("Trade and Technology Council"), not a name that ends there?"""
    word = doc[index]
    return word.ent_type_ not in _WHOLE_NAMES and len(word.text) > 3 and not word.text.isupper()


def grow_right(doc: Doc, end: int, *, links: frozenset[str] = frozenset(_RIGHT_LINKS), commas: bool = True) -> int:
    """End of the name's complements: "of Economy, Trade and Industry", "for the Americas", "on Supply Chain Resilience"."""
    n = len(doc)
    while end < n:
        token = doc[end]
        if token.text not in links:
            break
        j = end + 1
        if j < n and doc[j].text in ("the", "The"):
            j += 1
        if j >= n or not is_name_token(doc[j]) or doc[j].is_space:
            break
        j = _coordinated(doc, j, commas)
        end = j
    return end


def _coordinated(doc: Doc, j: int, commas: bool) -> int:
    """End of capitalised words from `j`, over ", Cap … and Cap" where the list closes with an "and"."""
    n = len(doc)

    def words(k: int) -> int:
        while k < n and (is_name_token(doc[k]) or (doc[k].text in ("-", "–", "’s", "'s") and k + 1 < n and is_name_token(doc[k + 1]))):
            k += 1
        return k

    end = words(j)
    probe = end
    while commas and probe + 1 < n and doc[probe].text == "," and is_name_token(doc[probe + 1]):
        probe = words(probe + 1)
    if probe < n and doc[probe].text == "," and probe + 1 < n and doc[probe + 1].text in ("and", "&"):
        probe += 1
    if probe + 1 < n and doc[probe].text in ("and", "&") and is_name_token(doc[probe + 1]) and not doc[probe + 1].text.isupper():
        return words(probe + 1)
    return end


def head_at(doc: Doc, index: int, table: dict[str, str]) -> tuple[str, int] | None:
    """The head word that ends at a token: its lower-case form and its length in tokens (two-word heads first)."""
    word = doc[index].lower_
    if index:
        two = f"{doc[index - 1].lower_} {word}"
        if two in table:
            return two, 2
    return (word, 1) if word in table else None


_PARENTHESISED = re.compile(r"^[A-Z][A-Za-z&+-]{1,9}s?$")


def acronym_after(doc: Doc, end: int) -> int | None:
    """Index of the acronym in parentheses right after a name: "… Finance Corporation ([DFC])"."""
    if end + 2 < len(doc) and doc[end].text == "(" and doc[end + 2].text == ")" and _PARENTHESISED.match(doc[end + 1].text):
        return end + 1
    return None
