"""What does the YAML block at the head of a Markdown file say about the document?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from flows.readers.dates import When, choose
from flows.readers.model import Unreadable
from flows.readers.prose import clean_line

MAX_CHARACTERS = 65_536
MAX_DEPTH = 8
MAX_NODES = 5_000

_BLOCK = re.compile(r"\A\ufeff?\s*---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_TITLE = ("title", "headline")
_STANDFIRST = ("standfirst", "subtitle", "dek", "summary", "description", "excerpt")
_PUBLISHED = ("date", "published_on", "published", "published_time", "published_at", "publish_date", "pubdate", "datepublished")
_URL = ("url", "source_url", "source", "link", "permalink")
_CANONICAL = ("canonical_url", "canonical")
_PUBLISHER = ("publisher", "site_name", "site", "publication", "source")
_AUTHORS = ("authors", "author", "byline")
_LANGUAGE = ("lang", "language", "locale")


def split(text: str) -> tuple[dict[str, Any], str]:
    """A Markdown file's front matter and its body; the front matter is empty where there is none.

    Every scalar is a string as written: nothing is guessed to be a number or a date, no tag is obeyed. Raises
    `Unreadable("malformed")` for front matter that is a danger (aliases, depth, size); a block that is merely bad YAML is read line
    by line.
    """
    match = _BLOCK.match(text)
    if not match or not re.search(r"^[\w-]+[ \t]*:", match.group(1), re.M):
        return {}, text
    block = match.group(1)
    if len(block) > MAX_CHARACTERS:
        raise Unreadable("malformed", f"The front matter is longer than {MAX_CHARACTERS:,} characters.")
    return _load(block), text[match.end() :]


def _load(block: str) -> dict[str, Any]:
    try:
        _check(block)
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        loaded = _read_lines(block)
    if not isinstance(loaded, dict):
        loaded = _read_lines(block)
    return {str(key).strip().lower().replace("-", "_"): value for key, value in loaded.items()}


def _check(block: str) -> None:
    """Refuse what makes YAML grow: aliases multiply, depth recurses."""
    depth = 0
    for nodes, event in enumerate(yaml.parse(block, Loader=yaml.BaseLoader)):
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable("malformed", "The front matter uses YAML aliases, which are not read; write the values out.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise Unreadable("malformed", "The front matter is nested too deeply or has too many values.")


def _read_lines(block: str) -> dict[str, str]:
    """`key: value` lines of a block that is no valid YAML (typically a title with a colon in it)."""
    pairs: dict[str, str] = {}
    key = None
    for line in block.splitlines():
        match = re.match(r"([\w-]+)[ \t]*:[ \t]*(.*)", line)
        if match:
            key = match.group(1)
            pairs[key] = match.group(2).strip().strip("'\"")
        elif key and line[:1].isspace() and line.strip():
            pairs[key] = f"{pairs[key]} {line.strip()}".strip()
    return pairs


def first_text(values: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """The first of some keys that holds a text, cleaned; empty where none does."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, Mapping):
            value = value.get("name") or value.get("title")
        if isinstance(value, str | int) and not isinstance(value, bool) and (text := clean_line(str(value))):
            return text
    return ""


def names(value: Any) -> tuple[str, ...]:
    """The names in an author field: a list, mappings with a name, or one text with 'By', commas, semicolons or 'and'."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list | tuple):
        return tuple(name for item in value for name in names(item))
    text = re.sub(r"^by\s+", "", clean_line(value) if isinstance(value, str) else "", flags=re.I)
    parts = re.split(r"\s*;\s*|\s+and\s+|\s*&\s*", text) if ";" in text or "," not in text else _split_commas(text)
    return tuple(part for part in parts if part)


def _split_commas(text: str) -> list[str]:
    """'Ann Lee, Bo Chan and Cy Day' is three names; 'Lee, Ann' is one, its family name first."""
    parts = [p for p in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", text) if p]
    if len(parts) == 2 and all(len(p.split()) == 1 for p in parts):
        return [f"{parts[1]} {parts[0]}"]
    return parts


def is_address(value: str) -> bool:
    """Whether a text is a web address."""
    return bool(re.match(r"https?://\S+$", value, re.I))


def described(values: Mapping[str, Any]) -> dict[str, Any]:
    """The `RawDocument` fields that front matter gives: title, standfirst, url, canonical_url, publisher, authors, language, dates."""
    url = next((v for k in _URL if is_address(v := first_text(values, (k,)))), None)
    publisher = next((v for k in _PUBLISHER if (v := first_text(values, (k,))) and not is_address(v)), None)
    authors = next((found for k in _AUTHORS if (found := names(values.get(k)))), ())
    when: When | None = choose(first_text(values, (key,)) for key in _PUBLISHED)
    return {
        "title": first_text(values, _TITLE),
        "standfirst": first_text(values, _STANDFIRST) or None,
        "url": url,
        "canonical_url": first_text(values, _CANONICAL) or None,
        "publisher": publisher,
        "authors": authors,
        "language": first_text(values, _LANGUAGE)[:2].lower() or None,
        "published_on": when.on if when else None,
        "published_at": when.at if when else None,
        "published_precision": when.precision if when else None,
    }
