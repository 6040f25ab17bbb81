"""Plain text becomes documents; clean characters; wraps undone."""

from datetime import date

import pytest

from flows.readers import text
from flows.readers.furniture import drop_furniture
from flows.readers.model import Limits, RawDocument
from flows.readers.prose import clean_characters, unwrap


def read(source: str) -> RawDocument:
    return text.read(source.encode("utf-8"), "x.txt", Limits())


LONG = "The two harbours will share their radar pictures from the first of next month, and the costs will be borne by each side alone, " * 2


def test_a_first_line_set_off_above_prose_is_the_title():
    document = read(f"Harbours agree to share radar\n\n3 May 2024\n\n{LONG}\n")
    assert (document.title, document.published_on, document.text) == ("Harbours agree to share radar", date(2024, 5, 3), LONG.strip())


@pytest.mark.parametrize("first", ["They met.", "- a point", "Dear all,", "Hi"])
def test_no_title_is_invented(first: str):
    assert read(f"{first}\n\n{LONG}").title == ""


def test_one_line_with_a_summary_said_twice():
    summary = "The move comes as both towns look for ships that pass at night"
    body = "  The towns of Selwyn and Kestrel agreed on Monday. " + "They will share what they see of the strait. " * 25
    document = read(f"Towns to share radar, U.S. style {summary} {summary}{body}")
    assert document.title == "Towns to share radar, U.S. style"
    assert document.standfirst == summary
    assert document.text.split("\n\n")[:2] == [summary, body.strip()]


@pytest.mark.parametrize(
    ("source", "paragraphs"),
    [
        (
            "The ministers of the two states met in the old town hall\nand agreed on a plan. They will meet again in the spring of\nnext "
            "year.\n\nA second one.",
            [
                "The ministers of the two states met in the old town hall and agreed on a plan. They will meet again in the spring "
                "of next year.",
                "A second one.",
            ],
        ),
        (
            "Short start of\na wrapped story that runs to the usual column of sixty here,\nand on.",
            ["Short start of a wrapped story that runs to the usual column of sixty here, and on."],
        ),
        (
            "They agreed on these points after a long night in the hall:\n- more radar\n- fewer\n  sirens at night",
            ["They agreed on these points after a long night in the hall:", "- more radar", "- fewer sirens at night"],
        ),
        (
            "A well-known harbour that is to be rebuilt by a state-\nowned yard.",
            ["A well-known harbour that is to be rebuilt by a state-owned yard."],
        ),
        (f"{LONG}\n{LONG}", [LONG.strip(), LONG.strip()]),
    ],
    ids=["wrapped", "short first line", "list", "own hyphen", "a paragraph a line"],
)
def test_soft_wraps_are_undone(source: str, paragraphs: list[str]):
    assert unwrap(source) == paragraphs


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("\x1b]0;title\x07x\x1b[2Jy\x00z", "xyz"),
        ("\u202ex\u2066y\u200fz\ufeff", "xyz"),
        ("nbsp\u00a0thin\u2009wide\u3000tab\t.", "nbsp thin wide tab ."),
        ("La\u200bt\u200din but क्\u200dष", "Latin but क्\u200dष"),
        ("icon \ue900 \U000f0001.", "icon  ."),
        ("itâ€™s broken", "it’s broken"),
        ("e\u0301", "é"),
        ("\x1b]unterminated title and a whole text", "unterminated title and a whole text"),
    ],
)
def test_clean_characters(raw: str, clean: str):
    assert clean_characters(raw) == clean


def test_furniture_goes_and_text_stays():
    paragraphs = [
        "The ministers met.",
        "Read more: Ministers to meet",
        "Sign up for our daily newsletter.",
        "ADVERTISEMENT",
        "Photo: A. Quill/Agency",
        "They will read more reports in May.",
        "Share your radar, the minister said.",
        "###",
        "Media contacts:",
        "Ada Quill",
        "press@office.example",
    ]
    assert drop_furniture(paragraphs) == [
        "The ministers met.",
        "They will read more reports in May.",
        "Share your radar, the minister said.",
    ]


def test_a_wire_agencys_last_word_goes():
    assert drop_furniture(["Prices fell.", "They may rise. REUTER"]) == ["Prices fell.", "They may rise."]
    assert drop_furniture(["Prices fell.", "Reuter"]) == ["Prices fell."]
