"""What do the first and last lines of a document without metadata say: its date, its title?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.readers.dates import When, dateline_day, find_dates
from flows.readers.model import RawDocument

_OPENING, _CLOSING = 8, 4  # paragraphs looked at from either end
_RANGE = re.compile(r"\d\s*[-–—]\s*$")
_CITED = re.compile(
    r"\b(?:resolution|regulation|directive|decision|agreement|treaty|since|until|before|by|recalling|adopted|signed|dated|law|act|"
    r"resoluci[oó]n|r[ée]solution|acuerdo|accord|ley|loi|desde|depuis)\b[^.;]{0,60}$",
    re.I,
)


def opening_day(paragraphs: Sequence[str]) -> tuple[date, int | None] | None:
    """The publication day printed in a line of its own near the beginning, else near the end, and that line's index."""
    for i, paragraph in enumerate(paragraphs[:_OPENING]):
        if day := dateline_day(paragraph):
            return day, i
    for i in range(len(paragraphs) - 1, max(_OPENING, len(paragraphs) - _CLOSING) - 1, -1):
        if day := dateline_day(re.sub(r"^(?:done|signed|issued|hecho|fait) (?:at|in|en|à) ", "", paragraphs[i], flags=re.I)):
            return day, i
    return None


def sentence_day(paragraphs: Sequence[str]) -> date | None:
    """The only full day named in the first paragraph of prose, when it says when its issuers met and is not cited from elsewhere."""
    prose = next((p for p in paragraphs[:_OPENING] if len(p) > 120), "")
    days = [
        day
        for start, _, day in find_dates(prose[:1200])
        if not _RANGE.search(prose[:start]) and not _CITED.search(prose[max(0, start - 80) : start])
    ]
    return days[0] if len(set(days)) == 1 else None


def date_from_opening(document: RawDocument, paragraphs: list[str]) -> tuple[RawDocument, list[str]]:
    """The document with the day its text prints in a line of its own, and the paragraphs without that line."""
    found = opening_day(paragraphs)
    if not found:
        return document, paragraphs
    day, line = found
    return dated(document, When.day(day)), [p for i, p in enumerate(paragraphs) if i != line]


def dated(document: RawDocument, when: When | None) -> RawDocument:
    """The document with a publication time."""
    if when is None:
        return document
    return replace(document, published_on=when.on, published_at=when.at, published_precision=when.precision)
