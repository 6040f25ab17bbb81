"""How does a Word document become a document?"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from flows.readers.dates import When, parse_when
from flows.readers.furniture import drop_furniture
from flows.readers.markdown import CELL
from flows.readers.model import Limits, RawDocument, Unreadable
from flows.readers.opening import date_from_opening, dated
from flows.readers.prose import clean_characters, clean_line, finish, join_paragraphs, same_words
from flows.readers.sniff import DOCX
from flows.readers.text import title_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DC, _DCTERMS = "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}"
# Deleted and moved-away text, field codes, comments' marks, the second rendering of a text box.
_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sectPr")} | {f"{_MC}Fallback"}
_TITLE_STYLE = re.compile(r"^(?:title|titel|titre|t[ií]tulo)$", re.I)
_HEADING_STYLE = re.compile(r"^(?:heading|überschrift|titre|t[ií]tulo)[ ]?1$", re.I)
_TEMPLATE_MADE = "2013-12-23T23:15:00Z"  # python-docx's template: says nothing about the document
_MAX_MEMBERS = 5_000
_PAGE_FURNITURE = re.compile(r"^(?:page\s*)?[\d\s/|–—-]*(?:of\s*\d*)?$", re.I)


def read(data: bytes, name: str, limits: Limits, charset: str | None = None) -> RawDocument:
    """The document of a .docx file's bytes: headers, text, tables (a paragraph a row), text boxes, notes; insertions yes, deletions no.

    Raises `Unreadable`: `bomb` and `too_large` by the sizes the zip declares, before anything is unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, len(data), limits)
            parts = _parts(archive)
    except zipfile.BadZipFile as error:
        reason = "truncated" if b"PK\x05\x06" not in data[-66_000:] else "malformed"
        raise Unreadable(reason, "The .docx file is damaged or stops in the middle; fetch it again.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise Unreadable("encrypted", "The .docx file is protected by a password; save it without one.") from error
    return _document(parts, limits)


def _check(archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if "word/document.xml" not in names:
        raise Unreadable("unknown_type", "The file is a zip archive, but no Word document.")
    if len(members) > _MAX_MEMBERS:
        raise Unreadable("bomb", f"The .docx file holds more than {_MAX_MEMBERS:,} parts.")
    declared = sum(member.file_size for member in members)
    if declared > limits.max_ratio * size and declared > 4_000_000:
        raise Unreadable("bomb", f"The .docx file declares {declared:,} bytes in {size:,}; it was not unpacked.")
    if declared > limits.max_bytes:
        raise Unreadable("too_large", f"The .docx file unpacks to {declared:,} bytes, more than {limits.max_bytes:,}.")


def _parts(archive: zipfile.ZipFile) -> dict[str, Element]:
    """The parsed parts that hold text, by a short name."""
    found: dict[str, Element] = {}
    for member in sorted(archive.namelist()):
        match = re.fullmatch(r"word/((?:document|header\d*|footnotes|endnotes|styles))\.xml|docProps/(core)\.xml", member)
        if not match:
            continue
        try:
            found[match.group(1) or match.group(2)] = fromstring(archive.read(member))
        except DefusedXmlException as error:
            raise Unreadable("bomb", f"The part {member} declares XML entities, as bombs do; it was not read.") from error
        except (ParseError, ValueError) as error:
            if member == "word/document.xml":
                raise Unreadable("malformed", f"The part {member} is not valid XML ({error}).") from error
    return found


def _document(parts: dict[str, Element], limits: Limits) -> RawDocument:
    styles = _style_names(parts.get("styles"))
    body = [(style, text) for style, text in _blocks(parts["document"], styles) if text]
    if sum(len(text) for _, text in body) > limits.max_characters:
        raise Unreadable("too_large", f"The document has more than {limits.max_characters:,} characters.")
    headers = dict.fromkeys(text for key in sorted(parts) if key.startswith("header") for _, text in _blocks(parts[key], styles))
    notes = [text for key in ("footnotes", "endnotes") if key in parts for _, text in _blocks(parts[key], styles)]
    core = parts.get("core")
    title = _title(body, _property(core, f"{_DC}title"))
    shown = [text for text in headers if text and not _PAGE_FURNITURE.match(text) and same_words(text) != same_words(title)]
    paragraphs = drop_furniture([*shown, *(text for _, text in body), *(text for text in notes if text)])
    document, paragraphs = date_from_opening(RawDocument(text="", title=title, media_type=DOCX), paragraphs)
    if document.published_on is None:
        document = dated(document, _made(core))
    return finish(replace(document, text=join_paragraphs(paragraphs)))


def _style_names(styles: Element | None) -> dict[str, str]:
    if styles is None:
        return {}
    named = {}
    for style in styles.iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        named[style.get(f"{_W}styleId", "")] = name.get(f"{_W}val", "") if name is not None else ""
    return named


def _blocks(root: Element, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(style name, text) of each paragraph outside tables and each table row, in order."""
    for element in root:
        if element.tag == f"{_W}p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            key = style.get(f"{_W}val", "") if style is not None else ""
            yield styles.get(key, key), _text(element)
            for box in _outermost(element, f"{_W}txbxContent"):
                yield from _blocks(box, styles)
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                if row.find(f"{_W}trPr/{_W}del") is None:
                    yield "", CELL.join(text for cell in row.findall(f".//{_W}tc") if (text := _cell(cell)))
        elif element.tag not in _SKIPPED:
            yield from _blocks(element, styles)


def _cell(cell: Element) -> str:
    return " ".join(text for paragraph in cell.findall(f"{_W}p") if (text := _text(paragraph)))


def _outermost(element: Element, tag: str) -> Iterator[Element]:
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _SKIPPED:
            yield from _outermost(child, tag)


def _text(paragraph: Element) -> str:
    return clean_line(clean_characters("".join(_pieces(paragraph))))


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag not in _SKIPPED and child.tag != f"{_W}txbxContent":
            yield from _pieces(child)


def _title(body: list[tuple[str, str]], stated: str) -> str:
    """The paragraph styled as title, else the first heading at the very head, else what the properties say if it stands there, else a
    first line that can be nothing but a title."""
    styled = next((text for style, text in body[:6] if _TITLE_STYLE.match(style)), "")
    heading = next((text for style, text in body[:3] if _HEADING_STYLE.match(style)), "")
    if styled or heading:
        return styled or heading
    if stated and any(same_words(text) == same_words(stated) for _, text in body[:6]):
        return stated
    return title_of([text for _, text in body]) or stated


def _property(core: Element | None, tag: str) -> str:
    found = core.find(tag) if core is not None else None
    return clean_line(found.text) if found is not None else ""


def _made(core: Element | None) -> When | None:
    """The day the file was made, where the text prints none."""
    stamp = _property(core, f"{_DCTERMS}created")
    when = parse_when(stamp) if stamp != _TEMPLATE_MADE else None
    return When.day(when.on) if when else None
