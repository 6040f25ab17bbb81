"""Markdown files become documents: front matter, wraps, escapes, lists, tables, furniture."""

from datetime import UTC, date, datetime

import pytest

from flows.readers import front_matter, markdown
from flows.readers.model import Limits, RawDocument, Unreadable


def read(source: str) -> RawDocument:
    return markdown.read(source.encode("utf-8"), "x.md", Limits())


FRONT = """---
tags: statements
date: '2022-05-17'
published_time: 2022-05-17 19:42:07-04:00
source_url: https://press.example/2022/04/29/readout/
title: "Readout of the Chair\\u2019s Call with\\_Oslo"
authors: [Ada Quill, "Bo Finch"]
publisher: Press Office
---
"""


def test_front_matter_gives_the_documents_description():
    document = read(FRONT + "\nThe Chair spoke with Oslo today.\n")
    assert document == RawDocument(
        text="The Chair spoke with Oslo today.",
        title="Readout of the Chair’s Call with Oslo",
        authors=("Ada Quill", "Bo Finch"),
        url="https://press.example/2022/04/29/readout/",
        publisher="Press Office",
        published_on=date(2022, 5, 17),
        published_at=datetime(2022, 5, 17, 23, 42, 7, tzinfo=UTC),
        published_precision="second",
        media_type="text/markdown",
    )


def test_a_document_without_a_date_has_none():
    document = read("---\ntitle: Undated\n---\n\nNothing says when.\n")
    assert (document.published_on, document.published_at, document.published_precision) == (None, None, None)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Lines that were\nwrapped at a\ncolumn.", "Lines that were wrapped at a column."),
        ("First.  \nSecond after a break.", "First.\n\nSecond after a break."),
        ("A break in  \nmid-sentence.", "A break in mid-sentence."),
        ("- one\n- two\n    wrapped\n    - nested\n\n1.  three", "one\n\ntwo wrapped\n\nnested\n\nthree"),
        ("Text.\n\n\\###\n", "Text."),
        ("Text.\n\n* * *\n\n# # #\n\n\\* \\* \\*\n", "Text."),
        ("<!-- note -->\nText <!-- inline --> goes on.", "Text goes on."),
        ("The 26<sup>th</sup> [Conference](https://a.example/x) of *the* **Parties** `x`.", "The 26th Conference of the Parties x."),
        ("![a ship](ship.jpg)\n\nText.", "Text."),
        ("**Goal: **The bridge\\_fund \\$5.", "Goal: The bridge_fund $5."),
        ("# Heading\n\nText.", "Text."),
        ("Intro.\n\n## Heading\n\nText.", "Intro.\n\nHeading\n\nText."),
        ("| Name | Office |\n|---|---|\n| Ada Quill | Chair |", "Name | Office\n\nAda Quill | Chair"),
        ("> Quoted\n> twice.", "Quoted twice."),
        (
            "<figure><img src='x'><figcaption>A ship</figcaption></figure>\n\n<div><p>One</p><p>Two &amp; three</p></div>",
            "One\n\nTwo & three",
        ),
        ("    Indented by a converter\n    over two lines.", "Indented by a converter over two lines."),
        ("Fish &amp; chips \u202eevil\u202c, a\x07 bell, \x1b[31mred\x1b[0m.", "Fish & chips evil, a bell, red."),
        ("Tel\u00adephone\u200b of\u00a0Oslo\u2009!", "Telephone of Oslo !"),
    ],
)
def test_body(source: str, text: str):
    assert read(source).text == text


def test_the_title_is_the_front_matters_or_the_first_heading_and_is_said_once():
    assert read("# A Heading\n\nText.").title == "A Heading"
    document = read("---\ntitle: A \\_Title\\_ with *stress*\n---\n# A _Title_ with stress\n\nText.")
    assert (document.title, document.text) == ("A _Title_ with stress", "Text.")


def test_a_standfirst_stands_once_in_the_text():
    repeated = read("---\ntitle: T\nstandfirst: What it is about.\n---\nWhat it is about.\n\nWhat it is about.\n\nThe story.")
    absent = read("---\ntitle: T\ndescription: What it is about.\n---\nThe story.")
    cut = read("---\ntitle: T\ndescription: The story begins\n---\nThe story begins here and goes on.")
    assert (repeated.standfirst, repeated.text) == ("What it is about.", "What it is about.\n\nThe story.")
    assert (absent.standfirst, absent.text) == ("What it is about.", "What it is about.\n\nThe story.")
    assert (cut.standfirst, cut.text) == (None, "The story begins here and goes on.")


def test_a_dateline_of_its_own_gives_the_day_where_no_metadata_do():
    document = read("# Joint Statement\n\nLisbon, 3 May 2024\n\nWe met.")
    assert (document.published_on, document.text) == (date(2024, 5, 3), "We met.")


def test_front_matter_that_is_no_valid_yaml_is_read_by_lines():
    values, body = front_matter.split("---\ntitle: Statement: the end\ndate: 2024-01-02\n---\nText.")
    assert values == {"title": "Statement: the end", "date": "2024-01-02"}
    assert body == "Text."


def test_a_rule_at_the_head_is_no_front_matter():
    assert read("---\nText without keys\n---\nMore.").text.endswith("More.")


@pytest.mark.parametrize(
    "block",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "a: " + "[" * 20 + "]" * 20,
        "title: " + "x" * 70_000,
        "a: [" + "x, " * 6_000 + "x]",
    ],
    ids=["aliases", "depth", "size", "values"],
)
def test_dangerous_front_matter_is_refused(block: str):
    with pytest.raises(Unreadable) as refused:
        read(f"---\n{block}\n---\nText.")
    assert refused.value.reason == "malformed"


def test_front_matter_makes_strings_only():
    values, _ = front_matter.split("---\ntitle: !!python/object/apply:os.system [echo]\nyear: 1984\nyes: no\n---\n")
    assert values["year"] == "1984"
    assert values["yes"] == "no"
    assert values["title"] == ["echo"]


def test_too_long_a_text_is_refused_whole():
    with pytest.raises(Unreadable) as refused:
        markdown.read(b"word " * 100, "x.md", Limits(max_characters=50))
    assert refused.value.reason == "too_large"
