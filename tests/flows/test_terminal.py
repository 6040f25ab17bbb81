"""Texts from documents command no terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from flows.terminal import markdown, plain, plain_lines, safe, shorten


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "a[31mred[0m"),
        ("one\r\ntwo\tthree", "one two three"),
        ("\u202eevil\u2066 \u200bspace\x9b2J", "evil space2J"),
        ("Zoë – “quoted”", "Zoë – “quoted”"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        (7, "7"),
    ],
)
def test_one_plain_line(text: object, shown: str):
    assert plain(text) == shown


def test_lines_are_kept():
    assert plain_lines("one\x07\n\ntwo\n") == "one\n\ntwo\n"


def test_markup_is_shown_as_it_is():
    out = io.StringIO()
    Console(file=out, width=80).print(safe("[bold]Corp[/bold] [link=x]"))
    assert out.getvalue() == "[bold]Corp[/bold] [link=x]\n"
    assert markdown("a|b *c* <d>") == r"a\|b \*c\* \<d\>"


def test_long_texts_are_cut():
    assert shorten("a long text", 6) == "a lon…"
    assert shorten("short", 6) == "short"
