"""How do JSON Lines files, and JSON arrays, become documents: one a record?"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from flows.readers.dates import choose
from flows.readers.encoding import decode
from flows.readers.front_matter import is_address, names
from flows.readers.furniture import drop_furniture
from flows.readers.markdown import strip_tags
from flows.readers.model import JSON_FIELDS, Limits, RawDocument, Unreadable
from flows.readers.opening import date_from_opening
from flows.readers.prose import clean_characters, clean_line, finish, join_paragraphs, same_words, unwrap
from flows.readers.records import RawRecord
from flows.readers.sniff import JSONL

_MARKUP = re.compile(r"</(?:p|div|li|h[1-6]|span|a|em|strong)>|<br\s*/?>", re.I)


def iter_lines(stream: BinaryIO, limits: Limits) -> Iterator[RawRecord]:
    """The records of a JSON Lines stream, one a line that is not blank; bad lines are records that are rejected when read."""
    number = 0
    last_was_whole = True
    while line := stream.readline(limits.max_bytes + 1):
        last_was_whole = line.endswith(b"\n")
        if len(line) > limits.max_bytes:
            while not line.endswith(b"\n") and line:
                line = stream.readline(1 << 20)
            number += 1
            yield RawRecord(str(number), b"", _refuse("too_large", f"The line is longer than {limits.max_bytes:,} bytes."))
            continue
        if not line.strip():
            continue
        number += 1
        yield _line_record(line.strip().removeprefix(b"\xef\xbb\xbf"), number, limits, whole=last_was_whole)


def iter_array(data: bytes, limits: Limits) -> Iterator[RawRecord]:
    """The records of a JSON file: the items of an array, of the one array in an object, or the object itself."""
    try:
        value = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        if "Extra data" in str(error):
            yield from iter_lines(io.BytesIO(data), limits)
            return
        stops = isinstance(error, json.JSONDecodeError) and (
            error.pos >= len(error.doc.rstrip()) - 1 or error.msg.startswith("Unterminated")
        )
        raise Unreadable("truncated" if stops else "malformed", f"The file is not valid JSON: {_problem(error)}.") from error
    for number, item in enumerate(_items(value), start=1):
        raw = json.dumps(item, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
        yield RawRecord(_own_id(item, limits) or str(number), raw, _reader(item, limits))


def _line_record(line: bytes, number: int, limits: Limits, *, whole: bool) -> RawRecord:
    try:
        item = json.loads(decode(line))
    except Unreadable as problem:
        return RawRecord(str(number), line, _refuse(problem.reason, problem.detail))
    except (ValueError, RecursionError) as error:
        reason = "malformed" if whole else "truncated"
        return RawRecord(str(number), line, _refuse(reason, f"The line is not valid JSON: {_problem(error)}."))
    return RawRecord(_own_id(item, limits) or str(number), line, _reader(item, limits))


def _refuse(reason: str, detail: str) -> Any:
    def read() -> RawDocument:
        raise Unreadable(reason, detail)

    return read


def _reader(item: Any, limits: Limits) -> Any:
    return lambda: document_of(item, limits)


def _problem(error: Exception) -> str:
    return getattr(error, "msg", "it is nested too deeply" if isinstance(error, RecursionError) else str(error))


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list) and v and all(isinstance(i, dict) for i in v)]
        has_text = any(isinstance(value.get(name), str) for name in JSON_FIELDS["text"])
        return lists[0] if len(lists) == 1 and not has_text else [value]
    raise Unreadable("malformed", "The JSON file holds a single value, not an object or an array of objects.")


def _fields(limits: Limits, meaning: str) -> Sequence[str]:
    configured = limits.json_fields.get(meaning)
    return (configured,) if isinstance(configured, str) else configured or JSON_FIELDS[meaning]


def _values(item: Mapping[str, Any], limits: Limits, meaning: str) -> Iterator[Any]:
    """The values that a record has for a meaning; `a.b` in a configured name steps into objects."""
    for name in _fields(limits, meaning):
        value: Any = item.get(name)
        if value is None and "." in name:
            value = item
            for step in name.split("."):
                value = value.get(step) if isinstance(value, Mapping) else None
        if value not in (None, "", [], {}):
            yield value


def _line(item: Mapping[str, Any], limits: Limits, meaning: str) -> str:
    for value in _values(item, limits, meaning):
        if isinstance(value, Mapping):
            value = value.get("name") or value.get("title")
        if isinstance(value, str | int | float) and not isinstance(value, bool) and (text := clean_line(str(value))):
            return text
    return ""


def _own_id(item: Any, limits: Limits) -> str | None:
    value = next((v for v in _values(item, limits, "id")), None) if isinstance(item, Mapping) else None
    return clean_line(str(value)) or None if isinstance(value, str | int) and not isinstance(value, bool) else None


def document_of(item: Any, limits: Limits) -> RawDocument:
    """The document of one JSON object. Raises `Unreadable` where it has no text."""
    if not isinstance(item, Mapping):
        raise Unreadable("malformed", "The record is not a JSON object.")
    body = next((v for v in _values(item, limits, "text") if isinstance(v, str | list)), "")
    if isinstance(body, list):  # paragraphs
        body = "\n\n".join(part for part in body if isinstance(part, str))
    if not body.strip():
        raise Unreadable("no_text", f"The record has no text in any of its fields {', '.join(_fields(limits, 'text'))}.")
    if len(body) > limits.max_characters:
        raise Unreadable("too_large", f"The text has more than {limits.max_characters:,} characters.")
    text = clean_characters(body)
    paragraphs = drop_furniture(strip_tags(text) if _MARKUP.search(text) else unwrap(text))
    urls = [address for value in _values(item, limits, "url") if is_address(address := clean_line(str(value)))]
    publisher = _line(item, limits, "publisher")
    when = choose(_values(item, limits, "published"))
    document = RawDocument(
        text="",
        title=_line(item, limits, "title"),
        standfirst=_standfirst(item, limits, paragraphs),
        authors=next((found for value in _values(item, limits, "authors") if (found := names(value))), ()),
        url=urls[0] if urls else None,
        canonical_url=_line(item, limits, "canonical_url") or None,
        publisher=publisher if publisher and not is_address(publisher) else None,
        published_on=when.on if when else None,
        published_at=when.at if when else None,
        published_precision=when.precision if when else None,
        language=_line(item, limits, "language")[:2].lower() or None,
        media_type=JSONL,
    )
    if when is None:
        document, paragraphs = date_from_opening(document, paragraphs)
    return finish(replace(document, text=join_paragraphs(paragraphs)))


def _standfirst(item: Mapping[str, Any], limits: Limits, paragraphs: Sequence[str]) -> str | None:
    """A summary field counts where it opens the text: feeds' summaries are often machine-made and never printed."""
    summary = same_words(_line(item, limits, "standfirst"))
    return next((p for p in paragraphs[:2] if summary and same_words(p) == summary), None)
