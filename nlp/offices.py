"""Where titles of public office stand in running text: "Minister of Internal Affairs and Communications", "industry chief".

A title is grown from its head ("minister", "chief"): to the left over ranks and portfolios, to the right over "of/for/to …" as long
as the words belong to portfolios, so that a following name stays out. Countries and bodies stay out too ("Japan's", "of Japan",
"FBI"): they are entities of their own. Works on plain text, before any model.
"""

from __future__ import annotations

from dataclasses import dataclass

from nlp import lexicons
from nlp.office_reach import grow_left, grow_right
from nlp.office_words import (
    Head,
    Words,
    body_near,
    head_at,
    head_follows,
    heads,
    name_follows,
    named_by_country,
    split,
    vocabulary,
    word_set,
)

_EXECUTIVE = {
    "chief executive officer",
    "chief executive officers",
    "chief financial officer",
    "chief operating officer",
    "chief technology officer",
}


@dataclass(frozen=True, slots=True)
class OfficeSpan:
    """A title at code points [start, end) of the text; `plural` for "Foreign Ministers"."""

    start: int
    end: int
    plural: bool = False


def find_offices(text: str) -> list[OfficeSpan]:
    """The titles of office in a text, in order, not overlapping. "and" joins titles of one person ("… and Special Envoy for X").

    Country and body names in front ("Japanese", "FBI") and behind ("of Japan") are left out, but not those a title needs
    ("Ambassador to Oman"). Needs no model: about 1 µs a word.
    """
    words = split(text)
    table = heads()
    found: list[OfficeSpan] = []
    floor = 0
    i = 0
    abbreviations = lexicons.load("offices")["abbreviations"]
    while i < len(words):
        title = None
        if words.lower[i] in table:
            title = _title_at(words, i, floor)
        elif words.text[i] in abbreviations and _abbreviated(words, i):
            title = (i, i + 1, False)
        if title is None:
            i += 1
            continue
        start, end, plural = title
        end = _joined(words, start, end, plural)
        found.append(OfficeSpan(words.start[start], words.end[end - 1], plural))
        floor = i = end
    return found


def _title_at(words: Words, i: int, floor: int) -> tuple[int, int, bool] | None:
    """The title whose head begins at word i: (start, end, plural), or None where it is no public office."""
    got = head_at(words, i)
    if got is None:
        return None
    head, after = got
    if head.words[-1] in vocabulary().ranks and head_follows(words, after, words.capital(i)):
        return None
    if " ".join(words.lower[i : i + 3]) in _EXECUTIVE or words.lower[after : after + 1] == ["officer"]:
        return None
    start, left_terms = grow_left(words, i, floor)
    end, right_terms = grow_right(words, i, after, head)
    if not _is_office(words, start, i, after, end, head, left_terms or right_terms):
        return None
    if words.lower[end : end + 1] in (["designate"], ["emeritus"]):
        end += 1
    elif words.lower[end : end + 4] == ["-", "at", "-", "large"]:
        end += 4
    elif words.text[end : end + 1] in (["-"], ["–"]) and words.lower[end + 1 : end + 2] in (["elect"], ["designate"]):
        end += 2
    elif words.lower[end : end + 1] == ["elect"] and words.capital(end) == words.capital(i):
        end += 1
    return start, end, head.plural


def _is_office(words: Words, start: int, i: int, after: int, end: int, head: Head, has_terms: bool) -> bool:
    """Is the grown title a public office, by its head's strength and what stands around it?"""
    first, last = head.words[0], head.words[-1]
    capital = words.capital(i)
    named = name_follows(words, end)
    if head.words == ("general",) or head.strength == "title":
        return (
            capital
            and named
            and not (start == i and words.capital(i - 1) and words.is_word(i - 1) and not lexicons.code_of(words.text[i - 1]))
        )
    if first in word_set("royal") and capital and _is_name_of_more(words, i, end):
        return False
    if first in word_set("capital_only") and start == i:
        if (
            first in word_set("royal")
            and capital
            and words.capital(i - 1)
            and words.is_word(i - 1)
            and words.lower[i - 1] not in ("majesty", "highness")
            and not lexicons.code_of(words.text[i - 1])
        ):
            return False
        return named or (
            (capital or first in ("premier", "emperor")) and (words.lower[end : end + 1] == ["of"] or named_by_country(words, start))
        )
    if first == "king" or (
        words.text[end : end + 1] and words.text[end] in word_set("not_a_name") and end == after and capital and head.strength != "strong"
    ):
        return named
    if head.strength == "strong":
        return not head.plural or has_terms or start < i or len(head.words) > 1 or named
    rank = start < i and words.lower[start] in vocabulary().ranks
    if has_terms or (rank and capital and named):
        return last not in ("officer",) or capital
    if named and capital:
        return True
    return body_near(words, start, end, capital)


_NAME_RUN = 5


def _is_name_of_more(words: Words, i: int, end: int) -> bool:
    """Is a royal title part of a longer name: "King Abdullah University", "Sultan Al Jaber"?"""
    if words.lower[i] == "sultan" and words.lower[end : end + 1] and words.lower[end] in ("al", "bin", "ibn"):
        return True
    for k in range(end, min(end + _NAME_RUN, len(words))):
        if words.text[k] in word_set("institutions") or (k > end and words.text[k] in word_set("not_a_name")):
            return True
        if not words.capital(k) and words.text[k] not in "-–":
            return False
    return False


def _abbreviated(words: Words, i: int) -> bool:
    """Is an abbreviation such as "PM", "FM", "Sen." a title here, not an hour, a radio band or an agency?"""
    text = words.text[i]
    if i and words.text[i - 1][-1:].isdigit():
        return False
    if text in ("PM", "DPM", "POTUS", "USTR") or text.endswith("."):
        return (text != "USTR" and not (text.endswith(".") and not name_follows(words, i + 1))) or name_follows(words, i + 1)
    return name_follows(words, i + 1) or (text in ("MP", "MEP", "FM") and named_by_country(words, i))


def _joined(words: Words, start: int, end: int, plural: bool) -> int:
    """The end of "title and title" that one person holds; the first one's end where the second begins with an article or is plural."""
    while not plural and words.capital(start) and words.lower[end : end + 1] in (["and"], ["&"]):
        second = None
        for k in range(end + 1, min(end + 8, len(words))):
            if words.lower[k] in heads():
                second = _title_at(words, k, end + 1)
                if second:
                    break
            if (not words.is_word(k) and words.text[k] not in "-–") or not words.capital(k):
                break
        if second is None or second[0] != end + 1 or second[2] or not words.capital(second[0]):
            break
        bare = second[1] - second[0] <= 2 and words.lower[second[0]] in word_set("top")
        if bare or (start > 0 and words.lower[start - 1] in ("both", "between")):
            break
        end = second[1]
    return end
