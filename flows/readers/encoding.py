"""Which characters do these bytes stand for?"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from flows.readers.model import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers read for these labels (WHATWG Encoding Standard): the label's superset that authors really used.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,30})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,30})""",
    re.I,
)
_SAMPLE = 200_000  # bytes charset-normalizer looks at


def decode(data: bytes, *, declared: str | None = None, markup: bool = False) -> str:
    """The bytes as text: by byte order mark, the declared charset (a header), the markup's own declaration, UTF-8, then statistics.

    A wrong declaration is overruled by bytes that it cannot stand for. Raises `Unreadable("encoding")` when nothing fits.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], name)
    wide = unmarked_utf16(data)
    labels = [declared, _declared_in_markup(data) if markup else None, wide, "utf-8"]
    for label in labels:
        codec = _codec(label)
        if codec is None or (codec.startswith(("utf-16", "utf-32")) and wide is None):
            continue  # a page that declares UTF-16 in single-byte ASCII is not UTF-16
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return _mostly_utf8(data) or _guess(data)


def _decode_marked(data: bytes, codec: str) -> str:
    text = data.decode(codec, errors="replace")
    if text.count("\ufffd") > 2 + len(text) // 100:
        raise Unreadable("encoding", f"The file begins with the byte order mark of {codec}, but is not in it.")
    return text


def _declared_in_markup(data: bytes) -> str | None:
    match = _META.search(data[:4096])
    return (match.group(1) or match.group(2)).decode("ascii") if match else None


def _codec(label: str | None) -> str | None:
    """Python's codec for a charset label, widened as browsers do; None for labels nobody knows and for non-text codecs."""
    if not label:
        return None
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return None
    return _SUPERSETS.get(info.name, info.name) if getattr(info, "_is_text_encoding", True) else None


def unmarked_utf16(data: bytes) -> str | None:
    """The UTF-16 codec of text without a byte order mark, told by a zero in every other byte (Western text), else None."""
    even, odd = data[:4000:2], data[1:4000:2]
    if len(odd) < 4:
        return None
    if odd.count(0) > len(odd) * 0.4 and even.count(0) < len(even) * 0.05:
        return "utf-16-le"
    if even.count(0) > len(even) * 0.4 and odd.count(0) < len(odd) * 0.05:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few damaged characters: far more multi-byte characters that are right than wrong ones."""
    text = data.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(c > "\x7f" for c in text) - wrong
    return text if right >= 20 * wrong and wrong <= 1 + len(text) // 500 else None


def _guess(data: bytes) -> str:
    found = from_bytes(data[:_SAMPLE]).best()
    codec = _codec(found.encoding) if found else None
    if codec is None:
        raise Unreadable("encoding", "No character encoding fits the file; save it as UTF-8.")
    text = data.decode(codec, errors="replace")
    if text.count("\ufffd") > 2 + len(text) // 100:
        raise Unreadable("encoding", f"The file looks like {codec}, but is not wholly in it; save it as UTF-8.")
    return text
