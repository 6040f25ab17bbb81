"""How do texts from documents get to a terminal without bringing commands for it along?"""

from __future__ import annotations

import re

from rich.markup import escape

# C0 and C1 control characters, and those that turn the direction of text or hide it
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SPACE = re.compile(r"[\t\r\n\v\f\u0085\u2028\u2029]+")


def plain(text: object) -> str:
    """One line of a text with white space for line ends and nothing for control, bidi and zero-width characters."""
    return _UNSAFE.sub("", _SPACE.sub(" ", str(text))).encode("utf-8", "replace").decode("utf-8")


def plain_lines(text: str) -> str:
    """The same for a text of several lines, which are kept."""
    return "\n".join(plain(line) for line in text.split("\n"))


def safe(text: object) -> str:
    """`plain`, with what rich would take for markup escaped."""
    return escape(plain(text))


def markdown(text: object) -> str:
    """`plain`, with what Markdown would take for markup escaped."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~-])", r"\\\1", plain(text))


def shorten(text: object, width: int) -> str:
    """`plain`, cut at `width` characters with `…` at its end where something is missing."""
    line = plain(text)
    return line if len(line) <= width else line[: max(0, width - 1)].rstrip() + "…"
