"""How does a web page become a document?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import trafilatura
from lxml import html as lxml_html
from lxml.etree import _Element

from flows.readers import page_metadata
from flows.readers.encoding import decode
from flows.readers.furniture import drop_furniture
from flows.readers.markdown import CELL
from flows.readers.model import Limits, RawDocument, Unreadable
from flows.readers.prose import clean_characters, clean_line, finish, join_paragraphs, same_words
from flows.readers.sniff import HTML

_BLOCKS = ("p", "head", "item", "quote", "code", "ab", "fw")
_REFERENCE = re.compile(r"&#(?:(\d{1,7})|x([\da-f]{1,6}));?", re.I)
_PARENTS = ("p", "item", "quote", "list", "table", "row", "cell", "head")


def read(data: bytes, name: str, limits: Limits, charset: str | None = None, url: str | None = None) -> RawDocument:
    """The document of a page's bytes; `charset` and `url` are what the server said. Raises `Unreadable`.

    Body by trafilatura (best on the public article benchmark); what the page says of itself by `page_metadata`.
    """
    markup = _REFERENCE.sub(_resolve, clean_characters(decode(data, declared=charset, markup=True)))
    tree = trafilatura.load_html(markup)
    if tree is None:
        raise Unreadable("malformed", "The page holds no HTML that can be parsed.")
    nodes, named = page_metadata.json_ld(tree), page_metadata.metas(tree)
    own_url = page_metadata.canonical_url(tree, named)
    found = trafilatura.bare_extraction(
        tree, url=url or own_url, include_comments=False, include_tables=True, favor_precision=True, with_metadata=True
    )
    if found is None or isinstance(found, dict):
        raise Unreadable("no_text", "No article text was found in the page.")
    if len(found.text or "") > limits.max_characters:
        raise Unreadable("too_large", f"The text has more than {limits.max_characters:,} characters.")
    paragraphs = drop_furniture([p for p in map(clean_line, paragraphs_of(found.body)) if p])
    meta_title = clean_line(found.title)
    title = page_metadata.headline(tree, meta_title)
    when = page_metadata.publication(tree, nodes, named, found.date)
    document = RawDocument(
        text="",
        title=title,
        standfirst=_standfirst(tree, clean_line(_plain(found.description)), paragraphs, title),
        authors=tuple(clean_line(author) for author in (found.author or "").split(";")),
        url=url or own_url,
        canonical_url=own_url,
        publisher=page_metadata.publisher_name(nodes, named, found.sitename or found.hostname or ""),
        published_on=when.on if when else None,
        published_at=when.at if when else None,
        published_precision=when.precision if when else None,
        language=page_metadata.language(tree, named),
        media_type=HTML,
    )
    if same_words(meta_title) != same_words(title):  # the h1 and the metadata's title may both stand at the head of the body
        paragraphs = [p for i, p in enumerate(paragraphs) if i > 2 or same_words(p) != same_words(meta_title)]
    bylines = {same_words(f"by {name}") for name in document.authors} | {same_words(name) for name in document.authors}
    paragraphs = [p for i, p in enumerate(paragraphs) if i > 3 or same_words(p) not in bylines]
    return finish(replace(document, text=join_paragraphs(paragraphs)))


def _resolve(reference: re.Match[str]) -> str:
    """A character reference that means what browsers read: 128–159 are Windows-1252, control characters nothing.

    Parsers give control characters back as such, and a tree that holds one cannot be written.
    """
    code = int(reference.group(1) or reference.group(2), 16 if reference.group(2) else 10)
    if 128 <= code < 160:
        return bytes([code]).decode("cp1252", "ignore")
    return "" if (code < 32 and code not in (9, 10, 13)) or code == 127 else reference.group(0)


def paragraphs_of(body: _Element) -> Iterator[str]:
    """The paragraphs of trafilatura's tree: blocks and list items, a table's rows with their cells joined."""
    for element in body.iter():
        if element.tag == "row":
            yield CELL.join(text for cell in element if (text := " ".join(" ".join(cell.itertext()).split())))
        elif element.tag in _BLOCKS and not any(a.tag == "row" for a in element.iterancestors()):
            yield from _own_text(element)
        elif element.tag not in (*_PARENTS, "lb", "hi", "ref", "del", "graphic") and element.text and element.text.strip():
            yield element.text
        if element.tag in (*_BLOCKS, "list", "table") and _holds_blocks(element) and element.tail and element.tail.strip():
            yield element.tail


def _holds_blocks(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag not in ("row", "cell")


def _own_text(element: _Element) -> Iterator[str]:
    """A block's text without that of the blocks inside it, divided at line breaks."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "lb":
            pieces.append("\n")
        elif child.tag not in _PARENTS and child.tag != "graphic":
            pieces.append("".join(child.itertext()))
        if child.tag not in (*_PARENTS, *_BLOCKS):
            pieces.append(child.tail or "")
        else:
            pieces.append("\n")
    parts: list[str] = []
    for part in "".join(pieces).split("\n"):
        text = part.strip()
        if text and parts and text[0].islower():
            parts[-1] = f"{parts[-1]} {text}"
        elif text:
            parts.append(text)
    yield from parts


def _plain(markup: str | None) -> str:
    return lxml_html.fromstring(f"<div>{markup}</div>").text_content() if markup and "<" in markup else markup or ""


def _standfirst(tree: _Element, description: str, paragraphs: list[str], title: str) -> str | None:
    """The page's summary where readers see it: as one of the first paragraphs, or printed below the headline."""
    wanted = same_words(description)
    opening = next((p for p in paragraphs[:2] if wanted and same_words(p) == wanted), None)
    if opening:
        return opening
    printed = page_metadata.printed_standfirst(tree, description)
    if not printed or same_words(printed) == same_words(title):
        return None
    said = same_words(printed)
    return None if any(said in same_words(p) and said != same_words(p) for p in paragraphs[:3]) else printed
