"""What kind of document are these bytes: told by content first, by name second?"""

from __future__ import annotations

import json
import re
from pathlib import PurePath

from flows.readers.encoding import unmarked_utf16
from flows.readers.model import Unreadable

HTML = "text/html"
MARKDOWN = "text/markdown"
TEXT = "text/plain"
JSON = "application/json"
JSONL = "application/x-ndjson"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WARC = "application/warc"

CONTAINERS = (JSON, JSONL, WARC)
HEAD = 8192  # bytes of a file's beginning that are enough to tell

_BY_SUFFIX = {
    ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".shtml": HTML,
    ".md": MARKDOWN, ".markdown": MARKDOWN, ".mdown": MARKDOWN, ".mkd": MARKDOWN,
    ".txt": TEXT, ".text": TEXT, ".asc": TEXT,
    ".json": JSON, ".jsonl": JSONL, ".ndjson": JSONL, ".jl": JSONL,
    ".pdf": PDF, ".docx": DOCX, ".warc": WARC,
}  # fmt: skip
_NO_PROSE = {
    ".csv", ".tsv", ".xml", ".rss", ".atom", ".css", ".js", ".ts", ".py", ".r", ".sql", ".yaml", ".yml", ".toml", ".ini", ".svg",
    ".log", ".ipynb", ".sh", ".bat", ".c", ".h", ".java", ".tex", ".eml", ".vtt", ".srt", ".cdx", ".cdxj",
}  # fmt: skip
_FOREIGN = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF media file"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"ID3", "an audio file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"{\\rtf", "an RTF file"),
)
_HTML_START = re.compile(
    r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|section|meta|title)\b",
    re.I | re.S,
)
_ANY_TAG = re.compile(r"<(?:p|div|br|html|body|article|span|a|h[1-6]|table|title)\b[^>]*>", re.I)
_FRONT_MATTER = re.compile(r"^---[ \t]*\r?\n(?:[^\n]*\n){0,200}?[\w-]+[ \t]*:")


def media_type(head: bytes, name: str, *, hint: str | None = None) -> str:
    """The media type of a file or payload, one of this module's constants.

    `head` is its first `HEAD` bytes, `name` its file name or the path of its address, without .gz or .xz,
    `hint` what a server said about it. Raises `Unreadable` where the bytes are of a kind that is not read (`unknown_type`), locked
    (`encrypted`), or are not what their name says (`malformed`).
    """
    suffix = PurePath(name).suffix.lower()
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return DOCX  # its reader tells other zip files apart by their members
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound_file(suffix)
    if re.match(rb"\s*WARC/\d", head):
        return WARC
    for magic, kind in _FOREIGN:
        if head.startswith(magic):
            raise Unreadable("unknown_type", f"The file is {kind}; only documents are read.")
    named = _BY_SUFFIX.get(suffix) or _by_hint(hint)
    if named in (PDF, DOCX, WARC):
        raise Unreadable("malformed", f"The file is named {suffix or named}, but its content is not of that kind.")
    if _is_binary(head):
        raise Unreadable("unknown_type", "The file is binary and of no kind that is read.")
    return _text_type(_peek(head), named, suffix)


def _text_type(text: str, named: str | None, suffix: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if named in (JSON, JSONL) or start[:1] in ("{", "["):
        kind = _json_type(start, named)
        if kind:
            return kind
    if _FRONT_MATTER.match(text.lstrip("\ufeff\r\n")):
        return MARKDOWN
    if (_HTML_START.match(start) and named != MARKDOWN) or re.match(r"(?:<\?xml[^>]*\?>\s*)?<(?:!doctype html|html)\b", start, re.I):
        return HTML
    if start.startswith("<?xml") or re.match(r"<(?:rss|feed|urlset|sitemapindex|svg)\b", start):
        raise Unreadable("unknown_type", "The file is XML of a kind that is not read (a feed, a sitemap, data).")
    if named == HTML:
        return HTML if _ANY_TAG.search(text) else TEXT
    if named:
        return named
    if suffix in _NO_PROSE:
        raise Unreadable("unknown_type", f"Files named {suffix} are not read as documents; rename it to .txt if it is one.")
    return TEXT


def _json_type(start: str, named: str | None) -> str | None:
    """JSON, JSON Lines, or None where text only begins with a bracket."""
    first_line = start.split("\n", 1)[0].strip()
    try:
        value = json.loads(first_line)
    except (ValueError, RecursionError):
        if named in (JSON, JSONL):
            return named
        return JSON if re.match(r"[\[{]\s*[\"{\[\]}]", start) else None
    if isinstance(value, dict):
        return JSONL if named == JSONL or start[len(first_line) :].strip() else JSON
    if isinstance(value, list) and (named == JSON or any(isinstance(item, dict) for item in value)):
        return JSON
    return named if named in (JSON, JSONL) else None


def _compound_file(suffix: str) -> str:
    if suffix in (".docx", ".pdf", ""):
        raise Unreadable("encrypted", "The document is protected by a password; save it without one.")
    raise Unreadable("unknown_type", "The file is of an old Office format (.doc, .xls, .ppt); save it as .docx.")


def _by_hint(hint: str | None) -> str | None:
    kind = (hint or "").split(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        return HTML
    if kind in ("application/json", "text/json"):
        return JSON
    return kind if kind in (MARKDOWN, JSONL, PDF, DOCX, WARC) else TEXT if kind == TEXT else None


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    zeros = head.count(0)
    if zeros and unmarked_utf16(head) is None:
        return True
    control = sum(head.count(bytes([c])) for c in (*range(1, 7), *range(14, 27), *range(28, 32)))
    return control > len(head) * 0.1 and unmarked_utf16(head) is None


def _peek(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore")
    wide = unmarked_utf16(head)
    return head.decode(wide, errors="ignore") if wide else head.decode("utf-8", errors="replace")
