"""Word documents become documents: insertions yes, deletions no; tables, headers, notes; bombs refused unopened."""

import io
import zipfile
from datetime import date

import docx as python_docx
import pytest
from raw_files import W, docx, word

from flows.readers import docx as reader
from flows.readers.model import Limits, RawDocument, Unreadable

LONG = "The harbour authorities of both towns agreed on Tuesday to share radar pictures of the strait, and to keep them for ten years. " * 2


def read(data: bytes, limits: Limits = Limits()) -> RawDocument:  # noqa: B008
    return reader.read(data, "x.docx", limits)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_a_document_made_by_a_word_processor():
    made = python_docx.Document()
    made.sections[0].header.paragraphs[0].text = "Strait Council"
    made.add_paragraph("Minutes of the Radar Talks", style="Title")
    made.add_paragraph("Lisbon, 3 May 2024")
    made.add_paragraph(LONG.strip())
    made.add_paragraph("Radar pictures are shared", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Name", "Office", "Ada Quill", "Chair"), strict=True):
        cell.text = text
    buffer = io.BytesIO()
    made.save(buffer)
    document = read(buffer.getvalue())
    assert (document.title, document.published_on) == ("Minutes of the Radar Talks", date(2024, 5, 3))
    assert document.text.split("\n\n") == [
        "Strait Council",
        LONG.strip(),
        "Radar pictures are shared",
        "Name | Office",
        "Ada Quill | Chair",
    ]


def test_the_day_of_a_libraries_template_is_no_publication_day():
    made = python_docx.Document()
    made.add_paragraph("Text without a date.")
    buffer = io.BytesIO()
    made.save(buffer)
    assert read(buffer.getvalue()).published_on is None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            f"<w:p>{run('We ')}<w:del><w:r><w:delText>never </w:delText></w:r></w:del><w:ins>{run('will ')}</w:ins>{run('agree.')}</w:p>",
            "We will agree.",
        ),
        (f"<w:p>{run('Moved')}<w:moveFrom>{run(' away')}</w:moveFrom><w:moveTo>{run(' here')}</w:moveTo></w:p>", "Moved here"),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>non</w:t><w:noBreakHyphen/><w:t>stop</w:t></w:r></w:p>", "a b non-stop"),
        (f"<w:p><w:r><w:instrText>HYPERLINK x</w:instrText></w:r><w:hyperlink>{run('a link')}</w:hyperlink></w:p>", "a link"),
        (f"<w:sdt><w:sdtContent>{word('In a control.')}</w:sdtContent></w:sdt>", "In a control."),
        (f"<w:p>{run('Text.')}<w:r><w:pict><w:txbxContent>{word('In a box.')}</w:txbxContent></w:pict></w:r></w:p>", "Text.\n\nIn a box."),
        (f"<w:p>{run('co&#173;op&#8203;eration &#8238;x')}</w:p>", "cooperation x"),
    ],
    ids=["tracked", "moved", "breaks", "fields", "controls", "text box", "characters"],
)
def test_body(body: str, text: str):
    assert read(docx(body)).text == text


def test_notes_and_properties():
    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote>{word("See the annex.")}</w:footnote></w:footnotes>'
    core = (
        '<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        "<dc:title>Radar Talks</dc:title><dcterms:created>2024-05-03T21:00:00Z</dcterms:created></cp:coreProperties>"
    )
    document = read(docx(word("Text."), extra={"word/footnotes.xml": notes, "docProps/core.xml": core}))
    assert (document.text, document.title) == ("Text.\n\nSee the annex.", "Radar Talks")
    assert (document.published_on, document.published_precision) == (date(2024, 5, 3), "day")


def bomb() -> bytes:
    return docx(word("Text."), extra={"word/media/zeros.bin": "0" * 30_000_000})


def entities() -> bytes:
    declared = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    return docx("").replace(b"<w:document", b"") and _with_document(
        f'{declared}<w:document xmlns:w="{W}"><w:body>&b;</w:body></w:document>'
    )


def _with_document(xml: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (bomb(), Limits(), "bomb"),
        (entities(), Limits(), "bomb"),
        (docx(word("Text.")), Limits(max_bytes=100), "too_large"),
        (docx(word("Text " * 100)), Limits(max_characters=100), "too_large"),
        (_with_document("<w:document"), Limits(), "malformed"),
        (docx(word("Text."))[:200], Limits(), "truncated"),
        (_with_document("x").replace(b"document.xml", b"xocument.xml"), Limits(), "unknown_type"),
    ],
    ids=["zip bomb", "entity bomb", "size", "characters", "bad xml", "truncated", "another zip"],
)
def test_unreadable(data: bytes, limits: Limits, reason: str):
    with pytest.raises(Unreadable) as refused:
        read(data, limits)
    assert refused.value.reason == reason
