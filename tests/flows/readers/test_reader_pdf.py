"""PDFs become documents: paragraphs from lines, running heads dropped, title and date from the print."""

from datetime import date
from pathlib import Path

import pytest
from raw_files import paragraph_lines, save
from raw_files import pdf as make_pdf

from flows.readers import Limits, RawReject, pdf, read_file
from flows.readers.model import RawDocument, Unreadable

FIRST = [
    "The ministers of the two coasts met in the old town and agreed to",
    "share what their radars see. They asked the harbour masters for inter-",
    "national rules by the end of the year and for a joint office.",
]
SECOND = ["They also welcomed the inter-coastal fund, which will lend to small", "yards on both shores of the strait over ten"]
THIRD = ["years at a fixed rate."]


def read(data: bytes, limits: Limits = Limits()) -> RawDocument:  # noqa: B008
    return pdf.read(data, "x.pdf", limits)


def document_pages() -> list[list[tuple[float, float, float, str]]]:
    head, foot = (72, 810, 9, "Strait Council Papers"), (290, 30, 9, "%d")
    one = [head, (72, 760, 20, "Declaration on the Strait"), (72, 735, 11, "Lisbon, 3 May 2024")]
    one += paragraph_lines(FIRST, 700) + paragraph_lines(SECOND, 640)
    two = [head, *paragraph_lines(THIRD, 770), *paragraph_lines(["Resolve to", "1. keep the records;", "2. meet again in spring."], 740)]
    return [[*one, (foot[0], foot[1], foot[2], "1")], [*two, (foot[0], foot[1], foot[2], "2")]]


def test_print_becomes_paragraphs():
    document = read(make_pdf(document_pages(), title="draft_final.docx"))
    assert document.title == "Declaration on the Strait"
    assert document.published_on == date(2024, 5, 3)
    assert document.text.split("\n\n") == [
        "The ministers of the two coasts met in the old town and agreed to share what their radars see. They asked the harbour masters for "
        "international rules by the end of the year and for a joint office.",
        "They also welcomed the inter-coastal fund, which will lend to small yards on both shores of the strait over ten years at a "
        "fixed rate.",
        "Resolve to",
        "1. keep the records;",
        "2. meet again in spring.",
    ]


def test_a_hyphen_the_document_uses_elsewhere_stays():
    lines = [
        "We welcome the high-level panel and ask that this new and larger high-",
        "level group meets soon, with the radar people of both of the",
    ]
    document = read(make_pdf([paragraph_lines([*lines, "coasts at the table."], 700)]))
    assert "larger high-level group" in document.text


def test_columns_are_read_one_after_the_other():
    left = [(72, 700 - 14 * i, 11, f"left column line {i} of the story") for i in range(6)]
    right = [(320, 700 - 14 * i, 11, f"right column line {i} goes on") for i in range(6)]
    text = read(make_pdf([[*left, *right]])).text
    assert text.index("left column line 5") < text.index("right column line 0")


def test_note_marks_are_no_text():
    page = [(72, 700, 12, "The Common Agenda"), (171, 705, 6, "1"), (176, 700, 12, "was adopted by both of the coasts in May.")]
    assert "Agenda1" not in read(make_pdf([page])).text


def test_the_day_of_printing_from_a_browser_is_no_publication_day():
    printed = read(make_pdf([paragraph_lines(FIRST, 700)], creator="Mozilla/5.0 Chrome/136.0"))
    assert printed.published_on is None


def test_the_day_the_opening_sentence_names():
    opening = [
        "We, the ministers of the two coasts, gathered in the old town of Lisbon on 3",
        "May 2024, having in mind resolution 70 of 1 June 2015, declare:",
    ]
    document = read(make_pdf([paragraph_lines(opening, 700)], creator="Mozilla/5.0 Chrome/136.0"))
    assert document.published_on == date(2024, 5, 3)


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (make_pdf([[]]), Limits(), "no_text"),
        (make_pdf([paragraph_lines(FIRST, 700)], password="secret"), Limits(), "encrypted"),
        (make_pdf([paragraph_lines(FIRST, 700)] * 3), Limits(max_pages=2), "too_large"),
        (make_pdf([paragraph_lines(FIRST, 700)]), Limits(max_characters=40), "too_large"),
        (make_pdf([paragraph_lines(FIRST, 700)])[:300], Limits(), "truncated"),
        (b"%PDF-1.4\nnonsense\n%%EOF\n", Limits(), "malformed"),
    ],
    ids=["no text", "encrypted", "pages", "characters", "truncated", "malformed"],
)
def test_unreadable(data: bytes, limits: Limits, reason: str):
    with pytest.raises(Unreadable) as refused:
        read(data, limits)
    assert refused.value.reason == reason


def test_a_pdf_under_another_name_is_a_pdf(tmp_path: Path):
    (document,) = read_file(save(tmp_path, "report.html", make_pdf(document_pages())))
    assert isinstance(document, RawDocument) and document.media_type == "application/pdf"


def test_another_file_under_the_name_of_a_pdf(tmp_path: Path):
    (reject,) = read_file(save(tmp_path, "report.pdf", "Just text."))
    assert isinstance(reject, RawReject) and reject.reason == "malformed"
