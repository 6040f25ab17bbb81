"""What does a web page say about itself: title, standfirst, dates, publisher, address, language?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from lxml.etree import _Element

from flows.readers.dates import When, find_dates, parse_when
from flows.readers.prose import clean_line, same_words

_ARTICLE_TYPES = re.compile(r"Article|Posting|Report|WebPage|Statement", re.I)
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date", "sailthru.date",
    "publication_date", "publish-date", "publishdate", "pubdate", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created",
    "dcterms.date", "dc.date", "cxenseparse:recs:publishtime", "article.published", "date",
)  # fmt: skip
_DATE_PLACE = re.compile(r"date|time|publish|byline|meta", re.I)
_UPDATE = re.compile(r"\b(?:updated?|modified|revised|actualisé|aktualisiert|last)\b", re.I)
_STANDFIRST_PLACE = re.compile(
    r"(?:^|[\s_-])(?:standfirst|dek|deck|sub-?title|sub-?head(?:line|ing)?|(?:article|story|entry)[_-]{1,2}(?:summary|excerpt|description|intro|lead)|lede)(?:$|[\s_-])",
    re.I,
)
_ASIDE = re.compile(r"related|recommend|sidebar|comment|newsletter|promo|footer|teaser|most-?(?:read|popular)", re.I)
_NEAR_HEADLINE = 60  # elements after the h1 among which a standfirst is looked for


def json_ld(tree: _Element) -> list[dict[str, Any]]:
    """The schema.org objects of a page that describe an article, in their order."""
    found: list[dict[str, Any]] = []
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            value = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # a page's broken metadata is no reason to lose the page
        found += [node for node in _objects(value, 0) if _ARTICLE_TYPES.search(" ".join(_listed(node.get("@type"))))]
    return sorted(found, key=lambda node: "WebPage" in _listed(node.get("@type")))


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(value.get(key), depth + 1)
    elif isinstance(value, list):
        for item in value[:200]:
            yield from _objects(item, depth + 1)


def _listed(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []


def metas(tree: _Element) -> dict[str, str]:
    """The page's meta elements: lower-case name, property or itemprop → content, the first of each."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = meta.get("content")
        for attribute in ("property", "name", "itemprop"):
            key = (meta.get(attribute) or "").lower()
            if key and content and content.strip():
                found.setdefault(key, content.strip())
    return found


def headline(tree: _Element, fallback: str) -> str:
    """The title as printed: the page's only h1 of at least three words, or the h1 closest to what its metadata say; else `fallback`."""
    headings = [text for h1 in tree.iter("h1") if len((text := clean_line(h1.text_content())).split()) >= 3 and len(text) <= 300]
    wanted = set(re.findall(r"\w+", fallback.casefold()))
    related = [h for h in headings if not wanted or wanted & {w for w in re.findall(r"\w+", h.casefold()) if len(w) > 3}]
    if len(set(related)) == 1 or (related and len(headings) == 1):
        return related[0]
    return fallback


def publication(tree: _Element, nodes: list[dict[str, Any]], named: dict[str, str], fallback: str | None) -> When | None:
    """When the page was published: the instant from its metadata, the day as its readers see it.

    Metadata often give the time in UTC; the local day is that of another statement of the same moment with an offset, else the one
    printed near the headline, else the day in UTC. `fallback` is a date found by other means, used where the page says nothing.
    """
    stated = [when for when in map(parse_when, _statements(tree, nodes, named)) if when]
    exact = next((when for when in stated if when.precision == "second"), None)
    printed = list(printed_days(tree))
    if exact is None:
        days = [when.on for when in stated] or printed[:1]
        return When.day(days[0]) if days else _from_fallback(fallback)
    if exact.on != exact.at.date():
        return exact
    for other in stated:
        same_moment = other.precision == "second" and abs((other.at - exact.at).total_seconds()) < 300
        if same_moment and other.on != exact.on:
            return When(other.on, exact.at, "second")
    near = next((day for day in printed if abs((day - exact.on).days) <= 1), exact.on)
    return When(near, exact.at, "second")


def _from_fallback(value: str | None) -> When | None:
    """A date that was searched for all over the page; the first of January is a copyright year more often than a day."""
    when = parse_when(value)
    return None if when is None or (when.on.month, when.on.day) == (1, 1) else when


def _statements(tree: _Element, nodes: list[dict[str, Any]], named: dict[str, str]) -> Iterator[Any]:
    for node in nodes:
        yield node.get("datePublished") or node.get("dateCreated")
    for key in _DATE_METAS:
        yield named.get(key)
    for element in tree.xpath(".//*[@itemprop='datePublished']"):
        yield element.get("datetime") or element.get("content") or clean_line(element.text_content())
    for element in _time_elements(tree):
        yield element.get("datetime")


def _time_elements(tree: _Element) -> list[_Element]:
    """The page's `time` elements outside asides that do not tell of an update."""
    return [t for t in list(tree.iter("time"))[:20] if not _in_aside(t) and not _UPDATE.search(_around(t))]


def _around(element: _Element) -> str:
    parent = element.getparent()
    text = (parent.text_content() if parent is not None else "") or ""
    return text if len(text) < 80 else element.text_content()


def _in_aside(element: _Element) -> bool:
    return any(
        ancestor.tag in ("aside", "footer", "nav") or _ASIDE.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}")
        for ancestor in element.iterancestors()
        if isinstance(ancestor.tag, str) and ancestor.tag not in ("body", "html", "main", "article")
    )


def printed_days(tree: _Element) -> Iterator[date]:
    """Days that readers see in the page's date lines, in their order."""
    for element in _time_elements(tree):
        yield from (day for _, _, day in find_dates(clean_line(element.text_content())))
    seen = 0
    for element in tree.iter("span", "div", "p", "li"):
        if not _DATE_PLACE.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            continue
        seen += 1
        if seen > 60:
            return
        text = clean_line(element.text_content()) if len(element) < 8 else ""
        if 6 <= len(text) <= 120 and not _UPDATE.search(text) and not _in_aside(element):
            yield from (day for _, _, day in find_dates(text))


def printed_standfirst(tree: _Element, description: str) -> str | None:
    """The summary printed below the headline: an element that is marked as such near the h1, or that says what the description says."""
    wanted = same_words(description)
    after = None
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "h1":
            after = 0
        elif after is not None and after < _NEAR_HEADLINE:
            after += 1
            marked = _STANDFIRST_PLACE.search(f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-gu-name') or ''}")
            if marked and not _in_aside(element) and 20 <= len(text := clean_line(element.text_content())) <= 500:
                return text
        if wanted and element.tag in ("p", "h2", "h3", "h4", "div", "span") and len(element) <= 3:
            text = clean_line(element.text_content())
            if abs(len(text) - len(description)) <= 20 and same_words(text) == wanted:
                return text
    return None


def canonical_url(tree: _Element, named: dict[str, str]) -> str | None:
    """The address the page names as its own."""
    links = [link.get("href") or "" for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    return next((url for url in (*links, named.get("og:url", "")) if re.match(r"https?://\S+$", url)), None)


def publisher_name(nodes: list[dict[str, Any]], named: dict[str, str], fallback: str) -> str | None:
    """Who publishes the page: og:site_name, the article's publisher, or the host."""
    stated = [node["publisher"].get("name") for node in nodes if isinstance(node.get("publisher"), dict)]
    names = [clean_line(n).replace("_", " ") for n in (named.get("og:site_name"), *stated, fallback) if isinstance(n, str)]
    return next((n for n in names if n), None)


def language(tree: _Element, named: dict[str, str]) -> str | None:
    """The language the page declares, as a two-letter code."""
    root = tree if tree.tag == "html" else tree.find(".//html")
    stated = (root.get("lang") if root is not None else None) or named.get("og:locale") or named.get("language") or ""
    code = stated.strip().lower()[:2]
    return code if re.fullmatch(r"[a-z]{2}", code) else None
