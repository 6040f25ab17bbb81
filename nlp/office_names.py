"""Whom a title of office points at: the names right behind titles and in front of them, read from plain text before any model."""

from __future__ import annotations

import re

from nlp import lexicons
from nlp.office_words import Words, country_end, head_at, heads, split, vocabulary, word_set
from nlp.offices import OfficeSpan

_CAPITALISED = r"[^\W\d_a-z][\w'’.-]*"
_PARTICLE = r"(?:(?:von|van|der|de|la|del|dos|da|di|bin|bint|al|el|ibn|ter) )*"
_LEFT_OF_NAME = (
    r"(?:^|[\n•;:,.–—-] |\b(?:and|with|by|of|from|for|to|met|as|received|welcomed|told|thanked|hosted|joined|named|appointed) "
    r"|\b(?:Mr|Mrs|Ms|Dr|H\.E|Hon|Sir|Shri|Smt)\.? )"
)
_BEFORE = re.compile(rf"{_LEFT_OF_NAME}({_CAPITALISED}(?: {_PARTICLE}{_CAPITALISED}){{1,4}}), (?:the |(?:[\w.]+ )?[\w.]+['’]s )?$")


def find_named(text: str, spans: list[OfficeSpan]) -> list[tuple[int, int]]:
    """The names right behind titles: capitalised words after "President" or "Minister of Trade" that no list knows as something else.

    Spans at code points, for the person recogniser to take as proposals: a title tells better than a model what follows it.
    """
    found: list[tuple[int, int]] = []
    for span in spans:
        if text[span.start : span.end].isupper() and span.end - span.start > 4:
            continue  # in capitals nothing tells where a name ends
        following = split(text[span.end : span.end + 90])
        k = 0
        comma = following.text[:1] == [","] and not span.plural
        if comma:
            k = 1
        elif following.lower[:1] == ["of"] and text[span.start].isupper() and not span.plural:  # "Minister of X of Japan, Kono Taro, met"
            stop = country_end(following, 1 + (following.lower[1:2] == ["the"]))
            if stop is not None and following.text[stop : stop + 1] == [","]:
                comma, k = True, stop + 1
        while k < len(following) and (
            (following.capital(k) and (lexicons.is_honorific(following.text[k]) or following.lower[k].rstrip(".") in word_set("military")))
            or (k and following.text[k] == ".")
        ):
            k += 1
        first, last = k, _name_end(following, k)
        if (
            last <= first
            or following.lower[first] in vocabulary().terms
            or (last - first == 1 and (comma or len(following.text[first]) < 2))
        ):
            continue
        if span.plural and (
            any(following.lower[j] in vocabulary().terms for j in range(first, last))
            or (last - first == 1 and following.lower[last : last + 1] not in (["and"], [","], ["of"], ["&"]))
        ):
            continue
        if comma and text[span.start].islower() and following.text[last : last + 1] != [","]:
            continue
        if comma and not (
            last - first <= 5
            and all(following.lower[j] not in vocabulary().terms for j in range(first, last))
            and following.text[last : last + 1] in ([";"], [","], ["."], [], ["("], ["\n"])
        ):
            continue
        found.append((span.end + following.start[first], span.end + following.end[last - 1]))
    taken = [start for start, _ in found]
    for span in spans:
        before = _name_before(text, span) if not span.plural and not any(0 <= start - span.end <= 12 for start in taken) else None
        if before:
            found.append(before)
    return found


def _name_before(text: str, span: OfficeSpan) -> tuple[int, int] | None:
    """The name in "Yoo Sang-im, Minister of Science": two to five capitalised words that are no state, body or portfolio."""
    opening = max(0, span.start - 90)
    matches = _BEFORE.search(text[opening : span.start])
    if matches is None or not text[span.start].isupper():
        return None
    words = re.findall(r"[\w'’-]+", matches[1])
    terms, bodies = vocabulary().terms, vocabulary().bodies
    if lexicons.code_of(matches[1]) or any(
        w.lower() in terms or w.lower() in bodies or w.lower() in heads() or lexicons.code_of(w) for w in words
    ):
        return None
    if lexicons.has_legal_form(matches[1]) or any(w.isupper() and len(w) > 1 and i for i, w in enumerate(words)):
        return None
    start = opening + matches.start(1)
    skipped = re.match(r"(?:(?:Mr|Mrs|Ms|Dr|Hon|Sir|Shri|Smt|Eng|Prof|Rt|The|Lord|Lady)\.? )+", matches[1])
    return start + (skipped.end() if skipped else 0), opening + matches.end(1)


def _name_end(words: Words, first: int) -> int:
    """The index after the capitalised words of a name that begins at `first`; `first` itself where none does."""
    last = k = first
    while k < len(words) and k - first < 6:
        word, lower = words.text[k], words.lower[k]
        if words.capital(k) and word[0].isalpha() and not (lower in heads() and head_at(words, k)) and word not in word_set("not_a_name"):
            if (
                lexicons.code_of(word)
                or lower in word_set("headline_verbs")
                or lower in word_set("never_begins_a_name")
                or lower in vocabulary().bodies
            ):
                break
            last = k + 1
        elif k and words.text[k - 1] in "-–" and words.touching(k) and words.is_word(k):
            last = k + 1
        elif not (lower in word_set("name_particles") and words.is_word(k)) and not (
            word in "-.’'" and k > first and (len(words.text[k - 1]) < 4 or word != ".")
        ):
            break
        k += 1
    return last
