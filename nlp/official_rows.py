"""What the rows of a list tell of the officials in them: the body that a row, its label or its heading names, and who stands with whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Token

from nlp import columns
from nlp.official_links import Link, skip_forward

_MOST_WORDS = 3
_MOST_BEFORE = 5


def add_bodies(doc: Doc, links: Iterable[Link]) -> None:
    """Write on each link the body that its row names: "X, Governor, Bank of Y", "Ministry of Z: X, State Secretary", a heading above."""
    everyone = list(links)
    behind: dict[int, Token] = {}
    for link in everyone:
        link.body = _behind_comma(doc, link)
    people = {link.person.i for link in everyone}
    for line, heading in _headed(doc, people):
        behind.update(dict.fromkeys((t.i for t in line if t.i in people), heading))
    for link in everyone:
        if link.body is None and link.how != "succession":
            link.body = behind.get(link.person.i)


def _behind_comma(doc: Doc, link: Link) -> Token | None:
    """The body behind a title and a comma, where nobody's name follows in its item: "Governor, Central Bank of X"."""
    if link.title.plural:
        return None
    end = max(link.title.end, link.person.i + 1) if link.title.start > link.person.i else link.title.end
    k = skip_forward(doc, end)
    if k + 1 >= len(doc) or doc[k].text not in (",", "/", "|", "–", "("):
        return None
    body = doc[skip_forward(doc, k + 1)] if skip_forward(doc, k + 1) < len(doc) else None
    if body is None or body.ent_type_ != "PUBLIC_BODY":
        return None
    after = doc[body.i + 1] if body.i + 1 < len(doc) else None
    return body if after is None or after.is_punct or "\n" in after.text or after.lower_ == "of" else None


def _headed(doc: Doc, people: set[int]) -> Iterator[tuple[list[Token], Token]]:
    """The lines that a body opens, with a colon before the names or as a heading of its own, and that body."""
    body_start = doc._.body_start
    ends = columns.line_ends(doc)
    heading: Token | None = None
    seen = False
    start = 0
    for end in [*ends, len(doc)]:
        tokens = [t for t in doc[start:end] if not t.is_space]
        start = end + 1
        blank = end < len(doc) and doc[end].text.count("\n") > 1
        if not tokens or tokens[0].idx < body_start:
            continue
        here = [t for t in tokens if t.i in people]
        opening = tokens[1] if tokens[0].lower_ == "the" and len(tokens) > 1 else tokens[0]
        if not here:
            words = [t for t in tokens if not t.is_punct]
            alone = opening.ent_type_ == "PUBLIC_BODY" and len(words) <= _MOST_WORDS
            heading, seen = (opening if alone else None), False
            continue
        if opening.ent_type_ == "PUBLIC_BODY" and opening.i + 1 < len(doc) and doc[opening.i + 1].text == ":":
            yield tokens, opening
        elif heading is not None and here[0].i - tokens[0].i <= _MOST_BEFORE:
            yield tokens, heading
        seen = seen or bool(here)
        if blank and seen:
            heading = None


def item_of(doc: Doc, token: Token) -> tuple[int, int]:
    """The token range of the list item around a name: from line break or semicolon to the next."""
    start = token.i
    while start > 0 and doc[start - 1].text != ";" and "\n" not in doc[start - 1].text:
        start -= 1
    end = token.i + 1
    while end < len(doc) and doc[end].text != ";" and "\n" not in doc[end].text:
        end += 1
    return start, end
