"""WARC files become documents: each response by its type; a file that stops is never silent about it."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from raw_files import PROSE, gzipped, page, save, warc
from raw_files import pdf as make_pdf

from flows.readers import Limits, RawDocument, RawReject, read_file

HTML = page(
    "Harbours agree to share radar", PROSE, head='<meta property="article:published_time" content="2024-05-03T09:00:00+02:00">'
).encode()
RECORDS = [
    ("https://news.example/radar", "text/html; charset=utf-8", HTML),
    ("https://news.example/notes.txt", "text/plain; charset=iso-8859-1", "Die Häfen einigten sich.".encode("latin-1")),
    ("https://news.example/paper", "application/pdf", make_pdf([[(72, 700, 11, "The ports agreed on Tuesday.")]])),
    ("https://news.example/logo", "image/png", b"\x89PNG\r\n\x1a\n"),
]


@pytest.mark.parametrize("gz", [True, False])
def test_responses_are_read_by_their_type(tmp_path: Path, gz: bool):
    first, second, third, fourth = read_file(save(tmp_path, "news.warc.gz" if gz else "news.warc", warc(RECORDS, gz=gz)))
    assert isinstance(first, RawDocument)
    assert (first.record, first.url, first.fetched_url) == ("urn:uuid:1", "https://news.example/radar", "https://news.example/radar")
    assert (first.title, first.published_on, first.text) == ("Harbours agree to share radar", date(2024, 5, 3), "\n\n".join(PROSE))
    assert isinstance(second, RawDocument) and second.text == "Die Häfen einigten sich."
    assert isinstance(third, RawDocument) and third.text == "The ports agreed on Tuesday."
    assert isinstance(fourth, RawReject) and (fourth.reason, fourth.record) == ("unknown_type", "urn:uuid:4")
    assert len({item.raw_hash for item in (first, second, third, fourth)}) == 4


def test_a_whole_file_in_one_gzip_member(tmp_path: Path):
    items = read_file(save(tmp_path, "news.warc.gz", gzipped(warc(RECORDS, gz=False))))
    assert [item.record for item in items] == ["urn:uuid:1", "urn:uuid:2", "urn:uuid:3", "urn:uuid:4"]


@pytest.mark.parametrize("gz", [True, False])
def test_wherever_the_file_stops_the_rest_is_a_reject(tmp_path: Path, gz: bool):
    whole = warc(RECORDS[:2], gz=gz)
    expected = read_file(save(tmp_path, "whole.warc", whole))
    ends = {0, *(_member_ends(whole) if gz else _record_ends(whole))}
    for stop in range(200, len(whole) - 4, 37):
        items = read_file(save(tmp_path, "cut.warc", whole[:stop]))
        complete = items[:-1] if isinstance(items[-1], RawReject) and items[-1].record is None else items
        assert [item for item in complete if isinstance(item, RawDocument)] == expected[: len(complete)]
        if stop not in ends:
            assert isinstance(items[-1], RawReject)
            assert items[-1].reason == "truncated", stop


def _record_ends(data: bytes) -> set[int]:
    starts = [i for i in range(len(data)) if data.startswith(b"WARC/1.", i)]
    return {end for start in starts for end in range(start - 4, start + 1)}


def _member_ends(data: bytes) -> set[int]:
    return {i for i in range(len(data)) if data.startswith(b"\x1f\x8b\x08", i)}


def test_garbage_between_records_is_told(tmp_path: Path):
    data = warc(RECORDS[:2], gz=False).replace(b"\r\n\r\nWARC/", b"\r\n\r\n<garbage>\r\nWARC/", 2)
    items = read_file(save(tmp_path, "news.warc", data))
    assert [item.record for item in items] == ["urn:uuid:1", "urn:uuid:2", None]
    assert isinstance(items[-1], RawReject) and items[-1].reason == "malformed"


def test_answers_without_a_document(tmp_path: Path):
    (missing,) = read_file(save(tmp_path, "news.warc", warc(RECORDS[:1], status="404 Not Found")))
    assert isinstance(missing, RawReject)
    assert (missing.reason, missing.detail) == ("no_text", "The server answered 404; there is no document.")


def http(headers: str, body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + headers.encode() + b"\r\n\r\n" + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/x\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"The ports agreed.")),
        ("Transfer-Encoding: chunked", b"4\r\nThe \r\nd\r\nports agreed.\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"The ports agreed."),
        ("Content-Encoding: gzip", b"The ports agreed."),
        ("Content-Encoding: deflate", b"The ports agreed."),
    ],
    ids=["gzip", "chunked", "unchunked by the crawler", "unpacked by the crawler", "inflated by the crawler"],
)
def test_codings_of_a_response(tmp_path: Path, headers: str, body: bytes):
    (document,) = read_file(save(tmp_path, "news.warc", http(headers, body)))
    assert isinstance(document, RawDocument)
    assert (document.text, document.record) == ("The ports agreed.", "1")


def test_a_bomb_in_a_response(tmp_path: Path):
    (reject,) = read_file(save(tmp_path, "news.warc", http("Content-Encoding: gzip", gzip.compress(b"0" * 20_000_000))))
    assert isinstance(reject, RawReject) and reject.reason == "bomb"


def test_a_record_cut_by_the_crawler_and_one_that_is_too_large(tmp_path: Path):
    cut = warc(RECORDS[:1], gz=False).replace(b"WARC-Type: response", b"WARC-Truncated: length\r\nWARC-Type: response")
    (truncated,) = read_file(save(tmp_path, "cut.warc", cut))
    large, small = read_file(save(tmp_path, "large.warc", warc(RECORDS[:2], gz=False)), Limits(max_bytes=400))
    assert [r.reason for r in (truncated, large) if isinstance(r, RawReject)] == ["truncated", "too_large"]
    assert isinstance(small, RawDocument)


def test_a_warc_without_responses_holds_nothing(tmp_path: Path):
    (reject,) = read_file(save(tmp_path, "news.warc.gz", warc([])))
    assert isinstance(reject, RawReject) and reject.reason == "no_text"
