"""How does a plain text file become a document?"""

from __future__ import annotations

import re
from dataclasses import replace

from flows.readers.encoding import decode
from flows.readers.furniture import drop_furniture
from flows.readers.model import Limits, RawDocument, Unreadable
from flows.readers.opening import date_from_opening
from flows.readers.prose import clean_characters, finish, join_paragraphs, unwrap
from flows.readers.sniff import TEXT

# Pages saved as text often say their summary twice, after the title and before the story: 'Title Summary Summary Story …'.
# A title holds no full stop; the summary is at least eight words that follow one another twice.
_ECHO = re.compile(r"((?:(?:\S*[^\s.!?]|(?:[A-Z]\.)+) ){0,25}?)((?:\S+ +){7,80}?\S+) +\2(?!\S)(.*)$", re.S)
_LONGEST_HEAD = 5_000


def read(data: bytes, name: str, limits: Limits, charset: str | None = None) -> RawDocument:
    """The document of a text file's bytes. Raises `Unreadable`.

    A summary that is printed twice in a row is the standfirst, the words before it the title. Otherwise the first paragraph is the
    title only where it looks like nothing else: one short line, set off by a blank line, without a full
    stop, prose below it; else the title stays empty.
    """
    text = clean_characters(decode(data, declared=charset))
    if len(text) > limits.max_characters:
        raise Unreadable("too_large", f"The text has more than {limits.max_characters:,} characters.")
    paragraphs = drop_furniture(unwrap(text))
    document, paragraphs = date_from_opening(RawDocument(text="", media_type=TEXT), paragraphs)
    echo = _ECHO.match(paragraphs[0]) if paragraphs and len(paragraphs[0]) < _LONGEST_HEAD else None
    if echo:
        title, standfirst, rest = (part.strip() for part in echo.groups())
        return finish(replace(document, title=title, standfirst=standfirst, text=join_paragraphs([standfirst, rest, *paragraphs[1:]])))
    title = title_of(paragraphs) if _first_line_stands_alone(text) else ""
    return finish(replace(document, title=title, text=join_paragraphs(paragraphs)))


def title_of(paragraphs: list[str]) -> str:
    """The first paragraph where it can only be a title: short, no sentence, prose soon after; else empty."""
    if len(paragraphs) < 2:
        return ""
    first = paragraphs[0].strip()
    has_prose = any(len(p) > 150 for p in paragraphs[1:5])
    words = first.split()
    if not has_prose or not 3 <= len(words) <= 30 or len(first) > 200:
        return ""
    return "" if first[-1] in ".:;,…" or first[0] in "-•*([" or not any(c.isalpha() for c in first) else first


def _first_line_stands_alone(text: str) -> bool:
    lines = text.lstrip("\n").split("\n")
    head = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
    return 1 <= head <= 3 and head < len(lines)
