"""Raw files of every format, made by code: what the reader tests put before the readers."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(
    pages: Sequence[Sequence[tuple[float, float, float, str]]],
    *,
    password: str | None = None,
    title: str | None = None,
    creator: str | None = None,
) -> bytes:
    """A PDF of pages of (x, y, size, text) lines."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, encrypt=StandardEncryption(password) if password else None)
    if title:
        canvas.setTitle(title)
    if creator:
        canvas.setCreator(creator)
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def paragraph_lines(lines: Sequence[str], y: float, *, size: float = 11) -> list[tuple[float, float, float, str]]:
    """Lines of one printed paragraph, the first at height y."""
    return [(72, y - i * size * 1.25, size, line) for i, line in enumerate(lines)]


def docx(body: str, *, extra: dict[str, str] | None = None) -> bytes:
    """A .docx file with this WordprocessingML as its body, and other parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word(text: str, style: str = "") -> str:
    """One paragraph of WordprocessingML."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def page(title: str, paragraphs: Sequence[str], *, head: str = "", before: str = "", language: str = "en") -> str:
    """A news page."""
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><title>{title} | Daily</title>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<main><article><h1>{title}</h1>{before}{body}</article></main><footer>Terms of use</footer></body></html>"
    )


PROSE = [
    "The harbour authorities of Port Selwyn and Kestrel Bay agreed on Tuesday to share radar pictures of the strait, officials said.",
    "Each side will pay for its own antennas, and a joint office in Selwyn will keep the records for ten years after the first winter.",
    "“A ship does not know which side of the line it is on,” harbour master Odile Renwick told reporters after the talks had ended.",
]


def warc(records: Sequence[tuple[str, str, bytes]], *, gz: bool = True, status: str = "200 OK") -> bytes:
    """A WARC file of (address, content type, payload) responses, each after its request, behind a warcinfo record."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=gz)
    writer.write_record(writer.create_warcinfo_record("test.warc.gz", {"software": "test"}))
    for number, (address, kind, payload) in enumerate(records, start=1):
        request = StatusAndHeaders("GET / HTTP/1.1", [("Host", "news.example")], is_http_request=True)
        writer.write_record(writer.create_warc_record(address, "request", http_headers=request))
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        identity = {"WARC-Record-ID": f"<urn:uuid:{number}>"}
        record = writer.create_warc_record(
            address, "response", payload=io.BytesIO(payload), http_headers=headers, warc_headers_dict=identity
        )
        writer.write_record(record)
    return buffer.getvalue()


def save(folder: Path, name: str, content: bytes | str) -> Path:
    """A file in a folder."""
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def gzipped(content: bytes) -> bytes:
    """Content as a .gz file."""
    return gzip.compress(content, mtime=0)
