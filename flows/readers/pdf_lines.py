"""Which lines does a PDF page hold, where do they stand, and how large is their print?"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

HYPHEN = "\x02"  # pdfium's sign for a hyphen at which a line was broken
_SUPERSCRIPT = 0.8  # digits printed smaller than this share of their line's size, above its foot, are note marks


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its text, page (from 0), box in points (origin at the page's lower left), print size and weight."""

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    page_height: float


@dataclass(slots=True)
class _Character:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    index: int


def page_lines(page: pdfium.PdfPage, number: int) -> list[Line]:
    """The lines of a page in pdfium's reading order, without note marks set above the line."""
    height = page.get_height()
    text_page = page.get_textpage()
    try:
        return [_line(characters, text_page, number, height) for characters in _characters(text_page) if characters]
    finally:
        text_page.close()


def _characters(text_page: pdfium.PdfTextPage) -> list[list[_Character]]:
    """The page's characters by line; pdfium puts generated line ends between them."""
    lines: list[list[_Character]] = [[]]
    rectangle = pdfium_c.FS_RECTF()
    high = ""
    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text_page, index)
        if code in (10, 13):
            if lines[-1]:
                lines.append([])
            continue
        if 0xD800 <= code < 0xDC00:
            high = chr(code)
            continue
        text = (high + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16", "replace") if high else chr(code)
        high = ""
        pdfium_c.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(rectangle))
        character = _Character(text, rectangle.left, rectangle.right, rectangle.top, rectangle.bottom, index)
        if lines[-1] and lines[-1][-1].text == HYPHEN and not _is_level(character, lines[-1][0]):
            lines.append([])  # pdfium puts no line end after a divided word
        lines[-1].append(character)
    return lines


def _is_level(character: _Character, other: _Character) -> bool:
    return character.bottom < other.top and character.top > other.bottom


def _line(characters: list[_Character], text_page: pdfium.PdfTextPage, number: int, height: float) -> Line:
    inked = [c for c in characters if not c.text.isspace()] or characters
    sizes = sorted(c.top - c.bottom for c in inked)
    size = sizes[len(sizes) // 2]
    foot = sorted(c.bottom for c in inked)[len(inked) // 2]
    kept = [c for c in characters if not _is_note_mark(c, size, foot)] if any(c.text.isalpha() for c in inked) else characters
    weight = pdfium_c.FPDFText_GetFontWeight(text_page, inked[len(inked) // 2].index)
    return Line(
        text="".join(c.text for c in kept).rstrip(" \t"),
        page=number,
        left=min(c.left for c in inked),
        right=max(c.right for c in inked),
        top=max(c.top for c in inked),
        bottom=min(c.bottom for c in inked),
        size=round(size, 1),
        bold=weight >= 600,
        page_height=height,
    )


def _is_note_mark(character: _Character, size: float, foot: float) -> bool:
    height = character.top - character.bottom
    return character.text.isdigit() and 0 < height < size * _SUPERSCRIPT and character.bottom > foot + size * 0.1
