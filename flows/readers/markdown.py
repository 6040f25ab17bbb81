"""How does a Markdown file become a document?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from flows.readers import front_matter
from flows.readers.encoding import decode
from flows.readers.furniture import drop_furniture
from flows.readers.model import Limits, RawDocument, Unreadable
from flows.readers.opening import date_from_opening
from flows.readers.prose import clean_characters, finish, join_paragraphs, same_words
from flows.readers.sniff import MARKDOWN

CELL = " | "  # between the cells of a table's row

# Indented text in collected Markdown is text that a converter indented, not code.
_MARKDOWN = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable("table").disable("code")
_BREAK = "\x00"  # a hard line break, until it is known what follows it
_DROPPED_HTML = re.compile(r"<(script|style|iframe|figure|figcaption|noscript|form|nav)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S)
# Converters write emphasis that the grammar cannot close ("**Goal: **The") and links whose address has spaces.
_LEFT_OVER = re.compile(r"\*+(?=\S)|(?<=\S)\*+|\*{2,}|\s\*(?=\s*(?:\x00|$))")
_UNPARSED = re.compile(r"\[([^\[\]]*)\]\(\s*(?:https?:|mailto:|/|#)[^)]*\)")
_BREAK_TAG = re.compile(r"<(?:br|/p|/div|/li|/tr|hr)\b[^>]*>", re.I)


def read(data: bytes, name: str, limits: Limits, charset: str | None = None) -> RawDocument:
    """The document of a Markdown file's bytes. Raises `Unreadable`."""
    values, body = front_matter.split(clean_characters(decode(data, declared=charset)))
    if len(body) > limits.max_characters:
        raise Unreadable("too_large", f"The text has more than {limits.max_characters:,} characters.")
    blocks = list(_blocks(_MARKDOWN.parse(body)))
    described = front_matter.described(values)
    title = plain(described.pop("title"))
    if not title and blocks and blocks[0][0] == "h1":
        title = blocks[0][1]
    paragraphs = drop_furniture([text for _, text in blocks])
    standfirst = plain(described.pop("standfirst") or "")
    document = RawDocument(text="", title=title, standfirst=_shown(standfirst, paragraphs), media_type=MARKDOWN, **described)
    if document.published_on is None:
        document, paragraphs = date_from_opening(document, paragraphs)
    return finish(replace(document, text=join_paragraphs(paragraphs)))


def plain(text: str) -> str:
    """A line of Markdown (a title) without its markup."""
    if not re.search(r"[\\*_`\[<&]", text):
        return text
    return " ".join(" ".join(_inline_parts(_MARKDOWN.parseInline(text)[0].children or [])).split())


def _shown(standfirst: str, paragraphs: Sequence[str]) -> str | None:
    """A summary of the front matter counts as standfirst only where it is not merely the first sentences again, cut off."""
    wanted = same_words(standfirst)
    cut = any(same_words(p).startswith(wanted) and same_words(p) != wanted for p in paragraphs[:3])
    return None if not wanted or cut else standfirst


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """(tag, text) of every paragraph, heading, list item, code block and table row, in order."""
    tag = "p"
    row: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            tag = token.tag
        elif token.type in ("paragraph_open", "th_open", "td_open"):
            tag = "p"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield "tr", CELL.join(cell for cell in row if cell)
            row = None
        elif token.type == "inline":
            parts = _inline_parts(token.children or [])
            if row is not None:
                row.append(" ".join(" ".join(parts).split()))
            else:
                for part in parts:
                    yield tag, " ".join(part.split())
        elif token.type == "fence":
            for part in re.split(r"\n\s*\n", token.content):
                yield "p", " ".join(part.split())
        elif token.type == "html_block":
            for part in strip_tags(token.content):
                yield "p", part


def _inline_parts(children: Sequence[Token]) -> list[str]:
    """The paragraphs of one block: its text without markup, divided at hard breaks unless the sentence goes on in lower case."""
    pieces: list[str] = []
    for token in children:
        if token.type in ("text", "code_inline", "text_special"):
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak" or (token.type == "html_inline" and _BREAK_TAG.match(token.content)):
            pieces.append(_BREAK)
    parts: list[str] = []
    for part in _UNPARSED.sub(r"\1", _LEFT_OVER.sub("", "".join(pieces))).split(_BREAK):
        stripped = part.strip()
        if not stripped:
            continue
        if parts and stripped[0].islower():
            parts[-1] = f"{parts[-1]} {stripped}"
        else:
            parts.append(stripped)
    return parts


def strip_tags(markup: str) -> list[str]:
    """The paragraphs of a fragment of HTML: tags away, comments, scripts and captions dropped, entities resolved."""
    markup = _DROPPED_HTML.sub(" ", markup)
    if "<" not in markup:
        texts = [markup]
    else:
        texts = _BREAK_TAG.sub("\n\n", markup).split("\n\n")
    found = []
    for text in texts:
        try:
            content = lxml_html.fromstring(f"<div>{text}</div>").text_content() if re.search(r"[<&]", text) else text
        except (ValueError, lxml_html.etree.ParserError):
            content = re.sub(r"<[^>]*>", " ", text)
        if words := " ".join(content.split()):
            found.append(words)
    return found
