"""What in a firm's name tells which firm it is: its legal form, and whether it only passes the news on."""

from __future__ import annotations

import re
from functools import cache

from spacy.tokens import Token

from nlp import lexicons, names

_FACILITIES = frozenset({"Campus", "Facility", "Plant", "Factory", "Headquarters", "Building", "Stadium", "Gigafactory"})
_TICKER = re.compile(r"[A-Z]{1,5}(?:\.[A-Z]{1,3})?")
_POINTING = frozenset({"the", "this", "that", "its", "our"})
_TELLING = frozenset({"tell", "say", "report", "quote", "write", "cite", "according", "show", "publish"})
_HEARING = frozenset({"quote", "report", "cite", "say", "interview", "tell", "accord", "publish"})


@cache
def _families() -> dict[tuple[str, ...], str]:
    return {tuple(form.split()): family for family, forms in lexicons.load("legal_forms")["families"].items() for form in forms}


def legal_family(name: str) -> str | None:
    """Which legal form the name ends in, spellings of one form as one: "corp" for "Corp." and "Corporation"; None where it has none.

    Words that may also belong to the name ("Group", "Holdings") tell no form.
    """
    words = [re.sub(r"[^\w&/]", "", lexicons.fold(word)) for word in name.replace(",", " ").split()]
    families = _families()
    for width in (3, 2, 1):
        if len(words) > width and (family := families.get(tuple(words[-width:]))):
            return family
    return None


def only_tells(name: str, tokens: list[Token]) -> bool:
    """Is the name that of a news agency, paper or broadcaster that only passes on what happened ("told Reuters", "Kyodo reported")?"""
    if not _is_media(name):
        return False
    return all(
        token.head.lemma_.lower() in _TELLING
        or (token.head.dep_ in ("agent", "prep") and token.head.head.lemma_.lower() in _HEARING)
        or token.dep_ in ("compound", "poss")
        for token in tokens
    )


def without_facilities(name: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a firm, fullest first, without those of its works and buildings ("Halmstad Kran Plant"); none where it is only
    a building's."""
    return tuple(known for known in (name, *aliases) if known.split()[-1] not in _FACILITIES or " " not in known)


def is_none(token: Token) -> bool:
    """Is what was taken for a firm none: a ticker in brackets ("<ITA>"), "the Koreas", or the bare noun for a programme that the text
    names elsewhere ("the Initiative")?"""
    doc, words = token.doc, token.text.split()
    before = doc[token.i - 1].text if token.i else ""
    after = doc[token.i + 1].text if token.i + 1 < len(doc) else ""
    if len(words) == 1:
        if before.endswith("<") and after.startswith(">") and _TICKER.fullmatch(token.text):
            return True
        if token.text.endswith("s") and lexicons.code_of(token.text[:-1]) is not None:
            return True
        return before.lower() in _POINTING and token.lower_ in _programmes()
    return False


@cache
def _programmes() -> frozenset[str]:
    heads = names.heads()["instrument"]
    return frozenset(head for head in heads if " " not in head)


def _is_media(name: str) -> bool:
    words = name.split()
    # "Fox News Digital", "Nikkei Asia": a branch of a known house.
    return lexicons.is_media(name) or (len(words) > 2 and lexicons.is_media(" ".join(words[:2])))
