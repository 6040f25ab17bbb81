"""Where are quotations in a text, by their marks alone? Straight, curly, angled and single marks; nested ones belong to the outer one.

Offsets are half-open in code points of the text given. Apostrophes ("don’t", "the workers’ rights", "’80s") are no marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = re.compile(r"[^\n]+")
_LONGEST_UNCLOSED = 2_500  # a paragraph whose mark is never closed is a quotation only up to this many characters

_OPENERS = {"“": "”", "„": "“”", "«": "»", "``": "''"}
_SPACE_OR_OPENING = re.compile(r"[\s(\[{\u2014\u2013\-/:“‘„«]")
_ELISION = re.compile(r"[’'](?:\d\ds?\b|tis\b|twas\b|em\b|til\b|cause\b|n[’']\b)", re.I)
_DOUBLED = re.compile("’’|''")
_ENDS_CLAUSE = ".,!?…;"


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation's inner text, without marks: one part, or several where each paragraph repeats the opening mark.

    `start` and `end` include the outer marks.
    """

    start: int
    end: int
    parts: tuple[tuple[int, int], ...]
    closed: bool = True
    single: bool = False

    def text(self, source: str) -> str:
        """The words said; parts joined by a space."""
        return " ".join(" ".join(source[a:b].split()) for a, b in self.parts)


def find_quotations(text: str) -> list[Quotation]:
    """All outer quotations of a text, in order; one that runs over paragraphs is one."""
    found: list[Quotation] = []
    open_run: Quotation | None = None
    for block in _BLOCK.finditer(text):
        inside = list(_in_block(text, block.start(), block.end()))
        if open_run is not None:
            first = inside[0] if inside else None
            if first is not None and not text[block.start() : first.start].strip():
                open_run = Quotation(open_run.start, first.end, open_run.parts + first.parts, first.closed, first.single)
                inside = inside[1:]
                if open_run.closed or inside:
                    found.append(open_run)
                    open_run = None
                else:
                    continue
            else:
                found += _accept_unclosed(open_run, text)
                open_run = None
        for quotation in inside:
            if quotation.closed:
                found.append(quotation)
            else:
                open_run = quotation
    if open_run is not None:
        found += _accept_unclosed(open_run, text)
    return found


def _accept_unclosed(quotation: Quotation, text: str) -> list[Quotation]:
    """A quotation whose closing mark was forgotten is one when it fills its paragraph from the start."""
    before = text.rfind("\n", 0, quotation.start) + 1
    fills = not text[before : quotation.start].strip() and text[quotation.end - 1 : quotation.end] in ".!?”"
    return [quotation] if fills and quotation.end - quotation.start <= _LONGEST_UNCLOSED else []


def _in_block(text: str, start: int, end: int) -> Iterator[Quotation]:
    """The quotations of one paragraph; the last may be unclosed."""
    position = start
    while position < end:
        opened = _next_opening(text, position, end)
        if opened is None:
            return
        at, mark = opened
        inner = at + len(mark)
        close = _closing(text, inner, end, mark)
        single = mark in ("'", "‘")
        if close is None:
            if single or (mark == '"' and _stray(text, at, end)):
                position = inner
                continue
            yield Quotation(at, end, ((inner, _rstrip(text, inner, end)),), closed=False)
            return
        stop, length = close
        if text[inner:stop].strip():
            yield Quotation(at, stop + length, ((inner, _rstrip(text, inner, stop)),), single=single)
        position = stop + length


def _rstrip(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _stray(text: str, at: int, end: int) -> bool:
    """A straight mark that opens nothing: no letter follows it."""
    return at + 1 >= end or not text[at + 1 : end].strip()


def _next_opening(text: str, position: int, end: int) -> tuple[int, str] | None:
    for at in range(position, end):
        char = text[at]
        if char in "“„«":
            return at, char
        if char == "`" and text[at : at + 2] == "``":
            return at, "``"
        if char == '"' and _may_open(text, at, end) and not _is_inch(text, at):
            return at, char
        if char in "'‘" and _may_open(text, at, end) and not _ELISION.match(text, at) and _closing(text, at + 1, end, char) is not None:
            return at, char
    return None


def _may_open(text: str, at: int, end: int) -> bool:
    follower = text[at + 1] if at + 1 < end else " "
    if follower.isspace():
        return False
    return at == 0 or _SPACE_OR_OPENING.match(text[at - 1]) is not None or (text[at] == '"' and not text[at - 1].isalnum())


def _is_inch(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isdigit() and not (at + 1 < len(text) and text[at + 1].isalpha())


def _closing(text: str, inner: int, end: int, mark: str) -> tuple[int, int] | None:
    """(position, length) of the mark that closes, within the paragraph."""
    if mark in ("'", "‘"):
        return _single_closing(text, inner, end)
    if mark == "``":
        at = text.find("''", inner, end)
        return (at, 2) if at >= 0 else None
    if mark == '"':
        return _straight_closing(text, inner, end)
    depth = 1
    doubled = _DOUBLED.search(text, inner, end)  # two single marks typed for one double
    if doubled and not any(char in text[inner : doubled.start()] for char in _OPENERS[mark]):
        return doubled.start(), 2
    for at in range(inner, end):
        char = text[at]
        if char == mark and mark != "„":
            depth += 1  # the same mark again: nested, or a closing mark that was typed wrong
            if text[at - 1] in _ENDS_CLAUSE and (at + 1 >= end or text[at + 1].isspace()):
                return at, 1
        elif char in _OPENERS[mark] or (mark == "“" and char == '"' and not _may_open(text, at, end)):
            depth -= 1
            if depth <= 0 or mark == "„":
                return at, 1
    if depth > 1:  # more opened than closed: the first closing mark will do
        at = min((p for p in (text.find(c, inner, end) for c in _OPENERS[mark]) if p >= 0), default=-1)
        return (at, 1) if at >= 0 else None
    return None


def _straight_closing(text: str, inner: int, end: int) -> tuple[int, int] | None:
    """The next straight mark closes, unless it plainly opens a nested quotation and two more follow."""
    at = inner
    doubled = _DOUBLED.search(text, inner, end)
    if doubled and '"' not in text[inner : doubled.start()]:
        return doubled.start(), 2
    while (at := text.find('"', at, end)) >= 0:
        opens = text[at - 1].isspace() and at + 1 < end and not text[at + 1].isspace()
        if not opens:
            return at, 1
        partner = text.find('"', at + 1, end)
        if partner < 0:
            return at, 1
        at = partner + 1
    curly = text.find("”", inner, end)
    return (curly, 1) if curly >= 0 and "“" not in text[inner:curly] else None


def _single_closing(text: str, inner: int, end: int) -> tuple[int, int] | None:
    """The first single mark that closes a clause (".’"), else the first that follows a word and is no plural possessive."""
    fallback: int | None = None
    for at in range(inner, end):
        char = text[at]
        if char in '"“”' or (char in "'‘" and fallback is not None and _may_open(text, at, end)):
            break
        if char not in "'’":
            continue
        after = text[at + 1] if at + 1 < end else " "
        if text[at - 1].isspace() or after.isalnum():
            continue
        if text[at - 1] in _ENDS_CLAUSE:
            return at, 1
        if fallback is None and not (text[at - 1] == "s" and after == " " and text[at + 2 : at + 3].islower()):
            fallback = at
    return (fallback, 1) if fallback is not None else None
