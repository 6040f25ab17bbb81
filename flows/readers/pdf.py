"""How does a PDF become a document?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pypdfium2 as pdfium

from flows.readers.dates import When, parse_when, pdf_when
from flows.readers.furniture import drop_furniture
from flows.readers.model import Limits, RawDocument, Unreadable
from flows.readers.opening import date_from_opening, dated, sentence_day
from flows.readers.pdf_lines import Line, page_lines
from flows.readers.pdf_paragraphs import Block, blocks_of, without_running_lines
from flows.readers.prose import clean_characters, clean_line, finish, join_paragraphs, same_words
from flows.readers.sniff import PDF

_BROWSERS = re.compile(r"Mozilla/|Chrome/|Safari/|Skia/PDF|Microsoft: Print To PDF|wkhtmltopdf|Quartz PDFContext", re.I)
_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|indd|rtf|odt|pages|tmp|qxd)$|^(?:microsoft word|untitled|document\d*|powerpoint)\b|^\S{0,40}$", re.I
)
_NO_TITLE = re.compile(r"^(?:for immediate release|press release|embargo|original\s*:|english|page \d|contact|[\d\W]+$)", re.I)
_HEAD_BLOCKS = 12  # blocks of the first page among which a title is looked for


def read(data: bytes, name: str, limits: Limits, charset: str | None = None) -> RawDocument:
    """The document of a PDF's bytes. Raises `Unreadable`: `encrypted`, `no_text` (a scan), `too_large`, `malformed`."""
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _refusal(error, data) from error
    try:
        if len(pdf) > limits.max_pages:
            raise Unreadable("too_large", f"The PDF has {len(pdf):,} pages, more than {limits.max_pages:,}; raise the limit or split it.")
        lines = _lines(pdf, limits)
        metadata = {key: clean_line(value) for key, value in pdf.get_metadata_dict().items()}
    finally:
        pdf.close()
    if not any(c.isalnum() for line in lines for c in line.text):
        raise Unreadable("no_text", "The PDF holds pictures of pages, but no text; run text recognition on it first.")
    return _document(blocks_of(without_running_lines(lines)), metadata)


def _refusal(error: pdfium.PdfiumError, data: bytes) -> Unreadable:
    if "password" in str(error).lower() or "security" in str(error).lower():
        return Unreadable("encrypted", "The PDF is protected by a password; save it without one.")
    if b"%%EOF" not in data[-2048:]:
        return Unreadable("truncated", "The PDF stops in the middle; fetch it again.")
    return Unreadable("malformed", f"The PDF is damaged ({clean_line(str(error))}).")


def _lines(pdf: pdfium.PdfDocument, limits: Limits) -> list[Line]:
    lines: list[Line] = []
    characters = 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
        except pdfium.PdfiumError as error:
            raise Unreadable("malformed", f"Page {number + 1} of the PDF is damaged.") from error
        found = page_lines(page, number)
        page.close()
        characters += sum(len(line.text) for line in found)
        if characters > limits.max_characters:
            raise Unreadable("too_large", f"The PDF has more than {limits.max_characters:,} characters.")
        lines += found
    return lines


def _document(blocks: Sequence[Block], metadata: dict[str, str]) -> RawDocument:
    """Title and date are those printed on the first page; the file's metadata only where nothing is printed."""
    stated = metadata.get("Title", "")
    title, blocks = _take_title(blocks, stated)
    paragraphs = drop_furniture([p for p in (clean_characters(block.text) for block in blocks) if p.strip()])
    document = RawDocument(text="", title=title, media_type=PDF)  # the metadata's author is who typed the file, no byline
    document, paragraphs = date_from_opening(document, paragraphs)
    if document.published_on is None:
        document = dated(document, _other_date(paragraphs, metadata))
    return finish(replace(document, text=join_paragraphs(paragraphs)))


def _other_date(paragraphs: Sequence[str], metadata: dict[str, str]) -> When | None:
    """The day the opening sentence names, if the file was made within a year after it; else when the file was made, unless a
    browser printed it: then that day says nothing about the document."""
    made = pdf_when(metadata.get("CreationDate"))
    printed = bool(_BROWSERS.search(f"{metadata.get('Creator', '')} {metadata.get('Producer', '')}"))
    day = sentence_day(paragraphs)
    if day and (made is None or 0 <= (made.on - day).days <= 366 or printed):
        return parse_when(day)
    return None if printed else made


def _take_title(blocks: Sequence[Block], stated: str) -> tuple[str, list[Block]]:
    """The title and the blocks without it: the block that says what the metadata say, else the largest print at the head."""
    head = [block for block in blocks[:_HEAD_BLOCKS] if block.page == 0]
    wanted = same_words(re.sub(r"\s+[|_–—-]\s+[^|_–—]{2,40}$", "", stated))
    said = [b for b in head if wanted and same_words(b.text) == wanted]
    if said:
        chosen = said
    else:
        chosen = _largest(head, blocks)
    if chosen:
        title = clean_line(" ".join(block.text for block in chosen))
        first = blocks.index(chosen[0])
        rest = [b for i, b in enumerate(blocks) if b not in chosen and not (i < first and _is_trail(b.text, title))]
        return title, rest
    return ("" if _FILE_NAME.search(stated) else stated), list(blocks)


def _is_trail(text: str, title: str) -> bool:
    """A breadcrumb above the title, or the title as the browser prints it at the head of the page."""
    return same_words(title) in same_words(text) and len(text) < len(title) + 80


def _largest(head: Sequence[Block], blocks: Sequence[Block]) -> list[Block]:
    """The blocks in the largest print at the head, together, where it stands out from the body; else a bold or capital first line."""
    body = body_size(blocks)
    candidates = [b for b in head if not _NO_TITLE.search(b.text) and 8 <= len(b.text) <= 300 and any(c.isalpha() for c in b.text)]
    if not candidates:
        return []
    size = max(b.size for b in candidates)
    if size >= body * 1.12:
        first = next(i for i, b in enumerate(candidates) if b.size == size)
        chosen = [candidates[first]]
        for block in candidates[first + 1 :]:
            if block.size < size * 0.97 or sum(len(b.text) for b in chosen) + len(block.text) > 300:
                break
            chosen.append(block)
        return chosen
    standing_out = [b for b in candidates[:6] if _is_heading(b)]
    return standing_out[:1]


def _is_heading(block: Block) -> bool:
    letters = [c for c in block.text if c.isalpha()]
    capital = len(letters) >= 8 and sum(c.isupper() for c in letters) / len(letters) > 0.9
    return (capital or block.bold) and len(block.text) <= 200 and not block.text.rstrip().endswith((".", ";", ","))


def body_size(blocks: Sequence[Block]) -> float:
    """The print size that most characters have."""
    weights: dict[float, int] = {}
    for block in blocks:
        weights[block.size] = weights.get(block.size, 0) + len(block.text)
    return max(weights, key=lambda size: weights[size], default=0.0)
